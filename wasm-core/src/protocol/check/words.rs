//! What checking came to, in words. Screens, terminal and reports say the same.

use super::{
    CheckReport, CheckedDocument, CheckedFile, CheckedSigner, CheckedTimestamp, Conclusion,
    Countersignature,
};
use crate::{
    check::PairedBy,
    cms::{TimestampFailure, TimestampKind, UncheckedAttribute},
    format::{SignatureState, SignerFailure, SignerReference, SignerVerdict, SignerWarning},
    protocol::{EvidenceCount, EvidenceOrigin, RevocationStatus, VerdictOutcome, VerdictWords},
    text::Catalogue,
};

/// How what was found out about signatures is worded.
#[derive(Clone, Copy, Debug)]
pub struct CheckWords<'t> {
    /// The texts.
    pub texts: &'t Catalogue,
    /// How a moment (Unix seconds) is written.
    pub date: fn(&Catalogue, i64) -> String,
}

const OTHER_PROGRAM: &str = "check_step_other_program";
const SIGN_AGAIN: &str = "check_step_signature_invalid";

/// The message of each conclusion, and what to do about it; the verdict on the certificate says what to do about those
/// without a message that is not good.
const CONCLUSIONS: [(Conclusion, &str, Option<&str>); 17] = {
    use Conclusion as Is;
    [
        (Is::Valid, "check_valid", None),
        (Is::SignatureValid, "check_signature_valid", None),
        (
            Is::ContentChanged,
            "check_content_changed",
            Some("check_step_content_changed"),
        ),
        (
            Is::SignatureInvalid,
            "check_signature_invalid",
            Some(SIGN_AGAIN),
        ),
        (
            Is::ContentMissing,
            "check_content_missing",
            Some("check_step_content_missing"),
        ),
        (
            Is::CertificateMissing,
            "check_certificate_missing",
            Some("check_step_certificate_missing"),
        ),
        (
            Is::SignatureUnchecked,
            "check_unchecked",
            Some(OTHER_PROGRAM),
        ),
        (Is::Expired, "check_expired", Some("check_step_expired")),
        (
            Is::SignedAfterExpiry,
            "check_signed_after_expiry",
            Some(SIGN_AGAIN),
        ),
        (
            Is::NotYetValid,
            "check_not_yet_valid",
            Some("check_step_expired"),
        ),
        (Is::Revoked, "check_revoked", Some("check_step_revoked")),
        (
            Is::SignedAfterRevocation,
            "check_signed_after_revocation",
            Some(SIGN_AGAIN),
        ),
        (
            Is::RevocationUnknown,
            "check_revocation_unknown",
            Some("check_step_revocation_unknown"),
        ),
        (Is::Untrusted, "check_untrusted", None),
        (
            Is::WrongUsage,
            "check_wrong_usage",
            Some("check_step_wrong_usage"),
        ),
        (
            Is::CertificateInvalid,
            "check_certificate_invalid",
            Some(OTHER_PROGRAM),
        ),
        (Is::ClockWrong, "check_clock_wrong", None),
    ]
};

impl CheckWords<'_> {
    /// What a signature came to, in short.
    pub fn headline(&self, signer: &CheckedSigner) -> String {
        let row = row(signer.conclusion);
        self.texts.plain(row.map_or("check_unchecked", |row| row.1))
    }

    /// Why, a sentence each.
    pub fn causes(&self, signer: &CheckedSigner) -> Vec<String> {
        match (signer.signature.failure, &signer.certificate) {
            (Some(failure), _) => cause_key(failure)
                .map(|key| self.texts.plain(key))
                .into_iter()
                .collect(),
            (None, verdict) => {
                let verdicts = self.verdicts();
                let of_certificate = verdict.iter().flat_map(|verdict| {
                    let cause = verdicts.cause(verdict);
                    cause.into_iter().chain(verdicts.about(verdict))
                });
                self.part(signer)
                    .into_iter()
                    .chain(of_certificate)
                    .collect()
            }
        }
    }

    /// That only a part of the document is signed, and which.
    fn part(&self, signer: &CheckedSigner) -> Option<String> {
        let parts = signer.covered.join(", ");
        let said = || self.texts.text("check_covers_part", &[("parts", &parts)]);
        (!signer.covered.is_empty()).then(said)
    }

    /// What the person can do.
    pub fn next_step(&self, signer: &CheckedSigner) -> Option<String> {
        match (row(signer.conclusion)?, &signer.certificate) {
            ((.., Some(key)), _) => Some(self.texts.text_here(key, &[])),
            ((Conclusion::Untrusted | Conclusion::ClockWrong, ..), Some(verdict)) => {
                self.verdicts().next_step(verdict)
            }
            _ => None,
        }
    }

    /// Whose signature it is, as far as that is known.
    pub fn owner(&self, signer: &CheckedSigner) -> String {
        self.name(signer.owner.as_deref(), &signer.signature)
    }

    /// When it was made: what the signer says, and what is proven.
    pub fn times(&self, signer: &CheckedSigner) -> [String; 2] {
        let say = |key: &str, without: &str, time: Option<i64>| match time {
            Some(time) => {
                let time = (self.date)(self.texts, time);
                self.texts.text(key, &[("time", &time)])
            }
            None => self.texts.plain(without),
        };
        let (claimed, proven) = (signer.signature.signing_time, signer.proven_time);
        [
            say("check_claimed_time", "check_no_claimed_time", claimed),
            say("check_proven_time", "check_no_proven_time", proven),
        ]
    }

    /// Its format and level.
    pub fn level(&self, signer: &CheckedSigner) -> String {
        self.texts.text("check_level", &[("level", &signer.level)])
    }

    /// What was signed.
    pub fn document(&self, file: &CheckedFile) -> String {
        let named = |key, name: &str| self.texts.text(key, &[("name", name)]);
        match &file.document {
            _ if file.form.is_none() => self.texts.plain("check_damaged"),
            CheckedDocument::Inside { compared: None, .. } => {
                self.texts.plain("check_document_inside")
            }
            CheckedDocument::Inside {
                compared: Some(name),
                ..
            } => named("check_document_compared", name),
            CheckedDocument::Beside { name, by } => {
                let key = match by {
                    PairedBy::Content => "check_document_content",
                    PairedBy::Name => "check_document_name",
                    PairedBy::Elimination => "check_document_elimination",
                    PairedBy::Person => "check_document_person",
                };
                named(key, name)
            }
            CheckedDocument::Several { names } => {
                let names = [("names", &*names.join(", "))];
                self.texts.text("check_document_several", &names)
            }
            CheckedDocument::Missing {} => self.texts.plain("check_document_missing"),
        }
    }

    /// The documents that nobody signed.
    pub fn unsigned(&self, report: &CheckReport) -> Option<String> {
        let names = report.unsigned.join(", ");
        let said = || self.texts.text("check_unsigned", &[("names", &names)]);
        (!report.unsigned.is_empty()).then(said)
    }

    /// Whether nothing but revocation is open, about which servers may know more.
    pub fn is_open(&self, signer: &CheckedSigner) -> bool {
        let status = signer.certificate.as_ref().map(|it| &it.revocation);
        signer.conclusion == Conclusion::RevocationUnknown
            && matches!(
                status,
                Some(RevocationStatus::Stale { .. } | RevocationStatus::Unavailable { .. })
            )
    }

    /// What is known about revocation, and from where.
    pub fn revocation(&self, signer: &CheckedSigner) -> Vec<String> {
        let Some(verdict) = &signer.certificate else {
            return Vec::new();
        };
        let not_asked = verdict.revocation == RevocationStatus::NotAsked {}
            && verdict.outcome == VerdictOutcome::Valid {}
            && verdict.path.len() > 1;
        let known = match not_asked {
            true => Some(self.texts.plain("check_revocation_not_asked")),
            false => self.verdicts().revocation(verdict),
        };
        let from = signer.revocation_from.map(origin_key);
        let from = from.map(|key| self.texts.plain(key));
        known.into_iter().chain(from).collect()
    }

    /// Who vouches for the certificate, what the list of a state says of it, and who was asked in vain whether it was
    /// revoked.
    pub fn trust(&self, signer: &CheckedSigner) -> Vec<String> {
        let Some(verdict) = &signer.certificate else {
            return Vec::new();
        };
        let verdicts = self.verdicts();
        let anchor = verdicts.anchor(verdict).into_iter();
        let known = anchor.chain(verdicts.recognition(verdict));
        known.chain(verdicts.asked_in_vain(verdict)).collect()
    }

    /// What is wrong with signature or certificate without making them bad.
    pub fn warnings(&self, signer: &CheckedSigner) -> Vec<String> {
        let own = signer.signature.warnings.iter();
        let own = own.map(|warning| self.texts.plain(warning_key(*warning)));
        let of_certificate = signer.certificate.iter();
        let of_certificate = of_certificate.flat_map(|it| self.verdicts().warnings(it));
        own.chain(of_certificate).collect()
    }

    /// Timestamps, countersignatures and what else is there, a sentence each.
    pub fn added(&self, signer: &CheckedSigner) -> Vec<String> {
        let timestamps = signer.timestamps.iter().flat_map(|it| {
            let authority = it.certificate.iter();
            let recognised = authority.flat_map(|it| self.verdicts().recognition_in_short(it));
            [self.timestamp(it)].into_iter().chain(recognised)
        });
        let others = signer.countersignatures.iter();
        let others = others.map(|it| self.countersignature(it));
        let unchecked = signer.unchecked.iter().map(|attribute| {
            let what = self.texts.plain(attribute_key(*attribute));
            self.texts.text("check_also_there", &[("what", &what)])
        });
        let inside = self.inside(signer.inside).into_iter();
        let added = inside.chain(timestamps).chain(others);
        added.chain(unchecked).collect()
    }

    fn inside(&self, count: EvidenceCount) -> Option<String> {
        let [certificates, lists, answers] =
            [count.certificates, count.lists, count.answers].map(|it| it.to_string());
        let values = [
            ("certificates", &*certificates),
            ("lists", &*lists),
            ("answers", &*answers),
        ];
        (count.lists + count.answers > 0).then(|| self.texts.text("check_inside", &values))
    }

    fn timestamp(&self, timestamp: &CheckedTimestamp) -> String {
        let kind = self.texts.plain(kind_key(timestamp.kind));
        if let Some(failure) = timestamp.failure {
            let reason = self.texts.plain(timestamp_key(failure));
            return self.texts.text(
                "check_timestamp_failed",
                &[("kind", &kind), ("reason", &reason)],
            );
        }
        let time = timestamp.time.map(|time| (self.date)(self.texts, time));
        let values = [
            ("kind", &*kind),
            ("time", time.as_deref().unwrap_or_default()),
            ("owner", timestamp.owner.as_deref().unwrap_or_default()),
        ];
        let key = match timestamp.state {
            SignatureState::Valid => "check_timestamp_valid",
            SignatureState::Invalid | SignatureState::Unchecked => "check_timestamp_untrusted",
        };
        self.texts.text(key, &values)
    }

    fn countersignature(&self, it: &Countersignature) -> String {
        let key = match it.signature.state {
            SignatureState::Valid => "check_countersignature_valid",
            SignatureState::Invalid => "check_countersignature_invalid",
            SignatureState::Unchecked => "check_countersignature_unchecked",
        };
        let owner = self.name(it.owner.as_deref(), &it.signature);
        self.texts.text(key, &[("owner", &owner)])
    }

    fn name(&self, owner: Option<&str>, signature: &SignerVerdict) -> String {
        match (owner, &signature.signer) {
            (Some(owner), _) => owner.to_owned(),
            (None, Some(signer)) => signer_name(signer, self.texts),
            (None, None) => self.texts.plain("cli_signer_unknown"),
        }
    }

    fn verdicts(&self) -> VerdictWords<'_> {
        VerdictWords {
            texts: self.texts,
            date: self.date,
        }
    }
}

fn row(
    conclusion: Conclusion,
) -> Option<&'static (Conclusion, &'static str, Option<&'static str>)> {
    CONCLUSIONS.iter().find(|row| row.0 == conclusion)
}

/// A signer whose certificate is not there, as the signature names it.
pub fn signer_name(signer: &SignerReference, texts: &Catalogue) -> String {
    let [issuer, serial, key] = [&signer.issuer, &signer.serial, &signer.key_identifier]
        .map(|value| value.as_deref().unwrap_or_default());
    let values = [("issuer", issuer), ("serial", serial), ("key", key)];
    texts.text(
        match (issuer, serial, key) {
            ("", "", "") => "cli_signer_unknown",
            ("", "", _) => "cli_signer_key",
            ("", _, _) => "cli_signer_serial",
            _ => "cli_signer_issued",
        },
        &values,
    )
}

/// The reason of a failure, where the conclusion does not say it already.
fn cause_key(failure: SignerFailure) -> Option<&'static str> {
    match failure {
        SignerFailure::CertificateMissing
        | SignerFailure::ContentChanged
        | SignerFailure::ContentMissing => None,
        _ => Some(failure_key(failure)),
    }
}

/// The message about why a signature is not valid.
pub fn failure_key(failure: SignerFailure) -> &'static str {
    match failure {
        SignerFailure::AlgorithmMismatch => "cli_reason_algorithm_mismatch",
        SignerFailure::AlgorithmUnsupported => "cli_reason_algorithm_unsupported",
        SignerFailure::AlgorithmWeak => "cli_reason_algorithm_weak",
        SignerFailure::AttributesMalformed => "cli_reason_attributes_malformed",
        SignerFailure::CertificateMismatch => "cli_reason_certificate_mismatch",
        SignerFailure::CertificateMissing => "cli_reason_certificate_missing",
        SignerFailure::ContentAmbiguous => "cli_reason_content_ambiguous",
        SignerFailure::ContentChanged => "cli_reason_content_changed",
        SignerFailure::ContentMissing => "cli_reason_content_missing",
        SignerFailure::ContentTooLarge => "cli_reason_content_too_large",
        SignerFailure::ContentTypeMismatch => "cli_reason_content_type_mismatch",
        SignerFailure::KeyMismatch => "cli_reason_key_mismatch",
        SignerFailure::KeyUnsupported => "cli_reason_key_unsupported",
        SignerFailure::Malformed => "cli_reason_malformed",
        SignerFailure::SignatureInvalid => "cli_reason_signature_invalid",
    }
}

/// The message about what is wrong without making a signature invalid.
pub fn warning_key(warning: SignerWarning) -> &'static str {
    match warning {
        SignerWarning::CertificateExpired => "cli_warning_certificate_expired",
        SignerWarning::CertificateNotYetValid => "cli_warning_certificate_not_yet_valid",
        SignerWarning::DigestMismatch => "cli_warning_digest_mismatch",
        SignerWarning::GostWithdrawn => "cli_warning_gost_withdrawn",
        SignerWarning::Md5 => "cli_warning_md5",
        SignerWarning::RsaShort => "cli_warning_rsa_short",
        SignerWarning::Sha1 => "cli_warning_sha1",
        SignerWarning::SigningTimeMalformed => "cli_warning_signing_time_malformed",
    }
}

fn origin_key(origin: EvidenceOrigin) -> &'static str {
    match origin {
        EvidenceOrigin::Signature => "check_revocation_from_signature",
        EvidenceOrigin::Files => "check_revocation_from_files",
        EvidenceOrigin::Kept => "check_revocation_from_kept",
        EvidenceOrigin::Servers => "check_revocation_from_servers",
    }
}

fn kind_key(kind: TimestampKind) -> &'static str {
    match kind {
        TimestampKind::Content => "check_timestamp_of_content",
        TimestampKind::Signature => "check_timestamp_of_signature",
        TimestampKind::SignatureAndReferences => "check_timestamp_of_both",
        TimestampKind::References => "check_timestamp_of_references",
        TimestampKind::Archive => "check_timestamp_of_archive",
    }
}

fn timestamp_key(failure: TimestampFailure) -> &'static str {
    match failure {
        TimestampFailure::Malformed => "check_timestamp_malformed",
        TimestampFailure::AlgorithmUnsupported => "check_timestamp_algorithm",
        TimestampFailure::FormUnsupported => "check_timestamp_form",
        TimestampFailure::OtherMessage => "check_timestamp_other",
        TimestampFailure::EncodingUnknown => "check_timestamp_encoding",
        TimestampFailure::ContentMissing => "check_timestamp_content",
        TimestampFailure::ContentTooLarge => "check_timestamp_too_large",
        TimestampFailure::CoverageMissing => "check_timestamp_coverage",
        TimestampFailure::NotBound => "check_timestamp_not_bound",
        TimestampFailure::SignatureInvalid => "check_timestamp_invalid",
        TimestampFailure::SignatureUnchecked => "check_timestamp_unchecked",
    }
}

fn attribute_key(attribute: UncheckedAttribute) -> &'static str {
    match attribute {
        UncheckedAttribute::CertificateReferences => "check_attribute_certificate_references",
        UncheckedAttribute::RevocationReferences => "check_attribute_revocation_references",
        UncheckedAttribute::More => "check_attribute_more",
        UncheckedAttribute::UnsignedProperties => "check_attribute_unsigned_properties",
    }
}
