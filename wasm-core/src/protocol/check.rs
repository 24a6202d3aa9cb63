//! What checking signed documents came to.

mod clock;
mod words;

pub use words::{CheckWords, failure_key, signer_name, warning_key};

use super::CertificateVerdict;
use crate::{
    check::{PairedBy, SignatureForm},
    cms::{TimestampFailure, TimestampKind, UncheckedAttribute},
    format::{SignatureState, SignerVerdict},
};
use serde::{Deserialize, Serialize};

/// The largest signature, and the largest file with evidence, in bytes.
pub const MAX_CHECK_FILE: usize = 256 << 20;

/// What a file is that was given to be checked.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(any(test, feature = "typescript"), derive(ts_rs::TS), ts(export))]
#[serde(rename_all = "kebab-case")]
pub enum CheckRole {
    /// A signature, or several.
    Signature,
    /// A signature that cannot be read.
    Damaged,
    /// Certificates, revocation lists or OCSP answers.
    Evidence,
    /// Anything else.
    Document,
}

/// What checking files came to.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(any(test, feature = "typescript"), derive(ts_rs::TS), ts(export))]
#[serde(rename_all = "camelCase")]
pub struct CheckReport {
    /// The second that this is about, Unix time.
    #[cfg_attr(any(test, feature = "typescript"), ts(type = "number"))]
    pub time: i64,
    /// The files with signatures, in the order in which they were given.
    pub signatures: Vec<CheckedFile>,
    /// The names of the documents that no signature here is of.
    pub unsigned: Vec<String>,
}

/// A file with signatures.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(any(test, feature = "typescript"), derive(ts_rs::TS), ts(export))]
#[serde(rename_all = "camelCase")]
pub struct CheckedFile {
    /// What it is called.
    pub name: String,
    /// Its place among the files that were given.
    pub file: u32,
    /// How the signatures are written; absent where one of them is damaged: nothing is known then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(any(test, feature = "typescript"), ts(optional))]
    pub form: Option<SignatureForm>,
    /// What was signed.
    pub document: CheckedDocument,
    /// How many bytes follow the signature in its file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(any(test, feature = "typescript"), ts(optional, type = "number"))]
    pub trailing_bytes: Option<u64>,
    /// Whoever signed.
    pub signers: Vec<CheckedSigner>,
}

/// What was signed, as far as it was found.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(any(test, feature = "typescript"), derive(ts_rs::TS), ts(export))]
#[serde(
    tag = "type",
    rename_all = "kebab-case",
    rename_all_fields = "camelCase"
)]
pub enum CheckedDocument {
    /// It is inside.
    Inside {
        /// Its length in bytes.
        #[cfg_attr(any(test, feature = "typescript"), ts(type = "number"))]
        size: u64,
        /// The file beside it that was compared with it, if there was one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(any(test, feature = "typescript"), ts(optional))]
        compared: Option<String>,
    },
    /// It is this file.
    Beside {
        /// What that is called.
        name: String,
        /// What it was found by.
        by: PairedBy,
    },
    /// It may be any of these files: nothing was checked.
    Several {
        /// What they are called.
        names: Vec<String>,
    },
    /// It is not there.
    Missing {},
}

/// Somebody's signature.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(any(test, feature = "typescript"), derive(ts_rs::TS), ts(export))]
#[serde(rename_all = "camelCase")]
pub struct CheckedSigner {
    /// What it came to, everything taken together.
    pub state: SignatureState,
    /// Why, in a word.
    pub conclusion: Conclusion,
    /// The same as ETSI EN 319 102-1 has it; absent where whom to trust was not asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(any(test, feature = "typescript"), ts(optional))]
    pub indication: Option<Indication>,
    /// Whose certificate it is, in one line, if it was found.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(any(test, feature = "typescript"), ts(optional))]
    pub owner: Option<String>,
    /// What the standards call it, by what was verified of it: `CAdES-T`.
    pub level: String,
    /// Before which time it was certainly made, Unix time, if a timestamp proves it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(any(test, feature = "typescript"), ts(optional, type = "number"))]
    pub proven_time: Option<i64>,
    /// Whether the certificate's key signed the document.
    pub signature: SignerVerdict,
    /// Whether the certificate is good; absent where it was not found, or whom to trust was not asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(any(test, feature = "typescript"), ts(optional))]
    pub certificate: Option<CertificateVerdict>,
    /// Where it came from what is known about revocation; absent where nothing is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(any(test, feature = "typescript"), ts(optional))]
    pub revocation_from: Option<EvidenceOrigin>,
    /// How much evidence came with the signature.
    pub inside: EvidenceCount,
    /// The timestamps.
    pub timestamps: Vec<CheckedTimestamp>,
    /// Signatures over the signature.
    pub countersignatures: Vec<Countersignature>,
    /// What else is there and was not checked.
    pub unchecked: Vec<UncheckedAttribute>,
    /// The parts of the document that are signed, as the signature names them; absent: all of it is.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(
        any(test, feature = "typescript"),
        ts(as = "Option<Vec<String>>", optional)
    )]
    pub covered: Vec<String>,
}

/// Where evidence came from, the nearest first.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(any(test, feature = "typescript"), derive(ts_rs::TS), ts(export))]
#[serde(rename_all = "kebab-case")]
pub enum EvidenceOrigin {
    /// It is inside of the signature.
    Signature,
    /// It was given beside the signature.
    Files,
    /// Tamga keeps it from earlier.
    Kept,
    /// Servers that the certificates name said it.
    Servers,
}

/// How much evidence came with a signature. Nothing is believed of it because it is there.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(any(test, feature = "typescript"), derive(ts_rs::TS), ts(export))]
pub struct EvidenceCount {
    /// Certificates, those of timestamps' authorities among them.
    pub certificates: u32,
    /// Revocation lists.
    pub lists: u32,
    /// OCSP answers.
    pub answers: u32,
}

/// A timestamp.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(any(test, feature = "typescript"), derive(ts_rs::TS), ts(export))]
#[serde(rename_all = "camelCase")]
pub struct CheckedTimestamp {
    /// What it is over.
    pub kind: TimestampKind,
    /// Whether it proves the time.
    pub state: SignatureState,
    /// The time that it states, Unix time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(any(test, feature = "typescript"), ts(optional, type = "number"))]
    pub time: Option<i64>,
    /// Why it proves nothing, whoever made it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(any(test, feature = "typescript"), ts(optional))]
    pub failure: Option<TimestampFailure>,
    /// Whose it is, in one line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(any(test, feature = "typescript"), ts(optional))]
    pub owner: Option<String>,
    /// Whether its authority's certificate was good at that time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(any(test, feature = "typescript"), ts(optional))]
    pub certificate: Option<CertificateVerdict>,
}

/// A signature over a signature. Whether its certificate is good is not asked.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(any(test, feature = "typescript"), derive(ts_rs::TS), ts(export))]
#[serde(rename_all = "camelCase")]
pub struct Countersignature {
    /// Whose it is, in one line, if its certificate was found.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(any(test, feature = "typescript"), ts(optional))]
    pub owner: Option<String>,
    /// Whether that key made it.
    pub signature: SignerVerdict,
}

/// What a signature came to, in a word.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(any(test, feature = "typescript"), derive(ts_rs::TS), ts(export))]
#[serde(rename_all = "kebab-case")]
pub enum Conclusion {
    /// It is good, and so is the certificate.
    Valid,
    /// The certificate's key made it; whom to trust was not asked.
    SignatureValid,
    /// The document was changed after it was signed, or is another one.
    ContentChanged,
    /// The certificate's key did not make it, or it contradicts itself.
    SignatureInvalid,
    /// The document is not there.
    ContentMissing,
    /// The signer's certificate is not there.
    CertificateMissing,
    /// It could not be checked for another reason.
    SignatureUnchecked,
    /// It is good, and its certificate's validity is over; nothing proves that it was made before.
    Expired,
    /// It was made after the certificate's validity, as is proven.
    SignedAfterExpiry,
    /// It is good, and its certificate's validity had not begun.
    NotYetValid,
    /// It is good, and its certificate was revoked; nothing proves that it was made before.
    Revoked,
    /// It was made after the certificate was revoked, as is proven.
    SignedAfterRevocation,
    /// It is good, and whether the certificate was revoked is not known.
    RevocationUnknown,
    /// It is good, and the certificate's issuer is not trusted.
    Untrusted,
    /// It is good, and the certificate is not for signing documents.
    WrongUsage,
    /// It is good, and the certificate is not, or could not be checked.
    CertificateInvalid,
    /// It is good; it depends on the time whether the certificate is, and the clock is wrong.
    ClockWrong,
}

/// The indications of ETSI EN 319 102-1.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(any(test, feature = "typescript"), derive(ts_rs::TS), ts(export))]
pub struct Indication {
    /// Table 5
    pub main: MainIndication,
    /// Table 6
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(any(test, feature = "typescript"), ts(optional))]
    pub sub: Option<SubIndication>,
}

/// ETSI EN 319 102-1, table 5
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(any(test, feature = "typescript"), derive(ts_rs::TS), ts(export))]
pub enum MainIndication {
    /// Everything was checked, and is good.
    #[serde(rename = "TOTAL-PASSED")]
    TotalPassed,
    /// It is known to be bad.
    #[serde(rename = "TOTAL-FAILED")]
    TotalFailed,
    /// Neither is known.
    #[serde(rename = "INDETERMINATE")]
    Indeterminate,
}

/// ETSI EN 319 102-1, table 6, as far as it is said
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(any(test, feature = "typescript"), derive(ts_rs::TS), ts(export))]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum SubIndication {
    /// The signature does not have the form of its standard.
    FormatFailure,
    /// The document is another one than was signed.
    HashFailure,
    /// The key did not make it.
    SigCryptoFailure,
    /// It was made after the certificate was revoked.
    Revoked,
    /// It was made after the certificate's validity.
    Expired,
    /// It was made before the certificate's validity.
    NotYetValid,
    /// The certificate is not for this.
    ChainConstraintsFailure,
    /// The path is not good.
    CertificateChainGeneralFailure,
    /// An algorithm is too weak, and nothing proves that it was not yet when it was used.
    CryptoConstraintsFailureNoPoe,
    /// There is no path to a trusted certificate.
    NoCertificateChainFound,
    /// The signer's certificate is not there.
    NoSigningCertificateFound,
    /// The certificate was revoked, and nothing proves that the signature is older.
    RevokedNoPoe,
    /// The same of an authority above it.
    RevokedCaNoPoe,
    /// The certificate's validity is over or has not begun, and nothing proves when the signature was made.
    OutOfBoundsNoPoe,
    /// The document is not there.
    SignedDataNotFound,
    /// What it takes to know about revocation is not there now.
    TryLater,
    /// Something else.
    Generic,
}
