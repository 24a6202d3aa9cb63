//! Why a list is not believed.

use crate::{
    trust::Reason,
    xml::{
        XmlError,
        signature::{SignatureFault, xades::PropertiesFault},
    },
};
use thiserror::Error;

/// Why a list is not believed.
#[derive(Clone, Debug, Eq, Error, PartialEq)]
pub enum ListFault {
    /// Not the structure of such a list.
    #[error("not a list of this kind: {0}")]
    Malformed(&'static str),
    /// Its signature does not cover the whole list.
    #[error("the signature does not cover the list")]
    NotCovered,
    /// It is another list than the one that is meant.
    #[error("another list than the one that was expected: {0}")]
    Other(String),
    /// Its signed properties are not those of its signature.
    #[error(transparent)]
    Properties(#[from] PropertiesFault),
    /// Its signature is not right, or could not be checked.
    #[error(transparent)]
    Signature(#[from] SignatureFault),
    /// Somebody signed it who may not: whose certificate that is, as far as is known.
    #[error("signed by somebody who may not sign it: {0}")]
    Signer(String),
    /// The certificate of who signed it is not good.
    #[error("the signer's certificate is not good: {0:?}")]
    SignerCertificate(Box<Reason>),
    /// A version of the format that is not known.
    #[error("version {0} of the format is not supported")]
    Version(String),
    /// It cannot be read.
    #[error(transparent)]
    Xml(#[from] XmlError),
}
