//! RSA: verification.

use super::{
    Digest, DigestAlgorithm, KeyUnsupported, SignatureAlgorithm, SignatureError,
    emsa_pss::{self, Encoding},
};
use const_oid::AssociatedOid;
use der::{Decode as _, Reader as _, SliceReader, Tag, Tagged as _, asn1::AnyRef};
use rsa::{
    Pkcs1v15Sign, RsaPublicKey,
    pkcs1::{self, DecodeRsaPublicKey as _},
};
use std::ops::RangeInclusive;

/// Shorter moduli, in bits, are verified with a warning and never signed with.
pub(crate) const SHORT_RSA: u32 = 2048;
/// Lengths in bits, as the rsa crate has them: they keep a hostile certificate from costing more than milliseconds.
const MODULUS: RangeInclusive<u32> = 1024..=8192;
const EXPONENT: RangeInclusive<u32> = 2..=33;

/// A key within these bounds. It is prepared for arithmetic when a signature is verified: showing a certificate needs none.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct RsaKey {
    /// DER RSAPublicKey (RFC 8017 A.1.1).
    der: Vec<u8>,
    bits: u32,
}

impl RsaKey {
    /// Reads a DER RSAPublicKey.
    pub(super) fn parse(der: &[u8]) -> Result<Self, KeyUnsupported> {
        let fields = pkcs1::RsaPublicKeyRef::from_der(der).map_err(|_| KeyUnsupported)?;
        let bits = odd_in(&MODULUS, fields.modulus.as_bytes())?;
        odd_in(&EXPONENT, fields.public_exponent.as_bytes())?;
        Ok(Self {
            der: der.to_vec(),
            bits,
        })
    }

    /// The modulus' length.
    pub(super) fn bits(&self) -> u32 {
        self.bits
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
        let key = RsaPublicKey::from_pkcs1_der(&self.der).map_err(|_| KeyUnsupported)?;
        let good = match algorithm {
            SignatureAlgorithm::Ecdsa(_) | SignatureAlgorithm::Gost(..) => None,
            SignatureAlgorithm::RsaPkcs1(_) => {
                let mut rows = VERIFIERS.iter();
                let row = rows.find(|(known, _)| *known == digest.algorithm());
                let (_, pkcs1) = row.ok_or(SignatureError::Unsupported)?;
                pkcs1(&key, &digest.bytes(), signature)
            }
            SignatureAlgorithm::RsaPss(_) | SignatureAlgorithm::RsaPssWith { .. } => {
                let mask = algorithm.mask();
                let salt = usize::from(algorithm.salt_length());
                emsa_pss::verify(&key, Encoding { mask, salt }, digest, signature)
            }
        };
        good.ok_or(SignatureError::Invalid)
    }
}

/// The length in bits of a big-endian number, if it is odd and has one of these lengths.
fn odd_in(lengths: &RangeInclusive<u32>, number: &[u8]) -> Result<u32, KeyUnsupported> {
    let odd = number.last().is_some_and(|octet| octet % 2 == 1);
    let bits = bit_length(number).filter(|bits| odd && lengths.contains(bits));
    bits.ok_or(KeyUnsupported)
}

/// The length in bits of the modulus of a DER RSAPublicKey, whatever it is. A number that the encoder made negative, by
/// leaving its first zero octet out, is read as it was meant.
pub(crate) fn modulus_bits(der: &[u8]) -> Option<u32> {
    let key: AnyRef<'_> = SliceReader::new(der).ok()?.decode().ok()?;
    let modulus: AnyRef<'_> = SliceReader::new(key.value()).ok()?.decode().ok()?;
    let of_numbers = [key.tag(), modulus.tag()] == [Tag::Sequence, Tag::Integer];
    bit_length(modulus.value()).filter(|_| of_numbers)
}

/// The length in bits of a big-endian number; `None` if it is 0, or longer than can be said.
fn bit_length(number: &[u8]) -> Option<u32> {
    let start = number.iter().position(|octet| *octet != 0)?;
    let octets = u32::try_from(number.len() - start).ok()?;
    let zeros = number.get(start)?.leading_zeros();
    octets.checked_mul(8)?.checked_sub(zeros)
}

type Verifier = fn(&RsaPublicKey, &[u8], &[u8]) -> Option<()>;

/// PKCS #1 v1.5 with each digest that has a DigestInfo of its own.
const VERIFIERS: [(DigestAlgorithm, Verifier); 13] = [
    (DigestAlgorithm::Md5, verify_pkcs1::<md5::Md5>),
    (DigestAlgorithm::Sha1, verify_pkcs1::<sha1::Sha1>),
    (DigestAlgorithm::Sha224, verify_pkcs1::<sha2::Sha224>),
    (DigestAlgorithm::Sha256, verify_pkcs1::<sha2::Sha256>),
    (DigestAlgorithm::Sha384, verify_pkcs1::<sha2::Sha384>),
    (DigestAlgorithm::Sha512, verify_pkcs1::<sha2::Sha512>),
    (
        DigestAlgorithm::Sha512_224,
        verify_pkcs1::<sha2::Sha512_224>,
    ),
    (
        DigestAlgorithm::Sha512_256,
        verify_pkcs1::<sha2::Sha512_256>,
    ),
    (DigestAlgorithm::Sha3_224, verify_pkcs1::<sha3::Sha3_224>),
    (DigestAlgorithm::Sha3_256, verify_pkcs1::<sha3::Sha3_256>),
    (DigestAlgorithm::Sha3_384, verify_pkcs1::<sha3::Sha3_384>),
    (DigestAlgorithm::Sha3_512, verify_pkcs1::<sha3::Sha3_512>),
    (
        DigestAlgorithm::Ripemd160,
        verify_pkcs1::<ripemd::Ripemd160>,
    ),
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
    fn a_modulus_is_measured_in_bits() {
        assert_eq!(bit_length(&[0, 0x80, 0]), Some(16));
        assert_eq!(bit_length(&[0x7f, 0]), Some(15));
        assert_eq!(bit_length(&[0, 0]), None);
    }

    #[test]
    fn a_modulus_of_any_size_is_measured() {
        assert_eq!(modulus_bits(&[0x30, 6, 2, 1, 0x7f, 2, 1, 3]), Some(7));
        assert_eq!(modulus_bits(&[0x30, 6, 2, 1, 0x80, 2, 1, 3]), Some(8));
        for none in [&[][..], &[2, 1, 1], &[0x30, 3, 4, 1, 1], &[0x30, 0]] {
            assert_eq!(modulus_bits(none), None, "{none:?}");
        }
    }

    #[test]
    fn sizes_are_bounded() {
        let usual = &[1, 0, 1];
        assert_eq!(bits(128, usual), Some(1024));
        assert_eq!(bits(1024, usual), Some(8192));
        assert_eq!(bits(127, usual), None);
        assert_eq!(bits(1025, usual), None);
        assert_eq!(bits(256, &[1]), None);
        assert_eq!(bits(256, &[3]), Some(2048));
        assert_eq!(bits(256, &[4]), None);
        assert_eq!(bits(256, &[2, 0, 0, 0, 1]), None);
        assert_eq!(bits(256, &[1, 0, 0, 0, 1]), Some(2048));
    }
}
