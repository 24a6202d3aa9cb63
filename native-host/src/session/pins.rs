//! The commands that give a token another PIN.

use super::Session;
use crate::{failure::Error, keys::pkcs11::Modules};
use std::{io::Write, sync::Arc};
use tamga_core::protocol::{PinChange, Reply};

impl<W: Write> Session<W> {
    /// Gives a token another PIN: [`Modules::change_pin`] or [`Modules::unblock_pin`].
    pub(super) fn set_pin(
        &mut self,
        id: u32,
        token: String,
        pins: PinChange,
        set: fn(&Modules, &str, PinChange) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let context = Arc::clone(&self.context);
        self.start(id, move |task| {
            set(&context.modules.until(task.cancel()), &token, pins)?;
            Ok(Reply::PinChanged {})
        })
    }
}
