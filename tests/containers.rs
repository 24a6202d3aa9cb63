//! Key containers at the terminal: listed, under another password, copied.
#![expect(clippy::unwrap_used, reason = "a test may stop where it stands")]

use gost3410::{Curve, SigningKey};
use serde_json::{Value, json};
use std::{fs, path::Path};
use tamga_core::{
    cryptopro::{Container, Masking, NewContainer, NewKey, SlotName},
    secret::Secret,
};
use tamga_tests::gost::{files, put as put_files, said};
use zeroize::Zeroizing;

/// The code of a failure.
fn refused(said: &(Option<i32>, Value)) -> Option<&str> {
    said.1.pointer("/failure/code")?.as_str()
}

/// A container without a certificate: commands for containers do not ask for one.
fn put(folder: &Path, password: &str, exportable: bool) {
    let key = SigningKey::from_le_bytes(Curve::CryptoProA, &[1; 32]).unwrap();
    let new = NewContainer {
        name: "ivanova-2026",
        primary: NewKey {
            key: &key,
            certificate: None,
        },
        secondary: None,
        exportable,
        expires: None,
    };
    let fresh = [3, 5].map(|octet| Masking::new(Zeroizing::new([octet; 64]), [octet; 12]));
    let files = new.seal(&Secret::new(password.to_owned()), &fresh).unwrap();
    put_files(&files, folder);
}

fn opens(folder: &Path, password: &str) -> bool {
    let container = Container::parse(files(folder)).unwrap();
    let opened = container.open(SlotName::Primary, &Secret::new(password.to_owned()));
    opened.is_ok()
}

#[test]
fn a_password_is_set_changed_and_taken_off() {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("ivanova.000");
    put(&folder, "", true);
    for (passwords, now) in [
        (&["first"][..], "first"),
        (&["first", "second"], "second"),
        (&["second", ""], ""),
    ] {
        let (status, _) = said(home.path(), &["password", "ivanova.000"], passwords);
        assert_eq!(status, Some(0), "{passwords:?}");
        assert!(opens(&folder, now), "{passwords:?}");
    }
    let entries = fs::read_dir(home.path()).unwrap();
    let mut left: Vec<_> = entries.map(|entry| entry.unwrap().file_name()).collect();
    left.sort();
    // The host's own folder: whoever replaces a container has a file there locked.
    assert_eq!(left, [".local", "ivanova.000"]);
}

#[test]
fn what_is_refused_leaves_the_container_alone() {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("ivanova.000");
    put(&folder, "first", false);
    let before = fs::read(folder.join("masks.key")).unwrap();
    let password = |passwords: &[&str]| said(home.path(), &["password", "ivanova.000"], passwords);
    let wrong = password(&["wrong", "second"]);
    assert_eq!(wrong.0, Some(4));
    assert_eq!(refused(&wrong), Some("PASSWORD_WRONG"));
    let unfit = password(&["first", "второй"]);
    assert_eq!(refused(&unfit), Some("PASSWORD_UNFIT"));
    let bound = said(
        home.path(),
        &["copy", "ivanova.000", "copy.000"],
        &["first"],
    );
    assert_eq!(refused(&bound), Some("KEY_NOT_EXPORTABLE"));
    let nowhere = said(home.path(), &["password", "nowhere"], &["first", "second"]);
    assert_eq!(refused(&nowhere), Some("FILE_NOT_FOUND"));
    fs::write(folder.join("header.key"), b"0").unwrap();
    let damaged = password(&["first", "second"]);
    let failure = json!({"code": "CONTAINER_DAMAGED", "subject": "header.key"});
    assert_eq!(damaged.1["failure"], failure);
    assert_eq!(fs::read(folder.join("masks.key")).unwrap(), before);
    assert_eq!(fs::read_dir(home.path()).unwrap().count(), 1);
}

#[test]
fn a_copy_is_another_container() {
    let home = tempfile::tempdir().unwrap();
    put(&home.path().join("ivanova.000"), "first", true);
    let copy = ["copy", "ivanova.000", "copies/second.000"];
    fs::create_dir(home.path().join("copies")).unwrap();
    assert_eq!(said(home.path(), &copy, &["wrong"]).0, Some(4));
    assert_eq!(said(home.path(), &copy, &["first"]).0, Some(0));
    assert!(opens(&home.path().join("copies/second.000"), "first"));
    let again = said(home.path(), &copy, &["first"]);
    assert_eq!(refused(&again), Some("CONTAINER_EXISTS"));

    let added = said(home.path(), &["folder", "add", "copies"], &[]);
    assert_eq!(added.0, Some(0), "{added:?}");
    let (_, folders) = said(home.path(), &["folder", "list"], &[]);
    assert_eq!(folders.as_array().unwrap().len(), 1);
    let (status, list) = said(home.path(), &["list"], &[]);
    assert_eq!(status, Some(1));
    let unreadable = &list["unreadable"][0];
    let failure = json!({"code": "CERTIFICATE_MISSING", "subject": "second"});
    assert_eq!(unreadable["failure"], failure);
    assert_eq!(unreadable["location"]["type"], "cryptopro");
    said(home.path(), &["folder", "remove", "copies"], &[]);
    let (status, list) = said(home.path(), &["list"], &[]);
    assert_eq!((status, &list["unreadable"]), (Some(0), &json!([])));
}
