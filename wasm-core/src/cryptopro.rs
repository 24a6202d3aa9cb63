//! Key containers of CryptoPro CSP: GOST keys in a folder of six small files.
//!
//! No standard describes them: the structure was found by reading containers, and is tested with real and
//! generated ones in `cryptopro/tests`. A container has one key or two (slots), each
//! perhaps with its certificate; a container with one key may have a reserve copy of it.

mod copying;
mod element;
mod error;
mod files;
mod header;
mod key_kind;
mod new_key;
mod part;
mod password;
mod sealed_key;
mod storage_key;
#[cfg(test)]
mod tests;
pub mod windows1251;
mod writing;

pub use copying::of_key_file;
pub use error::ContainerError;
pub use files::{Files, MAX_FILE};
pub use key_kind::SlotName;
pub use new_key::NewKey;
pub use part::Part;
pub use sealed_key::Masking;
pub use writing::NewContainer;

use crate::{certificate::Certificate, reason::most_telling, secret::Secret};
use der::{Decode as _, Tag, Tagged as _, asn1::OctetStringRef};
use gost3410::SigningKey;
use header::{Header, HeaderKey};
use new_key::belongs;
use password::EncodedPassword;
use sealed_key::{FilePair, SealedKey};
use signature::Keypair as _;

/// A container that was read. No password was needed so far.
#[derive(Debug)]
pub struct Container {
    files: Files,
    header: Header,
    slots: Vec<Slot>,
}

/// A key of a container, still sealed.
#[derive(Debug)]
pub struct Slot {
    key: HeaderKey,
    has_reserve: bool,
    /// The key itself and its reserve, as far as they are there.
    copies: Vec<Result<SealedKey, ContainerError>>,
}

impl Container {
    /// Reads a container out of its files. Damage to the files of a key, and kinds of key that Tamga
    /// cannot open, are that slot's problem only; a name that cannot be read is left out.
    ///
    /// # Errors
    /// [`ContainerError`] of the header.
    pub fn parse(files: Files) -> Result<Self, ContainerError> {
        let header = Header::read(&files)?;
        let slot = |key: &HeaderKey| Slot::read(&files, key.clone(), header.has_reserve);
        let slots: Vec<Slot> = header.keys.iter().map(slot).collect();
        if slots.is_empty() {
            return Err(ContainerError::KeyMissing);
        }
        Ok(Self {
            slots,
            header,
            files,
        })
    }

    /// What the container is called, if it says so.
    pub fn name(&self) -> Option<String> {
        let elements = self.files.elements(Part::Name).ok();
        let own = elements.as_deref().and_then(<[_]>::first);
        let own = own.filter(|name| name.tag() == Tag::Ia5String);
        let octets = own.map(|name| name.value());
        octets.or(self.header.name.as_deref()).map(decoded)
    }

    /// Whether a password is set.
    pub fn has_password(&self) -> bool {
        self.header.has_password
    }

    /// When the keys' own term ends, Unix time; signing after it is to be refused, whatever the
    /// certificate's validity.
    pub fn expires(&self) -> Option<u64> {
        self.header.expires
    }

    /// The keys, at least one.
    pub fn slots(&self) -> &[Slot] {
        &self.slots
    }

    /// The files it was read from.
    pub fn files(&self) -> &Files {
        &self.files
    }

    /// Opens a key. A container without a password opens with any.
    ///
    /// # Errors
    /// [`ContainerError`]. `PasswordWrong`: no copy opens, and the header does not confirm the password either; `Damaged`:
    /// the header confirms the password, and the key is another one.
    pub fn open(&self, slot: SlotName, password: &Secret) -> Result<SigningKey, ContainerError> {
        let mut slots = self.slots.iter();
        let slot = slots.find(|known| known.name() == slot);
        let slot = slot.ok_or(ContainerError::KeyMissing)?;
        let key = self.unseal(slot, password)?;
        match slot.certificate() {
            Some(der) if !belongs(der, &key) => Err(ContainerError::Mismatch),
            _ => Ok(key),
        }
    }

    /// The key, whatever its certificate says.
    fn unseal(&self, slot: &Slot, password: &Secret) -> Result<SigningKey, ContainerError> {
        if let Some(problem) = slot.problem() {
            return Err(problem.clone());
        }
        let encodings = match self.header.has_password {
            true => password::encodings(password),
            false => vec![EncodedPassword::default()],
        };
        if let Some(key) = encodings.iter().find_map(|encoded| slot.unseal(encoded)) {
            return Ok(key);
        }
        let known = |encoded: &EncodedPassword| self.header.knows(encoded);
        match self.header.has_password && !encodings.iter().any(known) {
            true => Err(ContainerError::PasswordWrong),
            false => Err(ContainerError::Damaged(slot.first_pair().key)),
        }
    }
}

impl Slot {
    fn read(files: &Files, key: HeaderKey, has_reserve: bool) -> Self {
        let mut slot = Self {
            key,
            has_reserve,
            copies: Vec::new(),
        };
        let curve = slot.key.kind.curve.clone();
        let copy = |pair| SealedKey::read(files, pair, curve.clone()?);
        slot.copies = slot.pairs().map(copy).collect();
        slot
    }

    /// Which one it is.
    pub fn name(&self) -> SlotName {
        self.key.slot
    }

    /// Its certificate, DER as it was written.
    pub fn certificate(&self) -> Option<&[u8]> {
        self.key.certificate.as_deref()
    }

    /// Whether it may be copied elsewhere.
    pub fn exportable(&self) -> bool {
        self.key.kind.exportable
    }

    /// Why it can be opened with no password at all.
    pub fn problem(&self) -> Option<&ContainerError> {
        if self.key.fingerprint.is_none() && self.key.certificate.is_none() {
            // A wrong password could not be noticed.
            return Some(&ContainerError::Malformed(Part::Header));
        }
        if self.copies.iter().any(Result::is_ok) {
            return None;
        }
        most_telling(self.copies.iter().filter_map(|copy| copy.as_ref().err()))
    }

    /// The problems that are known without a password: it cannot be opened, or its certificate is that of another key.
    ///
    /// # Errors
    /// [`ContainerError`]
    pub fn check(&self) -> Result<(), ContainerError> {
        if let Some(problem) = self.problem() {
            return Err(problem.clone());
        }
        let certificate = self
            .certificate()
            .and_then(|der| Certificate::parse(der).ok());
        let point = certificate.as_ref().and_then(gost_point);
        match self.key.fingerprint.zip(point) {
            Some((fingerprint, point)) if !point.starts_with(&fingerprint) => {
                Err(ContainerError::Mismatch)
            }
            _ => Ok(()),
        }
    }

    /// Whether a certificate may be that of this key, which has none of its own: the beginning of the public key is known
    /// without a password. Whether it is, opening the key shows.
    pub fn may_go_with(&self, certificate: &Certificate) -> bool {
        let own = self
            .key
            .fingerprint
            .filter(|_| self.certificate().is_none());
        let fits = own
            .zip(gost_point(certificate))
            .is_some_and(|(fingerprint, point)| point.starts_with(&fingerprint));
        fits && certificate.key_fitness().is_ok()
    }

    fn unseal(&self, encoded: &EncodedPassword) -> Option<SigningKey> {
        let whole = self.copies.iter().flatten();
        let mut keys = whole.filter_map(|copy| copy.unseal(encoded).ok());
        keys.find(|key| self.recognises(key))
    }

    /// Whether this is the key that was sealed here.
    fn recognises(&self, key: &SigningKey) -> bool {
        match self.key.fingerprint {
            Some(fingerprint) => {
                let public = key.verifying_key().to_bytes();
                public.as_ref().starts_with(&fingerprint)
            }
            None => self.certificate().is_some_and(|der| belongs(der, key)),
        }
    }

    /// Where its copies lie.
    fn pairs(&self) -> impl Iterator<Item = FilePair> + use<> {
        let reserve = self.has_reserve.then_some(FilePair::SECOND);
        [self.first_pair()].into_iter().chain(reserve)
    }

    fn first_pair(&self) -> FilePair {
        match self.key.slot {
            SlotName::Primary => FilePair::FIRST,
            SlotName::Secondary => FilePair::SECOND,
        }
    }
}

/// The coordinates of a certificate's public key (RFC 9215 §4.3).
fn gost_point(certificate: &Certificate) -> Option<Vec<u8>> {
    let octets = <&OctetStringRef>::from_der(certificate.key().bits()).ok()?;
    Some(octets.as_bytes().to_vec())
}

/// A name in the character set that it seems to be in.
fn decoded(name: &[u8]) -> String {
    match std::str::from_utf8(name) {
        Ok(text) => text.to_owned(),
        Err(_) => name.iter().copied().map(windows1251::decode).collect(),
    }
}
