//! Authorities that the person has Tamga trust, through the real host.
#![expect(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test may stop where it stands"
)]

use base64::prelude::{BASE64_STANDARD, Engine as _};
use serde_json::{Value, json};
use std::fs;
use tamga_core::{certificate::Certificate, pem};
use tamga_tests::{computer::Computer, host::Host, people::People};

fn list(host: &mut Host) -> Vec<Value> {
    let reply = host.request(&json!({"type": "list-trust"}));
    assert_eq!(reply["type"], "trust", "{reply}");
    reply["sources"].as_array().unwrap().clone()
}

/// The ids of what a source has.
fn ids(sources: &[Value], kind: &str) -> Vec<String> {
    let sources = sources.iter().filter(|source| source["kind"] == kind);
    let certificates = sources.flat_map(|source| source["certificates"].as_array().unwrap());
    let id = |it: &Value| it["certificate"]["id"].as_str().unwrap().to_owned();
    certificates.map(id).collect()
}

fn inspect(content: &str) -> Value {
    json!({"type": "inspect-authority", "name": "a.cer", "content": content})
}

fn add(file: &[u8], id: &str) -> Value {
    let content = BASE64_STANDARD.encode(file);
    json!({"type": "add-authority", "name": "a.cer", "content": content, "fingerprint": id})
}

fn remove(id: &str) -> Value {
    json!({"type": "remove-authority", "fingerprint": id})
}

#[test]
fn an_authority_is_trusted_by_its_fingerprint_for_all_hosts_of_the_person_and_removed() {
    let Some(people) = People::get() else { return };
    let computer = Computer::new(&[]);
    let (mut host, file) = (computer.host(), people.read("ca.pem"));
    let der = pem::objects(&file).first().unwrap().bytes().to_vec();
    let id = Certificate::parse(&der).unwrap().id();

    let inspect = inspect(&BASE64_STANDARD.encode(&file));
    let found = host.request(&inspect);
    assert_eq!(
        found["certificates"][0]["certificate"]["id"], *id,
        "{found}"
    );
    let before = list(&mut host);
    assert_eq!(ids(&before, "person"), Vec::<String>::new());
    assert!(!ids(&before, "national").is_empty());

    let other = host.request(&add(&file, &"00".repeat(32)));
    assert_eq!(other["code"], "CERTIFICATE_NOT_FOUND");
    assert_eq!(list(&mut host), before);

    let added = host.request(&add(&file, &id));
    let now = added["sources"].as_array().unwrap();
    assert_eq!(ids(now, "person"), [&*id]);
    assert_eq!(ids(&list(&mut computer.host()), "person"), [&*id]);
    // Once more changes nothing.
    assert_eq!(host.request(&add(&der, &id)), added);

    assert_eq!(host.request(&remove(&id))["sources"], json!(before));
    assert_eq!(host.request(&remove(&id))["code"], "CERTIFICATE_NOT_FOUND");
}

#[test]
fn what_is_no_authority_is_refused_and_a_broken_file_takes_nothing_away() {
    let Some(people) = People::get() else { return };
    let computer = Computer::new(&[]);
    let (mut host, file) = (computer.host(), people.read("ca.pem"));
    let ivan = people.read("ivan.pem");
    for (file, code) in [
        (&*ivan, "CERTIFICATE_NOT_AUTHORITY"),
        (b"garbage", "CERTIFICATE_MALFORMED"),
        (b"", "CERTIFICATE_MALFORMED"),
        (&people.read("ca.key"), "CERTIFICATE_MALFORMED"),
    ] {
        let content = BASE64_STANDARD.encode(file);
        assert_eq!(host.request(&inspect(&content))["code"], code);
        assert_eq!(host.request(&add(file, &"00".repeat(32)))["code"], code);
    }
    assert_eq!(host.request(&inspect("?"))["code"], "REQUEST_MALFORMED");
    // No path leads out of the folder.
    for id in ["../modules", "", "00"] {
        assert_eq!(host.request(&remove(id))["code"], "CERTIFICATE_NOT_FOUND");
    }

    let objects = pem::objects(&file);
    let id = Certificate::parse(objects.first().unwrap().bytes())
        .unwrap()
        .id();
    host.request(&add(&file, &id));
    let folder = computer.data().join("trust");
    fs::write(folder.join("broken.cer"), b"garbage").unwrap();
    let sources = list(&mut host);
    assert_eq!(ids(&sources, "person"), [id]);
    let person = sources.iter().find(|it| it["kind"] == "person").unwrap();
    let expected = json!([{"code": "CERTIFICATE_MALFORMED", "subject": "broken.cer"}]);
    assert_eq!(person["problems"], expected);
}
