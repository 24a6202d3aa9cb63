//! How the host answers a command.

#![expect(
    missing_docs,
    reason = "the fields of a message are told where the message is, so that they read together"
)]

use super::{KeyEntry, Listing, RecordPage, TermLeft};
use crate::algorithm::Digest;
use serde::{Deserialize, Serialize};

/// How the host answers.
#[derive(Debug, Deserialize, Serialize)]
#[cfg_attr(any(test, feature = "typescript"), derive(ts_rs::TS), ts(export))]
#[serde(
    tag = "type",
    rename_all = "kebab-case",
    rename_all_fields = "camelCase",
    deny_unknown_fields
)]
pub enum Reply {
    /// To `hello`. `platform` is Rust's name of the operating system.
    Hello {
        protocol: u32,
        version: String,
        platform: String,
    },
    /// To `list-certificates` and `list-private-certificates`.
    Certificates(Listing),
    /// To `change-pin` and `unblock-pin`.
    PinChanged {},
    /// To `add-key-file`: what the file held.
    KeyFileAdded { keys: Vec<KeyEntry> },
    /// To `remove-key-file`.
    KeyFileRemoved {},
    /// To `read-record`.
    Record(RecordPage),
    /// To `delete-record` and `set-record`.
    RecordChanged {},
    /// To `read-document`, after the last chunk.
    DocumentRead { document: u32, digest: Digest },
    /// To `sign`, after the last item.
    Done {
        /// What is left of the PIN session; absent where none is open, or this request was the last one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(any(test, feature = "typescript"), ts(optional))]
        pin_session: Option<TermLeft>,
    },
}
