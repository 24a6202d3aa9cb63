//! Signatures that the real binary makes, judged by OpenSSL.

use serde_json::json;
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
    for (name, digest, pss) in [
        ("aigerim", "SHA-256", false),
        ("aigerim", "SHA-256", true),
        ("ivan", "SHA-256", false),
        ("mary", "SHA-384", false),
        ("olzhas", "SHA-512", false),
    ] {
        if !pss {
            let file = people.read(&format!("{name}.p12"));
            assert_eq!(host.add(name, &file, PASSWORD), people.id(name));
        }
        let mut order = order(&people.id(name), PASSWORD);
        order["pss"] = pss.into();
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
    let mut order = order(&id, PASSWORD);
    order["detached"] = false.into();
    order["items"] = json!([{"type": "document", "document": read["document"]}]);
    let (events, _) = host.request_with_events(&order);
    judge(people, &events[0], &vec![0x5a; size], "cades-bes", false);
}
