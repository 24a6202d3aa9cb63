//! Paths of real national authorities (TRUST: the Russian list of accredited authorities, Kazakhstan's root).

#![expect(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test may stop where it stands"
)]

use crate::support::conformance::{der, directory, entries};
use std::path::PathBuf;
use tamga_core::{
    certificate::Certificate,
    trust::{Anchor, AnchorClass, Evidence, Purpose, Reason, Requirements, Verdict, validate},
};

/// Names of files: SHA-1 of the DER. Roots of the Russian state, pinned.
const ROOTS: [&str; 6] = [
    "8CAE88BBFD404A7A53630864F9033606E1DC45E2",
    "4BC6DC14D97010C41A26E058AD851F81C842415A",
    "AFF05C9E2464941E7EC2AB15C91539360B79AA9D",
    "2F0CB09BE3550EF17EC4F29C90ABD18BFCAAD63A",
    "9EC1A7DD438D8D647AC40976FC85C33F5D0FBA2B",
    "2FDEDE3B528B3DD0CBAD26D1628F40A5AB596F2F",
];

/// The root of another system, for passports, which nobody is to trust for signatures.
const OTHER_ROOT: &str = "B8588333";

/// A cross-certificate, and the root that issued it. The first has the name and the key of another root.
const CROSS: [[&str; 2]; 2] = [["1D131217", "AFF05C9E"], ["9BA64866", "8CAE88BB"]];

struct List(Vec<(String, Certificate)>);

impl List {
    fn read(folder: &str) -> Option<Self> {
        let paths = entries(&directory(folder)?).into_iter();
        let pem = paths.filter(|path| path.extension().is_some_and(|it| it == "pem"));
        let read = |path: PathBuf| {
            let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
            (
                name,
                Certificate::parse(&der(&path, "CERTIFICATE").unwrap()).unwrap(),
            )
        };
        Some(Self(pem.map(read).collect()))
    }

    fn get(&self, beginning: &str) -> &Certificate {
        let mut all = self.0.iter();
        let found = all.find(|(name, _)| name.starts_with(beginning));
        &found.unwrap_or_else(|| panic!("{beginning}")).1
    }

    fn anchors(&self, names: &[&str]) -> Vec<Anchor> {
        let anchor = |name: &&str| Anchor::new(self.get(name).clone(), AnchorClass::National);
        names.iter().map(anchor).collect()
    }

    /// All but those.
    fn others(&self, left_out: &[&Certificate]) -> impl Iterator<Item = &Certificate> {
        let others = self.0.iter().map(|(_, certificate)| certificate);
        others.filter(|it| !left_out.iter().any(|known| known.der() == it.der()))
    }
}

/// A day after the last of these certificates began, if none had ended then.
fn common_time(certificates: &[&Certificate]) -> Option<i64> {
    let begin = certificates.iter().map(|it| it.validity().0).max()? + 86_400;
    let end = certificates.iter().map(|it| it.validity().1).min()?;
    (begin <= end).then_some(begin)
}

#[test]
fn russian_authorities_reach_the_states_roots() {
    let Some(list) = List::read("trust/ru-list-16314") else {
        return;
    };
    let anchors = list.anchors(&ROOTS);
    let evidence = Evidence::new(&anchors, list.others(&[]));
    let requirements = Requirements {
        purpose: Purpose::Any,
        ..Requirements::default()
    };
    let (mut reached, mut orphans, mut strangers) = (0, 0, 0);
    for (name, certificate) in &list.0 {
        let when = certificate.validity().0 + 86_400;
        match validate(certificate, &evidence, &requirements, when) {
            Verdict::Good(_) => reached += 1,
            // The folder holds a part of the list: the issuers of some are not in it.
            Verdict::Unchecked(refusal) if refusal.finding.reason == Reason::IssuerMissing => {
                let issuer = refusal.finding.certificate.issuer();
                let mut all = list.0.iter();
                let signed = |other: &Certificate| {
                    issuer.is(other.subject().der())
                        && refusal
                            .finding
                            .certificate
                            .verify_signature(other.key())
                            .is_ok()
                };
                assert!(!all.any(|(_, other)| signed(other)), "{name}");
                orphans += 1;
            }
            Verdict::Unchecked(refusal) if refusal.finding.reason == Reason::Untrusted => {
                assert_eq!(refusal.finding.certificate, list.get(OTHER_ROOT), "{name}");
                strangers += 1;
            }
            verdict => panic!("{name}: {:?}", verdict.reason()),
        }
    }
    println!("Russian list: {reached} reach a root, the issuers of {orphans} are not there");
    assert_eq!(reached + orphans + strangers, list.0.len());
    assert!(reached > 100, "{reached}");
    // BOOLEAN TRUE as another octet than DER has it, and a DEFAULT written out: read, and noted.
    let odd = list.0.iter().filter(|(_, it)| !it.is_canonical()).count();
    assert_eq!(odd, 26);
}

#[test]
fn both_russian_cross_certificates_lead_to_a_root() {
    let Some(list) = List::read("trust/ru-list-16314") else {
        return;
    };
    let requirements = Requirements::default();
    let mut reached = 0;
    for [cross, issuer] in CROSS {
        let cross = list.get(cross);
        let anchors = list.anchors(&[issuer]);
        let all = || list.0.iter().map(|(_, certificate)| certificate);
        let twins: Vec<_> = all()
            .filter(|it| it.key().is(cross.key()) && it.der() != cross.der())
            .collect();
        let evidence = Evidence::new(&anchors, list.others(&twins));
        let by_cross = |it: &&Certificate| {
            it.issuer().is(cross.subject().der()) && it.verify_signature(cross.key()).is_ok()
        };
        let below = all().filter(by_cross).filter(|it| !twins.contains(it));
        for certificate in below {
            let Some(when) = common_time(&[certificate, cross, &anchors[0].certificate]) else {
                continue;
            };
            let verdict = validate(certificate, &evidence, &requirements, when);
            let path = verdict
                .path()
                .unwrap_or_else(|| panic!("{:?}", verdict.reason()));
            assert_eq!(path.certificates[1..], [cross, &anchors[0].certificate]);
            reached += 1;
        }
        let when = common_time(&[cross, &anchors[0].certificate]).unwrap();
        let verdict = validate(cross, &evidence, &requirements, when);
        assert_eq!(verdict.path().map(|path| path.certificates.len()), Some(2));
    }
    println!("{reached} Russian authorities reach a root by a cross-certificate");
    assert!(reached > 50, "{reached}");
}

#[test]
fn kazakhstans_authority_reaches_its_root() {
    let Some(list) = List::read("trust/kz") else {
        return;
    };
    let anchors = list.anchors(&["root_gost_2022"]);
    let evidence = Evidence::new(&anchors, []);
    let authority = list.get("nca_gost_2022");
    let when = common_time(&[authority, &anchors[0].certificate]).unwrap();
    let verdict = validate(authority, &evidence, &Requirements::default(), when);
    assert_eq!(
        verdict.path().map(|path| path.certificates.len()),
        Some(2),
        "{verdict:?}"
    );
}
