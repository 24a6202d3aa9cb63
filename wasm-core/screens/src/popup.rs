//! The popup: what waits for the person, every certificate there is, what the site in the current tab may do, and
//! whether all is well.

pub mod clock;
pub mod reminders;
mod sites;
#[cfg(test)]
mod tests;
pub mod waiting;

use super::{
    Screen,
    certificate_card::{HeldKey, buttons, summary},
    certificate_list::{CertificateList, ListAction},
    host_state::HostState,
    inventory::Inventory,
    node::Element,
    parts::{self, Weight, alert, button, foreign, paragraph},
    token_card,
};
use clock::ClockDoubt;
use reminders::{Again, Reminder};
use serde::{Deserialize, Serialize};
use tamga_core::{
    failure::Failure,
    origin::Origin,
    policy::{Change, Policy},
    protocol::{CertificateVerdict, Listing, PinState, Token},
    text::Catalogue,
};
use waiting::WaitingRequest;

/// What the script reports. It arrives as `{type: {…}}` (`screen.js`): serde would buffer an enum that is tagged inside.
#[derive(Debug, Deserialize)]
#[cfg_attr(
    test,
    derive(ts_rs::TS),
    ts(export, rename = "PopupEvent", tag = "type")
)]
#[serde(
    rename_all = "kebab-case",
    rename_all_fields = "camelCase",
    deny_unknown_fields
)]
#[expect(missing_docs, reason = "the variants say what their fields are")]
pub enum Event {
    /// What is known at once: the origin in the current tab, if it is known and can be asked for, and the
    /// stored decisions as JSON; the requests that wait to be opened; the certificates to be reminded of; what is wrong with
    /// the clock; whether it is still to be said that the
    /// browser keeps the extension out of private windows; the ids of the certificates that are hidden in lists. `now` in milliseconds since 1970.
    Opened {
        page: Option<String>,
        policy: String,
        waiting: Vec<WaitingRequest>,
        reminders: Vec<Reminder>,
        clock: Option<ClockDoubt>,
        not_in_private_windows: bool,
        hidden: Vec<String>,
        #[cfg_attr(test, ts(type = "number"))]
        now: u64,
    },
    /// The host is there.
    HostOpened { version: String },
    /// It works, and one of the two halves is older than the other: which, and how it is updated.
    Outdated { failure: Failure },
    /// The host could not be opened, or could not list, or has gone.
    HostFailed { failure: Failure },
    /// Everything that is within the host's reach.
    Listed(Listing),
    /// The same as far as it is known; `listed` follows.
    ListedSoFar(Listing),
    /// A reader or a card came or went.
    ReadersChanged {},
    /// The stored decisions have changed.
    Decided { policy: String },
    /// The window has the keyboard's focus: the person may have put right what was missing.
    Focused {},
    /// These requests wait now.
    Waiting { waiting: Vec<WaitingRequest> },
    /// What the host found out about a certificate.
    Verdict(Box<CertificateVerdict>),
    /// The person is at the window: nothing moves from now on that is not asked to.
    Touched {},
    /// These certificates are hidden in lists now.
    Hidden { hidden: Vec<String> },
    /// The person is to be reminded of these certificates now.
    Reminders { reminders: Vec<Reminder> },
    /// This is wrong with the clock now.
    Clock { clock: Option<ClockDoubt> },
}

/// What the script shall do.
#[derive(Debug, Eq, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export, rename = "PopupEffect"))]
#[serde(tag = "type", rename_all = "kebab-case")]
#[expect(missing_docs, reason = "the variants say what their fields are")]
pub enum Effect {
    /// Open the host, anew if there was one: `host-opened` or `host-failed`.
    OpenHost {},
    /// Ask the host for its certificates: `listed-so-far` any number of times, then `listed` or `host-failed`.
    ListCertificates {},
    /// Change what is stored of decisions: `decided`.
    Decide { change: Change },
    /// Open the window of a request that waits, over its page.
    OpenRequest { id: String },
    /// Tell the page of a request that waits that it was not wanted: `waiting`.
    DismissRequest { id: String },
    /// Remind of this certificate later, or no more: `reminders`.
    Quiet { certificate: String, again: Again },
    /// Take the clock for right: `clock`, and `reminders`.
    TrustClock {},
    /// Hide this certificate in lists, or no longer: `hidden`, and `reminders`.
    HideCertificate { certificate: String, hidden: bool },
    /// Open the page of this certificate in a tab.
    OpenCertificate { certificate: String },
    /// Open the page on which signatures are checked in a tab.
    OpenCheck {},
    /// Open the page that says what keeps Tamga from working in a tab.
    OpenDiagnosis {},
    /// Open the page that leads through the first steps in a tab.
    OpenFirstRun {},
    /// Open the options in a tab, at this token.
    OpenOptions { token: Option<String> },
}

/// What the person does.
#[derive(Clone, Debug)]
pub enum Action {
    /// Wants to check a signature.
    OpenCheck,
    /// Wants to know what keeps Tamga from working.
    OpenDiagnosis,
    /// Wants to be led through the first steps.
    OpenFirstRun,
    /// Wants the options.
    OpenOptions,
    /// Wants to see to the PIN of the token of this id.
    OpenToken(String),
    /// Takes a decision back, or lets a refused site ask again.
    Decide(Change),
    /// Wants to see a request that waits.
    OpenRequest(String),
    /// Does not want it.
    DismissRequest(String),
    /// Wants to be reminded of the certificate of this id later, or no more.
    Quiet(String, Again),
    /// Knows that the clock is right.
    TrustClock,
    /// Wants to know everything about the certificate of this id.
    OpenCertificate(String),
    /// Wants to see it in lists no more, or again.
    Hide(String, bool),
    /// Does something with the list of certificates.
    List(ListAction),
    /// Has put the host right.
    TryAgain,
}

/// The popup.
#[derive(Debug)]
pub struct Popup {
    text: Catalogue,
    now: u64,
    page: Option<Origin>,
    policy: Policy,
    waiting: Vec<WaitingRequest>,
    reminders: Vec<Reminder>,
    clock: Option<ClockDoubt>,
    not_in_private_windows: bool,
    host: HostState,
    /// The half that is older than the other.
    outdated: Option<Failure>,
    inventory: Inventory,
    list: CertificateList,
}

impl Screen for Popup {
    type Action = Action;
    type Event = Event;
    type Effect = Effect;

    fn act(&mut self, action: Action) -> Vec<Effect> {
        match action {
            Action::OpenCheck => vec![Effect::OpenCheck {}],
            Action::OpenDiagnosis => vec![Effect::OpenDiagnosis {}],
            Action::OpenFirstRun => vec![Effect::OpenFirstRun {}],
            Action::OpenOptions => vec![Effect::OpenOptions { token: None }],
            Action::OpenToken(token) => vec![Effect::OpenOptions { token: Some(token) }],
            Action::Decide(change) => vec![Effect::Decide { change }],
            Action::OpenRequest(id) => vec![Effect::OpenRequest { id }],
            Action::DismissRequest(id) => vec![Effect::DismissRequest { id }],
            Action::Quiet(certificate, again) => vec![Effect::Quiet { certificate, again }],
            Action::TrustClock => vec![Effect::TrustClock {}],
            Action::OpenCertificate(certificate) => {
                vec![Effect::OpenCertificate { certificate }]
            }
            Action::Hide(certificate, hidden) => {
                self.inventory.will_hide(&certificate, hidden);
                vec![Effect::HideCertificate {
                    certificate,
                    hidden,
                }]
            }
            Action::List(action) => {
                self.list.act(action);
                Vec::new()
            }
            Action::TryAgain => {
                self.host = HostState::Opening;
                vec![Effect::OpenHost {}]
            }
        }
    }

    fn receive(&mut self, event: Event) -> Vec<Effect> {
        match event {
            Event::Opened {
                page,
                policy,
                waiting,
                reminders,
                clock,
                not_in_private_windows,
                hidden,
                now,
            } => {
                self.inventory.hide(hidden);
                self.page = page.and_then(|page| Origin::parse(&page).ok());
                self.waiting = waiting;
                self.reminders = reminders;
                self.clock = clock;
                self.not_in_private_windows = not_in_private_windows;
                self.policy = Policy::parse(&policy);
                self.now = now;
                // Not before the time is known: no certificate can be judged without.
                return vec![Effect::OpenHost {}];
            }
            Event::HostOpened { version } => {
                self.outdated = None;
                self.host = HostState::Opened { version };
                return vec![Effect::ListCertificates {}];
            }
            Event::Outdated { failure } => self.outdated = Some(failure),
            Event::HostFailed { failure } => self.host = HostState::Failed(failure),
            Event::Listed(listing) => self.listed(listing, true),
            Event::ListedSoFar(listing) => self.listed(listing, false),
            Event::ReadersChanged {} => return vec![Effect::ListCertificates {}],
            Event::Decided { policy } => self.policy = Policy::parse(&policy),
            Event::Focused {} => return self.look_again(),
            Event::Waiting { waiting } => self.waiting = waiting,
            Event::Verdict(verdict) => self.inventory.judge(verdict),
            Event::Touched {} => self.inventory.touch(),
            Event::Hidden { hidden } => self.inventory.hide(hidden),
            Event::Reminders { reminders } => self.reminders = reminders,
            Event::Clock { clock } => self.clock = clock,
        }
        Vec::new()
    }

    fn title(&self) -> Option<String> {
        Some(self.text.plain("popup_window"))
    }

    fn view(&self) -> Element<Action> {
        Element::new("div")
            .class("popup")
            .child(self.head())
            .child(self.body())
    }
}

impl Popup {
    /// The popup before anything is known.
    pub fn new(text: Catalogue) -> Self {
        Self {
            text,
            now: 0,
            page: None,
            policy: Policy::default(),
            waiting: Vec::new(),
            reminders: Vec::new(),
            clock: None,
            not_in_private_windows: false,
            host: HostState::Opening,
            outdated: None,
            inventory: Inventory::default(),
            list: CertificateList::default(),
        }
    }

    fn listed(&mut self, listing: Listing, whole: bool) {
        self.inventory.update(&self.text, listing, whole, self.now);
        self.host.has_listed();
    }

    /// What was missing stays on the screen until it is known whether it still is.
    fn look_again(&self) -> Vec<Effect> {
        let missing = self.host.failure().map(|_| Effect::OpenHost {});
        missing.into_iter().collect()
    }

    /// What is missing comes first: without it nothing of the rest can be done.
    fn body(&self) -> Element<Action> {
        Element::new("main")
            .children(self.trouble())
            .children(self.clock())
            .children(self.waiting())
            .children(self.reminders())
            .children(self.site())
            .children(self.certificates())
            .children(self.private_windows())
            .children(self.outdated())
            .child(self.check())
            .child(parts::status(self.inventory.said.clone()))
    }

    fn head(&self) -> Element<Action> {
        let name = Element::new("h1")
            .attribute("translate", "no")
            .text("Tamga");
        let names = Element::new("div").class("brand-names").child(name);
        let names = names.child(self.host.line(&self.text));
        let options = self.text.plain("button_options");
        let options = button(options, Weight::Plain, Action::OpenOptions);
        let brand = Element::new("div")
            .class("brand")
            .child(parts::mark())
            .child(names);
        Element::new("header")
            .class("popup-head")
            .child(brand)
            .child(options)
    }

    fn trouble(&self) -> Option<Element<Action>> {
        let failure = self.host.failure()?;
        let named = |key, weight, action| button(self.text.plain(key), weight, action);
        let help = named("button_diagnosis", Weight::Primary, Action::OpenDiagnosis);
        let again = named("button_try_again", Weight::Plain, Action::TryAgain);
        let buttons = Element::new("div")
            .class("buttons")
            .child(self.first_run())
            .child(again)
            .child(help);
        let looks = paragraph("fine", self.text.plain("host_looked_for"));
        Some(alert(&self.text, failure).child(looks).child(buttons))
    }

    /// The way to what somebody needs who has only just got the extension.
    fn first_run(&self) -> Element<Action> {
        let label = self.text.plain("button_first_run");
        button(label, Weight::Quiet, Action::OpenFirstRun)
    }

    /// Nothing is wrong yet, so it is not what comes first.
    fn outdated(&self) -> Option<Element<Action>> {
        let outdated = self.outdated.as_ref();
        let outdated = outdated.filter(|_| self.host.failure().is_none());
        outdated.map(|failure| parts::outdated(&self.text, failure))
    }

    /// The way to other people's signatures.
    fn check(&self) -> Element<Action> {
        let check = self.text.plain("check_title");
        let check = button(check, Weight::Plain, Action::OpenCheck);
        Element::new("div").class("buttons start").child(check)
    }

    fn private_windows(&self) -> Option<Element<Action>> {
        let words = || self.text.plain("private_not_allowed");
        let hint = || paragraph("fine", words()).key("private");
        self.not_in_private_windows.then(hint)
    }

    fn certificates(&self) -> Option<Element<Action>> {
        if !self.host.lists() {
            return None;
        }
        let (text, inventory) = (&self.text, &self.inventory);
        let none = inventory.is_empty().then(|| {
            let add = text.plain("button_add_key");
            let add = button(add, Weight::Primary, Action::OpenOptions);
            let words = paragraph("muted", text.plain("no_certificates"));
            let empty = Element::new("div").class("empty").child(words);
            empty.child(add).child(self.first_run())
        });
        let heading = Element::new("h2")
            .attribute("id", "keys")
            .text(text.plain("certificates"));
        let find = |words| Action::List(ListAction::Find(words));
        let search = self.list.search(text, inventory.keys.iter(), find);
        let shown = inventory.keys.iter().filter(|key| self.list.shows(key));
        let cards = shown.map(|key| (key.section, self.card(key)));
        let lists = self.list.sections(text, cards.collect(), "cards");
        let tokens = inventory.tokens.iter().map(|token| self.token(token));
        let tokens = Element::new("ul").class("rows").children(tokens);
        let readers_without_driver = inventory.readers_without_driver.iter();
        let section = Element::new("section")
            .key("keys")
            .attribute("aria-labelledby", "keys");
        let section = section
            .child(heading)
            .children(none)
            .children(inventory.hidden_notice(text, |id| Action::Hide(id, false)))
            .children(search)
            .children(lists)
            .child(tokens)
            .children(inventory.reading.then(|| token_card::reading(text)))
            .children(
                readers_without_driver
                    .map(|reader| token_card::readers_without_driver(text, reader)),
            );
        let failures = inventory.unreadable.iter().map(|it| &it.failure);
        let failures = failures.map(|failure| match token_card::concerns_tokens(failure) {
            true => token_card::trouble(text, failure, false),
            false => alert(text, failure),
        });
        Some(section.children(failures))
    }

    /// A token; where its PIN wants something done, the way there. Its certificates are among all others.
    fn token(&self, token: &Token) -> Element<Action> {
        let (text, inventory) = (&self.text, &self.inventory);
        let name = Element::new("h3").foreign(&token.name);
        let pin = &token.pin;
        let good = pin.state == PinState::Ready && pin.tries.is_none();
        let pin = (!good).then(|| {
            let state = token_card::pin_words(text, token);
            [&text.plain("token_pin"), ": ", &state].concat()
        });
        let pin = pin.map(|words| {
            let line = Element::new("p").class(token_card::pin_class(token));
            line.text(words)
        });
        let facts = Element::new("div")
            .class("row-facts")
            .child(name)
            .child(foreign("card-place", &token.model))
            .children(pin)
            .children(token_card::emptiness(text, inventory, token));
        let open = Action::OpenToken(token.id.clone());
        let open = || button(text.plain("button_token_settings"), Weight::Plain, open);
        let wants = token.pin.state != PinState::Ready;
        let row = Element::new("li").key(token.id.as_str()).class("row");
        row.child(facts).children(wants.then(open))
    }

    fn card(&self, key: &HeldKey) -> Element<Action> {
        let (text, id) = (&self.text, key.entry.key_id());
        let unfold = |id| Action::List(ListAction::Unfold(id));
        let more = self
            .list
            .folding(text, key, summary(text, key), true, unfold);
        let class = match key.problem() {
            Some(_) => "card greyed",
            None => "card",
        };
        let actions = self.list.is_unfolded(key).then(|| {
            let certificate = || key.entry.id.clone();
            let hide = Action::Hide(certificate(), !key.hidden);
            let buttons = buttons(text, key, Action::OpenCertificate(certificate()), hide);
            Element::new("div").class("buttons").children(buttons)
        });
        let card = Element::new("li").key(id).class(class);
        card.child(more.children(actions))
    }
}
