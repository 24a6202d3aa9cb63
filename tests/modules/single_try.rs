//! One wrong PIN is one try, however often the token, its certificate or its module is there.

use super::bench::{Bench, PIN, command, list, sign, token};
use serde_json::Value;
use std::fs;
use tamga_tests::{
    double::{self, Object, PinPad, Slot, always_authenticated_key, certificate, private_key},
    host::Host,
    people::People,
    signatures::in_dialog,
};

/// Ivan's key, and his certificate in two objects under different ids.
fn twice(people: &People) -> Vec<Object> {
    let der = people.certificate("ivan");
    vec![
        private_key(1, &people.read("ivan.key")),
        certificate(1, &der),
        certificate(2, &der),
    ]
}

/// The one key there is, on the one token.
fn only_key(host: &mut Host) -> Value {
    let listing = list(host);
    let count = |what: &str| listing[what].as_array().map(Vec::len);
    assert_eq!(
        (count("keys"), count("tokens")),
        (Some(1), Some(1)),
        "{listing}"
    );
    listing["keys"][0].clone()
}

/// A wrong PIN costs one try of the token in the first slot, and the right one is shown once.
fn costs_one_try(bench: &Bench) {
    let mut host = bench.host();
    let key = only_key(&mut host);
    let (_, wrong) = sign(&mut host, &key, "wrong", 3);
    assert_eq!(wrong["code"], "PIN_WRONG", "{wrong}");
    assert_eq!(bench.double.shown(0), 1);
    let (_, done) = sign(&mut host, &key, PIN, 3);
    assert_eq!(done["type"], "done", "{done}");
    assert_eq!(bench.double.shown(0), 2);
}

#[test]
fn a_certificate_in_two_objects_is_listed_once_and_a_wrong_pin_is_one_try() {
    let Some(people) = People::get() else {
        return;
    };
    costs_one_try(&Bench::new(|double| double.slot(token(twice(people)))));
}

#[test]
fn a_token_in_two_slots_or_behind_two_modules_is_one() {
    let Some(people) = People::get() else {
        return;
    };
    let bench = Bench::new(|double| double.slot(token(twice(people))).slot(token(twice(people))));
    costs_one_try(&bench);
    let folder = tempfile::tempdir().unwrap();
    let copies = ["libmaker.so", "libother.so"].map(|name| folder.path().join(name));
    for copy in &copies {
        fs::copy(double::module(), copy).unwrap();
    }
    let bench = Bench::with(&copies, |double| double.slot(token(twice(people))));
    costs_one_try(&bench);
}

#[test]
fn a_pin_pad_and_a_dialog_ask_once() {
    let Some(people) = People::get() else {
        return;
    };
    let slot = Slot {
        pin_pad: Some(PinPad::Wrong),
        ..token(twice(people))
    };
    let bench = Bench::new(|double| double.slot(slot));
    let mut host = bench.host();
    let key = only_key(&mut host);
    let (_, wrong) = sign(&mut host, &key, "", 1);
    assert_eq!(wrong["code"], "PIN_WRONG");
    assert_eq!(bench.double.shown(0), 1);

    #[cfg(unix)]
    {
        let folder = tempfile::tempdir().unwrap();
        super::pins::pinentry(folder.path(), "echo 'D 0000'; echo OK");
        let mut bench = Bench::new(|double| double.slot(token(twice(people))));
        bench.computer = bench.computer.with("PATH", folder.path());
        let mut host = bench.host();
        let mut command = command(&only_key(&mut host), "", 3);
        command["unlock"] = in_dialog("https://bank.example", "kk");
        assert_eq!(host.request(&command)["code"], "PIN_WRONG");
        assert_eq!(bench.double.shown(0), 1);
        let said = fs::read_to_string(folder.path().join("said")).unwrap();
        assert_eq!(said.matches("GETPIN").count(), 1, "{said}");

        // Who cancels is not asked again, though another module shows the same key.
        let copies = ["libmaker.so", "libother.so"].map(|name| folder.path().join(name));
        for copy in &copies {
            fs::copy(double::module(), copy).unwrap();
        }
        fs::remove_file(folder.path().join("said")).unwrap();
        super::pins::pinentry(folder.path(), "echo 'ERR 83886179 cancelled'");
        let mut bench = Bench::with(&copies, |double| double.slot(token(twice(people))));
        bench.computer = bench.computer.with("PATH", folder.path());
        let mut host = bench.host();
        let mut command = super::bench::command(&only_key(&mut host), "", 3);
        command["unlock"] = in_dialog("https://bank.example", "kk");
        assert_eq!(host.request(&command)["code"], "CANCELLED");
        assert_eq!(bench.double.shown(0), 0);
        let said = fs::read_to_string(folder.path().join("said")).unwrap();
        assert_eq!(said.matches("GETPIN").count(), 1, "{said}");
    }
}

/// The PIN that a key wants before each signature may be another one than that of the token.
#[test]
fn a_pin_that_is_refused_for_one_signature_is_not_shown_for_the_next() {
    const PIN_INCORRECT: &str = "error:0xa0";
    let Some(people) = People::get() else {
        return;
    };
    let objects = vec![
        always_authenticated_key(1, &people.read("ivan.key")),
        certificate(1, &people.certificate("ivan")),
    ];
    for refused in [2, 4] {
        let bench = Bench::new(|double| {
            let double = double.slot(token(objects.clone()));
            double.misbehaviour("C_Login", Some(refused), PIN_INCORRECT)
        });
        let mut host = bench.host();
        let key = only_key(&mut host);
        let (events, wrong) = sign(&mut host, &key, PIN, 7);
        assert_eq!(wrong["code"], "PIN_WRONG", "{events:?} {wrong}");
        assert_eq!(bench.count("C_Login"), usize::try_from(refused).unwrap());
        let signed = events.iter().filter(|event| event["type"] == "item-signed");
        assert_eq!(signed.count(), usize::try_from(refused - 2).unwrap());
    }
}
