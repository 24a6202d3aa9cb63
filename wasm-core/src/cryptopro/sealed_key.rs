//! A private key in a container: masked, and encrypted with the storage key.
//!
//! ```text
//! masks.key   ::= SEQUENCE { mask OCTET STRING, salt OCTET STRING (SIZE(12)), mac OCTET STRING (SIZE(4)) }
//! primary.key ::= SEQUENCE { ciphertext OCTET STRING, usable [0] IMPLICIT OCTET STRING OPTIONAL }
//! ```
//!
//! Mask and ciphertext are as long as the key, and little-endian numbers.

use super::{
    element::{element, number, sequence},
    error::ContainerError,
    files::Files,
    part::Part,
    storage_key::{mac, storage_key},
};
use der::{Tag, Tagged as _, asn1::AnyRef};
use gost3410::{
    Curve, SigningKey,
    gost28147::{Gost28147, PARAM_Z},
};
use std::fmt;
use zeroize::Zeroizing;

/// The two files that hold one copy of a key.
#[derive(Clone, Copy, Debug)]
pub(super) struct FilePair {
    pub(super) masks: Part,
    pub(super) key: Part,
}

impl FilePair {
    pub(super) const FIRST: Self = Self {
        masks: Part::Masks,
        key: Part::Primary,
    };
    pub(super) const SECOND: Self = Self {
        masks: Part::Masks2,
        key: Part::Primary2,
    };
}

/// Randomness for one copy of a key.
#[derive(Clone)]
pub struct Masking {
    mask: Zeroizing<[u8; 64]>,
    salt: [u8; 12],
}

impl Masking {
    /// Takes random bytes: 64 for the mask, 12 for the salt.
    pub fn new(mask: Zeroizing<[u8; 64]>, salt: [u8; 12]) -> Self {
        Self { mask, salt }
    }
}

impl fmt::Debug for Masking {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Masking").finish_non_exhaustive()
    }
}

/// One copy of a key. Only the header can tell whether a password and the decrypted key are right.
pub(super) struct SealedKey {
    curve: Curve,
    mask: Zeroizing<Vec<u8>>,
    salt: [u8; 12],
    ciphertext: Zeroizing<Vec<u8>>,
}

impl SealedKey {
    /// Reads a copy; its mask is the one that was written.
    pub(super) fn read(
        files: &Files,
        pair: FilePair,
        curve: Curve,
    ) -> Result<Self, ContainerError> {
        let malformed = ContainerError::Malformed(pair.masks);
        let masks = files.elements(pair.masks)?;
        let [mask, salt, tag] = masks.as_slice() else {
            return Err(malformed);
        };
        let salt = octets(salt).and_then(|salt| salt.try_into().ok());
        let (Some(mask), Some(salt), Some(tag)) = (octets(mask), salt, octets(tag)) else {
            return Err(malformed);
        };
        if mask.len() != curve.size() {
            return Err(malformed);
        }
        let copy = Self {
            curve,
            mask: Zeroizing::new(mask.to_vec()),
            salt,
            ciphertext: ciphertext(files, pair, curve)?,
        };
        // The MAC's key is in the same file: it notices damage, not forgery.
        if copy.mask_mac() != Some(tag.try_into().map_err(|_| malformed)?) {
            return Err(ContainerError::Damaged(pair.masks));
        }
        Ok(copy)
    }

    /// Encrypts a key with an encoded password; `None` if the mask is a multiple of the group's order.
    pub(super) fn seal(key: &SigningKey, password: &[u8], fresh: &Masking) -> Option<Self> {
        let (curve, salt) = (key.curve(), fresh.salt);
        let mask = Zeroizing::new(fresh.mask.get(..curve.size())?.to_vec());
        let masked = key.to_masked_bytes(&mask).ok()?;
        let mut ciphertext = Zeroizing::new(masked.as_ref().to_vec());
        let cipher = Gost28147::new(&storage_key(password, &salt), &PARAM_Z);
        cipher.encrypt(ciphertext.as_chunks_mut().0);
        Some(Self {
            curve,
            mask,
            salt,
            ciphertext,
        })
    }

    /// Decrypts with an encoded password. A wrong one gives another number, not an error.
    pub(super) fn unseal(&self, password: &[u8]) -> Result<SigningKey, gost3410::Error> {
        let mut masked = self.ciphertext.clone();
        let cipher = Gost28147::new(&storage_key(password, &self.salt), &PARAM_Z);
        cipher.decrypt(masked.as_chunks_mut().0);
        SigningKey::from_masked_bytes(self.curve, &masked, &self.mask)
    }

    /// Adds the two files of this copy.
    pub(super) fn write(&self, pair: FilePair, files: &mut Files) -> der::Result<()> {
        let tag = self.mask_mac().unwrap_or_default();
        let masks = [&*self.mask, &self.salt[..], &tag].map(|part| element(Tag::OctetString, part));
        let [mask, salt, tag] = masks;
        files.insert(pair.masks, sequence(&[mask?, salt?, tag?])?);
        let ciphertext = element(Tag::OctetString, &self.ciphertext)?;
        files.insert(pair.key, sequence(&[ciphertext])?);
        Ok(())
    }

    /// The MAC of the salt under the mask, of which 32 octets are enough for a key: the last.
    fn mask_mac(&self) -> Option<[u8; 4]> {
        Some(mac(self.mask.last_chunk()?, &self.salt))
    }
}

impl fmt::Debug for SealedKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("SealedKey").finish_non_exhaustive()
    }
}

fn ciphertext(
    files: &Files,
    pair: FilePair,
    curve: Curve,
) -> Result<Zeroizing<Vec<u8>>, ContainerError> {
    let elements = files.elements(pair.key)?;
    // Where there are two, the first is for the token that keeps the key.
    let usable = elements.iter().find(|part| number(part) == Some(0));
    let ciphertext = usable.or(elements.first()).map(|part| part.value());
    let ciphertext = ciphertext.filter(|ciphertext| ciphertext.len() == curve.size());
    let ciphertext = ciphertext.ok_or(ContainerError::Malformed(pair.key))?;
    Ok(Zeroizing::new(ciphertext.to_vec()))
}

fn octets<'a>(element: &AnyRef<'a>) -> Option<&'a [u8]> {
    (element.tag() == Tag::OctetString).then(|| element.value())
}
