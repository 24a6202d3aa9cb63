//! Canonical XML 1.0, 1.1 and Exclusive XML Canonicalization 1.0.

mod escape;
mod namespaces;

use super::{Node, NodeSet};
use namespaces::Rendered;
use roxmltree::NodeType;

const XML: &str = "http://www.w3.org/XML/1998/namespace";

/// The most prefixes of a PrefixList.
const MAX_PREFIXES: usize = 64;

/// Which recommendation.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Version {
    /// Canonical XML 1.0: the namespaces and `xml:` attributes of the context come along.
    Inclusive10,
    /// Canonical XML 1.1: the same, but for `xml:id`; `xml:base` would be joined.
    Inclusive11,
    /// Exclusive XML Canonicalization 1.0: of the context only what is used.
    Exclusive,
}

/// How a part of a document becomes octets.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Canonicalization {
    version: Version,
    comments: bool,
    /// Those of InclusiveNamespaces PrefixList; the empty one is the default namespace.
    prefixes: Vec<String>,
}

/// Why a part of a document was not canonicalized.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum CanonicalizationError {
    /// More octets than were allowed.
    LimitReached,
    /// An `xml:base` of the context would have to be joined (Canonical XML 1.1 §2.4).
    BaseInherited,
}

/// Identifier, version, and whether comments stay.
const IDENTIFIERS: [(&str, Version, bool); 6] = [
    (
        "http://www.w3.org/TR/2001/REC-xml-c14n-20010315",
        Version::Inclusive10,
        false,
    ),
    (
        "http://www.w3.org/TR/2001/REC-xml-c14n-20010315#WithComments",
        Version::Inclusive10,
        true,
    ),
    (
        "http://www.w3.org/2006/12/xml-c14n11",
        Version::Inclusive11,
        false,
    ),
    (
        "http://www.w3.org/2006/12/xml-c14n11#WithComments",
        Version::Inclusive11,
        true,
    ),
    (
        "http://www.w3.org/2001/10/xml-exc-c14n#",
        Version::Exclusive,
        false,
    ),
    (
        "http://www.w3.org/2001/10/xml-exc-c14n#WithComments",
        Version::Exclusive,
        true,
    ),
];

impl Canonicalization {
    /// Without comments and without a PrefixList.
    pub fn new(version: Version) -> Self {
        Self {
            version,
            comments: false,
            prefixes: Vec::new(),
        }
    }

    /// The same with comments.
    pub fn with_comments(self) -> Self {
        Self {
            comments: true,
            ..self
        }
    }

    /// The one that an Algorithm attribute names.
    pub fn from_identifier(identifier: &str) -> Option<Self> {
        let row = IDENTIFIERS.iter().find(|(own, _, _)| *own == identifier)?;
        Some(Self {
            comments: row.2,
            ..Self::new(row.1)
        })
    }

    /// Its identifier.
    pub fn identifier(&self) -> &'static str {
        let mut rows = IDENTIFIERS.iter();
        let row = rows.find(|row| (row.1, row.2) == (self.version, self.comments));
        row.map_or("", |(identifier, _, _)| identifier)
    }

    /// The same with a PrefixList (Exclusive XML Canonicalization §4), of which only the exclusive one takes notice; `None`
    /// if it is longer than is read.
    pub fn with_prefixes(self, list: &str) -> Option<Self> {
        let prefixes = list.split_whitespace().map(|prefix| match prefix {
            "#default" => String::new(),
            prefix => prefix.to_owned(),
        });
        let prefixes: Vec<String> = prefixes.take(MAX_PREFIXES + 1).collect();
        (prefixes.len() <= MAX_PREFIXES).then_some(Self { prefixes, ..self })
    }

    /// The octets; `None` if an `xml:base` of the context would have to be joined (1.1 only).
    pub fn octets(&self, nodes: &NodeSet<'_>) -> Option<Vec<u8>> {
        let mut octets = Vec::new();
        let mut take = |piece: &[u8]| octets.extend_from_slice(piece);
        self.write(nodes, u64::MAX, &mut take).ok()?;
        Some(octets)
    }

    /// Hands the octets over piece by piece; says how many there were.
    ///
    /// # Errors
    /// [`CanonicalizationError`]
    pub(super) fn write(
        &self,
        nodes: &NodeSet<'_>,
        most: u64,
        take: &mut dyn FnMut(&[u8]),
    ) -> Result<u64, CanonicalizationError> {
        let mut writer = Writer {
            method: self,
            nodes,
            rendered: Rendered::default(),
            output: Output { take, written: 0 },
        };
        // A signature that is left out may be around the apex.
        let mut visit = nodes
            .covers(nodes.apex())
            .then_some((nodes.apex(), Step::Enter));
        while let Some((node, step)) = visit {
            visit = match step {
                Step::Enter => writer.enter(node)?,
                Step::Leave => writer.leave(node),
            };
            if writer.output.written > most {
                return Err(CanonicalizationError::LimitReached);
            }
        }
        Ok(writer.output.written)
    }
}

/// Whether a node is come to or left.
#[derive(Clone, Copy)]
enum Step {
    Enter,
    Leave,
}

struct Output<'o> {
    take: &'o mut dyn FnMut(&[u8]),
    written: u64,
}

impl Output<'_> {
    fn put(&mut self, text: &str) {
        self.written += u64::try_from(text.len()).unwrap_or(u64::MAX);
        (self.take)(text.as_bytes());
    }
}

struct Writer<'w, 'd> {
    method: &'w Canonicalization,
    nodes: &'w NodeSet<'d>,
    rendered: Rendered<'d>,
    output: Output<'w>,
}

impl<'d> Writer<'_, 'd> {
    /// Writes what stands before the node's children; says where to go next.
    fn enter(&mut self, node: Node<'d>) -> Result<Option<(Node<'d>, Step)>, CanonicalizationError> {
        let leave = Ok(Some((node, Step::Leave)));
        if self.nodes.left_out().contains(&node) {
            return Ok(self.onward(node));
        }
        match node.node_type() {
            NodeType::Root => {}
            NodeType::Element => self.start_tag(node)?,
            NodeType::Text => {
                escape::text(node.text().unwrap_or_default(), &mut self.output);
                return leave;
            }
            NodeType::Comment => {
                if self.method.comments && self.nodes.has_comments() {
                    let text = format!("<!--{}-->", node.text().unwrap_or_default());
                    self.aside(node, &text);
                }
                return leave;
            }
            NodeType::PI => {
                self.instruction(node);
                return leave;
            }
        }
        match node.first_child() {
            Some(child) => Ok(Some((child, Step::Enter))),
            None => leave,
        }
    }

    /// Writes what stands behind the node's children; says where to go next.
    fn leave(&mut self, node: Node<'d>) -> Option<(Node<'d>, Step)> {
        if node.is_element() {
            self.output.put("</");
            self.name(node);
            self.output.put(">");
            self.rendered.leave();
        }
        self.onward(node)
    }

    fn onward(&self, node: Node<'d>) -> Option<(Node<'d>, Step)> {
        if node == self.nodes.apex() {
            return None;
        }
        match node.next_sibling() {
            Some(sibling) => Some((sibling, Step::Enter)),
            None => node.parent().map(|parent| (parent, Step::Leave)),
        }
    }

    fn start_tag(&mut self, element: Node<'d>) -> Result<(), CanonicalizationError> {
        self.output.put("<");
        self.name(element);
        let is_apex = element == self.nodes.apex();
        let exclusive = self.method.version == Version::Exclusive;
        let prefixes = exclusive.then_some(&*self.method.prefixes);
        for (prefix, uri) in self.rendered.enter(element, is_apex, prefixes) {
            match prefix {
                "" => self.output.put(" xmlns=\""),
                prefix => {
                    self.output.put(" xmlns:");
                    self.output.put(prefix);
                    self.output.put("=\"");
                }
            }
            escape::attribute(uri, &mut self.output);
            self.output.put("\"");
        }
        let mut attributes: Vec<_> = element.attributes().collect();
        if is_apex && !exclusive {
            self.inherit(element, &mut attributes)?;
        }
        attributes.sort_by_key(|it| (it.namespace().unwrap_or_default(), it.name()));
        for attribute in attributes {
            self.output.put(" ");
            let prefix = namespaces::prefix(element, attribute.range().start);
            if !prefix.is_empty() {
                self.output.put(prefix);
                self.output.put(":");
            }
            self.output.put(attribute.name());
            self.output.put("=\"");
            escape::attribute(attribute.value(), &mut self.output);
            self.output.put("\"");
        }
        self.output.put(">");
        Ok(())
    }

    /// The `xml:` attributes of the ancestors, nearest first (Canonical XML 1.0 and 1.1 §2.4).
    fn inherit(
        &self,
        apex: Node<'d>,
        attributes: &mut Vec<roxmltree::Attribute<'d, 'd>>,
    ) -> Result<(), CanonicalizationError> {
        for ancestor in apex.ancestors().skip(1) {
            for attribute in ancestor.attributes() {
                let is_xml = attribute.namespace() == Some(XML);
                let own = |it: &roxmltree::Attribute<'_, '_>| {
                    it.namespace() == Some(XML) && it.name() == attribute.name()
                };
                match (self.method.version, attribute.name()) {
                    _ if !is_xml => {}
                    (Version::Inclusive11, "id") => {}
                    (Version::Inclusive11, "base") => {
                        return Err(CanonicalizationError::BaseInherited);
                    }
                    _ if attributes.iter().any(own) => {}
                    _ => attributes.push(attribute),
                }
            }
        }
        Ok(())
    }

    /// The element's name as it is written.
    fn name(&mut self, element: Node<'d>) {
        let prefix = namespaces::prefix(element, element.range().start + 1);
        if !prefix.is_empty() {
            self.output.put(prefix);
            self.output.put(":");
        }
        self.output.put(element.tag_name().name());
    }

    fn instruction(&mut self, node: Node<'d>) {
        let Some(instruction) = node.pi() else {
            return;
        };
        let value = instruction
            .value
            .map(str::trim_start)
            .filter(|it| !it.is_empty());
        let text = match value {
            Some(value) => format!("<?{} {value}?>", instruction.target),
            None => format!("<?{}?>", instruction.target),
        };
        self.aside(node, &text);
    }

    /// A comment or an instruction: outside the root element it stands on a line of its own. The parser leaves its ends of
    /// lines as they are (XML 1.0 §2.11).
    fn aside(&mut self, node: Node<'d>, text: &str) {
        let text = text.replace("\r\n", "\n").replace('\r', "\n");
        let is_outside = node.parent().is_some_and(|parent| parent.is_root());
        let root = node.document().root_element();
        let is_before = is_outside && node.range().start < root.range().start;
        if is_outside && !is_before && node != self.nodes.apex() {
            self.output.put("\n");
        }
        self.output.put(&text);
        if is_before && node != self.nodes.apex() {
            self.output.put("\n");
        }
    }
}
