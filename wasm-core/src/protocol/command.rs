//! What the extension asks of the host.

use super::{Item, KeyLocation, PinChange, ProxySetting, SigningContext, Unlock};
use crate::{
    algorithm::{DigestAlgorithm, Padding},
    format::Profile,
    secret::Secret,
};
use serde::{Deserialize, Serialize};

/// What the extension may ask of the host.
#[derive(Debug, Deserialize, Serialize)]
#[cfg_attr(any(test, feature = "typescript"), derive(ts_rs::TS), ts(export))]
#[serde(
    tag = "type",
    rename_all = "kebab-case",
    rename_all_fields = "camelCase"
)]
pub enum Command {
    /// Comes first; everything else is refused until there is a version of the protocol that both speak.
    Hello {
        /// The newest version of the protocol that the extension speaks, [`super::PROTOCOL`].
        protocol: u32,
        /// The oldest one. Whoever says it is answered by `hello` in any case, and sees which half is the older one;
        /// otherwise it is `protocol`, and another version is answered by `HOST_OUTDATED`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(any(test, feature = "typescript"), ts(optional))]
        oldest_protocol: Option<u32>,
        /// The version of the extension.
        version: String,
    },
    /// Every certificate whose key is within reach. Answered by `certificates`; where a token takes its
    /// time, what is known already comes before, as events.
    ListCertificates {},
    /// Logs in to a token, reads the certificates that it shows only then, and logs out. Answered as `list-certificates`
    /// is; from then on these are listed too, until the token is taken out or the connection is closed.
    ListPrivateCertificates {
        /// The token, by its id in the listing.
        token: String,
        /// How it is unlocked.
        unlock: Unlock,
    },
    /// Keeps a certificate of the person's whose key is elsewhere: it is bound to its key when that is within reach. Answered
    /// by `certificate-added`.
    AddCertificate {
        /// What the file is called.
        name: String,
        /// The file, base64 of at most [`super::MAX_KEY_FILE`] bytes.
        content: String,
    },
    /// Keeps such a certificate no more. Answered by `certificate-removed`.
    RemoveCertificate {
        /// Its id.
        certificate: String,
    },
    /// Everything that a certificate says, whoever's it is: the browser parses none. Answered by `certificate-described`.
    DescribeCertificate {
        /// The certificate, base64 of DER.
        certificate: String,
        /// Those that may stand above it, base64 of DER, at most [`super::MAX_CHAIN`].
        chain: Vec<String>,
    },
    /// Says by an event whenever a reader or a card came or went, until the connection is closed.
    WatchReaders {},
    /// Says by events whether the certificates of the last list, and of those that follow, are good for signing documents,
    /// until the connection is closed: at once what is known, and again when servers have said whether they were revoked.
    WatchVerdicts {},
    /// Whom Tamga trusts. Answered by `trust`.
    ListTrust {},
    /// Says which authorities a file of the person's names, so that their fingerprints can be compared. Answered by
    /// `authority-inspected`; nothing is trusted by that.
    InspectAuthority {
        /// What the file is called.
        name: String,
        /// The file, base64 of at most [`super::MAX_ANCHOR_FILE`] bytes; DER or PEM.
        content: String,
    },
    /// Trusts one authority of a file, in Tamga alone. Answered by `trust-changed`.
    AddAuthority {
        /// What the file is called.
        name: String,
        /// The file, as for `inspect-authority`.
        content: String,
        /// SHA-256 of the certificate's DER, lower-case hex: the person compared it.
        fingerprint: String,
    },
    /// Trusts an authority no more that the person had added. Answered by `trust-changed`.
    RemoveAuthority {
        /// SHA-256 of the certificate's DER, lower-case hex.
        fingerprint: String,
    },
    /// Fetches the issuers of a certificate that are not there, from where the certificates say, because the person has asked
    /// for that. Those that lead to somebody who is trusted are used from now on. Answered by `issuer-fetched`; nobody is
    /// trusted by that.
    FetchIssuer {
        /// The certificate, base64 of DER.
        certificate: String,
        /// Those that may stand above it, base64 of DER, at most [`super::MAX_CHAIN`].
        chain: Vec<String>,
    },
    /// Verifies a national list that follows as a stream, and keeps it. Answered by `trust-changed`.
    ImportList {
        /// The number of the stream.
        stream: u32,
        /// What the file is called: it is said where the list is from.
        name: String,
        /// The list's length in bytes, at most [`super::MAX_TRUST_LIST`]; another one is an error.
        #[cfg_attr(any(test, feature = "typescript"), ts(type = "number"))]
        size: u64,
    },
    /// Fetches a national list, verifies and keeps it, and remembers the address. Answered by `trust-changed`.
    FetchList {
        /// Where it is: http or https.
        address: String,
    },
    /// Fetches an imported list anew from the address that is remembered. Answered by `trust-changed`.
    UpdateList {
        /// Its id in `trust`.
        list: String,
    },
    /// Keeps an imported list no more. Answered by `trust-changed`.
    RemoveList {
        /// Its id in `trust`.
        list: String,
    },
    /// Gives a token another PIN with the one that it has.
    ChangePin {
        /// The token, by its id in the listing.
        token: String,
        /// The PIN that allows it, and the new one.
        pins: PinChange,
    },
    /// Gives a token a PIN with the administrator's PIN or PUK: its first one, or one for a locked token.
    UnblockPin {
        /// The token, by its id in the listing.
        token: String,
        /// The PIN that allows it, and the new one.
        pins: PinChange,
    },
    /// Looks at a file of the person's before a password is asked for. Answered by `key-file-inspected`, or by what it is
    /// if it holds no key.
    InspectKeyFile {
        /// What the file is called.
        name: String,
        /// The file, or the beginning of one that is too large for a key file, base64 of at most
        /// [`super::MAX_KEY_FILE`] bytes.
        content: String,
    },
    /// Takes a copy of a PKCS#12 file into the host's own folder; or makes one there, under this password, of a key with
    /// its certificate.
    AddKeyFile {
        /// What the file is called.
        name: String,
        /// The file, base64 of at most [`super::MAX_KEY_FILE`] bytes.
        content: String,
        /// The password of the file.
        password: Secret,
        /// Where the key has another password than the file.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(any(test, feature = "typescript"), ts(optional))]
        second_password: Option<Secret>,
    },
    /// Deletes the host's copy of a key file.
    RemoveKeyFile {
        /// The copy, as the location of its keys names it.
        key_file: String,
    },
    /// Gives the host's copy of a key file, or a container of the person's, another password. Answered by
    /// `key-password-changed`. A container's may be taken away: it is empty then.
    ChangeKeyPassword {
        /// Where the key lives, as the listing has it. A token has a PIN instead.
        location: Box<KeyLocation>,
        /// Empty for a container that has none.
        password: Secret,
        /// Where the key has another password than the file.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(any(test, feature = "typescript"), ts(optional))]
        second_password: Option<Secret>,
        /// The password that it gets.
        new_password: Secret,
    },
    /// The folders in which the person has containers looked for, besides the usual places. Answered by `folders`.
    ListFolders {},
    /// Asks the person in a dialog of the system for a folder, and looks for containers there from now on. Answered by
    /// `folders`.
    AddFolder {
        /// In which language the dialog is called what it is.
        language: String,
    },
    /// Looks for containers in this folder no more. Nothing in it changes. Answered by `folders`.
    RemoveFolder {
        /// Its path, as `folders` has it.
        folder: String,
    },
    /// Finds out what keeps Tamga from working on this computer. Answered by `diagnosed`.
    Diagnose {
        /// Whether what is in the person's own files of Tamga is repaired first.
        repair: bool,
    },
    /// Deletes what the host keeps for this person: its copies of key files, the record of signatures, the lists of
    /// folders and modules, the authorities that the person added, revocation lists, the proxy that is set. Answered by `everything-deleted`.
    DeleteEverything {},
    /// Reads a document that follows as a stream, and hashes it.
    ReadDocument {
        /// The number of the stream.
        stream: u32,
        /// The document's length in bytes; another one is an error.
        #[cfg_attr(any(test, feature = "typescript"), ts(type = "number"))]
        size: u64,
        /// What it is hashed with.
        digest: DigestAlgorithm,
    },
    /// Reads a file that is to be checked together with others and follows as a stream. Answered by `check-file-read`. The
    /// host keeps the files until `forget-check-files`.
    ReadCheckFile {
        /// The number of the stream.
        stream: u32,
        /// What the file is called.
        name: String,
        /// The file's length in bytes; another one is an error.
        #[cfg_attr(any(test, feature = "typescript"), ts(type = "number"))]
        size: u64,
        /// What it is hashed with, if it is nothing but a document. Without it all of it is kept, at most
        /// [`super::MAX_CHECK_FILE`] bytes.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(any(test, feature = "typescript"), ts(optional))]
        digests: Option<Vec<DigestAlgorithm>>,
    },
    /// Checks the signatures among files that were read. Answered by `checked`.
    CheckSignatures {
        /// Their numbers, at most [`super::MAX_DOCUMENTS`].
        files: Vec<u32>,
        /// Whether the servers that certificates name are asked about revocation, which takes its time: what is known
        /// without them comes at once by `checked-so-far`, and one `file-checked` follows for each file.
        servers: bool,
    },
    /// A part of the document that is inside of a file that was read, at most [`super::MAX_CHUNK`] bytes of it. Answered by
    /// `content`.
    ReadContent {
        /// The number of the file.
        file: u32,
        /// How many bytes are passed over.
        #[cfg_attr(any(test, feature = "typescript"), ts(type = "number"))]
        start: u64,
    },
    /// Forgets the files that were read to be checked. Answered by `check-files-forgotten`.
    ForgetCheckFiles {},
    /// A part of the record of signatures, newest first. Answered by `record`.
    ReadRecord {
        /// Words that an entry has to have, all of them, separated by spaces; every entry has none. At most
        /// [`super::MAX_RECORD_SEARCH`] bytes.
        search: String,
        /// How many of these entries are passed over.
        skip: u32,
        /// How many are wanted, at most [`super::MAX_RECORD_PAGE`].
        limit: u32,
    },
    /// Deletes the record of signatures.
    DeleteRecord {},
    /// Turns the record of signatures on or off, at the terminal too.
    SetRecord {
        /// Whether signatures are recorded from now on.
        on: bool,
    },
    /// Through which proxy servers are asked. Answered by `proxy`.
    ReadProxy {},
    /// Has servers asked through this proxy from now on, at the terminal too. Answered by `proxy-changed`.
    SetProxy {
        /// Which.
        proxy: ProxySetting,
    },
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
        /// How an RSA key signs; it means nothing to other keys.
        padding: Padding,
        /// What is signed, at most [`super::MAX_DOCUMENTS`].
        items: Vec<Item>,
    },
}
