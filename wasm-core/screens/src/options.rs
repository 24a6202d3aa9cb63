//! The options: key files, sites, language, where the password is typed, and how the host is.

mod draw;
mod factory_pins;
pub mod messages;
mod record;
mod sites;
#[cfg(test)]
mod tests;
pub mod tokens;

use super::{
    Screen,
    certificate_card::{HeldKey, read_all},
    host_state::HostState,
    inventory::Inventory,
    node::Element,
};
use messages::{Action, Effect, Event, PinEntrySetting};
use record::RecordList;
use tamga_core::{
    failure::{ErrorCode, Failure},
    policy::Policy,
    protocol::{KeyEntry, KeyLocation, Listing},
    secret::Secret,
    text::Catalogue,
};
use tokens::PinForm;

/// The value that stands for a dialog of the system.
const SYSTEM: &str = "system";

/// The options.
#[derive(Debug)]
pub struct Options {
    text: Catalogue,
    now: u64,
    policy: Policy,
    language: Option<String>,
    pin_entry: PinEntrySetting,
    version: String,
    browser: String,
    host: HostState,
    inventory: Inventory,
    pin_form: Option<PinForm>,
    /// The token that the person came for, and how often.
    wanted: Option<(String, u32)>,
    adding: Adding,
    /// The number of the file picker: a new one is empty.
    picker: u32,
    removal: Option<Removal>,
    record: RecordList,
    copied: bool,
}

/// How far a new key file is.
#[derive(Debug)]
enum Adding {
    /// None is picked.
    Nothing,
    /// One is picked; the password was wrong so many times.
    Picked {
        name: String,
        wrong: u32,
        /// The password that opens only a part of the file, which has another one too.
        first: Option<Secret>,
    },
    /// The host is reading it.
    Sent {
        name: String,
        wrong: u32,
        password: Secret,
        second: bool,
    },
    /// It is added, and these are the owners of its certificates.
    Added { name: String, owners: Vec<String> },
    /// It is not.
    Failed(Failure),
}

/// A key file that is about to be removed.
#[derive(Debug)]
enum Removal {
    /// The person is asked.
    Asked { key_file: String },
    /// The host is at it.
    Sent { key_file: String },
    /// It did not work.
    Failed(Failure),
}

impl Screen for Options {
    type Action = Action;
    type Event = Event;
    type Effect = Effect;

    fn act(&mut self, action: Action) -> Vec<Effect> {
        match action {
            Action::Pick(path) => self.pick(&path),
            Action::Add(password) => self.add(password),
            Action::Remove(key_file) => self.ask_to_remove(key_file),
            Action::ConfirmRemoval => self.remove(),
            Action::KeepKeyFile => self.keep(),
            Action::ManagePin(token, task) => self.manage_pin(token, task),
            Action::SubmitPin(secrets) => self.submit_pin(secrets),
            Action::UseLastTry => self.use_last_try(),
            Action::KeepLastTry => self.keep_last_try(),
            Action::LeavePin => self.leave_pin(),
            Action::Revoke(grant) => vec![Effect::Decide {
                change: grant.revocation(),
            }],
            Action::SetPinTerm(change) => sites::set_pin_term(&change),
            Action::SetPinEntry(place) => self.set_pin_entry(&place),
            Action::SetLanguage(language) => vec![Effect::SetLanguage {
                language: (!language.is_empty()).then_some(language),
            }],
            Action::FindInRecord(search) => self.record.find(search),
            Action::ShowMoreRecord => self.record.read_more(),
            Action::ToggleRecord => self.record.toggle(),
            Action::ExportRecord => vec![Effect::ExportRecord {}],
            Action::DeleteRecord => self.record.ask_to_delete(),
            Action::ConfirmRecordDeletion => self.record.delete(),
            Action::KeepRecord => self.record.keep(),
            Action::TryAgain => self.try_again(),
            Action::CopyReport => vec![Effect::Copy {
                text: self.report(),
            }],
        }
    }

    fn receive(&mut self, event: Event) -> Vec<Effect> {
        match event {
            Event::Opened {
                policy,
                language,
                pin_entry,
                version,
                browser,
                token,
                now,
            } => {
                self.wanted = token.map(|token| (token, 0));
                self.policy = Policy::parse(&policy);
                self.language = language;
                self.pin_entry = pin_entry;
                (self.version, self.browser, self.now) = (version, browser, now);
                // Not before the time is known: no certificate can be judged without.
                vec![Effect::OpenHost {}]
            }
            Event::HostOpened { version } => {
                self.host = HostState::Opened { version };
                let mut effects = vec![Effect::ListCertificates {}];
                effects.extend(self.record.read());
                effects
            }
            Event::HostFailed { failure } => self.host_failed(failure),
            Event::TokenWanted { token } => self.token_wanted(token),
            Event::Listed(listing) => self.listed(listing, true),
            Event::ListedSoFar(listing) => self.listed(listing, false),
            Event::ReadersChanged {} => vec![Effect::ListCertificates {}],
            Event::PinChanged {} => self.pin_changed(),
            Event::PinFailed { failure } => self.pin_failed(failure),
            Event::Added { keys } => self.added(keys),
            Event::AddFailed { failure } => self.add_failed(failure),
            Event::Removed {} => self.removed(),
            Event::RemoveFailed { failure } => self.remove_failed(failure),
            Event::Decided { policy } => self.decided(&policy),
            Event::RecordRead {
                search,
                skip,
                page,
                times,
            } => self.record.has_read(&search, skip, page, times),
            Event::RecordChanged {} => self.record.changed(),
            Event::RecordFailed { failure } => self.record.failed(failure),
            Event::Copied {} => self.has_copied(),
        }
    }

    fn view(&self) -> Element<Action> {
        draw::page(self)
    }
}

impl Options {
    /// The options before anything is known.
    pub fn new(text: Catalogue) -> Self {
        Self {
            text,
            now: 0,
            policy: Policy::default(),
            language: None,
            pin_entry: PinEntrySetting::default(),
            version: String::new(),
            browser: String::new(),
            host: HostState::Opening,
            inventory: Inventory::default(),
            pin_form: None,
            wanted: None,
            adding: Adding::Nothing,
            picker: 0,
            removal: None,
            record: RecordList::default(),
            copied: false,
        }
    }

    /// What is typed from now on goes there.
    fn set_pin_entry(&mut self, place: &str) -> Vec<Effect> {
        self.pin_entry.system = place == SYSTEM;
        let system = self.pin_entry.system;
        vec![Effect::SetPinEntry { system }]
    }

    // Adding a key file

    /// Browsers give a made-up path, `C:\fakepath\` and the file's name; nothing when the person picks none.
    fn pick(&mut self, path: &str) -> Vec<Effect> {
        let name = path
            .rsplit(['\\', '/'])
            .next()
            .unwrap_or_default()
            .to_owned();
        self.adding = match name.is_empty() {
            true => Adding::Nothing,
            false => Adding::Picked {
                name,
                wrong: 0,
                first: None,
            },
        };
        Vec::new()
    }

    fn add(&mut self, password: Secret) -> Vec<Effect> {
        let Adding::Picked { name, wrong, first } = &mut self.adding else {
            return Vec::new();
        };
        let (name, wrong, first) = (std::mem::take(name), *wrong, first.take());
        self.adding = Adding::Sent {
            name,
            wrong,
            password: password.clone(),
            second: first.is_some(),
        };
        let (password, second_password) = match first {
            Some(first) => (first, Some(password)),
            None => (password, None),
        };
        vec![Effect::AddKeyFile {
            password,
            second_password,
        }]
    }

    fn added(&mut self, entries: Vec<KeyEntry>) -> Vec<Effect> {
        let (keys, _) = read_all(entries, Vec::new(), self.now);
        let owners = keys.into_iter().map(|key| key.view.owner).collect();
        let name = self.adding.name().unwrap_or_default().to_owned();
        self.adding = Adding::Added { name, owners };
        self.picker += 1;
        vec![Effect::ListCertificates {}]
    }

    /// After a wrong password the file stays picked, and so it does when it has another password too.
    fn add_failed(&mut self, failure: Failure) -> Vec<Effect> {
        self.adding = match (&mut self.adding, failure) {
            (Adding::Sent { name, wrong, .. }, failure)
                if failure.code == ErrorCode::PasswordWrong =>
            {
                let (name, wrong) = (std::mem::take(name), *wrong + 1);
                let first = None;
                Adding::Picked { name, wrong, first }
            }
            (
                Adding::Sent {
                    name,
                    wrong,
                    password,
                    second: false,
                },
                failure,
            ) if failure.code == ErrorCode::PasswordSecondNeeded => {
                let (name, wrong) = (std::mem::take(name), *wrong + 1);
                let first = Some(password.clone());
                Adding::Picked { name, wrong, first }
            }
            (_, failure) => {
                self.picker += 1;
                Adding::Failed(failure)
            }
        };
        Vec::new()
    }

    // Removing one

    fn ask_to_remove(&mut self, key_file: String) -> Vec<Effect> {
        self.removal = Some(Removal::Asked { key_file });
        Vec::new()
    }

    fn remove(&mut self) -> Vec<Effect> {
        let Some(Removal::Asked { key_file }) = self.removal.take() else {
            return Vec::new();
        };
        self.removal = Some(Removal::Sent {
            key_file: key_file.clone(),
        });
        vec![Effect::RemoveKeyFile { key_file }]
    }

    fn keep(&mut self) -> Vec<Effect> {
        self.removal = None;
        Vec::new()
    }

    fn removed(&mut self) -> Vec<Effect> {
        self.removal = None;
        self.adding = Adding::Nothing;
        vec![Effect::ListCertificates {}]
    }

    fn remove_failed(&mut self, failure: Failure) -> Vec<Effect> {
        self.removal = Some(Removal::Failed(failure));
        vec![Effect::ListCertificates {}]
    }

    // The host

    fn listed(&mut self, listing: Listing, whole: bool) -> Vec<Effect> {
        self.inventory.update(&self.text, listing, whole, self.now);
        self.host.has_listed();
        self.tokens_listed();
        Vec::new()
    }

    fn host_failed(&mut self, failure: Failure) -> Vec<Effect> {
        self.host = HostState::Failed(failure);
        Vec::new()
    }

    fn try_again(&mut self) -> Vec<Effect> {
        self.host = HostState::Opening;
        vec![Effect::OpenHost {}]
    }

    /// Facts for whoever helps this person: nothing in it says who that is.
    fn report(&self) -> String {
        let inventory = &self.inventory;
        let unusable = inventory.keys.iter().filter_map(HeldKey::problem);
        let unreadable = inventory.unreadable.iter().map(|it| &it.failure);
        let failures = self.host.failure().into_iter().chain(unreadable);
        let codes = failures.map(|failure| failure.code).chain(unusable);
        let codes: Vec<String> = codes.map(|code| code.name()).collect();
        let lines = [
            ["Tamga extension ", &self.version].concat(),
            ["Tamga host ", self.host.version().unwrap_or("-")].concat(),
            self.browser.clone(),
            ["certificates ", &inventory.keys.len().to_string()].concat(),
            ["tokens ", &tokens::models(inventory)].concat(),
            ["problems ", &codes.join(" ")].concat(),
        ];
        lines.join("\n")
    }

    fn has_copied(&mut self) -> Vec<Effect> {
        self.copied = true;
        Vec::new()
    }

    // Sites

    fn decided(&mut self, policy: &str) -> Vec<Effect> {
        self.policy = Policy::parse(policy);
        Vec::new()
    }

    /// The files and containers of a kind, each with what it holds and what in it could not be read.
    fn key_files(&self, kind: fn(&KeyLocation) -> bool) -> Vec<KeyFile<'_>> {
        let readable = self.inventory.keys.iter().map(|key| &key.entry.location);
        let unreadable = self
            .inventory
            .unreadable
            .iter()
            .filter_map(|it| it.location.as_ref());
        let mut files: Vec<KeyFile<'_>> = Vec::new();
        for location in readable.chain(unreadable).filter(|location| kind(location)) {
            if files.iter().all(|file| file.location != location) {
                files.push(self.key_file(location));
            }
        }
        files
    }

    fn key_file<'a>(&'a self, location: &'a KeyLocation) -> KeyFile<'a> {
        let keys = self.inventory.keys.iter();
        let keys = keys.filter(|key| key.entry.location == *location);
        let unreadable = self.inventory.unreadable.iter();
        let unreadable = unreadable.filter(|it| it.location.as_ref() == Some(location));
        KeyFile {
            location,
            keys: keys.collect(),
            failures: unreadable.map(|it| &it.failure).collect(),
        }
    }
}

/// A key file of the host's, or a container of the person's, and what it holds.
#[derive(Debug)]
struct KeyFile<'a> {
    location: &'a KeyLocation,
    keys: Vec<&'a HeldKey>,
    failures: Vec<&'a Failure>,
}

impl Adding {
    /// The file's name.
    fn name(&self) -> Option<&str> {
        match self {
            Self::Picked { name, .. } | Self::Sent { name, .. } | Self::Added { name, .. } => {
                Some(name)
            }
            Self::Nothing | Self::Failed(_) => None,
        }
    }
}
