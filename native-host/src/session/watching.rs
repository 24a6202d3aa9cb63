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

#[cfg(test)]
mod tests {
    use super::*;

    /// A watch that began to start so long ago.
    fn starting(ago: Duration) -> ReaderWatch {
        let watch = ReaderWatch::default();
        *watch.state() = State::Starting(Instant::now().checked_sub(ago).unwrap());
        watch
    }

    fn waited(watch: &ReaderWatch) -> Duration {
        let begun = Instant::now();
        watch.wait_until_begun();
        begun.elapsed()
    }

    #[test]
    fn a_list_waits_for_the_watch_that_starts() {
        let watch = starting(Duration::ZERO);
        let start = Starting(watch.clone());
        let starter = thread::spawn(move || {
            thread::sleep(START_TIMEOUT / 4);
            drop(start);
        });
        let waited = waited(&watch);
        assert!(matches!(*watch.state(), State::Begun));
        assert!(waited < START_TIMEOUT, "{waited:?}");
        starter.join().unwrap();
    }

    #[test]
    fn no_list_waits_for_long() {
        assert!(waited(&starting(Duration::ZERO)) >= START_TIMEOUT);
        for nothing_starts in [starting(START_TIMEOUT), ReaderWatch::default()] {
            assert!(waited(&nothing_starts) < START_TIMEOUT);
        }
    }
}
