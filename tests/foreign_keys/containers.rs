//! Key containers in folders of any name: added, inspected, and what is said of those that are none.

use super::{PASSWORD, code, home};
use serde_json::json;
use std::fs;
use tamga_tests::gost::{container, files, put, run, said};

#[test]
fn folders_are_added_and_what_is_none_is_not() {
    let home = home(&[("keys.zip", b"PK")]);
    let at = |name: &str| home.path().join(name);
    fs::create_dir_all(at("empty/deeper")).unwrap();
    put(&files(&container("larisa-twokeys")), &at("keys/larisa.000"));
    for (path, expected) in [
        ("keys.zip", "FOLDER_NEEDED"),
        ("keys/larisa.000/header.key", "CONTAINER_FILE"),
        ("nowhere", "FILE_NOT_FOUND"),
    ] {
        let refused = said(home.path(), &["folder", "add", path], &[]);
        assert_eq!((refused.0, code(&refused)), (Some(1), expected), "{path}");
    }
    assert_eq!(said(home.path(), &["folder", "list"], &[]).1, json!([]));
    // There may be containers later; that there are none now is said.
    let added = said(home.path(), &["folder", "add", "empty"], &[]);
    assert_eq!((added.0, &added.1["containers"]), (Some(0), &json!(0)));
    let words = run(home.path(), &["folder", "add", "empty"], &[]);
    let words = String::from_utf8(words.stdout).unwrap();
    assert!(
        words.contains("There is no key container in this folder."),
        "{words}"
    );
    // Under any name, in a folder that was added and as one itself.
    fs::rename(at("keys/larisa.000"), at("keys/Larisa’s key")).unwrap();
    for path in ["keys", "keys/Larisa’s key"] {
        assert_eq!(
            said(home.path(), &["folder", "add", path], &[]).0,
            Some(0),
            "{path}"
        );
        let (_, list) = said(home.path(), &["list"], &[]);
        assert_eq!(list["keys"].as_array().unwrap().len(), 2, "{path} {list}");
        assert_eq!(
            said(home.path(), &["folder", "remove", path], &[]).0,
            Some(0)
        );
    }
}

#[test]
fn a_container_is_inspected_without_its_password() {
    let home = home(&[]);
    let at = |name: &str| home.path().join(name);
    let whole = files(&container("larisa-twokeys"));
    put(&whole, &at("larisa.000"));
    let (status, said_of) = said(home.path(), &["inspect", "larisa.000"], &[]);
    assert_eq!((status, &said_of["kind"]), (Some(0), &json!("container")));
    assert_eq!(
        (&said_of["hasPassword"], &said_of["withinReach"]),
        (&json!(true), &json!(false))
    );
    let keys = said_of["keys"].as_array().unwrap();
    let slots: Vec<_> = keys
        .iter()
        .map(|key| key["slot"].as_str().unwrap())
        .collect();
    assert_eq!(slots, ["primary", "secondary"]);
    for key in keys {
        assert!(
            key["exportable"].is_boolean() && key["certificate"]["id"].is_string(),
            "{key}"
        );
    }
    let words =
        String::from_utf8(run(home.path(), &["inspect", "larisa.000"], &[]).stdout).unwrap();
    assert!(
        words.contains("primary2.key") && words.contains("folder add"),
        "{words}"
    );

    // A certificate of another key is found out by the header alone.
    let other = files(&container("pavel-director"));
    let other = tamga_core::cryptopro::Container::parse(other).unwrap();
    let certificate = other.slots()[0].certificate().unwrap();
    put(
        &tamga_people::foreign::with_certificate(&whole, certificate),
        &at("mixed.000"),
    );
    let (status, said_of) = said(home.path(), &["inspect", "mixed.000"], &[]);
    assert_eq!(status, Some(1), "{said_of}");
    assert!(said_of.to_string().contains("KEY_MISMATCH"), "{said_of}");

    fs::remove_file(at("larisa.000/masks.key")).unwrap();
    let (status, said_of) = said(home.path(), &["inspect", "larisa.000"], &[]);
    assert_eq!(status, Some(1));
    assert_eq!(
        said_of["keys"][0]["failure"]["code"],
        "CONTAINER_INCOMPLETE"
    );
    for command in [
        &["add", "larisa.000"][..],
        &["sign", "--file", "larisa.000", "document"],
    ] {
        assert_eq!(
            code(&said(home.path(), command, &[PASSWORD])),
            "KEY_IN_CONTAINER"
        );
    }
    fs::create_dir(at("empty")).unwrap();
    assert_eq!(
        code(&said(home.path(), &["inspect", "empty"], &[])),
        "CONTAINER_MISSING"
    );
}
