//! What decryption gives.

use super::{
    error::Pkcs12Error,
    structure::{der_form, sequence},
};
use zeroize::Zeroizing;

/// A decrypted SEQUENCE, DER.
pub(super) type Plaintext = Result<Zeroizing<Vec<u8>>, Pkcs12Error>;

/// The DER form of a plaintext. Everything that is encrypted in these files is a SEQUENCE: anything else was decrypted
/// with a wrong password.
///
/// # Errors
/// [`Pkcs12Error::PasswordWrong`] for anything else, and the errors of the decryption.
pub(super) fn checked(plaintext: Plaintext) -> Plaintext {
    let der = der_form(&plaintext?, "plaintext").map_err(|_| Pkcs12Error::PasswordWrong)?;
    sequence(&der, "plaintext").map_err(|_| Pkcs12Error::PasswordWrong)?;
    Ok(der)
}
