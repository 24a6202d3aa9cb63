//! Support for the tests that drive the real binary.
#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "only tests use this: what is wrong with their surroundings shall fail them"
)]

#[path = "support/cards.rs"]
pub mod cards;
#[path = "support/computer.rs"]
pub mod computer;
#[path = "support/double.rs"]
pub mod double;
#[path = "support/gost.rs"]
pub mod gost;
#[path = "support/host.rs"]
pub mod host;
#[path = "support/once.rs"]
mod once;
#[path = "support/people.rs"]
pub mod people;
#[cfg(target_os = "linux")]
#[path = "support/processes.rs"]
pub mod processes;
#[path = "support/signatures.rs"]
pub mod signatures;
#[path = "support/softhsm.rs"]
pub mod softhsm;
#[path = "support/terminal.rs"]
pub mod terminal;
#[path = "support/transcript.rs"]
pub mod transcript;
