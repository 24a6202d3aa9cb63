//! Watching the readers: one thread for each session that wants it.

use crate::{
    readers,
    transport::queue::{EventSender, SessionEvent},
};
use std::{
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    thread,
    time::{Duration, Instant},
};

/// How long a smart card service is waited for that does not answer.
const START_TIMEOUT: Duration = Duration::from_millis(200);

/// Whether the readers are watched; clones are one and the same.
#[derive(Clone, Debug, Default)]
pub(super) struct ReaderWatch(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    state: Mutex<State>,
    begun: Condvar,
}

#[derive(Clone, Copy, Debug, Default)]
enum State {
    #[default]
    Off,
    /// The readers are about to be watched, since then.
    Starting(Instant),
    /// They are, or that is impossible now.
    Begun,
}

/// Says when it is dropped that the readers are watched.
struct Starting(ReaderWatch);

impl ReaderWatch {
    /// Starts to watch the readers, if they are not watched yet.
    pub(super) fn start(&self, events: EventSender) {
        let mut state = self.state();
        if !matches!(*state, State::Off) {
            return;
        }
        *state = State::Starting(Instant::now());
        drop(state);
        let starting = Starting(self.clone());
        thread::spawn(move || {
            let changed = |occupied| events.send(SessionEvent::ReadersChanged { occupied });
            readers::watch(changed, starting);
        });
    }

    /// Goes on when the readers are watched, if they are about to be, so that nothing is missed between what is listed
    /// next and the first event; but does not wait long.
    pub(super) fn wait_until_begun(&self) {
        let state = self.state();
        let State::Starting(since) = *state else {
            return;
        };
        let timeout = START_TIMEOUT.saturating_sub(since.elapsed());
        let starting = |state: &mut State| matches!(state, State::Starting(_));
        let _ = self.0.begun.wait_timeout_while(state, timeout, starting);
    }

    /// Whole at any moment, even if a thread panicked.
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Starting {
    fn drop(&mut self) {
        *self.0.state() = State::Begun;
        self.0.0.begun.notify_all();
    }
}
