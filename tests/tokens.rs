//! Tokens and cards through the real host, the real pcscd and real modules: what is listed, and signatures.
#![expect(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test may stop where it stands"
)]

use base64::prelude::{BASE64_STANDARD, Engine as _};
use serde_json::{Value, json};
use std::{
    fs,
    sync::atomic::{AtomicBool, Ordering},
    thread,
};
use tamga_tests::{
    cards::{self, Card, READERS, Readers, opensc},
    host::Host,
    people::People,
    signatures::{DOCUMENT, item, judge, order_with_pin, sign_in_every_format},
    softhsm::{self, SoftHsm},
};

/// The ids of the certificates in a listing, sorted.
fn ids(listing: &Value) -> Vec<&str> {
    let keys = listing["keys"].as_array().unwrap().iter();
    let mut ids: Vec<_> = keys.map(|key| key["id"].as_str().unwrap()).collect();
    ids.sort_unstable();
    ids
}

/// The readers that the tokens of a listing are in, sorted.
fn places(listing: &Value) -> Vec<&str> {
    let tokens = listing["tokens"].as_array().unwrap().iter();
    let mut places: Vec<_> = tokens
        .map(|token| token["reader"].as_str().unwrap())
        .collect();
    places.sort_unstable();
    places
}

/// Signs a document, CAdES-BES and detached, and has OpenSSL judge.
fn sign(host: &mut Host, people: &People, name: &str, pin: &str) {
    let mut order = order_with_pin(&people.id(name), pin);
    order["items"] = json!([item(host, DOCUMENT, "SHA-256")]);
    let (events, reply) = host.request_with_events(&order);
    assert_eq!(reply["type"], "done", "{reply}");
    judge(people, &events[0], DOCUMENT, "cades-bes", true);
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
    readers.insert(0, &Card::of(people, &keys));
    let computer = readers.computer(&[opensc]);
    let mut host = computer.host();
    let listing = host.list();
    let mut expected = keys.map(|(_, name)| people.id(name));
    expected.sort();
    assert_eq!(ids(&listing), expected);
    assert_eq!(listing["unreadable"], json!([]));
    assert_eq!(listing["readersWithoutDriver"], Value::Null);
    assert_eq!(places(&listing), READERS[..1]);
    let token = &listing["tokens"][0];
    // Nothing on a PIV card is private but its keys.
    assert_eq!(token["mayHoldPrivate"], Value::Null, "{listing}");
    assert_eq!(token["driver"], "OpenSC");
    assert_eq!(token["name"], "Үлгі aigerim");
    assert_eq!(token["adminPin"], "ready");
    assert_eq!(
        token["pin"],
        json!({"entry": "keyboard", "state": "ready", "tries": {"exactly": 3}, "shortest": 4, "longest": 8})
    );
    for key in listing["keys"].as_array().unwrap() {
        assert_eq!(key["location"]["token"], token["id"], "{key}");
        assert_eq!(key["problem"], Value::Null, "{key}");
    }
    // What a certificate may not sign is not tried: no PIN is asked of the card.
    for (name, code) in [
        ("unfit", "CERTIFICATE_UNFIT"),
        ("expired", "CERTIFICATE_EXPIRED"),
    ] {
        let refused = host.request(&order_with_pin(&people.id(name), "wrong"));
        assert_eq!(refused["code"], code);
    }
    assert_eq!(
        host.list()["tokens"][0]["pin"]["tries"],
        json!({"exactly": 3})
    );
}

/// The keys in 9C want the PIN before each signature; the one in 9E never does.
#[test]
fn a_card_signs_in_every_format() {
    let (Some(people), Some(opensc)) = (People::get(), opensc()) else {
        return;
    };
    let Some(mut readers) = Readers::open() else {
        return;
    };
    let first = Card::of(people, &[("9a", "aigerim"), ("9c", "ivan")]);
    let second = Card::of(people, &[("9a", "ivan"), ("9c", "aigerim")]);
    let third = Card::of(people, &[("9d", "aigerim"), ("9e", "ivan")]);
    for card in [&first, &second, &third] {
        readers.insert(0, card);
        let computer = readers.computer(&[opensc]);
        let mut host = computer.host();
        for (name, padding) in [("aigerim", "pkcs1"), ("aigerim", "pss"), ("ivan", "pkcs1")] {
            let mut order = order_with_pin(&people.id(name), cards::PIN);
            order["padding"] = padding.into();
            sign_in_every_format(&mut host, people, &order, "SHA-256");
        }
        assert!(host.finish().status.success());
    }
}

#[test]
fn a_key_that_wants_the_pin_each_time_signs_a_batch() {
    let (Some(people), Some(opensc)) = (People::get(), opensc()) else {
        return;
    };
    let Some(mut readers) = Readers::open() else {
        return;
    };
    let card = Card::of(people, &[("9a", "ivan"), ("9c", "aigerim")]);
    readers.insert(0, &card);
    let computer = readers.computer(&[opensc]);
    let mut host = computer.host();
    a_batch_takes_one_pin(&mut host, people, "ivan", cards::PIN, 7);
    assert_eq!(card.shown(), 1);
    a_batch_takes_one_pin(&mut host, people, "aigerim", cards::PIN, 7);
    // To log in, and for each signature.
    assert_eq!(card.shown(), 1 + 1 + 7);
}

#[test]
fn a_soft_token_signs_in_every_format_and_a_hundred_documents_with_one_pin() {
    let (Some(people), Some(softhsm)) = (People::get(), SoftHsm::new()) else {
        return;
    };
    softhsm.add(people, "Мөр", &["aigerim", "ivan", "mary", "olzhas"]);
    let computer = softhsm.computer();
    let mut host = computer.host();
    assert_eq!(host.list()["tokens"][0]["name"], "Мөр");
    for (name, digest, padding) in [
        ("aigerim", "SHA-256", "pkcs1"),
        ("aigerim", "SHA-512", "pss"),
        ("ivan", "SHA-256", "pkcs1"),
        ("mary", "SHA-384", "pkcs1"),
        ("olzhas", "SHA-512", "pkcs1"),
    ] {
        let mut order = order_with_pin(&people.id(name), softhsm::PIN);
        order["padding"] = padding.into();
        sign_in_every_format(&mut host, people, &order, digest);
    }
    a_batch_takes_one_pin(&mut host, people, "aigerim", softhsm::PIN, 100);
}

/// SoftHSM's private keys tell nothing of their public halves, and there are no public keys here.
#[test]
fn a_soft_tokens_key_is_found_whatever_the_ids_say() {
    let (Some(people), Some(softhsm)) = (People::get(), SoftHsm::new()) else {
        return;
    };
    let ids = [
        ("swapped", ["2", "1"], ["1", "2"]),
        ("shared", ["1", "1"], ["1", "1"]),
        ("missing", ["", ""], ["", ""]),
    ];
    for (label, ivan, other) in ids {
        // The other key is on the same curve, and the third is not.
        let third = ("mary", ["1", "3"]);
        let pairs = [("unfit", other), ("ivan", ivan), third];
        softhsm.add_with_ids(people, label, &pairs);
        let computer = softhsm.computer();
        let mut host = computer.host();
        let listing = host.list();
        let tokens = listing["tokens"].as_array().unwrap();
        let token = tokens.iter().find(|token| token["name"] == label).unwrap();
        let mut order = order_with_pin(&people.id("ivan"), softhsm::PIN);
        order["token"] = token["id"].clone();
        order["items"] = json!([item(&mut host, DOCUMENT, "SHA-256")]);
        let (events, reply) = host.request_with_events(&order);
        assert_eq!(reply["type"], "done", "{label}: {reply}");
        judge(people, &events[0], DOCUMENT, "cades-bes", true);
    }
}

fn a_batch_takes_one_pin(host: &mut Host, people: &People, name: &str, pin: &str, size: usize) {
    let text = |index: usize| format!("document {index}").into_bytes();
    let items = (0..size).map(|index| item(host, &text(index), "SHA-256"));
    let mut order = order_with_pin(&people.id(name), pin);
    order["items"] = items.collect();
    let (events, reply) = host.request_with_events(&order);
    assert_eq!(reply["type"], "done", "{reply}");
    assert_eq!(events.len(), size);
    for index in [0, size / 2, size - 1] {
        judge(people, &events[index], &text(index), "cades-bes", true);
    }
}

#[test]
fn two_cards_and_a_soft_token_are_there_at_once() {
    let (Some(people), Some(opensc)) = (People::get(), opensc()) else {
        return;
    };
    let (Some(softhsm), Some(mut readers)) = (SoftHsm::new(), Readers::open()) else {
        return;
    };
    softhsm.add(people, "Мөр", &["mary"]);
    readers.insert(0, &Card::of(people, &[("9a", "aigerim")]));
    readers.insert(1, &Card::of(people, &[("9a", "ivan")]));
    let computer = softhsm.on(readers.computer(&[opensc, softhsm.module()]));
    let mut host = computer.host();
    let listing = host.list();
    assert_eq!(ids(&listing).len(), 3, "{listing:#}");
    assert_eq!(listing["tokens"].as_array().unwrap().len(), 3);
    for (name, pin) in [
        ("aigerim", cards::PIN),
        ("mary", softhsm::PIN),
        ("ivan", cards::PIN),
        ("aigerim", cards::PIN),
    ] {
        let mut order = order_with_pin(&people.id(name), pin);
        order["items"] = json!([item(
            &mut host,
            DOCUMENT,
            if name == "mary" { "SHA-384" } else { "SHA-256" }
        )]);
        let (events, reply) = host.request_with_events(&order);
        assert_eq!(reply["type"], "done", "{name}: {reply}");
        judge(people, &events[0], DOCUMENT, "cades-bes", true);
    }
}

/// Two browsers, or two windows: what they do with one card comes one after the other.
#[test]
fn two_hosts_share_a_card() {
    let (Some(people), Some(opensc)) = (People::get(), opensc()) else {
        return;
    };
    let Some(mut readers) = Readers::open() else {
        return;
    };
    let card = Card::of(people, &[("9a", "aigerim"), ("9c", "ivan")]);
    readers.insert(0, &card);
    let computer = readers.computer(&[opensc]);
    thread::scope(|scope| {
        for name in ["aigerim", "ivan"] {
            let mut host = computer.host();
            scope.spawn(move || {
                for _ in 0..4 {
                    sign(&mut host, people, name, cards::PIN);
                }
            });
        }
    });
    assert_eq!(card.tries(), (3, 3));
}

/// Whoever opens a popup does not log out who signs elsewhere.
#[test]
fn a_card_is_listed_while_another_host_signs() {
    let (Some(people), Some(opensc)) = (People::get(), opensc()) else {
        return;
    };
    let Some(mut readers) = Readers::open() else {
        return;
    };
    let card = Card::of(people, &[("9a", "ivan")]);
    readers.insert(0, &card);
    let computer = readers.computer(&[opensc]);
    let mut signing = computer.host();
    let mut order = order_with_pin(&people.id("ivan"), cards::PIN);
    order["items"] = (0..60).map(|_| order["items"][0].clone()).collect();
    let signed = AtomicBool::new(false);
    thread::scope(|scope| {
        let mut looking = computer.host();
        scope.spawn(|| {
            let (events, reply) = signing.request_with_events(&order);
            signed.store(true, Ordering::Relaxed);
            let all = events.iter().all(|event| event["type"] == "item-signed");
            assert!(all && reply["type"] == "done", "{events:?} {reply}");
        });
        while !signed.load(Ordering::Relaxed) {
            assert_eq!(places(&looking.list()), READERS[..1]);
        }
    });
    // Modules help themselves when somebody else was at the card, and show it the PIN again.
    assert_eq!(card.shown(), 1);
}

#[test]
fn two_hosts_with_two_cards_do_not_mix_them_up() {
    let (Some(people), Some(opensc)) = (People::get(), opensc()) else {
        return;
    };
    let Some(mut readers) = Readers::open() else {
        return;
    };
    readers.insert(0, &Card::of(people, &[("9a", "aigerim")]));
    readers.insert(1, &Card::of(people, &[("9c", "ivan")]));
    let computer = readers.computer(&[opensc]);
    thread::scope(|scope| {
        for name in ["aigerim", "ivan"] {
            let mut host = computer.host();
            scope.spawn(move || {
                assert_eq!(places(&host.list()), READERS);
                for _ in 0..4 {
                    sign(&mut host, people, name, cards::PIN);
                }
            });
        }
    });
}

#[test]
fn a_card_that_no_module_serves_is_named() {
    let (Some(people), Some(opensc)) = (People::get(), opensc()) else {
        return;
    };
    let Some(mut readers) = Readers::open() else {
        return;
    };
    readers.insert(0, &Card::unknown("3b8b015275746f6b656e20445320c1"));
    readers.insert(1, &Card::of(people, &[("9a", "aigerim")]));
    let computer = readers.computer(&[opensc]);
    let mut host = computer.host();
    let listing = host.list();
    assert_eq!(
        listing["readersWithoutDriver"],
        json!([{"name": READERS[0], "card": {"name": "Rutoken ECP", "driver": "Rutoken drivers (rutoken.ru)"}}])
    );
    assert_eq!(places(&listing), READERS[1..]);
    // Without any module, the card that OpenSC would serve is one that nobody knows.
    let computer = readers.computer(&[]);
    let mut host = computer.host();
    let listing = host.list();
    assert_eq!(
        listing["readersWithoutDriver"][1],
        json!({"name": READERS[1]}),
        "{listing:#}"
    );
}

/// A module that is installed twice, or OpenSC beside the maker's own.
#[test]
fn a_card_that_two_modules_see_is_one() {
    let (Some(people), Some(opensc)) = (People::get(), opensc()) else {
        return;
    };
    let Some(mut readers) = Readers::open() else {
        return;
    };
    let card = Card::of(people, &[("9a", "aigerim"), ("9c", "ivan")]);
    readers.insert(0, &card);
    let folder = tempfile::tempdir().unwrap();
    let copy = folder.path().join("libmaker.so");
    fs::copy(opensc, &copy).unwrap();
    let computer = readers.computer(&[opensc, &copy]);
    let mut host = computer.host();
    let listing = host.list();
    assert_eq!(ids(&listing).len(), 2);
    assert_eq!(places(&listing), READERS[..1]);
    // The one that serves many makers' cards comes last.
    assert_eq!(listing["tokens"][0]["driver"], "libmaker.so");
    let refused = host.request(&order_with_pin(&people.id("aigerim"), "11111111"));
    assert_eq!(refused["code"], "PIN_WRONG");
    assert_eq!(card.tries(), (2, 3));
    sign(&mut host, people, "ivan", cards::PIN);
}

/// A token has a key, and its certificate came as a file, as some authorities give it.
#[test]
fn a_key_without_a_certificate_signs_with_the_one_in_a_file() {
    let (Some(people), Some(softhsm)) = (People::get(), SoftHsm::new()) else {
        return;
    };
    softhsm.add_without_certificates(people, "Тумар", &["aigerim", "ivan"]);
    let computer = softhsm.computer();
    let folder = computer.home().join("Сертификаты");
    fs::create_dir(&folder).unwrap();
    fs::write(
        computer.data().join("folders.json"),
        json!([folder]).to_string(),
    )
    .unwrap();
    let put = |name: &str, ending: &str| {
        let file = folder.join(format!("{name}.{ending}"));
        fs::copy(people.path(&format!("{name}.pem")), file).unwrap();
    };
    // Another person's, whose key is not here.
    put("expired", "cer");
    let mut host = computer.host();
    assert!(ids(&host.list()).is_empty());

    put("aigerim", "CER");
    let listing = host.list();
    assert_eq!(ids(&listing), [people.id("aigerim")]);
    let key = &listing["keys"][0];
    assert_eq!(key["location"]["type"], "token", "{key}");
    assert_eq!(key["problem"], Value::Null, "{key}");
    sign(&mut host, people, "aigerim", softhsm::PIN);

    // One that the person gave is bound as well, and it is not listed as one without a key any more.
    let content = fs::read(people.path("ivan.pem")).unwrap();
    let content = BASE64_STANDARD.encode(content);
    host.request(&json!({"type": "add-certificate", "name": "ivan.cer", "content": content}));
    let listing = host.list();
    let mut expected = ["aigerim", "ivan"].map(|name| people.id(name));
    expected.sort();
    assert_eq!(ids(&listing), expected);
    assert_eq!(listing["withoutKey"], Value::Null, "{listing}");
    sign(&mut host, people, "ivan", softhsm::PIN);
    host.finish();
}
