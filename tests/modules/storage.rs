//! Tokens that only store, against a module double: no free token is one.

use super::bench::{Bench, PIN, list, sign, token};
use serde_json::Value;
use tamga_tests::{
    double::{Slot, certificate, private_key},
    people::People,
};

/// Of a token without any mechanism.
fn without_mechanisms(slot: Slot) -> Slot {
    Slot {
        mechanisms: Some(Vec::new()),
        ..slot
    }
}

#[test]
fn a_double_that_only_stores_is_said_to_and_is_asked_for_no_pin() {
    let Some(people) = People::get() else {
        return;
    };
    let stored = certificate(1, &people.certificate("ivan"));
    let bench = Bench::new(|double| double.slot(without_mechanisms(token(vec![stored]))));
    let mut host = bench.host();
    let listing = list(&mut host);
    assert_eq!(listing["tokens"][0]["storageOnly"], true);
    let key = &listing["keys"][0];
    assert_eq!(key["problem"], "TOKEN_STORES_ONLY");
    let (_, refused) = sign(&mut host, key, PIN, 1);
    assert_eq!(refused["code"], "TOKEN_STORES_ONLY");
    assert_eq!(bench.count("C_Login"), 0);
}

#[test]
fn a_double_that_lists_no_mechanisms_but_shows_its_key_signs() {
    let Some(people) = People::get() else {
        return;
    };
    let objects = vec![
        private_key(1, &people.read("ivan.key")),
        certificate(1, &people.certificate("ivan")),
    ];
    let slot = Slot {
        login_required: false,
        ..without_mechanisms(token(objects))
    };
    let bench = Bench::new(|double| double.slot(slot));
    let mut host = bench.host();
    let listing = list(&mut host);
    assert_eq!(listing["tokens"][0]["storageOnly"], Value::Null);
    assert_eq!(listing["keys"][0]["problem"], Value::Null);
}
