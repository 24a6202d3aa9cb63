//! ECDSA on the NIST curves: verification.

use super::{DigestAlgorithm, KeyUnsupported, SignatureError};
use const_oid::ObjectIdentifier;

/// A point on a curve of the table.
pub(crate) struct EcKey {
    curve: &'static Curve,
    point: Vec<u8>,
}

struct Curve {
    oid: ObjectIdentifier,
    /// What a key on this curve signs with, by policy.
    digest: DigestAlgorithm,
    is_point: fn(&[u8]) -> bool,
    verify: Verifier,
}

/// Point (SEC 1 §2.3.3), digest, DER signature.
type Verifier = fn(&[u8], &[u8], &[u8]) -> Result<(), p256::ecdsa::Error>;

/// The crates of the curves are generic over a dozen traits; a macro is shorter than their bounds.
/// `verify_prehash` takes the leftmost bits of a digest longer than the order (FIPS 186-5 §6.4.2).
macro_rules! curve {
    ($curve:ident, $oid:literal, $digest:ident) => {
        Curve {
            oid: ObjectIdentifier::new_unwrap($oid),
            digest: DigestAlgorithm::$digest,
            is_point: |point| $curve::ecdsa::VerifyingKey::from_sec1_bytes(point).is_ok(),
            verify: |point, digest, signature| {
                use p256::ecdsa::signature::hazmat::PrehashVerifier as _;
                let signature = $curve::ecdsa::Signature::from_der(signature)?;
                $curve::ecdsa::VerifyingKey::from_sec1_bytes(point)?
                    .verify_prehash(digest, &signature)
            },
        }
    };
}

static CURVES: [Curve; 3] = [
    curve!(p256, "1.2.840.10045.3.1.7", Sha256),
    curve!(p384, "1.3.132.0.34", Sha384),
    curve!(p521, "1.3.132.0.35", Sha512),
];

impl EcKey {
    /// The key at `point` on the curve that `oid` names.
    pub(super) fn new(oid: ObjectIdentifier, point: &[u8]) -> Result<Self, KeyUnsupported> {
        let curve = CURVES.iter().find(|curve| curve.oid == oid);
        let curve = curve.ok_or(KeyUnsupported)?;
        if !(curve.is_point)(point) {
            return Err(KeyUnsupported);
        }
        Ok(Self {
            curve,
            point: point.to_vec(),
        })
    }

    pub(super) fn digest(&self) -> DigestAlgorithm {
        self.curve.digest
    }

    pub(super) fn verify(&self, digest: &[u8], signature: &[u8]) -> Result<(), SignatureError> {
        (self.curve.verify)(&self.point, digest, signature).map_err(|_| SignatureError::Invalid)
    }
}
