//! XML signatures: the corpora, the national samples, changed documents, and attacks.

#![expect(
    clippy::string_slice,
    clippy::unwrap_used,
    reason = "a test may stop where it stands"
)]

mod attacks;
mod divergences;
mod keys;
mod mutations;
mod signed;

use crate::support::conformance::{Score, directory, files, read_json};
use divergences::{EU_DSS, XADES4J, XMLSEC};
use std::{collections::HashSet, fs, path::Path};
use tamga_core::xml::{
    Document, Limits, decode,
    signature::{SignatureFault, Standing, XmlSignature, signatures},
};

/// What came of a document.
enum Outcome {
    Valid,
    Invalid(String),
    Unchecked(String),
}

/// All signatures of a file, or the first one alone; the keys are those that it brings along.
fn outcome(path: &Path, first_only: bool) -> Outcome {
    let octets = fs::read(path).unwrap();
    let text = match decode(&octets) {
        Ok(text) => text,
        Err(error) => return Outcome::Unchecked(error.to_string()),
    };
    let document = match Document::parse(&text, &Limits::default()) {
        Ok(document) => document,
        Err(error) => return Outcome::Unchecked(error.to_string()),
    };
    let mut elements = signatures(&document);
    if first_only {
        elements.truncate(1);
    }
    if elements.is_empty() {
        return Outcome::Unchecked("no signature".to_owned());
    }
    let mut unchecked = None;
    for element in elements {
        let verified = XmlSignature::read(&document, element).and_then(|signature| {
            let mut fault = SignatureFault::KeyUnsupported;
            for key in keys::of(&signature) {
                match signature.verify(&key) {
                    Ok(verified) => return Ok(verified),
                    // What got furthest is told.
                    Err(SignatureFault::SignatureInvalid | SignatureFault::KeyMismatch)
                        if fault != SignatureFault::KeyUnsupported => {}
                    Err(error) => fault = error,
                }
            }
            Err(fault)
        });
        match verified {
            Ok(_) => {}
            Err(fault) if fault.standing() == Standing::Known => {
                return Outcome::Invalid(fault.to_string());
            }
            Err(fault) => unchecked = Some(fault.to_string()),
        }
    }
    unchecked.map_or(Outcome::Valid, Outcome::Unchecked)
}

fn score(
    name: &'static str,
    folder: &str,
    expectation: &str,
    divergences: &[(&'static str, &'static [&'static str])],
    first_only: bool,
) {
    let Some(folder) = directory(folder) else {
        return;
    };
    let rows = divergences.iter().copied();
    let rows: Vec<_> = rows
        .flat_map(|(reason, names)| names.iter().map(move |name| (*name, reason)))
        .collect();
    let mut score = Score::new(name, &rows);
    let mut seen = HashSet::new();
    for case in read_json(&folder.join("manifest.json")).as_array().unwrap() {
        let name = case["file"].as_str().unwrap();
        let expected = match case[expectation].as_str() {
            Some("valid") => true,
            Some("invalid") => false,
            _ => continue,
        };
        if !seen.insert(name.to_owned()) {
            continue;
        }
        let (found, text) = match outcome(&folder.join(name), first_only) {
            Outcome::Valid => (Some(true), "valid".to_owned()),
            Outcome::Invalid(text) => (Some(false), format!("invalid: {text}")),
            Outcome::Unchecked(text) => (None, format!("unchecked: {text}")),
        };
        // What cannot be checked is not accepted, which is all that is asked of what is invalid.
        let as_expected = found == Some(expected) || !expected && found.is_none();
        score.note(name, as_expected, &text);
    }
    score.finish();
}

#[test]
fn xmlsecs_documents_have_the_outcomes_that_xmlsec_expects() {
    score(
        "XMLDSig, xmlsec",
        "conformance/xmldsig/xmlsec",
        "expected",
        &XMLSEC,
        true,
    );
}

#[test]
fn xades_documents_have_the_outcomes_that_two_judges_agree_on() {
    let judge = "core_validation_oracle";
    score(
        "XAdES, DSS",
        "conformance/xades/eu-dss-xades",
        judge,
        &EU_DSS,
        false,
    );
    score(
        "XAdES, xades4j",
        "conformance/xades/xades4j",
        judge,
        &XADES4J,
        false,
    );
}

#[test]
fn documents_of_russian_and_kazakh_programs_are_right() {
    let mut valid = 0;
    for folder in ["formats/cryptopro", "formats/kz", "gost/kz/kalkan-oracle"] {
        let Some(folder) = directory(folder) else {
            continue;
        };
        for path in files(&folder) {
            let name = path.file_name().unwrap().to_string_lossy();
            if !name.ends_with(".xml") || name.contains("input") {
                continue;
            }
            match outcome(&path, false) {
                Outcome::Valid => valid += 1,
                Outcome::Invalid(text) | Outcome::Unchecked(text) => {
                    panic!("{}: {text}", path.display())
                }
            }
        }
    }
    println!("GOST documents: {valid} right");
}
