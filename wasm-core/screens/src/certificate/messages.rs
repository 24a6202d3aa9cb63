//! What goes between the page of a certificate and its script, and what the person does.

use serde::{Deserialize, Serialize};
use tamga_core::{
    certificate::CertificateDetails,
    failure::Failure,
    protocol::{CertificateVerdict, Command, FetchedAuthority, Listing},
};

/// What the script reports. It arrives as `{type: {…}}` (`screen.js`): serde would buffer an enum that is tagged inside.
#[derive(Debug, Deserialize)]
#[cfg_attr(
    test,
    derive(ts_rs::TS),
    ts(export, rename = "CertificateEvent", tag = "type")
)]
#[serde(
    rename_all = "kebab-case",
    rename_all_fields = "camelCase",
    deny_unknown_fields
)]
#[expect(missing_docs, reason = "the variants say what their fields are")]
pub enum Event {
    /// What is known at once: the certificate's id, the ids of those that are hidden in lists, the extension's version, and
    /// what browser and system these are. `now` in milliseconds since 1970.
    Opened {
        certificate: String,
        hidden: Vec<String>,
        version: String,
        browser: String,
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
    /// The window has the keyboard's focus: the person may have put right what was missing.
    Focused {},
    /// What the host found out about a certificate.
    Verdict(Box<CertificateVerdict>),
    /// The person is at the window.
    Touched {},
    /// These certificates are hidden in lists now.
    Hidden { hidden: Vec<String> },
    /// What the host has read in the certificate.
    Described(Box<CertificateDetails>),
    /// It could not be read.
    DescribeFailed { failure: Failure },
    /// The host has fetched the missing issuers: the authority that is left to be trusted, if one is.
    IssuerFetched {
        #[serde(default)]
        #[cfg_attr(test, ts(optional))]
        authority: Option<Box<FetchedAuthority>>,
    },
    /// The host trusts the authority from now on.
    AuthorityAdded {},
    /// Neither came about.
    IssuerFailed { failure: Failure },
    /// The text is on the clipboard.
    Copied {},
}

/// What the script shall do.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export, rename = "CertificateEffect"))]
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
    /// Give the host this command, which is to describe the certificate: `described` or `describe-failed`.
    Describe { command: Command },
    /// Give the host this command, which is about a missing issuer: `issuer-fetched`, `authority-added` or `issuer-failed`.
    Issuer { command: Command },
    /// Save this as a file of this name: base64.
    Save { name: String, content: String },
    /// Put a text on the clipboard: `copied`.
    Copy { text: String },
    /// Hide this certificate in lists, or no longer: `hidden`.
    HideCertificate { certificate: String, hidden: bool },
    /// Open the options in a tab.
    OpenOptions {},
}

/// What the person does.
#[derive(Clone, Debug)]
pub enum Action {
    /// Copies what stands under a label.
    Copy(String, String),
    /// Saves the certificate.
    Save(Form),
    /// Hides it in lists, or no longer.
    Hide(bool),
    /// Wants the missing issuer to be fetched.
    FetchIssuer,
    /// Trusts the authority of this id, whose fingerprint is right.
    TrustAuthority(String),
    /// Does not.
    LeaveAuthority,
    /// Wants the options.
    OpenOptions,
    /// Has put the host right.
    TryAgain,
}

/// As what a certificate is saved.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Form {
    /// As it is.
    Der,
    /// As text (RFC 7468).
    Pem,
    /// As text, with those above it.
    Chain,
}
