//! The sign window: who asks, what is signed, with which certificate, the password, and how it went.
//!
//! It moves through its stages in one direction: opening → asking (unless allowed before) → choosing →
//! signing → delivering → done. A failure leads out of any of them, and where there is a remedy, back.

mod asking;
pub mod choice;
pub mod content_kind;
mod draw;
mod ending;
pub mod guard;
pub mod items;
mod listing;
pub mod messages;
mod pin;
mod pin_session;
mod preview;
mod previewing;
mod private;
mod request;
mod signing;
#[cfg(test)]
mod tests;

use super::{
    Screen, certificate_card::HeldKey, certificate_list::CertificateList, inventory::Inventory,
    node::Element, secret_field::SecretEntry, verdict::is_refused,
};
use asking::Question;
use choice::Choice;
use guard::PendingDecision;
use items::{Items, PreviewKind};
use messages::{Action, Effect, Event, OpenPinSession, Released};
use pin::Typing;
use preview::Preview;
use private::Private;
use request::Request;
use tamga_core::{
    failure::{ErrorCode, Failure},
    policy::Ruling,
    protocol::{Listing, Unlock, WaitingFor, page::PageCommand},
    text::Catalogue,
};

/// The sign window.
#[derive(Debug)]
pub struct SignWindow {
    text: Catalogue,
    stage: Stage,
    request: Option<Request>,
    /// What the host listed, and whether that is all, until the request is there to choose for.
    listed: Option<(Listing, bool)>,
    inventory: Inventory,
    list: CertificateList,
    /// Whether something came or went while the host was signing.
    stale: bool,
    choice: Option<Choice>,
    /// When the keyboard comes to the list of certificates, as in [`Element::focus`]; and how often the person asked for it.
    list_focus: Option<u32>,
    list_visits: u32,
    items: Items,
    preview: Option<Preview>,
    /// The document of which a copy is being made.
    copying: Option<usize>,
    shown_documents: usize,
    typing: Typing,
    secret: SecretEntry,
    private: Private,
    /// The keys that are unlocked for this site.
    pin_sessions: Vec<OpenPinSession>,
    /// What the next signature waits for, and until when.
    waiting: Option<(WaitingFor, String)>,
    /// Whether the failure on the screen left the host in order, with all that it has read.
    keeps_host: bool,
    /// Whether the report of a failure went to the clipboard, once that is known.
    is_copied: Option<bool>,
    host_version: String,
    /// The half that is older than the other.
    outdated: Option<Failure>,
    /// The language of the dialog of the system in which passwords and PINs have to be typed.
    dialog_needed: Option<String>,
}

/// Where the window is on its way.
#[derive(Debug)]
enum Stage {
    /// Until the request and the host's certificates are there.
    Opening,
    /// The person is asked whether the site may.
    Asking(Question),
    /// The person chooses a certificate and gives the password.
    Choosing,
    /// The host reads the certificates that a token shows only after its PIN.
    ReadingPrivate,
    /// The host works. What unlocks the key waits here until everything is read.
    Signing { unlock: Option<Unlock> },
    /// The page is being given its answer.
    Delivering,
    /// The page has its answer.
    Done,
    /// Something went wrong, and the page does not know yet.
    Failed(Failure),
    /// The window is about to close.
    Closing,
}

/// How many documents are shown at first, and how many more each time.
const FEW_DOCUMENTS: usize = 4;
const MORE_DOCUMENTS: usize = 100;
impl Screen for SignWindow {
    type Action = Action;
    type Event = Event;
    type Effect = Effect;

    fn open(&mut self) -> Vec<Effect> {
        vec![Effect::OpenHost {}]
    }

    fn act(&mut self, action: Action) -> Vec<Effect> {
        match action {
            Action::Answer(answer) => self.answered(answer),
            Action::List(action) => {
                self.list.act(action);
                Vec::new()
            }
            Action::Choose(id) => self.choose(&id),
            Action::ShowCertificates => self.show_certificates(),
            Action::OpenPrivate(token) => self.open_private(token),
            Action::LeavePrivate => self.leave_private(),
            Action::ShowDocuments => self.show_documents(),
            Action::Preview(index) => self.toggle_preview(index),
            Action::View(index) => self.view_document(index),
            Action::Save(index) => self.save_copy(index),
            Action::Secret(input) => {
                self.secret.take(input);
                Vec::new()
            }
            Action::Sign(password) => {
                self.secret = SecretEntry::default();
                self.take_password(Some(password))
            }
            Action::SignAtOnce => self.take_password(None),
            Action::UseLastTry => self.use_last_try(),
            Action::KeepLastTry => self.keep_last_try(),
            Action::AskForPin => self.end_pin_session(),
            Action::Release => self.release(),
            Action::Close => self.close(),
            Action::TryAgain => self.try_again(),
            Action::ChooseAgain => self.choose_again(),
            Action::CopyReport => self.copy_report(),
            Action::OpenDiagnosis => vec![Effect::OpenDiagnosis {}],
            Action::OpenFirstRun => vec![Effect::OpenFirstRun {}],
            Action::OpenOptions => vec![Effect::OpenOptions { token: None }],
            Action::OpenToken(token) => vec![Effect::OpenOptions { token: Some(token) }],
        }
    }

    fn receive(&mut self, event: Event) -> Vec<Effect> {
        match event {
            Event::Requested(mut asked) => {
                self.pin_sessions = std::mem::take(&mut asked.pin_sessions);
                self.inventory.hide(std::mem::take(&mut asked.hidden));
                self.asked(Request::read(asked))
            }
            Event::HostOpened { version } => self.host_opened(version),
            Event::Outdated { failure } => {
                self.outdated = Some(failure);
                Vec::new()
            }
            Event::DialogNeeded { language } => {
                self.dialog_needed = Some(language);
                self.use_dialog();
                Vec::new()
            }
            Event::HostFailed { failure } => self.fail(failure),
            Event::Listed(listing) => self.listed(listing, true),
            Event::ListedSoFar(listing) => self.listed(listing, false),
            Event::Verdict(verdict) => self.judged(verdict),
            Event::Touched {} => {
                self.inventory.touch();
                Vec::new()
            }
            Event::ReadersChanged {} => self.readers_changed(),
            Event::PrivateListed {} => self.private_listed(),
            Event::PrivateListFailed { failure } => self.private_list_failed(failure),
            Event::Reading { index, bytes } => self.reading(index, bytes),
            Event::Read {
                index,
                document,
                digest,
                kind,
                kept,
            } => self.read(index, document, digest, PreviewKind::of(kind, kept)),
            Event::ReadFailed { index, failure } => self.read_failed(index, failure),
            Event::Previewed { index, start } => self.previewed(index, &start),
            Event::Viewed { index } => self.viewed(index, Ok(())),
            Event::PreviewFailed { index, failure } => self.viewed(index, Err(failure)),
            Event::ItemSigned { index } => self.item_signed(index),
            Event::ItemFailed { index, failure } => self.item_failed(index, failure),
            Event::Waiting { how, until } => self.wait(how, until),
            Event::Signed {} => self.signed(),
            Event::SignFailed { failure } => self.sign_failed(failure),
            Event::Decided {} => self.noted(),
            Event::Delivered {} => self.delivered(),
            Event::NotDelivered { failure } => self.not_delivered(failure),
            Event::Focused {} => self.focused(),
            Event::Escaped {} => self.escaped(),
            Event::Copied { done } => self.copied(done),
            Event::Shown {} | Event::Waited {} => Vec::new(),
            Event::Closed {} => self.closed(),
            Event::Gone { taken_back } => self.gone(taken_back),
        }
    }

    fn is_frequent(event: &Event) -> bool {
        use Event::{ItemFailed, ItemSigned, Read, ReadFailed, Reading};
        matches!(
            event,
            Reading { .. }
                | Read { .. }
                | ReadFailed { .. }
                | ItemSigned { .. }
                | ItemFailed { .. }
        )
    }

    fn view(&self) -> Element<Action> {
        draw::window(self)
    }

    fn title(&self) -> Option<String> {
        let request = self.request.as_ref()?;
        let key = match request.sign() {
            Some(_) => "sign_window",
            None => "release_window",
        };
        let site = request.site.origin.to_string();
        let site = site.split_once("://").map_or(&*site, |(_, host)| host);
        Some(self.text.text(key, &[("site", site)]))
    }
}

impl SignWindow {
    /// The window before anything is known.
    pub fn new(text: Catalogue) -> Self {
        Self {
            text,
            stage: Stage::Opening,
            request: None,
            listed: None,
            inventory: Inventory::default(),
            list: CertificateList::default(),
            stale: false,
            choice: None,
            list_focus: None,
            list_visits: 0,
            items: Items::default(),
            preview: None,
            copying: None,
            shown_documents: FEW_DOCUMENTS,
            typing: Typing::default(),
            secret: SecretEntry::default(),
            private: Private::default(),
            pin_sessions: Vec::new(),
            waiting: None,
            keeps_host: false,
            is_copied: None,
            host_version: String::new(),
            outdated: None,
            dialog_needed: None,
        }
    }

    // Opening

    /// A request that makes no sense is answered at once: there is nothing for a person to decide.
    fn asked(&mut self, request: Result<Request, Failure>) -> Vec<Effect> {
        let request = match request {
            Ok(request) if request.ruling == Ruling::Refused => {
                return self.refuse(ErrorCode::PermissionDenied);
            }
            Ok(request) => request,
            Err(failure) => return self.refuse(failure.code),
        };
        if let PageCommand::Sign(sign) = &request.command {
            self.items = Items::new(&sign.subject);
        }
        self.request = Some(request);
        self.use_dialog();
        self.proceed()
    }

    /// The host takes nothing that is typed elsewhere.
    fn use_dialog(&mut self) {
        if let (Some(request), Some(language)) = (&mut self.request, &self.dialog_needed) {
            request.ask_in_dialog(language.clone());
        }
    }

    fn host_opened(&mut self, version: String) -> Vec<Effect> {
        self.host_version = version;
        self.outdated = None;
        if matches!(&self.stage, Stage::Failed(failure) if listing::is_host_missing(failure)) {
            self.begin_anew();
        }
        vec![Effect::ListCertificates {}]
    }

    // Choosing

    /// What the person decides on now.
    fn pending(&self) -> Option<PendingDecision> {
        Some(match &self.stage {
            Stage::Asking(Question::Shown) => PendingDecision::Question,
            Stage::Choosing => PendingDecision::Choice {
                key: self.chosen().map(|key| key.entry.key_id()),
                private_of: self.private.open.clone(),
                is_refused: self
                    .chosen()
                    .and_then(|key| key.verdict.as_deref())
                    .is_some_and(is_refused),
                failures: self.items.failures(),
                is_last_try: self.typing.asks(),
            },
            Stage::Failed(_) => PendingDecision::Failure,
            Stage::Done => PendingDecision::End,
            Stage::Opening
            | Stage::Asking(Question::Noting)
            | Stage::ReadingPrivate
            | Stage::Signing { .. }
            | Stage::Delivering
            | Stage::Closing => return None,
        })
    }

    /// The key that is chosen, if it is there.
    fn chosen(&self) -> Option<&HeldKey> {
        self.choice.as_ref()?.chosen()
    }

    fn choose(&mut self, id: &str) -> Vec<Effect> {
        if let Some(choice) = &mut self.choice {
            choice.choose(id);
        }
        self.private.open = None;
        self.list_focus = None;
        self.typing.stay();
        self.typing.chosen(self.choice.as_ref(), false);
        self.go_on()
    }

    fn show_documents(&mut self) -> Vec<Effect> {
        self.shown_documents += MORE_DOCUMENTS;
        Vec::new()
    }

    fn release(&mut self) -> Vec<Effect> {
        let Some(key) = self.chosen() else {
            return Vec::new();
        };
        let (certificate, items) = (Released::of(key), Vec::new());
        self.stage = Stage::Delivering;
        let remember = Effect::Remember {
            certificate: certificate.id.clone(),
        };
        vec![remember, Effect::Answer { certificate, items }]
    }
}
