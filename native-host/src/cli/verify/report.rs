//! What verifying came to, in words and as JSON.

use crate::{cli::Outcome, files::name_of};
use serde::Serialize;
use std::path::PathBuf;
use tamga_core::{
    asn1_time::written,
    format::SignatureState,
    protocol::{CheckReport, CheckWords, CheckedFile, CheckedSigner},
    text::Catalogue,
};

/// What all signatures came to.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Report {
    state: ReportState,
    /// Whether there are signers, and every signature is good; null where that could not be checked.
    valid: Option<bool>,
    /// Whether it was asked if the certificates can be trusted.
    trust_checked: bool,
    /// The documents that were taken out.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    extracted: Vec<Extracted>,
    #[serde(flatten)]
    report: CheckReport,
}

/// A document that was inside of a signature's file.
#[derive(Serialize)]
struct Extracted {
    signature: PathBuf,
    /// Where it is.
    document: PathBuf,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
enum ReportState {
    /// Every signature is valid.
    Valid,
    /// At least one signature is not valid.
    Invalid,
    /// No signature is invalid, and at least one could not be checked.
    Unchecked,
    /// There is no signature, or a file where one is expected has none.
    Unsigned,
}

impl Report {
    pub(super) fn new(
        report: CheckReport,
        trust_checked: bool,
        extracted: Vec<[PathBuf; 2]>,
    ) -> Self {
        let signers = || report.signatures.iter().flat_map(|it| &it.signers);
        let has = |state| signers().any(|it| it.state == state);
        let is_empty = |file: &CheckedFile| file.signers.is_empty();
        let (state, valid) = if has(SignatureState::Invalid) {
            (ReportState::Invalid, Some(false))
        } else if report.signatures.iter().any(is_empty) || report.signatures.is_empty() {
            (ReportState::Unsigned, Some(false))
        } else if has(SignatureState::Unchecked) {
            (ReportState::Unchecked, None)
        } else {
            (ReportState::Valid, Some(true))
        };
        Self {
            state,
            valid,
            trust_checked,
            extracted: extracted
                .into_iter()
                .map(|[signature, document]| Extracted {
                    signature,
                    document,
                })
                .collect(),
            report,
        }
    }

    pub(super) fn outcome(&self) -> Outcome {
        match self.state {
            ReportState::Valid => Outcome::Done,
            ReportState::Invalid | ReportState::Unsigned => Outcome::Invalid,
            ReportState::Unchecked => Outcome::Unchecked,
        }
    }

    pub(super) fn lines(&self, texts: &Catalogue) -> Vec<String> {
        let words = CheckWords {
            texts,
            date: |_, time| written(time),
        };
        let files = self.report.signatures.iter();
        let mut lines: Vec<_> = files.flat_map(|file| file_lines(file, &words)).collect();
        lines.extend(words.unsigned(&self.report));
        lines.extend(self.extracted.iter().map(|it| {
            let [signature, document] = [
                name_of(&it.signature),
                it.document.to_string_lossy().into_owned(),
            ];
            let values = [("signature", &*signature), ("document", &*document)];
            texts.text("cli_extracted", &values)
        }));
        if self.report.signatures.is_empty() {
            lines.push(texts.plain("cli_unsigned"));
        }
        if !self.trust_checked && self.state != ReportState::Unsigned {
            lines.push(texts.plain("cli_trust_unchecked"));
        }
        lines
    }
}

fn file_lines(file: &CheckedFile, words: &CheckWords<'_>) -> Vec<String> {
    let texts = words.texts;
    let document = [("subject", &*file.name), ("error", &*words.document(file))];
    let mut lines = vec![texts.text("error_of", &document)];
    lines.extend(file.trailing_bytes.map(|count| {
        let values = [("count", &*count.to_string())];
        texts.text("cli_trailing_bytes", &values)
    }));
    match &*file.signers {
        [] => lines.push(texts.plain("check_no_signers")),
        signers => lines.extend(
            signers
                .iter()
                .map(|it| signer_lines(it, words).join("\n  ")),
        ),
    }
    lines
}

fn signer_lines(signer: &CheckedSigner, words: &CheckWords<'_>) -> Vec<String> {
    let owner = words.owner(signer);
    let values = [("subject", &*owner), ("error", &*words.headline(signer))];
    let mut lines = vec![words.texts.text("error_of", &values)];
    lines.extend(words.causes(signer));
    lines.extend(words.next_step(signer));
    lines.extend(words.times(signer));
    lines.push(words.level(signer));
    if let Some(certificate) = &signer.certificate {
        if certificate.path.len() > 1 {
            let owners: Vec<&str> = certificate.path.iter().map(|it| &*it.owner).collect();
            let path = [("path", &*owners.join(" ← "))];
            lines.push(words.texts.text("cli_check_path", &path));
        }
        lines.extend(words.trust(signer));
        lines.extend(words.revocation(signer));
    }
    lines.extend(words.warnings(signer));
    lines.extend(words.added(signer));
    lines
}
