//! The wasm-bindgen exports: decode, call the core, encode.
