//! Windows Error Reporting, which copies the memory of a crashed process.

/// `SEM_FAILCRITICALERRORS | SEM_NOGPFAULTERRORBOX`: no report is made of this process.
const NO_REPORTS: u32 = 0x0001 | 0x0002;
/// `WER_FAULT_REPORTING_FLAG_NOHEAP`: should one be made all the same, the heap is not in it.
const NO_HEAP: u32 = 0x0001;

#[link(name = "kernel32", kind = "raw-dylib")]
unsafe extern "system" {
    fn SetErrorMode(mode: u32) -> u32;
    fn WerSetFlags(flags: u32) -> i32;
}

/// Has no report made of this process, should it crash, or else none with the heap in it.
pub fn disable() {
    // SAFETY: takes a number and sets it for this process (errhandlingapi.h).
    let _ = unsafe { SetErrorMode(NO_REPORTS) };
    // SAFETY: takes a number and sets it for this process (werapi.h). Where it fails the first call is enough.
    let _ = unsafe { WerSetFlags(NO_HEAP) };
}
