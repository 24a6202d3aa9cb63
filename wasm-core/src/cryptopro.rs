//! Key containers of CryptoPro CSP: GOST keys in a folder of six small files.
//!
//! No standard describes them: the structure was found by reading containers, and is tested with real and
//! generated ones in `cryptopro/tests`. A container has one key or two (slots), each
//! perhaps with its certificate; a container with one key may have a reserve copy of it.

mod copying;
mod element;
mod files;
mod header;
mod key_kind;
mod new_key;
mod password;
mod sealed_key;
mod storage_key;
#[cfg(test)]
mod tests;
pub mod windows1251;
mod writing;

pub use copying::of_key_file;
pub use files::{Files, MAX_FILE, Part};
pub use new_key::NewKey;
pub use sealed_key::Masking;
pub use writing::NewContainer;

use crate::{
    algorithm::GostAlgorithm,
    certificate::Certificate,
    failure::{ErrorCode, Failure},
    gost_key::GostKey,
    reason::{Reason, most_telling},
    secret::Secret,
};
use der::{Decode as _, Tag, Tagged as _, asn1::OctetStringRef};
use gost3410::SigningKey;
use header::{Header, HeaderKey};
use password::EncodedPassword;
use sealed_key::{FilePair, SealedKey};
use signature::Keypair as _;
use thiserror::Error;

/// Why a container gave no key, or was not written.
#[derive(Clone, Debug, Eq, Error, PartialEq)]
pub enum ContainerError {
    /// The container is sound as far as one can see, and the password does not open it.
    #[error("wrong password")]
    PasswordWrong,
    /// A new password that is too long, or has characters that other programs encode in other ways.
    #[error("password unfit")]
    PasswordUnfit,
    /// A file is not there.
    #[error("missing: {0}")]
    Missing(Part),
    /// A file is not of the form it should have, for example because it ends early.
    #[error("malformed: {0}")]
    Malformed(Part),
    /// The MAC of a file does not match.
    #[error("damaged: {0}")]
    Damaged(Part),
    /// The container has no such key.
    #[error("no such key")]
    KeyMissing,
    /// The key is of a kind that is not signed with: GOST R 34.10-2001 above all.
    #[error("unsupported: {oid}")]
    Unsupported {
        /// The algorithm or curve, in dotted form.
        oid: String,
    },
    /// The certificate is that of another key.
    #[error("the certificate belongs to another key")]
    Mismatch,
    /// The key must not be copied elsewhere.
    #[error("not exportable")]
    NotExportable,
    /// There are more keys than a container has room for, or keys of another kind.
    #[error("does not fit into a container")]
    Unfit,
    /// The mask is a multiple of the group's order, as no random one is.
    #[error("not random")]
    Randomness,
}

impl From<ContainerError> for Failure {
    fn from(error: ContainerError) -> Self {
        match error {
            ContainerError::PasswordWrong => ErrorCode::PasswordWrong.into(),
            ContainerError::PasswordUnfit => ErrorCode::PasswordUnfit.into(),
            ContainerError::Missing(part) => {
                Self::of(ErrorCode::ContainerIncomplete, part.file_name())
            }
            ContainerError::Malformed(part) | ContainerError::Damaged(part) => {
                Self::of(ErrorCode::ContainerDamaged, part.file_name())
            }
            ContainerError::KeyMissing => ErrorCode::KeyMissing.into(),
            ContainerError::Unsupported { oid } if GostAlgorithm::is_withdrawn(&oid) => {
                ErrorCode::KeyWithdrawn.into()
            }
            ContainerError::Unsupported { oid } => Self::of(ErrorCode::KeyUnsupported, oid),
            ContainerError::Mismatch => ErrorCode::KeyMismatch.into(),
            ContainerError::NotExportable => ErrorCode::KeyNotExportable.into(),
            ContainerError::Unfit => ErrorCode::ContainerUnfit.into(),
            ContainerError::Randomness => ErrorCode::Internal.into(),
        }
    }
}

impl Reason for ContainerError {
    fn rank(&self) -> usize {
        Failure::from(self.clone()).code.rank()
    }
}

/// Which of a container's keys.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum SlotName {
    /// The first one, as a rule the only one: usually for exchange, which signs as well.
    Primary,
    /// The second one, for signatures only.
    Secondary,
}

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

/// Whether a certificate is that of a key.
fn belongs(certificate: &[u8], key: &SigningKey) -> bool {
    let certificate = Certificate::parse(certificate).ok();
    let public = GostKey::russian(key.clone()).and_then(|key| key.public_key());
    certificate
        .zip(public.ok())
        .is_some_and(|(certificate, public)| certificate.matches_key(&public))
}

/// A name in the character set that it seems to be in.
fn decoded(name: &[u8]) -> String {
    match std::str::from_utf8(name) {
        Ok(text) => text.to_owned(),
        Err(_) => name.iter().copied().map(windows1251::decode).collect(),
    }
}
