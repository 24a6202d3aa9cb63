//! XML signatures (XMLDSig 1.1): read from a document, and verified with a key.
//!
//! Core validation says that the digests and the signature are right, and no more. What is signed is what
//! [`Verified::references`] name: nothing else of the document may be believed, and an Id that two elements have names
//! nothing. The key comes from the caller; keys that a document brings along are only found here, never trusted.

mod fault;
mod reading;
mod reference;
mod transform;
mod verify;
pub mod xades;

pub use fault::{SignatureFault, Standing};
pub use reading::XmlSignature;
pub use reference::Reference;
pub use transform::Scope;
pub use verify::{Covered, Verified};

use super::Node;

/// The namespace of XML signatures.
pub const XMLDSIG: &str = "http://www.w3.org/2000/09/xmldsig#";

/// The signatures of a document, in order, those in others included.
pub fn signatures<'d>(document: &'d super::Document<'_>) -> Vec<Node<'d>> {
    let all = document.root().descendants();
    all.filter(|node| is(node, "Signature")).collect()
}

/// Whether a node is this element of an XML signature.
fn is(node: &Node<'_>, name: &str) -> bool {
    node.has_tag_name((XMLDSIG, name))
}

/// The elements that an element of XMLDSig's consists of; `None` if there is text between them.
fn elements<'d>(parent: Node<'d>) -> Option<Vec<Node<'d>>> {
    let is_space = |node: &Node<'_>| {
        let text = node.text().unwrap_or_default();
        !node.is_text() || text.chars().all(char::is_whitespace)
    };
    let all: Vec<Node<'d>> = parent.children().collect();
    all.iter().all(is_space).then_some(())?;
    Some(all.into_iter().filter(Node::is_element).collect())
}

/// The text of an element that has no elements.
fn text(element: Node<'_>) -> Option<String> {
    let has_elements = element.children().any(|it| it.is_element());
    let pieces = element.children().filter(Node::is_text);
    (!has_elements).then(|| pieces.filter_map(|it| it.text()).collect())
}

/// The octets that an element says in base64.
fn octets(element: Node<'_>) -> Option<Vec<u8>> {
    super::base64(&text(element)?)
}
