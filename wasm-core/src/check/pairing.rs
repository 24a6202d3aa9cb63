//! Which signature is of which document, told by digests first and by names second. What fits several is said, and never
//! guessed.

use crate::algorithm::Digest;
use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization as _;

/// Endings of signatures' names; without them the name is the document's.
const ENDINGS: [&str; 12] = [
    "p7m", "p7s", "p7b", "p7", "sig", "sgn", "sign", "cms", "der", "pem", "b64", "eml",
];
/// How many endings a signature's name may have: `act.pdf.sig.p7s.b64`.
const MAX_ENDINGS: usize = 3;

/// A file, as far as pairing asks.
#[derive(Clone, Debug, Default)]
pub struct PairingFile {
    /// Its name, without folders.
    pub name: String,
    /// Its own digests, with each algorithm that signatures name.
    pub digests: Vec<Digest>,
    /// What it is a signature of, if it is one.
    pub signature: Option<Wanted>,
    /// Whether it is a document, rather than a signature or evidence. Of anything else it has to be certain that it was
    /// signed.
    pub is_document: bool,
}

/// What a signature is of.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// The digests of the document that its signers signed.
    pub digests: Vec<Digest>,
    /// Whether the document is inside.
    pub is_attached: bool,
}

/// What was found for a signature.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Pair {
    /// No document beside it: it is inside, or missing.
    Alone,
    /// This file, by its index.
    With(usize, PairedBy),
    /// Any of these may be meant.
    Several(Vec<usize>),
}

/// What a document was found by.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(any(test, feature = "typescript"), derive(ts_rs::TS), ts(export))]
#[serde(rename_all = "kebab-case")]
pub enum PairedBy {
    /// It is what was signed.
    Content,
    /// Its name.
    Name,
    /// There was no other left.
    Elimination,
    /// The person named it.
    Person,
}

/// The name of the document that a signature's name says, one ending after the other taken off.
fn document_names(name: &str) -> impl Iterator<Item = &str> {
    let mut rest = name;
    std::iter::from_fn(move || {
        rest = document_name(rest)?;
        Some(rest)
    })
    .take(MAX_ENDINGS)
}

/// A signature's name without its ending; `None` where it has none of a signature.
pub fn document_name(name: &str) -> Option<&str> {
    let (rest, ending) = name.rsplit_once('.')?;
    let is_ending = ENDINGS.iter().any(|it| it.eq_ignore_ascii_case(ending));
    (is_ending && !rest.is_empty()).then_some(rest)
}

/// Finds the document of each signature; for files that are none, [`Pair::Alone`].
pub fn pair(files: &[PairingFile]) -> Vec<Pair> {
    let mut pairs: Vec<_> = (0..files.len())
        .map(|index| by_name(files, index))
        .collect();
    let taken = |pairs: &[Pair], index| {
        pairs
            .iter()
            .any(|pair| matches!(pair, Pair::With(other, _) if *other == index))
    };
    let left: Vec<_> = (0..files.len())
        .filter(|index| files.get(*index).is_some_and(|it| it.is_document))
        .filter(|index| !taken(&pairs, *index))
        .collect();
    let without: Vec<_> = (0..files.len())
        .filter(|index| pairs.get(*index) == Some(&Pair::Alone))
        .filter(|index| {
            let signature = files.get(*index).and_then(|it| it.signature.as_ref());
            signature.is_some_and(|it| !it.is_attached)
        })
        .collect();
    for index in &without {
        let found = match (&*left, &*without) {
            ([], _) => Pair::Alone,
            ([document], [_]) => Pair::With(*document, PairedBy::Elimination),
            _ => Pair::Several(left.clone()),
        };
        if let Some(pair) = pairs.get_mut(*index) {
            *pair = found;
        }
    }
    pairs
}

/// The document of a signature by content, else by name.
fn by_name(files: &[PairingFile], index: usize) -> Pair {
    let Some(file) = files.get(index) else {
        return Pair::Alone;
    };
    let Some(wanted) = &file.signature else {
        return Pair::Alone;
    };
    let others = || files.iter().enumerate().filter(|(it, _)| *it != index);
    let was_signed = |other: &PairingFile| {
        let mut digests = other.digests.iter();
        digests.any(|digest| wanted.digests.contains(digest))
    };
    let same_name = |name: &str, other: &PairingFile| folded(&other.name) == folded(name);
    let named = |other: &PairingFile| document_names(&file.name).any(|it| same_name(it, other));
    // Of several with the same content, one with the right name.
    let signed: Vec<_> = others().filter(|(_, it)| was_signed(it)).collect();
    let best = signed.iter().find(|(_, it)| named(it)).or(signed.first());
    if let Some((found, _)) = best {
        return Pair::With(*found, PairedBy::Content);
    }
    for name in document_names(&file.name) {
        let found = others().filter(|(_, it)| same_name(name, it));
        if let Some(pair) = only(found.map(|(it, _)| it)) {
            return pair;
        }
    }
    if wanted.is_attached {
        return Pair::Alone;
    }
    let documents = || others().filter(|(_, it)| it.is_document);
    let stems: Vec<_> = std::iter::once(&*file.name)
        .chain(document_names(&file.name))
        .map(|name| folded(stem(name)))
        .collect();
    let found = documents().filter(|(_, it)| stems.contains(&folded(stem(&it.name))));
    only(found.map(|(it, _)| it)).unwrap_or(Pair::Alone)
}

/// `None` where there is none.
fn only(found: impl Iterator<Item = usize>) -> Option<Pair> {
    let found: Vec<_> = found.collect();
    match &*found {
        [] => None,
        [one] => Some(Pair::With(*one, PairedBy::Name)),
        _ => Some(Pair::Several(found)),
    }
}

/// A name without its ending and without the number that a second file of the name gets: `act` of `act (2).pdf`.
fn stem(name: &str) -> &str {
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    let stem = match stem.is_empty() {
        true => name,
        false => stem,
    };
    let numbered = stem.strip_suffix(')').and_then(|it| it.rsplit_once(" ("));
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|it| it.is_ascii_digit());
    match numbered {
        Some((name, number)) if is_number(number) && !name.is_empty() => name,
        _ => stem,
    }
}

/// A name as files are told apart: macOS writes letters in parts, Windows minds no case.
fn folded(name: &str) -> String {
    name.nfc().flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::algorithm::DigestAlgorithm;

    /// `name` is a document; `name=content` one whose content is known; `name<content` a detached signature of that
    /// content; `name@` one that has its document inside.
    fn files(given: &[&str]) -> Vec<PairingFile> {
        let digest = |content: &str| vec![DigestAlgorithm::Sha256.digest(content.as_bytes())];
        let file = |given: &&str| {
            let signature = |name: &str, digests, is_attached| PairingFile {
                name: name.to_owned(),
                signature: Some(Wanted {
                    digests,
                    is_attached,
                }),
                ..PairingFile::default()
            };
            match (given.split_once('<'), given.split_once('=')) {
                (Some((name, content)), _) => signature(name, digest(content), false),
                (None, Some((name, content))) => PairingFile {
                    name: name.to_owned(),
                    digests: digest(content),
                    is_document: true,
                    ..PairingFile::default()
                },
                (None, None) => match given.strip_suffix('@') {
                    Some(name) => signature(name, Vec::new(), true),
                    None => PairingFile {
                        name: (*given).to_owned(),
                        is_document: true,
                        ..PairingFile::default()
                    },
                },
            }
        };
        given.iter().map(file).collect()
    }

    #[test]
    fn signatures_find_their_documents() {
        use PairedBy::{Content, Elimination, Name};
        let several = |indices: &[usize]| Pair::Several(indices.to_vec());
        let cases: [(&[&str], Pair); 27] = [
            (&["a.pdf.sig<x", "a.pdf"], Pair::With(1, Name)),
            (&["a.pdf.P7S<x", "A.pdf"], Pair::With(1, Name)),
            (&["a.pdf.sig.p7s<x", "a.pdf"], Pair::With(1, Name)),
            (
                &["a.pdf.sgn<x", "b.pdf", "a.pdf", "a.doc"],
                Pair::With(2, Name),
            ),
            (&["a.sig<x", "a.pdf", "b.pdf"], Pair::With(1, Name)),
            (&["a.sig<x", "a.pdf", "a.doc", "b"], several(&[1, 2])),
            (&["a (2).pdf.p7s<x", "a.pdf", "b.pdf"], Pair::With(1, Name)),
            (&["a.p7s<x", "a (1).pdf", "b.pdf"], Pair::With(1, Name)),
            // What was signed is the document, whatever it is called.
            (
                &["a.pdf.sig<x", "a.pdf=y", "b.doc=x"],
                Pair::With(2, Content),
            ),
            (
                &["a.pdf.sig<x", "b.pdf=x", "a.pdf=x"],
                Pair::With(2, Content),
            ),
            (
                &["a.pdf.sig<x", "b.pdf=x", "c.pdf=x"],
                Pair::With(1, Content),
            ),
            (&["a.pdf.sig<x", "a.pdf=y", "b.pdf=z"], Pair::With(1, Name)),
            // й in one letter and in two
            (&["й.pdf.sig<x", "и\u{306}.pdf", "b"], Pair::With(1, Name)),
            // Two folders, one name
            (&["a.pdf.sig<x", "a.pdf", "a.pdf"], several(&[1, 2])),
            (
                &["a.pdf.sig<x", "a.pdf=y", "a.pdf=x"],
                Pair::With(2, Content),
            ),
            (&["x.sig<x", "letter.pdf"], Pair::With(1, Elimination)),
            (&["x.sig<x", "letter.pdf", "other.pdf"], several(&[1, 2])),
            (&["x.sig<x"], Pair::Alone),
            (&["x.sig<x", "y.sig<y", "letter.pdf"], several(&[2])),
            // The other one is somebody's already.
            (
                &["x.sig<x", "a.pdf.sig<y", "a.pdf", "b.pdf"],
                Pair::With(3, Elimination),
            ),
            (&["x.sig<x", "a.pdf.sig<y", "a.pdf"], Pair::Alone),
            // Several signatures of one document
            (
                &["a.pdf.sig<x", "a.pdf.p7s<x", "a.pdf"],
                Pair::With(2, Name),
            ),
            (&["a.p7m@", "letter.pdf"], Pair::Alone),
            (&["a.pdf.p7m@", "a.pdf"], Pair::With(1, Name)),
            (&["a.p7m@", "a.pdf"], Pair::Alone),
            // A signature that was signed in turn
            (&["a.pdf.sig.sig<x", "a.pdf.sig<y"], Pair::With(1, Name)),
            (&["x.sig<x", "y.sig<y"], Pair::Alone),
        ];
        for (given, expected) in cases {
            assert_eq!(pair(&files(given)).first(), Some(&expected), "{given:?}");
        }
    }

    #[test]
    fn names_of_documents() {
        for (name, document) in [
            ("act.pdf.p7s", Some("act.pdf")),
            ("act.SGN", Some("act")),
            ("act.pdf", None),
            (".sig", None),
            ("sig", None),
        ] {
            assert_eq!(document_name(name), document, "{name}");
        }
        for (name, expected) in [
            ("act.pdf", "act"),
            ("act (12).pdf", "act"),
            ("act (x).pdf", "act (x)"),
            (" (2).pdf", " (2)"),
            (".act", ".act"),
        ] {
            assert_eq!(stem(name), expected);
        }
    }
}
