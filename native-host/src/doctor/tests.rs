//! Each fault is made on a computer in a folder, and found; a computer without any has none.

mod manifests;
mod modules;
mod policies;
mod readers;
mod sandboxes;
mod surroundings;

use super::{
    FaultCode as Code, PathBuf, ROWS, examine,
    readers::{CardState, Service, ServiceState},
    repair,
    system::System,
};
use crate::{
    directories::Folders,
    keys::pkcs11::ModuleState,
    readers::ReaderFound,
    register::{self, Layout, Scope, browsers::BROWSERS},
};
use std::{collections::BTreeMap, fs, os::unix::fs::PermissionsExt as _, path::Path};
use tamga_core::protocol::Finding;
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
        extension: None,
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
