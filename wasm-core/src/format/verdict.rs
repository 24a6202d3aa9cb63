//! What verifying came to.

use super::{Container, Level};
use crate::{
    algorithm::{AlgorithmUnsupported, DigestAlgorithm, SHORT_RSA, SignatureError, VerifyingKey},
    certificate::Certificate,
    reason::{Reason, place_in},
};
use serde::{Deserialize, Serialize};

/// What verifying one signer came to. Valid means: this certificate's key signed this content.
/// Whether the certificate is to be trusted, or was revoked, is another question.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(any(test, feature = "typescript"), derive(ts_rs::TS), ts(export))]
#[serde(rename_all = "camelCase")]
pub struct SignerVerdict {
    /// Valid, not valid, or not known.
    pub state: SignatureState,
    /// How the signature names its certificate, if that can be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(any(test, feature = "typescript"), ts(optional))]
    pub signer: Option<SignerReference>,
    /// The signer's certificate, base64 of DER, if it was found.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(any(test, feature = "typescript"), ts(optional))]
    pub certificate: Option<String>,
    /// When the signer says to have signed, in Unix seconds, negative before 1970. Nobody has confirmed it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(any(test, feature = "typescript"), ts(optional, type = "number"))]
    pub signing_time: Option<i64>,
    /// What the signature is written as.
    pub container: Container,
    /// What it was verified to be: whether it is bound to its certificate.
    pub level: Level,
    /// What is wrong with the signature without making it invalid.
    pub warnings: Vec<SignerWarning>,
    /// Why it is not valid, or could not be checked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(any(test, feature = "typescript"), ts(optional))]
    pub failure: Option<SignerFailure>,
}

/// How a signature stands (EN 319 102-1 §5.1.3: TOTAL-PASSED, TOTAL-FAILED, INDETERMINATE, for the cryptography alone).
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(any(test, feature = "typescript"), derive(ts_rs::TS), ts(export))]
#[serde(rename_all = "kebab-case")]
pub enum SignatureState {
    /// The key of the certificate signed the content.
    Valid,
    /// It did not, or the signature contradicts itself.
    Invalid,
    /// Something that checking takes is missing or not known.
    Unchecked,
}

/// How a SignerInfo names the signer's certificate.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(any(test, feature = "typescript"), derive(ts_rs::TS), ts(export))]
#[serde(rename_all = "camelCase")]
pub struct SignerReference {
    /// The certificate's issuer in one line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(any(test, feature = "typescript"), ts(optional))]
    pub issuer: Option<String>,
    /// The certificate's serial number, lower-case hex.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(any(test, feature = "typescript"), ts(optional))]
    pub serial: Option<String>,
    /// The subject key identifier, lower-case hex, where that stands in place of issuer and serial number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(any(test, feature = "typescript"), ts(optional))]
    pub key_identifier: Option<String>,
}

/// Why a signer's signature is not valid, or cannot be called so.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(any(test, feature = "typescript"), derive(ts_rs::TS), ts(export))]
#[serde(rename_all = "kebab-case")]
pub enum SignerFailure {
    /// Other algorithms stand beside the signature than were signed.
    AlgorithmMismatch,
    /// An algorithm that Tamga does not know, or parameters of it.
    AlgorithmUnsupported,
    /// An algorithm so broken that the signature proves nothing, such as MD4.
    AlgorithmWeak,
    /// A signed attribute is missing, stands twice or cannot be read.
    AttributesMalformed,
    /// The signature is bound to another certificate than the one that is named.
    CertificateMismatch,
    /// The signer's certificate is not included.
    CertificateMissing,
    /// The content has the form of signed attributes: the signature may be one of another document.
    ContentAmbiguous,
    /// The content is not what was signed, or the document that was named is not the one that is attached.
    ContentChanged,
    /// The content is not included and was not given.
    ContentMissing,
    /// The document is too large to be checked after it was read once: what was signed is the document itself, and no
    /// digest of it.
    ContentTooLarge,
    /// Another type of content was signed.
    ContentTypeMismatch,
    /// The certificate's key does not go with the algorithm.
    KeyMismatch,
    /// The certificate's key is of a kind or size that Tamga does not know.
    KeyUnsupported,
    /// The signer's entry cannot be read.
    Malformed,
    /// The key of the certificate did not make this signature.
    SignatureInvalid,
}

/// What is wrong with a signature without making it invalid.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(any(test, feature = "typescript"), derive(ts_rs::TS), ts(export))]
#[serde(rename_all = "kebab-case")]
pub enum SignerWarning {
    /// The certificate's validity had ended at the time of signing, as far as the signer tells.
    CertificateExpired,
    /// The certificate's validity had not begun at the time of signing, as far as the signer tells.
    CertificateNotYetValid,
    /// The signature is made with another digest than its algorithm names: with that of the content.
    DigestMismatch,
    /// GOST R 34.10-2001 or GOST 34.310-2004 with a hash of 1994: withdrawn standards.
    GostWithdrawn,
    /// MD5, for which collisions are made in seconds: what was signed may have been another document.
    Md5,
    /// An RSA key of less than 2048 bits.
    RsaShort,
    /// SHA-1, for which collisions can be made.
    Sha1,
    /// The signing time is none that can be read.
    SigningTimeMalformed,
}

impl SignerVerdict {
    /// Of a signature of which nothing is known but why.
    pub(crate) fn refused(container: Container, failure: SignerFailure) -> Self {
        Self {
            state: failure.state(),
            signer: None,
            certificate: None,
            signing_time: None,
            container,
            level: Level::Plain,
            warnings: Vec::new(),
            failure: Some(failure),
        }
    }

    /// Warns of what was hashed with a digest that nobody signs with any more.
    pub(crate) fn warn_of_digests(&mut self, digests: &[DigestAlgorithm]) {
        for (outdated, warning) in [
            (DigestAlgorithm::Md5, SignerWarning::Md5),
            (DigestAlgorithm::Sha1, SignerWarning::Sha1),
            (DigestAlgorithm::Gost94, SignerWarning::GostWithdrawn),
            (DigestAlgorithm::Gost95, SignerWarning::GostWithdrawn),
        ] {
            if digests.contains(&outdated) && !self.warnings.contains(&warning) {
                self.warnings.push(warning);
            }
        }
    }

    /// Warns of a short RSA key.
    pub(crate) fn warn_of_key(&mut self, key: &VerifyingKey) {
        if key.rsa_bits().is_some_and(|bits| bits < SHORT_RSA) {
            self.warnings.push(SignerWarning::RsaShort);
        }
    }

    /// Takes the time that the signer claims, and warns where the certificate was not valid then.
    pub(crate) fn note_time(&mut self, time: i64, certificate: &Certificate) {
        self.signing_time = Some(time);
        let (not_before, not_after) = certificate.validity();
        if time < not_before {
            self.warnings.push(SignerWarning::CertificateNotYetValid);
        }
        if time > not_after {
            self.warnings.push(SignerWarning::CertificateExpired);
        }
    }
}

impl SignerFailure {
    /// Whether the signature is known to be wrong, or could not be checked.
    pub fn state(self) -> SignatureState {
        match self {
            Self::AlgorithmUnsupported
            | Self::AlgorithmWeak
            | Self::CertificateMissing
            | Self::ContentMissing
            | Self::ContentTooLarge
            | Self::KeyUnsupported => SignatureState::Unchecked,
            Self::AlgorithmMismatch
            | Self::AttributesMalformed
            | Self::CertificateMismatch
            | Self::ContentAmbiguous
            | Self::ContentChanged
            | Self::ContentTypeMismatch
            | Self::KeyMismatch
            | Self::Malformed
            | Self::SignatureInvalid => SignatureState::Invalid,
        }
    }
}

/// Why a certificate of several that the signer's entry may mean is not the signer's, the most telling first: what is
/// wrong beside a signature that this key made, what could not be checked, and that another key made it.
const MOST_TELLING_FIRST: [SignerFailure; 15] = [
    SignerFailure::CertificateMismatch,
    SignerFailure::ContentChanged,
    SignerFailure::ContentTypeMismatch,
    SignerFailure::AlgorithmMismatch,
    SignerFailure::AttributesMalformed,
    SignerFailure::ContentAmbiguous,
    SignerFailure::ContentMissing,
    SignerFailure::ContentTooLarge,
    SignerFailure::KeyUnsupported,
    SignerFailure::SignatureInvalid,
    SignerFailure::KeyMismatch,
    SignerFailure::AlgorithmUnsupported,
    SignerFailure::AlgorithmWeak,
    SignerFailure::Malformed,
    SignerFailure::CertificateMissing,
];

impl Reason for SignerFailure {
    fn rank(&self) -> usize {
        place_in(&MOST_TELLING_FIRST, self)
    }
}

/// A signature that is valid says more than any failure.
impl Reason for SignerVerdict {
    fn rank(&self) -> usize {
        self.failure.map_or(usize::MAX, |failure| failure.rank())
    }
}

impl From<AlgorithmUnsupported> for SignerFailure {
    fn from(unsupported: AlgorithmUnsupported) -> Self {
        match unsupported {
            AlgorithmUnsupported::Weak(_) => Self::AlgorithmWeak,
            AlgorithmUnsupported::Malformed(_) | AlgorithmUnsupported::Unknown(_) => {
                Self::AlgorithmUnsupported
            }
        }
    }
}

impl From<SignatureError> for SignerFailure {
    fn from(error: SignatureError) -> Self {
        match error {
            SignatureError::Invalid => Self::SignatureInvalid,
            SignatureError::Mismatch => Self::KeyMismatch,
            SignatureError::Unsupported => Self::KeyUnsupported,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_verdict_on_the_wire() {
        let verdict = SignerVerdict {
            state: SignatureState::Invalid,
            signer: Some(SignerReference {
                issuer: Some("Tamga Test Authority".to_owned()),
                serial: Some("1a".to_owned()),
                key_identifier: None,
            }),
            certificate: None,
            signing_time: Some(-1_795_000),
            container: Container::Cms,
            level: Level::Bes,
            warnings: vec![SignerWarning::CertificateNotYetValid],
            failure: Some(SignerFailure::ContentChanged),
        };
        let json = r#"{"state":"invalid","signer":{"issuer":"Tamga Test Authority","serial":"1a"},"signingTime":-1795000,"container":"cms","level":"bes","warnings":["certificate-not-yet-valid"],"failure":"content-changed"}"#;
        assert_eq!(serde_json::to_string(&verdict).unwrap(), json);
        assert_eq!(
            serde_json::from_str::<SignerVerdict>(json).unwrap(),
            verdict
        );
    }
}
