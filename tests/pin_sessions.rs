//! PIN sessions through the real host: one PIN for several requests, and everything that ends that.
#![expect(clippy::indexing_slicing, reason = "a test may stop where it stands")]

use serde_json::{Value, json};
use tamga_core::algorithm::DigestAlgorithm;
use tamga_tests::{
    cards::{self, Card, Readers, opensc},
    host::Host,
    people::{PASSWORD, People},
    signatures::{DOCUMENT, judge, order, order_with_pin, profile, with_pin},
    softhsm::{self, SoftHsm},
};

/// A request in a PIN session, for the digest of [`DOCUMENT`].
fn in_session(host: &mut Host, people: &People, name: &str, unlock: Value) -> Value {
    let mut order = order_with_pin(&people.id(name), "");
    let digest = DigestAlgorithm::Sha256.digest(DOCUMENT);
    order["unlock"] = unlock;
    order["token"] = host.list()["tokens"][0]["id"].clone();
    order["items"] = json!([{"type": "hash", "digest": digest, "size": DOCUMENT.len()}]);
    order
}

/// A PIN that is good for an hour.
fn begin(pin: &str) -> Value {
    let mut unlock = with_pin(pin);
    unlock["term"] = json!({"minutes": 60});
    unlock
}

fn resume() -> Value {
    json!({"type": "open-session"})
}

/// Signs in a session, and has OpenSSL judge; says whether the key stays unlocked.
fn sign(host: &mut Host, people: &People, name: &str, unlock: Value) -> bool {
    let order = in_session(host, people, name, unlock);
    let (events, reply) = host.request_with_events(&order);
    assert_eq!(reply["type"], "done", "{reply}");
    judge(people, &events[0], DOCUMENT, "cades-bes", true);
    !reply["pinSession"].is_null()
}

/// Goes on with a session that is over.
fn is_over(host: &mut Host, people: &People, name: &str) {
    let order = in_session(host, people, name, resume());
    assert_eq!(host.request(&order), json!({"code": "PIN_NEEDED"}));
}

#[test]
fn one_pin_signs_as_often_as_one_likes() {
    let (Some(people), Some(opensc)) = (People::get(), opensc()) else {
        return;
    };
    let Some(mut readers) = Readers::open() else {
        return;
    };
    let card = Card::of(people, &[("9a", "aigerim"), ("9d", "ivan")]);
    readers.insert(0, &card);
    let computer = readers.computer(&[opensc]);
    let mut host = computer.host();
    assert!(sign(&mut host, people, "aigerim", begin(cards::PIN)));
    for _ in 0..3 {
        assert!(sign(&mut host, people, "aigerim", resume()));
    }
    assert_eq!(card.shown(), 1);
    // Another key of the same token has no part in it; and whoever asks for one ends it.
    is_over(&mut host, people, "ivan");
    is_over(&mut host, people, "aigerim");
    // So does a request without a session.
    assert!(sign(&mut host, people, "aigerim", begin(cards::PIN)));
    assert!(!sign(&mut host, people, "aigerim", with_pin(cards::PIN)));
    is_over(&mut host, people, "aigerim");
    assert_eq!(card.shown(), 3);
    assert_eq!(card.tries().0, 3);
}

#[test]
fn documents_that_another_host_has_read_go_into_the_signature() {
    let (Some(people), Some(softhsm)) = (People::get(), SoftHsm::new()) else {
        return;
    };
    softhsm.add(people, "Мөр", &["ivan"]);
    let computer = softhsm.computer();
    let mut host = computer.host();
    assert!(sign(&mut host, people, "ivan", begin(softhsm::PIN)));
    for (format, detached) in [("cms", false), ("cades-bes", false), ("cms", true)] {
        let mut order = in_session(&mut host, people, "ivan", resume());
        order["profile"] = profile(format, detached);
        let (events, reply) = host.request_with_events(&order);
        assert!(reply["pinSession"]["until"].is_u64(), "{reply}");
        judge(people, &events[0], DOCUMENT, format, detached);
    }
    // Without its size it cannot.
    let mut order = in_session(&mut host, people, "ivan", resume());
    order["profile"]["placement"] = "attached".into();
    order["items"][0].as_object_mut().unwrap().remove("size");
    let (events, reply) = host.request_with_events(&order);
    assert_eq!(events[0]["failure"]["code"], "REQUEST_MALFORMED");
    assert_eq!(reply, json!({"type": "done"}));
    is_over(&mut host, people, "ivan");
}

#[test]
fn the_card_that_is_taken_out_ends_it() {
    let (Some(people), Some(opensc)) = (People::get(), opensc()) else {
        return;
    };
    let Some(mut readers) = Readers::open() else {
        return;
    };
    let card = Card::of(people, &[("9a", "aigerim")]);
    readers.insert(0, &card);
    let computer = readers.computer(&[opensc]);
    let mut host = computer.host();
    assert!(sign(&mut host, people, "aigerim", begin(cards::PIN)));
    let watching = host.ask(&json!({"type": "watch-readers"}));
    // A list is made when the readers are watched.
    host.list();
    // Another card, in another reader, is no reason.
    readers.insert(1, &Card::of(people, &[("9a", "ivan")]));
    let event = |name| json!({"type": "event", "id": watching, "event": {"type": name}});
    assert_eq!(host.receive(), Some(event("readers-changed")));
    readers.remove(1);
    assert_eq!(host.receive(), Some(event("readers-changed")));
    assert!(sign(&mut host, people, "aigerim", resume()));
    readers.remove(0);
    assert_eq!(host.receive(), Some(event("pin-session-ended")));
    assert_eq!(host.receive(), Some(event("readers-changed")));
    readers.insert(0, &card);
    assert_eq!(host.receive(), Some(event("readers-changed")));
    is_over(&mut host, people, "aigerim");
    assert!(sign(&mut host, people, "aigerim", begin(cards::PIN)));
    assert_eq!((card.shown(), card.tries().0), (2, 3));
}

/// Whoever else works with the card logs out, or gives it another PIN: the session is over then, and OpenSC, which
/// remembers the PIN, is not asked to sign.
#[test]
fn somebody_else_who_uses_the_token_ends_it() {
    let (Some(people), Some(opensc)) = (People::get(), opensc()) else {
        return;
    };
    let Some(mut readers) = Readers::open() else {
        return;
    };
    let card = Card::of(people, &[("9a", "aigerim")]);
    readers.insert(0, &card);
    let computer = readers.computer(&[opensc]);
    let (mut host, mut other) = (computer.host(), computer.host());
    assert!(sign(&mut host, people, "aigerim", begin(cards::PIN)));
    assert!(!sign(&mut other, people, "aigerim", with_pin(cards::PIN)));
    is_over(&mut host, people, "aigerim");
    assert_eq!((card.shown(), card.tries().0), (2, 3));
    // Who only looks is no reason.
    assert!(sign(&mut host, people, "aigerim", begin(cards::PIN)));
    assert_eq!(other.list()["keys"][0]["id"], people.id("aigerim"));
    assert!(sign(&mut host, people, "aigerim", resume()));
    assert_eq!(card.shown(), 3);
    // A session that is over ends without disturbing the next one.
    assert!(sign(&mut other, people, "aigerim", begin(cards::PIN)));
    is_over(&mut host, people, "aigerim");
    host.finish();
    assert!(sign(&mut other, people, "aigerim", resume()));
    assert_eq!(card.shown(), 4);
}

#[test]
fn keys_that_want_their_pin_each_time_and_files_do_not_stay_unlocked() {
    let (Some(people), Some(opensc)) = (People::get(), opensc()) else {
        return;
    };
    let Some(mut readers) = Readers::open() else {
        return;
    };
    readers.insert(0, &Card::of(people, &[("9c", "aigerim")]));
    let computer = readers.computer(&[opensc]);
    let mut host = computer.host();
    assert!(!sign(&mut host, people, "aigerim", begin(cards::PIN)));
    is_over(&mut host, people, "aigerim");
    let id = host.add("ivan.p12", &people.read("ivan.p12"), PASSWORD);
    let order = order(&id, PASSWORD);
    assert_eq!(host.request(&order), json!({"type": "done"}));
    let mut next = order;
    next["unlock"] = resume();
    assert_eq!(host.request(&next), json!({"code": "PIN_NEEDED"}));
}

#[test]
fn the_host_counts_what_a_pin_is_good_for() {
    let (Some(people), Some(softhsm)) = (People::get(), SoftHsm::new()) else {
        return;
    };
    softhsm.add(people, "Мөр", &["ivan"]);
    let mut host = softhsm.computer().host();
    let signs = |host: &mut Host, unlock: Value, items: usize| {
        let mut order = in_session(host, people, "ivan", unlock);
        let item = order["items"][0].clone();
        order["items"] = vec![item; items].into();
        host.request(&order)
    };
    let term = |term: Value| {
        let mut unlock = begin(softhsm::PIN);
        unlock["term"] = term;
        unlock
    };
    let left = |signatures: u32| json!({"type": "done", "pinSession": {"signatures": signatures}});
    let (done, needed) = (json!({"type": "done"}), json!({"code": "PIN_NEEDED"}));
    let five = || term(json!({"signatures": 5}));
    assert_eq!(signs(&mut host, five(), 2), left(3));
    assert_eq!(signs(&mut host, resume(), 2), left(1));
    assert_eq!(signs(&mut host, resume(), 1), done);
    assert_eq!(signs(&mut host, resume(), 1), needed);
    // More than what is left is not signed in part, and ends it.
    assert_eq!(signs(&mut host, five(), 4), left(1));
    assert_eq!(signs(&mut host, resume(), 2), needed);
    assert_eq!(signs(&mut host, resume(), 1), needed);
    // The request with the PIN is good for itself, however short the term is.
    for short in [json!({"signatures": 5}), json!({"minutes": 0})] {
        assert_eq!(signs(&mut host, term(short), 6), done);
        assert_eq!(signs(&mut host, resume(), 1), needed);
    }
}

#[test]
fn a_wrong_pin_begins_nothing() {
    let (Some(people), Some(softhsm)) = (People::get(), SoftHsm::new()) else {
        return;
    };
    softhsm.add(people, "Мөр", &["ivan"]);
    let mut host = softhsm.computer().host();
    for (pin, code) in [("0000", "PIN_WRONG"), ("", "PIN_NEEDED")] {
        let order = in_session(&mut host, people, "ivan", begin(pin));
        assert_eq!(host.request(&order)["code"], code);
    }
    is_over(&mut host, people, "ivan");
}
