//! Registering the host with browsers, and taking that back.

use super::{everything, json, run};
use serde_json::Value;
use std::{
    fs,
    path::{Path, PathBuf},
};

#[test]
fn registration_leaves_nothing_behind() {
    let home = tempfile::tempdir().unwrap();
    for folder in [
        ".config/chromium",
        ".config/google-chrome",
        ".mozilla/firefox",
    ] {
        let folder = home.path().join(folder);
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("profile"), b"").unwrap();
    }
    let before = everything(home.path());
    assert_eq!(run(home.path(), &["status"], "").status.code(), Some(1));
    assert_eq!(everything(home.path()), before);

    let registered = json(home.path(), &["register"]);
    let found: Vec<_> = registered
        .as_array()
        .unwrap()
        .iter()
        .map(|row| &row["browser"])
        .collect();
    assert_eq!(found, ["chrome", "chromium", "firefox"]);
    let manifest = home
        .path()
        .join(".mozilla/native-messaging-hosts/org.tamga.host.json");
    let manifest: Value = serde_json::from_slice(&fs::read(manifest).unwrap()).unwrap();
    assert_eq!(
        manifest["allowed_extensions"],
        serde_json::json!(["tamga@tamga.org"])
    );
    assert!(Path::new(manifest["path"].as_str().unwrap()).is_file());
    let states = json(home.path(), &["status"]);
    assert!(
        states
            .as_array()
            .unwrap()
            .iter()
            .all(|row| row["state"] == "registered"),
        "{states}"
    );
    json(home.path(), &["unregister"]);
    assert_eq!(everything(home.path()), before);

    let profile = home.path().join("throw-away");
    let of_profile = ["--profile", profile.to_str().unwrap()];
    json(home.path(), &[&["register"], &of_profile[..]].concat());
    assert!(
        profile
            .join("NativeMessagingHosts/org.tamga.host.json")
            .is_file()
    );
    json(
        home.path(),
        &[&["register", "--browser", "firefox"], &of_profile[..]].concat(),
    );
    assert!(
        profile
            .join(".mozilla/native-messaging-hosts/org.tamga.host.json")
            .is_file()
    );
    json(home.path(), &[&["unregister"], &of_profile[..]].concat());
    assert_eq!(everything(&profile), Vec::<PathBuf>::new());
}
