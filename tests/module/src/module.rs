//! The module between C_Initialize and C_Finalize: slots, sessions, logins.

mod login;
mod objects;

use crate::{
    description::{Presence, Slot},
    mechanism::{MECHANISMS, Mechanism},
    object::{self, Object},
    operation::Operation,
    pin::User,
    reply::ulong,
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
