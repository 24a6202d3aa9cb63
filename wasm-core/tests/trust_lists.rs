//! National lists: the real ones of the European Union, and such as the tests make and sign themselves.

#![expect(
    clippy::string_slice,
    clippy::unwrap_used,
    reason = "a test may stop where it stands"
)]

mod european;
mod made_european;
mod made_russian;
mod qualified;
mod russian;
mod signing;
