//! Checking signed documents: what the files are that somebody has, which signature is of which document, and what each
//! came to by what [`crate::format`] says of the signature and [`crate::trust`] of the certificate.

mod conclusions;
mod input;
mod judging;
mod pairing;
mod report;
mod smime;
mod trust_inputs;
mod verified;

pub use input::{EXAMINED, InputFile, SignatureForm, SignatureInput, may_hold_signatures};
pub use pairing::{Pair, PairedBy, PairingFile, Wanted, document_name, pair};
pub use report::{GivenFile, VerifiedFiles, check, needed_digests};
pub use trust_inputs::{AskedServers, TrustInputs};
