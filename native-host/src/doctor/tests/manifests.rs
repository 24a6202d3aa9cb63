//! Faults of the files that tell browsers where the host is.

use super::*;
use std::os::unix::fs::symlink;

#[test]
fn a_browser_that_was_not_told_is_registered() {
    let computer = bare();
    let codes = [Code::ManifestMissing; 2];
    assert_eq!(computer.codes(), codes);
    let place = "~/.config/chromium/NativeMessagingHosts/org.tamga.host.json";
    assert_eq!(computer.findings()[0].place.as_deref(), Some(place));
    assert_eq!(computer.repaired(), codes);
    assert!(computer.manifest().is_file());
}

#[test]
fn what_a_package_registered_is_enough() {
    let computer = bare();
    for browser in ["chromium", "firefox"] {
        computer.register_system(browser, &computer.system.program);
    }
    assert_eq!(computer.findings(), []);
    repair(&computer.system).unwrap();
    assert!(!computer.manifest().exists());
}

#[test]
fn a_program_that_was_moved_is_registered_anew() {
    let computer = computer();
    let old = fs::read_to_string(computer.manifest()).unwrap();
    let gone = old.replace("/opt/tamga/", "/opt/old/");
    fs::write(computer.manifest(), gone).unwrap();
    let finding = computer.only();
    assert_eq!(
        (finding.code, finding.repairable),
        (Code::ManifestElsewhere, true)
    );
    assert_eq!(computer.repaired(), [Code::ManifestElsewhere]);
    assert_eq!(fs::read_to_string(computer.manifest()).unwrap(), old);
}

#[test]
fn a_package_whose_program_cannot_be_started_is_named() {
    let computer = computer();
    fs::remove_file(computer.manifest()).unwrap();
    let other = computer.path("usr/bin/tamga-host");
    computer.program(&other, X86_64);
    computer.register_system("chromium", &other);
    assert_eq!(computer.findings(), []);
    fs::set_permissions(&other, fs::Permissions::from_mode(0o644)).unwrap();
    assert_eq!(computer.only().code, Code::ManifestElsewhere);
    assert_eq!(computer.repaired(), [Code::ManifestElsewhere]);
}

#[test]
fn an_old_manifest_that_hides_a_package_is_removed() {
    let computer = computer();
    computer.register_system("chromium", &computer.system.program);
    let manifest = fs::read_to_string(computer.manifest()).unwrap();
    for wrong in [manifest.replace("/opt/tamga/", "/old/"), "{".to_owned()] {
        fs::write(computer.manifest(), wrong).unwrap();
        let finding = computer.only();
        assert_eq!(
            (finding.code, finding.repairable),
            (Code::ManifestHidesPackage, true)
        );
        assert_eq!(computer.repaired(), [Code::ManifestHidesPackage]);
        assert!(!computer.manifest().exists());
        assert!(
            computer
                .path("etc/chromium/native-messaging-hosts/org.tamga.host.json")
                .is_file()
        );
    }
}

#[test]
fn an_edited_manifest_is_written_anew() {
    let computer = computer();
    let manifest = fs::read_to_string(computer.manifest()).unwrap();
    for edited in [
        manifest.replace("epbg", "aaaa"),
        manifest.replace("\"stdio\"", "\"pipe\""),
        manifest.replace("allowed_origins", "allowed_extensions"),
        "{".to_owned(),
        String::new(),
    ] {
        fs::write(computer.manifest(), &edited).unwrap();
        assert_eq!(computer.only().code, Code::ManifestDamaged, "{edited}");
        assert_eq!(computer.repaired(), [Code::ManifestDamaged]);
        assert_eq!(fs::read_to_string(computer.manifest()).unwrap(), manifest);
    }
}

#[test]
fn links_are_left_to_whoever_made_them() {
    let computer = computer();
    let linked = computer.write("home/aigerim/dotfiles/tamga.json", "{}");
    fs::remove_file(computer.manifest()).unwrap();
    symlink(&linked, computer.manifest()).unwrap();
    let finding = computer.only();
    assert_eq!(
        (finding.code, finding.repairable),
        (Code::ManifestDamaged, false)
    );
    assert_eq!(repair(&computer.system).unwrap().findings, [finding]);
    assert_eq!(fs::read_to_string(linked).unwrap(), "{}");
}

#[test]
fn what_cannot_be_repaired_is_said_and_unharmed() {
    let computer = computer();
    fs::write(computer.manifest(), "{").unwrap();
    // Nothing can be made in there, not even by root.
    let folder = computer.manifest();
    let folder = folder.parent().unwrap();
    fs::remove_dir_all(folder).unwrap();
    fs::write(folder, "a file").unwrap();
    assert_eq!(computer.codes(), [Code::ManifestDamaged]);
    assert!(repair(&computer.system).is_err());
    assert_eq!(fs::read_to_string(folder).unwrap(), "a file");
}

#[test]
fn what_root_registered_for_itself_is_told_apart() {
    let mut by_sudo = computer();
    by_sudo
        .system
        .variables
        .insert("SUDO_USER", "aigerim".to_owned());
    assert_eq!(by_sudo.codes(), [Code::ManifestOfRoot; 2]);
    let computer = bare();
    computer.register_system("firefox", &computer.system.program);
    computer.write(
        "root/.config/chromium/NativeMessagingHosts/org.tamga.host.json",
        "{}",
    );
    assert_eq!(computer.only().code, Code::ManifestOfRoot);
}
