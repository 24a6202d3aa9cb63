//! The fuzzers' own seeds: files that only Tamga's code makes, so that the fuzzers need not guess them.

#![allow(
    clippy::unwrap_used,
    reason = "what cannot be written here fails the test"
)]

use std::{env, fs, path::Path};

/// The password of the fuzz target.
pub(crate) const PASSWORD: &str = "password";

/// Says whether a seed is what the code makes today; with `TAMGA_MAKE_SEEDS` set it is made so.
pub(crate) fn is_current(target: &str, name: &str, content: &[u8]) -> bool {
    let project = Path::new(env!("CARGO_MANIFEST_DIR")).parent();
    let folder = project.unwrap().join("tests/fuzz/seeds").join(target);
    if env::var_os("TAMGA_MAKE_SEEDS").is_some() {
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join(name), content).unwrap();
    }
    fs::read(folder.join(name)).is_ok_and(|seed| seed == content)
}
