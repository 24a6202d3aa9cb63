//! What `cryptoki` leaves out of PKCS#11 v2.40: any mechanism by its number, signing with a PIN in between,
//! and PINs that are changed on the reader.
//!
//! Each function is one call or two into the module that `cryptoki` has loaded and initialised; handles
//! come from `cryptoki`. A module may lie about lengths: no length it returns is believed beyond the buffer
//! that it was given.

use cryptoki::{error::Rv, object::ObjectHandle, session::Session, slot::Slot, types::AuthPin};
use cryptoki_sys::{
    CK_FLAGS, CK_FUNCTION_LIST, CK_MECHANISM, CK_MECHANISM_TYPE, CK_RSA_PKCS_PSS_PARAMS, CK_RV,
    CK_SLOT_ID, CK_ULONG, CKR_GENERAL_ERROR, CKR_OK, CKU_CONTEXT_SPECIFIC,
};
use libloading::{Library, Symbol};
use secrecy::ExposeSecret as _;
use std::{fmt, path::Path, ptr};

/// The longest signature any key makes, in bytes, with room to spare: RSA-16384 has 2048.
const MAX_SIGNATURE: usize = 4096;
/// The most mechanisms that a token is asked for.
const MAX_MECHANISMS: usize = 1024;

/// The functions of a module.
pub struct Functions {
    /// Keeps the module in memory.
    module: Library,
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

/// What Rutoken's module tells beyond the standard.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct RutokenInfo {
    /// How many wrong PINs of the person it still takes.
    pub tries: CK_ULONG,
    /// The same for the administrator.
    pub admin_tries: CK_ULONG,
    /// Whether the person's PIN is the one from the factory.
    pub factory_pin: bool,
    /// Whether the administrator's PIN is the one from the factory.
    pub factory_admin_pin: bool,
}

/// `CK_TOKEN_INFO_EXTENDED` of Rutoken's `rtpkcs11t.h`.
#[cfg_attr(windows, repr(C, packed))]
#[cfg_attr(not(windows), repr(C))]
#[derive(Clone, Copy)]
struct RawRutokenInfo {
    /// In: the size of the structure. Out: how much is filled.
    size: CK_ULONG,
    kind: [CK_ULONG; 4],
    flags: CK_FLAGS,
    pin_lengths: [CK_ULONG; 4],
    max_admin_tries: CK_ULONG,
    admin_tries: CK_ULONG,
    max_tries: CK_ULONG,
    tries: CK_ULONG,
    serial: [u8; 8],
    memory: [CK_ULONG; 2],
    atr: [u8; 64],
    rest: [CK_ULONG; 7],
}

impl RawRutokenInfo {
    const EMPTY: Self = Self {
        size: 0,
        kind: [0; 4],
        flags: 0,
        pin_lengths: [0; 4],
        max_admin_tries: 0,
        admin_tries: 0,
        max_tries: 0,
        tries: 0,
        serial: [0; 8],
        memory: [0; 2],
        atr: [0; 64],
        rest: [0; 7],
    };
}

/// `TOKEN_FLAGS_ADMIN_PIN_NOT_DEFAULT`
const ADMIN_PIN_CHANGED: CK_FLAGS = 0x4;
/// `TOKEN_FLAGS_USER_PIN_NOT_DEFAULT`
const PIN_CHANGED: CK_FLAGS = 0x8;

type GetTokenInfoExtended = unsafe extern "C" fn(CK_SLOT_ID, *mut RawRutokenInfo) -> CK_RV;

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
        let module = unsafe { Library::new(path) }.map_err(|_| Error::Unusable)?;
        let mut list: *mut CK_FUNCTION_LIST = ptr::null_mut();
        {
            type GetFunctionList = unsafe extern "C" fn(*mut *mut CK_FUNCTION_LIST) -> CK_RV;
            // SAFETY: the function of this name has this signature (PKCS#11 v2.40 §5.4).
            let get: Symbol<'_, GetFunctionList> =
                unsafe { module.get(b"C_GetFunctionList") }.map_err(|_| Error::Unusable)?;
            // SAFETY: it takes the address of a pointer.
            check(unsafe { get(&raw mut list) })?;
        }
        if list.is_null() {
            return Err(Error::Unusable);
        }
        // SAFETY: not null, and a function list as the standard has it, or the module is broken beyond help.
        let list = unsafe { *list };
        Ok(Self { module, list })
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

    /// What Rutoken's module tells of a token; `None` from any other module.
    pub fn rutoken_info(&self, slot: Slot) -> Option<RutokenInfo> {
        // SAFETY: Rutoken's function of this name has this signature, and nobody else has one of this name.
        let call: Symbol<'_, GetTokenInfoExtended> =
            unsafe { self.module.get(b"C_EX_GetTokenInfoExtended") }.ok()?;
        let slot = CK_SLOT_ID::try_from(slot.id()).ok()?;
        let mut info = RawRutokenInfo {
            size: length(size_of::<RawRutokenInfo>()).ok()?,
            ..RawRutokenInfo::EMPTY
        };
        // SAFETY: the structure says how long it is, and no more is filled.
        check(unsafe { call(slot, &raw mut info) }).ok()?;
        let flags = info.flags;
        Some(RutokenInfo {
            tries: info.tries,
            admin_tries: info.admin_tries,
            factory_pin: flags & PIN_CHANGED == 0,
            factory_admin_pin: flags & ADMIN_PIN_CHANGED == 0,
        })
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
