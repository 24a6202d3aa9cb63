//! The wasm-bindgen exports: decode, call the core, encode. What they throw is a [`Failure`].

use crate::{
    Screen,
    certificate::CertificatePage,
    check, json,
    mounted::{Input, Mounted},
    options, popup,
    sign::{content_kind::ContentKind, guard::GuardedSignWindow},
};
use js_sys::Function;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use std::rc::Rc;
use tamga_core::{
    failure::ErrorCode,
    policy::{Change, Grant, Policy, Refusals},
    text::Catalogue,
};
use wasm_bindgen::prelude::*;

/// The sign window, drawn in `root`. `carry` is called with each effect as JSON; `event` takes an event as JSON.
#[wasm_bindgen]
#[expect(missing_debug_implementations, reason = "a handle for JavaScript")]
pub struct SignWindow(Rc<Mounted<GuardedSignWindow>>);

/// The popup; see [`SignWindow`].
#[wasm_bindgen]
#[expect(missing_debug_implementations, reason = "a handle for JavaScript")]
pub struct Popup(Rc<Mounted<popup::Popup>>);

/// The options; see [`SignWindow`].
#[wasm_bindgen]
#[expect(missing_debug_implementations, reason = "a handle for JavaScript")]
pub struct Options(Rc<Mounted<options::Options>>);

/// The page of a certificate; see [`SignWindow`].
#[wasm_bindgen]
#[expect(missing_debug_implementations, reason = "a handle for JavaScript")]
pub struct Certificate(Rc<Mounted<CertificatePage>>);

/// The check page; see [`SignWindow`].
#[wasm_bindgen]
#[expect(missing_debug_implementations, reason = "a handle for JavaScript")]
pub struct Check(Rc<Mounted<check::Check>>);

#[wasm_bindgen]
impl Check {
    /// Opens it with this catalogue of texts.
    ///
    /// # Errors
    /// `INTERNAL`: the catalogue is malformed.
    #[wasm_bindgen(constructor)]
    pub fn new(root: web_sys::Element, catalogue: &str, carry: Function) -> Result<Self, JsValue> {
        open(root, catalogue, carry, check::Check::new).map(Self)
    }

    /// Handles an event: JSON, `{type: {…}}`.
    ///
    /// # Errors
    /// `INTERNAL`: it is no event of this screen.
    pub fn event(&self, json: &str) -> Result<(), JsValue> {
        handle(&self.0, json)
    }
}

#[wasm_bindgen]
impl SignWindow {
    /// Opens it with this catalogue of texts.
    ///
    /// # Errors
    /// `INTERNAL`: the catalogue is malformed.
    #[wasm_bindgen(constructor)]
    pub fn new(root: web_sys::Element, catalogue: &str, carry: Function) -> Result<Self, JsValue> {
        open(root, catalogue, carry, GuardedSignWindow::new).map(Self)
    }

    /// Handles an event: JSON, `{type: {…}}`.
    ///
    /// # Errors
    /// `INTERNAL`: it is no event of this screen.
    pub fn event(&self, json: &str) -> Result<(), JsValue> {
        handle(&self.0, json)
    }
}

#[wasm_bindgen]
impl Popup {
    /// Opens it with this catalogue of texts.
    ///
    /// # Errors
    /// `INTERNAL`: the catalogue is malformed.
    #[wasm_bindgen(constructor)]
    pub fn new(root: web_sys::Element, catalogue: &str, carry: Function) -> Result<Self, JsValue> {
        open(root, catalogue, carry, popup::Popup::new).map(Self)
    }

    /// Handles an event: JSON, `{type: {…}}`.
    ///
    /// # Errors
    /// `INTERNAL`: it is no event of this screen.
    pub fn event(&self, json: &str) -> Result<(), JsValue> {
        handle(&self.0, json)
    }
}

#[wasm_bindgen]
impl Options {
    /// Opens it with this catalogue of texts.
    ///
    /// # Errors
    /// `INTERNAL`: the catalogue is malformed.
    #[wasm_bindgen(constructor)]
    pub fn new(root: web_sys::Element, catalogue: &str, carry: Function) -> Result<Self, JsValue> {
        open(root, catalogue, carry, options::Options::new).map(Self)
    }

    /// Handles an event: JSON, `{type: {…}}`.
    ///
    /// # Errors
    /// `INTERNAL`: it is no event of this screen.
    pub fn event(&self, json: &str) -> Result<(), JsValue> {
        handle(&self.0, json)
    }
}

#[wasm_bindgen]
impl Certificate {
    /// Opens it with this catalogue of texts.
    ///
    /// # Errors
    /// `INTERNAL`: the catalogue is malformed.
    #[wasm_bindgen(constructor)]
    pub fn new(root: web_sys::Element, catalogue: &str, carry: Function) -> Result<Self, JsValue> {
        open(root, catalogue, carry, CertificatePage::new).map(Self)
    }

    /// Handles an event: JSON, `{type: {…}}`.
    ///
    /// # Errors
    /// `INTERNAL`: it is no event of this screen.
    pub fn event(&self, json: &str) -> Result<(), JsValue> {
        handle(&self.0, json)
    }
}

/// What begins with these bytes, as JSON of `ContentKind`; `whole`: they are all there are.
#[wasm_bindgen(js_name = contentKind)]
pub fn content_kind(start: &[u8], whole: bool) -> String {
    serde_json::to_string(&ContentKind::of(start, whole)).unwrap_or_default()
}

/// What is stored of decisions after a change: takes `{policy, change, now}`, where `policy` is JSON of
/// what is stored, and gives `{grants, sessionGrants, refusals}`, each to be stored under its name: `sessionGrants`
/// until the browser ends.
///
/// # Errors
/// `INTERNAL`: it is no change.
#[wasm_bindgen]
pub fn decide(json: &str) -> Result<String, JsValue> {
    #[derive(Deserialize)]
    struct Asked {
        policy: String,
        change: Change,
        now: u64,
    }
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Stored<'a> {
        grants: Vec<&'a Grant>,
        session_grants: Vec<&'a Grant>,
        refusals: &'a Refusals,
    }
    let asked: Asked = read(json)?;
    let mut policy = Policy::parse(&asked.policy);
    policy.apply(asked.change, asked.now);
    let stored = Stored {
        grants: policy.lasting(),
        session_grants: policy.of_session(),
        refusals: policy.refusals(),
    };
    serde_json::to_string(&stored).map_err(|_| internal())
}

fn open<S>(
    root: web_sys::Element,
    catalogue: &str,
    carry: Function,
    screen: fn(Catalogue) -> S,
) -> Result<Rc<Mounted<S>>, JsValue>
where
    S: Screen + 'static,
    S::Effect: Serialize,
{
    let catalogue = Catalogue::parse(catalogue).map_err(|_| internal())?;
    Mounted::open(root, screen(catalogue), carry)
}

fn handle<S>(mounted: &Mounted<S>, json: &str) -> Result<(), JsValue>
where
    S: Screen + 'static,
    S::Event: DeserializeOwned,
    S::Effect: Serialize,
{
    mounted.handle(Input::Event(read(json)?))
}

fn read<T: DeserializeOwned>(text: &str) -> Result<T, JsValue> {
    json::read(text).map_err(|_| internal())
}

/// `{code: "INTERNAL"}`: a defect of the script that called.
fn internal() -> JsValue {
    let failure = js_sys::Object::new();
    // It fails only for objects that are sealed.
    let _ = js_sys::Reflect::set(&failure, &"code".into(), &ErrorCode::Internal.name().into());
    failure.into()
}
