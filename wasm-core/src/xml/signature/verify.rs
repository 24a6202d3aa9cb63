//! Core validation (XMLDSig §3.2).

use super::{Reference, Scope, SignatureFault, XmlSignature, reference::write};
use crate::{
    algorithm::{DigestAlgorithm, KeyUnsupported, SignatureAlgorithm, SignatureError},
    certificate::PublicKey,
    xml::{Node, NodeSet},
};

/// How many octets are canonicalized for one signature: these, and so many times the document.
const BUDGET: u64 = 16 << 20;
const WHOLE_DOCUMENTS: u64 = 16;

/// What a signature that is right covers.
#[derive(Clone, Debug)]
pub struct Verified<'d> {
    /// The signature.
    pub signature: Node<'d>,
    /// How it was made.
    pub algorithm: SignatureAlgorithm,
    /// What its references name, in order.
    pub references: Vec<Covered<'d>>,
}

/// What a reference whose digest is right covers.
#[derive(Clone, Debug)]
pub struct Covered<'d> {
    /// What it names, as it is written.
    pub uri: &'d str,
    /// What kind of thing it says that this is (a URI).
    pub kind: Option<&'d str>,
    /// How it was hashed.
    pub digest: DigestAlgorithm,
    /// What of the document that is.
    pub scope: Scope<'d>,
}

impl<'d> XmlSignature<'d> {
    /// Says whether the owner of `key` signed what the references name, and what that is.
    ///
    /// # Errors
    /// [`SignatureFault`]; the signature is looked at first, so that nobody's long documents are hashed in vain.
    pub fn verify(&self, key: &PublicKey) -> Result<Verified<'d>, SignatureFault> {
        let text = self.element.document().input_text().len();
        let length = u64::try_from(text).unwrap_or(u64::MAX);
        let mut budget = length
            .saturating_mul(WHOLE_DOCUMENTS)
            .saturating_add(BUDGET);
        self.verify_signature(key, &mut budget)?;
        let covered = |(place, reference): (usize, &Reference<'d>)| {
            let (digest, scope) = reference.compute(self.document, self.element, &mut budget)?;
            if digest != *reference.digest() {
                return Err(SignatureFault::DigestMismatch(place));
            }
            Ok(Covered {
                uri: reference.uri().unwrap_or_default(),
                kind: reference.kind(),
                digest: digest.algorithm(),
                scope,
            })
        };
        let references = self.references.iter().enumerate().map(covered);
        Ok(Verified {
            signature: self.element,
            algorithm: self.algorithm,
            references: references.collect::<Result<_, _>>()?,
        })
    }

    fn verify_signature(&self, key: &PublicKey, budget: &mut u64) -> Result<(), SignatureFault> {
        let key = key.verifying_key();
        let key = key.map_err(|KeyUnsupported| SignatureFault::KeyUnsupported)?;
        let value = self.algorithm.signature_of_xml_value(&self.value);
        let value = value.ok_or(SignatureFault::SignatureInvalid)?;
        let mut hasher = self.algorithm.digest().hasher();
        let nodes = NodeSet::of(self.signed_info);
        write(&self.canonicalization, &nodes, budget, &mut |piece| {
            hasher.update(piece);
        })?;
        let digest = hasher.finish();
        let verified = key.verify(self.algorithm, &digest, &value);
        verified.map_err(|error| match error {
            SignatureError::Invalid => SignatureFault::SignatureInvalid,
            SignatureError::Mismatch => SignatureFault::KeyMismatch,
            SignatureError::Unsupported => SignatureFault::KeyUnsupported,
        })
    }
}

impl Verified<'_> {
    /// Whether a node is covered, with its attributes.
    pub fn covers(&self, node: Node<'_>) -> bool {
        self.references.iter().any(|it| match &it.scope {
            Scope::Nodes(nodes) => nodes.covers(node),
            Scope::Text(_) => false,
        })
    }

    /// Whether an element is covered by one reference with all that is in it. Comments never count.
    pub fn covers_whole(&self, element: Node<'_>) -> bool {
        self.references.iter().any(|it| match &it.scope {
            Scope::Nodes(nodes) => nodes.left_out().is_empty() && nodes.covers(element),
            Scope::Text(_) => false,
        })
    }

    /// Whether all of the document is covered but the signature itself. Comments never count.
    pub fn covers_document(&self) -> bool {
        self.references.iter().any(|it| match &it.scope {
            Scope::Nodes(nodes) => nodes.is_document_without(self.signature),
            Scope::Text(_) => false,
        })
    }
}
