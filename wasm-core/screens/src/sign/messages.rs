//! What goes between the sign window and its script, and what the person does.

use crate::{
    certificate_card::HeldKey, certificate_list::ListAction, node::SecretInput,
    sign::content_kind::ContentKind, wording,
};
use serde::{Deserialize, Serialize};
use tamga_core::{
    algorithm::{Digest, DigestAlgorithm},
    failure::Failure,
    policy::{Answer, Change},
    protocol::{
        CertificateVerdict, Command, KeyEntry, Listing, TermLeft, WaitingFor, page::KeyType,
    },
    secret::Secret,
};

/// What the script reports. It arrives as `{type: {…}}` (`screen.js`): serde would buffer an enum that is tagged inside.
#[derive(Debug, Deserialize)]
#[cfg_attr(
    test,
    derive(ts_rs::TS),
    ts(export, rename = "SignEvent", tag = "type")
)]
#[serde(
    rename_all = "kebab-case",
    rename_all_fields = "camelCase",
    deny_unknown_fields
)]
#[expect(missing_docs, reason = "the variants say what their fields are")]
pub enum Event {
    /// The page's request has come.
    Requested(WindowRequest),
    /// The host is there.
    HostOpened { version: String },
    /// It works, and one of the two halves is older than the other: which, and how it is updated.
    Outdated { failure: Failure },
    /// The administrator of the computer has passwords and PINs typed in a dialog of the system: its language.
    DialogNeeded { language: String },
    /// The host could not be opened, or could not list, or has gone.
    HostFailed { failure: Failure },
    /// Everything that is within the host's reach.
    Listed(Listing),
    /// The same as far as it is known; `listed` follows.
    ListedSoFar(Listing),
    /// What the host found out about a certificate.
    Verdict(Box<CertificateVerdict>),
    /// The person is at the window: nothing moves from now on that is not asked to.
    Touched {},
    /// A reader or a card came or went.
    ReadersChanged {},
    /// The host has listed a token's private certificates: they were in the last `listed`.
    PrivateListed {},
    /// The host has not.
    PrivateListFailed { failure: Failure },
    /// The host has read so much of a document that it is reading.
    Reading {
        index: usize,
        #[cfg_attr(test, ts(type = "number"))]
        bytes: u64,
    },
    /// The host has read a document.
    Read {
        index: usize,
        document: u32,
        digest: Digest,
        kind: ContentKind,
        /// All of what went to the host is kept.
        kept: bool,
    },
    /// The host has not read a document.
    ReadFailed { index: usize, failure: Failure },
    /// The beginning of a document as it went to the host, base64.
    Previewed { index: usize, start: String },
    /// The browser's viewer has a document as it went to the host.
    Viewed { index: usize },
    /// A document is not there any more as it went to the host.
    PreviewFailed { index: usize, failure: Failure },
    /// The host has signed an item of its command.
    ItemSigned { index: u32 },
    /// The host has not signed an item of its command.
    ItemFailed { index: u32, failure: Failure },
    /// The next item may take until then: a time of day, as the person writes it.
    Waiting { how: WaitingFor, until: String },
    /// The host is through with its command.
    Signed {},
    /// The host has signed nothing.
    SignFailed { failure: Failure },
    /// The change of what is stored of decisions is stored.
    Decided {},
    /// The page has its answer.
    Delivered {},
    /// The page did not take its answer.
    NotDelivered { failure: Failure },
    /// The person came back to this window from another one.
    Focused {},
    /// The window has become visible.
    Shown {},
    /// The text that was to be put on the clipboard is there, or is not.
    Copied { done: bool },
    /// The person pressed Escape.
    Escaped {},
    /// The time is over that an effect asked to wait.
    Waited {},
    /// The person has closed the window: its last moment.
    Closed {},
    /// Nobody waits for the answer any more: the page took its request back, or else the person has left the page.
    Gone { taken_back: bool },
}

/// A page's request, and what is stored that bears on it.
#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct WindowRequest {
    /// The origin of the frame that asks, in the browser's words.
    pub origin: String,
    /// The origin of the page around it, where it is another.
    pub top_origin: Option<String>,
    /// The request: JSON with the contents taken out.
    pub command: String,
    /// The stored decisions: JSON.
    pub policy: String,
    /// The id of the certificate that was used on this site last.
    pub last_certificate: Option<String>,
    /// The language for a dialog of the system, if passwords and PINs are typed in one.
    pub dialog: Option<String>,
    /// The ids of the certificates that are hidden in lists.
    #[serde(default)]
    pub hidden: Vec<String>,
    /// Whether it is a private window that asks: it leaves no trace.
    #[serde(default)]
    pub private_window: bool,
    /// The keys that are unlocked for this site.
    pub pin_sessions: Vec<OpenPinSession>,
    /// Milliseconds since 1970.
    #[cfg_attr(test, ts(type = "number"))]
    pub now: u64,
}

/// A key on a token that is unlocked for the site that asks.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct OpenPinSession {
    /// The certificate's id.
    pub certificate: String,
    /// The token's id.
    pub token: String,
    /// What is left of it.
    pub left: TermLeft,
}

/// What the script shall do.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export, rename = "SignEffect"))]
#[serde(
    tag = "type",
    rename_all = "kebab-case",
    rename_all_fields = "camelCase"
)]
#[expect(missing_docs, reason = "the variants say what their fields are")]
pub enum Effect {
    /// Open the host, anew if there was one: `host-opened` or `host-failed`.
    OpenHost {},
    /// Ask the host for its certificates: `listed-so-far` any number of times, then `listed` or `host-failed`.
    ListCertificates {},
    /// Give the host this command: `listed-so-far` any number of times, then `listed` and `private-listed`, or
    /// `private-list-failed`.
    ListPrivateCertificates { command: Command },
    /// Have the host read a document, and `keep` what was read: `reading`, then `read` or `read-failed`.
    Read {
        index: usize,
        algorithm: DigestAlgorithm,
        keep: bool,
    },
    /// Give the beginning of a document as it went to the host: `previewed` or `preview-failed`.
    Preview { index: usize },
    /// Show a document as it went to the host in a tab of the browser's viewer, under this MIME type: `viewed` or `preview-failed`.
    View {
        index: usize,
        viewer_type: &'static str,
    },
    /// Save a copy of a document as it went to the host under this name: `viewed` or `preview-failed`.
    Save { index: usize, name: String },
    /// Give the host this command: `item-signed`, `item-failed`, then `signed` or `sign-failed`. One that begins or uses
    /// a PIN session goes to the host that holds the session.
    Sign { command: Command },
    /// End the PIN sessions with this token.
    EndPinSessions { token: String },
    /// Tell the page how far it is.
    Progress(Progress),
    /// Change what is stored of decisions: `decided`.
    Decide { change: Change },
    /// Remember the certificate for this site's next request.
    Remember { certificate: String },
    /// Give the page what it asked for: `delivered`.
    Answer {
        certificate: Released,
        items: Vec<Outcome>,
    },
    /// Tell the page that it will not get it, and close the window.
    Refuse { failure: Failure },
    /// Put a text on the clipboard.
    Copy { text: String },
    /// Open the page that says what keeps Tamga from working in a tab.
    OpenDiagnosis {},
    /// Open the page that leads through the first steps in a tab.
    OpenFirstRun {},
    /// Open the options in a tab, at this token.
    OpenOptions { token: Option<String> },
    /// Come back when what is shown has been on the screen for so many milliseconds: `waited`. It replaces one that waits.
    Wait { milliseconds: u32 },
    /// Close the window after so many milliseconds.
    Close { after: u32 },
}

/// How far the work is, as the page hears it.
#[derive(Debug, Eq, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
#[serde(rename_all = "camelCase")]
pub struct Progress {
    /// What the host is doing.
    pub phase: Phase,
    /// How many items are through.
    pub done: usize,
    /// How many there are.
    pub total: usize,
    /// While reading: how many bytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional, type = "number"))]
    pub bytes: Option<u64>,
    /// While reading: of how many.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional, type = "number"))]
    pub bytes_total: Option<u64>,
}

/// What the host is doing.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
#[serde(rename_all = "kebab-case")]
pub enum Phase {
    /// Reading and hashing documents.
    Reading,
    /// Signing them.
    Signing,
}

/// The one certificate that the page learns.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
#[serde(rename_all = "camelCase")]
pub struct Released {
    /// SHA-256 of the certificate.
    pub id: String,
    /// Whose it is in one line: the common name, or else the next best thing.
    pub subject: String,
    /// The organisation of whom it is, where it names one.
    pub organization: Option<String>,
    /// The serial number, lower-case hex.
    pub serial: String,
    /// The last second of its validity: ISO 8601, UTC.
    pub not_after: String,
    /// What kind of key it has.
    pub key_type: Option<KeyType>,
    /// The certificate, base64 of DER.
    pub der: String,
    /// Those above it, nearest first.
    pub chain: Vec<String>,
}

/// What became of one item of the page's request.
#[derive(Debug, Eq, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
#[serde(tag = "type", rename_all = "kebab-case")]
#[expect(missing_docs, reason = "the variants say what their fields are")]
pub enum Outcome {
    /// It is the host's signature of this number.
    Signed { name: String, signature: u32 },
    /// It was not signed.
    Failed { name: String, failure: Failure },
}

/// What the person does.
#[derive(Clone, Debug)]
pub enum Action {
    /// Answers the permission prompt.
    Answer(Answer),
    /// Chooses a certificate.
    Choose(String),
    /// Does something with the list of certificates.
    List(ListAction),
    /// Wants to see all certificates, and to choose another.
    ShowCertificates,
    /// Wants to give the PIN of the token of this id, to see the certificates that it shows only then.
    OpenPrivate(String),
    /// Does not want that any more.
    LeavePrivate,
    /// Wants to see more documents.
    ShowDocuments,
    /// Wants to see a document's text, or no longer.
    Preview(usize),
    /// Wants to see a document in the browser's viewer.
    View(usize),
    /// Does something in the field for the password or PIN, apart from typing in it.
    Secret(SecretInput),
    /// Wants a copy of a document as a file.
    Save(usize),
    /// Gives the password or PIN, and wants it signed.
    Sign(Secret),
    /// Wants it signed where no password or PIN is typed in this window.
    SignAtOnce,
    /// Wants the last try to be used.
    UseLastTry,
    /// Does not.
    KeepLastTry,
    /// Would rather give the PIN than use what it unlocked before.
    AskForPin,
    /// Shows the chosen certificate to the site.
    Release,
    /// Does not want it, or has read what went wrong.
    Close,
    /// Wants to try once more after a failure.
    TryAgain,
    /// Wants to go back and choose something else after a failure.
    ChooseAgain,
    /// Wants to tell somebody of a failure.
    CopyReport,
    /// Wants to know what keeps Tamga from working.
    OpenDiagnosis,
    /// Wants to know how to get the host.
    OpenFirstRun,
    /// Wants to add a key file.
    OpenOptions,
    /// Wants to see to the PIN of the token of this id.
    OpenToken(String),
}

impl Action {
    /// Whether it decides something, which takes a window that has been seen. What ends the window decides nothing:
    /// it can be begun again.
    pub(super) fn decides(&self) -> bool {
        match self {
            Self::Answer(answer) => *answer != Answer::NotNow,
            Self::Sign(_)
            | Self::SignAtOnce
            | Self::UseLastTry
            | Self::AskForPin
            | Self::Release
            | Self::TryAgain
            | Self::ChooseAgain
            | Self::OpenDiagnosis
            | Self::OpenFirstRun
            | Self::OpenOptions
            | Self::OpenToken(_) => true,
            Self::Choose(_)
            | Self::Secret(_)
            | Self::List(_)
            | Self::OpenPrivate(_)
            | Self::LeavePrivate
            | Self::ShowCertificates
            | Self::ShowDocuments
            | Self::Preview(_)
            | Self::View(_)
            | Self::Save(_)
            | Self::KeepLastTry
            | Self::Close
            | Self::CopyReport => false,
        }
    }
}

impl Released {
    /// What a page learns of a key.
    pub fn of(key: &HeldKey) -> Self {
        let KeyEntry {
            id,
            certificate,
            view,
            chain,
            ..
        } = &key.entry;
        let mut details = view.owner_details.iter();
        let organization = details.find(|entry| entry.label == "organization");
        Self {
            id: id.clone(),
            subject: view.owner.clone(),
            organization: organization.map(|entry| entry.value.clone()),
            serial: view.serial.clone(),
            not_after: wording::timestamp(view.not_after),
            key_type: KeyType::ALL.into_iter().find(|kind| kind.is_of(view)),
            der: certificate.clone(),
            chain: chain.clone(),
        }
    }
}
