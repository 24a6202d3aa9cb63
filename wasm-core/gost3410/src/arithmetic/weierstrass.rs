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
