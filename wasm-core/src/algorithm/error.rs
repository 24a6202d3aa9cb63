//! Why an algorithm, a key or a signature was refused.

use const_oid::ObjectIdentifier;

/// Tamga does not support the key's kind, curve, size or encoding.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("key unsupported")]
pub struct KeyUnsupported;

/// Why an AlgorithmIdentifier cannot be used.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum AlgorithmUnsupported {
    /// The parameters are damaged or not allowed with this algorithm.
    #[error("malformed parameters of algorithm {0}")]
    Malformed(ObjectIdentifier),
    /// An algorithm Tamga does not know, or parameters it does not know.
    #[error("unknown algorithm {0}")]
    Unknown(ObjectIdentifier),
    /// A broken algorithm, whose signatures prove nothing: MD2, MD4.
    #[error("broken algorithm {0}")]
    Weak(ObjectIdentifier),
}

/// Why a signature was not verified.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum SignatureError {
    /// The signature is not one of this digest by this key.
    #[error("signature invalid")]
    Invalid,
    /// The key does not go with the algorithm.
    #[error("key of another algorithm")]
    Mismatch,
    /// The key is of a kind that Tamga does not support.
    #[error("key unsupported")]
    Unsupported,
}

impl From<KeyUnsupported> for SignatureError {
    fn from(_: KeyUnsupported) -> Self {
        Self::Unsupported
    }
}
