//! A session that is logged in to a token, in the module's own process, and its end: nobody logs out of a token that
//! another host works with.

use super::lock::lock_file;
use crate::child_process::far_end::HostLiveness;
use cryptoki::session::Session;
use std::{fs::File, path::PathBuf, process, time::Duration};

/// How long a call into the module may go on when the host is gone, and how long its process waits for the token's lock.
pub(super) const SHUTDOWN_TIMEOUT: Duration = Duration::from_secs(2);

/// The lock that the host has on a token, as long as the host lives.
#[derive(Debug)]
pub(super) struct HostLock {
    file: PathBuf,
    host: HostLiveness,
}

/// A session that is logged in. Dropping it logs out.
#[derive(Debug)]
pub(super) struct TokenSession {
    pub(super) session: Session,
    lock: HostLock,
}

impl HostLock {
    /// `file`: the lock's.
    pub(super) fn new(file: PathBuf, host: &HostLiveness) -> Self {
        let host = host.clone();
        Self { file, host }
    }

    /// Takes the lock of a host that is gone: it was killed, and its lock is gone with it. While another host works with the
    /// token, logging out would end that one's login too: the process exits without it.
    fn take_over(&self) -> Option<File> {
        if !self.host.is_gone() {
            return None;
        }
        match lock_file(&self.file, SHUTDOWN_TIMEOUT) {
            Ok(file) => Some(file),
            Err(_) => process::exit(1),
        }
    }
}

impl TokenSession {
    /// Of a session that has just logged in.
    pub(super) fn new(session: Session, lock: HostLock) -> Self {
        Self { session, lock }
    }
}

impl Drop for TokenSession {
    fn drop(&mut self) {
        let _lock = self.lock.take_over();
        // The token may be gone, and the login with it.
        let _ = self.session.logout();
    }
}
