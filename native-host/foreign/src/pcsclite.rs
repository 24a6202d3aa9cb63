//! Stands in for libpcsclite: the functions that `pcsc` links to, each of which looks for the library when it
//! is first called. A host that were linked to it would not even start where it is not installed.
//!
//! The signatures are those of `pcsc-sys`, and of pcsclite's `winscard.h`.

use libloading::{Library, Symbol};
use pcsc_sys::{
    DWORD, LONG, SCARD_E_NO_SERVICE, SCARD_IO_REQUEST, SCARD_PROTOCOL_RAW, SCARD_PROTOCOL_T0,
    SCARD_PROTOCOL_T1, SCARD_READERSTATE, SCARDCONTEXT, SCARDHANDLE,
};
use std::{
    ffi::{c_char, c_void},
    sync::OnceLock,
};

/// The library's name, with the version of its interface.
const LIBRARY: &str = "libpcsclite.so.1";

/// The library, if there is one.
fn library() -> Option<&'static Library> {
    static FOUND: OnceLock<Option<Library>> = OnceLock::new();
    // SAFETY: loading runs the library's constructors, as linking to it would.
    let found = FOUND.get_or_init(|| unsafe { Library::new(LIBRARY) }.ok());
    found.as_ref()
}

macro_rules! forward {
    ($($name:ident($($argument:ident: $kind:ty),*);)*) => {$(
        /// See `winscard.h`.
        ///
        /// # Safety
        /// As libpcsclite has it.
        #[unsafe(no_mangle)]
        unsafe extern "system" fn $name($($argument: $kind),*) -> LONG {
            type Function = unsafe extern "system" fn($($kind),*) -> LONG;
            let name = stringify!($name).as_bytes();
            // SAFETY: the library's function of this name has this signature.
            let find = |library: &'static Library| unsafe { library.get(name) }.ok();
            let function: Option<Symbol<'_, Function>> = library().and_then(find);
            match function {
                // SAFETY: the caller's arguments are passed on as they are.
                Some(function) => unsafe { function($($argument),*) },
                None => SCARD_E_NO_SERVICE,
            }
        }
    )*};
}

forward! {
    SCardEstablishContext(scope: DWORD, reserved: *const c_void, reserved2: *const c_void, context: *mut SCARDCONTEXT);
    SCardReleaseContext(context: SCARDCONTEXT);
    SCardIsValidContext(context: SCARDCONTEXT);
    SCardCancel(context: SCARDCONTEXT);
    SCardConnect(context: SCARDCONTEXT, reader: *const c_char, share: DWORD, protocols: DWORD, card: *mut SCARDHANDLE, active: *mut DWORD);
    SCardReconnect(card: SCARDHANDLE, share: DWORD, protocols: DWORD, initialization: DWORD, active: *mut DWORD);
    SCardDisconnect(card: SCARDHANDLE, disposition: DWORD);
    SCardGetStatusChange(context: SCARDCONTEXT, timeout: DWORD, states: *mut SCARD_READERSTATE, count: DWORD);
    SCardListReaders(context: SCARDCONTEXT, groups: *const c_char, readers: *mut c_char, length: *mut DWORD);
    SCardBeginTransaction(card: SCARDHANDLE);
    SCardEndTransaction(card: SCARDHANDLE, disposition: DWORD);
    SCardStatus(card: SCARDHANDLE, reader: *mut c_char, reader_length: *mut DWORD, state: *mut DWORD, protocol: *mut DWORD, atr: *mut u8, atr_length: *mut DWORD);
    SCardGetAttrib(card: SCARDHANDLE, attribute: DWORD, value: *mut u8, length: *mut DWORD);
    SCardSetAttrib(card: SCARDHANDLE, attribute: DWORD, value: *const u8, length: DWORD);
    SCardTransmit(card: SCARDHANDLE, send_pci: *const SCARD_IO_REQUEST, send: *const u8, send_length: DWORD, receive_pci: *mut SCARD_IO_REQUEST, receive: *mut u8, receive_length: *mut DWORD);
    SCardControl(card: SCARDHANDLE, code: DWORD, send: *const u8, send_length: DWORD, receive: *mut u8, receive_length: DWORD, returned: *mut DWORD);
}

macro_rules! protocol {
    ($name:ident, $protocol:expr) => {
        /// See `winscard.h`: names the protocol of a transmission.
        #[unsafe(no_mangle)]
        static $name: SCARD_IO_REQUEST = SCARD_IO_REQUEST {
            dwProtocol: $protocol,
            // Two words, whatever their size; there is no conversion in a constant but this one.
            #[expect(clippy::as_conversions, reason = "a size of 16 bytes, or 8")]
            cbPciLength: size_of::<SCARD_IO_REQUEST>() as DWORD,
        };
    };
}

protocol!(g_rgSCardT0Pci, SCARD_PROTOCOL_T0);
protocol!(g_rgSCardT1Pci, SCARD_PROTOCOL_T1);
protocol!(g_rgSCardRawPci, SCARD_PROTOCOL_RAW);
