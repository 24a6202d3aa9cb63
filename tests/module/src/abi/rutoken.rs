//! The functions of Rutoken's module beyond the standard.

use super::pointers::put;
use crate::{
    call::call,
    functions::{EXTENDED_LIST, ExtendedList},
    module::{self, Module},
    rutoken,
};
use cryptoki_sys::*;

/// Rutoken's entry point beside the standard's.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn C_EX_GetFunctionListExtended(
    place: *mut *const ExtendedList,
) -> CK_RV {
    call("C_EX_GetFunctionListExtended", None, |_, fault| unsafe {
        put(&raw const EXTENDED_LIST, place, fault)
    })
}

/// Rutoken's: how many tries are left.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn C_EX_GetTokenInfoExtended(
    slot: CK_SLOT_ID,
    place: *mut rutoken::TokenInfo,
) -> CK_RV {
    call("C_EX_GetTokenInfoExtended", None, |_, fault| {
        if place.is_null() {
            return Err(CKR_ARGUMENTS_BAD);
        }
        let size = unsafe { (&raw const (*place).size).read_unaligned() };
        let info = module::with(|module: &mut Module| module.rutoken_info(slot, size))?;
        unsafe { put(info, place, fault) }
    })
}
