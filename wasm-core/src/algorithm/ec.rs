//! ECDSA: verification on the curves of NIST, of BSI (brainpool, RFC 5639) and on secp256k1.

use super::{DigestAlgorithm, KeyUnsupported, SignatureError, weierstrass};
use const_oid::ObjectIdentifier;

/// A key on a curve of the table. Whether it is a point of the curve is checked when a signature is verified: showing a
/// certificate needs no arithmetic.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct EcKey {
    curve: &'static Curve,
    point: Vec<u8>,
}

#[derive(Debug, Eq, PartialEq)]
struct Curve {
    oid: ObjectIdentifier,
    name: Name,
    /// What a key on this curve signs with, by policy; `None`: it is only verified.
    digest: Option<DigestAlgorithm>,
    /// Of a coordinate, in bytes.
    size: usize,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Name {
    P256,
    P384,
    P521,
    BrainpoolP256r1,
    BrainpoolP256t1,
    BrainpoolP384r1,
    BrainpoolP384t1,
    BrainpoolP512r1,
    BrainpoolP512t1,
    Secp256k1,
}

static CURVES: [Curve; 10] = [
    Curve {
        oid: ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.7"),
        name: Name::P256,
        digest: Some(DigestAlgorithm::Sha256),
        size: 32,
    },
    Curve {
        oid: ObjectIdentifier::new_unwrap("1.3.132.0.34"),
        name: Name::P384,
        digest: Some(DigestAlgorithm::Sha384),
        size: 48,
    },
    Curve {
        oid: ObjectIdentifier::new_unwrap("1.3.132.0.35"),
        name: Name::P521,
        digest: Some(DigestAlgorithm::Sha512),
        size: 66,
    },
    Curve {
        oid: ObjectIdentifier::new_unwrap("1.3.36.3.3.2.8.1.1.7"),
        name: Name::BrainpoolP256r1,
        digest: None,
        size: 32,
    },
    Curve {
        oid: ObjectIdentifier::new_unwrap("1.3.36.3.3.2.8.1.1.8"),
        name: Name::BrainpoolP256t1,
        digest: None,
        size: 32,
    },
    Curve {
        oid: ObjectIdentifier::new_unwrap("1.3.36.3.3.2.8.1.1.11"),
        name: Name::BrainpoolP384r1,
        digest: None,
        size: 48,
    },
    Curve {
        oid: ObjectIdentifier::new_unwrap("1.3.36.3.3.2.8.1.1.12"),
        name: Name::BrainpoolP384t1,
        digest: None,
        size: 48,
    },
    Curve {
        oid: ObjectIdentifier::new_unwrap("1.3.36.3.3.2.8.1.1.13"),
        name: Name::BrainpoolP512r1,
        digest: None,
        size: 64,
    },
    Curve {
        oid: ObjectIdentifier::new_unwrap("1.3.36.3.3.2.8.1.1.14"),
        name: Name::BrainpoolP512t1,
        digest: None,
        size: 64,
    },
    Curve {
        oid: ObjectIdentifier::new_unwrap("1.3.132.0.10"),
        name: Name::Secp256k1,
        digest: None,
        size: 32,
    },
];

/// Whether `signature` (DER) is one of `digest` by the key at `point` (SEC 1 §2.3.3). The crates of the curves are generic
/// over a dozen traits; a macro is shorter than their bounds. `verify_prehash` takes the leftmost bits of a digest longer
/// than the order (FIPS 186-5 §6.4.2).
macro_rules! verify {
    ($curve:ident, $point:expr, $digest:expr, $signature:expr) => {{
        use p256::ecdsa::signature::hazmat::PrehashVerifier as _;
        let key = $curve::ecdsa::VerifyingKey::from_sec1_bytes($point);
        let key = key.map_err(|_| SignatureError::Unsupported)?;
        let signature = $curve::ecdsa::Signature::from_der($signature);
        let signature = signature.map_err(|_| SignatureError::Invalid)?;
        let verified = key.verify_prehash($digest, &signature);
        verified.map_err(|_| SignatureError::Invalid)
    }};
}

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

    pub(super) fn digest(&self) -> Result<DigestAlgorithm, KeyUnsupported> {
        self.curve.digest.ok_or(KeyUnsupported)
    }

    pub(super) fn verify(&self, digest: &[u8], signature: &[u8]) -> Result<(), SignatureError> {
        // Not in the table: screens use the table, and would link the arithmetic.
        let parameters = match self.curve.name {
            Name::P256 => return verify!(p256, &self.point, digest, signature),
            Name::P384 => return verify!(p384, &self.point, digest, signature),
            Name::P521 => return verify!(p521, &self.point, digest, signature),
            Name::BrainpoolP256r1 => &weierstrass::BRAINPOOL_P256R1,
            Name::BrainpoolP256t1 => &weierstrass::BRAINPOOL_P256T1,
            Name::BrainpoolP384r1 => &weierstrass::BRAINPOOL_P384R1,
            Name::BrainpoolP384t1 => &weierstrass::BRAINPOOL_P384T1,
            Name::BrainpoolP512r1 => &weierstrass::BRAINPOOL_P512R1,
            Name::BrainpoolP512t1 => &weierstrass::BRAINPOOL_P512T1,
            Name::Secp256k1 => &weierstrass::SECP256K1,
        };
        weierstrass::verify(parameters, &self.point, digest, signature)
    }
}
