//! Why an algorithm, a key or a signature was not taken.

use const_oid::ObjectIdentifier;

/// The key's kind, curve, size or encoding is none that Tamga can use.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("key unsupported")]
pub struct KeyUnsupported;

/// Why an AlgorithmIdentifier is of no use.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum AlgorithmUnsupported {
    /// The parameters are damaged or not allowed with this algorithm.
    #[error("malformed parameters of algorithm {0}")]
    Malformed(ObjectIdentifier),
    /// An algorithm Tamga does not know, or parameters it does not know.
    #[error("unknown algorithm {0}")]
    Unknown(ObjectIdentifier),
    /// An algorithm so broken that a signature made with it proves nothing: MD2, MD4.
    #[error("broken algorithm {0}")]
    Weak(ObjectIdentifier),
}

/// Why a signature was not found good.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum SignatureError {
    /// The signature is not one of this digest by this key.
    #[error("signature invalid")]
    Invalid,
    /// The key does not go with the algorithm.
    #[error("key of another algorithm")]
    Mismatch,
    /// The key is of a kind that nobody here knows.
    #[error("key unsupported")]
    Unsupported,
}

impl From<KeyUnsupported> for SignatureError {
    fn from(_: KeyUnsupported) -> Self {
        Self::Unsupported
    }
}
