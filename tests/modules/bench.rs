//! A host with a module double.

use base64::prelude::{BASE64_STANDARD, Engine as _};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use tamga_core::{algorithm::SignatureAlgorithm, certificate::Certificate};
use tamga_tests::{
    computer::Computer,
    double::{self, Double, Object, Slot},
    host::Host,
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
    let algorithm = SignatureAlgorithm::for_key(certificate.public_key(), false).unwrap();
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
        "pss": false,
        "items": vec![item; documents],
    });
    if is_on_token {
        command["token"] = key["location"]["token"].clone();
    }
    command
}
