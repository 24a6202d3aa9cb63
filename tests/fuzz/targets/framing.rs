//! Any bytes are frames of messages until they are none.
#![no_main]

// The file and not the host's library: that would bring with it, compiled for the fuzzers, twice what all targets need.
#[path = "../../../native-host/src/transport/framing.rs"]
#[expect(dead_code, reason = "nothing is written here")]
mod framing;

use framing::FrameReader;

libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    let mut frames = FrameReader::new(input);
    while let Ok(Some(_)) = frames.receive() {}
});
