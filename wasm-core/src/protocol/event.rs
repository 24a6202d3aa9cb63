//! What the host says between a command and its reply.

use super::{CertificateVerdict, CheckReport, CheckedFile, Listing};
use crate::{failure::Failure, format::Piece};
use serde::{Deserialize, Serialize};

/// What a signature waits for.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(any(test, feature = "typescript"), derive(ts_rs::TS), ts(export))]
#[serde(rename_all = "kebab-case")]
pub enum WaitingFor {
    /// The token or its module: some have a button to press, others are far away.
    Device,
    /// The person, who types the PIN on the reader.
    Reader,
}

/// What happens between request and reply.
#[derive(Debug, Deserialize, Serialize)]
#[cfg_attr(any(test, feature = "typescript"), derive(ts_rs::TS), ts(export))]
#[serde(
    tag = "type",
    rename_all = "kebab-case",
    rename_all_fields = "camelCase"
)]
pub enum Event {
    /// The item was signed, and the signature verified.
    ItemSigned {
        /// The item's place in the command.
        index: u32,
        /// The media type of what the pieces make up.
        media_type: String,
        /// The signature, or the document with the signature inside, from its beginning to its end.
        pieces: Vec<Piece>,
    },
    /// This item was not signed; the others go on.
    ItemFailed {
        /// The item's place in the command.
        index: u32,
        /// Why.
        failure: Failure,
    },
    /// The next item may take a while; `item-signed` or `item-failed` says that it is over.
    Waiting {
        /// What is waited for.
        how: WaitingFor,
        /// When the host gives the item up, in Unix seconds.
        #[cfg_attr(any(test, feature = "typescript"), ts(type = "number"))]
        until: u64,
    },
    /// On the way to `certificates`: what is known so far, all of it.
    CertificatesSoFar(Listing),
    /// On the way to `checked`: what is known before servers are asked.
    CheckedSoFar(CheckReport),
    /// On the way to `checked`: servers were asked about this file's certificates. It replaces the file of that place in
    /// the report.
    FileChecked(Box<CheckedFile>),
    /// What is known about a certificate of the last list; for `watch-verdicts` and for nothing else. A later one about
    /// the same certificate replaces it.
    Verdict(Box<CertificateVerdict>),
    /// A reader or a card came or went; for `watch-readers` and for nothing else.
    ReadersChanged {},
    /// The PIN session is over: its time is up, or its token was taken out; for `watch-readers` too.
    PinSessionEnded {},
}
