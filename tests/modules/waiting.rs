//! Signatures that take their time: it is told what they wait for, and they are cancelled. Against a module double.

use super::bench::{Bench, PIN, cancel, command, finish, list, sign, token, with_ivan};
use serde_json::Value;
use std::time::{SystemTime, UNIX_EPOCH};
use tamga_tests::{
    double::{PinPad, Slot, always_authenticated_key, certificate, private_key},
    people::People,
};

/// Unix seconds.
fn now() -> u64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    now.unwrap().as_secs()
}

/// What happened, in order; until when is in the future.
fn kinds(events: &[Value]) -> Vec<String> {
    let now = now();
    let kind = |event: &Value| {
        let kind = event["type"].as_str().unwrap().to_owned();
        if kind != "waiting" {
            return kind;
        }
        assert!(event["until"].as_u64().unwrap() > now, "{event}");
        [&*kind, " ", event["how"].as_str().unwrap()].concat()
    };
    events.iter().map(kind).collect()
}

#[test]
fn a_signature_that_takes_its_time_is_told() {
    let Some(people) = People::get() else { return };
    let bench = with_ivan(people, |double| {
        double.misbehaviour("C_Sign", Some(2), "slow:1500")
    });
    let mut host = bench.host();
    let key = list(&mut host)["keys"][0].clone();
    let (events, done) = sign(&mut host, &key, PIN, 3);
    assert_eq!(done["type"], "done", "{done}");
    let expected = [
        "item-signed",
        "waiting device",
        "item-signed",
        "item-signed",
    ];
    assert_eq!(kinds(&events), expected);
    finish(host);
}

#[test]
fn a_pin_for_each_signature_on_the_reader_is_told_each_time() {
    let Some(people) = People::get() else { return };
    let objects = vec![
        always_authenticated_key(1, &people.read("ivan.key")),
        certificate(1, &people.certificate("ivan")),
    ];
    let slot = Slot {
        pin_pad: Some(PinPad::Ok),
        ..token(objects)
    };
    let bench = Bench::new(|double| double.slot(slot));
    let mut host = bench.host();
    let key = list(&mut host)["keys"][0].clone();
    let (events, done) = sign(&mut host, &key, "", 2);
    assert_eq!(done["type"], "done", "{done}");
    assert_eq!(kinds(&events), ["waiting reader", "item-signed"].repeat(2));
    finish(host);
}

#[test]
fn a_signature_that_is_waited_for_is_cancelled_and_the_token_can_be_had_again() {
    let Some(people) = People::get() else { return };
    let bench = with_ivan(people, |double| {
        // In each process of the module.
        double.misbehaviour("C_Sign", Some(2), "hang")
    });
    let mut host = bench.host();
    let key = list(&mut host)["keys"][0].clone();
    let id = host.ask(&command(&key, PIN, 2));
    let events = [(); 2].map(|()| host.receive().unwrap()["event"].clone());
    assert_eq!(kinds(&events), ["item-signed", "waiting device"]);
    cancel(&mut host, id);
    let (events, done) = sign(&mut host, &key, PIN, 1);
    assert_eq!(done["type"], "done", "{done}");
    assert_eq!(kinds(&events), ["item-signed"]);
    finish(host);
    // The browser is gone meanwhile. Another host: in this one's module a signature was made already.
    let mut host = bench.host();
    host.ask(&command(&key, PIN, 2));
    let events = [(); 2].map(|()| host.receive().unwrap()["event"].clone());
    assert_eq!(kinds(&events), ["item-signed", "waiting device"]);
    finish(host);
}

/// A key that is far away waits for a person who confirms on another device; it is cancelled like any other.
#[test]
fn a_key_in_no_reader_has_ten_minutes() {
    let Some(people) = People::get() else { return };
    for (software, minutes) in [(false, 0..=1), (true, 9..=10)] {
        let slot = Slot {
            software,
            ..token(vec![
                private_key(1, &people.read("ivan.key")),
                certificate(1, &people.certificate("ivan")),
            ])
        };
        let bench = Bench::new(|double| double.slot(slot).misbehaviour("C_Sign", None, "hang"));
        let mut host = bench.host();
        let key = list(&mut host)["keys"][0].clone();
        let id = host.ask(&command(&key, PIN, 1));
        let event = host.receive().unwrap()["event"].clone();
        assert_eq!(event["how"], "device", "{event}");
        let left = event["until"].as_u64().unwrap() - now();
        assert!(minutes.contains(&(left / 60)), "{left}");
        cancel(&mut host, id);
        finish(host);
    }
}
