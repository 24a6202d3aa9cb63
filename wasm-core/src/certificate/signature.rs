//! The signature of whoever issued a certificate.

use super::{Certificate, PublicKey};
use crate::algorithm::{
    AlgorithmUnsupported, EdDsa, KeyUnsupported, SignatureAlgorithm, SignatureError,
};
use der::Decode as _;
use spki::AlgorithmIdentifierRef;
use thiserror::Error;

/// Why a certificate is not found to be signed by a key.
#[derive(Clone, Copy, Debug, Eq, Error, PartialEq)]
pub enum IssuerSignatureError {
    /// The algorithm that was signed is not the one beside the signature (RFC 5280 §4.1.1.2).
    #[error("two signature algorithms in one certificate")]
    AlgorithmMismatch,
    /// An algorithm that Tamga does not know, or that proves nothing.
    #[error(transparent)]
    AlgorithmUnsupported(#[from] AlgorithmUnsupported),
    /// The AlgorithmIdentifier cannot be read.
    #[error("malformed signature algorithm")]
    AlgorithmMalformed,
    /// The key did not make the signature, or does not go with the algorithm.
    #[error(transparent)]
    Signature(#[from] SignatureError),
}

impl From<KeyUnsupported> for IssuerSignatureError {
    fn from(unsupported: KeyUnsupported) -> Self {
        Self::Signature(unsupported.into())
    }
}

impl Certificate {
    /// DER of the TBSCertificate: what the issuer signed.
    pub fn tbs(&self) -> &[u8] {
        self.der.get(self.tbs.clone()).unwrap_or_default()
    }

    /// DER of the AlgorithmIdentifier beside the signature.
    pub fn signature_algorithm(&self) -> &[u8] {
        &self.signature_algorithm
    }

    /// DER of the AlgorithmIdentifier in the TBSCertificate.
    pub fn signed_algorithm(&self) -> &[u8] {
        &self.signed_algorithm
    }

    /// The algorithm that its issuer signed with, if Tamga knows it; `None` also where it has no digest of its own (EdDSA).
    pub fn issuer_algorithm(&self) -> Option<SignatureAlgorithm> {
        let identifier = AlgorithmIdentifierRef::from_der(&self.signature_algorithm).ok()?;
        SignatureAlgorithm::from_lone_identifier(identifier).ok()
    }

    /// The issuer's signature, as it is in the BIT STRING.
    pub fn signature(&self) -> &[u8] {
        &self.signature
    }

    /// Says whether `issuer` signed it. Whether that key may issue certificates, and whose it is, is not asked.
    ///
    /// # Errors
    /// [`IssuerSignatureError`]
    pub fn verify_signature(&self, issuer: &PublicKey) -> Result<(), IssuerSignatureError> {
        let signed = Signed {
            content: self.tbs(),
            content_algorithm: &self.signed_algorithm,
            algorithm: &self.signature_algorithm,
            signature: &self.signature,
        };
        signed.verify(issuer)
    }
}

/// What all that authorities sign has in common (RFC 5280 §4.1.1, §5.1.1; RFC 6960 §4.2.1).
pub(crate) struct Signed<'a> {
    /// DER of what was signed, as it came.
    pub(crate) content: &'a [u8],
    /// DER of the AlgorithmIdentifier in it.
    pub(crate) content_algorithm: &'a [u8],
    /// DER of the AlgorithmIdentifier beside the signature.
    pub(crate) algorithm: &'a [u8],
    /// As it is in the BIT STRING.
    pub(crate) signature: &'a [u8],
}

impl Signed<'_> {
    /// Says whether the owner of `key` signed it.
    ///
    /// # Errors
    /// [`IssuerSignatureError`]
    pub(crate) fn verify(&self, key: &PublicKey) -> Result<(), IssuerSignatureError> {
        if self.algorithm != self.content_algorithm {
            return Err(IssuerSignatureError::AlgorithmMismatch);
        }
        let identifier = AlgorithmIdentifierRef::from_der(self.algorithm);
        let identifier = identifier.map_err(|_| IssuerSignatureError::AlgorithmMalformed)?;
        if let Some(scheme) = EdDsa::from_oid(identifier.oid) {
            let mut read = |piece: &mut dyn FnMut(&[u8])| {
                piece(self.content);
                true
            };
            let key = key.verifying_key()?;
            let verified = key.verify_message(scheme, self.signature, &mut read);
            return Ok(verified.unwrap_or(Err(SignatureError::Invalid))?);
        }
        let algorithm = SignatureAlgorithm::from_lone_identifier(identifier)?;
        // Asked first: a long list is not hashed in vain.
        let key = key.verifying_key()?;
        if !key.goes_with(algorithm) {
            return Err(SignatureError::Mismatch.into());
        }
        let digest = algorithm.digest().digest(self.content);
        Ok(key.verify(algorithm, &digest, self.signature)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const AUTHORITY: &[u8] = include_bytes!("../../tests/fixtures/authority.der");
    const ENGLISH: &[u8] = include_bytes!("../../tests/fixtures/english.der");

    fn certificate(der: &[u8]) -> Certificate {
        Certificate::parse(der).unwrap()
    }

    #[test]
    fn an_issuers_signature_is_verified() {
        let (english, authority) = (certificate(ENGLISH), certificate(AUTHORITY));
        assert_eq!(english.verify_signature(authority.key()), Ok(()));
        assert_eq!(authority.verify_signature(authority.key()), Ok(()));
        assert_eq!(
            authority.verify_signature(english.key()),
            Err(SignatureError::Invalid.into())
        );
    }

    #[test]
    fn any_change_to_what_is_signed_is_noticed() {
        let authority = certificate(AUTHORITY);
        let english = certificate(ENGLISH);
        let start = ENGLISH.len() - english.tbs().len() - 1;
        for place in english.tbs.clone().step_by(7).chain([start]) {
            let mut der = ENGLISH.to_vec();
            der[place] ^= 1;
            if let Ok(changed) = Certificate::parse(&der) {
                assert!(
                    changed.verify_signature(authority.key()).is_err(),
                    "{place}"
                );
            }
        }
    }

    #[test]
    fn both_algorithms_have_to_be_the_same() {
        let authority = certificate(AUTHORITY);
        // ecdsa-with-SHA256 in the TBSCertificate, ecdsa-with-SHA384 beside the signature
        let mut der = ENGLISH.to_vec();
        let outer = english_outer_algorithm();
        assert_eq!(der[outer], 2);
        der[outer] = 3;
        assert_eq!(
            certificate(&der).verify_signature(authority.key()),
            Err(IssuerSignatureError::AlgorithmMismatch)
        );
    }

    /// Where the last octet of the OID 1.2.840.10045.4.3.2 is.
    fn english_outer_algorithm() -> usize {
        let english = certificate(ENGLISH);
        english.tbs.end + english.signature_algorithm().len() - 1
    }
}
