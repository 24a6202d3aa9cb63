//! What a file is that somebody gives to be checked: a signature, however it is written, evidence, or a document.

use super::smime::SignedMail;
use crate::{
    certificate::Certificate,
    file_kind::FileKind,
    format::Signed,
    pem::{self, Object},
    trust::revocation::{Crl, OcspResponse, Unavailable},
    xml::SignedXml,
};
use serde::{Deserialize, Serialize};

/// RFC 7468 §8, §9, and what OpenSSL takes besides: what is meant to be a signature.
const LABELS: [&str; 3] = ["CMS", "PKCS7", "PKCS #7 SIGNED DATA"];

/// What a file is.
#[derive(Debug)]
pub enum InputFile {
    /// Signatures, with or without the document.
    Signature(SignatureInput),
    /// A signature, or several, of which at least one cannot be read.
    Damaged,
    /// Certificates, DER, on their own or as a bag (.p7b).
    Certificates(Vec<Vec<u8>>),
    /// Revocation lists, DER.
    RevocationLists(Vec<Vec<u8>>),
    /// OCSP answers, DER.
    OcspAnswers(Vec<Vec<u8>>),
    /// Anything else.
    Document,
}

/// How a signature is written in its file.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(any(test, feature = "typescript"), derive(ts_rs::TS), ts(export))]
#[serde(rename_all = "kebab-case")]
pub enum SignatureForm {
    /// BER or DER.
    Der,
    /// PEM, with one block or more.
    Pem,
    /// Base64 alone.
    Base64,
    /// Inside of the XML document that it is of.
    Xml,
    /// A mail that can be read without checking it: multipart/signed.
    SmimeClear,
    /// A mail that is inside of its signature: application/pkcs7-mime.
    SmimeOpaque,
}

/// The signatures of a file.
#[derive(Debug)]
pub struct SignatureInput {
    /// How they are written.
    pub form: SignatureForm,
    /// What was signed, where the file has it beside the signature: the part of a mail.
    pub content: Option<Vec<u8>>,
    /// At least one.
    pub signed: Vec<Signed>,
    /// Certificates beside them in the file, DER.
    pub certificates: Vec<Vec<u8>>,
    /// How many bytes follow a signature: padding, or what somebody appended.
    pub trailing: usize,
}

/// How many bytes of a file's beginning [`may_hold_signatures`] looks at.
pub const EXAMINED: usize = 1 << 10;

/// Whether a file with this beginning may be a signature or evidence, so that all of it has to be looked at: BER, or text.
pub fn may_hold_signatures(beginning: &[u8]) -> bool {
    let start = beginning.get(..EXAMINED).unwrap_or(beginning);
    let is_wide = [&[0xff, 0xfe][..], &[0xfe, 0xff]]
        .iter()
        .any(|it| start.starts_with(it));
    let is_document = start.starts_with(b"%PDF-") || start.starts_with(b"PK\x03\x04");
    let control = |octet: &u8| octet.is_ascii_control() && !octet.is_ascii_whitespace();
    match start.first() {
        Some(0x30) => true,
        Some(_) => is_wide || !is_document && !start.iter().any(control),
        None => false,
    }
}

impl SignatureInput {
    fn new(form: SignatureForm) -> Self {
        Self {
            form,
            content: None,
            signed: Vec::new(),
            certificates: Vec::new(),
            trailing: 0,
        }
    }

    /// Whether every signature's document is in the file.
    pub fn has_content(&self) -> bool {
        self.content.is_some() || self.signed.iter().all(|it| it.content().is_some())
    }

    /// The document of one of the signatures, if the file has it.
    pub fn content_of<'a>(&'a self, signed: &'a Signed) -> Option<&'a [u8]> {
        signed.content().or(self.content.as_deref())
    }
}

impl InputFile {
    /// Says what a file is by its content.
    pub fn read(file: &[u8]) -> Self {
        match SignedMail::parse(file) {
            Some(SignedMail::Clear { content, signature }) => {
                let content = content.into_owned();
                return Self::of_mail(SignatureForm::SmimeClear, signature, Some(content));
            }
            Some(SignedMail::Opaque(body)) => {
                return Self::of_mail(SignatureForm::SmimeOpaque, body, None);
            }
            None => {}
        }
        match SignedXml::parse(file) {
            Some(Ok(document)) => {
                let mut signature = SignatureInput::new(SignatureForm::Xml);
                signature.signed.push(Signed::Xml(document));
                return Self::Signature(signature);
            }
            Some(Err(_)) => return Self::Damaged,
            None => {}
        }
        let objects = pem::objects(file);
        let form = match objects.first() {
            Some(first) if !first.label().is_empty() => SignatureForm::Pem,
            Some(first) if file.starts_with(first.bytes()) => SignatureForm::Der,
            _ => SignatureForm::Base64,
        };
        Self::of_objects(&objects, form)
    }

    fn of_mail(form: SignatureForm, transferred: &[u8], content: Option<Vec<u8>>) -> Self {
        match Self::of_objects(&pem::objects(transferred), form) {
            Self::Signature(signature) => Self::Signature(SignatureInput {
                content,
                ..signature
            }),
            // Encrypted mail has the same type as signed mail.
            Self::Document if form == SignatureForm::SmimeOpaque => Self::Document,
            _ => Self::Damaged,
        }
    }

    fn of_objects(objects: &[Object<'_>], form: SignatureForm) -> Self {
        let mut signature = SignatureInput::new(form);
        let (mut lists, mut answers) = (Vec::new(), Vec::new());
        for object in objects {
            match Signed::parse(object.bytes()) {
                Ok(Signed::Cms(bag)) if bag.is_bag_of_certificates() => {
                    signature.certificates.extend_from_slice(bag.certificates());
                }
                Ok(signed) => {
                    signature.signed.push(signed);
                    signature.trailing = signature.trailing.max(object.trailing());
                }
                Err(_) if Certificate::parse(object.bytes()).is_ok() => {
                    signature.certificates.push(object.bytes().to_vec());
                }
                Err(_) if is_signature(object) => return Self::Damaged,
                Err(_) if Crl::parse(object.bytes()).is_ok() => {
                    lists.push(object.bytes().to_vec());
                }
                Err(_) if is_ocsp_answer(object.bytes()) => answers.push(object.bytes().to_vec()),
                Err(_) => {}
            }
        }
        if !signature.signed.is_empty() {
            Self::Signature(signature)
        } else if !signature.certificates.is_empty() {
            Self::Certificates(signature.certificates)
        } else if !lists.is_empty() {
            Self::RevocationLists(lists)
        } else if !answers.is_empty() {
            Self::OcspAnswers(answers)
        } else {
            Self::Document
        }
    }
}

fn is_signature(object: &Object<'_>) -> bool {
    LABELS.contains(&object.label()) || FileKind::of(object) == FileKind::Signature
}

fn is_ocsp_answer(der: &[u8]) -> bool {
    !matches!(OcspResponse::parse(der), Err(Unavailable::Malformed))
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::prelude::{BASE64_STANDARD, Engine as _};
    use std::{fs, path::Path};

    fn fixture(name: &str) -> Vec<u8> {
        let path = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("tests/fixtures")
            .join(name);
        fs::read(path).unwrap()
    }

    fn form(file: &[u8]) -> Option<(SignatureForm, usize)> {
        match InputFile::read(file) {
            InputFile::Signature(signature) => Some((signature.form, signature.signed.len())),
            _ => None,
        }
    }

    #[test]
    fn a_signature_is_known_however_it_is_written() {
        let der = fixture("files/attached.p7m");
        let base64 = BASE64_STANDARD.encode(&der);
        let pem = format!("-----BEGIN CMS-----\n{base64}\n-----END CMS-----\n");
        let opaque = format!("Content-Type: application/pkcs7-mime\n\n{base64}\n");
        for (file, expected) in [
            (der.clone(), (SignatureForm::Der, 1)),
            (base64.clone().into_bytes(), (SignatureForm::Base64, 1)),
            (pem.clone().into_bytes(), (SignatureForm::Pem, 1)),
            (pem.repeat(2).into_bytes(), (SignatureForm::Pem, 2)),
            (opaque.into_bytes(), (SignatureForm::SmimeOpaque, 1)),
        ] {
            assert!(may_hold_signatures(&file));
            assert_eq!(form(&file), Some(expected));
        }
        let detached = BASE64_STANDARD.encode(fixture("files/detached.p7s"));
        let clear = format!(
            "Content-Type: multipart/signed; boundary=b\n\n--b\n\ndocument\n--b\n\
             Content-Type: application/pkcs7-signature\n\n{detached}\n--b--\n"
        );
        let InputFile::Signature(mail) = InputFile::read(clear.as_bytes()) else {
            panic!("no signature");
        };
        assert_eq!(mail.form, SignatureForm::SmimeClear);
        assert!(mail.has_content());
        assert_eq!(mail.content_of(&mail.signed[0]), Some(&b"\r\ndocument"[..]));
        let broken = clear.replace(&detached, "MAMC");
        assert!(matches!(
            InputFile::read(broken.as_bytes()),
            InputFile::Damaged
        ));
    }

    #[test]
    fn evidence_is_told_from_documents() {
        let damaged = "-----BEGIN CMS-----\nMAMC\n-----END CMS-----\n";
        let encrypted = "Content-Type: application/pkcs7-mime\n\nMAMCAQU=\n";
        let says = |file: &[u8]| match InputFile::read(file) {
            InputFile::Signature(_) => "signature",
            InputFile::Damaged => "damaged",
            InputFile::Certificates(_) => "certificates",
            InputFile::RevocationLists(_) => "lists",
            InputFile::OcspAnswers(_) => "answers",
            InputFile::Document => "document",
        };
        for (file, expected) in [
            (fixture("english.der"), "certificates"),
            (fixture("files/bundle.pem"), "certificates"),
            (fixture("files/list.crl"), "lists"),
            (fixture("files/key.pem"), "document"),
            (fixture("files/document.txt"), "document"),
            (damaged.into(), "damaged"),
            (encrypted.into(), "document"),
            (Vec::new(), "document"),
        ] {
            assert_eq!(says(&file), expected);
        }
    }

    #[test]
    fn what_cannot_be_a_signature_need_not_be_looked_at() {
        for (beginning, may) in [
            (&b"\x30\x80\x06"[..], true),
            ("Шарт".as_bytes(), true),
            (b"\xff\xfeM\0I\0", true),
            (b"%PDF-1.7\n", false),
            (b"PK\x03\x04", false),
            (b"\x89PNG\r\n\x1a\n", false),
            (b"", false),
        ] {
            assert_eq!(may_hold_signatures(beginning), may, "{beginning:x?}");
        }
    }
}
