//! The command that finds out what keeps Tamga from working on this computer.

use super::Session;
use crate::{
    doctor::{self, system::System},
    failure::Error,
};
use std::{io::Write, sync::Arc};
use tamga_core::protocol::Reply;

impl<W: Write> Session<W> {
    /// Examines the computer, after it has repaired what it may.
    pub(super) fn diagnose(&mut self, id: u32, repair: bool) -> Result<(), Error> {
        let context = Arc::clone(&self.context);
        let extension = Some(self.extension.clone());
        self.start(id, move |task| {
            let system = System::examined(&context, extension, task.cancel())?;
            task.check()?;
            let diagnosis = match repair {
                true => doctor::repair(&system)?,
                false => doctor::examine(&system),
            };
            Ok(Reply::Diagnosed(diagnosis))
        })
    }
}
