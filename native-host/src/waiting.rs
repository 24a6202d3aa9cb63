//! Waiting for another thread: with a deadline, until it is cancelled.

use std::{
    sync::mpsc::{Receiver, RecvTimeoutError},
    time::{Duration, Instant},
};
use tamga_core::pkcs12::Cancel;

/// How often a wait looks whether it was cancelled.
const CANCEL_POLL_INTERVAL: Duration = Duration::from_millis(20);
/// How long an answer may take before the caller is notified that it is late.
const NOTICE_DELAY: Duration = Duration::from_secs(1);

/// How long an answer is waited for, and what cancels that.
pub(crate) struct WaitLimit<'a> {
    timeout: Duration,
    /// How long it is still waited for after a cancel, so that the other side ends in order.
    grace: Duration,
    cancel: &'a Cancel,
    on_delay: Option<&'a mut dyn FnMut()>,
}

impl<'a> WaitLimit<'a> {
    /// At most `timeout`, or until `cancel`.
    pub(crate) fn new(timeout: Duration, cancel: &'a Cancel) -> Self {
        Self {
            timeout,
            grace: Duration::ZERO,
            cancel,
            on_delay: None,
        }
    }

    /// The same; after a cancel at most `grace` longer.
    pub(crate) fn with_grace(self, grace: Duration) -> Self {
        Self { grace, ..self }
    }

    /// The same; `on_delay` is called once if it takes longer than [`NOTICE_DELAY`].
    pub(crate) fn on_delay(self, on_delay: &'a mut dyn FnMut()) -> Self {
        let on_delay = Some(on_delay);
        Self { on_delay, ..self }
    }

    /// What cancels it.
    pub(crate) fn cancel(&self) -> &'a Cancel {
        self.cancel
    }

    /// Waits for the next message.
    ///
    /// # Errors
    /// As [`Receiver::recv_timeout`]; `Timeout` also after a cancel.
    pub(crate) fn receive<T>(mut self, receiver: &Receiver<T>) -> Result<T, RecvTimeoutError> {
        let begun = Instant::now();
        // No deadline where time does not reach so far.
        let mut deadline = begun.checked_add(self.timeout);
        let mut cancelled = false;
        loop {
            if !cancelled && self.cancel.is_cancelled() {
                cancelled = true;
                let last = Instant::now() + self.grace;
                deadline = Some(deadline.map_or(last, |deadline| deadline.min(last)));
            }
            if begun.elapsed() >= NOTICE_DELAY
                && let Some(on_delay) = self.on_delay.take()
            {
                on_delay();
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

/// Waits for the next message, at most `timeout` or until `cancel`.
///
/// # Errors
/// As [`Receiver::recv_timeout`]; `Disconnected` after a cancel.
pub(crate) fn receive<T>(
    receiver: &Receiver<T>,
    timeout: Duration,
    cancel: &Cancel,
) -> Result<T, RecvTimeoutError> {
    let received = WaitLimit::new(timeout, cancel).receive(receiver);
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
    fn a_cancelled_wait_ends() {
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
    fn after_a_cancel_an_answer_within_the_grace_is_received() {
        let (sender, receiver) = mpsc::channel();
        let cancel = Cancel::default();
        cancel.cancel();
        let late = thread::spawn(move || {
            thread::sleep(3 * CANCEL_POLL_INTERVAL);
            sender.send(7)
        });
        let limit = WaitLimit::new(Duration::MAX, &cancel).with_grace(Duration::from_secs(600));
        assert_eq!(limit.receive(&receiver), Ok(7));
        late.join().unwrap().unwrap();
    }

    #[test]
    fn a_delay_is_notified_once() {
        let (sender, receiver) = mpsc::channel();
        let mut sender = Some(sender);
        let mut told = 0;
        let mut late = || {
            told += 1;
            drop(sender.take());
        };
        let cancel = Cancel::default();
        let limit = WaitLimit::new(Duration::MAX, &cancel).on_delay(&mut late);
        let received = limit.receive::<()>(&receiver);
        assert_eq!(received, Err(RecvTimeoutError::Disconnected));
        assert_eq!(told, 1);
    }
}
