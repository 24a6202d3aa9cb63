//! What cryptoki does not say: mechanisms and attributes that the standard does not number, Rutoken's extension.
#![allow(unsafe_code, reason = "the interface is C's")]

use cryptoki_sys::*;
use libloading::Library;
use std::{ffi::c_void, ptr};
use tamga_tests::double::module;

/// The module once more: it is the same one that cryptoki has loaded into the process.
pub(crate) struct Raw {
    /// Keeps it loaded.
    _library: Library,
    list: CK_FUNCTION_LIST,
}

impl Raw {
    pub(crate) fn new() -> Self {
        let library = unsafe { Library::new(module()) }.unwrap();
        let mut list = ptr::null_mut();
        unsafe {
            type GetList = unsafe extern "C" fn(*mut *mut CK_FUNCTION_LIST) -> CK_RV;
            let get = library.get::<GetList>(b"C_GetFunctionList").unwrap();
            assert_eq!(get(&raw mut list), CKR_OK);
        }
        let list = unsafe { *list };
        Self {
            _library: library,
            list,
        }
    }

    /// Signs with a mechanism without parameters, asking for the length first.
    pub(crate) fn sign(
        &self,
        session: CK_SESSION_HANDLE,
        mechanism: CK_MECHANISM_TYPE,
        key: CK_OBJECT_HANDLE,
        message: &[u8],
    ) -> Result<Vec<u8>, CK_RV> {
        let mut mechanism = CK_MECHANISM {
            mechanism,
            pParameter: ptr::null_mut(),
            ulParameterLen: 0,
        };
        let (message, size) = (
            message.as_ptr().cast_mut(),
            message.len().try_into().unwrap(),
        );
        let (init, sign) = (self.list.C_SignInit.unwrap(), self.list.C_Sign.unwrap());
        let mut length = 0;
        unsafe {
            checked(init(session, &raw mut mechanism, key))?;
            checked(sign(
                session,
                message,
                size,
                ptr::null_mut(),
                &raw mut length,
            ))?;
            let mut signature = vec![0; length.try_into().unwrap()];
            checked(sign(
                session,
                message,
                size,
                signature.as_mut_ptr(),
                &raw mut length,
            ))?;
            assert_eq!(usize::try_from(length), Ok(signature.len()));
            Ok(signature)
        }
    }

    /// The value of an attribute.
    pub(crate) fn attribute(
        &self,
        session: CK_SESSION_HANDLE,
        object: CK_OBJECT_HANDLE,
        kind: CK_ATTRIBUTE_TYPE,
    ) -> Result<Vec<u8>, CK_RV> {
        let get = self.list.C_GetAttributeValue.unwrap();
        let mut attribute = CK_ATTRIBUTE {
            type_: kind,
            pValue: ptr::null_mut(),
            ulValueLen: 0,
        };
        unsafe {
            checked(get(session, object, &raw mut attribute, 1))?;
            let mut value = vec![0; attribute.ulValueLen.try_into().unwrap()];
            attribute.pValue = value.as_mut_ptr().cast::<c_void>();
            checked(get(session, object, &raw mut attribute, 1))?;
            Ok(value)
        }
    }
}

fn checked(result: CK_RV) -> Result<(), CK_RV> {
    match result {
        CKR_OK => Ok(()),
        other => Err(other),
    }
}
