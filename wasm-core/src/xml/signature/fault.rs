//! Why a signature was not found to be right.

use thiserror::Error;

/// Why a signature was not found to be right.
#[derive(Clone, Debug, Eq, Error, PartialEq)]
pub enum SignatureFault {
    /// An algorithm, or parameters of one, that Tamga does not know.
    #[error("algorithm not supported: {0}")]
    AlgorithmUnsupported(String),
    /// What a reference names is not what was signed.
    #[error("reference {0}: the digest is another")]
    DigestMismatch(usize),
    /// What a reference names is not in the document.
    #[error("not in the document: {0}")]
    External(String),
    /// Several elements have the Id that a reference names.
    #[error("several elements have the Id {0}")]
    IdAmbiguous(String),
    /// No element has the Id that a reference names.
    #[error("no element has the Id {0}")]
    IdMissing(String),
    /// The key does not go with the algorithm.
    #[error("the key is of another algorithm")]
    KeyMismatch,
    /// The key is of a kind that Tamga does not know.
    #[error("the key is not supported")]
    KeyUnsupported,
    /// More work than is done for one signature.
    #[error("more work than is done for one signature")]
    LimitReached,
    /// Not the structure of an XML signature.
    #[error("the signature is malformed")]
    Malformed,
    /// The key did not make the signature.
    #[error("the signature is another key's, or of something else")]
    SignatureInvalid,
    /// A transform that is not done.
    #[error("transform not supported: {0}")]
    TransformUnsupported(String),
}

/// Whether a signature is known not to be right.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Standing {
    /// It is not right.
    Known,
    /// That could not be checked.
    Unchecked,
}

impl SignatureFault {
    /// Whether the signature is known not to be right.
    pub fn standing(&self) -> Standing {
        match self {
            Self::DigestMismatch(_)
            | Self::IdAmbiguous(_)
            | Self::IdMissing(_)
            | Self::KeyMismatch
            | Self::Malformed
            | Self::SignatureInvalid => Standing::Known,
            Self::AlgorithmUnsupported(_)
            | Self::External(_)
            | Self::KeyUnsupported
            | Self::LimitReached
            | Self::TransformUnsupported(_) => Standing::Unchecked,
        }
    }
}
