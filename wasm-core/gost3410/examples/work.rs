//! The same work for a processor and for WebAssembly, which `scripts/bench` compares. Each call of `main` does the next
//! piece, and the caller has the clock: in `wasm32-unknown-unknown` there is none, nor arguments, nor output. On a
//! processor it prints what each piece takes, in milliseconds: `cargo run --release -p gost3410 --example work`.

#![allow(
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a tool for the terminal"
)]

use std::{
    convert::Infallible,
    hint::black_box,
    sync::atomic::{AtomicUsize, Ordering},
};

use digest::Digest as _;
use gost3410::{Curve, Signature, SigningKey, VerifyingKey, streebog::Streebog256};
use signature::{
    Keypair as _,
    hazmat::{PrehashVerifier as _, RandomizedPrehashSigner as _},
    rand_core::{TryCryptoRng, TryRng},
};

/// How much is hashed, and how often a signature is verified.
const LENGTH: usize = 4 << 20;
const VERIFICATIONS: usize = 64;
const CURVES: [Curve; 4] = [
    Curve::CryptoProA,
    Curve::Tc26_256A,
    Curve::Tc26_512A,
    Curve::Tc26_512B,
];

/// The number of the next piece.
static PIECE: AtomicUsize = AtomicUsize::new(0);

fn main() {
    if cfg!(target_family = "wasm") {
        return piece(PIECE.fetch_add(1, Ordering::Relaxed));
    }
    for (number, name) in (0..).zip(names()) {
        let best = (0..10)
            .map(|_| milliseconds(number))
            .fold(f64::MAX, f64::min);
        println!("{name} {best:.2}");
    }
}

/// What the pieces are; after the last the first comes again.
fn names() -> impl Iterator<Item = &'static str> {
    let curves = CURVES.into_iter().map(Curve::name);
    ["Streebog-256"].into_iter().chain(curves)
}

fn piece(number: usize) {
    match (number % (1 + CURVES.len())).checked_sub(1) {
        None => {
            black_box(Streebog256::digest([0x5a].repeat(LENGTH)));
        }
        Some(curve) => verify(CURVES[curve]),
    }
}

/// Making the signature takes less than verifying it once.
fn verify(curve: Curve) {
    let (key, signature) = signed(curve);
    for _ in 0..VERIFICATIONS {
        let valid = key.verify_prehash(&vec![0xa5; curve.size()], &signature);
        black_box(valid).unwrap();
    }
}

fn signed(curve: Curve) -> (VerifyingKey, Signature) {
    let mut number = vec![0x3c; curve.size()];
    *number.last_mut().unwrap() = 1;
    let key = SigningKey::from_le_bytes(curve, &number).unwrap();
    let digest = vec![0xa5; curve.size()];
    let signature = key.sign_prehash_with_rng(&mut Constant, &digest);
    (key.verifying_key(), signature.unwrap())
}

fn milliseconds(number: usize) -> f64 {
    let start = std::time::Instant::now();
    piece(number);
    1000.0 * start.elapsed().as_secs_f64()
}

/// No randomness at all: what is signed here is worth nothing.
struct Constant;

impl TryRng for Constant {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok(7)
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        Ok(7)
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        bytes.fill(7);
        Ok(())
    }
}

impl TryCryptoRng for Constant {}
