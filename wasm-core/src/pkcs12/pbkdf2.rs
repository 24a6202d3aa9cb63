//! The parameters of PBKDF2 as files have them (RFC 8018 §A.2).

use super::{
    budget::Budget,
    error::Pkcs12Error,
    hash::{Hash, SHA1},
    structure::{Pbkdf2Parameters, parameters, unsupported},
};
use der::asn1::ObjectIdentifier;
use spki::AlgorithmIdentifierRef;
use zeroize::Zeroizing;

pub(super) const PBKDF2: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.5.12");

/// A key derivation of PKCS#5, which can only be PBKDF2 (RFC 8018 §5.2).
pub(super) struct Pbkdf2<'a> {
    parameters: Pbkdf2Parameters<'a>,
    prf: &'static Hash,
}

impl<'a> Pbkdf2<'a> {
    pub(super) fn read(algorithm: &AlgorithmIdentifierRef<'a>) -> Result<Self, Pkcs12Error> {
        if algorithm.oid != PBKDF2 {
            return Err(unsupported(&algorithm.oid));
        }
        let parameters: Pbkdf2Parameters<'a> = parameters(algorithm, "key derivation")?;
        let prf = match &parameters.prf {
            Some(prf) => Hash::by_hmac(&prf.oid)?,
            None => &SHA1,
        };
        Ok(Self { parameters, prf })
    }

    /// How long the parameters say the key is, in octets.
    pub(super) fn key_length(&self) -> Option<usize> {
        let length = self.parameters.key_length?;
        // A length beyond `usize` is refused like every other that no cipher has.
        Some(usize::try_from(length).unwrap_or(usize::MAX))
    }

    pub(super) fn derive(
        &self,
        password: &[u8],
        length: usize,
        budget: &mut Budget<'_>,
    ) -> Result<Zeroizing<Vec<u8>>, Pkcs12Error> {
        let (salt, rounds) = (self.parameters.salt.as_bytes(), self.parameters.iterations);
        self.prf.pbkdf2(password, salt, rounds, length, budget)
    }
}
