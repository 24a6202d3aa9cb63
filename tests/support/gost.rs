//! Demo people with GOST keys, and what OpenSSL's GOST engine says of their signatures and files.

use crate::{host::command, once, terminal};
use serde_json::Value;
use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
    sync::OnceLock,
};
use tamga_core::cryptopro::{Files, Part};

/// OpenSSL with its engine for GOST.
const ENGINE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/browser/gost.cnf");

/// The folder of the people of this run.
pub fn people() -> &'static Path {
    static PEOPLE: OnceLock<PathBuf> = OnceLock::new();
    PEOPLE.get_or_init(|| once::folder("gost-people", tamga_people::make_all))
}

/// Somebody's container.
pub fn container(person: &str) -> PathBuf {
    people().join("containers").join(format!("{person}.000"))
}

/// The files of a container.
pub fn files(folder: &Path) -> Files {
    let read = |part: Part| Some((part, fs::read(folder.join(part.file_name())).ok()?));
    Part::ALL.into_iter().filter_map(read).collect()
}

/// Writes a container into a folder.
pub fn put(files: &Files, folder: &Path) {
    fs::create_dir_all(folder).unwrap();
    for (part, content) in files.iter() {
        fs::write(folder.join(part.file_name()), content).unwrap();
    }
}

/// The OpenSSL command with its engine, in this folder; `None`, said loudly, if there is none.
pub fn openssl(folder: &Path) -> Option<impl Fn(&[&str]) -> Output> {
    let list = Command::new("openssl").args(["engine", "gost"]).output();
    if !list.is_ok_and(|output| output.status.success()) {
        eprintln!("SKIPPED: no GOST engine for openssl (Debian: libengine-gost-openssl)");
        return None;
    }
    let folder = folder.to_owned();
    Some(move |arguments: &[&str]| {
        let mut openssl = Command::new("openssl");
        openssl.args(arguments).env("OPENSSL_CONF", ENGINE);
        openssl.current_dir(&folder).output().unwrap()
    })
}

/// Runs the host's binary in a home folder with these passwords, each on a line.
pub fn run(home: &Path, arguments: &[&str], passwords: &[&str]) -> Output {
    let arguments = [arguments, &["--password-stdin"]].concat();
    terminal::run(command(home), home, &arguments, passwords)
}

/// The exit status and what was printed as JSON.
pub fn said(home: &Path, arguments: &[&str], passwords: &[&str]) -> (Option<i32>, Value) {
    let output = run(home, &[arguments, &["--json"]].concat(), passwords);
    let value = serde_json::from_slice(&output.stdout);
    (output.status.code(), value.unwrap_or_default())
}
