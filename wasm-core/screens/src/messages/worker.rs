//! Between the worker and everybody else.

use super::page::{HostStatus, PageFailure};
use crate::popup::waiting::WaitingRequest;
use tamga_core::{
    failure::Failure,
    policy::Scope,
    protocol::{Command, Event},
};
use ts_rs::TS;

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
