//! The wasm-bindgen exports: decode, call the core, encode.

use crate::{
    policy::{Change, Policy},
    text::Catalogue,
    view::{
        Screen, dom::Drawing, node::Element, options::Options, popup::Popup, sign::SignWindow,
    },
};
use js_sys::Function;
use serde::{Serialize, de::DeserializeOwned};
use std::{cell::RefCell, collections::VecDeque, rc::Rc};
use wasm_bindgen::prelude::*;

/// A catalogue of texts for what the script writes itself, such as the window's title.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Texts(Catalogue);

#[wasm_bindgen]
impl Texts {
    /// Reads a `messages.json`.
    ///
    /// # Errors
    /// When it is none.
    #[wasm_bindgen(constructor)]
    pub fn new(json: &str) -> Result<Self, JsError> {
        Ok(Self(Catalogue::parse(json)?))
    }
}
