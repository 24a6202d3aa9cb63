//! The public key that belongs to a private one.

use super::{error::Pkcs12Error, structure::decode};
use crate::{
    algorithm::GostAlgorithm,
    gost_key::{GostKey, GostKeyError},
    private_key::{EC, EcParts, RSA, canonical},
};
use const_oid::ObjectIdentifier;
use der::{
    Decode, Encode, Reader, SliceReader,
    asn1::{AnyRef, BitStringRef},
};
use pkcs8::PrivateKeyInfoRef;
use rsa::pkcs1::RsaPublicKeyRef;
use spki::SubjectPublicKeyInfoRef;

const PART: &str = "private key";

const RSA_PSS: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.10");

const P256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.7");
const P384: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.132.0.34");
const P521: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.132.0.35");

/// Key algorithm → how to find the content of the public key's BIT STRING.
const ALGORITHMS: [(ObjectIdentifier, Finder); 3] = [(RSA, rsa), (RSA_PSS, rsa), (EC, ec)];

type Finder = fn(&PrivateKeyInfoRef<'_>) -> Result<Option<Vec<u8>>, Pkcs12Error>;

/// What a private key says of its public half.
pub(super) struct PublicHalf {
    /// The OID of its algorithm, in dotted form.
    pub(super) algorithm: String,
    /// DER of the SubjectPublicKeyInfo, where it can be known.
    pub(super) spki: Option<Vec<u8>>,
}

/// DER of the SubjectPublicKeyInfo that belongs to a PrivateKeyInfo; `None` where it neither says
/// it nor is of a kind for which it can be computed here.
pub fn public_key(pkcs8: &[u8]) -> Option<Vec<u8>> {
    PublicHalf::of(pkcs8).ok()?.spki
}

impl PublicHalf {
    pub(super) fn of(pkcs8: &[u8]) -> Result<Self, Pkcs12Error> {
        let pkcs8 = canonical(pkcs8)?;
        let key: PrivateKeyInfoRef<'_> = decode(&pkcs8, PART)?;
        if let Some(algorithm) = GostAlgorithm::of_private_key(key.algorithm.oid) {
            return Ok(Self {
                algorithm: algorithm.oid.to_string(),
                spki: gost(&key)?,
            });
        }
        let finder = ALGORITHMS.iter().find(|(oid, _)| *oid == key.algorithm.oid);
        let bits = match finder {
            Some((_, find)) => find(&key)?,
            None => written(key.public_key.as_ref()),
        };
        Ok(Self {
            algorithm: key.algorithm.oid.to_string(),
            spki: bits.and_then(|bits| spki(&key, &bits)),
        })
    }
}

/// `None` on curves that Tamga does not know.
fn gost(key: &PrivateKeyInfoRef<'_>) -> Result<Option<Vec<u8>>, Pkcs12Error> {
    match GostKey::read(key) {
        Err(GostKeyError::Unsupported { .. }) => Ok(None),
        key => Ok(Some(key?.public_key()?)),
    }
}

fn spki(key: &PrivateKeyInfoRef<'_>, bits: &[u8]) -> Option<Vec<u8>> {
    let spki = SubjectPublicKeyInfoRef {
        algorithm: key.algorithm,
        subject_public_key: BitStringRef::from_bytes(bits).ok()?,
    };
    spki.to_der().ok()
}

/// A public key that was written next to the private one (RFC 5958 §2, RFC 5915 §3).
fn written(public_key: Option<&BitStringRef<'_>>) -> Option<Vec<u8>> {
    Some(public_key?.as_bytes()?.to_vec())
}

/// The first two numbers of an RSAPrivateKey after its version (RFC 8017 §A.1.2).
fn rsa(key: &PrivateKeyInfoRef<'_>) -> Result<Option<Vec<u8>>, Pkcs12Error> {
    let public = || -> der::Result<Vec<u8>> {
        let private = AnyRef::from_der(key.private_key.as_bytes())?;
        let mut reader = SliceReader::new(private.value())?;
        let _version: AnyRef<'_> = reader.decode()?;
        let public = RsaPublicKeyRef {
            modulus: reader.decode()?,
            public_exponent: reader.decode()?,
        };
        public.to_der()
    };
    public().map(Some).map_err(|_| Pkcs12Error::Malformed(PART))
}

/// Computed for the curves that Tamga signs with, so that a public key that was only written next
/// to the private one decides nothing; taken as written for others.
fn ec(key: &PrivateKeyInfoRef<'_>) -> Result<Option<Vec<u8>>, Pkcs12Error> {
    let private = EcParts::read(key.private_key.as_bytes())?;
    let scalar = private.scalar;
    let parameters = key.algorithm.parameters;
    let curve = parameters.and_then(|any| any.decode_as::<ObjectIdentifier>().ok());
    let point = match curve {
        Some(P256) => {
            p256::SecretKey::from_slice(scalar).map(|key| key.public_key().to_sec1_bytes())
        }
        Some(P384) => {
            p384::SecretKey::from_slice(scalar).map(|key| key.public_key().to_sec1_bytes())
        }
        Some(P521) => {
            p521::SecretKey::from_slice(scalar).map(|key| key.public_key().to_sec1_bytes())
        }
        _ => return Ok(written(private.public_key.as_ref())),
    };
    let point = point.map_err(|_| Pkcs12Error::Malformed(PART))?;
    Ok(Some(point.into_vec()))
}
