//! What extension and host say to each other over native messaging, defined once; TypeScript is
//! generated from here into `extension/types`.
//!
//! A frame is a u32 length in native byte order and that many bytes of UTF-8 JSON: one [`ToHost`] or
//! one [`FromHost`]. A message whose JSON is longer than [`LARGE_MESSAGE`] is announced by `large` and
//! follows as a stream of chunks. Documents come as streams too. Whoever sends a stream keeps at most
//! [`WINDOW`] chunks unacknowledged; whoever receives it may abort it.

#![expect(
    missing_docs,
    reason = "the fields of a message are told where the message is, so that they read together"
)]

mod listing;
pub mod page;
mod record;
mod token;
mod unlock;

pub use listing::{KeyEntry, KeyLocation, Listing, Unreadable};
pub use record::{MAX_RECORD_PAGE, MAX_RECORD_SEARCH, RecordEntry, RecordPage};
pub use token::{Card, PinEntry, PinRules, PinState, Reader, Token};
pub use unlock::{LastTry, PinChange, PinTerm, Prompt, TermLeft, Unlock};

use crate::{
    algorithm::{Digest, DigestAlgorithm},
    failure::Failure,
    format::{Piece, Profile},
    origin::Origin,
    secret::Secret,
};
use serde::{Deserialize, Serialize};

/// The version of this protocol. Host and extension must agree on it.
pub const PROTOCOL: u32 = 1;
/// The longest frame in either direction, in bytes of JSON: what browsers take from a host.
pub const MAX_FRAME: usize = 1 << 20;
/// A message whose JSON is longer than this, in bytes, travels as a stream.
pub const LARGE_MESSAGE: usize = 512 << 10;
/// The most that a streamed message may add up to, in bytes of JSON.
pub const MAX_LARGE_MESSAGE: usize = 32 << 20;
/// The most payload in one chunk, in bytes before base64.
pub const MAX_CHUNK: usize = 512 << 10;
/// Streams that the host sends have numbers from here on, those that the extension sends have smaller
/// ones: `abort` must not be ambiguous.
pub const HOST_STREAMS: u32 = 1 << 31;
/// How many chunks of a stream may be unacknowledged.
pub const WINDOW: u32 = 8;
/// The most documents in one request.
pub const MAX_DOCUMENTS: usize = 1000;
/// The longest document name, in bytes of UTF-8.
pub const MAX_NAME: usize = 1024;
/// The largest PKCS#12 file, in bytes. Stores of all authorities that Java writes are a quarter of that.
pub const MAX_KEY_FILE: usize = 8 << 20;

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

/// Who wants something signed, and what it is called: for dialogs of the system and for the record of signatures.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(any(test, feature = "typescript"), derive(ts_rs::TS), ts(export))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
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
    rename_all_fields = "camelCase",
    deny_unknown_fields
)]
pub enum Item {
    /// A document the host has read; the number is from its `document-read`.
    Document { document: u32 },
    /// A digest whose document this host has not seen. Where the document goes into the signature, `size` says how long
    /// it is: another host of the same extension has read it.
    Hash {
        digest: Digest,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(any(test, feature = "typescript"), ts(optional, type = "number"))]
        size: Option<u64>,
    },
}

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
    rename_all_fields = "camelCase",
    deny_unknown_fields
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
    ItemFailed { index: u32, failure: Failure },
    /// The next item may take until then (Unix seconds), when the host gives it up; `item-signed` or `item-failed` says
    /// that it is over.
    Waiting {
        how: WaitingFor,
        #[cfg_attr(any(test, feature = "typescript"), ts(type = "number"))]
        until: u64,
    },
    /// On the way to `certificates`: what is known so far, all of it.
    CertificatesSoFar(Listing),
    /// A reader or a card came or went; for `watch-readers` and for nothing else.
    ReadersChanged {},
    /// The PIN session is over: its time is up, or its token was taken out; for `watch-readers` too.
    PinSessionEnded {},
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::algorithm::DigestAlgorithm;

    /// One line per message, as it must stay as long as [`PROTOCOL`] does.
    const TO_HOST: [&str; 28] = [
        r#"{"type":"request","id":1,"command":{"type":"hello","protocol":1,"version":"0.1.0"}}"#,
        r#"{"type":"request","id":2,"command":{"type":"list-certificates"}}"#,
        r#"{"type":"request","id":3,"command":{"type":"add-key-file","name":"a.p12","content":"MAA=","password":"cA=="}}"#,
        r#"{"type":"request","id":3,"command":{"type":"add-key-file","name":"a.p12","content":"MAA=","password":"cA==","secondPassword":"cQ=="}}"#,
        r#"{"type":"request","id":4,"command":{"type":"remove-key-file","keyFile":"00"}}"#,
        r#"{"type":"request","id":5,"command":{"type":"read-document","stream":1,"size":9,"digest":"SHA-256"}}"#,
        r#"{"type":"request","id":6,"command":{"type":"sign","certificate":"00","unlock":{"type":"password","password":"cA=="},"profile":{"container":"cms","level":"bes","placement":"detached"},"pss":false,"items":[{"type":"document","document":1}]}}"#,
        r#"{"type":"request","id":7,"command":{"type":"sign","certificate":"00","unlock":{"type":"not-locked"},"profile":{"container":"cms","level":"plain","placement":"detached"},"pss":false,"items":[]}}"#,
        r#"{"type":"request","id":8,"command":{"type":"sign","certificate":"00","location":{"type":"pkcs12","keyFile":"00","name":"a.p12"},"unlock":{"type":"password","password":""},"profile":{"container":"cms","level":"plain","placement":"detached"},"pss":false,"items":[]}}"#,
        r#"{"type":"request","id":8,"command":{"type":"sign","certificate":"00","token":"01","unlock":{"type":"reader","lastTry":"acknowledged"},"profile":{"container":"cms","level":"plain","placement":"detached"},"pss":false,"items":[]}}"#,
        r#"{"type":"request","id":8,"command":{"type":"sign","certificate":"00","unlock":{"type":"dialog","prompt":{"origin":"https://a.kz","language":"kk"}},"profile":{"container":"cms","level":"plain","placement":"detached"},"pss":false,"items":[]}}"#,
        r#"{"type":"request","id":8,"command":{"type":"sign","certificate":"00","token":"01","unlock":{"type":"pin","pin":"cA==","term":{"signatures":10}},"profile":{"container":"cms","level":"plain","placement":"detached"},"pss":false,"items":[]}}"#,
        r#"{"type":"request","id":8,"command":{"type":"sign","certificate":"00","token":"01","unlock":{"type":"open-session"},"profile":{"container":"cms","level":"plain","placement":"attached"},"pss":false,"items":[{"type":"hash","digest":{"algorithm":"SHA-256","value":"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},"size":0}]}}"#,
        r#"{"type":"request","id":8,"command":{"type":"sign","certificate":"00","unlock":{"type":"password","password":"cA=="},"context":{"origin":"https://a.kz","documents":["a.txt"],"record":true},"profile":{"container":"cms","level":"plain","placement":"detached"},"pss":false,"items":[{"type":"document","document":1}]}}"#,
        r#"{"type":"request","id":8,"command":{"type":"sign","certificate":"00","unlock":{"type":"password","password":"cA=="},"context":{"origin":"https://a.kz","topOrigin":"https://b.kz","documents":["a.txt"],"blind":true,"record":false},"profile":{"container":"cms","level":"plain","placement":"detached"},"pss":false,"items":[{"type":"document","document":1}]}}"#,
        r#"{"type":"request","id":9,"command":{"type":"watch-readers"}}"#,
        r#"{"type":"request","id":12,"command":{"type":"read-record","search":"a","skip":0,"limit":20}}"#,
        r#"{"type":"request","id":13,"command":{"type":"delete-record"}}"#,
        r#"{"type":"request","id":14,"command":{"type":"set-record","on":false}}"#,
        r#"{"type":"request","id":10,"command":{"type":"change-pin","token":"00","pins":{"type":"typed","pin":"cA==","newPin":"cQ=="}}}"#,
        r#"{"type":"request","id":11,"command":{"type":"unblock-pin","token":"00","pins":{"type":"reader","lastTry":"acknowledged"}}}"#,
        r#"{"type":"request","id":15,"command":{"type":"list-private-certificates","token":"00","unlock":{"type":"pin","pin":"cA==","lastTry":"acknowledged"}}}"#,
        r#"{"type":"request","id":16,"command":{"type":"list-private-certificates","token":"00","unlock":{"type":"dialog","prompt":{"origin":"https://a.kz","language":"kk"},"lastTry":"acknowledged"}}}"#,
        r#"{"type":"chunk","stream":1,"sequence":0,"last":true,"data":"eA=="}"#,
        r#"{"type":"acknowledge","stream":1,"sequence":0}"#,
        r#"{"type":"abort","stream":1}"#,
        r#"{"type":"large","stream":1,"size":600000}"#,
        r#"{"type":"cancel","id":3}"#,
    ];
    const FROM_HOST: [&str; 23] = [
        r#"{"type":"reply","id":1,"reply":{"type":"hello","protocol":1,"version":"0.1.0","platform":"linux"}}"#,
        r#"{"type":"reply","id":2,"reply":{"type":"certificates","keys":[{"id":"00","certificate":"MAA=","chain":[0],"location":{"type":"pkcs12","keyFile":"00","name":"a.p12"},"problem":"KEY_UNSUPPORTED"}],"authorities":["MAA="],"unreadable":[{"failure":{"code":"STORAGE_FAILED"}},{"failure":{"code":"KEY_FILE_MALFORMED","subject":"b.p12"},"location":{"type":"pkcs12","keyFile":"01","name":"b.p12"}}]}}"#,
        r#"{"type":"reply","id":2,"reply":{"type":"certificates","keys":[{"id":"00","certificate":"MAA=","chain":[],"location":{"type":"cryptopro","folder":"/media/x/a.000","name":"a"},"passwordless":true}],"unreadable":[]}}"#,
        r#"{"type":"reply","id":2,"reply":{"type":"certificates","keys":[{"id":"00","certificate":"MAA=","chain":[],"location":{"type":"token","token":"00","name":"a"}}],"unreadable":[],"tokens":[{"id":"00","name":"a","model":"b","serial":"c","reader":"d","driver":"e","pin":{"entry":"keyboard","state":"ready","tries":{"exactly":2},"shortest":6,"longest":8},"adminPin":"to-be-changed"}],"readersWithoutDriver":[{"name":"f","card":{"name":"g","driver":"h"}},{"name":"i"}]}}"#,
        r#"{"type":"reply","id":3,"reply":{"type":"key-file-added","keys":[{"id":"00","certificate":"MAA=","chain":["MAA="],"location":{"type":"pkcs12","keyFile":"00","name":"a.p12"}}]}}"#,
        r#"{"type":"reply","id":4,"reply":{"type":"key-file-removed"}}"#,
        r#"{"type":"reply","id":6,"reply":{"type":"done"}}"#,
        r#"{"type":"reply","id":6,"reply":{"type":"done","pinSession":{"until":1800000000}}}"#,
        r#"{"type":"event","id":9,"event":{"type":"pin-session-ended"}}"#,
        r#"{"type":"reply","id":10,"reply":{"type":"pin-changed"}}"#,
        r#"{"type":"reply","id":12,"reply":{"type":"record","on":true,"entries":[{"time":1800000000,"origin":"https://a.kz","topOrigin":"https://b.kz","document":"a.txt","blind":true,"certificate":"00","owner":"a","failure":"CONTENT_CHANGED"},{"time":1800000000,"document":"a.txt","digest":{"algorithm":"SHA-256","value":"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},"certificate":"00","owner":"a"}],"found":2,"total":3}}"#,
        r#"{"type":"reply","id":13,"reply":{"type":"record-changed"}}"#,
        r#"{"type":"failed","id":7,"failure":{"code":"PASSWORD_WRONG"}}"#,
        r#"{"type":"failed","id":8,"failure":{"code":"PIN_WRONG","subject":"a","tries":"last"}}"#,
        r#"{"type":"event","id":2,"event":{"type":"certificates-so-far","keys":[],"unreadable":[]}}"#,
        r#"{"type":"event","id":9,"event":{"type":"readers-changed"}}"#,
        r#"{"type":"event","id":6,"event":{"type":"item-signed","index":0,"mediaType":"application/pkcs7-signature","pieces":[{"type":"bytes","bytes":"MAA="},{"type":"document","start":0,"length":9}]}}"#,
        r#"{"type":"event","id":6,"event":{"type":"item-failed","index":1,"failure":{"code":"CONTENT_CHANGED","subject":"a.pdf"}}}"#,
        r#"{"type":"event","id":6,"event":{"type":"waiting","how":"device","until":1800000000}}"#,
        r#"{"type":"chunk","stream":1,"sequence":0,"last":true,"data":""}"#,
        r#"{"type":"acknowledge","stream":1,"sequence":0}"#,
        r#"{"type":"abort","stream":1}"#,
        r#"{"type":"large","stream":1,"size":600000}"#,
    ];

    #[test]
    fn the_wire_stays_as_it_is() {
        for line in TO_HOST {
            let message: ToHost = serde_json::from_str(line).unwrap();
            assert_eq!(serde_json::to_string(&message).unwrap(), line);
        }
        for line in FROM_HOST {
            let message: FromHost = serde_json::from_str(line).unwrap();
            assert_eq!(serde_json::to_string(&message).unwrap(), line);
        }
        let digest = DigestAlgorithm::Sha256.hasher().finish();
        let reply = Reply::DocumentRead {
            document: 1,
            digest,
        };
        assert_eq!(
            serde_json::to_string(&FromHost::Reply { id: 5, reply }).unwrap(),
            r#"{"type":"reply","id":5,"reply":{"type":"document-read","document":1,"digest":{"algorithm":"SHA-256","value":"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"}}}"#
        );
    }

    #[test]
    fn a_context_names_each_item() {
        let context = SigningContext {
            origin: Origin::parse("https://a.kz").unwrap(),
            top_origin: None,
            documents: vec!["a".repeat(MAX_NAME), "b".into()],
            blind: false,
            record: true,
        };
        assert!(context.fits(2));
        assert!(!context.fits(1) && !context.fits(3));
        for name in [String::new(), "a".repeat(MAX_NAME + 1)] {
            let documents = vec![name];
            let context = SigningContext {
                documents,
                ..context.clone()
            };
            assert!(!context.fits(1));
        }
    }

    #[test]
    fn unknown_fields_are_refused_at_every_depth() {
        for line in TO_HOST {
            let outer = line.replacen('{', r#"{"extra":1,"#, 1);
            assert!(serde_json::from_str::<ToHost>(&outer).is_err(), "{outer}");
            for field in ["command", "context", "unlock", "pins", "prompt", "term"] {
                let inner = line.replacen(
                    &format!(r#""{field}":{{"#),
                    &format!(r#""{field}":{{"extra":1,"#),
                    1,
                );
                assert!(
                    inner == line || serde_json::from_str::<ToHost>(&inner).is_err(),
                    "{inner}"
                );
            }
        }
    }
}
