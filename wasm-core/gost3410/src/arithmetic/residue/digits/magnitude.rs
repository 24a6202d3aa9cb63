//! That no sum of digits overflows, whatever they are.

/// How many carried residues a sum is made of. It is counted where assertions are checked, as in tests, and is nothing
/// elsewhere.
#[derive(Clone, Copy)]
pub(super) struct Magnitude(#[cfg(debug_assertions)] u32);

#[cfg(debug_assertions)]
impl Magnitude {
    pub(super) const ONE: Self = Self(1);

    /// Of a sum. Six times 2^28 and a bit, and the 2^28 by which it is rounded, are less than 2^31.
    pub(super) const fn plus(self, other: Self) -> Self {
        assert!(self.0 + other.0 <= 6);
        Self(self.0 + other.0)
    }

    /// Whether factors may be multiplied. Six times 18 products of 2^28 and a bit each, and 18 more from Montgomery's
    /// division, are less than 2^63.
    pub(super) const fn check_product(self, other: Self) {
        assert!(self.0 * other.0 <= 6);
    }

    pub(super) const fn or(self, other: Self) -> Self {
        Self(if self.0 > other.0 { self.0 } else { other.0 })
    }
}

#[cfg(not(debug_assertions))]
impl Magnitude {
    pub(super) const ONE: Self = Self();

    pub(super) const fn plus(self, _: Self) -> Self {
        self
    }

    pub(super) const fn check_product(self, _: Self) {}

    pub(super) const fn or(self, _: Self) -> Self {
        self
    }
}
