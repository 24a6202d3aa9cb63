//! From a container into a PKCS#12 file, and back.

use super::{Container, ContainerError, Files, Masking, NewContainer, NewKey, Slot};
use crate::{
    certificate::Certificate,
    gost_key::{GostKey, GostKeyError, Profile},
    pkcs12::{KeyFile, KeyWithCertificate, LoneKey},
    secret::Secret,
};
use gost3410::SigningKey;

impl Container {
    /// The keys and their certificates as a PKCS#12 file holds them, in the container's order. The
    /// keys' own term is left out: a PKCS#12 file cannot hold it, and the certificate states it too.
    ///
    /// # Errors
    /// [`ContainerError`]: `NotExportable` if a key must not be copied, and what [`Container::open`] may say.
    pub fn to_key_file(&self, password: &Secret) -> Result<KeyFile, ContainerError> {
        if !self.slots().iter().all(Slot::exportable) {
            return Err(ContainerError::NotExportable);
        }
        let mut file = KeyFile::default();
        for slot in self.slots() {
            let key = self.open(slot.name(), password)?;
            let friendly_name = self.name();
            let malformed = ContainerError::Malformed(slot.first_pair().key);
            let pkcs8 = pkcs8_key(key, slot.certificate()).and_then(|key| key.to_pkcs8());
            let pkcs8 = pkcs8.map_err(|_| malformed)?;
            match slot.certificate() {
                Some(certificate) => file.keys.push(KeyWithCertificate {
                    pkcs8,
                    certificate: certificate.to_vec(),
                    chain: Vec::new(),
                    friendly_name,
                    attributes: Default::default(),
                }),
                None => file.lone_keys.push(LoneKey {
                    pkcs8,
                    friendly_name,
                    attributes: Vec::new(),
                }),
            }
        }
        Ok(file)
    }
}

/// Seals the keys of a PKCS#12 file, and their certificates without those above, in a new container.
/// They were in a file that everybody may copy, so they may be copied from there too. The keys' own
/// term is the earliest that a certificate states.
///
/// # Errors
/// [`ContainerError`]: `Unfit` if there are more than two keys, or others than those of GOST R 34.10-2012;
/// `KeyMissing` if there is none; what [`NewContainer::seal`] may say.
pub fn of_key_file(
    file: &KeyFile,
    name: &str,
    password: &Secret,
    fresh: &[Masking; 2],
) -> Result<Files, ContainerError> {
    let certified = file
        .keys
        .iter()
        .map(|key| (&key.pkcs8, Some(&*key.certificate)));
    let lone = file.lone_keys.iter().map(|key| (&key.pkcs8, None));
    let mut keys = Vec::new();
    for (pkcs8, certificate) in certified.chain(lone) {
        keys.push((russian_key(pkcs8)?, certificate));
    }
    let new: Vec<NewKey<'_>> = keys
        .iter()
        .map(|(key, certificate)| NewKey {
            key,
            certificate: *certificate,
        })
        .collect();
    let (primary, secondary) = match *new {
        [] => return Err(ContainerError::KeyMissing),
        [primary] => (primary, None),
        [primary, secondary] => (primary, Some(secondary)),
        _ => return Err(ContainerError::Unfit),
    };
    let expires = new.iter().filter_map(|key| term(key.certificate?)).min();
    let new = NewContainer {
        name,
        primary,
        secondary,
        exportable: true,
        expires,
    };
    new.seal(password, fresh)
}

/// A key under the name that its certificate has for the curve: some programs compare the two.
fn pkcs8_key(key: SigningKey, certificate: Option<&[u8]>) -> Result<GostKey, GostKeyError> {
    let set = certificate.and_then(|der| {
        let certificate = Certificate::parse(der).ok()?;
        certificate.key().parameter_set()?.parse().ok()
    });
    match set {
        Some(set) => GostKey::new(Profile::Russia2012, set, key),
        None => GostKey::russian(key),
    }
}

fn russian_key(pkcs8: &[u8]) -> Result<SigningKey, ContainerError> {
    let key = GostKey::from_pkcs8(pkcs8).map_err(|_| ContainerError::Unfit)?;
    match (key.profile(), key.signing_key()) {
        (Profile::Russia2012, Some(key)) => Ok(key.clone()),
        _ => Err(ContainerError::Unfit),
    }
}

/// When the key's term ends as its certificate has it, Unix time.
fn term(certificate: &[u8]) -> Option<u64> {
    let until = Certificate::parse(certificate).ok()?.key_until()?;
    u64::try_from(until).ok()
}
