//! Which namespace declarations an element is written with.

use super::super::{Node, scan::Tag};
use std::collections::HashMap;

/// The declarations that were written around the element that is being written.
#[derive(Debug, Default)]
pub(super) struct Rendered<'d> {
    /// The URIs that each prefix was written with, the innermost last.
    uris: HashMap<&'d str, Vec<&'d str>>,
    /// The prefixes that each open element was written with.
    open: Vec<Vec<&'d str>>,
}

impl<'d> Rendered<'d> {
    /// The declarations of an element, by prefix; it is open from now on. With `prefixes` the canonicalization is exclusive,
    /// and these are its PrefixList.
    pub(super) fn enter(
        &mut self,
        element: Node<'d>,
        is_apex: bool,
        prefixes: Option<&[String]>,
    ) -> Vec<(&'d str, &'d str)> {
        let mut wanted = match prefixes {
            None if is_apex || declares(element) => in_scope(element).collect(),
            // Its namespaces are those of its parent, which were written.
            None => Vec::new(),
            Some(prefixes) => visibly_used(element, prefixes),
        };
        if prefixes.is_none() && !wanted.is_empty() && !has_default(&wanted) {
            wanted.push(("", ""));
        }
        wanted.sort_unstable();
        wanted.dedup();
        wanted.retain(|(prefix, uri)| {
            let around = self.uris.get(prefix).and_then(|all| all.last());
            around.copied().unwrap_or_default() != *uri
        });
        for (prefix, uri) in &wanted {
            self.uris.entry(prefix).or_default().push(uri);
        }
        let prefixes = wanted.iter().map(|(prefix, _)| *prefix);
        self.open.push(prefixes.collect());
        wanted
    }

    /// The element is closed.
    pub(super) fn leave(&mut self) {
        for prefix in self.open.pop().unwrap_or_default() {
            if let Some(uris) = self.uris.get_mut(prefix) {
                uris.pop();
            }
        }
    }
}

fn has_default(namespaces: &[(&str, &str)]) -> bool {
    namespaces.iter().any(|(prefix, _)| prefix.is_empty())
}

/// The namespaces in scope, without the one of `xml`, which is never written.
fn in_scope<'d>(element: Node<'d>) -> impl Iterator<Item = (&'d str, &'d str)> {
    let all = element.namespaces();
    all.map(|it| (it.name().unwrap_or_default(), it.uri()))
        .filter(|(prefix, _)| *prefix != "xml")
}

/// Those that the element's name and its attributes' names use, and those of the PrefixList (Exclusive XML
/// Canonicalization §3).
fn visibly_used<'d>(element: Node<'d>, prefixes: &[String]) -> Vec<(&'d str, &'d str)> {
    let own = prefix(element, element.range().start + 1);
    let uri = element.tag_name().namespace().unwrap_or_default();
    let mut used = vec![(own, uri)];
    for attribute in element.attributes() {
        if let Some(uri) = attribute.namespace() {
            used.push((prefix(element, attribute.range().start), uri));
        }
    }
    if !prefixes.is_empty() {
        let listed = |(prefix, _): &(&str, &str)| prefixes.iter().any(|it| it == prefix);
        used.extend(in_scope(element).filter(listed));
    }
    used.retain(|(prefix, _)| *prefix != "xml");
    used
}

/// Whether the element's tag declares a namespace.
fn declares(element: Node<'_>) -> bool {
    let text = element.document().input_text();
    let tag = text.get(element.range().start + 1..).map(Tag::read);
    // One that cannot be read would not have been parsed.
    tag.is_none_or(|tag| tag.is_ok_and(|tag| tag.namespaces > 0))
}

/// The prefix of the name that is written here in an element's tag; empty where there is none. The parser keeps names
/// without their prefixes.
pub(super) fn prefix<'d>(element: Node<'d>, start: usize) -> &'d str {
    let name = element.document().input_text().get(start..);
    let name = name.unwrap_or_default();
    let is_end = |it: char| matches!(it, ':' | '=' | '/' | '>') || it.is_ascii_whitespace();
    let found = name.split_once(is_end);
    let Some((prefix, _)) = found else {
        return "";
    };
    match name
        .get(prefix.len()..)
        .is_some_and(|it| it.starts_with(':'))
    {
        true => prefix,
        false => "",
    }
}
