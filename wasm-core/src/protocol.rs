//! What extension and host say to each other over native messaging, defined once; TypeScript is
//! generated from here into `extension/types`.
//!
//! A frame is a u32 length in native byte order and that many bytes of UTF-8 JSON: one [`ToHost`] or
//! one [`FromHost`]. A message whose JSON is longer than [`LARGE_MESSAGE`] is announced by `large` and
//! follows as a stream of chunks. Documents come as streams too. Whoever sends a stream keeps at most
//! [`WINDOW`] chunks unacknowledged; whoever receives it may abort it.
//!
//! # What may change
//!
//! The browser updates the extension, and somebody else the host, months later: each has to understand older and newer
//! versions of the other. So changes add something, and `tests/transcripts/0.1` holds them to that.
//!
//! - A new field is optional. Whoever does not know a field passes over it, so that a field may not change the meaning of
//!   others: what must not be passed over is a new command.
//! - A command that the host does not know is answered by `failed` with `REQUEST_MALFORMED`.
//! - Codes of failures may be added: an extension that does not know one shows `INTERNAL`. Other closed lists get a new value
//!   only where the version in `hello` says that the other half knows it, or with another [`PROTOCOL`].
//! - What cannot be done so raises [`PROTOCOL`], and both versions are spoken until nobody has the older one any more.

mod check;
mod command;
mod diagnosis;
mod event;
mod hello;
mod listing;
mod message;
pub mod page;
mod proxy;
mod record;
mod reply;
mod signing;
mod token;
mod trust;
mod unlock;
mod verdict;

pub use check::{
    CheckReport, CheckRole, CheckWords, CheckedDocument, CheckedFile, CheckedSigner,
    CheckedTimestamp, Conclusion, Countersignature, EvidenceCount, EvidenceOrigin, Indication,
    MAX_CHECK_FILE, MainIndication, SubIndication, failure_key, signer_name, warning_key,
};
pub use command::Command;
pub use diagnosis::{Diagnosis, Fact, FaultCode, Finding, MAX_FINDINGS, Severity};
pub use event::{Event, WaitingFor};
pub use hello::{PackageKind, ProtocolRange};
pub use listing::{KeyEntry, KeyLocation, Listing, LoneCertificate, Unreadable};
pub use message::{Chunk, FromHost, ToHost};
pub use proxy::{MAX_PROXY, ProxySetting, ProxyState};
pub use record::{MAX_RECORD_PAGE, MAX_RECORD_SEARCH, RecordEntry, RecordPage};
pub use reply::{KeyFilePassword, Reply};
pub use signing::{Item, SigningContext};
pub use token::{Card, PinEntry, PinRules, PinState, Reader, Token};
pub use trust::{
    FetchedAuthority, ImportedList, ListRole, ListWords, MAX_ANCHOR_FILE, MAX_LISTED_ANCHORS,
    MAX_TRUST_LIST, TrustSource, TrustSourceKind, TrustedCertificate,
};
pub use unlock::{LastTry, PinChange, PinTerm, Prompt, TermLeft, Unlock};
pub use verdict::{
    AskFailure, AskedInVain, CertificateName, CertificateVerdict, InvalidReason,
    MAX_VERDICT_WARNINGS, MissingIssuer, Recognition, RecognitionList, RecognitionStatement,
    RevocationStatus, UncheckedReason, VerdictAnchor, VerdictNote, VerdictOutcome, VerdictWarning,
    VerdictWords,
};

/// The newest version of this protocol that is spoken.
pub const PROTOCOL: u32 = 1;
/// The oldest one.
pub const OLDEST_PROTOCOL: u32 = 1;
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
/// The most certificates above one that are described with it.
pub const MAX_CHAIN: usize = 16;
/// The largest PKCS#12 file, in bytes. Stores of all authorities that Java writes are a quarter of that.
pub const MAX_KEY_FILE: usize = 8 << 20;

#[cfg(test)]
mod tests;
