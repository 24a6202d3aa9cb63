//! Copies from container to PKCS#12 file and back.

use super::{
    DOCUMENT, ONE_KEY, ONE_KEY_PASSWORD, TWO_KEYS, TWO_KEYS_PASSWORD, home, ids, judge, signs,
};
use serde_json::{Value, json};
use std::{fs, path::Path};
use tamga_core::{
    cryptopro::{Container, Part},
    secret::Secret,
};
use tamga_people::foreign;
use tamga_tests::{
    gost::{container, files, openssl, people, put, said},
    host::Host,
    signatures::{item, order},
};

#[test]
fn a_container_becomes_a_key_file_and_a_container_again() {
    for (person, password, file_password, cipher) in [
        (ONE_KEY, ONE_KEY_PASSWORD, "пароль файла", "kuznyechik"),
        (TWO_KEYS, TWO_KEYS_PASSWORD, "of-the-file", "gost28147"),
        ("galina-nopassword", "", "пароль файла", "gost28147"),
    ] {
        let home = home();
        let place = home.path().join("keys/first.000");
        put(&files(&container(person)), &place);
        let before = files(&place);
        let ids = ids(home.path());
        let passwords = match password {
            "" => vec![file_password],
            _ => vec![password, file_password],
        };
        let to_file = ["copy", "keys/first.000", "made.p12", "--cipher", cipher];
        let copied = said(home.path(), &to_file, &passwords);
        assert_eq!(copied.0, Some(0), "{person}: {copied:?}");
        for id in &ids {
            let sign = [
                "sign", "--force", "--file", "made.p12", "--key", id, "-o", "made.p7s", "document",
            ];
            assert_eq!(said(home.path(), &sign, &[file_password]).0, Some(0));
            judge(home.path(), id);
        }
        // The engine has no Kuznyechik with a MAC, neither for writing nor for reading.
        if cipher == "gost28147" {
            openssl_reads(home.path(), file_password, ids.len());
        }

        let to_container = ["copy", "made.p12", "keys/second.000"];
        let copied = said(home.path(), &to_container, &[file_password, "of-the-copy"]);
        assert_eq!(copied.0, Some(0), "{person}: {copied:?}");
        assert_eq!(files(&place), before);
        fs::remove_dir_all(&place).unwrap();
        assert_eq!(self::ids(home.path()), ids);
        for id in &ids {
            signs(home.path(), id, "of-the-copy");
        }
        same_keys(person, password, &home.path().join("keys/second.000"));
        // The document, the signature, the key file, keys, and the host's own folder.
        assert_eq!(fs::read_dir(home.path()).unwrap().count(), 5);
    }
}

/// What was typed for one place is tried in no other, whichever comes first.
#[test]
fn a_password_is_tried_on_the_copy_that_was_chosen() {
    const FILE_PASSWORD: &str = "of-the-file";
    let home = home();
    put(
        &files(&container(ONE_KEY)),
        &home.path().join("keys/first.000"),
    );
    let copy = ["copy", "keys/first.000", "made.p12"];
    let copied = said(home.path(), &copy, &[ONE_KEY_PASSWORD, FILE_PASSWORD]);
    assert_eq!(copied.0, Some(0), "{copied:?}");
    assert_eq!(
        said(home.path(), &["add", "made.p12"], &[FILE_PASSWORD]).0,
        Some(0)
    );
    let mut host = Host::greeted(home.path());
    let listing = host.list();
    let keys = listing["keys"].as_array().unwrap();
    assert_eq!(keys.len(), 2, "{listing}");
    assert_eq!(keys[0]["id"], keys[1]["id"]);
    let item = item(&mut host, DOCUMENT, "Streebog-256");
    let mut signs = |place: &Value, password: &str| {
        let mut order = order(keys[0]["id"].as_str().unwrap(), password);
        order["items"] = json!([item]);
        if !place.is_null() {
            order["location"] = place.clone();
        }
        let reply = host.request(&order);
        reply["code"].as_str().unwrap_or("signed").to_owned()
    };
    for key in keys {
        let [own, other] = match key["location"]["type"].as_str() {
            Some("pkcs12") => [FILE_PASSWORD, ONE_KEY_PASSWORD],
            _ => [ONE_KEY_PASSWORD, FILE_PASSWORD],
        };
        assert_eq!(signs(&key["location"], own), "signed", "{key}");
        assert_eq!(signs(&key["location"], other), "PASSWORD_WRONG", "{key}");
    }
    // Where nobody says which one, it is one and not the other.
    let outcomes = [FILE_PASSWORD, ONE_KEY_PASSWORD].map(|it| signs(&Value::Null, it));
    assert_eq!(outcomes, ["signed", "PASSWORD_WRONG"]);
}

/// OpenSSL opens the file, and finds as many keys and certificates.
fn openssl_reads(home: &Path, password: &str, count: usize) {
    let Some(openssl) = openssl(home) else {
        return;
    };
    let password = format!("pass:{password}");
    let read = openssl(&["pkcs12", "-in", "made.p12", "-passin", &password, "-nodes"]);
    let text = String::from_utf8_lossy(&read.stdout);
    assert!(read.status.success(), "{read:?}");
    assert_eq!(text.matches("BEGIN PRIVATE KEY").count(), count, "{text}");
    assert_eq!(text.matches("BEGIN CERTIFICATE").count(), count, "{text}");
    let wrong = openssl(&[
        "pkcs12",
        "-in",
        "made.p12",
        "-passin",
        "pass:wrong",
        "-nodes",
    ]);
    assert!(!wrong.status.success());
}

fn same_keys(person: &str, password: &str, copy: &Path) {
    let opened = |folder: &Path, password: &str| {
        let container = Container::parse(files(folder)).unwrap();
        let open = |slot: &tamga_core::cryptopro::Slot| {
            let key = container.open(slot.name(), &Secret::new(password.to_owned()));
            (
                slot.name(),
                slot.exportable(),
                key.unwrap().to_le_bytes().as_ref().to_vec(),
            )
        };
        container.slots().iter().map(open).collect::<Vec<_>>()
    };
    assert_eq!(
        opened(&container(person), password),
        opened(copy, "of-the-copy")
    );
}

#[test]
fn what_cannot_be_copied_is_refused_and_changes_nothing() {
    let home = home();
    let two = |name: &str| home.path().join(name);
    put(&files(&container(ONE_KEY)), &two("one.000"));
    let key_file = people().join("nurlan-gost512.p12");
    fs::copy(key_file, two("kazakh.p12")).unwrap();
    fs::copy(people().join("zoya-rfc9548.p12"), two("russian.p12")).unwrap();
    let russian = "пароль-зоя";
    put(&bound(), &two("bound.000"));
    let before = fs::read_dir(home.path()).unwrap().count();
    for (arguments, passwords, code, subject) in [
        (
            ["bound.000", "made.p12"],
            vec!["", "new"],
            "KEY_NOT_EXPORTABLE",
            "bound.000",
        ),
        (
            ["bound.000", "made.000"],
            vec![""],
            "KEY_NOT_EXPORTABLE",
            "made.000",
        ),
        (
            ["one.000", "made.p12"],
            vec!["wrong", "new"],
            "PASSWORD_WRONG",
            "one.000",
        ),
        (
            ["one.000", "made.p12"],
            vec![ONE_KEY_PASSWORD, ""],
            "PASSWORD_UNFIT",
            "made.p12",
        ),
        (
            ["one.000", "russian.p12"],
            vec![ONE_KEY_PASSWORD, "new"],
            "FILE_EXISTS",
            "russian.p12",
        ),
        (
            ["one.000", "no/made.p12"],
            vec![ONE_KEY_PASSWORD, "new"],
            "FILE_UNWRITABLE",
            "made.p12",
        ),
        (
            ["russian.p12", "made.000"],
            vec!["wrong", "new"],
            "PASSWORD_WRONG",
            "russian.p12",
        ),
        (
            ["russian.p12", "made.000"],
            vec![russian, "новый"],
            "PASSWORD_UNFIT",
            "made.000",
        ),
        (
            ["russian.p12", "no/made.000"],
            vec![russian, "new"],
            "FILE_UNWRITABLE",
            "made.000",
        ),
        (
            ["kazakh.p12", "made.000"],
            vec!["nurlan-demo", "new"],
            "CONTAINER_UNFIT",
            "made.000",
        ),
        (["nowhere", "made.000"], vec![], "FILE_NOT_FOUND", "nowhere"),
        (
            ["nowhere.p12", "made.p12"],
            vec![],
            "FILE_NOT_FOUND",
            "nowhere.p12",
        ),
        (
            ["document", "made.000"],
            vec!["new", "new"],
            "KEY_FILE_MALFORMED",
            "document",
        ),
    ] {
        let refused = said(
            home.path(),
            &[&["copy"], &arguments[..]].concat(),
            &passwords,
        );
        let failure = serde_json::json!({"code": code, "subject": subject});
        assert_eq!(refused.1["failure"], failure, "{arguments:?}");
    }
    let taken = said(
        home.path(),
        &["copy", "russian.p12", "one.000"],
        &[russian, "new"],
    );
    assert_eq!(taken.1["failure"]["code"], "CONTAINER_EXISTS");
    assert_eq!(files(&two("one.000")), files(&container(ONE_KEY)));
    assert_eq!(fs::read_dir(home.path()).unwrap().count(), before);

    // A copy of the same kind is the same to the last octet.
    assert_eq!(
        said(
            home.path(),
            &["copy", "russian.p12", "copy.P12"],
            &[russian]
        )
        .0,
        Some(0)
    );
    assert_eq!(
        fs::read(two("copy.P12")).unwrap(),
        fs::read(two("russian.p12")).unwrap()
    );
}

/// A container whose key must not be copied.
fn bound() -> tamga_core::cryptopro::Files {
    let galina = files(&container("galina-nopassword"));
    foreign::bound(&galina)
}

#[test]
fn the_reserve_and_the_name_are_of_the_copy() {
    let home = home();
    let copied = said(
        home.path(),
        &[
            "copy",
            people().join("zoya-rfc9548.p12").to_str().unwrap(),
            "keys/zoya.000",
        ],
        &["пароль-зоя", ""],
    );
    assert_eq!(copied.0, Some(0), "{copied:?}");
    let made = home.path().join("keys/zoya.000");
    let container = Container::parse(files(&made)).unwrap();
    assert_eq!(container.name().as_deref(), Some("zoya"));
    assert!(!container.has_password());
    for gone in [Part::Masks, Part::Primary] {
        fs::remove_file(made.join(gone.file_name())).unwrap();
    }
    for id in ids(home.path()) {
        signs(home.path(), &id, "");
    }
}
