//! The fields of a certificate (RFC 5280 §4.1), each as it is encoded.

use x509_parser::{
    asn1_rs::{Any, BitString, FromDer as _, Oid},
    certificate::Validity,
    x509::{AlgorithmIdentifier, X509Version},
};

/// Identifier octets (X.690 §8.1.2).
pub(crate) const BOOLEAN: u8 = 0x01;
pub(crate) const INTEGER: u8 = 0x02;
pub(crate) const OCTET_STRING: u8 = 0x04;
pub(crate) const OBJECT_IDENTIFIER: u8 = 0x06;
pub(crate) const SEQUENCE: u8 = 0x30;
pub(crate) const SET: u8 = 0x31;
/// The tagged fields of a TBSCertificate.
const VERSION: u8 = 0xa0;
const ISSUER_UNIQUE_ID: u8 = 0x81;
const SUBJECT_UNIQUE_ID: u8 = 0x82;
const EXTENSIONS: u8 = 0xa3;

/// ```text
/// Certificate ::= SEQUENCE {
///   tbsCertificate       TBSCertificate,
///   signatureAlgorithm   AlgorithmIdentifier,
///   signatureValue       BIT STRING }
///
/// TBSCertificate ::= SEQUENCE {
///   version         [0]  EXPLICIT Version DEFAULT v1,
///   serialNumber         CertificateSerialNumber,
///   signature            AlgorithmIdentifier,
///   issuer               Name,
///   validity             Validity,
///   subject              Name,
///   subjectPublicKeyInfo SubjectPublicKeyInfo,
///   issuerUniqueID  [1]  IMPLICIT UniqueIdentifier OPTIONAL,
///   subjectUniqueID [2]  IMPLICIT UniqueIdentifier OPTIONAL,
///   extensions      [3]  EXPLICIT Extensions OPTIONAL }
/// ```
/// Fields that are structures of their own are DER with header; serial number and signature value are contents.
pub(super) struct Fields<'a> {
    /// 1, 2 or 3.
    pub(super) version: u8,
    pub(super) tbs: &'a [u8],
    pub(super) serial: &'a [u8],
    pub(super) signed_algorithm: &'a [u8],
    pub(super) issuer: &'a [u8],
    /// First and last second, Unix time.
    pub(super) validity: (i64, i64),
    pub(super) subject: &'a [u8],
    pub(super) public_key: &'a [u8],
    pub(super) extensions: Vec<Extension>,
    /// Whether the criticality of all extensions is written as DER has it.
    pub(super) canonical: bool,
    pub(super) signature_algorithm: &'a [u8],
    pub(super) signature: &'a [u8],
}

/// One extension, whether anything here understands it or not.
/// ```text
/// Extension ::= SEQUENCE {
///   extnID      OBJECT IDENTIFIER,
///   critical    BOOLEAN DEFAULT FALSE,
///   extnValue   OCTET STRING }
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Extension {
    /// Its type, an OID in dotted form.
    pub oid: String,
    /// Whether who does not know it has to refuse the certificate.
    pub critical: bool,
    /// The content of the OCTET STRING: DER of the extension's own type.
    pub value: Vec<u8>,
}

/// An element of a structure.
#[derive(Clone, Copy)]
pub(crate) struct Element<'a> {
    /// With its header.
    pub(crate) der: &'a [u8],
    pub(crate) content: &'a [u8],
}

/// The elements of a structure that are still to be read.
pub(crate) struct Elements<'a>(&'a [u8]);

impl<'a> Fields<'a> {
    /// `None` if these are not the contents of a certificate.
    pub(super) fn read(certificate: &'a [u8]) -> Option<Self> {
        let mut certificate = Elements::in_contents(certificate);
        let tbs = certificate.next()?.der;
        let signature_algorithm = algorithm(&mut certificate)?;
        let signature = certificate.next()?;
        BitString::from_der(signature.der).ok()?;

        let mut fields = Elements::of(tbs, SEQUENCE)?;
        let version = match fields.next_if(VERSION) {
            Some(version) => X509Version::from_der(version.content).ok()?.1.0,
            None => 0,
        };
        let serial = fields.next_if(INTEGER)?.content;
        let signed_algorithm = algorithm(&mut fields)?;
        let issuer = fields.next_if(SEQUENCE)?.der;
        let (_, validity) = Validity::from_der(fields.next()?.der).ok()?;
        let subject = fields.next_if(SEQUENCE)?.der;
        let public_key = fields.next()?.der;
        fields.next_if(ISSUER_UNIQUE_ID);
        fields.next_if(SUBJECT_UNIQUE_ID);
        let (extensions, canonical) = match fields.next_if(EXTENSIONS) {
            Some(list) => noted_extensions(list.content)?,
            None => (Vec::new(), true),
        };
        fields.is_at_end().then_some(Self {
            version: u8::try_from(version).ok()?.checked_add(1)?,
            tbs,
            serial,
            signed_algorithm,
            issuer,
            validity: (
                validity.not_before.timestamp(),
                validity.not_after.timestamp(),
            ),
            subject,
            public_key,
            extensions,
            canonical,
            signature_algorithm,
            // Behind the octet that counts the unused bits.
            signature: signature.content.get(1..)?,
        })
    }
}

/// DER of an AlgorithmIdentifier.
pub(crate) fn algorithm<'a>(fields: &mut Elements<'a>) -> Option<&'a [u8]> {
    let algorithm = fields.next()?.der;
    AlgorithmIdentifier::from_der(algorithm).ok()?;
    Some(algorithm)
}

/// Those that an EXPLICIT tag holds.
pub(crate) fn extensions(list: &[u8]) -> Option<Vec<Extension>> {
    let (extensions, _) = noted_extensions(list)?;
    Some(extensions)
}

/// The same, and whether their criticality is written as DER has it.
fn noted_extensions(list: &[u8]) -> Option<(Vec<Extension>, bool)> {
    let mut canonical = true;
    let list = Elements::of(list, SEQUENCE)?.all()?.into_iter();
    let extensions = list.map(|element| Extension::read(element.der, &mut canonical));
    Some((extensions.collect::<Option<_>>()?, canonical))
}

impl Extension {
    fn read(der: &[u8], canonical: &mut bool) -> Option<Self> {
        let mut fields = Elements::of(der, SEQUENCE)?;
        let (_, oid) = Oid::from_der(fields.next()?.der).ok()?;
        let critical = fields.next_if(BOOLEAN);
        *canonical &= critical.is_none_or(|critical| critical.content == [0xff]);
        Some(Self {
            oid: oid.to_id_string(),
            // Any octet but zero is TRUE in BER (X.690 §8.2.2), and some authorities write it so.
            critical: critical.is_some_and(|critical| critical.content != [0]),
            value: fields.next_if(OCTET_STRING)?.content.to_vec(),
        })
    }
}

impl<'a> Elements<'a> {
    /// Those of the structure that `der` begins with, if it has this identifier octet.
    pub(crate) fn of(der: &'a [u8], identifier: u8) -> Option<Self> {
        let structure = Self(der).next_if(identifier)?;
        Some(Self(structure.content))
    }

    /// Those that fill `contents`.
    pub(crate) fn in_contents(contents: &'a [u8]) -> Self {
        Self(contents)
    }

    /// The next one; `None` at the end, and where it cannot be read.
    pub(crate) fn next(&mut self) -> Option<Element<'a>> {
        let (rest, element) = Any::from_der(self.0).ok()?;
        let (der, rest) = self.0.split_at_checked(self.0.len() - rest.len())?;
        self.0 = rest;
        Some(Element {
            der,
            content: element.data,
        })
    }

    /// The next one if it has this identifier octet.
    pub(crate) fn next_if(&mut self, identifier: u8) -> Option<Element<'a>> {
        let is_next = self.0.first() == Some(&identifier);
        is_next.then(|| self.next())?
    }

    /// All that are left; `None` where one of them cannot be read.
    pub(crate) fn all(mut self) -> Option<Vec<Element<'a>>> {
        let mut all = Vec::new();
        while !self.is_at_end() {
            all.push(self.next()?);
        }
        Some(all)
    }

    /// The bytes of those that are left.
    pub(crate) fn rest(&self) -> &'a [u8] {
        self.0
    }

    /// Whether there are no more.
    pub(crate) fn is_at_end(&self) -> bool {
        self.0.is_empty()
    }
}
