//! The public test vectors, which are read in place and are not part of this repository.

use std::path::{Path, PathBuf};

/// A folder of the vectors: `TAMGA_VECTORS`, else `../shared/vectors` next to the project. Says so
/// aloud where there is none.
pub fn folder(name: &str) -> Option<PathBuf> {
    let root = std::env::var_os("TAMGA_VECTORS").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/vectors"),
        PathBuf::from,
    );
    let folder = root.join(name);
    if folder.is_dir() {
        return Some(folder);
    }
    eprintln!("SKIPPED: no test vectors in {}", folder.display());
    None
}

/// The files of a folder in order, what explains them left out.
pub fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap();
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    files.retain(|file| file.file_name().is_some_and(|name| name != "PROVENANCE.md"));
    files.sort();
    files
}

/// SHA-256 in lower-case hex.
pub fn sha256(bytes: &[u8]) -> String {
    use sha2::Digest;
    let digest = sha2::Sha256::digest(bytes);
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}
