//! Which kinds of key a container may say it has.

use super::error::ContainerError;
use crate::algorithm::DigestAlgorithm;
use const_oid::ObjectIdentifier;
use der::{
    Decode as _, Encode as _, Sequence, Tag,
    asn1::{AnyRef, BitStringRef},
};
use gost3410::Curve;

/// Which of a container's keys.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum SlotName {
    /// The first one, as a rule the only one: usually for exchange, which signs as well.
    Primary,
    /// The second one, for signatures only.
    Secondary,
}

/// The bit of the key's attributes that lets it be copied elsewhere.
const EXPORTABLE: usize = 0;
/// The first octet of the key's attributes: it may be copied, and it is for exchange.
const ATTRIBUTE_EXPORTABLE: u8 = 0x80;
const ATTRIBUTE_EXCHANGE: u8 = 0x20;

struct Kind {
    algorithm: ObjectIdentifier,
    /// The length of a private key in octets; none for keys that verify only.
    size: Option<usize>,
}

/// GOST R 34.10 keys: for exchange and for signatures, which both sign. Those of 2001 may not any more,
/// and are sealed in a way of their own.
const KINDS: [Kind; 6] = [
    kind("1.2.643.7.1.1.6.1", Some(32)),
    kind("1.2.643.7.1.1.6.2", Some(64)),
    kind("1.2.643.7.1.1.1.1", Some(32)),
    kind("1.2.643.7.1.1.1.2", Some(64)),
    kind("1.2.643.2.2.98", None),
    kind("1.2.643.2.2.19", None),
];

const fn kind(algorithm: &str, size: Option<usize>) -> Kind {
    let algorithm = ObjectIdentifier::new_unwrap(algorithm);
    Kind { algorithm, size }
}

/// What new keys are said to be: curve, and the name it has in keys for exchange, if there is a special one.
const EXCHANGE_CURVES: [(Curve, ObjectIdentifier); 2] = [
    (
        Curve::CryptoProA,
        ObjectIdentifier::new_unwrap("1.2.643.2.2.36.0"),
    ),
    (
        Curve::CryptoProC,
        ObjectIdentifier::new_unwrap("1.2.643.2.2.36.1"),
    ),
];

/// ```text
/// PrivateKeyParameters ::= SEQUENCE {
///     attributes  BIT STRING,
///     algorithm   [0] IMPLICIT AlgorithmIdentifier }
/// ```
#[derive(Sequence)]
struct Parameters<'a> {
    attributes: BitStringRef<'a>,
    #[asn1(context_specific = "0", tag_mode = "IMPLICIT")]
    algorithm: Algorithm,
}

#[derive(Sequence)]
struct Algorithm {
    oid: ObjectIdentifier,
    parameters: PublicKeyParameters,
}

/// RFC 9215 §4.2, and RFC 4491 §2.3.2 of which it is the successor.
///
/// ```text
/// GostR3410-PublicKeyParameters ::= SEQUENCE {
///     publicKeyParamSet   OBJECT IDENTIFIER,
///     digestParamSet      OBJECT IDENTIFIER OPTIONAL,
///     encryptionParamSet  OBJECT IDENTIFIER OPTIONAL }
/// ```
#[derive(Sequence)]
struct PublicKeyParameters {
    curve: ObjectIdentifier,
    #[asn1(optional = "true")]
    digest: Option<ObjectIdentifier>,
    #[asn1(optional = "true")]
    encryption: Option<ObjectIdentifier>,
}

/// What the header says of a key.
#[derive(Clone, Debug)]
pub(super) struct KeyKind {
    pub(super) exportable: bool,
    /// The key's curve, if Tamga signs on it.
    pub(super) curve: Result<Curve, ContainerError>,
}

impl KeyKind {
    /// Reads the content of the SEQUENCE, which may have another tag.
    pub(super) fn read(element: AnyRef<'_>) -> der::Result<Self> {
        let sequence = AnyRef::new(Tag::Sequence, element.value())?;
        let parameters: Parameters<'_> = sequence.decode_as()?;
        Ok(Self {
            exportable: parameters.attributes.get(EXPORTABLE) == Some(true),
            curve: curve(&parameters.algorithm),
        })
    }

    /// The content of the SEQUENCE for a new key: in the first slot one for exchange, in the second one for
    /// signatures.
    pub(super) fn content(slot: SlotName, curve: Curve, exportable: bool) -> der::Result<Vec<u8>> {
        let special = EXCHANGE_CURVES.iter().find(|(known, _)| *known == curve);
        let special = special.map(|(_, oid)| *oid);
        let usual = curve.oids().first().copied();
        let (algorithm, digest) = match (slot, curve.size()) {
            (SlotName::Primary, 32) => ("1.2.643.7.1.1.6.1", DigestAlgorithm::Streebog256),
            (SlotName::Primary, _) => ("1.2.643.7.1.1.6.2", DigestAlgorithm::Streebog512),
            (SlotName::Secondary, 32) => ("1.2.643.7.1.1.1.1", DigestAlgorithm::Streebog256),
            (SlotName::Secondary, _) => ("1.2.643.7.1.1.1.2", DigestAlgorithm::Streebog512),
        };
        let (purpose, name) = match slot {
            SlotName::Primary => (ATTRIBUTE_EXCHANGE, special.or(usual)),
            SlotName::Secondary => (0, usual),
        };
        let exportable = if exportable { ATTRIBUTE_EXPORTABLE } else { 0 };
        let attributes = [exportable | purpose];
        let parameters = Parameters {
            attributes: BitStringRef::new(5, &attributes)?,
            algorithm: Algorithm {
                oid: ObjectIdentifier::new_unwrap(algorithm),
                parameters: PublicKeyParameters {
                    curve: name.ok_or(Tag::ObjectIdentifier.value_error())?,
                    digest: Some(digest.oid()),
                    encryption: None,
                },
            },
        };
        let sequence = parameters.to_der()?;
        Ok(AnyRef::from_der(&sequence)?.value().to_vec())
    }
}

fn curve(algorithm: &Algorithm) -> Result<Curve, ContainerError> {
    let unsupported = |oid: &ObjectIdentifier| ContainerError::Unsupported {
        oid: oid.to_string(),
    };
    let kind = KINDS.iter().find(|kind| kind.algorithm == algorithm.oid);
    let size = kind.and_then(|kind| kind.size);
    let size = size.ok_or_else(|| unsupported(&algorithm.oid))?;
    let curve = Curve::from_oid(&algorithm.parameters.curve);
    let curve = curve.filter(|curve| curve.size() == size && !curve.is_test());
    curve.ok_or_else(|| unsupported(&algorithm.parameters.curve))
}
