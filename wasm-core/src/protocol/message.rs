//! The frames in both directions, and the chunks of streams.

#![expect(
    missing_docs,
    reason = "the fields of a message are told where the message is, so that they read together"
)]

use super::{Command, Event, Reply};
use crate::failure::Failure;
use serde::{Deserialize, Serialize};

/// A message from the extension to the host.
#[derive(Debug, Deserialize, Serialize)]
#[cfg_attr(any(test, feature = "typescript"), derive(ts_rs::TS), ts(export))]
#[serde(
    tag = "type",
    rename_all = "kebab-case",
    rename_all_fields = "camelCase",
    deny_unknown_fields
)]
pub enum ToHost {
    /// Asks for something; answered by one `reply` or `failed` with the same id, perhaps after events.
    Request { id: u32, command: Command },
    /// A piece of a stream that the extension sends.
    Chunk(Chunk),
    /// A piece of a stream that the host sends has arrived.
    Acknowledge { stream: u32, sequence: u32 },
    /// The stream ends here and its operation with it, whichever side was sending.
    Abort { stream: u32 },
    /// The next message comes as the stream of this number, `size` bytes of JSON in all.
    Large { stream: u32, size: u32 },
    /// The request with this id is not wanted any more. It is answered by `failed` with `CANCELLED` at once, and what it
    /// had begun ends in order: a token is logged out, a document dropped. One that is answered already is past that.
    Cancel { id: u32 },
}

/// A message from the host to the extension.
#[derive(Debug, Deserialize, Serialize)]
#[cfg_attr(any(test, feature = "typescript"), derive(ts_rs::TS), ts(export))]
#[serde(
    tag = "type",
    rename_all = "kebab-case",
    rename_all_fields = "camelCase",
    deny_unknown_fields
)]
pub enum FromHost {
    /// The request with this id was carried out.
    Reply { id: u32, reply: Reply },
    /// The request with this id failed. Id 0: a message that could not be read.
    Failed { id: u32, failure: Failure },
    /// Something happened on the way to the reply.
    Event { id: u32, event: Event },
    /// A piece of a stream that the host sends.
    Chunk(Chunk),
    /// A piece of a stream that the extension sends has been taken in.
    Acknowledge { stream: u32, sequence: u32 },
    /// The stream ends here; a document's request is answered by `failed` as well.
    Abort { stream: u32 },
    /// The next message comes as the stream of this number, `size` bytes of JSON in all.
    Large { stream: u32, size: u32 },
}

/// A piece of a stream.
#[derive(Debug, Deserialize, Serialize)]
#[cfg_attr(any(test, feature = "typescript"), derive(ts_rs::TS), ts(export))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Chunk {
    /// Which stream; the sender of the stream chose the number.
    pub stream: u32,
    /// 0, 1, 2, …
    pub sequence: u32,
    /// Whether the stream ends with this piece. An empty stream is one empty last chunk.
    pub last: bool,
    /// Base64 of at most [`MAX_CHUNK`] bytes.
    pub data: String,
}
