//! The Application log of Windows.

use std::{io, ptr};

/// An event source, as `RegisterEventSourceW` gives it.
type Handle = *mut std::ffi::c_void;

/// `EVENTLOG_WARNING_TYPE`, `EVENTLOG_INFORMATION_TYPE` (winnt.h).
const WARNING: u16 = 2;
const INFORMATION: u16 = 4;
/// The number of the only event there is. Its text is the entry itself.
const EVENT: u32 = 1;

#[link(name = "advapi32", kind = "raw-dylib")]
unsafe extern "system" {
    fn RegisterEventSourceW(server: *const u16, source: *const u16) -> Handle;
    fn ReportEventW(
        log: Handle,
        kind: u16,
        category: u16,
        event: u32,
        user: *const std::ffi::c_void,
        strings: u16,
        data_size: u32,
        texts: *const *const u16,
        data: *const std::ffi::c_void,
    ) -> i32;
    fn DeregisterEventSource(log: Handle) -> i32;
}

/// Writes an entry into the Application log.
///
/// # Errors
/// As the system has them.
pub fn report(source: &str, entry: &str, is_warning: bool) -> io::Result<()> {
    let (source, entry) = (wide(source), wide(entry));
    // SAFETY: `source` ends with a null and outlives the call; no server is this computer (winbase.h).
    let log = unsafe { RegisterEventSourceW(ptr::null(), source.as_ptr()) };
    if log.is_null() {
        return Err(io::Error::last_os_error());
    }
    let kind = if is_warning { WARNING } else { INFORMATION };
    let texts = [entry.as_ptr()];
    // SAFETY: `log` is open; `texts` is an array of one text, which ends with a null; both outlive the call. There is neither
    // a user nor data.
    let reported = unsafe {
        ReportEventW(
            log,
            kind,
            0,
            EVENT,
            ptr::null(),
            1,
            0,
            texts.as_ptr(),
            ptr::null(),
        )
    };
    let outcome = match reported {
        0 => Err(io::Error::last_os_error()),
        _ => Ok(()),
    };
    // SAFETY: `log` is open, and not used after this.
    let _ = unsafe { DeregisterEventSource(log) };
    outcome
}

/// UTF-16 with a null at its end.
fn wide(text: &str) -> Vec<u16> {
    text.encode_utf16().chain([0]).collect()
}
