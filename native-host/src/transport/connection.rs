//! The connection to the extension: whole messages both ways, whether they fit a frame or not.

use crate::{
    transport::framing::{self, FrameError, Received},
    transport::queue::{EventQueue, EventSender, SessionEvent},
    transport::stream::{self, Incoming},
};
use std::{
    collections::VecDeque,
    io::{self, Read, Write},
    sync::mpsc,
    thread,
};
use tamga_core::{
    failure::{ErrorCode, Failure},
    pkcs12::Cancel,
    protocol::{
        Chunk, FromHost, HOST_STREAMS, LARGE_MESSAGE, MAX_CHUNK, MAX_LARGE_MESSAGE, ToHost, WINDOW,
    },
};
use zeroize::Zeroizing;

/// The payload of a chunk that the host sends, in bytes.
const CHUNK: usize = 256 << 10;
/// How many messages may arrive while the host waits for acknowledgements.
const MAX_DEFERRED: usize = 64;

/// Sends and receives messages over a pair of pipes.
#[derive(Debug)]
pub struct Connection<W> {
    queue: EventQueue,
    output: W,
    /// The message that is arriving in chunks.
    arriving: Option<LargeMessage>,
    /// What came while the host waited for acknowledgements, or for work to be done.
    deferred: VecDeque<SessionEvent>,
    /// Whether nothing more comes after that, and why.
    ended: Option<Result<(), FrameError>>,
    next_stream: u32,
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
    /// The extension wants no more of the message that is being sent. The connection is unharmed.
    #[error("the extension aborted a message")]
    Aborted,
    /// The extension closed the connection while it was expected to acknowledge.
    #[error("the extension closed the connection")]
    Closed,
    /// More messages came than anybody sends while waiting for an answer.
    #[error("too many messages at once")]
    Flooded,
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
        !matches!(self, Self::Aborted | Self::TooLarge(_))
    }
}

impl<W: Write> Connection<W> {
    /// Speaks over these pipes. `ended` is called, on a thread of its own, when nothing more can be read.
    pub fn new(input: impl Read + Send + 'static, output: W, ended: fn()) -> Self {
        Self {
            queue: EventQueue::new(input, ended),
            output,
            arriving: None,
            deferred: VecDeque::new(),
            ended: None,
            next_stream: HOST_STREAMS,
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
            let event = match (self.deferred.pop_front(), self.ended.take()) {
                (Some(event), ended) => {
                    self.ended = ended;
                    event
                }
                (None, Some(ended)) => return Ok(ended.map(|()| None)?),
                (None, None) => match self.queue.next()? {
                    Some(event) => event,
                    None => return Ok(None),
                },
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
                // The last ones of a message that was sent come when nobody waits any more.
                Received::Message(ToHost::Acknowledge { .. }) => {}
                other => return Ok(Some(SessionEvent::Received(other))),
            }
        }
    }

    /// Does what takes its time on a thread of its own, for the request with this id, and gives what came of it.
    /// Meanwhile the request can be given up; everything else that comes is put aside, and keeps its order.
    ///
    /// # Errors
    /// [`ConnectionError::Closed`] when the thread has died.
    pub fn work<T: Send + 'static>(
        &mut self,
        request: u32,
        cancel: &Cancel,
        task: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, ConnectionError> {
        let (sender, done) = mpsc::channel();
        let events = self.event_sender();
        thread::spawn(move || {
            // Somebody waits for it, as a rule.
            let _ = sender.send(task());
            events.send(SessionEvent::Worked);
        });
        while self.ended.is_none() && self.deferred.len() < MAX_DEFERRED {
            match self.queue.next() {
                Ok(Some(SessionEvent::Worked)) => break,
                Ok(Some(SessionEvent::Received(Received::Message(ToHost::Cancel { id })))) => {
                    if id == request {
                        cancel.cancel();
                    }
                }
                Ok(Some(other)) => self.deferred.push_back(other),
                Ok(None) => self.ended = Some(Ok(())),
                Err(error) => self.ended = Some(Err(error)),
            }
        }
        done.recv().map_err(|_| ConnectionError::Closed)
    }

    /// Sends a message, as a stream if it is too large for one frame.
    ///
    /// # Errors
    /// [`ConnectionError::Aborted`] when the extension wants no more of it, [`ConnectionError::TooLarge`];
    /// any other ends the host.
    pub fn send(&mut self, message: &FromHost) -> Result<(), ConnectionError> {
        let json = framing::to_json(message)?;
        if json.len() <= LARGE_MESSAGE {
            return Ok(framing::write_frame(&mut self.output, &json)?);
        }
        self.send_large(&json)
    }

    fn send_large(&mut self, json: &[u8]) -> Result<(), ConnectionError> {
        let size = u32::try_from(json.len()).ok();
        let size = size.filter(|_| json.len() <= MAX_LARGE_MESSAGE);
        let size = size.ok_or(ConnectionError::TooLarge(json.len()))?;
        let stream = self.next_stream;
        self.next_stream = stream.checked_add(1).unwrap_or(HOST_STREAMS);
        self.send(&FromHost::Large { stream, size })?;
        let mut acknowledged = 0;
        for chunk in stream::chunks(stream, json, CHUNK) {
            while chunk.sequence - acknowledged >= WINDOW {
                self.await_acknowledgement(stream, acknowledged)?;
                acknowledged += 1;
            }
            let frame = framing::to_json(&FromHost::Chunk(chunk))?;
            framing::write_frame(&mut self.output, &frame)?;
        }
        Ok(())
    }

    fn await_acknowledgement(
        &mut self,
        sending: u32,
        expected: u32,
    ) -> Result<(), ConnectionError> {
        loop {
            use SessionEvent::Received as Got;
            let event = self.queue.next()?.ok_or(ConnectionError::Closed)?;
            match event {
                Got(Received::Message(ToHost::Acknowledge { stream, sequence }))
                    if stream == sending && sequence == expected =>
                {
                    return Ok(());
                }
                Got(Received::Message(ToHost::Abort { stream })) if stream == sending => {
                    return Err(ConnectionError::Aborted);
                }
                Got(Received::Message(ToHost::Acknowledge { .. })) => {}
                other if self.deferred.len() < MAX_DEFERRED => self.deferred.push_back(other),
                _ => return Err(ConnectionError::Flooded),
            }
        }
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

#[cfg(test)]
mod tests;
