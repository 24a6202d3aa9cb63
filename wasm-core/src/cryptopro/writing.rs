//! Containers that are written: new ones, and known ones under another password or name.

use super::{
    Container, ContainerError, Files, Masking, Part, belongs,
    element::{element, sequence},
    header::{Header, NewHeader},
    key_kind::KeyKind,
    password::{self, Form},
    sealed_key::{Place, SealedKey},
    windows1251,
};
use crate::secret::Secret;
use der::Tag;
use gost3410::SigningKey;
use signature::Keypair as _;

/// The longest name, in octets.
const MAX_NAME: usize = 128;
/// What stands in a name for letters that have no octet.
const NO_LETTER: u8 = b'_';

/// What a new container is to hold.
#[derive(Debug)]
pub struct NewContainer<'a> {
    /// What it is called.
    pub name: &'a str,
    /// The key.
    pub key: &'a SigningKey,
    /// Its certificate, DER.
    pub certificate: Option<&'a [u8]>,
    /// Whether the key may be copied elsewhere.
    pub exportable: bool,
    /// When the key's own term ends, Unix time.
    pub expires: Option<u64>,
}

impl NewContainer<'_> {
    /// Seals the key, and a reserve copy of it, with a password that may be empty.
    ///
    /// # Errors
    /// [`ContainerError`]: `Mismatch` if the certificate is another key's, `PasswordUnfit`; `Malformed`
    /// if the certificate is too large for a header.
    pub fn seal(&self, password: &Secret, fresh: &[Masking; 2]) -> Result<Files, ContainerError> {
        let own = |der: &[u8]| belongs(der, self.key);
        if !self.certificate.is_none_or(own) {
            return Err(ContainerError::Mismatch);
        }
        let form = password::new_form(password).ok_or(ContainerError::PasswordUnfit)?;
        let public = self.key.verifying_key().to_bytes();
        let fingerprint = public.as_ref().first_chunk().copied();
        let write = || -> der::Result<Files> {
            let header = Header::new(&NewHeader {
                key: &KeyKind::to_der(self.key.curve(), self.exportable)?,
                certificate: self.certificate,
                fingerprint: fingerprint.unwrap_or_default(),
                expires: self.expires,
            })?;
            let mut files = Files::default();
            files.insert(Part::Name, name_file(&octets(self.name))?);
            files.insert(Part::Header, header.with_password(&form)?.to_file()?);
            Ok(files)
        };
        let mut files = write().map_err(|_| ContainerError::Malformed(Part::Header))?;
        let [first, second] = fresh;
        seal(self.key, &form, first, Place::FIRST, &mut files)?;
        seal(self.key, &form, second, Place::SECOND, &mut files)?;
        // What cannot be read back was not written.
        Container::parse(files).map(|container| container.files)
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
        let form = password::new_form(new).ok_or(ContainerError::PasswordUnfit)?;
        let (mut files, [first, second]) = (self.files.clone(), fresh);
        for slot in &self.slots {
            let key = self.unseal(slot, old)?;
            for (place, fresh) in slot.places().zip([first, second]) {
                seal(&key, &form, fresh, place, &mut files)?;
            }
        }
        let header = self.header.with_password(&form);
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
    form: &Form,
    fresh: &Masking,
    place: Place,
    files: &mut Files,
) -> Result<(), ContainerError> {
    let copy = SealedKey::seal(key, form, fresh).ok_or(ContainerError::Randomness)?;
    let written = copy.write(place, files);
    written.map_err(|_| ContainerError::Malformed(place.key))
}

fn name_file(name: &[u8]) -> der::Result<Vec<u8>> {
    sequence(&[element(Tag::Ia5String, name)?])
}

/// A name as other programs read it: against its type, in Windows-1251.
fn octets(name: &str) -> Vec<u8> {
    let octet = |letter| windows1251::encode(letter).unwrap_or(NO_LETTER);
    name.chars().take(MAX_NAME).map(octet).collect()
}
