//! The secret number k of a signature.
//!
//! It is hedged: HMAC-SHA-512, under the private key, of fresh randomness and the digest. If the randomness is good, so
//! is k; if it is known or repeats, k is still a secret that changes with the digest. No standard describes a
//! deterministic k for GOST, so there is nothing to be interoperable with.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha512;
use zeroize::{Zeroize, Zeroizing};

use crate::arithmetic::{
    integer::Integer,
    weierstrass::{Parameters, Scalar},
};

/// Twice the length of the largest q, so that the reduction is without noticeable bias.
pub(crate) const LEN: usize = 128;

const DOMAIN: &[u8] = b"GOST R 34.10 hedged nonce";

/// Bytes for [`reduced`]; `attempt` counts the retries, of which there are none.
pub(crate) fn derive(
    d: &Integer,
    digest: &[u8],
    entropy: &[u8; 64],
    attempt: u8,
) -> Zeroizing<[u8; LEN]> {
    // HMAC pads its key with zeros up to the block, which is 128 bytes.
    let mut key = Zeroizing::new([0; 128]);
    d.write_le(key.as_mut());
    let mut bytes = Zeroizing::new([0; LEN]);
    for (counter, half) in (0..).zip(bytes.chunks_mut(64)) {
        let mut block = Hmac::<Sha512>::new((&*key).into())
            .chain_update(DOMAIN)
            .chain_update([attempt, counter])
            .chain_update(entropy)
            .chain_update(digest)
            .finalize()
            .into_bytes();
        half.copy_from_slice(&block);
        block.as_mut_slice().zeroize();
    }
    bytes
}

/// Little-endian bytes modulo q: twice as many as q has, the rest is ignored.
pub(crate) fn reduced<C: Parameters<N>, const N: usize>(bytes: &[u8; LEN]) -> Scalar<C, N> {
    let (low, rest) = bytes.split_at(8 * N);
    let (high, _) = rest.split_at(8 * N);
    let half = |bytes| Zeroizing::new(Zeroizing::new(Integer::from_le_bytes(bytes)).limbs());
    Scalar::<C, N>::from_halves(&half(low), &half(high))
}
