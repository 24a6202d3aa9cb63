//! What is to be signed, by whom and how.

use super::{FormatError, Placement, Profile};
use crate::{
    algorithm::{Digest, SHORT_RSA, SignatureAlgorithm, VerifyingKey},
    certificate::Certificate,
};

/// Longer than any document can be: 2⁵³ bytes, what a JavaScript number still counts.
const MAX_CONTENT: u64 = 1 << 53;

/// What is to be signed, by whom and how.
#[derive(Clone, Copy, Debug)]
pub struct Signing<'a> {
    /// The signer's certificate.
    pub certificate: &'a Certificate,
    /// Certificates to include besides the signer's own, in any order.
    pub chain: &'a [Certificate],
    /// What is signed.
    pub content: &'a Content,
    /// Which signature to make.
    pub profile: Profile,
    /// How what was prepared will be signed.
    pub algorithm: SignatureAlgorithm,
    /// Unix seconds.
    pub signing_time: u64,
}

/// A document that is to be signed.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Content {
    /// Its digest, of the algorithm that signs.
    pub digest: Digest,
    /// How long it is, in bytes. Not known of a digest that was made elsewhere.
    pub size: Option<u64>,
}

impl<'a> Signing<'a> {
    /// How long the document is that goes into one file with the signature; `None` if none does.
    ///
    /// # Errors
    /// [`FormatError::ContentSizeMissing`].
    pub(crate) fn attached(&self) -> Result<Option<u64>, FormatError> {
        match (self.profile.placement, self.content.size) {
            (Placement::Attached, None) => Err(FormatError::ContentSizeMissing),
            (Placement::Attached, size) => Ok(size),
            (Placement::Detached, _) => Ok(None),
        }
    }

    /// Checks what every format demands, and gives the key that will have signed.
    ///
    /// # Errors
    /// [`FormatError::ContentTooLarge`], [`FormatError::DigestUnfit`], [`FormatError::KeyUnsupported`].
    pub(super) fn check(&self) -> Result<&'a VerifyingKey, FormatError> {
        let Content { digest, size } = self.content;
        if size.is_some_and(|size| size > MAX_CONTENT) {
            return Err(FormatError::ContentTooLarge);
        }
        let signed = self.algorithm.digest();
        if digest.algorithm() != signed || !signed.may_sign() {
            return Err(FormatError::DigestUnfit);
        }
        let key = self.certificate.key().verifying_key();
        let key = key.map_err(|_| FormatError::KeyUnsupported)?;
        let too_short = key.rsa_bits().is_some_and(|bits| bits < SHORT_RSA);
        if too_short || !key.goes_with(self.algorithm) {
            return Err(FormatError::KeyUnsupported);
        }
        Ok(key)
    }
}
