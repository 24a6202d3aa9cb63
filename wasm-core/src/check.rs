//! Checking signed documents: what the files are that somebody has, and which signature is of which document. Whether a
//! signature is valid is said by [`crate::format`], and whom to trust by [`crate::trust`].

mod input;
mod pairing;
mod smime;

pub use input::{EXAMINED, InputFile, SignatureForm, SignatureInput, may_hold_signatures};
pub use pairing::{Pair, PairedBy, PairingFile, Wanted, document_name, pair};
