//! RSA: verification.

use super::{
    Digest, DigestAlgorithm, KeyUnsupported, SignatureAlgorithm, SignatureError,
    emsa_pss::{self, Encoding},
};
use const_oid::AssociatedOid;
use rsa::{
    Pkcs1v15Sign, RsaPublicKey, pkcs1::DecodeRsaPublicKey as _, traits::PublicKeyParts as _,
};

/// Shorter moduli, in bits, are verified with a warning and never signed with.
pub(crate) const SHORT_RSA: u32 = 2048;

/// A key with a modulus of 1024 to 8192 bits and an exponent below 2³³: the bounds of the rsa crate,
/// which keep a hostile certificate from costing more than milliseconds.
pub(crate) struct RsaKey(RsaPublicKey);

impl RsaKey {
    /// Reads a DER RSAPublicKey (RFC 8017 A.1.1).
    pub(super) fn parse(der: &[u8]) -> Result<Self, KeyUnsupported> {
        let key = RsaPublicKey::from_pkcs1_der(der);
        key.map(Self).map_err(|_| KeyUnsupported)
    }

    /// The modulus' length.
    pub(super) fn bits(&self) -> u32 {
        self.0.n().bits()
    }

    /// What a key of this length signs with, by policy.
    pub(super) fn digest(&self) -> Result<DigestAlgorithm, KeyUnsupported> {
        if self.bits() < SHORT_RSA {
            return Err(KeyUnsupported);
        }
        Ok(DigestAlgorithm::Sha256)
    }

    pub(super) fn verify(
        &self,
        algorithm: SignatureAlgorithm,
        digest: &Digest,
        signature: &[u8],
    ) -> Result<(), SignatureError> {
        let row = |wanted| VERIFIERS.iter().find(|(known, _)| *known == wanted);
        let (_, pkcs1) = row(digest.algorithm()).ok_or(SignatureError::Unsupported)?;
        let good = match algorithm {
            SignatureAlgorithm::Ecdsa(_) | SignatureAlgorithm::Gost(..) => None,
            SignatureAlgorithm::RsaPkcs1(_) => pkcs1(&self.0, &digest.bytes(), signature),
            SignatureAlgorithm::RsaPss(_) | SignatureAlgorithm::RsaPssWith { .. } => {
                let mask = algorithm.mask();
                row(mask).ok_or(SignatureError::Unsupported)?;
                let salt = usize::from(algorithm.salt_length());
                emsa_pss::verify(&self.0, Encoding { mask, salt }, digest, signature)
            }
        };
        good.ok_or(SignatureError::Invalid)
    }
}

type Verifier = fn(&RsaPublicKey, &[u8], &[u8]) -> Option<()>;

/// The digests RSA is used with, and PKCS #1 v1.5 with each.
const VERIFIERS: [(DigestAlgorithm, Verifier); 5] = [
    (DigestAlgorithm::Sha1, verify_pkcs1::<sha1::Sha1>),
    (DigestAlgorithm::Sha224, verify_pkcs1::<sha2::Sha224>),
    (DigestAlgorithm::Sha256, verify_pkcs1::<sha2::Sha256>),
    (DigestAlgorithm::Sha384, verify_pkcs1::<sha2::Sha384>),
    (DigestAlgorithm::Sha512, verify_pkcs1::<sha2::Sha512>),
];

/// `None`: not a signature of this digest.
fn verify_pkcs1<D: sha2::Digest + AssociatedOid>(
    key: &RsaPublicKey,
    digest: &[u8],
    signature: &[u8],
) -> Option<()> {
    let scheme = Pkcs1v15Sign::new::<D>();
    key.verify(scheme, digest, signature).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use der::{Encode, asn1::UintRef};
    use rsa::pkcs1::RsaPublicKey as RsaPublicKeyFields;

    fn bits(modulus_bytes: usize, exponent: &[u8]) -> Option<u32> {
        let modulus = vec![0xff; modulus_bytes];
        let fields = RsaPublicKeyFields {
            modulus: UintRef::new(&modulus).unwrap(),
            public_exponent: UintRef::new(exponent).unwrap(),
        };
        let key = RsaKey::parse(&fields.to_der().unwrap()).ok()?;
        Some(key.bits())
    }

    #[test]
    fn sizes_are_bounded() {
        let usual = &[1, 0, 1];
        assert_eq!(bits(128, usual), Some(1024));
        assert_eq!(bits(1024, usual), Some(8192));
        assert_eq!(bits(127, usual), None);
        assert_eq!(bits(1025, usual), None);
        assert_eq!(bits(256, &[1]), None);
        assert_eq!(bits(256, &[4]), None);
        assert_eq!(bits(256, &[2, 0, 0, 0, 1]), None);
        assert_eq!(bits(256, &[1, 0, 0, 0, 1]), Some(2048));
    }
}
