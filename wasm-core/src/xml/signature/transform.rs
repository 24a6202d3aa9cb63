//! What is done to the data of a reference before they are hashed.

use super::{
    SignatureFault, XMLDSIG, elements, is,
    reading::{canonicalization_of, identifier},
    reference::write,
    text,
};
use crate::xml::{Canonicalization, Document, Limits, Node, NodeSet, base64, decode};

const BASE64: &str = "http://www.w3.org/2000/09/xmldsig#base64";
const ENVELOPED: &str = "http://www.w3.org/2000/09/xmldsig#enveloped-signature";
const XPATH: &str = "http://www.w3.org/TR/1999/REC-xpath-19991116";
const XPATH_FILTER: &str = "http://www.w3.org/2002/06/xmldsig-filter2";

/// A transform that is done. Others are refused by name: what a stylesheet or a path makes of a document, nobody sees.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Transform {
    Base64,
    Canonicalize(Canonicalization),
    /// The signature itself is left out.
    Enveloped,
    /// All signatures are left out: the one path that signers write in the place of `Enveloped`.
    WithoutSignatures,
}

/// The data of a reference on their way.
pub(super) enum Data<'d> {
    Nodes(NodeSet<'d>),
    /// With what they were made of.
    Octets(Vec<u8>, Scope<'d>),
}

/// What a reference covers.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Scope<'d> {
    /// These nodes.
    Nodes(NodeSet<'d>),
    /// The text in these nodes, and neither elements nor attributes.
    Text(NodeSet<'d>),
}

impl<'d> Data<'d> {
    /// What they cover so far.
    pub(super) fn scope(&self) -> Option<Scope<'d>> {
        Some(match self {
            Self::Nodes(nodes) => Scope::Nodes(nodes.clone()),
            Self::Octets(_, scope) => scope.clone(),
        })
    }
}

impl Transform {
    /// # Errors
    /// `Malformed`, `TransformUnsupported`, `LimitReached`
    pub(super) fn read(element: Node<'_>) -> Result<Self, SignatureFault> {
        let identifier = identifier(element)?;
        let unsupported = || SignatureFault::TransformUnsupported(identifier.to_owned());
        if Canonicalization::from_identifier(identifier).is_some() {
            return canonicalization_of(element).map(Self::Canonicalize);
        }
        let parameters = elements(element).ok_or(SignatureFault::Malformed)?;
        match (identifier, &*parameters) {
            (BASE64, []) => Ok(Self::Base64),
            (ENVELOPED, []) => Ok(Self::Enveloped),
            (XPATH, [path]) if leaves_signatures_out(*path) => Ok(Self::WithoutSignatures),
            (XPATH_FILTER, [path]) if subtracts_signatures(*path) => Ok(Self::WithoutSignatures),
            _ => Err(unsupported()),
        }
    }

    /// # Errors
    /// `Malformed`, `TransformUnsupported`, `LimitReached`
    pub(super) fn apply<'d>(
        &self,
        data: Data<'d>,
        signature: Node<'d>,
        budget: &mut u64,
    ) -> Result<Data<'d>, SignatureFault> {
        match (self, data) {
            (Self::Enveloped, Data::Nodes(nodes)) => Ok(Data::Nodes(nodes.without(signature))),
            (Self::WithoutSignatures, Data::Nodes(nodes)) => {
                let all = nodes.apex().descendants();
                let signatures = all.filter(|it| is(it, "Signature"));
                Ok(Data::Nodes(
                    signatures.fold(nodes.clone(), NodeSet::without),
                ))
            }
            // The signature is no node of what octets are parsed to.
            (Self::Enveloped, Data::Octets(..)) => {
                Err(SignatureFault::TransformUnsupported(ENVELOPED.to_owned()))
            }
            (Self::WithoutSignatures, Data::Octets(..)) => {
                Err(SignatureFault::TransformUnsupported(XPATH.to_owned()))
            }
            (Self::Canonicalize(method), Data::Nodes(nodes)) => {
                let mut octets = Vec::new();
                write(method, &nodes, budget, &mut |piece| {
                    octets.extend_from_slice(piece);
                })?;
                Ok(Data::Octets(octets, Scope::Nodes(nodes)))
            }
            (Self::Canonicalize(method), Data::Octets(octets, scope)) => Ok(Data::Octets(
                canonicalized_again(method, &octets, budget)?,
                scope,
            )),
            (Self::Base64, Data::Nodes(nodes)) => {
                let text = covered_text(&nodes);
                let octets = base64(&text).ok_or(SignatureFault::Malformed)?;
                Ok(Data::Octets(octets, Scope::Text(nodes)))
            }
            (Self::Base64, Data::Octets(octets, scope)) => {
                let text = std::str::from_utf8(&octets).ok().and_then(base64);
                Ok(Data::Octets(text.ok_or(SignatureFault::Malformed)?, scope))
            }
        }
    }
}

/// Octets that a transform wants as nodes are parsed (XMLDSig §4.4.3.2).
fn canonicalized_again(
    method: &Canonicalization,
    octets: &[u8],
    budget: &mut u64,
) -> Result<Vec<u8>, SignatureFault> {
    let text = decode(octets).map_err(|_| SignatureFault::Malformed)?;
    let document = Document::parse(&text, &Limits::default());
    let document = document.map_err(|_| SignatureFault::Malformed)?;
    let mut octets = Vec::new();
    write(method, &document.all(), budget, &mut |piece| {
        octets.extend_from_slice(piece);
    })?;
    Ok(octets)
}

/// XMLDSig §6.6.2: the text, without tags, comments and instructions.
fn covered_text(nodes: &NodeSet<'_>) -> String {
    let texts = nodes.apex().descendants().filter(Node::is_text);
    let covered = texts.filter(|it| nodes.left_out().is_empty() || nodes.covers(*it));
    covered.filter_map(|it| it.text()).collect()
}

/// Whether an XPath is `not(ancestor-or-self::ds:Signature)` (XMLDSig §6.6.3).
fn leaves_signatures_out(path: Node<'_>) -> bool {
    let step = text(path).map(|it| without_spaces(&it));
    let name = step
        .as_deref()
        .and_then(|it| it.strip_prefix("not(ancestor-or-self::")?.strip_suffix(')'));
    is(&path, "XPath") && name.is_some_and(|it| is_signature(path, it))
}

/// Whether it is `<XPath Filter="subtract">/descendant::ds:Signature</XPath>` (XPath Filter 2.0).
fn subtracts_signatures(path: Node<'_>) -> bool {
    let step = text(path).map(|it| without_spaces(&it));
    let name = step
        .as_deref()
        .and_then(|it| it.strip_prefix("/descendant::"));
    path.has_tag_name((XPATH_FILTER, "XPath"))
        && path.attribute("Filter") == Some("subtract")
        && name.is_some_and(|it| is_signature(path, it))
}

/// Whether a qualified name means the Signature of XMLDSig here.
fn is_signature(context: Node<'_>, name: &str) -> bool {
    let prefix = name.strip_suffix(":Signature").filter(|it| !it.is_empty());
    prefix.is_some_and(|it| context.lookup_namespace_uri(Some(it)) == Some(XMLDSIG))
}

fn without_spaces(text: &str) -> String {
    text.split_whitespace().collect()
}
