//! Measures tokens through the whole host, and the same loop straight on the module: `cargo bench -p tamga-tests`.
//!
//! The token is the module double with an RSA key of 2048 bits, which signs about as fast as this computer can:
//! the hardest case for whoever stands in between. A real token takes a hundred times as long.
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
    double::{self, certificate, private_key},
    people::People,
};

/// How many signatures are made in a row.
const SIGNATURES: usize = 200;
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
    signatures(people);
    listing(people);
}

fn signatures(people: &People) {
    let key = people.read("aigerim.key");
    let objects = vec![
        private_key(1, &key),
        certificate(1, &people.certificate("aigerim")),
    ];
    let bench = Bench::new(|double| double.slot(token(objects)));
    let mut host = bench.host();
    let listed = list(&mut host);
    let key = &listed["keys"][0];
    let through_the_host = median(|| {
        let begun = Instant::now();
        let (_, reply) = sign(&mut host, key, PIN, SIGNATURES);
        assert_eq!(reply["type"], "done", "{reply}");
        begun.elapsed()
    });
    let (name, value) = bench.double.variable();
    let straight = median(|| {
        let mut command = Command::new(env::current_exe().unwrap());
        let output = command.arg(DIRECT).env(name, value).output().unwrap();
        let nanoseconds = String::from_utf8_lossy(&output.stdout).trim().parse();
        Duration::from_nanos(nanoseconds.expect("a number of nanoseconds"))
    });
    let rate = |time: Duration| f64::from(u32::try_from(SIGNATURES).unwrap()) / time.as_secs_f64();
    println!(
        "signatures per second, RSA 2048, one PIN for {SIGNATURES}: {:.0} through the host, {:.0} straight on the module: {:.2} of it",
        rate(through_the_host),
        rate(straight),
        rate(through_the_host) / rate(straight)
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
    let first = median(|| {
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
        first.as_millis()
    );
}

fn median(mut measure: impl FnMut() -> Duration) -> Duration {
    let mut times: Vec<Duration> = (0..RUNS).map(|_| measure()).collect();
    times.sort();
    times[RUNS / 2]
}
