//! Documents with signatures inside, as whoever checks a signature meets them.

use crate::support::{
    certificates::{Made, key},
    conformance::directory,
};
use base64::prelude::{BASE64_STANDARD, Engine as _};
use p256::ecdsa::{Signature, signature::Signer as _};
use std::fs;
use tamga_core::{
    algorithm::DigestAlgorithm,
    cms::UncheckedAttribute,
    format::{Container, Document as _, Level, SignatureState, Signed, SignerFailure},
    xml::SignedXml,
};

const EXCLUSIVE: &str = "http://www.w3.org/2001/10/xml-exc-c14n#";
const ENVELOPED: &str = "http://www.w3.org/2000/09/xmldsig#enveloped-signature";

/// A signature of `text`, which is what the transforms leave of what `uri` names.
fn signature(uri: &str, transforms: &[&str], text: &str, signer: u8) -> String {
    let certificate = Made::of("Person", 43, "Authority", 42).certificate();
    let digest = DigestAlgorithm::Sha256.digest(text.as_bytes()).bytes();
    let transforms: String = transforms
        .iter()
        .map(|it| format!("<Transform Algorithm=\"{it}\"></Transform>"))
        .collect();
    let info = format!(
        "<SignedInfo xmlns=\"http://www.w3.org/2000/09/xmldsig#\"><CanonicalizationMethod Algorithm=\"{EXCLUSIVE}\">\
         </CanonicalizationMethod><SignatureMethod Algorithm=\"http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256\">\
         </SignatureMethod><Reference URI=\"{uri}\"><Transforms>{transforms}</Transforms><DigestMethod \
         Algorithm=\"http://www.w3.org/2001/04/xmlenc#sha256\"></DigestMethod><DigestValue>{}</DigestValue></Reference>\
         </SignedInfo>",
        BASE64_STANDARD.encode(digest)
    );
    let value: Signature = key(signer).sign(info.as_bytes());
    format!(
        "<Signature xmlns=\"http://www.w3.org/2000/09/xmldsig#\">{info}<SignatureValue>{}</SignatureValue><KeyInfo><X509Data>\
         <X509Certificate>{}</X509Certificate></X509Data></KeyInfo></Signature>",
        BASE64_STANDARD.encode(value.to_bytes()),
        BASE64_STANDARD.encode(certificate.der())
    )
}

fn enveloped(text: &str) -> String {
    let signature = signature("", &[ENVELOPED, EXCLUSIVE], text, 43);
    text.replace("</a>", &format!("{signature}</a>"))
}

/// Why the only signature is not right, if it is not, and what it covers: nothing is all.
fn found(text: &str) -> (Option<SignerFailure>, Vec<String>) {
    let signed = Signed::parse(text.as_bytes()).unwrap();
    let signers = signed.signers(None, &[]);
    assert_eq!(signers.len(), 1);
    let (verdict, details) = signers.first().unwrap();
    assert_eq!(verdict.container, Container::Xml);
    assert_eq!(
        verdict.state == SignatureState::Valid,
        verdict.failure.is_none()
    );
    (verdict.failure, details.covered.clone())
}

#[test]
fn a_signature_covers_the_document_or_the_part_that_it_names() {
    let text = "<a><b Id=\"1\">text</b><c>more</c></a>";
    assert_eq!(found(&enveloped(text)), (None, vec![]));
    let of_part = signature("#1", &[EXCLUSIVE], "<b Id=\"1\">text</b>", 43);
    let with_part = text.replace("</a>", &format!("{of_part}</a>"));
    assert_eq!(found(&with_part), (None, vec!["<b> #1".to_owned()]));
    // What is beside that part is anybody's.
    let other = with_part.replace(">more<", ">other<");
    assert_eq!(found(&other), (None, vec!["<b> #1".to_owned()]));
}

#[test]
fn what_was_changed_moved_or_signed_by_another_key_is_said() {
    let text = "<a><b Id=\"1\">text</b></a>";
    let good = enveloped(text);
    let reason = |text: &str| found(text).0;
    assert_eq!(
        reason(&good.replace("text", "test")),
        Some(SignerFailure::ContentChanged)
    );
    let by_another = signature("", &[ENVELOPED, EXCLUSIVE], text, 44);
    let by_another = text.replace("</a>", &format!("{by_another}</a>"));
    assert_eq!(reason(&by_another), Some(SignerFailure::SignatureInvalid));
    let of_part = |text: &str, uri: &str| {
        let part = signature(uri, &[EXCLUSIVE], "<b Id=\"1\">text</b>", 43);
        text.replace("</a>", &format!("{part}</a>"))
    };
    for (text, expected) in [
        (
            of_part("<a><b Id=\"1\">text</b><c Id=\"1\"/></a>", "#1"),
            SignerFailure::ContentAmbiguous,
        ),
        (of_part("<a><b/></a>", "#1"), SignerFailure::Malformed),
        (
            of_part("<a><b/></a>", "file.txt"),
            SignerFailure::ContentMissing,
        ),
    ] {
        assert_eq!(reason(&text), Some(expected), "{text}");
    }
    let start = good.find("<KeyInfo>").unwrap();
    let end = good.find("</Signature>").unwrap();
    let without = [&good[..start], &good[end..]].concat();
    assert_eq!(reason(&without), Some(SignerFailure::CertificateMissing));
    let signed = Signed::parse(without.as_bytes()).unwrap();
    let given = Made::of("Person", 43, "Authority", 42).certificate();
    let other = Made::of("Other", 45, "Authority", 42).certificate();
    let given = [other.der().to_vec(), given.der().to_vec()];
    assert_eq!(signed.verify(None, &given)[0].failure, None);
}

#[test]
fn a_document_that_is_named_beside_it_has_to_be_the_same() {
    let text = enveloped("<a>text</a>");
    let signed = Signed::parse(text.as_bytes()).unwrap();
    for (beside, expected) in [
        (text.as_bytes(), None),
        (b"<a>text</a>", Some(SignerFailure::ContentChanged)),
    ] {
        let mut beside = beside;
        assert_eq!(beside.is(text.as_bytes()), expected.is_none());
        assert_eq!(signed.verify(Some(&mut beside), &[])[0].failure, expected);
    }
    assert_eq!(signed.content(), Some(text.as_bytes()));
}

#[test]
fn what_is_no_signed_document_is_none() {
    let good = enveloped("<a>text</a>");
    for text in [
        "",
        "<",
        "<a/>",
        "text",
        "<a xmlns=\"http://www.w3.org/2000/09/xmldsig#\"/>",
        good.strip_suffix("</a>").unwrap(),
    ] {
        assert!(SignedXml::parse(text.as_bytes()).is_none(), "{text}");
    }
    let with_dtd = format!("<!DOCTYPE a>{good}");
    assert!(SignedXml::parse(with_dtd.as_bytes()).unwrap().is_err());
}

/// File, level, and how the signature stands. The certificates are those inside: whom they are of is another question.
const SAMPLES: [(&str, Level, Option<SignerFailure>); 6] = [
    ("kz/kalkan-ns.xml", Level::Plain, None),
    ("kz/kalkan-by-id.xml", Level::Plain, None),
    ("cryptopro/corefx-2012-256.xml", Level::Plain, None),
    ("cryptopro/corefx-2012-512-digest94.xml", Level::Plain, None),
    ("cryptopro/corefx-2001.xml", Level::Plain, None),
    (
        "cryptopro/plugin-2.0.15700-enveloped.xml",
        Level::Plain,
        None,
    ),
];

#[test]
fn documents_of_the_national_programs_verify() {
    let Some(folder) = directory("formats") else {
        return;
    };
    for (name, level, failure) in SAMPLES {
        let file = fs::read(folder.join(name)).unwrap();
        let signed = Signed::parse(&file).unwrap();
        let verdicts = signed.verify(None, &[]);
        assert_eq!(verdicts.len(), 1, "{name}");
        assert_eq!(
            (verdicts[0].level, verdicts[0].failure),
            (level, failure),
            "{name}"
        );
        assert_eq!(signed.embedded().certificates.len(), 1, "{name}");
        let covered = &signed.signers(None, &[])[0].1.covered;
        let is_by_id = name.contains("by-id");
        assert_eq!(!covered.is_empty(), is_by_id, "{name}: {covered:?}");
    }
}

#[test]
fn the_list_of_lists_is_a_document_with_a_xades_signature() {
    let Some(folder) = directory("trust/eu") else {
        return;
    };
    let mut all = fs::read_dir(folder).unwrap().map(|it| it.unwrap().path());
    let lotl = all.find(|path| {
        let name = path.file_name().unwrap().to_str().unwrap();
        name.to_lowercase().contains("lotl") && name.ends_with(".xml")
    });
    let signed = Signed::parse(&fs::read(lotl.unwrap()).unwrap()).unwrap();
    let verdict = &signed.verify(None, &[])[0];
    assert_eq!((verdict.level, verdict.failure), (Level::Bes, None));
    let details = &signed.signers(None, &[])[0].1;
    assert!(details.covered.is_empty());
    assert!(!details.unchecked.contains(&UncheckedAttribute::More));
}
