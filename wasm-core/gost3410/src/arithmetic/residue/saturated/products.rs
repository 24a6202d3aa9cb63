//! Products of integers in limbs.

use crate::arithmetic::limbs::adc;

/// Room for the product of two integers of at most eight limbs.
pub(super) type Wide = [u64; 16];

/// `x·y` in the lower `2N` limbs.
#[inline(always)]
pub(super) const fn product<const N: usize>(x: &[u64; N], y: &[u64; N]) -> Wide {
    let mut wide = [0; 16];
    let mut i = 0;
    while i < N {
        let mut carry = 0;
        let mut j = 0;
        while j < N {
            (wide[i + j], carry) = mac(wide[i + j], x[i], y[j], carry);
            j += 1;
        }
        wide[i + N] = carry;
        i += 1;
    }
    wide
}

/// `x²` in the lower `2N` limbs: each mixed product is computed once and doubled.
#[inline(always)]
pub(super) const fn square<const N: usize>(x: &[u64; N]) -> Wide {
    let mut wide = [0; 16];
    let mut i = 0;
    while i < N {
        let mut carry = 0;
        let mut j = i + 1;
        while j < N {
            (wide[i + j], carry) = mac(wide[i + j], x[i], x[j], carry);
            j += 1;
        }
        wide[i + N] = carry;
        i += 1;
    }
    let (mut carry, mut shifted_out) = (0, 0);
    let mut i = 0;
    while i < N {
        let (low, high) = mac(0, x[i], x[i], 0);
        let (even, odd) = (wide[2 * i], wide[2 * i + 1]);
        (wide[2 * i], carry) = adc(even << 1 | shifted_out, low, carry);
        (wide[2 * i + 1], carry) = adc(odd << 1 | even >> 63, high, carry);
        shifted_out = odd >> 63;
        i += 1;
    }
    wide
}

/// `(low, high)` of `acc + x·y + carry`, which cannot overflow.
#[inline(always)]
pub(super) const fn mac(acc: u64, x: u64, y: u64, carry: u64) -> (u64, u64) {
    let sum = acc as u128 + x as u128 * y as u128 + carry as u128;
    (sum as u64, (sum >> 64) as u64)
}
