//! Measures tokens through the whole host, and the same loop straight on the module: `cargo bench -p tamga-tests`.
//!
//! The token is the module double with an RSA key of 2048 bits. By itself it signs as fast as this computer can, which
//! is the hardest case for whoever stands in between, because both want the same processor. Then it takes its time,
//! still less than any real token.
#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a measurement may stop where it stands"
)]

#[path = "modules/bench.rs"]
#[expect(dead_code, reason = "tests use the rest of it")]
mod bench;

use bench::{Bench, PIN, list, sign, token};
use cryptoki::{
    context::{CInitializeArgs, CInitializeFlags, Pkcs11},
    mechanism::Mechanism,
    object::{Attribute, ObjectClass},
    session::UserType,
    types::AuthPin,
};
use serde_json::json;
use std::{
    env, fs,
    process::Command,
    time::{Duration, Instant},
};
use tamga_tests::{
    double::{self, Double, certificate, private_key},
    people::People,
};

/// How many signatures are made in a row.
const SIGNATURES: usize = 100;
/// How long a token takes for one that is faster than any card, as the double has it.
const FAST_TOKEN: &str = "slow:20";
/// How often each measurement is made; the median counts.
const RUNS: usize = 5;
/// The argument of the process that speaks to the module itself.
const DIRECT: &str = "--straight-on-the-module";

fn main() {
    if env::args().any(|argument| argument == DIRECT) {
        println!("{}", straight().as_nanos());
        return;
    }
    let Some(people) = People::get() else {
        return;
    };
    signatures(people, "by the module itself", |double| double);
    signatures(people, "by a token that takes 20 ms", |double| {
        // `cryptoki` calls C_Sign twice, to learn the signature's length.
        double.misbehaviour("C_SignInit", None, FAST_TOKEN)
    });
    listing(people);
}

fn signatures(people: &People, made: &str, pace: impl FnOnce(Double) -> Double) {
    let key = people.read("aigerim.key");
    let objects = vec![
        private_key(1, &key),
        certificate(1, &people.certificate("aigerim")),
    ];
    let bench = Bench::new(|double| pace(double.slot(token(objects))));
    let mut host = bench.host();
    let listed = list(&mut host);
    let key = &listed["keys"][0];
    let (name, value) = bench.double.variable();
    // In turn, so that a computer with other things to do slows down both.
    let runs = (0..RUNS).map(|_| {
        let begun = Instant::now();
        let (_, reply) = sign(&mut host, key, PIN, SIGNATURES);
        assert_eq!(reply["type"], "done", "{reply}");
        let through_the_host = begun.elapsed();
        let mut command = Command::new(env::current_exe().unwrap());
        let output = command.arg(DIRECT).env(name, value).output().unwrap();
        let nanoseconds = String::from_utf8_lossy(&output.stdout).trim().parse();
        let straight = nanoseconds.expect("a number of nanoseconds");
        (through_the_host, Duration::from_nanos(straight))
    });
    let (through_the_host, straight) = runs.unzip();
    let rate = |times| f64::from(u32::try_from(SIGNATURES).unwrap()) / median(times).as_secs_f64();
    let (through_the_host, straight) = (rate(through_the_host), rate(straight));
    println!(
        "signatures per second {made}, RSA 2048, one PIN for {SIGNATURES}: {through_the_host:.0} through the host, {straight:.0} straight on the module: {:.2} of it",
        through_the_host / straight
    );
}

/// The same loop without a host: login, digests signed, logout.
fn straight() -> Duration {
    let pkcs11 = Pkcs11::new(double::module()).unwrap();
    let arguments = CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK);
    pkcs11.initialize(arguments).unwrap();
    let slot = pkcs11.get_slots_with_token().unwrap()[0];
    let begun = Instant::now();
    let session = pkcs11.open_ro_session(slot).unwrap();
    let pin = AuthPin::from(PIN.to_owned());
    session.login(UserType::User, Some(&pin)).unwrap();
    let template = [Attribute::Class(ObjectClass::PRIVATE_KEY)];
    let key = session.find_objects(&template).unwrap()[0];
    for _ in 0..SIGNATURES {
        session.sign(&Mechanism::RsaPkcs, key, &[7; 51]).unwrap();
    }
    session.logout().unwrap();
    begun.elapsed()
}

/// Four modules, of which one hangs: when the others' certificates are there.
fn listing(people: &People) {
    let objects = vec![
        private_key(1, &people.read("ivan.key")),
        certificate(1, &people.certificate("ivan")),
    ];
    let folder = tempfile::tempdir().unwrap();
    let place = |name: &str| folder.path().join(name).with_extension("so");
    for name in ["two", "three"] {
        fs::copy(double::module(), place(name)).unwrap();
    }
    // A pipe that nobody writes to: loading it never ends.
    let pipe = Command::new("mkfifo").arg(place("hanging")).status();
    assert!(pipe.unwrap().success());
    let modules = [
        double::module(),
        place("two"),
        place("three"),
        place("hanging"),
    ];
    let bench = Bench::with(&modules, |double| double.slot(token(objects)));
    let first = (0..RUNS).map(|_| {
        let mut host = bench.host();
        let begun = Instant::now();
        host.ask(&json!({"type": "list-certificates"}));
        let message = host.receive().unwrap();
        let elapsed = begun.elapsed();
        let keys = message["event"]["keys"].as_array().map(Vec::len);
        assert_eq!(keys, Some(1), "{message}");
        elapsed
    });
    println!(
        "certificates of three modules while a fourth hangs: {} ms",
        median(first.collect()).as_millis()
    );
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[RUNS / 2]
}
