//! A document that was read, and where its Ids are.

use super::{Node, NodeSet, scan::scan};
use roxmltree::{NodeId, ParsingOptions};
use std::collections::HashMap;
use thiserror::Error;

/// Why a document was not read.
#[derive(Clone, Copy, Debug, Eq, Error, PartialEq)]
pub enum XmlError {
    /// It has a DTD, which is refused.
    #[error("the document has a DTD")]
    Doctype,
    /// Not in an encoding that is read, or not what it says it is in.
    #[error("the document's encoding is not supported")]
    Encoding,
    /// Larger, deeper or more manifold than is read.
    #[error("the document is beyond the limits")]
    LimitReached,
    /// No XML.
    #[error("the document is not well-formed")]
    Malformed,
}

/// How much of a document is read.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Limits {
    /// Its size in octets.
    pub size: usize,
    /// How deep elements lie in each other.
    pub depth: usize,
    /// How many nodes it has.
    pub nodes: u32,
    /// How many attributes one element has, those that declare namespaces included.
    pub attributes: usize,
    /// How many namespaces are declared around one element.
    pub namespaces: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            size: 20 << 20,
            depth: 256,
            nodes: 1_000_000,
            attributes: 256,
            namespaces: 64,
        }
    }
}

/// The attributes that hold an Id, whatever a schema says: name and namespace. XMLDSig has `Id`, old profiles `ID` and
/// `id`, SOAP `wsu:Id`.
const IDS: [(&str, Option<&str>); 5] = [
    ("Id", None),
    ("ID", None),
    ("id", None),
    ("id", Some("http://www.w3.org/XML/1998/namespace")),
    (
        "Id",
        Some("http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd"),
    ),
];

/// Who has an Id.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Bearer<'d> {
    Nobody,
    One(Node<'d>),
    /// More than one element, so that nobody can tell which is meant.
    Several,
}

/// A document that was read.
#[derive(Debug)]
pub struct Document<'t> {
    tree: roxmltree::Document<'t>,
    /// `None`: several elements have it.
    ids: HashMap<String, Option<NodeId>>,
}

impl<'t> Document<'t> {
    /// Reads a text.
    ///
    /// # Errors
    /// [`XmlError`]
    pub fn parse(text: &'t str, limits: &Limits) -> Result<Self, XmlError> {
        if text.len() > limits.size {
            return Err(XmlError::LimitReached);
        }
        scan(text, limits)?;
        let options = ParsingOptions {
            allow_dtd: false,
            nodes_limit: limits.nodes,
            ..ParsingOptions::default()
        };
        let tree = roxmltree::Document::parse_with_options(text, options);
        let tree = tree.map_err(|error| match error {
            roxmltree::Error::DtdDetected => XmlError::Doctype,
            roxmltree::Error::NodesLimitReached
            | roxmltree::Error::AttributesLimitReached
            | roxmltree::Error::NamespacesLimitReached => XmlError::LimitReached,
            _ => XmlError::Malformed,
        })?;
        if !tree.descendants().filter(Node::is_pi).all(is_separated) {
            return Err(XmlError::Malformed);
        }
        let ids = ids(&tree);
        Ok(Self { tree, ids })
    }

    /// The node above the root element.
    pub fn root(&self) -> Node<'_> {
        self.tree.root()
    }

    /// The root element.
    pub fn root_element(&self) -> Node<'_> {
        self.tree.root_element()
    }

    /// All of it, comments included.
    pub fn all(&self) -> NodeSet<'_> {
        NodeSet::of(self.root())
    }

    /// The node with this id, which has to be one of this document.
    pub(super) fn node(&self, id: NodeId) -> Option<Node<'_>> {
        self.tree.get_node(id)
    }

    /// Who has this Id.
    pub(super) fn bearer(&self, id: &str) -> Bearer<'_> {
        match self.ids.get(id) {
            None => Bearer::Nobody,
            Some(None) => Bearer::Several,
            Some(Some(node)) => self.node(*node).map_or(Bearer::Nobody, Bearer::One),
        }
    }
}

/// Whether white space or the end follows the target of an instruction, which is not `xml` (XML 1.0 §2.6). The parser does
/// not mind, and the canonical form, which has a space there, might be another document.
fn is_separated(instruction: Node<'_>) -> bool {
    let target = instruction.pi().map_or("", |it| it.target);
    let text = instruction.document().input_text();
    let text = text
        .get(instruction.range())
        .and_then(|it| it.strip_prefix("<?"));
    let rest = text
        .and_then(|it| it.strip_prefix(target))
        .unwrap_or_default();
    let is_end = rest.starts_with("?>") || rest.starts_with(char::is_whitespace);
    is_end && !target.eq_ignore_ascii_case("xml")
}

fn ids(tree: &roxmltree::Document<'_>) -> HashMap<String, Option<NodeId>> {
    let mut ids = HashMap::new();
    for element in tree.descendants().filter(Node::is_element) {
        for attribute in element.attributes() {
            if !IDS.contains(&(attribute.name(), attribute.namespace())) {
                continue;
            }
            let bearer = ids.entry(attribute.value().to_owned());
            let bearer = bearer.or_insert(Some(element.id()));
            if *bearer != Some(element.id()) {
                *bearer = None;
            }
        }
    }
    ids
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Document<'_>, XmlError> {
        Document::parse(text, &Limits::default())
    }

    #[test]
    fn an_id_that_two_elements_have_is_nobodys() {
        let document = parse("<a Id='1'><b id='2' ID='2'/><c xml:id='1'/><d e='3'/></a>").unwrap();
        assert_eq!(document.bearer("1"), Bearer::Several);
        let Bearer::One(b) = document.bearer("2") else {
            panic!("{:?}", document.bearer("2"));
        };
        assert_eq!(b.tag_name().name(), "b");
        assert_eq!(document.bearer("3"), Bearer::Nobody);
    }

    #[test]
    fn a_dtd_is_refused_even_an_empty_one() {
        for text in [
            "<!DOCTYPE a><a/>",
            "<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>",
        ] {
            assert_eq!(parse(text).unwrap_err(), XmlError::Doctype);
        }
        assert_eq!(parse("<a>&b;</a>").unwrap_err(), XmlError::Malformed);
        assert_eq!(parse("<a></b>").unwrap_err(), XmlError::Malformed);
        assert_eq!(parse("").unwrap_err(), XmlError::Malformed);
        assert!(parse("<?xml version='1.0'?><?a?><a><?b c?></a>").is_ok());
        for text in ["<?xml$?><a/>", "<?a$b?><a/>", "<a><?XML b?></a>"] {
            assert_eq!(parse(text).unwrap_err(), XmlError::Malformed, "{text}");
        }
    }

    #[test]
    fn depth_and_size_are_bounded() {
        let deep = |depth: usize| "<a>".repeat(depth) + &"</a>".repeat(depth);
        assert!(parse(&deep(256)).is_ok());
        assert_eq!(parse(&deep(257)).unwrap_err(), XmlError::LimitReached);
        let large = format!("<a>{}</a>", " ".repeat(20 << 20));
        assert_eq!(parse(&large).unwrap_err(), XmlError::LimitReached);
    }
}
