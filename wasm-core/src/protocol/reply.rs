//! How the host answers a command.

use super::{
    CertificateName, CheckReport, CheckRole, Diagnosis, FetchedAuthority, KeyEntry, Listing,
    PackageKind, ProtocolRange, ProxyState, RecordPage, TermLeft, TrustSource, TrustedCertificate,
};
use crate::{
    algorithm::{Digest, DigestAlgorithm},
    certificate::CertificateDetails,
};
use serde::{Deserialize, Serialize};

/// How the host answers.
#[derive(Debug, Deserialize, Serialize)]
#[cfg_attr(any(test, feature = "typescript"), derive(ts_rs::TS), ts(export))]
#[serde(
    tag = "type",
    rename_all = "kebab-case",
    rename_all_fields = "camelCase"
)]
pub enum Reply {
    /// To `hello`.
    Hello {
        /// The version of the protocol that is spoken from now on; where there is none in common, the newest of the host's.
        protocol: u32,
        /// Those that the host speaks.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(any(test, feature = "typescript"), ts(optional))]
        protocols: Option<ProtocolRange>,
        /// The version of the host.
        version: String,
        /// Rust's name of the operating system.
        platform: String,
        /// How the host came onto the computer.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(any(test, feature = "typescript"), ts(optional))]
        package: Option<PackageKind>,
        /// Whether the administrator has decided that passwords and PINs for signatures are typed in a dialog of the system:
        /// what was typed in our window is answered by `SETTING_FIXED`.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        #[cfg_attr(any(test, feature = "typescript"), ts(as = "Option<bool>", optional))]
        pins_in_dialog: bool,
    },
    /// To `list-certificates` and `list-private-certificates`.
    Certificates(Listing),
    /// To `add-certificate`.
    CertificateAdded {
        /// Its id.
        certificate: String,
    },
    /// To `remove-certificate`.
    CertificateRemoved {},
    /// To `describe-certificate`.
    CertificateDescribed(Box<CertificateDetails>),
    /// To `change-pin` and `unblock-pin`.
    PinChanged {},
    /// To `inspect-key-file`.
    KeyFileInspected {
        /// Whose password `add-key-file` wants.
        password: KeyFilePassword,
    },
    /// To `add-key-file`.
    KeyFileAdded {
        /// The keys with certificates that the file held.
        keys: Vec<KeyEntry>,
    },
    /// To `remove-key-file`.
    KeyFileRemoved {},
    /// To `change-key-password`.
    KeyPasswordChanged {},
    /// To `list-folders`, `add-folder` and `remove-folder`.
    Folders {
        /// All there are, as paths.
        folders: Vec<String>,
        /// How many containers are in the one that was added.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(any(test, feature = "typescript"), ts(optional))]
        containers_found: Option<u32>,
    },
    /// To `list-trust`.
    Trust {
        /// Where the trusted certificates are from.
        sources: Vec<TrustSource>,
    },
    /// To `add-authority`, `remove-authority` and what changes national lists. Verdicts that change by it follow as events.
    TrustChanged {
        /// Where the trusted certificates are from now.
        sources: Vec<TrustSource>,
    },
    /// To `inspect-authority`.
    AuthorityInspected {
        /// The authorities that the file names.
        certificates: Vec<TrustedCertificate>,
    },
    /// To `fetch-issuer`. Verdicts that change by it follow as events.
    IssuerFetched {
        /// The certificates that are used from now on, without anybody being trusted by that.
        kept: Vec<CertificateName>,
        /// The authority that the path would end at, if the person trusts it; absent where somebody trusted was reached.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(any(test, feature = "typescript"), ts(optional))]
        authority: Option<Box<FetchedAuthority>>,
    },
    /// To `diagnose`.
    Diagnosed(Diagnosis),
    /// To `delete-everything`.
    EverythingDeleted {},
    /// To `read-record`.
    Record(RecordPage),
    /// To `delete-record` and `set-record`.
    RecordChanged {},
    /// To `read-proxy`.
    Proxy(ProxyState),
    /// To `set-proxy`. Servers are asked again; verdicts follow as events.
    ProxyChanged(ProxyState),
    /// To `read-document`, after the last chunk.
    DocumentRead {
        /// The number under which it can be signed on this connection.
        document: u32,
        /// Its digest.
        digest: Digest,
    },
    /// To `read-check-file`, after the last chunk.
    CheckFileRead {
        /// The number under which it can be checked on this connection.
        file: u32,
        /// What it is.
        role: CheckRole,
        /// What the documents of its signatures have to be hashed with.
        digests: Vec<DigestAlgorithm>,
    },
    /// To `check-signatures`.
    Checked(CheckReport),
    /// To `read-content`.
    Content {
        /// Base64 of a part of it.
        data: String,
        /// How many bytes the whole document has.
        #[cfg_attr(any(test, feature = "typescript"), ts(type = "number"))]
        size: u64,
    },
    /// To `forget-check-files`.
    CheckFilesForgotten {},
    /// To `sign`, after the last item.
    Done {
        /// What is left of the PIN session; absent where none is open, or this request was the last one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(any(test, feature = "typescript"), ts(optional))]
        pin_session: Option<TermLeft>,
    },
}

/// Which password the person gives when a key file is added.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(any(test, feature = "typescript"), derive(ts_rs::TS), ts(export))]
#[serde(rename_all = "kebab-case")]
pub enum KeyFilePassword {
    /// The one that the file has, and its copy will have.
    OfFile,
    /// A new one, for the copy: nothing in the file is encrypted.
    New,
}
