//! Cards and readers that come and go, before the host's eyes and in the middle of its work.
#![expect(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test may stop where it stands"
)]

use serde_json::{Value, json};
#[cfg(target_os = "linux")]
use std::{thread, time::Duration};
#[cfg(target_os = "linux")]
use tamga_tests::processes::ModuleProcess;
use tamga_tests::{
    cards::{self, Card, READERS, Readers, opensc},
    host::Host,
    people::People,
    signatures::order_with_pin,
    softhsm::{self, SoftHsm},
};

/// Starts to watch; gives the request's number.
fn watch(host: &mut Host) -> u32 {
    let id = host.ask(&json!({"type": "watch-readers"}));
    // A list is made when the readers are watched.
    host.list();
    id
}

/// Waits until something has changed.
fn hear(host: &mut Host, watching: u32) {
    let event = json!({"type": "event", "id": watching, "event": {"type": "readers-changed"}});
    assert_eq!(host.receive(), Some(event));
}

/// The readers that tokens are listed in.
fn places(host: &mut Host) -> Vec<String> {
    let listing = host.list();
    let tokens = listing["tokens"].as_array().cloned().unwrap_or_default();
    let place = |token: &Value| token["reader"].as_str().unwrap().to_owned();
    let mut places: Vec<_> = tokens.iter().map(place).collect();
    places.sort_unstable();
    places
}

/// The next message that is such; those before it are kept for whoever asks for them.
fn wait_for(host: &mut Host, kept: &mut Vec<Value>, is_such: impl Fn(&Value) -> bool) -> Value {
    loop {
        if let Some(index) = kept.iter().position(&is_such) {
            return kept.remove(index);
        }
        kept.push(host.receive().unwrap());
    }
}

/// Waits until a list has a certificate on its way; gives its token.
fn listed_so_far(host: &mut Host, kept: &mut Vec<Value>, list: u32, certificate: &str) -> Value {
    let key = |message: &Value| message["event"]["keys"][0].clone();
    let has = |message: &Value| message["id"] == list && key(message)["id"] == certificate;
    key(&wait_for(host, kept, has))["location"]["token"].clone()
}

/// Waits for the answer to a request.
fn answer(host: &mut Host, kept: &mut Vec<Value>, id: u32) -> Value {
    wait_for(host, kept, |message| {
        message["id"] == id && message["type"] != "event"
    })
}

/// The codes of everything that could not be read.
fn unreadable(listing: &Value) -> Vec<&str> {
    let unreadable = listing["unreadable"].as_array().unwrap().iter();
    unreadable
        .map(|unreadable| unreadable["failure"]["code"].as_str().unwrap())
        .collect()
}

/// The codes of the items that were not signed.
fn failures(events: &[Value]) -> Vec<&str> {
    let failed = events.iter().filter(|event| event["type"] == "item-failed");
    failed
        .map(|event| event["failure"]["code"].as_str().unwrap())
        .collect()
}

#[test]
fn cards_that_come_and_go_are_told() {
    let (Some(people), Some(opensc)) = (People::get(), opensc()) else {
        return;
    };
    let Some(mut readers) = Readers::open() else {
        return;
    };
    let computer = readers.computer(&[opensc]);
    let (mut host, mut other) = (computer.host(), computer.host());
    let watching = watch(&mut host);
    let cards = ["aigerim", "ivan"].map(|name| Card::of(people, &[("9a", name)]));
    readers.insert(0, &cards[0]);
    hear(&mut host, watching);
    assert_eq!(places(&mut other), READERS[..1]);
    readers.insert(1, &cards[1]);
    hear(&mut host, watching);
    assert_eq!(places(&mut other), READERS);
    readers.remove(0);
    hear(&mut host, watching);
    assert_eq!(places(&mut other), READERS[1..]);
    // That somebody uses a card is no news.
    let order = order_with_pin(&people.id("ivan"), cards::PIN);
    assert_eq!(other.request(&order)["type"], "done");
    readers.remove(1);
    hear(&mut host, watching);
    assert_eq!(places(&mut other), READERS[..0]);
    assert_eq!(host.finish().rest, Vec::<Value>::new());
}

#[test]
fn a_card_that_is_gone_is_said_to_be_and_works_again_when_it_is_back() {
    let (Some(people), Some(opensc)) = (People::get(), opensc()) else {
        return;
    };
    let Some(mut readers) = Readers::open() else {
        return;
    };
    let computer = readers.computer(&[opensc]);
    let card = Card::of(people, &[("9a", "aigerim"), ("9c", "ivan")]);
    readers.insert(0, &card);
    let mut host = computer.host();
    assert_eq!(places(&mut host), READERS[..1]);
    for name in ["aigerim", "ivan"] {
        let mut order = order_with_pin(&people.id(name), cards::PIN);
        let item = order["items"][0].clone();
        order["items"] = json!([item, item, item]);
        // Before the PIN is shown.
        readers.remove(0);
        assert_eq!(host.request(&order), json!({"code": "TOKEN_REMOVED"}));
        readers.insert(0, &card);
        let (events, reply) = host.request_with_events(&order);
        assert_eq!(
            (failures(&events), &reply["type"]),
            (vec![], &json!("done")),
            "{reply}"
        );
        // In the middle of the work.
        readers.pull_by_signature(0);
        let (events, reply) = host.request_with_events(&order);
        assert_eq!(failures(&events), ["TOKEN_REMOVED"; 3], "{reply}");
        readers.insert(0, &card);
        let (events, reply) = host.request_with_events(&order);
        assert_eq!(
            (failures(&events), &reply["type"]),
            (vec![], &json!("done")),
            "{reply}"
        );
    }
    assert_eq!(card.tries(), (3, 3));
}

/// The same person's other card is not taken for the first.
#[test]
fn another_card_in_the_same_reader_is_another_token() {
    let (Some(people), Some(opensc)) = (People::get(), opensc()) else {
        return;
    };
    let Some(mut readers) = Readers::open() else {
        return;
    };
    let computer = readers.computer(&[opensc]);
    let mut host = computer.host();
    let token = |host: &mut Host| host.list()["tokens"][0]["id"].clone();
    let cards = [(); 2].map(|()| Card::of(people, &[("9a", "aigerim")]));
    readers.insert(0, &cards[0]);
    let first = token(&mut host);
    readers.insert(0, &cards[1]);
    let second = token(&mut host);
    assert_ne!(first, second);
    let wrong = order_with_pin(&people.id("aigerim"), "11111111");
    assert_eq!(host.request(&wrong)["code"], "PIN_WRONG");
    assert_eq!((cards[0].tries(), cards[1].tries()), ((3, 3), (2, 3)));
    readers.insert(0, &cards[0]);
    assert_eq!(token(&mut host), first);
}

#[test]
fn a_service_that_ends_is_told_and_works_again_when_it_is_back() {
    let (Some(people), Some(opensc)) = (People::get(), opensc()) else {
        return;
    };
    let Some(mut readers) = Readers::open() else {
        return;
    };
    readers.insert(0, &Card::of(people, &[("9a", "aigerim")]));
    let computer = readers.computer(&[opensc]);
    let (mut host, mut other) = (computer.host(), computer.host());
    let watching = watch(&mut host);
    assert_eq!(places(&mut other), READERS[..1]);
    readers.stop();
    hear(&mut host, watching);
    let listing = other.list();
    assert_eq!(unreadable(&listing), ["READERS_STOPPED"], "{listing:#}");
    assert_eq!(listing["tokens"], Value::Null);
    readers.start();
    hear(&mut host, watching);
    assert_eq!(places(&mut other), READERS[..1]);
    let order = order_with_pin(&people.id("aigerim"), cards::PIN);
    assert_eq!(other.request(&order)["type"], "done");
}

#[test]
fn a_card_that_does_not_answer_holds_up_nothing_else() {
    let (Some(people), Some(opensc)) = (People::get(), opensc()) else {
        return;
    };
    let (Some(softhsm), Some(mut readers)) = (SoftHsm::new(), Readers::open()) else {
        return;
    };
    softhsm.add(people, "Мөр", &["ivan"]);
    readers.insert(0, &Card::of(people, &[("9a", "aigerim")]));
    readers.mute(0);
    let computer = softhsm.on(readers.computer(&[opensc, softhsm.module()]));
    let mut host = computer.host();
    let listing = host.ask(&json!({"type": "list-certificates"}));
    let mut kept = Vec::new();
    let token = listed_so_far(&mut host, &mut kept, listing, &people.id("ivan"));
    // While OpenSC still waits for the card.
    let mut order = order_with_pin(&people.id("ivan"), softhsm::PIN);
    order["token"] = token;
    let signing = host.ask(&order);
    let signed = answer(&mut host, &mut kept, signing);
    assert_eq!(signed["reply"]["type"], "done", "{signed}");
    let is_complete = |message: &Value| message["id"] == listing && message["type"] == "reply";
    assert!(!kept.iter().any(is_complete), "{kept:?}");
    let complete = answer(&mut host, &mut kept, listing);
    let reply = &complete["reply"];
    assert_eq!(reply["keys"].as_array().unwrap().len(), 1);
    let failed = json!([{"failure": {"code": "MODULE_FAILED", "subject": "OpenSC"}}]);
    assert_eq!(reply["unreadable"], failed);
}

/// PKCS#11 has no way to interrupt a call: the module's process is ended, and the next one signs with the card.
#[cfg(target_os = "linux")]
#[test]
fn a_module_that_hangs_in_a_signature_is_ended_and_the_card_signs_again() {
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
    let mut order = order_with_pin(&people.id("aigerim"), cards::PIN);
    order["token"] = host.list()["tokens"][0]["id"].clone();
    readers.stall_by_signature(0);
    let signing = host.ask(&order);
    let mut kept = Vec::new();
    wait_for(&mut host, &mut kept, |message| {
        message["event"]["type"] == "waiting"
    });
    let hung = ModuleProcess::of(&host);
    assert_eq!(hung.len(), 1, "{hung:?}");
    host.send(&json!({"type": "cancel", "id": signing}));
    let cancelled = answer(&mut host, &mut kept, signing);
    assert_eq!(cancelled["failure"]["code"], "CANCELLED", "{cancelled}");
    while hung.iter().any(ModuleProcess::runs) {
        thread::sleep(Duration::from_millis(10));
    }
    readers.speak(0);
    let (events, reply) = host.request_with_events(&order);
    assert_eq!(
        (failures(&events), &reply["type"]),
        (vec![], &json!("done")),
        "{reply}"
    );
    assert_eq!((card.shown(), card.tries()), (2, (3, 3)));
    assert!(host.finish().status.success());
}

/// A service that takes connections, and answers nothing.
#[cfg(unix)]
#[test]
fn a_service_that_hangs_is_a_failure_and_holds_up_nothing_else() {
    let (Some(people), Some(softhsm)) = (People::get(), SoftHsm::new()) else {
        return;
    };
    let Some(_) = Readers::open() else {
        return;
    };
    softhsm.add(people, "Мөр", &["ivan"]);
    let folder = tempfile::tempdir().unwrap();
    let socket = folder.path().join("pcscd.comm");
    let _service = std::os::unix::net::UnixListener::bind(&socket).unwrap();
    let computer = softhsm.computer().with("PCSCLITE_CSOCK_NAME", socket);
    let mut host = computer.host();
    let _watching = host.ask(&json!({"type": "watch-readers"}));
    let asked: Vec<u32> = (0..3)
        .map(|_| host.ask(&json!({"type": "list-certificates"})))
        .collect();
    let mut kept = Vec::new();
    let mut token = Value::Null;
    for list in &asked {
        token = listed_so_far(&mut host, &mut kept, *list, &people.id("ivan"));
    }
    // While the service is still waited for.
    let mut order = order_with_pin(&people.id("ivan"), softhsm::PIN);
    order["token"] = token;
    let signing = host.ask(&order);
    let signed = answer(&mut host, &mut kept, signing);
    assert_eq!(signed["reply"]["type"], "done", "{signed}");
    host.send(&json!({"type": "cancel", "id": asked[0]}));
    let cancelled = answer(&mut host, &mut kept, asked[0]);
    assert_eq!(cancelled["failure"]["code"], "CANCELLED", "{cancelled}");
    for list in &asked[1..] {
        let complete = answer(&mut host, &mut kept, *list);
        assert_eq!(
            unreadable(&complete["reply"]),
            ["READERS_STOPPED"],
            "{complete}"
        );
        assert_eq!(complete["reply"]["keys"][0]["id"], people.id("ivan"));
    }
    assert!(host.finish().status.success());
}
