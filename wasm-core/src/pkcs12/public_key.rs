//! The public key that belongs to a private one.

use super::structure::EcPrivateKey;
use const_oid::ObjectIdentifier;
use der::{
    Decode, Encode, Reader, Sequence, SliceReader,
    asn1::{AnyRef, BitStringRef, UintRef},
};
use pkcs8::PrivateKeyInfoRef;
use spki::SubjectPublicKeyInfoRef;

const RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
const RSA_PSS: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.10");
const EC: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");

const P256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.7");
const P384: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.132.0.34");
const P521: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.132.0.35");

/// Key algorithm → how to find the content of the public key's BIT STRING.
const ALGORITHMS: [(ObjectIdentifier, Finder); 3] = [(RSA, rsa), (RSA_PSS, rsa), (EC, ec)];

type Finder = fn(&PrivateKeyInfoRef<'_>) -> Option<Vec<u8>>;

/// RFC 8017 §A.1.1.
///
/// ```text
/// RSAPublicKey ::= SEQUENCE {
///     modulus         INTEGER,  -- n
///     publicExponent  INTEGER } -- e
/// ```
#[derive(Sequence)]
struct RsaPublicKey<'a> {
    modulus: UintRef<'a>,
    exponent: UintRef<'a>,
}

/// DER of the SubjectPublicKeyInfo that belongs to a PrivateKeyInfo; `None` where it neither says
/// it nor is of a kind for which it can be computed here.
pub fn public_key(pkcs8: &[u8]) -> Option<Vec<u8>> {
    let key = PrivateKeyInfoRef::from_der(pkcs8).ok()?;
    let finder = ALGORITHMS.iter().find(|(oid, _)| *oid == key.algorithm.oid);
    let bits = match finder {
        Some((_, find)) => find(&key)?,
        // RFC 5958 §2: version 2 says it.
        None => key.public_key.as_ref()?.as_bytes()?.to_vec(),
    };
    let spki = SubjectPublicKeyInfoRef {
        algorithm: key.algorithm,
        subject_public_key: BitStringRef::from_bytes(&bits).ok()?,
    };
    spki.to_der().ok()
}

/// The first two numbers of an RSAPrivateKey after its version (RFC 8017 §A.1.2).
fn rsa(key: &PrivateKeyInfoRef<'_>) -> Option<Vec<u8>> {
    let private: AnyRef<'_> = AnyRef::from_der(key.private_key.as_bytes()).ok()?;
    let mut reader = SliceReader::new(private.value()).ok()?;
    let _version: AnyRef<'_> = reader.decode().ok()?;
    let public = RsaPublicKey {
        modulus: reader.decode().ok()?,
        exponent: reader.decode().ok()?,
    };
    public.to_der().ok()
}

/// Computed for the curves that Tamga signs with, so that a public key that was only written next
/// to the private one decides nothing; taken as written for others.
fn ec(key: &PrivateKeyInfoRef<'_>) -> Option<Vec<u8>> {
    let private = EcPrivateKey::from_der(key.private_key.as_bytes()).ok()?;
    let scalar = private.scalar.as_bytes();
    let curve: ObjectIdentifier = key.algorithm.parameters?.decode_as().ok()?;
    match curve {
        P256 => {
            let key = p256::SecretKey::from_slice(scalar).ok()?;
            Some(key.public_key().to_sec1_bytes().into_vec())
        }
        P384 => {
            let key = p384::SecretKey::from_slice(scalar).ok()?;
            Some(key.public_key().to_sec1_bytes().into_vec())
        }
        P521 => {
            let key = p521::SecretKey::from_slice(scalar).ok()?;
            Some(key.public_key().to_sec1_bytes().into_vec())
        }
        _ => Some(private.public_key?.as_bytes()?.to_vec()),
    }
}
