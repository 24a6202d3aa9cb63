//! What cryptoki does not say: mechanisms and attributes that the standard does not number, Rutoken's extension.
#![allow(unsafe_code, reason = "the interface is C's")]

use cryptoki_sys::*;
use libloading::Library;
use std::{ffi::c_void, ptr};
use tamga_tests::double::module;

/// The module once more: it is the same one that cryptoki has loaded into the process.
pub(crate) struct Raw {
    library: Library,
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
        Self { library, list }
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

    /// The mechanisms of a slot.
    pub(crate) fn mechanisms(&self, slot: CK_SLOT_ID) -> Vec<CK_MECHANISM_TYPE> {
        let list = self.list.C_GetMechanismList.unwrap();
        let mut count = 0;
        unsafe {
            checked(list(slot, ptr::null_mut(), &raw mut count)).unwrap();
            let mut mechanisms = vec![0; count.try_into().unwrap()];
            checked(list(slot, mechanisms.as_mut_ptr(), &raw mut count)).unwrap();
            mechanisms
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

/// CK_TOKEN_INFO_EXTENDED of Rutoken on Linux as numbers: the place of `ulUserRetryCountLeft`, and how many there are.
const USER_RETRIES_LEFT: usize = 13;
const NUMBERS: usize = 32;

impl Raw {
    /// What Rutoken's extension tells of a token: 256 bytes as numbers of eight.
    pub(crate) fn rutoken_info(&self, slot: CK_SLOT_ID) -> Result<[u64; NUMBERS], CK_RV> {
        type GetList = unsafe extern "C" fn(*mut *const ExtendedList) -> CK_RV;
        #[repr(C)]
        struct ExtendedList {
            version: CK_VERSION,
            functions: [Option<unsafe extern "C" fn(CK_SLOT_ID, *mut u64) -> CK_RV>; 34],
        }
        let mut list: *const ExtendedList = ptr::null();
        let mut info = [0; NUMBERS];
        info[0] = size_of_val(&info).try_into().unwrap();
        unsafe {
            let name = b"C_EX_GetFunctionListExtended";
            let get = self.library.get::<GetList>(name).unwrap();
            checked(get(&raw mut list))?;
            assert!((*list).functions.iter().all(Option::is_some));
            checked((*list).functions[2].unwrap()(slot, info.as_mut_ptr()))?;
        }
        Ok(info)
    }

    /// How many wrong PINs the user may type, by Rutoken's extension.
    pub(crate) fn tries_left(&self, slot: CK_SLOT_ID) -> Result<u64, CK_RV> {
        Ok(self.rutoken_info(slot)?[USER_RETRIES_LEFT])
    }

    /// Signs what C_SignInit was called for, into so large a buffer; gives the length that is claimed.
    pub(crate) fn claimed_length(&self, session: CK_SESSION_HANDLE, room: usize) -> CK_ULONG {
        let mut buffer = vec![0; room];
        let mut length = room.try_into().unwrap();
        let sign = self.list.C_Sign.unwrap();
        let message = b"message".as_ptr().cast_mut();
        unsafe {
            let result = sign(session, message, 7, buffer.as_mut_ptr(), &raw mut length);
            checked(result).unwrap();
        }
        length
    }
}

fn checked(result: CK_RV) -> Result<(), CK_RV> {
    match result {
        CKR_OK => Ok(()),
        other => Err(other),
    }
}
