//! Residues modulo a prime that is known at compile time, in the form that suits the machine: [`saturated`] limbs, or
//! [`digits`] in WebAssembly. Both are written for constant time.

#![allow(
    clippy::as_conversions,
    clippy::indexing_slicing,
    reason = "the innermost loops, over arrays of fixed size; a const fn has neither From nor iterators"
)]

// Tests compare both.
#[cfg(any(test, feature = "digits", target_family = "wasm"))]
mod digits;
#[cfg(any(test, not(any(feature = "digits", target_family = "wasm"))))]
mod saturated;

use zeroize::Zeroize;

use super::{inversion, limbs};

#[cfg(any(feature = "digits", target_family = "wasm"))]
pub(crate) use digits::Residue;
#[cfg(not(any(feature = "digits", target_family = "wasm")))]
pub(crate) use saturated::Residue;

/// A prime of `N` limbs.
pub(crate) trait Modulus<const N: usize>: Copy + 'static {
    const MODULUS: [u64; N];
}

impl<M: Modulus<N>, const N: usize> Residue<M, N> {
    pub(crate) const ZERO: Self = Self::new(&[0; N]);
    pub(crate) const ONE: Self = Self::new(&power_of_two::<M, N>(0));
    /// `1/2`.
    pub(crate) const HALF: Self = Self::new(&{
        let above = limbs::add_limb(&M::MODULUS, 1).0;
        let mut half = [0; N];
        let mut i = 0;
        while i < N {
            half[i] = above[i] >> 1 | if i + 1 < N { above[i + 1] << 63 } else { 0 };
            i += 1;
        }
        half
    });

    /// Reduces `low + 2^(64·N)·high`.
    pub(crate) fn from_halves(low: &[u64; N], high: &[u64; N]) -> Self {
        let high = Self::new(high).times(const { Self::power_of_two(64 * N) });
        Self::new(low).plus(high).carried()
    }

    pub(crate) const fn power_of_two(exponent: usize) -> Self {
        Self::new(&power_of_two::<M, N>(exponent))
    }

    #[inline]
    pub(crate) const fn doubled(self) -> Self {
        self.plus(self)
    }

    #[inline]
    pub(crate) const fn tripled(self) -> Self {
        self.plus(self).plus(self)
    }

    /// `1/self`; 0 for 0.
    pub(crate) fn inverted(self) -> Self {
        let mut integer = self.integer();
        let mut inverse = inversion::inverse(
            &integer,
            &M::MODULUS,
            const { negated_inverse(&M::MODULUS) },
        );
        let residue = Self::new(&inverse);
        integer.zeroize();
        inverse.zeroize();
        residue
    }
}

impl<M: Modulus<N>, const N: usize> PartialEq for Residue<M, N> {
    /// For public values only: it does not run in constant time.
    fn eq(&self, other: &Self) -> bool {
        self.minus(*other).is_zero()
    }
}

/// `−1/modulus mod 2^64`, by Newton's iteration, which doubles the number of right bits.
const fn negated_inverse<const N: usize>(modulus: &[u64; N]) -> u64 {
    let mut inverse = 1u64;
    let mut i = 0;
    while i < 6 {
        inverse = inverse.wrapping_mul(2u64.wrapping_sub(modulus[0].wrapping_mul(inverse)));
        i += 1;
    }
    inverse.wrapping_neg()
}

/// `2^exponent` modulo `M`.
const fn power_of_two<M: Modulus<N>, const N: usize>(exponent: usize) -> [u64; N] {
    let mut power = [0; N];
    power[0] = 1;
    let mut i = 0;
    while i < exponent {
        let (doubled, carry) = limbs::add(&power, &power);
        power = reduced_once::<M, N>(&doubled, carry);
        i += 1;
    }
    power
}

/// Subtracts the modulus from `integer + 2^(64·N)·carry`, which is less than two of it, if it is not below.
#[inline(always)]
const fn reduced_once<M: Modulus<N>, const N: usize>(integer: &[u64; N], carry: u64) -> [u64; N] {
    let (less, borrow) = limbs::sub(integer, &M::MODULUS);
    limbs::select(&less, integer, borrow & (carry ^ 1))
}

#[cfg(test)]
mod tests {
    use super::{Modulus, digits, saturated};
    use crate::{
        Curve,
        arithmetic::{
            limbs,
            weierstrass::{Order, Parameters},
        },
        curve::on_curve,
    };
    use proptest::prelude::*;

    /// Any limbs, and numbers next to powers of two, which the modulus may be next to as well.
    fn integer() -> impl Strategy<Value = [u64; 8]> {
        let power = (0..512usize, -2..3i64).prop_map(|(exponent, more)| {
            let mut power = [0; 8];
            power[exponent / 64] = 1 << (exponent % 64);
            let sign = if more < 0 { u64::MAX } else { 0 };
            let mut addend = [sign; 8];
            addend[0] = more as u64;
            limbs::add(&power, &addend).0
        });
        let edge = prop::sample::select(vec![0, 1, (1 << 29) - 1, 1 << 28, u64::MAX]);
        let edges = prop::array::uniform8(edge);
        prop_oneof![any::<[u64; 8]>(), power, edges]
    }

    /// The same of the modulus, and the integer itself.
    fn near<M: Modulus<N>, const N: usize>(integer: &[u64; 8]) -> [[u64; N]; 4] {
        let low = std::array::from_fn(|i| integer[i]);
        let small = std::array::from_fn(|i| if i == 0 { integer[0] % 3 } else { 0 });
        let half = std::array::from_fn(|i| M::MODULUS[i] >> 1);
        [
            low,
            limbs::sub(&M::MODULUS, &small).0,
            limbs::add(&M::MODULUS, &small).0,
            half,
        ]
    }

    /// What one form says of two integers, as integers.
    macro_rules! outcomes {
        ($form:ident, $x:expr, $y:expr) => {{
            let (x, y) = (
                $form::Residue::<M, N>::new($x),
                $form::Residue::<M, N>::new($y),
            );
            let (sum, difference) = (x.plus(y), x.minus(y));
            let six = sum.plus(sum).minus(y).minus(y);
            assert_eq!(x.is_zero(), x.integer() == [0; N]);
            assert_eq!(difference.is_zero(), difference.integer() == [0; N]);
            [
                x,
                x.negated(),
                x.times(y),
                x.squared(),
                sum,
                sum.carried(),
                sum.squared(),
                difference,
                difference.times(sum.plus(y)),
                six.carried(),
                six.times(y),
                six.carried().squared(),
            ]
            .map(|residue| residue.integer())
        }};
    }

    fn check<M: Modulus<N>, const N: usize>(x: &[u64; 8], y: &[u64; 8]) {
        for x in &near::<M, N>(x) {
            for y in &near::<M, N>(y) {
                let expected = outcomes!(saturated, x, y);
                assert_eq!(outcomes!(digits, x, y), expected, "{x:x?}, {y:x?}");
                for integer in expected {
                    assert_eq!(limbs::sub(&integer, &M::MODULUS).1, 1, "{integer:x?}");
                }
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn both_forms_agree(x in integer(), y in integer()) {
            for curve in Curve::ALL {
                on_curve!(curve, C => {
                    check::<<C as Parameters<_>>::Prime, _>(&x, &y);
                    check::<Order<C>, _>(&x, &y);
                });
            }
        }
    }
}
