//! The commands that give a token another PIN.

use super::Session;
use crate::failure::Error;
use std::{io::Write, sync::Arc};
use tamga_core::protocol::{PinChange, Reply};

impl<W: Write> Session<W> {
    /// Gives a token another PIN.
    pub(super) fn change_pin(
        &mut self,
        id: u32,
        token: String,
        pins: PinChange,
    ) -> Result<(), Error> {
        let context = Arc::clone(&self.context);
        self.start(id, move |task| {
            let modules = context.modules.until(task.cancel());
            modules.change_pin(&token, pins)?;
            Ok(Reply::PinChanged {})
        })
    }

    /// Gives a token a PIN with the administrator's PIN or PUK.
    pub(super) fn unblock_pin(
        &mut self,
        id: u32,
        token: String,
        pins: PinChange,
    ) -> Result<(), Error> {
        let context = Arc::clone(&self.context);
        self.start(id, move |task| {
            let modules = context.modules.until(task.cancel());
            modules.unblock_pin(&token, pins)?;
            Ok(Reply::PinChanged {})
        })
    }
}
