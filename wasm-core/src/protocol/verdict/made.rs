//! The verdict for the wire from that of the engine. Everybody who says a verdict makes it here.

use super::{
    AskedInVain, CertificateName, CertificateVerdict, InvalidReason, MAX_VERDICT_WARNINGS,
    MissingIssuer, Recognition, RevocationStatus, UncheckedReason, VerdictAnchor, VerdictNote,
    VerdictOutcome, VerdictWarning,
};
use crate::{
    certificate::Certificate,
    clock::ClockFault,
    display_text,
    trust::{
        Anchor, Evidence, Need, Note, Purpose, Reason, Refusal, Verdict, Warning,
        revocation::{RevocationState, RevocationTerm},
    },
};

impl CertificateVerdict {
    /// What the engine found out about `certificate` by this evidence, at `time` (Unix seconds).
    pub fn new(
        certificate: &Certificate,
        verdict: &Verdict<'_>,
        evidence: &Evidence<'_>,
        purpose: Purpose,
        time: i64,
    ) -> Self {
        let name = CertificateName::of(certificate);
        let (outcome, path, anchor, revocation) = match verdict {
            Verdict::Good(path) => {
                let asked = path.revocation.map(RevocationState::Good);
                let revocation = asked.map_or(RevocationStatus::NotAsked {}, Into::into);
                let outcome = VerdictOutcome::Valid {};
                (outcome, &path.certificates, Some(path.anchor), revocation)
            }
            Verdict::Refused(refusal) | Verdict::Unchecked(refusal) => {
                let last = refusal.path.last();
                let anchor = last.and_then(|last| evidence.anchor(last));
                let outcome = VerdictOutcome::of(refusal, &name);
                let revocation = RevocationStatus::of(&refusal.finding.reason);
                (outcome, &refusal.path, anchor, revocation)
            }
        };
        let found = anchor.and_then(|it| evidence.recognition(path, it, purpose, time));
        let mut made = Self {
            recognition: found.map(|found| Recognition::of(&found, time)),
            time,
            purpose,
            outcome,
            path: path.iter().map(|it| CertificateName::of(it)).collect(),
            anchor: anchor.map(VerdictAnchor::of),
            revocation,
            warnings: Vec::new(),
            certificate: name,
        };
        made.warn(certificate, verdict);
        made
    }

    /// The same, said before anybody is asked about revocation: that there is nothing yet is no reason to worry.
    pub fn before_asking(self) -> Self {
        let is_open = matches!(
            self.revocation,
            RevocationStatus::Stale { .. } | RevocationStatus::Unavailable { .. }
        );
        match is_open {
            true => Self {
                revocation: RevocationStatus::NotAsked {},
                ..self
            },
            false => self,
        }
    }

    /// The same with the addresses that were asked in vain, where that left something open.
    pub fn asked_in_vain(mut self, asked: Vec<AskedInVain>) -> Self {
        if let RevocationStatus::Stale { failures, .. }
        | RevocationStatus::Unavailable { failures, .. } = &mut self.revocation
        {
            *failures = asked;
        }
        self
    }

    /// The same by a clock that is wrong: what depends on the time is not known.
    pub fn by_wrong_clock(self, fault: ClockFault) -> Self {
        if !self.depends_on_time() {
            return self;
        }
        let ClockFault { time, witness } = fault;
        Self {
            outcome: VerdictOutcome::Unchecked {
                reason: UncheckedReason::ClockWrong { time, witness },
                about: None,
                missing: Vec::new(),
            },
            revocation: RevocationStatus::NotAsked {},
            ..self
        }
    }

    /// Whether it, or one above it, is not valid yet or no longer.
    pub fn is_out_of_term(&self) -> bool {
        matches!(
            self.outcome,
            VerdictOutcome::Invalid {
                reason: InvalidReason::Expired { .. } | InvalidReason::NotYetValid { .. },
                ..
            }
        )
    }

    /// Whether it may be another one at another time.
    fn depends_on_time(&self) -> bool {
        let is_open = matches!(
            self.outcome,
            VerdictOutcome::Valid {}
                | VerdictOutcome::Unchecked {
                    reason: UncheckedReason::RevocationUnknown {},
                    ..
                }
        );
        is_open || self.is_out_of_term()
    }

    fn warn(&mut self, certificate: &Certificate, verdict: &Verdict<'_>) {
        let term = certificate.key_until().filter(|until| self.time > *until);
        let term = term.map(|until| VerdictWarning {
            note: VerdictNote::KeyTermOver { until },
            about: None,
        });
        let others = verdict.path().map_or(&[][..], |path| &*path.warnings);
        let others = others
            .iter()
            .map(|warning| VerdictWarning::of(warning, &self.certificate));
        self.warnings = term
            .into_iter()
            .chain(others)
            .take(MAX_VERDICT_WARNINGS)
            .collect();
    }
}

impl CertificateName {
    /// What a certificate is called.
    pub fn of(certificate: &Certificate) -> Self {
        Self {
            id: certificate.id(),
            owner: certificate.view().owner,
            serial: certificate.serial(),
        }
    }

    /// The same, where it is not the one that is asked about.
    fn of_another(certificate: &Certificate, asked: &Self) -> Option<Self> {
        let name = Self::of(certificate);
        (name != *asked).then_some(name)
    }
}

impl VerdictAnchor {
    fn of(anchor: &Anchor) -> Self {
        let list = anchor.list.as_ref();
        Self {
            class: anchor.class,
            certificate: CertificateName::of(&anchor.certificate),
            list: list.map(|list| list.name.clone()),
            country: list.and_then(|list| list.country.clone()),
        }
    }
}

impl VerdictOutcome {
    fn of(refusal: &Refusal<'_>, asked: &CertificateName) -> Self {
        let certificate = refusal.finding.certificate;
        let about = CertificateName::of_another(certificate, asked);
        match told(&refusal.finding.reason, certificate) {
            Told::Invalid(reason) => Self::Invalid { reason, about },
            Told::Unchecked(reason) => Self::Unchecked {
                reason,
                about,
                missing: refusal.needs.iter().map(MissingIssuer::of).collect(),
            },
        }
    }
}

/// A reason as it is said: there is none that is said both ways.
enum Told {
    Invalid(InvalidReason),
    Unchecked(UncheckedReason),
}

fn told(reason: &Reason, certificate: &Certificate) -> Told {
    Told::Invalid(match reason {
        Reason::AlgorithmMismatch => InvalidReason::AlgorithmMismatch {},
        Reason::AuthorityMissing => InvalidReason::AuthorityMissing {},
        Reason::CriticalExtension { oid } => InvalidReason::CriticalExtension { oid: oid.clone() },
        Reason::Deviation { rule } => InvalidReason::Deviation { rule: *rule },
        Reason::Expired { until } => InvalidReason::Expired { until: *until },
        Reason::ExtendedUsage { purpose } => InvalidReason::ExtendedUsage { purpose: *purpose },
        Reason::ExtensionMalformed { oid } => {
            InvalidReason::ExtensionMalformed { oid: oid.clone() }
        }
        Reason::KeyUsage { purpose } => InvalidReason::KeyUsage { purpose: *purpose },
        Reason::NameMismatch => InvalidReason::NameMismatch {},
        Reason::NameNotPermitted { name } => InvalidReason::NameNotPermitted {
            name: display_text::name(name),
        },
        Reason::NotYetValid { from } => InvalidReason::NotYetValid { from: *from },
        Reason::PathTooLong { allowed } => InvalidReason::PathTooLong { allowed: *allowed },
        Reason::PolicyMissing => InvalidReason::PolicyMissing {},
        Reason::Revoked(_) => InvalidReason::Revoked {},
        Reason::SignatureInvalid => InvalidReason::SignatureInvalid {},
        Reason::AlgorithmUnsupported => {
            return Told::Unchecked(UncheckedReason::AlgorithmUnsupported {});
        }
        Reason::AlgorithmWeak => return Told::Unchecked(UncheckedReason::AlgorithmWeak {}),
        Reason::IssuerMissing => {
            let issuer = certificate.view().issuer;
            return Told::Unchecked(UncheckedReason::IssuerMissing { issuer });
        }
        Reason::KeyUnsupported { key } => {
            let key = key.clone();
            return Told::Unchecked(UncheckedReason::KeyUnsupported { key });
        }
        Reason::LimitReached => return Told::Unchecked(UncheckedReason::LimitReached {}),
        Reason::NotAccredited { authority } => {
            let authority = authority.clone();
            return Told::Unchecked(UncheckedReason::NotAccredited { authority });
        }
        Reason::RevocationUnknown { .. } => {
            return Told::Unchecked(UncheckedReason::RevocationUnknown {});
        }
        Reason::Untrusted => {
            let issuer = certificate.view().owner;
            return Told::Unchecked(UncheckedReason::Untrusted { issuer });
        }
    })
}

impl RevocationStatus {
    fn of(reason: &Reason) -> Self {
        match reason {
            Reason::Revoked(revocation) => RevocationState::Revoked(*revocation).into(),
            Reason::RevocationUnknown { state } => state.clone().into(),
            _ => Self::NotAsked {},
        }
    }
}

impl From<RevocationState> for RevocationStatus {
    fn from(state: RevocationState) -> Self {
        match state {
            RevocationState::Good(RevocationTerm { at, until }) => Self::Good { at, until },
            RevocationState::Revoked(revocation) => Self::Revoked {
                at: revocation.at,
                reason: revocation.reason,
                invalid_since: revocation.invalid_since,
            },
            RevocationState::Stale { since } => Self::Stale {
                since,
                failures: Vec::new(),
            },
            RevocationState::Unavailable(why) => Self::Unavailable {
                why,
                failures: Vec::new(),
            },
            RevocationState::Untrusted(why) => Self::Untrusted { why },
            RevocationState::Unknown => Self::Unknown {},
        }
    }
}

impl VerdictWarning {
    fn of(warning: &Warning<'_>, asked: &CertificateName) -> Self {
        Self {
            note: match warning.note {
                Note::Deviation(rule) => VerdictNote::Deviation { rule },
                Note::GostWithdrawn => VerdictNote::GostWithdrawn {},
                Note::Md5 => VerdictNote::Md5 {},
                Note::RsaShort => VerdictNote::RsaShort {},
                Note::Sha1 => VerdictNote::Sha1 {},
            },
            about: CertificateName::of_another(warning.certificate, asked),
        }
    }
}

impl MissingIssuer {
    fn of(need: &Need<'_>) -> Self {
        match need {
            Need::Issuer { of, addresses } => Self {
                issuer: of.view().issuer,
                of: CertificateName::of(of),
                addresses: addresses.clone(),
            },
        }
    }
}
