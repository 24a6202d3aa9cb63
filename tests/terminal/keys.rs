//! Key files that are added, listed and removed, and their passwords.

use super::{everything, json, run};
use serde_json::Value;
use std::fs;
use tamga_tests::people::{PASSWORD, People};

#[test]
fn keys_come_and_go() {
    let Some(people) = People::get() else {
        return;
    };
    let home = tempfile::tempdir().unwrap();
    assert_eq!(json(home.path(), &["list"])["keys"], serde_json::json!([]));
    let p12 = people.path("aigerim.p12");
    let added = json(home.path(), &["add", p12.to_str().unwrap()]);
    assert_eq!(added[0]["certificate"]["owner"], "Үлгі aigerim");
    let listed = json(home.path(), &["list"]);
    let id = people.id("aigerim");
    assert_eq!(listed["keys"][0]["certificate"]["id"], id);
    let inspected = json(home.path(), &["inspect", p12.to_str().unwrap()]);
    assert_eq!(inspected["certificates"][0]["certificate"]["id"], id);

    let documents = ["a", "b", "c"].map(|name| home.path().join(name));
    for document in &documents {
        fs::write(document, b"document").unwrap();
    }
    let names = documents.each_ref().map(|path| path.to_str().unwrap());
    let folder = home.path().join("signatures");
    fs::create_dir(&folder).unwrap();
    let options = [
        "sign",
        "--pss",
        "--key",
        id.split_at(8).0,
        "-o",
        folder.to_str().unwrap(),
    ];
    json(home.path(), &[&options[..], &names].concat());
    people.verify(&folder.join("c.p7s"), Some(&documents[2]), true);

    let copy = listed["keys"][0]["location"]["keyFile"].as_str().unwrap();
    json(home.path(), &["remove", copy]);
    assert_eq!(json(home.path(), &["list"])["keys"], serde_json::json!([]));
}

#[test]
fn a_password_is_changed() {
    const NEW: &str = "Жаңа құпия 48";
    let Some(people) = People::get() else {
        return;
    };
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("mine");
    fs::create_dir(&folder).unwrap();
    let p12 = folder.join("aigerim.p12");
    fs::write(&p12, people.read("aigerim.p12")).unwrap();
    let name = p12.to_str().unwrap();
    let change = |passwords: &str| {
        let arguments = ["password", name, "--json", "--password-stdin"];
        let output = run(home.path(), &arguments, passwords);
        let said: Value = serde_json::from_slice(&output.stdout).unwrap();
        (output.status.code(), said)
    };

    json(home.path(), &["add", name]);
    let copy = &json(home.path(), &["list"])["keys"][0]["location"]["keyFile"];
    let (code, said) = change(&format!("{PASSWORD}\n{NEW}"));
    assert_eq!(code, Some(0), "{said}");
    assert_eq!(said["copyWithOldPassword"], *copy);
    people.open(&p12, NEW);
    assert_eq!(everything(&folder), [&*p12]);

    let changed = fs::read(&p12).unwrap();
    let (code, said) = change(&format!("{PASSWORD}\n{NEW}"));
    assert_eq!(code, Some(4), "{said}");
    // A second line that is missing or empty is no password for a file.
    for passwords in [NEW.to_owned(), format!("{NEW}\n")] {
        let (code, said) = change(&passwords);
        assert_eq!(code, Some(1), "{said}");
        assert_eq!(said["failure"]["code"], "PASSWORD_UNFIT");
    }
    let old = folder.join("aigerim.p12.bak");
    fs::write(&old, b"somebody's").unwrap();
    let (code, said) = change(&format!("{NEW}\n{PASSWORD}"));
    assert_eq!(code, Some(1), "{said}");
    assert_eq!(said["failure"]["subject"], "aigerim.p12.bak");
    assert_eq!(fs::read(&p12).unwrap(), changed);
    assert_eq!(fs::read(&old).unwrap(), b"somebody's");

    let arguments = ["password", "mine", "--password-stdin", "--json"];
    let said = String::from_utf8(run(home.path(), &arguments, "").stdout).unwrap();
    assert!(said.contains("CONTAINER_INCOMPLETE"), "{said}");
    assert!(said.contains("mine/header.key"), "{said}");
}
