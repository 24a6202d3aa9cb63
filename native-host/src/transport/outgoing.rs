//! Large messages on their way to the extension, one after the other. Nothing waits for acknowledgements: each lets a
//! chunk follow.

use crate::transport::stream;
use std::collections::VecDeque;
use tamga_core::protocol::{FromHost, HOST_STREAMS, WINDOW};

/// The payload of a chunk that the host sends, in bytes.
pub(super) const CHUNK: usize = 256 << 10;

/// The messages that are being sent.
#[derive(Debug)]
pub(super) struct Outgoing {
    /// The first one is on its way.
    messages: VecDeque<Message>,
    next_stream: u32,
}

#[derive(Debug)]
struct Message {
    stream: u32,
    size: u32,
    json: Vec<u8>,
    subject: Subject,
    announced: bool,
    /// The number of the next chunk.
    next: u32,
    /// How many chunks have arrived.
    acknowledged: u32,
}

/// What a message is about.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Subject {
    /// The request.
    pub(super) id: u32,
    /// Whether the message is the request's answer, rather than an event before it.
    pub(super) answer: bool,
}

impl Outgoing {
    pub(super) fn new() -> Self {
        Self {
            messages: VecDeque::new(),
            next_stream: HOST_STREAMS,
        }
    }

    /// Adds a message of `size` bytes.
    pub(super) fn push(&mut self, json: Vec<u8>, size: u32, subject: Subject) {
        let stream = self.next_stream;
        self.next_stream = stream.checked_add(1).unwrap_or(HOST_STREAMS);
        self.messages.push_back(Message {
            stream,
            size,
            json,
            subject,
            announced: false,
            next: 0,
            acknowledged: 0,
        });
    }

    /// The next frame that may be sent now.
    pub(super) fn next(&mut self) -> Option<FromHost> {
        let message = self.messages.front_mut()?;
        let (stream, size) = (message.stream, message.size);
        if !message.announced {
            message.announced = true;
            return Some(FromHost::Large { stream, size });
        }
        if message.next - message.acknowledged >= WINDOW {
            return None;
        }
        let chunk = stream::chunk(stream, &message.json, CHUNK, message.next)?;
        message.next += 1;
        if chunk.last {
            // What is still to be acknowledged of it lets nothing follow.
            self.messages.pop_front();
        }
        Some(FromHost::Chunk(chunk))
    }

    /// Takes an acknowledgement; one that is out of order, or of another stream, changes nothing.
    pub(super) fn acknowledge(&mut self, stream: u32, sequence: u32) {
        let message = self.messages.front_mut();
        let message = message.filter(|message| message.stream == stream);
        if let Some(message) = message
            && message.acknowledged == sequence
            && sequence < message.next
        {
            message.acknowledged += 1;
        }
    }

    /// Drops the message that is on its way as this stream; says what it was about.
    pub(super) fn abort(&mut self, stream: u32) -> Option<Subject> {
        let on_its_way = self.messages.front()?.stream == stream;
        let message = on_its_way.then(|| self.messages.pop_front()).flatten()?;
        Some(message.subject)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_not_sent_is_not_acknowledged() {
        let subject = Subject {
            id: 1,
            answer: true,
        };
        let mut outgoing = Outgoing::new();
        outgoing.push(vec![0; 12 * CHUNK], 0, subject);
        assert!(matches!(outgoing.next(), Some(FromHost::Large { .. })));
        outgoing.acknowledge(HOST_STREAMS, 0);
        let sent = std::iter::from_fn(|| outgoing.next()).count();
        assert_eq!(sent, usize::try_from(WINDOW).unwrap());
    }
}
