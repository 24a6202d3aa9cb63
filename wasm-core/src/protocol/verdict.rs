//! What the host finds out about a certificate: whether it is good, and if not, why.
//!
//! "Could not be checked" is an outcome of its own with reasons of its own: it can be taken neither for "valid" nor for
//! "not valid".

mod made;
mod recognition;
mod words;

pub use recognition::{Recognition, RecognitionList, RecognitionStatement};
pub use words::VerdictWords;

use crate::{
    clock::ClockWitness,
    trust::{
        AnchorClass, Deviation, Purpose,
        revocation::{RevocationReason, Unavailable, Untrusted},
    },
};
use serde::{Deserialize, Serialize};

/// The most warnings in one verdict.
pub const MAX_VERDICT_WARNINGS: usize = 32;

/// Whether a certificate is good for signing documents, or for what else was asked, at one moment.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(any(test, feature = "typescript"), derive(ts_rs::TS), ts(export))]
#[serde(rename_all = "camelCase")]
pub struct CertificateVerdict {
    /// The certificate.
    pub certificate: CertificateName,
    /// The second that this is about, Unix time.
    #[cfg_attr(any(test, feature = "typescript"), ts(type = "number"))]
    pub time: i64,
    /// What it is to be good for.
    pub purpose: Purpose,
    /// What it came to.
    pub outcome: VerdictOutcome,
    /// The certificate first, then its issuer, as far as they are known; the trusted one last where there is one.
    pub path: Vec<CertificateName>,
    /// Who vouches for the last of the path, if somebody does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(any(test, feature = "typescript"), ts(optional))]
    pub anchor: Option<VerdictAnchor>,
    /// What the list of the state that vouches for it says of who issued the certificate, where such lists are asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(any(test, feature = "typescript"), ts(optional))]
    pub recognition: Option<Recognition>,
    /// Whether the certificate, or one above it, was revoked.
    pub revocation: RevocationStatus,
    /// What is wrong without making it bad.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(
        any(test, feature = "typescript"),
        ts(as = "Option<Vec<VerdictWarning>>", optional)
    )]
    pub warnings: Vec<VerdictWarning>,
}

/// A certificate in short.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(any(test, feature = "typescript"), derive(ts_rs::TS), ts(export))]
#[serde(rename_all = "camelCase")]
pub struct CertificateName {
    /// SHA-256 of its DER, lower-case hex.
    pub id: String,
    /// Whose it is, in one line.
    pub owner: String,
    /// The serial number, lower-case hex.
    pub serial: String,
}

/// What checking a certificate came to.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(any(test, feature = "typescript"), derive(ts_rs::TS), ts(export))]
#[serde(
    tag = "state",
    rename_all = "kebab-case",
    rename_all_fields = "camelCase"
)]
pub enum VerdictOutcome {
    /// It is good.
    Valid {},
    /// It is not.
    Invalid {
        /// Why.
        reason: InvalidReason,
        /// The certificate that the reason is about, where that is another one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(any(test, feature = "typescript"), ts(optional))]
        about: Option<CertificateName>,
    },
    /// Neither is known.
    Unchecked {
        /// Why.
        reason: UncheckedReason,
        /// The certificate that the reason is about, where that is another one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(any(test, feature = "typescript"), ts(optional))]
        about: Option<CertificateName>,
        /// The issuers that are not there.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        #[cfg_attr(
            any(test, feature = "typescript"),
            ts(as = "Option<Vec<MissingIssuer>>", optional)
        )]
        missing: Vec<MissingIssuer>,
    },
}

/// Why a certificate is not good.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(any(test, feature = "typescript"), derive(ts_rs::TS), ts(export))]
#[serde(
    tag = "code",
    rename_all = "kebab-case",
    rename_all_fields = "camelCase"
)]
pub enum InvalidReason {
    /// Another algorithm stands beside the signature than was signed.
    AlgorithmMismatch {},
    /// It issued a certificate and is no authority's.
    AuthorityMissing {},
    /// An extension is critical, and Tamga does not know it.
    CriticalExtension {
        /// Its OID.
        oid: String,
    },
    /// It breaks a rule that was to be enforced.
    Deviation {
        /// The rule.
        rule: Deviation,
    },
    /// Its validity had ended.
    Expired {
        /// Its last second, Unix time.
        #[cfg_attr(any(test, feature = "typescript"), ts(type = "number"))]
        until: i64,
    },
    /// Its extended key usages do not have the purpose.
    ExtendedUsage {
        /// What was asked.
        purpose: Purpose,
    },
    /// An extension cannot be read, stands twice, or contradicts itself.
    ExtensionMalformed {
        /// Its OID.
        oid: String,
    },
    /// Its key usages do not allow what it was used for.
    KeyUsage {
        /// What was asked; absent for signing certificates.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(any(test, feature = "typescript"), ts(optional))]
        purpose: Option<Purpose>,
    },
    /// It is somebody else's.
    NameMismatch {},
    /// It has a name that an authority above must not issue for.
    NameNotPermitted {
        /// The name.
        name: String,
    },
    /// Its validity had not begun.
    NotYetValid {
        /// Its first second, Unix time.
        #[cfg_attr(any(test, feature = "typescript"), ts(type = "number"))]
        from: i64,
    },
    /// More authorities stand below it than it allows.
    PathTooLong {
        /// How many it allows.
        allowed: u32,
    },
    /// The path is not valid for any policy that is required.
    PolicyMissing {},
    /// It was revoked; `revocation` says when and why.
    Revoked {},
    /// Its issuer's key did not make its signature.
    SignatureInvalid {},
}

/// Why it is not known whether a certificate is good.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(any(test, feature = "typescript"), derive(ts_rs::TS), ts(export))]
#[serde(
    tag = "code",
    rename_all = "kebab-case",
    rename_all_fields = "camelCase"
)]
pub enum UncheckedReason {
    /// A signature algorithm, or parameters of it, that Tamga does not know.
    AlgorithmUnsupported {},
    /// An algorithm so broken that its signatures prove nothing.
    AlgorithmWeak {},
    /// It depends on the time, and the clock is wrong.
    ClockWrong {
        /// What the time is, or is at least, Unix time.
        #[cfg_attr(any(test, feature = "typescript"), ts(type = "number"))]
        time: i64,
        /// Who says so.
        witness: ClockWitness,
    },
    /// Nobody here knows its issuer.
    IssuerMissing {
        /// The issuer's name, in one line; empty if the certificate does not say.
        issuer: String,
    },
    /// Its key is of a kind or size that Tamga does not know.
    KeyUnsupported {
        /// What the key is called.
        key: String,
    },
    /// More work than is spent on one certificate.
    LimitReached {},
    /// The authority that issued it was not accredited then, by the list of its state.
    NotAccredited {
        /// Who, as the list has it.
        authority: String,
    },
    /// Whether it was revoked is not known, or not known yet; `revocation` says why.
    RevocationUnknown {},
    /// It vouches for itself, and is in no list of trusted ones.
    Untrusted {
        /// Its owner's name, in one line.
        issuer: String,
    },
}

/// An issuer that is not there.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(any(test, feature = "typescript"), derive(ts_rs::TS), ts(export))]
#[serde(rename_all = "camelCase")]
pub struct MissingIssuer {
    /// Its name, in one line; empty if the certificate does not say.
    pub issuer: String,
    /// Whose issuer it is.
    pub of: CertificateName,
    /// Where that certificate says that its issuer's is.
    pub addresses: Vec<String>,
}

/// Who vouches for a path.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(any(test, feature = "typescript"), derive(ts_rs::TS), ts(export))]
#[serde(rename_all = "camelCase")]
pub struct VerdictAnchor {
    /// Who that is. Classes are never mixed up: what this computer trusts is not thereby accredited.
    pub class: AnchorClass,
    /// The trusted certificate.
    pub certificate: CertificateName,
    /// The name of the list that it is from, if it is from one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(any(test, feature = "typescript"), ts(optional))]
    pub list: Option<String>,
    /// Whose list that is: an ISO 3166 code such as `RU`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(any(test, feature = "typescript"), ts(optional))]
    pub country: Option<String>,
}

/// Whether a certificate was revoked, as far as it is known.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(any(test, feature = "typescript"), derive(ts_rs::TS), ts(export))]
#[serde(
    tag = "state",
    rename_all = "kebab-case",
    rename_all_fields = "camelCase"
)]
pub enum RevocationStatus {
    /// Nobody was asked: another verdict follows when somebody was, unless the certificate is not good anyhow.
    NotAsked {},
    /// It was not, and neither was any above it.
    Good {
        /// When its issuer found so, Unix time.
        #[cfg_attr(any(test, feature = "typescript"), ts(type = "number"))]
        at: i64,
        /// Until when that may be believed, Unix time.
        #[cfg_attr(any(test, feature = "typescript"), ts(type = "number"))]
        until: i64,
    },
    /// It was.
    Revoked {
        /// When, Unix time.
        #[cfg_attr(any(test, feature = "typescript"), ts(type = "number"))]
        at: i64,
        /// Why.
        reason: RevocationReason,
        /// Since when it may have been abused, Unix time.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(any(test, feature = "typescript"), ts(optional, type = "number"))]
        invalid_since: Option<i64>,
    },
    /// It was not, and what says so is too old.
    Stale {
        /// Until when that could be believed, Unix time.
        #[cfg_attr(any(test, feature = "typescript"), ts(type = "number"))]
        since: i64,
        /// The addresses that were asked in vain.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        #[cfg_attr(
            any(test, feature = "typescript"),
            ts(as = "Option<Vec<AskedInVain>>", optional)
        )]
        failures: Vec<AskedInVain>,
    },
    /// There is nothing that says so.
    Unavailable {
        /// Why.
        why: Unavailable,
        /// The addresses that were asked in vain.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        #[cfg_attr(
            any(test, feature = "typescript"),
            ts(as = "Option<Vec<AskedInVain>>", optional)
        )]
        failures: Vec<AskedInVain>,
    },
    /// What says so is not to be trusted.
    Untrusted {
        /// Why.
        why: Untrusted,
    },
    /// Who was asked does not know the certificate.
    Unknown {},
}

/// An address that was asked about revocation in vain.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(any(test, feature = "typescript"), derive(ts_rs::TS), ts(export))]
#[serde(rename_all = "camelCase")]
pub struct AskedInVain {
    /// The address, as the certificate has it.
    pub address: String,
    /// Why nothing came of it.
    pub why: AskFailure,
}

/// Why nothing came of asking an address.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(any(test, feature = "typescript"), derive(ts_rs::TS), ts(export))]
#[serde(rename_all = "kebab-case")]
pub enum AskFailure {
    /// It is none that is asked: of another kind, or inside somebody's network.
    AddressRefused,
    /// There is no such host, or no way to it.
    Unreachable,
    /// It took too long.
    TooSlow,
    /// There is more of it than there may be.
    TooLarge,
    /// The server refused, or leads elsewhere.
    Refused,
    /// A page for people came instead, mostly from a network that wants to be logged in to.
    WebPage,
    /// What came is not what was asked for.
    Malformed,
    /// What came was not signed by who may sign it.
    NotTrusted,
    /// What came could not be kept.
    StorageFailed,
}

/// Something that is wrong without making a certificate bad.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(any(test, feature = "typescript"), derive(ts_rs::TS), ts(export))]
#[serde(rename_all = "camelCase")]
pub struct VerdictWarning {
    /// What.
    pub note: VerdictNote,
    /// The certificate that it is about, where that is another one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(any(test, feature = "typescript"), ts(optional))]
    pub about: Option<CertificateName>,
}

/// What is wrong without making a certificate bad.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(any(test, feature = "typescript"), derive(ts_rs::TS), ts(export))]
#[serde(
    tag = "code",
    rename_all = "kebab-case",
    rename_all_fields = "camelCase"
)]
pub enum VerdictNote {
    /// It breaks a rule that is laid on authorities.
    Deviation {
        /// The rule.
        rule: Deviation,
    },
    /// Its issuer signed with a withdrawn GOST standard.
    GostWithdrawn {},
    /// Its key may not sign any more, though the certificate is valid (privateKeyUsagePeriod).
    KeyTermOver {
        /// The last second in which the key might sign, Unix time.
        #[cfg_attr(any(test, feature = "typescript"), ts(type = "number"))]
        until: i64,
    },
    /// Its issuer signed an MD5 digest.
    Md5 {},
    /// It has an RSA key of less than 2048 bits.
    RsaShort {},
    /// Its issuer signed a SHA-1 digest.
    Sha1 {},
}
