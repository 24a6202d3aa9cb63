//! The Russian list of accredited authorities, made by the tests from the certificates of the real one.

use super::made_russian::{MadeAuthority, anchors, root, signed, signer, unsigned};
use crate::support::{
    certificates::NOW,
    conformance::{der, directory, entries},
    gost::MINISTRY,
    seeds::is_current,
};
use std::{
    fs,
    time::{Duration, Instant},
};
use tamga_core::{
    certificate::Certificate,
    trust::{
        Reason,
        lists::{
            ListFault,
            russian::{Accreditation, VerifiedAccreditedList},
        },
    },
    xml::signature::SignatureFault,
};

const GRANTED: &[(&str, &str)] = &[("Действует", "2012-09-01T00:00:00+04:00")];

fn real_certificates() -> Option<Vec<Certificate>> {
    let paths = entries(&directory("trust/ru-list-16314")?).into_iter();
    let pem = paths.filter(|path| path.extension().is_some_and(|it| it == "pem"));
    let read = pem.map(|path| Certificate::parse(&der(&path, "CERTIFICATE").unwrap()).unwrap());
    Some(read.collect())
}

fn one<'c>(certificate: &'c Certificate, statuses: &'c [(&str, &str)]) -> MadeAuthority<'c> {
    MadeAuthority {
        name: "УЦ".to_owned(),
        statuses,
        certificates: vec![certificate],
    }
}

fn verify(text: &str) -> Result<VerifiedAccreditedList, ListFault> {
    VerifiedAccreditedList::verify(text, &anchors(), NOW)
}

fn list(authorities: &[MadeAuthority<'_>]) -> VerifiedAccreditedList {
    verify(&signed(&unsigned(authorities), &signer(MINISTRY))).unwrap()
}

#[test]
fn the_real_certificates_in_a_made_list_are_found() {
    let Some(certificates) = real_certificates() else {
        return;
    };
    let authorities: Vec<_> = certificates.iter().map(|it| one(it, GRANTED)).collect();
    let verified = list(&authorities);
    let read = verified.list();
    assert_eq!((read.version, read.date), (16314, 1_784_790_000));
    assert_eq!(read.certificates.len(), certificates.len());
    assert!(read.certificates.iter().all(|it| it.certificate.is_some()));
    for certificate in &certificates {
        let found = verified.accreditation(certificate, NOW);
        assert!(
            matches!(found, Accreditation::Accredited { .. }),
            "{found:?}"
        );
    }
    let addresses = &read.certificates.first().unwrap().crl_addresses;
    assert_eq!(*addresses, ["http://example.org/a.crl"]);
    assert_eq!(
        verified.accreditation(&root(), NOW),
        Accreditation::NotListed
    );
}

/// What a list says of the root at a time.
fn said(statuses: &[(&str, &str)], when: i64) -> String {
    let root = root();
    let verified = list(&[one(&root, statuses)]);
    match verified.accreditation(&root, when) {
        Accreditation::Accredited { since, .. } => format!("since {since}"),
        Accreditation::NotAccredited { status, .. } => format!("not: {status:?}"),
        other => format!("{other:?}"),
    }
}

#[test]
fn accreditation_is_that_of_the_day_of_issue() {
    // 2020-01-01, 2021-01-01, 2022-01-01, 2023-01-01 in Moscow
    let [y2020, y2021, y2022, y2023] = [1_577_826_000, 1_609_448_400, 1_640_984_400, 1_672_520_400];
    let history = [
        ("Прекращена", "2022-01-01T00:00:00+03:00"),
        // In no order
        ("Приостановлена", "2021-01-01T00:00:00+03:00"),
        ("Действует", "2020-01-01T00:00:00+03:00"),
        ("Действует", "2021-07-01T00:00:00+03:00"),
    ];
    assert_eq!(said(&history, y2020 - 1), "not: None");
    assert_eq!(said(&history, y2020), format!("since {y2020}"));
    assert_eq!(said(&history, y2021 - 1), format!("since {y2020}"));
    assert_eq!(said(&history, y2021), "not: Some(\"Приостановлена\")");
    assert_eq!(said(&history, y2022 - 1), "since 1625086800");
    assert_eq!(said(&history, y2022), "not: Some(\"Прекращена\")");
    assert_eq!(said(&history, y2023), "not: Some(\"Прекращена\")");
    // A bare day, and words that nobody knows
    assert_eq!(
        said(&[("Действует", "2020-01-01")], y2021),
        "since 1577836800"
    );
    assert_eq!(
        said(&[("действует", "2020-01-01")], y2021),
        "not: Some(\"действует\")"
    );
    assert_eq!(said(&[("", "2020-01-01")], y2021), "not: Some(\"\")");
    let unclear = [("Действует", "2020-01-01"), ("Прекращена", "вчера")];
    assert_eq!(said(&unclear, y2021), "Unclear");
    // The present status counts where two begin together.
    let together = [("Прекращена", "2020-01-01"), ("Действует", "2020-01-01")];
    assert_eq!(said(&together, y2021), "not: Some(\"Прекращена\")");
}

#[test]
fn an_authority_is_known_by_certificate_then_fingerprint_then_key() {
    let (root, other) = (root(), signer(MINISTRY));
    let ask = |text: &str, certificate: &Certificate| -> AccreditationKind {
        let text = signed(text, &signer(MINISTRY));
        let verified = verify(&text).unwrap();
        kind(&verified, certificate)
    };
    let text = unsigned(&[one(&root, GRANTED)]);
    assert_eq!(ask(&text, &root), AccreditationKind::Accredited);
    assert_eq!(ask(&text, &other), AccreditationKind::NotListed);
    // Data that cannot be read: the fingerprint remains.
    let data = text.find("<Данные>").unwrap() + "<Данные>".len();
    let unreadable = format!("{}!{}", &text[..data], &text[data + 1..]);
    assert_eq!(ask(&unreadable, &root), AccreditationKind::Accredited);
    // Two authorities with one certificate that say different things
    let withdrawn = &[("Прекращена", "2012-09-01")];
    let both = unsigned(&[one(&root, GRANTED), one(&root, withdrawn)]);
    assert_eq!(ask(&both, &root), AccreditationKind::Unclear);
    // Another certificate of the same key
    let Some(certificates) = real_certificates() else {
        return;
    };
    let is_twin =
        |one: &&Certificate, two: &Certificate| one.key().is(two.key()) && one.der() != two.der();
    let has_twin = |it: &&Certificate| certificates.iter().any(|two| is_twin(it, two));
    let first = certificates.iter().find(has_twin).unwrap();
    let second = certificates.iter().find(|it| is_twin(it, first)).unwrap();
    let text = unsigned(&[one(first, GRANTED)]);
    assert_eq!(ask(&text, second), AccreditationKind::Accredited);
}

#[derive(Debug, Eq, PartialEq)]
enum AccreditationKind {
    Accredited,
    NotAccredited,
    NotListed,
    Unclear,
}

fn kind(list: &VerifiedAccreditedList, certificate: &Certificate) -> AccreditationKind {
    match list.accreditation(certificate, NOW) {
        Accreditation::Accredited { .. } => AccreditationKind::Accredited,
        Accreditation::NotAccredited { .. } => AccreditationKind::NotAccredited,
        Accreditation::NotListed => AccreditationKind::NotListed,
        Accreditation::Unclear => AccreditationKind::Unclear,
    }
}

#[test]
fn only_the_ministry_may_sign_the_list() {
    let root = root();
    let text = unsigned(&[one(&root, GRANTED)]);
    let good = signed(&text, &signer(MINISTRY));
    assert_eq!(verify(&good).unwrap().signer(), &signer(MINISTRY));
    // Anybody with a qualified certificate
    let fault = verify(&signed(&text, &signer("1027700132195"))).unwrap_err();
    assert_eq!(fault, ListFault::Signer("Подписант списка".to_owned()));
    // Another's key
    let fault = verify(&signed(&text, &root)).unwrap_err();
    assert_eq!(
        fault,
        ListFault::Signature(SignatureFault::SignatureInvalid)
    );
    // No anchor; and the certificate has expired
    let fault = VerifiedAccreditedList::verify(&good, &[], NOW).unwrap_err();
    assert!(matches!(fault, ListFault::SignerCertificate(_)), "{fault}");
    let late = VerifiedAccreditedList::verify(&good, &anchors(), 2_100_000_000);
    let Err(ListFault::SignerCertificate(reason)) = late else {
        panic!("{late:?}");
    };
    assert!(matches!(*reason, Reason::Expired { .. }), "{reason:?}");
    assert_eq!(
        verify(&text).unwrap_err(),
        ListFault::Malformed("no signature")
    );
}

#[test]
fn no_changed_list_is_accepted() {
    let root = root();
    let text = signed(&unsigned(&[one(&root, GRANTED)]), &signer(MINISTRY));
    assert!(is_current("accredited_list", "made.xml", text.as_bytes()));
    let said = format!("{:?}", verify(&text).unwrap().list());
    let (mut accepted, mut refused) = (0, 0);
    for place in 0..text.len() {
        let mut octets = text.clone().into_bytes();
        *octets.get_mut(place).unwrap() ^= 1;
        match String::from_utf8(octets).map(|changed| verify(&changed)) {
            Ok(Ok(verified)) => {
                assert_eq!(format!("{:?}", verified.list()), said, "{place}");
                accepted += 1;
            }
            Ok(Err(_)) | Err(_) => refused += 1,
        }
    }
    // The XML declaration, and the Id that nothing refers to
    println!("{refused} changed lists refused, {accepted} said the same");
    assert!(refused > 2000 && accepted < 60, "{refused} {accepted}");
}

#[test]
#[ignore = "measures; to be run on a computer with nothing else to do"]
fn lists_per_second() {
    let root = root();
    let text = signed(&unsigned(&[one(&root, GRANTED)]), &signer(MINISTRY));
    let start = Instant::now();
    let mut count = 0_u32;
    while start.elapsed() < Duration::from_secs(3) {
        verify(&text).unwrap();
        count += 1;
    }
    let rate = f64::from(count) / start.elapsed().as_secs_f64();
    println!("GOST, one authority: {rate:.0} lists verified per second");
}

/// The memory of this process in MiB, where Linux says so: `VmRSS` now, `VmHWM` at most since it was last forgotten.
fn memory(name: &str) -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with(name))?;
    let kibibytes: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kibibytes >> 10)
}

/// As long as the real list of 2026: 12 MB with white space, 2 403 certificates.
#[test]
fn a_list_of_the_real_size_is_read_within_bounds() {
    let Some(certificates) = real_certificates() else {
        return;
    };
    let all: Vec<&Certificate> = certificates.iter().cycle().take(2403).collect();
    let authorities = all.chunks(5).map(|chunk| MadeAuthority {
        name: "УЦ".repeat(1800),
        statuses: GRANTED,
        certificates: chunk.to_vec(),
    });
    let authorities: Vec<_> = authorities.collect();
    let text = signed(&unsigned(&authorities), &signer(MINISTRY));
    // Linux forgets what the most was (proc(5)).
    let is_forgotten = fs::write("/proc/self/clear_refs", "5").is_ok();
    let before = memory("VmRSS:").filter(|_| is_forgotten);
    let start = Instant::now();
    let verified = verify(&text).unwrap();
    let took = start.elapsed();
    assert_eq!(verified.list().certificates.len(), 2403);
    let most = memory("VmHWM:");
    let grown = most
        .zip(before)
        .map(|(most, before)| most.saturating_sub(before));
    println!(
        "{} bytes read in {took:?}, {grown:?} MiB more at most",
        text.len()
    );
    assert!(grown.is_none_or(|it| it < 200), "{grown:?}");
}
