//! Private keys in this process's memory.

use super::Random;
use crate::failure::Error;
use der::asn1::ObjectIdentifier;
use pkcs8::{DecodePrivateKey as _, EncodePublicKey as _, PrivateKeyInfoRef};
use rsa::{Pkcs1v15Sign, Pss, RsaPrivateKey, traits::SignatureScheme};
use sha2::{Sha256, Sha384, Sha512};
use tamga_core::{
    algorithm::{Digest, DigestAlgorithm, SignatureAlgorithm},
    failure::ErrorCode,
};

/// A private key. The libraries zeroise it when it is dropped, and none of them prints it.
pub(crate) enum SoftwareKey {
    P256(p256::ecdsa::SigningKey),
    P384(p384::ecdsa::SigningKey),
    P521(p521::ecdsa::SigningKey),
    Rsa(Box<RsaPrivateKey>),
}

struct Kind {
    algorithm: &'static str,
    curve: Option<&'static str>,
    parse: fn(&[u8]) -> pkcs8::Result<SoftwareKey>,
}

const EC: &str = "1.2.840.10045.2.1";

const KINDS: [Kind; 5] = [
    Kind {
        algorithm: "1.2.840.113549.1.1.1", // rsaEncryption
        curve: None,
        parse: |der| RsaPrivateKey::from_pkcs8_der(der).map(|key| SoftwareKey::Rsa(Box::new(key))),
    },
    Kind {
        algorithm: "1.2.840.113549.1.1.10", // id-RSASSA-PSS
        curve: None,
        parse: |der| RsaPrivateKey::from_pkcs8_der(der).map(|key| SoftwareKey::Rsa(Box::new(key))),
    },
    Kind {
        algorithm: EC,
        curve: Some("1.2.840.10045.3.1.7"), // secp256r1
        parse: |der| p256::ecdsa::SigningKey::from_pkcs8_der(der).map(SoftwareKey::P256),
    },
    Kind {
        algorithm: EC,
        curve: Some("1.3.132.0.34"), // secp384r1
        parse: |der| p384::ecdsa::SigningKey::from_pkcs8_der(der).map(SoftwareKey::P384),
    },
    Kind {
        algorithm: EC,
        curve: Some("1.3.132.0.35"), // secp521r1
        parse: |der| p521::ecdsa::SigningKey::from_pkcs8_der(der).map(SoftwareKey::P521),
    },
];

impl SoftwareKey {
    /// Reads a PKCS#8 PrivateKeyInfo (RFC 5958 §2).
    ///
    /// # Errors
    /// `KEY_UNSUPPORTED` for a kind of key that is not in the table; a key of a known kind may be
    /// damaged.
    pub(crate) fn from_pkcs8(der: &[u8]) -> Result<Self, Error> {
        let info = PrivateKeyInfoRef::try_from(der)?;
        let named = |oid: ObjectIdentifier, text: &str| oid == ObjectIdentifier::new_unwrap(text);
        let curve = info.algorithm.parameters_oid().ok();
        let kind = KINDS.iter().find(|kind| {
            named(info.algorithm.oid, kind.algorithm)
                && kind
                    .curve
                    .is_none_or(|text| curve.is_some_and(|oid| named(oid, text)))
        });
        let kind = kind.ok_or(ErrorCode::KeyUnsupported)?;
        Ok((kind.parse)(der)?)
    }

    /// The public half, DER SubjectPublicKeyInfo.
    pub(crate) fn public_key(&self) -> Result<Vec<u8>, Error> {
        let document = match self {
            Self::P256(key) => key.verifying_key().to_public_key_der(),
            Self::P384(key) => key.verifying_key().to_public_key_der(),
            Self::P521(key) => key.verifying_key().to_public_key_der(),
            Self::Rsa(key) => key.to_public_key().to_public_key_der(),
        };
        Ok(document.map_err(pkcs8::Error::from)?.into_vec())
    }

    /// Signs a digest, blinded (RSA) or hedged with fresh randomness (ECDSA, RFC 6979 §3.6).
    pub(crate) fn sign(
        &self,
        algorithm: SignatureAlgorithm,
        digest: &Digest,
        random: &mut Random,
    ) -> Result<Vec<u8>, Error> {
        use p256::ecdsa::signature::hazmat::RandomizedPrehashSigner as _;
        let digest = digest.bytes();
        Ok(match (self, algorithm) {
            (Self::P256(key), SignatureAlgorithm::Ecdsa(_)) => {
                let signature: p256::ecdsa::Signature =
                    key.sign_prehash_with_rng(random, &digest)?;
                signature.to_der().as_bytes().to_vec()
            }
            (Self::P384(key), SignatureAlgorithm::Ecdsa(_)) => {
                let signature: p384::ecdsa::Signature =
                    key.sign_prehash_with_rng(random, &digest)?;
                signature.to_der().as_bytes().to_vec()
            }
            (Self::P521(key), SignatureAlgorithm::Ecdsa(_)) => {
                let signature: p521::ecdsa::Signature =
                    key.sign_prehash_with_rng(random, &digest)?;
                signature.to_der().as_bytes().to_vec()
            }
            (Self::Rsa(key), SignatureAlgorithm::RsaPkcs1(hash)) => {
                pkcs1(hash)?.sign(Some(random), key, &digest)?
            }
            (Self::Rsa(key), SignatureAlgorithm::RsaPss(hash)) => {
                pss(hash, hash.output_len(), key, &digest, random)?
            }
            (Self::Rsa(key), SignatureAlgorithm::RsaPssSalted(hash, salt)) => {
                pss(hash, salt.into(), key, &digest, random)?
            }
            _ => return Err(ErrorCode::KeyUnsupported.into()),
        })
    }
}

fn pkcs1(hash: DigestAlgorithm) -> Result<Pkcs1v15Sign, Error> {
    match hash {
        DigestAlgorithm::Sha256 => Ok(Pkcs1v15Sign::new::<Sha256>()),
        DigestAlgorithm::Sha384 => Ok(Pkcs1v15Sign::new::<Sha384>()),
        DigestAlgorithm::Sha512 => Ok(Pkcs1v15Sign::new::<Sha512>()),
        _ => Err(ErrorCode::KeyUnsupported.into()),
    }
}

fn pss(
    hash: DigestAlgorithm,
    salt: usize,
    key: &RsaPrivateKey,
    digest: &[u8],
    random: &mut Random,
) -> Result<Vec<u8>, Error> {
    let signature = match hash {
        DigestAlgorithm::Sha256 => {
            Pss::<Sha256>::new_with_salt(salt).sign(Some(random), key, digest)
        }
        DigestAlgorithm::Sha384 => {
            Pss::<Sha384>::new_with_salt(salt).sign(Some(random), key, digest)
        }
        DigestAlgorithm::Sha512 => {
            Pss::<Sha512>::new_with_salt(salt).sign(Some(random), key, digest)
        }
        _ => return Err(ErrorCode::KeyUnsupported.into()),
    };
    Ok(signature?)
}
