//! What verifying came to, in words and as JSON.

use super::Outcome;
use base64::prelude::{BASE64_STANDARD, Engine as _};
use serde::Serialize;
use tamga_core::{
    asn1_time::written,
    certificate::Certificate,
    format::{SignatureState, SignerVerdict},
    protocol::{failure_key, signer_name, warning_key},
    text::Catalogue,
};

/// What all signatures of a file came to.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Report {
    state: ReportState,
    /// Whether there are signers, and every one signed this content; null where that could not be checked.
    valid: Option<bool>,
    /// Never so far: whom to trust is another question.
    trust_checked: bool,
    /// How many bytes follow the signature in its file.
    #[serde(skip_serializing_if = "Option::is_none")]
    trailing_bytes: Option<usize>,
    signers: Vec<Signer>,
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
    /// There is no signature.
    Unsigned,
}

#[derive(Serialize)]
pub(super) struct Signer {
    owner: Option<String>,
    #[serde(flatten)]
    verdict: SignerVerdict,
}

impl Report {
    /// No signature so far, and so many bytes behind it.
    pub(super) fn new(trailing: usize) -> Self {
        Self {
            state: ReportState::Unsigned,
            valid: Some(false),
            trust_checked: false,
            trailing_bytes: (trailing > 0).then_some(trailing),
            signers: Vec::new(),
        }
    }

    pub(super) fn add(&mut self, signers: impl Iterator<Item = Signer>) {
        self.signers.extend(signers);
        let has = |state| self.signers.iter().any(|it| it.verdict.state == state);
        (self.state, self.valid) = if self.signers.is_empty() {
            (ReportState::Unsigned, Some(false))
        } else if has(SignatureState::Invalid) {
            (ReportState::Invalid, Some(false))
        } else if has(SignatureState::Unchecked) {
            (ReportState::Unchecked, None)
        } else {
            (ReportState::Valid, Some(true))
        };
    }

    pub(super) fn outcome(&self) -> Outcome {
        match self.state {
            ReportState::Valid => Outcome::Done,
            ReportState::Invalid | ReportState::Unsigned => Outcome::Invalid,
            ReportState::Unchecked => Outcome::Unchecked,
        }
    }

    pub(super) fn lines(&self, texts: &Catalogue) -> Vec<String> {
        let mut lines: Vec<String> = self.signers.iter().map(|it| it.line(texts)).collect();
        if let Some(count) = self.trailing_bytes {
            let values = [("count", &*count.to_string())];
            lines.push(texts.text("cli_trailing_bytes", &values));
        }
        lines.push(texts.plain(match self.state {
            ReportState::Unsigned => "cli_unsigned",
            _ => "cli_trust_unchecked",
        }));
        lines
    }
}

impl Signer {
    pub(super) fn of(verdict: SignerVerdict) -> Self {
        let der = verdict.certificate.as_ref();
        let der = der.and_then(|text| BASE64_STANDARD.decode(text).ok());
        let certificate = der.and_then(|der| Certificate::parse(&der).ok());
        Self {
            owner: certificate.map(|certificate| certificate.view().owner),
            verdict,
        }
    }

    fn line(&self, texts: &Catalogue) -> String {
        let verdict = &self.verdict;
        let owner = match (&self.owner, &verdict.signer) {
            (Some(owner), _) => owner.clone(),
            (None, Some(signer)) => signer_name(signer, texts),
            (None, None) => texts.plain("cli_signer_unknown"),
        };
        let time = verdict.signing_time.map(written);
        let level = verdict.level.title(verdict.container);
        let mut values = vec![("owner", &*owner), ("level", level)];
        values.extend(time.as_deref().map(|time| ("time", time)));
        let key = match (verdict.state, &time) {
            (SignatureState::Valid, Some(_)) => "cli_signature_valid",
            (SignatureState::Valid, None) => "cli_signature_valid_undated",
            (SignatureState::Invalid, _) => "cli_signature_invalid",
            (SignatureState::Unchecked, _) => "cli_signature_unchecked",
        };
        let mut lines = vec![texts.text(key, &values)];
        let failure = verdict.failure.map(failure_key);
        let warnings = verdict.warnings.iter().copied().map(warning_key);
        let keys = failure.into_iter().chain(warnings);
        lines.extend(keys.map(|key| texts.plain(key)));
        lines.join("\n  ")
    }
}
