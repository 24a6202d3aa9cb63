//! Residues in signed digits of 29 bits, for machines that multiply to 64 bits only, as WebAssembly: all products of
//! digits that belong in one place add up to no more than that, and nothing is carried before. Sums are not carried at
//! all, until the formulas say so. The primes next to a power of two, above or below, fold the upper half of a product
//! onto the lower one; every other modulus (of CryptoPro-C, an example in the standard, and the orders) is reduced by
//! Montgomery's method.

mod columns;
mod magnitude;

use core::marker::PhantomData;

use subtle::{Choice, ConditionallySelectable};
use zeroize::Zeroize;

use self::{
    columns::{Columns, product, square},
    magnitude::Magnitude,
};
use super::{Modulus, negated_inverse, power_of_two};
use crate::arithmetic::limbs;

const BITS: usize = 29;
const MASK: i64 = (1 << BITS) - 1;
const HALF: i64 = 1 << (BITS - 1);

/// A residue modulo `M`: `Σ digit[i]·2^(29·i)`, the last digit being the one that holds the modulus' highest bit.
///
/// For the folding moduli this is the number itself, for all others the number times `2^(29·digits)`. What comes out of
/// a multiplication or of [`Self::carried`] has digits of at most `2^28 + 8`, positive or negative, and is itself at most
/// 3/4 of the modulus: that is the magnitude 1. Sums and differences have the magnitudes of their terms together, which
/// [`Magnitude`] limits.
#[derive(Clone, Copy)]
pub(crate) struct Residue<M, const N: usize> {
    /// Of which the first [`Self::LEN`] are used.
    digits: [[i32; 3]; N],
    magnitude: Magnitude,
    modulus: PhantomData<M>,
}

impl<M: Modulus<N>, const N: usize> Residue<M, N> {
    /// 9 digits for 256 bits, 18 for 512.
    const LEN: usize = 9 * N / 4;
    const MODULUS: [[i32; 3]; N] = unpacked(&M::MODULUS);
    const LOWEST: i64 = Self::MODULUS.as_flattened()[0] as i64;
    const HIGHEST: i64 = Self::MODULUS.as_flattened()[Self::LEN - 1] as i64;
    /// `2^(29·digits)` modulo a modulus that differs from a power of two in the lowest digit only, 0 for all others.
    const FOLD: i64 = {
        let mut i = 1;
        while i + 1 < Self::LEN && Self::MODULUS.as_flattened()[i] == 0 {
            i += 1;
        }
        if i + 1 == Self::LEN && (Self::HIGHEST as u64).is_power_of_two() {
            let fold = -Self::LOWEST << (BITS - Self::SHIFT);
            assert!(-1 << 20 < fold && fold < 1 << 20);
            fold
        } else {
            0
        }
    };
    /// `highest = 2^shift` of a folding modulus.
    const SHIFT: usize = Self::HIGHEST.ilog2() as usize;
    /// `2^40/highest`.
    const RECIPROCAL: i64 = (1 << 40) / Self::HIGHEST;
    /// `−1/modulus mod 2^29`, in the lowest bits.
    const NEGATED_INVERSE: i32 = negated_inverse(&M::MODULUS) as i32;
    /// `2^(29·digits·2)` modulo `M`.
    const R2: Self = Self::raw(unpacked(&power_of_two::<M, N>(2 * BITS * Self::LEN)));

    /// Reduces an integer.
    pub(crate) const fn new(integer: &[u64; N]) -> Self {
        let residue = Self::raw(unpacked(integer));
        if Self::FOLD != 0 {
            residue.carried()
        } else {
            residue.times(Self::R2)
        }
    }

    /// The integer below the modulus.
    pub(crate) const fn integer(self) -> [u64; N] {
        let residue = if Self::FOLD != 0 {
            self.carried()
        } else {
            let mut one = [[0; 3]; N];
            one[0][0] = 1;
            self.times(Self::raw(one))
        };
        let (integer, negative) = packed(&residue.digits);
        limbs::add(&integer, &limbs::select(&[0; N], &M::MODULUS, negative)).0
    }

    /// For public values only.
    #[inline]
    pub(crate) const fn is_zero(self) -> bool {
        // Below the modulus only 0 is 0. And its digits are: the lowest is a multiple of 2^29, so it is 0, and so on.
        let digits = self.carried().digits;
        let digits = digits.as_flattened();
        let mut i = 0;
        while i < Self::LEN {
            if digits[i] != 0 {
                return false;
            }
            i += 1;
        }
        true
    }

    #[inline]
    pub(crate) const fn plus(mut self, other: Self) -> Self {
        let (digits, others) = (self.digits.as_flattened_mut(), other.digits.as_flattened());
        let mut i = 0;
        while i < Self::LEN {
            digits[i] += others[i];
            i += 1;
        }
        self.magnitude = self.magnitude.plus(other.magnitude);
        self
    }

    #[inline]
    pub(crate) const fn minus(self, other: Self) -> Self {
        self.plus(other.negated())
    }

    #[inline]
    pub(crate) const fn negated(mut self) -> Self {
        let digits = self.digits.as_flattened_mut();
        let mut i = 0;
        while i < Self::LEN {
            digits[i] = -digits[i];
            i += 1;
        }
        self
    }

    /// The same with magnitude 1: what a sum needs before it is multiplied, if its magnitude is too large for that.
    #[inline(always)]
    pub(crate) const fn carried(self) -> Self {
        let (digits, modulus) = (self.digits.as_flattened(), Self::MODULUS.as_flattened());
        let mut carried = [[0; 3]; N];
        let slots = carried.as_flattened_mut();
        let last = Self::LEN - 1;
        let quotient = if Self::FOLD != 0 {
            (digits[last] as i64 + Self::HIGHEST / 2) >> Self::SHIFT
        } else {
            (digits[last] as i64 * Self::RECIPROCAL + (1 << 39)) >> 40
        };
        let mut carry = 0;
        let mut i = 0;
        while i < last {
            let digit = digits[i] as i64 - quotient * modulus[i] as i64;
            let (low, high) = split(digit);
            slots[i] = low + carry;
            carry = high as i32;
            i += 1;
        }
        slots[last] = (digits[last] as i64 - quotient * Self::HIGHEST) as i32 + carry;
        Self::raw(carried)
    }

    #[inline(never)]
    pub(crate) const fn times(self, other: Self) -> Self {
        self.magnitude.check_product(other.magnitude);
        Self::reduced(product::<N>(
            self.digits.as_flattened(),
            other.digits.as_flattened(),
        ))
    }

    #[inline(never)]
    pub(crate) const fn squared(self) -> Self {
        self.magnitude.check_product(self.magnitude);
        Self::reduced(square::<N>(self.digits.as_flattened()))
    }

    #[inline(always)]
    const fn raw(digits: [[i32; 3]; N]) -> Self {
        Self {
            digits,
            magnitude: Magnitude::ONE,
            modulus: PhantomData,
        }
    }

    #[inline(always)]
    const fn reduced(columns: Columns) -> Self {
        if Self::FOLD != 0 {
            Self::folded(columns)
        } else {
            Self::divided(columns)
        }
    }

    /// `low + fold·high`, and what the highest digit has above the modulus' highest bit folded again.
    #[inline(always)]
    const fn folded(mut columns: Columns) -> Self {
        let mut over = 0;
        let mut i = 0;
        while i < Self::LEN {
            let above = columns[Self::LEN + i];
            // Upper columns without their upper halves, which count in the next, so that this adds less than 2^55.
            columns[i] += Self::FOLD * ((above & MASK) + over);
            over = above >> BITS;
            i += 1;
        }
        let (mut digits, highest) = Self::gathered(&columns, 0);
        let slots = digits.as_flattened_mut();
        let quotient = (highest + Self::HIGHEST / 2) >> Self::SHIFT;
        slots[Self::LEN - 1] = (highest - (quotient << Self::SHIFT)) as i32;
        let (low, carry) = split(slots[0] as i64 - quotient * Self::LOWEST);
        slots[0] = low;
        let (low, carry) = split(slots[1] as i64 + carry);
        slots[1] = low;
        slots[2] += carry as i32;
        Self::raw(digits)
    }

    /// Montgomery's division by `2^(29·digits)`.
    #[inline(always)]
    const fn divided(mut columns: Columns) -> Self {
        let modulus = Self::MODULUS.as_flattened();
        let mut i = 0;
        while i < Self::LEN {
            let factor = (columns[i] as i32).wrapping_mul(Self::NEGATED_INVERSE) << 3 >> 3;
            let mut j = 0;
            while j < Self::LEN {
                columns[i + j] += factor as i64 * modulus[j] as i64;
                j += 1;
            }
            columns[i + 1] += columns[i] >> BITS;
            i += 1;
        }
        let (mut digits, highest) = Self::gathered(&columns, Self::LEN);
        digits.as_flattened_mut()[Self::LEN - 1] = highest as i32;
        Self::raw(digits)
    }

    /// The digits that the columns from `start` on amount to, and the last one apart.
    #[inline(always)]
    const fn gathered(columns: &Columns, start: usize) -> ([[i32; 3]; N], i64) {
        let mut digits = [[0; 3]; N];
        let slots = digits.as_flattened_mut();
        let mut carry = 0;
        let mut i = 0;
        while i < Self::LEN - 1 {
            (slots[i], carry) = split(columns[start + i] + carry);
            i += 1;
        }
        (digits, columns[start + Self::LEN - 1] + carry)
    }
}

/// `(low, high)` of `low + 2^29·high` with a low part of at most 2^28, positive or negative.
#[inline(always)]
const fn split(column: i64) -> (i32, i64) {
    let spare = i32::BITS as usize - BITS;
    ((column as i32) << spare >> spare, (column + HALF) >> BITS)
}

const fn unpacked<const N: usize>(integer: &[u64; N]) -> [[i32; 3]; N] {
    let last = 9 * N / 4 - 1;
    let mut digits = [[0; 3]; N];
    let slots = digits.as_flattened_mut();
    let mut carry = 0;
    let mut i = 0;
    while i <= last {
        let (limb, shift) = (i * BITS / 64, i * BITS % 64);
        let above = if shift + BITS > 64 && limb + 1 < N {
            integer[limb + 1] << (64 - shift)
        } else {
            0
        };
        let digit = ((integer[limb] >> shift | above) as i64 & MASK) + carry;
        (slots[i], carry) = if i < last {
            split(digit)
        } else {
            (digit as i32, 0)
        };
        i += 1;
    }
    digits
}

/// The lower `64·N` bits, and 1 if what they stand for is negative.
const fn packed<const N: usize>(digits: &[[i32; 3]; N]) -> ([u64; N], u64) {
    let last = 9 * N / 4 - 1;
    let digits = digits.as_flattened();
    let mut integer = [0; N];
    let mut carry = 0;
    let mut i = 0;
    while i <= last {
        let digit = digits[i] as i64 + carry;
        carry = digit >> BITS;
        let low = (if i < last { digit & MASK } else { digit }) as u64;
        let (limb, shift) = (i * BITS / 64, i * BITS % 64);
        integer[limb] |= low << shift;
        if shift + BITS > 64 && limb + 1 < N {
            integer[limb + 1] |= low >> (64 - shift);
        }
        i += 1;
    }
    (integer, carry as u64 >> 63)
}

impl<M: Modulus<N>, const N: usize> ConditionallySelectable for Residue<M, N> {
    #[inline(always)]
    fn conditional_select(x: &Self, y: &Self, choice: Choice) -> Self {
        let mut chosen = *x;
        let slots = chosen.digits.as_flattened_mut();
        for (slot, other) in slots.iter_mut().zip(y.digits.as_flattened()) {
            slot.conditional_assign(other, choice);
        }
        chosen.magnitude = x.magnitude.or(y.magnitude);
        chosen
    }
}

impl<M, const N: usize> Zeroize for Residue<M, N> {
    fn zeroize(&mut self) {
        self.digits.zeroize();
    }
}
