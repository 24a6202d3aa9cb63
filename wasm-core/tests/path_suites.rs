//! Public suites of certification paths. Each case is judged by what its suite expects; the ones that come out otherwise
//! are listed with the reason.

#![expect(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test may stop where it stands"
)]

use crate::support::conformance::{Score, der, directory, entries, read_json};
use base64::prelude::{BASE64_STANDARD, Engine as _};
use serde_json::Value;
use std::{collections::HashMap, path::Path};
use tamga_core::{
    asn1_time,
    certificate::Certificate,
    pem,
    trust::{
        Anchor, AnchorChecks, AnchorClass, Evidence, ExpectedName, PolicyRequirements, Purpose,
        Requirements, Verdict, validate,
    },
};

/// Reasons of several.
const COMMON_NAME: &str = "a rule of the CA/Browser Forum for authorities: the common name has to be one of the alternative names";
const PEDANTIC: &str =
    "a rule of the CA/Browser Forum for authorities, which the suite calls pedantic";

const BORINGSSL_DIVERGENCES: [(&str, &str); 6] = [
    (
        "intermediate-eku-c2patimestamping/c2patimestamp",
        "RFC 3161 §2.3: time stamping is the only extended key usage, and critical",
    ),
    (
        "root-lacks-basic-constraints/ta-with-constraints",
        "an anchor of version 3 has to say that it is an authority, so that a person's certificate that is trusted is none",
    ),
    (
        "target-has-ca-basic-constraints/strict",
        "strictness about leaves of TLS is not offered",
    ),
    (
        "target-msapplicationpolicies-and-eku/main",
        "Microsoft's application policies are not known",
    ),
    (
        "target-only/trusted_anchor",
        "a certificate that is trusted is good by itself",
    ),
    (
        "target-only/trusted_leaf_require_self_signed",
        "a certificate that is trusted is good by itself, whoever signed it",
    ),
];

const BOTAN_DIVERGENCES: [(&str, &str); 1] = [(
    "edi-party-name-constraint-rejected",
    "RFC 5280 §4.2.1.10: constraints of a kind that no name is of need not be processed",
)];

const OPENSSL_DIVERGENCES: [(&str, &str); 9] = [
    (
        "023 fail client purpose intermediate trusted",
        "another path is good: OpenSSL does not try it",
    ),
    (
        "045 fail codesign with additional serverAuth",
        "a rule of the CA/Browser Forum for authorities",
    ),
    (
        "048 fail codesign with additional keyCertSign",
        "a rule of the CA/Browser Forum for authorities",
    ),
    (
        "056 reject RSA 2048 root at auth level 3",
        "there are no security levels",
    ),
    (
        "057 accept RSA 768 root at auth level 0",
        "RSA keys below 1024 bits are not verified with",
    ),
    (
        "059 accept RSA 768 intermediate at auth level 0",
        "RSA keys below 1024 bits are not verified with",
    ),
    ("067 reject md5 leaf at auth level 1", "MD5 is noted"),
    (
        "083 Name Constraints CNs not permitted",
        "RFC 9525: the common name is no host where there are alternative names, so that no constraint is about it",
    ),
    (
        "086 Name Constraints email address not permitted",
        "RFC 5280 §4.2.1.10: mail addresses in the subject count where there are no alternative names",
    ),
];

const LIMBO_DIVERGENCES: [(&str, &str); 18] = [
    (
        "crl::revoked-certificate-with-crl",
        "revocation is not asked",
    ),
    ("crl::crlnumber-missing", "revocation is not asked"),
    ("crl::crlnumber-critical", "revocation is not asked"),
    (
        "rfc5280::nc::permitted-dns-match-noncritical",
        "the suite has the same case with the opposite result for the web",
    ),
    (
        "rfc5280::ca-as-leaf",
        "its key usages allow to sign certificates alone, and a server has to sign or decipher",
    ),
    ("webpki::cn::ipv4-hex-mismatch", COMMON_NAME),
    ("webpki::cn::ipv4-leading-zeros-mismatch", COMMON_NAME),
    ("webpki::cn::ipv6-uppercase-mismatch", COMMON_NAME),
    ("webpki::cn::ipv6-non-rfc5952-mismatch", COMMON_NAME),
    ("webpki::cn::punycode-not-in-san", COMMON_NAME),
    ("webpki::cn::utf8-vs-punycode-mismatch", COMMON_NAME),
    ("webpki::cn::not-in-san", COMMON_NAME),
    ("webpki::eku::ee-anyeku", PEDANTIC),
    ("webpki::eku::root-has-eku", PEDANTIC),
    (
        "webpki::san::public-suffix-multi-label-wildcard-san",
        PEDANTIC,
    ),
    (
        "webpki::san::public-suffix-private-namespace-wildcard-san",
        PEDANTIC,
    ),
    ("webpki::forbidden-dsa-leaf", PEDANTIC),
    ("webpki::forbidden-weak-rsa-in-leaf", PEDANTIC),
];

const DSA: &str = "DSA is not verified with";
const REVOCATION: &str = "the certificate or the list is bad, and revocation is not asked";

const PKITS_DIVERGENCES: [(&str, &str); 48] = [
    ("4.1.4 Valid DSA Signatures Test4", DSA),
    ("4.1.5 Valid DSA Parameter Inheritance Test5", DSA),
    ("4.4.1 Missing CRL Test1", REVOCATION),
    ("4.4.2 Invalid Revoked CA Test2", REVOCATION),
    ("4.4.3 Invalid Revoked EE Test3", REVOCATION),
    ("4.4.4 Invalid Bad CRL Signature Test4", REVOCATION),
    ("4.4.5 Invalid Bad CRL Issuer Name Test5", REVOCATION),
    ("4.4.6 Invalid Wrong CRL Test6", REVOCATION),
    (
        "4.4.8 Invalid Unknown CRL Entry Extension Test8",
        REVOCATION,
    ),
    ("4.4.9 Invalid Unknown CRL Extension Test9", REVOCATION),
    ("4.4.10 Invalid Unknown CRL Extension Test10", REVOCATION),
    ("4.4.11 Invalid Old CRL nextUpdate Test11", REVOCATION),
    ("4.4.12 Invalid pre2000 CRL nextUpdate Test12", REVOCATION),
    ("4.4.15 Invalid Negative Serial Number Test15", REVOCATION),
    ("4.4.18 Invalid Long Serial Number Test18", REVOCATION),
    (
        "4.4.20 Invalid Separate Certificate and CRL Keys Test20",
        REVOCATION,
    ),
    (
        "4.4.21 Invalid Separate Certificate and CRL Keys Test21",
        REVOCATION,
    ),
    (
        "4.5.2 Invalid Basic Self-Issued Old With New Test2",
        REVOCATION,
    ),
    (
        "4.5.5 Invalid Basic Self-Issued New With Old Test5",
        REVOCATION,
    ),
    (
        "4.5.7 Invalid Basic Self-Issued CRL Signing Key Test7",
        REVOCATION,
    ),
    (
        "4.7.4 Invalid keyUsage Critical cRLSign False Test4",
        REVOCATION,
    ),
    (
        "4.7.5 Invalid keyUsage Not Critical cRLSign False Test5",
        REVOCATION,
    ),
    ("4.14.2 Invalid distributionPoint Test2", REVOCATION),
    ("4.14.3 Invalid distributionPoint Test3", REVOCATION),
    ("4.14.6 Invalid distributionPoint Test6", REVOCATION),
    ("4.14.8 Invalid distributionPoint Test8", REVOCATION),
    ("4.14.9 Invalid distributionPoint Test9", REVOCATION),
    (
        "4.14.11 Invalid onlyContainsUserCerts CRL Test11",
        REVOCATION,
    ),
    ("4.14.12 Invalid onlyContainsCACerts CRL Test12", REVOCATION),
    (
        "4.14.14 Invalid onlyContainsAttributeCerts Test14",
        REVOCATION,
    ),
    ("4.14.15 Invalid onlySomeReasons Test15", REVOCATION),
    ("4.14.16 Invalid onlySomeReasons Test16", REVOCATION),
    ("4.14.17 Invalid onlySomeReasons Test17", REVOCATION),
    ("4.14.20 Invalid onlySomeReasons Test20", REVOCATION),
    ("4.14.21 Invalid onlySomeReasons Test21", REVOCATION),
    ("4.14.23 Invalid IDP with indirectCRL Test23", REVOCATION),
    ("4.14.26 Invalid IDP with indirectCRL Test26", REVOCATION),
    ("4.14.27 Invalid cRLIssuer Test27", REVOCATION),
    ("4.14.31 Invalid cRLIssuer Test31", REVOCATION),
    ("4.14.32 Invalid cRLIssuer Test32", REVOCATION),
    ("4.14.34 Invalid cRLIssuer Test34", REVOCATION),
    ("4.14.35 Invalid cRLIssuer Test35", REVOCATION),
    ("4.15.1 Invalid deltaCRLIndicator No Base Test1", REVOCATION),
    ("4.15.3 Invalid delta-CRL Test3", REVOCATION),
    ("4.15.4 Invalid delta-CRL Test4", REVOCATION),
    ("4.15.6 Invalid delta-CRL Test6", REVOCATION),
    ("4.15.9 Invalid delta-CRL Test9", REVOCATION),
    ("4.15.10 Invalid delta-CRL Test10", REVOCATION),
];

/// One case of any suite; `None` for certificates that cannot be read.
struct Case {
    target: Option<Certificate>,
    untrusted: Vec<Certificate>,
    anchors: Vec<Certificate>,
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
        let evidence = Evidence::new(&anchors, &self.untrusted);
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
        true => pem::objects(text.as_bytes()).first()?.bytes().to_vec(),
        false => BASE64_STANDARD.decode(text).unwrap(),
    };
    Certificate::parse(&der).ok()
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
            .map(|at| options[at + 1]);
        let run = Case {
            target: certificate(&case["peer"]),
            untrusted: certificates(&case["untrusted"]),
            anchors: certificates(&case["trusted"]),
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
        &[],
    );
}

#[test]
fn openssls_paths() {
    run_common(
        "OpenSSL's paths",
        "conformance/path/openssl-verify",
        &OPENSSL_DIVERGENCES,
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
    let mut score = Score::new("BoringSSL's paths", &BORINGSSL_DIVERGENCES);
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

fn run_limbo(name: &'static str, file: &str, divergences: &[(&'static str, &'static str)]) {
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
        let run = Case {
            target: certificate(&case["peer_certificate"]),
            untrusted: certificates(&case["untrusted_intermediates"]),
            anchors: certificates(&case["trusted_certs"]),
            checks: AnchorChecks::default(),
            requirements: Requirements {
                purpose: purpose(text(case, "validation_kind")),
                name: expected_name,
                max_intermediates: case["max_chain_depth"]
                    .as_u64()
                    .map(|it| usize::try_from(it).unwrap()),
                strict: true,
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
    run_limbo("x509-limbo", "limbo-core.json", &LIMBO_DIVERGENCES);
}

#[test]
fn better_tls() {
    run_limbo("BetterTLS", "limbo-bettertls-sample.json", &[]);
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
    let mut score = Score::new("PKITS", &PKITS_DIVERGENCES);
    for case in cases("conformance/path/pkits", "vectors.json").unwrap() {
        let names = case["CertPath"].as_array().unwrap().iter();
        let mut path: Vec<_> = names
            .map(|name| certificates.get(name.as_str().unwrap()).cloned())
            .collect();
        let target = path.pop().unwrap();
        let anchor = path.remove(0).unwrap();
        let flag = |field: &str| case[field].as_bool().unwrap();
        let acceptable = case["InitialPolicySet"].as_array().unwrap().iter();
        let run = Case {
            target,
            untrusted: path.into_iter().flatten().collect(),
            anchors: vec![anchor],
            checks: AnchorChecks::default(),
            requirements: Requirements {
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
