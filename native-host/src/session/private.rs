//! The command to list the certificates that a token shows only after its PIN.

use super::Session;
use crate::{failure::Error, prompt};
use std::io::Write;
use tamga_core::{
    protocol::{PinEntry, Prompt},
    secret::Secret,
};

impl<W: Write> Session<W> {
    /// Reads the certificates that a token shows only after its PIN. A key that a PIN session left unlocked is locked.
    ///
    /// # Errors
    /// What is wrong with the PIN, or with the dialog that asks for it; `TOKEN_REMOVED`, `TOKEN_BUSY`, `MODULE_FAILED`.
    pub(super) fn read_private(
        &mut self,
        token: &str,
        pin: Secret,
        last_try: bool,
        prompt: Option<&Prompt>,
    ) -> Result<(), Error> {
        self.unlocked = None;
        let modules = &self.context.modules;
        let found = modules.token(token)?;
        let pin = match prompt {
            Some(prompt) if found.pin.entry == PinEntry::Keyboard => {
                prompt::ask_for_token(prompt, &found)?
            }
            _ => pin,
        };
        modules.read_private(token, &pin, last_try)
    }
}
