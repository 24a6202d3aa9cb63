//! Tasks: what may wait is carried out on a thread beside the session, which goes on with the next message.

use crate::{
    failure::Error,
    transport::queue::{EventSender, SessionEvent},
};
use std::{collections::BTreeMap, thread};
use tamga_core::{
    failure::{ErrorCode, Failure},
    pkcs12::Cancel,
    protocol::{Event, Reply},
};

/// How many tasks may run at a time: far more than the extension ever asks for.
const MAX_TASKS: usize = 64;

/// A task, as the command knows it that it carries out.
#[derive(Debug)]
pub(super) struct Task {
    id: u32,
    cancel: Cancel,
    events: EventSender,
}

/// The tasks of a session.
#[derive(Debug, Default)]
pub(super) struct Tasks {
    /// By their requests.
    running: BTreeMap<u32, Running>,
}

#[derive(Debug)]
struct Running {
    cancel: Cancel,
    /// Whether the request was answered already: nothing that the task says is told any more.
    answered: bool,
}

/// Says at the end of the thread what came of the task, also where it panicked.
struct Ending {
    id: u32,
    events: EventSender,
    outcome: Option<Result<Reply, Failure>>,
}

impl Task {
    /// The task of a request without a thread of its own.
    #[cfg(test)]
    pub(super) fn of(id: u32, events: EventSender) -> Self {
        let cancel = Cancel::default();
        Self { id, cancel, events }
    }

    /// Tells the extension what happens on the way to the reply.
    pub(super) fn tell(&self, event: Event) {
        let id = self.id;
        self.events.send(SessionEvent::Told { id, event });
    }

    /// The request that it carries out.
    pub(super) fn id(&self) -> u32 {
        self.id
    }

    /// Where it can post something for the session.
    pub(super) fn event_sender(&self) -> &EventSender {
        &self.events
    }

    /// What gives it up.
    pub(super) fn cancel(&self) -> &Cancel {
        &self.cancel
    }

    /// Goes on, unless the request was cancelled.
    ///
    /// # Errors
    /// `CANCELLED`
    pub(super) fn check(&self) -> Result<(), Error> {
        match self.cancel.is_cancelled() {
            true => Err(ErrorCode::Cancelled.into()),
            false => Ok(()),
        }
    }
}

impl Tasks {
    /// Starts a task for a request. It posts its events and at last its outcome.
    ///
    /// # Errors
    /// `REQUEST_MALFORMED` for a request whose number is taken, and for one too many.
    pub(super) fn start(
        &mut self,
        id: u32,
        events: EventSender,
        work: impl FnOnce(&Task) -> Result<Reply, Error> + Send + 'static,
    ) -> Result<(), ErrorCode> {
        if self.running.len() >= MAX_TASKS || self.running.contains_key(&id) {
            return Err(ErrorCode::RequestMalformed);
        }
        let cancel = Cancel::default();
        let task = Task {
            id,
            cancel: cancel.clone(),
            events: events.clone(),
        };
        let ending = Ending {
            id,
            events,
            outcome: None,
        };
        thread::spawn(move || ending.with(work(&task)));
        let answered = false;
        self.running.insert(id, Running { cancel, answered });
        Ok(())
    }

    /// Gives up the task of a request. Whether the request is to be answered now: there is such a task, and nobody has
    /// answered it yet.
    pub(super) fn cancel(&mut self, id: u32) -> bool {
        let Some(running) = self.running.get_mut(&id) else {
            return false;
        };
        running.cancel.cancel();
        !std::mem::replace(&mut running.answered, true)
    }

    /// Whether what the task of a request tells is still wanted.
    pub(super) fn is_wanted(&self, id: u32) -> bool {
        let running = self.running.get(&id);
        running.is_some_and(|running| !running.answered)
    }

    /// Forgets a task that has ended. Whether its request is to be answered.
    pub(super) fn ended(&mut self, id: u32) -> bool {
        let running = self.running.remove(&id);
        running.is_some_and(|running| !running.answered)
    }

    /// Gives up all tasks.
    pub(super) fn cancel_all(&mut self) {
        for running in self.running.values_mut() {
            running.cancel.cancel();
            running.answered = true;
        }
    }

    /// Whether no task runs.
    pub(super) fn is_empty(&self) -> bool {
        self.running.is_empty()
    }
}

impl Ending {
    fn with(mut self, outcome: Result<Reply, Error>) {
        self.outcome = Some(outcome.map_err(Failure::from));
    }
}

impl Drop for Ending {
    fn drop(&mut self) {
        let outcome = self.outcome.take();
        self.events.send(SessionEvent::Ended {
            id: self.id,
            outcome: outcome.unwrap_or_else(|| Err(ErrorCode::Internal.into())),
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transport::queue::EventQueue;
    use std::{io, panic, time::Duration};
    use tamga_core::protocol::WaitingFor;

    /// The queue of a session whose extension says nothing.
    fn queue() -> EventQueue {
        let queue = EventQueue::new(io::empty(), || ());
        assert!(matches!(queue.next(), Ok(None)));
        queue
    }

    /// Goes on until it is cancelled.
    fn endless(task: &Task) -> Result<Reply, Error> {
        loop {
            task.check()?;
            thread::sleep(Duration::from_millis(1));
        }
    }

    /// The next task that has ended, and what came of it.
    fn ended(queue: &EventQueue) -> (u32, Result<Reply, ErrorCode>) {
        let Ok(Some(SessionEvent::Ended { id, outcome })) = queue.next() else {
            panic!("a task has not ended");
        };
        (id, outcome.map_err(|failure| failure.code))
    }

    #[test]
    fn a_request_has_one_task_and_there_is_a_limit_to_all() {
        let (queue, mut tasks) = (queue(), Tasks::default());
        let mut start = |id| tasks.start(id, queue.event_sender(), endless);
        let refused = Err(ErrorCode::RequestMalformed);
        assert_eq!(start(0), Ok(()));
        assert_eq!(start(0), refused);
        for id in 1..64 {
            assert_eq!(start(id), Ok(()));
        }
        assert_eq!(start(64), refused);
        tasks.cancel_all();
        for _ in 0..64 {
            assert!(!tasks.is_empty());
            let (id, outcome) = ended(&queue);
            assert!(matches!(outcome, Err(ErrorCode::Cancelled)), "{outcome:?}");
            // Nobody waits for its answer.
            assert!(!tasks.ended(id));
        }
        assert!(tasks.is_empty());
    }

    #[test]
    fn a_cancelled_request_is_answered_once() {
        let (queue, mut tasks) = (queue(), Tasks::default());
        tasks.start(3, queue.event_sender(), endless).unwrap();
        assert!(!tasks.cancel(4) && !tasks.is_wanted(4));
        assert!(tasks.is_wanted(3));
        assert!(tasks.cancel(3));
        assert!(!tasks.is_wanted(3));
        assert!(!tasks.cancel(3));
        assert!(matches!(ended(&queue), (3, Err(ErrorCode::Cancelled))));
        assert!(!tasks.ended(3) && !tasks.ended(4));
        assert!(tasks.is_empty());
    }

    #[test]
    fn a_task_says_what_happens_and_what_came_of_it() {
        let (queue, mut tasks) = (queue(), Tasks::default());
        let started = tasks.start(5, queue.event_sender(), |task| {
            assert_eq!(task.id(), 5);
            let how = WaitingFor::Device;
            task.tell(Event::Waiting { how, until: 7 });
            Ok(Reply::PinChanged {})
        });
        assert_eq!(started, Ok(()));
        let told = queue.next();
        assert!(matches!(told, Ok(Some(SessionEvent::Told { id: 5, .. }))));
        assert!(matches!(ended(&queue), (5, Ok(Reply::PinChanged {}))));
        assert!(tasks.ended(5));
        assert!(!tasks.ended(5));
    }

    #[test]
    fn a_task_that_panics_has_failed() {
        let (queue, mut tasks) = (queue(), Tasks::default());
        let started = tasks.start(6, queue.event_sender(), |_| {
            // As a panic, but without its message.
            panic::resume_unwind(Box::new(()))
        });
        assert_eq!(started, Ok(()));
        assert!(matches!(ended(&queue), (6, Err(ErrorCode::Internal))));
        assert!(tasks.ended(6));
    }
}
