//! Private keys (PKCS#8, RFC 5208, RFC 5958) in all forms that programs write, converted to the one that libraries read.

use crate::ber;
use const_oid::ObjectIdentifier;
use der::{
    Decode, Encode, Reader, SliceReader, Tag, TagNumber, Tagged,
    asn1::{AnyRef, BitStringRef, OctetStringRef},
};
use pkcs8::PrivateKeyInfoRef;
use sec1::EcPrivateKey;
use spki::AlgorithmIdentifierRef;
use thiserror::Error;
use zeroize::Zeroizing;

#[cfg(test)]
mod tests;

pub(crate) const RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
pub(crate) const EC: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
/// id-ecDH and id-ecMQV (RFC 5480 §2.1.2): the keys have the form of those under id-ecPublicKey.
const EC_AGREEMENT: [ObjectIdentifier; 2] = [
    ObjectIdentifier::new_unwrap("1.3.132.1.12"),
    ObjectIdentifier::new_unwrap("1.3.132.1.13"),
];

/// The curves whose keys Tamga knows, and the length of a number on them in octets.
const CURVES: [(ObjectIdentifier, usize); 3] = [
    (ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.7"), 32),
    (ObjectIdentifier::new_unwrap("1.3.132.0.34"), 48),
    (ObjectIdentifier::new_unwrap("1.3.132.0.35"), 66),
];

/// The bytes are not a private key.
#[derive(Clone, Copy, Debug, Eq, Error, PartialEq)]
#[error("malformed private key")]
pub struct PrivateKeyMalformed;

/// The fields of a PrivateKeyInfo. Unlike in `pkcs8`, the version need not match the optional fields.
struct Parts<'a> {
    algorithm: AlgorithmIdentifierRef<'a>,
    octets: &'a [u8],
    public_key: Option<BitStringRef<'a>>,
}

/// The fields of an ECPrivateKey, whatever its version is and however its curve is given: `sec1` takes named curves
/// only, and of a key on another curve the public key is wanted all the same.
///
/// ```text
/// ECPrivateKey ::= SEQUENCE {
///     version     INTEGER { ecPrivkeyVer1(1) },
///     privateKey  OCTET STRING,
///     parameters  [0] ECParameters OPTIONAL,
///     publicKey   [1] BIT STRING OPTIONAL }
/// ```
pub(crate) struct EcParts<'a> {
    pub(crate) scalar: &'a [u8],
    parameters: Option<AnyRef<'a>>,
    pub(crate) public_key: Option<BitStringRef<'a>>,
}

/// DER of the same key in one form: without attributes and redundant public keys, the number of an EC key as long as RFC
/// 5915 §3 requires, its curve in the AlgorithmIdentifier (RFC 5480 §2.1.1). Mbed TLS, Java and OpenSSL before 2015 write
/// other forms, which other programs read.
///
/// # Errors
/// [`PrivateKeyMalformed`]
pub fn canonical(pkcs8: &[u8]) -> Result<Zeroizing<Vec<u8>>, PrivateKeyMalformed> {
    let der = ber::to_der(pkcs8).map_err(malformed)?;
    // The converted copy holds the key too.
    let der = Zeroizing::new(der.into_owned());
    let parts = Parts::read(&der)?;
    let algorithm = parts.algorithm.oid;
    if algorithm == RSA {
        return info(RSA, Some(AnyRef::NULL), parts.octets, None);
    }
    if algorithm == EC || EC_AGREEMENT.contains(&algorithm) {
        return parts.of_curve();
    }
    info(
        algorithm,
        parts.algorithm.parameters,
        parts.octets,
        parts.public_key,
    )
}

/// DER of the PrivateKeyInfo of a key in any of its forms: a PrivateKeyInfo itself, an RSAPrivateKey (RFC 8017
/// §A.1.2), or an ECPrivateKey (RFC 5915 §3) that says its curve.
///
/// # Errors
/// [`PrivateKeyMalformed`]
pub fn of_any(key: &[u8]) -> Result<Zeroizing<Vec<u8>>, PrivateKeyMalformed> {
    let der = Zeroizing::new(ber::to_der(key).map_err(malformed)?.into_owned());
    let elements = elements(&der)?;
    let mut tags = elements.iter().map(Tagged::tag);
    match (tags.next(), tags.next()) {
        (Some(Tag::Integer), Some(Tag::Sequence)) => {
            canonical(&der)?;
            Ok(der.clone())
        }
        (Some(Tag::Integer), Some(Tag::Integer)) => info(RSA, Some(AnyRef::NULL), &der, None),
        (Some(Tag::Integer), Some(Tag::OctetString)) => {
            let parameters = EcParts::read(&der)?.parameters;
            info(EC, Some(parameters.ok_or(PrivateKeyMalformed)?), &der, None)
        }
        _ => Err(PrivateKeyMalformed),
    }
}

impl<'a> Parts<'a> {
    /// ```text
    /// PrivateKeyInfo ::= SEQUENCE {
    ///     version     INTEGER,
    ///     algorithm   AlgorithmIdentifier,
    ///     privateKey  OCTET STRING,
    ///     attributes  [0] IMPLICIT SET OF Attribute OPTIONAL,
    ///     publicKey   [1] IMPLICIT BIT STRING OPTIONAL }
    /// ```
    fn read(der: &'a [u8]) -> Result<Self, PrivateKeyMalformed> {
        let elements = elements(der)?;
        let [version, algorithm, octets, rest @ ..] = elements.as_slice() else {
            return Err(PrivateKeyMalformed);
        };
        if version.tag() != Tag::Integer || octets.tag() != Tag::OctetString {
            return Err(PrivateKeyMalformed);
        }
        let public_key = context(rest, 1).and_then(|implicit| {
            let bits = AnyRef::new(Tag::BitString, implicit.value()).ok()?;
            bits.decode_as().ok()
        });
        Ok(Self {
            algorithm: algorithm.decode_as().map_err(malformed)?,
            octets: octets.value(),
            public_key,
        })
    }

    fn of_curve(&self) -> Result<Zeroizing<Vec<u8>>, PrivateKeyMalformed> {
        let key = EcParts::read(self.octets)?;
        let named =
            |parameters: Option<AnyRef<'a>>| parameters?.decode_as::<ObjectIdentifier>().ok();
        let curve = named(self.algorithm.parameters).or_else(|| named(key.parameters));
        let known = CURVES.iter().find(|(oid, _)| Some(*oid) == curve);
        let Some((curve, length)) = known else {
            let public_key = self.public_key;
            return info(EC, self.algorithm.parameters, self.octets, public_key);
        };
        let scalar = padded(key.scalar, *length)?;
        let key = EcPrivateKey {
            private_key: &scalar,
            parameters: None,
            public_key: None,
        };
        let key = Zeroizing::new(key.to_der().map_err(malformed)?);
        info(EC, Some(curve.into()), &key, None)
    }
}

impl<'a> EcParts<'a> {
    pub(crate) fn read(der: &'a [u8]) -> Result<Self, PrivateKeyMalformed> {
        let elements = elements(der)?;
        let [version, scalar, rest @ ..] = elements.as_slice() else {
            return Err(PrivateKeyMalformed);
        };
        if version.tag() != Tag::Integer || scalar.tag() != Tag::OctetString {
            return Err(PrivateKeyMalformed);
        }
        let parameters = context(rest, 0).map(|explicit| AnyRef::from_der(explicit.value()));
        let public_key = context(rest, 1).map(|explicit| BitStringRef::from_der(explicit.value()));
        Ok(Self {
            scalar: scalar.value(),
            parameters: parameters.transpose().map_err(malformed)?,
            public_key: public_key.transpose().map_err(malformed)?,
        })
    }
}

/// A big-endian number with `length` octets.
fn padded(number: &[u8], length: usize) -> Result<Zeroizing<Vec<u8>>, PrivateKeyMalformed> {
    let significant = number
        .iter()
        .position(|octet| *octet != 0)
        .unwrap_or(number.len());
    let (_, number) = number.split_at(significant);
    let zeros = length
        .checked_sub(number.len())
        .ok_or(PrivateKeyMalformed)?;
    let mut padded = Zeroizing::new(Vec::with_capacity(length));
    padded.resize(zeros, 0);
    padded.extend_from_slice(number);
    Ok(padded)
}

fn info(
    oid: ObjectIdentifier,
    parameters: Option<AnyRef<'_>>,
    octets: &[u8],
    public_key: Option<BitStringRef<'_>>,
) -> Result<Zeroizing<Vec<u8>>, PrivateKeyMalformed> {
    let algorithm = AlgorithmIdentifierRef { oid, parameters };
    let octets = OctetStringRef::new(octets).map_err(malformed)?;
    let mut info = PrivateKeyInfoRef::new(algorithm, octets);
    info.public_key = public_key;
    Ok(Zeroizing::new(info.to_der().map_err(malformed)?))
}

/// The elements of a SEQUENCE.
fn elements(der: &[u8]) -> Result<Vec<AnyRef<'_>>, PrivateKeyMalformed> {
    let sequence = AnyRef::from_der(der).map_err(malformed)?;
    if sequence.tag() != Tag::Sequence {
        return Err(PrivateKeyMalformed);
    }
    let mut reader = SliceReader::new(sequence.value()).map_err(malformed)?;
    let mut all = Vec::new();
    while !reader.is_finished() {
        all.push(AnyRef::decode(&mut reader).map_err(malformed)?);
    }
    Ok(all)
}

/// The element with this context tag.
fn context<'a>(elements: &[AnyRef<'a>], wanted: u32) -> Option<AnyRef<'a>> {
    let mut elements = elements.iter().copied();
    elements.find(|element| match element.tag() {
        Tag::ContextSpecific { number, .. } => number == TagNumber(wanted),
        _ => false,
    })
}

fn malformed<E>(_: E) -> PrivateKeyMalformed {
    PrivateKeyMalformed
}
