//! A PIV smart card (NIST SP 800-73-4) made of software, and the readers it is put into.
//!
//! The readers are those of `vpcd`, a driver of pcscd that takes cards over TCP: from the host's point of view there
//! is nothing but pcscd, OpenSC and a card. [`readers`] runs a pcscd of its own, out of reach of the system's.

pub mod apdu;
pub mod card;
mod key;
pub mod piv;
#[cfg(unix)]
pub mod readers;
pub mod slot;
mod tlv;
pub mod token;

/// What a program exits with that could not even start here.
pub const NOT_HERE: u8 = 77;
/// The socket of pcscd, in the folder of [`readers`].
pub const SOCKET: &str = "pcscd.comm";
/// The name of the two readers, with the numbers that pcscd gives them.
pub const READERS: [&str; 2] = ["Virtual PCD 00 00", "Virtual PCD 00 01"];
