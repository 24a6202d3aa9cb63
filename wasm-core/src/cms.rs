//! CMS SignedData (RFC 5652) and CAdES-BES (ETSI EN 319 122-1): prepare → sign → finish, and verify.
//!
//! Making: [`prepare`] builds the signed attributes; somebody signs their digest; [`Prepared::finish`]
//! verifies that signature and puts the document together around a content it never sees.
//! Verifying: [`SignedData::parse`] and [`SignedData::verify`] say whether the signatures are those of the
//! certificates they name. Whether these certificates can be trusted is NOT said here.

mod attributes;
mod certificate;
mod content;
mod der_prefix;
mod ess;
mod prepare;
mod signed_data;
mod signer_info;
mod structure;
mod verify;

pub use content::Document;
pub use prepare::{Placement, Prepared, SignedDocument, Signing, prepare};
pub use signed_data::SignedData;

use serde::{Deserialize, Serialize};

/// Which signature to make.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(any(test, feature = "typescript"), derive(ts_rs::TS), ts(export))]
#[serde(rename_all = "kebab-case")]
pub enum CmsFormat {
    /// Signed attributes: content type, message digest, signing time.
    Cms,
    /// The same and the ESS signing-certificate-v2 attribute (RFC 5035).
    CadesBes,
}

/// Why a SignedData could not be made or read.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum CmsError {
    /// The signer's certificate, or one of its chain, is no X.509 certificate.
    #[error("certificate malformed")]
    CertificateMalformed,
    /// The content is longer than 2⁵³ bytes.
    #[error("content too large")]
    ContentTooLarge,
    /// The content's digest is not of the algorithm that signs, or that may sign.
    #[error("digest of another algorithm than is signed")]
    DigestUnfit,
    /// The certificate's key does not go with the algorithm, or is too short to sign with.
    #[error("key unsupported")]
    KeyUnsupported,
    /// The bytes are no ContentInfo with a SignedData: what in them is not.
    #[error("malformed {0}")]
    Malformed(&'static str),
    /// The signature does not verify with the certificate.
    #[error("signature invalid")]
    SignatureInvalid,
    /// The signing time is after the year 9999.
    #[error("signing time out of range")]
    TimeOutOfRange,
}
