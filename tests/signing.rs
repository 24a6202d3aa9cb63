//! Signatures that the real binary makes, judged by OpenSSL.

use serde_json::{Value, json};
use tamga_core::algorithm::DigestAlgorithm;
use tamga_tests::{
    host::Host,
    people::{PASSWORD, People},
    signatures::{item, judge, order, sign_in_every_format},
};

#[test]
fn openssl_accepts_every_kind_of_signature() {
    let Some(people) = People::get() else {
        return;
    };
    let home = tempfile::tempdir().unwrap();
    let mut host = Host::greeted(home.path());
    for (name, digest, padding) in [
        ("aigerim", "SHA-256", "pkcs1"),
        ("aigerim", "SHA-256", "pss"),
        ("ivan", "SHA-256", "pkcs1"),
        ("mary", "SHA-384", "pkcs1"),
        ("olzhas", "SHA-512", "pkcs1"),
    ] {
        if padding == "pkcs1" {
            let file = people.read(&format!("{name}.p12"));
            assert_eq!(host.add(name, &file, PASSWORD), people.id(name));
        }
        let mut order = order(&people.id(name), PASSWORD);
        order["padding"] = padding.into();
        sign_in_every_format(&mut host, people, &order, digest);
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
    let items = (0..100).map(|index| item(&mut host, &text(index), "SHA-256"));
    let mut order = order(&id, PASSWORD);
    order["items"] = items.collect();
    let (events, reply) = host.request_with_events(&order);
    assert_eq!(reply["type"], "done", "{reply}");
    assert_eq!(events.len(), 100);
    for index in [0, 57, 99] {
        assert_eq!(events[index]["index"], index);
        judge(people, &events[index], &text(index), "cades-bes", true);
    }
}

/// Nothing of the document comes back: the result is pieces, one of them the document.
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
    let mut order = order(&id, PASSWORD);
    order["profile"]["placement"] = "attached".into();
    order["items"] = json!([{"type": "document", "document": read["document"]}]);
    let (events, _) = host.request_with_events(&order);
    judge(people, &events[0], &vec![0x5a; size], "cades-bes", false);
}

/// The record is the host's alone: nothing of it is in an answer to the command to sign.
#[test]
fn what_sites_had_signed_is_recorded_unless_it_shall_leave_no_trace() {
    let Some(people) = People::get() else {
        return;
    };
    let home = tempfile::tempdir().unwrap();
    let mut host = Host::greeted(home.path());
    let id = host.add("ivan", &people.read("ivan.p12"), PASSWORD);
    let digest = DigestAlgorithm::Sha256.digest(b"one");
    let sign = |host: &mut Host, context: Value| {
        let mut order = order(&id, PASSWORD);
        let unread = json!({"type": "document", "document": 77});
        order["items"] = json!([item(host, b"one", "SHA-256"), unread]);
        order["context"] = context;
        host.request_with_events(&order)
    };
    let context = |documents: Value, record: bool| json!({"origin": "https://bank.example", "topOrigin": "https://top.example", "documents": documents, "record": record});
    let read = |host: &mut Host, search: &str| {
        host.request(&json!({"type": "read-record", "search": search, "skip": 0, "limit": 20}))
    };
    let names = json!(["Договор\u{202e}.txt", "gone.txt"]);
    let (events, reply) = sign(&mut host, context(names.clone(), false));
    assert_eq!((&reply["type"], events.len()), (&"done".into(), 2));
    assert_eq!(read(&mut host, "")["total"], 0);
    assert!(!home.path().join(".local/share/tamga/record").exists());

    sign(&mut host, context(names, true));
    let page = read(&mut host, "договор bank.example");
    assert_eq!(
        (&page["found"], &page["total"]),
        (&1.into(), &2.into()),
        "{page}"
    );
    let mut entry = page["entries"][0].clone();
    assert!(entry["time"].as_u64().unwrap() > 1_700_000_000);
    entry["time"] = 0.into();
    let expected = json!({
        "time": 0,
        "origin": "https://bank.example",
        "topOrigin": "https://top.example",
        "document": "Договор\u{202e}.txt",
        "digest": {"algorithm": "SHA-256", "value": digest.hex()},
        "certificate": id,
        "owner": "Үлгі ivan",
    });
    assert_eq!(entry, expected);
    let failed = read(&mut host, "gone.txt");
    assert_eq!(failed["entries"][0]["failure"], "REQUEST_MALFORMED");

    // Names that do not belong to the items, and an origin that is none.
    for context in [
        context(json!(["one name"]), true),
        context(json!(["", "b"]), true),
        json!({"origin": "http://bank.example", "documents": ["a", "b"], "record": true}),
    ] {
        let (_, reply) = sign(&mut host, context);
        assert_eq!(reply["code"], "REQUEST_MALFORMED", "{reply}");
    }
    let too_many = json!({"type": "read-record", "search": "", "skip": 0, "limit": 1001});
    assert_eq!(host.request(&too_many)["code"], "REQUEST_MALFORMED");
    let off = host.request(&json!({"type": "set-record", "on": false}));
    assert_eq!(off["type"], "record-changed");
    assert_eq!(
        host.request(&json!({"type": "delete-record"}))["type"],
        "record-changed"
    );
    let page = read(&mut host, "");
    assert_eq!((&page["on"], &page["total"]), (&false.into(), &0.into()));
}
