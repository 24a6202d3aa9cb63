//! What checking a certificate came to, in words and as JSON.

use crate::cli::Outcome;
use serde::Serialize;
use tamga_core::{
    asn1_time::written,
    certificate::{Certificate, Usage},
    text::Catalogue,
    trust::{
        AnchorClass, Deviation, Need, Note, Purpose, Reason, Refusal, Verdict, Warning,
        revocation::{RevocationReason, RevocationState},
    },
};

/// The verdict on a certificate.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Report {
    state: State,
    /// Whether it is good; null where that could not be checked.
    valid: Option<bool>,
    /// The second that this is about, Unix time.
    time: i64,
    certificate: Named,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<Told>,
    /// The certificate first; where it is good, the trusted one last.
    path: Vec<Named>,
    /// Who vouches for the last of the path.
    #[serde(skip_serializing_if = "Option::is_none")]
    anchor: Option<AnchorClass>,
    warnings: Vec<Warned>,
    /// Whose issuers are not there, and where the certificates say that they are.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    missing: Vec<Missing>,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
enum State {
    Valid,
    Invalid,
    Unchecked,
}

/// A certificate in short.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
struct Named {
    /// SHA-256 of its DER.
    id: String,
    owner: String,
    serial: String,
}

/// Why it is not good.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Told {
    code: &'static str,
    /// The certificate that it is about.
    certificate: Named,
    /// An OID, a name, a time or a rule, where the reason has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    fact: Option<String>,
    #[serde(skip)]
    row: Row,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Warned {
    code: &'static str,
    certificate: Named,
    #[serde(skip_serializing_if = "Option::is_none")]
    rule: Option<Deviation>,
    #[serde(skip)]
    key: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Missing {
    of: Named,
    addresses: Vec<String>,
}

impl Named {
    fn of(certificate: &Certificate) -> Self {
        Self {
            id: certificate.id(),
            owner: certificate.view().owner,
            serial: certificate.serial(),
        }
    }
}

/// A reason on the wire, the message about it, and the value of the placeholder in that.
struct Row {
    code: &'static str,
    key: &'static str,
    fact: Option<(&'static str, String)>,
}

fn row(reason: &Reason) -> Row {
    let plain = |code, key| Row {
        code,
        key,
        fact: None,
    };
    let with = |code, key, name, value: &str| Row {
        code,
        key,
        fact: Some((name, value.to_owned())),
    };
    match reason {
        Reason::AlgorithmMismatch => plain("algorithm-mismatch", "cli_reason_algorithm_mismatch"),
        Reason::AlgorithmUnsupported => {
            plain("algorithm-unsupported", "cli_reason_algorithm_unsupported")
        }
        Reason::AlgorithmWeak => plain("algorithm-weak", "cli_reason_algorithm_weak"),
        Reason::AuthorityMissing => plain("authority-missing", "cli_check_authority_missing"),
        Reason::CriticalExtension { oid } => with(
            "critical-extension",
            "cli_check_critical_extension",
            "oid",
            oid,
        ),
        Reason::Deviation { rule } => with(
            "deviation",
            "cli_check_deviation",
            "rule",
            &rule_words(*rule),
        ),
        Reason::Expired { until } => with("expired", "cli_check_expired", "time", &written(*until)),
        Reason::ExtendedUsage { purpose } => with(
            "extended-usage",
            "cli_check_usage",
            "usage",
            &usage(*purpose),
        ),
        Reason::ExtensionMalformed { oid } => with(
            "extension-malformed",
            "cli_check_extension_malformed",
            "oid",
            oid,
        ),
        Reason::IssuerMissing => plain("issuer-missing", "cli_check_issuer_missing"),
        Reason::KeyUnsupported { key } => {
            with("key-unsupported", "cli_check_key_unsupported", "key", key)
        }
        Reason::KeyUsage { purpose: None } => plain("key-usage", "cli_check_cannot_issue"),
        Reason::KeyUsage {
            purpose: Some(purpose),
        } => with("key-usage", "cli_check_usage", "usage", &usage(*purpose)),
        Reason::LimitReached => plain("limit-reached", "cli_check_limit_reached"),
        Reason::NameMismatch => plain("name-mismatch", "cli_check_name_mismatch"),
        Reason::NameNotPermitted { name } => with(
            "name-not-permitted",
            "cli_check_name_not_permitted",
            "name",
            name,
        ),
        Reason::NotYetValid { from } => with(
            "not-yet-valid",
            "cli_check_not_yet_valid",
            "time",
            &written(*from),
        ),
        Reason::PathTooLong { allowed } => with(
            "path-too-long",
            "cli_check_path_too_long",
            "count",
            &allowed.to_string(),
        ),
        Reason::PolicyMissing => plain("policy-missing", "cli_check_policy_missing"),
        Reason::RevocationUnknown { state } => plain("revocation-unknown", state_key(state)),
        Reason::Revoked(revocation) => with(
            "revoked",
            reason_key(revocation.reason),
            "time",
            &written(revocation.at),
        ),
        Reason::SignatureInvalid => plain("signature-invalid", "cli_check_signature_invalid"),
        Reason::Untrusted => plain("untrusted", "cli_check_untrusted"),
    }
}

/// The message about revocation that is not known.
fn state_key(state: &RevocationState) -> &'static str {
    match state {
        RevocationState::Stale { .. } => "cli_check_revocation_stale",
        RevocationState::Untrusted(_) => "cli_check_revocation_untrusted",
        RevocationState::Unknown => "cli_check_revocation_unknown",
        RevocationState::Good { .. }
        | RevocationState::Revoked(_)
        | RevocationState::Unavailable(_) => "cli_check_revocation_unavailable",
    }
}

/// The message about a revocation for this reason.
fn reason_key(reason: RevocationReason) -> &'static str {
    match reason {
        RevocationReason::KeyCompromise
        | RevocationReason::CaCompromise
        | RevocationReason::AaCompromise => "cli_check_revoked_compromise",
        RevocationReason::CertificateHold => "cli_check_revoked_hold",
        RevocationReason::AffiliationChanged
        | RevocationReason::Superseded
        | RevocationReason::CessationOfOperation
        | RevocationReason::PrivilegeWithdrawn => "cli_check_revoked_replaced",
        RevocationReason::Unspecified | RevocationReason::RemoveFromCrl => "cli_check_revoked",
    }
}

/// The use that a purpose is called by.
fn usage(purpose: Purpose) -> String {
    let usage = match purpose {
        Purpose::Any => Usage::Any,
        Purpose::Documents => Usage::DocumentSigning,
        Purpose::Mail => Usage::EmailProtection,
        Purpose::Server => Usage::ServerAuthentication,
        Purpose::Client => Usage::ClientAuthentication,
        Purpose::CodeSigning => Usage::CodeSigning,
        Purpose::TimeStamping => Usage::TimeStamping,
        Purpose::OcspSigning => Usage::OcspSigning,
        Purpose::CrlSigning => Usage::CrlSign,
    };
    name_on_the_wire(usage)
}

fn name_on_the_wire(value: impl Serialize) -> String {
    let name = serde_json::to_value(value).unwrap_or_default();
    name.as_str().unwrap_or_default().to_owned()
}

/// A rule by its section and its name on the wire.
fn rule_words(rule: Deviation) -> String {
    format!("{}, {}", rule.section(), name_on_the_wire(rule))
}

/// A warning on the wire, and the message about it.
fn note_row(note: Note) -> (&'static str, &'static str) {
    match note {
        Note::Deviation(_) => ("deviation", "cli_check_deviation"),
        Note::GostWithdrawn => ("gost-withdrawn", "cli_warning_gost_withdrawn"),
        Note::Md5 => ("md5", "cli_warning_md5"),
        Note::RsaShort => ("rsa-short", "cli_warning_rsa_short"),
        Note::Sha1 => ("sha1", "cli_warning_sha1"),
    }
}

impl Report {
    pub(super) fn new(certificate: &Certificate, verdict: &Verdict<'_>, time: i64) -> Self {
        let state = match verdict {
            Verdict::Good(_) => State::Valid,
            Verdict::Refused(_) => State::Invalid,
            Verdict::Unchecked(_) => State::Unchecked,
        };
        let refusal = match verdict {
            Verdict::Good(_) => None,
            Verdict::Refused(refusal) | Verdict::Unchecked(refusal) => Some(refusal),
        };
        let good = verdict.path();
        let path = match (good, refusal) {
            (Some(path), _) => &*path.certificates,
            (None, Some(refusal)) => &*refusal.path,
            (None, None) => &[],
        };
        let warnings = good.map_or(&[][..], |path| &*path.warnings);
        Self {
            state,
            valid: (state != State::Unchecked).then_some(state == State::Valid),
            time,
            certificate: Named::of(certificate),
            reason: refusal.map(Told::of),
            path: path.iter().map(|it| Named::of(it)).collect(),
            anchor: good.map(|path| path.anchor.class),
            warnings: warnings.iter().map(Warned::of).collect(),
            missing: refusal
                .map_or(&[][..], |it| &*it.needs)
                .iter()
                .map(Missing::of)
                .collect(),
        }
    }

    pub(super) fn outcome(&self) -> Outcome {
        match self.state {
            State::Valid => Outcome::Done,
            State::Invalid => Outcome::Invalid,
            State::Unchecked => Outcome::Unchecked,
        }
    }

    pub(super) fn lines(&self, texts: &Catalogue) -> Vec<String> {
        let key = match self.state {
            State::Valid => "cli_check_valid",
            State::Invalid => "cli_check_invalid",
            State::Unchecked => "cli_check_unchecked",
        };
        let time = written(self.time);
        let values = [("owner", &*self.certificate.owner), ("time", &time)];
        let mut lines = vec![texts.text(key, &values)];
        lines.extend(
            self.reason
                .iter()
                .flat_map(|told| told.lines(&self.certificate, texts)),
        );
        let addresses = self.missing.iter().flat_map(|missing| &missing.addresses);
        lines.extend(
            addresses
                .map(|address| texts.text("cli_check_issuer_address", &[("address", address)])),
        );
        if self.path.len() > 1 {
            let owners: Vec<&str> = self.path.iter().map(|it| &*it.owner).collect();
            lines.push(texts.text("cli_check_path", &[("path", &owners.join(" ← "))]));
        }
        lines.extend(self.warnings.iter().map(|warned| warned.line(texts)));
        lines
    }
}

impl Told {
    fn of(refusal: &Refusal<'_>) -> Self {
        let row = row(&refusal.finding.reason);
        Self {
            code: row.code,
            certificate: Named::of(refusal.finding.certificate),
            fact: row.fact.as_ref().map(|(_, value)| value.clone()),
            row,
        }
    }

    fn lines(&self, checked: &Named, texts: &Catalogue) -> Vec<String> {
        let words = match &self.row.fact {
            Some(("usage", usage)) => {
                let usage = texts.plain(&["usage_", usage].concat());
                texts.text(self.row.key, &[("usage", &usage)])
            }
            Some((name, value)) => texts.text(self.row.key, &[(name, value)]),
            None => texts.plain(self.row.key),
        };
        let of_another = (self.certificate != *checked).then(|| {
            let values = [
                ("owner", &*self.certificate.owner),
                ("serial", &*self.certificate.serial),
            ];
            texts.text("cli_check_about", &values)
        });
        [words].into_iter().chain(of_another).collect()
    }
}

impl Warned {
    fn of(warning: &Warning<'_>) -> Self {
        let (code, key) = note_row(warning.note);
        Self {
            code,
            certificate: Named::of(warning.certificate),
            rule: match warning.note {
                Note::Deviation(rule) => Some(rule),
                Note::GostWithdrawn | Note::Md5 | Note::RsaShort | Note::Sha1 => None,
            },
            key,
        }
    }

    fn line(&self, texts: &Catalogue) -> String {
        let rule = self.rule.map(rule_words).unwrap_or_default();
        let note = texts.text(self.key, &[("rule", &rule)]);
        let values = [("subject", &*self.certificate.owner), ("error", &note)];
        texts.text("error_of", &values)
    }
}

impl Missing {
    fn of(need: &Need<'_>) -> Self {
        match need {
            Need::Issuer { of, addresses } => Self {
                of: Named::of(of),
                addresses: addresses.clone(),
            },
        }
    }
}
