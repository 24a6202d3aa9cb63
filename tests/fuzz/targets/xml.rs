//! Any bytes are a document, whose canonical form says the same and whose signatures are read, or are refused.
#![no_main]

use tamga_core::xml::{
    Canonicalization, Document, Limits, Version, decode,
    signature::{XmlSignature, signatures, xades::SignedProperties},
};

libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    let Ok(text) = decode(input) else {
        return;
    };
    let Ok(document) = Document::parse(&text, &Limits::default()) else {
        return;
    };
    for version in [
        Version::Inclusive10,
        Version::Inclusive11,
        Version::Exclusive,
    ] {
        let method = Canonicalization::new(version).with_comments();
        let once = method.octets(&document.all()).unwrap();
        let once = String::from_utf8(once).unwrap();
        let again = Document::parse(&once, &Limits::default()).unwrap();
        assert_eq!(method.octets(&again.all()).unwrap(), once.as_bytes());
    }
    for element in signatures(&document).into_iter().take(4) {
        let Ok(signature) = XmlSignature::read(&document, element) else {
            continue;
        };
        for certificate in signature.certificates().iter().take(4) {
            _ = signature
                .verify(certificate.key())
                .map(|it| SignedProperties::of(&it));
        }
    }
});
