//! Tokens, as a person at a terminal reaches them.
#![expect(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test may stop where it stands"
)]

use serde_json::{Value, json};
use std::{fs, process::Output};
use tamga_tests::{
    cards::{self, Card, PUK, Readers, opensc},
    computer::Computer,
    double,
    people::People,
    softhsm::{self, ADMIN_PIN, SoftHsm},
    terminal,
};

fn run(computer: &Computer, arguments: &[&str], secrets: &[&str]) -> Output {
    terminal::run(computer.command(), &computer.home(), arguments, secrets)
}

/// Runs a command that succeeds; gives what it printed as JSON.
fn succeeds(computer: &Computer, arguments: &[&str], secrets: &[&str]) -> Value {
    let arguments = [arguments, &["--json", "--password-stdin"]].concat();
    let output = run(computer, &arguments, secrets);
    assert!(output.status.success(), "{arguments:?}: {output:?}");
    serde_json::from_slice(&output.stdout).unwrap()
}

/// Runs a command that fails; gives the code.
fn fails(computer: &Computer, arguments: &[&str], secrets: &[&str]) -> String {
    let arguments = [arguments, &["--json", "--password-stdin"]].concat();
    let output = run(computer, &arguments, secrets);
    assert!(!output.status.success(), "{arguments:?}: {output:?}");
    let failure: Value = serde_json::from_slice(&output.stdout).unwrap();
    failure["failure"]["code"].as_str().unwrap().to_owned()
}

/// Signs a document with the only key there is, and has OpenSSL judge.
fn signs(computer: &Computer, people: &People, pin: &str) {
    let document = computer.home().join("Шарт.txt");
    fs::write(&document, "Шарт").unwrap();
    let signed = succeeds(computer, &["sign", "--force", "Шарт.txt"], &[pin]);
    assert_eq!(signed[0]["signature"], "Шарт.txt.p7s");
    let signature = computer.home().join("Шарт.txt.p7s");
    people.verify(&signature, Some(&document), true);
}

#[test]
fn a_soft_token_is_listed_signs_and_changes_its_pins() {
    let (Some(people), Some(softhsm)) = (People::get(), SoftHsm::new()) else {
        return;
    };
    softhsm.add(people, "Мөр", &["ivan"]);
    let computer = softhsm.computer();
    let listed = succeeds(&computer, &["list"], &[]);
    assert_eq!(listed["tokens"][0]["name"], "Мөр");
    assert_eq!(listed["keys"][0]["location"]["type"], "token");
    let said = run(&computer, &["list"], &[]);
    let said = String::from_utf8_lossy(&said.stdout).into_owned();
    for words in ["Үлгі ivan", "Token Мөр", "SoftHSM"] {
        assert!(said.contains(words), "{words}: {said}");
    }
    signs(&computer, people, softhsm::PIN);

    assert_eq!(
        fails(&computer, &["pin", "change"], &["wrong", "9182736"]),
        "PIN_WRONG"
    );
    assert_eq!(
        fails(&computer, &["pin", "change"], &[softhsm::PIN, "1"]),
        "PIN_UNFIT"
    );
    succeeds(&computer, &["pin", "change"], &[softhsm::PIN, "9182736"]);
    signs(&computer, people, "9182736");
    let sign = ["sign", "Шарт.txt"];
    assert_eq!(fails(&computer, &sign, &[softhsm::PIN]), "PIN_WRONG");
    let token = listed["tokens"][0]["id"].as_str().unwrap();
    let unblock = ["pin", "unblock", "--token", token];
    succeeds(&computer, &unblock, &[ADMIN_PIN, softhsm::PIN]);
    signs(&computer, people, softhsm::PIN);
    let other = ["pin", "unblock", "--token", "ffff"];
    assert_eq!(fails(&computer, &other, &[]), "TOKEN_REMOVED");
}

#[test]
fn a_card_keeps_its_last_try_and_is_unblocked() {
    let (Some(people), Some(opensc)) = (People::get(), opensc()) else {
        return;
    };
    let Some(mut readers) = Readers::open() else {
        return;
    };
    let card = Card::of(people, &[("9a", "aigerim")]);
    readers.insert(0, &card);
    let computer = readers.computer(&[opensc]);
    signs(&computer, people, cards::PIN);
    let sign = ["sign", "Шарт.txt"];
    for _ in 0..2 {
        assert_eq!(fails(&computer, &sign, &["00000000"]), "PIN_WRONG");
    }
    assert_eq!(fails(&computer, &sign, &["00000000"]), "PIN_LAST_TRY");
    assert_eq!(card.tries().0, 1);
    let last = ["sign", "--last-try", "Шарт.txt"];
    assert_eq!(fails(&computer, &last, &["00000000"]), "PIN_LOCKED");
    assert_eq!(
        fails(&computer, &["pin", "change"], &[cards::PIN, "112233"]),
        "PIN_LOCKED"
    );
    assert_eq!(
        fails(&computer, &["pin", "unblock"], &["00000000", cards::PIN]),
        "PIN_WRONG"
    );
    succeeds(&computer, &["pin", "unblock"], &[PUK, cards::PIN]);
    signs(&computer, people, cards::PIN);
    readers.remove(0);
    assert_eq!(fails(&computer, &["pin", "change"], &[]), "TOKEN_REMOVED");
}

#[test]
fn a_soft_token_shows_a_private_certificate_after_its_pin() {
    let (Some(people), Some(softhsm)) = (People::get(), SoftHsm::new()) else {
        return;
    };
    softhsm.add_private(people, "Жабық", &["ivan"]);
    let computer = softhsm.computer();
    let said = run(&computer, &["list"], &[]);
    let said = String::from_utf8_lossy(&said.stdout).into_owned();
    assert!(said.contains("tamga-host list --private --token"), "{said}");
    assert!(!said.contains("Үлгі ivan"), "{said}");
    let wrong = ["list", "--private"];
    assert_eq!(fails(&computer, &wrong, &["wrong"]), "PIN_WRONG");
    let listed = succeeds(&computer, &["list", "--private"], &[softhsm::PIN]);
    let key = &listed["keys"][0];
    assert_eq!(key["certificate"]["id"], *people.id("ivan"));
    assert_eq!(key["problem"], Value::Null);
    let document = computer.home().join("Шарт.txt");
    fs::write(&document, "Шарт").unwrap();
    let token = listed["tokens"][0]["id"].as_str().unwrap();
    let sign = ["sign", "--token", token, "Шарт.txt"];
    let signed = succeeds(&computer, &sign, &[softhsm::PIN]);
    assert_eq!(signed[0]["signature"], "Шарт.txt.p7s");
    let signature = computer.home().join("Шарт.txt.p7s");
    people.verify(&signature, Some(&document), true);
}

/// Where a test has the administrator's settings, the list and its folder are looked at.
#[cfg(unix)]
#[test]
fn the_administrators_list_is_used_unless_others_can_change_it() {
    use std::os::unix::fs::PermissionsExt as _;
    let computer = Computer::new(&[]);
    let list = computer.system().join("modules.json");
    let missing = computer.home().join("missing.so");
    fs::write(&missing, "").unwrap();
    fs::write(&list, json!([missing]).to_string()).unwrap();
    for (mode, code) in [(0o644, "MODULE_FAILED"), (0o666, "FILE_INSECURE")] {
        fs::set_permissions(&list, fs::Permissions::from_mode(mode)).unwrap();
        let listed = run(&computer, &["list", "--json"], &[]);
        let listed: Value = serde_json::from_slice(&listed.stdout).unwrap();
        let codes = listed["unreadable"].as_array().unwrap().iter();
        let codes: Vec<_> = codes.map(|it| it["failure"]["code"].clone()).collect();
        assert!(codes.contains(&code.into()), "{listed}");
    }
}

#[test]
fn modules_come_and_go() {
    let computer = Computer::new(&[]);
    let module = double::module();
    let module = module.to_str().unwrap();
    let list = |computer: &Computer| succeeds(computer, &["module", "list"], &[]);
    let before = list(&computer);
    assert!(!before.to_string().contains(module), "{before}");
    succeeds(&computer, &["module", "add", module], &[]);
    assert!(list(&computer).to_string().contains(module));
    succeeds(&computer, &["module", "remove", module], &[]);
    assert_eq!(list(&computer), before);
    assert_eq!(
        fails(&computer, &["module", "add", "/nowhere.so"], &[]),
        "FILE_NOT_FOUND"
    );
    assert_eq!(before, json!([]));
}
