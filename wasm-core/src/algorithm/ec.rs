//! ECDSA on the NIST curves: verification.

use super::{DigestAlgorithm, KeyUnsupported, SignatureError};
use const_oid::ObjectIdentifier;

/// A key on a curve of the table. Whether it is a point of it shows when something is verified with it: who only shows a
/// certificate needs no arithmetic.
pub(crate) struct EcKey {
    curve: &'static Curve,
    point: Vec<u8>,
}

struct Curve {
    oid: ObjectIdentifier,
    /// What a key on this curve signs with, by policy.
    digest: DigestAlgorithm,
    /// Of a coordinate, in bytes.
    size: usize,
    verify: Verifier,
}

/// Point (SEC 1 §2.3.3), digest, DER signature.
type Verifier = fn(&[u8], &[u8], &[u8]) -> Result<(), SignatureError>;

/// The crates of the curves are generic over a dozen traits; a macro is shorter than their bounds.
/// `verify_prehash` takes the leftmost bits of a digest longer than the order (FIPS 186-5 §6.4.2).
macro_rules! curve {
    ($curve:ident, $oid:literal, $digest:ident, $size:literal) => {
        Curve {
            oid: ObjectIdentifier::new_unwrap($oid),
            digest: DigestAlgorithm::$digest,
            size: $size,
            verify: |point, digest, signature| {
                use p256::ecdsa::signature::hazmat::PrehashVerifier as _;
                let key = $curve::ecdsa::VerifyingKey::from_sec1_bytes(point);
                let key = key.map_err(|_| SignatureError::Unsupported)?;
                let signature = $curve::ecdsa::Signature::from_der(signature);
                let signature = signature.map_err(|_| SignatureError::Invalid)?;
                let verified = key.verify_prehash(digest, &signature);
                verified.map_err(|_| SignatureError::Invalid)
            },
        }
    };
}

static CURVES: [Curve; 3] = [
    curve!(p256, "1.2.840.10045.3.1.7", Sha256, 32),
    curve!(p384, "1.3.132.0.34", Sha384, 48),
    curve!(p521, "1.3.132.0.35", Sha512, 66),
];

impl EcKey {
    /// The key at `point` on the curve that `oid` names.
    pub(super) fn new(oid: ObjectIdentifier, point: &[u8]) -> Result<Self, KeyUnsupported> {
        let curve = CURVES.iter().find(|curve| curve.oid == oid);
        let curve = curve.ok_or(KeyUnsupported)?;
        // SEC 1 §2.3.3: a whole point, or x and the sign of y
        let well_formed = match point {
            [4, coordinates @ ..] => coordinates.len() == 2 * curve.size,
            [2 | 3, x @ ..] => x.len() == curve.size,
            _ => false,
        };
        if !well_formed {
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
        (self.curve.verify)(&self.point, digest, signature)
    }
}
