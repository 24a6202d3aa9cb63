//! The lists of functions.
#![allow(
    non_snake_case,
    reason = "the functions have the names of the standard"
)]

use crate::{abi::*, call::call, description::How, rutoken, setting::Setting};
use cryptoki_sys::*;

/// Functions that the double does not have; the list says what their arguments are.
macro_rules! unsupported {
    ($($name:ident($($argument:ident)*);)*) => {$(
        extern "C" fn $name<$($argument),*>($(_: $argument),*) -> CK_RV {
            call(stringify!($name), None, |_, _| Err(CKR_FUNCTION_NOT_SUPPORTED))
        }
    )*};
}

unsupported! {
    C_InitToken(A B C D);
    C_GetOperationState(A B C);
    C_SetOperationState(A B C D E);
    C_CreateObject(A B C D);
    C_CopyObject(A B C D E);
    C_DestroyObject(A B);
    C_GetObjectSize(A B C);
    C_SetAttributeValue(A B C D);
    C_EncryptInit(A B C);
    C_Encrypt(A B C D E);
    C_EncryptUpdate(A B C D E);
    C_EncryptFinal(A B C);
    C_DecryptInit(A B C);
    C_Decrypt(A B C D E);
    C_DecryptUpdate(A B C D E);
    C_DecryptFinal(A B C);
    C_DigestInit(A B);
    C_Digest(A B C D E);
    C_DigestUpdate(A B C);
    C_DigestKey(A B);
    C_DigestFinal(A B C);
    C_SignRecoverInit(A B C);
    C_SignRecover(A B C D E);
    C_VerifyInit(A B C);
    C_Verify(A B C D E);
    C_VerifyUpdate(A B C);
    C_VerifyFinal(A B C);
    C_VerifyRecoverInit(A B C);
    C_VerifyRecover(A B C D E);
    C_DigestEncryptUpdate(A B C D E);
    C_DecryptDigestUpdate(A B C D E);
    C_SignEncryptUpdate(A B C D E);
    C_DecryptVerifyUpdate(A B C D E);
    C_GenerateKey(A B C D E);
    C_GenerateKeyPair(A B C D E F G H);
    C_WrapKey(A B C D E F);
    C_UnwrapKey(A B C D E F G H);
    C_DeriveKey(A B C D E F);
    C_SeedRandom(A B C);
}

/// The list of functions, without those that the description wants to be null.
macro_rules! functions {
    ($($name:ident)*) => {
        /// What C_GetFunctionList hands out.
        pub(crate) fn list(setting: &Setting) -> CK_FUNCTION_LIST {
            let null = |name: &str| {
                let mut behaviours = setting.description.misbehaviour.iter();
                behaviours.any(|known| known.function == name && known.how == How::Null)
            };
            CK_FUNCTION_LIST {
                version: CK_VERSION { major: 2, minor: 40 },
                $($name: if null(stringify!($name)) { None } else { Some($name) },)*
            }
        }

        /// Whether it has a function of this name.
        pub(crate) fn is_function(name: &str) -> bool {
            [$(stringify!($name)),*].contains(&name) || EXTENDED.contains(&name)
        }
    };
}

functions! {
    C_Initialize C_Finalize C_GetInfo C_GetFunctionList C_GetSlotList C_GetSlotInfo C_GetTokenInfo C_GetMechanismList
    C_GetMechanismInfo C_InitToken C_InitPIN C_SetPIN C_OpenSession C_CloseSession C_CloseAllSessions C_GetSessionInfo
    C_GetOperationState C_SetOperationState C_Login C_Logout C_CreateObject C_CopyObject C_DestroyObject
    C_GetObjectSize C_GetAttributeValue C_SetAttributeValue C_FindObjectsInit C_FindObjects C_FindObjectsFinal
    C_EncryptInit C_Encrypt C_EncryptUpdate C_EncryptFinal C_DecryptInit C_Decrypt C_DecryptUpdate C_DecryptFinal
    C_DigestInit C_Digest C_DigestUpdate C_DigestKey C_DigestFinal C_SignInit C_Sign C_SignUpdate C_SignFinal
    C_SignRecoverInit C_SignRecover C_VerifyInit C_Verify C_VerifyUpdate C_VerifyFinal C_VerifyRecoverInit
    C_VerifyRecover C_DigestEncryptUpdate C_DecryptDigestUpdate C_SignEncryptUpdate C_DecryptVerifyUpdate
    C_GenerateKey C_GenerateKeyPair C_WrapKey C_UnwrapKey C_DeriveKey C_SeedRandom C_GenerateRandom
    C_GetFunctionStatus C_CancelFunction C_WaitForSlotEvent
}

const EXTENDED: [&str; 2] = ["C_EX_GetFunctionListExtended", "C_EX_GetTokenInfoExtended"];

/// CK_FUNCTION_LIST_EXTENDED of Rutoken's `rtpkcs11f.h`: 34 functions, in their order.
#[repr(C)]
pub(crate) struct ExtendedList {
    version: CK_VERSION,
    get_function_list_extended: unsafe extern "C" fn(*mut *const Self) -> CK_RV,
    init_token: extern "C" fn() -> CK_RV,
    get_token_info_extended: unsafe extern "C" fn(CK_SLOT_ID, *mut rutoken::TokenInfo) -> CK_RV,
    rest: [extern "C" fn() -> CK_RV; 31],
}

/// What C_EX_GetFunctionListExtended hands out.
pub(crate) static EXTENDED_LIST: ExtendedList = ExtendedList {
    version: CK_VERSION { major: 2, minor: 0 },
    get_function_list_extended: C_EX_GetFunctionListExtended,
    init_token: not_supported,
    get_token_info_extended: C_EX_GetTokenInfoExtended,
    rest: [not_supported; 31],
};

/// Whatever its arguments are.
extern "C" fn not_supported() -> CK_RV {
    CKR_FUNCTION_NOT_SUPPORTED
}
