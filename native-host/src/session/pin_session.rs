//! The key that a PIN session keeps unlocked between requests. One request at a time has it; those that continue the
//! session wait for each other, and whatever does not continue it ends it.

use super::{signing::Order, task::Task};
use crate::{failure::Error, sign::Signer};
use std::{
    mem,
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tamga_core::failure::ErrorCode;

/// How often a request that waits for the key looks whether it was cancelled.
const CANCEL_POLL_INTERVAL: Duration = Duration::from_millis(25);

/// A key that is unlocked between requests.
#[derive(Debug)]
pub(super) struct Unlocked {
    pub(super) certificate: String,
    pub(super) token: Option<String>,
    pub(super) signer: Signer,
}

/// Where the unlocked key is between requests; clones are one and the same.
#[derive(Clone, Debug, Default)]
pub(super) struct PinSessionKey(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    state: Mutex<State>,
    returned: Condvar,
}

#[derive(Debug, Default)]
struct State {
    key: Option<Unlocked>,
    /// Whether a request has the key.
    lent: bool,
    /// Counts what ended a session: a key of an earlier one is not kept any more.
    generation: u64,
    /// The request that has kept the key last.
    kept_by: u32,
}

/// The right to keep a key, of a request that begins or continues a session.
#[derive(Debug)]
pub(super) struct Keeping {
    session: PinSessionKey,
    generation: u64,
    /// Whether the key was taken, rather than unlocked anew.
    lent: bool,
}

impl PinSessionKey {
    /// Ends the session, as everything does that does not continue it. Gives the key of that session, which is to be
    /// dropped before another one is unlocked on the same token.
    pub(super) fn supersede(&self) -> (Keeping, Option<Unlocked>) {
        let mut state = self.state();
        state.generation += 1;
        let keeping = Keeping {
            session: self.clone(),
            generation: state.generation,
            lent: false,
        };
        (keeping, state.key.take())
    }

    /// Takes the key for a request that continues the session; waits for the one that has it. A request for another key
    /// ends the session.
    ///
    /// # Errors
    /// `PIN_NEEDED` where no such key is unlocked, `CANCELLED`.
    pub(super) fn take(&self, order: &Order, task: &Task) -> Result<(Keeping, Signer), Error> {
        let mut state = self.state();
        while state.lent {
            task.check()?;
            let woken = self.0.returned.wait_timeout(state, CANCEL_POLL_INTERVAL);
            state = woken.unwrap_or_else(PoisonError::into_inner).0;
        }
        let Some(key) = state.key.take_if(|key| key.is_for(order)) else {
            drop(state);
            drop(self.supersede());
            return Err(ErrorCode::PinNeeded.into());
        };
        state.lent = true;
        let keeping = Keeping {
            session: self.clone(),
            generation: state.generation,
            lent: true,
        };
        Ok((keeping, key.signer))
    }

    /// Takes the key away from a session whose last request was cancelled when it had kept the key already.
    pub(super) fn revoke(&self, id: u32) -> Option<Unlocked> {
        let mut state = self.state();
        let kept_by = state.kept_by;
        state.key.take_if(|_| kept_by == id)
    }

    /// Takes the key away whose token was taken out.
    pub(super) fn take_if_gone(&self) -> Option<Unlocked> {
        self.state().key.take_if(|key| key.signer.is_gone())
    }

    /// Whole at any moment, even if a thread panicked.
    fn state(&self) -> MutexGuard<'_, State> {
        let state = self.0.state.lock();
        state.unwrap_or_else(PoisonError::into_inner)
    }
}

impl Keeping {
    /// Keeps the key for those that continue the session; `false` where the session was ended meanwhile: the key is
    /// dropped then.
    pub(super) fn keep(self, id: u32, unlocked: Unlocked) -> bool {
        let mut state = self.session.state();
        if state.generation != self.generation {
            drop(state);
            drop(unlocked);
            return false;
        }
        state.kept_by = id;
        let earlier = state.key.replace(unlocked);
        drop(state);
        drop(earlier);
        true
    }
}

impl Drop for Keeping {
    fn drop(&mut self) {
        if mem::take(&mut self.lent) {
            self.session.state().lent = false;
            self.session.0.returned.notify_all();
        }
    }
}

impl Unlocked {
    fn is_for(&self, order: &Order) -> bool {
        self.certificate == order.certificate && self.token == order.token
    }
}
