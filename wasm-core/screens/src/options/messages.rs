//! What goes between the options and their script, and what the person does.

use crate::{certificate_list::ListAction, node::SecretInput};
use serde::{Deserialize, Serialize};
use tamga_core::{
    failure::Failure,
    policy::{Change, Grant},
    protocol::{
        CertificateVerdict, Command, KeyEntry, KeyFilePassword, Listing, ProxyState, RecordPage,
        TrustSource, TrustedCertificate,
    },
    secret::Secret,
};

/// What the script reports. It arrives as `{type: {…}}` (`screen.js`): serde would buffer an enum that is tagged inside.
#[derive(Debug, Deserialize)]
#[cfg_attr(
    test,
    derive(ts_rs::TS),
    ts(export, rename = "OptionsEvent", tag = "type")
)]
#[serde(
    rename_all = "kebab-case",
    rename_all_fields = "camelCase",
    deny_unknown_fields
)]
#[expect(missing_docs, reason = "the variants say what their fields are")]
pub enum Event {
    /// What is known at once: the settings, the stored decisions as JSON, the extension's version, and what
    /// browser and system these are. `now` in milliseconds since 1970.
    Opened {
        policy: String,
        language: Option<String>,
        pin_entry: PinEntrySetting,
        managed: ManagedSettings,
        version: String,
        browser: String,
        /// The token that the person comes for.
        token: Option<String>,
        /// The ids of the certificates that are hidden in lists.
        hidden: Vec<String>,
        #[cfg_attr(test, ts(type = "number"))]
        now: u64,
    },
    /// The person comes once more, for this token.
    TokenWanted { token: String },
    /// The host is there.
    HostOpened { version: String },
    /// It works, and one of the two halves is older than the other: which, and how it is updated.
    Outdated { failure: Failure },
    /// The host could not be opened, or could not list, or has gone.
    HostFailed { failure: Failure },
    /// The window has the keyboard's focus: the person may have put right what was missing.
    Focused {},
    /// What the host found out about a certificate.
    Verdict(Box<CertificateVerdict>),
    /// The person is at the window: nothing moves from now on that is not asked to.
    Touched {},
    /// These certificates are hidden in lists now.
    Hidden { hidden: Vec<String> },
    /// Everything that is within the host's reach.
    Listed(Listing),
    /// The same as far as it is known; `listed` follows.
    ListedSoFar(Listing),
    /// A reader or a card came or went.
    ReadersChanged {},
    /// The token has its new PIN.
    PinChanged {},
    /// It has not.
    PinFailed { failure: Failure },
    /// There is a key in the file that was picked, and this password is wanted.
    Inspected { password: KeyFilePassword },
    /// Several files were dropped at once.
    SeveralDropped {},
    /// The key file was added, with these keys.
    Added { keys: Vec<KeyEntry> },
    /// The key file was not added, or there is no key in the file that was picked.
    AddFailed { failure: Failure },
    /// The certificate without a key was added, under this id.
    CertificateAdded { certificate: String },
    /// It was removed.
    CertificateRemoved {},
    /// It was not.
    CertificateFailed { failure: Failure },
    /// The key file was removed.
    Removed {},
    /// The key file was not removed.
    RemoveFailed { failure: Failure },
    /// The key has its new password.
    PasswordChanged {},
    /// It has not.
    PasswordFailed { failure: Failure },
    /// The folders in which containers are looked for, and how many are in the one that was added.
    FoldersListed {
        folders: Vec<String>,
        #[serde(default)]
        #[cfg_attr(test, ts(optional))]
        containers_found: Option<u32>,
    },
    /// The folders could not be listed or changed, or the person left the dialog.
    FoldersFailed { failure: Failure },
    /// Nothing that Tamga kept is left.
    EverythingDeleted {},
    /// Something is.
    DeletionFailed { failure: Failure },
    /// The stored decisions have changed.
    Decided { policy: String },
    /// A part of the record of signatures: what is looked for, after the first `skip`; the time of each entry in the
    /// person's language and time zone.
    RecordRead {
        search: String,
        skip: u32,
        page: RecordPage,
        times: Vec<String>,
    },
    /// The record was deleted, or turned on or off.
    RecordChanged {},
    /// It was not, or could not be read.
    RecordFailed { failure: Failure },
    /// Through which proxy the host asks servers.
    ProxyRead(ProxyState),
    /// It was not changed, or could not be read.
    ProxyFailed { failure: Failure },
    /// Whom the host trusts.
    TrustListed { sources: Vec<TrustSource> },
    /// The authorities that the picked file has; none of them is trusted by that.
    AuthoritiesFound {
        certificates: Vec<TrustedCertificate>,
    },
    /// The host trusts this one from now on; `trust-listed` follows.
    AuthorityAdded { owner: String },
    /// The host keeps the list that was given or fetched; `trust-listed` follows.
    ListKept {},
    /// It could not be listed or changed, or there is no authority in the picked file.
    TrustFailed { failure: Failure },
    /// The text is on the clipboard.
    Copied {},
}

/// Where passwords and PINs are typed.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
#[serde(deny_unknown_fields)]
pub struct PinEntrySetting {
    /// In a dialog of the system, rather than in the sign window.
    pub system: bool,
    /// The administrator has said so.
    pub fixed: bool,
}

/// What the administrator has decided besides of sites and of where PINs are typed.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ManagedSettings {
    /// The language.
    pub language_fixed: bool,
    /// The settings that make no sense and are not used.
    pub problems: Vec<String>,
}

/// What the script shall do.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export, rename = "OptionsEffect"))]
#[serde(
    tag = "type",
    rename_all = "kebab-case",
    rename_all_fields = "camelCase"
)]
#[expect(missing_docs, reason = "the variants say what their fields are")]
pub enum Effect {
    /// Open the host, anew if there was one: `host-opened` or `host-failed`.
    OpenHost {},
    /// Open the page on which signatures are checked in a tab.
    OpenCheck {},
    /// Open the page that says what keeps Tamga from working in a tab.
    OpenDiagnosis {},
    /// Open the page that leads through the first steps in a tab.
    OpenFirstRun {},
    /// Ask the host for its certificates: `listed-so-far` any number of times, then `listed` or `host-failed`.
    ListCertificates {},
    /// Hide this certificate in lists, or no longer: `hidden`.
    HideCertificate { certificate: String, hidden: bool },
    /// Open the page of this certificate in a tab.
    OpenCertificate { certificate: String },
    /// Have the host look at the file that is in the file picker: `inspected` or `add-failed`.
    InspectKeyFile {},
    /// Give the host the file that is in the file picker: `added` or `add-failed`.
    AddKeyFile {
        password: Secret,
        #[serde(skip_serializing_if = "Option::is_none")]
        #[cfg_attr(test, ts(optional))]
        second_password: Option<Secret>,
    },
    /// Give the host the certificate that is in the file picker: `certificate-added` or `add-failed`.
    AddCertificate {},
    /// Have the host keep this certificate no more: `certificate-removed` or `certificate-failed`.
    RemoveCertificate { certificate: String },
    /// Have the host delete its copy of a key file: `removed` or `remove-failed`.
    RemoveKeyFile { key_file: String },
    /// Give the host this command, which is for a key's password: `password-changed` or `password-failed`.
    ChangePassword { command: Command },
    /// Ask the host in which folders containers are looked for: `folders-listed` or `folders-failed`.
    ListFolders {},
    /// Have the person choose a folder: `folders-listed` or `folders-failed`.
    AddFolder {},
    /// Have containers looked for in this folder no more: `folders-listed` or `folders-failed`.
    RemoveFolder { folder: String },
    /// Delete what the host and the extension keep: `everything-deleted` or `deletion-failed`.
    DeleteEverything {},
    /// Give the host this command, which is for a token's PIN: `pin-changed` or `pin-failed`.
    ManagePin { command: Command },
    /// Change what is stored of decisions: `decided`.
    Decide { change: Change },
    /// Store whether passwords and PINs are typed in a dialog of the system.
    SetPinEntry { system: bool },
    /// Store the language, or none for the browser's, and show this page in it.
    SetLanguage { language: Option<String> },
    /// Give the host this command, which is for the record of signatures: `record-read` or `record-changed`, or
    /// `record-failed`.
    Record { command: Command },
    /// Save the whole record as a file, or `record-failed`.
    ExportRecord {},
    /// Give the host this command, which is for its proxy: `proxy-read` or `proxy-failed`.
    Proxy { command: Command },
    /// Give the host this command, which is for whom it trusts: `trust-listed` or `trust-failed`.
    Trust { command: Command },
    /// Have the host look at the file that is in the picker of authorities: `authorities-found` or `trust-failed`.
    InspectAuthority {},
    /// Give the host the national list that is in the picker of lists: `list-kept` or `trust-failed`.
    ImportList {},
    /// Have the host trust an authority that is in that file: `authority-added` and `trust-listed`, or `trust-failed`.
    AddAuthority { fingerprint: String },
    /// Put a text on the clipboard: `copied`.
    Copy { text: String },
}

/// What the person does.
#[derive(Clone, Debug)]
pub enum Action {
    /// Does something with the lists of certificates.
    List(ListAction),
    /// Wants to know everything about the certificate of this id.
    OpenCertificate(String),
    /// Wants to see it in lists no more, or again.
    Hide(String, bool),
    /// Picks a key file of this name.
    Pick(String),
    /// Adds it with this password, which is typed twice where it is a new one.
    Add(Vec<Secret>),
    /// Adds the certificate that was picked in place of a key file.
    AddCertificate,
    /// Wants the certificate of this id, which has no key, to be kept no more.
    RemoveCertificate(String),
    /// Wants to remove a key file.
    Remove(String),
    /// Confirms it.
    ConfirmRemoval,
    /// Does not.
    KeepKeyFile,
    /// Wants another password for the key of this id.
    ChangePassword(String),
    /// Gives what the form asks for, in its order.
    SubmitPassword(Vec<Secret>),
    /// Leaves the form.
    LeavePassword,
    /// Wants containers to be looked for in another folder.
    ChooseFolder,
    /// Wants them to be looked for in this folder no more.
    RemoveFolder(String),
    /// Wants everything to be deleted that Tamga keeps.
    DeleteEverything,
    /// Confirms it.
    ConfirmDeletion,
    /// Does not.
    KeepEverything,
    /// Wants to do this with the PIN of the token of this id.
    ManagePin(String, PinTask),
    /// Gives what the form asks for, in its order.
    SubmitPin(Vec<Secret>),
    /// Does something in a field for a password or PIN, apart from typing in it.
    Secret(SecretInput),
    /// Wants the last try to be used.
    UseLastTry,
    /// Does not.
    KeepLastTry,
    /// Leaves the form, or has read how it went.
    LeavePin,
    /// Takes a decision back.
    Revoke(Grant),
    /// Chooses for how long a PIN is good for a site: the change as JSON.
    SetPinTerm(String),
    /// Chooses where passwords and PINs are typed.
    SetPinEntry(String),
    /// Chooses through which proxy servers are asked: the system's, none, or one that is named then.
    ChooseProxy(String),
    /// Names it.
    NameProxy(String),
    /// Chooses a language; empty for the browser's.
    SetLanguage(String),
    /// Looks for something in the record of signatures.
    FindInRecord(String),
    /// Wants to see more of it.
    ShowMoreRecord,
    /// Has signatures recorded, or no longer.
    ToggleRecord,
    /// Saves the record as a file.
    ExportRecord,
    /// Wants to delete the record.
    DeleteRecord,
    /// Confirms it.
    ConfirmRecordDeletion,
    /// Does not.
    KeepRecord,
    /// Picks a file with authorities, of this name.
    PickAuthority(String),
    /// Trusts the one of this id, whose fingerprint is right.
    TrustAuthority(String),
    /// Trusts none of the file.
    LeaveAuthorities,
    /// Picks a file with a national list, of this name.
    PickList(String),
    /// Says where a list is.
    SetListAddress(String),
    /// Wants the list that is there.
    FetchList,
    /// Wants the list of this id anew.
    UpdateList(String),
    /// Wants the list of this id to be kept no more.
    AskToRemoveList(String),
    /// Confirms it.
    RemoveList,
    /// Wants to trust the authority of this id no more.
    AskToDistrust(String),
    /// Confirms it.
    Distrust,
    /// Does not.
    KeepTrust,
    /// Has put the host right.
    TryAgain,
    /// Wants the report.
    CopyReport,
    /// Wants to check a signature.
    OpenCheck,
    /// Wants to know what keeps Tamga from working.
    OpenDiagnosis,
    /// Wants to be led through the first steps.
    OpenFirstRun,
}

/// What is done with a PIN.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum PinTask {
    /// The person knows it and wants another.
    Change,
    /// The administrator's PIN gives the token a PIN: its first, or instead of one that is forgotten or locked.
    Unblock,
}
