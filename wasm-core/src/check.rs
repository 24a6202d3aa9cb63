//! Checking signed documents: what the files are that somebody has, which signature is of which document, and what each
//! came to by what [`crate::format`] says of the signature and [`crate::trust`] of the certificate.

mod input;
mod judging;
mod pairing;
mod report;
mod smime;

pub use input::{EXAMINED, InputFile, SignatureForm, SignatureInput, may_hold_signatures};
pub use judging::TrustInputs;
pub use pairing::{Pair, PairedBy, PairingFile, Wanted, document_name, pair};
pub use report::{GivenFile, check, needed_digests};
