//! The parts of a document that signatures cover.

use super::Node;

/// An element with all that is in it, or a document, but for some elements with all that is in those.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct NodeSet<'d> {
    apex: Node<'d>,
    left_out: Vec<Node<'d>>,
    comments: bool,
}

impl<'d> NodeSet<'d> {
    /// A node with all that is in it.
    pub fn of(apex: Node<'d>) -> Self {
        Self {
            apex,
            left_out: Vec::new(),
            comments: true,
        }
    }

    /// The same without comments.
    pub fn without_comments(self) -> Self {
        Self {
            comments: false,
            ..self
        }
    }

    /// The same without an element.
    pub fn without(mut self, element: Node<'d>) -> Self {
        if !self.left_out.contains(&element) {
            self.left_out.push(element);
        }
        self
    }

    /// The element, or the node above the root element.
    pub fn apex(&self) -> Node<'d> {
        self.apex
    }

    /// What is left out.
    pub fn left_out(&self) -> &[Node<'d>] {
        &self.left_out
    }

    /// Whether comments are in it.
    pub fn has_comments(&self) -> bool {
        self.comments
    }

    /// Whether a node is in it, comments set aside.
    pub fn covers(&self, node: Node<'_>) -> bool {
        let within = |outer: &Node<'_>| node.ancestors().any(|it| it == *outer);
        within(&self.apex) && !self.left_out.iter().any(within)
    }

    /// Whether it is a whole document but for this element.
    pub fn is_document_without(&self, element: Node<'_>) -> bool {
        let root = self.apex.document().root_element();
        let is_whole = self.apex.is_root() || self.apex == root;
        is_whole && element != root && self.left_out.iter().all(|it| *it == element)
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Canonicalization, Document, Limits, Version};
    use super::*;

    #[test]
    fn a_set_covers_what_is_below_its_apex_and_not_left_out() {
        let text = "<a><b><c/></b><d/></a>";
        let document = Document::parse(text, &Limits::default()).unwrap();
        let find = |name: &str| {
            let mut all = document.root().descendants();
            all.find(|it| it.has_tag_name(name)).unwrap()
        };
        let set = NodeSet::of(find("a")).without(find("b"));
        let covered = ["a", "b", "c", "d"].map(|name| set.covers(find(name)));
        assert_eq!(covered, [true, false, false, true]);
        assert!(set.is_document_without(find("b")));
        assert!(!set.is_document_without(find("d")));
        assert!(!NodeSet::of(find("b")).is_document_without(find("c")));
        assert!(document.all().is_document_without(find("b")));
        // Left out with what is around it
        let within = NodeSet::of(find("c")).without(find("b"));
        assert!(!within.covers(find("c")));
        let octets = Canonicalization::new(Version::Exclusive).octets(&within);
        assert_eq!(octets.as_deref(), Some(&[][..]));
    }
}
