//! What the extension's own scripts say to each other, for the type checker: generated into `extension/types`, and in no
//! build. Whoever receives such a message from a page's process rebuilds it (`extension/messages.js`, `extension/content/page_request.js`).
//!
//! | from                         | to             | by                                            |
//! |------------------------------|----------------|-----------------------------------------------|
//! | page API                     | content script | `window.postMessage`: [`PageToContent`]       |
//! | content script               | page API       | `window.postMessage`: [`ContentToPage`]       |
//! | content script               | worker         | `runtime.sendMessage`: [`ContentToWorker`], answered by [`WorkerReply`] |
//! | worker, sign window          | content script | `tabs.sendMessage`: [`ToContent`]             |
//! | content script               | sign window    | the request's port: [`ContentToWindow`]       |
//! | sign window                  | content script | the request's port: [`WindowToContent`]       |
//! | popup                        | worker         | `runtime.sendMessage`: [`PopupToWorker`], answered by [`PopupReply`] |
//! | sign window                  | worker         | `runtime.sendMessage`: [`WindowToWorker`]     |
//! | sign window                  | worker         | a PIN session's port: [`PinSessionOrder`], answered by [`PinSessionAnswer`] |

#![expect(
    missing_docs,
    reason = "the fields of a message are told where the message is, so that they read together"
)]

use crate::{
    popup::waiting::WaitingRequest,
    sign::messages::{Progress, Released},
};
use tamga_core::{
    failure::{ErrorCode, Failure},
    policy::Scope,
    protocol::{Chunk, Command, Event, Listing},
};
use ts_rs::TS;

/// From `window.tamga` to the content script. `tamga`: the version of these messages; `id`: 128 random bits in hex, which
/// name the request from here to the sign window. Every script of the page can post the same.
#[derive(Debug, TS)]
#[ts(export, tag = "kind", rename_all = "kebab-case")]
pub enum PageToContent {
    /// Asks for something; answered by one `answer`, perhaps after `progress`.
    Request {
        #[ts(type = "1")]
        tamga: u32,
        id: String,
        command: PageRequest,
    },
    /// The request is not wanted any more.
    Abort {
        #[ts(type = "1")]
        tamga: u32,
        id: String,
    },
    /// The answer has arrived.
    Received {
        #[ts(type = "1")]
        tamga: u32,
        id: String,
    },
}

/// From the content script to `window.tamga`.
#[derive(Debug, TS)]
#[ts(export, tag = "kind", rename_all = "kebab-case")]
pub enum ContentToPage {
    /// What became of a request. Posted again until it is confirmed by `received`.
    Answer {
        #[ts(type = "1")]
        tamga: u32,
        id: String,
        #[ts(flatten)]
        answer: PageAnswer,
    },
    /// How far a request is.
    Progress {
        #[ts(type = "1")]
        tamga: u32,
        id: String,
        progress: PageProgress,
    },
}

/// What a page asks for.
#[derive(Debug, TS)]
#[ts(export, tag = "type", rename_all = "kebab-case")]
pub enum PageRequest {
    /// Whether the person could sign now.
    Status {},
    /// What a sign window is opened for.
    #[ts(untagged)]
    Window(PageCommand),
}

/// What a sign window is opened for. What is `unknown` here is the page's own, and judged by `PageCommand` of the core.
#[derive(Debug, TS)]
#[ts(export, tag = "type", rename_all = "kebab-case")]
pub enum PageCommand {
    /// To sign documents, or digests of documents.
    Sign {
        documents: Vec<PageDocument>,
        hashes: Vec<PageHash>,
        #[ts(type = "unknown", optional)]
        format: Option<()>,
        #[ts(type = "unknown", optional)]
        detached: Option<()>,
        #[ts(type = "unknown", optional)]
        certificate: Option<()>,
        #[ts(type = "unknown", optional)]
        pss: Option<()>,
    },
    /// To learn a certificate.
    GetCertificate { filter: PageFilter },
}

/// A document of a page. `size` is for windows that cannot see the Blob.
#[derive(Debug, TS)]
#[ts(export)]
pub struct PageDocument {
    pub name: String,
    #[ts(type = "number")]
    pub size: u64,
    #[ts(type = "Blob")]
    pub content: (),
}

/// A digest that the page made.
#[derive(Debug, TS)]
#[ts(export)]
pub struct PageHash {
    #[ts(type = "unknown", optional)]
    pub name: Option<()>,
    #[ts(type = "unknown", optional)]
    pub algorithm: Option<()>,
    #[ts(type = "unknown", optional)]
    pub value: Option<()>,
}

/// Which certificates the page can use.
#[derive(Debug, TS)]
#[ts(export, rename_all = "camelCase")]
pub struct PageFilter {
    #[ts(type = "unknown", optional)]
    pub key_types: Option<()>,
    #[ts(type = "unknown", optional)]
    pub issuers: Option<()>,
}

/// What became of a page's request.
#[derive(Debug, TS)]
#[ts(export, untagged)]
pub enum PageAnswer {
    /// It was carried out.
    Done { result: PageResult },
    /// It failed.
    Failed { failure: PageFailure },
}

/// What a page gets.
#[derive(Debug, TS)]
#[ts(export, untagged)]
pub enum PageResult {
    /// For `status`.
    Status(HostStatus),
    /// For `get-certificate`, and with `items` for `sign`.
    Certificate {
        certificate: Released,
        #[ts(optional)]
        items: Option<Vec<PageItem>>,
    },
}

/// What became of one item.
#[derive(Debug, TS)]
#[ts(export, untagged)]
pub enum PageItem {
    /// Its signature.
    Signed {
        name: String,
        #[ts(type = "Blob")]
        signature: (),
    },
    /// It was not signed.
    Failed { name: String, error: PageFailure },
}

/// All that a page hears of a failure. `retry_after`: in how many milliseconds it may ask again.
#[derive(Debug, TS)]
#[ts(export, rename_all = "camelCase")]
pub struct PageFailure {
    pub code: ErrorCode,
    #[ts(optional, type = "number")]
    pub retry_after: Option<u64>,
}

/// How far a request is.
#[derive(Debug, TS)]
#[ts(export, untagged)]
pub enum PageProgress {
    /// The sign window works.
    Working(Progress),
    /// The request waits behind the toolbar's icon.
    Waiting {
        #[ts(type = "'waiting'")]
        phase: (),
        done: u32,
        total: u32,
    },
}

/// Whether the person could sign now: the versions, or why not. All null where the page is not told.
#[derive(Debug, TS)]
#[ts(export, rename_all = "camelCase")]
pub struct HostStatus {
    pub extension_version: Option<String>,
    pub host_version: Option<String>,
    pub problem: Option<ErrorCode>,
}

/// From a content script to the worker. `touched`: whether the person has done something in the frame since it was loaded.
#[derive(Debug, TS)]
#[ts(export, tag = "type", rename_all = "kebab-case")]
pub enum ContentToWorker {
    /// Opens a sign window, or has the request wait. `gesture`: the person has just done something in the frame. Answered
    /// by `opened` or `waiting`.
    Open {
        id: String,
        scope: Scope,
        touched: bool,
        gesture: bool,
    },
    /// The page waits for nothing more. Answered by `done`.
    Settled { id: String, ending: Ending },
    /// Brings the request's window to the front. Answered by `done`.
    Raise { id: String },
    /// Asks whether the person could sign now. Answered by `status`.
    Status { touched: bool },
}

/// How the worker answers a content script.
#[derive(Debug, TS)]
#[ts(export, tag = "type", rename_all = "kebab-case")]
pub enum WorkerReply {
    /// The sign window is open.
    Opened {},
    /// The request waits behind the toolbar's icon for so long.
    Waiting { milliseconds: u32 },
    /// How the host is.
    Status(HostStatus),
    /// It is taken note of.
    Done {},
    /// It was refused.
    Refused { failure: PageFailure },
}

/// How a page's request ended.
#[derive(Debug, TS)]
#[ts(export, rename_all = "kebab-case")]
pub enum Ending {
    /// The page has its answer, or was told that there is none.
    Answered,
    /// The page wants none any more, and stays.
    TakenBack,
    /// The page was left.
    Left,
}

/// From the worker or a sign window to a content script.
#[derive(Debug, TS)]
#[ts(export, tag = "type", rename_all = "kebab-case")]
pub enum ToContent {
    /// The sign window of this request has loaded. Answered by [`WindowKnown`]; the content script opens the port.
    WindowReady { id: String },
    /// The request came to nothing. Not answered.
    WindowClosed { id: String },
    /// Asks about the page. Answered by [`PageState`].
    Page {},
}

/// Whether the content script has this request.
#[derive(Debug, TS)]
#[ts(export)]
pub struct WindowKnown {
    pub known: bool,
}

/// A page. `document` is another number after a reload; `touched`: whether the person has done something in it since.
#[derive(Debug, TS)]
#[ts(export)]
pub struct PageState {
    #[ts(type = "number")]
    pub document: f64,
    pub touched: bool,
}

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

/// From the popup to the worker: about requests that wait. Each is answered by what waits then. `is_private`: in private
/// windows.
#[derive(Debug, TS)]
#[ts(
    export,
    tag = "type",
    rename_all = "kebab-case",
    rename_all_fields = "camelCase"
)]
pub enum PopupToWorker {
    ListWaiting {
        is_private: bool,
    },
    /// Opens the sign window of the request, over its page.
    OpenWaiting {
        id: String,
        is_private: bool,
    },
    /// Tells the request's page that it came to nothing.
    DismissWaiting {
        id: String,
        is_private: bool,
    },
}

/// How the worker answers the popup.
#[derive(Debug, TS)]
#[ts(export, tag = "type", rename_all = "kebab-case")]
pub enum PopupReply {
    Waiting { waiting: Vec<WaitingRequest> },
    Refused { failure: PageFailure },
}

/// From a sign window to the worker, which keeps PIN sessions. Nothing secret: every page of the extension hears it.
#[derive(Debug, TS)]
#[ts(export, tag = "type", rename_all = "kebab-case")]
pub enum WindowToWorker {
    /// Opens the port of a PIN session, with `id` in its name.
    PinSessionSign { id: String },
    /// Ends the PIN sessions of this token.
    PinSessionEnd { token: String },
}

/// What the sign window says on the port of a PIN session, once: a `sign` command.
#[derive(Debug, TS)]
#[ts(export)]
pub struct PinSessionOrder {
    pub site: PinSessionSite,
    pub command: Command,
}

/// For whom a PIN session is. `top_origin` is null where the frame's origin is the one in the address bar.
#[derive(Debug, TS)]
#[ts(export, rename_all = "camelCase")]
pub struct PinSessionSite {
    pub origin: String,
    pub top_origin: Option<String>,
}

/// What the worker says on the port of a PIN session: any number of events, then `done`.
#[derive(Debug, TS)]
#[ts(export, rename_all = "kebab-case")]
pub enum PinSessionAnswer {
    /// What the host says before its reply.
    Event(Event),
    /// The end. Without a failure it was signed.
    Done {
        #[ts(optional)]
        failure: Option<Failure>,
    },
}

/// What `extension/host_client.js` tells every screen of the host. The screens' own events have these variants: the type
/// checker compares them where a page hands its screen to the client.
#[derive(Debug, TS)]
#[ts(export, tag = "type", rename_all = "kebab-case")]
pub enum HostClientEvent {
    /// The host is there.
    HostOpened { version: String },
    /// The host could not be opened, or could not list, or has gone.
    HostFailed { failure: Failure },
    /// Everything that is within the host's reach.
    Listed(Listing),
    /// The same as far as it is known; `listed` follows.
    ListedSoFar(Listing),
    /// A reader or a card came or went.
    ReadersChanged {},
}

/// What it tells besides of a list that a token gives only after its PIN.
#[derive(Debug, TS)]
#[ts(export, tag = "type", rename_all = "kebab-case")]
pub enum PrivateListingEvent {
    /// The list was told.
    PrivateListed {},
    /// It could not be had.
    PrivateListFailed { failure: Failure },
}
