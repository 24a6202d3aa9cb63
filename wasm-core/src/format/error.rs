//! Why nothing could be made or read.

/// Why a signature could not be made or read.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum FormatError {
    /// The document is to go into the signature, and nobody said how long it is.
    #[error("size of the content not known")]
    ContentSizeMissing,
    /// The content is longer than 2⁵³ bytes.
    #[error("content too large")]
    ContentTooLarge,
    /// The content's digest is not of the algorithm that signs, or that may sign.
    #[error("digest of another algorithm than is signed")]
    DigestUnfit,
    /// The certificate's key does not go with the algorithm, or is too short to sign with.
    #[error("key unsupported")]
    KeyUnsupported,
    /// The bytes are no signature: what in them is not.
    #[error("malformed {0}")]
    Malformed(&'static str),
    /// No such combination of container, level and placement is made.
    #[error("profile unsupported")]
    ProfileUnsupported,
    /// The signature does not verify with the certificate.
    #[error("signature invalid")]
    SignatureInvalid,
    /// The signing time is after the year 9999.
    #[error("signing time out of range")]
    TimeOutOfRange,
}
