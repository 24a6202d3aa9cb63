//! A host with a module double.

use base64::prelude::{BASE64_STANDARD, Engine as _};
use serde_json::{Value, json};
use std::{
    path::{Path, PathBuf},
    thread,
    time::Duration,
};
use tamga_core::{algorithm::Padding, certificate::Certificate};
use tamga_tests::{
    computer::Computer,
    double::{self, Double, Object, Slot, certificate, private_key},
    host::{End, Host},
    people::People,
    signatures::with_pin,
};
use tempfile::TempDir;

/// The PIN of every token here.
pub(crate) const PIN: &str = "4931-kilt";

/// A computer with the module double, and a folder for the double's files.
pub(crate) struct Bench {
    pub(crate) computer: Computer,
    _folder: TempDir,
    pub(crate) double: Double,
}

impl Bench {
    /// A bench with the double that is made in its folder.
    pub(crate) fn new(double: impl FnOnce(Double) -> Double) -> Self {
        Self::with(&[double::module()], double)
    }

    /// The same with these modules.
    pub(crate) fn with(modules: &[PathBuf], double: impl FnOnce(Double) -> Double) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let double = double(Double::new(folder.path())).write();
        let (name, value) = double.variable();
        let modules: Vec<&Path> = modules.iter().map(PathBuf::as_path).collect();
        Self {
            computer: Computer::new(&modules).with(name, value),
            _folder: folder,
            double,
        }
    }

    /// A host that has said hello.
    pub(crate) fn host(&self) -> Host {
        self.computer.host()
    }

    /// How often a function of the module was called.
    pub(crate) fn count(&self, function: &str) -> usize {
        self.double.results(function).len()
    }
}

/// A token with these things on it.
pub(crate) fn token(objects: Vec<Object>) -> Slot {
    Slot {
        pin: PIN.to_owned(),
        objects,
        ..Slot::default()
    }
}

/// The listing of a host.
pub(crate) fn list(host: &mut Host) -> Value {
    host.request(&json!({"type": "list-certificates"}))
}

/// What is signed here.
pub(crate) const DOCUMENT: &[u8] = "Шарт. Договор. Contract.".as_bytes();

/// Asks for so many signatures of the document; `key` is an entry of a listing. Gives the events and the reply.
pub(crate) fn sign(
    host: &mut Host,
    key: &Value,
    pin: &str,
    documents: usize,
) -> (Vec<Value>, Value) {
    host.request_with_events(&command(key, pin, documents))
}

/// The command for that.
pub(crate) fn command(key: &Value, pin: &str, documents: usize) -> Value {
    let der = BASE64_STANDARD.decode(key["certificate"].as_str().unwrap());
    let certificate = Certificate::parse(&der.unwrap()).unwrap();
    let verifying = certificate.key().verifying_key().unwrap();
    let algorithm = verifying.signs_with(Padding::Pkcs1).unwrap();
    let digest = algorithm.digest().digest(DOCUMENT);
    let item = json!({"type": "hash", "digest": digest});
    let is_on_token = key["location"]["type"] == "token";
    let unlock = match (is_on_token, key["passwordless"] == true) {
        (true, true) => json!({"type": "reader"}),
        (true, false) => with_pin(pin),
        (false, _) => json!({"type": "password", "password": BASE64_STANDARD.encode(pin)}),
    };
    let mut command = json!({
        "type": "sign",
        "certificate": key["id"],
        "unlock": unlock,
        "profile": {"container": "cms", "level": "bes", "placement": "detached"},
        "padding": "pkcs1",
        "items": vec![item; documents],
    });
    if is_on_token {
        command["token"] = key["location"]["token"].clone();
    }
    command
}

/// A module with Ivan's key on a token.
pub(crate) fn with_ivan(people: &People, double: impl FnOnce(Double) -> Double) -> Bench {
    let objects = vec![
        private_key(1, &people.read("ivan.key")),
        certificate(1, &people.certificate("ivan")),
    ];
    Bench::new(|new| double(new.slot(token(objects))))
}

/// Waits until the double was called so often, slow or not.
pub(crate) fn called(bench: &Bench, function: &str, times: usize) {
    while bench.count(function) < times {
        thread::sleep(Duration::from_millis(5));
    }
}

/// The only answer to this request, which comes next; that something takes its time may be said before.
pub(crate) fn only_answer(host: &mut Host, id: u32) -> Value {
    loop {
        let message = host.receive().expect("the host ended");
        assert_eq!(message["id"], id, "{message}");
        if message["event"]["type"] == "waiting" {
            continue;
        }
        let kind = message["type"].as_str().unwrap();
        assert!(["reply", "failed"].contains(&kind), "{message}");
        return message;
    }
}

pub(crate) fn cancel(host: &mut Host, id: u32) {
    host.send(&json!({"type": "cancel", "id": id}));
    let answer = only_answer(host, id);
    assert_eq!(answer["failure"], json!({"code": "CANCELLED"}), "{answer}");
}

/// Ends the host, from which nothing more is heard.
pub(crate) fn finish(host: Host) -> End {
    let end = host.finish();
    assert!(end.status.success(), "{}", end.log);
    assert_eq!(end.rest, Vec::<Value>::new());
    end
}
