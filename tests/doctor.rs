//! What keeps Tamga from working, found by the real program: at a terminal and in a session with the extension.
#![expect(clippy::unwrap_used, reason = "a test may stop where it stands")]

use serde_json::{Value, json};
use std::{
    fs,
    path::{Path, PathBuf},
    process::Output,
};
use tamga_tests::{
    cards::{Card, Readers},
    computer::Computer,
    double::{self, Double, Slot},
    people::People,
    terminal,
};

/// Where Firefox looks for the person's hosts.
const MANIFEST: &str = ".mozilla/native-messaging-hosts/org.tamga.host.json";

/// Somebody who uses Firefox, on a computer with nothing else.
fn person(modules: &[&Path], root: &Path) -> Computer {
    let computer = Computer::new(modules).with("TAMGA_ROOT", root);
    fs::create_dir_all(computer.home().join(".mozilla/firefox")).unwrap();
    computer
}

fn run(computer: &Computer, arguments: &[&str]) -> Output {
    terminal::run(computer.command(), &computer.home(), arguments, &[])
}

/// What `doctor` found: how it ended, and its JSON.
fn doctor(computer: &Computer, more: &[&str]) -> (Option<i32>, Value) {
    let output = run(computer, &[&["doctor", "--json"], more].concat());
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    let found = serde_json::from_slice(&output.stdout);
    assert!(found.is_ok(), "{said}");
    (output.status.code(), found.unwrap())
}

fn codes<'a>(diagnosis: &'a Value, list: &str) -> Vec<&'a str> {
    let findings = diagnosis
        .get(list)
        .and_then(Value::as_array)
        .into_iter()
        .flatten();
    findings
        .filter_map(|finding| finding.get("code")?.as_str())
        .collect()
}

/// What is said to be wrong with the module of this file.
fn of_module<'a>(diagnosis: &'a Value, module: &Path) -> Vec<&'a str> {
    let place = module.canonicalize().unwrap();
    let findings = diagnosis
        .get("findings")
        .and_then(Value::as_array)
        .unwrap()
        .iter();
    let about = findings.filter(|finding| {
        finding
            .get("place")
            .is_some_and(|it| *it == place.to_str().unwrap())
    });
    about
        .filter_map(|finding| finding.get("code")?.as_str())
        .collect()
}

#[test]
fn registrations_are_examined_and_repaired() {
    let root = tempfile::tempdir().unwrap();
    let computer = person(&[], root.path());
    let manifest = computer.home().join(MANIFEST);
    let (ended, found) = doctor(&computer, &[]);
    assert_eq!(
        (ended, codes(&found, "findings")),
        (Some(1), vec!["MANIFEST_MISSING"])
    );
    assert!(!manifest.exists());
    let (ended, found) = doctor(&computer, &["--fix"]);
    assert_eq!((ended, codes(&found, "findings")), (Some(0), vec![]));
    assert_eq!(codes(&found, "repaired"), ["MANIFEST_MISSING"]);
    let good = fs::read_to_string(&manifest).unwrap();
    fs::write(&manifest, good.replace("tamga@", "evil@")).unwrap();
    let (ended, found) = doctor(&computer, &[]);
    assert_eq!(
        (ended, codes(&found, "findings")),
        (Some(1), vec!["MANIFEST_DAMAGED"])
    );
    let said = run(&computer, &["doctor"]);
    let said = String::from_utf8(said.stdout).unwrap();
    assert!(
        said.contains("[MANIFEST_DAMAGED]") && said.contains("~/.mozilla"),
        "{said}"
    );
    assert!(!said.contains(computer.home().to_str().unwrap()), "{said}");
    assert_eq!(doctor(&computer, &["--fix"]).0, Some(0));
    assert_eq!(fs::read_to_string(&manifest).unwrap(), good);
    let said = run(&computer, &["doctor"]);
    assert!(String::from_utf8_lossy(&said.stdout).contains("Nothing was found"));
}

#[test]
fn a_policy_and_a_stale_manifest_are_found_where_they_are() {
    let root = tempfile::tempdir().unwrap();
    let computer = person(&[], root.path());
    assert_eq!(doctor(&computer, &["--fix"]).0, Some(0));
    // What a package would have made.
    let manifest = computer.home().join(MANIFEST);
    let packaged = root
        .path()
        .join("usr/lib/mozilla/native-messaging-hosts/org.tamga.host.json");
    fs::create_dir_all(packaged.parent().unwrap()).unwrap();
    fs::copy(&manifest, &packaged).unwrap();
    let old = fs::read_to_string(&manifest).unwrap();
    fs::write(&manifest, old.replace("/tamga-host\"", "/tamga-host-old\"")).unwrap();
    let policies = root.path().join("etc/firefox/policies/policies.json");
    fs::create_dir_all(policies.parent().unwrap()).unwrap();
    let blocked =
        json!({"policies": {"ExtensionSettings": {"*": {"installation_mode": "blocked"}}}});
    fs::write(&policies, blocked.to_string()).unwrap();
    let expected = ["MANIFEST_HIDES_PACKAGE", "EXTENSION_BLOCKED"];
    assert_eq!(codes(&doctor(&computer, &[]).1, "findings"), expected);
    let (ended, found) = doctor(&computer, &["--fix"]);
    assert_eq!(
        (ended, codes(&found, "findings")),
        (Some(1), vec!["EXTENSION_BLOCKED"])
    );
    assert!(!manifest.exists() && packaged.is_file() && policies.is_file());
}

#[test]
fn a_session_finds_and_repairs_the_same() {
    let root = tempfile::tempdir().unwrap();
    let computer = person(&[], root.path());
    let mut host = computer.host();
    let diagnose = |repair: bool| json!({"type": "diagnose", "repair": repair});
    let found = host.request(&diagnose(false));
    assert_eq!(found.get("type").unwrap(), "diagnosed");
    assert_eq!(codes(&found, "findings"), ["MANIFEST_MISSING"]);
    let found = host.request(&diagnose(true));
    assert_eq!(
        (codes(&found, "findings"), codes(&found, "repaired")),
        (vec![], vec!["MANIFEST_MISSING"])
    );
    assert!(computer.home().join(MANIFEST).is_file());
    // An extension that the browser has updated meanwhile.
    let newer = json!({"type": "hello", "protocol": 1, "version": "99.0"});
    assert_eq!(host.request(&newer).get("type").unwrap(), "hello");
    let found = host.request(&diagnose(false));
    assert_eq!(codes(&found, "findings"), ["HOST_OLDER"]);
    assert!(host.finish().status.success());
}

#[test]
fn modules_that_crash_hang_or_are_for_another_processor_are_named() {
    let root = tempfile::tempdir().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let other = folder.path().join("libother.so");
    // The beginning of a library of 32 bits.
    fs::write(&other, b"\x7fELF\x01\x01\x01\0\0\0\0\0\0\0\0\0\x03\0\x03\0").unwrap();
    let module = double::module();
    for how in ["crash", "hang"] {
        let double = Double::new(folder.path()).slot(Slot::default());
        let double = double.misbehaviour("C_GetSlotList", None, how).write();
        let (name, value) = double.variable();
        let computer = person(&[&module, &other], root.path()).with(name, value);
        let found = doctor(&computer, &[]).1;
        assert_eq!(
            of_module(&found, &module),
            ["MODULE_FAILS"],
            "{how}: {found}"
        );
        assert_eq!(
            of_module(&found, &other),
            ["MODULE_MACHINE"],
            "{how}: {found}"
        );
    }
    let double = Double::new(folder.path()).slot(Slot::default()).write();
    let (name, value) = double.variable();
    let computer = person(&[&module], root.path()).with(name, value);
    assert_eq!(
        of_module(&doctor(&computer, &[]).1, &module),
        Vec::<&str>::new()
    );
}

#[test]
fn the_smart_card_service_and_its_readers_are_examined() {
    let (Some(people), Some(mut readers)) = (People::get(), Readers::open()) else {
        return;
    };
    let root = tempfile::tempdir().unwrap();
    // Something that needs the service.
    let devices: PathBuf = root.path().join("sys/bus/usb/devices/1-1:1.0");
    fs::create_dir_all(&devices).unwrap();
    fs::write(devices.join("bInterfaceClass"), "0b\n").unwrap();
    let computer = readers.computer(&[]).with("TAMGA_ROOT", root.path());
    readers.insert(0, &Card::of(people, &[("9a", "aigerim")]));
    let (ended, found) = doctor(&computer, &[]);
    assert_eq!(
        (ended, codes(&found, "findings")),
        (Some(0), vec![]),
        "{found}"
    );
    let is_service = |fact: &&Value| {
        fact.get("name")
            .is_some_and(|it| it == "smart card service")
    };
    let facts = found.get("facts").and_then(Value::as_array).unwrap();
    let service = facts
        .iter()
        .find(is_service)
        .and_then(|fact| fact.get("value"));
    assert_eq!(service.unwrap(), "runs");
    readers.stop();
    let (ended, found) = doctor(&computer, &[]);
    assert_eq!(
        (ended, codes(&found, "findings")),
        (Some(1), vec!["SERVICE_STOPPED"])
    );
}
