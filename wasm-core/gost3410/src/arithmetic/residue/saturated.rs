//! Residues in limbs of 64 bits, for processors that multiply to 128. The primes of 256-A, CryptoPro-A, 512-A and 512-C
//! lie just below a power of two, so the upper half of a product folds onto the lower one; every other modulus is reduced
//! by Montgomery's method, where the compiler drops the multiplications by the zero limbs of CryptoPro-B and 512-B.

mod products;

use core::marker::PhantomData;

use subtle::{Choice, ConditionallySelectable};
use zeroize::Zeroize;

use self::products::{Wide, mac, product, square};
use super::{Modulus, negated_inverse, power_of_two, reduced_once};
use crate::arithmetic::limbs;

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
    /// `c` of a modulus `2^(64·N) − c` with a small `c`, 0 for all other moduli.
    const FOLD: u64 = {
        let mut i = 1;
        while i < N && M::MODULUS[i] == u64::MAX {
            i += 1;
        }
        let c = M::MODULUS[0].wrapping_neg();
        if i == N && c < 1 << 31 { c } else { 0 }
    };
    const NEGATED_INVERSE: u64 = negated_inverse(&M::MODULUS);
    /// `2^(64·N·2)` modulo `M`.
    const R2: [u64; N] = power_of_two::<M, N>(128 * N);

    /// Reduces an integer.
    #[inline]
    pub(crate) const fn new(integer: &[u64; N]) -> Self {
        if Self::FOLD != 0 {
            Self::raw(*integer)
        } else {
            Self::reduced(product(integer, &Self::R2))
        }
    }

    /// The integer below the modulus.
    #[inline]
    pub(crate) const fn integer(self) -> [u64; N] {
        if Self::FOLD != 0 {
            reduced_once::<M, N>(&self.limbs, 0)
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

    /// For public values only.
    #[inline]
    pub(crate) const fn is_zero(self) -> bool {
        let limbs = if Self::FOLD != 0 {
            self.integer()
        } else {
            self.limbs
        };
        let mut bits = 0;
        let mut i = 0;
        while i < N {
            bits |= limbs[i];
            i += 1;
        }
        bits == 0
    }

    #[inline]
    pub(crate) const fn plus(self, other: Self) -> Self {
        let (sum, carry) = limbs::add(&self.limbs, &other.limbs);
        if Self::FOLD != 0 {
            let (mut sum, carry) = limbs::add_limb(&sum, carry * Self::FOLD);
            sum[0] = sum[0].wrapping_add(carry * Self::FOLD);
            Self::raw(sum)
        } else {
            Self::raw(reduced_once::<M, N>(&sum, carry))
        }
    }

    #[inline]
    pub(crate) const fn minus(self, other: Self) -> Self {
        let (difference, borrow) = limbs::sub(&self.limbs, &other.limbs);
        if Self::FOLD != 0 {
            let (mut difference, borrow) = sub_limb(&difference, borrow * Self::FOLD);
            difference[0] = difference[0].wrapping_sub(borrow * Self::FOLD);
            Self::raw(difference)
        } else {
            let modulus = limbs::select(&[0; N], &M::MODULUS, borrow);
            Self::raw(limbs::add(&difference, &modulus).0)
        }
    }

    /// What digits need before they are multiplied again; here sums are as good as products.
    #[inline(always)]
    pub(crate) const fn carried(self) -> Self {
        self
    }

    #[inline]
    pub(crate) const fn negated(self) -> Self {
        Self::raw([0; N]).minus(self)
    }

    #[inline(never)]
    pub(crate) const fn times(self, other: Self) -> Self {
        Self::reduced(product(&self.limbs, &other.limbs))
    }

    #[inline(never)]
    pub(crate) const fn squared(self) -> Self {
        Self::reduced(square(&self.limbs))
    }

    #[inline(always)]
    const fn raw(limbs: [u64; N]) -> Self {
        Self {
            limbs,
            modulus: PhantomData,
        }
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
        Self::raw(reduced_once::<M, N>(&quotient, over))
    }
}

/// `(difference, borrow)` with a single limb.
#[inline(always)]
const fn sub_limb<const N: usize>(x: &[u64; N], y: u64) -> ([u64; N], u64) {
    let mut difference = [0; N];
    let mut borrow;
    (difference[0], borrow) = limbs::sbb(x[0], y, 0);
    let mut i = 1;
    while i < N {
        (difference[i], borrow) = limbs::sbb(x[i], 0, borrow);
        i += 1;
    }
    (difference, borrow)
}

impl<M: Modulus<N>, const N: usize> ConditionallySelectable for Residue<M, N> {
    #[inline(always)]
    fn conditional_select(x: &Self, y: &Self, choice: Choice) -> Self {
        Self::raw(core::array::from_fn(|i| {
            u64::conditional_select(&x.limbs[i], &y.limbs[i], choice)
        }))
    }
}

impl<M, const N: usize> Zeroize for Residue<M, N> {
    fn zeroize(&mut self) {
        self.limbs.zeroize();
    }
}
