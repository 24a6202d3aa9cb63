//! Inverses modulo a prime in constant time: Bernstein and Yang (2019), "Fast constant-time gcd computation and modular
//! inversion", with the step that starts at δ = 1/2. Numbers are signed, in limbs of 62 bits of which the highest
//! carries the sign, so that 62 steps at a time are done on the lowest limbs alone and then applied to all of them.

#![allow(
    clippy::as_conversions,
    clippy::indexing_slicing,
    reason = "the innermost loops, over arrays of fixed size, on numbers that change their sign and width"
)]

use zeroize::Zeroize;

const BITS: usize = 62;
const MASK: u64 = (1 << BITS) - 1;

/// `Σ limb[i]·2^(62·i)`; 512-bit numbers and their signs need nine limbs, 256-bit ones use five.
type Signed = [i64; 9];

/// The effect of 62 steps, times 2^62: `f' = u·f + v·g`, `g' = q·f + r·g`.
struct Matrix {
    u: i64,
    v: i64,
    q: i64,
    r: i64,
}

/// `1/x` modulo the modulus, of which the caller knows `−1/modulus mod 2^64`; 0 for 0. x must be below the modulus.
pub(crate) fn inverse<const N: usize>(
    x: &[u64; N],
    modulus: &[u64; N],
    negated_inverse: u64,
) -> [u64; N] {
    let len = (64 * N + 1).div_ceil(BITS);
    // So many steps always suffice: section 11 of the paper, with the better bound for δ = 1/2.
    let steps: usize = (45907 * 64 * N + 26313) / 19929;
    let modulus = to_signed(modulus);
    let (mut f, mut g) = (modulus, to_signed(x));
    let (mut d, mut e) = ([0; 9], [0; 9]);
    e[0] = 1;
    let mut zeta = -1;
    for _ in 0..steps.div_ceil(BITS) {
        let matrix;
        (matrix, zeta) = divsteps(zeta, f[0] as u64, g[0] as u64);
        apply(&matrix, &mut f, &mut g, len);
        apply_modulo(&matrix, &mut d, &mut e, &modulus, negated_inverse, len);
    }
    // Now f is ±1, and d is ±1/x in (−2·modulus, modulus).
    normalise(&mut d, f[len - 1] >> 63, &modulus, len);
    let inverse = from_signed(&d);
    [f, g, d, e].zeroize();
    inverse
}

/// 62 steps on the lowest bits of f and g. `zeta` is `−(δ + 1/2)`.
fn divsteps(mut zeta: i64, f0: u64, g0: u64) -> (Matrix, i64) {
    let (mut f, mut g) = (f0, g0);
    let (mut u, mut v, mut q, mut r) = (1u64, 0u64, 0u64, 1u64);
    for _ in 0..BITS {
        let negative = (zeta >> 63) as u64;
        let odd = (g & 1).wrapping_neg();
        // g ± f if g is odd, minus if δ > 0.
        g = g.wrapping_add(((f ^ negative).wrapping_sub(negative)) & odd);
        q = q.wrapping_add(((u ^ negative).wrapping_sub(negative)) & odd);
        r = r.wrapping_add(((v ^ negative).wrapping_sub(negative)) & odd);
        // If both, f becomes the old g and δ changes its sign.
        let swap = negative & odd;
        zeta = (zeta ^ swap as i64) - 1;
        f = f.wrapping_add(g & swap);
        u = u.wrapping_add(q & swap);
        v = v.wrapping_add(r & swap);
        g >>= 1;
        u <<= 1;
        v <<= 1;
    }
    let matrix = Matrix {
        u: u as i64,
        v: v as i64,
        q: q as i64,
        r: r as i64,
    };
    (matrix, zeta)
}

/// `(f, g) ← matrix·(f, g)/2^62`, which is exact.
#[inline(always)]
fn apply(matrix: &Matrix, f: &mut Signed, g: &mut Signed, len: usize) {
    let (mut f_sum, mut g_sum) = (0, 0);
    for i in 0..len {
        f_sum += product(matrix.u, f[i]) + product(matrix.v, g[i]);
        g_sum += product(matrix.q, f[i]) + product(matrix.r, g[i]);
        if i > 0 {
            f[i - 1] = low(f_sum);
            g[i - 1] = low(g_sum);
        }
        f_sum >>= BITS;
        g_sum >>= BITS;
    }
    f[len - 1] = f_sum as i64;
    g[len - 1] = g_sum as i64;
}

/// `(d, e) ← matrix·(d, e)/2^62` modulo the modulus, a multiple of which makes it exact. Both stay in
/// (−2·modulus, modulus).
#[inline(always)]
fn apply_modulo(
    matrix: &Matrix,
    d: &mut Signed,
    e: &mut Signed,
    modulus: &Signed,
    negated_inverse: u64,
    len: usize,
) {
    let (d_sign, e_sign) = (d[len - 1] >> 63, e[len - 1] >> 63);
    let factor = |x: i64, y: i64| {
        // What brings a negative d or e back up, less what makes the lowest limb zero: never more than that, or the
        // bounds would not hold.
        let up = (x & d_sign).wrapping_add(y & e_sign);
        let lowest = x.wrapping_mul(d[0]).wrapping_add(y.wrapping_mul(e[0])) as u64;
        let excess = (up as u64).wrapping_sub(negated_inverse.wrapping_mul(lowest)) & MASK;
        up.wrapping_sub(excess as i64)
    };
    let (d_factor, e_factor) = (factor(matrix.u, matrix.v), factor(matrix.q, matrix.r));
    let (mut d_sum, mut e_sum) = (0, 0);
    for i in 0..len {
        d_sum += product(matrix.u, d[i]) + product(matrix.v, e[i]) + product(modulus[i], d_factor);
        e_sum += product(matrix.q, d[i]) + product(matrix.r, e[i]) + product(modulus[i], e_factor);
        if i > 0 {
            d[i - 1] = low(d_sum);
            e[i - 1] = low(e_sum);
        }
        d_sum >>= BITS;
        e_sum >>= BITS;
    }
    d[len - 1] = d_sum as i64;
    e[len - 1] = e_sum as i64;
}

/// Brings d from (−2·modulus, modulus) to its residue, with its sign changed if `negate` is −1 instead of 0.
fn normalise(d: &mut Signed, negate: i64, modulus: &Signed, len: usize) {
    for change in [negate, 0] {
        let up = d[len - 1] >> 63;
        let mut carry = 0;
        for i in 0..len {
            let limb = d[i] + (modulus[i] & up);
            carry += (limb ^ change) - change;
            if i + 1 < len {
                d[i] = carry & MASK as i64;
                carry >>= BITS;
            } else {
                d[i] = carry;
            }
        }
    }
}

#[inline(always)]
fn product(x: i64, y: i64) -> i128 {
    i128::from(x) * i128::from(y)
}

#[inline(always)]
fn low(sum: i128) -> i64 {
    (sum as u64 & MASK) as i64
}

fn to_signed<const N: usize>(x: &[u64; N]) -> Signed {
    core::array::from_fn(|i| {
        let (limb, shift) = (i * BITS / 64, i * BITS % 64);
        let part = |limb: usize| x.get(limb).copied().unwrap_or(0);
        let above = if shift > 0 {
            part(limb + 1) << (64 - shift)
        } else {
            0
        };
        ((part(limb) >> shift | above) & MASK) as i64
    })
}

fn from_signed<const N: usize>(x: &Signed) -> [u64; N] {
    core::array::from_fn(|i| {
        let (limb, shift) = (i * 64 / BITS, i * 64 % BITS);
        let part = |limb: usize| x.get(limb).map_or(0, |limb| *limb as u64);
        // The third limb is needed where the first contributes fewer than two bits.
        let third = if shift > 60 {
            part(limb + 2) << (2 * BITS - shift)
        } else {
            0
        };
        part(limb) >> shift | part(limb + 1) << (BITS - shift) | third
    })
}

#[cfg(test)]
mod tests {
    use crate::{
        Curve,
        arithmetic::weierstrass::{Element, Parameters, Scalar},
        curve::on_curve,
    };

    #[test]
    fn a_number_times_its_inverse_is_1() {
        fn check<C: Parameters<N>, const N: usize>() {
            let (mut element, mut scalar) =
                (Element::<C, N>::new(&C::B), Scalar::<C, N>::new(&C::B));
            for _ in 0..200 {
                assert!(element.times(element.inverted()) == Element::<C, N>::ONE);
                assert!(scalar.times(scalar.inverted()) == Scalar::<C, N>::ONE);
                element = element.squared().plus(Element::<C, N>::ONE);
                scalar = scalar.squared().plus(Scalar::<C, N>::ONE);
            }
            let minus_one = Element::<C, N>::ONE.negated();
            assert!(minus_one.inverted() == minus_one);
            assert!(Element::<C, N>::ZERO.inverted() == Element::<C, N>::ZERO);
            assert!(Scalar::<C, N>::ZERO.inverted() == Scalar::<C, N>::ZERO);
        }
        for curve in Curve::ALL {
            on_curve!(curve, C => check::<C, _>());
        }
    }
}
