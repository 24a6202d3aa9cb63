//! Secret multiples of the base point: a signed comb (Hamburg 2012, "Fast and compact elliptic-curve cryptography",
//! section 3.3).

#![allow(clippy::as_conversions, reason = "single bits")]

use alloc::boxed::Box;
use core::array;

use once_cell::race::OnceBox;
use subtle::Choice;
use zeroize::Zeroize;

use super::{
    limbs,
    point::{Affine, Projective},
    weierstrass::{Parameters, Scalar},
};

const COMBS: usize = 4;
const TEETH: usize = 6;
/// The highest tooth only decides the sign.
const ENTRIES: usize = 1 << (TEETH - 1);

/// For each comb, the sums ±teeth + highest tooth: bit j of an entry's place is 1 where tooth j is added. Made when
/// first needed.
pub(crate) struct Comb<C: Parameters<N>, const N: usize>(OnceBox<[[Affine<C, N>; ENTRIES]; COMBS]>);

impl<C: Parameters<N>, const N: usize> Comb<C, N> {
    /// How many bits lie between two teeth, so that the combs together cover all limbs.
    const SPACING: usize = (64 * N).div_ceil(COMBS * TEETH);

    /// `2^(bits of all combs) − 1`, halved: see [`Self::times_base`].
    const OFFSET: Scalar<C, N> = Scalar::<C, N>::power_of_two(Self::SPACING * TEETH * COMBS)
        .minus(Scalar::<C, N>::ONE)
        .times(Scalar::<C, N>::HALF);

    pub(crate) const fn new() -> Self {
        Self(OnceBox::new())
    }

    /// `scalar·G`.
    ///
    /// Read as digits ±1 instead of 1 and 0, the bits of `k' = (k + 2^bits − 1)/2` are worth `2·k' − (2^bits − 1) = k`.
    pub(crate) fn times_base(&self, scalar: &Scalar<C, N>) -> Projective<C, N> {
        let tables = self.0.get_or_init(|| Box::new(Self::tables()));
        let recoded = scalar.times(Scalar::<C, N>::HALF).plus(Self::OFFSET);
        let mut digits = recoded.integer();
        let mut product = Projective::INFINITY;
        for column in (0..Self::SPACING).rev() {
            product = product.doubled();
            for (comb, table) in tables.iter().enumerate() {
                let digit =
                    |tooth| limbs::bit(&digits, column + Self::SPACING * (comb * TEETH + tooth));
                let negative = digit(TEETH - 1) ^ 1;
                let place = (0..TEETH - 1)
                    .fold(0, |place, tooth| place | (digit(tooth) ^ negative) << tooth);
                let mut entry = Affine::select(table, place);
                entry.negate_if(Choice::from(negative as u8));
                product = product.plus_affine(entry);
            }
        }
        digits.zeroize();
        product
    }

    fn tables() -> [[Affine<C, N>; ENTRIES]; COMBS] {
        let mut tooth = Projective::new(Affine::BASE);
        array::from_fn(|_| {
            let teeth: [_; TEETH] = array::from_fn(|_| {
                let this = tooth;
                (0..Self::SPACING).for_each(|_| tooth = tooth.doubled());
                this
            });
            let [lower @ .., highest] = teeth;
            Projective::to_affine_all(&array::from_fn(|place| {
                (0..).zip(lower).fold(highest, |sum, (j, tooth)| {
                    sum.plus(if place >> j & 1 == 1 {
                        tooth
                    } else {
                        tooth.negated()
                    })
                })
            }))
        })
    }
}
