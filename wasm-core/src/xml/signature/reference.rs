//! What a signature refers to.

use super::{
    SignatureFault, elements, is, octets,
    reading::identifier,
    transform::{Data, Scope, Transform},
};
use crate::{
    algorithm::{Digest, DigestAlgorithm},
    xml::{Canonicalization, Document, Node, NodeSet, Version, document::Bearer},
};

/// The most transforms of one reference.
const MAX_TRANSFORMS: usize = 8;

/// A reference whose structure was read.
/// ```text
/// Reference  ::= Transforms? DigestMethod DigestValue
/// Transforms ::= Transform+
/// ```
#[derive(Clone, Debug)]
pub struct Reference<'d> {
    uri: Option<&'d str>,
    kind: Option<&'d str>,
    transforms: Vec<Transform>,
    digest: Digest,
}

impl<'d> Reference<'d> {
    /// # Errors
    /// `Malformed`, `AlgorithmUnsupported`, `TransformUnsupported`, `LimitReached`
    pub(super) fn read(element: Node<'d>) -> Result<Self, SignatureFault> {
        let parts = elements(element)
            .filter(|_| is(&element, "Reference"))
            .ok_or(SignatureFault::Malformed)?;
        let (transforms, method, value) = match *parts {
            [transforms, method, value] => (Some(transforms), method, value),
            [method, value] => (None, method, value),
            _ => return Err(SignatureFault::Malformed),
        };
        let is_whole = transforms.is_none_or(|it| is(&it, "Transforms"))
            && is(&method, "DigestMethod")
            && is(&value, "DigestValue");
        let transforms = transforms.map_or(Some(Vec::new()), elements);
        let transforms = transforms
            .filter(|all| is_whole && all.iter().all(|it| is(it, "Transform")))
            .ok_or(SignatureFault::Malformed)?;
        if transforms.len() > MAX_TRANSFORMS {
            return Err(SignatureFault::LimitReached);
        }
        let identifier = identifier(method)?;
        let algorithm = DigestAlgorithm::from_xml_identifier(identifier);
        let algorithm =
            algorithm.ok_or_else(|| SignatureFault::AlgorithmUnsupported(identifier.to_owned()))?;
        let value = octets(value).and_then(|value| Digest::new(algorithm, &value));
        let transforms = transforms.into_iter().map(Transform::read);
        Ok(Self {
            uri: element.attribute("URI"),
            kind: element.attribute("Type"),
            transforms: transforms.collect::<Result<_, _>>()?,
            digest: value.ok_or(SignatureFault::Malformed)?,
        })
    }

    /// What it names; `None`: who reads the document knows.
    pub fn uri(&self) -> Option<&'d str> {
        self.uri
    }

    /// What kind of thing it says that this is (a URI).
    pub fn kind(&self) -> Option<&'d str> {
        self.kind
    }

    /// The digest that it says.
    pub fn digest(&self) -> &Digest {
        &self.digest
    }

    /// The digest of what it names, and what that is.
    ///
    /// # Errors
    /// [`SignatureFault`]
    pub(super) fn compute(
        &self,
        document: &'d Document<'_>,
        signature: Node<'d>,
        budget: &mut u64,
    ) -> Result<(Digest, Scope<'d>), SignatureFault> {
        let mut data = Data::Nodes(self.named(document)?);
        let mut scope = data.scope();
        for transform in &self.transforms {
            data = transform.apply(data, signature, budget)?;
            scope = data.scope().or(scope);
        }
        let mut hasher = self.digest.algorithm().hasher();
        match &data {
            Data::Octets(octets, _) => hasher.update(octets),
            // XMLDSig §4.4.3.2
            Data::Nodes(nodes) => {
                let method = Canonicalization::new(Version::Inclusive10);
                write(&method, nodes, budget, &mut |piece| hasher.update(piece))?;
            }
        }
        let scope = scope.ok_or(SignatureFault::Malformed)?;
        Ok((hasher.finish(), scope))
    }

    /// XMLDSig §4.4.3.3: same-document references have no comments, unless they are written as XPointers. Of those the two
    /// forms are read that the section names.
    fn named(&self, document: &'d Document<'_>) -> Result<NodeSet<'d>, SignatureFault> {
        let uri = self.uri.ok_or(SignatureFault::External(String::new()))?;
        let external = || SignatureFault::External(uri.to_owned());
        if uri.is_empty() {
            return Ok(document.all().without_comments());
        }
        let fragment = uri.strip_prefix('#').ok_or_else(external)?;
        if fragment == "xpointer(/)" {
            return Ok(document.all());
        }
        let pointer = fragment
            .strip_prefix("xpointer(id(")
            .and_then(|it| it.strip_suffix("))"))
            .and_then(unquoted);
        let id = pointer.unwrap_or(fragment);
        if id.contains(['(', '%']) {
            return Err(SignatureFault::TransformUnsupported(uri.to_owned()));
        }
        match document.bearer(id) {
            Bearer::Nobody => Err(SignatureFault::IdMissing(id.to_owned())),
            Bearer::Several => Err(SignatureFault::IdAmbiguous(id.to_owned())),
            Bearer::One(element) if pointer.is_some() => Ok(NodeSet::of(element)),
            Bearer::One(element) => Ok(NodeSet::of(element).without_comments()),
        }
    }
}

fn unquoted(text: &str) -> Option<&str> {
    let quote = text.chars().next().filter(|it| matches!(it, '\'' | '"'))?;
    text.strip_prefix(quote)?.strip_suffix(quote)
}

/// Canonicalizes within what is left of the work for one signature.
///
/// # Errors
/// `LimitReached`, `TransformUnsupported`
pub(super) fn write(
    method: &Canonicalization,
    nodes: &NodeSet<'_>,
    budget: &mut u64,
    take: &mut dyn FnMut(&[u8]),
) -> Result<(), SignatureFault> {
    use crate::xml::canonical::CanonicalizationError::{BaseInherited, LimitReached};
    let written = method
        .write(nodes, *budget, take)
        .map_err(|error| match error {
            LimitReached => SignatureFault::LimitReached,
            BaseInherited => SignatureFault::TransformUnsupported(method.identifier().to_owned()),
        })?;
    *budget -= written;
    Ok(())
}
