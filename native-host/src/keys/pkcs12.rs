//! Key files: the host's own copies of PKCS#12 files.
//!
//! A copy lies in `<data>/keys` as `<stem>.p12`, beside it `<stem>.json` with what can be said without
//! the password: the file's name and its certificates. The stem is the beginning of the file's SHA-256.

mod password;
mod sidecar;
mod storing;
mod writing;

pub use writing::{change_password, copy, create, salt};

use super::{
    Credential, FoundKey, Key, KeySource, displayable,
    key_input::{KeyFileBytes, KeyInput},
    software::FileKey,
};
use crate::{
    failure::{Error, Storage as _},
    files,
};
use base64::prelude::{BASE64_STANDARD, Engine as _};
use sidecar::{Sidecar, SidecarKey, Stem};
use std::{
    collections::BTreeSet,
    io,
    path::{Path, PathBuf},
};
use storing::{COPY, Place, SIDECAR, Storing};
use tamga_core::{
    certificate::Certificate,
    failure::{ErrorCode, Failure},
    pkcs12::{self, Cancel, KeyFile, KeyParts, KeyWithCertificate, Scheme},
    protocol::{KeyEntry, KeyLocation, Listing, MAX_KEY_FILE, MAX_NAME, Unreadable},
    secret::Secret,
};
use zeroize::Zeroizing;

/// The largest sidecar, in bytes. A chain that several keys share is in it once for each.
const MAX_SIDECAR: usize = 4 * MAX_KEY_FILE;

/// The folder of key files.
#[derive(Debug)]
pub struct KeyFiles {
    folder: PathBuf,
    cancel: Cancel,
}

impl KeyFiles {
    /// The key files in the host's data folder. `cancel` gives up the opening of one.
    pub fn new(data: &Path, cancel: &Cancel) -> Self {
        Self {
            folder: data.join("keys"),
            cancel: cancel.clone(),
        }
    }

    /// Takes a copy of a key file, or makes one of a key with its certificate; says what it holds. `name` is what
    /// the person calls it. A file may have two `passwords`; a copy that is made has the first. `salt` is fresh
    /// randomness.
    ///
    /// # Errors
    /// Everything that may be wrong with a key file and its passwords, `KEY_FILE_EXISTS` for one that
    /// is there already, and what may be wrong with the folder.
    pub fn add(
        &self,
        name: &str,
        given: &KeyInput,
        passwords: &[&Secret],
        salt: &[u8; 32],
    ) -> Result<Vec<KeyEntry>, Error> {
        if name.len() > MAX_NAME {
            return Err(ErrorCode::RequestMalformed.into());
        }
        let name = displayable(name);
        match given {
            KeyInput::KeyFile(KeyFileBytes(file)) => self.add_file(&name, file, passwords),
            KeyInput::Parts(parts) => self.add_parts(&name, parts, passwords, salt),
        }
    }

    fn add_file(
        &self,
        name: &str,
        file: &[u8],
        passwords: &[&Secret],
    ) -> Result<Vec<KeyEntry>, Error> {
        if file.len() > MAX_KEY_FILE {
            return Err(Failure::of(ErrorCode::KeyFileMalformed, name).into());
        }
        let stem = Stem::of(file);
        // A copy that cannot be read any more is replaced: adding the file again is how one repairs it.
        if self.place(&stem).path(COPY).is_file() && self.sidecar(&stem).is_ok() {
            return Err(Failure::of(ErrorCode::KeyFileExists, name).into());
        }
        let opened = pkcs12::open_with(file, passwords, &self.cancel)?;
        self.keep(name, file, with_keys(opened)?)
    }

    /// The key leaves its own file only under a password.
    fn add_parts(
        &self,
        name: &str,
        parts: &KeyParts,
        passwords: &[&Secret],
        salt: &[u8; 32],
    ) -> Result<Vec<KeyEntry>, Error> {
        let password = passwords.first().ok_or(ErrorCode::PasswordUnfit)?;
        if password.expose().is_empty() {
            return Err(ErrorCode::PasswordUnfit.into());
        }
        let opened = with_keys(parts.open(password, &self.cancel)?)?;
        let added = self.list().keys;
        let is_there = |key: &KeyWithCertificate| {
            let certificate = BASE64_STANDARD.encode(&key.certificate);
            let mut added = added.iter();
            added.any(|entry| entry.location.name() == name && entry.certificate == certificate)
        };
        if opened.keys.iter().any(is_there) {
            return Err(Failure::of(ErrorCode::KeyFileExists, name).into());
        }
        let sealed = pkcs12::seal(&opened, Scheme::of(&opened), password, salt)?;
        self.keep(name, &sealed, opened)
    }

    fn keep(&self, name: &str, file: &[u8], opened: KeyFile) -> Result<Vec<KeyEntry>, Error> {
        let stem = Stem::of(file);
        let sidecar = Sidecar {
            name: name.to_owned(),
            keys: opened.keys.into_iter().map(SidecarKey::of).collect(),
        };
        self.store(&stem, file, &sidecar)
            .storing("storing a key file")?;
        let entries = sidecar.entries(&stem.location(sidecar.name.clone()));
        Ok(entries.into_iter().collect::<Result<_, Failure>>()?)
    }

    /// Deletes the copy of a key file.
    ///
    /// # Errors
    /// `KEY_FILE_NOT_FOUND`, and what may be wrong with the folder.
    pub fn remove(&self, key_file: &str) -> Result<(), Error> {
        let stem = Stem::parse(key_file).ok_or(ErrorCode::KeyFileNotFound)?;
        let removed = self.place(&stem).remove();
        match removed.storing("removing a key file")? {
            true => Ok(()),
            false => Err(ErrorCode::KeyFileNotFound.into()),
        }
    }

    /// Deletes all copies; one that cannot be deleted holds up no other.
    ///
    /// # Errors
    /// `STORAGE_FAILED`
    pub fn remove_all(&self) -> Result<(), Error> {
        let stems = self.stems().storing("removing key files")?;
        let removed: Vec<Result<(), Error>> =
            stems.iter().map(|stem| self.remove(&stem.0)).collect();
        removed.into_iter().collect()
    }

    /// The name of the copy of a key file, if there is one.
    pub fn copy_of(&self, file: &[u8]) -> Option<String> {
        let stem = Stem::of(file);
        let is_there = self.place(&stem).path(COPY).is_file();
        is_there.then_some(stem.0)
    }

    fn store(&self, stem: &Stem, file: &[u8], sidecar: &Sidecar) -> io::Result<()> {
        let json = serde_json::to_vec_pretty(sidecar)?;
        if json.len() > MAX_SIDECAR {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        let storing = Storing {
            place: self.place(stem),
            file,
            sidecar: &json,
        };
        storing.run()
    }

    /// Every stem of which there is a file, but for what somebody else stores or removes just now.
    fn stems(&self) -> io::Result<BTreeSet<Stem>> {
        let busy = storing::recover(&self.folder)?;
        let stems = storing::stems(&self.folder, |ending| [COPY, SIDECAR].contains(&ending))?;
        Ok(&stems - &busy)
    }

    /// Reads the sidecar of a copy that is there.
    fn sidecar(&self, stem: &Stem) -> Result<Sidecar, Failure> {
        let sidecar = files::read(&self.place(stem).path(SIDECAR), MAX_SIDECAR)
            .inspect_err(|error| tracing::warn!(%error, stem = stem.0, "unreadable sidecar"))
            .ok()
            .and_then(|json| serde_json::from_slice::<Sidecar>(&json).ok())
            .ok_or_else(|| Failure::of(ErrorCode::KeyFileMalformed, format!("{}.p12", stem.0)))?;
        if self.place(stem).path(COPY).is_file() {
            return Ok(sidecar);
        }
        Err(Failure::of(ErrorCode::KeyFileNotFound, sidecar.name))
    }

    fn place(&self, stem: &Stem) -> Place {
        Place::new(&self.folder, stem)
    }
}

impl KeySource for KeyFiles {
    fn list(&self) -> Listing {
        let mut listing = Listing::default();
        let stems = match self.stems().storing("listing key files") {
            Ok(stems) => stems,
            Err(error) => {
                listing.unreadable.push(Unreadable {
                    failure: error.into(),
                    location: None,
                });
                return listing;
            }
        };
        for stem in stems {
            match self.sidecar(&stem) {
                Ok(sidecar) => {
                    let location = stem.location(sidecar.name.clone());
                    let entries = sidecar.entries(&location).into_iter();
                    entries.for_each(|entry| listing.add(&location, entry));
                }
                Err(failure) => {
                    let name = failure.subject.clone().unwrap_or_default();
                    listing.add(&stem.location(name), Err(failure));
                }
            }
        }
        listing
    }

    fn open(&self, key: FoundKey, credential: &Credential) -> Result<Box<dyn Key>, Error> {
        let FoundKey { entry, certificate } = key;
        let KeyLocation::Pkcs12 { key_file, name } = &entry.location else {
            return Err(ErrorCode::KeyFileNotFound.into());
        };
        let stem = Stem::parse(key_file).ok_or(ErrorCode::KeyFileNotFound)?;
        let file = match files::read(&self.place(&stem).path(COPY), MAX_KEY_FILE) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Err(Failure::of(ErrorCode::KeyFileNotFound, name).into());
            }
            file => Zeroizing::new(file.storing("reading a key file")?),
        };
        let password = credential.password()?.ok_or(ErrorCode::PasswordWrong)?;
        let key = match Stem::of(&file) == stem {
            // It was whole when it was added, and is what it was: the key's own password is enough.
            true => pkcs12::open_key(&file, &certificate, password, &self.cancel)?,
            false => {
                let opened = pkcs12::open_with(&file, &[password], &self.cancel)?;
                let mut keys = opened.keys.into_iter();
                let key = keys.find(|key| key.certificate == certificate.der());
                key.map(|key| key.pkcs8)
            }
        };
        let pkcs8 = key.ok_or(ErrorCode::CertificateNotFound)?;
        let chain = entry.chain.iter();
        let chain = chain.filter_map(|above| BASE64_STANDARD.decode(above).ok());
        let chain = chain.filter_map(|above| Certificate::parse(&above).ok());
        Ok(Box::new(FileKey::opened(
            certificate,
            chain.collect(),
            &pkcs8,
        )?))
    }
}

/// Opens what a person gave with its password, with two, or with none: keys in PEM that nothing protects. There is at
/// least one key with its certificate in it.
///
/// # Errors
/// Everything that may be wrong with a key file and its password.
pub fn contents(given: &KeyInput, passwords: &[&Secret]) -> Result<Vec<KeyWithCertificate>, Error> {
    let cancel = Cancel::default();
    let opened = match given {
        KeyInput::KeyFile(KeyFileBytes(file)) => pkcs12::open_with(file, passwords, &cancel)?,
        KeyInput::Parts(parts) => {
            let none = Secret::new(String::new());
            parts.open(passwords.first().copied().unwrap_or(&none), &cancel)?
        }
    };
    Ok(with_keys(opened)?.keys)
}

/// What was opened, if there is a key with its certificate in it.
fn with_keys(opened: KeyFile) -> Result<KeyFile, ErrorCode> {
    if !opened.keys.is_empty() {
        return Ok(opened);
    }
    let lone = (
        opened.lone_keys.is_empty(),
        opened.lone_certificates.is_empty(),
    );
    Err(match lone {
        (true, true) => ErrorCode::KeyFileEmpty,
        (true, false) => ErrorCode::KeyMissing,
        (false, true) => ErrorCode::CertificateMissing,
        (false, false) => ErrorCode::KeyMismatch,
    })
}

#[cfg(test)]
mod tests;
