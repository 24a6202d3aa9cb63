//! Containers of CryptoPro CSP, where they are: nothing is copied, installed or changed.
//!
//! They are looked for where CryptoPro keeps them, at the roots of removable drives, and in folders
//! that the person named at the terminal. Neither the extension nor a page can name one.

mod locations;
mod replacing;
mod storing;

pub use storing::{change_password, copy, create};

use super::{
    Credential, FoundKey, Key, KeySource, Random,
    certificate_files::{self, CertificateFiles},
    displayable,
    path_list::PathList,
    software::FileKey,
};
use crate::{directories::Folders, failure::Error};
use locations::Place;
use std::{
    ffi::OsStr,
    fs, io,
    path::{Path, PathBuf},
};
use tamga_core::{
    certificate::Certificate,
    cryptopro::{Container, ContainerError, Files, MAX_FILE, Part, Slot},
    failure::{ErrorCode, Failure},
    protocol::{KeyEntry, KeyLocation, Listing, Unreadable},
    secret::Secret,
};

/// The most containers that are listed.
const MAX_CONTAINERS: usize = 256;
/// The most entries of one folder that are looked at.
const MAX_ENTRIES: usize = 1000;

/// The containers within reach.
#[derive(Debug)]
pub struct Containers {
    places: Vec<Place>,
    named: PathList,
    /// The certificates that the person gave without their keys.
    given: CertificateFiles,
    /// The host's own folder.
    data: PathBuf,
    /// Unix seconds.
    now: u64,
}

impl Containers {
    /// The containers of the person who runs the host. `now` in Unix seconds.
    pub fn new(folders: &Folders, now: u64) -> Self {
        Self {
            places: locations::usual(folders),
            named: PathList::containers(&folders.data),
            given: CertificateFiles::new(&folders.data),
            data: folders.data.clone(),
            now,
        }
    }

    /// The folders that hold a container, or some of its files.
    pub(crate) fn folders(&self) -> Result<Vec<PathBuf>, Error> {
        let named = self.named.list()?;
        let places = self.places.iter().cloned().chain(named.map(Place::Named));
        let folders = places.flat_map(|place| {
            place.recover(&self.data);
            place.folders()
        });
        let mut folders: Vec<PathBuf> = folders.collect();
        folders.sort();
        folders.dedup();
        folders.truncate(MAX_CONTAINERS);
        Ok(folders)
    }

    /// Gives a container that is within reach another password.
    ///
    /// # Errors
    /// `KEY_FILE_NOT_FOUND` for one that is not within reach; what may be wrong with the container and the passwords, and
    /// `FILE_UNWRITABLE`.
    pub fn change_password(
        &self,
        location: &KeyLocation,
        old: &Secret,
        new: &Secret,
        random: &mut Random,
    ) -> Result<(), Error> {
        let (folder, container) = self.container(location)?;
        let changed = change_password(&self.data, &folder, &container, old, new, random);
        changed.map_err(|error| Failure::from(error).or_of(location.name()).into())
    }

    /// The container of this location. Only what is found here is read, whatever the location says.
    fn container(&self, location: &KeyLocation) -> Result<(PathBuf, Container), Error> {
        let KeyLocation::Cryptopro { folder, name } = location else {
            return Err(ErrorCode::CertificateNotFound.into());
        };
        let gone = || Failure::of(ErrorCode::KeyFileNotFound, name);
        let mut folders = self.folders()?.into_iter();
        let found = folders.find(|found| shown(found) == *folder);
        let found = found.and_then(|folder| Some((read(&folder)?, folder)));
        let (files, folder) = found.ok_or_else(gone)?;
        let container = Container::parse(files).map_err(|error| of_container(error, location))?;
        Ok((folder, container))
    }

    fn list_container(&self, folder: &Path, listing: &mut Listing) {
        let Some(files) = read(folder) else {
            return;
        };
        let container = match Container::parse(files) {
            Ok(container) => container,
            Err(error) => {
                let location = location(folder, None);
                return listing.add(&location, Err(of_container(error, &location)));
            }
        };
        let location = location(folder, container.name());
        for slot in container.slots() {
            let entry = self.entry(&container, slot, (folder, &location));
            listing.add(&location, entry);
        }
    }

    fn entry(
        &self,
        container: &Container,
        slot: &Slot,
        (folder, location): (&Path, &KeyLocation),
    ) -> Result<KeyEntry, Failure> {
        let bound;
        let certificate = match slot.certificate() {
            Some(certificate) => certificate,
            None => {
                bound = self.bound(slot, folder);
                let bound = bound.as_ref().map(Certificate::der);
                bound.ok_or_else(|| Failure::of(ErrorCode::CertificateMissing, location.name()))?
            }
        };
        let problem = match slot.problem() {
            Some(kind @ ContainerError::Unsupported { .. }) => {
                Some(Failure::from(kind.clone()).code)
            }
            Some(problem) => return Err(of_container(problem.clone(), location)),
            None => self.term(container).err(),
        };
        Ok(KeyEntry {
            problem,
            passwordless: !container.has_password(),
            ..KeyEntry::read(certificate, location)?
        })
    }

    /// The certificate of a key that has none in its container: one that lies beside it, or that the person gave.
    fn bound(&self, slot: &Slot, folder: &Path) -> Option<Certificate> {
        let there = certificate_files::beside(folder).into_iter();
        let all = there.chain(self.given.list());
        certificate_files::latest(all.filter(|certificate| slot.may_go_with(certificate)))
    }

    /// Whether the keys' own term allows signing now.
    fn term(&self, container: &Container) -> Result<(), ErrorCode> {
        match container.expires() {
            Some(end) if self.now > end => Err(ErrorCode::KeyExpired),
            _ => Ok(()),
        }
    }
}

impl KeySource for Containers {
    fn list(&self) -> Listing {
        let mut listing = Listing::default();
        match self.folders() {
            Ok(folders) => {
                for folder in folders {
                    self.list_container(&folder, &mut listing);
                }
            }
            Err(error) => listing.unreadable.push(Unreadable {
                failure: error.into(),
                location: None,
            }),
        }
        listing
    }

    fn open(&self, key: FoundKey, credential: &Credential) -> Result<Box<dyn Key>, Error> {
        let FoundKey { entry, certificate } = key;
        let (_, container) = self.container(&entry.location)?;
        let of_container = |error| of_container(error, &entry.location);
        let mut slots = container.slots().iter();
        let wanted = |slot: &&Slot| match slot.certificate() {
            Some(own) => own == certificate.der(),
            None => slot.may_go_with(&certificate),
        };
        let gone = || Failure::of(ErrorCode::KeyFileNotFound, entry.location.name());
        let slot = slots.find(wanted).ok_or_else(gone)?;
        self.term(&container)?;
        let none = Secret::new(String::new());
        let password = match credential.password()? {
            Some(password) => password,
            // The container opens without one.
            None if !container.has_password() => &none,
            None => return Err(of_container(ContainerError::PasswordWrong).into()),
        };
        let key = container
            .open(slot.name(), password)
            .map_err(of_container)?;
        Ok(Box::new(FileKey::gost(certificate, key)?))
    }
}

/// How many containers are in a folder that the person named: it may be one itself.
///
/// # Errors
/// `FILE_NOT_FOUND`, `FOLDER_NEEDED`, `CONTAINER_FILE` for a file of a container.
pub(crate) fn count_in(path: &Path) -> Result<usize, Error> {
    let code = if !path.exists() {
        ErrorCode::FileNotFound
    } else if is_part(path) {
        ErrorCode::ContainerFile
    } else if !path.is_dir() {
        ErrorCode::FolderNeeded
    } else {
        return Ok(Place::Named(path.to_owned()).folders().len());
    };
    Err(Failure::of(code, shown(path)).into())
}

/// Whether a path is that of a file of a container.
pub(crate) fn is_part(path: &Path) -> bool {
    path.file_name().is_some_and(is_part_name) && path.is_file()
}

/// Whether a file of a container has this name.
pub(crate) fn is_part_name(name: &OsStr) -> bool {
    part(name).is_some()
}

/// Reads the files of a container; nothing if there are none. Letters' case does not matter: some
/// drives have only large ones. A file that cannot be read is as good as missing.
pub(crate) fn read(folder: &Path) -> Option<Files> {
    let mut files = Files::default();
    let mut found = false;
    for entry in entries(folder) {
        let name = entry.file_name();
        let Some(part) = part(&name) else {
            continue;
        };
        // Neither links, which may lead anywhere, nor pipes, which may never end.
        if !entry.file_type().is_ok_and(|kind| kind.is_file()) {
            continue;
        }
        found = true;
        match crate::files::read(&entry.path(), MAX_FILE) {
            Ok(content) => files.insert(part, content),
            Err(error) if error.kind() == io::ErrorKind::FileTooLarge => {
                files.insert(part, Vec::new());
            }
            Err(error) => tracing::warn!(%error, %part, "unreadable file of a container"),
        }
    }
    found.then_some(files)
}

/// What a folder holds, as far as it can be read.
fn entries(folder: &Path) -> impl Iterator<Item = fs::DirEntry> {
    let entries = fs::read_dir(folder).into_iter().flatten();
    entries.flatten().take(MAX_ENTRIES)
}

/// Which file of a container has this name.
fn part(name: &OsStr) -> Option<Part> {
    let mut parts = Part::ALL.into_iter();
    parts.find(|part| name.eq_ignore_ascii_case(part.file_name()))
}

/// A container as a place of keys.
fn location(folder: &Path, name: Option<String>) -> KeyLocation {
    let name = name.map(|name| displayable(&name));
    let name = name.filter(|name| !name.is_empty());
    KeyLocation::Cryptopro {
        name: name.unwrap_or_else(|| displayable(&shown(folder))),
        folder: shown(folder),
    }
}

/// A path as it is shown.
fn shown(path: &Path) -> String {
    path.display().to_string()
}

/// A failure with a name that says which container, and which file in it.
fn of_container(error: ContainerError, location: &KeyLocation) -> Failure {
    let failure = Failure::from(error);
    let part = failure.subject.map(|part| format!("/{part}"));
    let subject = format!("{}{}", location.name(), part.unwrap_or_default());
    Failure::of(failure.code, subject)
}

#[cfg(test)]
mod tests;
