//! The command to list the certificates that a token shows only after its PIN.

use super::Session;
use crate::{failure::Error, keys::Credential, prompt};
use std::io::Write;
use tamga_core::{
    failure::ErrorCode,
    protocol::{PinEntry, Unlock},
};

impl<W: Write> Session<W> {
    /// Reads the certificates that a token shows only after its PIN. A key that a PIN session left unlocked is locked.
    ///
    /// # Errors
    /// What is wrong with the PIN, or with the dialog that asks for it; `REQUEST_MALFORMED` for a PIN session: none
    /// begins here; `TOKEN_REMOVED`, `TOKEN_BUSY`, `MODULE_FAILED`.
    pub(super) fn read_private(&mut self, token: &str, unlock: &Unlock) -> Result<(), Error> {
        if unlock.is_in_session() {
            return Err(ErrorCode::RequestMalformed.into());
        }
        self.unlocked = None;
        let modules = &self.context.modules;
        let found = modules.token(token)?;
        let credential = Credential::of(unlock, |prompt, last_try| {
            Ok(match found.pin.entry {
                PinEntry::Keyboard => {
                    Credential::Pin(prompt::ask_for_token(prompt, &found)?, last_try)
                }
                PinEntry::Reader | PinEntry::None => Credential::Reader(last_try),
            })
        })?;
        modules.read_private(token, &credential)
    }
}
