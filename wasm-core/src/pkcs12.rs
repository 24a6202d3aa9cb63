//! PKCS#12 (RFC 7292): private keys and certificates in a file.

use crate::{failure::ErrorCode, secret::Secret};
use std::fmt;
use thiserror::Error;
use zeroize::Zeroizing;

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

impl From<Pkcs12Error> for ErrorCode {
    fn from(error: Pkcs12Error) -> Self {
        match error {
            Pkcs12Error::PasswordWrong => Self::PasswordWrong,
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
    pub lone_certificates: Vec<LoneCertificate>,
}

/// A private key and its certificate.
#[derive(Clone)]
pub struct KeyWithCertificate {
    /// DER of the PrivateKeyInfo (RFC 5208, RFC 5958).
    pub pkcs8: Zeroizing<Vec<u8>>,
    /// DER of the certificate.
    pub certificate: Vec<u8>,
    /// The certificates above it that are in the file, nearest first.
    pub chain: Vec<Vec<u8>>,
    /// What the file calls the certificate, or else the key.
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

/// A certificate without a private key.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct LoneCertificate {
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

/// Opens a file.
///
/// # Errors
/// [`Pkcs12Error`].
pub fn open(file: &[u8], password: &Secret) -> Result<KeyFile, Pkcs12Error> {
    let _ = (file, password);
    Err(Pkcs12Error::Malformed("not yet read"))
}
