//! Waiting for another thread, until that is not wanted any more.

use std::{
    sync::mpsc::{Receiver, RecvTimeoutError},
    time::{Duration, Instant},
};
use tamga_core::pkcs12::Cancel;

/// How often it is looked whether something is still wanted.
const CANCEL_POLL_INTERVAL: Duration = Duration::from_millis(20);

/// Waits for something to come, at most so long.
///
/// # Errors
/// As [`Receiver::recv_timeout`]; disconnected when it is not wanted any more.
pub(crate) fn receive<T>(
    receiver: &Receiver<T>,
    timeout: Duration,
    cancel: &Cancel,
) -> Result<T, RecvTimeoutError> {
    let received = receive_in_order(receiver, timeout, Duration::ZERO, cancel);
    received.map_err(|error| match cancel.is_cancelled() {
        true => RecvTimeoutError::Disconnected,
        false => error,
    })
}

/// The same for what should come to its end in order: so long it is still waited for when it is not wanted any more.
///
/// # Errors
/// As [`Receiver::recv_timeout`].
pub(crate) fn receive_in_order<T>(
    receiver: &Receiver<T>,
    timeout: Duration,
    grace: Duration,
    cancel: &Cancel,
) -> Result<T, RecvTimeoutError> {
    // No deadline where time does not reach so far.
    let mut deadline = Instant::now().checked_add(timeout);
    let mut wanted = true;
    loop {
        if wanted && cancel.is_cancelled() {
            wanted = false;
            let last = Instant::now() + grace;
            deadline = Some(deadline.map_or(last, |deadline| deadline.min(last)));
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
        let received = receive_in_order(&receiver, Duration::MAX, Duration::MAX / 4, &cancel);
        assert_eq!(received, Ok(7));
        late.join().unwrap().unwrap();
    }
}
