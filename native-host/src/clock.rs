//! The clock of this computer, and what shows that it is wrong.

use crate::directories::IS_FOR_TESTS;
use std::{
    env,
    sync::{Mutex, PoisonError},
    time::{SystemTime, UNIX_EPOCH},
};
use tamga_core::clock::{ClockFault, fault};

/// The time by this computer's clock, Unix time.
pub fn unix_time() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    let now = since.map_or(0, |since| since.as_secs());
    now.saturating_add_signed(wrong_by())
}

/// By how much a test of this workspace has the clock wrong, in seconds.
fn wrong_by() -> i64 {
    let seconds = IS_FOR_TESTS.then(|| env::var("TAMGA_CLOCK_WRONG_BY"));
    let seconds = seconds.and_then(Result::ok).and_then(|it| it.parse().ok());
    seconds.unwrap_or(0)
}

/// What servers said about the time, less what the clock showed.
#[derive(Debug, Default)]
pub struct ServerTime(Mutex<Option<i64>>);

impl ServerTime {
    /// A server said `time` when the clock showed `now`, and what came with it was right at that time.
    pub fn is(&self, time: i64, now: i64) {
        let apart = time.saturating_sub(now);
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(apart);
    }

    /// Whether nothing is known yet that speaks for or against the clock, which shows `now`.
    pub fn is_wanted(&self, now: i64) -> bool {
        self.apart().is_none() && self.fault(now).is_none()
    }

    /// What is wrong with the clock, which shows `now`.
    pub fn fault(&self, now: i64) -> Option<ClockFault> {
        fault(now, self.apart())
    }

    fn apart(&self) -> Option<i64> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
