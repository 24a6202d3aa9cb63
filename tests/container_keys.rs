//! The keys of containers, as other programs write them too: listed, chosen, signed with, and copied from container
//! to PKCS#12 file and back. OpenSSL's GOST engine and the host itself judge the signatures.
#![expect(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test may stop where it stands"
)]

mod copying;

use serde_json::Value;
use std::{collections::BTreeSet, fs, path::Path};
use tamga_people::foreign::{self, Charset};
use tamga_tests::gost::{container, files, openssl, people, put, run, said};

const DOCUMENT: &[u8] = "Договор № 7\r\n\0".as_bytes();
const TWO_KEYS: &str = "larisa-twokeys";
const TWO_KEYS_PASSWORD: &str = "larisa-demo";
const ONE_KEY: &str = "pavel-director";
const ONE_KEY_PASSWORD: &str = "pavel-demo";

/// A home folder with a document, in which containers are looked for in `keys`.
fn home() -> tempfile::TempDir {
    let home = tempfile::tempdir().unwrap();
    fs::create_dir(home.path().join("keys")).unwrap();
    fs::write(home.path().join("document"), DOCUMENT).unwrap();
    let added = said(home.path(), &["folder", "add", "keys"], &[]);
    assert_eq!(added.0, Some(0), "{added:?}");
    home
}

/// The ids of the certificates that are listed; nothing is unreadable.
fn ids(home: &Path) -> BTreeSet<String> {
    let (status, list) = said(home, &["list"], &[]);
    assert_eq!(
        (status, &list["unreadable"]),
        (Some(0), &Value::Array(vec![]))
    );
    let keys = list["keys"].as_array().unwrap();
    let id = |key: &Value| key["certificate"]["id"].as_str().unwrap().to_owned();
    keys.iter().map(id).collect()
}

/// Signs the document with a key, and lets both judges say whether it is signed with this certificate.
fn signs(home: &Path, id: &str, password: &str) {
    let sign = ["sign", "--key", id, "--force", "-o", "made.p7s", "document"];
    let signed = said(home, &sign, &[password]);
    assert_eq!(signed.0, Some(0), "{signed:?}");
    judge(home, id);
}

fn judge(home: &Path, id: &str) {
    let verify = [
        "verify",
        "--signature-only",
        "made.p7s",
        "--content",
        "document",
    ];
    let (status, report) = said(home, &verify, &[]);
    assert_eq!(status, Some(0), "{report}");
    let (_, inside) = said(home, &["inspect", "made.p7s"], &[]);
    assert_eq!(inside["certificates"][0]["certificate"]["id"], id);
    let Some(openssl) = openssl(home) else {
        return;
    };
    let root = people().join("gost-root.pem");
    let verified = openssl(&[
        "cms",
        "-verify",
        "-cades",
        "-binary",
        "-inform",
        "DER",
        "-in",
        "made.p7s",
        "-content",
        "document",
        "-purpose",
        "any",
        "-CAfile",
        root.to_str().unwrap(),
    ]);
    assert_eq!(verified.stdout, DOCUMENT, "{verified:?}");
}

#[test]
fn each_of_two_keys_is_listed_chosen_and_signed_with() {
    let home = home();
    put(
        &files(&container(TWO_KEYS)),
        &home.path().join("keys/two.000"),
    );
    let ids = ids(home.path());
    assert_eq!(ids.len(), 2);
    let list = String::from_utf8(run(home.path(), &["list"], &[]).stdout).unwrap();
    let words = "Парная Лариса Ильинична · GOST R 34.10-2012 (256 bits) · ";
    assert_eq!(list.matches(words).count(), 2, "{list}");
    for id in &ids {
        signs(home.path(), id, TWO_KEYS_PASSWORD);
    }
    // Which one is meant has to be said.
    let undecided = said(home.path(), &["sign", "document"], &[TWO_KEYS_PASSWORD]);
    assert_eq!(undecided.1["failure"]["code"], "CERTIFICATE_NOT_FOUND");

    // Both get the new password, and both go along with a copy.
    let password = ["password", "keys/two.000"];
    assert_eq!(
        said(home.path(), &password, &[TWO_KEYS_PASSWORD, "second"]).0,
        Some(0)
    );
    let copy = ["copy", "keys/two.000", "keys/copy.000"];
    assert_eq!(said(home.path(), &copy, &["second"]).0, Some(0));
    fs::remove_dir_all(home.path().join("keys/two.000")).unwrap();
    for id in &ids {
        signs(home.path(), id, "second");
    }
}

#[test]
fn passwords_in_russian_open_whatever_the_character_set() {
    const PASSWORD: &str = "Пароль-Ёлка 7";
    let home = home();
    let folder = home.path().join("keys/russian.000");
    for person in [(ONE_KEY, ONE_KEY_PASSWORD), (TWO_KEYS, TWO_KEYS_PASSWORD)] {
        for charset in Charset::ALL {
            let made =
                foreign::with_password(&files(&container(person.0)), person.1, PASSWORD, charset);
            put(&made, &folder);
            for id in ids(home.path()) {
                signs(home.path(), &id, PASSWORD);
                let sign = ["sign", "--key", &id, "document"];
                let wrong = said(home.path(), &sign, &["пароль-Ёлка 7"]);
                assert_eq!(wrong.1["failure"]["code"], "PASSWORD_WRONG", "{charset:?}");
            }
            // It can be exchanged for one that every program reads alike, and for no other.
            let password = ["password", "keys/russian.000"];
            let unfit = said(home.path(), &password, &[PASSWORD, "другой"]);
            assert_eq!(unfit.1["failure"]["code"], "PASSWORD_UNFIT");
            assert_eq!(
                said(home.path(), &password, &[PASSWORD, "latin"]).0,
                Some(0)
            );
            for id in ids(home.path()) {
                signs(home.path(), &id, "latin");
            }
        }
    }
}

#[test]
fn a_key_with_a_part_of_a_token_signs() {
    let home = home();
    let made = foreign::with_part_of_token(&files(&container(ONE_KEY)));
    assert_ne!(made, files(&container(ONE_KEY)));
    put(&made, &home.path().join("keys/token.000"));
    for id in ids(home.path()) {
        signs(home.path(), &id, ONE_KEY_PASSWORD);
    }
}
