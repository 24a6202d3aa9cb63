//! Documents that verify, changed in every place and every way that costs little: what is still accepted says the same.

use crate::support::conformance::directory;
use std::fs;
use tamga_core::xml::{
    Canonicalization, Document, Limits, Version,
    signature::{Scope, XmlSignature, signatures},
};

/// What the first signature of a text covers, in canonical octets; `None` if it is not right.
fn covered(text: &str) -> Option<Vec<Vec<u8>>> {
    let document = Document::parse(text, &Limits::default()).ok()?;
    let element = *signatures(&document).first()?;
    let signature = XmlSignature::read(&document, element).ok()?;
    let certificates = signature.certificates();
    let verified = certificates
        .iter()
        .find_map(|it| signature.verify(it.key()).ok())?;
    let method = Canonicalization::new(Version::Exclusive);
    let references = verified.references.iter().map(|it| match &it.scope {
        Scope::Nodes(nodes) | Scope::Text(nodes) => method.octets(nodes),
    });
    references.collect()
}

fn samples() -> Vec<String> {
    let names = [
        ("formats/cryptopro", "plugin-2.0.15700-enveloped.xml"),
        ("formats/kz", "kalkan-by-id.xml"),
        ("formats/kz", "kalkan-ns.xml"),
    ];
    let read = |(folder, name): (&str, &str)| {
        let path = directory(folder)?.join(name);
        Some(fs::read_to_string(path).unwrap())
    };
    names.into_iter().filter_map(read).collect()
}

#[test]
fn no_changed_octet_is_accepted_unless_it_says_the_same() {
    for text in samples() {
        let original = covered(&text).unwrap();
        let mut accepted = 0;
        for place in 0..text.len() {
            let mut octets = text.clone().into_bytes();
            *octets.get_mut(place).unwrap() ^= 1;
            let Ok(changed) = String::from_utf8(octets) else {
                continue;
            };
            if let Some(found) = covered(&changed) {
                assert_eq!(found, original, "at {place}");
                accepted += 1;
            }
        }
        // What is not covered, white space between attributes, the certificate beside its key.
        println!("{accepted} of {} changed octets change nothing", text.len());
        assert!(accepted * 3 < text.len());
    }
}

#[test]
fn no_element_can_be_taken_away_doubled_or_exchanged() {
    for text in samples() {
        let original = covered(&text).unwrap();
        let document = Document::parse(&text, &Limits::default()).unwrap();
        let elements = document.root().descendants().filter(|it| it.is_element());
        let mut changed = Vec::new();
        for element in elements {
            let range = element.range();
            let own = text.get(range.clone()).unwrap();
            let [before, after] = [&text[..range.start], &text[range.end..]];
            changed.push(format!("{before}{after}"));
            changed.push(format!("{before}{own}{own}{after}"));
            changed.push(format!("{before}<w>{own}</w>{after}"));
            if let Some(next) = element.next_sibling_element() {
                let other = text.get(next.range()).unwrap();
                let between = &text[range.end..next.range().start];
                let rest = &text[next.range().end..];
                changed.push(format!("{before}{other}{between}{own}{rest}"));
            }
        }
        for changed in changed.iter().filter(|it| **it != text) {
            if let Some(found) = covered(changed) {
                assert_eq!(found, original, "{changed}");
            }
        }
    }
}
