//! Magma, the cipher with blocks of 64 bits of GOST R 34.12-2015 (RFC 8891): GOST 28147-89 with a
//! settled S-box, and numbers the other way round.

use core::fmt;

use cipher::{
    AlgorithmName, Block, BlockCipherDecBackend, BlockCipherDecClosure, BlockCipherDecrypt,
    BlockCipherEncBackend, BlockCipherEncClosure, BlockCipherEncrypt, BlockSizeUser, InOut, Key,
    KeyInit, KeySizeUser, ParBlocks, ParBlocksSizeUser,
    consts::{U4, U8, U32},
};
use zeroize::ZeroizeOnDrop;

use crate::gost28147::{
    PARAM_Z,
    rounds::{Halves, Rounds},
};

/// Magma under a key.
#[derive(Clone)]
pub struct Magma(Rounds);

impl KeyInit for Magma {
    fn new(key: &Key<Self>) -> Self {
        Self(Rounds::new(key.as_ref(), u32::from_be_bytes, &PARAM_Z))
    }
}

impl BlockCipherEncrypt for Magma {
    fn encrypt_with_backend(&self, f: impl BlockCipherEncClosure<BlockSize = U8>) {
        f.call(self);
    }
}

impl BlockCipherDecrypt for Magma {
    fn decrypt_with_backend(&self, f: impl BlockCipherDecClosure<BlockSize = U8>) {
        f.call(self);
    }
}

impl BlockCipherEncBackend for Magma {
    fn encrypt_block(&self, mut block: InOut<'_, '_, Block<Self>>) {
        let [halves] = self.0.encrypt([halves(block.get_in())]);
        *block.get_out() = octets(halves);
    }

    fn encrypt_par_blocks(&self, mut blocks: InOut<'_, '_, ParBlocks<Self>>) {
        let halves = blocks.get_in().0.each_ref().map(halves);
        blocks.get_out().0 = self.0.encrypt(halves).map(octets);
    }
}

impl BlockCipherDecBackend for Magma {
    fn decrypt_block(&self, mut block: InOut<'_, '_, Block<Self>>) {
        let [halves] = self.0.decrypt([halves(block.get_in())]);
        *block.get_out() = octets(halves);
    }

    fn decrypt_par_blocks(&self, mut blocks: InOut<'_, '_, ParBlocks<Self>>) {
        let halves = blocks.get_in().0.each_ref().map(halves);
        blocks.get_out().0 = self.0.decrypt(halves).map(octets);
    }
}

/// Numbers of RFC 8891 are big-endian, so N1 comes last.
fn halves(block: &Block<Magma>) -> Halves {
    let [a, b, c, d, e, f, g, h] = block.0;
    [
        u32::from_be_bytes([e, f, g, h]),
        u32::from_be_bytes([a, b, c, d]),
    ]
}

fn octets([n1, n2]: Halves) -> Block<Magma> {
    let ([a, b, c, d], [e, f, g, h]) = (n2.to_be_bytes(), n1.to_be_bytes());
    [a, b, c, d, e, f, g, h].into()
}

impl KeySizeUser for Magma {
    type KeySize = U32;
}

impl BlockSizeUser for Magma {
    type BlockSize = U8;
}

impl ParBlocksSizeUser for Magma {
    type ParBlocksSize = U4;
}

impl AlgorithmName for Magma {
    fn write_alg_name(f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Magma")
    }
}

impl fmt::Debug for Magma {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Magma { .. }")
    }
}

impl ZeroizeOnDrop for Magma {}

#[cfg(test)]
mod tests {
    use super::*;
    use hex_literal::hex;

    /// RFC 8891 appendix A.
    #[test]
    fn example_of_the_standard() {
        let key = hex!("ffeeddccbbaa99887766554433221100f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff");
        let magma = Magma::new(&key.into());
        let [plain, encrypted] = [hex!("fedcba9876543210"), hex!("4ee901e5c2d8ca3d")];
        // Five, so that one of them goes alone.
        let mut blocks = [Block::<Magma>::from(plain); 5];
        magma.encrypt_blocks(&mut blocks);
        assert_eq!(blocks.map(|block| block.0), [encrypted; 5]);
        magma.decrypt_blocks(&mut blocks);
        assert_eq!(blocks.map(|block| block.0), [plain; 5]);
    }
}
