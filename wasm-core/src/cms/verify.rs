//! Verifying the signatures of a SignedData (RFC 5652 §5.4, §5.6).

use super::{
    CmsFormat, SignedData,
    attributes::{self, AttributeReader, AttributesMalformed},
    certificate::SignerCertificate,
    ess::{self, Binding},
    front::{SET, structure},
    structure::{ID_DATA, SignerInfoLayout},
};
use crate::algorithm::{
    AlgorithmUnsupported, Digest, DigestAlgorithm, PublicKey, SHORT_RSA, SignatureAlgorithm,
    SignatureError, digest_of_identifier, verify_signature,
};
use base64::prelude::{BASE64_STANDARD, Engine as _};
use cms::signed_data::{SignedAttributes, SignerInfo};
use der::{Decode, Encode, referenced::OwnedToRef};
use serde::{Deserialize, Serialize};

/// What verifying one signer came to. No failure means: this certificate's key signed this content.
/// Whether the certificate is to be trusted, or was revoked, is another question.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SignerVerdict {
    /// The signer's certificate, base64 of DER, if it was found.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub certificate: Option<String>,
    /// When the signer says to have signed, in Unix seconds. Nobody has confirmed it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional, type = "number"))]
    pub signing_time: Option<u64>,
    /// Whether the signature is bound to its certificate.
    pub level: CmsFormat,
    /// What is wrong with the signature without making it invalid.
    pub warnings: Vec<SignerWarning>,
    /// Why it is not valid.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub failure: Option<SignerFailure>,
}

/// Why a signer's signature is not valid, or cannot be called so.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
#[serde(rename_all = "kebab-case")]
pub enum SignerFailure {
    /// Other algorithms stand beside the signature than were signed.
    AlgorithmMismatch,
    /// An algorithm that Tamga does not know, or parameters of it.
    AlgorithmUnsupported,
    /// An algorithm so broken that the signature proves nothing, such as MD5.
    AlgorithmWeak,
    /// A signed attribute is missing, stands twice or cannot be read.
    AttributesMalformed,
    /// The signature is bound to another certificate than the one that is named.
    CertificateMismatch,
    /// The signer's certificate is not included.
    CertificateMissing,
    /// The content is not what was signed.
    ContentChanged,
    /// The content is not included and was not given, or not in this digest.
    ContentMissing,
    /// Another type of content was signed.
    ContentTypeMismatch,
    /// The certificate's key is of a kind or size that Tamga does not know, or does not go with the algorithm.
    KeyUnsupported,
    /// The signer's entry cannot be read.
    Malformed,
    /// The key of the certificate did not make this signature.
    SignatureInvalid,
}

/// What is wrong with a signature without making it invalid.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
#[serde(rename_all = "kebab-case")]
pub enum SignerWarning {
    /// The certificate's validity had ended at the time of signing, as far as the signer tells.
    CertificateExpired,
    /// The certificate's validity had not begun at the time of signing, as far as the signer tells.
    CertificateNotYetValid,
    /// GOST R 34.10-2001 or GOST 34.310-2004 with a hash of 1994: withdrawn standards.
    GostWithdrawn,
    /// An RSA key of less than 2048 bits.
    RsaShort,
    /// SHA-1, for which collisions can be made.
    Sha1,
}

impl SignedData {
    /// Verifies every signer; the verdicts are in the order of the signers, none if there are none.
    ///
    /// An attached content is digested here; `content_digest` is asked about a detached one, at most once per
    /// algorithm, and answers `None` if it has no such digest.
    pub fn verify(
        &self,
        mut content_digest: impl FnMut(DigestAlgorithm) -> Option<Digest>,
    ) -> Vec<SignerVerdict> {
        let certificates = self.certificates.iter();
        let certificates: Vec<_> = certificates
            .filter_map(|der| SignerCertificate::parse(der))
            .collect();
        let mut known: Vec<(DigestAlgorithm, Option<Digest>)> = Vec::new();
        let mut content = |algorithm: DigestAlgorithm| {
            if let Some((_, digest)) = known.iter().find(|(other, _)| *other == algorithm) {
                return digest.clone();
            }
            let digest = match &self.content {
                Some(content) => Some(algorithm.digest(content)),
                None => content_digest(algorithm),
            };
            known.push((algorithm, digest.clone()));
            digest
        };
        let signers = self.signers.iter();
        signers
            .map(|signer| self.verdict(signer, &certificates, &mut content))
            .collect()
    }

    fn verdict(
        &self,
        signer: &[u8],
        certificates: &[SignerCertificate<'_>],
        content: &mut ContentDigest<'_>,
    ) -> SignerVerdict {
        let mut verdict = SignerVerdict {
            certificate: None,
            signing_time: None,
            level: CmsFormat::Cms,
            warnings: Vec::new(),
            failure: None,
        };
        verdict.failure = self
            .judge(signer, certificates, content, &mut verdict)
            .err();
        verdict
    }

    /// Fills the verdict in as far as it gets.
    fn judge(
        &self,
        signer: &[u8],
        certificates: &[SignerCertificate<'_>],
        content: &mut ContentDigest<'_>,
        verdict: &mut SignerVerdict,
    ) -> Result<(), SignerFailure> {
        let info = SignerInfo::from_der(signer).map_err(|_| SignerFailure::Malformed)?;
        let named = |certificate: &&SignerCertificate<'_>| certificate.is_named_by(&info.sid);
        let certificate = certificates.iter().find(named);
        let certificate = certificate.ok_or(SignerFailure::CertificateMissing)?;
        verdict.certificate = Some(BASE64_STANDARD.encode(certificate.der));
        let digest = digest_of_identifier(info.digest_alg.owned_to_ref())?;
        let identifier = info.signature_algorithm.owned_to_ref();
        let algorithm = SignatureAlgorithm::from_identifier(identifier, digest)?;
        verdict.warn_of_algorithms(certificate, digest, algorithm)?;
        if let Some(unsigned) = &info.unsigned_attrs {
            attributes::check_unsigned(unsigned)?;
        }
        let check = |signed: &Digest| {
            let signature = info.signature.as_bytes();
            Ok(verify_signature(
                certificate.public_key,
                algorithm,
                signed,
                signature,
            )?)
        };
        let Some(attributes) = &info.signed_attrs else {
            // RFC 5652 §5.3: attributes may be left out for content of type id-data only.
            if self.content_type != ID_DATA {
                return Err(SignerFailure::AttributesMalformed);
            }
            return check(&content(algorithm.digest()).ok_or(SignerFailure::ContentMissing)?);
        };
        check_attributes_signed(signer, attributes, algorithm.digest(), check)?;
        let attributes = AttributeReader(attributes);
        if let Some(named) = attributes.algorithm_protection()?
            && !named.names(digest, algorithm)
        {
            return Err(SignerFailure::AlgorithmMismatch);
        }
        self.check_attributes(&attributes, content(digest))?;
        verdict.note_attributes(&attributes, certificate)
    }

    /// RFC 5652 §5.6: the attributes, which are what was signed, speak of this content.
    fn check_attributes(
        &self,
        attributes: &AttributeReader<'_>,
        content: Option<Digest>,
    ) -> Result<(), SignerFailure> {
        let message_digest = attributes.message_digest()?;
        if attributes.content_type()? != self.content_type {
            return Err(SignerFailure::ContentTypeMismatch);
        }
        let content = content.ok_or(SignerFailure::ContentMissing)?;
        if content.bytes() != message_digest {
            return Err(SignerFailure::ContentChanged);
        }
        Ok(())
    }
}

/// The digest of the content, if there is a content and such a digest of it.
type ContentDigest<'a> = dyn FnMut(DigestAlgorithm) -> Option<Digest> + 'a;

/// RFC 5652 §5.4 has the attributes signed in DER. Some signers sign them in the order in which they wrote them,
/// some write them in another order than they signed: what stands there is tried first, then DER.
fn check_attributes_signed(
    signer: &[u8],
    attributes: &SignedAttributes,
    digest: DigestAlgorithm,
    check: impl Fn(&Digest) -> Result<(), SignerFailure>,
) -> Result<(), SignerFailure> {
    let layout = SignerInfoLayout::from_der(signer).map_err(|_| SignerFailure::Malformed)?;
    let raw = layout.signed_attributes.ok_or(SignerFailure::Malformed)?;
    let sorted = attributes.to_der().map_err(|_| SignerFailure::Malformed)?;
    let as_written = structure(SET, raw.0);
    check(&digest.digest(&as_written)).or_else(|failure| {
        if failure != SignerFailure::SignatureInvalid || sorted == as_written {
            return Err(failure);
        }
        check(&digest.digest(&sorted))
    })
}

impl SignerVerdict {
    fn warn_of_algorithms(
        &mut self,
        certificate: &SignerCertificate<'_>,
        digest: DigestAlgorithm,
        algorithm: SignatureAlgorithm,
    ) -> Result<(), SignerFailure> {
        let key = PublicKey::parse(certificate.public_key);
        let key = key.map_err(|_| SignerFailure::KeyUnsupported)?;
        if key.rsa_bits().is_some_and(|bits| bits < SHORT_RSA) {
            self.warnings.push(SignerWarning::RsaShort);
        }
        for (outdated, warning) in [
            (DigestAlgorithm::Sha1, SignerWarning::Sha1),
            (DigestAlgorithm::Gost94, SignerWarning::GostWithdrawn),
            (DigestAlgorithm::Gost95, SignerWarning::GostWithdrawn),
        ] {
            if [digest, algorithm.digest()].contains(&outdated) {
                self.warnings.push(warning);
            }
        }
        Ok(())
    }

    /// Takes time and level from attributes whose signature is good.
    fn note_attributes(
        &mut self,
        attributes: &AttributeReader<'_>,
        certificate: &SignerCertificate<'_>,
    ) -> Result<(), SignerFailure> {
        self.signing_time = attributes.signing_time()?;
        if let Some(time) = self.signing_time.and_then(|time| i64::try_from(time).ok()) {
            if time < certificate.not_before {
                self.warnings.push(SignerWarning::CertificateNotYetValid);
            }
            if time > certificate.not_after {
                self.warnings.push(SignerWarning::CertificateExpired);
            }
        }
        match ess::binding(attributes, certificate)? {
            Binding::Absent => {}
            Binding::Bound => self.level = CmsFormat::CadesBes,
            Binding::Mismatch => return Err(SignerFailure::CertificateMismatch),
        }
        Ok(())
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

impl From<AttributesMalformed> for SignerFailure {
    fn from(_: AttributesMalformed) -> Self {
        Self::AttributesMalformed
    }
}

impl From<SignatureError> for SignerFailure {
    fn from(error: SignatureError) -> Self {
        match error {
            SignatureError::Invalid => Self::SignatureInvalid,
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
            certificate: None,
            signing_time: Some(1_795_000_000),
            level: CmsFormat::CadesBes,
            warnings: vec![SignerWarning::CertificateNotYetValid],
            failure: Some(SignerFailure::ContentChanged),
        };
        let json = r#"{"signingTime":1795000000,"level":"cades-bes","warnings":["certificate-not-yet-valid"],"failure":"content-changed"}"#;
        assert_eq!(serde_json::to_string(&verdict).unwrap(), json);
        assert_eq!(
            serde_json::from_str::<SignerVerdict>(json).unwrap(),
            verdict
        );
    }
}
