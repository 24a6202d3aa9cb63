//! What a file holds, so that a message can name it: by the structure of its outermost elements, or the first
//! bytes of formats that are no ASN.1. Nothing is verified, and nothing inside is read.

use crate::{ber, pem::Object};
use const_oid::ObjectIdentifier;
use der::{Decode, Reader, SliceReader, Tag, Tagged, asn1::AnyRef};
use serde::Serialize;

/// What an object of a file is.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum FileKind {
    /// X.509 (RFC 5280 §4.1).
    Certificate,
    /// PKCS#10 (RFC 2986).
    CertificateRequest,
    /// Encrypted CMS (RFC 5652 §6, §8, RFC 5083).
    EncryptedMessage,
    /// PKCS#8, encrypted (RFC 5208 §6), or what the PEM headers say is encrypted.
    EncryptedPrivateKey,
    /// A web page.
    Html,
    /// A key store of Java's own: JKS or JCEKS.
    JavaKeyStore,
    /// PKCS#12 (RFC 7292).
    KeyFile,
    /// An answer about a certificate's revocation (RFC 6960).
    OcspResponse,
    /// A document of an office program (Office Open XML, OpenDocument), which is a ZIP archive.
    OfficeDocument,
    /// A PDF document.
    Pdf,
    /// PKCS#8, PKCS#1 or SEC 1, not encrypted.
    PrivateKey,
    /// SubjectPublicKeyInfo (RFC 5280 §4.1) or RSAPublicKey.
    PublicKey,
    /// A CRL (RFC 5280 §5).
    RevocationList,
    /// CMS SignedData (RFC 5652 §5).
    Signature,
    /// Some text.
    Text,
    /// An answer of a time-stamping authority (RFC 3161).
    TimestampResponse,
    /// None of these.
    Unknown,
    /// XML.
    Xml,
    /// An archive.
    Zip,
}

impl FileKind {
    /// Whether it has certificates, keys or signatures, rather than a document.
    pub fn is_cryptographic(self) -> bool {
        !matches!(
            self,
            Self::Html
                | Self::OfficeDocument
                | Self::Pdf
                | Self::Text
                | Self::Unknown
                | Self::Xml
                | Self::Zip
        )
    }

    /// What an object is.
    pub fn of(object: &Object<'_>) -> Self {
        let label = LABELS.iter().find(|(label, _)| object.label() == *label);
        if object.header("Proc-Type").is_some() {
            return Self::EncryptedPrivateKey;
        }
        let structure = of_structure(object.bytes());
        let labelled = label.map(|(_, kind)| *kind);
        structure
            .or(labelled)
            .unwrap_or_else(|| of_text(object.bytes()))
    }
}

/// Labels of PEM blocks whose content is no DER.
const LABELS: [(&str, FileKind); 2] = [
    ("OPENSSH PRIVATE KEY", FileKind::PrivateKey),
    ("PGP PRIVATE KEY BLOCK", FileKind::PrivateKey),
];

/// First bytes → kind.
const MAGIC: [(&[u8], FileKind); 4] = [
    (b"%PDF-", FileKind::Pdf),
    (b"PK\x03\x04", FileKind::Zip),
    (&[0xfe, 0xed, 0xfe, 0xed], FileKind::JavaKeyStore),
    (&[0xce, 0xce, 0xce, 0xce], FileKind::JavaKeyStore),
];

/// Names, and contents, with which the archives of office programs begin (OPC §6.3, OpenDocument 1.2 part 3 §3.3).
const OFFICE: [&[u8]; 2] = [
    b"[Content_Types].xml",
    b"mimetypeapplication/vnd.oasis.opendocument",
];
/// Where a ZIP archive has the name of its first file.
const ZIP_NAME: usize = 30;

/// First letters, in lower case → kind.
const MARKUP: [(&str, FileKind); 4] = [
    ("<!doctype html", FileKind::Html),
    ("<html", FileKind::Html),
    ("<head", FileKind::Html),
    ("<?xml", FileKind::Xml),
];

const ENCRYPTED: [ObjectIdentifier; 3] = [
    ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.3"),
    ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.6"),
    ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.1.23"),
];
const SIGNED: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.2");

/// The bytes of a text that are examined.
const EXAMINED_TEXT: usize = 1 << 10;

fn of_text(bytes: &[u8]) -> FileKind {
    if let Some((_, kind)) = MAGIC.iter().find(|(start, _)| bytes.starts_with(start)) {
        let name = bytes.get(ZIP_NAME..).unwrap_or_default();
        let is_office = *kind == FileKind::Zip && OFFICE.iter().any(|it| name.starts_with(it));
        return if is_office {
            FileKind::OfficeDocument
        } else {
            *kind
        };
    }
    let start = bytes.get(..EXAMINED_TEXT).unwrap_or(bytes);
    let control = |byte: &u8| byte.is_ascii_control() && !byte.is_ascii_whitespace();
    if start.is_empty() || start.iter().any(control) {
        return FileKind::Unknown;
    }
    let text = String::from_utf8_lossy(start).to_ascii_lowercase();
    let text = text.trim_start_matches('\u{feff}').trim_start();
    let markup = MARKUP.iter().find(|(start, _)| text.starts_with(start));
    markup.map_or(FileKind::Text, |(_, kind)| *kind)
}

fn of_structure(bytes: &[u8]) -> Option<FileKind> {
    let der = ber::to_der(bytes).ok()?;
    let outer = elements(AnyRef::from_der(&der).ok()?)?;
    let tags: Vec<Tag> = outer.iter().map(Tagged::tag).collect();
    match *tags {
        [Tag::ObjectIdentifier, Tag::ContextSpecific { .. }] => {
            let oid: ObjectIdentifier = outer.first()?.decode_as().ok()?;
            match oid {
                SIGNED => Some(FileKind::Signature),
                oid if ENCRYPTED.contains(&oid) => Some(FileKind::EncryptedMessage),
                _ => None,
            }
        }
        [Tag::Sequence, Tag::Sequence, Tag::BitString] => of_signed(*outer.first()?),
        [Tag::Sequence, Tag::OctetString] => Some(FileKind::EncryptedPrivateKey),
        [Tag::Sequence, Tag::BitString] | [Tag::Integer, Tag::Integer] => Some(FileKind::PublicKey),
        [Tag::Integer, Tag::Sequence, Tag::OctetString, ..]
        | [Tag::Integer, Tag::OctetString, ..]
        | [Tag::Integer, Tag::Integer, Tag::Integer, ..] => Some(FileKind::PrivateKey),
        [Tag::Integer, Tag::Sequence] | [Tag::Integer, Tag::Sequence, Tag::Sequence] => {
            Some(FileKind::KeyFile)
        }
        [Tag::Enumerated, ..] => Some(FileKind::OcspResponse),
        [Tag::Sequence] | [Tag::Sequence, Tag::Sequence] => {
            let status = elements(*outer.first()?)?;
            let first = status.first()?.tag();
            (first == Tag::Integer).then_some(FileKind::TimestampResponse)
        }
        _ => None,
    }
}

/// What is signed in `SEQUENCE { toBeSigned, AlgorithmIdentifier, BIT STRING }`.
fn of_signed(signed: AnyRef<'_>) -> Option<FileKind> {
    let tags: Vec<Tag> = elements(signed)?.iter().map(Tagged::tag).collect();
    match *tags {
        // RFC 5280 §5.1: version OPTIONAL, signature, issuer, thisUpdate
        [
            Tag::Sequence,
            Tag::Sequence,
            Tag::UtcTime | Tag::GeneralizedTime,
            ..,
        ]
        | [
            Tag::Integer,
            Tag::Sequence,
            Tag::Sequence,
            Tag::UtcTime | Tag::GeneralizedTime,
            ..,
        ] => Some(FileKind::RevocationList),
        // §4.1: version OPTIONAL, serialNumber, signature, issuer, validity, subject, subjectPublicKeyInfo
        [
            Tag::Integer,
            Tag::Sequence,
            Tag::Sequence,
            Tag::Sequence,
            Tag::Sequence,
            Tag::Sequence,
            ..,
        ]
        | [
            Tag::ContextSpecific { .. },
            Tag::Integer,
            Tag::Sequence,
            Tag::Sequence,
            ..,
        ] => Some(FileKind::Certificate),
        // RFC 2986 §4.1: version, subject, subjectPKInfo, attributes
        [Tag::Integer, Tag::Sequence, Tag::Sequence, ..] => Some(FileKind::CertificateRequest),
        _ => None,
    }
}

/// The elements of a SEQUENCE.
fn elements(sequence: AnyRef<'_>) -> Option<Vec<AnyRef<'_>>> {
    if sequence.tag() != Tag::Sequence {
        return None;
    }
    let mut reader = SliceReader::new(sequence.value()).ok()?;
    let mut elements = Vec::new();
    while !reader.is_finished() {
        elements.push(reader.decode().ok()?);
    }
    Some(elements)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pem::objects;

    fn kinds(file: &[u8]) -> Vec<FileKind> {
        objects(file).iter().map(FileKind::of).collect()
    }

    #[test]
    fn kinds_are_told_by_structure() {
        let fixture: [(&[u8], FileKind); 10] = [
            (
                include_bytes!("../tests/fixtures/english.der"),
                FileKind::Certificate,
            ),
            (
                include_bytes!("../tests/fixtures/kazakh-modern.p12"),
                FileKind::KeyFile,
            ),
            (
                include_bytes!("../tests/fixtures/english-no-mac.p12"),
                FileKind::KeyFile,
            ),
            (
                include_bytes!("../tests/fixtures/files/request.csr"),
                FileKind::CertificateRequest,
            ),
            (
                include_bytes!("../tests/fixtures/files/list.crl"),
                FileKind::RevocationList,
            ),
            (
                include_bytes!("../tests/fixtures/files/no-certificate.p7m"),
                FileKind::Signature,
            ),
            (
                include_bytes!("../tests/fixtures/files/ber-zeros7.p7m"),
                FileKind::Signature,
            ),
            (
                include_bytes!("../tests/fixtures/files/key.pem"),
                FileKind::PrivateKey,
            ),
            (
                include_bytes!("../tests/fixtures/files/key-encrypted.pem"),
                FileKind::EncryptedPrivateKey,
            ),
            (
                include_bytes!("../tests/fixtures/files/public.pem"),
                FileKind::PublicKey,
            ),
        ];
        for (file, kind) in fixture {
            assert_eq!(kinds(file), [kind]);
        }
    }

    #[test]
    fn what_is_no_asn_1_is_told_by_its_beginning() {
        for (file, kind) in [
            (&b"%PDF-1.7\n%\xe2"[..], FileKind::Pdf),
            (b"PK\x03\x04\x14", FileKind::Zip),
            (
                b"PK\x03\x0426 bytes of the first head[Content_Types].xml\xa2",
                FileKind::OfficeDocument,
            ),
            (
                b"PK\x03\x0426 bytes of the first headmimetypeapplication/vnd.oasis.opendocument.text",
                FileKind::OfficeDocument,
            ),
            (
                b"PK\x03\x0426 bytes of the first headmimetypeapplication/vnd.etsi.asic-e+zip",
                FileKind::Zip,
            ),
            (b"\xfe\xed\xfe\xed\0\0\0\x02", FileKind::JavaKeyStore),
            (
                b"\xef\xbb\xbf\n<!DOCTYPE html>\n<title>Login</title>",
                FileKind::Html,
            ),
            (b"<?xml version='1.0'?>", FileKind::Xml),
            ("Шарт".as_bytes(), FileKind::Text),
            (b"\x01\x02", FileKind::Unknown),
            (b"\x30\x03\x02\x01\x05", FileKind::Unknown),
        ] {
            assert_eq!(kinds(file), [kind], "{}", String::from_utf8_lossy(file));
        }
    }
}
