//! The structure of a signature.

use super::{SignatureFault, elements, is, octets, reference::Reference, text};
use crate::{
    algorithm::{DigestAlgorithm, SignatureAlgorithm},
    certificate::Certificate,
    xml::{Canonicalization, Document, Node},
};

/// The most references of one signature.
const MAX_REFERENCES: usize = 1024;

/// The most certificates that one signature brings along.
const MAX_CERTIFICATES: usize = 64;

/// The namespace of RSAPSSParams, and the identifiers of PSS and of its mask.
const MORE: &str = "http://www.w3.org/2007/05/xmldsig-more#";
const PSS: &str = "http://www.w3.org/2007/05/xmldsig-more#rsa-pss";
const MGF1: &str = "http://www.w3.org/2007/05/xmldsig-more#MGF1";

/// A signature whose structure was read.
/// ```text
/// Signature  ::= SignedInfo SignatureValue KeyInfo? Object*
/// SignedInfo ::= CanonicalizationMethod SignatureMethod Reference+
/// ```
#[derive(Clone, Debug)]
pub struct XmlSignature<'d> {
    pub(super) document: &'d Document<'d>,
    pub(super) element: Node<'d>,
    pub(super) signed_info: Node<'d>,
    pub(super) canonicalization: Canonicalization,
    pub(super) algorithm: SignatureAlgorithm,
    pub(super) references: Vec<Reference<'d>>,
    pub(super) value: Vec<u8>,
    key_info: Option<Node<'d>>,
}

impl<'d> XmlSignature<'d> {
    /// Reads the signature that an element of the document is.
    ///
    /// # Errors
    /// `Malformed`, `AlgorithmUnsupported`, `TransformUnsupported`, `LimitReached`
    pub fn read(document: &'d Document<'_>, element: Node<'d>) -> Result<Self, SignatureFault> {
        let mut parts = elements(element)
            .filter(|_| is(&element, "Signature"))
            .ok_or(SignatureFault::Malformed)?
            .into_iter()
            .peekable();
        let mut next = |name: &str| parts.next_if(|it| is(it, name));
        let signed_info = next("SignedInfo").ok_or(SignatureFault::Malformed)?;
        let value = next("SignatureValue").and_then(octets);
        let key_info = next("KeyInfo");
        if !parts.all(|it| is(&it, "Object")) {
            return Err(SignatureFault::Malformed);
        }
        let mut parts = elements(signed_info)
            .ok_or(SignatureFault::Malformed)?
            .into_iter();
        let canonicalization = parts.next().filter(|it| is(it, "CanonicalizationMethod"));
        let method = parts.next().filter(|it| is(it, "SignatureMethod"));
        let references: Vec<_> = parts.collect();
        if references.is_empty() {
            return Err(SignatureFault::Malformed);
        }
        if references.len() > MAX_REFERENCES {
            return Err(SignatureFault::LimitReached);
        }
        let references = references.into_iter().map(Reference::read);
        Ok(Self {
            document,
            element,
            signed_info,
            canonicalization: canonicalization_of(
                canonicalization.ok_or(SignatureFault::Malformed)?,
            )?,
            algorithm: signature_algorithm(method.ok_or(SignatureFault::Malformed)?)?,
            references: references.collect::<Result<_, _>>()?,
            value: value.ok_or(SignatureFault::Malformed)?,
            key_info,
        })
    }

    /// The element.
    pub fn element(&self) -> Node<'d> {
        self.element
    }

    /// How the signature was made.
    pub fn algorithm(&self) -> SignatureAlgorithm {
        self.algorithm
    }

    /// What is signed, in order.
    pub fn references(&self) -> &[Reference<'d>] {
        &self.references
    }

    /// The KeyInfo, if there is one.
    pub fn key_info(&self) -> Option<Node<'d>> {
        self.key_info
    }

    /// The certificates in the KeyInfo (X509Data/X509Certificate), in order; those that cannot be read are left out.
    pub fn certificates(&self) -> Vec<Certificate> {
        let data = self.key_info.into_iter().flat_map(|it| it.children());
        let data = data.filter(|it| is(it, "X509Data"));
        let certificates = data.flat_map(|it| it.children());
        let certificates = certificates.filter(|it| is(it, "X509Certificate"));
        certificates
            .take(MAX_CERTIFICATES)
            .filter_map(|it| Certificate::parse(&octets(it)?).ok())
            .collect()
    }
}

/// The value of the Algorithm attribute.
pub(super) fn identifier<'d>(element: Node<'d>) -> Result<&'d str, SignatureFault> {
    element
        .attribute("Algorithm")
        .ok_or(SignatureFault::Malformed)
}

/// The canonicalization that an element names, with its PrefixList.
pub(super) fn canonicalization_of(element: Node<'_>) -> Result<Canonicalization, SignatureFault> {
    const EXCLUSIVE: &str = "http://www.w3.org/2001/10/xml-exc-c14n#";
    let identifier = identifier(element)?;
    let unsupported = || SignatureFault::AlgorithmUnsupported(identifier.to_owned());
    let method = Canonicalization::from_identifier(identifier).ok_or_else(unsupported)?;
    let parameters = elements(element).ok_or(SignatureFault::Malformed)?;
    match *parameters {
        [] => Ok(method),
        [list] if list.has_tag_name((EXCLUSIVE, "InclusiveNamespaces")) => {
            let prefixes = list.attribute("PrefixList").unwrap_or_default();
            let with_prefixes = method.with_prefixes(prefixes);
            with_prefixes.ok_or(SignatureFault::LimitReached)
        }
        _ => Err(unsupported()),
    }
}

/// The algorithm of a SignatureMethod. But for PSS none that is known has parameters.
fn signature_algorithm(element: Node<'_>) -> Result<SignatureAlgorithm, SignatureFault> {
    let identifier = identifier(element)?;
    let parameters = elements(element).ok_or(SignatureFault::Malformed)?;
    let algorithm = match *parameters {
        _ if identifier == PSS => pss(&parameters),
        [] => SignatureAlgorithm::from_xml_identifier(identifier),
        _ => None,
    };
    algorithm.ok_or_else(|| SignatureFault::AlgorithmUnsupported(identifier.to_owned()))
}

/// RFC 9231 §2.3.9: what is not said is SHA-256, the same digest for the mask, and a salt as long as the digest.
/// ```text
/// RSAPSSParams           ::= DigestMethod? MaskGenerationFunction? SaltLength? TrailerField?
/// MaskGenerationFunction ::= DigestMethod?
/// ```
fn pss(parameters: &[Node<'_>]) -> Option<SignatureAlgorithm> {
    let (mut digest, mut mask, mut salt) = (DigestAlgorithm::Sha256, None, None);
    let fields = match parameters {
        [] => Vec::new(),
        [only] if only.has_tag_name((MORE, "RSAPSSParams")) => elements(*only)?,
        _ => return None,
    };
    for field in fields {
        match field.tag_name().name() {
            "DigestMethod" if is(&field, "DigestMethod") => digest = digest_method(field)?,
            "MaskGenerationFunction" if field.attribute("Algorithm") == Some(MGF1) => {
                mask = match *elements(field)? {
                    [] => None,
                    [method] => Some(digest_method(method)?),
                    _ => return None,
                };
            }
            "SaltLength" => salt = Some(text(field)?.trim().parse().ok()?),
            "TrailerField" if text(field)?.trim() == "1" => {}
            _ => return None,
        }
    }
    let mask = mask.unwrap_or(digest);
    let usual = u16::try_from(digest.output_len()).ok()?;
    Some(match salt.unwrap_or(usual) {
        salt if salt == usual && mask == digest => SignatureAlgorithm::RsaPss(digest),
        salt => SignatureAlgorithm::RsaPssWith { digest, mask, salt },
    })
}

fn digest_method(element: Node<'_>) -> Option<DigestAlgorithm> {
    DigestAlgorithm::from_xml_identifier(element.attribute("Algorithm")?)
}
