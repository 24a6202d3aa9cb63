//! What keys and masks are sealed with: the storage key, made of a password, and the MAC.

use gost3410::{
    gost28147::{Gost28147, PARAM_Z},
    streebog::Streebog256,
};
use sha2::digest::Digest;
use zeroize::{Zeroize as _, Zeroizing};

/// A key of GOST 28147-89.
pub(super) type StorageKey = Zeroizing<[u8; 32]>;

/// Where the derivation starts.
const INITIAL_STATE: [u8; 32] = *b"DENEFH028.760246785.IUEFHWUIO.EF";
/// Rounds with a password, and without one.
const ROUNDS: (u32, u32) = (2000, 2);
/// The pads of RFC 2104 §2.
const HMAC_PADS: [u8; 2] = [0x36, 0x5c];

/// The storage key of a password (in its form, which may be empty) and a salt: "CPKDF" with Streebog-256.
///
/// No standard describes it; the container's vectors do.
pub(super) fn storage_key(password: &[u8], salt: &[u8]) -> StorageKey {
    let salted = hash(&[salt, password]);
    let mut state = Zeroizing::new(INITIAL_STATE);
    let rounds = match password {
        [] => ROUNDS.1,
        _ => ROUNDS.0,
    };
    for _ in 0..rounds {
        let [inner, outer] = pads(&state);
        state = hash(&[&*inner, &*salted, &*outer, &*salted]);
    }
    let [inner, outer] = pads(&state);
    // Of what is as long as a block, the half that the hash is as long as.
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

/// The state, filled up with zeros to a block of the hash, under each pad.
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
