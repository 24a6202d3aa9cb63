//! How fast the hash, the ciphers and the derivation of keys are: `cargo run --release -p gost3410
//! --example hash_speed`. One line each, with a name, a number and its unit, for scripts to read.

#![allow(
    clippy::print_stdout,
    reason = "a measurement is printed, and nobody else writes here"
)]

use std::{
    hint::black_box,
    time::{Duration, Instant},
};

use digest::Digest;
use gost3410::{
    encryption::{Kuznyechik, Magma, ctr_acpkm},
    gost28147::{Gost28147, PARAM_Z},
    streebog::{Streebog256, Streebog512},
};

/// What is hashed and encrypted at once, in octets.
const LENGTH: u32 = 1 << 20;
/// The best of so many runs counts: other programs can only make a run slower.
const RUNS: usize = 24;

fn main() {
    let mut data = [0x5a].repeat(1 << 20);
    rate("streebog256", || Streebog256::digest(&data));
    rate("streebog512", || Streebog512::digest(&data));
    rate("magma-ctr-acpkm", || {
        ctr_acpkm::<Magma>(&[1; 32], &[2; 12], &mut data)
    });
    rate("kuznyechik-ctr-acpkm", || {
        ctr_acpkm::<Kuznyechik>(&[1; 32], &[2; 16], &mut data)
    });
    let cipher = Gost28147::new(&[1; 32], &PARAM_Z);
    rate("gost28147-cfb", || cipher.decrypt_cfb(&[2; 8], &mut data));
    rate("gost28147-mac", || cipher.mac(&[0; 8], &data));

    // What a key of a PKCS#12 file costs: a MAC key, of which the last third counts (RFC 9548).
    let mut key = [0; 96];
    let time = best(|| pbkdf2::pbkdf2_hmac::<Streebog512>(b"password", b"salt", 2000, &mut key));
    println!("pbkdf2-2000 {:.2} ms", 1000.0 * time.as_secs_f64());
}

fn rate<T>(name: &str, work: impl FnMut() -> T) {
    let rate = f64::from(LENGTH) / best(work).as_secs_f64() / 1e6;
    println!("{name} {rate:.1} MB/s");
}

fn best<T>(mut work: impl FnMut() -> T) -> Duration {
    let run = |_| {
        let start = Instant::now();
        black_box(work());
        start.elapsed()
    };
    (0..RUNS).map(run).min().unwrap_or_default()
}
