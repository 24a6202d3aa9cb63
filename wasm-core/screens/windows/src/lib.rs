//! The browser's module for what opens over a site, where a person waits for it: the sign window and the popup.

use tamga_screens::{
    export_screen, popup,
    sign::{content_kind::ContentKind, guard::GuardedSignWindow},
};
use wasm_bindgen::prelude::*;

export_screen! {
    /// The sign window, drawn in `root`. `carry` is called with each effect as JSON; `event` takes an event as JSON.
    SignWindow: GuardedSignWindow
}

export_screen! {
    /// The popup; see [`SignWindow`].
    Popup: popup::Popup
}

/// What begins with these bytes, as JSON of `ContentKind`; `whole`: they are all there are.
#[wasm_bindgen(js_name = contentKind)]
pub fn content_kind(start: &[u8], whole: bool) -> String {
    serde_json::to_string(&ContentKind::of(start, whole)).unwrap_or_default()
}
