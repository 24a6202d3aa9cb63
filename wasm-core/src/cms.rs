//! CMS SignedData (RFC 5652) and CAdES-BES (ETSI EN 319 122-1), behind [`crate::format`].
//!
//! Making: [`prepare`] builds the signed attributes; [`Unsigned::assemble`] puts the SignedData together around a content
//! that it never sees. Reading and verifying: [`SignedData`].

mod attributes;
mod certificate;
mod content;
mod der_prefix;
mod details;
mod embedded;
mod ess;
mod hash_index;
mod imprint;
mod prepare;
mod signed_data;
mod signer_info;
mod structure;
#[cfg(test)]
mod tests;
mod timestamp;
mod verify;

pub use details::{SignerDetails, UncheckedAttribute};
pub use embedded::Embedded;
pub use imprint::TimestampKind;
pub use signed_data::SignedData;
pub use timestamp::{Timestamp, TimestampFailure};

pub(crate) use prepare::{Unsigned, prepare};
