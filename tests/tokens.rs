//! Tokens and cards through the real host, the real pcscd and real modules: what is listed, and signatures.

use serde_json::{Value, json};
use tamga_tests::{
    cards::{self, Card, READERS, Readers, opensc},
    host::Host,
    people::People,
    signatures::{item, judge, order, sign_in_every_format},
    softhsm::{self, SoftHsm},
};

/// Everything within reach.
fn listing(host: &mut Host) -> Value {
    host.request(&json!({"type": "list-certificates"}))
}

/// The ids of the certificates in a listing.
fn ids(listing: &Value) -> Vec<&str> {
    let keys = listing["keys"].as_array().unwrap().iter();
    keys.map(|key| key["id"].as_str().unwrap()).collect()
}

#[test]
fn a_card_is_listed_with_its_keys_and_tries() {
    let (Some(people), Some(opensc)) = (People::get(), opensc()) else {
        return;
    };
    let Some(mut readers) = Readers::open() else {
        return;
    };
    let keys = [
        ("9a", "aigerim"),
        ("9c", "ivan"),
        ("9d", "unfit"),
        ("9e", "expired"),
    ];
    let card = Card::of(people, &keys);
    readers.insert(0, &card);
    let mut host = readers.computer(&[opensc]).host();
    let listing = listing(&mut host);
    println!("{listing:#}");
    let mut expected = keys.map(|(_, name)| people.id(name));
    expected.sort();
    let mut found = ids(&listing);
    found.sort_unstable();
    assert_eq!(found, expected);
    assert_eq!(listing["unreadable"], json!([]));
    let token = &listing["tokens"][0];
    assert_eq!(token["reader"], READERS[0]);
    assert_eq!(token["driver"], "OpenSC");
    assert_eq!(
        token["pin"],
        json!({"entry": "keyboard", "state": "ready", "tries": {"exactly": 3}, "shortest": 4, "longest": 8})
    );
    assert_eq!(listing["tokens"].as_array().unwrap().len(), 1);
    assert_eq!(listing["unserved"], Value::Null);
    for key in listing["keys"].as_array().unwrap() {
        assert_eq!(key["home"]["token"], token["id"]);
    }
    for (name, digest, pss) in [
        ("aigerim", "SHA-256", false),
        ("aigerim", "SHA-256", true),
        ("ivan", "SHA-256", false),
    ] {
        let mut order = order(&people.id(name), cards::PIN);
        order["pss"] = pss.into();
        sign_in_every_format(&mut host, people, &order, digest);
    }
    let _ = (judge, item, softhsm::PIN, SoftHsm::new);
}
