//! What the administrator has decided for everybody on a computer, and the log that is kept for them.
#![expect(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test may stop where it stands"
)]

use base64::prelude::{BASE64_STANDARD, Engine as _};
use serde_json::{Value, json};
use std::{fs, os::unix::net::UnixDatagram, path::Path, time::Duration};
use tamga_core::algorithm::DigestAlgorithm;
use tamga_tests::{
    host::{Host, command},
    people::{PASSWORD, People},
    signatures::{item, order},
};

const SITE: &str = "https://bank.example";

/// A host of a computer with these settings, whose log is in the same folder.
fn host(folder: &Path, settings: &Value) -> Host {
    let system = folder.join("system");
    fs::create_dir_all(&system).unwrap();
    fs::write(system.join("settings.json"), settings.to_string()).unwrap();
    let mut command = command(folder);
    command.env("TAMGA_SYSTEM", system);
    command.env("TAMGA_AUDIT_SOCKET", folder.join("log"));
    let mut host = Host::start_as(command, &folder.join("log.txt"), "warn");
    host.greet();
    host
}

/// The log of the system, which nobody else writes to.
fn log(folder: &Path) -> UnixDatagram {
    let log = UnixDatagram::bind(folder.join("log")).unwrap();
    log.set_read_timeout(Some(Duration::from_secs(1))).unwrap();
    log
}

/// What is in it, to its end.
fn entries(log: &UnixDatagram) -> (Vec<Value>, String) {
    let (mut entries, mut all) = (Vec::new(), String::new());
    let mut message = [0; 4096];
    while let Ok(length) = log.recv(&mut message) {
        let text = std::str::from_utf8(&message[..length]).unwrap();
        assert!(length <= 1024, "{length}");
        let (tag, entry) = text.split_once(": ").unwrap();
        assert!(tag.contains(">tamga-host["), "{tag}");
        entries.push(serde_json::from_str(entry).unwrap());
        all += text;
    }
    (entries, all)
}

fn sign(host: &mut Host, id: &str, password: &str, record: bool) -> Value {
    let mut order = order(id, password);
    let unread = json!({"type": "document", "document": 77});
    order["items"] = json!([item(host, b"one", "SHA-256"), unread]);
    order["context"] = json!({
        "origin": SITE,
        "topOrigin": "https://portal.example",
        "documents": ["Secret plan.txt", "gone.txt"],
        "record": record,
    });
    host.request_with_events(&order).1
}

#[test]
fn signatures_are_told_to_the_systems_log_where_the_administrator_wants_it() {
    let Some(people) = People::get() else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let log = log(folder.path());
    let mut silent = host(folder.path(), &json!({}));
    let id = silent.add("ivan", &people.read("ivan.p12"), PASSWORD);
    assert_eq!(sign(&mut silent, &id, PASSWORD, true)["type"], "done");
    assert_eq!(entries(&log).0, Vec::<Value>::new());
    silent.finish();

    let mut host = host(folder.path(), &json!({"auditLog": true}));
    // Also what leaves no trace with the person.
    assert_eq!(sign(&mut host, &id, PASSWORD, false)["type"], "done");
    assert_eq!(
        sign(&mut host, &id, "wrong", false)["code"],
        "PASSWORD_WRONG"
    );
    let (entries, all) = entries(&log);
    let digest = DigestAlgorithm::Sha256.digest(b"one");
    let outcomes: Vec<_> = entries.iter().map(|entry| &entry["outcome"]).collect();
    assert_eq!(outcomes, ["SIGNED", "REQUEST_MALFORMED", "PASSWORD_WRONG"]);
    let [signed, failed, locked] = entries.as_slice() else {
        panic!("{all}");
    };
    assert_eq!(signed["digest"]["value"], digest.hex());
    assert!(failed["digest"].is_null() && locked["serial"].is_null());
    assert_eq!(signed["serial"], failed["serial"]);
    assert!(!signed["serial"].as_str().unwrap().is_empty());
    for entry in [signed, failed, locked] {
        assert_eq!(
            (&entry["origin"], &entry["certificate"]),
            (&SITE.into(), &id.as_str().into())
        );
        assert!(entry["time"].as_str().unwrap().starts_with("20"));
    }
    for secret in ["Secret plan", "gone.txt", PASSWORD, "wrong", "ivan"] {
        assert!(!all.contains(secret), "{secret} in {all}");
    }
    // A log that is gone keeps nobody from signing.
    drop(log);
    fs::remove_file(folder.path().join("log")).unwrap();
    assert_eq!(sign(&mut host, &id, PASSWORD, false)["type"], "done");
    let end = host.finish();
    assert!(
        end.log.contains("the audit log cannot be written"),
        "{}",
        end.log
    );
}

#[test]
fn what_is_typed_in_the_browser_is_refused_where_it_shall_be_typed_elsewhere() {
    let Some(people) = People::get() else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let mut host = host(folder.path(), &json!({"pinEntry": "system"}));
    let hello = json!({"type": "hello", "protocol": 1, "version": "0.1.0"});
    assert_eq!(host.request(&hello)["pinsInDialog"], true);
    let id = host.add("ivan", &people.read("ivan.p12"), PASSWORD);
    assert_eq!(
        sign(&mut host, &id, PASSWORD, true)["code"],
        "SETTING_FIXED"
    );
    let pin = BASE64_STANDARD.encode("123456");
    let unlock = json!({"type": "pin", "pin": pin});
    let private = json!({"type": "list-private-certificates", "token": "00", "unlock": unlock});
    assert_eq!(host.request(&private)["code"], "SETTING_FIXED");
    host.finish();
}

#[test]
fn nobody_is_trusted_whom_a_person_adds_where_the_administrator_will_not_have_it() {
    const AUTHORITY: &[u8] = include_bytes!("../wasm-core/tests/fixtures/authority.der");
    let folder = tempfile::tempdir().unwrap();
    let fingerprint = DigestAlgorithm::Sha256.digest(AUTHORITY);
    let add = json!({
        "type": "add-authority",
        "name": "a.cer",
        "content": BASE64_STANDARD.encode(AUTHORITY),
        "fingerprint": fingerprint.hex(),
    });
    let persons = |reply: &Value| {
        let sources = reply["sources"].as_array().unwrap();
        let person = sources.iter().find(|it| it["kind"] == "person").unwrap();
        person["count"].clone()
    };
    let mut free = host(folder.path(), &json!({}));
    assert_eq!(persons(&free.request(&add)), 1);
    free.finish();
    let mut host = host(folder.path(), &json!({"personalAuthorities": false}));
    assert_eq!(host.request(&add)["code"], "SETTING_FIXED");
    assert_eq!(persons(&host.request(&json!({"type": "list-trust"}))), 0);
    host.finish();
}
