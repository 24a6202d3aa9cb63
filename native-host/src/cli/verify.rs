//! Verifying signatures.

use super::{Outcome, console::Console, inspect, keys::named, sign::digest_of};
use crate::failure::Error;
use base64::prelude::{BASE64_STANDARD, Engine as _};
use serde::Serialize;
use std::{io, path::Path, time::Duration};
use tamga_core::{
    certificate::Certificate,
    cms::{CmsFormat, SignedData, SignerFailure, SignerVerdict, SignerWarning},
    text::Catalogue,
};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Report {
    /// Whether there are signers, and every one signed this content.
    valid: bool,
    /// Never so far: whom to trust is another question.
    trust_checked: bool,
    signers: Vec<Signer>,
}

#[derive(Serialize)]
struct Signer {
    owner: Option<String>,
    #[serde(flatten)]
    verdict: SignerVerdict,
}

/// `tamga-host verify`
pub(super) fn verify(
    signature: &Path,
    content: Option<&Path>,
    console: &Console,
) -> Result<Outcome, Error> {
    let signed = SignedData::parse(&inspect::read(signature)?);
    let signed = signed.map_err(|error| named(error.into(), signature))?;
    let mut unreadable = None;
    let verdicts = signed.verify(|algorithm| {
        let content = content?;
        let digest = digest_of(content, algorithm, &mut io::sink());
        let digest = digest.map_err(|error| unreadable = Some(named(error, content)));
        Some(digest.ok()?.0)
    });
    if let Some(error) = unreadable {
        return Err(error.into());
    }
    let valid = verdicts.iter().all(|verdict| verdict.failure.is_none());
    let report = Report {
        valid: valid && !verdicts.is_empty(),
        trust_checked: false,
        signers: verdicts.into_iter().map(Signer::of).collect(),
    };
    console.result(&report, |texts| report.lines(texts));
    Ok(if report.valid {
        Outcome::Done
    } else {
        Outcome::Invalid
    })
}

impl Signer {
    fn of(verdict: SignerVerdict) -> Self {
        let der = verdict.certificate.as_ref();
        let der = der.and_then(|text| BASE64_STANDARD.decode(text).ok());
        let certificate = der.and_then(|der| Certificate::parse(&der).ok());
        Self {
            owner: certificate.map(|certificate| certificate.view(0).owner),
            verdict,
        }
    }

    fn line(&self, texts: &Catalogue) -> String {
        let owner = self.owner.as_deref().unwrap_or("?");
        let time = self
            .verdict
            .signing_time
            .and_then(written)
            .unwrap_or_default();
        let level = match self.verdict.level {
            CmsFormat::Cms => "CMS",
            CmsFormat::CadesBes => "CAdES-BES",
        };
        let values = [("owner", owner), ("time", &time), ("level", level)];
        let mut lines = vec![match self.verdict.failure {
            None => texts.text("cli_signature_valid", &values),
            Some(_) => texts.text("cli_signature_invalid", &values),
        }];
        let failure = self.verdict.failure.map(failure_key);
        let warnings = self.verdict.warnings.iter().copied().map(warning_key);
        lines.extend(
            failure
                .into_iter()
                .chain(warnings)
                .map(|key| texts.plain(key)),
        );
        lines.join("\n  ")
    }
}

impl Report {
    fn lines(&self, texts: &Catalogue) -> Vec<String> {
        if self.signers.is_empty() {
            return vec![texts.plain("cli_unsigned")];
        }
        let signers = self.signers.iter().map(|signer| signer.line(texts));
        signers
            .chain([texts.plain("cli_trust_unchecked")])
            .collect()
    }
}

fn failure_key(failure: SignerFailure) -> &'static str {
    match failure {
        SignerFailure::AlgorithmMismatch => "cli_reason_algorithm_mismatch",
        SignerFailure::AlgorithmUnsupported => "cli_reason_algorithm_unsupported",
        SignerFailure::AlgorithmWeak => "cli_reason_algorithm_weak",
        SignerFailure::AttributesMalformed => "cli_reason_attributes_malformed",
        SignerFailure::CertificateMismatch => "cli_reason_certificate_mismatch",
        SignerFailure::CertificateMissing => "cli_reason_certificate_missing",
        SignerFailure::ContentChanged => "cli_reason_content_changed",
        SignerFailure::ContentMissing => "cli_reason_content_missing",
        SignerFailure::ContentTypeMismatch => "cli_reason_content_type_mismatch",
        SignerFailure::KeyUnsupported => "cli_reason_key_unsupported",
        SignerFailure::Malformed => "cli_reason_malformed",
        SignerFailure::SignatureInvalid => "cli_reason_signature_invalid",
    }
}

fn warning_key(warning: SignerWarning) -> &'static str {
    match warning {
        SignerWarning::CertificateExpired => "cli_warning_certificate_expired",
        SignerWarning::CertificateNotYetValid => "cli_warning_certificate_not_yet_valid",
        SignerWarning::GostWithdrawn => "cli_warning_gost_withdrawn",
        SignerWarning::RsaShort => "cli_warning_rsa_short",
        SignerWarning::Sha1 => "cli_warning_sha1",
    }
}

/// A time for people, in UTC.
fn written(unix: u64) -> Option<String> {
    let time = der::DateTime::from_unix_duration(Duration::from_secs(unix)).ok()?;
    Some(time.to_string().replace('T', " ").replace('Z', " UTC"))
}
