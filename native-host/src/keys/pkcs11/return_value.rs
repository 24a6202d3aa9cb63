//! Return values of PKCS#11 functions.

use cryptoki::error::{Error, RvError};

/// Whether a call failed with this return value.
pub(super) fn is(error: &Error, code: RvError) -> bool {
    matches!(error, Error::Pkcs11(returned, _)
        if std::mem::discriminant(returned) == std::mem::discriminant(&code))
}
