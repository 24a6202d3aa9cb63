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
mod tests {
    use hex_literal::hex;
    use signature::hazmat::PrehashVerifier;

    use super::*;
    use crate::Encoding;

    struct Example {
        curve: Curve,
        d: &'static [u8],
        /// As the standard prints it, most significant byte first.
        e: &'static [u8],
        k: &'static [u8],
        q: (&'static [u8], &'static [u8]),
        r: &'static [u8],
        s: &'static [u8],
    }

    /// GOST R 34.10-2012 A.1 (RFC 7091 section 7.1) and A.2.
    const EXAMPLES: [Example; 2] = [
        Example {
            curve: Curve::Test256,
            d: &hex!("7A929ADE789BB9BE10ED359DD39A72C11B60961F49397EEE1D19CE9891EC3B28"),
            e: &hex!("2DFBC1B372D89A1188C09C52E0EEC61FCE52032AB1022E8E67ECE6672B043EE5"),
            k: &hex!("77105C9B20BCD3122823C8CF6FCC7B956DE33814E95B7FE64FED924594DCEAB3"),
            q: (
                &hex!("7F2B49E270DB6D90D8595BEC458B50C58585BA1D4E9B788F6689DBD8E56FD80B"),
                &hex!("26F1B489D6701DD185C8413A977B3CBBAF64D1C593D26627DFFB101A87FF77DA"),
            ),
            r: &hex!("41AA28D2F1AB148280CD9ED56FEDA41974053554A42767B83AD043FD39DC0493"),
            s: &hex!("01456C64BA4642A1653C235A98A60249BCD6D3F746B631DF928014F6C5BF9C40"),
        },
        Example {
            curve: Curve::Test512,
            d: &hex!(
                "0BA6048AADAE241BA40936D47756D7C93091A0E8514669700EE7508E508B1020"
                "72E8123B2200A0563322DAD2827E2714A2636B7BFD18AADFC62967821FA18DD4"
            ),
            e: &hex!(
                "3754F3CFACC9E0615C4F4A7C4D8DAB531B09B6F9C170C533A71D147035B0C591"
                "7184EE536593F4414339976C647C5D5A407ADEDB1D560C4FC6777D2972075B8C"
            ),
            k: &hex!(
                "0359E7F4B1410FEACC570456C6801496946312120B39D019D455986E364F3658"
                "86748ED7A44B3E794434006011842286212273A6D14CF70EA3AF71BB1AE679F1"
            ),
            q: (
                &hex!(
                    "115DC5BC96760C7B48598D8AB9E740D4C4A85A65BE33C1815B5C320C854621DD"
                    "5A515856D13314AF69BC5B924C8B4DDFF75C45415C1D9DD9DD33612CD530EFE1"
                ),
                &hex!(
                    "37C7C90CD40B0F5621DC3AC1B751CFA0E2634FA0503B3D52639F5D7FB72AFD61"
                    "EA199441D943FFE7F0C70A2759A3CDB84C114E1F9339FDF27F35ECA93677BEEC"
                ),
            ),
            r: &hex!(
                "2F86FA60A081091A23DD795E1E3C689EE512A3C82EE0DCC2643C78EEA8FCACD3"
                "5492558486B20F1C9EC197C90699850260C93BCBCD9C5C3317E19344E173AE36"
            ),
            s: &hex!(
                "1081B394696FFE8E6585E7A9362D26B6325F56778AADBC081C0BFBE933D52FF5"
                "823CE288E8C4F362526080DF7F70CE406A6EEB1F56919CB92A9853BDE73E5B4A"
            ),
        },
    ];

    fn sign_with_nonce(key: &SigningKey, digest: &[u8], k: &[u8]) -> Signature {
        let mut wide = [0; nonce::LEN];
        Integer::from_be_bytes(k).write_le(&mut wide[..key.curve.size()]);
        key.sign(digest, &wide).unwrap()
    }

    #[test]
    fn the_standards_examples_come_out_exactly() {
        for example in EXAMPLES {
            let Example {
                curve,
                d,
                e,
                k,
                q: (x, y),
                r,
                s,
            } = example;
            let key = SigningKey::on_any_curve(curve, &Integer::from_be_bytes(d)).unwrap();
            let point: Vec<u8> = x.iter().rev().chain(y.iter().rev()).copied().collect();
            assert_eq!(key.verifying_key.to_bytes().as_ref(), point);
            assert_eq!(
                VerifyingKey::from_bytes(curve, &point),
                Ok(key.verifying_key)
            );

            let digest: Vec<u8> = e.iter().rev().copied().collect();
            let signature = sign_with_nonce(&key, &digest, k);
            assert_eq!(
                signature.to_bytes(Encoding::Standard).as_ref(),
                [r, s].concat()
            );
            key.verifying_key
                .verify_prehash(&digest, &signature)
                .unwrap();
        }
    }

    #[test]
    fn no_key_is_made_on_a_curve_of_the_examples() {
        for example in EXAMPLES {
            let key = SigningKey::from_be_bytes(example.curve, example.d);
            assert_eq!(key.unwrap_err(), Error::TestCurve);
        }
    }
}
