//! The one place where foreign errors become a [`Failure`].

use crate::transport::{connection::ConnectionError, stream::StreamError};
use cryptoki::error::{Rv, RvError};
use std::io;
use tamga_core::{
    algorithm::KeyUnsupported,
    certificate::CertificateError,
    cryptopro::ContainerError,
    failure::{ErrorCode, Failure},
    format::FormatError,
    gost_key::GostKeyError,
    pkcs12::Pkcs12Error,
};

/// Whatever may go wrong in the host.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The bytes are no certificate.
    #[error(transparent)]
    Certificate(#[from] CertificateError),
    /// The extension cannot be told.
    #[error(transparent)]
    Connection(#[from] ConnectionError),
    /// A key container gave no key, or was not written.
    #[error("key container: {0}")]
    Container(#[from] ContainerError),
    /// A signature could not be made or read.
    #[error(transparent)]
    Format(#[from] FormatError),
    /// A GOST key that is damaged or of no use.
    #[error(transparent)]
    GostKey(#[from] GostKeyError),
    /// A file of the person's could not be read.
    #[error("reading a file: {0}")]
    Document(io::Error),
    /// ECDSA did not come about.
    #[error("ECDSA: {0}")]
    Ecdsa(#[from] p256::ecdsa::Error),
    /// Already a failure.
    #[error("{}", .0.code.name())]
    Failure(Failure),
    /// The certificate's key is none that Tamga signs with.
    #[error(transparent)]
    KeyUnsupported(#[from] KeyUnsupported),
    /// The key file could not be opened.
    #[error(transparent)]
    Pkcs12(#[from] Pkcs12Error),
    /// A module of a token did not do what it was asked.
    #[error("{0}")]
    Pkcs11(#[from] cryptoki::error::Error),
    /// The same, of what `cryptoki` leaves out.
    #[error("{0:?}")]
    Foreign(tamga_foreign::pkcs11::Error),
    /// A private key could not be read.
    #[error("PKCS#8: {0}")]
    Pkcs8(#[from] pkcs8::Error),
    /// RSA did not come about.
    #[error("RSA: {0}")]
    Rsa(#[from] rsa::Error),
    /// A file of the host could not be read or written.
    #[error("{doing}: {source}")]
    Storage {
        /// What was being done.
        doing: &'static str,
        /// What the system said.
        source: io::Error,
    },
    /// A document's stream was not what was announced.
    #[error(transparent)]
    Stream(#[from] StreamError),
    /// A file of the person's could not be written.
    #[error("{doing}: {source}")]
    Writing {
        /// What was being done.
        doing: &'static str,
        /// What the system said.
        source: io::Error,
    },
}

/// Says what was being done when a file could not be read or written.
pub trait Storage<T> {
    /// Adds it to the error, for a file of the host.
    ///
    /// # Errors
    /// [`Error::Storage`] where there was an error.
    fn storing(self, doing: &'static str) -> Result<T, Error>;

    /// The same for a file of the person's that is read.
    ///
    /// # Errors
    /// [`Error::Document`] where there was an error.
    fn reading(self) -> Result<T, Error>;

    /// The same for a file of the person's that is written.
    ///
    /// # Errors
    /// [`Error::Writing`] where there was an error.
    fn writing(self, doing: &'static str) -> Result<T, Error>;
}

impl<T> Storage<T> for io::Result<T> {
    fn storing(self, doing: &'static str) -> Result<T, Error> {
        self.map_err(|source| Error::Storage { doing, source })
    }

    fn reading(self) -> Result<T, Error> {
        self.map_err(Error::Document)
    }

    fn writing(self, doing: &'static str) -> Result<T, Error> {
        self.map_err(|source| Error::Writing { doing, source })
    }
}

impl From<tamga_foreign::pkcs11::Error> for Error {
    fn from(error: tamga_foreign::pkcs11::Error) -> Self {
        Self::Foreign(error)
    }
}

impl From<Failure> for Error {
    fn from(failure: Failure) -> Self {
        Self::Failure(failure)
    }
}

impl From<ErrorCode> for Error {
    fn from(code: ErrorCode) -> Self {
        Self::Failure(code.into())
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let code = match &error {
            Error::Failure(failure) => return failure.clone(),
            Error::Certificate(_) => ErrorCode::CertificateMalformed,
            Error::Container(cause) => return cause.clone().into(),
            Error::Document(cause) => of_reading(cause.kind()),
            Error::Connection(_) | Error::Ecdsa(_) | Error::Rsa(_) => ErrorCode::Internal,
            Error::Format(cause) => of_format(cause),
            Error::GostKey(cause) => cause.clone().into(),
            Error::KeyUnsupported(_) => ErrorCode::KeyUnsupported,
            Error::Pkcs11(cryptoki::error::Error::Pkcs11(cause, _))
            | Error::Foreign(tamga_foreign::pkcs11::Error::Returned(Rv::Error(cause))) => {
                of_token(cause)
            }
            Error::Pkcs11(_) | Error::Foreign(_) => ErrorCode::ModuleFailed,
            Error::Pkcs12(cause) => cause.clone().into(),
            Error::Pkcs8(_) => ErrorCode::KeyFileMalformed,
            Error::Storage { .. } => ErrorCode::StorageFailed,
            Error::Stream(StreamError::Malformed) => ErrorCode::RequestMalformed,
            Error::Stream(StreamError::WrongSize) => ErrorCode::ContentChanged,
            Error::Writing { .. } => ErrorCode::FileUnwritable,
        };
        // None of these causes quotes what it read: passwords, keys and documents stay out of the log.
        tracing::warn!(code = code.name(), cause = %error, "failed");
        code.into()
    }
}

/// What a PKCS#11 function returned (v2.40 §5.1); the rest is the module's own trouble.
fn of_token(cause: &RvError) -> ErrorCode {
    match cause {
        RvError::PinIncorrect => ErrorCode::PinWrong,
        RvError::PinInvalid | RvError::PinLenRange | RvError::PinTooWeak => ErrorCode::PinUnfit,
        RvError::PinExpired => ErrorCode::PinExpired,
        RvError::PinLocked => ErrorCode::PinLocked,
        RvError::UserNotLoggedIn => ErrorCode::PinNeeded,
        RvError::UserPinNotInitialized => ErrorCode::PinNotSet,
        RvError::Cancel | RvError::FunctionCanceled | RvError::FunctionRejected => {
            ErrorCode::Cancelled
        }
        RvError::DeviceRemoved
        | RvError::SessionClosed
        | RvError::SessionHandleInvalid
        | RvError::SlotIdInvalid
        | RvError::TokenNotPresent
        | RvError::TokenNotRecognized => ErrorCode::TokenRemoved,
        // Another program has logged in or out behind our back.
        RvError::SessionCount | RvError::UserAnotherAlreadyLoggedIn | RvError::UserTooManyTypes => {
            ErrorCode::TokenBusy
        }
        RvError::CurveNotSupported
        | RvError::KeyFunctionNotPermitted
        | RvError::KeySizeRange
        | RvError::KeyTypeInconsistent
        | RvError::MechanismInvalid
        | RvError::MechanismParamInvalid => ErrorCode::KeyUnsupported,
        _ => ErrorCode::ModuleFailed,
    }
}

fn of_reading(cause: io::ErrorKind) -> ErrorCode {
    match cause {
        io::ErrorKind::FileTooLarge => ErrorCode::ContentTooLarge,
        io::ErrorKind::NotFound => ErrorCode::FileNotFound,
        _ => ErrorCode::FileUnreadable,
    }
}

fn of_format(cause: &FormatError) -> ErrorCode {
    match cause {
        FormatError::ContentTooLarge => ErrorCode::ContentTooLarge,
        FormatError::ContentSizeMissing | FormatError::DigestUnfit => ErrorCode::RequestMalformed,
        FormatError::KeyUnsupported => ErrorCode::KeyUnsupported,
        FormatError::Malformed(_) => ErrorCode::ContentMalformed,
        FormatError::ProfileUnsupported => ErrorCode::ProfileUnsupported,
        FormatError::SignatureInvalid => ErrorCode::SignatureInvalid,
        FormatError::TimeOutOfRange => ErrorCode::Internal,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_cause_has_its_code() {
        let denied = Error::Storage {
            doing: "testing",
            source: io::ErrorKind::PermissionDenied.into(),
        };
        let unwritten = Error::Writing {
            doing: "testing",
            source: io::ErrorKind::PermissionDenied.into(),
        };
        let unread = |kind: io::ErrorKind| Error::Document(kind.into());
        let unsupported = Pkcs12Error::Unsupported {
            oid: "1.2.643.2.2.21".to_owned(),
        };
        for (error, code) in [
            (
                CertificateError::Malformed.into(),
                ErrorCode::CertificateMalformed,
            ),
            (
                FormatError::Malformed("signer").into(),
                ErrorCode::ContentMalformed,
            ),
            (
                FormatError::SignatureInvalid.into(),
                ErrorCode::SignatureInvalid,
            ),
            (
                ContainerError::PasswordWrong.into(),
                ErrorCode::PasswordWrong,
            ),
            (FormatError::DigestUnfit.into(), ErrorCode::RequestMalformed),
            (
                FormatError::ContentSizeMissing.into(),
                ErrorCode::RequestMalformed,
            ),
            (
                FormatError::ProfileUnsupported.into(),
                ErrorCode::ProfileUnsupported,
            ),
            (
                FormatError::ContentTooLarge.into(),
                ErrorCode::ContentTooLarge,
            ),
            (p256::ecdsa::Error::new().into(), ErrorCode::Internal),
            (Failure::new(ErrorCode::Busy).into(), ErrorCode::Busy),
            (KeyUnsupported.into(), ErrorCode::KeyUnsupported),
            (Pkcs12Error::PasswordWrong.into(), ErrorCode::PasswordWrong),
            (
                Pkcs12Error::Malformed("bag").into(),
                ErrorCode::KeyFileMalformed,
            ),
            (Pkcs12Error::TooCostly.into(), ErrorCode::KeyFileTooCostly),
            (Pkcs12Error::Cancelled.into(), ErrorCode::Cancelled),
            (
                Pkcs12Error::SecondPasswordNeeded.into(),
                ErrorCode::PasswordSecondNeeded,
            ),
            (unsupported.into(), ErrorCode::KeyFileUnsupported),
            (rsa::Error::Internal.into(), ErrorCode::Internal),
            (denied, ErrorCode::StorageFailed),
            (unwritten, ErrorCode::FileUnwritable),
            (unread(io::ErrorKind::NotFound), ErrorCode::FileNotFound),
            (
                unread(io::ErrorKind::IsADirectory),
                ErrorCode::FileUnreadable,
            ),
            (
                unread(io::ErrorKind::FileTooLarge),
                ErrorCode::ContentTooLarge,
            ),
            (StreamError::Malformed.into(), ErrorCode::RequestMalformed),
            (StreamError::WrongSize.into(), ErrorCode::ContentChanged),
        ] {
            let shown = error.to_string();
            assert_eq!(Failure::from(error).code, code, "{shown}");
        }
    }

    #[test]
    fn a_failure_keeps_its_subject() {
        let failure = Failure::of(ErrorCode::KeyFileExists, "a.p12");
        assert_eq!(Failure::from(Error::from(failure.clone())), failure);
    }
}
