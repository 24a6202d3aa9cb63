//! What sets one curve apart: `y² = x³ + a·x + b` over a prime field, and a base point of prime order.

use core::marker::PhantomData;

use super::{
    comb::Comb,
    jacobian::BaseMultiples,
    residue::{Modulus, Residue},
};

/// The numbers of a curve, as integers of `N` limbs.
pub(crate) trait Parameters<const N: usize>: Copy + 'static {
    /// The field; curves over the same prime share its code.
    type Prime: Modulus<N>;
    const A: [u64; N];
    const B: [u64; N];
    /// The order q of the base point.
    const Q: [u64; N];
    /// The order of the whole group, divided by q.
    const COFACTOR: u64;
    /// The base point.
    const X: [u64; N];
    const Y: [u64; N];
    /// A factor that leads to a curve of the same shape with a pleasant a, on which all computing is done: the point
    /// `(x, y)` becomes `(u²·x, u³·y)`, a becomes `u⁴·a`, which is −3 or 1 wherever possible, and b becomes `u⁶·b`.
    const U: [u64; N];

    /// The curve's tables for signing and for verifying.
    fn comb() -> &'static Comb<Self, N>;
    fn base_multiples() -> &'static BaseMultiples<Self, N>;
}

/// The order of a curve's base point, as a modulus.
#[derive(Clone, Copy)]
pub(crate) struct Order<C>(PhantomData<C>);

impl<C: Parameters<N>, const N: usize> Modulus<N> for Order<C> {
    const MODULUS: [u64; N] = C::Q;
}

/// A coordinate.
pub(crate) type Element<C, const N: usize> = Residue<<C as Parameters<N>>::Prime, N>;
/// A multiplier of points.
pub(crate) type Scalar<C, const N: usize> = Residue<Order<C>, N>;

/// The curve that is computed on.
pub(crate) struct Model<C, const N: usize>(PhantomData<C>);

impl<C: Parameters<N>, const N: usize> Model<C, N> {
    pub(crate) const A: Element<C, N> = {
        let u2 = Self::U2;
        Element::<C, N>::new(&C::A).times(u2).times(u2)
    };
    pub(crate) const B: Element<C, N> = Element::<C, N>::new(&C::B).times(Self::U3).times(Self::U3);
    pub(crate) const B3: Element<C, N> = Self::B.tripled().carried();
    /// Multiplying by −3 or 1 takes no multiplication.
    pub(crate) const A_IS_MINUS_3: bool = Self::A.plus(Element::<C, N>::ONE.tripled()).is_zero();
    pub(crate) const A_IS_1: bool = Self::A.minus(Element::<C, N>::ONE).is_zero();
    pub(crate) const U: Element<C, N> = Element::<C, N>::new(&C::U);
    pub(crate) const U2: Element<C, N> = Self::U.squared();
    pub(crate) const U3: Element<C, N> = Self::U2.times(Self::U);

    #[inline(always)]
    pub(crate) fn times_a(element: Element<C, N>) -> Element<C, N> {
        if Self::A_IS_MINUS_3 {
            element.tripled().negated().carried()
        } else if Self::A_IS_1 {
            element
        } else {
            element.times(Self::A)
        }
    }
}
