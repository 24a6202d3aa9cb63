//! PINs of tokens and cards through the real host: wrong, locked, unblocked, changed. The card itself says how many
//! tries each step has cost.
#![expect(clippy::indexing_slicing, reason = "a test may stop where it stands")]

use serde_json::{Value, json};
use tamga_tests::{
    cards::{Card, PIN, PUK, Readers, opensc},
    computer::Computer,
    host::Host,
    people::People,
    signatures::{acknowledged, order_with_pin, typed_pins},
    softhsm::{self, SoftHsm},
};

/// A card in a reader, and a host.
struct Desk {
    // The host ends first.
    host: Host,
    _computer: Computer,
    _readers: Readers,
    card: Card,
    /// The key that wants the PIN once, and the one that wants it each time.
    keys: [String; 2],
    token: String,
}

impl Desk {
    /// `None`, said loudly, where there can be none.
    fn new() -> Option<Self> {
        let (people, opensc) = (People::get()?, opensc()?);
        let mut readers = Readers::open()?;
        let card = Card::of(people, &[("9a", "aigerim"), ("9c", "ivan")]);
        readers.insert(0, &card);
        let computer = readers.computer(&[opensc]);
        let mut host = computer.host();
        let token = id_of_token(&mut host);
        Some(Self {
            _readers: readers,
            _computer: computer,
            card,
            host,
            keys: ["aigerim", "ivan"].map(|name| people.id(name)),
            token,
        })
    }

    /// What signing says; `last_try`: the person knows that it may be the last one.
    fn sign(&mut self, key: usize, pin: &str, last_try: bool) -> Value {
        let order = order_with_pin(&self.keys[key], pin);
        let order = if last_try { acknowledged(order) } else { order };
        self.host.request(&order)
    }

    fn change(&mut self, pin: &str, new_pin: &str) -> Value {
        change(&mut self.host, &self.token, pin, new_pin)
    }

    fn unblock(&mut self, puk: &str, new_pin: &str) -> Value {
        unblock(&mut self.host, &self.token, puk, new_pin)
    }

    /// The PIN as the list has it.
    fn listed(&mut self) -> Value {
        self.host.list()["tokens"][0]["pin"].clone()
    }
}

fn id_of_token(host: &mut Host) -> String {
    let listing = host.list();
    let id = listing["tokens"][0]["id"].as_str();
    id.unwrap_or_default().to_owned()
}

fn change(host: &mut Host, token: &str, pin: &str, new_pin: &str) -> Value {
    let pins = typed_pins(pin, new_pin);
    host.request(&json!({"type": "change-pin", "token": token, "pins": pins}))
}

fn unblock(host: &mut Host, token: &str, pin: &str, new_pin: &str) -> Value {
    let pins = typed_pins(pin, new_pin);
    host.request(&json!({"type": "unblock-pin", "token": token, "pins": pins}))
}

fn wrong(tries: u8) -> Value {
    json!({"code": "PIN_WRONG", "tries": {"exactly": tries}})
}

fn code(code: &str) -> Value {
    json!({ "code": code })
}

#[test]
fn a_wrong_pin_costs_one_try_the_last_one_is_asked_about_and_the_puk_unlocks() {
    let Some(mut desk) = Desk::new() else {
        return;
    };
    let done = json!({"type": "done"});
    for key in [0, 1] {
        assert_eq!(desk.sign(key, "11111111", false), wrong(2));
        assert_eq!(desk.card.tries(), (2, 3));
        assert_eq!(desk.sign(key, PIN, false), done);
        assert_eq!(desk.card.tries(), (3, 3));
        // A card that still knew the PIN would not say.
        assert_eq!(desk.listed()["tries"], json!({"exactly": 3}));
    }
    assert_eq!(desk.sign(0, "11111111", false), wrong(2));
    assert_eq!(desk.sign(1, "222222", false), wrong(1));
    assert_eq!(desk.listed()["tries"], json!({"exactly": 1}));
    // Even the right one is not shown to the card before the person has said so.
    for pin in [PIN, "33333333"] {
        assert_eq!(desk.sign(0, pin, false), code("PIN_LAST_TRY"));
        assert_eq!(desk.change(pin, "44444444"), code("PIN_LAST_TRY"));
        assert_eq!(desk.card.tries(), (1, 3));
    }
    assert_eq!(desk.sign(1, PIN, true), done);
    assert_eq!(desk.card.tries(), (3, 3));

    for tries in [2, 1] {
        assert_eq!(desk.sign(0, "11111111", false), wrong(tries));
    }
    assert_eq!(desk.sign(0, "11111111", true), code("PIN_LOCKED"));
    assert_eq!(desk.card.tries(), (0, 3));
    assert_eq!(desk.sign(0, PIN, true), code("PIN_LOCKED"));
    assert_eq!(desk.listed()["state"], "locked");

    assert_eq!(desk.unblock("00000000", "24682468"), wrong(2));
    assert_eq!(desk.card.tries(), (0, 2));
    assert_eq!(
        desk.unblock(PUK, "24682468"),
        json!({"type": "pin-changed"})
    );
    assert_eq!(desk.card.tries(), (3, 3));
    assert_eq!(desk.listed()["state"], "ready");
    assert_eq!(desk.sign(0, "24682468", false), done);
    assert_eq!(desk.sign(1, "24682468", false), done);
}

#[test]
fn a_pin_is_changed_and_only_the_new_one_is_right() {
    let Some(mut desk) = Desk::new() else {
        return;
    };
    assert_eq!(desk.change("11111111", "24682468"), wrong(2));
    assert_eq!(desk.card.tries(), (2, 3));
    assert_eq!(desk.change(PIN, "24682468"), json!({"type": "pin-changed"}));
    assert_eq!(desk.card.tries(), (3, 3));
    assert_eq!(desk.listed()["tries"], json!({"exactly": 3}));
    assert_eq!(desk.sign(0, PIN, false), wrong(2));
    for key in [0, 1] {
        assert_eq!(desk.sign(key, "24682468", false), json!({"type": "done"}));
    }
}

/// What cannot be a PIN is not shown to the card.
#[test]
fn a_pin_of_the_wrong_length_costs_no_try() {
    let Some(mut desk) = Desk::new() else {
        return;
    };
    for unfit in ["", "123", "123456789"] {
        assert_eq!(desk.change(PIN, unfit), code("PIN_UNFIT"), "{unfit}");
        assert_eq!(desk.unblock(PUK, unfit), code("PIN_UNFIT"), "{unfit}");
        assert_eq!(desk.unblock(unfit, PIN), code("PIN_UNFIT"), "{unfit}");
        assert_eq!(desk.card.tries(), (3, 3), "{unfit}");
    }
    // Neither is a right one spent on a new one that the card refuses: OpenSC takes PINs from 4 digits on.
    assert_eq!(desk.change(PIN, "12345"), code("PIN_UNFIT"));
    assert_eq!(desk.card.tries(), (3, 3));
    for (unfit, code) in [
        ("", "PIN_NEEDED"),
        ("123", "PIN_WRONG"),
        ("123456789", "PIN_WRONG"),
    ] {
        let refused = desk.sign(0, unfit, false);
        assert_eq!(refused["code"], code, "{unfit}");
        assert_eq!(desk.card.tries(), (3, 3), "{unfit}");
    }
    assert_eq!(desk.sign(0, PIN, false), json!({"type": "done"}));
}

#[test]
fn a_soft_tokens_pin_is_changed_and_set_anew_by_its_administrator() {
    let (Some(people), Some(softhsm)) = (People::get(), SoftHsm::new()) else {
        return;
    };
    softhsm.add(people, "Мөр", &["ivan"]);
    let computer = softhsm.computer();
    let mut host = computer.host();
    let token = id_of_token(&mut host);
    let key = people.id("ivan");
    let sign = |host: &mut Host, pin: &str| host.request(&order_with_pin(&key, pin));
    let (done, changed) = (json!({"type": "done"}), json!({"type": "pin-changed"}));

    assert_eq!(sign(&mut host, "wrong")["code"], "PIN_WRONG");
    assert_eq!(
        change(&mut host, &token, "wrong", "Жаңа-12")["code"],
        "PIN_WRONG"
    );
    assert_eq!(
        change(&mut host, &token, softhsm::PIN, "1")["code"],
        "PIN_UNFIT"
    );
    assert_eq!(change(&mut host, &token, softhsm::PIN, "Жаңа-12"), changed);
    assert_eq!(sign(&mut host, softhsm::PIN)["code"], "PIN_WRONG");
    assert_eq!(sign(&mut host, "Жаңа-12"), done);

    assert_eq!(
        unblock(&mut host, &token, "wrong", "Тағы-34")["code"],
        "PIN_WRONG"
    );
    assert_eq!(
        unblock(&mut host, &token, softhsm::ADMIN_PIN, "Тағы-34"),
        changed
    );
    assert_eq!(sign(&mut host, "Тағы-34"), done);
}
