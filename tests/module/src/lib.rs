//! A PKCS #11 v2.40 module for tests, in the place of the vendors' modules.
//!
//! It is an honest soft token with what no free token has (GOST keys, PIN counters that lock, PIN pads, phantom slots,
//! cards that come and go), and it misbehaves where it is told to: crashes, hangs, returns wrong lengths. The file that the
//! environment variable [`description::VARIABLE`] names says what it is; [`description::Description`] is what is
//! in that file. Beside it lie, with other endings,
//!
//! - `.state.json`: PINs and their counters, the same for all processes;
//! - `.present.json`: which tokens are in their readers ([`description::Presence`]); tests write it, the module reads it;
//! - `.log`: every call, a line of JSON each ([`description::Call`]); no PINs.

mod abi;
mod call;
pub mod description;
mod functions;
mod info;
mod key;
mod mechanism;
mod module;
mod object;
mod operation;
mod pin;
mod reply;
mod rutoken;
mod setting;
