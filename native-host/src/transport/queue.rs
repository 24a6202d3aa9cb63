//! Everything that happens to a session, in one queue: messages of the extension, and what tasks have to say. Threads
//! put things in, the session takes them out one at a time.

use crate::transport::framing::{FrameError, FrameReader, Received};
use std::{
    io::Read,
    sync::mpsc::{self, Receiver, RecvError, SyncSender},
    thread,
};
use tamga_core::{
    failure::Failure,
    protocol::{CertificateVerdict, Event, Reply},
};

/// How many things may wait: a few chunks of a document, which the sender's window bounds anyway.
const QUEUE_LENGTH: usize = 16;

/// Something that happened.
#[derive(Debug)]
pub enum SessionEvent {
    /// The extension sent a message.
    Received(Received),
    /// A task has something to say on the way to its reply.
    Told {
        /// The request that the task carries out.
        id: u32,
        /// What happened.
        event: Event,
    },
    /// A task has ended.
    Ended {
        /// The request that the task carried out.
        id: u32,
        /// Its answer.
        outcome: Result<Reply, Failure>,
    },
    /// The extension aborted a large message of the host.
    Aborted {
        /// The request that the message was about.
        id: u32,
        /// Whether it was the answer, rather than an event before it.
        answer: bool,
    },
    /// A reader or a card came or went.
    ReadersChanged {
        /// The readers that hold a card now.
        occupied: Vec<String>,
    },
    /// The time of a PIN session is up, perhaps.
    PinTermOver,
    /// More is known about a certificate than before.
    Verdict(Box<CertificateVerdict>),
}

/// `None`: the extension closed the connection. After that, and after an error, nothing more comes from it.
type QueueItem = Result<Option<SessionEvent>, FrameError>;

/// The queue.
#[derive(Debug)]
pub struct EventQueue {
    items: Receiver<QueueItem>,
    events: EventSender,
}

/// Where things are put into the queue.
#[derive(Clone, Debug)]
pub struct EventSender(SyncSender<QueueItem>);

impl EventQueue {
    /// A queue into which a thread puts what it reads from the extension. `ended` is called on that thread when
    /// nothing more can be read.
    pub fn new(input: impl Read + Send + 'static, ended: fn()) -> Self {
        let (sender, items) = mpsc::sync_channel(QUEUE_LENGTH);
        let events = EventSender(sender);
        let reader = events.clone();
        thread::spawn(move || {
            reader.read(FrameReader::new(input));
            ended();
        });
        Self { items, events }
    }

    /// The next thing that happens; waits for it.
    ///
    /// # Errors
    /// [`FrameError`] when nothing more can be read from the extension.
    pub fn next(&self) -> QueueItem {
        // The queue's own sender keeps it open.
        self.items.recv().unwrap_or_else(|RecvError| Ok(None))
    }

    /// A sender for another thread.
    pub fn event_sender(&self) -> EventSender {
        self.events.clone()
    }
}

impl EventSender {
    /// Puts something into the queue. When the session is over there is nobody to read it, which is no matter.
    pub fn send(&self, event: SessionEvent) {
        let _ = self.0.send(Ok(Some(event)));
    }

    fn read(&self, mut frames: FrameReader<impl Read>) {
        loop {
            let received = frames.receive();
            let more = matches!(received, Ok(Some(_)));
            let item = received.map(|received| received.map(SessionEvent::Received));
            if self.0.send(item).is_err() || !more {
                return;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{
        sync::{Mutex, mpsc::Sender},
        time::Duration,
    };

    static ENDED: Mutex<Option<Sender<()>>> = Mutex::new(None);

    #[test]
    fn nothing_is_read_behind_the_end() {
        let (sender, ended) = mpsc::channel();
        *ENDED.lock().unwrap() = Some(sender);
        let queue = EventQueue::new(std::io::empty(), || drop(ENDED.lock().unwrap().take()));
        assert!(matches!(queue.next(), Ok(None)));
        // The queue is still there: what is read behind the end would be put into it.
        let gone = ended.recv_timeout(Duration::from_secs(60));
        assert_eq!(gone, Err(mpsc::RecvTimeoutError::Disconnected));
    }
}
