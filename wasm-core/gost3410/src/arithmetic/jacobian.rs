//! Public multiples of points, for verification: Jacobian coordinates and sparse signed digits, as fast as it goes and
//! NOT in constant time.

#![allow(
    clippy::as_conversions,
    clippy::indexing_slicing,
    reason = "digits index tables that are made for their width"
)]

use alloc::boxed::Box;
use core::array;

use once_cell::race::OnceBox;

use super::{
    limbs,
    point::{Affine, Projective},
    weierstrass::{Element, Model, Parameters},
};

/// Digits of the multiplier of the base point are odd and less than 2^7, of other points less than 2^4.
const BASE_WINDOW: u32 = 8;
const WINDOW: u32 = 5;

/// G, 3·G, 5·G, …, made when first needed.
pub(crate) struct BaseMultiples<C: Parameters<N>, const N: usize>(
    OnceBox<[Affine<C, N>; 1 << (BASE_WINDOW - 2)]>,
);

impl<C: Parameters<N>, const N: usize> BaseMultiples<C, N> {
    pub(crate) const fn new() -> Self {
        Self(OnceBox::new())
    }

    fn affine(&self) -> &[Affine<C, N>; 1 << (BASE_WINDOW - 2)] {
        self.0.get_or_init(|| {
            let mut multiple = Projective::new(Affine::BASE);
            let twice = multiple.doubled();
            let multiples = array::from_fn(|_| {
                let this = multiple;
                multiple = multiple.plus(twice);
                this
            });
            Box::new(Projective::to_affine_all(&multiples))
        })
    }
}

/// A point `(x/z², y/z³)`; infinity has `z = 0`.
#[derive(Clone, Copy)]
pub(crate) struct Jacobian<C: Parameters<N>, const N: usize> {
    x: Element<C, N>,
    y: Element<C, N>,
    z: Element<C, N>,
}

impl<C: Parameters<N>, const N: usize> Jacobian<C, N> {
    const INFINITY: Self = Self {
        x: Element::<C, N>::ONE,
        y: Element::<C, N>::ONE,
        z: Element::<C, N>::ZERO,
    };

    fn new(point: Affine<C, N>) -> Self {
        Self {
            x: point.x,
            y: point.y,
            z: Element::<C, N>::ONE,
        }
    }

    /// `g·G + k·point`: both multipliers share the doublings.
    pub(crate) fn sum_of_products(g: &[u64; N], k: &[u64; N], point: Affine<C, N>) -> Self {
        let base_multiples = C::base_multiples().affine();
        let multiples = Self::odd_multiples(point);
        let base_digits = Digits::new(g, BASE_WINDOW);
        let digits = Digits::new(k, WINDOW);
        let mut sum = Self::INFINITY;
        for position in (0..base_digits.len.max(digits.len)).rev() {
            sum = sum.doubled();
            let digit = base_digits.digits[position];
            if digit != 0 {
                let multiple = base_multiples[usize::from(digit.unsigned_abs() / 2)];
                sum = sum.plus_affine(if digit < 0 {
                    multiple.negated()
                } else {
                    multiple
                });
            }
            let digit = digits.digits[position];
            if digit != 0 {
                let multiple = multiples[usize::from(digit.unsigned_abs() / 2)];
                sum = sum.plus(if digit < 0 {
                    multiple.negated()
                } else {
                    multiple
                });
            }
        }
        sum
    }

    pub(crate) fn is_infinity(&self) -> bool {
        self.z.is_zero()
    }

    /// Whether the affine x coordinate is this element.
    pub(crate) fn has_x(&self, x: Element<C, N>) -> bool {
        !self.is_infinity() && x.times(self.z.squared()) == self.x
    }

    fn odd_multiples(point: Affine<C, N>) -> [Self; 1 << (WINDOW - 2)] {
        let mut multiple = Self::new(point);
        let twice = multiple.doubled();
        let mut multiples = [multiple; 1 << (WINDOW - 2)];
        for slot in &mut multiples {
            *slot = multiple;
            multiple = twice.plus(multiple);
        }
        multiples
    }

    fn negated(self) -> Self {
        Self {
            y: self.y.negated(),
            ..self
        }
    }

    /// "dbl-2001-b" of the Explicit-Formulas Database, whose `alpha` is `3·x² + a·z⁴` in general, without its trick for z.
    fn doubled(self) -> Self {
        let delta = self.z.squared();
        let gamma2 = self.y.squared().doubled();
        let beta4 = self.x.times(gamma2).doubled();
        let alpha = if Model::<C, N>::A_IS_MINUS_3 {
            self.x.minus(delta).times(self.x.plus(delta)).tripled()
        } else {
            let a = Model::<C, N>::times_a(delta.squared());
            self.x.squared().tripled().plus(a)
        }
        .carried();
        let x = alpha.squared().minus(beta4.doubled()).carried();
        let gamma8 = gamma2.squared().doubled();
        Self {
            x,
            y: alpha.times(beta4.minus(x)).minus(gamma8).carried(),
            z: self.y.times(self.z).doubled(),
        }
    }

    /// "add-1998-cmo-2".
    fn plus(self, other: Self) -> Self {
        if self.is_infinity() {
            return other;
        }
        if other.is_infinity() {
            return self;
        }
        let (z1z1, z2z2) = (self.z.squared(), other.z.squared());
        Sides {
            u1: self.x.times(z2z2),
            u2: other.x.times(z1z1),
            s1: self.y.times(other.z).times(z2z2),
            s2: other.y.times(self.z).times(z1z1),
            z: self.z.times(other.z),
        }
        .chord(self)
    }

    /// The same with a z of 1.
    fn plus_affine(self, other: Affine<C, N>) -> Self {
        if self.is_infinity() {
            return Self::new(other);
        }
        let z1z1 = self.z.squared();
        Sides {
            u1: self.x,
            u2: other.x.times(z1z1),
            s1: self.y,
            s2: other.y.times(self.z).times(z1z1),
            z: self.z,
        }
        .chord(self)
    }
}

/// Two points brought to the same denominators, and the product of their z.
struct Sides<C: Parameters<N>, const N: usize> {
    u1: Element<C, N>,
    u2: Element<C, N>,
    s1: Element<C, N>,
    s2: Element<C, N>,
    z: Element<C, N>,
}

impl<C: Parameters<N>, const N: usize> Sides<C, N> {
    /// The sum; `first` is doubled if both points are the same.
    fn chord(self, first: Jacobian<C, N>) -> Jacobian<C, N> {
        let h = self.u2.minus(self.u1);
        let r = self.s2.minus(self.s1);
        if h.is_zero() {
            return if r.is_zero() {
                first.doubled()
            } else {
                Jacobian::INFINITY
            };
        }
        let hh = h.squared();
        let hhh = h.times(hh);
        let v = self.u1.times(hh);
        let x = r.squared().minus(hhh).minus(v.doubled()).carried();
        Jacobian {
            x,
            y: r.times(v.minus(x)).minus(self.s1.times(hhh)).carried(),
            z: self.z.times(h),
        }
    }
}

/// A multiplier as digits that are 0 or odd, with at least `window − 1` zeros after every other.
struct Digits {
    digits: [i16; 513],
    len: usize,
}

impl Digits {
    fn new<const N: usize>(multiplier: &[u64; N], window: u32) -> Self {
        let mut digits = [0; 513];
        let (mut len, mut position, mut carry) = (0, 0, 0);
        while position <= 64 * N {
            if limbs::bit(multiplier, position) == carry {
                position += 1;
                continue;
            }
            let value = (0..window as usize).fold(carry, |value, i| {
                value + (limbs::bit(multiplier, position + i) << i)
            }) as i16;
            let above = i16::from(value >= 1 << (window - 1)) << (window - 1);
            carry = u64::from(above != 0);
            digits[position] = value.wrapping_sub(above).wrapping_sub(above);
            len = position + 1;
            position += window as usize;
        }
        Self { digits, len }
    }
}
