//! Being logged in to a token, and logging out: only while the token's lock is held, and beside whoever drops the key.

use super::{ReservedToken, held, lock::TokenLock, module::Lease, module_protocol::ModuleRequest};
use crate::{
    failure::Error,
    readers::{self, piv_pin::PivPin},
};
use std::{
    path::PathBuf,
    sync::Mutex,
    thread::{self, JoinHandle},
    time::Duration,
};
use tamga_core::{pkcs12::Cancel, protocol::Token};

/// How long logging out may take.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(5);

/// A token that somebody is logged in to, in a process of its module.
#[derive(Debug)]
pub(super) struct Login {
    /// The process in which the key was opened.
    pub(super) process: Mutex<Lease>,
    pub(super) token: Token,
    piv_pin: PivPin,
    lock_folder: PathBuf,
    hold: Hold,
}

/// Whether others may use the token meanwhile.
#[derive(Debug)]
enum Hold {
    /// Nobody else's work comes in between.
    Locked(TokenLock),
    /// They may; the last generation before that.
    Paused(u64),
}

impl Login {
    pub(super) fn new(reserved: ReservedToken, lock_folder: PathBuf) -> Self {
        Self {
            process: Mutex::new(reserved.process),
            token: reserved.token,
            piv_pin: reserved.piv_pin,
            lock_folder,
            hold: Hold::Locked(reserved.lock),
        }
    }

    /// Lets others use the token.
    pub(super) fn pause(&mut self) {
        if let Hold::Locked(lock) = &self.hold {
            self.hold = Hold::Paused(lock.generation());
        }
    }

    /// Has the token for itself again. Somebody else may have logged out, or changed the PIN: a module that remembers it
    /// (OpenSC) would show the card an old one.
    ///
    /// # Errors
    /// `PIN_NEEDED` when somebody else has used it, `TOKEN_BUSY` when somebody does not let go of it; `CANCELLED`.
    pub(super) fn resume(&mut self, cancel: &Cancel) -> Result<(), Error> {
        if let Hold::Paused(generation) = self.hold {
            let lock = TokenLock::retake(&self.lock_folder, &self.token, generation, cancel)?;
            self.hold = Hold::Locked(lock);
        }
        Ok(())
    }

    /// Logs out, when nobody else works with the token; they are waited for so long. Whoever has used it since it was paused
    /// has logged out of the card themselves, or has a key of their own unlocked on it: then only this process forgets its
    /// login. Gives the login back where it could not be ended.
    pub(super) fn end(mut self, timeout: Duration) -> Option<Self> {
        let undisturbed = match self.hold {
            Hold::Locked(_) => true,
            Hold::Paused(generation) => {
                match TokenLock::hold(&self.lock_folder, &self.token, generation, timeout) {
                    Ok((lock, undisturbed)) => {
                        self.hold = Hold::Locked(lock);
                        undisturbed
                    }
                    Err(error) => {
                        tracing::warn!(%error, "a token was not logged out");
                        return Some(self);
                    }
                }
            }
        };
        // What is not wanted any more ends in order all the same.
        let wanted = Cancel::default();
        let closed = held(&self.process).ask(&ModuleRequest::Close {}, CLOSE_TIMEOUT, &wanted);
        if let Err(error) = closed {
            tracing::warn!(%error, "a token was not logged out");
            // Its process was ended in the middle of a call.
            if undisturbed {
                readers::reset(&self.token.reader);
            }
        }
        if undisturbed {
            self.piv_pin.log_out();
        }
        // Whoever has waited for the token finds the process at leisure.
        drop(self.process);
        drop(self.hold);
        None
    }
}

/// Logins that end beside whoever has dropped their keys. The end of this waits for them.
#[derive(Debug, Default)]
pub(super) struct Ending(Mutex<Vec<JoinHandle<()>>>);

impl Ending {
    /// Does this on a thread of its own.
    pub(super) fn start(&self, work: impl FnOnce() + Send + 'static) {
        let mut threads = held(&self.0);
        threads.retain(|thread| !thread.is_finished());
        threads.push(thread::spawn(work));
    }
}

impl Drop for Ending {
    fn drop(&mut self) {
        for thread in held(&self.0).drain(..) {
            // One that panicked has nothing left to do.
            let _ = thread.join();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
        mpsc,
    };

    #[test]
    fn nobody_waits_for_what_ends_but_the_end_for_whatever_still_does() {
        let (go_on, told) = mpsc::channel::<()>();
        let ended = Arc::new(AtomicBool::new(false));
        let ending = Ending::default();
        let end = Arc::clone(&ended);
        ending.start(move || {
            told.recv().unwrap();
            thread::sleep(Duration::from_millis(50));
            end.store(true, Ordering::Release);
        });
        ending.start(|| {});
        assert!(!ended.load(Ordering::Acquire));
        go_on.send(()).unwrap();
        drop(ending);
        assert!(ended.load(Ordering::Acquire));
    }
}
