//! Streebog, the hash function of GOST R 34.11-2012 (RFC 6986), with digests of 256 and of 512 bits.
//!
//! The standard numbers the bits of a message from the right; read from the left, as files are, its
//! numbers are little-endian. The digests here are in the order in which everybody prints them.
//!
//! # Timing
//!
//! Substitution and linear transformation are lookups in tables of 16 KiB, at indices that depend on
//! what is hashed. Somebody who shares the processor's cache with this code can in principle learn of
//! these indices. That is nothing to a document; it matters where keys or passwords are hashed, in
//! HMAC and PBKDF2, on a computer where untrusted programs run.

#![allow(
    clippy::as_conversions,
    clippy::indexing_slicing,
    reason = "arrays of fixed size: the indices are constants, loop counters, or an octet into 256 entries"
)]

mod tables;

use core::{array, fmt};

use digest::{
    HashMarker, InvalidOutputSize, Output,
    block_api::{
        AlgorithmName, Block, BlockSizeUser, Buffer, BufferKindUser, CtOutWrapper, Eager,
        OutputSizeUser, TruncSide, UpdateCore, VariableOutputCore,
    },
    const_oid::{AssociatedOid, ObjectIdentifier},
    consts::{U32, U64},
};
use zeroize::{Zeroize, ZeroizeOnDrop};

digest::buffer_fixed!(
    /// Streebog with a digest of 32 octets.
    pub struct Streebog256(CtOutWrapper<Core, U32>);
    impl: BaseFixedTraits AlgorithmName Default Clone HashMarker Reset FixedOutputReset;
);

digest::buffer_fixed!(
    /// Streebog with a digest of 64 octets.
    pub struct Streebog512(CtOutWrapper<Core, U64>);
    impl: BaseFixedTraits AlgorithmName Default Clone HashMarker Reset FixedOutputReset;
);

/// id-tc26-gost3411-12-256.
impl AssociatedOid for Streebog256 {
    const OID: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.643.7.1.1.2.2");
}

/// id-tc26-gost3411-12-512.
impl AssociatedOid for Streebog512 {
    const OID: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.643.7.1.1.2.3");
}

// What is left in the buffer goes with the buffer.
impl ZeroizeOnDrop for Streebog256 {}
impl ZeroizeOnDrop for Streebog512 {}

/// 512 bits, the least significant word first. The words are of 32 bits because both x86 and WASM take
/// those apart into octets faster than longer ones.
type Vector = [u32; 16];

const ZERO: Vector = [0; 16];

/// What Streebog keeps between blocks (RFC 6986 section 9).
#[derive(Clone)]
pub struct Core {
    h: Vector,
    n: Vector,
    sigma: Vector,
}

impl Core {
    /// Stage 2, and the first half of stage 3: a block, of which `length` octets are message.
    fn compress(&mut self, block: &[u8; 64], length: usize) {
        let (words, _) = block.as_chunks();
        let m = array::from_fn(|i| u32::from_le_bytes(words[i]));
        self.h = g(&self.n, &self.h, &m);
        let mut bits = ZERO;
        bits[0] = 8 * length as u32;
        add(&mut self.n, &bits);
        add(&mut self.sigma, &m);
    }
}

/// The compression function g_N(h, m) (section 8).
fn g(n: &Vector, h: &Vector, m: &Vector) -> Vector {
    let mut key = xor(h, n);
    lps(&mut key, &ZERO);
    // The round key, and the state with that key added.
    let mut lanes = [key, xor(m, &key)];
    for c in &tables::C {
        lanes[0] = xor(&lanes[0], c);
        // A loop, because the code of both lanes one after the other wants more registers than there
        // are. Neither lane waits for the other's lookups: the processor does both at once.
        let mut addend = ZERO;
        for lane in &mut lanes {
            lps(lane, &addend);
            addend = *lane;
        }
    }
    let [_, state] = lanes;
    xor(&state, &xor(h, m))
}

/// `state` becomes LPS(state) ⊕ `addend` (section 7). The three transformations are one: octet `i` of
/// the state's 64-bit word `j` is looked up in table `j` and adds to word `i` of the result.
#[inline(always)]
fn lps(state: &mut Vector, addend: &Vector) {
    let (addend, _) = addend.as_chunks();
    let mut sums: [u64; 8] = array::from_fn(|i| joined(addend[i]));
    let (words, _) = state.as_chunks_mut::<2>();
    for (word, table) in words.iter().zip(&tables::LPS) {
        let (halves, _) = sums.as_chunks_mut::<4>();
        for (half, sums) in word.iter().zip(halves) {
            for (sum, octet) in sums.iter_mut().zip(half.to_le_bytes()) {
                *sum ^= table[usize::from(octet)];
            }
        }
    }
    for (word, sum) in words.iter_mut().zip(sums) {
        *word = parted(sum);
    }
}

fn joined([low, high]: [u32; 2]) -> u64 {
    u64::from(low) | u64::from(high) << 32
}

fn parted(word: u64) -> [u32; 2] {
    [word as u32, (word >> 32) as u32]
}

fn xor(a: &Vector, b: &Vector) -> Vector {
    array::from_fn(|i| a[i] ^ b[i])
}

/// Addition modulo 2^512, in words of 64 bits.
fn add(sum: &mut Vector, addend: &Vector) {
    let mut carry = false;
    let words = sum.as_chunks_mut().0.iter_mut();
    for (sum, addend) in words.zip(addend.as_chunks().0) {
        let (partial, first) = joined(*sum).overflowing_add(joined(*addend));
        let (total, second) = partial.overflowing_add(u64::from(carry));
        *sum = parted(total);
        carry = first | second;
    }
}

impl UpdateCore for Core {
    fn update_blocks(&mut self, blocks: &[Block<Self>]) {
        for block in blocks {
            self.compress(block.as_ref(), 64);
        }
    }
}

impl VariableOutputCore for Core {
    const TRUNC_SIDE: TruncSide = TruncSide::Right;

    /// Stage 1 (section 9.1).
    fn new(output_size: usize) -> Result<Self, InvalidOutputSize> {
        let h = match output_size {
            32 => [0x0101_0101; 16],
            64 => ZERO,
            _ => return Err(InvalidOutputSize),
        };
        Ok(Self {
            h,
            n: ZERO,
            sigma: ZERO,
        })
    }

    /// Stage 3 (section 9.3).
    fn finalize_variable_core(&mut self, buffer: &mut Buffer<Self>, out: &mut Output<Self>) {
        let length = buffer.get_pos();
        let mut block = buffer.pad_with_zeros();
        block[length] = 1;
        self.compress(block.as_ref(), length);
        block.zeroize();
        self.h = g(&ZERO, &self.h, &self.n);
        self.h = g(&ZERO, &self.h, &self.sigma);
        for (out, word) in out.chunks_exact_mut(4).zip(self.h) {
            out.copy_from_slice(&word.to_le_bytes());
        }
    }
}

impl HashMarker for Core {}

impl BlockSizeUser for Core {
    type BlockSize = U64;
}

impl BufferKindUser for Core {
    type BufferKind = Eager;
}

impl OutputSizeUser for Core {
    type OutputSize = U64;
}

impl AlgorithmName for Core {
    fn write_alg_name(f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Streebog")
    }
}

impl fmt::Debug for Core {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Core { ... }")
    }
}

impl Drop for Core {
    fn drop(&mut self) {
        self.h.zeroize();
        self.n.zeroize();
        self.sigma.zeroize();
    }
}

impl ZeroizeOnDrop for Core {}

#[cfg(test)]
mod tests {
    use super::*;
    use digest::Digest;
    use hex_literal::hex;

    /// RFC 6986 section 10.1, without the reversal of bits that the standard prints it with.
    const M1: &[u8] = b"012345678901234567890123456789012345678901234567890123456789012";
    /// RFC 6986 section 10.2.
    const M2: &[u8] = &hex!(
        "d1e520e2e5f2f0e82c20d1f2f0e8e1eee6e820e2edf3f6e82c20e2e5fef2fa20"
        "f120eceef0ff20f1f2f0e5ebe0ece820ede020f5f0e0e1f0fbff20efebfaeafb"
        "20c8e3eef0e5e2fb"
    );

    #[test]
    fn examples_of_the_standard_512() {
        let digests = [
            hex!(
                "1b54d01a4af5b9d5cc3d86d68d285462b19abc2475222f35c085122be4ba1ffa"
                "00ad30f8767b3a82384c6574f024c311e2a481332b08ef7f41797891c1646f48"
            ),
            hex!(
                "1e88e62226bfca6f9994f1f2d51569e0daf8475a3b0fe61a5300eee46d961376"
                "035fe83549ada2b8620fcd7c496ce5b33f0cb9dddc2b6460143b03dabac9fb28"
            ),
        ];
        assert_eq!([M1, M2].map(|m| Streebog512::digest(m).0), digests);
    }

    #[test]
    fn examples_of_the_standard_256() {
        let digests = [
            hex!("9d151eefd8590b89daa6ba6cb74af9275dd051026bb149a452fd84e5e57b5500"),
            hex!("9dd2fe4e90409e5da87f53976d7405b0c0cac628fc669a741d50063c557e8f50"),
        ];
        assert_eq!([M1, M2].map(|m| Streebog256::digest(m).0), digests);
    }

    /// No message of the standard carries from word to word; files of random octets do, and a file of
    /// `ff` in every word.
    #[test]
    fn addition_carries_to_the_end() {
        let mut sum = [u32::MAX; 16];
        add(&mut sum, &array::from_fn(|i| u32::from(i == 0)));
        assert_eq!(sum, ZERO);
        let mut sum = [u32::MAX; 16];
        add(&mut sum, &[u32::MAX; 16]);
        assert_eq!(sum, array::from_fn(|i| u32::MAX - u32::from(i == 0)));
    }
}
