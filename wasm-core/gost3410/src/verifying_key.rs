//! Public keys and the check of a signature.

use signature::hazmat::PrehashVerifier;

use crate::{
    Curve, Error, Signature,
    arithmetic::{
        integer::Integer,
        jacobian::Jacobian,
        limbs,
        point::{Affine, Projective},
        weierstrass::{Element, Model, Parameters, Scalar},
    },
    curve::on_curve,
    signature::digest_scalar,
};

/// A public key: a point of the curve, other than infinity, in the group that the base point generates.
///
/// It verifies GOST R 34.10-2012 and GOST R 34.10-2001 alike; only the hash that makes the digest differs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VerifyingKey {
    curve: Curve,
    x: Integer,
    y: Integer,
}

impl VerifyingKey {
    /// Reads `x‖y`, both little-endian, as the inner OCTET STRING of a SubjectPublicKeyInfo holds them.
    ///
    /// # Errors
    /// [`Error::Length`]; [`Error::Range`] if a coordinate is not below the field's prime; [`Error::NotOnCurve`];
    /// [`Error::WrongGroup`], which only the curves of cofactor 4 can give.
    pub fn from_bytes(curve: Curve, bytes: &[u8]) -> Result<Self, Error> {
        if bytes.len() != 2 * curve.size() {
            return Err(Error::Length);
        }
        let (x, y) = bytes.split_at(curve.size());
        let (x, y) = (Integer::from_le_bytes(x), Integer::from_le_bytes(y));
        on_curve!(curve, C => check::<C, _>(&x, &y))?;
        Ok(Self { curve, x, y })
    }

    /// The curve of the key.
    #[must_use]
    pub const fn curve(&self) -> Curve {
        self.curve
    }

    /// Writes `x‖y`, both little-endian.
    #[must_use]
    pub fn to_bytes(&self) -> VerifyingKeyBytes {
        let size = self.curve.size();
        let mut bytes = [0; 128];
        let (x, rest) = bytes.split_at_mut(size);
        let (y, _) = rest.split_at_mut(size);
        self.x.write_le(x);
        self.y.write_le(y);
        VerifyingKeyBytes {
            bytes,
            len: 2 * size,
        }
    }

    pub(crate) fn from_point<C: Parameters<N>, const N: usize>(
        curve: Curve,
        point: Projective<C, N>,
    ) -> Self {
        let (x, y) = point.coordinates();
        Self {
            curve,
            x: Integer::from_limbs(&x),
            y: Integer::from_limbs(&y),
        }
    }

    pub(crate) fn to_affine<C: Parameters<N>, const N: usize>(self) -> Affine<C, N> {
        Affine::new(&self.x.limbs(), &self.y.limbs())
    }
}

impl PrehashVerifier<Signature> for VerifyingKey {
    /// Verifies the signature of a digest, whose bytes are in the order in which the hash function gives them.
    ///
    /// # Errors
    /// If the digest is not [`Curve::size`] bytes long, the signature belongs to another curve or it is not valid.
    fn verify_prehash(&self, digest: &[u8], signature: &Signature) -> Result<(), signature::Error> {
        if signature.curve != self.curve || digest.len() != self.curve.size() {
            return Err(signature::Error::new());
        }
        on_curve!(self.curve, C => verify::<C, _>(self, digest, signature))
            .then_some(())
            .ok_or_else(signature::Error::new)
    }
}

/// The bytes of a public key: 64 or 128.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VerifyingKeyBytes {
    bytes: [u8; 128],
    len: usize,
}

impl AsRef<[u8]> for VerifyingKeyBytes {
    fn as_ref(&self) -> &[u8] {
        self.bytes.get(..self.len).unwrap_or_default()
    }
}

fn check<C: Parameters<N>, const N: usize>(x: &Integer, y: &Integer) -> Result<(), Error> {
    let (x, y) = (x.limbs(), y.limbs());
    let in_field = |limbs| Element::<C, N>::new(limbs).integer() == *limbs;
    if !in_field(&x) || !in_field(&y) {
        return Err(Error::Range);
    }
    let point = Affine::<C, N>::on_curve(&x, &y).ok_or(Error::NotOnCurve)?;
    if C::COFACTOR == 1 || Jacobian::sum_of_products(&[0; N], &C::Q, point).is_infinity() {
        Ok(())
    } else {
        Err(Error::WrongGroup)
    }
}

/// GOST R 34.10-2012 section 6.2; step 1, the range of r and s, is what [`Signature`] stands for.
fn verify<C: Parameters<N>, const N: usize>(
    key: &VerifyingKey,
    digest: &[u8],
    signature: &Signature,
) -> bool {
    // Steps 2 and 3: e from the digest.
    let e = digest_scalar::<C, N>(digest);
    // Step 4: v = e^−1.
    let v = e.inverted();
    // Step 5: z1 = s·v, z2 = −r·v.
    let z1 = Scalar::<C, N>::new(&signature.s.limbs()).times(v);
    let z2 = Scalar::<C, N>::new(&signature.r.limbs()).times(v).negated();
    // Step 6: C = z1·P + z2·Q.
    let point = Jacobian::sum_of_products(&z1.integer(), &z2.integer(), key.to_affine::<C, N>());
    // Step 7: R = x mod q, without a division: x is one of r, r + q, … below the prime, and those are few.
    let mut candidate = signature.r.limbs();
    loop {
        let x = Element::<C, N>::new(&candidate);
        if x.integer() != candidate {
            return false;
        }
        if point.has_x(x.times(Model::<C, N>::U2)) {
            return true;
        }
        let (next, carry) = limbs::add(&candidate, &C::Q);
        if carry != 0 {
            return false;
        }
        candidate = next;
    }
}
