//! The module double through its C interface, as a host meets it: each test in a process of its own, because a module is
//! what the environment of its process says.
#![expect(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test may stop where it stands"
)]

mod alone;
mod keys;
mod log;
mod misbehaviour;
mod pins;
mod presence;
mod raw;
mod signatures;
