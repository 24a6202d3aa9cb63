//! What both kinds of lists are read with.

use super::ListFault;
use crate::xml::{
    Document, Node,
    signature::{XMLDSIG, XmlSignature},
};

/// The signature that a list has: the one child of its root element of that kind.
///
/// # Errors
/// [`ListFault`]
pub(super) fn signature<'d>(document: &'d Document<'_>) -> Result<XmlSignature<'d>, ListFault> {
    let mut all = children(document.root_element(), (XMLDSIG, "Signature"));
    match (all.next(), all.next()) {
        (Some(signature), None) => Ok(XmlSignature::read(document, signature)?),
        (None, _) => Err(ListFault::Malformed("no signature")),
        (Some(_), Some(_)) => Err(ListFault::Malformed("several signatures")),
    }
}

/// The children with this name.
pub(super) fn children<'d>(
    parent: Node<'d>,
    name: impl Into<roxmltree::ExpandedName<'static, 'static>>,
) -> impl Iterator<Item = Node<'d>> {
    let name = name.into();
    let all = parent.children();
    all.filter(move |it| it.is_element() && it.tag_name() == name)
}

/// The first child with this name.
pub(super) fn child<'d>(
    parent: Node<'d>,
    name: impl Into<roxmltree::ExpandedName<'static, 'static>>,
) -> Option<Node<'d>> {
    children(parent, name).next()
}

/// The text of an element, without white space around it: lists break lines around addresses (and comments do not split a
/// text).
pub(super) fn text(element: Node<'_>) -> String {
    let pieces = element.children().filter(Node::is_text);
    let text: String = pieces.filter_map(|it| it.text()).collect();
    text.trim().to_owned()
}
