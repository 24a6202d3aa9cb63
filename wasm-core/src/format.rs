//! The joint of all signature formats: prepare → somebody signs → finish, and verify.
//!
//! Making: [`prepare`] gives the bytes to sign; [`Prepared::finish`] verifies the signature with the certificate and gives
//! the signed document as a list of pieces, each of them bytes or a range of the document that was signed: the document
//! itself stays where it is. Verifying: [`Signed::parse`] and [`Signed::verify`] say whether the signatures are those of
//! the certificates that they name. Whether these certificates can be trusted is not said here.
//!
//! What is common to all formats is checked here, once; what is a format's own is in its folder.

mod document;
mod error;
mod piece;
mod profile;
mod signing;
mod verdict;

pub(crate) use document::KEPT;
pub use document::{Document, Hashed, Hashing};
pub use error::FormatError;
pub use piece::{Piece, lie_within};
pub use profile::{Container, Level, Placement, Profile};
pub use signing::{Content, Signing};
pub use verdict::{SignatureState, SignerFailure, SignerReference, SignerVerdict, SignerWarning};

use crate::{
    algorithm::{Digest, DigestAlgorithm, SignatureAlgorithm, VerifyingKey},
    cms::{self, Embedded, SignedData, SignerDetails},
    xml::SignedXml,
};

/// A signature that lacks only its value.
#[derive(Debug)]
pub struct Prepared {
    message_to_sign: Vec<u8>,
    digest_to_sign: Digest,
    algorithm: SignatureAlgorithm,
    key: VerifyingKey,
    unsigned: Unsigned,
}

/// What the signature will be put into.
#[derive(Debug)]
enum Unsigned {
    Cms(cms::Unsigned),
}

/// Builds what the key is to sign.
///
/// # Errors
/// [`FormatError::ProfileUnsupported`], [`FormatError::KeyUnsupported`], [`FormatError::DigestUnfit`],
/// [`FormatError::ContentTooLarge`], [`FormatError::ContentSizeMissing`], [`FormatError::TimeOutOfRange`].
pub fn prepare(signing: &Signing<'_>) -> Result<Prepared, FormatError> {
    signing.profile.check()?;
    let key = signing.check()?;
    let (message_to_sign, unsigned) = match signing.profile.container {
        Container::Cms => {
            let (attributes, unsigned) = cms::prepare(signing)?;
            (attributes, Unsigned::Cms(unsigned))
        }
        Container::Pdf | Container::Xml => return Err(FormatError::ProfileUnsupported),
    };
    Ok(Prepared {
        digest_to_sign: signing.algorithm.digest().digest(&message_to_sign),
        message_to_sign,
        algorithm: signing.algorithm,
        key: key.clone(),
        unsigned,
    })
}

impl Prepared {
    /// What the key signs, such as the signed attributes of CMS.
    pub fn message_to_sign(&self) -> &[u8] {
        &self.message_to_sign
    }

    /// Its digest: what a key that does not hash signs.
    pub fn digest_to_sign(&self) -> Digest {
        self.digest_to_sign.clone()
    }

    /// Puts the signed document together. ECDSA signatures are given in DER, GOST ones in the country's order.
    ///
    /// # Errors
    /// [`FormatError::SignatureInvalid`] if the signature does not verify with the certificate.
    pub fn finish(self, signature: &[u8]) -> Result<Vec<Piece>, FormatError> {
        self.key
            .verify(self.algorithm, &self.digest_to_sign, signature)
            .map_err(|_| FormatError::SignatureInvalid)?;
        match self.unsigned {
            Unsigned::Cms(unsigned) => unsigned.assemble(&self.message_to_sign, signature),
        }
    }
}

/// A signed document, or a signature beside one, that was read, with nothing verified yet.
#[derive(Clone, Debug)]
pub enum Signed {
    /// A SignedData.
    Cms(SignedData),
    /// An XML document with its signatures inside.
    Xml(SignedXml),
}

impl Signed {
    /// Reads a signature of whichever container the bytes are.
    ///
    /// # Errors
    /// [`FormatError::Malformed`] where they are of none.
    pub fn parse(bytes: &[u8]) -> Result<Self, FormatError> {
        match SignedXml::parse(bytes) {
            Some(document) => document.map(Self::Xml),
            None => SignedData::parse(bytes).map(Self::Cms),
        }
    }

    /// Verifies every signer; the verdicts are in the order of the signers, none if there are none.
    ///
    /// `document` is what was signed if that is not inside, and has to be the same if it is. The signers' certificates are
    /// looked for in the signature and in `certificates` (DER): that one is found there says nothing about trust.
    pub fn verify<'a>(
        &'a self,
        document: Option<&'a mut (dyn Document + 'a)>,
        certificates: &[Vec<u8>],
    ) -> Vec<SignerVerdict> {
        match self {
            Self::Cms(data) => data.verify(document, certificates),
            Self::Xml(signed) => signed.verify(document, certificates),
        }
    }

    /// The document, if it is inside.
    pub fn content(&self) -> Option<&[u8]> {
        match self {
            Self::Cms(data) => data.content(),
            Self::Xml(document) => Some(document.content()),
        }
    }

    /// The same with what each signer's entry has besides its signature: nothing is verified twice.
    pub fn signers<'a>(
        &'a self,
        mut document: Option<&'a mut (dyn Document + 'a)>,
        certificates: &[Vec<u8>],
    ) -> Vec<(SignerVerdict, SignerDetails)> {
        match self {
            Self::Cms(data) => {
                let verdicts = data.verify(again(&mut document), certificates);
                let details = data.details(again(&mut document), certificates);
                verdicts.into_iter().zip(details).collect()
            }
            Self::Xml(signed) => signed.signers(document, certificates),
        }
    }

    /// The digests of the document that verifying may ask for.
    pub fn content_digests(&self) -> Vec<DigestAlgorithm> {
        match self {
            Self::Cms(data) => data.digests(),
            Self::Xml(_) => Vec::new(),
        }
    }

    /// The digests of the document that signers signed, as far as they say them.
    pub fn message_digests(&self) -> Vec<Digest> {
        match self {
            Self::Cms(data) => data.message_digests(),
            Self::Xml(_) => Vec::new(),
        }
    }

    /// The certificates that came along beside the signers' entries, DER, or what claims to be.
    pub fn certificates(&self) -> &[Vec<u8>] {
        match self {
            Self::Cms(data) => data.certificates(),
            Self::Xml(_) => &[],
        }
    }

    /// The evidence that came along beside the signers' entries.
    pub fn embedded(&self) -> Embedded {
        match self {
            Self::Cms(data) => data.embedded(),
            Self::Xml(document) => document.embedded(),
        }
    }
}

/// The document, to be read once more.
fn again<'x>(
    document: &'x mut Option<&mut (dyn Document + '_)>,
) -> Option<&'x mut (dyn Document + 'x)> {
    let document = document.as_mut();
    document.map(|it| -> &mut dyn Document { &mut **it })
}
