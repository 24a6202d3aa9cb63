//! Any bytes are a signature whose signers can be judged, or are refused.
#![no_main]

use tamga_core::format::Signed;

libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    _ = Signed::parse(input).map(|signed| signed.verify(Some(&mut &b""[..]), &[]));
});
