//! What opens a key, when nobody has to be asked for it any more.

use crate::failure::Error;
use tamga_core::{
    failure::ErrorCode,
    protocol::{LastTry, Prompt, Unlock},
    secret::Secret,
};

/// What is given to a key or a token.
#[derive(Clone, Debug)]
pub enum Credential {
    /// Nothing: the key has no password, or its token asks for no PIN.
    None,
    /// The password of a file or container.
    Password(Secret),
    /// The PIN of a token.
    Pin(Secret, LastTry),
    /// The PIN of a token, which is typed on its reader.
    Reader(LastTry),
}

impl Credential {
    /// What a request gives; `ask` opens the dialog of the system, if it is to be typed there.
    ///
    /// # Errors
    /// `PIN_NEEDED` for a PIN session: what is open needs no credential. Else as `ask`.
    pub fn of(
        unlock: &Unlock,
        ask: impl FnOnce(&Prompt, LastTry) -> Result<Self, Error>,
    ) -> Result<Self, Error> {
        Ok(match unlock {
            Unlock::NotLocked {} => Self::None,
            Unlock::Password { password } => Self::Password(password.clone()),
            Unlock::Pin { pin, last_try, .. } => Self::Pin(pin.clone(), *last_try),
            Unlock::Reader { last_try, .. } => Self::Reader(*last_try),
            Unlock::Dialog {
                prompt, last_try, ..
            } => ask(prompt, *last_try)?,
            Unlock::OpenSession {} => return Err(ErrorCode::PinNeeded.into()),
        })
    }

    /// The password of a file or container; `None` where it has none.
    ///
    /// # Errors
    /// `REQUEST_MALFORMED` for a PIN: it is tried on no file.
    pub fn password(&self) -> Result<Option<&Secret>, Error> {
        match self {
            Self::None => Ok(None),
            Self::Password(password) => Ok(Some(password)),
            Self::Pin(..) | Self::Reader(_) => Err(ErrorCode::RequestMalformed.into()),
        }
    }

    /// Whether the person agreed that this may be the last try.
    pub fn last_try(&self) -> LastTry {
        match self {
            Self::Pin(_, last_try) | Self::Reader(last_try) => *last_try,
            Self::None | Self::Password(_) => LastTry::default(),
        }
    }
}
