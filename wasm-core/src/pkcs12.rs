//! PKCS#12 (RFC 7292): private keys and certificates in a file.
//!
//! A file is a MAC over "safes", each plain or encrypted, which hold bags, each a certificate or a
//! private key, the latter usually encrypted once more. What protects them is listed in tables:
//! hash functions in `hash`, password schemes and ciphers in `encryption` (in `scheme` those that are
//! written), keys in `public_key`.

mod bags;
mod budget;
mod cryptopro_bag;
mod encryption;
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
mod writing;

pub use budget::Cancel;
pub use import::KeyParts;
pub use public_key::public_key;
pub use scheme::Scheme;

use crate::{
    certificate::Certificate,
    failure::ErrorCode,
    gost_key::GostKeyError,
    private_key::PrivateKeyMalformed,
    protocol::MAX_KEY_FILE,
    reason::{Reason, most_telling},
    secret::Secret,
};
use bags::Bags;
use budget::Budget;
use password::Password;
use public_key::PublicHalf;
use std::fmt;
use structure::{ContentInfo, Pfx, decode, der_form, elements, sequence};
use thiserror::Error;
use zeroize::Zeroizing;

/// v3, the only version of the standard that was published with one.
const VERSION: u8 = 3;

/// Why a file gave no keys.
#[derive(Clone, Debug, Eq, Error, PartialEq)]
pub enum Pkcs12Error {
    /// The file is sound as far as one can see, and the password does not open it.
    #[error("wrong password")]
    PasswordWrong,
    /// The password opens a part of the file; the rest has another password or is damaged, which cannot be told apart.
    #[error("a second password is needed")]
    SecondPasswordNeeded,
    /// The file is damaged or no PKCS#12; says which part.
    #[error("malformed: {0}")]
    Malformed(&'static str),
    /// The file is protected in a way that is not implemented.
    #[error("unsupported: {oid}")]
    Unsupported {
        /// The algorithm or content type, in dotted form.
        oid: String,
    },
    /// Deriving the keys would take unreasonably long.
    #[error("too many rounds of key derivation")]
    TooCostly,
    /// It was cancelled by [`Cancel`].
    #[error("cancelled")]
    Cancelled,
}

impl From<PrivateKeyMalformed> for Pkcs12Error {
    fn from(_: PrivateKeyMalformed) -> Self {
        Self::Malformed("private key")
    }
}

impl From<GostKeyError> for Pkcs12Error {
    fn from(error: GostKeyError) -> Self {
        match error {
            GostKeyError::Malformed(part) => Self::Malformed(part),
            GostKeyError::Unsupported { oid } => Self::Unsupported { oid },
        }
    }
}

impl From<Pkcs12Error> for ErrorCode {
    fn from(error: Pkcs12Error) -> Self {
        match error {
            Pkcs12Error::PasswordWrong => Self::PasswordWrong,
            Pkcs12Error::SecondPasswordNeeded => Self::PasswordSecondNeeded,
            Pkcs12Error::Unsupported { .. } => Self::KeyFileUnsupported,
            Pkcs12Error::Malformed(_) => Self::KeyFileMalformed,
            Pkcs12Error::TooCostly => Self::KeyFileTooCostly,
            Pkcs12Error::Cancelled => Self::Cancelled,
        }
    }
}

impl Reason for Pkcs12Error {
    fn rank(&self) -> usize {
        ErrorCode::from(self.clone()).rank()
    }
}

/// What a file holds, in its order.
#[derive(Debug, Default)]
pub struct KeyFile {
    /// Keys with a certificate of theirs; a key that has several is there once for each.
    pub keys: Vec<KeyWithCertificate>,
    /// Keys without a certificate.
    pub lone_keys: Vec<LoneKey>,
    /// Certificates that belong to no key in the file and to no chain above one.
    pub lone_certificates: Vec<NamedCertificate>,
    /// Revocation lists, secrets, what is encrypted for somebody's certificate.
    pub others: Vec<OtherPart>,
    /// How many parts could not be read: they have another password, or are damaged. [`seal`] cannot write them.
    pub unread: usize,
}

/// A part of a file that is neither key nor certificate. It is not read; [`seal`] writes it unchanged.
#[derive(Clone, Eq, PartialEq)]
pub struct OtherPart(Other);

#[derive(Clone, Eq, PartialEq)]
enum Other {
    /// DER of a SafeBag.
    Bag(Zeroizing<Vec<u8>>),
    /// DER of a ContentInfo.
    Safe(Zeroizing<Vec<u8>>),
    /// DER of a secret key that was encrypted in its bag, and of the bag's attributes.
    Secret {
        key: Zeroizing<Vec<u8>>,
        attributes: Option<Zeroizing<Vec<u8>>>,
    },
}

/// A private key and its certificate.
#[derive(Clone)]
pub struct KeyWithCertificate {
    /// DER of the PrivateKeyInfo (RFC 5208, RFC 5958).
    pub pkcs8: Zeroizing<Vec<u8>>,
    /// DER of the certificate.
    pub certificate: Vec<u8>,
    /// The certificates above it that are in the file, nearest first.
    pub chain: Vec<NamedCertificate>,
    /// What the file calls the certificate.
    pub friendly_name: Option<String>,
    /// What else it says of the key and of the certificate: DER of the attributes.
    pub attributes: [Vec<Vec<u8>>; 2],
}

/// A private key without a certificate.
#[derive(Clone)]
pub struct LoneKey {
    /// DER of the PrivateKeyInfo (RFC 5208, RFC 5958).
    pub pkcs8: Zeroizing<Vec<u8>>,
    /// What the file calls it.
    pub friendly_name: Option<String>,
    /// What else it says of it: DER of the attributes.
    pub attributes: Vec<Vec<u8>>,
}

/// A certificate without a private key of its own in the file.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct NamedCertificate {
    /// DER of the certificate.
    pub certificate: Vec<u8>,
    /// What the file calls it.
    pub friendly_name: Option<String>,
    /// What else it says of it: DER of the attributes.
    pub attributes: Vec<Vec<u8>>,
}

impl fmt::Debug for KeyWithCertificate {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("KeyWithCertificate")
            .field("friendly_name", &self.friendly_name)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for LoneKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("LoneKey")
            .field("friendly_name", &self.friendly_name)
            .finish_non_exhaustive()
    }
}

impl OtherPart {
    fn bag(der: Zeroizing<Vec<u8>>) -> Self {
        Self(Other::Bag(der))
    }

    fn safe(der: Zeroizing<Vec<u8>>) -> Self {
        Self(Other::Safe(der))
    }

    fn secret(key: Zeroizing<Vec<u8>>, attributes: Option<Zeroizing<Vec<u8>>>) -> Self {
        Self(Other::Secret { key, attributes })
    }
}

impl fmt::Debug for OtherPart {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("OtherPart").finish_non_exhaustive()
    }
}

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
