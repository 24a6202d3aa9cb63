//! What a PIV card is asked besides PKCS#11, where the smart card service hangs.

use super::bench::{Bench, PIN, command, list, token};
use serde_json::json;
use std::{
    fs::{self, File, TryLockError},
    os::unix::net::UnixListener,
    thread,
    time::Duration,
};
use tamga_tests::{
    double::{self, certificate, private_key},
    people::People,
};

/// The list that is asked for before waits for the service until its deadline.
#[test]
fn what_a_card_is_asked_is_cancelled_with_its_request() {
    let Some(people) = People::get() else { return };
    let folder = tempfile::tempdir().unwrap();
    // A module that serves PIV cards, by the name of its file.
    let module = folder.path().join("opensc-pkcs11.so");
    fs::copy(double::module(), &module).unwrap();
    let objects = vec![
        private_key(1, &people.read("ivan.key")),
        certificate(1, &people.certificate("ivan")),
    ];
    let mut bench = Bench::with(&[module], |double| double.slot(token(objects)));
    let socket = folder.path().join("pcscd.comm");
    let _service = UnixListener::bind(&socket).unwrap();
    bench.computer = bench.computer.with("PCSCLITE_CSOCK_NAME", socket);
    let mut host = bench.host();
    let key = list(&mut host)["keys"][0].clone();
    let listing = host.ask(&json!({"type": "list-certificates"}));
    let signing = host.ask(&command(&key, PIN, 1));
    let is_locked = || {
        let locks = fs::read_dir(bench.computer.data().join("locks"));
        let mut paths = locks
            .into_iter()
            .flatten()
            .map(|entry| entry.unwrap().path());
        let locked = |path| {
            matches!(
                File::open(path).unwrap().try_lock(),
                Err(TryLockError::WouldBlock)
            )
        };
        paths.any(locked)
    };
    while !is_locked() {
        thread::sleep(Duration::from_millis(5));
    }
    host.send(&json!({"type": "cancel", "id": signing}));
    while is_locked() {
        thread::sleep(Duration::from_millis(5));
    }
    let hello = host.ask(&json!({"type": "hello", "protocol": 1, "version": "0.1.0"}));
    let mut ended = Vec::new();
    while ended.len() < 3 {
        let message = host.receive().unwrap();
        if message["type"] != "event" {
            ended.push(message["id"].clone());
        }
    }
    assert_eq!(ended, [signing, hello, listing]);
    assert_eq!(bench.count("C_Login"), 0);
}
