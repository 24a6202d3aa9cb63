//! The rounds, which GOST 28147-89 and Magma have in common: the standards differ only in how octets
//! become numbers.

use super::sbox::SBox;
use zeroize::{Zeroize, ZeroizeOnDrop};

/// The halves N1 and N2 of a block (RFC 5830 section 4).
pub(crate) type Halves = [u32; 2];

/// The cipher under a key.
#[derive(Clone)]
pub(crate) struct Rounds {
    /// A word of the key for each round of an encryption.
    schedule: [u32; 32],
    pub(super) sbox: &'static SBox,
}

impl Rounds {
    /// `word` reads a number as the standard has it.
    pub(crate) fn new(key: &[u8; 32], word: fn([u8; 4]) -> u32, sbox: &'static SBox) -> Self {
        let mut schedule = [0; 32];
        let (key, _) = key.as_chunks();
        // Three times forwards, and once backwards.
        let order = key.iter().cycle().take(24).chain(key.iter().rev());
        for (slot, octets) in schedule.iter_mut().zip(order) {
            *slot = word(*octets);
        }
        Self { schedule, sbox }
    }

    /// 32 rounds (RFC 5830 section 5.1). Blocks that are encrypted side by side do not wait for each
    /// other.
    pub(crate) fn encrypt<const N: usize>(&self, blocks: [Halves; N]) -> [Halves; N] {
        self.pass(self.schedule.iter(), blocks).map(swapped)
    }

    /// The same rounds backwards (section 5.2).
    pub(crate) fn decrypt<const N: usize>(&self, blocks: [Halves; N]) -> [Halves; N] {
        self.pass(self.schedule.iter().rev(), blocks).map(swapped)
    }

    /// The first 16 rounds, of which MACs are made (section 8).
    pub(crate) fn digest(&self, block: Halves) -> Halves {
        let [block] = self.pass(self.schedule.iter().take(16), [block]);
        block
    }

    #[inline(always)]
    fn pass<'a, const N: usize>(
        &self,
        keys: impl Iterator<Item = &'a u32>,
        mut blocks: [Halves; N],
    ) -> [Halves; N] {
        for key in keys {
            for [n1, n2] in &mut blocks {
                let next = *n2 ^ self.sbox.substitute(n1.wrapping_add(*key));
                (*n1, *n2) = (next, *n1);
            }
        }
        blocks
    }
}

/// The last round does not exchange the halves.
fn swapped([n1, n2]: Halves) -> Halves {
    [n2, n1]
}

impl Drop for Rounds {
    fn drop(&mut self) {
        self.schedule.zeroize();
    }
}

impl ZeroizeOnDrop for Rounds {}
