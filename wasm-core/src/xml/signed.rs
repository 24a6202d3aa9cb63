//! A document with signatures inside, verified as any signed document is: by whose certificate, and what of it they cover.

use super::{
    Document, Limits, Node, XmlError, decode,
    signature::{
        Covered, Scope, SignatureFault, Verified, XMLDSIG, XmlSignature, signatures,
        xades::{SignedProperties, XADES},
    },
};
use crate::{
    algorithm::DigestAlgorithm,
    certificate::Certificate,
    cms::{Embedded, SignerDetails, UncheckedAttribute},
    format::{
        Container, Document as OtherDocument, FormatError, Level, SignatureState, SignerFailure,
        SignerVerdict,
    },
    reason::most_telling,
};
use base64::prelude::{BASE64_STANDARD, Engine as _};

/// The most signatures that are verified in one document.
const MAX_SIGNATURES: usize = 64;
/// The most certificates that are tried for one signature, whatever was given: its own come first.
const MAX_CANDIDATES: usize = 8;

/// A document with signatures. It is read anew whenever something is asked.
#[derive(Clone, Debug)]
pub struct SignedXml {
    bytes: Vec<u8>,
    text: String,
}

/// What was found out about one signature.
struct Found {
    verdict: SignerVerdict,
    details: SignerDetails,
}

impl SignedXml {
    /// Reads a document; `None` where it is no XML that speaks of signatures.
    ///
    /// # Errors
    /// [`FormatError::Malformed`]: it does, and cannot be read.
    pub fn parse(bytes: &[u8]) -> Option<Result<Self, FormatError>> {
        let is_text = matches!(
            bytes,
            [0xff, 0xfe, ..] | [0xfe, 0xff, ..] | [0xef, 0xbb, 0xbf, ..] | [b'<', ..]
        ) || bytes.trim_ascii_start().starts_with(b"<");
        if !is_text || bytes.len() > 2 * Limits::default().size {
            return None;
        }
        let text = decode(bytes).ok()?;
        if !text.contains(XMLDSIG) {
            return None;
        }
        let document = match Document::parse(&text, &Limits::default()) {
            Ok(document) => document,
            Err(XmlError::Malformed) => return None,
            Err(XmlError::Doctype | XmlError::Encoding | XmlError::LimitReached) => {
                return Some(Err(FormatError::Malformed("XML")));
            }
        };
        outermost(&document).next()?;
        drop(document);
        Some(Ok(Self {
            text: text.into_owned(),
            bytes: bytes.to_vec(),
        }))
    }

    /// The document, signatures and all.
    pub fn content(&self) -> &[u8] {
        &self.bytes
    }

    /// Verifies every signature; the verdicts are in their order. `beside` has to be the same document, if one is given. The
    /// signers' certificates are looked for in the signature and in `certificates` (DER): that one is found there says nothing
    /// about trust.
    pub fn verify(
        &self,
        beside: Option<&mut dyn OtherDocument>,
        certificates: &[Vec<u8>],
    ) -> Vec<SignerVerdict> {
        let signers = self.signers(beside, certificates).into_iter();
        signers.map(|(verdict, _)| verdict).collect()
    }

    /// The same with what each signature has besides.
    pub fn signers(
        &self,
        beside: Option<&mut dyn OtherDocument>,
        certificates: &[Vec<u8>],
    ) -> Vec<(SignerVerdict, SignerDetails)> {
        let is_another = beside.is_some_and(|it| !it.is(&self.bytes));
        let found = self.find_out(certificates).into_iter();
        let signers = found.map(|Found { verdict, details }| match is_another {
            true => {
                let verdict = SignerVerdict {
                    state: SignerFailure::ContentChanged.state(),
                    failure: Some(SignerFailure::ContentChanged),
                    ..verdict
                };
                (verdict, details)
            }
            false => (verdict, details),
        });
        signers.collect()
    }

    /// The certificates in the signatures.
    pub fn embedded(&self) -> Embedded {
        let document = Document::parse(&self.text, &Limits::default());
        let mut embedded = Embedded::default();
        for document in document.iter() {
            let read = outermost(document).filter_map(|it| XmlSignature::read(document, it).ok());
            let certificates = read.flat_map(|it| it.certificates());
            let ders = certificates.map(|it| it.der().to_vec());
            embedded.certificates.extend(ders);
        }
        embedded
    }

    fn find_out(&self, certificates: &[Vec<u8>]) -> Vec<Found> {
        let given = certificates.iter();
        let given: Vec<_> = given
            .filter_map(|der| Certificate::parse(der).ok())
            .collect();
        // It was read before.
        let Ok(document) = Document::parse(&self.text, &Limits::default()) else {
            return Vec::new();
        };
        let all = outermost(&document);
        all.map(|element| Found::of(&document, element, &given))
            .collect()
    }
}

impl Found {
    fn of<'d>(document: &'d Document<'d>, element: Node<'d>, given: &[Certificate]) -> Self {
        let signature = match XmlSignature::read(document, element) {
            Ok(signature) => signature,
            Err(fault) => return Self::refused((&fault).into()),
        };
        let mut candidates: Vec<Certificate> = Vec::new();
        for certificate in signature.certificates().iter().chain(given) {
            let known = candidates.iter().any(|it| it.der() == certificate.der());
            if candidates.len() < MAX_CANDIDATES && !known {
                candidates.push(certificate.clone());
            }
        }
        let mut told = None;
        for certificate in &candidates {
            let found = Self::by(&signature, certificate);
            if found.verdict.state == SignatureState::Valid {
                return found;
            }
            told = most_telling(told.into_iter().chain([found.verdict]));
        }
        told.map_or_else(
            || Self::refused(SignerFailure::CertificateMissing),
            |verdict| Self {
                verdict,
                details: SignerDetails::default(),
            },
        )
    }

    fn refused(failure: SignerFailure) -> Self {
        Self {
            verdict: SignerVerdict::refused(Container::Xml, failure),
            details: SignerDetails::default(),
        }
    }

    fn by(signature: &XmlSignature<'_>, certificate: &Certificate) -> Self {
        let mut found = Self::refused(SignerFailure::SignatureInvalid);
        let verdict = &mut found.verdict;
        verdict.certificate = Some(BASE64_STANDARD.encode(certificate.der()));
        let verified = signature.verify(certificate.key());
        let judged = verified
            .map_err(|fault| SignerFailure::from(&fault))
            .and_then(|verified| {
                verdict.note(&verified, certificate)?;
                Ok(details(&verified))
            });
        verdict.failure = judged.as_ref().err().copied();
        verdict.state = verdict
            .failure
            .map_or(SignatureState::Valid, SignerFailure::state);
        found.details = judged.unwrap_or_default();
        found
    }
}

impl SignerVerdict {
    /// Takes time, level and warnings from a signature that is right.
    fn note(
        &mut self,
        verified: &Verified<'_>,
        certificate: &Certificate,
    ) -> Result<(), SignerFailure> {
        let digests = verified.references.iter().map(|it| it.digest);
        let digests: Vec<DigestAlgorithm> = digests.chain([verified.algorithm.digest()]).collect();
        self.warn_of_digests(&digests);
        let key = certificate.key().verifying_key();
        self.warn_of_key(key.map_err(|_| SignerFailure::KeyUnsupported)?);
        let properties = SignedProperties::of(verified);
        let properties = properties.map_err(|_| SignerFailure::AttributesMalformed)?;
        let Some(properties) = properties else {
            return Ok(());
        };
        if let Some(time) = properties.signing_time {
            self.note_time(time, certificate);
        }
        let Some(first) = properties.signing_certificates.first() else {
            return Ok(());
        };
        match first.is_of(certificate) {
            Some(true) => self.level = Level::Bes,
            Some(false) => return Err(SignerFailure::CertificateMismatch),
            None => return Err(SignerFailure::AlgorithmUnsupported),
        }
        Ok(())
    }
}

impl From<&SignatureFault> for SignerFailure {
    fn from(fault: &SignatureFault) -> Self {
        match fault {
            SignatureFault::AlgorithmUnsupported(_) | SignatureFault::TransformUnsupported(_) => {
                Self::AlgorithmUnsupported
            }
            SignatureFault::DigestMismatch(_) => Self::ContentChanged,
            SignatureFault::External(_) => Self::ContentMissing,
            SignatureFault::IdAmbiguous(_) => Self::ContentAmbiguous,
            SignatureFault::KeyMismatch => Self::KeyMismatch,
            SignatureFault::KeyUnsupported => Self::KeyUnsupported,
            SignatureFault::LimitReached => Self::ContentTooLarge,
            SignatureFault::IdMissing(_) | SignatureFault::Malformed => Self::Malformed,
            SignatureFault::SignatureInvalid => Self::SignatureInvalid,
        }
    }
}

/// The signatures that are in no other: those are about that one.
fn outermost<'d>(document: &'d Document<'_>) -> impl Iterator<Item = Node<'d>> {
    let all = signatures(document).into_iter();
    let is_inside = |node: &Node<'_>| {
        let mut above = node.ancestors().skip(1);
        above.any(|it| it.has_tag_name((XMLDSIG, "Signature")))
    };
    all.filter(move |it| !is_inside(it)).take(MAX_SIGNATURES)
}

fn details(verified: &Verified<'_>) -> SignerDetails {
    let below = || verified.signature.descendants();
    let has = |name: &str| below().any(|it| it.has_tag_name((XADES, name)));
    let added = has("UnsignedProperties").then_some(UncheckedAttribute::UnsignedProperties);
    SignerDetails {
        has_policy: has("SignaturePolicyIdentifier"),
        unchecked: added.into_iter().collect(),
        covered: match covers_all(verified) {
            true => Vec::new(),
            false => verified.references.iter().filter_map(named).collect(),
        },
        ..SignerDetails::default()
    }
}

/// Whether all of the document is covered, or, where the signature is the root, all that it has in it besides what it says of
/// itself.
fn covers_all(verified: &Verified<'_>) -> bool {
    let signature = verified.signature;
    let is_object = |node: &Node<'_>| {
        let is_own = |it: Node<'_>| it.has_tag_name((XADES, "QualifyingProperties"));
        node.has_tag_name((XMLDSIG, "Object")) && !node.children().any(is_own)
    };
    let is_root = signature.document().root_element() == signature;
    let mut objects = signature.children().filter(is_object).peekable();
    let has_objects = objects.peek().is_some();
    verified.covers_document()
        || is_root && has_objects && objects.all(|it| verified.covers_whole(it))
}

/// What a reference covers, as it is named, if that is not what the signature says of itself.
fn named(covered: &Covered<'_>) -> Option<String> {
    let (Scope::Nodes(nodes) | Scope::Text(nodes)) = &covered.scope;
    let apex = nodes.apex();
    let is_own = apex.has_tag_name((XADES, "SignedProperties"));
    let name = match apex.is_root() {
        true => apex.document().root_element().tag_name().name(),
        false => apex.tag_name().name(),
    };
    (!is_own).then(|| format!("<{name}> {}", covered.uri).trim_end().to_owned())
}
