//! How this host came onto the computer. Each package brings a file that says so beside the program; where there is none, it
//! was built here or put in its place by hand.

use crate::{files, program};
use std::{fs, io, path::Path};
use tamga_core::protocol::PackageKind;

/// The file: one word, as `PackageKind` is named on the wire.
const FILE: &str = "package";
/// The longest file, in bytes.
const MAX_FILE: usize = 64;

/// How the program that runs was installed.
pub fn kind() -> PackageKind {
    match program::path().and_then(fs::canonicalize) {
        Ok(program) => beside(&program),
        Err(_) => PackageKind::Other,
    }
}

fn beside(program: &Path) -> PackageKind {
    match files::read(&program.with_file_name(FILE), MAX_FILE) {
        Ok(name) => PackageKind::named(String::from_utf8_lossy(&name).trim()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => PackageKind::Source,
        Err(_) => PackageKind::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_beside_the_program_says_it() {
        let folder = tempfile::tempdir().unwrap();
        let program = folder.path().join("tamga-host");
        assert_eq!(beside(&program), PackageKind::Source);
        for (content, kind) in [
            ("deb\n", PackageKind::Deb),
            ("arch", PackageKind::Arch),
            ("", PackageKind::Other),
            ("deb rpm", PackageKind::Other),
            (&"deb".repeat(100), PackageKind::Other),
        ] {
            fs::write(folder.path().join(FILE), content).unwrap();
            assert_eq!(beside(&program), kind, "{content}");
        }
    }
}
