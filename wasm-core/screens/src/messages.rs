//! What the extension's own scripts say to each other, for the type checker: generated into `extension/types`, and in no
//! build. Whoever receives such a message from a page's process rebuilds it (`extension/messages.js`, `extension/content/page_request.js`).
//!
//! | from                         | to             | by                                            |
//! |------------------------------|----------------|-----------------------------------------------|
//! | page API                     | content script | `window.postMessage`: [`page::PageToContent`] |
//! | content script               | page API       | `window.postMessage`: [`page::ContentToPage`] |
//! | content script               | worker         | `runtime.sendMessage`: [`worker::ContentToWorker`], answered by [`worker::WorkerReply`] |
//! | worker, sign window          | content script | `tabs.sendMessage`: [`worker::ToContent`]     |
//! | content script               | sign window    | the request's port: [`window::ContentToWindow`] |
//! | sign window                  | content script | the request's port: [`window::WindowToContent`] |
//! | popup                        | worker         | `runtime.sendMessage`: [`worker::PopupToWorker`], answered by [`worker::PopupReply`] |
//! | sign window                  | worker         | `runtime.sendMessage`: [`worker::WindowToWorker`]     |
//! | sign window                  | worker         | a PIN session's port: [`worker::PinSessionOrder`], answered by [`worker::PinSessionAnswer`] |

#![expect(
    missing_docs,
    reason = "the fields of a message are told where the message is, so that they read together"
)]

pub mod host;
pub mod page;
pub mod window;
pub mod worker;
