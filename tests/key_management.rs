//! What the options have done with keys that they do not hold themselves: passwords of copies and containers, folders,
//! and that nothing is left.
#![cfg(unix)]
#![expect(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test may stop where it stands"
)]

use base64::prelude::{BASE64_STANDARD, Engine as _};
use serde_json::{Value, json};
use std::{fs, os::unix::fs::PermissionsExt as _, path::Path};
use tamga_tests::{
    gost::{container, files, put, said},
    host::{Host, command},
    people::{PASSWORD, People},
    signatures::order,
};

const OWNER: &str = "pavel-director";
const OWNER_PASSWORD: &str = "pavel-demo";

fn change(host: &mut Host, location: &Value, passwords: [&str; 2]) -> Value {
    let [old, new] = passwords.map(|password| BASE64_STANDARD.encode(password));
    host.request(&json!({
        "type": "change-key-password", "location": location, "password": old, "newPassword": new,
    }))
}

/// What comes of signing with a key that lives there.
fn sign(host: &mut Host, key: &Value, password: &str) -> Value {
    let mut order = order(key["id"].as_str().unwrap(), password);
    order["location"] = key["location"].clone();
    host.request(&order)
}

/// A host whose dialog for folders is this script.
fn host_with_dialog(home: &Path, script: &str) -> Host {
    let programs = home.join("programs");
    fs::create_dir_all(&programs).unwrap();
    let dialog = programs.join("zenity");
    fs::write(&dialog, ["#!/bin/sh\n", script, "\n"].concat()).unwrap();
    fs::set_permissions(&dialog, fs::Permissions::from_mode(0o755)).unwrap();
    let mut command = command(home);
    command.env("PATH", &programs);
    let mut host = Host::start_as(command, &home.join("log.txt"), "warn");
    host.greet();
    host
}

fn add_folder(host: &mut Host) -> Value {
    host.request(&json!({"type": "add-folder", "language": "ru"}))
}

#[test]
fn what_a_file_is_is_said_before_its_password_is_asked_for() {
    let Some(people) = People::get() else {
        return;
    };
    let home = tempfile::tempdir().unwrap();
    let mut host = Host::greeted(home.path());
    let mut inspect = |name: &str, content: &[u8]| {
        host.request(&json!({
            "type": "inspect-key-file", "name": name, "content": BASE64_STANDARD.encode(content),
        }))
    };
    let of_file = json!({"type": "key-file-inspected", "password": "of-file"});
    let file = people.read("aigerim.p12");
    assert_eq!(inspect("aigerim.p12", &file), of_file);
    // Files are known by what they hold: these are named like something else.
    assert_eq!(inspect("primary.key", &file), of_file);
    let key = include_bytes!("../wasm-core/tests/fixtures/files/key.pem");
    let new = json!({"type": "key-file-inspected", "password": "new"});
    assert_eq!(inspect("key.pem", key), new);
    let key = include_bytes!("../wasm-core/tests/fixtures/files/key-encrypted.pem");
    assert_eq!(inspect("key.pem", key), of_file);
    let primary = fs::read(container(OWNER).join("primary.key")).unwrap();
    let certificate = people.read("aigerim.pem");
    let others: [(&str, &[u8], &str); 6] = [
        ("a.pem", &certificate, "FILE_IS_CERTIFICATE"),
        ("contract.pdf", b"%PDF-1.7\n%\xe2\xe3", "FILE_IS_DOCUMENT"),
        ("PRIMARY.KEY", &primary, "CONTAINER_FILE"),
        ("other.bin", &primary, "KEY_FILE_MALFORMED"),
        ("a.p12", &file[..file.len() / 2], "KEY_FILE_MALFORMED"),
        ("a.p12", b"", "KEY_FILE_EMPTY"),
    ];
    for (name, content, code) in others {
        let answer = inspect(name, content);
        assert_eq!(answer["code"], code, "{name}: {answer}");
    }
    assert_eq!(host.list()["keys"], json!([]));
}

#[test]
fn a_copy_of_a_key_file_gets_another_password_and_keeps_its_name() {
    let Some(people) = People::get() else {
        return;
    };
    let home = tempfile::tempdir().unwrap();
    let mut host = Host::greeted(home.path());
    let id = host.add("aigerim.p12", &people.read("aigerim.p12"), PASSWORD);
    let before = host.list()["keys"][0].clone();
    let location = &before["location"];
    assert_eq!(
        change(&mut host, location, ["wrong", "новый"])["code"],
        "PASSWORD_WRONG"
    );
    assert_eq!(
        change(&mut host, location, [PASSWORD, ""])["code"],
        "PASSWORD_UNFIT"
    );
    assert_eq!(host.list()["keys"], json!([before]));
    let changed = change(&mut host, location, [PASSWORD, "новый"]);
    assert_eq!(changed["type"], "key-password-changed", "{changed}");
    let listing = host.list();
    let keys = listing["keys"].as_array().unwrap();
    assert_eq!((keys.len(), &keys[0]["id"]), (1, &json!(id)));
    assert_eq!(keys[0]["location"]["name"], "aigerim.p12");
    assert_eq!(listing["unreadable"], json!([]));
    assert_eq!(
        sign(&mut host, &keys[0], PASSWORD)["code"],
        "PASSWORD_WRONG"
    );
    assert_eq!(sign(&mut host, &keys[0], "новый")["type"], "done");
    // The one that it was is gone.
    assert_eq!(
        change(&mut host, location, [PASSWORD, "x"])["code"],
        "KEY_FILE_NOT_FOUND"
    );
}

#[test]
fn a_container_gets_another_password_where_it_is() {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("keys/pavel.000");
    fs::create_dir(home.path().join("keys")).unwrap();
    put(&files(&container(OWNER)), &folder);
    assert_eq!(
        said(home.path(), &["folder", "add", "keys"], &[]).0,
        Some(0)
    );
    let mut host = Host::greeted(home.path());
    let key = host.list()["keys"][0].clone();
    for (passwords, answer) in [
        (["wrong", "second"], json!("PASSWORD_WRONG")),
        ([OWNER_PASSWORD, "второй"], json!("PASSWORD_UNFIT")),
        ([OWNER_PASSWORD, "second"], Value::Null),
    ] {
        let changed = change(&mut host, &key["location"], passwords);
        assert_eq!(changed["code"], answer, "{changed}");
    }
    assert_eq!(
        sign(&mut host, &key, OWNER_PASSWORD)["code"],
        "PASSWORD_WRONG"
    );
    assert_eq!(sign(&mut host, &key, "second")["type"], "done");
    // Another folder than those that are listed is none of the options' business.
    let elsewhere = home.path().join("elsewhere.000");
    put(&files(&container(OWNER)), &elsewhere);
    let mut location = key["location"].clone();
    location["folder"] = json!(elsewhere);
    let refused = change(&mut host, &location, [OWNER_PASSWORD, "third"]);
    assert_eq!(refused["code"], "KEY_FILE_NOT_FOUND");
    assert_eq!(files(&elsewhere), files(&container(OWNER)));
}

#[test]
fn a_folder_is_chosen_in_a_dialog_of_the_system_and_forgotten_again() {
    let home = tempfile::tempdir().unwrap();
    let keys = home.path().join("ключи 2026");
    fs::create_dir(&keys).unwrap();
    put(&files(&container(OWNER)), &keys.join("pavel.000"));
    let script = format!(
        "echo \"$*\" >'{}'; echo '{}'",
        home.path().join("asked").display(),
        keys.display()
    );
    let mut host = host_with_dialog(home.path(), &script);
    assert_eq!(host.list()["keys"], json!([]));
    let added = add_folder(&mut host);
    assert_eq!(
        added,
        json!({"type": "folders", "folders": [keys], "containersFound": 1})
    );
    let asked = fs::read_to_string(home.path().join("asked")).unwrap();
    assert_eq!(
        asked,
        "--file-selection --directory --title Tamga: папка с контейнерами\n"
    );
    assert_eq!(host.list()["keys"].as_array().unwrap().len(), 1);
    assert_eq!(add_folder(&mut host)["folders"], json!([keys]));
    let folders = json!({"type": "folders", "folders": [keys]});
    assert_eq!(host.request(&json!({"type": "list-folders"})), folders);
    let removed = host.request(&json!({"type": "remove-folder", "folder": keys}));
    assert_eq!(removed, json!({"type": "folders", "folders": []}));
    assert_eq!(host.list()["keys"], json!([]));
    assert!(keys.join("pavel.000").is_dir());
    let again = host.request(&json!({"type": "remove-folder", "folder": keys}));
    assert_eq!(again["code"], "FILE_NOT_FOUND");
}

#[test]
fn a_dialog_that_is_left_adds_nothing_and_one_that_is_not_wanted_goes() {
    let home = tempfile::tempdir().unwrap();
    for script in ["exit 1", "echo", "echo relative/folder"] {
        let mut host = host_with_dialog(home.path(), script);
        assert_eq!(add_folder(&mut host)["code"], "CANCELLED", "{script}");
    }
    let file = home.path().join("file");
    fs::write(&file, b"").unwrap();
    let mut host = host_with_dialog(home.path(), &format!("echo '{}'", file.display()));
    assert_eq!(add_folder(&mut host)["code"], "FOLDER_NEEDED");
    // It would stay for an hour.
    let mut host = host_with_dialog(home.path(), "exec /bin/sleep 3600");
    let id = host.ask(&json!({"type": "add-folder", "language": "en"}));
    host.send(&json!({"type": "cancel", "id": id}));
    assert_eq!(host.receive().unwrap()["failure"]["code"], "CANCELLED");
    assert!(host.finish().status.success());
    let mut host = Host::greeted(home.path());
    assert_eq!(add_folder(&mut host)["code"], "FOLDER_DIALOG_MISSING");
    let folders = host.request(&json!({"type": "list-folders"}));
    assert_eq!(folders, json!({"type": "folders", "folders": []}));
}

#[test]
fn nothing_is_left_when_everything_is_deleted_but_the_persons_own_files() {
    let Some(people) = People::get() else {
        return;
    };
    let home = tempfile::tempdir().unwrap();
    let keys = home.path().join("keys");
    fs::create_dir(&keys).unwrap();
    put(&files(&container(OWNER)), &keys.join("pavel.000"));
    assert_eq!(
        said(home.path(), &["folder", "add", "keys"], &[]).0,
        Some(0)
    );
    let mut host = Host::greeted(home.path());
    host.add("aigerim.p12", &people.read("aigerim.p12"), PASSWORD);
    host.add("ivan.p12", &people.read("ivan.p12"), PASSWORD);
    assert_eq!(host.list()["keys"].as_array().unwrap().len(), 3);
    let deleted = host.request(&json!({"type": "delete-everything"}));
    assert_eq!(deleted, json!({"type": "everything-deleted"}));
    assert_eq!(host.list()["keys"], json!([]));
    assert!(keys.join("pavel.000").is_dir());
    let data = home.path().join(".local/share/tamga");
    let files = |folder: &Path| -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap());
        let files = entries.filter(|entry| entry.path().is_file());
        files
            .map(|entry| entry.file_name().into_string().unwrap())
            .collect()
    };
    // What who stores or removes a copy has locked.
    assert_eq!(files(&data), ["keys.lock"]);
    assert_eq!(files(&data.join("keys")), [""; 0]);
    let again = host.request(&json!({"type": "delete-everything"}));
    assert_eq!(again, json!({"type": "everything-deleted"}));
}
