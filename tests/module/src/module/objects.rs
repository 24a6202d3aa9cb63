//! Objects and what keys sign. A handle is the object's number in its slot, from 1.

use super::Module;
use crate::{
    object::{Attributes, Object, Signer},
    operation::Operation,
    pin::{Pins, User},
    reply::{FLOOD, Fault, Reply, ulong},
};
use cryptoki_sys::*;

/// Looking for them.
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
        fault: Fault,
    ) -> Result<Reply<CK_OBJECT_HANDLE>, CK_RV> {
        let session = self.session(handle)?;
        let found = session
            .found
            .as_mut()
            .ok_or(CKR_OPERATION_NOT_INITIALIZED)?;
        if fault == Fault::Flood {
            let count = room.min(FLOOD - session.flood);
            session.flood += count;
            return Ok(Reply::new(vec![0; count], Some(count), fault));
        }
        let found = found.by_ref().take(room).collect();
        Ok(Reply::new(found, Some(room), fault))
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
        match object.unreadable {
            true => Err(CKR_DEVICE_ERROR),
            false => Ok(&object.attributes),
        }
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
        fault: Fault,
    ) -> Result<Reply<u8>, CK_RV> {
        let (operation, signer) = self.operation(handle)?;
        if message.is_some() && operation.in_parts {
            return Err(CKR_OPERATION_ACTIVE);
        }
        let length = signer.key.signature_len();
        // Neither a question for the length nor too small a buffer ends the operation.
        let asked = Reply::new(vec![0; length], room, fault);
        if room.is_none() || asked.result.is_err() {
            return Ok(asked);
        }
        let operation = self.session(handle)?.operation.take();
        let mut operation = operation.ok_or(CKR_OPERATION_NOT_INITIALIZED)?;
        operation.update(message.unwrap_or_default());
        Ok(Reply::new(operation.finish(signer)?, room, fault))
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
