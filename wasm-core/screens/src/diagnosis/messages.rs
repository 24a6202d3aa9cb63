//! What goes between the diagnosis page and its script, and what the person does.

use serde::{Deserialize, Serialize};
use tamga_core::{
    failure::Failure,
    protocol::{Command, Diagnosis},
};

/// What the script reports. It arrives as `{type: {…}}` (`screen.js`): serde would buffer an enum that is tagged inside.
#[derive(Debug, Deserialize)]
#[cfg_attr(
    test,
    derive(ts_rs::TS),
    ts(export, rename = "DiagnosisEvent", tag = "type")
)]
#[serde(
    rename_all = "kebab-case",
    rename_all_fields = "camelCase",
    deny_unknown_fields
)]
#[expect(missing_docs, reason = "the variants say what their fields are")]
pub enum Event {
    /// The extension's version, and what browser and system these are.
    Opened { version: String, browser: String },
    /// The host is there.
    HostOpened { version: String },
    /// The host could not be opened, or has gone.
    HostFailed { failure: Failure },
    /// The window has the keyboard's focus: the person may have put right what was missing.
    Focused {},
    /// The person is at the window.
    Touched {},
    /// What the host found.
    Diagnosed(Diagnosis),
    /// It could not examine or repair the computer.
    DiagnoseFailed { failure: Failure },
    /// The report is on the clipboard.
    Copied {},
}

/// What the script shall do.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export, rename = "DiagnosisEffect"))]
#[serde(tag = "type", rename_all = "kebab-case")]
#[expect(missing_docs, reason = "the variants say what their fields are")]
pub enum Effect {
    /// Open the host, anew if there was one: `host-opened` or `host-failed`.
    OpenHost {},
    /// Give the host this command, which is to examine the computer: `diagnosed` or `diagnose-failed`.
    Diagnose { command: Command },
    /// Put a text on the clipboard: `copied`.
    Copy { text: String },
}

/// What the person does.
#[derive(Clone, Debug)]
pub enum Action {
    /// Wants it looked at again.
    TryAgain,
    /// Wants repaired what can be.
    Repair,
    /// Copies the report.
    Copy,
}
