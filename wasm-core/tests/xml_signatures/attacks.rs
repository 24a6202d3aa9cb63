//! Attacks on XML signatures.

use super::{Outcome, outcome};
use crate::support::conformance::directory;
use std::fs;
use tamga_core::xml::{
    Document, Limits,
    signature::{SignatureFault, XmlSignature, signatures, xades::SignedProperties},
};

/// What is to be found of a document of DSS about wrapping. Core validation says valid of all of them.
struct Case {
    file: &'static str,
    covers_document: bool,
    has_properties: bool,
    /// An element that a program may take for the signed one.
    not_covered: Option<(&'static str, &'static str)>,
}

const CASES: [Case; 6] = [
    Case {
        file: "TSL-CY-sign.xml",
        covers_document: true,
        has_properties: true,
        not_covered: None,
    },
    Case {
        file: "TSL-noID.xml",
        covers_document: true,
        has_properties: true,
        not_covered: None,
    },
    Case {
        file: "XSW-enveloped-fake-signedProperties.xml",
        covers_document: true,
        has_properties: false,
        not_covered: Some(("Id", "xades-my-content")),
    },
    Case {
        file: "XSW-enveloping-fake-manifest.xml",
        covers_document: false,
        has_properties: true,
        not_covered: Some(("Id", "evil")),
    },
    Case {
        file: "XSW-enveloping-fake-object.xml",
        covers_document: false,
        has_properties: true,
        not_covered: Some(("Id", "evil")),
    },
    // The text alone is covered; what the attributes say of it is not.
    Case {
        file: "disable-checks.xml",
        covers_document: false,
        has_properties: true,
        not_covered: Some(("MimeType", "image/jpeg")),
    },
];

#[test]
fn wrapped_documents_are_not_taken_for_signed() {
    let Some(folder) = directory("conformance/xades/eu-dss-xades") else {
        return;
    };
    for case in &CASES {
        let path = folder.join(format!("dss-xades__validation__xsw__{}", case.file));
        let text = fs::read_to_string(path).unwrap();
        let document = Document::parse(&text, &Limits::default()).unwrap();
        let element = *signatures(&document).first().unwrap();
        let signature = XmlSignature::read(&document, element).unwrap();
        let certificates = signature.certificates();
        let verified = certificates
            .iter()
            .find_map(|it| signature.verify(it.key()).ok());
        let verified = verified.unwrap();
        let properties = SignedProperties::of(&verified);
        assert_eq!(
            verified.covers_document(),
            case.covers_document,
            "{}",
            case.file
        );
        assert_eq!(
            properties.is_ok(),
            case.has_properties,
            "{}: {properties:?}",
            case.file
        );
        if let Some((name, value)) = case.not_covered {
            let mut all = document.root().descendants();
            let element = all.find(|it| it.attribute(name) == Some(value)).unwrap();
            assert!(!verified.covers(element), "{}", case.file);
        }
    }
}

/// A document of KalkanCrypt's, as a text to change.
fn sample() -> Option<String> {
    let path = directory("formats/kz")?.join("kalkan-by-id.xml");
    Some(fs::read_to_string(path).unwrap())
}

fn fault(text: &str) -> Option<SignatureFault> {
    let document = Document::parse(text, &Limits::default()).unwrap();
    let element = *signatures(&document).first().unwrap();
    let signature = match XmlSignature::read(&document, element) {
        Ok(signature) => signature,
        Err(fault) => return Some(fault),
    };
    let key = signature.certificates().first().unwrap().key().clone();
    signature.verify(&key).err()
}

#[test]
fn an_id_that_stands_twice_names_nothing() {
    let Some(text) = sample() else {
        return;
    };
    assert_eq!(fault(&text), None);
    let document = Document::parse(&text, &Limits::default()).unwrap();
    let signature = *signatures(&document).first().unwrap();
    let read = XmlSignature::read(&document, signature).unwrap();
    let id = read.references().first().unwrap().uri().unwrap();
    let id = id.strip_prefix('#').unwrap().to_owned();
    for name in ["Id", "ID", "id", "xml:id"] {
        // In the signature, whose own content is not covered.
        let other = format!("<ds:Object {name}=\"{id}\"/></ds:Signature>");
        let changed = text.replace("</ds:Signature>", &other);
        assert_eq!(
            fault(&changed),
            Some(SignatureFault::IdAmbiguous(id.clone())),
            "{name}"
        );
    }
}

#[test]
fn a_signature_without_references_or_with_a_second_part_is_malformed() {
    let Some(text) = sample() else {
        return;
    };
    let part = |name: &str| {
        let start = text.find(&format!("<ds:{name}")).unwrap();
        let end = format!("</ds:{name}>");
        let length = text[start..].find(&end).unwrap() + end.len();
        text[start..start + length].to_owned()
    };
    for name in ["SignedInfo", "SignatureValue"] {
        let part = part(name);
        let changed = text.replace(&part, &format!("{part}{part}"));
        assert_eq!(fault(&changed), Some(SignatureFault::Malformed), "{name}");
    }
    let changed = text.replace(&part("Reference"), "");
    assert_eq!(fault(&changed), Some(SignatureFault::Malformed));
    let external = text.replace("URI=\"#", "URI=\"http://a/#");
    assert_eq!(fault(&external), Some(SignatureFault::SignatureInvalid));
}

/// Keyed hashes prove nothing to somebody who does not have the key.
#[test]
fn a_keyed_hash_is_no_signature() {
    let Some(folder) = directory("conformance/xmldsig/xmlsec/xmldsig11-interop-2012") else {
        return;
    };
    let path = folder.join("signature-enveloping-hmac-sha256.xml");
    let Outcome::Unchecked(text) = outcome(&path, true) else {
        panic!("{}", path.display());
    };
    assert!(text.contains("hmac-sha256"), "{text}");
}
