//! Elements of DER, taken apart and put together.

use der::{Encode as _, Reader as _, SliceReader, Tag, Tagged as _, asn1::AnyRef};

/// The elements that stand one after the other.
pub(super) fn elements(content: &[u8]) -> der::Result<Vec<AnyRef<'_>>> {
    let mut reader = SliceReader::new(content)?;
    let mut all = Vec::new();
    while !reader.is_finished() {
        all.push(reader.decode()?);
    }
    Ok(all)
}

/// The number of a context-specific tag.
pub(super) fn number(element: &AnyRef<'_>) -> Option<u32> {
    match element.tag() {
        Tag::ContextSpecific { number, .. } => Some(number.value()),
        _ => None,
    }
}

/// A context-specific tag.
pub(super) fn context(number: u32, constructed: bool) -> Tag {
    Tag::ContextSpecific {
        constructed,
        number: number.into(),
    }
}

/// One element.
pub(super) fn element(tag: Tag, content: &[u8]) -> der::Result<Vec<u8>> {
    AnyRef::new(tag, content)?.to_der()
}

/// A SEQUENCE of elements.
pub(super) fn sequence(elements: &[Vec<u8>]) -> der::Result<Vec<u8>> {
    element(Tag::Sequence, &elements.concat())
}
