//! The SubjectPublicKeyInfo of a GOST key.

use const_oid::ObjectIdentifier;
use der::{
    Encode as _, Sequence,
    asn1::{AnyRef, BitStringRef, OctetStringRef},
};
use gost3410::{Curve, VerifyingKey};
use spki::{AlgorithmIdentifierRef, SubjectPublicKeyInfoRef};

const KEY_256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.643.7.1.1.1.1");
const KEY_512: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.643.7.1.1.1.2");
pub(super) const STREEBOG_256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.643.7.1.1.2.2");
pub(super) const STREEBOG_512: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.643.7.1.1.2.3");

/// RFC 9215 §4.2.
///
/// ```text
/// GostR3410-2012-PublicKeyParameters ::= SEQUENCE {
///     publicKeyParamSet   OBJECT IDENTIFIER,
///     digestParamSet      OBJECT IDENTIFIER OPTIONAL }
/// ```
#[derive(Sequence)]
struct Parameters {
    curve: ObjectIdentifier,
    #[asn1(optional = "true")]
    digest: Option<ObjectIdentifier>,
}

/// DER of the SubjectPublicKeyInfo of a GOST R 34.10-2012 key (RFC 9215 §4), x and y little-endian in it.
///
/// # Errors
/// None for the curves that keys are made on.
pub fn public_key(key: &VerifyingKey) -> der::Result<Vec<u8>> {
    let (curve, point) = (key.curve(), key.to_bytes());
    let (algorithm, digest) = match curve.size() {
        32 => (KEY_256, STREEBOG_256),
        _ => (KEY_512, STREEBOG_512),
    };
    // RFC 9215 §4.2: the sets that came with the standard of 2012 go without a digest, but for 512-A and -B.
    let bare = matches!(curve, Curve::Tc26_256A | Curve::Tc26_512C);
    let name = curve.oids().first().copied();
    let parameters = Parameters {
        curve: name.ok_or(der::ErrorKind::Failed)?,
        digest: (!bare).then_some(digest),
    };
    let parameters = parameters.to_der()?;
    let point = OctetStringRef::new(point.as_ref())?.to_der()?;
    let spki = SubjectPublicKeyInfoRef {
        algorithm: AlgorithmIdentifierRef {
            oid: algorithm,
            parameters: Some(AnyRef::try_from(parameters.as_slice())?),
        },
        subject_public_key: BitStringRef::from_bytes(&point)?,
    };
    spki.to_der()
}
