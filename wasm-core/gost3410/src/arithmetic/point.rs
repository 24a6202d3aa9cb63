//! Points in constant time: projective coordinates and the complete formulas of Renes, Costello and Batina (2015),
//! "Complete addition formulas for prime order elliptic curves", section 3. On the curves of cofactor 4 they fail only
//! for points that differ by a point of order 2, which cannot happen within the group that the base point generates.

use subtle::{Choice, ConditionallySelectable, ConstantTimeEq};
use zeroize::Zeroize;

use super::weierstrass::{Element, Model, Parameters, Scalar};

/// A point other than infinity.
#[derive(Clone, Copy)]
pub(crate) struct Affine<C: Parameters<N>, const N: usize> {
    pub(crate) x: Element<C, N>,
    pub(crate) y: Element<C, N>,
}

impl<C: Parameters<N>, const N: usize> Affine<C, N> {
    pub(crate) const BASE: Self = Self::new(&C::X, &C::Y);

    /// The point with these coordinates, if there is one.
    pub(crate) fn on_curve(x: &[u64; N], y: &[u64; N]) -> Option<Self> {
        let point = Self::new(x, y);
        let Self { x, y } = point;
        let right = x
            .squared()
            .plus(Model::<C, N>::A)
            .times(x)
            .plus(Model::<C, N>::B);
        (y.squared() == right).then_some(point)
    }

    /// The point with these coordinates, which are known to be those of one.
    pub(crate) const fn new(x: &[u64; N], y: &[u64; N]) -> Self {
        Self {
            x: Element::<C, N>::new(x).times(Model::<C, N>::U2),
            y: Element::<C, N>::new(y).times(Model::<C, N>::U3),
        }
    }

    pub(crate) fn negated(self) -> Self {
        Self {
            x: self.x,
            y: self.y.negated(),
        }
    }

    /// The entry of a table at a secret index: every entry is read.
    #[inline(always)]
    pub(crate) fn select(table: &[Self], index: u64) -> Self {
        let mut chosen = Self {
            x: Element::<C, N>::ZERO,
            y: Element::<C, N>::ZERO,
        };
        for (position, entry) in (0u64..).zip(table) {
            let here = position.ct_eq(&index);
            chosen.x.conditional_assign(&entry.x, here);
            chosen.y.conditional_assign(&entry.y, here);
        }
        chosen
    }

    #[inline(always)]
    pub(crate) fn negate_if(&mut self, choice: Choice) {
        self.y.conditional_assign(&self.y.negated(), choice);
    }
}

/// A point `(x/z, y/z)`; infinity has `z = 0`.
#[derive(Clone, Copy)]
pub(crate) struct Projective<C: Parameters<N>, const N: usize> {
    pub(crate) x: Element<C, N>,
    pub(crate) y: Element<C, N>,
    pub(crate) z: Element<C, N>,
}

/// The six products of coordinates from which the formulas compose a sum.
struct Products<C: Parameters<N>, const N: usize> {
    xx: Element<C, N>,
    yy: Element<C, N>,
    zz: Element<C, N>,
    /// `x1·y2 + x2·y1`, and so on.
    xy: Element<C, N>,
    xz: Element<C, N>,
    yz: Element<C, N>,
}

impl<C: Parameters<N>, const N: usize> Projective<C, N> {
    pub(crate) const INFINITY: Self = Self {
        x: Element::<C, N>::ZERO,
        y: Element::<C, N>::ONE,
        z: Element::<C, N>::ZERO,
    };

    pub(crate) fn new(point: Affine<C, N>) -> Self {
        Self {
            x: point.x,
            y: point.y,
            z: Element::<C, N>::ONE,
        }
    }

    pub(crate) fn plus(self, other: Self) -> Self {
        let xx = self.x.times(other.x);
        let yy = self.y.times(other.y);
        let zz = self.z.times(other.z);
        let xy = self.x.plus(self.y).times(other.x.plus(other.y));
        let xz = self.x.plus(self.z).times(other.x.plus(other.z));
        let yz = self.y.plus(self.z).times(other.y.plus(other.z));
        Self::sum(&Products {
            xy: xy.minus(xx).minus(yy),
            xz: xz.minus(xx).minus(zz).carried(),
            yz: yz.minus(yy).minus(zz),
            xx,
            yy,
            zz,
        })
    }

    pub(crate) fn plus_affine(self, other: Affine<C, N>) -> Self {
        let xx = self.x.times(other.x);
        let yy = self.y.times(other.y);
        let xy = self.x.plus(self.y).times(other.x.plus(other.y));
        Self::sum(&Products {
            xy: xy.minus(xx).minus(yy),
            xz: other.x.times(self.z).plus(self.x),
            yz: other.y.times(self.z).plus(self.y),
            zz: self.z,
            xx,
            yy,
        })
    }

    pub(crate) fn negated(self) -> Self {
        Self {
            y: self.y.negated(),
            ..self
        }
    }

    /// The formulas of the paper's theorem, before they are laid out as algorithm 1.
    #[inline(always)]
    fn sum(products: &Products<C, N>) -> Self {
        let Products {
            xx,
            yy,
            zz,
            xy,
            xz,
            yz,
        } = *products;
        let w = Model::<C, N>::times_a(xz)
            .plus(Model::<C, N>::B3.times(zz))
            .carried();
        let (less, more) = (yy.minus(w), yy.plus(w));
        let azz = Model::<C, N>::times_a(zz);
        let slope = xx.tripled().plus(azz).carried();
        let rest = Model::<C, N>::times_a(xx.minus(azz))
            .plus(Model::<C, N>::B3.times(xz))
            .carried();
        Self {
            x: xy.times(less).minus(yz.times(rest)).carried(),
            y: more.times(less).plus(slope.times(rest)).carried(),
            z: yz.times(more).plus(xy.times(slope)).carried(),
        }
    }

    pub(crate) fn doubled(self) -> Self {
        let (xx, yy, zz) = (self.x.squared(), self.y.squared(), self.z.squared());
        let xy = self.x.times(self.y).doubled();
        let xz = self.x.times(self.z).doubled();
        let yz = self.y.times(self.z).doubled();
        let w = Model::<C, N>::times_a(xz)
            .plus(Model::<C, N>::B3.times(zz))
            .carried();
        let (less, more) = (yy.minus(w), yy.plus(w));
        let azz = Model::<C, N>::times_a(zz);
        let slope = xx.tripled().plus(azz).carried();
        let rest = Model::<C, N>::times_a(xx.minus(azz))
            .plus(Model::<C, N>::B3.times(xz))
            .carried();
        Self {
            x: xy.times(less).minus(yz.times(rest)).carried(),
            y: more.times(less).plus(slope.times(rest)).carried(),
            z: yz.times(yy).doubled().doubled().carried(),
        }
    }

    /// A secret multiple of any point of the group: windows of four bits, every entry of the table read each time.
    pub(crate) fn times(self, scalar: &Scalar<C, N>) -> Self {
        let mut multiples = [Self::INFINITY; 16];
        let mut multiple = Self::INFINITY;
        for slot in &mut multiples {
            *slot = multiple;
            multiple = multiple.plus(self);
        }
        let mut digits = scalar.integer();
        let mut product = Self::INFINITY;
        for limb in digits.iter().rev() {
            for shift in (0..64).step_by(4).rev() {
                product = product.doubled().doubled().doubled().doubled();
                product = product.plus(Self::select(&multiples, limb >> shift & 15));
            }
        }
        digits.zeroize();
        product
    }

    fn select(table: &[Self; 16], index: u64) -> Self {
        let mut chosen = Self::INFINITY;
        for (position, entry) in (0u64..).zip(table) {
            let here = position.ct_eq(&index);
            chosen.x.conditional_assign(&entry.x, here);
            chosen.y.conditional_assign(&entry.y, here);
            chosen.z.conditional_assign(&entry.z, here);
        }
        chosen
    }

    /// The coordinates, both 0 for infinity.
    pub(crate) fn coordinates(self) -> ([u64; N], [u64; N]) {
        let z = self.z.times(Model::<C, N>::U3);
        let x = self.x.times(Model::<C, N>::U);
        let Affine { x, y } = Self { x, z, ..self }.scaled(z.inverted());
        (x.integer(), y.integer())
    }

    fn scaled(self, inverse_of_z: Element<C, N>) -> Affine<C, N> {
        Affine {
            x: self.x.times(inverse_of_z),
            y: self.y.times(inverse_of_z),
        }
    }

    /// The coordinates of many points for the price of one inversion (Montgomery's trick); none may be infinity.
    pub(crate) fn to_affine_all<const K: usize>(points: &[Self; K]) -> [Affine<C, N>; K] {
        let mut product = Element::<C, N>::ONE;
        let mut affine = points.map(|point| {
            let before = product;
            product = product.times(point.z);
            Affine {
                x: before,
                y: before,
            }
        });
        let mut inverse = product.inverted();
        for (slot, point) in affine.iter_mut().zip(points).rev() {
            *slot = point.scaled(inverse.times(slot.x));
            inverse = inverse.times(point.z);
        }
        affine
    }
}

impl<C: Parameters<N>, const N: usize> Zeroize for Affine<C, N> {
    fn zeroize(&mut self) {
        self.x.zeroize();
        self.y.zeroize();
    }
}

impl<C: Parameters<N>, const N: usize> Zeroize for Projective<C, N> {
    fn zeroize(&mut self) {
        self.x.zeroize();
        self.y.zeroize();
        self.z.zeroize();
    }
}
