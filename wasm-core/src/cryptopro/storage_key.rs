//! The key that is derived from a password and encrypts a container's keys, and the MAC of containers.

use gost3410::{
    gost28147::{Gost28147, PARAM_Z},
    streebog::Streebog256,
};
use sha2::digest::Digest;
use zeroize::{Zeroize as _, Zeroizing};

/// A key of GOST 28147-89.
pub(super) type StorageKey = Zeroizing<[u8; 32]>;

/// The initial value of the derivation.
const INITIAL_STATE: [u8; 32] = *b"DENEFH028.760246785.IUEFHWUIO.EF";
/// Rounds of the derivation.
const ROUNDS_WITH_PASSWORD: u32 = 2000;
const ROUNDS_WITHOUT_PASSWORD: u32 = 2;
/// The pads of RFC 2104 §2.
const HMAC_PADS: [u8; 2] = [0x36, 0x5c];

/// The storage key of an encoded password, which may be empty, and a salt: "CPKDF" with Streebog-256.
///
/// No standard describes it; the tests have vectors.
pub(super) fn storage_key(password: &[u8], salt: &[u8]) -> StorageKey {
    let salted = hash(&[salt, password]);
    let mut state = Zeroizing::new(INITIAL_STATE);
    let rounds = match password {
        [] => ROUNDS_WITHOUT_PASSWORD,
        _ => ROUNDS_WITH_PASSWORD,
    };
    for _ in 0..rounds {
        let [inner, outer] = pads(&state);
        state = hash(&[&*inner, &*salted, &*outer, &*salted]);
    }
    let [inner, outer] = pads(&state);
    // Only the first half of each block, as long as a digest.
    let ((inner, _), (outer, _)) = (inner.split_at(32), outer.split_at(32));
    let state = hash(&[inner, salt, outer, password]);
    hash(&[&*state])
}

/// The MAC of GOST 28147-89, with the S-box of the TC 26.
pub(super) fn mac(key: &[u8; 32], data: &[u8]) -> [u8; 4] {
    Gost28147::new(key, &PARAM_Z).mac(&[0; 8], data)
}

fn hash(pieces: &[&[u8]]) -> StorageKey {
    let mut hasher = Streebog256::new();
    pieces.iter().for_each(|piece| hasher.update(piece));
    let mut digest = hasher.finalize();
    let mut key = Zeroizing::new([0; 32]);
    key.copy_from_slice(&digest);
    digest.zeroize();
    key
}

/// The state, filled with zeros to a block of the hash, XOR each pad.
fn pads(state: &[u8; 32]) -> [Zeroizing<[u8; 64]>; 2] {
    HMAC_PADS.map(|pad| {
        let mut block = Zeroizing::new([pad; 64]);
        block
            .iter_mut()
            .zip(state)
            .for_each(|(to, from)| *to ^= from);
        block
    })
}
