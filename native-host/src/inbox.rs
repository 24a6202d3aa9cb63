//! Everything that happens to a session, in one queue: messages of the extension, and what is found beside the
//! conversation. Threads put things in, the session takes them out one at a time.

use crate::framing::{FrameError, FrameReader, Received};
use std::{
    io::Read,
    sync::mpsc::{self, Receiver, RecvError, SyncSender},
    thread,
};
use tamga_core::protocol::Listing;

/// How many things may wait: a few chunks of a document, which the sender's window bounds anyway.
const WAITING: usize = 16;

/// Something that happened.
#[derive(Debug)]
pub enum Happening {
    /// The extension sent a message.
    Received(Received),
    /// What is within reach, for the request with this id.
    Listed {
        /// The request.
        id: u32,
        /// All that is known.
        listing: Listing,
        /// Whether that is all there is.
        complete: bool,
    },
    /// Work beside the conversation is done.
    Worked,
    /// A reader or a card came or went.
    ReadersChanged,
}

/// `None`: the extension closed the connection. After that, and after an error, nothing more comes from it.
type Post = Result<Option<Happening>, FrameError>;

/// The queue.
#[derive(Debug)]
pub struct Inbox {
    posts: Receiver<Post>,
    slot: Slot,
}

/// Where things are put into the queue.
#[derive(Clone, Debug)]
pub struct Slot(SyncSender<Post>);

impl Inbox {
    /// A queue into which a thread puts what it reads from the extension. `ended` is called on that thread when
    /// nothing more can be read.
    pub fn new(input: impl Read + Send + 'static, ended: fn()) -> Self {
        let (sender, posts) = mpsc::sync_channel(WAITING);
        let slot = Slot(sender);
        let reader = slot.clone();
        thread::spawn(move || {
            reader.read(FrameReader::new(input));
            ended();
        });
        Self { posts, slot }
    }

    /// The next thing that happens; waits for it.
    ///
    /// # Errors
    /// [`FrameError`] when nothing more can be read from the extension.
    pub fn next(&self) -> Post {
        // The queue's own slot keeps it open.
        self.posts.recv().unwrap_or_else(|RecvError| Ok(None))
    }

    /// A slot for another thread.
    pub fn slot(&self) -> Slot {
        self.slot.clone()
    }
}

impl Slot {
    /// Puts something into the queue. When the session is over there is nobody to read it, which is no matter.
    pub fn put(&self, happening: Happening) {
        let _ = self.0.send(Ok(Some(happening)));
    }

    fn read(&self, mut frames: FrameReader<impl Read>) {
        loop {
            let received = frames.receive();
            let more = matches!(received, Ok(Some(_)));
            let post = received.map(|received| received.map(Happening::Received));
            if self.0.send(post).is_err() || !more {
                return;
            }
        }
    }
}
