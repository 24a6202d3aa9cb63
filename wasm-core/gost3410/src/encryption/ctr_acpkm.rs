//! The counter mode that changes its key (CTR-ACPKM, RFC 8645 section 6.2.2, R 1323565.1.017).

use super::Cipher;
use cipher::Block;
use zeroize::{Zeroize, Zeroizing};

/// How many blocks are encrypted side by side.
const WIDTH: usize = 16;

/// The constant D of RFC 8645 section 6.2.1.
const D: [u8; 32] = [
    0x80, 0x81, 0x82, 0x83, 0x84, 0x85, 0x86, 0x87, 0x88, 0x89, 0x8a, 0x8b, 0x8c, 0x8d, 0x8e, 0x8f,
    0x90, 0x91, 0x92, 0x93, 0x94, 0x95, 0x96, 0x97, 0x98, 0x99, 0x9a, 0x9b, 0x9c, 0x9d, 0x9e, 0x9f,
];

/// Encrypts or decrypts `data`, with a new key for each section. `iv` is the beginning of the first
/// counter, the rest of which is zero.
pub(super) fn apply<C: Cipher>(key: &[u8; 32], iv: &[u8], section: usize, data: &mut [u8]) {
    let mut cipher = C::new(key.into());
    let mut counter = Block::<C>::default();
    for (octet, given) in counter.iter_mut().zip(iv) {
        *octet = *given;
    }
    for (index, section) in data.chunks_mut(section).enumerate() {
        if index > 0 {
            cipher = next(&cipher);
        }
        for piece in section.chunks_mut(WIDTH * C::BLOCK) {
            add_gamma(&cipher, &mut counter, piece);
        }
    }
}

/// The cipher under the key that follows this one: the constant, encrypted.
fn next<C: Cipher>(cipher: &C) -> C {
    let mut key = Zeroizing::new(D);
    for octets in key.chunks_exact_mut(C::BLOCK) {
        let mut block = Block::<C>::default();
        block.copy_from_slice(octets);
        cipher.encrypt_block(&mut block);
        octets.copy_from_slice(&block);
        block.zeroize();
    }
    C::new((&*key).into())
}

/// At most [`WIDTH`] blocks.
fn add_gamma<C: Cipher>(cipher: &C, counter: &mut Block<C>, piece: &mut [u8]) {
    let mut gamma: [Block<C>; WIDTH] = Default::default();
    for (gamma, _) in gamma.iter_mut().zip(piece.chunks(C::BLOCK)) {
        gamma.clone_from(counter);
        increment(counter);
    }
    cipher.encrypt_blocks(&mut gamma);
    for (octet, gamma) in piece.iter_mut().zip(gamma.iter().flatten()) {
        *octet ^= gamma;
    }
    gamma.iter_mut().for_each(Zeroize::zeroize);
}

/// The counter is no secret.
fn increment(counter: &mut [u8]) {
    for octet in counter.iter_mut().rev() {
        *octet = octet.wrapping_add(1);
        if *octet != 0 {
            break;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{
        super::{Kuznyechik, Magma},
        *,
    };
    use hex_literal::hex;

    const KEY: [u8; 32] = hex!("8899aabbccddeeff0011223344556677fedcba98765432100123456789abcdef");

    /// R 1323565.1.017-2018 appendix A: Kuznyechik, sections of 256 bits.
    #[test]
    fn example_of_kuznyechik() {
        let mut data = hex!(
            "1122334455667700ffeeddccbbaa998800112233445566778899aabbcceeff0a"
            "112233445566778899aabbcceeff0a002233445566778899aabbcceeff0a0011"
            "33445566778899aabbcceeff0a001122445566778899aabbcceeff0a00112233"
            "5566778899aabbcceeff0a0011223344"
        );
        apply::<Kuznyechik>(&KEY, &hex!("1234567890abcef0"), 32, &mut data);
        let expected = hex!(
            "f195d8bec10ed1dbd57b5fa240bda1b885eee733f6a13e5df33ce4b33c45dee4"
            "4bceeb8f646f4c55001706275e85e800587c4df568d094393e4834afd0805046"
            "cf30f57686aeece11cfc6c316b8a896edffd07ec813636460c4f3b743423163e"
            "6409a9c282fac8d469d221e7fbd6de5d"
        );
        assert_eq!(data, expected);
    }

    /// The same: Magma, sections of 128 bits.
    #[test]
    fn example_of_magma() {
        let mut data = hex!(
            "1122334455667700ffeeddccbbaa998800112233445566778899aabbcceeff0a"
            "112233445566778899aabbcceeff0a002233445566778899"
        );
        apply::<Magma>(&KEY, &hex!("12345678"), 16, &mut data);
        let expected = hex!(
            "2ab81deeeb1e4cab68e104c4bd6b94eac72c67af6c2e5b6b0eafb61770f1b32e"
            "a1ae71149eed1382abd467180672ec6f84a2f15b3fca72c1"
        );
        assert_eq!(data, expected);
    }

    #[test]
    fn the_counter_carries() {
        let mut counter = [0x01, 0xff, 0xff];
        increment(&mut counter);
        assert_eq!(counter, [0x02, 0x00, 0x00]);
    }
}
