//! Signatures made and verified per second on every curve:  cargo run --release -p gost3410 --example speed [seconds]
//! One line a curve: its name; signatures, verifications and public keys read and checked.

#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a tool for the terminal"
)]

use std::{
    env,
    hint::black_box,
    time::{Duration, Instant},
};

use getrandom::SysRng;
use gost3410::{Curve, SigningKey};
use signature::{
    Keypair,
    hazmat::{PrehashVerifier, RandomizedPrehashSigner},
};

const TURN: u32 = 8;

fn main() {
    let seconds = env::args().nth(1).map_or(0.5, |text| text.parse().unwrap());
    let time = Duration::from_secs_f64(seconds);
    println!(
        "{:40} {:>9} {:>9} {:>9}",
        "curve", "sign/s", "verify/s", "import/s"
    );
    for curve in Curve::ALL.into_iter().filter(|curve| !curve.is_test()) {
        let key = SigningKey::generate(curve, &mut SysRng).unwrap();
        let verifying_key = key.verifying_key();
        let public = verifying_key.to_bytes();
        let digest = vec![0xA5; curve.size()];
        let signature = key.sign_prehash_with_rng(&mut SysRng, &digest).unwrap();
        let sign = per_second(time, || {
            key.sign_prehash_with_rng(&mut SysRng, &digest).unwrap()
        });
        let verify = per_second(time, || {
            verifying_key.verify_prehash(&digest, &signature).unwrap()
        });
        let import = per_second(time, || {
            gost3410::VerifyingKey::from_bytes(curve, public.as_ref()).unwrap()
        });
        println!("{:40} {sign:9.0} {verify:9.0} {import:9.0}", curve.name());
    }
}

/// The best of many short turns: other processes only ever make it slower.
fn per_second<T>(time: Duration, mut operation: impl FnMut() -> T) -> f64 {
    let (start, mut best) = (Instant::now(), Duration::MAX);
    while start.elapsed() < time {
        let turn = Instant::now();
        for _ in 0..TURN {
            black_box(operation());
        }
        best = best.min(turn.elapsed());
    }
    f64::from(TURN) / best.as_secs_f64()
}
