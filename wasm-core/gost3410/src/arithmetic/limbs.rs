//! Unsigned integers of a fixed number of 64-bit limbs, least significant first. All of it is `const`, because the
//! tables of base point multiples are computed at compile time, and none of it branches on values.

#![allow(
    clippy::as_conversions,
    clippy::indexing_slicing,
    reason = "the innermost loops, over arrays of fixed size; a const fn has neither From nor iterators"
)]

/// Room for the product of two integers of at most eight limbs.
pub(crate) type Wide = [u64; 16];

/// `(low, high)` of `acc + x·y + carry`, which cannot overflow.
#[inline(always)]
pub(crate) const fn mac(acc: u64, x: u64, y: u64, carry: u64) -> (u64, u64) {
    if cfg!(target_family = "wasm") {
        mac_by_halves(acc, x, y, carry)
    } else {
        let sum = acc as u128 + x as u128 * y as u128 + carry as u128;
        (sum as u64, (sum >> 64) as u64)
    }
}

/// The same where the processor multiplies to 64 bits only, as WebAssembly's: the compiler's own way to 128 is a call there.
#[inline(always)]
const fn mac_by_halves(acc: u64, x: u64, y: u64, carry: u64) -> (u64, u64) {
    const LOW: u64 = 0xffff_ffff;
    let (x_low, x_high, y_low, y_high) = (x & LOW, x >> 32, y & LOW, y >> 32);
    let low = x_low * y_low + (acc & LOW) + (carry & LOW);
    let one = x_high * y_low + (acc >> 32) + (low >> 32);
    let other = x_low * y_high + (carry >> 32) + (one & LOW);
    let high = x_high * y_high + (one >> 32) + (other >> 32);
    (other << 32 | low & LOW, high)
}

/// `(sum, carry)` of `x + y + carry`; carries are 0 or 1.
#[inline(always)]
pub(crate) const fn adc(x: u64, y: u64, carry: u64) -> (u64, u64) {
    let (sum, over) = x.overflowing_add(y);
    let (sum, again) = sum.overflowing_add(carry);
    (sum, (over | again) as u64)
}

/// `(difference, borrow)` of `x − y − borrow`; borrows are 0 or 1.
#[inline(always)]
pub(crate) const fn sbb(x: u64, y: u64, borrow: u64) -> (u64, u64) {
    let (difference, under) = x.overflowing_sub(y);
    let (difference, again) = difference.overflowing_sub(borrow);
    (difference, (under | again) as u64)
}

/// `(sum, carry)`.
#[inline(always)]
pub(crate) const fn add<const N: usize>(x: &[u64; N], y: &[u64; N]) -> ([u64; N], u64) {
    let mut sum = [0; N];
    let mut carry = 0;
    let mut i = 0;
    while i < N {
        (sum[i], carry) = adc(x[i], y[i], carry);
        i += 1;
    }
    (sum, carry)
}

/// `(difference, borrow)`.
#[inline(always)]
pub(crate) const fn sub<const N: usize>(x: &[u64; N], y: &[u64; N]) -> ([u64; N], u64) {
    let mut difference = [0; N];
    let mut borrow = 0;
    let mut i = 0;
    while i < N {
        (difference[i], borrow) = sbb(x[i], y[i], borrow);
        i += 1;
    }
    (difference, borrow)
}

/// `(sum, carry)` with a single limb.
#[inline(always)]
pub(crate) const fn add_limb<const N: usize>(x: &[u64; N], y: u64) -> ([u64; N], u64) {
    let mut sum = [0; N];
    let mut carry;
    (sum[0], carry) = adc(x[0], y, 0);
    let mut i = 1;
    while i < N {
        (sum[i], carry) = adc(x[i], 0, carry);
        i += 1;
    }
    (sum, carry)
}

/// `(difference, borrow)` with a single limb.
#[inline(always)]
pub(crate) const fn sub_limb<const N: usize>(x: &[u64; N], y: u64) -> ([u64; N], u64) {
    let mut difference = [0; N];
    let mut borrow;
    (difference[0], borrow) = sbb(x[0], y, 0);
    let mut i = 1;
    while i < N {
        (difference[i], borrow) = sbb(x[i], 0, borrow);
        i += 1;
    }
    (difference, borrow)
}

/// `x` if `choice` is 0, `y` if it is 1.
#[inline(always)]
pub(crate) const fn select<const N: usize>(x: &[u64; N], y: &[u64; N], choice: u64) -> [u64; N] {
    let mask = choice.wrapping_neg();
    let mut chosen = [0; N];
    let mut i = 0;
    while i < N {
        chosen[i] = x[i] ^ (mask & (x[i] ^ y[i]));
        i += 1;
    }
    chosen
}

/// `x·y` in the lower `2N` limbs.
#[inline(always)]
pub(crate) const fn product<const N: usize>(x: &[u64; N], y: &[u64; N]) -> Wide {
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
pub(crate) const fn square<const N: usize>(x: &[u64; N]) -> Wide {
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

/// Whether all limbs are 0.
pub(crate) const fn is_zero<const N: usize>(x: &[u64; N]) -> bool {
    let mut bits = 0;
    let mut i = 0;
    while i < N {
        bits |= x[i];
        i += 1;
    }
    bits == 0
}

/// Bit number `position`, the lowest being 0; above the top all bits are 0.
#[inline(always)]
pub(crate) const fn bit<const N: usize>(x: &[u64; N], position: usize) -> u64 {
    if position < 64 * N {
        x[position / 64] >> (position % 64) & 1
    } else {
        0
    }
}

/// Reads hexadecimal digits, the most significant first; a text that is no number of `N` limbs does not compile.
pub(crate) const fn from_hex<const N: usize>(text: &str) -> [u64; N] {
    let digits = text.as_bytes();
    assert!(digits.len() <= 16 * N);
    let mut limbs = [0; N];
    let mut i = 0;
    while i < digits.len() {
        let value = match digits[i] {
            digit @ b'0'..=b'9' => digit - b'0',
            digit @ b'A'..=b'F' => digit - b'A' + 10,
            _ => unreachable!(),
        };
        let position = digits.len() - 1 - i;
        limbs[position / 16] |= (value as u64) << (4 * (position % 16));
        i += 1;
    }
    limbs
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Any number, and those at which halves carry.
    fn limb() -> impl Strategy<Value = u64> {
        let edges = [0, 1, 0xffff_ffff, 1 << 32, u64::MAX - 0xffff_ffff, u64::MAX];
        prop_oneof![any::<u64>(), prop::sample::select(edges.to_vec())]
    }

    proptest! {
        #[test]
        fn halves_make_the_same_product(acc in limb(), x in limb(), y in limb(), carry in limb()) {
            let sum = u128::from(acc) + u128::from(x) * u128::from(y) + u128::from(carry);
            let (low, high) = mac_by_halves(acc, x, y, carry);
            prop_assert_eq!(u128::from(high) << 64 | u128::from(low), sum);
        }
    }
}
