//! The connection to the extension: whole messages both ways, whether they fit a frame or not.

use crate::transport::{
    framing::{self, FrameError, Received},
    outgoing::{Outgoing, Subject},
    queue::{EventQueue, EventSender, SessionEvent},
    stream::Incoming,
};
use std::io::{self, Read, Write};
use tamga_core::{
    failure::{ErrorCode, Failure},
    protocol::{
        Chunk, FromHost, HOST_STREAMS, LARGE_MESSAGE, MAX_CHUNK, MAX_LARGE_MESSAGE, ToHost,
    },
};
use zeroize::Zeroizing;

/// Sends and receives messages over a pair of pipes.
#[derive(Debug)]
pub struct Connection<W> {
    queue: EventQueue,
    output: W,
    /// The message that is arriving in chunks.
    arriving: Option<LargeMessage>,
    outgoing: Outgoing,
}

#[derive(Debug)]
struct LargeMessage {
    stream: u32,
    incoming: Incoming,
    json: Zeroizing<Vec<u8>>,
}

/// The connection cannot go on, or not with this message.
#[derive(Debug, thiserror::Error)]
pub enum ConnectionError {
    /// No frame can be read any more.
    #[error(transparent)]
    Frame(#[from] FrameError),
    /// The extension closed its end, or the pipe broke.
    #[error("writing a frame")]
    Io(#[from] io::Error),
    /// The message is longer than any may be. Nothing of it was sent.
    #[error("a message of {0} bytes")]
    TooLarge(usize),
}

impl ConnectionError {
    /// Whether nothing more can be said.
    pub fn is_fatal(&self) -> bool {
        !matches!(self, Self::TooLarge(_))
    }
}

impl<W: Write> Connection<W> {
    /// Speaks over these pipes. `ended` is called, on a thread of its own, when nothing more can be read.
    pub fn new(input: impl Read + Send + 'static, output: W, ended: fn()) -> Self {
        Self {
            queue: EventQueue::new(input, ended),
            output,
            arriving: None,
            outgoing: Outgoing::new(),
        }
    }

    /// Where threads put what the session should know.
    pub fn event_sender(&self) -> EventSender {
        self.queue.event_sender()
    }

    /// The next message or other thing that happens, or `None` when the extension has closed the connection.
    ///
    /// Chunks that are returned belong to documents; those of large messages are dealt with here.
    ///
    /// # Errors
    /// [`ConnectionError`], after which the host ends.
    pub fn receive(&mut self) -> Result<Option<SessionEvent>, ConnectionError> {
        loop {
            let Some(event) = self.queue.next()? else {
                return Ok(None);
            };
            let SessionEvent::Received(received) = event else {
                return Ok(Some(event));
            };
            match received {
                Received::Message(ToHost::Large { stream, size }) => self.expect(stream, size)?,
                Received::Message(ToHost::Chunk(chunk)) if self.is_arriving(chunk.stream) => {
                    if let Some(message) = self.take(chunk)? {
                        return Ok(Some(SessionEvent::Received(message)));
                    }
                }
                Received::Message(ToHost::Abort { stream }) if self.is_arriving(stream) => {
                    self.arriving = None;
                }
                Received::Message(ToHost::Acknowledge { stream, sequence }) => {
                    self.outgoing.acknowledge(stream, sequence);
                    self.send_more()?;
                }
                Received::Message(ToHost::Abort { stream }) if stream >= HOST_STREAMS => {
                    let aborted = self.outgoing.abort(stream);
                    self.send_more()?;
                    if let Some(Subject { id, answer }) = aborted {
                        return Ok(Some(SessionEvent::Aborted { id, answer }));
                    }
                }
                other => return Ok(Some(SessionEvent::Received(other))),
            }
        }
    }

    /// Sends a message; one that is too large for a frame goes as a stream, while messages come in.
    ///
    /// # Errors
    /// [`ConnectionError::TooLarge`]; any other ends the host.
    pub fn send(&mut self, message: &FromHost) -> Result<(), ConnectionError> {
        let json = framing::to_json(message)?;
        if json.len() <= LARGE_MESSAGE {
            return Ok(framing::write_frame(&mut self.output, &json)?);
        }
        let size = u32::try_from(json.len()).ok();
        let size = size.filter(|_| json.len() <= MAX_LARGE_MESSAGE);
        let size = size.ok_or(ConnectionError::TooLarge(json.len()))?;
        self.outgoing.push(json, size, subject(message));
        self.send_more()
    }

    /// Sends what may be sent of large messages.
    fn send_more(&mut self) -> Result<(), ConnectionError> {
        while let Some(message) = self.outgoing.next() {
            framing::write_frame(&mut self.output, &framing::to_json(&message)?)?;
        }
        Ok(())
    }

    fn is_arriving(&self, stream: u32) -> bool {
        let arriving = self.arriving.as_ref();
        arriving.is_some_and(|arriving| arriving.stream == stream)
    }

    fn expect(&mut self, stream: u32, announced: u32) -> Result<(), ConnectionError> {
        let size = usize::try_from(announced).unwrap_or(usize::MAX);
        if self.arriving.is_some() || size > MAX_LARGE_MESSAGE || stream >= HOST_STREAMS {
            return self.refuse(stream);
        }
        self.arriving = Some(LargeMessage {
            stream,
            incoming: Incoming::new(u64::from(announced)),
            // All of it at once, and room for a chunk too many: a vector that grows leaves copies
            // behind, and there may be a password in them. Untouched pages cost nothing.
            json: Zeroizing::new(Vec::with_capacity(size + MAX_CHUNK + 3)),
        });
        Ok(())
    }

    /// Takes a chunk of the message that is arriving; gives the message when that was the last.
    fn take(&mut self, chunk: Chunk) -> Result<Option<Received>, ConnectionError> {
        let (stream, sequence) = (chunk.stream, chunk.sequence);
        let Some(mut arriving) = self.arriving.take() else {
            return Ok(None);
        };
        let complete = match arriving.incoming.accept(chunk, &mut arriving.json) {
            Ok(complete) => complete,
            Err(error) => {
                tracing::warn!(%error, "a large message was given up");
                self.refuse(stream)?;
                return Ok(None);
            }
        };
        self.send(&FromHost::Acknowledge { stream, sequence })?;
        if !complete {
            self.arriving = Some(arriving);
            return Ok(None);
        }
        Ok(Some(match framing::parse(&arriving.json) {
            Received::Message(ToHost::Request { id, command }) => {
                Received::Message(ToHost::Request { id, command })
            }
            Received::Unreadable { id } => Received::Unreadable { id },
            // Streams do not nest.
            Received::Message(_) => Received::Unreadable { id: 0 },
        }))
    }

    fn refuse(&mut self, stream: u32) -> Result<(), ConnectionError> {
        self.send(&FromHost::Abort { stream })?;
        self.send(&FromHost::Failed {
            id: 0,
            failure: Failure::new(ErrorCode::RequestMalformed),
        })
    }
}

/// What a large message is about. Those about no request are never large.
fn subject(message: &FromHost) -> Subject {
    let (id, answer) = match message {
        FromHost::Event { id, .. } => (*id, false),
        FromHost::Failed { id, .. } | FromHost::Reply { id, .. } => (*id, true),
        FromHost::Abort { .. }
        | FromHost::Acknowledge { .. }
        | FromHost::Chunk(_)
        | FromHost::Large { .. } => (0, false),
    };
    Subject { id, answer }
}

#[cfg(test)]
pub(crate) mod tests;
