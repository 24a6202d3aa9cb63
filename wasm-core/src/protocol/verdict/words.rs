//! A verdict in words: what it is called in short, why it is so, and what the person can do about it. Screens, terminal
//! and reports say the same.

use super::{
    AskFailure, AskedInVain, CertificateName, CertificateVerdict, InvalidReason, RevocationStatus,
    UncheckedReason, VerdictNote, VerdictOutcome, VerdictWarning,
};
use crate::{
    certificate::Usage,
    clock::ClockWitness,
    text::Catalogue,
    trust::{
        AnchorClass, Deviation, Purpose,
        revocation::{RevocationReason, Unavailable, Untrusted},
    },
};
use serde::Serialize;

/// How verdicts are worded.
#[derive(Clone, Copy, Debug)]
pub struct VerdictWords<'t> {
    /// The texts.
    pub texts: &'t Catalogue,
    /// How a moment (Unix seconds) is written.
    pub date: fn(&Catalogue, i64) -> String,
}

/// The messages about a reason.
struct Row {
    /// The verdict in short.
    headline: &'static str,
    cause: &'static str,
    /// The value of the placeholder in the cause and in the step.
    fact: Option<(&'static str, Fact)>,
    /// What to do.
    step: &'static str,
}

enum Fact {
    Text(String),
    Time(i64),
    Use(Purpose),
}

impl VerdictWords<'_> {
    /// The verdict in a few words, such as "expired".
    pub fn headline(&self, verdict: &CertificateVerdict) -> String {
        let key = match &verdict.outcome {
            VerdictOutcome::Valid {} => "verdict_valid",
            VerdictOutcome::Invalid { .. } | VerdictOutcome::Unchecked { .. } => {
                row(verdict).map_or("verdict_unchecked", |row| row.headline)
            }
        };
        self.texts.plain(key)
    }

    /// Why, in a sentence; `None` for what is valid.
    pub fn cause(&self, verdict: &CertificateVerdict) -> Option<String> {
        let row = row(verdict)?;
        Some(self.with_fact(row.cause, &row))
    }

    /// What the person can do; `None` for what is valid, and while somebody is being asked.
    pub fn next_step(&self, verdict: &CertificateVerdict) -> Option<String> {
        let row = row(verdict)?;
        let is_being_asked = row.headline == BEING_CHECKED;
        (!is_being_asked).then(|| self.with_fact(row.step, &row))
    }

    /// Which other certificate the cause is about, if it is about another one.
    pub fn about(&self, verdict: &CertificateVerdict) -> Option<String> {
        let about = match &verdict.outcome {
            VerdictOutcome::Valid {} => None,
            VerdictOutcome::Invalid { about, .. } | VerdictOutcome::Unchecked { about, .. } => {
                about.as_ref()
            }
        };
        about.map(|about| self.of_another(about))
    }

    /// Who vouches for it, if somebody does.
    pub fn anchor(&self, verdict: &CertificateVerdict) -> Option<String> {
        let anchor = verdict.anchor.as_ref()?;
        let key = match anchor.class {
            AnchorClass::National => "verdict_anchor_national",
            AnchorClass::User => "verdict_anchor_user",
            AnchorClass::System => "verdict_anchor_system",
            AnchorClass::Given => "verdict_anchor_given",
        };
        let values = [
            ("name", &*anchor.certificate.owner),
            ("list", anchor.list.as_deref().unwrap_or_default()),
        ];
        Some(self.texts.text(key, &values))
    }

    /// What is known about revocation, where the cause does not say it already.
    pub fn revocation(&self, verdict: &CertificateVerdict) -> Option<String> {
        let is_valid = matches!(verdict.outcome, VerdictOutcome::Valid {});
        match verdict.revocation {
            // An anchor is nobody's to revoke.
            RevocationStatus::NotAsked {} if is_valid && verdict.path.len() > 1 => {
                Some(self.texts.plain("verdict_cause_revocation_not_asked"))
            }
            RevocationStatus::Good { at, until } => {
                let [at, until] = [at, until].map(|time| self.date(time));
                let values = [("at", &*at), ("time", &*until)];
                Some(self.texts.text("verdict_not_revoked", &values))
            }
            _ => None,
        }
    }

    /// The addresses that were asked in vain, a line each.
    pub fn asked_in_vain(&self, verdict: &CertificateVerdict) -> Vec<String> {
        let failures = match &verdict.revocation {
            RevocationStatus::Stale { failures, .. }
            | RevocationStatus::Unavailable { failures, .. } => &**failures,
            _ => &[],
        };
        failures
            .iter()
            .map(|failure| self.failure(failure))
            .collect()
    }

    /// What is wrong without making it bad, a line each.
    pub fn warnings(&self, verdict: &CertificateVerdict) -> Vec<String> {
        let warnings = verdict.warnings.iter();
        warnings
            .map(|warning| self.warning(warning, &verdict.certificate))
            .collect()
    }

    fn warning(&self, warning: &VerdictWarning, certificate: &CertificateName) -> String {
        let note = match warning.note {
            VerdictNote::Deviation { rule } => self
                .texts
                .text("verdict_cause_deviation", &[("rule", &*rule_words(rule))]),
            VerdictNote::KeyTermOver { until } => self
                .texts
                .text("verdict_key_term_over", &[("time", &*self.date(until))]),
            VerdictNote::GostWithdrawn {} => self.texts.plain("cli_warning_gost_withdrawn"),
            VerdictNote::Md5 {} => self.texts.plain("cli_warning_md5"),
            VerdictNote::RsaShort {} => self.texts.plain("cli_warning_rsa_short"),
            VerdictNote::Sha1 {} => self.texts.plain("cli_warning_sha1"),
        };
        let about = warning.about.as_ref().unwrap_or(certificate);
        let values = [("subject", &*about.owner), ("error", &*note)];
        self.texts.text("error_of", &values)
    }

    fn failure(&self, failure: &AskedInVain) -> String {
        let why = self.texts.plain(match failure.why {
            AskFailure::AddressRefused => "verdict_asked_address_refused",
            AskFailure::Unreachable => "verdict_asked_unreachable",
            AskFailure::TooSlow => "verdict_asked_too_slow",
            AskFailure::TooLarge => "verdict_asked_too_large",
            AskFailure::Refused => "verdict_asked_refused",
            AskFailure::WebPage => "verdict_asked_web_page",
            AskFailure::Malformed => "verdict_asked_malformed",
            AskFailure::NotTrusted => "verdict_asked_not_trusted",
            AskFailure::StorageFailed => "verdict_asked_storage_failed",
        });
        let values = [("subject", &*failure.address), ("error", &*why)];
        self.texts.text("error_of", &values)
    }

    fn of_another(&self, about: &CertificateName) -> String {
        let values = [("owner", &*about.owner), ("serial", &*about.serial)];
        self.texts.text("verdict_about", &values)
    }

    fn with_fact(&self, key: &str, row: &Row) -> String {
        let Some((name, fact)) = &row.fact else {
            return self.texts.text_here(key, &[]);
        };
        let value = match fact {
            Fact::Text(text) => text.clone(),
            Fact::Time(time) => self.date(*time),
            Fact::Use(purpose) => self.texts.word("usage_", usage(*purpose)),
        };
        self.texts.text_here(key, &[(name, &value)])
    }

    pub(super) fn date(&self, time: i64) -> String {
        (self.date)(self.texts, time)
    }
}

const BEING_CHECKED: &str = "verdict_being_checked";
const CLOCK: &str = "verdict_clock_wrong";
const INVALID: &str = "verdict_invalid";
const ISSUER: &str = "verdict_issuer_not_trusted";
const UNCHECKED: &str = "verdict_unchecked";
const WRONG_USAGE: &str = "verdict_wrong_usage";
const ASK_ISSUER: &str = "verdict_step_ask_issuer";
const CHOOSE_ANOTHER: &str = "verdict_step_choose_another";
const OTHER_PROGRAM: &str = "verdict_step_other_program";
const SET_CLOCK: &str = "verdict_step_clock";
const TRUST_ISSUER: &str = "verdict_step_trust_issuer";

/// `None` for what is valid.
fn row(verdict: &CertificateVerdict) -> Option<Row> {
    match &verdict.outcome {
        VerdictOutcome::Valid {} => None,
        VerdictOutcome::Invalid { reason, .. } => Some(invalid(reason, &verdict.revocation)),
        VerdictOutcome::Unchecked { reason, .. } => Some(unchecked(reason, &verdict.revocation)),
    }
}

fn invalid(reason: &InvalidReason, revocation: &RevocationStatus) -> Row {
    let text = |name, value: &str| Some((name, Fact::Text(value.to_owned())));
    let (headline, cause, fact, step) = match reason {
        InvalidReason::AlgorithmMismatch {} => {
            (INVALID, "cli_reason_algorithm_mismatch", None, ASK_ISSUER)
        }
        InvalidReason::AuthorityMissing {} => {
            (INVALID, "verdict_cause_authority_missing", None, ASK_ISSUER)
        }
        InvalidReason::CriticalExtension { oid } => (
            INVALID,
            "verdict_cause_critical_extension",
            text("oid", oid),
            OTHER_PROGRAM,
        ),
        InvalidReason::Deviation { rule } => (
            INVALID,
            "verdict_cause_deviation",
            text("rule", &rule_words(*rule)),
            ASK_ISSUER,
        ),
        InvalidReason::Expired { until } => (
            "verdict_expired",
            "verdict_cause_expired",
            Some(("time", Fact::Time(*until))),
            "verdict_step_expired",
        ),
        InvalidReason::ExtendedUsage { purpose }
        | InvalidReason::KeyUsage {
            purpose: Some(purpose),
        } => (
            WRONG_USAGE,
            "verdict_cause_usage",
            Some(("usage", Fact::Use(*purpose))),
            CHOOSE_ANOTHER,
        ),
        InvalidReason::ExtensionMalformed { oid } => (
            INVALID,
            "verdict_cause_extension_malformed",
            text("oid", oid),
            ASK_ISSUER,
        ),
        InvalidReason::KeyUsage { purpose: None } => {
            (INVALID, "verdict_cause_cannot_issue", None, ASK_ISSUER)
        }
        InvalidReason::NameMismatch {} => {
            (INVALID, "verdict_cause_name_mismatch", None, CHOOSE_ANOTHER)
        }
        InvalidReason::NameNotPermitted { name } => (
            INVALID,
            "verdict_cause_name_not_permitted",
            text("name", name),
            ASK_ISSUER,
        ),
        InvalidReason::NotYetValid { from } => (
            "verdict_not_yet_valid",
            "verdict_cause_not_yet_valid",
            Some(("time", Fact::Time(*from))),
            "verdict_step_not_yet_valid",
        ),
        InvalidReason::PathTooLong { allowed } => (
            INVALID,
            "verdict_cause_path_too_long",
            text("count", &allowed.to_string()),
            ASK_ISSUER,
        ),
        InvalidReason::PolicyMissing {} => (
            INVALID,
            "verdict_cause_policy_missing",
            None,
            CHOOSE_ANOTHER,
        ),
        InvalidReason::Revoked {} => return revoked(revocation),
        InvalidReason::SignatureInvalid {} => (
            "verdict_signature_invalid",
            "verdict_cause_signature_invalid",
            None,
            "verdict_step_signature_invalid",
        ),
    };
    Row {
        headline,
        cause,
        fact,
        step,
    }
}

fn revoked(revocation: &RevocationStatus) -> Row {
    let known = match revocation {
        RevocationStatus::Revoked { at, reason, .. } => Some((*at, *reason)),
        _ => None,
    };
    let (headline, cause, step) = match known.map(|(_, reason)| reason) {
        Some(
            RevocationReason::KeyCompromise
            | RevocationReason::CaCompromise
            | RevocationReason::AaCompromise,
        ) => (
            "verdict_revoked",
            "verdict_cause_revoked_compromise",
            "verdict_step_revoked",
        ),
        Some(RevocationReason::CertificateHold) => (
            "verdict_suspended",
            "verdict_cause_revoked_hold",
            "verdict_step_suspended",
        ),
        Some(
            RevocationReason::AffiliationChanged
            | RevocationReason::Superseded
            | RevocationReason::CessationOfOperation
            | RevocationReason::PrivilegeWithdrawn,
        ) => (
            "verdict_revoked",
            "verdict_cause_revoked_replaced",
            "verdict_step_revoked",
        ),
        Some(RevocationReason::Unspecified | RevocationReason::RemoveFromCrl) | None => (
            "verdict_revoked",
            "verdict_cause_revoked",
            "verdict_step_revoked",
        ),
    };
    Row {
        headline,
        cause,
        fact: known.map(|(at, _)| ("time", Fact::Time(at))),
        step,
    }
}

fn unchecked(reason: &UncheckedReason, revocation: &RevocationStatus) -> Row {
    let text = |name, value: &str| Some((name, Fact::Text(value.to_owned())));
    let (headline, cause, fact, step) = match reason {
        UncheckedReason::AlgorithmUnsupported {} => (
            UNCHECKED,
            "cli_reason_algorithm_unsupported",
            None,
            OTHER_PROGRAM,
        ),
        UncheckedReason::AlgorithmWeak {} => {
            (UNCHECKED, "cli_reason_algorithm_weak", None, CHOOSE_ANOTHER)
        }
        UncheckedReason::ClockWrong { time, witness } => (
            CLOCK,
            match witness {
                ClockWitness::Program => "verdict_cause_clock_program",
                ClockWitness::Server => "verdict_cause_clock_server",
            },
            Some(("time", Fact::Time(*time))),
            SET_CLOCK,
        ),
        UncheckedReason::IssuerMissing { issuer } => (
            ISSUER,
            "verdict_cause_issuer_missing",
            text("issuer", issuer),
            TRUST_ISSUER,
        ),
        UncheckedReason::KeyUnsupported { key } => (
            UNCHECKED,
            "verdict_cause_key_unsupported",
            text("key", key),
            OTHER_PROGRAM,
        ),
        UncheckedReason::LimitReached {} => (
            UNCHECKED,
            "verdict_cause_limit_reached",
            None,
            OTHER_PROGRAM,
        ),
        UncheckedReason::NotAccredited { authority } => (
            ISSUER,
            "verdict_cause_not_accredited",
            text("authority", authority),
            "verdict_step_not_accredited",
        ),
        UncheckedReason::RevocationUnknown {} => return revocation_unknown(revocation),
        UncheckedReason::Untrusted { issuer } => (
            ISSUER,
            "verdict_cause_untrusted",
            text("issuer", issuer),
            TRUST_ISSUER,
        ),
    };
    Row {
        headline,
        cause,
        fact,
        step,
    }
}

fn revocation_unknown(revocation: &RevocationStatus) -> Row {
    let online = "verdict_step_online";
    let (headline, cause, step) = match revocation {
        RevocationStatus::NotAsked {} => {
            (BEING_CHECKED, "verdict_cause_revocation_not_asked", online)
        }
        RevocationStatus::Stale { .. } => (UNCHECKED, "verdict_cause_revocation_stale", online),
        RevocationStatus::Untrusted {
            why: Untrusted::FromTheFuture,
        } => (CLOCK, "verdict_cause_clock_answer", SET_CLOCK),
        RevocationStatus::Untrusted { .. } => (
            UNCHECKED,
            "verdict_cause_revocation_untrusted",
            "verdict_step_not_trusted_answer",
        ),
        RevocationStatus::Unknown {} => (UNCHECKED, "verdict_cause_revocation_unknown", ASK_ISSUER),
        RevocationStatus::Unavailable {
            why: Unavailable::NoEvidence,
            failures,
        } if failures.is_empty() => (
            UNCHECKED,
            "verdict_cause_revocation_unavailable",
            "verdict_step_nowhere_to_ask",
        ),
        RevocationStatus::Unavailable { .. }
        | RevocationStatus::Good { .. }
        | RevocationStatus::Revoked { .. } => {
            (UNCHECKED, "verdict_cause_revocation_unavailable", online)
        }
    };
    Row {
        headline,
        cause,
        fact: None,
        step,
    }
}

/// The use that a purpose is called by.
fn usage(purpose: Purpose) -> Usage {
    match purpose {
        Purpose::Any => Usage::Any,
        Purpose::Documents => Usage::DocumentSigning,
        Purpose::Mail => Usage::EmailProtection,
        Purpose::Server => Usage::ServerAuthentication,
        Purpose::Client => Usage::ClientAuthentication,
        Purpose::CodeSigning => Usage::CodeSigning,
        Purpose::TimeStamping => Usage::TimeStamping,
        Purpose::OcspSigning => Usage::OcspSigning,
        Purpose::CrlSigning => Usage::CrlSign,
    }
}

/// A rule by its section and its name on the wire.
fn rule_words(rule: Deviation) -> String {
    format!("{}, {}", rule.section(), name_on_the_wire(rule))
}

fn name_on_the_wire(value: impl Serialize) -> String {
    let name = serde_json::to_value(value).unwrap_or_default();
    name.as_str().unwrap_or_default().to_owned()
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
#[cfg(test)]
pub(super) use tests::{catalogue, verdict_with};
