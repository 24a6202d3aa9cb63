//! What surrounds every call: the log, and what is to go wrong.

use crate::{
    abi,
    description::{Call, How, Misbehaviour},
    functions::is_function,
    reply::Fault,
    setting::Setting,
};
use cryptoki_sys::*;
use std::{
    collections::BTreeMap,
    io::{Write as _, stderr, stdout},
    process,
    sync::{Mutex, PoisonError},
    thread,
};

/// Does the work of a function, unless the description has something else in mind, and writes it into the log.
pub(crate) fn call(
    function: &'static str,
    subject: Option<String>,
    work: impl FnOnce(&'static Setting, Fault) -> Result<(), CK_RV>,
) -> CK_RV {
    let Some(setting) = Setting::get() else {
        return CKR_GENERAL_ERROR;
    };
    let log = |result: String| {
        setting.log(&Call {
            process: process::id(),
            function: function.to_owned(),
            subject,
            result,
        });
    };
    let mut fault = Fault::Nothing;
    match misbehaviour(setting, function) {
        Some(how @ (How::Abort | How::Crash | How::Exit | How::Hang)) => {
            log(how.into());
            end(how);
        }
        Some(How::Error(code)) => {
            log(name(code.into()));
            return code.into();
        }
        Some(How::Flood) => fault = Fault::Flood,
        Some(How::Garbage) => fault = Fault::Garbage,
        Some(How::LongLength) => fault = Fault::LongLength,
        Some(How::Print) => print(function),
        Some(How::ShortLength) => fault = Fault::ShortLength,
        Some(How::Slow(time)) => thread::sleep(time),
        Some(How::Null) | None => {}
    }
    let result = work(setting, fault).err().unwrap_or(CKR_OK);
    log(name(result));
    result
}

/// Functions that hand out lists of numbers or bytes.
const LISTS: [&str; 6] = [
    "C_FindObjects",
    "C_GetAttributeValue",
    "C_GetMechanismList",
    "C_GetSlotList",
    "C_Sign",
    "C_SignFinal",
];
/// Functions that hand out structures with texts.
const TEXTS: [&str; 3] = ["C_GetInfo", "C_GetSlotInfo", "C_GetTokenInfo"];
/// Functions that hand out something else.
const OTHERS: [&str; 7] = [
    "C_EX_GetFunctionListExtended",
    "C_EX_GetTokenInfoExtended",
    "C_GetFunctionList",
    "C_GetMechanismInfo",
    "C_GetSessionInfo",
    "C_OpenSession",
    "C_WaitForSlotEvent",
];

/// Whether a function can misbehave so: there is no fault where nothing is handed out.
pub(crate) fn is_possible(misbehaviour: &Misbehaviour) -> bool {
    let function = misbehaviour.function.as_str();
    let within = |names: &[&str]| names.contains(&function);
    match misbehaviour.how {
        How::Flood => within(&LISTS),
        How::Garbage => within(&LISTS) || within(&TEXTS) || within(&OTHERS),
        How::LongLength | How::ShortLength => within(&LISTS) || within(&TEXTS),
        _ => is_function(function),
    }
}

/// What goes wrong with this call, which is counted.
fn misbehaviour(setting: &Setting, function: &'static str) -> Option<How> {
    static CALLS: Mutex<BTreeMap<&str, u32>> = Mutex::new(BTreeMap::new());
    let mut calls = CALLS.lock().unwrap_or_else(PoisonError::into_inner);
    let count = calls.entry(function).or_default();
    *count += 1;
    let mut behaviours = setting.description.misbehaviour.iter();
    let fits = behaviours
        .find(|known| known.function == function && known.nth.is_none_or(|nth| nth == *count));
    fits.map(|known| known.how)
}

fn end(how: How) -> ! {
    match how {
        How::Abort => process::abort(),
        How::Crash => abi::crash(),
        How::Exit => process::exit(0),
        _ => loop {
            thread::park();
        },
    }
}

fn print(function: &str) {
    let line = format!("{function} says something that nobody asked for\n");
    // Nobody may be there to hear it.
    let _ = stdout().write_all(line.as_bytes());
    let _ = stdout().flush();
    let _ = stderr().write_all(line.as_bytes());
}

/// Names of results by the C names of their constants.
macro_rules! named {
    ($($name:ident)*) => { [$((stringify!($name), $name)),*] };
}

/// What this module returns.
const RESULTS: [(&str, CK_RV); 43] = named! {
    CKR_OK CKR_ARGUMENTS_BAD CKR_ATTRIBUTE_SENSITIVE CKR_ATTRIBUTE_TYPE_INVALID CKR_BUFFER_TOO_SMALL
    CKR_CRYPTOKI_ALREADY_INITIALIZED CKR_CRYPTOKI_NOT_INITIALIZED CKR_DATA_LEN_RANGE CKR_DEVICE_ERROR
    CKR_DEVICE_REMOVED CKR_FUNCTION_CANCELED CKR_FUNCTION_FAILED CKR_FUNCTION_NOT_PARALLEL
    CKR_FUNCTION_NOT_SUPPORTED CKR_GENERAL_ERROR CKR_KEY_FUNCTION_NOT_PERMITTED CKR_KEY_HANDLE_INVALID
    CKR_KEY_TYPE_INCONSISTENT CKR_MECHANISM_INVALID CKR_MECHANISM_PARAM_INVALID CKR_NO_EVENT
    CKR_OBJECT_HANDLE_INVALID CKR_OPERATION_ACTIVE CKR_OPERATION_NOT_INITIALIZED CKR_PIN_EXPIRED CKR_PIN_INCORRECT
    CKR_PIN_LEN_RANGE CKR_PIN_LOCKED CKR_SESSION_HANDLE_INVALID CKR_SESSION_PARALLEL_NOT_SUPPORTED
    CKR_SESSION_READ_ONLY CKR_SESSION_READ_ONLY_EXISTS CKR_SESSION_READ_WRITE_SO_EXISTS CKR_SLOT_ID_INVALID
    CKR_TOKEN_NOT_PRESENT CKR_TOKEN_NOT_RECOGNIZED CKR_USER_ALREADY_LOGGED_IN CKR_USER_ANOTHER_ALREADY_LOGGED_IN
    CKR_USER_NOT_LOGGED_IN CKR_USER_PIN_NOT_INITIALIZED CKR_USER_TYPE_INVALID CKR_VENDOR_DEFINED CKR_HOST_MEMORY
};

fn name(result: CK_RV) -> String {
    match RESULTS.iter().find(|(_, code)| *code == result) {
        Some((name, _)) => (*name).to_owned(),
        None => format!("{result:#x}"),
    }
}
