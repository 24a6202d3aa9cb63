//! From the host's client to the screens, within one page.

use tamga_core::{
    failure::Failure,
    protocol::{CertificateVerdict, Listing},
};
use ts_rs::TS;

/// What `extension/host_client.js` tells every screen of the host. The screens' own events have these variants: the type
/// checker compares them where a page hands its screen to the client.
#[derive(Debug, TS)]
#[ts(export, tag = "type", rename_all = "kebab-case")]
pub enum HostClientEvent {
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
    /// What the host found out about a certificate.
    Verdict(Box<CertificateVerdict>),
    /// A reader or a card came or went.
    ReadersChanged {},
}

/// What it tells besides of a list that a token gives only after its PIN.
#[derive(Debug, TS)]
#[ts(export, tag = "type", rename_all = "kebab-case")]
pub enum PrivateListingEvent {
    /// The list was told.
    PrivateListed {},
    /// It could not be had.
    PrivateListFailed { failure: Failure },
}
