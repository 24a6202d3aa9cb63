//! The frames in both directions, and the chunks of streams.

use super::{Command, Event, Reply};
use crate::failure::Failure;
use serde::{Deserialize, Serialize};

/// A message from the extension to the host.
#[derive(Debug, Deserialize, Serialize)]
#[cfg_attr(any(test, feature = "typescript"), derive(ts_rs::TS), ts(export))]
#[serde(
    tag = "type",
    rename_all = "kebab-case",
    rename_all_fields = "camelCase"
)]
pub enum ToHost {
    /// Asks for something; answered by one `reply` or `failed` with the same id, perhaps after events.
    Request {
        /// The number of the request, which the extension chose.
        id: u32,
        /// What it asks for.
        command: Command,
    },
    /// A piece of a stream that the extension sends.
    Chunk(Chunk),
    /// A piece of a stream that the host sends has arrived.
    Acknowledge {
        /// The number of the stream.
        stream: u32,
        /// The number of the chunk in it.
        sequence: u32,
    },
    /// The stream ends here and its operation with it, whichever side was sending.
    Abort {
        /// The number of the stream.
        stream: u32,
    },
    /// The next message comes as a stream.
    Large {
        /// The number of the stream.
        stream: u32,
        /// Its length, in bytes of JSON.
        size: u32,
    },
    /// The request with this id is not wanted any more. It is answered by `failed` with `CANCELLED` at once, and what it
    /// had begun ends in order: a token is logged out, a document dropped. One that is answered already is past that.
    Cancel {
        /// The number of the request.
        id: u32,
    },
}

/// A message from the host to the extension.
#[derive(Debug, Deserialize, Serialize)]
#[cfg_attr(any(test, feature = "typescript"), derive(ts_rs::TS), ts(export))]
#[serde(
    tag = "type",
    rename_all = "kebab-case",
    rename_all_fields = "camelCase"
)]
pub enum FromHost {
    /// The request with this id was carried out.
    Reply {
        /// The number of the request.
        id: u32,
        /// The answer.
        reply: Reply,
    },
    /// The request with this id failed.
    Failed {
        /// The number of the request; 0 where a message could not be read.
        id: u32,
        /// Why.
        failure: Failure,
    },
    /// Something happened on the way to the reply.
    Event {
        /// The number of the request.
        id: u32,
        /// What happened.
        event: Event,
    },
    /// A piece of a stream that the host sends.
    Chunk(Chunk),
    /// A piece of a stream that the extension sends has been taken in.
    Acknowledge {
        /// The number of the stream.
        stream: u32,
        /// The number of the chunk in it.
        sequence: u32,
    },
    /// The stream ends here; a document's request is answered by `failed` as well.
    Abort {
        /// The number of the stream.
        stream: u32,
    },
    /// The next message comes as a stream.
    Large {
        /// The number of the stream.
        stream: u32,
        /// Its length, in bytes of JSON.
        size: u32,
    },
}

/// A piece of a stream.
#[derive(Debug, Deserialize, Serialize)]
#[cfg_attr(any(test, feature = "typescript"), derive(ts_rs::TS), ts(export))]
#[serde(rename_all = "camelCase")]
pub struct Chunk {
    /// Which stream; the sender of the stream chose the number.
    pub stream: u32,
    /// 0, 1, 2, …
    pub sequence: u32,
    /// Whether the stream ends with this piece. An empty stream is one empty last chunk.
    pub last: bool,
    /// Base64 of at most [`super::MAX_CHUNK`] bytes.
    pub data: String,
}
