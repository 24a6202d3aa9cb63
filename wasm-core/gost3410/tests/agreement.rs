//! VKO GOST R 34.10-2012: RFC 7836 Appendix B.

#![allow(clippy::unwrap_used, reason = "a test")]

use digest::Digest;
use gost3410::streebog::{Streebog256, Streebog512};
use gost3410::{Curve, Error, SigningKey, VerifyingKey, vko};
use hex_literal::hex;
use signature::Keypair;

const UKM: [u8; 8] = hex!("1d80603c8544c727");
const PRIVATE_A: [u8; 64] = hex!(
    "c990ecd972fce84ec4db022778f50fcac726f46708384b8d458304962d7147f8"
    "c2db41cef22c90b102f2968404f9b9be6d47c79692d81826b32b8daca43cb667"
);
const PUBLIC_A: [u8; 128] = hex!(
    "aab0eda4abff21208d18799fb9a8556654ba783070eba10cb9abb253ec56dcf5"
    "d3ccba6192e464e6e5bcb6dea137792f2431f6c897eb1b3c0cc14327b1adc0a7"
    "914613a3074e363aedb204d38d3563971bd8758e878c9db11403721b48002d38"
    "461f92472d40ea92f9958c0ffa4c93756401b97f89fdbe0b5e46e4a4631cdb5a"
);
const PRIVATE_B: [u8; 64] = hex!(
    "48c859f7b6f11585887cc05ec6ef1390cfea739b1a18c0d4662293ef63b79e3b"
    "8014070b44918590b4b996acfea4edfbbbcccc8c06edd8bf5bda92a51392d0db"
);
const PUBLIC_B: [u8; 128] = hex!(
    "192fe183b9713a077253c72c8735de2ea42a3dbc66ea317838b65fa32523cd5e"
    "fca974eda7c863f4954d1147f1f2b25c395fce1c129175e876d132e94ed5a651"
    "04883b414c9b592ec4dc84826f07d0b6d9006dda176ce48c391e3f97d102e03b"
    "b598bf132a228a45f7201aba08fc524a2d77e43a362ab022ad4028f75bde3b79"
);
const KEY_256: [u8; 32] = hex!("c9a9a77320e2cc559ed72dce6f47e2192ccea95fa648670582c054c0ef36c221");
const KEY_512: [u8; 64] = hex!(
    "79f002a96940ce7bde3259a52e015297adaad84597a0d205b50e3e1719f97bfa"
    "7ee1d2661fa9979a5aa235b558a7e6d9f88f982dd63fc35a8ec0dd5e242d3bdf"
);

#[test]
fn the_numbers_of_rfc_7836() {
    let a = SigningKey::from_le_bytes(Curve::Tc26_512A, &PRIVATE_A).unwrap();
    let b = SigningKey::from_le_bytes(Curve::Tc26_512A, &PRIVATE_B).unwrap();
    let public_a = VerifyingKey::from_bytes(Curve::Tc26_512A, &PUBLIC_A).unwrap();
    let public_b = VerifyingKey::from_bytes(Curve::Tc26_512A, &PUBLIC_B).unwrap();
    assert_eq!((a.verifying_key(), b.verifying_key()), (public_a, public_b));
    for (key, peer) in [(&a, &public_b), (&b, &public_a)] {
        assert_eq!(
            vko::<Streebog256>(key, peer, &UKM).unwrap().as_slice(),
            KEY_256
        );
        assert_eq!(
            vko::<Streebog512>(key, peer, &UKM).unwrap().as_slice(),
            KEY_512
        );
    }
}

/// The agreement is the hash of a multiple of the peer's key: with a private key of 1 and the multiplier undone, of
/// that key itself.
#[test]
fn the_cofactor_multiplies() {
    let mut ukm = [0; 32];
    ukm[0] = 7;
    for curve in [Curve::CryptoProA, Curve::Tc26_256A] {
        let key = |d: u8| {
            let mut bytes = [0; 32];
            bytes[0] = d;
            SigningKey::from_le_bytes(curve, &bytes).unwrap()
        };
        let cofactor = if curve == Curve::Tc26_256A { 4 } else { 1 };
        let expected = key(3 * 7 * 2 * cofactor).verifying_key();
        let agreed = vko::<Streebog256>(&key(3), &key(2).verifying_key(), &ukm).unwrap();
        assert_eq!(agreed, Streebog256::digest(expected.to_bytes()));
    }
}

#[test]
fn what_cannot_be_agreed_upon() {
    let one = |curve: Curve| {
        let mut bytes = vec![0; curve.size()];
        bytes[0] = 1;
        SigningKey::from_le_bytes(curve, &bytes).unwrap()
    };
    let (key, other) = (
        one(Curve::CryptoProA),
        one(Curve::CryptoProB).verifying_key(),
    );
    let agree = |peer, ukm: &[u8]| vko::<Streebog256>(&key, &peer, ukm).map(|_| ());
    assert_eq!(agree(other, &UKM), Err(Error::CurveMismatch));
    assert_eq!(agree(key.verifying_key(), &[1; 33]), Err(Error::Length));
    assert_eq!(agree(key.verifying_key(), &[0; 8]), Err(Error::Infinity));
}
