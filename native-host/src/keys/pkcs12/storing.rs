//! Copies of key files on the disk, each with its sidecar. Whatever stops the storing or removing of one, a power cut too:
//! both files are there or neither when [`recover`] has run, which is before copies are looked for.

use super::sidecar::Stem;
use crate::files::{self, Access, if_there};
use std::{
    collections::BTreeSet,
    fs::{self, File},
    io,
    path::{Path, PathBuf},
};

/// What the file of a copy ends with, and its sidecar's.
pub(super) const COPY: &str = "p12";
pub(super) const SIDECAR: &str = "json";
/// The sidecar's while the copy is stored or removed. Beside its copy it becomes the sidecar again; without, it goes.
pub(super) const PENDING: &str = "pending";

/// Where a copy lies.
#[derive(Debug)]
pub(super) struct Place {
    folder: PathBuf,
    stem: Stem,
}

/// A copy that is stored.
#[derive(Debug)]
pub(super) struct Storing<'a> {
    pub(super) place: Place,
    pub(super) file: &'a [u8],
    pub(super) sidecar: &'a [u8],
}

/// The steps of storing and of removing. Between two of them, and within one, it can be stopped.
const STORE: [fn(&Storing<'_>) -> io::Result<()>; 3] = [write_pending, write_copy, settle];
const REMOVE: [fn(&Place) -> io::Result<bool>; 3] =
    [Place::withdraw, Place::remove_copy, Place::remove_pending];

impl Storing<'_> {
    /// Stores the copy and its sidecar.
    ///
    /// # Errors
    /// As the system has them; neither is there then, unless the system refuses that too.
    pub(super) fn run(&self) -> io::Result<()> {
        files::create_private(&self.place.folder)?;
        let _lock = lock(&self.place.folder)?;
        let stored = STORE.iter().try_for_each(|step| step(self));
        if stored.is_err() {
            self.place.remove_copy()?;
            self.place.remove_pending()?;
        }
        stored
    }
}

fn write_pending(storing: &Storing<'_>) -> io::Result<()> {
    let path = storing.place.path(PENDING);
    files::replace(&path, storing.sidecar, Access::Private)
}

fn write_copy(storing: &Storing<'_>) -> io::Result<()> {
    let path = storing.place.path(COPY);
    files::replace(&path, storing.file, Access::Private)
}

fn settle(storing: &Storing<'_>) -> io::Result<()> {
    storing.place.settle()
}

impl Place {
    pub(super) fn new(folder: &Path, stem: &Stem) -> Self {
        Self {
            folder: folder.to_owned(),
            stem: stem.clone(),
        }
    }

    /// One of its files.
    pub(super) fn path(&self, ending: &str) -> PathBuf {
        self.folder.join(format!("{}.{ending}", self.stem.0))
    }

    /// Removes the copy and its sidecar; whether any of them was there.
    ///
    /// # Errors
    /// As the system has them.
    pub(super) fn remove(&self) -> io::Result<bool> {
        if !self.folder.is_dir() {
            return Ok(false);
        }
        let _lock = lock(&self.folder)?;
        let mut found = false;
        for step in REMOVE {
            found |= step(self)?;
        }
        Ok(found)
    }

    /// The sidecar is pending from now on.
    fn withdraw(&self) -> io::Result<bool> {
        if_there(fs::rename(self.path(SIDECAR), self.path(PENDING)))
    }

    fn remove_copy(&self) -> io::Result<bool> {
        let removed = if_there(fs::remove_file(self.path(COPY)))?;
        // The pending sidecar must not be gone before the copy is.
        files::synchronise(&self.folder)?;
        Ok(removed)
    }

    fn remove_pending(&self) -> io::Result<bool> {
        let removed = if_there(fs::remove_file(self.path(PENDING)))?;
        files::synchronise(&self.folder)?;
        Ok(removed)
    }

    /// A pending sidecar becomes the sidecar.
    fn settle(&self) -> io::Result<()> {
        fs::rename(self.path(PENDING), self.path(SIDECAR))?;
        files::synchronise(&self.folder)
    }
}

/// Recovers what was stopped in the middle. Gives the copies that are stored or removed by somebody else just now.
///
/// # Errors
/// As the system has them.
pub(super) fn recover(folder: &Path) -> io::Result<BTreeSet<Stem>> {
    let pending = || stems(folder, |ending| ending == PENDING);
    if pending()?.is_empty() {
        return Ok(BTreeSet::new());
    }
    let lock = open_lock(folder)?;
    if lock.try_lock().is_err() {
        return pending();
    }
    // What was pending before may be done by now.
    for stem in pending()? {
        let place = Place::new(folder, &stem);
        match place.path(COPY).is_file() {
            true => place.settle()?,
            false => drop(place.remove_pending()?),
        }
    }
    Ok(BTreeSet::new())
}

/// Every stem of which there is a file with such an ending.
///
/// # Errors
/// As the system has them.
pub(super) fn stems(folder: &Path, ending: impl Fn(&str) -> bool) -> io::Result<BTreeSet<Stem>> {
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(BTreeSet::new()),
        entries => entries?,
    };
    let mut stems = BTreeSet::new();
    for entry in entries {
        let name = entry?.file_name();
        let parts = name.to_str().and_then(|name| name.split_once('.'));
        let stem = parts.filter(|(_, kind)| ending(kind));
        stems.extend(stem.and_then(|(stem, _)| Stem::parse(stem)));
    }
    Ok(stems)
}

/// Keeps others from storing, removing or recovering copies as long as it lives.
fn lock(folder: &Path) -> io::Result<File> {
    let lock = open_lock(folder)?;
    lock.lock()?;
    Ok(lock)
}

/// The lock's file is beside the folder.
fn open_lock(folder: &Path) -> io::Result<File> {
    files::open_lock(&folder.with_extension("lock"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::{
        KeySource as _,
        pkcs12::{KeyFiles, sidecar::of_one_key},
    };
    use tamga_core::pkcs12::Cancel;

    /// The endings of the copy's files.
    fn endings(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap();
        let name = |entry: io::Result<fs::DirEntry>| entry.unwrap().file_name().into_string();
        let mut names: Vec<_> = entries.map(|entry| name(entry).unwrap()).collect();
        names.sort();
        let ending = |name: &String| name.split_once('.').unwrap().1.to_owned();
        names.iter().map(ending).collect()
    }

    /// A folder in which nothing is stored yet, and what lists it.
    fn empty() -> (tempfile::TempDir, KeyFiles) {
        let data = tempfile::tempdir().unwrap();
        let files = KeyFiles::new(data.path(), &Cancel::default());
        files::create_private(&data.path().join("keys")).unwrap();
        (data, files)
    }

    /// Whether the copy is listed, if there is nothing else to say.
    fn is_listed(files: &KeyFiles) -> bool {
        let listing = files.list();
        assert_eq!(listing.unreadable, []);
        !listing.keys.is_empty()
    }

    #[test]
    fn after_a_power_cut_at_any_step_both_files_are_there_or_neither() {
        let stem = Stem::of(b"copy");
        for stored in 0..=STORE.len() {
            for removed in 0..=if stored == STORE.len() {
                REMOVE.len()
            } else {
                0
            } {
                let (data, files) = empty();
                let folder = data.path().join("keys");
                let storing = Storing {
                    place: Place::new(&folder, &stem),
                    file: b"copy",
                    sidecar: &of_one_key("a.p12"),
                };
                for step in &STORE[..stored] {
                    step(&storing).unwrap();
                }
                for step in &REMOVE[..removed] {
                    assert!(step(&storing.place).unwrap());
                }
                let is_there = stored >= 2 && removed < 2;
                assert_eq!(is_listed(&files), is_there, "{stored} {removed}");
                let whole = if is_there { &[SIDECAR, COPY][..] } else { &[] };
                assert_eq!(endings(&folder), whole, "{stored} {removed}");
                // It can be stored and removed as ever.
                storing.run().unwrap();
                assert!(is_listed(&files));
                assert!(storing.place.remove().unwrap());
                assert!(!is_listed(&files) && endings(&folder).is_empty());
            }
        }
    }

    #[test]
    fn what_somebody_else_stores_is_left_alone() {
        let (data, files) = empty();
        let (folder, stem) = (data.path().join("keys"), Stem::of(b"copy"));
        let storing = Storing {
            place: Place::new(&folder, &stem),
            file: b"copy",
            sidecar: &of_one_key("a.p12"),
        };
        let lock = lock(&folder).unwrap();
        write_pending(&storing).unwrap();
        assert!(!is_listed(&files));
        write_copy(&storing).unwrap();
        assert!(!is_listed(&files));
        assert_eq!(endings(&folder), [COPY, PENDING]);
        settle(&storing).unwrap();
        drop(lock);
        assert!(is_listed(&files));
    }
}
