//! Requests to OCSP responders (RFC 6960 §4.1), and the names that certificates have there.

use super::crl_entry::same_serial;
use crate::{
    algorithm::{Digest, DigestAlgorithm, digest_of_identifier},
    certificate::{Certificate, Element, Elements, INTEGER, Name, OCTET_STRING, algorithm},
};
use const_oid::ObjectIdentifier;
use der::{Decode as _, Encode as _, Tag, TagNumber, asn1::AnyRef};
use spki::AlgorithmIdentifierRef;

/// id-pkix-ocsp-nonce
const NONCE: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.48.1.2");
/// The longest nonce (RFC 9654 §2.1), in bytes.
pub const MAX_NONCE: usize = 128;

/// Which certificate is meant.
/// ```text
/// CertID ::= SEQUENCE {
///   hashAlgorithm  AlgorithmIdentifier,
///   issuerNameHash OCTET STRING,
///   issuerKeyHash  OCTET STRING,
///   serialNumber   CertificateSerialNumber }
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct CertId<'a> {
    /// `None`: an algorithm that is not known, or proves nothing.
    digest: Option<DigestAlgorithm>,
    name_hash: &'a [u8],
    key_hash: &'a [u8],
    /// The content of the INTEGER.
    pub serial: &'a [u8],
}

impl<'a> CertId<'a> {
    pub(super) fn read(element: Element<'a>) -> Option<Self> {
        let mut fields = Elements::in_contents(element.content);
        let digest = algorithm(&mut fields)?;
        let digest = AlgorithmIdentifierRef::from_der(digest).ok();
        let digest = digest.and_then(|digest| digest_of_identifier(digest).ok());
        let id = Self {
            digest: digest.filter(|digest| *digest != DigestAlgorithm::Md5),
            name_hash: fields.next_if(OCTET_STRING)?.content,
            key_hash: fields.next_if(OCTET_STRING)?.content,
            serial: fields.next_if(INTEGER)?.content,
        };
        fields.is_at_end().then_some(id)
    }

    /// Whether it is a certificate of `issuer`: the hash of the name, and that of the content of the key's BIT STRING,
    /// which at GOST keys has an OCTET STRING in it.
    pub fn is_issued_by(&self, issuer: &Certificate) -> bool {
        self.has_key_of(issuer) && self.has_name(issuer.subject())
    }

    /// Whether it is `certificate`, which `issuer` issued. The two may write the issuer's name differently.
    pub fn is(&self, certificate: &Certificate, issuer: &Certificate) -> bool {
        same_serial(self.serial, certificate.raw_serial())
            && self.has_key_of(issuer)
            && (self.has_name(certificate.issuer()) || self.has_name(issuer.subject()))
    }

    fn has_key_of(&self, issuer: &Certificate) -> bool {
        self.is_digest(self.key_hash, issuer.key().bits())
    }

    fn has_name(&self, name: &Name) -> bool {
        self.is_digest(self.name_hash, name.der())
    }

    fn is_digest(&self, digest: &[u8], of: &[u8]) -> bool {
        let algorithm = self.digest;
        algorithm.is_some_and(|algorithm| algorithm.digest(of).bytes() == digest)
    }
}

/// DER of an OCSPRequest about one certificate of `issuer`. The nonce is up to [`MAX_NONCE`] random bytes; without one the
/// answer may be an older one.
///
/// # Errors
/// DER errors, which certificates that were read do not make.
pub fn ocsp_request(
    certificate: &Certificate,
    issuer: &Certificate,
    digest: DigestAlgorithm,
    nonce: Option<&[u8]>,
) -> der::Result<Vec<u8>> {
    let null = element(Tag::Null, &[])?;
    let algorithm = element(Tag::Sequence, &[&digest.oid().to_der()?, &null])?;
    let octets = |digest: Digest| element(Tag::OctetString, &[&digest.bytes()]);
    let id = element(
        Tag::Sequence,
        &[
            &algorithm,
            &octets(digest.digest(issuer.subject().der()))?,
            &octets(digest.digest(issuer.key().bits()))?,
            &element(Tag::Integer, &[certificate.raw_serial()])?,
        ],
    )?;
    let request = element(Tag::Sequence, &[&id])?;
    let list = element(Tag::Sequence, &[&request])?;
    let extensions = match nonce {
        Some(nonce) => nonce_extension(nonce)?,
        None => Vec::new(),
    };
    let tbs = element(Tag::Sequence, &[&list, &extensions])?;
    element(Tag::Sequence, &[&tbs])
}

/// `requestExtensions [2] EXPLICIT Extensions` with a nonce.
fn nonce_extension(nonce: &[u8]) -> der::Result<Vec<u8>> {
    let value = element(Tag::OctetString, &[nonce])?;
    let value = element(Tag::OctetString, &[&value])?;
    let extension = element(Tag::Sequence, &[&NONCE.to_der()?, &value])?;
    let list = element(Tag::Sequence, &[&extension])?;
    let tag = Tag::ContextSpecific {
        number: TagNumber(2),
        constructed: true,
    };
    element(tag, &[&list])
}

/// DER of an element out of the parts of its content.
fn element(tag: Tag, parts: &[&[u8]]) -> der::Result<Vec<u8>> {
    AnyRef::new(tag, &parts.concat())?.to_der()
}
