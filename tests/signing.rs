//! Signatures that the real binary makes, judged by OpenSSL.
#![expect(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test may stop where it stands"
)]

use base64::prelude::{BASE64_STANDARD, Engine as _};
use serde_json::{Value, json};
use std::fs;
use tamga_tests::{
    host::Host,
    people::{PASSWORD, People},
};

const DOCUMENT: &[u8] = "Шарт. Договор. Contract.\r\n\u{1a}\0".as_bytes();

fn sign(certificate: &str, items: &[Value], format: &str, detached: bool, pss: bool) -> Value {
    json!({
        "type": "sign",
        "certificate": certificate,
        "password": BASE64_STANDARD.encode(PASSWORD),
        "format": format,
        "detached": detached,
        "pss": pss,
        "items": items,
    })
}

fn part(event: &Value, name: &str) -> Vec<u8> {
    let text = event[name].as_str().unwrap_or_else(|| panic!("{event}"));
    BASE64_STANDARD.decode(text).unwrap()
}

#[test]
fn openssl_accepts_every_kind_of_signature() {
    let Some(people) = People::get() else {
        return;
    };
    let home = tempfile::tempdir().unwrap();
    let mut host = Host::greeted(home.path());
    let document = home.path().join("document");
    fs::write(&document, DOCUMENT).unwrap();
    for (name, digest, pss) in [
        ("aigerim", "SHA-256", false),
        ("aigerim", "SHA-256", true),
        ("ivan", "SHA-256", false),
        ("mary", "SHA-384", false),
        ("olzhas", "SHA-512", false),
    ] {
        let file = people.read(&format!("{name}.p12"));
        if !pss {
            assert_eq!(host.add(name, &file, PASSWORD), people.id(name));
        }
        let read = host.read_document(DOCUMENT.len(), digest, |_| DOCUMENT.to_vec());
        let item = json!({"type": "document", "document": read["document"]});
        for (format, detached) in [
            ("cms", true),
            ("cms", false),
            ("cades-bes", true),
            ("cades-bes", false),
        ] {
            let items = std::slice::from_ref(&item);
            let command = sign(&people.id(name), items, format, detached, pss);
            let (events, reply) = host.request_with_events(&command);
            assert_eq!(reply["type"], "done", "{reply}");
            let (mut signature, tail) = (part(&events[0], "head"), part(&events[0], "tail"));
            if !detached {
                signature.extend_from_slice(DOCUMENT);
            }
            signature.extend(tail);
            let path = home.path().join("signature");
            fs::write(&path, signature).unwrap();
            let outside = detached.then_some(&*document);
            let content = people.verify(&path, outside, format == "cades-bes");
            assert_eq!(content, DOCUMENT, "{name} {format} {detached}");
        }
    }
    assert!(host.finish().status.success());
}

#[test]
fn a_hundred_documents_take_one_password() {
    let Some(people) = People::get() else {
        return;
    };
    let home = tempfile::tempdir().unwrap();
    let mut host = Host::greeted(home.path());
    let id = host.add("aigerim", &people.read("aigerim.p12"), PASSWORD);
    let text = |index: usize| format!("document {index}").into_bytes();
    let mut items = Vec::new();
    for index in 0..100 {
        let read = host.read_document(text(index).len(), "SHA-256", |_| text(index));
        items.push(json!({"type": "document", "document": read["document"]}));
    }
    let (events, reply) = host.request_with_events(&sign(&id, &items, "cades-bes", true, false));
    assert_eq!(reply["type"], "done", "{reply}");
    assert_eq!(events.len(), 100);
    for index in [0, 57, 99] {
        let event = &events[index];
        assert_eq!(event["index"], index);
        let [document, signature] = ["document", "signature"].map(|name| home.path().join(name));
        fs::write(&document, text(index)).unwrap();
        fs::write(
            &signature,
            [part(event, "head"), part(event, "tail")].concat(),
        )
        .unwrap();
        assert_eq!(
            people.verify(&signature, Some(&document), true),
            text(index)
        );
    }
}

/// Nothing of the document comes back: the result is head, document and tail.
#[test]
fn an_attached_signature_of_a_large_document_is_whole() {
    let Some(people) = People::get() else {
        return;
    };
    let home = tempfile::tempdir().unwrap();
    let mut host = Host::greeted(home.path());
    let id = host.add("ivan", &people.read("ivan.p12"), PASSWORD);
    let size = (5 << 20) + 17;
    let read = host.read_document(size, "SHA-256", |length| vec![0x5a; length]);
    let items = [json!({"type": "document", "document": read["document"]})];
    let (events, _) = host.request_with_events(&sign(&id, &items, "cades-bes", false, false));
    let document = vec![0x5a; size];
    let signature = [
        part(&events[0], "head"),
        document.clone(),
        part(&events[0], "tail"),
    ]
    .concat();
    let path = home.path().join("signature");
    fs::write(&path, signature).unwrap();
    assert_eq!(people.verify(&path, None, true), document);
}
