//! Each fault is made on a computer in a folder, and found; a computer without any has none.

use super::{
    readers::{CardState, Service, ServiceState},
    system::System,
    *,
};
use crate::{
    directories::Folders,
    keys::pkcs11::ModuleState,
    readers::ReaderFound,
    register::{self, Layout, Scope, browsers::BROWSERS},
};
use std::{
    collections::BTreeMap,
    fs,
    os::unix::fs::{PermissionsExt as _, symlink},
    path::Path,
};
use tamga_core::protocol::{FaultCode as Code, Finding};
use tempfile::TempDir;

const NOW: u64 = 1_800_000_000;
/// The header of a program for this kind of processor: class, and machine.
const X86_64: (u8, u8) = (2, 62);
const I386: (u8, u8) = (1, 3);
const ARM64: (u8, u8) = (2, 183);

/// A computer on which a person uses Chromium and Firefox, and both find the host.
struct Computer {
    root: TempDir,
    system: System,
}

fn computer() -> Computer {
    let computer = bare();
    let places = register::places(&computer.system.layout, &Scope::User, &[]);
    register::register(&places, &computer.system.program).unwrap();
    computer
}

/// The same before anything is registered.
fn bare() -> Computer {
    let root = tempfile::tempdir().unwrap();
    let home = root.path().join("home/aigerim");
    let folders = Folders {
        config: home.join(".config"),
        data: home.join(".local/share/tamga"),
        system: root.path().join("etc/tamga"),
        home,
    };
    let programs = vec![root.path().join("usr/bin")];
    let layout = Layout::new(folders, root.path().to_owned(), programs);
    let program = root.path().join("opt/tamga/tamga-host");
    let system = System {
        layout,
        program: program.clone(),
        variables: BTreeMap::from([("USER", "aigerim".to_owned())]),
        parent: Some(77),
        now: NOW,
        newest_list: 1_790_000_000,
        service: Service {
            state: ServiceState::Runs,
            readers: vec![reader("ACS ACR39U 00 00", CardState::Free)],
        },
        modules: Vec::new(),
        proxy: None,
        bus: |_| None,
    };
    let computer = Computer { root, system };
    computer.program(&program, X86_64);
    for folder in [
        "home/aigerim/.config/chromium",
        "home/aigerim/.mozilla/firefox/x.default",
        "etc/opt",
        "usr/lib",
    ] {
        fs::create_dir_all(computer.path(folder)).unwrap();
    }
    computer.write("etc/os-release", "NAME=x\nPRETTY_NAME=\"Astra Linux\"\n");
    computer.write("proc/77/attr/current", "unconfined\n");
    computer.write("proc/77/status", "Name:\tchromium\nPPid:\t1\n");
    computer.write(
        "proc/self/mounts",
        "/dev/sda1 / ext4 rw,relatime 0 0\nproc /proc proc rw,nosuid,noexec 0 0\n",
    );
    computer
}

fn reader(name: &str, card: CardState) -> ReaderFound {
    ReaderFound {
        name: name.to_owned(),
        card,
    }
}

impl Computer {
    fn path(&self, path: &str) -> PathBuf {
        self.root.path().join(path)
    }

    fn write(&self, path: &str, content: &str) -> PathBuf {
        let path = self.path(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, content).unwrap();
        path
    }

    fn program(&self, path: &Path, (class, machine): (u8, u8)) {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        let mut header = [0; 64];
        header[..6].copy_from_slice(&[0x7f, b'E', b'L', b'F', class, 1]);
        header[18] = machine;
        fs::write(path, header).unwrap();
        fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
    }

    fn module(&mut self, name: &str, machine: (u8, u8), failed: bool) {
        let path = self.path(&format!("usr/lib/{name}"));
        self.program(&path, machine);
        self.system.modules.push(ModuleState {
            name: name.to_owned(),
            path,
            failed,
        });
    }

    /// The person's manifest of Chromium.
    fn manifest(&self) -> PathBuf {
        self.path("home/aigerim/.config/chromium/NativeMessagingHosts/org.tamga.host.json")
    }

    /// Registers a program for everybody, as a package does.
    fn register_system(&self, browser: &str, program: &Path) {
        let named = BROWSERS.iter().find(|known| known.name == browser);
        let places = register::places(&self.system.layout, &Scope::System, &[named.unwrap()]);
        register::register(&places, program).unwrap();
    }

    fn findings(&self) -> Vec<Finding> {
        examine(&self.system).findings
    }

    fn codes(&self) -> Vec<Code> {
        self.findings().iter().map(|finding| finding.code).collect()
    }

    /// The only finding.
    fn only(&self) -> Finding {
        let findings = self.findings();
        let [finding] = findings.as_slice() else {
            panic!("{findings:?}");
        };
        finding.clone()
    }

    /// Repairs it, and expects that to help.
    fn repaired(&self) -> Vec<Code> {
        let diagnosis = repair(&self.system).unwrap();
        assert_eq!(diagnosis.findings, []);
        diagnosis
            .repaired
            .iter()
            .map(|finding| finding.code)
            .collect()
    }
}

#[test]
fn rows_are_in_the_order_of_their_codes() {
    assert_eq!(ROWS.map(|row| row.code), Code::ALL);
}

#[test]
fn a_healthy_computer_has_no_faults() {
    let mut computer = computer();
    computer.module("librtpkcs11ecp.so", X86_64, false);
    computer.write("sys/bus/usb/devices/1-2:1.0/bInterfaceClass", "0b\n");
    computer.write(
        "etc/chromium/policies/managed/a.json",
        r#"{"HomepageLocation":"https://a.kz"}"#,
    );
    assert_eq!(computer.findings(), []);
    let facts = examine(&computer.system).facts;
    let facts: Vec<_> = facts
        .iter()
        .map(|fact| (&*fact.name, &*fact.value))
        .collect();
    assert!(
        facts.contains(&("browsers", "Chromium, Firefox")),
        "{facts:?}"
    );
    assert!(
        facts
            .iter()
            .any(|(_, value)| value.starts_with("Astra Linux, "))
    );
}

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

#[test]
fn browsers_in_sandboxes_are_named() {
    let mut computer = computer();
    fs::create_dir_all(computer.path("home/aigerim/snap/brave")).unwrap();
    let finding = computer.only();
    assert_eq!(finding.code, Code::BrowserSandboxed);
    assert_eq!(finding.subject.as_deref(), Some("Brave (snap)"));
    fs::remove_dir_all(computer.path("home/aigerim/snap")).unwrap();
    fs::remove_dir_all(computer.path("home/aigerim/.mozilla")).unwrap();
    fs::create_dir_all(computer.path("home/aigerim/snap/firefox")).unwrap();
    let places = register::places(&computer.system.layout, &Scope::User, &[]);
    register::register(&places, &computer.system.program).unwrap();
    assert_eq!(computer.only().code, Code::PortalMissing);
    computer.system.bus = |arguments| arguments.contains(&"version").then(|| "{}".to_owned());
    assert_eq!(computer.findings(), []);
    computer.system.bus = |_| {
        let answers =
            r#"{"type":"a{sas}v","data":[{"snap.firefox":["no"]},{"type":"y","data":0}]}"#;
        Some(answers.to_owned())
    };
    assert_eq!(computer.only().code, Code::PortalRefused);
    computer.system.bus = |_| Some(r#"{"data":[{"snap.firefox":["yes"]}]}"#.to_owned());
    assert_eq!(computer.findings(), []);
    computer.system.bus = |_| None;
    computer.write(
        "usr/share/dbus-1/services/org.freedesktop.NativeMessagingProxy.service",
        "",
    );
    assert_eq!(computer.findings(), []);
}

#[test]
fn a_portal_that_is_forced_upon_firefox_is_found() {
    let computer = computer();
    let preference = "user_pref(\"widget.use-xdg-desktop-portal.native-messaging\", 1);\n";
    let file = "home/aigerim/.mozilla/firefox/x.default/prefs.js";
    computer.write(
        file,
        &format!("// Mozilla\nuser_pref(\"a\", 1);\n{preference}"),
    );
    let finding = computer.only();
    assert_eq!(finding.code, Code::PortalForced);
    assert_eq!(
        finding.place.as_deref(),
        Some("~/.mozilla/firefox/x.default/prefs.js")
    );
    for harmless in [
        preference.replace("1);", "2);"),
        ["//", preference].concat(),
    ] {
        computer.write(file, &harmless);
        assert_eq!(computer.findings(), []);
    }
}

#[test]
fn policies_that_block_are_named_with_their_file() {
    let id = register::CHROMIUM_IDS[0];
    for (policy, expected) in [
        (
            r#"{"NativeMessagingBlocklist":["*"]}"#.to_owned(),
            Some(Code::HostBlocked),
        ),
        (
            r#"{"NativeMessagingBlocklist":["org.tamga.host"]}"#.to_owned(),
            Some(Code::HostBlocked),
        ),
        (
            r#"{"NativeMessagingBlocklist":["*"],"NativeMessagingAllowlist":["org.tamga.host"]}"#
                .to_owned(),
            None,
        ),
        (
            r#"{"NativeMessagingUserLevelHosts":false}"#.to_owned(),
            Some(Code::HostBlocked),
        ),
        (
            r#"{"ExtensionInstallBlocklist":["*"]}"#.to_owned(),
            Some(Code::ExtensionBlocked),
        ),
        (
            format!(
                r#"{{"ExtensionInstallBlocklist":["*"],"ExtensionInstallForcelist":["{id};http://a/b"]}}"#
            ),
            None,
        ),
        (
            r#"{"ExtensionSettings":{"*":{"installation_mode":"blocked"}}}"#.to_owned(),
            Some(Code::ExtensionBlocked),
        ),
        (
            format!(
                r#"{{"ExtensionSettings":{{"*":{{"installation_mode":"blocked"}},"{id}":{{"installation_mode":"allowed"}}}}}}"#
            ),
            None,
        ),
        (
            r#"{"ExtensionSettings":{"*":{"blocked_permissions":["nativeMessaging"]}}}"#.to_owned(),
            Some(Code::ExtensionBlocked),
        ),
        ("not JSON".to_owned(), None),
    ] {
        let computer = computer();
        let file = computer.write("etc/chromium/policies/managed/company.json", &policy);
        let found: Vec<_> = computer.findings();
        let codes: Vec<_> = found.iter().map(|finding| finding.code).collect();
        assert_eq!(codes, expected.into_iter().collect::<Vec<_>>(), "{policy}");
        if let Some(finding) = found.first() {
            assert_eq!(finding.place.as_deref(), file.to_str());
            assert_eq!(
                (finding.subject.as_deref(), finding.repairable),
                (Some("Chromium"), false)
            );
        }
    }
    let computer = computer();
    let blocked = r#"{"policies":{"ExtensionSettings":{"*":{"installation_mode":"blocked"}}}}"#;
    computer.write("etc/firefox/policies/policies.json", blocked);
    let finding = computer.only();
    assert_eq!(finding.code, Code::ExtensionBlocked);
    assert_eq!(finding.subject.as_deref(), Some("Firefox"));
}

#[test]
fn hosts_of_a_package_are_no_hosts_of_a_person() {
    let computer = computer();
    computer.register_system("chromium", &computer.system.program);
    computer.write(
        "etc/chromium/policies/managed/company.json",
        r#"{"NativeMessagingUserLevelHosts":false}"#,
    );
    assert_eq!(computer.findings(), []);
}

#[test]
fn file_systems_that_start_nothing_are_found() {
    let mut computer = computer();
    computer.module("my module.so", X86_64, false);
    let root = computer.root.path().to_str().unwrap().to_owned();
    let mounts = |program: &str, module: &str| {
        format!(
            "/dev/sda1 / ext4 rw 0 0\n/dev/a {root}/opt ext4 rw{program} 0 0\n\
             /dev/b {root}/usr/lib/my\\040module.so ext4 rw{module} 0 0\n"
        )
    };
    for (program, module, expected) in [
        ("", "", None),
        (",noexec", "", Some("tamga-host")),
        ("", ",noexec,nodev", Some("my module.so")),
    ] {
        computer.write("proc/self/mounts", &mounts(program, module));
        let found = computer.findings();
        let subjects: Vec<_> = found
            .iter()
            .map(|it| (it.code, it.subject.as_deref()))
            .collect();
        let expected = expected.map(|it| (Code::ProgramNotExecutable, Some(it)));
        assert_eq!(subjects, expected.into_iter().collect::<Vec<_>>());
    }
}

#[test]
fn a_proc_that_hides_processes_is_found() {
    let computer = computer();
    for (options, expected) in [
        ("rw,hidepid=2", vec![Code::ProcessesHidden]),
        ("rw,hidepid=invisible,gid=5", vec![Code::ProcessesHidden]),
        ("rw,hidepid=0", vec![]),
        ("rw", vec![]),
    ] {
        computer.write(
            "proc/self/mounts",
            &format!("proc /proc proc {options} 0 0\n"),
        );
        assert_eq!(computer.codes(), expected, "{options}");
    }
}

#[test]
fn modules_that_do_not_work_are_told_apart() {
    let mut computer = computer();
    computer.module("liba32.so", I386, true);
    computer.module("libarm.so", ARM64, true);
    computer.module("libgood.so", X86_64, false);
    computer.module("libcrashes.so", X86_64, true);
    let found = computer.findings();
    let found: Vec<_> = found
        .iter()
        .map(|it| (it.code, it.subject.as_deref().unwrap()))
        .collect();
    let expected = [
        (Code::ModuleMachine, "liba32.so (32 bit)"),
        (Code::ModuleMachine, "libarm.so (aarch64)"),
        (Code::ModuleFails, "libcrashes.so"),
    ];
    assert_eq!(found, expected);
    computer.write("sys/digsig/elf_mode", "1\n");
    assert!(computer.codes().contains(&Code::ClosedEnvironment));
}

#[test]
fn a_browser_for_another_processor_is_found() {
    let computer = computer();
    computer.program(&computer.path("usr/bin/chromium"), I386);
    assert_eq!(computer.findings(), []);
    computer.program(&computer.path("usr/bin/chromium"), ARM64);
    let finding = computer.only();
    assert_eq!(finding.code, Code::BrowserMachine);
    assert_eq!(finding.subject.as_deref(), Some("Chromium (aarch64)"));
}

#[test]
fn the_smart_card_service_is_needed_where_there_is_something_to_reach() {
    let mut computer = computer();
    computer.system.service.readers.clear();
    for (state, code) in [
        (ServiceState::Missing, Code::ServiceMissing),
        (ServiceState::Stopped, Code::ServiceStopped),
        (ServiceState::Refuses, Code::ServiceRefuses),
    ] {
        computer.system.service.state = state;
        computer.system.modules.clear();
        assert_eq!(computer.findings(), []);
        computer.module("librtpkcs11ecp.so", X86_64, false);
        assert_eq!(computer.only().code, code);
    }
    computer.system.modules.clear();
    computer.write("sys/bus/usb/devices/1-2:1.0/bInterfaceClass", "0b\n");
    assert_eq!(computer.only().code, Code::ServiceRefuses);
    computer.system.service.state = ServiceState::Runs;
    assert_eq!(computer.only().code, Code::ReaderDriverMissing);
}

#[test]
fn cards_and_readers_that_cannot_be_used_are_named() {
    let mut computer = computer();
    let readers = &mut computer.system.service.readers;
    readers.push(reader("Yubico YubiKey 01 00", CardState::Held));
    readers.push(reader("Aktiv Rutoken 02 00", CardState::Refused));
    readers.push(reader("Fibocom L830-EB 03 00", CardState::Absent));
    let subjects = |computer: &Computer| -> Vec<(Code, String)> {
        let found = computer.findings().into_iter();
        found.map(|it| (it.code, it.subject.unwrap())).collect()
    };
    let expected = |holder: &str| {
        [
            (Code::ServiceRefuses, "Aktiv Rutoken 02 00".to_owned()),
            (Code::CardHeld, format!("Yubico YubiKey 01 00{holder}")),
            (Code::ReaderIsModem, "Fibocom L830-EB 03 00".to_owned()),
        ]
    };
    assert_eq!(subjects(&computer), expected(""));
    computer.write("proc/900/comm", "scdaemon\n");
    assert_eq!(subjects(&computer), expected(" (scdaemon)"));
}

#[test]
fn what_confines_the_browser_is_named() {
    let computer = computer();
    for (label, expected) in [
        ("firefox (enforce)\n", Some("AppArmor: firefox")),
        ("firefox (complain)\n", None),
        ("unconfined_u:unconfined_r:unconfined_t:s0\0", None),
        (
            "unconfined_u:unconfined_r:mozilla_t:s0\0",
            Some("SELinux: mozilla_t"),
        ),
        ("", None),
    ] {
        computer.write("proc/77/attr/current", label);
        let found = computer.findings();
        let subjects: Vec<_> = found
            .iter()
            .map(|it| it.subject.as_deref().unwrap())
            .collect();
        assert_eq!(
            subjects,
            expected.into_iter().collect::<Vec<_>>(),
            "{label}"
        );
    }
    computer.write("proc/77/status", "Name:\tfirefox\nPPid:\t70\n");
    computer.write("proc/70/status", "Name:\tfirejail\nPPid:\t1\n");
    let finding = computer.only();
    assert_eq!(
        (finding.code, finding.subject.as_deref()),
        (Code::BrowserConfined, Some("Firejail"))
    );
    assert!(!examine(&computer.system).has_faults());
}

#[test]
fn libraries_in_the_place_of_the_systems_are_found() {
    let mut computer = computer();
    let library = computer.write("opt/vendor/libpcsclite.so.1", "");
    let folder = library.parent().unwrap().to_str().unwrap().to_owned();
    for (name, value, found) in [
        ("LD_LIBRARY_PATH", format!("/nowhere:{folder}"), true),
        ("LD_LIBRARY_PATH", "/nowhere".to_owned(), false),
        ("LD_PRELOAD", "/opt/libhook.so".to_owned(), true),
        (
            "LD_PRELOAD",
            "/usr/lib/firefox/libmozsandbox.so".to_owned(),
            false,
        ),
    ] {
        computer.system.variables = BTreeMap::from([(name, value)]);
        let codes: Vec<_> = found
            .then_some(Code::LibrariesReplaced)
            .into_iter()
            .collect();
        assert_eq!(computer.codes(), codes);
    }
}

#[test]
fn a_wrong_clock_a_bad_proxy_and_rivals_are_said() {
    let mut computer = computer();
    computer.system.now = 1_700_000_000;
    assert_eq!(computer.only().code, Code::ClockBehind);
    computer.system.now = NOW;
    computer.system.proxy = Some(("proxy:3128".to_owned(), true));
    assert_eq!(computer.findings(), []);
    computer.system.proxy = Some(("proxy:3128".to_owned(), false));
    assert_eq!(computer.only().code, Code::ProxyUnusable);
    computer.system.proxy = None;
    computer.write(
        "etc/chromium/native-messaging-hosts/ru.cryptopro.nmcades.json",
        "{}",
    );
    let finding = computer.only();
    assert_eq!(
        (finding.code, finding.subject.as_deref()),
        (Code::RivalRegistered, Some("CryptoPro"))
    );
}

#[test]
fn the_report_has_no_names_of_people() {
    let mut computer = computer();
    computer.module("libcrashes.so", X86_64, true);
    computer.system.modules[0].path = computer.path("media/aigerim/FLASH/libcrashes.so");
    let manifest = fs::read_to_string(computer.manifest()).unwrap();
    fs::write(
        computer.manifest(),
        manifest.replace("/opt/tamga/", "/home/ivan/"),
    )
    .unwrap();
    fs::write(computer.path("home/aigerim/.config/chromium/x"), "").unwrap();
    computer.system.program = computer.path("home/ivan/tamga-host");
    let report = examine(&computer.system).report();
    for name in ["aigerim", "ivan"] {
        assert!(!report.contains(name), "{report}");
    }
    assert!(report.contains("~/.mozilla"), "{report}");
    assert!(report.contains("MODULE_FAILS libcrashes.so"), "{report}");
}
