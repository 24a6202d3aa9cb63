//! What `cryptoki` leaves out of PKCS#11 v2.40: any mechanism by its number, signing with a PIN in between,
//! and PINs that are changed on the reader.
//!
//! Each function is one call or two into the module that `cryptoki` has loaded and initialised; handles
//! come from `cryptoki`. A module may lie about lengths: no length it returns is believed beyond the buffer
//! that it was given.

use cryptoki::{error::Rv, object::ObjectHandle, session::Session, slot::Slot, types::AuthPin};
use cryptoki_sys::{
    CK_FUNCTION_LIST, CK_MECHANISM, CK_MECHANISM_TYPE, CK_RSA_PKCS_PSS_PARAMS, CK_RV, CK_ULONG,
    CKR_GENERAL_ERROR, CKR_OK, CKU_CONTEXT_SPECIFIC,
};
use secrecy::ExposeSecret as _;
use std::{fmt, path::Path, ptr};

/// The longest signature any key makes, in bytes, with room to spare: RSA-16384 has 2048.
const MAX_SIGNATURE: usize = 4096;
/// The most mechanisms that a token is asked for.
const MAX_MECHANISMS: usize = 1024;

/// The functions of a module.
pub struct Functions {
    /// Keeps the module in memory.
    _module: cryptoki_sys::Pkcs11,
    list: CK_FUNCTION_LIST,
}

/// A mechanism by its number, with its parameter if it is one of the two kinds there are here.
#[derive(Clone, Copy, Debug)]
pub struct Mechanism {
    /// `CKM_…`
    pub number: CK_MECHANISM_TYPE,
    /// For the mechanisms with RSASSA-PSS.
    pub pss: Option<CK_RSA_PKCS_PSS_PARAMS>,
}

/// Why a module could not be used.
#[derive(Debug)]
pub enum Error {
    /// It could not be loaded, or has no functions.
    Unusable,
    /// A function returned this.
    Returned(Rv),
}

impl Functions {
    /// The functions of a module that `cryptoki` has loaded from the same path.
    ///
    /// # Errors
    /// [`Error`]
    pub fn of(path: &Path) -> Result<Self, Error> {
        // SAFETY: loading runs the module's constructors. They ran before, when `cryptoki` loaded it.
        let module = unsafe { cryptoki_sys::Pkcs11::new(path) }.map_err(|_| Error::Unusable)?;
        if module.C_GetFunctionList.is_err() {
            return Err(Error::Unusable);
        }
        let mut list: *mut CK_FUNCTION_LIST = ptr::null_mut();
        // SAFETY: the symbol is there, and takes the address of a pointer (PKCS#11 v2.40 §5.4).
        check(unsafe { module.C_GetFunctionList(&raw mut list) })?;
        if list.is_null() {
            return Err(Error::Unusable);
        }
        // SAFETY: not null, and a function list as the standard has it, or the module is broken beyond help.
        let list = unsafe { *list };
        Ok(Self {
            _module: module,
            list,
        })
    }

    /// The numbers of all mechanisms of a token.
    ///
    /// # Errors
    /// [`Error`]
    pub fn mechanisms(&self, slot: Slot) -> Result<Vec<CK_MECHANISM_TYPE>, Error> {
        let call = self.list.C_GetMechanismList.ok_or(UNSUPPORTED)?;
        let slot = CK_ULONG::try_from(slot.id()).map_err(|_| Error::Unusable)?;
        let mut numbers = vec![0; MAX_MECHANISMS];
        let mut count = length(numbers.len())?;
        // SAFETY: the buffer holds `count` numbers, and the call writes no more (§5.5).
        check(unsafe { call(slot, numbers.as_mut_ptr(), &raw mut count) })?;
        numbers.truncate(believed(count, numbers.len())?);
        Ok(numbers)
    }

    /// Signs in one step. `pin`: for a key that wants it before each signature (`CKA_ALWAYS_AUTHENTICATE`), the
    /// inner `None` where it is typed on the reader.
    ///
    /// # Errors
    /// [`Error`]
    pub fn sign(
        &self,
        session: &Session,
        key: ObjectHandle,
        mechanism: &Mechanism,
        data: &[u8],
        pin: Option<Option<&AuthPin>>,
    ) -> Result<Vec<u8>, Error> {
        let init = self.list.C_SignInit.ok_or(UNSUPPORTED)?;
        let sign = self.list.C_Sign.ok_or(UNSUPPORTED)?;
        let mut pss = mechanism.pss;
        let mut raw = CK_MECHANISM {
            mechanism: mechanism.number,
            pParameter: ptr::null_mut(),
            ulParameterLen: 0,
        };
        if let Some(pss) = &mut pss {
            raw.pParameter = ptr::from_mut(pss).cast();
            raw.ulParameterLen = length(size_of::<CK_RSA_PKCS_PSS_PARAMS>())?;
        }
        // SAFETY: the mechanism and its parameter outlive the call, which does not keep them (§5.11).
        check(unsafe { init(session.handle(), &raw mut raw, key.handle()) })?;
        if let Some(pin) = pin {
            self.log_in_again(session, pin)?;
        }
        let mut signature = vec![0; MAX_SIGNATURE];
        let mut written = length(signature.len())?;
        let data_length = length(data.len())?;
        // SAFETY: `data` is only read, though C has no word for it; the signature's buffer is as long as said.
        check(unsafe {
            sign(
                session.handle(),
                data.as_ptr().cast_mut(),
                data_length,
                signature.as_mut_ptr(),
                &raw mut written,
            )
        })?;
        signature.truncate(believed(written, signature.len())?);
        Ok(signature)
    }

    fn log_in_again(&self, session: &Session, pin: Option<&AuthPin>) -> Result<(), Error> {
        let call = self.list.C_Login.ok_or(UNSUPPORTED)?;
        let (pin, pin_length) = raw_pin(pin)?;
        // SAFETY: a PIN of this length, or null where the reader asks for it (§5.6).
        check(unsafe { call(session.handle(), CKU_CONTEXT_SPECIFIC, pin, pin_length) })
    }

    /// Changes the PIN of whoever is logged in; both are typed on the reader.
    ///
    /// # Errors
    /// [`Error`]
    pub fn set_pin_on_reader(&self, session: &Session) -> Result<(), Error> {
        let call = self.list.C_SetPIN.ok_or(UNSUPPORTED)?;
        let nothing = ptr::null_mut();
        // SAFETY: null PINs mean those typed on the reader (§5.6).
        check(unsafe { call(session.handle(), nothing, 0, nothing, 0) })
    }

    /// Gives the person a PIN that is typed on the reader; the administrator is logged in.
    ///
    /// # Errors
    /// [`Error`]
    pub fn init_pin_on_reader(&self, session: &Session) -> Result<(), Error> {
        let call = self.list.C_InitPIN.ok_or(UNSUPPORTED)?;
        // SAFETY: a null PIN means one typed on the reader (§5.6).
        check(unsafe { call(session.handle(), ptr::null_mut(), 0) })
    }
}

impl fmt::Debug for Functions {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Functions").finish_non_exhaustive()
    }
}

const UNSUPPORTED: Error =
    Error::Returned(Rv::Error(cryptoki::error::RvError::FunctionNotSupported));

fn raw_pin(pin: Option<&AuthPin>) -> Result<(*mut u8, CK_ULONG), Error> {
    let Some(pin) = pin else {
        return Ok((ptr::null_mut(), 0));
    };
    let pin = pin.expose_secret().as_bytes();
    Ok((pin.as_ptr().cast_mut(), length(pin.len())?))
}

fn length(length: usize) -> Result<CK_ULONG, Error> {
    CK_ULONG::try_from(length).map_err(|_| Error::Unusable)
}

/// A length that a module returned, if the buffer was that long.
fn believed(length: CK_ULONG, buffer: usize) -> Result<usize, Error> {
    let length = usize::try_from(length).ok();
    let length = length.filter(|length| *length <= buffer);
    length.ok_or(Error::Returned(CKR_GENERAL_ERROR.into()))
}

fn check(returned: CK_RV) -> Result<(), Error> {
    match returned {
        CKR_OK => Ok(()),
        other => Err(Error::Returned(other.into())),
    }
}
