//! What all signature formats have in common.

mod verdict;

pub use verdict::{SignatureState, SignerFailure, SignerReference, SignerVerdict, SignerWarning};
