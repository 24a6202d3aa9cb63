//! The commands that list certificates: those within reach, and with them those that a token shows only after its PIN.

use super::{HostContext, Session, task::Task};
use crate::{
    failure::Error,
    keys::{self, Credential},
    prompt,
};
use std::{io::Write, sync::Arc};
use tamga_core::{
    failure::ErrorCode,
    protocol::{Event, PinEntry, Reply, Unlock},
};

impl<W: Write> Session<W> {
    /// Lists the certificates within reach.
    pub(super) fn list(&mut self, id: u32) -> Result<(), Error> {
        let (context, watch) = (Arc::clone(&self.context), self.watch.clone());
        self.start(id, move |task| {
            // What comes after the list was made must not be missed.
            watch.wait_until_begun();
            list(&context, task)
        })
    }

    /// Reads the certificates that a token shows only after its PIN, and lists all. A key that a PIN session left
    /// unlocked is locked.
    ///
    /// # Errors
    /// `REQUEST_MALFORMED` for a PIN session: none begins here; `SETTING_FIXED` for a PIN that was typed in the wrong place.
    pub(super) fn list_private(
        &mut self,
        id: u32,
        token: String,
        unlock: Unlock,
    ) -> Result<(), Error> {
        if unlock.is_in_session() {
            return Err(ErrorCode::RequestMalformed.into());
        }
        self.check_typed(&unlock)?;
        let (_, unlocked) = self.pin_session.supersede();
        let context = Arc::clone(&self.context);
        self.start(id, move |task| {
            if let Some(unlocked) = unlocked {
                unlocked.make_way(Some(&token));
            }
            read_private(&context, &token, &unlock, task)?;
            drop(unlock);
            list(&context, task)
        })
    }
}

fn list(context: &HostContext, task: &Task) -> Result<Reply, Error> {
    let sources = context.sources_until(task.cancel());
    let tell = &mut |known| task.tell(Event::CertificatesSoFar(known));
    let mut listing = keys::list(&sources, tell);
    listing.without_key = context.certificate_files().without_key(&listing.keys);
    task.check()?;
    Ok(Reply::Certificates(listing))
}

/// # Errors
/// What is wrong with the PIN, or with the dialog that asks for it; `TOKEN_REMOVED`, `TOKEN_BUSY`, `MODULE_FAILED`.
fn read_private(
    context: &HostContext,
    token: &str,
    unlock: &Unlock,
    task: &Task,
) -> Result<(), Error> {
    let modules = context.modules.until(task.cancel());
    let found = modules.token(token)?;
    let credential = Credential::of(unlock, |prompt, last_try| {
        let ask = || prompt::ask_for_token(prompt, &found, task.cancel());
        Ok(match found.pin.entry {
            PinEntry::Keyboard => Credential::Pin(ask()?, last_try),
            PinEntry::Reader | PinEntry::None => Credential::Reader(last_try),
        })
    })?;
    modules.read_private(token, &credential)
}
