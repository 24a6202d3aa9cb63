//! What holds on every curve: what is signed verifies, what is changed in one bit does not, and nothing that is not a
//! key or a signature can pass for one.

#![allow(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test may stop where it stands"
)]

use getrandom::SysRng;
use gost3410::{Curve, Encoding, Error, Signature, SigningKey, VerifyingKey};
use proptest::{collection::vec, prelude::*, sample::select};
use signature::{
    Keypair,
    hazmat::{PrehashVerifier, RandomizedPrehashSigner},
    rand_core::{Infallible, TryCryptoRng, TryRng},
};
use subtle::ConstantTimeEq;

const ENCODINGS: [Encoding; 3] = [Encoding::Kazakh, Encoding::Russian, Encoding::Standard];

fn curves() -> impl Strategy<Value = Curve> {
    select(
        Curve::ALL
            .into_iter()
            .filter(|curve| !curve.is_test())
            .collect::<Vec<_>>(),
    )
}

/// A curve with as many bytes as its keys have.
fn curve_and_bytes() -> impl Strategy<Value = (Curve, Vec<u8>)> {
    curves().prop_flat_map(|curve| (Just(curve), vec(any::<u8>(), curve.size())))
}

fn new_key(curve: Curve) -> SigningKey {
    SigningKey::generate(curve, &mut SysRng).unwrap()
}

fn sign(key: &SigningKey, digest: &[u8]) -> Signature {
    key.sign_prehash_with_rng(&mut SysRng, digest).unwrap()
}

fn flipped(bytes: &[u8], bit: usize) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    let bit = bit % (8 * bytes.len());
    bytes[bit / 8] ^= 1 << (bit % 8);
    bytes
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(32) })]

    #[test]
    fn signatures_verify_until_a_bit_changes((curve, digest) in curve_and_bytes(), bit: usize) {
        let key = new_key(curve);
        let public = key.verifying_key();
        let signature = sign(&key, &digest);
        prop_assert!(public.verify_prehash(&digest, &signature).is_ok());
        prop_assert!(public.verify_prehash(&flipped(&digest, bit), &signature).is_err());
        prop_assert!(new_key(curve).verifying_key().verify_prehash(&digest, &signature).is_err());

        let changed = flipped(signature.to_bytes(Encoding::Standard).as_ref(), bit);
        if let Ok(changed) = Signature::from_bytes(curve, Encoding::Standard, &changed) {
            prop_assert!(public.verify_prehash(&digest, &changed).is_err());
        }
        // That the changed coordinates are those of a point is as likely as finding a private key by guessing.
        let changed = VerifyingKey::from_bytes(curve, &flipped(public.to_bytes().as_ref(), bit));
        prop_assert!(matches!(changed, Err(Error::NotOnCurve | Error::Range)));
    }

    #[test]
    fn signatures_are_read_as_they_were_written((curve, digest) in curve_and_bytes()) {
        let key = new_key(curve);
        let signature = sign(&key, &digest);
        for encoding in ENCODINGS {
            let bytes = signature.to_bytes(encoding);
            prop_assert_eq!(Signature::from_bytes(curve, encoding, bytes.as_ref()), Ok(signature));
        }
        let [kazakh, russian, _] = ENCODINGS.map(|encoding| signature.to_bytes(encoding).as_ref().to_vec());
        prop_assert!(kazakh.iter().rev().eq(&russian));
        let swapped = Signature::from_bytes(curve, Encoding::Standard, &russian).unwrap();
        prop_assert!(key.verifying_key().verify_prehash(&digest, &swapped).is_err());
    }

    #[test]
    fn keys_come_back((curve, mask) in curve_and_bytes()) {
        let key = new_key(curve);
        let bytes = key.to_le_bytes();
        let mut reversed = bytes.as_ref().to_vec();
        reversed.reverse();
        let masked = key.to_masked_bytes(&mask).unwrap();
        let same = [
            SigningKey::from_le_bytes(curve, bytes.as_ref()).unwrap(),
            SigningKey::from_be_bytes(curve, &reversed).unwrap(),
            SigningKey::from_masked_bytes(curve, masked.as_ref(), &mask).unwrap(),
            SigningKey::from_factors(curve, bytes.as_ref()).unwrap(),
        ];
        prop_assert!(same.iter().all(|other| bool::from(other.ct_eq(&key))));
        prop_assert!(same.iter().all(|other| other.verifying_key() == key.verifying_key()));
        let product = SigningKey::from_factors(curve, &[bytes.as_ref(), &mask].concat()).unwrap();
        let product = product.to_le_bytes();
        prop_assert_eq!(product.as_ref(), masked.as_ref());
        let public = key.verifying_key().to_bytes();
        prop_assert_eq!(VerifyingKey::from_bytes(curve, public.as_ref()), Ok(key.verifying_key()));
    }
}

/// A generator that always says the same.
struct Stuck;

impl TryRng for Stuck {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok(0)
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        Ok(0)
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        bytes.fill(0);
        Ok(())
    }
}

impl TryCryptoRng for Stuck {}

#[test]
fn a_stuck_generator_repeats_no_nonce() {
    for curve in [Curve::CryptoProA, Curve::Tc26_512A] {
        let (key, other) = (new_key(curve), new_key(curve));
        let r = |key: &SigningKey, byte| {
            let digest = vec![byte; curve.size()];
            let signature = key.sign_prehash_with_rng(&mut Stuck, &digest).unwrap();
            signature.to_bytes(Encoding::Standard).as_ref()[..curve.size()].to_vec()
        };
        assert_eq!(r(&key, 1), r(&key, 1));
        assert_ne!(r(&key, 1), r(&key, 2));
        assert_ne!(r(&key, 1), r(&other, 1));
    }
}

#[test]
fn fresh_randomness_makes_fresh_signatures() {
    let key = new_key(Curve::CryptoProA);
    assert_ne!(sign(&key, &[7; 32]), sign(&key, &[7; 32]));
}

/// The digest counts modulo q, and 0 counts as 1.
#[test]
fn the_digest_of_zeros_is_that_of_one() {
    for curve in Curve::ALL.into_iter().filter(|curve| !curve.is_test()) {
        let key = new_key(curve);
        let zeros = vec![0; curve.size()];
        let mut one = zeros.clone();
        one[0] = 1;
        let signature = sign(&key, &zeros);
        assert!(key.verifying_key().verify_prehash(&one, &signature).is_ok());
    }
}

#[test]
fn lengths_and_curves_must_fit() {
    for curve in Curve::ALL {
        for length in [
            0,
            1,
            curve.size() - 1,
            curve.size() + 1,
            2 * curve.size() + 1,
            1000,
        ] {
            let bytes = vec![1; length];
            assert_eq!(
                SigningKey::from_le_bytes(curve, &bytes).unwrap_err(),
                Error::Length
            );
            assert_eq!(
                SigningKey::from_masked_bytes(curve, &bytes, &bytes).unwrap_err(),
                Error::Length
            );
            assert_eq!(
                SigningKey::from_factors(curve, &bytes).unwrap_err(),
                Error::Length
            );
            assert_eq!(
                VerifyingKey::from_bytes(curve, &bytes).unwrap_err(),
                Error::Length
            );
            let signature = Signature::from_bytes(curve, Encoding::Russian, &bytes);
            assert_eq!(signature.unwrap_err(), Error::Length);
        }
    }
    let key = new_key(Curve::CryptoProA);
    let signature = sign(&key, &[7; 32]);
    assert!(key.sign_prehash_with_rng(&mut SysRng, &[7; 64]).is_err());
    assert!(
        key.verifying_key()
            .verify_prehash(&[7; 31], &signature)
            .is_err()
    );
    let bytes = signature.to_bytes(Encoding::Russian);
    let elsewhere = Signature::from_bytes(Curve::CryptoProC, Encoding::Russian, bytes.as_ref());
    if let Ok(elsewhere) = elsewhere {
        assert!(
            key.verifying_key()
                .verify_prehash(&[7; 32], &elsewhere)
                .is_err()
        );
    }
}

#[test]
fn zero_and_the_order_are_no_scalars() {
    for curve in Curve::ALL.into_iter().filter(|curve| !curve.is_test()) {
        let size = curve.size();
        let (zero, largest) = (vec![0; size], vec![0xFF; size]);
        let mut one = zero.clone();
        one[0] = 1;
        for bad in [&zero, &largest] {
            assert_eq!(
                SigningKey::from_le_bytes(curve, bad).unwrap_err(),
                Error::Range
            );
            for pair in [[bad, &one], [&one, bad]] {
                let signature = Signature::from_bytes(
                    curve,
                    Encoding::Kazakh,
                    &pair.map(Vec::as_slice).concat(),
                );
                assert_eq!(signature.unwrap_err(), Error::Range);
            }
        }
        assert_eq!(
            SigningKey::from_masked_bytes(curve, &zero, &one).unwrap_err(),
            Error::Range
        );
        assert_eq!(
            SigningKey::from_masked_bytes(curve, &one, &zero).unwrap_err(),
            Error::Range
        );
        assert_eq!(
            new_key(curve).to_masked_bytes(&zero).unwrap_err(),
            Error::Range
        );
        assert!(SigningKey::from_le_bytes(curve, &one).is_ok());
        assert_eq!(
            VerifyingKey::from_bytes(curve, &[0; 128][..2 * size]).unwrap_err(),
            Error::NotOnCurve
        );
    }
}

#[test]
fn secrets_do_not_print() {
    let key = new_key(Curve::CryptoProA);
    assert_eq!(format!("{key:?}"), "SigningKey { curve: CryptoProA, .. }");
    assert_eq!(format!("{:?}", key.to_le_bytes()), "SecretBytes { .. }");
}
