//! The key that a PIN session keeps unlocked between requests, and for how long. One request at a time has it; those that
//! continue the session wait for each other, and whatever does not continue it ends it.

use super::{
    task::Task,
    term::{Moment, Term},
};
use crate::{
    failure::Error,
    sign::Signer,
    transport::queue::{EventSender, SessionEvent},
};
use std::{
    mem,
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    thread,
    time::Duration,
};
use tamga_core::{failure::ErrorCode, protocol::TermLeft};

/// How often a request that waits for the key looks whether it was cancelled.
const CANCEL_POLL_INTERVAL: Duration = Duration::from_millis(25);

/// How often it is looked whether a session's time is up.
const TERM_POLL_INTERVAL: Duration = Duration::from_secs(5);

/// Which key a request is for.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct KeyId {
    /// Its certificate's id.
    pub(super) certificate: String,
    /// The id of the token it is on; `None` for a key in a file.
    pub(super) token: Option<String>,
}

/// A key that is unlocked between requests.
#[derive(Debug)]
pub(super) struct Unlocked {
    pub(super) key: KeyId,
    pub(super) signer: Signer,
    pub(super) term: Term,
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

    /// Takes the key for a request that continues the session with so many signatures; waits for the one that has it. A
    /// request for another key, or for more than what is left of the term, ends the session.
    ///
    /// # Errors
    /// `PIN_NEEDED` where no such key is unlocked for so many, `CANCELLED`.
    pub(super) fn take(
        &self,
        key: &KeyId,
        signatures: usize,
        clock: fn() -> u64,
        task: &Task,
    ) -> Result<(Keeping, Unlocked), Error> {
        let mut state = self.state();
        while state.lent {
            task.check()?;
            let woken = self.0.returned.wait_timeout(state, CANCEL_POLL_INTERVAL);
            state = woken.unwrap_or_else(PoisonError::into_inner).0;
        }
        let now = Moment::now(clock);
        let lasts = |unlocked: &mut Unlocked| {
            unlocked.key == *key && unlocked.term.spend(signatures, now).is_ok()
        };
        let Some(unlocked) = state.key.take_if(lasts) else {
            drop(state);
            // Whoever gives the PIN next finds the token logged out.
            if let (_, Some(ended)) = self.supersede() {
                ended.signer.lock();
            }
            return Err(ErrorCode::PinNeeded.into());
        };
        state.lent = true;
        let keeping = Keeping {
            session: self.clone(),
            generation: state.generation,
            lent: true,
        };
        Ok((keeping, unlocked))
    }

    /// Takes the key away from a session whose last request was cancelled when it had kept the key already.
    pub(super) fn revoke(&self, id: u32) -> Option<Unlocked> {
        let mut state = self.state();
        let kept_by = state.kept_by;
        state.key.take_if(|_| kept_by == id)
    }

    /// Takes the key away whose token was taken out: these readers hold a card.
    pub(super) fn take_if_gone(&self, occupied: &[String]) -> Option<Unlocked> {
        let mut state = self.state();
        state.key.take_if(|key| key.signer.is_gone(occupied))
    }

    /// Takes the key away whose time is up.
    pub(super) fn take_if_over(&self, now: Moment) -> Option<Unlocked> {
        self.state().key.take_if(|key| key.term.is_over(now))
    }

    /// How long to wait for the end of the session of this generation; `None` where there is nothing to wait for.
    fn time_left(&self, generation: u64, now: Moment) -> Option<Duration> {
        let state = self.state();
        match &state.key {
            _ if state.generation != generation => None,
            Some(key) => key.term.time_left(now),
            None => state.lent.then_some(TERM_POLL_INTERVAL),
        }
    }

    /// Whole at any moment, even if a thread panicked.
    fn state(&self) -> MutexGuard<'_, State> {
        let state = self.0.state.lock();
        state.unwrap_or_else(PoisonError::into_inner)
    }
}

impl Keeping {
    /// Keeps the key for those that continue the session.
    ///
    /// # Errors
    /// The key, where the session is over: its term is, or it was ended meanwhile.
    pub(super) fn keep(
        self,
        task: &Task,
        unlocked: Unlocked,
        clock: fn() -> u64,
    ) -> Result<TermLeft, Signer> {
        let now = Moment::now(clock);
        let mut state = self.session.state();
        if state.generation != self.generation || unlocked.term.is_over(now) {
            return Err(unlocked.signer);
        }
        state.kept_by = task.id();
        let (term, begins) = (unlocked.term, !self.lent);
        let earlier = state.key.replace(unlocked);
        drop(state);
        drop(earlier);
        if begins && term.time_left(now).is_some() {
            self.end_in_time(clock, task.event_sender().clone());
        }
        Ok(term.left())
    }

    /// Has the session told when its time is up. It looks now and then: clocks are set, and computers sleep.
    fn end_in_time(&self, clock: fn() -> u64, events: EventSender) {
        let (session, generation) = (self.session.clone(), self.generation);
        thread::spawn(move || {
            while let Some(left) = session.time_left(generation, Moment::now(clock))
                && !left.is_zero()
            {
                thread::sleep(left.min(TERM_POLL_INTERVAL));
            }
            events.send(SessionEvent::PinTermOver);
        });
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
    /// Locks the key: before anything else is done with its token, or else beside it.
    pub(super) fn make_way(self, token: Option<&str>) {
        if self.key.token.as_deref() == token {
            self.signer.lock();
        }
    }
}

#[cfg(test)]
mod tests;
