//! The record of signatures, as the host keeps it and the options show it. No page learns of it.

use crate::{algorithm::Digest, failure::ErrorCode, origin::Origin};
use serde::{Deserialize, Serialize};

/// The most entries in one answer.
pub const MAX_RECORD_PAGE: u32 = 1000;
/// The longest text that is looked for, in bytes of UTF-8.
pub const MAX_RECORD_SEARCH: usize = 1024;

/// A document that was signed, or failed to be. A line of JSON in the host's folder, which later versions must be able
/// to read: fields may be added, and are optional then.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(any(test, feature = "typescript"), derive(ts_rs::TS), ts(export))]
#[serde(rename_all = "camelCase")]
pub struct RecordEntry {
    /// When, in Unix seconds.
    #[cfg_attr(any(test, feature = "typescript"), ts(type = "number"))]
    pub time: u64,
    /// The origin of the frame that asked; none at a terminal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(any(test, feature = "typescript"), ts(optional))]
    pub origin: Option<Origin>,
    /// The origin in the address bar, where it was another.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(any(test, feature = "typescript"), ts(optional))]
    pub top_origin: Option<Origin>,
    /// What the site calls the document, or its path; foreign text.
    pub document: String,
    /// Of the document; none where it could not be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(any(test, feature = "typescript"), ts(optional))]
    pub digest: Option<Digest>,
    /// Whether the site gave the digest only.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    #[cfg_attr(any(test, feature = "typescript"), ts(as = "Option<bool>", optional))]
    pub blind: bool,
    /// The certificate's id.
    pub certificate: String,
    /// Its owner.
    pub owner: String,
    /// Why it was not signed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(any(test, feature = "typescript"), ts(optional))]
    pub failure: Option<ErrorCode>,
}

/// A part of the record, newest first.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(any(test, feature = "typescript"), derive(ts_rs::TS), ts(export))]
#[serde(rename_all = "camelCase")]
pub struct RecordPage {
    /// Whether signatures are recorded.
    pub on: bool,
    /// The entries.
    pub entries: Vec<RecordEntry>,
    /// How many there are of what was looked for.
    pub found: u32,
    /// How many there are in all.
    pub total: u32,
}
