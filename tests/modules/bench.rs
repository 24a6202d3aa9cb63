//! A host with a module double.

use base64::prelude::{BASE64_STANDARD, Engine as _};
use serde_json::{Value, json};
use tamga_core::{algorithm::SignatureAlgorithm, certificate::Certificate};
use tamga_tests::{
    double::{self, Double, Object, Slot},
    host::{Host, use_modules},
};
use tempfile::TempDir;

/// The PIN of every token here.
pub(crate) const PIN: &str = "4931-kilt";

/// A home folder, and the double whose tokens are within the reach of its hosts.
pub(crate) struct Bench {
    pub(crate) home: TempDir,
    pub(crate) double: Double,
}

impl Bench {
    /// A bench with the double that is made in its folder.
    pub(crate) fn new(double: impl FnOnce(Double) -> Double) -> Self {
        let home = tempfile::tempdir().unwrap();
        use_modules(home.path(), &[double::module()]);
        let double = double(Double::new(home.path())).write();
        Self { home, double }
    }

    /// A host that has said hello.
    pub(crate) fn host(&self) -> Host {
        let mut host = Host::start_with(self.home.path(), "warn", &[self.double.variable()]);
        host.greet();
        host
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
    let algorithm = SignatureAlgorithm::for_key(certificate.public_key(), false).unwrap();
    let digest = algorithm.digest().digest(DOCUMENT);
    let item = json!({"type": "hash", "digest": digest});
    let mut command = json!({
        "type": "sign",
        "certificate": key["id"],
        "password": BASE64_STANDARD.encode(pin),
        "format": "cades-bes",
        "detached": true,
        "pss": false,
        "items": vec![item; documents],
    });
    if key["home"]["type"] == "token" {
        command["token"] = key["home"]["token"].clone();
    }
    command
}
