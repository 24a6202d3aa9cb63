//! Which version of the C library a program or a library needs, and which this system has. A library says by name which
//! versions it has, and what was linked with it which of these it needs (ELF symbol versioning): `GLIBC_2.34`.

use super::system::System;
use std::path::Path;

/// A version of glibc: `2.34`.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) struct Version(u16, u16);

/// What the names of versions begin with. They end with a null byte.
const PREFIX: &[u8] = b"GLIBC_";
/// No name of a version is longer.
const MAX_NUMBERS: usize = 12;
/// Where this process has its libraries from.
const MAPS: &str = "proc/self/maps";
const C_LIBRARY: &str = "/libc.so.6";

/// The newest version that a file names.
pub(super) fn newest_of(system: &System, file: &Path) -> Option<Version> {
    newest(&system.read_library(file)?)
}

/// The version of this system's; `None` where that is no glibc.
pub(super) fn of_system(system: &System) -> Option<Version> {
    let maps = system.read(&system.at(MAPS))?;
    let mut files = maps
        .lines()
        .filter_map(|line| line.find('/').and_then(|at| line.get(at..)));
    let file = files.find(|file| file.ends_with(C_LIBRARY))?;
    newest_of(system, Path::new(file))
}

fn newest(content: &[u8]) -> Option<Version> {
    let starts = content.windows(PREFIX.len()).enumerate();
    let starts = starts.filter(|(_, window)| *window == PREFIX);
    let versions = starts.filter_map(|(at, _)| {
        let rest = content.get(at + PREFIX.len()..)?;
        let end = rest.iter().take(MAX_NUMBERS).position(|byte| *byte == 0)?;
        parse(str::from_utf8(rest.get(..end)?).ok()?)
    });
    versions.max()
}

/// `2.34`, or `2.2.5`, of which the last number says nothing here.
fn parse(text: &str) -> Option<Version> {
    let mut numbers = text.split('.').map(|part| part.parse().ok());
    Some(Version(numbers.next()??, numbers.next()??))
}

impl std::fmt::Display for Version {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "glibc {}.{}", self.0, self.1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_named_version_counts() {
        let newest = |content: &[u8]| newest(content).map(|version| version.to_string());
        assert_eq!(
            newest(b"\0GLIBC_2.2.5\0GLIBC_2.34\0GLIBC_2.9\0GLIBC_PRIVATE\0").as_deref(),
            Some("glibc 2.34")
        );
        for none in [
            &b"GLIBC_2.34"[..],
            b"GLIBC_\0",
            b"GLIBC_2\0",
            b"GLIBC_99999.1\0",
            b"",
        ] {
            assert_eq!(newest(none), None);
        }
    }
}
