//! Properties of hashes and ciphers, whatever goes in.

#![allow(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a property that fails is a test that fails"
)]

use digest::Digest;
use gost3410::{
    encryption::{
        Cipher, EncryptionError, Kuznyechik, Magma, ctr_acpkm, decrypt_with_omac, encrypt_with_omac,
    },
    gost28147::{CRYPTO_PRO_A, Gost28147},
    streebog::{Streebog256, Streebog512},
};
use proptest::{collection::vec, prelude::*, sample::Index};

fn octets(limit: usize) -> impl Strategy<Value = Vec<u8>> {
    vec(any::<u8>(), 0..limit)
}

fn at_once_and_in_pieces<D: Digest>(message: &[u8], ends: &[Index]) -> [Vec<u8>; 2] {
    let mut ends: Vec<usize> = ends
        .iter()
        .map(|end| end.index(message.len() + 1))
        .collect();
    ends.sort_unstable();
    let (mut hash, mut start) = (D::new(), 0);
    for end in ends {
        hash.update(&message[start..end]);
        start = end;
    }
    hash.update(&message[start..]);
    [D::digest(message).to_vec(), hash.finalize().to_vec()]
}

/// One flipped bit, wherever it is, is one too many.
fn mac_holds<C: Cipher>(key: &[u8; 32], message: &[u8], flipped: Index) {
    let ukm = &[3; 24][..C::UKM];
    let mut data = message.to_vec();
    data.resize(message.len() + C::BLOCK, 0);
    encrypt_with_omac::<C>(key, ukm, &mut data).unwrap();
    let encrypted = data.clone();
    assert_eq!(
        decrypt_with_omac::<C>(key, ukm, &mut data).unwrap(),
        message
    );

    let bit = flipped.index(8 * encrypted.len());
    let mut data = encrypted;
    data[bit / 8] ^= 1 << (bit % 8);
    let result = decrypt_with_omac::<C>(key, ukm, &mut data);
    assert_eq!(result, Err(EncryptionError::Mac));
    assert!(data.iter().all(|octet| *octet == 0));
}

/// Encrypted twice is not encrypted, and a longer message begins like a shorter one.
fn gamma_holds<C: Cipher>(key: &[u8; 32], message: &[u8], end: Index) {
    let ukm = &[3; 24][..C::UKM];
    let mut data = message.to_vec();
    ctr_acpkm::<C>(key, ukm, &mut data).unwrap();
    let end = end.index(message.len() + 1);
    let mut beginning = message[..end].to_vec();
    ctr_acpkm::<C>(key, ukm, &mut beginning).unwrap();
    assert_eq!(beginning, data[..end]);
    ctr_acpkm::<C>(key, ukm, &mut data).unwrap();
    assert_eq!(data, message);
}

proptest! {
    #[test]
    fn a_hash_is_of_the_message_and_not_of_its_pieces(
        message in octets(1000),
        ends in vec(any::<Index>(), 0..6),
    ) {
        let [at_once, in_pieces] = at_once_and_in_pieces::<Streebog256>(&message, &ends);
        prop_assert_eq!(at_once, in_pieces);
        let [at_once, in_pieces] = at_once_and_in_pieces::<Streebog512>(&message, &ends);
        prop_assert_eq!(at_once, in_pieces);
    }

    #[test]
    fn a_mac_notices_every_bit(key: [u8; 32], message in octets(300), flipped: Index) {
        mac_holds::<Magma>(&key, &message, flipped);
        mac_holds::<Kuznyechik>(&key, &message, flipped);
    }

    /// Magma changes its key in these.
    #[test]
    fn a_gamma_is_one_stream(key: [u8; 32], message in octets(20_000), end: Index) {
        gamma_holds::<Magma>(&key, &message, end);
        gamma_holds::<Kuznyechik>(&key, &message, end);
    }

    #[test]
    fn feedback_is_undone(key: [u8; 32], iv: [u8; 8], message in octets(3000)) {
        let cipher = Gost28147::new(&key, &CRYPTO_PRO_A);
        let mut data = message.clone();
        cipher.encrypt_cfb(&iv, &mut data);
        cipher.decrypt_cfb(&iv, &mut data);
        prop_assert_eq!(data, message);
    }

    #[test]
    fn blocks_are_undone(key: [u8; 32], blocks in vec(any::<[u8; 8]>(), 0..9)) {
        let cipher = Gost28147::new(&key, &CRYPTO_PRO_A);
        let mut data = blocks.clone();
        cipher.encrypt(&mut data);
        cipher.decrypt(&mut data);
        prop_assert_eq!(data, blocks);
    }
}
