//! What the extension asks of the host.

#![expect(
    missing_docs,
    reason = "the fields of a message are told where the message is, so that they read together"
)]

use super::{Item, KeyLocation, PinChange, SigningContext, Unlock};
use crate::{algorithm::DigestAlgorithm, format::Profile, secret::Secret};
use serde::{Deserialize, Serialize};

/// What the extension may ask of the host.
#[derive(Debug, Deserialize, Serialize)]
#[cfg_attr(any(test, feature = "typescript"), derive(ts_rs::TS), ts(export))]
#[serde(
    tag = "type",
    rename_all = "kebab-case",
    rename_all_fields = "camelCase",
    deny_unknown_fields
)]
pub enum Command {
    /// Comes first; everything else is refused until the versions agree.
    Hello { protocol: u32, version: String },
    /// Every certificate whose key is within reach. Answered by `certificates`; where a token takes its
    /// time, what is known already comes before, as events.
    ListCertificates {},
    /// Logs in to a token, reads the certificates that it shows only then, and logs out. Answered as `list-certificates`
    /// is; from then on these are listed too, until the token is taken out or the connection is closed.
    ListPrivateCertificates { token: String, unlock: Unlock },
    /// Says by an event whenever a reader or a card came or went, until the connection is closed.
    WatchReaders {},
    /// Gives a token another PIN with the one that it has.
    ChangePin { token: String, pins: PinChange },
    /// Gives a token a PIN with the administrator's PIN or PUK: its first one, or one for a locked token.
    UnblockPin { token: String, pins: PinChange },
    /// Takes a copy of a PKCS#12 file (`content`: base64) into the host's own folder; or makes one there, under this
    /// password, of a key with its certificate.
    AddKeyFile {
        name: String,
        content: String,
        password: Secret,
        /// Where the key has another password than the file.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(any(test, feature = "typescript"), ts(optional))]
        second_password: Option<Secret>,
    },
    /// Deletes the host's copy of a key file.
    RemoveKeyFile { key_file: String },
    /// Reads a document that follows as a stream of exactly `size` bytes, and hashes it.
    ReadDocument {
        stream: u32,
        #[cfg_attr(any(test, feature = "typescript"), ts(type = "number"))]
        size: u64,
        digest: DigestAlgorithm,
    },
    /// A part of the record of signatures: what holds all words of `search`, newest first, `limit` entries (at most
    /// [`MAX_RECORD_PAGE`]) after the first `skip`. Answered by `record`.
    ReadRecord {
        search: String,
        skip: u32,
        limit: u32,
    },
    /// Deletes the record of signatures.
    DeleteRecord {},
    /// Whether signatures are recorded from now on, at the terminal too.
    SetRecord { on: bool },
    /// Signs documents that were read before, or digests as they are. One event per item, then `done`.
    Sign {
        /// The certificate's id.
        certificate: String,
        /// The token that its key is on, if it is on one: its PIN is shown to nothing else.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(any(test, feature = "typescript"), ts(optional))]
        token: Option<String>,
        /// Where the key lives, as the listing has it. A certificate may be in several places, and what was typed for one
        /// of them is tried on no other.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(any(test, feature = "typescript"), ts(optional))]
        location: Option<Box<KeyLocation>>,
        /// How the key is unlocked.
        unlock: Unlock,
        /// For whom it is; without it nothing is recorded.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(any(test, feature = "typescript"), ts(optional))]
        context: Option<Box<SigningContext>>,
        /// Which signature to make. One that Tamga does not make is refused (`PROFILE_UNSUPPORTED`) before the key is unlocked.
        profile: Profile,
        /// RSA only: PSS instead of PKCS#1 v1.5.
        pss: bool,
        items: Vec<Item>,
    },
}
