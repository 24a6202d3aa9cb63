//! Between the content script and the sign window of a request.

use super::page::{PageCommand, PageFailure};
use crate::sign::messages::{Progress, Released};
use tamga_core::{failure::ErrorCode, protocol::Chunk};
use ts_rs::TS;

/// From a content script to the sign window of its request.
#[derive(Debug, TS)]
#[ts(export, tag = "type", rename_all = "kebab-case")]
pub enum ContentToWindow {
    /// Comes first. `probe` arrives as a Blob where messages can carry one, and else as an empty object.
    Command {
        command: PageCommand,
        #[ts(type = "Blob")]
        probe: (),
    },
    /// The page has the result or the failure.
    Received {},
    /// The page did not get the result.
    Lost { code: ErrorCode },
    /// The page wants no answer any more.
    TakenBack {},
    /// A piece of a document.
    Chunk(Chunk),
    /// A piece of a signature has arrived.
    Acknowledge { stream: u32, sequence: u32 },
    /// The document could not be read.
    Abort { stream: u32 },
}

/// From a sign window to the content script of its request.
#[derive(Debug, TS)]
#[ts(export, tag = "type", rename_all = "kebab-case")]
pub enum WindowToContent {
    /// How far the work is.
    Progress { progress: Progress },
    /// Comes last, or else `result`.
    Failed(PageFailure),
    /// The result: the numbers in it are places in `blobs`.
    Result {
        result: WindowResult,
        blobs: Vec<SentBlob>,
    },
    /// Wants the document of this place as the stream of this number.
    Pull { document: u32, stream: u32 },
    /// A piece of a signature.
    Chunk(Chunk),
    /// A piece of a document has arrived.
    Acknowledge { stream: u32, sequence: u32 },
    /// The signature could not be read.
    Abort { stream: u32 },
}

/// A result whose signatures are places in a list of Blobs.
#[derive(Debug, TS)]
#[ts(export)]
pub struct WindowResult {
    pub certificate: Released,
    #[ts(optional)]
    pub items: Option<Vec<WindowItem>>,
}

/// What became of one item.
#[derive(Debug, TS)]
#[ts(export, untagged)]
pub enum WindowItem {
    Signed { name: String, signature: u32 },
    Failed { name: String, error: PageFailure },
}

/// A Blob, by reference where messages can carry one; or else announced, and sent as the stream of this number.
#[derive(Debug, TS)]
#[ts(export, untagged)]
pub enum SentBlob {
    ByReference(#[ts(type = "Blob")] ()),
    Streamed(StreamedBlob),
}

/// A Blob that comes as a stream. `size` in bytes, `mime`: its type.
#[derive(Debug, TS)]
#[ts(export)]
pub struct StreamedBlob {
    pub stream: u32,
    #[ts(type = "number")]
    pub size: u64,
    pub mime: String,
}

/// What a stream's sender and its receiver say, on a request's port as on the host's.
#[derive(Debug, TS)]
#[ts(export, tag = "type", rename_all = "kebab-case")]
pub enum StreamMessage {
    Chunk(Chunk),
    Acknowledge { stream: u32, sequence: u32 },
    Abort { stream: u32 },
}
