//! The form in which keys and signatures keep their numbers, whatever the curve.

use zeroize::{Zeroize, Zeroizing};

/// An unsigned integer below 2^512.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Integer([u64; 8]);

impl Integer {
    /// At most 64 bytes, the least significant first; further ones are ignored.
    pub(crate) fn from_le_bytes(bytes: &[u8]) -> Self {
        let mut limbs = [0; 8];
        for (limb, chunk) in limbs.iter_mut().zip(bytes.chunks(8)) {
            let mut padded = Zeroizing::new([0; 8]);
            padded
                .iter_mut()
                .zip(chunk)
                .for_each(|(to, from)| *to = *from);
            *limb = u64::from_le_bytes(*padded);
        }
        Self(limbs)
    }

    /// At most 64 bytes, the most significant first.
    pub(crate) fn from_be_bytes(bytes: &[u8]) -> Self {
        let mut reversed = Zeroizing::new([0; 64]);
        reversed
            .iter_mut()
            .zip(bytes.iter().rev())
            .for_each(|(to, from)| *to = *from);
        Self::from_le_bytes(&*reversed)
    }

    /// Fills the whole of `bytes`, the least significant first.
    pub(crate) fn write_le(&self, bytes: &mut [u8]) {
        for (chunk, limb) in bytes.chunks_mut(8).zip(self.0) {
            chunk
                .iter_mut()
                .zip(limb.to_le_bytes())
                .for_each(|(to, from)| *to = from);
        }
    }

    /// Fills the whole of `bytes`, the most significant first.
    pub(crate) fn write_be(&self, bytes: &mut [u8]) {
        self.write_le(bytes);
        bytes.reverse();
    }

    pub(crate) fn from_limbs<const N: usize>(limbs: &[u64; N]) -> Self {
        let mut integer = Self::default();
        integer
            .0
            .iter_mut()
            .zip(limbs)
            .for_each(|(to, from)| *to = *from);
        integer
    }

    /// The lower limbs.
    pub(crate) fn limbs<const N: usize>(&self) -> [u64; N] {
        let mut limbs = [0; N];
        limbs
            .iter_mut()
            .zip(self.0)
            .for_each(|(to, from)| *to = from);
        limbs
    }
}

impl From<u64> for Integer {
    fn from(value: u64) -> Self {
        Self([value, 0, 0, 0, 0, 0, 0, 0])
    }
}

impl Zeroize for Integer {
    fn zeroize(&mut self) {
        self.0.zeroize();
    }
}
