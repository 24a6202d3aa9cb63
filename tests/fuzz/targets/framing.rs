//! Any bytes are frames of messages until they are none.
#![no_main]

use tamga_host::framing::FrameReader;

libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    let mut frames = FrameReader::new(input);
    while let Ok(Some(_)) = frames.receive() {}
});
