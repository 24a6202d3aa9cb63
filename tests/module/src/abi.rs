//! The C side: pointers become Rust values, and Rust values are written where pointers point to.
//!
//! A caller of PKCS #11 promises that its pointers are null or point to as much as the lengths beside them say
//! (PKCS #11 v2.40 §5.2); every `unsafe` here relies on that and on nothing else, [`crash`] excepted.
#![allow(
    unsafe_code,
    non_snake_case,
    reason = "the functions have the names and the pointers of the standard"
)]

mod pointers;
mod rutoken;

use crate::{
    call::call,
    functions, info, mechanism, module,
    reply::{Item as _, Reply},
};
use cryptoki_sys::*;
use pointers::{bytes, put, room, template, write};
pub(crate) use rutoken::*;
use std::{ffi::c_void, ptr, sync::OnceLock, thread, time::Duration};

/// How often a reader is looked at while somebody waits for a card.
const POLL: Duration = Duration::from_millis(20);

/// Touches memory that is not there.
pub(crate) fn crash() -> ! {
    // SAFETY: there is none, which is the point; volatile, so that it is not optimised away.
    unsafe { ptr::without_provenance_mut::<u8>(8).write_volatile(0) };
    std::process::abort()
}

pub(crate) unsafe extern "C" fn C_Initialize(arguments: *mut c_void) -> CK_RV {
    call("C_Initialize", None, |setting, _| {
        let arguments = arguments.cast::<CK_C_INITIALIZE_ARGS>();
        if !arguments.is_null() {
            let arguments = unsafe { arguments.read_unaligned() };
            if !arguments.pReserved.is_null() {
                return Err(CKR_ARGUMENTS_BAD);
            }
        }
        module::initialize(setting)
    })
}

pub(crate) unsafe extern "C" fn C_Finalize(reserved: *mut c_void) -> CK_RV {
    call("C_Finalize", None, |_, _| match reserved.is_null() {
        true => module::finalize(),
        false => Err(CKR_ARGUMENTS_BAD),
    })
}

pub(crate) unsafe extern "C" fn C_GetInfo(place: *mut CK_INFO) -> CK_RV {
    call("C_GetInfo", None, |_, fault| {
        let info = module::with(|_| Ok(info::module(fault)))?;
        unsafe { put(info, place, fault) }
    })
}

/// The entry point: what a host looks up by name.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn C_GetFunctionList(place: *mut *mut CK_FUNCTION_LIST) -> CK_RV {
    static LIST: OnceLock<CK_FUNCTION_LIST> = OnceLock::new();
    call("C_GetFunctionList", None, |setting, fault| {
        let list = ptr::from_ref(LIST.get_or_init(|| functions::list(setting)));
        unsafe { put(list.cast_mut(), place, fault) }
    })
}

pub(crate) unsafe extern "C" fn C_GetSlotList(
    with_token: CK_BBOOL,
    buffer: *mut CK_SLOT_ID,
    length: *mut CK_ULONG,
) -> CK_RV {
    call("C_GetSlotList", None, |_, fault| {
        let room = unsafe { room(buffer, length) }?;
        let slots = module::with(|module| Ok(module.slots(with_token != CK_FALSE)))?;
        unsafe { write(Reply::new(slots, room, fault), buffer, length) }
    })
}

pub(crate) unsafe extern "C" fn C_GetSlotInfo(slot: CK_SLOT_ID, place: *mut CK_SLOT_INFO) -> CK_RV {
    call("C_GetSlotInfo", None, |_, fault| {
        let info = module::with(|module| module.slot_info(slot, fault))?;
        unsafe { put(info, place, fault) }
    })
}

pub(crate) unsafe extern "C" fn C_GetTokenInfo(
    slot: CK_SLOT_ID,
    place: *mut CK_TOKEN_INFO,
) -> CK_RV {
    call("C_GetTokenInfo", None, |_, fault| {
        let info = module::with(|module| module.token_info(slot, fault))?;
        unsafe { put(info, place, fault) }
    })
}

pub(crate) unsafe extern "C" fn C_GetMechanismList(
    slot: CK_SLOT_ID,
    buffer: *mut CK_MECHANISM_TYPE,
    length: *mut CK_ULONG,
) -> CK_RV {
    call("C_GetMechanismList", None, |_, fault| {
        let room = unsafe { room(buffer, length) }?;
        let listed = module::with(|module| module.mechanisms(slot))?;
        let codes = listed.iter().map(|mechanism| mechanism.code).collect();
        unsafe { write(Reply::new(codes, room, fault), buffer, length) }
    })
}

pub(crate) unsafe extern "C" fn C_GetMechanismInfo(
    slot: CK_SLOT_ID,
    code: CK_MECHANISM_TYPE,
    place: *mut CK_MECHANISM_INFO,
) -> CK_RV {
    call(
        "C_GetMechanismInfo",
        Some(mechanism::name(code)),
        |_, fault| {
            let info = module::with(|module| module.mechanism_info(slot, code))?;
            unsafe { put(info, place, fault) }
        },
    )
}

pub(crate) unsafe extern "C" fn C_InitPIN(
    session: CK_SESSION_HANDLE,
    pin: *mut CK_UTF8CHAR,
    length: CK_ULONG,
) -> CK_RV {
    call("C_InitPIN", None, |_, _| {
        let pin = unsafe { bytes(pin, length) };
        module::with(|module| module.init_pin(session, pin))
    })
}

pub(crate) unsafe extern "C" fn C_SetPIN(
    session: CK_SESSION_HANDLE,
    old: *mut CK_UTF8CHAR,
    old_length: CK_ULONG,
    new: *mut CK_UTF8CHAR,
    new_length: CK_ULONG,
) -> CK_RV {
    call("C_SetPIN", None, |_, _| {
        let (old, new) = unsafe { (bytes(old, old_length), bytes(new, new_length)) };
        module::with(|module| module.set_pin(session, old, new))
    })
}

pub(crate) unsafe extern "C" fn C_OpenSession(
    slot: CK_SLOT_ID,
    flags: CK_FLAGS,
    _application: *mut c_void,
    _notify: CK_NOTIFY,
    place: *mut CK_SESSION_HANDLE,
) -> CK_RV {
    call("C_OpenSession", None, |_, fault| {
        let session = module::with(|module| module.open_session(slot, flags))?;
        unsafe { put(session, place, fault) }
    })
}

pub(crate) unsafe extern "C" fn C_CloseSession(session: CK_SESSION_HANDLE) -> CK_RV {
    call("C_CloseSession", None, |_, _| {
        module::with(|module| module.close_session(session))
    })
}

pub(crate) unsafe extern "C" fn C_CloseAllSessions(slot: CK_SLOT_ID) -> CK_RV {
    call("C_CloseAllSessions", None, |_, _| {
        module::with(|module| module.close_all_sessions(slot))
    })
}

pub(crate) unsafe extern "C" fn C_GetSessionInfo(
    session: CK_SESSION_HANDLE,
    place: *mut CK_SESSION_INFO,
) -> CK_RV {
    call("C_GetSessionInfo", None, |_, fault| {
        let info = module::with(|module| module.session_info(session))?;
        unsafe { put(info, place, fault) }
    })
}

pub(crate) unsafe extern "C" fn C_Login(
    session: CK_SESSION_HANDLE,
    user: CK_USER_TYPE,
    pin: *mut CK_UTF8CHAR,
    length: CK_ULONG,
) -> CK_RV {
    let name = match user {
        CKU_SO => "CKU_SO",
        CKU_USER => "CKU_USER",
        CKU_CONTEXT_SPECIFIC => "CKU_CONTEXT_SPECIFIC",
        _ => "?",
    };
    call("C_Login", Some(name.to_owned()), |_, _| {
        let pin = unsafe { bytes(pin, length) };
        module::with(|module| module.login(session, user, pin))
    })
}

pub(crate) unsafe extern "C" fn C_Logout(session: CK_SESSION_HANDLE) -> CK_RV {
    call("C_Logout", None, |_, _| {
        module::with(|module| module.logout(session))
    })
}

pub(crate) unsafe extern "C" fn C_GetAttributeValue(
    session: CK_SESSION_HANDLE,
    object: CK_OBJECT_HANDLE,
    asked: *mut CK_ATTRIBUTE,
    count: CK_ULONG,
) -> CK_RV {
    call("C_GetAttributeValue", None, |_, fault| {
        let known = module::with(|module| module.attributes(session, object))?;
        let count = usize::try_from(count).map_err(|_| CKR_ARGUMENTS_BAD)?;
        if asked.is_null() {
            return Err(CKR_ARGUMENTS_BAD);
        }
        let mut result = Ok(());
        for index in 0..count {
            let place = unsafe { asked.add(index) };
            let mut attribute = unsafe { place.read_unaligned() };
            let answer = match known.get(attribute.type_) {
                Some(Some(value)) => unsafe {
                    let (buffer, mut length) = (attribute.pValue.cast(), attribute.ulValueLen);
                    let room = room(buffer, &raw mut length)?;
                    let answer = write(
                        Reply::new(value.clone(), room, fault),
                        buffer,
                        &raw mut length,
                    );
                    attribute.ulValueLen = length;
                    answer
                },
                Some(None) => Err(CKR_ATTRIBUTE_SENSITIVE),
                None => Err(CKR_ATTRIBUTE_TYPE_INVALID),
            };
            if answer.is_err() {
                attribute.ulValueLen = CK_UNAVAILABLE_INFORMATION;
                result = answer;
            }
            unsafe { place.write_unaligned(attribute) };
        }
        result
    })
}

pub(crate) unsafe extern "C" fn C_FindObjectsInit(
    session: CK_SESSION_HANDLE,
    attributes: *mut CK_ATTRIBUTE,
    count: CK_ULONG,
) -> CK_RV {
    call("C_FindObjectsInit", None, |_, _| {
        let template = unsafe { template(attributes, count) }?;
        module::with(|module| module.find_init(session, &template))
    })
}

pub(crate) unsafe extern "C" fn C_FindObjects(
    session: CK_SESSION_HANDLE,
    buffer: *mut CK_OBJECT_HANDLE,
    most: CK_ULONG,
    length: *mut CK_ULONG,
) -> CK_RV {
    call("C_FindObjects", None, |_, fault| {
        let most = usize::try_from(most).map_err(|_| CKR_ARGUMENTS_BAD)?;
        if buffer.is_null() || length.is_null() {
            return Err(CKR_ARGUMENTS_BAD);
        }
        let reply = module::with(|module| module.find(session, most, fault))?;
        unsafe { write(reply, buffer, length) }
    })
}

pub(crate) unsafe extern "C" fn C_FindObjectsFinal(session: CK_SESSION_HANDLE) -> CK_RV {
    call("C_FindObjectsFinal", None, |_, _| {
        module::with(|module| module.find_final(session))
    })
}

pub(crate) unsafe extern "C" fn C_SignInit(
    session: CK_SESSION_HANDLE,
    mechanism: *mut CK_MECHANISM,
    key: CK_OBJECT_HANDLE,
) -> CK_RV {
    let given = (!mechanism.is_null()).then(|| unsafe { mechanism.read_unaligned() });
    let name = given.map(|given| mechanism::name(given.mechanism));
    call("C_SignInit", name, |_, _| {
        let given = given.ok_or(CKR_ARGUMENTS_BAD)?;
        let parameter = unsafe { bytes(given.pParameter.cast(), given.ulParameterLen) };
        let parameter = parameter.unwrap_or_default();
        module::with(|module| module.sign_init(session, given.mechanism, parameter, key))
    })
}

pub(crate) unsafe extern "C" fn C_Sign(
    session: CK_SESSION_HANDLE,
    message: *mut CK_BYTE,
    message_length: CK_ULONG,
    buffer: *mut CK_BYTE,
    length: *mut CK_ULONG,
) -> CK_RV {
    call("C_Sign", None, |_, fault| {
        let room = unsafe { room(buffer, length) }?;
        let message = unsafe { bytes(message, message_length) }.or(Some(&[]));
        let reply = module::with(|module| module.sign(session, message, room, fault))?;
        unsafe { write(reply, buffer, length) }
    })
}

pub(crate) unsafe extern "C" fn C_SignUpdate(
    session: CK_SESSION_HANDLE,
    part: *mut CK_BYTE,
    part_length: CK_ULONG,
) -> CK_RV {
    call("C_SignUpdate", None, |_, _| {
        let part = unsafe { bytes(part, part_length) };
        module::with(|module| module.sign_update(session, part.unwrap_or_default()))
    })
}

pub(crate) unsafe extern "C" fn C_SignFinal(
    session: CK_SESSION_HANDLE,
    buffer: *mut CK_BYTE,
    length: *mut CK_ULONG,
) -> CK_RV {
    call("C_SignFinal", None, |_, fault| {
        let room = unsafe { room(buffer, length) }?;
        let reply = module::with(|module| module.sign(session, None, room, fault))?;
        unsafe { write(reply, buffer, length) }
    })
}

pub(crate) unsafe extern "C" fn C_GenerateRandom(
    session: CK_SESSION_HANDLE,
    buffer: *mut CK_BYTE,
    length: CK_ULONG,
) -> CK_RV {
    call("C_GenerateRandom", None, |_, _| {
        module::with(|module| module.session(session).map(drop))?;
        let length = usize::try_from(length).map_err(|_| CKR_ARGUMENTS_BAD)?;
        if buffer.is_null() {
            return Err(CKR_ARGUMENTS_BAD);
        }
        for index in 0..length {
            unsafe { buffer.add(index).write(u8::random()) };
        }
        Ok(())
    })
}

pub(crate) unsafe extern "C" fn C_WaitForSlotEvent(
    flags: CK_FLAGS,
    place: *mut CK_SLOT_ID,
    _reserved: *mut c_void,
) -> CK_RV {
    call("C_WaitForSlotEvent", None, |_, fault| {
        loop {
            // C_Finalize ends the waiting: there is no module any more.
            if let Some(slot) = module::with(|module| Ok(module.slot_event()))? {
                return unsafe { put(slot, place, fault) };
            }
            if flags & CKF_DONT_BLOCK != 0 {
                return Err(CKR_NO_EVENT);
            }
            thread::sleep(POLL);
        }
    })
}

pub(crate) unsafe extern "C" fn C_GetFunctionStatus(_session: CK_SESSION_HANDLE) -> CK_RV {
    call("C_GetFunctionStatus", None, |_, _| {
        Err(CKR_FUNCTION_NOT_PARALLEL)
    })
}

pub(crate) unsafe extern "C" fn C_CancelFunction(_session: CK_SESSION_HANDLE) -> CK_RV {
    call("C_CancelFunction", None, |_, _| {
        Err(CKR_FUNCTION_NOT_PARALLEL)
    })
}
