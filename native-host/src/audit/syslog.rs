//! The system's log on Unix: datagrams to its socket, which journald and syslog daemons alike read.

use crate::directories::IS_FOR_TESTS;
use std::{
    env, io,
    os::unix::net::UnixDatagram,
    path::{Path, PathBuf},
    process,
    time::Duration,
};

#[cfg(target_os = "macos")]
const SOCKET: &str = "/var/run/syslog";
#[cfg(not(target_os = "macos"))]
const SOCKET: &str = "/dev/log";

/// `LOG_AUTHPRIV`: files of these messages are not for everybody to read (syslog(3)).
const FACILITY: u8 = 10 << 3;
const WARNING: u8 = 4;
const INFORMATION: u8 = 6;
/// How long a log that is full is waited for.
const TIMEOUT: Duration = Duration::from_secs(1);

/// Where the log listens. Whoever sets the environment of a host that people use does not decide.
pub(super) fn socket() -> PathBuf {
    let moved = IS_FOR_TESTS.then(|| env::var_os("TAMGA_AUDIT_SOCKET"));
    moved
        .flatten()
        .map_or_else(|| PathBuf::from(SOCKET), PathBuf::from)
}

/// Sends an entry to the log at this socket.
pub(super) fn send(log: &Path, entry: &str, is_failure: bool) -> io::Result<()> {
    let socket = UnixDatagram::unbound()?;
    socket.set_write_timeout(Some(TIMEOUT))?;
    socket.connect(log)?;
    socket.send(message(entry, is_failure).as_bytes())?;
    Ok(())
}

/// As syslog(3) writes it, but for the time: the log has its own, and the entry too.
pub(super) fn message(entry: &str, is_failure: bool) -> String {
    let severity = if is_failure { WARNING } else { INFORMATION };
    let (priority, process) = (FACILITY | severity, process::id());
    format!("<{priority}>tamga-host[{process}]: {entry}")
}
