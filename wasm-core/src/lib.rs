//! Tamga's pure heart. Nothing here reads a clock, a file, a random number or a socket: what is
//! needed comes in as an argument, so the browser and the host decide alike.

// What crosses the wire, and what may go wrong on the way
pub mod clock;
pub mod display_text;
pub mod failure;
pub mod origin;
pub mod policy;
pub mod protocol;
pub mod reason;
pub mod text;

// Keys and certificates
pub mod algorithm;
pub mod asn1_time;
pub mod ber;
pub mod certificate;
pub mod cryptopro;
pub mod file_kind;
pub mod gost_key;
pub mod pem;
pub mod pkcs12;
pub mod private_key;
pub mod secret;

// Whom to trust
pub mod trust;

// Signature formats
pub mod check;
pub mod cms;
pub mod format;
pub mod xml;

#[cfg(test)]
#[path = "../tests/support/conformance.rs"]
mod conformance;

#[cfg(test)]
#[path = "../tests/support"]
mod support {
    pub(crate) mod der;
    pub(crate) mod pfx;
}
