//! Unsigned integers of a fixed number of 64-bit limbs, least significant first. All of it is `const`, because the
//! tables of base point multiples are computed at compile time, and none of it branches on values.

#![allow(
    clippy::as_conversions,
    clippy::indexing_slicing,
    reason = "the innermost loops, over arrays of fixed size; a const fn has neither From nor iterators"
)]

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
