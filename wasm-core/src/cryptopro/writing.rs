//! Containers that are written: new ones, and known ones under another password or name.

use super::{
    Container, ContainerError, Files, Masking, Part,
    element::{element, sequence},
    header::{Header, NewHeader},
    new_key::NewKey,
    password::{self, EncodedPassword},
    sealed_key::{FilePair, SealedKey},
    windows1251,
};
use crate::secret::Secret;
use der::Tag;
use gost3410::SigningKey;

/// The longest name, in octets.
const MAX_NAME: usize = 128;
/// Replaces characters of a name that Windows-1251 lacks.
const REPLACEMENT: u8 = b'_';

/// What a new container is to hold.
#[derive(Debug)]
pub struct NewContainer<'a> {
    /// What it is called.
    pub name: &'a str,
    /// The first key: for exchange, which signs as well.
    pub primary: NewKey<'a>,
    /// The second key, for signatures only. Without one there is a reserve copy of the first.
    pub secondary: Option<NewKey<'a>>,
    /// Whether the keys may be copied elsewhere.
    pub exportable: bool,
    /// When the keys' own term ends, Unix time.
    pub expires: Option<u64>,
}

impl NewContainer<'_> {
    /// Seals the keys with a password that may be empty.
    ///
    /// # Errors
    /// [`ContainerError`]: `Mismatch` if a certificate is another key's, `PasswordUnfit`; `Malformed`
    /// if the certificates are too large for a header.
    pub fn seal(&self, password: &Secret, fresh: &[Masking; 2]) -> Result<Files, ContainerError> {
        let (primary, secondary) = (&self.primary, self.secondary.as_ref());
        if ![Some(primary), secondary]
            .into_iter()
            .flatten()
            .all(NewKey::is_sound)
        {
            return Err(ContainerError::Mismatch);
        }
        let encoded = password::encode_new(password).ok_or(ContainerError::PasswordUnfit)?;
        let mut files = self
            .description(&encoded)
            .map_err(|_| ContainerError::Malformed(Part::Header))?;
        let [first, second] = fresh;
        seal(primary.key, &encoded, first, FilePair::FIRST, &mut files)?;
        let second_key = secondary.unwrap_or(primary).key;
        seal(second_key, &encoded, second, FilePair::SECOND, &mut files)?;
        // Read back, so that an unreadable container is never returned.
        Container::parse(files).map(|container| container.files)
    }

    /// The name and the header, without keys.
    fn description(&self, encoded: &EncodedPassword) -> der::Result<Files> {
        let header = Header::new(&NewHeader {
            primary: self.primary,
            secondary: self.secondary,
            exportable: self.exportable,
            expires: self.expires,
        })?;
        let mut files = Files::default();
        files.insert(Part::Name, name_file(&octets(self.name))?);
        files.insert(Part::Header, header.with_password(encoded)?.to_file()?);
        Ok(files)
    }
}

impl Container {
    /// The same keys sealed with another password, which may be empty. Everything else stays, the marks
    /// that forbid copying too. A reserve copy is made anew of the copy that opened.
    ///
    /// # Errors
    /// [`ContainerError`]: what [`Container::open`] may say but for `Mismatch`, and `PasswordUnfit`.
    pub fn with_password(
        &self,
        old: &Secret,
        new: &Secret,
        fresh: &[Masking; 2],
    ) -> Result<Files, ContainerError> {
        let encoded = password::encode_new(new).ok_or(ContainerError::PasswordUnfit)?;
        let (mut files, [first, second]) = (self.files.clone(), fresh);
        for slot in &self.slots {
            let key = self.unseal(slot, old)?;
            for (pair, fresh) in slot.pairs().zip([first, second]) {
                seal(&key, &encoded, fresh, pair, &mut files)?;
            }
        }
        let header = self.header.with_password(&encoded);
        let header = header.and_then(|header| header.to_file());
        let header = header.map_err(|_| ContainerError::Malformed(Part::Header))?;
        files.insert(Part::Header, header);
        Ok(files)
    }

    /// The same container under another name, each copy of a key as it is. It opens with the same password.
    ///
    /// # Errors
    /// `NotExportable` if a key in it must not be copied.
    pub fn copy(&self, name: &str) -> Result<Files, ContainerError> {
        if !self.slots.iter().all(|slot| slot.exportable()) {
            return Err(ContainerError::NotExportable);
        }
        let (mut files, name) = (self.files.clone(), octets(name));
        let header = self.header.with_name(&name);
        let header = header.and_then(|header| header.to_file());
        let written = header.and_then(|header| Ok((header, name_file(&name)?)));
        let (header, name) = written.map_err(|_| ContainerError::Malformed(Part::Header))?;
        files.insert(Part::Header, header);
        files.insert(Part::Name, name);
        Ok(files)
    }
}

fn seal(
    key: &SigningKey,
    encoded: &EncodedPassword,
    fresh: &Masking,
    pair: FilePair,
    files: &mut Files,
) -> Result<(), ContainerError> {
    let copy = SealedKey::seal(key, encoded, fresh).ok_or(ContainerError::Randomness)?;
    let written = copy.write(pair, files);
    written.map_err(|_| ContainerError::Malformed(pair.key))
}

fn name_file(name: &[u8]) -> der::Result<Vec<u8>> {
    sequence(&[element(Tag::Ia5String, name)?])
}

/// A name as other programs read it: against its type, in Windows-1251.
fn octets(name: &str) -> Vec<u8> {
    let octet = |letter| windows1251::encode(letter).unwrap_or(REPLACEMENT);
    name.chars().take(MAX_NAME).map(octet).collect()
}
