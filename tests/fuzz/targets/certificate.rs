//! Any bytes are a certificate with everything to show of it, or are refused.
#![no_main]

use tamga_core::certificate::Certificate;

libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    _ = Certificate::parse(input).map(|certificate| certificate.view().standing(1_800_000_000));
});
