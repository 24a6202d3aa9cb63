//! The real lists, beside xmlsec1.

use crate::support::conformance::directory;
use base64::prelude::{BASE64_STANDARD, Engine as _};
use std::{
    fs,
    io::Write as _,
    process::{Command, Stdio},
};
use tamga_core::{
    certificate::Certificate,
    trust::lists::{
        ListFault,
        european::{Pointer, Signers, VerifiedList, through_pivots},
    },
    xml::signature::SignatureFault,
};

const LIST_OF_LISTS: &str = "eu-lotl.xml";
const PIVOT: &str = "eu-lotl-pivot-341.xml";
const ESTONIA: &str = "tsl-ee.xml";
const BELGIUM: &str = "tsl-be-v6.xml";

fn read(name: &str) -> Option<String> {
    let path = directory("trust/eu")?.join(name);
    Some(fs::read_to_string(path).unwrap())
}

fn list_of_lists() -> Option<VerifiedList> {
    let text = read(LIST_OF_LISTS)?;
    let signers = Signers::of_the_list_of_lists();
    Some(VerifiedList::list_of_lists(&text, &signers).unwrap())
}

fn pointer(list: &VerifiedList, territory: &str) -> Pointer {
    let mut all = list.list().xml_pointers();
    all.find(|it| it.territory == territory).unwrap().clone()
}

/// Certificates in PEM, one behind the other.
fn signers(name: &str) -> Option<Signers> {
    let text = read(name)?;
    let blocks = text.split("-----BEGIN CERTIFICATE-----").skip(1);
    let certificates = blocks.map(|block| {
        let base64 = block.split("-----END").next().unwrap();
        let base64: String = base64.split_whitespace().collect();
        Certificate::parse(&BASE64_STANDARD.decode(base64).unwrap()).unwrap()
    });
    let certificates: Vec<Certificate> = certificates.collect();
    Some(Signers::new(&certificates))
}

#[test]
fn the_list_of_lists_is_signed_by_whom_the_official_journal_names() {
    let Some(verified) = list_of_lists() else {
        return;
    };
    let list = verified.list();
    assert_eq!(
        (list.version, list.sequence, &*list.territory),
        (6, 388, "EU")
    );
    assert_eq!(list.operator, "European Commission");
    assert_eq!(
        Some(Signers::of_the_list_of_lists()),
        signers("bootstrap-1.cert.pem")
    );
    assert_eq!(verified.next_signers(), Signers::of_the_list_of_lists());
    // 2026-11-18 and -19
    assert!(!list.is_outdated(1_795_000_000) && list.is_outdated(1_795_100_000));
    let territories: Vec<&str> = list.xml_pointers().map(|it| &*it.territory).collect();
    println!("list of lists: {} territories", territories.len());
    assert!(territories.len() > 30 && territories.contains(&"EE"));
    let pivots = list.information.iter().filter(|it| it.contains("pivot-3"));
    assert_eq!(pivots.count(), 4);
}

#[test]
fn countries_lists_are_signed_by_whom_their_pointers_name() {
    let Some(lists) = list_of_lists() else {
        return;
    };
    for (name, territory, version, services, periods) in
        [(ESTONIA, "EE", 5, 62, 142), (BELGIUM, "BE", 6, 135, 208)]
    {
        let text = read(name).unwrap();
        let verified = VerifiedList::pointed_to(&text, &pointer(&lists, territory)).unwrap();
        let list = verified.list();
        assert_eq!((&*list.territory, list.version), (territory, version));
        let all = list.services.iter().map(|it| it.periods.len());
        assert_eq!(
            (list.services.len(), all.sum::<usize>()),
            (services, periods)
        );
        assert!(list.services.iter().all(|it| !it.certificates.is_empty()));
        let mut periods = list.services.iter().flat_map(|it| &it.periods);
        assert!(periods.all(|it| it.unknown.is_none()), "{territory}");
        assert!(verified.signing_time().is_some());
        println!(
            "{territory}: signed by {}",
            verified.signer().view_without_key().owner
        );
    }
    // The other country's pointer, and one that names the signer for another country
    let estonia = read(ESTONIA).unwrap();
    let fault = VerifiedList::pointed_to(&estonia, &pointer(&lists, "BE")).unwrap_err();
    assert!(matches!(fault, ListFault::Signer(_)), "{fault}");
    let moved = Pointer {
        territory: "BE".to_owned(),
        ..pointer(&lists, "EE")
    };
    let fault = VerifiedList::pointed_to(&estonia, &moved).unwrap_err();
    assert!(matches!(fault, ListFault::Other(_)), "{fault}");
    let fault = VerifiedList::list_of_lists(&estonia, &Signers::of_the_list_of_lists());
    assert!(matches!(fault, Err(ListFault::Signer(_))));
}

#[test]
fn pivots_lead_from_old_signers_to_new_ones() {
    let (Some(pivot), Some(list)) = (read(PIVOT), read(LIST_OF_LISTS)) else {
        return;
    };
    let old = signers("pre-reanchor.cert.pem").unwrap();
    let verified = VerifiedList::list_of_lists(&pivot, &old).unwrap();
    assert_eq!(
        (verified.list().version, verified.list().sequence),
        (5, 341)
    );
    // The pivot names those who signed until the new anchors came.
    assert_eq!(verified.next_signers(), old);
    let current = through_pivots(&[&pivot], &list, old.clone());
    assert_eq!(current.unwrap().list().sequence, 388);
    // The anchors of 2019 do not know who signed the pivot: those between are not here.
    let oldest = signers("bootstrap-0.cert.pem").unwrap();
    let fault = through_pivots(&[&pivot], &list, oldest).unwrap_err();
    assert!(matches!(fault, ListFault::Signer(_)), "{fault}");
}

/// What xmlsec1 says of a text; `None` if it is not there.
fn xmlsec1(text: &str) -> Option<bool> {
    let child = Command::new("xmlsec1")
        .args(["--verify", "--insecure", "--enabled-key-data", "x509"])
        .args([
            "--id-attr:Id",
            "http://uri.etsi.org/01903/v1.3.2#:SignedProperties",
        ])
        .arg("/dev/stdin")
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    let Ok(mut child) = child else {
        eprintln!("SKIPPED: no xmlsec1 (Debian: xmlsec1)");
        return None;
    };
    // A program that has seen enough need not read all.
    let _ = child.stdin.take().unwrap().write_all(text.as_bytes());
    Some(child.wait().unwrap().success())
}

/// Changes that a text editor would make.
fn changed(text: &str) -> Vec<String> {
    let from = [
        "granted",
        "withdrawn",
        "<X509SKI>",
        "QCWithQSCD",
        "<CountryName>",
        "Reference ",
    ];
    let to = [
        "granteD",
        "granted__",
        "<X509SKI> ",
        "QCNoQSCD__",
        "<CountryName >",
        "Reference  ",
    ];
    let pairs = from.iter().zip(to);
    let changed = pairs.map(|(from, to)| text.replacen(from, to, 1));
    changed.filter(|it| it != text).collect()
}

#[test]
fn xmlsec1_agrees() {
    let Some(lists) = list_of_lists() else {
        return;
    };
    let verify = |name: &str, text: &str| match name {
        LIST_OF_LISTS => {
            VerifiedList::list_of_lists(text, &Signers::of_the_list_of_lists()).is_ok()
        }
        ESTONIA => VerifiedList::pointed_to(text, &pointer(&lists, "EE")).is_ok(),
        _ => VerifiedList::pointed_to(text, &pointer(&lists, "BE")).is_ok(),
    };
    let mut agreed = 0;
    for name in [LIST_OF_LISTS, ESTONIA, BELGIUM] {
        let text = read(name).unwrap();
        for text in [text.clone()].into_iter().chain(changed(&text)) {
            let Some(theirs) = xmlsec1(&text) else {
                return;
            };
            assert_eq!(verify(name, &text), theirs, "{name}");
            agreed += 1;
        }
    }
    println!("xmlsec1 agrees on {agreed} texts");
}

#[test]
fn no_changed_list_is_accepted() {
    let Some(lists) = list_of_lists() else {
        return;
    };
    let pointer = pointer(&lists, "EE");
    let text = read(ESTONIA).unwrap();
    let original = VerifiedList::pointed_to(&text, &pointer).unwrap();
    let said = format!("{:?}", original.list());
    let (mut accepted, mut refused) = (0, 0);
    for place in (0..text.len()).step_by(text.len() / 80) {
        let mut octets = text.clone().into_bytes();
        *octets.get_mut(place).unwrap() ^= 1;
        let Ok(changed) = String::from_utf8(octets) else {
            continue;
        };
        match VerifiedList::pointed_to(&changed, &pointer) {
            // White space in a tag
            Ok(verified) => {
                assert_eq!(format!("{:?}", verified.list()), said, "{place}");
                accepted += 1;
            }
            Err(_) => refused += 1,
        }
    }
    println!("{refused} changed lists refused, {accepted} said the same");
    assert!(refused > 60 && accepted < 10);
}

#[test]
fn a_list_is_the_whole_document_with_one_signature() {
    let Some(lists) = list_of_lists() else {
        return;
    };
    let pointer = pointer(&lists, "EE");
    let text = read(ESTONIA).unwrap();
    let verify = |text: &str| VerifiedList::pointed_to(text, &pointer).unwrap_err();
    let body = text.split_once("?>").map_or(&*text, |(_, body)| body);
    let wrapped = verify(&format!("<a>{body}</a>"));
    assert_eq!(wrapped, ListFault::Malformed("no signature"));
    let doctype = verify(&format!("<!DOCTYPE a>{body}"));
    assert!(matches!(doctype, ListFault::Xml(_)), "{doctype}");
    let start = text.find("<ds:Signature ").unwrap();
    let end = text.find("</ds:Signature>").unwrap() + "</ds:Signature>".len();
    let signature = text.get(start..end).unwrap();
    let unsigned = text.replace(signature, "");
    assert_eq!(verify(&unsigned), ListFault::Malformed("no signature"));
    let twice = text.replace(signature, &format!("{signature}{signature}"));
    assert_eq!(verify(&twice), ListFault::Malformed("several signatures"));
    let truncated = text.get(..start).unwrap();
    assert!(matches!(verify(truncated), ListFault::Xml(_)));
    let other = text.replacen("rsa-sha256", "rsa-sha384", 1);
    let fault = verify(&other);
    assert_eq!(
        fault,
        ListFault::Signature(SignatureFault::SignatureInvalid)
    );
}
