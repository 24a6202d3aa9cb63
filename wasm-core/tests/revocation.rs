//! Revocation lists and OCSP answers of other projects, judged like those projects do; where not, it says why.

#![expect(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test may stop where it stands"
)]

use crate::support::conformance::{self, Score};
use base64::prelude::{BASE64_STANDARD, Engine as _};
use std::path::Path;
use tamga_core::{
    certificate::Certificate,
    trust::revocation::{
        Crl, OcspAnswer, OcspRequested, Question, RevocationList, RevocationState, Sources, Times,
        check,
    },
};

mod lists;
mod parsing;
mod pkits;
mod responders;
mod states;

/// What a JSON case has of a certificate, a list or an answer.
fn der(case: &serde_json::Value, field: &str) -> Option<Vec<u8>> {
    BASE64_STANDARD.decode(case[field].as_str()?).ok()
}

fn certificate(der: &[u8]) -> Certificate {
    Certificate::parse(der).unwrap()
}

/// Lists as they are asked.
fn lists<'a>(parsed: impl IntoIterator<Item = &'a Crl<'a>>) -> Vec<&'a dyn RevocationList> {
    let mut lists: Vec<&dyn RevocationList> = Vec::new();
    parsed.into_iter().for_each(|list| lists.push(list));
    lists
}

/// Good, revoked, or neither.
fn word(state: &RevocationState) -> &'static str {
    match state {
        RevocationState::Good { .. } => "good",
        RevocationState::Revoked(_) => "revoked",
        _ => "unknown",
    }
}

fn times(case: &serde_json::Value) -> Times {
    let now = case["time_unix"].as_i64().unwrap();
    Times {
        life_without_next_update: case["max_age_seconds"].as_i64().unwrap(),
        ..Times::at(now)
    }
}

/// The cases of a corpus that is one JSON file.
fn cases(folder: &Path) -> Vec<serde_json::Value> {
    let cases = conformance::read_json(&folder.join("cases.json"));
    cases.as_array().unwrap().clone()
}
