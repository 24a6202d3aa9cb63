//! Waiting for another thread, until that is not wanted any more.

use std::{
    sync::mpsc::{Receiver, RecvTimeoutError},
    time::{Duration, Instant},
};
use tamga_core::pkcs12::Cancel;

/// How often it is looked whether something is still wanted.
const CANCEL_POLL_INTERVAL: Duration = Duration::from_millis(20);
/// How long something may take before the person is told that it takes its time.
const LATE: Duration = Duration::from_secs(1);

/// How long something is waited for.
pub(crate) struct Patience<'a> {
    timeout: Duration,
    /// How long it is still waited for when it is not wanted any more, so that it ends in order.
    grace: Duration,
    cancel: &'a Cancel,
    late: Option<&'a mut dyn FnMut()>,
}

impl<'a> Patience<'a> {
    /// At most so long, and no longer than it is wanted.
    pub(crate) fn new(timeout: Duration, cancel: &'a Cancel) -> Self {
        Self {
            timeout,
            grace: Duration::ZERO,
            cancel,
            late: None,
        }
    }

    /// And at most so much longer when it is not wanted any more.
    pub(crate) fn with_grace(self, grace: Duration) -> Self {
        Self { grace, ..self }
    }

    /// And it is told when it takes longer than [`LATE`].
    pub(crate) fn telling(self, late: &'a mut dyn FnMut()) -> Self {
        let late = Some(late);
        Self { late, ..self }
    }

    /// What gives it up.
    pub(crate) fn cancel(&self) -> &'a Cancel {
        self.cancel
    }

    /// Waits for something to come.
    ///
    /// # Errors
    /// As [`Receiver::recv_timeout`]; a timeout also when it is not wanted any more.
    pub(crate) fn receive<T>(mut self, receiver: &Receiver<T>) -> Result<T, RecvTimeoutError> {
        let begun = Instant::now();
        // No deadline where time does not reach so far.
        let mut deadline = begun.checked_add(self.timeout);
        let mut wanted = true;
        loop {
            if wanted && self.cancel.is_cancelled() {
                wanted = false;
                let last = Instant::now() + self.grace;
                deadline = Some(deadline.map_or(last, |deadline| deadline.min(last)));
            }
            if begun.elapsed() >= LATE
                && let Some(late) = self.late.take()
            {
                late();
            }
            let left = deadline.map_or(Duration::MAX, |deadline| {
                deadline.saturating_duration_since(Instant::now())
            });
            match receiver.recv_timeout(left.min(CANCEL_POLL_INTERVAL)) {
                Err(RecvTimeoutError::Timeout) if left > CANCEL_POLL_INTERVAL => {}
                received => return received,
            }
        }
    }
}

/// Waits for something to come, at most so long.
///
/// # Errors
/// As [`Receiver::recv_timeout`]; disconnected when it is not wanted any more.
pub(crate) fn receive<T>(
    receiver: &Receiver<T>,
    timeout: Duration,
    cancel: &Cancel,
) -> Result<T, RecvTimeoutError> {
    let received = Patience::new(timeout, cancel).receive(receiver);
    received.map_err(|error| match cancel.is_cancelled() {
        true => RecvTimeoutError::Disconnected,
        false => error,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{sync::mpsc, thread};

    #[test]
    fn what_is_not_wanted_is_not_waited_for() {
        let (_sender, receiver) = mpsc::channel::<()>();
        let cancel = Cancel::default();
        let timeout = receive(&receiver, Duration::ZERO, &cancel);
        assert_eq!(timeout, Err(RecvTimeoutError::Timeout));
        let other = cancel.clone();
        thread::spawn(move || other.cancel());
        let cancelled = receive(&receiver, Duration::MAX, &cancel);
        assert_eq!(cancelled, Err(RecvTimeoutError::Disconnected));
    }

    #[test]
    fn what_ends_in_order_is_given_its_time() {
        let (sender, receiver) = mpsc::channel();
        let cancel = Cancel::default();
        cancel.cancel();
        let late = thread::spawn(move || {
            thread::sleep(3 * CANCEL_POLL_INTERVAL);
            sender.send(7)
        });
        let patience = Patience::new(Duration::MAX, &cancel).with_grace(Duration::from_secs(600));
        assert_eq!(patience.receive(&receiver), Ok(7));
        late.join().unwrap().unwrap();
    }

    #[test]
    fn what_takes_its_time_is_told_once() {
        let (sender, receiver) = mpsc::channel();
        let mut sender = Some(sender);
        let mut told = 0;
        let mut late = || {
            told += 1;
            drop(sender.take());
        };
        let cancel = Cancel::default();
        let patience = Patience::new(Duration::MAX, &cancel).telling(&mut late);
        let received = patience.receive::<()>(&receiver);
        assert_eq!(received, Err(RecvTimeoutError::Disconnected));
        assert_eq!(told, 1);
    }
}
