//! Any bytes are a key file, or are refused.
#![no_main]

use tamga_core::{pkcs12, secret::Secret};

libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    _ = pkcs12::open(input, &Secret::new("password".to_owned()));
});
