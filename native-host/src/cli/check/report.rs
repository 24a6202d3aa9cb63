//! What checking a certificate came to, in words and as JSON.

use crate::cli::Outcome;
use serde::Serialize;
use tamga_core::{
    asn1_time::written,
    protocol::{CertificateVerdict, VerdictOutcome, VerdictWords},
    text::Catalogue,
};

/// The verdict on a certificate.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Report {
    /// Whether it is good; null where that could not be checked.
    valid: Option<bool>,
    #[serde(flatten)]
    verdict: CertificateVerdict,
}

impl Report {
    pub(super) fn new(verdict: CertificateVerdict) -> Self {
        Self {
            valid: match verdict.outcome {
                VerdictOutcome::Valid {} => Some(true),
                VerdictOutcome::Invalid { .. } => Some(false),
                VerdictOutcome::Unchecked { .. } => None,
            },
            verdict,
        }
    }

    pub(super) fn outcome(&self) -> Outcome {
        match self.valid {
            Some(true) => Outcome::Done,
            Some(false) => Outcome::Invalid,
            None => Outcome::Unchecked,
        }
    }

    pub(super) fn lines(&self, texts: &Catalogue) -> Vec<String> {
        let verdict = &self.verdict;
        let words = VerdictWords {
            texts,
            date: |_, time| written(time),
        };
        let key = match self.valid {
            Some(true) => "cli_check_valid",
            Some(false) => "cli_check_invalid",
            None => "cli_check_unchecked",
        };
        let time = written(verdict.time);
        let values = [("owner", &*verdict.certificate.owner), ("time", &time)];
        let mut lines = vec![texts.text(key, &values)];
        lines.extend(words.cause(verdict));
        lines.extend(words.about(verdict));
        lines.extend(words.next_step(verdict));
        lines.extend(words.asked_in_vain(verdict));
        lines.extend(self.addresses(texts));
        lines.extend(words.anchor(verdict));
        lines.extend(words.recognition(verdict));
        lines.extend(words.revocation(verdict));
        if verdict.path.len() > 1 {
            let owners: Vec<&str> = verdict.path.iter().map(|it| &*it.owner).collect();
            lines.push(texts.text("cli_check_path", &[("path", &owners.join(" ← "))]));
        }
        lines.extend(words.warnings(verdict));
        lines
    }

    /// Where the issuers are that are missing.
    fn addresses(&self, texts: &Catalogue) -> Vec<String> {
        let VerdictOutcome::Unchecked { missing, .. } = &self.verdict.outcome else {
            return Vec::new();
        };
        let addresses = missing.iter().flat_map(|missing| &missing.addresses);
        addresses
            .map(|address| texts.text("cli_check_issuer_address", &[("address", address)]))
            .collect()
    }
}
