//! Logins and PINs.

use super::Module;
use crate::{
    description::PinPad,
    pin::{Pins, User},
    reply::ulong,
};
use cryptoki_sys::*;

impl Module {
    /// `pin` is `None` where it is to be typed on the reader.
    pub(crate) fn login(
        &mut self,
        handle: CK_SESSION_HANDLE,
        user: CK_USER_TYPE,
        pin: Option<&[u8]>,
    ) -> Result<(), CK_RV> {
        let session = self.session(handle)?;
        let slot = session.slot;
        if user == CKU_CONTEXT_SPECIFIC {
            let operation = session.operation.as_mut();
            operation
                .filter(|operation| operation.login_missing)
                .ok_or(CKR_OPERATION_NOT_INITIALIZED)?;
            self.check(slot, User::User, pin)?;
            let operation = self.session(handle)?.operation.as_mut();
            operation
                .into_iter()
                .for_each(|operation| operation.login_missing = false);
            return Ok(());
        }
        let user = match user {
            CKU_SO => User::Officer,
            CKU_USER => User::User,
            _ => return Err(CKR_USER_TYPE_INVALID),
        };
        match self.login_of(slot) {
            Some(already) if already == user => return Err(CKR_USER_ALREADY_LOGGED_IN),
            Some(_) => return Err(CKR_USER_ANOTHER_ALREADY_LOGGED_IN),
            None => {}
        }
        let (all, writable) = self.session_counts(slot);
        if user == User::Officer && all != writable {
            return Err(CKR_SESSION_READ_ONLY_EXISTS);
        }
        self.check(slot, user, pin)?;
        self.logins.insert(slot, user);
        Ok(())
    }

    pub(crate) fn logout(&mut self, handle: CK_SESSION_HANDLE) -> Result<(), CK_RV> {
        let slot = self.session(handle)?.slot;
        let user = self.logins.remove(&slot);
        for session in self
            .sessions
            .values_mut()
            .filter(|session| session.slot == slot)
        {
            session.operation = None;
            session.found = None;
        }
        user.map(drop).ok_or(CKR_USER_NOT_LOGGED_IN)
    }

    /// Changes the PIN of who is logged in, or else the user's; both `None` where they are typed on the reader.
    pub(crate) fn set_pin(
        &mut self,
        handle: CK_SESSION_HANDLE,
        old: Option<&[u8]>,
        new: Option<&[u8]>,
    ) -> Result<(), CK_RV> {
        let slot = self.writable_slot(handle)?;
        let user = self.login_of(slot).unwrap_or(User::User);
        if let Some(new) = new {
            self.check_length(slot, new)?;
        }
        self.check(slot, user, old)?;
        Pins::with(self.setting, slot, |pins| match new {
            Some(new) => pins.set(user, new),
            // Which one was typed nobody knows.
            None => pins.to_be_changed = false,
        })
    }

    /// Sets the user's PIN as the security officer.
    pub(crate) fn init_pin(
        &mut self,
        handle: CK_SESSION_HANDLE,
        pin: Option<&[u8]>,
    ) -> Result<(), CK_RV> {
        let slot = self.writable_slot(handle)?;
        if self.login_of(slot) != Some(User::Officer) {
            return Err(CKR_USER_NOT_LOGGED_IN);
        }
        let pin = pin.ok_or(CKR_ARGUMENTS_BAD)?;
        self.check_length(slot, pin)?;
        Pins::with(self.setting, slot, |pins| pins.set(User::User, pin))
    }

    fn writable_slot(&mut self, handle: CK_SESSION_HANDLE) -> Result<usize, CK_RV> {
        let session = self.session(handle)?;
        match session.writable {
            true => Ok(session.slot),
            false => Err(CKR_SESSION_READ_ONLY),
        }
    }

    fn check(&self, slot: usize, user: User, pin: Option<&[u8]>) -> Result<(), CK_RV> {
        let pad: Option<PinPad> = self.slot(ulong(slot))?.1.pin_pad;
        Pins::with(self.setting, slot, |pins| match (pin, pad) {
            (Some(pin), _) => pins.check(user, pin),
            (None, Some(pad)) => pins.check_on_pad(user, pad),
            (None, None) => Err(CKR_ARGUMENTS_BAD),
        })?
    }

    fn check_length(&self, slot: usize, pin: &[u8]) -> Result<(), CK_RV> {
        let (_, slot) = self.slot(ulong(slot))?;
        let length = u32::try_from(pin.len()).map_err(|_| CKR_PIN_LEN_RANGE)?;
        match (slot.min_pin..=slot.max_pin).contains(&length) {
            true => Ok(()),
            false => Err(CKR_PIN_LEN_RANGE),
        }
    }
}
