//! No copy of the process's memory, with PINs and keys in it, is written to a disk when the process crashes.

use std::io;

/// Forbids it for this process; the limit, though not the rest, holds for the processes it starts as well. Comes before
/// anything secret is read.
///
/// # Errors
/// As the system has them.
pub fn disable() -> io::Result<()> {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, Rlimit, setrlimit};
        let none = Rlimit {
            current: Some(0),
            maximum: Some(0),
        };
        setrlimit(Resource::Core, none)?;
    }
    // The limit does not hold for a program that takes core dumps from the kernel (core(5), "Piping core dumps to a
    // program"): systemd-coredump, apport. It also keeps other programs of the same person from attaching a debugger.
    #[cfg(target_os = "linux")]
    {
        use rustix::process::{DumpableBehavior, set_dumpable_behavior};
        set_dumpable_behavior(DumpableBehavior::NotDumpable)?;
    }
    #[cfg(windows)]
    tamga_foreign::error_reporting::disable();
    Ok(())
}
