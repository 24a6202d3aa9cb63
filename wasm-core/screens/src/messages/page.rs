//! Between a page's scripts and the content script.

use crate::sign::messages::{Progress, Released};
use tamga_core::failure::ErrorCode;
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
