//! What goes between the check page and its script, and what the person does.

use serde::{Deserialize, Serialize};
use tamga_core::{
    algorithm::DigestAlgorithm,
    failure::Failure,
    protocol::{CheckReport, CheckRole, CheckedFile},
};

/// What the script reports. It arrives as `{type: {…}}` (`screen.js`): serde would buffer an enum that is tagged inside.
#[derive(Debug, Deserialize)]
#[cfg_attr(
    test,
    derive(ts_rs::TS),
    ts(export, rename = "CheckEvent", tag = "type")
)]
#[serde(
    rename_all = "kebab-case",
    rename_all_fields = "camelCase",
    deny_unknown_fields
)]
#[expect(missing_docs, reason = "the variants say what their fields are")]
pub enum Event {
    /// The host is there.
    HostOpened { version: String },
    /// The host could not be opened, or has gone.
    HostFailed { failure: Failure },
    /// The person has picked or dropped these files.
    Chosen { files: Vec<ChosenFile> },
    /// So many bytes of the file at this place are with the host.
    Progress {
        index: u32,
        #[cfg_attr(test, ts(type = "number"))]
        bytes: u64,
    },
    /// The host has the file at this place, under this number.
    FileRead {
        index: u32,
        file: u32,
        role: CheckRole,
        digests: Vec<DigestAlgorithm>,
    },
    /// The file at this place could not be read.
    FileFailed { index: u32, failure: Failure },
    /// Whether the person wants no server to be asked.
    Settings { offline: bool },
    /// What checking comes to before servers are asked.
    CheckedSoFar { round: u32, report: CheckReport },
    /// Servers were asked about the certificates of this file.
    FileChecked { round: u32, file: CheckedFile },
    /// What checking came to.
    Checked { round: u32, report: CheckReport },
    /// It came to nothing, or to nothing more.
    CheckFailed { round: u32, failure: Failure },
    /// The document of this file of the host's was saved.
    Extracted { file: u32 },
    /// It was not.
    ExtractFailed { file: u32, failure: Failure },
}

/// A file that the person has picked or dropped.
#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
#[serde(deny_unknown_fields)]
pub struct ChosenFile {
    /// What it is called.
    pub name: String,
    /// In bytes.
    #[cfg_attr(test, ts(type = "number"))]
    pub size: u64,
    /// Its first kilobyte, base64.
    pub beginning: String,
}

/// What the script shall do.
#[derive(Debug, Eq, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export, rename = "CheckEffect"))]
#[serde(tag = "type", rename_all = "kebab-case")]
#[expect(missing_docs, reason = "the variants say what their fields are")]
pub enum Effect {
    /// Open the host, anew if there was one: `host-opened` or `host-failed`.
    OpenHost {},
    /// Take the files that were picked: `chosen`. Files have places in the order in which they are chosen.
    TakePicked {},
    /// Give the file at this place to the host, which keeps it, or hashes it to these digests: `progress`, then
    /// `file-read` or `file-failed`.
    ReadFile {
        index: u32,
        #[serde(skip_serializing_if = "Option::is_none")]
        #[cfg_attr(test, ts(optional))]
        digests: Option<Vec<DigestAlgorithm>>,
    },
    /// Say what is set: `settings`.
    ReadSettings {},
    /// Remember whether the person wants no server to be asked.
    KeepOffline { offline: bool },
    /// Have the host check these of its files, and nothing else any more: `checked` or `check-failed`. With `servers` the host
    /// asks about revocation: `checked-so-far` and one `file-checked` for each file come before.
    Check {
        round: u32,
        files: Vec<u32>,
        servers: bool,
    },
    /// Have the host ask no more: `check-failed`.
    StopChecking {},
    /// Save the document that is inside of this file of the host's under this name: `extracted` or `extract-failed`.
    Extract { file: u32, name: String },
    /// Forget all files, and have the host forget them.
    Forget {},
    /// Save what checking came to as a file.
    SaveReport {},
    /// Print the page.
    Print {},
}

/// What the person does.
#[derive(Clone, Debug)]
pub enum Action {
    /// Has picked files.
    Pick,
    /// Wants the document out of the file at this place of the report.
    Extract(u32),
    /// Wants the report as a file.
    SaveReport,
    /// Wants it on paper.
    Print,
    /// Wants no server to be asked, or wants it again.
    ToggleOffline,
    /// Does not want to wait for servers.
    StopAsking,
    /// Wants to check something else.
    StartAgain,
    /// Has put the host right.
    TryAgain,
}
