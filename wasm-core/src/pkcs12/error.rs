//! Why a file gave no keys.

use crate::{
    failure::ErrorCode, gost_key::GostKeyError, private_key::PrivateKeyMalformed, reason::Reason,
};
use thiserror::Error;

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
    /// It was cancelled by [`super::Cancel`].
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
