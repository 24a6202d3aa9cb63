//! XML documents: read within limits, canonicalized (C14N 1.0, 1.1 and exclusive), and their signatures verified
//! (XMLDSig, and of XAdES what says whose signature it is).
//!
//! One parser serves everybody, so that what is verified is what is shown. A DTD is refused: it would change what a
//! document says by means of something that no signature covers.

mod canonical;
mod document;
mod node_set;
mod scan;
pub mod signature;
mod signed;
mod text;

pub use canonical::{Canonicalization, Version};
pub use document::{Document, Limits, XmlError};
pub use node_set::NodeSet;
pub use signed::SignedXml;
pub use text::decode;

pub(crate) use text::base64;

/// A node of a [`Document`].
pub type Node<'d> = roxmltree::Node<'d, 'd>;
