//! PKCS#12 (RFC 7292): private keys and certificates in a file.
//!
//! A file is a MAC over "safes", each plain or encrypted, which hold bags, each a certificate or a
//! private key, the latter usually encrypted once more. What protects them is listed in tables:
//! hash functions in `hash`, password schemes and ciphers in `encryption` (in `scheme` those that are
//! written), keys in `public_key`.

mod bags;
mod crypto_pro;
mod encryption;
mod gost;
mod hash;
mod mac;
mod pairing;
mod password;
mod public_key;
mod scheme;
mod sealing;
mod structure;

pub use public_key::public_key;
pub use scheme::Scheme;

use crate::{failure::ErrorCode, gost_key::GostKeyError, protocol::MAX_KEY_FILE, secret::Secret};
use hash::Budget;
use password::Password;
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
            Pkcs12Error::Unsupported { .. } => Self::KeyFileUnsupported,
            _ => Self::KeyFileMalformed,
        }
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
    /// How many other things there are: revocation lists, secrets, what is encrypted for somebody's
    /// certificate. They are not read, and not written by [`seal`].
    pub others: usize,
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
}

/// A private key without a certificate.
#[derive(Clone)]
pub struct LoneKey {
    /// DER of the PrivateKeyInfo (RFC 5208, RFC 5958).
    pub pkcs8: Zeroizing<Vec<u8>>,
    /// What the file calls it.
    pub friendly_name: Option<String>,
}

/// A certificate without a private key of its own in the file.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct NamedCertificate {
    /// DER of the certificate.
    pub certificate: Vec<u8>,
    /// What the file calls it.
    pub friendly_name: Option<String>,
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

/// Opens a file of at most [`MAX_KEY_FILE`] bytes, DER or BER.
///
/// # Errors
/// [`Pkcs12Error`]. `PasswordWrong` says that the structure is sound and the password fits neither
/// the MAC nor, in a file without one, the encryption.
pub fn open(file: &[u8], password: &Secret) -> Result<KeyFile, Pkcs12Error> {
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

    let (password, mut budget) = (Password::new(password), Budget::new());
    let mac = pfx.mac_data.as_ref();
    let verified = mac.map(|mac| mac::verify(mac, contents, &password, &mut budget));
    let verified = verified.transpose()?;
    match (verified, bags::open(&safes, &password, &mut budget)) {
        // The MAC knows better: these bytes are what the writer of the file wrote.
        (Some(true), Err(Pkcs12Error::PasswordWrong)) => Err(Pkcs12Error::Malformed("encryption")),
        (Some(false), Ok(bags)) if bags.decrypted => Err(Pkcs12Error::Malformed("integrity")),
        (Some(false), Ok(_)) => Err(Pkcs12Error::PasswordWrong),
        (_, bags) => pairing::pair(bags?),
    }
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
    sealing::seal(contents, scheme.protection(), password, random)
}
