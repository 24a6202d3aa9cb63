//! PINs, against a module double: counters that lock, readers with keys of their own, tokens that leave.

use super::bench::{Bench, PIN, list, sign, token};
use serde_json::{Value, json};
use tamga_tests::{
    double::{PinPad, Slot, always_authenticated_key, certificate, private_key},
    host::Host,
    people::People,
    signatures::{acknowledged, in_dialog, typed_pins},
};

/// A token with Ivan's key, and the host that reaches it.
fn with_ivan(change: impl FnOnce(Slot) -> Slot) -> Option<(Bench, Host, Value)> {
    let people = People::get()?;
    let key = people.read("ivan.key");
    let slot = token(vec![
        private_key(1, &key),
        certificate(1, &people.certificate("ivan")),
    ]);
    let bench = Bench::new(|double| double.slot(change(slot)).rutoken());
    let mut host = bench.host();
    let listing = list(&mut host);
    let key = listing["keys"][0].clone();
    assert_eq!(key["id"], people.id("ivan"), "{listing}");
    Some((bench, host, key))
}

fn state(host: &mut Host) -> Value {
    list(host)["tokens"][0]["pin"].clone()
}

#[test]
fn rutokens_module_counts_exactly() {
    let Some((bench, mut host, key)) = with_ivan(|slot| Slot { tries: 3, ..slot }) else {
        return;
    };
    assert_eq!(state(&mut host)["tries"], json!({"exactly": 3}));
    let (_, wrong) = sign(&mut host, &key, "wrong", 1);
    assert_eq!(wrong, json!({"code": "PIN_WRONG", "tries": {"exactly": 2}}));
    let (_, wrong) = sign(&mut host, &key, "wrong", 1);
    assert_eq!(wrong, json!({"code": "PIN_WRONG", "tries": {"exactly": 1}}));
    // The last try is not spent before somebody has said so.
    let before = bench.count("C_Login");
    let (_, asked) = sign(&mut host, &key, PIN, 1);
    assert_eq!(asked["code"], "PIN_LAST_TRY");
    assert_eq!(bench.count("C_Login"), before);
    let last = acknowledged(super::bench::command(&key, "wrong", 1));
    assert_eq!(host.request(&last)["code"], "PIN_LOCKED");
    assert_eq!(state(&mut host)["state"], "locked");
    let (_, locked) = sign(&mut host, &key, PIN, 1);
    assert_eq!(locked["code"], "PIN_LOCKED");

    let token = key["location"]["token"].clone();
    let unblock = |puk: &str, pin: &str| json!({"type": "unblock-pin", "token": token, "pins": typed_pins(puk, pin)});
    let wrong = host.request(&unblock("00000000", "1234567"));
    assert_eq!(wrong["code"], "PIN_WRONG");
    assert_eq!(wrong["tries"], json!({"exactly": 9}));
    assert_eq!(host.request(&unblock("87654321", "1"))["code"], "PIN_UNFIT");
    assert_eq!(
        host.request(&unblock("87654321", "1234567"))["type"],
        "pin-changed"
    );
    let (_, done) = sign(&mut host, &key, "1234567", 1);
    assert_eq!(done["type"], "done");
    let change = json!({"type": "change-pin", "token": token, "pins": typed_pins("1234567", PIN)});
    assert_eq!(host.request(&change)["type"], "pin-changed");
    assert_eq!(host.request(&change)["code"], "PIN_WRONG");
    let (_, done) = sign(&mut host, &key, PIN, 1);
    assert_eq!(done["type"], "done");
}

#[test]
fn a_factory_pin_is_known_by_its_flag_and_a_missing_one_is_set() {
    let factory = |slot| Slot {
        pin: "12345678".to_owned(),
        ..slot
    };
    let Some((bench, mut host, _)) = with_ivan(factory) else {
        return;
    };
    assert_eq!(state(&mut host)["state"], "to-be-changed");
    assert_eq!(bench.count("C_Login"), 0, "nobody tries a PIN to find out");

    let unset = |slot| Slot {
        pin_uninitialised: true,
        ..slot
    };
    let Some((_bench, mut host, key)) = with_ivan(unset) else {
        return;
    };
    assert_eq!(state(&mut host)["state"], "not-set");
    let (_, refused) = sign(&mut host, &key, PIN, 1);
    assert_eq!(refused["code"], "PIN_NOT_SET");
    let first = json!({"type": "unblock-pin", "token": key["location"]["token"], "pins": typed_pins("87654321", PIN)});
    assert_eq!(host.request(&first)["type"], "pin-changed");
    let (_, done) = sign(&mut host, &key, PIN, 1);
    assert_eq!(done["type"], "done");
}

#[test]
fn a_pin_that_is_typed_on_the_reader_never_comes_here() {
    for (pad, expected) in [
        (PinPad::Ok, "done"),
        (PinPad::Wrong, "PIN_WRONG"),
        (PinPad::Cancelled, "CANCELLED"),
    ] {
        let with_pad = |slot| Slot {
            pin_pad: Some(pad),
            ..slot
        };
        let Some((_bench, mut host, key)) = with_ivan(with_pad) else {
            return;
        };
        assert_eq!(state(&mut host)["entry"], "reader");
        assert_eq!(key["passwordless"], true);
        let (_, reply) = sign(&mut host, &key, "", 2);
        let said = reply["code"].as_str().or(reply["type"].as_str());
        assert_eq!(said, Some(expected), "{reply}");
    }
}

#[test]
fn a_key_that_wants_its_pin_each_time_gets_it_and_others_once() {
    let Some(people) = People::get() else {
        return;
    };
    let key = people.read("ivan.key");
    let certificate = || certificate(1, &people.certificate("ivan"));
    for (object, logins) in [
        (private_key(1, &key), 1),
        (always_authenticated_key(1, &key), 1 + 100),
    ] {
        let bench = Bench::new(|double| double.slot(token(vec![object, certificate()])));
        let mut host = bench.host();
        let listing = list(&mut host);
        let (events, reply) = sign(&mut host, &listing["keys"][0], PIN, 100);
        assert_eq!(reply["type"], "done", "{reply}");
        assert!(events.iter().all(|event| event["type"] == "item-signed"));
        assert_eq!(bench.count("C_Login"), logins);
        assert_eq!(bench.count("C_Logout"), 1);
    }
}

#[test]
fn a_token_that_leaves_is_missed_and_one_that_comes_back_signs() {
    let Some((bench, mut host, key)) = with_ivan(|slot| slot) else {
        return;
    };
    bench.double.remove(0);
    let (_, gone) = sign(&mut host, &key, PIN, 1);
    assert_eq!(gone["code"], "TOKEN_REMOVED");
    assert_eq!(list(&mut host)["keys"], json!([]));
    bench.double.insert(0);
    let (_, done) = sign(&mut host, &key, PIN, 1);
    assert_eq!(done["type"], "done");
}

#[test]
fn phantom_slots_are_no_tokens() {
    let Some(people) = People::get() else {
        return;
    };
    let key = people.read("ivan.key");
    let real = token(vec![
        private_key(1, &key),
        certificate(1, &people.certificate("ivan")),
    ]);
    let phantom = || Slot {
        phantom: true,
        ..token(Vec::new())
    };
    let bench = Bench::new(|double| {
        let double = (0..32).fold(double, |double, _| double.slot(phantom()));
        double.slot(real)
    });
    let listing = list(&mut bench.host());
    assert_eq!(
        listing["tokens"].as_array().map(Vec::len),
        Some(1),
        "{listing}"
    );
    assert_eq!(
        listing["keys"].as_array().map(Vec::len),
        Some(1),
        "{listing}"
    );
}

/// A `pinentry` that answers so to GETPIN, and writes down what it is told.
#[cfg(unix)]
pub(crate) fn pinentry(folder: &std::path::Path, answer: &str) {
    use std::os::unix::fs::PermissionsExt as _;
    let program = folder.join("pinentry");
    let said = folder.join("said");
    let script = format!(
        "#!/bin/sh\necho OK\nwhile read -r line; do\n  echo \"$line\" >>'{}'\n  case $line in\n  GETPIN) {answer} ;;\n  \
         BYE) echo OK; exit ;;\n  *) echo OK ;;\n  esac\ndone\n",
        said.display()
    );
    std::fs::write(&program, script).unwrap();
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
}

#[cfg(unix)]
#[test]
fn a_dialog_of_the_system_asks_for_the_pin_and_says_for_whom() {
    let Some(people) = People::get() else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let objects = vec![
        private_key(1, &people.read("ivan.key")),
        certificate(1, &people.certificate("ivan")),
    ];
    let mut bench = Bench::new(|double| double.slot(token(objects)));
    bench.computer = bench.computer.with("PATH", folder.path());
    let mut host = bench.host();
    let listing = list(&mut host);
    let mut command = super::bench::command(&listing["keys"][0], "", 2);
    let long = "Ұ%\n\\".repeat(200);
    command["unlock"] = in_dialog("https://bank.example", "ru");
    command["context"] = json!({
        "origin": "https://bank.example", "topOrigin": "https://portal.example", "blind": true,
        "documents": ["акт\u{202e}fdp.exe", long], "record": false,
    });

    let missing = host.request(&command);
    assert_eq!(missing["code"], "PROMPT_MISSING", "{missing}");
    assert_eq!(bench.count("C_Login"), 0);
    pinentry(folder.path(), "echo 'ERR 83886179 cancelled'");
    assert_eq!(host.request(&command)["code"], "CANCELLED");
    assert_eq!(bench.count("C_Login"), 0);
    pinentry(folder.path(), &format!("echo 'D {PIN}'; echo OK"));
    let (events, done) = host.request_with_events(&command);
    assert_eq!(done["type"], "done", "{done}");
    assert_eq!(events.len(), 2);
    let said = std::fs::read_to_string(folder.path().join("said")).unwrap();
    assert!(
        said.contains("SETDESC https://bank.example просит"),
        "{said}"
    );
    for words in [
        "Документов: 2.",
        "%0AСтраница встроена в сайт https://portal.example.%0A",
        "вслепую",
        "%0A• акт[U+202E]fdp.exe%0A• Ұ%25[U+000A]%5C",
        "SETPROMPT ПИН-код токена Tamga",
    ] {
        assert!(said.contains(words), "{words}: {said}");
    }
    // One that talks nonsense is as good as none, and the host lives on.
    for nonsense in [
        "echo ERR 99999999999999999999999",
        "printf '\\377\\n'; exit",
        "yes | tr -d '\\n'",
        "yes",
        "exit",
    ] {
        pinentry(folder.path(), &format!("PATH=/usr/bin:/bin; {nonsense}"));
        let missing = host.request(&command);
        assert_eq!(missing["code"], "PROMPT_MISSING", "{nonsense}");
    }
    pinentry(folder.path(), "echo 'D 0000'; echo OK");
    assert_eq!(host.request(&command)["code"], "PIN_WRONG");
    // Asked once for all signatures, and never a second time by itself.
    assert_eq!(bench.count("C_Login"), 2);
}
