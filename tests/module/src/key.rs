//! Private keys: what signs, and what PKCS #11 tells of them.

use crate::{
    mechanism::{Family, Mechanism, PssParameters},
    object::Attributes,
    reply::ulong,
};
use const_oid::ObjectIdentifier;
use cryptoki_sys::*;
use der::{
    Decode as _, Encode as _, Reader as _, SliceReader,
    asn1::{AnyRef, OctetStringRef},
};
use getrandom::SysRng;
use pkcs8::{DecodePrivateKey as _, EncodePublicKey as _, PrivateKeyInfoRef};
use rsa::{
    Pkcs1v15Sign, Pss, RsaPrivateKey,
    traits::{PublicKeyParts as _, SignatureScheme as _},
};
use sha2::{Sha256, Sha384, Sha512};
use signature::hazmat::RandomizedPrehashSigner as _;
use spki::SubjectPublicKeyInfoRef;
use tamga_core::{
    algorithm::{Country, DigestAlgorithm},
    gost_key::GostKey,
};

const CKK_GOSTR3410_512: CK_KEY_TYPE = 0xD432_1003;
const DAMAGED: &str = "the key is no PKCS#8";

/// A private key.
pub(crate) enum Key {
    Gost(GostKey),
    P256(p256::ecdsa::SigningKey),
    P384(p384::ecdsa::SigningKey),
    P521(p521::ecdsa::SigningKey),
    Rsa(Box<RsaPrivateKey>),
}

impl Key {
    /// Reads DER of a PrivateKeyInfo.
    pub(crate) fn from_pkcs8(der: &[u8]) -> Result<Self, String> {
        let info = PrivateKeyInfoRef::try_from(der).map_err(|_| DAMAGED)?;
        let curve = info.algorithm.parameters_oid().ok();
        let key = match info.algorithm.oid.to_string().as_str() {
            "1.2.840.113549.1.1.1" => {
                RsaPrivateKey::from_pkcs8_der(der).map(|key| Self::Rsa(Box::new(key)))
            }
            "1.2.840.10045.2.1" => match curve.unwrap_or(const_oid::db::rfc5912::SECP_256_R_1) {
                const_oid::db::rfc5912::SECP_256_R_1 => {
                    p256::ecdsa::SigningKey::from_pkcs8_der(der).map(Self::P256)
                }
                const_oid::db::rfc5912::SECP_384_R_1 => {
                    p384::ecdsa::SigningKey::from_pkcs8_der(der).map(Self::P384)
                }
                const_oid::db::rfc5912::SECP_521_R_1 => {
                    p521::ecdsa::SigningKey::from_pkcs8_der(der).map(Self::P521)
                }
                other => return Err(format!("no keys on curve {other}")),
            },
            _ => {
                let key = GostKey::from_pkcs8(der).map_err(|error| error.to_string())?;
                let signs = key.signing_key().is_some();
                return match signs {
                    true => Ok(Self::Gost(key)),
                    false => Err("a GOST key of this generation signs no more".to_owned()),
                };
            }
        };
        key.map_err(|error| error.to_string())
    }

    pub(crate) fn family(&self) -> Family {
        match self {
            Self::Gost(key) if key.curve().size() == 32 => Family::Gost256,
            Self::Gost(_) => Family::Gost512,
            Self::P256(_) | Self::P384(_) | Self::P521(_) => Family::Ec,
            Self::Rsa(_) => Family::Rsa,
        }
    }

    /// In bytes.
    pub(crate) fn signature_len(&self) -> usize {
        match self {
            Self::Gost(key) => 2 * key.curve().size(),
            Self::P256(_) => 64,
            Self::P384(_) => 96,
            Self::P521(_) => 132,
            Self::Rsa(key) => key.size(),
        }
    }

    /// Signs a digest, or for `CKM_RSA_PKCS` whatever is given (a DigestInfo, as a rule).
    pub(crate) fn sign(
        &self,
        mechanism: &Mechanism,
        pss: Option<PssParameters>,
        data: &[u8],
    ) -> Result<Vec<u8>, CK_RV> {
        let signature = match self {
            Self::Gost(key) => {
                let key = key.signing_key().ok_or(CKR_KEY_TYPE_INCONSISTENT)?;
                let signature = key.sign_prehash_with_rng(&mut SysRng, data);
                signature.map(|signature| {
                    let bytes = signature.to_bytes(Country::Russia.encoding());
                    bytes.as_ref().to_vec()
                })
            }
            Self::P256(key) => {
                let signature = key.sign_prehash_with_rng(&mut SysRng, data);
                signature.map(|signature: p256::ecdsa::Signature| signature.to_bytes().to_vec())
            }
            Self::P384(key) => {
                let signature = key.sign_prehash_with_rng(&mut SysRng, data);
                signature.map(|signature: p384::ecdsa::Signature| signature.to_bytes().to_vec())
            }
            Self::P521(key) => {
                let signature = key.sign_prehash_with_rng(&mut SysRng, data);
                signature.map(|signature: p521::ecdsa::Signature| signature.to_bytes().to_vec())
            }
            Self::Rsa(key) => return sign_rsa(key, mechanism, pss, data),
        };
        signature.map_err(|_| CKR_DATA_LEN_RANGE)
    }

    /// What both halves have: the public key, under the names of its kind.
    pub(crate) fn attributes(&self, attributes: &mut Attributes) -> Result<(), String> {
        let der = self.public_key()?;
        let spki = SubjectPublicKeyInfoRef::from_der(&der).map_err(|error| error.to_string())?;
        let point = spki.subject_public_key.raw_bytes();
        match self {
            Self::Gost(key) => {
                let kind = match self.family() {
                    Family::Gost256 => CKK_GOSTR3410,
                    _ => CKK_GOSTR3410_512,
                };
                attributes.number(CKA_KEY_TYPE, kind);
                let set = parameter_set(&spki).ok_or(DAMAGED)?;
                attributes.bytes(CKA_GOSTR3410_PARAMS, oid(set));
                let digest = match key.curve().size() {
                    32 => DigestAlgorithm::Streebog256,
                    _ => DigestAlgorithm::Streebog512,
                };
                attributes.bytes(CKA_GOSTR3411_PARAMS, oid(digest.oid()));
            }
            Self::P256(_) | Self::P384(_) | Self::P521(_) => {
                attributes.number(CKA_KEY_TYPE, CKK_EC);
                let curve = spki.algorithm.parameters.map(|curve| curve.to_der());
                attributes.bytes(
                    CKA_EC_PARAMS,
                    curve.transpose().ok().flatten().ok_or(DAMAGED)?,
                );
                attributes.bytes(CKA_EC_POINT, octet_string(point)?);
            }
            Self::Rsa(key) => {
                attributes.number(CKA_KEY_TYPE, CKK_RSA);
                attributes.bytes(CKA_MODULUS, key.n_bytes().to_vec());
                attributes.bytes(CKA_PUBLIC_EXPONENT, key.e_bytes().to_vec());
                attributes.number(CKA_MODULUS_BITS, ulong(8 * key.size()));
            }
        }
        Ok(())
    }

    /// GOST: x and y, little-endian, in the OCTET STRING of the SubjectPublicKeyInfo or without it.
    pub(crate) fn gost_point(&self, wrapped: bool) -> Result<Option<Vec<u8>>, String> {
        let Self::Gost(_) = self else {
            return Ok(None);
        };
        let der = self.public_key()?;
        let spki = SubjectPublicKeyInfoRef::from_der(&der).map_err(|error| error.to_string())?;
        let octets = spki.subject_public_key.raw_bytes();
        let bare = <&OctetStringRef>::from_der(octets).map_err(|error| error.to_string())?;
        Ok(Some(match wrapped {
            true => octets.to_vec(),
            false => bare.as_bytes().to_vec(),
        }))
    }

    /// DER SubjectPublicKeyInfo.
    fn public_key(&self) -> Result<Vec<u8>, String> {
        let document = match self {
            Self::Gost(key) => return key.public_key().map_err(|error| error.to_string()),
            Self::P256(key) => key.verifying_key().to_public_key_der(),
            Self::P384(key) => key.verifying_key().to_public_key_der(),
            Self::P521(key) => key.verifying_key().to_public_key_der(),
            Self::Rsa(key) => key.to_public_key().to_public_key_der(),
        };
        let document = document.map_err(|error| error.to_string())?;
        Ok(document.into_vec())
    }
}

fn sign_rsa(
    key: &RsaPrivateKey,
    mechanism: &Mechanism,
    pss: Option<PssParameters>,
    data: &[u8],
) -> Result<Vec<u8>, CK_RV> {
    let random = Some(&mut SysRng);
    let signature = match (mechanism.digest, pss) {
        (_, Some(PssParameters { digest, salt })) => match digest {
            DigestAlgorithm::Sha256 => Pss::<Sha256>::new_with_salt(salt).sign(random, key, data),
            DigestAlgorithm::Sha384 => Pss::<Sha384>::new_with_salt(salt).sign(random, key, data),
            DigestAlgorithm::Sha512 => Pss::<Sha512>::new_with_salt(salt).sign(random, key, data),
            _ => return Err(CKR_MECHANISM_PARAM_INVALID),
        },
        (None, None) => Pkcs1v15Sign::new_unprefixed().sign(random, key, data),
        (Some(DigestAlgorithm::Sha256), None) => {
            Pkcs1v15Sign::new::<Sha256>().sign(random, key, data)
        }
        (Some(DigestAlgorithm::Sha384), None) => {
            Pkcs1v15Sign::new::<Sha384>().sign(random, key, data)
        }
        (Some(DigestAlgorithm::Sha512), None) => {
            Pkcs1v15Sign::new::<Sha512>().sign(random, key, data)
        }
        _ => return Err(CKR_MECHANISM_INVALID),
    };
    signature.map_err(|_| CKR_DATA_LEN_RANGE)
}

/// The first of the parameters of a GOST key.
fn parameter_set(spki: &SubjectPublicKeyInfoRef<'_>) -> Option<ObjectIdentifier> {
    let parameters: AnyRef<'_> = spki.algorithm.parameters?;
    SliceReader::new(parameters.value()).ok()?.decode().ok()
}

fn oid(oid: ObjectIdentifier) -> Vec<u8> {
    let encoded = oid.as_bytes();
    let [length, ..] = encoded.len().to_le_bytes();
    [&[6, length], encoded].concat()
}

fn octet_string(bytes: &[u8]) -> Result<Vec<u8>, String> {
    let octets = OctetStringRef::new(bytes).and_then(|octets| octets.to_der());
    octets.map_err(|error| error.to_string())
}
