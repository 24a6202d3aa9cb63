//! Public certificates: read as four other parsers read them, or refused cleanly.

#![expect(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test may stop where it stands"
)]

use crate::support::conformance::{Score, directory};
use base16ct::lower;
use base64::prelude::{BASE64_STANDARD, Engine as _};
use der::Decode as _;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use spki::AlgorithmIdentifierRef;
use std::{collections::BTreeMap, fs};
use tamga_core::certificate::{Attribute, Certificate};

/// Certificates that all other parsers take and ours does not, or the other way round, and why.
const PARSING: [(&str, &str); 2] = [
    (
        "fuzz-boringssl-cert-corpus/be90a3884cd25267d650126e9a6ca14b540f0f06",
        "an ENUMERATED in a name is shown as hex and is no reason to refuse",
    ),
    (
        "fuzz-boringssl-cert-corpus/e8ca7bae4d70a5e7d510a89c744099a347c645b4",
        "an ENUMERATED in a name is shown as hex and is no reason to refuse",
    ),
];
/// Certificates of which ours says something else than pyca/cryptography does, and why.
const FIELDS: [(&str, &str); 1] = [(
    "fuzz-boringssl-cert-corpus/047746a08d38a07ce30952f8992e47e6f9c42c02",
    "x509-parser writes OIDs below 2.48 and above differently: no type of attribute has one",
)];

const SETS: [(&str, usize); 9] = [
    ("boringssl-parse", 40),
    ("eid-ee-lv-fi-be", 28),
    ("eu-trusted-list-services", 157),
    ("fuzz-boringssl-cert-corpus", 148),
    ("kazakhstan-nca", 5),
    ("mozilla-roots-debian", 142),
    ("pyca-vectors", 121),
    ("russian-accredited-ca", 167),
    ("zlint", 465),
];

#[test]
fn certificates_are_read_where_others_agree() {
    let Some(cases) = cases() else {
        return;
    };
    let mut score = Score::new("certificates", &PARSING);
    let (mut split, mut taken) = (0, 0);
    for (name, entry, parsed) in &cases {
        if let Some(certificate) = parsed {
            assert_eq!(certificate.id(), entry["sha256"], "{name}");
        }
        let found = if parsed.is_some() { "ok" } else { "reject" };
        match entry["consensus"].as_str().unwrap() {
            "split" => {
                split += 1;
                taken += usize::from(parsed.is_some());
            }
            consensus => score.note(name, consensus == found, found),
        }
    }
    println!("certificates: of {split} more, on which others disagree, {taken} are read");
    score.finish();
}

#[test]
fn certificates_say_what_others_read_in_them() {
    let Some(cases) = cases() else {
        return;
    };
    let mut score = Score::new("certificate fields", &FIELDS);
    for (name, entry, parsed) in &cases {
        let Some(certificate) = parsed else {
            continue;
        };
        let differences = differences(certificate, entry);
        score.note(name, differences.is_empty(), &differences.join("; "));
    }
    score.finish();
}

/// No key of a certificate that is in use somewhere is shown as a number.
#[test]
fn keys_have_names() {
    let Some(cases) = cases() else {
        return;
    };
    let in_use = ["eid-", "eu-", "kazakhstan-", "mozilla-", "russian-"];
    let mut names = BTreeMap::new();
    for (name, _, parsed) in &cases {
        let used = in_use.iter().any(|set| name.starts_with(set));
        if let Some(certificate) = parsed.as_ref().filter(|_| used) {
            *names.entry(certificate.key().to_string()).or_insert(0) += 1;
        }
    }
    println!("certificate keys: {names:?}");
    let numbers: Vec<_> = names.keys().filter(|name| name.contains("1.")).collect();
    assert!(names.len() > 10 && numbers.is_empty(), "{numbers:?}");
}

/// Every certificate: its set and id, its line, and what we read in it.
fn cases() -> Option<Vec<(String, Value, Option<Certificate>)>> {
    let mut cases = Vec::new();
    for (set, count) in SETS {
        let file = directory(&format!("conformance/certs/{set}"))?.join("certs.jsonl");
        let lines = fs::read_to_string(file).unwrap();
        assert_eq!(lines.lines().count(), count, "{set}");
        for line in lines.lines() {
            let entry: Value = serde_json::from_str(line).unwrap();
            let der = BASE64_STANDARD
                .decode(entry["der"].as_str().unwrap())
                .unwrap();
            let name = format!("{set}/{}", entry["id"].as_str().unwrap());
            // The corpus judges all of the bytes; Tamga reads the first of several elements.
            let whole = |certificate: &Certificate| certificate.der() == der;
            cases.push((name, entry, Certificate::parse(&der).ok().filter(whole)));
        }
    }
    Some(cases)
}

/// Brings what the corpus writes into our form.
type Normal = fn(&str) -> String;

/// Field by field where the corpus has it, as `field: ours for theirs`.
fn differences(certificate: &Certificate, entry: &Value) -> Vec<String> {
    let (not_before, not_after) = certificate.validity();
    let same = |text: &str| text.to_owned();
    let fields: [(&str, String, Normal); 8] = [
        ("serial_hex", serial(&certificate.serial()), serial),
        ("not_before", not_before.to_string(), seconds),
        ("not_after", not_after.to_string(), seconds),
        ("spki_raw_sha256", sha256(certificate.public_key()), same),
        (
            "subject_raw_sha256",
            sha256(certificate.subject().der()),
            same,
        ),
        (
            "issuer_raw_sha256",
            sha256(certificate.issuer().der()),
            same,
        ),
        (
            "subject_rfc4514",
            sorted(attributes(certificate.subject().attributes())),
            name,
        ),
        (
            "issuer_rfc4514",
            sorted(attributes(certificate.issuer().attributes())),
            name,
        ),
    ];
    let mut differences = lists(certificate, entry);
    for (field, ours, normal) in fields {
        let theirs = entry[field].as_str().map(normal);
        if let Some(theirs) = theirs.filter(|theirs| *theirs != ours) {
            differences.push(format!("{field}: {ours} for {theirs}"));
        }
    }
    differences
}

/// The extensions in order, and the algorithm that was signed.
fn lists(certificate: &Certificate, entry: &Value) -> Vec<String> {
    let extensions = certificate.extensions().iter();
    let extensions: Vec<_> = extensions.map(|it| json!([it.oid, it.critical])).collect();
    let algorithm = AlgorithmIdentifierRef::from_der(certificate.signature_algorithm());
    let algorithm = algorithm.map(|it| it.oid.to_string()).unwrap_or_default();
    let pairs = [
        ("ext_oids", Value::from(extensions)),
        ("sig_alg_oid", Value::from(algorithm)),
    ];
    let different = pairs.into_iter().filter(|(field, ours)| {
        let theirs = &entry[*field];
        !theirs.is_null() && theirs != ours
    });
    different
        .map(|(field, ours)| format!("{field}: {ours} for {}", entry[field]))
        .collect()
}

fn attributes(name: &[Attribute]) -> Vec<(String, String)> {
    let pair = |attribute: &Attribute| (attribute.oid.clone(), attribute.value.clone());
    name.iter().map(pair).collect()
}

/// The corpus does not say which attributes stand together, nor in which order.
fn sorted(mut attributes: Vec<(String, String)>) -> String {
    attributes.sort();
    format!("{attributes:?}")
}

/// A name as pyca/cryptography writes it after RFC 4514.
fn name(rfc4514: &str) -> String {
    let mut parts = vec![String::new()];
    let mut characters = rfc4514.chars();
    while let Some(character) = characters.next() {
        let last = parts.last_mut().unwrap();
        match character {
            ',' | '+' => parts.push(String::new()),
            '\\' => match characters.next().unwrap() {
                '0' => {
                    assert_eq!(characters.next(), Some('0'));
                    last.push('\0');
                }
                escaped => last.push(escaped),
            },
            _ => last.push(character),
        }
    }
    let pairs = parts.iter().filter_map(|part| part.split_once('='));
    sorted(
        pairs
            .map(|(kind, value)| (oid(kind), value.to_owned()))
            .collect(),
    )
}

fn oid(kind: &str) -> String {
    let oid = match kind {
        "CN" => "2.5.4.3",
        "C" => "2.5.4.6",
        "L" => "2.5.4.7",
        "ST" => "2.5.4.8",
        "STREET" => "2.5.4.9",
        "O" => "2.5.4.10",
        "OU" => "2.5.4.11",
        "UID" => "0.9.2342.19200300.100.1.1",
        "DC" => "0.9.2342.19200300.100.1.25",
        dotted => dotted,
    };
    oid.to_owned()
}

/// Unix seconds of a time such as `2026-11-22T09:30:00+00:00`.
fn seconds(time: &str) -> String {
    let numbers = time.split(['-', 'T', ':', '+']);
    let numbers: Vec<i64> = numbers.map(|number| number.parse().unwrap()).collect();
    let [year, month, day, hour, minute, second, ..] = numbers[..] else {
        panic!("{time}");
    };
    // The year begins in March here, so that the day that comes and goes is its last.
    let (year, month) = if month > 2 {
        (year, month - 3)
    } else {
        (year - 1, month + 9)
    };
    let leap_days = year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
    let days = 365 * year + leap_days + (153 * month + 2) / 5 + day - 1 - 719_468;
    (((days * 24 + hour) * 60 + minute) * 60 + second).to_string()
}

/// As the corpus writes serial numbers: without leading zeros.
fn serial(hex: &str) -> String {
    let (sign, digits) = match hex.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", hex),
    };
    match digits.trim_start_matches('0') {
        "" => "0".to_owned(),
        digits => format!("{sign}{digits}"),
    }
}

fn sha256(bytes: &[u8]) -> String {
    lower::encode_string(&Sha256::digest(bytes))
}
