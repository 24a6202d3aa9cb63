//! Public suites of certification paths. Each case is judged by what its suite expects; the ones that come out otherwise
//! are listed with the reason.

#![expect(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test may stop where it stands"
)]

mod divergences;

use crate::support::conformance::{Score, der, directory, entries, read_json};
use base64::prelude::{BASE64_STANDARD, Engine as _};
use divergences::{BORINGSSL, BOTAN, LIMBO, OPENSSL, PKITS};
use serde_json::Value;
use std::{collections::HashMap, fs, path::Path};
use tamga_core::{
    asn1_time,
    certificate::Certificate,
    pem,
    trust::{
        Anchor, AnchorChecks, AnchorClass, Evidence, ExpectedName, PolicyRequirements, Purpose,
        Requirements, Verdict,
        revocation::{Crl, RevocationList, Sources},
        validate,
    },
};

/// One case of any suite; `None` for certificates that cannot be read.
struct Case {
    target: Option<Certificate>,
    untrusted: Vec<Certificate>,
    anchors: Vec<Certificate>,
    /// DER of revocation lists, if revocation is asked.
    lists: Vec<Vec<u8>>,
    checks: AnchorChecks,
    requirements: Requirements,
    when: i64,
}

impl Case {
    /// Whether the certificate is good, and what was found.
    fn run(&self) -> (bool, String) {
        let Some(target) = &self.target else {
            return (false, "no certificate".to_owned());
        };
        let anchor = |certificate: &Certificate| Anchor {
            checks: self.checks,
            ..Anchor::new(certificate.clone(), AnchorClass::Given)
        };
        let anchors: Vec<Anchor> = self.anchors.iter().map(anchor).collect();
        let lists: Vec<Crl<'_>> = self
            .lists
            .iter()
            .filter_map(|der| Crl::parse(der).ok())
            .collect();
        let mut asked: Vec<&dyn RevocationList> = Vec::new();
        lists.iter().for_each(|list| asked.push(list));
        let signers: Vec<&Certificate> = self.untrusted.iter().chain(&self.anchors).collect();
        let evidence = Evidence::new(&anchors, &self.untrusted).with_sources(Sources {
            lists: &asked,
            answers: &[],
            signers: &signers,
        });
        match validate(target, &evidence, &self.requirements, self.when) {
            Verdict::Good(path) => (
                true,
                format!("good, {} certificates", path.certificates.len()),
            ),
            Verdict::Refused(refusal) => (false, format!("refused: {:?}", refusal.finding.reason)),
            Verdict::Unchecked(refusal) => {
                (false, format!("unchecked: {:?}", refusal.finding.reason))
            }
        }
    }

    fn score(&self, score: &mut Score, id: &str, expected: bool) {
        let (good, found) = self.run();
        score.note(id, good == expected, &found);
    }
}

fn text<'a>(case: &'a Value, field: &str) -> &'a str {
    case[field]
        .as_str()
        .unwrap_or_else(|| panic!("{field} of {case}"))
}

fn time(text: &str) -> i64 {
    asn1_time::from_text(text).unwrap_or_else(|| panic!("{text}"))
}

/// A certificate in PEM or base64 of DER.
fn certificate(text: &Value) -> Option<Certificate> {
    let text = text.as_str().unwrap();
    let der = match text.starts_with("-----") {
        true => pem_object(text)?,
        false => BASE64_STANDARD.decode(text).unwrap(),
    };
    Certificate::parse(&der).ok()
}

fn pem_object(text: &str) -> Option<Vec<u8>> {
    let objects = pem::objects(text.as_bytes());
    objects.first().map(|object| object.bytes().to_vec())
}

fn certificates(list: &Value) -> Vec<Certificate> {
    list.as_array()
        .unwrap()
        .iter()
        .filter_map(certificate)
        .collect()
}

fn cases(folder: &str, file: &str) -> Option<Vec<Value>> {
    let json = read_json(&directory(folder)?.join(file));
    let list = json.get("testcases").unwrap_or(&json).as_array();
    Some(list.unwrap().clone())
}

fn purpose(name: &str) -> Purpose {
    match name {
        "ANY" | "ANY_EKU" => Purpose::Any,
        "SERVER_AUTH" | "SERVER_AUTH_STRICT" | "SERVER_AUTH_STRICT_LEAF" | "SERVER" => {
            Purpose::Server
        }
        "CLIENT_AUTH" | "CLIENT_AUTH_STRICT" | "CLIENT_AUTH_STRICT_LEAF" | "CLIENT" => {
            Purpose::Client
        }
        "C2PA_MANIFEST" => Purpose::Documents,
        "C2PA_TIMESTAMPING" | "TIME_STAMPING" => Purpose::TimeStamping,
        "CODE_SIGNING" => Purpose::CodeSigning,
        _ => panic!("{name}"),
    }
}

/// The cases of the suites that are written alike.
fn run_common(name: &'static str, folder: &str, divergences: &[(&'static str, &'static str)]) {
    let Some(cases) = cases(folder, "cases.json") else {
        return;
    };
    let mut score = Score::new(name, divergences);
    for case in &cases {
        let name = case["hostname"]
            .as_str()
            .map(|host| ExpectedName::parse(host).unwrap());
        let options: Vec<&str> = case.get("openssl_options").map_or(Vec::new(), |list| {
            list.as_array()
                .unwrap()
                .iter()
                .map(|it| it.as_str().unwrap())
                .collect()
        });
        let policy = options
            .iter()
            .position(|it| *it == "-policy")
            .and_then(|at| options.get(at + 1).copied());
        let run = Case {
            target: certificate(&case["peer"]),
            untrusted: certificates(&case["untrusted"]),
            anchors: certificates(&case["trusted"]),
            lists: Vec::new(),
            checks: AnchorChecks::default(),
            requirements: Requirements {
                purpose: purpose(text(case, "purpose")),
                name,
                policies: PolicyRequirements {
                    acceptable: policy.into_iter().map(str::to_owned).collect(),
                    explicit: options.contains(&"-explicit_policy"),
                    ..PolicyRequirements::default()
                },
                ..Requirements::default()
            },
            // The suite of OpenSSL is for the day it was made on.
            when: case["time"].as_str().map_or(time("2026-08-01"), time),
        };
        run.score(
            &mut score,
            text(case, "id"),
            text(case, "expected") == "valid",
        );
    }
    score.finish();
}

#[test]
fn botans_name_constraints() {
    run_common(
        "Botan's name constraints",
        "conformance/path/botan-name-constraints",
        &BOTAN,
    );
}

#[test]
fn openssls_paths() {
    run_common(
        "OpenSSL's paths",
        "conformance/path/openssl-verify",
        &OPENSSL,
    );
}

#[test]
fn x509test() {
    run_common("x509test", "conformance/path/x509test", &[]);
}

#[test]
fn boringssls_paths() {
    let Some(cases) = cases("conformance/path/boringssl-verify-chain", "cases.json") else {
        return;
    };
    let mut score = Score::new("BoringSSL's paths", &BORINGSSL);
    for case in &cases {
        let mut chain = certificates(&case["chain"]);
        let trust = text(case, "last_cert_trust");
        let anchor = chain.pop().unwrap();
        let target = match chain.is_empty() {
            true => anchor.clone(),
            false => chain.remove(0),
        };
        let run = Case {
            target: Some(target),
            untrusted: chain,
            anchors: vec![anchor],
            lists: Vec::new(),
            checks: AnchorChecks {
                validity: trust.contains("EXPIRATION"),
                extensions: ["WITH_CONSTRAINTS", "AND_CONSTRAINTS"]
                    .iter()
                    .any(|it| trust.contains(it)),
            },
            requirements: Requirements {
                purpose: purpose(text(case, "purpose")),
                ..Requirements::default()
            },
            when: time(text(case, "time")),
        };
        run.score(
            &mut score,
            text(case, "id"),
            text(case, "expected") == "valid",
        );
    }
    score.finish();
}

fn limbo_name(name: &Value) -> Option<ExpectedName> {
    let value = name.get("value")?.as_str().unwrap();
    Some(match text(name, "kind") {
        "DNS" => ExpectedName::Host(value.to_owned()),
        "RFC822" => ExpectedName::Mail(value.to_owned()),
        "IP" => ExpectedName::parse(value).unwrap(),
        kind => panic!("{kind}"),
    })
}

fn run_limbo(
    name: &'static str,
    file: &str,
    conforming: bool,
    divergences: &[(&'static str, &'static str)],
) {
    let Some(cases) = cases("conformance/path/x509-limbo", file) else {
        return;
    };
    let mut score = Score::new(name, divergences);
    for case in &cases {
        let expected_name = match limbo_name(&case["expected_peer_name"]) {
            Some(name) => Some(name),
            None => case["expected_peer_names"]
                .as_array()
                .unwrap()
                .first()
                .and_then(limbo_name),
        };
        let lists = case["crls"].as_array().unwrap().iter();
        let lists: Vec<Vec<u8>> = lists
            .filter_map(|list| pem_object(list.as_str().unwrap()))
            .collect();
        let asked = !lists.is_empty();
        let run = Case {
            target: certificate(&case["peer_certificate"]),
            untrusted: certificates(&case["untrusted_intermediates"]),
            anchors: certificates(&case["trusted_certs"]),
            lists,
            checks: AnchorChecks::default(),
            requirements: Requirements {
                purpose: purpose(text(case, "validation_kind")),
                name: expected_name,
                max_intermediates: case["max_chain_depth"]
                    .as_u64()
                    .map(|it| usize::try_from(it).unwrap()),
                strict: true,
                conforming,
                revocation: asked,
                ..Requirements::default()
            },
            when: case["validation_time"]
                .as_str()
                .map_or(time("2026-08-01"), time),
        };
        run.score(
            &mut score,
            text(case, "id"),
            text(case, "expected_result") == "SUCCESS",
        );
    }
    score.finish();
}

#[test]
fn x509_limbo() {
    run_limbo("x509-limbo", "limbo-core.json", true, &LIMBO);
}

#[test]
fn better_tls() {
    run_limbo("BetterTLS", "limbo-bettertls-sample.json", false, &[]);
}

/// A policy as the suite calls it.
fn policy(name: &str) -> String {
    match name.strip_prefix("NIST-test-policy-") {
        Some(number) => format!("2.16.840.1.101.3.2.1.48.{number}"),
        None => "2.5.29.32.0".to_owned(),
    }
}

fn pkits_certificates(folder: &Path) -> HashMap<String, Certificate> {
    let read = |path: std::path::PathBuf| {
        let certificate = Certificate::parse(&der(&path, "CERTIFICATE")?).ok()?;
        Some((path.file_name()?.to_str()?.to_owned(), certificate))
    };
    entries(&folder.join("certs"))
        .into_iter()
        .filter_map(read)
        .collect()
}

#[test]
fn pkits() {
    let Some(folder) = directory("conformance/path/pkits") else {
        return;
    };
    let certificates = pkits_certificates(&folder);
    let mut score = Score::new("PKITS", &PKITS);
    for case in cases("conformance/path/pkits", "vectors.json").unwrap() {
        let names = case["CertPath"].as_array().unwrap().iter();
        let mut path: Vec<_> = names
            .map(|name| certificates.get(name.as_str().unwrap()).cloned())
            .collect();
        let target = path.pop().unwrap();
        let anchor = path.remove(0).unwrap();
        let lists = case["CRLPath"].as_array().unwrap().iter();
        let flag = |field: &str| case[field].as_bool().unwrap();
        let acceptable = case["InitialPolicySet"].as_array().unwrap().iter();
        let run = Case {
            target,
            untrusted: path.into_iter().flatten().collect(),
            anchors: vec![anchor],
            lists: lists
                .map(|name| fs::read(folder.join("crls").join(name.as_str().unwrap())).unwrap())
                .collect(),
            checks: AnchorChecks::default(),
            requirements: Requirements {
                revocation: true,
                policies: PolicyRequirements {
                    acceptable: acceptable.map(|it| policy(it.as_str().unwrap())).collect(),
                    explicit: flag("InitialExplicitPolicy"),
                    inhibit_mapping: flag("InitialPolicyMappingInhibit"),
                    inhibit_any: flag("InitialAnyPolicyInhibit"),
                },
                ..Requirements::default()
            },
            when: time("2011-04-15T00:00:00Z"),
        };
        run.score(&mut score, text(&case, "Name"), flag("ShouldValidate"));
    }
    score.finish();
}
