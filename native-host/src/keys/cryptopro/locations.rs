//! Where containers are looked for.

use super::{entries, replacing};
use crate::directories::Folders;
use std::{
    ffi::OsStr,
    fs,
    path::{Path, PathBuf},
};

/// The most drives that are looked at.
const MAX_DRIVES: usize = 32;
/// How many entries of a folder are looked at to find files of a container in it, which has six.
const FEW_ENTRIES: usize = 64;

/// A place where there may be containers.
#[derive(Clone, Debug)]
pub(super) enum Place {
    /// A folder of CryptoPro's with containers, each in a folder like `a1b2c3d4.000`.
    Store(PathBuf),
    /// A folder in which drives appear, each of which may hold containers under any names.
    Drives(PathBuf),
    /// A folder that the person named: it holds containers under any names, or is one itself.
    Named(PathBuf),
}

/// The places of CryptoPro's and of removable drives.
pub(super) fn usual(folders: &Folders) -> Vec<Place> {
    if cfg!(windows) {
        // Floppy drives make noise.
        let drives = ('D'..='Z').map(|letter| Place::Store(format!("{letter}:\\").into()));
        let own = Place::Store(folders.config.join("Crypto Pro"));
        return [own].into_iter().chain(drives).collect();
    }
    let user = std::env::var_os("USER").filter(|user| is_name(user));
    let user = user.or_else(|| Some(folders.home.file_name()?.to_owned()));
    let user = user.unwrap_or_default();
    let own = |root: &str| Path::new(root).join(&user);
    let drives = if cfg!(target_os = "macos") {
        vec![PathBuf::from("/Volumes")]
    } else {
        vec![own("/media"), own("/run/media")]
    };
    let store = Place::Store(own("/var/opt/cprocsp/keys"));
    let drives = drives.into_iter().map(Place::Drives);
    [store].into_iter().chain(drives).collect()
}

impl Place {
    /// Ends what was stopped in the middle of replacing a container here. `data` is the host's folder.
    pub(super) fn recover(&self, data: &Path) {
        match self {
            Self::Store(folder) => replacing::recover_in(folder, data),
            Self::Drives(folder) => {
                let drives = folders(folder).take(MAX_DRIVES);
                drives.for_each(|drive| replacing::recover_in(&drive, data));
            }
            Self::Named(folder) => {
                replacing::recover_in(folder, data);
                replacing::recover_if_free(folder, data);
            }
        }
    }

    /// The folders in it that look like containers.
    pub(super) fn folders(&self) -> Vec<PathBuf> {
        match self {
            Self::Store(folder) => store(folder),
            Self::Drives(folder) => {
                let drives = folders(folder).take(MAX_DRIVES);
                drives.flat_map(|drive| any_store(&drive)).collect()
            }
            Self::Named(folder) => {
                let mut found = any_store(folder);
                if holds_files(folder) {
                    found.push(folder.clone());
                }
                found
            }
        }
    }
}

fn store(folder: &Path) -> Vec<PathBuf> {
    folders(folder)
        .filter(|folder| is_container_name(folder))
        .collect()
}

/// The same where people put containers, and may have renamed their folders: the files in it tell a container.
fn any_store(folder: &Path) -> Vec<PathBuf> {
    folders(folder)
        .filter(|folder| is_container_name(folder) || holds_files(folder))
        .collect()
}

/// Whether there are files of a container in a folder. In one with much else it is not looked for long.
fn holds_files(folder: &Path) -> bool {
    let mut beginning = entries(folder).take(FEW_ENTRIES);
    beginning.any(|entry| super::part(&entry.file_name()).is_some())
}

/// The folders in a folder; where a link leads is not looked at.
fn folders(folder: &Path) -> impl Iterator<Item = PathBuf> {
    let real = |entry: &fs::DirEntry| entry.file_type().is_ok_and(|kind| kind.is_dir());
    entries(folder).filter(real).map(|entry| entry.path())
}

/// `a1b2c3d4.000`: three digits at the end.
fn is_container_name(folder: &Path) -> bool {
    let digits = folder.extension().and_then(OsStr::to_str);
    digits.is_some_and(|digits| digits.len() == 3 && digits.bytes().all(|it| it.is_ascii_digit()))
}

/// Whether this is one part of a path.
fn is_name(name: &OsStr) -> bool {
    Path::new(name).file_name() == Some(name)
}
