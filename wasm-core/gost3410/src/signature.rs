//! Signatures and the three orders in which their bytes are written.

use subtle::{ConditionallySelectable, ConstantTimeEq};

use crate::{
    Curve, Error,
    arithmetic::{
        integer::Integer,
        weierstrass::{Parameters, Scalar},
    },
};

/// In which order the bytes of a signature stand. A signature read in a wrong order is well formed but not valid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Encoding {
    /// `r‖s`, both little-endian: certificates, CRLs, CMS and XML of Kazakhstan (the Kalkan library).
    Kazakh,
    /// `s‖r`, both big-endian: X.509, CMS (RFC 9215, RFC 4490), XML and PKCS#11 in Russia.
    Russian,
    /// `r‖s`, both big-endian: GOST R 34.10-2012 section 6.1.
    Standard,
}

/// A signature: numbers `r` and `s` with `1 ≤ r, s < q` for the q of its curve.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Signature {
    pub(crate) curve: Curve,
    pub(crate) r: Integer,
    pub(crate) s: Integer,
}

impl Signature {
    /// Reads a signature of `2·curve.size()` bytes.
    ///
    /// # Errors
    /// [`Error::Length`], or [`Error::Range`] if r or s is zero or not below q.
    pub fn from_bytes(curve: Curve, encoding: Encoding, bytes: &[u8]) -> Result<Self, Error> {
        if bytes.len() != 2 * curve.size() {
            return Err(Error::Length);
        }
        let (first, second) = bytes.split_at(curve.size());
        let (r, s) = match encoding {
            Encoding::Kazakh => (
                Integer::from_le_bytes(first),
                Integer::from_le_bytes(second),
            ),
            Encoding::Russian => (
                Integer::from_be_bytes(second),
                Integer::from_be_bytes(first),
            ),
            Encoding::Standard => (
                Integer::from_be_bytes(first),
                Integer::from_be_bytes(second),
            ),
        };
        if bool::from(curve.has_scalar(&r) & curve.has_scalar(&s)) {
            Ok(Self { curve, r, s })
        } else {
            Err(Error::Range)
        }
    }

    /// The curve it was made on.
    #[must_use]
    pub const fn curve(&self) -> Curve {
        self.curve
    }

    /// Writes the signature.
    #[must_use]
    pub fn to_bytes(&self, encoding: Encoding) -> SignatureBytes {
        let size = self.curve.size();
        let mut bytes = [0; 128];
        let (first, rest) = bytes.split_at_mut(size);
        let (second, _) = rest.split_at_mut(size);
        match encoding {
            Encoding::Kazakh => {
                self.r.write_le(first);
                self.s.write_le(second);
            }
            Encoding::Russian => {
                self.s.write_be(first);
                self.r.write_be(second);
            }
            Encoding::Standard => {
                self.r.write_be(first);
                self.s.write_be(second);
            }
        }
        SignatureBytes {
            bytes,
            len: 2 * size,
        }
    }
}

/// The bytes of a signature: 64 or 128.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SignatureBytes {
    bytes: [u8; 128],
    len: usize,
}

impl AsRef<[u8]> for SignatureBytes {
    fn as_ref(&self) -> &[u8] {
        self.bytes.get(..self.len).unwrap_or_default()
    }
}

/// The number e that stands for a digest in the equations: GOST R 34.10-2012 section 6.1, steps 2 and 3. The standard
/// writes the digest as a bit string whose first bit is the highest, and the hash functions give its last byte first.
pub(crate) fn digest_scalar<C: Parameters<N>, const N: usize>(digest: &[u8]) -> Scalar<C, N> {
    let e = Scalar::<C, N>::new(&Integer::from_le_bytes(digest).limbs());
    let is_zero = e.integer().ct_eq(&[0; N]);
    Scalar::<C, N>::conditional_select(&e, &Scalar::<C, N>::ONE, is_zero)
}
