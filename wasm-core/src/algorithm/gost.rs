//! GOST R 34.10: keys and signatures of Russia and Kazakhstan, which differ in OIDs and byte orders alone.

use super::{Country, DigestAlgorithm, GostAlgorithm, KeyUnsupported, SignatureError};
use const_oid::ObjectIdentifier;
use der::{
    Decode, Reader, SliceReader,
    asn1::{AnyRef, OctetStringRef},
};
use gost3410::{Curve, Signature, VerifyingKey};
use p256::ecdsa::signature::hazmat::PrehashVerifier as _;

/// A key of the table. Whether it is a point of its curve shows when something is verified with it: who only shows a
/// certificate needs no arithmetic.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct GostKey {
    kind: &'static GostAlgorithm,
    curve: Curve,
    /// x‖y, little-endian.
    point: Vec<u8>,
}

impl GostKey {
    /// Reads a key (RFC 9215 §4): `parameters` begin with the curve's OID, `bits` hold an OCTET STRING with the point.
    ///
    /// # Errors
    /// [`KeyUnsupported`]: another kind or curve, or not of its size.
    pub(super) fn parse(
        oid: ObjectIdentifier,
        parameters: Option<AnyRef<'_>>,
        bits: &[u8],
    ) -> Result<Self, KeyUnsupported> {
        let kind = GostAlgorithm::of_certificate(oid).ok_or(KeyUnsupported)?;
        let curve = curve(parameters.ok_or(KeyUnsupported)?).ok_or(KeyUnsupported)?;
        if curve.size() != kind.hash.output_len() {
            return Err(KeyUnsupported);
        }
        let point = <&OctetStringRef>::from_der(bits).map_err(|_| KeyUnsupported)?;
        let point = point.as_bytes().to_vec();
        if point.len() != 2 * curve.size() {
            return Err(KeyUnsupported);
        }
        Ok(Self { kind, curve, point })
    }

    pub(super) fn digest(&self) -> DigestAlgorithm {
        self.kind.hash
    }

    pub(super) fn country(&self) -> Country {
        self.kind.profile.country()
    }

    /// The curves of the standard's examples are for verifying its examples.
    pub(super) fn may_sign(&self) -> bool {
        self.kind.profile.may_sign() && !self.curve.is_test()
    }

    pub(super) fn verify(&self, digest: &[u8], signature: &[u8]) -> Result<(), SignatureError> {
        let key = VerifyingKey::from_bytes(self.curve, &self.point);
        let key = key.map_err(|_| SignatureError::Unsupported)?;
        let encoding = self.kind.profile.country().encoding();
        let signature = Signature::from_bytes(self.curve, encoding, signature);
        let signature = signature.map_err(|_| SignatureError::Invalid)?;
        let verified = key.verify_prehash(digest, &signature);
        verified.map_err(|_| SignatureError::Invalid)
    }
}

/// The first of the parameters (RFC 9215 §4.2); the digest and cipher that may follow say nothing new.
fn curve(parameters: AnyRef<'_>) -> Option<Curve> {
    let parameters: &der::asn1::SequenceRef = parameters.decode_as().ok()?;
    let mut reader = SliceReader::new(parameters.as_bytes()).ok()?;
    Curve::from_oid(&reader.decode().ok()?)
}
