//! What goes between the page of the first steps and its script, and what the person does.

use serde::{Deserialize, Serialize};
use tamga_core::{
    failure::Failure,
    protocol::{CertificateVerdict, CheckReport, Listing},
};

/// What the script reports. It arrives as `{type: {…}}` (`screen.js`): serde would buffer an enum that is tagged inside.
#[derive(Debug, Deserialize)]
#[cfg_attr(
    test,
    derive(ts_rs::TS),
    ts(export, rename = "FirstRunEvent", tag = "type")
)]
#[serde(
    rename_all = "kebab-case",
    rename_all_fields = "camelCase",
    deny_unknown_fields
)]
#[expect(missing_docs, reason = "the variants say what their fields are")]
pub enum Event {
    /// What is known at once: the system and its processor (`os` and `arch` of `runtime.PlatformInfo`), whether the browser
    /// is of Firefox's family, the ids of the certificates that are hidden in lists. `now` in milliseconds since 1970.
    Opened {
        system: String,
        machine: String,
        firefox: bool,
        hidden: Vec<String>,
        #[cfg_attr(test, ts(type = "number"))]
        now: u64,
    },
    /// The host is there.
    HostOpened { version: String },
    /// The host could not be opened, or could not list, or has gone.
    HostFailed { failure: Failure },
    /// Everything that is within the host's reach.
    Listed(Listing),
    /// The same as far as it is known; `listed` follows.
    ListedSoFar(Listing),
    /// A reader or a card came or went.
    ReadersChanged {},
    /// What the host found out about a certificate.
    Verdict(Box<CertificateVerdict>),
    /// These certificates are hidden in lists now.
    Hidden { hidden: Vec<String> },
    /// The window has the keyboard's focus: the person may have put right what was missing.
    Focused {},
    /// The person is at the window: nothing moves from now on that is not asked to.
    Touched {},
    /// What the host says of the signature that was tried.
    Tried { report: CheckReport },
    /// It came to no signature, or the host could not verify it.
    TryFailed { failure: Failure },
}

/// What the script shall do.
#[derive(Debug, Eq, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export, rename = "FirstRunEffect"))]
#[serde(tag = "type", rename_all = "kebab-case")]
#[expect(missing_docs, reason = "the variants say what their fields are")]
pub enum Effect {
    /// Open the host, anew if there was one: `host-opened` or `host-failed`.
    OpenHost {},
    /// Ask the host for its certificates: `listed-so-far` any number of times, then `listed` or `host-failed`.
    ListCertificates {},
    /// Have this text signed under this name as a site would, and verified by the host: `tried` or `try-failed`.
    TrySignature { name: String, content: String },
    /// Open the options in a tab.
    OpenOptions {},
    /// Open the page that says what keeps Tamga from working in a tab.
    OpenDiagnosis {},
    /// Open the page on which signatures are checked in a tab.
    OpenCheck {},
}

/// What the person does.
#[derive(Clone, Debug)]
pub enum Action {
    /// Has put the host right.
    TryAgain,
    /// Wants to try a signature.
    TrySignature,
    /// Wants to add a key.
    OpenOptions,
    /// Wants to know what keeps Tamga from working.
    OpenDiagnosis,
    /// Wants to check somebody's signature.
    OpenCheck,
}
