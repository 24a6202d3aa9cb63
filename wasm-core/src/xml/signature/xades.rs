//! What XAdES says of a signature (EN 319 132-1): whose it is, and the time it claims.

use super::{Scope, Verified, XMLDSIG, octets, text};
use crate::{algorithm::DigestAlgorithm, asn1_time, certificate::Certificate, xml::Node};

/// The namespace of XAdES.
pub const XADES: &str = "http://uri.etsi.org/01903/v1.3.2#";

/// The Type of the reference to SignedProperties.
const SIGNED_PROPERTIES: &str = "http://uri.etsi.org/01903#SignedProperties";

/// The signed properties of a signature that is right.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct SignedProperties {
    /// SigningTime, Unix seconds: what the signer claims.
    pub signing_time: Option<i64>,
    /// The certificates of SigningCertificate or SigningCertificateV2, the signer's first; empty where it has neither.
    pub signing_certificates: Vec<CertificateDigest>,
}

/// A certificate that is named by its digest.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct CertificateDigest {
    /// The Algorithm attribute of its DigestMethod.
    pub algorithm: String,
    /// The digest.
    pub value: Vec<u8>,
}

/// Why the properties that a signature has cannot be believed.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum PropertiesFault {
    /// They are not those of this signature, are not covered by it, or stand twice.
    #[error("the signed properties are not this signature's")]
    NotSigned,
    /// They cannot be read.
    #[error("the signed properties are malformed")]
    Malformed,
}

impl CertificateDigest {
    /// Whether it is the digest of this certificate; `None` with an algorithm that Tamga does not know.
    pub fn is_of(&self, certificate: &Certificate) -> Option<bool> {
        let algorithm = DigestAlgorithm::from_xml_identifier(&self.algorithm)?;
        Some(algorithm.digest(certificate.der()).bytes() == self.value)
    }
}

impl SignedProperties {
    /// Reads those of a signature; `None` if it has none, as a plain XML signature.
    ///
    /// # Errors
    /// [`PropertiesFault`]: they have to be in an Object of this signature, name it as their Target, and be covered, whole,
    /// by exactly one reference of their type.
    pub fn of(signature: &Verified<'_>) -> Result<Option<Self>, PropertiesFault> {
        let mut referred = signature
            .references
            .iter()
            .filter(|it| it.kind == Some(SIGNED_PROPERTIES));
        let objects = signature.signature.children();
        let objects = objects.filter(|it| it.has_tag_name((XMLDSIG, "Object")));
        let qualifying = objects.flat_map(|it| it.children());
        let qualifying = qualifying.filter(|it| it.has_tag_name((XADES, "QualifyingProperties")));
        let qualifying: Vec<Node<'_>> = qualifying.collect();
        let (qualifying, covered) = match (&*qualifying, referred.next(), referred.next()) {
            ([], None, None) => return Ok(None),
            ([qualifying], Some(covered), None) => (*qualifying, covered),
            _ => return Err(PropertiesFault::NotSigned),
        };
        let target = qualifying
            .attribute("Target")
            .and_then(|it| it.strip_prefix('#'));
        let own = signature.signature.attribute("Id");
        let Scope::Nodes(nodes) = &covered.scope else {
            return Err(PropertiesFault::NotSigned);
        };
        let properties = nodes.apex();
        let is_own = own.is_some()
            && target == own
            && nodes.left_out().is_empty()
            && properties.has_tag_name((XADES, "SignedProperties"))
            && properties.parent() == Some(qualifying);
        match is_own {
            true => Self::read(properties)
                .map(Some)
                .ok_or(PropertiesFault::Malformed),
            false => Err(PropertiesFault::NotSigned),
        }
    }

    fn read(properties: Node<'_>) -> Option<Self> {
        let Some(own) = only(properties, "SignedSignatureProperties")? else {
            return Some(Self {
                signing_time: None,
                signing_certificates: Vec::new(),
            });
        };
        let time = only(own, "SigningTime")?;
        let time = time.map(|it| asn1_time::from_text(text(it)?.trim()));
        let certificates = [
            only(own, "SigningCertificate")?,
            only(own, "SigningCertificateV2")?,
        ];
        let certificates = certificates.into_iter().flatten();
        let certificates = certificates.flat_map(|it| it.children().filter(Node::is_element));
        Some(Self {
            signing_time: match time {
                Some(time) => Some(time?),
                None => None,
            },
            signing_certificates: certificates
                .map(certificate_digest)
                .collect::<Option<_>>()?,
        })
    }
}

/// ```text
/// Cert       ::= CertDigest (IssuerSerial | IssuerSerialV2)?
/// CertDigest ::= ds:DigestMethod ds:DigestValue
/// ```
fn certificate_digest(certificate: Node<'_>) -> Option<CertificateDigest> {
    let digest = only(certificate, "CertDigest")??;
    let find = |name: &str| {
        digest
            .children()
            .find(|it| it.has_tag_name((XMLDSIG, name)))
    };
    Some(CertificateDigest {
        algorithm: find("DigestMethod")?.attribute("Algorithm")?.to_owned(),
        value: octets(find("DigestValue")?)?,
    })
}

/// The child of this name, if there is one; `None` if there are several.
#[expect(clippy::option_option, reason = "none, one and several")]
fn only<'d>(parent: Node<'d>, name: &str) -> Option<Option<Node<'d>>> {
    let mut all = parent
        .children()
        .filter(|it| it.has_tag_name((XADES, name)));
    let first = all.next();
    all.next().is_none().then_some(first)
}
