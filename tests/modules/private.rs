//! Certificates that a token shows only after its PIN, against a module double.

use super::bench::{Bench, PIN, command, list, sign, token};
use serde_json::{Value, json};
use std::fs;
use tamga_tests::{
    double::{
        Object, PinPad, Slot, always_authenticated_key, certificate, private_certificate,
        private_key,
    },
    host::Host,
    people::People,
    signatures::{acknowledged, in_dialog, with_pin},
    terminal,
};

/// Ivan's key and his certificate, which is private; and Aigerim's, which is not.
fn objects(people: &People) -> Vec<Object> {
    vec![
        private_key(1, &people.read("ivan.key")),
        private_certificate(1, &people.certificate("ivan")),
        private_key(2, &people.read("aigerim.key")),
        certificate(2, &people.certificate("aigerim")),
    ]
}

fn list_private(token: &Value, pin: &str) -> Value {
    json!({"type": "list-private-certificates", "token": token, "unlock": with_pin(pin)})
}

fn ids(listing: &Value) -> Vec<String> {
    let keys = listing["keys"].as_array().unwrap().iter();
    keys.map(|key| key["id"].as_str().unwrap().to_owned())
        .collect()
}

fn key<'a>(listing: &'a Value, id: &str) -> &'a Value {
    let mut keys = listing["keys"].as_array().unwrap().iter();
    keys.find(|key| key["id"] == id).unwrap()
}

/// The token of a host that has not seen the private certificate.
fn closed(host: &mut Host, people: &People) -> Value {
    let listing = list(host);
    assert_eq!(ids(&listing), [people.id("aigerim")], "{listing}");
    assert_eq!(listing["tokens"][0]["mayHoldPrivate"], true);
    listing["tokens"][0]["id"].clone()
}

#[test]
fn a_private_certificate_is_listed_after_the_pin_and_signs_with_another_one() {
    let Some(people) = People::get() else {
        return;
    };
    let bench = Bench::new(|double| double.slot(token(objects(people))));
    let mut host = bench.host();
    let token = closed(&mut host, people);
    let shown = host.request(&list_private(&token, PIN));
    assert_eq!(ids(&shown).len(), 2, "{shown}");
    assert_eq!(bench.double.shown(0), 1);
    assert_eq!(bench.double.results("C_Logout"), ["CKR_OK"]);
    // It stays without another login, and is not unlocked.
    let again = list(&mut host);
    assert_eq!(ids(&again), ids(&shown));
    let ivan = key(&again, &people.id("ivan")).clone();
    assert_eq!((bench.double.shown(0), &ivan["problem"]), (1, &Value::Null));
    let (_, refused) = sign(&mut host, &ivan, "", 1);
    assert_eq!(refused["code"], "PIN_NEEDED");
    let (events, done) = sign(&mut host, &ivan, PIN, 3);
    assert_eq!(done["type"], "done", "{done}");
    assert!(events.iter().all(|event| event["type"] == "item-signed"));
    assert_eq!(bench.double.shown(0), 2);
    // Another session knows nothing of it, nor does this one when the token was out.
    let mut other = bench.host();
    closed(&mut other, people);
    let (_, unknown) = sign(&mut other, &ivan, PIN, 1);
    assert_eq!(unknown["code"], "TOKEN_REMOVED");
    assert_eq!(bench.double.shown(0), 2);
    bench.double.remove(0);
    assert_eq!(ids(&list(&mut host)), [""; 0]);
    bench.double.insert(0);
    closed(&mut host, people);
}

#[test]
fn a_wrong_pin_is_one_try_and_shows_nothing() {
    let Some(people) = People::get() else {
        return;
    };
    let slot = Slot {
        tries: 3,
        ..token(objects(people))
    };
    let bench = Bench::new(|double| double.slot(slot).rutoken());
    let mut host = bench.host();
    let token = closed(&mut host, people);
    let empty = host.request(&list_private(&token, ""));
    assert_eq!(
        (&empty["code"], bench.double.shown(0)),
        (&json!("PIN_NEEDED"), 0)
    );
    for tries in [2, 1] {
        let wrong = host.request(&list_private(&token, "wrong"));
        let expected = json!({"code": "PIN_WRONG", "tries": {"exactly": tries}});
        assert_eq!(wrong, expected);
        closed(&mut host, people);
    }
    assert_eq!(bench.double.shown(0), 2);
    let asked = host.request(&list_private(&token, PIN));
    assert_eq!(
        (&asked["code"], bench.double.shown(0)),
        (&json!("PIN_LAST_TRY"), 2)
    );
    let shown = host.request(&acknowledged(list_private(&token, PIN)));
    assert_eq!(ids(&shown).len(), 2);
    for wrong in ["wrong", "wrong", "wrong"] {
        host.request(&acknowledged(list_private(&token, wrong)));
    }
    let locked = host.request(&acknowledged(list_private(&token, PIN)));
    assert_eq!(locked["code"], "PIN_LOCKED");
    let unknown = host.request(&list_private(&json!("00"), PIN));
    assert_eq!(unknown["code"], "TOKEN_REMOVED");
}

#[test]
fn a_pin_pad_and_a_dialog_ask_for_it() {
    let Some(people) = People::get() else {
        return;
    };
    let slot = Slot {
        pin_pad: Some(PinPad::Ok),
        ..token(objects(people))
    };
    let bench = Bench::new(|double| double.slot(slot));
    let mut host = bench.host();
    let token_id = closed(&mut host, people);
    let mut command = list_private(&token_id, "");
    command["unlock"] = json!({"type": "reader"});
    let shown = host.request(&command);
    assert_eq!(ids(&shown).len(), 2, "{shown}");

    #[cfg(unix)]
    {
        let folder = tempfile::tempdir().unwrap();
        super::pins::pinentry(folder.path(), &format!("echo 'D {PIN}'; echo OK"));
        let mut bench = Bench::new(|double| double.slot(token(objects(people))));
        bench.computer = bench.computer.with("PATH", folder.path());
        let mut host = bench.host();
        let mut command = list_private(&closed(&mut host, people), "");
        command["unlock"] = in_dialog("https://bank.example", "en");
        assert_eq!(ids(&host.request(&command)).len(), 2);
        assert_eq!(bench.double.shown(0), 1);
        let said = fs::read_to_string(folder.path().join("said")).unwrap();
        assert!(said.contains("https://bank.example is waiting"), "{said}");
    }
}

/// No way to them where there is no PIN that could show them, or nothing that signs.
#[test]
fn it_is_not_offered_where_no_pin_can_show_any() {
    let Some(people) = People::get() else {
        return;
    };
    let objects = || objects(people);
    let open = Slot {
        login_required: false,
        ..token(objects())
    };
    let not_set = Slot {
        pin_uninitialised: true,
        ..token(objects())
    };
    for slot in [open, not_set] {
        let bench = Bench::new(|double| double.slot(slot));
        let listing = list(&mut bench.host());
        let token = &listing["tokens"][0];
        assert_eq!(token["mayHoldPrivate"], Value::Null, "{listing}");
    }
}

#[test]
fn a_private_certificate_without_a_key_says_so() {
    let Some(people) = People::get() else {
        return;
    };
    let objects = vec![private_certificate(1, &people.certificate("ivan"))];
    let bench = Bench::new(|double| double.slot(token(objects)));
    let mut host = bench.host();
    let token = list(&mut host)["tokens"][0]["id"].clone();
    let shown = host.request(&list_private(&token, PIN));
    assert_eq!(key(&shown, &people.id("ivan"))["problem"], "KEY_MISSING");
}

/// One PIN is typed, and shown to the token once for each login that it wants.
#[test]
fn the_terminal_lists_and_signs_with_one_pin_each() {
    let Some(people) = People::get() else {
        return;
    };
    let key = people.read("ivan.key");
    for (key, logins) in [
        (private_key(1, &key), 1),
        (always_authenticated_key(1, &key), 2),
    ] {
        let private = private_certificate(1, &people.certificate("ivan"));
        let bench = Bench::new(|double| double.slot(token(vec![key, private])));
        let computer = &bench.computer;
        let run = |words: &[&str], secrets: &[&str]| {
            let words = [words, &["--json", "--password-stdin"]].concat();
            let output = terminal::run(computer.command(), &computer.home(), &words, secrets);
            let said: Value = serde_json::from_slice(&output.stdout).unwrap();
            (output.status.code(), said)
        };
        let (_, listed) = run(&["list"], &[]);
        assert_eq!(listed["keys"], json!([]));
        let (code, said) = run(&["list", "--private"], &["wrong"]);
        assert_eq!(
            (code, &said["failure"]["code"]),
            (Some(4), &json!("PIN_WRONG"))
        );
        let (_, listed) = run(&["list", "--private"], &[PIN]);
        let id = people.id("ivan");
        assert_eq!(listed["keys"][0]["certificate"]["id"], *id);
        assert_eq!(bench.double.shown(0), 2);

        let document = computer.home().join("a.txt");
        fs::write(&document, "Шарт").unwrap();
        let token = listed["tokens"][0]["id"].as_str().unwrap();
        let sign = |words: &[&str]| {
            let words = [&["sign", "--force", "a.txt"], words].concat();
            run(&words, &[PIN])
        };
        // What is typed may be meant for another key: it goes to no token that was not named.
        let (_, said) = sign(&["--key", &id]);
        assert_eq!(said["failure"]["code"], "CERTIFICATE_NOT_FOUND");
        assert_eq!(bench.double.shown(0), 2);
        let (_, said) = sign(&["--token", token, "--key", "ffff"]);
        assert_eq!(said["failure"]["code"], "CERTIFICATE_NOT_FOUND");
        assert_eq!(bench.double.shown(0), 3);
        let (code, said) = sign(&["--token", token, "--key", &id]);
        assert_eq!(code, Some(0), "{said}");
        assert_eq!(bench.double.shown(0), 3 + logins);
        people.verify(&computer.home().join("a.txt.p7s"), Some(&document), true);
    }
}

#[test]
fn a_pin_session_with_the_token_is_over() {
    let Some(people) = People::get() else {
        return;
    };
    let bench = Bench::new(|double| double.slot(token(objects(people))));
    let mut host = bench.host();
    let token = closed(&mut host, people);
    let aigerim = list(&mut host)["keys"][0].clone();
    let mut begin = command(&aigerim, PIN, 1);
    begin["unlock"]["term"] = json!({"minutes": 15});
    let (_, begun) = host.request_with_events(&begin);
    assert!(begun["pinSession"]["until"].is_u64(), "{begun}");
    host.request(&list_private(&token, PIN));
    let mut next = command(&aigerim, "", 1);
    next["unlock"] = json!({"type": "open-session"});
    assert_eq!(host.request(&next)["code"], "PIN_NEEDED");
}
