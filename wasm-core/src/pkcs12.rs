//! PKCS#12 (RFC 7292): private keys and certificates in a file.
//!
//! A file is a MAC over "safes", each plain or encrypted, which hold bags, each a certificate or a
//! private key, the latter usually encrypted once more. What protects them is listed in tables:
//! hash functions in `hash`, password schemes and ciphers in `encryption` (in `scheme` those that are
//! written), keys in `public_key`.

mod bags;
mod budget;
mod contents;
mod cryptopro_bag;
mod encryption;
mod error;
mod gost_ciphers;
mod hash;
mod import;
mod mac;
mod pairing;
mod password;
mod pbkdf2;
mod plaintext;
mod public_key;
mod scheme;
mod structure;
#[cfg(test)]
mod tests;
mod writing;

pub use budget::Cancel;
pub use contents::{KeyFile, KeyWithCertificate, LoneKey, NamedCertificate, OtherPart};
pub use error::Pkcs12Error;
pub use import::KeyParts;
pub use public_key::public_key;
pub use scheme::Scheme;

use crate::{
    certificate::Certificate, protocol::MAX_KEY_FILE, reason::most_telling, secret::Secret,
};
use bags::Bags;
use budget::Budget;
use password::Password;
use public_key::PublicHalf;
use structure::{ContentInfo, Pfx, VERSION, decode, der_form, elements, sequence};
use zeroize::Zeroizing;

/// Opens a file of at most [`MAX_KEY_FILE`] bytes, DER or BER.
///
/// # Errors
/// As [`open_with`].
pub fn open(file: &[u8], password: &Secret) -> Result<KeyFile, Pkcs12Error> {
    open_with(file, &[password], &Cancel::default())
}

/// Opens a file of at most [`MAX_KEY_FILE`] bytes, DER or BER, whose MAC and keys may have different passwords
/// (RFC 7292 §4): each part may have any of them. A part that cannot be read hides no other.
///
/// # Errors
/// [`Pkcs12Error`]. `PasswordWrong` says that the structure is sound and that no part, or not the one that keys
/// are in, has one of these passwords; `SecondPasswordNeeded` the same of a single password that is not wrong.
pub fn open_with(
    file: &[u8],
    passwords: &[&Secret],
    cancel: &Cancel,
) -> Result<KeyFile, Pkcs12Error> {
    let Read { verified, bags } = read(file, passwords, cancel)?;
    let locked = match passwords {
        [_] => Pkcs12Error::SecondPasswordNeeded,
        _ => Pkcs12Error::PasswordWrong,
    };
    let right = bags.decrypted || verified == Some(true);
    if verified == Some(false) {
        return Err(match (right, most_telling(&bags.problems)) {
            (true, None) => locked,
            (true, Some(_)) => Pkcs12Error::Malformed("integrity"),
            // No password would open it.
            (false, Some(unsupported @ Pkcs12Error::Unsupported { .. })) if bags.locked == 0 => {
                unsupported.clone()
            }
            (false, _) => Pkcs12Error::PasswordWrong,
        });
    }
    let (unread, problem) = (bags.locked, most_telling(&bags.problems).cloned());
    let file = pairing::pair(bags)?;
    if !file.keys.is_empty() {
        return Ok(file);
    }
    match (unread, problem) {
        (1.., _) if right => Err(locked),
        (1.., _) => Err(Pkcs12Error::PasswordWrong),
        (0, Some(problem)) if file.lone_keys.is_empty() => Err(problem),
        _ => Ok(file),
    }
}

/// The key of a certificate, DER of its PrivateKeyInfo, in a file that was opened once before: the key's own
/// password is enough, whatever that of the file. `None` where there is no such key.
///
/// # Errors
/// [`Pkcs12Error`]. `SecondPasswordNeeded`: the password is that of the file, and not that of the key.
pub fn open_key(
    file: &[u8],
    certificate: &Certificate,
    password: &Secret,
    cancel: &Cancel,
) -> Result<Option<Zeroizing<Vec<u8>>>, Pkcs12Error> {
    let Read { verified, bags } = read(file, &[password], cancel)?;
    let belongs = |pkcs8: &[u8]| {
        let public = PublicHalf::of(pkcs8).ok().and_then(|public| public.spki);
        public.is_some_and(|spki| certificate.matches_key(&spki))
    };
    let mut keys = bags.keys.into_iter();
    let right = bags.decrypted || verified == Some(true);
    match keys.find(|key| belongs(&key.content)) {
        Some(_) if !right && verified == Some(false) => Err(Pkcs12Error::PasswordWrong),
        Some(key) => Ok(Some(key.content)),
        None if bags.locked == 0 && right => Ok(None),
        None if right => Err(Pkcs12Error::SecondPasswordNeeded),
        None => Err(Pkcs12Error::PasswordWrong),
    }
}

/// What is in a file, and whether its MAC is right.
struct Read {
    /// `None` without a MAC.
    verified: Option<bool>,
    bags: Bags,
}

fn read(file: &[u8], passwords: &[&Secret], cancel: &Cancel) -> Result<Read, Pkcs12Error> {
    if file.len() > MAX_KEY_FILE {
        return Err(Pkcs12Error::Malformed("size"));
    }
    let der = der_form(file, "file")?;
    let pfx: Pfx<'_> = decode(&der, "file")?;
    if pfx.version != VERSION {
        return Err(Pkcs12Error::Malformed("version"));
    }
    let contents = pfx.auth_safe.octets()?;
    let safes = der_form(contents, "safes")?;
    let safes: Vec<ContentInfo<'_>> = elements(sequence(&safes, "safes")?, "safes")?;

    let passwords: Vec<_> = passwords.iter().copied().map(Password::new).collect();
    let mut budget = Budget::new(cancel);
    let mut verified = pfx.mac_data.as_ref().map(|_| false);
    for (password, mac) in passwords.iter().zip(pfx.mac_data.iter().cycle()) {
        if mac::verify(mac, contents, password, &mut budget)? {
            verified = Some(true);
            break;
        }
    }
    let bags = bags::open(&safes, &passwords, &mut budget)?;
    Ok(Read { verified, bags })
}

/// Writes a file: [`open`] with the same password gives back what `contents` has.
///
/// A key and its certificates are linked by a localKeyId, and carry the key's name. Certificates are
/// encrypted as keys are. `random` is fresh randomness, from which salts and initialisation vectors are
/// made; it need not be kept secret afterwards.
///
/// # Errors
/// [`Pkcs12Error::Malformed`] if there is more than a file can hold, [`MAX_KEY_FILE`] bytes.
pub fn seal(
    contents: &KeyFile,
    scheme: Scheme,
    password: &Secret,
    random: &[u8; 32],
) -> Result<Vec<u8>, Pkcs12Error> {
    writing::seal(contents, scheme.protection(), password, random)
}
