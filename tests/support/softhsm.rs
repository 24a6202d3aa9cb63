//! Tokens of SoftHSM, in a folder that goes with the test.

use crate::{cards::program, computer::Computer, people::People};
use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};
use tempfile::TempDir;

/// The PIN of every token, not ASCII, and found nowhere else; and the administrator's.
pub const PIN: &str = "Тумар-6081";
/// See [`PIN`].
pub const ADMIN_PIN: &str = "Әкімші-3392";

/// Where distributions have SoftHSM.
const SOFTHSM: [&str; 4] = [
    "/usr/lib/softhsm/libsofthsm2.so",
    "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so",
    "/usr/lib64/pkcs11/libsofthsm2.so",
    "/usr/lib64/libsofthsm2.so",
];

/// A module with tokens.
#[derive(Debug)]
pub struct SoftHsm {
    folder: TempDir,
    module: &'static Path,
}

impl SoftHsm {
    /// Without tokens; `None`, said loudly, where it is not installed.
    pub fn new() -> Option<Self> {
        let mut paths = SOFTHSM.iter().map(Path::new);
        let Some(module) = paths.find(|path| path.exists()) else {
            eprintln!("SKIPPED: SoftHSM is not installed");
            return None;
        };
        let folder = tempfile::tempdir().unwrap();
        let tokens = folder.path().join("tokens");
        fs::create_dir(&tokens).unwrap();
        let configuration = format!("directories.tokendir = {}\n", tokens.display());
        fs::write(folder.path().join("softhsm2.conf"), configuration).unwrap();
        Some(Self { folder, module })
    }

    /// Adds a token with the keys of people.
    pub fn add(&self, people: &People, label: &str, names: &[&str]) {
        let pairs = names.iter().map(|name| files(people, name));
        self.make(label, pairs.collect());
    }

    /// The same; each key and each certificate goes by the id that is given.
    pub fn add_with_ids(&self, people: &People, label: &str, names: &[(&str, [&str; 2])]) {
        let pairs = names
            .iter()
            .map(|(name, [key, certificate])| [&*files(people, name), key, certificate].join(","));
        self.make(label, pairs.collect());
    }

    /// The same; the certificates are seen after logging in only.
    pub fn add_private(&self, people: &People, label: &str, names: &[&str]) {
        let pairs = names.iter().map(|name| files(people, name) + ",private");
        self.make(label, pairs.collect());
    }

    /// The same; beside each private key is its public one, and no certificate.
    pub fn add_without_certificates(&self, people: &People, label: &str, names: &[&str]) {
        let pairs = names
            .iter()
            .map(|name| files(people, name) + ",no-certificate");
        self.make(label, pairs.collect());
    }

    fn make(&self, label: &str, pairs: Vec<String>) {
        let mut command = Command::new(program());
        command.env("SOFTHSM2_CONF", self.configuration());
        command
            .arg("token")
            .arg(self.module)
            .args([label, PIN, ADMIN_PIN]);
        command.args(pairs);
        let output = command.output().unwrap();
        assert!(output.status.success(), "{output:?}");
    }

    /// Its file.
    pub fn module(&self) -> &'static Path {
        self.module
    }

    /// A computer with this module.
    pub fn computer(&self) -> Computer {
        self.on(Computer::new(&[self.module]))
    }

    /// A computer that has this module among others, told where its tokens are.
    #[must_use]
    pub fn on(&self, computer: Computer) -> Computer {
        computer.with("SOFTHSM2_CONF", self.configuration())
    }

    fn configuration(&self) -> PathBuf {
        self.folder.path().join("softhsm2.conf")
    }
}

/// Somebody's key and certificate.
fn files(people: &People, name: &str) -> String {
    let files = ["key", "pem"].map(|kind| people.path(&format!("{name}.{kind}")));
    files.map(|file| file.display().to_string()).join(",")
}
