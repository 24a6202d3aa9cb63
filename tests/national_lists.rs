//! National lists that the person imported decide: through the real host, by lists that the tests sign themselves, since
//! nobody may publish real ones to tests.
#![expect(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test may stop where it stands"
)]

mod fetching;
mod issuers;
mod made;
#[expect(dead_code, reason = "the core's tests need more of it")]
#[path = "../wasm-core/tests/trust_lists/made_russian.rs"]
mod made_russian;
#[path = "../wasm-core/tests/trust_lists/signing.rs"]
mod signing;

use base64::prelude::{BASE64_STANDARD, Engine as _};
use made::{
    Bench, country, european_person, granted, lotl, lotl_signer, pem_of, russian_authority,
    russian_list, russian_person, signed_by_person,
};
use serde_json::{Value, json};
use std::fs;

const SIGNER: u8 = 41;
const ACCREDITED: &[(&str, &str)] = &[("Действует", "2012-09-01T00:00:00+04:00")];
/// Until the year before the person's certificate was issued.
const ENDED: &[(&str, &str)] = &[
    ("Прекращена", "2024-06-01T00:00:00+03:00"),
    ("Действует", "2012-09-01T00:00:00+04:00"),
];
/// Since the year after.
const ENDED_LATER: &[(&str, &str)] = &[
    ("Прекращена", "2026-02-01T00:00:00+03:00"),
    ("Действует", "2012-09-01T00:00:00+04:00"),
];
const TIME: &str = "2026-06-01";

#[test]
fn accreditation_on_the_day_of_issue_joins_the_verdict() {
    let bench = Bench::new();
    let person = russian_person();
    // Without a list nobody knows the authority between; with its certificate, accreditation was not checked.
    let said = bench.check(&person, TIME);
    assert_eq!(
        said["outcome"]["reason"]["code"], "issuer-missing",
        "{said}"
    );
    let file = bench.write("chain.pem", &pem_of(&[&person, &russian_authority()]));
    let (code, said) = bench.run(&["check", &file, "--at", TIME]);
    assert_eq!((code, &said["valid"]), (0, &json!(true)), "{said}");
    assert_eq!(
        said["recognition"],
        json!({"country": "RU", "says": {"code": "not-checked"}})
    );
    let words = bench.words(&["check", &file, "--at", TIME]);
    assert!(words.contains("was not checked"), "{words}");

    assert_eq!(bench.import(&russian_list("7", ACCREDITED)), "");
    let said = bench.check(&person, TIME);
    assert_eq!(said["valid"], true, "{said}");
    assert_eq!(said["anchor"]["country"], "RU");
    assert_eq!(said["path"][1]["owner"], "УЦ тестов");
    let recognition = &said["recognition"];
    assert_eq!(
        recognition["says"],
        json!({"code": "accredited", "authority": "УЦ тестов", "since": 1_346_443_200})
    );
    assert_eq!(recognition["list"]["version"], "7");
    let words = bench.words(&["check", &bench.write("p.cer", person.der()), "--at", TIME]);
    assert!(words.contains("accredited on the day it issued"), "{words}");

    // An accreditation that ended later does no harm; one that had ended before does.
    assert_eq!(bench.import(&russian_list("8", ENDED_LATER)), "");
    let said = bench.check(&person, TIME);
    assert_eq!(
        (&said["valid"], &said["recognition"]["says"]["code"]),
        (&json!(true), &json!("accredited"))
    );
    assert_eq!(bench.import(&russian_list("9", ENDED)), "");
    let said = bench.check(&person, TIME);
    assert_eq!(said["valid"], Value::Null, "{said}");
    assert_eq!(
        said["outcome"]["reason"],
        json!({"code": "not-accredited", "authority": "УЦ тестов"})
    );
    assert_eq!(said["recognition"]["says"]["status"], "Прекращена");
    // What the list says is not what the authority's own anchor is for.
    let (_, said) = bench.run(&[
        "check",
        &file,
        "--at",
        TIME,
        "--anchor",
        &bench.write("ca.cer", russian_authority().der()),
    ]);
    assert_eq!(
        (&said["valid"], &said["recognition"]),
        (&json!(true), &Value::Null)
    );
}

#[test]
fn authorities_of_a_countrys_list_are_anchors_and_certificates_qualified_at_a_time() {
    let bench = Bench::new();
    let person = european_person();
    let reason = |said: &Value| said["outcome"]["reason"]["code"].clone();
    assert_eq!(reason(&bench.check(&person, TIME)), "issuer-missing");
    // A country's list needs the list of lists, which alone vouches for nobody.
    assert_eq!(bench.import(&granted(1)), "TRUST_LIST_UNTRUSTED");
    assert_eq!(bench.import(&lotl(1, SIGNER)), "");
    assert_eq!(reason(&bench.check(&person, TIME)), "issuer-missing");
    assert_eq!(bench.import(&granted(1)), "");
    let said = bench.check(&person, TIME);
    assert_eq!(said["valid"], true, "{said}");
    let anchor = &said["anchor"];
    assert_eq!(
        (&anchor["class"], &anchor["country"], &anchor["list"]),
        (&json!("national"), &json!("XX"), &json!("Operator of XX"))
    );
    let yes = json!({"state": "yes", "detail": {"purpose": "signatures", "device": false}});
    let expected = json!({"code": "qualification", "issued": yes, "then": yes});
    assert_eq!(said["recognition"]["says"], expected);

    let ended = [
        ("withdrawn", "2026-03-01T00:00:00Z"),
        ("granted", "2020-01-01T00:00:00Z"),
    ];
    let newer = country(2, "2026-05-01T00:00:00Z", &ended, SIGNER);
    assert_eq!(bench.import(&newer), "");
    let said = bench.check(&person, TIME);
    assert_eq!(said["valid"], true, "{said}");
    let withdrawn = json!({"state": "no", "detail": {"code": "status", "what": "withdrawn"}});
    assert_eq!(
        said["recognition"]["says"],
        json!({"code": "qualification", "issued": yes, "then": withdrawn})
    );
    // It decides on, and says that it is out of date.
    assert_eq!(said["recognition"]["list"]["outdatedSince"], 1_777_593_600);
    let before = bench.check(&person, "2026-02-01");
    assert_eq!(before["recognition"]["says"], expected);
    assert_eq!(before["recognition"]["list"]["outdatedSince"], Value::Null);
    let words = bench.words(&["check", &bench.write("p.cer", person.der()), "--at", TIME]);
    assert!(words.contains("had the status “withdrawn”"), "{words}");
    assert!(words.contains("may be out of date"), "{words}");
    assert_eq!(bench.import(&granted(1)), "TRUST_LIST_NOT_NEWER");
}

#[test]
fn whoever_verifies_a_signature_hears_what_the_list_says_of_its_certificate() {
    let bench = Bench::new();
    let file = bench.write("signed.p7m", &signed_by_person(b"text"));
    let verify = ["verify", &file, "--no-revocation", "--at", TIME];
    let (_, said) = bench.run(&verify);
    let signer = &said["signatures"][0]["signers"][0];
    assert_eq!(signer["conclusion"], "untrusted", "{said}");
    for list in [lotl(1, SIGNER), granted(1)] {
        assert_eq!(bench.import(&list), "");
    }
    let (code, said) = bench.run(&verify);
    let signer = &said["signatures"][0]["signers"][0];
    assert_eq!((code, &signer["conclusion"]), (0, &json!("valid")));
    let says = &signer["certificate"]["recognition"]["says"];
    let yes = json!({"state": "yes", "detail": {"purpose": "signatures", "device": false}});
    assert_eq!(
        *says,
        json!({"code": "qualification", "issued": yes, "then": yes})
    );
    let words = bench.words(&verify);
    assert!(
        words.contains("the certificate is qualified, for signatures"),
        "{words}"
    );
    assert!(words.contains("Operator of XX"), "{words}");
}

#[test]
fn a_signed_xml_document_is_verified_as_any_other() {
    let bench = Bench::new();
    let text = lotl(1, SIGNER);
    let file = bench.write("list.xml", text.as_bytes());
    let anchor = bench.write("anchor.cer", lotl_signer().der());
    let arguments = ["--anchor", &anchor, "--no-revocation", "--at", TIME];
    let verify = |file: &str| bench.run(&[&["verify", file], &arguments[..]].concat());
    let (code, said) = verify(&file);
    let checked = &said["signatures"][0];
    assert_eq!((code, &checked["form"]), (0, &json!("xml")), "{said}");
    assert_eq!(checked["document"]["size"], text.len());
    let signer = &checked["signers"][0];
    assert_eq!(
        (&signer["level"], &signer["conclusion"], &signer["covered"]),
        (&json!("XAdES-BES"), &json!("valid"), &Value::Null)
    );
    let changed = text.replace("Operator", "Operetta");
    let (code, said) = verify(&bench.write("changed.xml", changed.as_bytes()));
    let signer = &said["signatures"][0]["signers"][0];
    assert_eq!(
        (code, &signer["conclusion"]),
        (3, &json!("content-changed"))
    );
    let plain = bench.write("plain.xml", b"<a/>");
    assert_eq!(verify(&plain).1["code"], "CONTENT_MALFORMED");
}

/// What is kept of the lists, by country.
fn kept(bench: &Bench, country: &str) -> Value {
    let (_, said) = bench.run(&["trust", "list"]);
    let mut all = said.as_array().unwrap().iter();
    let found =
        all.find(|it| it["country"] == country && it["origin"].as_str().unwrap().ends_with(".xml"));
    found.unwrap().clone()
}

#[test]
fn a_list_that_cannot_be_verified_any_more_decides_nothing_and_says_so() {
    let bench = Bench::new();
    let person = european_person();
    for list in [lotl(1, SIGNER), granted(1)] {
        assert_eq!(bench.import(&list), "");
    }
    assert_eq!(
        (&kept(&bench, "XX")["count"], &kept(&bench, "EU")["count"]),
        (&json!(1), &json!(0))
    );
    let is_valid = || bench.check(&person, TIME)["valid"] == true;
    let lists = bench.computer.data().join("lists");
    assert!(is_valid());
    // The index is made anew where it is not there, is damaged, or is not of this list.
    let index = lists.join("xx.index");
    let good = fs::read(&index).unwrap();
    fs::remove_file(&index).unwrap();
    assert!(is_valid() && index.exists());
    fs::write(&index, &good[..good.len() / 2]).unwrap();
    assert!(is_valid());
    assert_eq!(fs::read(&index).unwrap().len(), good.len());

    // The list of lists names another signer; then the first one again.
    assert_eq!(bench.import(&lotl(2, 50)), "");
    assert!(!is_valid());
    let problems = &kept(&bench, "XX")["problems"];
    assert_eq!(problems[0]["code"], "TRUST_LIST_UNTRUSTED");
    assert_eq!(bench.import(&lotl(3, SIGNER)), "");
    assert!(is_valid());

    // The file was changed.
    let path = lists.join("xx.list");
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, text.replace("/granted", "/withdrawn")).unwrap();
    assert!(!is_valid());
    assert_eq!(
        kept(&bench, "XX")["problems"][0]["code"],
        "TRUST_LIST_UNTRUSTED"
    );
    fs::write(&path, "no list").unwrap();
    assert!(!is_valid());
    assert_eq!(bench.import(&granted(1)), "");
    assert!(is_valid());
}

#[test]
fn a_session_says_it_of_certificates_that_are_listed() {
    let bench = Bench::new();
    for list in [russian_list("7", ENDED), lotl(1, SIGNER), granted(1)] {
        assert_eq!(bench.import(&list), "");
    }
    let mut host = bench.computer.host();
    for (name, person) in [("r.cer", russian_person()), ("e.cer", european_person())] {
        let content = BASE64_STANDARD.encode(person.der());
        host.request(&json!({"type": "add-certificate", "name": name, "content": content}));
    }
    let watch = host.ask(&json!({"type": "watch-verdicts"}));
    host.ask(&json!({"type": "list-certificates"}));
    let mut told = Vec::new();
    while told.len() < 2 {
        let message = host.receive().unwrap();
        if message["id"] == watch {
            told.push(message["event"].clone());
        }
    }
    told.sort_by_key(|it| it["recognition"]["country"].to_string());
    let codes: Vec<_> = told
        .iter()
        .map(|it| it["recognition"]["says"]["code"].clone())
        .collect();
    assert_eq!(codes, ["not-accredited", "qualification"], "{told:?}");
}
