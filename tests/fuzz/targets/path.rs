//! Any certificates, one behind the other, have a verdict: the first is asked about, the last is an anchor. The octet before
//! them says for what, and whether all of them are anchors, so that nobody's signature stands in the way of the other rules.
#![no_main]

use tamga_core::{
    certificate::Certificate,
    trust::{Anchor, AnchorClass, Evidence, Purpose, Requirements, validate},
};

const PURPOSES: [Purpose; 8] = [
    Purpose::Any,
    Purpose::Documents,
    Purpose::Mail,
    Purpose::Server,
    Purpose::Client,
    Purpose::CodeSigning,
    Purpose::TimeStamping,
    Purpose::OcspSigning,
];

libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    let Some((&choice, mut rest)) = input.split_first() else {
        return;
    };
    let mut certificates = Vec::new();
    while let Ok(certificate) = Certificate::parse(rest) {
        rest = &rest[certificate.der().len()..];
        certificates.push(certificate);
    }
    let (Some(first), Some(last)) = (certificates.first(), certificates.last()) else {
        return;
    };
    let all = choice & 8 != 0;
    let anchors = certificates.iter().filter(|it| all || *it == last);
    let anchor = |it: &Certificate| Anchor::new(it.clone(), AnchorClass::Given);
    let anchors: Vec<Anchor> = anchors.map(anchor).collect();
    let evidence = Evidence::new(&anchors, &certificates);
    let requirements = Requirements {
        purpose: PURPOSES[usize::from(choice & 7)],
        strict: choice & 16 != 0,
        conforming: choice & 32 != 0,
        ..Requirements::default()
    };
    let when = first.validity().0;
    let verdict = validate(first, &evidence, &requirements, when);
    if let Some(path) = verdict.path() {
        assert_eq!(path.certificates.first(), Some(&first));
        assert_eq!(path.certificates.last(), Some(&&path.anchor.certificate));
    }
});
