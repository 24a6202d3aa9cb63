//! Whether the time of an operation tells anything about the key, after the method of dudect (Reparaz, Balasch,
//! Verbauwhede, 2017): a key with almost no bits set and random keys take turns at random, and Welch's t-test compares
//! their times. Above 4.5 in a run, and again in the next, there is a leak; below, none was seen.
//!
//! ```text
//! cargo run --release -p gost3410 --example leak
//! ```

#![expect(
    clippy::as_conversions,
    clippy::cast_precision_loss,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a measurement to look at"
)]

use getrandom::{SysRng, rand_core::TryRng as _};
use gost3410::streebog::Streebog256;
use gost3410::{Curve, SigningKey, vko};
use signature::{Keypair as _, hazmat::RandomizedPrehashSigner as _};
use std::{hint::black_box, time::Instant};

const MEASUREMENTS: usize = 20_000;
/// Interrupts and other programs make some measurements long: those above this share of all do not count.
const KEPT: f64 = 0.9;

/// Two sets of times, in nanoseconds: of the sparse key, and of random ones.
type Times = [Vec<f64>; 2];

fn main() {
    println!(
        "{:<14} {:>12} {:>12} {:>12}",
        "t", "public key", "signing", "agreement"
    );
    for curve in [
        Curve::CryptoProA,
        Curve::CryptoProB,
        Curve::Tc26_256A,
        Curve::Tc26_512A,
        Curve::Tc26_512B,
    ] {
        let peer = SigningKey::generate(curve, &mut SysRng)
            .unwrap()
            .verifying_key();
        let digest = vec![0x5a; curve.size()];
        let key = |scalar: Vec<u8>| SigningKey::from_le_bytes(curve, &scalar).unwrap();
        let derive = measure(
            curve,
            |scalar| scalar,
            |scalar| drop(black_box(key(scalar.clone()))),
        );
        let sign = measure(curve, key, |key| {
            black_box(key.sign_prehash_with_rng(&mut SysRng, &digest)).unwrap();
        });
        let agree = measure(curve, key, |key| {
            black_box(vko::<Streebog256>(key, &peer, &[1; 8])).unwrap();
        });
        let [derive, sign, agree] = [derive, sign, agree].map(|times| t(&times));
        println!(
            "{:<14} {derive:>12.1} {sign:>12.1} {agree:>12.1}",
            format!("{curve:?}")
        );
    }
}

/// A scalar: 1, or a random one below any q.
fn scalar(curve: Curve, sparse: bool) -> Vec<u8> {
    let mut bytes = vec![0; curve.size()];
    if sparse {
        bytes[0] = 1;
    } else {
        SysRng.try_fill_bytes(&mut bytes).unwrap();
        *bytes.last_mut().unwrap() &= 0x0f;
    }
    bytes
}

/// The times of an operation on what is prepared, untimed, from a scalar of each class in turn.
fn measure<T>(curve: Curve, prepare: impl Fn(Vec<u8>) -> T, operation: impl Fn(&T)) -> Times {
    let mut times = Times::default();
    let mut coins = vec![0; MEASUREMENTS];
    SysRng.try_fill_bytes(&mut coins).unwrap();
    for coin in coins {
        let class = usize::from(coin & 1);
        let prepared = prepare(scalar(curve, class == 0));
        let start = Instant::now();
        operation(black_box(&prepared));
        times[class].push(start.elapsed().as_nanos() as f64);
    }
    times
}

/// Welch's t of the two sets, cropped alike.
fn t(times: &Times) -> f64 {
    let mut all: Vec<f64> = times.concat();
    all.sort_by(f64::total_cmp);
    let limit = all[(all.len() as f64 * KEPT) as usize];
    let moments = times.each_ref().map(|set| {
        let kept: Vec<f64> = set.iter().copied().filter(|time| *time <= limit).collect();
        let count = kept.len() as f64;
        let mean = kept.iter().sum::<f64>() / count;
        let variance = kept.iter().map(|time| (time - mean).powi(2)).sum::<f64>() / (count - 1.0);
        (mean, variance / count)
    });
    let [(sparse, first), (random, second)] = moments;
    (sparse - random) / (first + second).sqrt()
}
