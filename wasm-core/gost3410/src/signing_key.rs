//! Private keys: what makes signatures, and the arithmetic of the containers that keep keys masked.

use core::fmt;

use signature::{Keypair, hazmat::RandomizedPrehashSigner, rand_core::TryCryptoRng};
use subtle::{Choice, ConstantTimeEq};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::{
    Curve, Error, Signature, VerifyingKey,
    arithmetic::{
        integer::Integer,
        weierstrass::{Parameters, Scalar},
    },
    curve::on_curve,
    nonce,
    signature::digest_scalar,
};

/// A private key d with `1 ≤ d < q`, together with the public key `d·P`. Erased when it is dropped.
///
/// Everything that touches d runs in constant time.
#[derive(Clone)]
pub struct SigningKey {
    curve: Curve,
    d: Integer,
    verifying_key: VerifyingKey,
}

impl SigningKey {
    /// Makes a new key.
    ///
    /// # Errors
    /// If the random number generator fails, or for a curve of the standard's examples.
    pub fn generate<R: TryCryptoRng + ?Sized>(
        curve: Curve,
        rng: &mut R,
    ) -> Result<Self, signature::Error> {
        let mut random = Zeroizing::new([0; nonce::LEN]);
        loop {
            rng.try_fill_bytes(random.as_mut())
                .map_err(|_| signature::Error::new())?;
            let d =
                on_curve!(curve, C => Zeroizing::new(to_integer(&nonce::reduced::<C, _>(&random))));
            match Self::new(curve, &d) {
                Err(Error::Range) => {}
                result => return Ok(result?),
            }
        }
    }

    /// Reads a key of [`Curve::size`] bytes, the least significant first: the usual form in PKCS#8.
    ///
    /// # Errors
    /// [`Error::Length`], [`Error::Range`], or [`Error::TestCurve`].
    pub fn from_le_bytes(curve: Curve, bytes: &[u8]) -> Result<Self, Error> {
        checked_length(curve, bytes)?;
        Self::new(curve, &Zeroizing::new(Integer::from_le_bytes(bytes)))
    }

    /// Reads a key of [`Curve::size`] bytes, the most significant first.
    ///
    /// # Errors
    /// [`Error::Length`], [`Error::Range`], or [`Error::TestCurve`].
    pub fn from_be_bytes(curve: Curve, bytes: &[u8]) -> Result<Self, Error> {
        checked_length(curve, bytes)?;
        Self::new(curve, &Zeroizing::new(Integer::from_be_bytes(bytes)))
    }

    /// Takes the mask off a key of a CryptoPro container: `d = masked · mask⁻¹ mod q`, both little-endian.
    ///
    /// # Errors
    /// [`Error::Length`], [`Error::TestCurve`], or [`Error::Range`] if either is a multiple of q.
    pub fn from_masked_bytes(curve: Curve, masked: &[u8], mask: &[u8]) -> Result<Self, Error> {
        checked_length(curve, masked)?;
        checked_length(curve, mask)?;
        let d = on_curve!(curve, C => {
            let mask = Zeroizing::new(Zeroizing::new(scalar::<C, _>(mask)).inverted());
            Zeroizing::new(to_integer(&scalar::<C, _>(masked).times(*mask)))
        });
        Self::new(curve, &d)
    }

    /// Reads `K‖M1‖M2‖…`, all little-endian: a key as the product `K·M1·M2·… mod q`, which is how PKCS#8 keeps a
    /// masked key (R 50.1.112-2016). Without masks it is the key itself, reduced modulo q.
    ///
    /// # Errors
    /// [`Error::Length`], [`Error::TestCurve`], or [`Error::Range`] if a factor is a multiple of q.
    pub fn from_factors(curve: Curve, factors: &[u8]) -> Result<Self, Error> {
        let (keys, rest) = (
            factors.chunks_exact(curve.size()),
            factors.len() % curve.size(),
        );
        if rest != 0 || factors.is_empty() {
            return Err(Error::Length);
        }
        let d = on_curve!(curve, C => {
            let product = keys.fold(Scalar::<C, _>::ONE, |product, factor| {
                product.times(*Zeroizing::new(scalar::<C, _>(factor)))
            });
            Zeroizing::new(to_integer(&*Zeroizing::new(product)))
        });
        Self::new(curve, &d)
    }

    /// The curve of the key.
    #[must_use]
    pub const fn curve(&self) -> Curve {
        self.curve
    }

    /// Writes [`Curve::size`] bytes, the least significant first.
    #[must_use]
    pub fn to_le_bytes(&self) -> SecretBytes {
        SecretBytes::new(self.curve, &self.d)
    }

    /// Masks the key for a CryptoPro container: `d · mask mod q`, both little-endian.
    ///
    /// # Errors
    /// [`Error::Length`], or [`Error::Range`] if the mask is a multiple of q.
    pub fn to_masked_bytes(&self, mask: &[u8]) -> Result<SecretBytes, Error> {
        checked_length(self.curve, mask)?;
        let masked = on_curve!(self.curve, C => {
            let d = Zeroizing::new(self.scalar::<C, _>());
            Zeroizing::new(to_integer(&d.times(*Zeroizing::new(scalar::<C, _>(mask)))))
        });
        if bool::from(self.curve.has_scalar(&masked)) {
            Ok(SecretBytes::new(self.curve, &masked))
        } else {
            Err(Error::Range)
        }
    }

    pub(crate) fn scalar<C: Parameters<N>, const N: usize>(&self) -> Scalar<C, N> {
        Scalar::<C, N>::new(&Zeroizing::new(self.d.limbs()))
    }

    fn new(curve: Curve, d: &Integer) -> Result<Self, Error> {
        if curve.is_test() {
            return Err(Error::TestCurve);
        }
        Self::on_any_curve(curve, d)
    }

    fn on_any_curve(curve: Curve, d: &Integer) -> Result<Self, Error> {
        if !bool::from(curve.has_scalar(d)) {
            return Err(Error::Range);
        }
        let verifying_key = on_curve!(curve, C => {
            let scalar = Zeroizing::new(Scalar::<C, _>::new(&Zeroizing::new(d.limbs())));
            let point = Zeroizing::new(C::comb().times_base(&scalar));
            VerifyingKey::from_point::<C, _>(curve, *point)
        });
        Ok(Self {
            curve,
            d: *d,
            verifying_key,
        })
    }

    /// Signs with a nonce made of `random`; none if it leads to a zero, which does not happen.
    fn sign(&self, digest: &[u8], random: &[u8; nonce::LEN]) -> Option<Signature> {
        on_curve!(self.curve, C => {
            let k = Zeroizing::new(nonce::reduced::<C, _>(random));
            sign::<C, _>(self, digest, &k)
        })
    }
}

impl Keypair for SigningKey {
    type VerifyingKey = VerifyingKey;

    fn verifying_key(&self) -> VerifyingKey {
        self.verifying_key
    }
}

impl RandomizedPrehashSigner<Signature> for SigningKey {
    /// Signs a digest, whose bytes are in the order in which the hash function gives them.
    ///
    /// The nonce depends on fresh randomness, the key and the digest: should the generator repeat itself, no nonce
    /// serves two digests, and the key stays secret.
    ///
    /// # Errors
    /// If the digest is not [`Curve::size`] bytes long or the random number generator fails.
    fn sign_prehash_with_rng<R: TryCryptoRng + ?Sized>(
        &self,
        rng: &mut R,
        digest: &[u8],
    ) -> Result<Signature, signature::Error> {
        checked_length(self.curve, digest)?;
        let mut entropy = Zeroizing::new([0; 64]);
        rng.try_fill_bytes(entropy.as_mut())
            .map_err(|_| signature::Error::new())?;
        (0..=u8::MAX)
            .find_map(|attempt| {
                self.sign(digest, &nonce::derive(&self.d, digest, &entropy, attempt))
            })
            .ok_or_else(signature::Error::new)
    }
}

impl ConstantTimeEq for SigningKey {
    fn ct_eq(&self, other: &Self) -> Choice {
        Choice::from(u8::from(self.curve == other.curve))
            & self.d.limbs::<8>().ct_eq(&other.d.limbs::<8>())
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigningKey")
            .field("curve", &self.curve)
            .finish_non_exhaustive()
    }
}

impl Drop for SigningKey {
    fn drop(&mut self) {
        self.d.zeroize();
    }
}

impl ZeroizeOnDrop for SigningKey {}

/// The bytes of a private key, masked or not: 32 or 64, erased when dropped.
#[derive(Clone)]
pub struct SecretBytes {
    bytes: Zeroizing<[u8; 64]>,
    len: usize,
}

impl SecretBytes {
    fn new(curve: Curve, integer: &Integer) -> Self {
        let mut bytes = Zeroizing::new([0; 64]);
        integer.write_le(bytes.as_mut());
        Self {
            bytes,
            len: curve.size(),
        }
    }
}

impl AsRef<[u8]> for SecretBytes {
    fn as_ref(&self) -> &[u8] {
        self.bytes.get(..self.len).unwrap_or_default()
    }
}

impl fmt::Debug for SecretBytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SecretBytes").finish_non_exhaustive()
    }
}

fn checked_length(curve: Curve, bytes: &[u8]) -> Result<(), Error> {
    (bytes.len() == curve.size())
        .then_some(())
        .ok_or(Error::Length)
}

/// Little-endian bytes, reduced modulo q.
fn scalar<C: Parameters<N>, const N: usize>(bytes: &[u8]) -> Scalar<C, N> {
    let integer = Zeroizing::new(Integer::from_le_bytes(bytes));
    Scalar::<C, N>::new(&Zeroizing::new(integer.limbs()))
}

fn to_integer<C: Parameters<N>, const N: usize>(scalar: &Scalar<C, N>) -> Integer {
    Integer::from_limbs(&Zeroizing::new(scalar.integer()))
}

/// GOST R 34.10-2012 section 6.1 for a given k.
fn sign<C: Parameters<N>, const N: usize>(
    key: &SigningKey,
    digest: &[u8],
    k: &Scalar<C, N>,
) -> Option<Signature> {
    // Steps 1 and 2: e from the digest.
    let e = digest_scalar::<C, N>(digest);
    // Step 4: C = k·P, r = x mod q.
    let point = Zeroizing::new(C::comb().times_base(k));
    let r = Scalar::<C, N>::new(&point.coordinates().0);
    // Step 5: s = r·d + k·e.
    let d = Zeroizing::new(key.scalar::<C, N>());
    let s = r.times(*d).plus(k.times(e));
    let (r, s) = (
        Integer::from_limbs(&r.integer()),
        Integer::from_limbs(&s.integer()),
    );
    bool::from(key.curve.has_scalar(&r) & key.curve.has_scalar(&s)).then_some(Signature {
        curve: key.curve,
        r,
        s,
    })
}

#[cfg(test)]
mod tests;
