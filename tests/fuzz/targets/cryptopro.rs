//! Any bytes are the files of a container, or are refused: the length of each in two bytes, then the file.
#![no_main]

use tamga_core::{
    cryptopro::{Container, Files, Part},
    secret::Secret,
};

libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    let mut rest = input;
    let mut files = Files::default();
    for part in Part::ALL {
        let Some((length, after)) = rest.split_first_chunk() else {
            break;
        };
        let (file, after) = after.split_at(after.len().min(u16::from_le_bytes(*length).into()));
        if !file.is_empty() {
            files.insert(part, file.to_vec());
        }
        rest = after;
    }
    let Ok(container) = Container::parse(files) else {
        return;
    };
    _ = (container.name(), container.copy("copy"));
    for slot in container.slots() {
        // Thousands of rounds a password would be all that is ever tried.
        _ = container.open(slot.name(), &Secret::new(String::new()));
    }
});
