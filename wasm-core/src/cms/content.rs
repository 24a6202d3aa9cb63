//! The content that was signed: attached, or a document that was named.

use super::{attributes::Attributes, structure::RawSet};
use crate::{
    algorithm::{Digest, DigestAlgorithm},
    ber,
    format::{Document, KEPT, SignerFailure},
};

/// The largest document that is compared with signed attributes, in bytes. Attributes are made by the signer, not by
/// who passes them off as a document.
const MAX_ATTRIBUTES: usize = KEPT;

/// The content of one SignedData, digested once for each algorithm.
pub(super) struct Content<'a> {
    attached: Option<&'a [u8]>,
    named: Option<&'a mut (dyn Document + 'a)>,
    known: Vec<(DigestAlgorithm, Option<Digest>)>,
}

impl<'a> Content<'a> {
    pub(super) fn new(
        attached: Option<&'a [u8]>,
        named: Option<&'a mut (dyn Document + 'a)>,
    ) -> Self {
        Self {
            attached,
            named,
            known: Vec::new(),
        }
    }

    /// Whether another document was named than is attached.
    pub(super) fn is_another_than_attached(&mut self) -> bool {
        let (Some(attached), Some(named)) = (self.attached, self.named.as_mut()) else {
            return false;
        };
        !named.is(attached)
    }

    /// Why the content cannot be had.
    pub(super) fn missing(&self) -> SignerFailure {
        match (self.attached, &self.named) {
            (None, Some(_)) => SignerFailure::ContentTooLarge,
            _ => SignerFailure::ContentMissing,
        }
    }

    /// Hands the content over in pieces; `false` if there is none, or not all of it was kept.
    pub(super) fn read(&mut self, piece: &mut dyn FnMut(&[u8])) -> bool {
        match (self.attached, self.named.as_mut()) {
            (Some(content), _) => {
                piece(content);
                true
            }
            (None, Some(document)) => document.read(piece),
            (None, None) => false,
        }
    }

    /// Its digest, if there is a content.
    pub(super) fn digest(&mut self, algorithm: DigestAlgorithm) -> Option<Digest> {
        if let Some((_, digest)) = self.known.iter().find(|(other, _)| *other == algorithm) {
            return digest.clone();
        }
        let digest = match (self.attached, self.named.as_mut()) {
            (Some(content), _) => Some(algorithm.digest(content)),
            (None, Some(document)) => document.digest(algorithm),
            (None, None) => None,
        };
        self.known.push((algorithm, digest.clone()));
        digest
    }

    /// Whether the content is the DER of signed attributes. A signature without attributes that is valid for it may be
    /// one with attributes, of another document, whose attributes were taken out and made the content: RFC 5652 §5.4 has
    /// both signed alike.
    pub(super) fn looks_like_signed_attributes(&mut self) -> bool {
        let mut content = Vec::new();
        self.read(&mut |piece| {
            let room = MAX_ATTRIBUTES + 1 - content.len().min(MAX_ATTRIBUTES + 1);
            content.extend_from_slice(piece.get(..room).unwrap_or(piece));
        });
        // UNIVERSAL 17, constructed
        if content.len() > MAX_ATTRIBUTES || content.first() != Some(&0x31) {
            return false;
        }
        let Ok((set, [])) = ber::split_first(&content) else {
            return false;
        };
        let contents = der::Decode::from_der(set).map(|any: der::asn1::AnyRef<'_>| any.value());
        let attributes = contents
            .ok()
            .and_then(|contents| Attributes::parse(RawSet(contents)));
        attributes.is_some_and(|attributes| attributes.are_of_a_signature())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cms::{
        attributes::{attribute, content_type, message_digest},
        der_prefix::{SEQUENCE, SET, structure},
    };
    use const_oid::ObjectIdentifier;
    use der::{Encode as _, asn1::OctetStringRef};

    struct Pieces(Vec<&'static [u8]>);

    impl Document for Pieces {
        fn read(&mut self, piece: &mut dyn FnMut(&[u8])) -> bool {
            self.0.iter().for_each(|it| piece(it));
            true
        }
    }

    #[test]
    fn a_named_document_is_compared_whole() {
        for (pieces, another) in [
            (vec![&b"docu"[..], b"ment"], false),
            (vec![b"docu"], true),
            (vec![b"docu", b"ment", b"s"], true),
            (vec![b"docu", b"Ment"], true),
            (vec![b"x", b"document"], true),
            (vec![], true),
        ] {
            let mut named = Pieces(pieces.clone());
            let mut content = Content::new(Some(b"document"), Some(&mut named));
            assert_eq!(content.is_another_than_attached(), another, "{pieces:?}");
        }
        assert!(!Content::new(Some(b"document"), None).is_another_than_attached());
    }

    #[test]
    fn without_a_content_there_is_no_digest() {
        assert_eq!(
            Content::new(None, None).digest(DigestAlgorithm::Sha256),
            None
        );
    }

    #[test]
    fn each_algorithm_has_its_own_digest() {
        let mut content = Content::new(Some(b"document"), None);
        let sha256 = DigestAlgorithm::Sha256;
        for algorithm in [sha256, DigestAlgorithm::Sha512, sha256] {
            let expected = algorithm.digest(b"document");
            assert_eq!(content.digest(algorithm), Some(expected));
        }
    }

    #[test]
    fn what_a_signature_has_for_attributes_is_recognised() {
        let content_type = content_type().unwrap().to_der().unwrap();
        let digest = DigestAlgorithm::Sha256.digest(b"document");
        let digest = message_digest(&digest).unwrap().to_der().unwrap();
        let both = [&*content_type, &*digest].concat();
        let looks =
            |content: &[u8]| Content::new(Some(content), None).looks_like_signed_attributes();
        assert!(looks(&structure(SET, &both)));
        for other in [
            structure(SET, &content_type),
            structure(SET, &digest),
            structure(SEQUENCE, &both),
            [&*structure(SET, &both), &[0]].concat(),
            both.clone(),
            Vec::new(),
        ] {
            assert!(!looks(&other), "{other:x?}");
        }

        // As long as they may be, and longer.
        let unknown = ObjectIdentifier::new_unwrap("1.2.3");
        let filled = |length| {
            let value = vec![0; length];
            let filling = attribute(unknown, &OctetStringRef::new(&value).unwrap()).unwrap();
            structure(SET, &[&*both, &filling.to_der().unwrap()].concat())
        };
        let around = filled(MAX_ATTRIBUTES - 200).len() - (MAX_ATTRIBUTES - 200);
        let longest = filled(MAX_ATTRIBUTES - around);
        assert_eq!(longest.len(), MAX_ATTRIBUTES);
        assert!(looks(&longest));
        assert!(!looks(&[&*longest, &[0]].concat()));
        assert!(!looks(&filled(MAX_ATTRIBUTES - around + 1)));
    }
}
