//! Key derivation of RFC 7836 (R 50.1.113-2016). PBKDF2, as RFC 9337 wants it, is that of the crate
//! `pbkdf2` with the HMAC of [`Streebog512`](crate::streebog::Streebog512).

use core::slice;

use digest::{KeyInit, Mac};
use hmac::Hmac;
use zeroize::{Zeroize, Zeroizing};

use crate::streebog::Streebog256;

/// KDF_GOSTR3411_2012_256 (section 4.4), which is a tree with one leaf.
pub fn kdf_256(key: &[u8; 32], label: &[u8], seed: &[u8]) -> Zeroizing<[u8; 32]> {
    let mut derived = Zeroizing::new([0; 32]);
    derive(key, label, seed, slice::from_mut(&mut derived));
    derived
}

/// KDF_TREE_GOSTR3411_2012_256 (section 4.5) with a counter of one octet (R = 1): as many keys, of 32
/// octets each.
pub fn kdf_tree<const KEYS: usize>(
    key: &[u8; 32],
    label: &[u8],
    seed: &[u8],
) -> Zeroizing<[[u8; 32]; KEYS]> {
    const { assert!(KEYS <= 255, "the counter has one octet") }
    let mut derived = Zeroizing::new([[0; 32]; KEYS]);
    derive(key, label, seed, &mut *derived);
    derived
}

fn derive(key: &[u8; 32], label: &[u8], seed: &[u8], keys: &mut [[u8; 32]]) {
    // L, the length of all keys in bits, in as many octets as it takes: their number times 256.
    let Ok(count) = u8::try_from(keys.len()) else {
        return;
    };
    let keyed = keyed(key);
    for (counter, key) in (1..=count).zip(keys) {
        let hmac = keyed.clone().chain_update([counter]);
        let hmac = hmac.chain_update(label).chain_update([0]);
        let hmac = hmac.chain_update(seed).chain_update([count, 0]);
        let mut output = hmac.finalize().into_bytes();
        key.copy_from_slice(&output);
        output.zeroize();
    }
}

/// HMAC fills a key up with zeros to a block.
fn keyed(key: &[u8; 32]) -> Hmac<Streebog256> {
    let mut block = Zeroizing::new([0; 64]);
    block.iter_mut().zip(key).for_each(|(to, from)| *to = *from);
    Hmac::new((&*block).into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use hex_literal::hex;

    const KEY: [u8; 32] = hex!("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f");
    const LABEL: [u8; 4] = hex!("26bdb878");
    const SEED: [u8; 8] = hex!("af21434145656378");

    /// R 50.1.113-2016, example for KDF_GOSTR3411_2012_256.
    #[test]
    fn one_key() {
        let expected = hex!("a1aa5f7de402d7b3d323f2991c8d4534013137010a83754fd0af6d7cd4922ed9");
        assert_eq!(*kdf_256(&KEY, &LABEL, &SEED), expected);
    }

    /// The same, for KDF_TREE_GOSTR3411_2012_256 with R = 1 and L = 512.
    #[test]
    fn two_keys() {
        let expected = hex!(
            "22b6837845c6bef65ea71672b265831086d3c76aebe6dae91cad51d83f79d16b"
            "074c9330599d7f8d712fca54392f4ddde93751206b3584c8f43f9e6dc51531f9"
        );
        assert_eq!(*kdf_tree::<2>(&KEY, &LABEL, &SEED).as_flattened(), expected);
    }
}
