//! The module between C_Initialize and C_Finalize: slots, sessions, logins.

use crate::{
    description::{PinPad, Presence, Slot},
    mechanism::{MECHANISMS, Mechanism},
    object::{self, Attributes, Object, Signer},
    operation::Operation,
    pin::{Pins, User},
    reply::{FLOOD, Lie, Reply, ulong},
    setting::Setting,
};
use cryptoki_sys::*;
use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
    vec,
};

static MODULE: Mutex<Option<Module>> = Mutex::new(None);

/// A module that is initialised.
pub(crate) struct Module {
    pub(crate) setting: &'static Setting,
    sessions: BTreeMap<CK_SESSION_HANDLE, Session>,
    last_session: CK_SESSION_HANDLE,
    /// By slot.
    logins: BTreeMap<usize, User>,
    /// What C_WaitForSlotEvent has told so far.
    told: Presence,
}

/// What an application has open.
pub(crate) struct Session {
    pub(crate) slot: usize,
    pub(crate) writable: bool,
    /// How often its token had been put in again when it was opened.
    insertions: u32,
    /// What C_FindObjects has not handed out yet.
    found: Option<vec::IntoIter<CK_OBJECT_HANDLE>>,
    /// How many objects there seem to be already.
    flood: usize,
    operation: Option<Operation>,
}

/// Does something with the module.
pub(crate) fn with<R>(work: impl FnOnce(&mut Module) -> Result<R, CK_RV>) -> Result<R, CK_RV> {
    let mut module = MODULE.lock().unwrap_or_else(PoisonError::into_inner);
    work(module.as_mut().ok_or(CKR_CRYPTOKI_NOT_INITIALIZED)?)
}

pub(crate) fn initialize(setting: &'static Setting) -> Result<(), CK_RV> {
    let mut module = MODULE.lock().unwrap_or_else(PoisonError::into_inner);
    if module.is_some() {
        return Err(CKR_CRYPTOKI_ALREADY_INITIALIZED);
    }
    *module = Some(Module {
        setting,
        sessions: BTreeMap::new(),
        last_session: 0,
        logins: BTreeMap::new(),
        told: setting.presence(),
    });
    Ok(())
}

pub(crate) fn finalize() -> Result<(), CK_RV> {
    let mut module = MODULE.lock().unwrap_or_else(PoisonError::into_inner);
    module.take().map(drop).ok_or(CKR_CRYPTOKI_NOT_INITIALIZED)
}

/// The slots and what they say of themselves.
impl Module {
    pub(crate) fn slots(&self, with_token: bool) -> Vec<CK_SLOT_ID> {
        let presence = self.setting.presence();
        let slots = 0..self.setting.description.slots.len();
        let listed = slots.filter(|slot| !with_token || presence.present.contains(slot));
        listed.map(ulong).collect()
    }

    /// A slot, token or not.
    pub(crate) fn slot(&self, id: CK_SLOT_ID) -> Result<(usize, &'static Slot), CK_RV> {
        let index = usize::try_from(id).map_err(|_| CKR_SLOT_ID_INVALID)?;
        let slot = self.setting.description.slots.get(index);
        Ok((index, slot.ok_or(CKR_SLOT_ID_INVALID)?))
    }

    /// A slot with its token.
    pub(crate) fn token(&self, id: CK_SLOT_ID) -> Result<(usize, &'static Slot), CK_RV> {
        let (index, slot) = self.slot(id)?;
        match self.setting.presence().present.contains(&index) {
            true => Ok((index, slot)),
            false => Err(CKR_TOKEN_NOT_PRESENT),
        }
    }

    /// What the token in a slot can do: what the description says, or whatever its keys can.
    pub(crate) fn mechanisms(&self, id: CK_SLOT_ID) -> Result<Vec<&'static Mechanism>, CK_RV> {
        let (index, slot) = self.token(id)?;
        if let Some(names) = &slot.mechanisms {
            return object::mechanisms(names).map_err(|_| CKR_GENERAL_ERROR);
        }
        let signers = self
            .objects(index)
            .iter()
            .filter_map(|object| object.signer.as_ref());
        let families: Vec<_> = signers.map(|signer| signer.key.family()).collect();
        let fitting = MECHANISMS
            .iter()
            .filter(|known| families.contains(&known.family));
        Ok(fitting.collect())
    }

    /// A slot whose token came or went since it was last told.
    pub(crate) fn slot_event(&mut self) -> Option<CK_SLOT_ID> {
        let now = self.setting.presence();
        let state = |presence: &Presence, slot: &usize| {
            let insertions = presence.insertions.get(slot).copied();
            (
                presence.present.contains(slot),
                insertions.unwrap_or_default(),
            )
        };
        let mut slots = 0..self.setting.description.slots.len();
        let slot = slots.find(|slot| state(&now, slot) != state(&self.told, slot))?;
        let (present, insertions) = state(&now, &slot);
        self.told.present.retain(|known| *known != slot);
        self.told.present.extend(present.then_some(slot));
        self.told.insertions.insert(slot, insertions);
        Some(ulong(slot))
    }

    fn objects(&self, slot: usize) -> &'static [Object] {
        let objects = self.setting.objects.get(slot);
        objects.map(Vec::as_slice).unwrap_or_default()
    }
}

/// Sessions.
impl Module {
    pub(crate) fn open_session(
        &mut self,
        id: CK_SLOT_ID,
        flags: CK_FLAGS,
    ) -> Result<CK_SESSION_HANDLE, CK_RV> {
        let (slot, _) = self.token(id)?;
        if flags & CKF_SERIAL_SESSION == 0 {
            return Err(CKR_SESSION_PARALLEL_NOT_SUPPORTED);
        }
        let writable = flags & CKF_RW_SESSION != 0;
        if !writable && self.logins.get(&slot) == Some(&User::Officer) {
            return Err(CKR_SESSION_READ_WRITE_SO_EXISTS);
        }
        self.last_session += 1;
        let session = Session {
            slot,
            writable,
            insertions: self.insertions(slot),
            found: None,
            flood: 0,
            operation: None,
        };
        self.sessions.insert(self.last_session, session);
        Ok(self.last_session)
    }

    pub(crate) fn close_session(&mut self, handle: CK_SESSION_HANDLE) -> Result<(), CK_RV> {
        let session = self.sessions.remove(&handle);
        let slot = session.ok_or(CKR_SESSION_HANDLE_INVALID)?.slot;
        if self.sessions.values().all(|session| session.slot != slot) {
            self.logins.remove(&slot);
        }
        Ok(())
    }

    pub(crate) fn close_all_sessions(&mut self, id: CK_SLOT_ID) -> Result<(), CK_RV> {
        let (slot, _) = self.slot(id)?;
        self.forget(slot);
        Ok(())
    }

    /// A session whose token is still there. If it is not, the first to ask learns it; then the session is gone.
    pub(crate) fn session(&mut self, handle: CK_SESSION_HANDLE) -> Result<&mut Session, CK_RV> {
        let session = self
            .sessions
            .get(&handle)
            .ok_or(CKR_SESSION_HANDLE_INVALID)?;
        let (slot, insertions) = (session.slot, session.insertions);
        if !self.setting.presence().present.contains(&slot) {
            self.forget(slot);
            return Err(CKR_DEVICE_REMOVED);
        }
        if self.insertions(slot) != insertions {
            self.forget(slot);
        }
        self.sessions
            .get_mut(&handle)
            .ok_or(CKR_SESSION_HANDLE_INVALID)
    }

    pub(crate) fn login_of(&self, slot: usize) -> Option<User> {
        self.logins.get(&slot).copied()
    }

    pub(crate) fn session_counts(&self, slot: usize) -> (usize, usize) {
        let sessions = self
            .sessions
            .values()
            .filter(|session| session.slot == slot);
        let writable = sessions.clone().filter(|session| session.writable);
        (sessions.count(), writable.count())
    }

    fn insertions(&self, slot: usize) -> u32 {
        let insertions = self.setting.presence().insertions;
        insertions.get(&slot).copied().unwrap_or_default()
    }

    fn forget(&mut self, slot: usize) {
        self.sessions.retain(|_, session| session.slot != slot);
        self.logins.remove(&slot);
    }
}

/// Logins and PINs.
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

/// Objects. A handle is the object's number in its slot, from 1.
impl Module {
    pub(crate) fn find_init(
        &mut self,
        handle: CK_SESSION_HANDLE,
        template: &[(CK_ATTRIBUTE_TYPE, Vec<u8>)],
    ) -> Result<(), CK_RV> {
        let slot = self.session(handle)?.slot;
        let sees_private = self.login_of(slot) == Some(User::User);
        let objects = self.objects(slot).iter().zip(1..);
        let found = objects.filter(|(object, _)| {
            (sees_private || !object.private) && object.attributes.fit(template)
        });
        let found: Vec<CK_OBJECT_HANDLE> = found.map(|(_, number)| number).collect();
        let session = self.session(handle)?;
        if session.found.is_some() {
            return Err(CKR_OPERATION_ACTIVE);
        }
        session.found = Some(found.into_iter());
        session.flood = 0;
        Ok(())
    }

    pub(crate) fn find(
        &mut self,
        handle: CK_SESSION_HANDLE,
        room: usize,
        lie: Lie,
    ) -> Result<Reply<CK_OBJECT_HANDLE>, CK_RV> {
        let session = self.session(handle)?;
        let found = session
            .found
            .as_mut()
            .ok_or(CKR_OPERATION_NOT_INITIALIZED)?;
        if lie == Lie::Flood {
            let count = room.min(FLOOD - session.flood);
            session.flood += count;
            return Ok(Reply::new(vec![0; count], Some(count), lie));
        }
        let found = found.by_ref().take(room).collect();
        Ok(Reply::new(found, Some(room), lie))
    }

    pub(crate) fn find_final(&mut self, handle: CK_SESSION_HANDLE) -> Result<(), CK_RV> {
        let found = self.session(handle)?.found.take();
        found.map(drop).ok_or(CKR_OPERATION_NOT_INITIALIZED)
    }

    pub(crate) fn attributes(
        &mut self,
        handle: CK_SESSION_HANDLE,
        object: CK_OBJECT_HANDLE,
    ) -> Result<&'static Attributes, CK_RV> {
        let (_, object) = self.object(handle, object, CKR_OBJECT_HANDLE_INVALID)?;
        Ok(&object.attributes)
    }

    fn object(
        &mut self,
        handle: CK_SESSION_HANDLE,
        object: CK_OBJECT_HANDLE,
        invalid: CK_RV,
    ) -> Result<(usize, &'static Object), CK_RV> {
        let slot = self.session(handle)?.slot;
        let index = usize::try_from(object)
            .ok()
            .and_then(|number| number.checked_sub(1));
        let index = index.ok_or(invalid)?;
        let object = self.objects(slot).get(index).ok_or(invalid)?;
        match object.private && self.login_of(slot) != Some(User::User) {
            true => Err(invalid),
            false => Ok((index, object)),
        }
    }
}

/// Signatures.
impl Module {
    pub(crate) fn sign_init(
        &mut self,
        handle: CK_SESSION_HANDLE,
        mechanism: CK_MECHANISM_TYPE,
        parameter: &[u8],
        key: CK_OBJECT_HANDLE,
    ) -> Result<(), CK_RV> {
        let session = self.session(handle)?;
        let slot = session.slot;
        if session.operation.is_some() {
            return Err(CKR_OPERATION_ACTIVE);
        }
        let listed = self.mechanisms(ulong(slot))?;
        let mechanism = listed.into_iter().find(|known| known.code == mechanism);
        let mechanism = mechanism.ok_or(CKR_MECHANISM_INVALID)?;
        let (index, object) = self.object(handle, key, CKR_KEY_HANDLE_INVALID)?;
        let signer = object
            .signer
            .as_ref()
            .ok_or(CKR_KEY_FUNCTION_NOT_PERMITTED)?;
        if Pins::with(self.setting, slot, |pins| pins.to_be_changed)? {
            return Err(CKR_PIN_EXPIRED);
        }
        let operation = Operation::new(index, signer, mechanism, parameter)?;
        self.session(handle)?.operation = Some(operation);
        Ok(())
    }

    pub(crate) fn sign_update(
        &mut self,
        handle: CK_SESSION_HANDLE,
        part: &[u8],
    ) -> Result<(), CK_RV> {
        let (operation, _) = self.operation(handle)?;
        operation.in_parts = true;
        operation.update(part);
        Ok(())
    }

    /// The whole message at once (C_Sign), or the end of one in parts (C_SignFinal).
    pub(crate) fn sign(
        &mut self,
        handle: CK_SESSION_HANDLE,
        message: Option<&[u8]>,
        room: Option<usize>,
        lie: Lie,
    ) -> Result<Reply<u8>, CK_RV> {
        let (operation, signer) = self.operation(handle)?;
        if message.is_some() && operation.in_parts {
            return Err(CKR_OPERATION_ACTIVE);
        }
        let length = signer.key.signature_len();
        // Neither a question for the length nor too small a buffer ends the operation.
        let asked = Reply::new(vec![0; length], room, lie);
        if room.is_none() || asked.result.is_err() {
            return Ok(asked);
        }
        let operation = self.session(handle)?.operation.take();
        let mut operation = operation.ok_or(CKR_OPERATION_NOT_INITIALIZED)?;
        operation.update(message.unwrap_or_default());
        Ok(Reply::new(operation.finish(signer)?, room, lie))
    }

    /// A signature in the making that may go on.
    fn operation(
        &mut self,
        handle: CK_SESSION_HANDLE,
    ) -> Result<(&mut Operation, &'static Signer), CK_RV> {
        let slot = self.session(handle)?.slot;
        let objects = self.objects(slot);
        let operation = self.session(handle)?.operation.as_mut();
        let operation = operation.ok_or(CKR_OPERATION_NOT_INITIALIZED)?;
        if operation.login_missing {
            return Err(CKR_USER_NOT_LOGGED_IN);
        }
        let object = objects.get(operation.object);
        let signer = object.and_then(|object| object.signer.as_ref());
        Ok((operation, signer.ok_or(CKR_KEY_HANDLE_INVALID)?))
    }
}
