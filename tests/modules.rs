//! Tokens through a module double: what no free token offers, and modules that misbehave.
#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test may stop where it stands"
)]

mod bench;
mod gost;
mod hostile;
#[cfg(target_os = "linux")]
mod killed;
mod pairing;
mod pin_terms;
mod pins;
#[cfg(unix)]
mod piv;
mod private;
mod single_try;
mod storage;
mod tasks;
#[cfg(target_os = "linux")]
mod upgrade;
mod waiting;
