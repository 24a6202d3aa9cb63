//! Public corpora read in place, and the score over them.

#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    dead_code,
    unreachable_pub,
    reason = "several test crates include this, and none needs all of it"
)]

use base64::prelude::{BASE64_STANDARD, Engine as _};
use std::{
    collections::BTreeMap,
    env, fs,
    path::{Path, PathBuf},
};

/// A folder below `$TAMGA_VECTORS` or `../shared/vectors`; says so loudly if it is not there.
pub fn directory(name: &str) -> Option<PathBuf> {
    // Beside the project, however deep in it the crate is whose tests these are.
    let beside = || {
        let mut above = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors();
        let project = above.find(|folder| folder.join("Cargo.lock").is_file());
        project.unwrap().join("../shared/vectors")
    };
    let root = env::var_os("TAMGA_VECTORS").map_or_else(beside, PathBuf::from);
    let folder = root.join(name);
    if !folder.is_dir() {
        eprintln!(
            "SKIPPED: no vectors at {} (set TAMGA_VECTORS)",
            folder.display()
        );
        return None;
    }
    Some(folder)
}

/// What lies in a folder, in order.
pub fn entries(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap();
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
}

/// Every file below a folder, in order.
pub fn files(folder: &Path) -> Vec<PathBuf> {
    let below = |path: PathBuf| match path.is_dir() {
        true => files(&path),
        false => vec![path],
    };
    entries(folder).into_iter().flat_map(below).collect()
}

/// The DER that a file holds: as it is, or as its first PEM block with this in its label (RFC 7468 §2).
pub fn der(path: &Path, label: &str) -> Option<Vec<u8>> {
    let content = fs::read(path).unwrap();
    if content.first() == Some(&0x30) {
        return Some(content);
    }
    let text = String::from_utf8(content).ok()?;
    let is_begin = |line: &&str| line.starts_with("-----BEGIN") && line.contains(label);
    let mut lines = text.lines();
    lines.find(is_begin)?;
    let block: String = lines
        .map(str::trim)
        .take_while(|line| !line.starts_with("-----"))
        .collect();
    BASE64_STANDARD.decode(block).ok()
}

/// Reads a JSON file.
pub fn read_json(path: &Path) -> serde_json::Value {
    serde_json::from_slice(&fs::read(path).unwrap()).unwrap()
}

/// How many cases of a corpus came out as expected. Cases that do not are listed beforehand with their reason; one that
/// comes out as expected all the same fails too, and so does one that is not in the corpus.
pub struct Score {
    name: &'static str,
    divergences: BTreeMap<&'static str, &'static str>,
    cases: usize,
    as_expected: usize,
    surprises: Vec<String>,
}

impl Score {
    pub fn new(name: &'static str, divergences: &[(&'static str, &'static str)]) -> Self {
        Self {
            name,
            divergences: divergences.iter().copied().collect(),
            cases: 0,
            as_expected: 0,
            surprises: Vec::new(),
        }
    }

    /// Counts a case.
    pub fn note(&mut self, case: &str, as_expected: bool, found: &str) {
        self.cases += 1;
        self.as_expected += usize::from(as_expected);
        match (self.divergences.remove(case), as_expected) {
            (None, true) => {}
            (None, false) => self.surprises.push(format!("{case}: {found}")),
            (Some(reason), false) => println!("{}: {case} differs: {reason}", self.name),
            (Some(reason), true) => {
                let surprise = format!("{case}: as expected now, listed as different: {reason}");
                self.surprises.push(surprise);
            }
        }
    }

    /// Prints the score; fails if there were surprises.
    pub fn finish(self) {
        println!(
            "{}: {} of {} as expected",
            self.name, self.as_expected, self.cases
        );
        assert!(
            self.divergences.is_empty(),
            "not in the corpus: {:?}",
            self.divergences
        );
        assert!(
            self.surprises.is_empty(),
            "surprises:\n{}",
            self.surprises.join("\n")
        );
    }
}
