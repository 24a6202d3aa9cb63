//! What is signed, and for whom.

use super::MAX_NAME;
use crate::{algorithm::Digest, origin::Origin};
use serde::{Deserialize, Serialize};

/// Who wants something signed, and what it is called: for dialogs of the system and for the record of signatures.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(any(test, feature = "typescript"), derive(ts_rs::TS), ts(export))]
#[serde(rename_all = "camelCase")]
pub struct SigningContext {
    /// The origin of the frame that asks, in the browser's words.
    pub origin: Origin,
    /// The origin in the address bar, where it is another.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(any(test, feature = "typescript"), ts(optional))]
    pub top_origin: Option<Origin>,
    /// What the site calls each item, in the order of the items; foreign text.
    pub documents: Vec<String>,
    /// Whether the site gave digests of documents that nobody here has seen.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    #[cfg_attr(any(test, feature = "typescript"), ts(as = "Option<bool>", optional))]
    pub blind: bool,
    /// Whether it goes into the record of signatures: nothing that is signed in a private window does.
    pub record: bool,
}

impl SigningContext {
    /// Whether there is one plausible name for each of so many items.
    pub fn fits(&self, items: usize) -> bool {
        let plausible = |name: &String| (1..=MAX_NAME).contains(&name.len());
        self.documents.len() == items && self.documents.iter().all(plausible)
    }
}

/// One thing to sign.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[cfg_attr(any(test, feature = "typescript"), derive(ts_rs::TS), ts(export))]
#[serde(
    tag = "type",
    rename_all = "kebab-case",
    rename_all_fields = "camelCase"
)]
pub enum Item {
    /// A document the host has read.
    Document {
        /// Its number in `document-read`.
        document: u32,
    },
    /// A digest whose document this host has not seen.
    Hash {
        /// The digest.
        digest: Digest,
        /// How long the document is, in bytes, where it goes into the signature: another host of the same extension has
        /// read it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(any(test, feature = "typescript"), ts(optional, type = "number"))]
        size: Option<u64>,
    },
}
