//! Any bytes are a SignedData whose signers can be judged, or are refused.
#![no_main]

use tamga_core::cms::SignedData;

libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    _ = SignedData::parse(input).map(|data| data.verify(Some(&mut &b""[..]), &[]));
});
