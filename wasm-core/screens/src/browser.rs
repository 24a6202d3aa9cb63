//! What both of the browser's modules are made of: the export of a screen, and the decisions about sites. What they throw
//! is a [`Failure`](tamga_core::failure::Failure).

use crate::{
    Screen, json,
    mounted::{Input, Mounted},
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

/// Exports a screen to JavaScript under a name: `Name: Screen`, where the screen has `new(Catalogue)`. Its module has to
/// depend on `js_sys`, `wasm_bindgen` and `web_sys`.
#[macro_export]
macro_rules! export_screen {
    ($(#[$words:meta])* $name:ident: $screen:ty) => {
        $(#[$words])*
        #[wasm_bindgen]
        #[expect(missing_debug_implementations, reason = "a handle for JavaScript")]
        pub struct $name($crate::browser::OnScreen<$screen>);

        #[wasm_bindgen]
        impl $name {
            /// Opens it with this catalogue of texts.
            ///
            /// # Errors
            /// `INTERNAL`: the catalogue is malformed.
            #[wasm_bindgen(constructor)]
            pub fn new(
                root: web_sys::Element,
                catalogue: &str,
                carry: js_sys::Function,
            ) -> Result<Self, JsValue> {
                $crate::browser::OnScreen::open(root, catalogue, carry, <$screen>::new).map(Self)
            }

            /// Handles an event: JSON, `{type: {…}}`.
            ///
            /// # Errors
            /// `INTERNAL`: it is no event of this screen.
            pub fn event(&self, json: &str) -> Result<(), JsValue> {
                self.0.event(json)
            }
        }
    };
}

/// A screen in the browser's document.
#[expect(missing_debug_implementations, reason = "screens have none")]
pub struct OnScreen<S: Screen>(Rc<Mounted<S>>);

impl<S> OnScreen<S>
where
    S: Screen + 'static,
    S::Event: DeserializeOwned,
    S::Effect: Serialize,
{
    /// Opens a screen in `root` with a catalogue of texts.
    ///
    /// # Errors
    /// `INTERNAL`: the catalogue is malformed.
    pub fn open(
        root: web_sys::Element,
        catalogue: &str,
        carry: Function,
        screen: fn(Catalogue) -> S,
    ) -> Result<Self, JsValue> {
        let catalogue = Catalogue::parse(catalogue).map_err(|_| internal())?;
        Mounted::open(root, screen(catalogue), carry).map(Self)
    }

    /// Handles an event, which is JSON.
    ///
    /// # Errors
    /// `INTERNAL`: it is no event of this screen.
    pub fn event(&self, json: &str) -> Result<(), JsValue> {
        self.0.handle(Input::Event(read(json)?))
    }
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
