//! The options: key files, sites, language, where the password is typed, and how the host is.

mod adding;
mod certificates;
mod deletion;
mod draw;
mod factory_pins;
mod folders;
mod keys;
mod managed;
pub mod messages;
mod parts;
mod password;
mod proxy;
mod record;
mod sites;
#[cfg(test)]
mod tests;
mod tokens;
mod trust;

use super::{
    Screen, certificate_card::HeldKey, certificate_list::CertificateList, host_state::HostState,
    inventory::Inventory, node::Element, secret_field::SecretEntry,
};
use adding::Adding;
use deletion::Deletion;
use folders::Folders;
use keys::Removal;
use messages::{Action, Effect, Event, ManagedSettings, PinEntrySetting};
use password::PasswordChange;
use proxy::Proxy;
use record::RecordList;
use tamga_core::{
    failure::Failure,
    policy::Policy,
    protocol::{Command, Listing},
    text::Catalogue,
};
use tokens::PinForm;
use trust::Trust;

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
    managed: ManagedSettings,
    version: String,
    browser: String,
    host: HostState,
    /// The half that is older than the other.
    outdated: Option<Failure>,
    inventory: Inventory,
    list: CertificateList,
    pin_form: Option<PinForm>,
    secret: SecretEntry,
    /// The token that the person came for, and how often.
    wanted: Option<(String, u32)>,
    adding: Adding,
    /// The number of the file picker: a new one is empty.
    picker: u32,
    removal: Option<Removal>,
    password: Option<PasswordChange>,
    folders: Folders,
    record: RecordList,
    proxy: Proxy,
    trust: Trust,
    deletion: Deletion,
    copied: bool,
}

impl Screen for Options {
    type Action = Action;
    type Event = Event;
    type Effect = Effect;

    fn act(&mut self, action: Action) -> Vec<Effect> {
        match action {
            Action::List(action) => {
                self.list.act(action);
                Vec::new()
            }
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
            Action::Pick(path) => self.pick(&path),
            Action::Add(passwords) => {
                self.secret = SecretEntry::default();
                self.add(passwords)
            }
            Action::Secret(input) => {
                self.secret.take(input);
                Vec::new()
            }
            Action::AddCertificate => self.add_certificate(),
            Action::RemoveCertificate(certificate) => {
                vec![Effect::RemoveCertificate { certificate }]
            }
            Action::Remove(key_file) => self.ask_to_remove(key_file),
            Action::ConfirmRemoval => self.remove(),
            Action::KeepKeyFile => self.keep(),
            Action::ChangePassword(key) => self.change_password(&key),
            Action::SubmitPassword(secrets) => {
                self.secret = SecretEntry::default();
                self.submit_password(secrets)
            }
            Action::LeavePassword => self.leave_password(),
            Action::ChooseFolder => self.choose_folder(),
            Action::RemoveFolder(folder) => self.remove_folder(folder),
            Action::DeleteEverything => self.ask_to_delete(),
            Action::ConfirmDeletion => self.delete_everything(),
            Action::KeepEverything => self.keep_everything(),
            Action::ManagePin(token, task) => self.manage_pin(token, task),
            Action::SubmitPin(secrets) => {
                self.secret = SecretEntry::default();
                self.submit_pin(secrets)
            }
            Action::UseLastTry => self.use_last_try(),
            Action::KeepLastTry => self.keep_last_try(),
            Action::LeavePin => self.leave_pin(),
            Action::Revoke(grant) => vec![Effect::Decide {
                change: grant.revocation(),
            }],
            Action::SetPinTerm(change) => sites::set_pin_term(&change),
            Action::SetPinEntry(place) => self.set_pin_entry(&place),
            Action::ChooseProxy(value) => self.proxy.choose(&value),
            Action::NameProxy(address) => self.proxy.name(&address),
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
            Action::PickAuthority(path) => self.pick_authority(&path),
            Action::TrustAuthority(id) => self.trust_authority(id),
            Action::LeaveAuthorities => self.leave_authorities(),
            Action::AskToDistrust(id) => self.ask_to_distrust(id),
            Action::Distrust => self.distrust(),
            Action::KeepTrust => self.keep_trust(),
            Action::PickList(path) => self.pick_list(&path),
            Action::SetListAddress(address) => self.set_list_address(&address),
            Action::FetchList => self.fetch_list(),
            Action::UpdateList(list) => self.change_list(Command::UpdateList { list }),
            Action::AskToRemoveList(list) => self.ask_to_distrust(list),
            Action::RemoveList => self.remove_list(),
            Action::TryAgain => self.try_again(),
            Action::OpenCheck => vec![Effect::OpenCheck {}],
            Action::OpenDiagnosis => vec![Effect::OpenDiagnosis {}],
            Action::OpenFirstRun => vec![Effect::OpenFirstRun {}],
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
                managed,
                version,
                browser,
                token,
                hidden,
                now,
            } => {
                self.inventory.hide(hidden);
                self.wanted = token.map(|token| (token, 0));
                self.policy = Policy::parse(&policy);
                self.language = language;
                self.pin_entry = pin_entry;
                self.managed = managed;
                (self.version, self.browser, self.now) = (version, browser, now);
                // Not before the time is known: no certificate can be judged without.
                vec![Effect::OpenHost {}]
            }
            Event::HostOpened { version } => {
                self.outdated = None;
                self.host = HostState::Opened { version };
                let mut effects = vec![Effect::ListCertificates {}, Effect::ListFolders {}];
                effects.push(Self::read_trust());
                effects.push(Proxy::read());
                effects.extend(self.record.read());
                effects
            }
            Event::Outdated { failure } => {
                self.outdated = Some(failure);
                Vec::new()
            }
            Event::HostFailed { failure } => self.host_failed(failure),
            Event::Focused {} => self.look_again(),
            Event::Verdict(verdict) => {
                self.inventory.judge(verdict);
                Vec::new()
            }
            Event::Touched {} => {
                self.inventory.touch();
                Vec::new()
            }
            Event::Hidden { hidden } => {
                self.inventory.hide(hidden);
                Vec::new()
            }
            Event::TokenWanted { token } => self.token_wanted(token),
            Event::Listed(listing) => self.listed(listing, true),
            Event::ListedSoFar(listing) => self.listed(listing, false),
            Event::ReadersChanged {} => vec![Effect::ListCertificates {}],
            Event::PinChanged {} => self.pin_changed(),
            Event::PinFailed { failure } => self.pin_failed(failure),
            Event::Inspected { password } => self.inspected(password),
            Event::SeveralDropped {} => self.several_dropped(),
            Event::Added { keys } => self.added(keys),
            Event::AddFailed { failure } => self.add_failed(failure),
            Event::CertificateAdded { certificate } => self.certificate_added(certificate),
            Event::CertificateRemoved {} => vec![Effect::ListCertificates {}],
            Event::CertificateFailed { failure } => self.certificate_failed(failure),
            Event::Removed {} => self.removed(),
            Event::RemoveFailed { failure } => self.remove_failed(failure),
            Event::PasswordChanged {} => self.password_changed(),
            Event::PasswordFailed { failure } => self.password_failed(failure),
            Event::FoldersListed {
                folders,
                containers_found,
            } => self.folders_listed(folders, containers_found),
            Event::FoldersFailed { failure } => self.folders_failed(failure),
            Event::EverythingDeleted {} => self.everything_deleted(),
            Event::DeletionFailed { failure } => self.deletion_failed(failure),
            Event::Decided { policy } => self.decided(&policy),
            Event::RecordRead {
                search,
                skip,
                page,
                times,
            } => self.record.has_read(&search, skip, page, times),
            Event::RecordChanged {} => self.record.changed(),
            Event::RecordFailed { failure } => self.record.failed(failure),
            Event::ProxyRead(state) => self.proxy.has_read(state),
            Event::ProxyFailed { failure } => self.proxy.failed(failure),
            Event::TrustListed { sources } => self.trust_listed(sources),
            Event::AuthoritiesFound { certificates } => self.authorities_found(certificates),
            Event::AuthorityAdded { owner } => self.authority_added(owner),
            Event::ListKept {} => self.list_kept(),
            Event::TrustFailed { failure } => self.trust_failed(failure),
            Event::Copied {} => self.has_copied(),
        }
    }

    fn title(&self) -> Option<String> {
        Some(self.text.plain("options_window"))
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
            managed: ManagedSettings::default(),
            version: String::new(),
            browser: String::new(),
            host: HostState::Opening,
            outdated: None,
            inventory: Inventory::default(),
            list: CertificateList::default(),
            pin_form: None,
            secret: SecretEntry::default(),
            wanted: None,
            adding: Adding::Nothing,
            picker: 0,
            removal: None,
            password: None,
            folders: Folders::default(),
            record: RecordList::default(),
            proxy: Proxy::default(),
            trust: Trust::default(),
            deletion: Deletion::default(),
            copied: false,
        }
    }

    /// What is typed from now on goes there.
    fn set_pin_entry(&mut self, place: &str) -> Vec<Effect> {
        self.pin_entry.system = place == SYSTEM;
        let system = self.pin_entry.system;
        vec![Effect::SetPinEntry { system }]
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

    /// What was missing stays on the screen until it is known whether it still is.
    fn look_again(&self) -> Vec<Effect> {
        let missing = self.host.failure().map(|_| Effect::OpenHost {});
        missing.into_iter().collect()
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
}
