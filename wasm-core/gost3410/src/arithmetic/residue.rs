//! Residues modulo a prime that is known at compile time. The primes of 256-A, CryptoPro-A, 512-A and 512-C lie just
//! below a power of two, so the upper half of a product folds onto the lower one; every other modulus is reduced by
//! Montgomery's method, where the compiler drops the multiplications by the zero limbs of CryptoPro-B and 512-B.

#![allow(
    clippy::as_conversions,
    clippy::indexing_slicing,
    reason = "the innermost loops, over arrays of fixed size; a const fn has neither From nor iterators"
)]

use core::marker::PhantomData;

use subtle::{Choice, ConditionallySelectable};
use zeroize::Zeroize;

use super::{
    inversion,
    limbs::{self, Wide, mac},
};

/// A prime of `N` limbs.
pub(crate) trait Modulus<const N: usize>: Copy + 'static {
    const MODULUS: [u64; N];
}

/// A residue modulo `M`.
///
/// For the folding moduli `2^(64·N) − c` this is the number itself, which may exceed the modulus by less than `c`; for
/// all others it is the number times `2^(64·N)`, reduced.
#[derive(Clone, Copy)]
pub(crate) struct Residue<M, const N: usize> {
    limbs: [u64; N],
    modulus: PhantomData<M>,
}

impl<M: Modulus<N>, const N: usize> Residue<M, N> {
    pub(crate) const ZERO: Self = Self::raw([0; N]);
    pub(crate) const ONE: Self = Self::new(&Self::small(1));
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

    /// `c` of a modulus `2^(64·N) − c` with a small `c`, 0 for all other moduli.
    const FOLD: u64 = {
        let mut i = 1;
        while i < N && M::MODULUS[i] == u64::MAX {
            i += 1;
        }
        let c = M::MODULUS[0].wrapping_neg();
        if i == N && c < 1 << 31 { c } else { 0 }
    };
    /// `−1/modulus mod 2^64`, by Newton's iteration, which doubles the number of right bits.
    const NEGATED_INVERSE: u64 = {
        let mut inverse = 1u64;
        let mut i = 0;
        while i < 6 {
            inverse = inverse.wrapping_mul(2u64.wrapping_sub(M::MODULUS[0].wrapping_mul(inverse)));
            i += 1;
        }
        inverse.wrapping_neg()
    };
    /// `2^(64·N·2)` and `2^(64·N·3)` modulo `M`.
    const R2: [u64; N] = Self::power_of_two(128 * N);
    const R3: [u64; N] = Self::power_of_two(192 * N);

    /// Reduces an integer.
    #[inline]
    pub(crate) const fn new(integer: &[u64; N]) -> Self {
        if Self::FOLD != 0 {
            Self::raw(*integer)
        } else {
            Self::reduced(limbs::product(integer, &Self::R2))
        }
    }

    /// Reduces `low + 2^(64·N)·high`.
    pub(crate) fn from_halves(low: &[u64; N], high: &[u64; N]) -> Self {
        let high = Self::raw(*high).times(Self::raw(Self::R3));
        Self::new(low).plus(high)
    }

    /// The integer below the modulus.
    #[inline]
    pub(crate) const fn integer(self) -> [u64; N] {
        if Self::FOLD != 0 {
            Self::settled(&self.limbs, 0)
        } else {
            let mut wide = [0; 16];
            let mut i = 0;
            while i < N {
                wide[i] = self.limbs[i];
                i += 1;
            }
            Self::reduced(wide).limbs
        }
    }

    #[inline]
    pub(crate) const fn plus(self, other: Self) -> Self {
        let (sum, carry) = limbs::add(&self.limbs, &other.limbs);
        if Self::FOLD != 0 {
            let (mut sum, carry) = limbs::add_limb(&sum, carry * Self::FOLD);
            sum[0] = sum[0].wrapping_add(carry * Self::FOLD);
            Self::raw(sum)
        } else {
            Self::raw(Self::settled(&sum, carry))
        }
    }

    #[inline]
    pub(crate) const fn minus(self, other: Self) -> Self {
        let (difference, borrow) = limbs::sub(&self.limbs, &other.limbs);
        if Self::FOLD != 0 {
            let (mut difference, borrow) = limbs::sub_limb(&difference, borrow * Self::FOLD);
            difference[0] = difference[0].wrapping_sub(borrow * Self::FOLD);
            Self::raw(difference)
        } else {
            let modulus = limbs::select(&[0; N], &M::MODULUS, borrow);
            Self::raw(limbs::add(&difference, &modulus).0)
        }
    }

    #[inline]
    pub(crate) const fn doubled(self) -> Self {
        self.plus(self)
    }

    #[inline]
    pub(crate) const fn tripled(self) -> Self {
        self.plus(self).plus(self)
    }

    #[inline]
    pub(crate) const fn negated(self) -> Self {
        Self::ZERO.minus(self)
    }

    #[inline(never)]
    pub(crate) const fn times(self, other: Self) -> Self {
        Self::reduced(limbs::product(&self.limbs, &other.limbs))
    }

    #[inline(never)]
    pub(crate) const fn squared(self) -> Self {
        Self::reduced(limbs::square(&self.limbs))
    }

    /// `1/self`; 0 for 0.
    pub(crate) fn inverted(self) -> Self {
        let mut integer = self.integer();
        let mut inverse = inversion::inverse(&integer, &M::MODULUS, Self::NEGATED_INVERSE);
        let residue = Self::new(&inverse);
        integer.zeroize();
        inverse.zeroize();
        residue
    }

    #[inline(always)]
    const fn raw(limbs: [u64; N]) -> Self {
        Self {
            limbs,
            modulus: PhantomData,
        }
    }

    const fn small(value: u64) -> [u64; N] {
        let mut limbs = [0; N];
        limbs[0] = value;
        limbs
    }

    const fn power_of_two(exponent: usize) -> [u64; N] {
        let mut power = Self::small(1);
        let mut i = 0;
        while i < exponent {
            let (doubled, carry) = limbs::add(&power, &power);
            power = Self::settled(&doubled, carry);
            i += 1;
        }
        power
    }

    /// Subtracts the modulus from `integer + 2^(64·N)·carry`, which is less than two of it, if it is not below.
    #[inline(always)]
    const fn settled(integer: &[u64; N], carry: u64) -> [u64; N] {
        let (less, borrow) = limbs::sub(integer, &M::MODULUS);
        limbs::select(&less, integer, borrow & (carry ^ 1))
    }

    #[inline(always)]
    const fn reduced(wide: Wide) -> Self {
        if Self::FOLD != 0 {
            Self::folded(&wide)
        } else {
            Self::divided(wide)
        }
    }

    /// `low + c·high`, and once more for the limb that this leaves over.
    #[inline(always)]
    const fn folded(wide: &Wide) -> Self {
        let mut sum = [0; N];
        let mut carry = 0;
        let mut i = 0;
        while i < N {
            (sum[i], carry) = mac(wide[i], wide[N + i], Self::FOLD, carry);
            i += 1;
        }
        let (mut sum, carry) = limbs::add_limb(&sum, carry * Self::FOLD);
        // On a carry the sum is so small that this cannot overflow.
        sum[0] = sum[0].wrapping_add(carry * Self::FOLD);
        Self::raw(sum)
    }

    /// Montgomery's division by `2^(64·N)`.
    #[inline(always)]
    const fn divided(mut wide: Wide) -> Self {
        let mut over = 0;
        let mut i = 0;
        while i < N {
            let factor = wide[i].wrapping_mul(Self::NEGATED_INVERSE);
            let mut carry = 0;
            let mut j = 0;
            while j < N {
                (wide[i + j], carry) = mac(wide[i + j], factor, M::MODULUS[j], carry);
                j += 1;
            }
            (wide[i + N], over) = limbs::adc(wide[i + N], carry, over);
            i += 1;
        }
        let mut quotient = [0; N];
        let mut i = 0;
        while i < N {
            quotient[i] = wide[N + i];
            i += 1;
        }
        Self::raw(Self::settled(&quotient, over))
    }
}

impl<M: Modulus<N>, const N: usize> ConditionallySelectable for Residue<M, N> {
    #[inline(always)]
    fn conditional_select(x: &Self, y: &Self, choice: Choice) -> Self {
        Self::raw(core::array::from_fn(|i| {
            u64::conditional_select(&x.limbs[i], &y.limbs[i], choice)
        }))
    }
}

impl<M: Modulus<N>, const N: usize> PartialEq for Residue<M, N> {
    /// For public values only: it does not run in constant time.
    fn eq(&self, other: &Self) -> bool {
        self.minus(*other).integer() == [0; N]
    }
}

impl<M, const N: usize> Zeroize for Residue<M, N> {
    fn zeroize(&mut self) {
        self.limbs.zeroize();
    }
}
