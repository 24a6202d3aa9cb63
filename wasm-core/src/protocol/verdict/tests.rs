//! Every verdict has words in every language, and "not checked" is said as neither valid nor invalid.

use super::*;
use crate::{
    clock::{ClockFault, ClockWitness},
    protocol::{Recognition, VerdictOutcome},
    trust::revocation::Untrusted,
};
use std::{fs, path::Path};

const TIME: i64 = 1_800_000_000;

pub(in crate::protocol::verdict) fn catalogue(language: &str) -> Catalogue {
    let path = format!("../extension/_locales/{language}/messages.json");
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    Catalogue::parse(&fs::read_to_string(path).unwrap()).unwrap()
}

fn name(id: &str) -> CertificateName {
    CertificateName {
        id: id.into(),
        owner: format!("Owner {id}"),
        serial: "5e".into(),
    }
}

fn verdict(outcome: VerdictOutcome, revocation: RevocationStatus) -> CertificateVerdict {
    CertificateVerdict {
        certificate: name("00"),
        time: TIME,
        purpose: Purpose::Documents,
        outcome,
        path: vec![name("00")],
        anchor: None,
        recognition: None,
        revocation,
        warnings: Vec::new(),
    }
}

pub(in crate::protocol::verdict) fn verdict_with(recognition: Recognition) -> CertificateVerdict {
    CertificateVerdict {
        recognition: Some(recognition),
        ..verdict(VerdictOutcome::Valid {}, RevocationStatus::NotAsked {})
    }
}

fn invalid_with(reason: InvalidReason) -> VerdictOutcome {
    VerdictOutcome::Invalid {
        reason,
        about: Some(name("01")),
    }
}

fn unchecked_with(reason: UncheckedReason) -> VerdictOutcome {
    VerdictOutcome::Unchecked {
        reason,
        about: None,
        missing: Vec::new(),
    }
}

fn revocation_states() -> Vec<RevocationStatus> {
    let failures = vec![AskedInVain {
        address: "http://crl.example.kz/a.crl".into(),
        why: AskFailure::TooSlow,
    }];
    vec![
        RevocationStatus::NotAsked {},
        RevocationStatus::Stale {
            since: TIME,
            failures: failures.clone(),
        },
        RevocationStatus::Unavailable {
            why: Unavailable::NoEvidence,
            failures: Vec::new(),
        },
        RevocationStatus::Unavailable {
            why: Unavailable::TryLater,
            failures,
        },
        RevocationStatus::Untrusted {
            why: Untrusted::Nonce,
        },
        RevocationStatus::Untrusted {
            why: Untrusted::FromTheFuture,
        },
        RevocationStatus::Unknown {},
    ]
}

fn of_revocation() -> impl Iterator<Item = CertificateVerdict> {
    let reasons = [
        RevocationReason::Unspecified,
        RevocationReason::KeyCompromise,
        RevocationReason::CertificateHold,
        RevocationReason::Superseded,
    ];
    let revoked = reasons.map(|reason| {
        let revocation = RevocationStatus::Revoked {
            at: TIME,
            reason,
            invalid_since: None,
        };
        verdict(invalid_with(InvalidReason::Revoked {}), revocation)
    });
    let states = revocation_states().into_iter();
    let unknown =
        states.map(|state| verdict(unchecked_with(UncheckedReason::RevocationUnknown {}), state));
    revoked.into_iter().chain(unknown)
}

fn all() -> Vec<CertificateVerdict> {
    let oid = || "1.2.3".to_owned();
    let invalid = [
        InvalidReason::AlgorithmMismatch {},
        InvalidReason::AuthorityMissing {},
        InvalidReason::CriticalExtension { oid: oid() },
        InvalidReason::Deviation {
            rule: Deviation::SerialNumber,
        },
        InvalidReason::Expired { until: TIME },
        InvalidReason::ExtendedUsage {
            purpose: Purpose::Server,
        },
        InvalidReason::ExtensionMalformed { oid: oid() },
        InvalidReason::KeyUsage { purpose: None },
        InvalidReason::KeyUsage {
            purpose: Some(Purpose::Documents),
        },
        InvalidReason::NameMismatch {},
        InvalidReason::NameNotPermitted {
            name: "a.kz".into(),
        },
        InvalidReason::NotYetValid { from: TIME },
        InvalidReason::PathTooLong { allowed: 1 },
        InvalidReason::PolicyMissing {},
        InvalidReason::SignatureInvalid {},
    ];
    let unchecked = [
        UncheckedReason::AlgorithmUnsupported {},
        UncheckedReason::AlgorithmWeak {},
        UncheckedReason::ClockWrong {
            time: TIME,
            witness: ClockWitness::Program,
        },
        UncheckedReason::ClockWrong {
            time: TIME,
            witness: ClockWitness::Server,
        },
        UncheckedReason::IssuerMissing { issuer: "A".into() },
        UncheckedReason::KeyUnsupported { key: "DSA".into() },
        UncheckedReason::LimitReached {},
        UncheckedReason::NotAccredited {
            authority: "C".into(),
        },
        UncheckedReason::Untrusted { issuer: "B".into() },
    ];
    let not_asked = || RevocationStatus::NotAsked {};
    let invalid = invalid.map(|reason| verdict(invalid_with(reason), not_asked()));
    let unchecked = unchecked.map(|reason| verdict(unchecked_with(reason), not_asked()));
    let known = invalid.into_iter().chain(unchecked);
    known.chain(of_revocation()).collect()
}

#[test]
fn every_verdict_has_words() {
    for language in ["ru", "kk", "en"] {
        for texts in [catalogue(language), catalogue(language).at_terminal()] {
            let words = VerdictWords {
                texts: &texts,
                date: |_, time| time.to_string(),
            };
            for verdict in all() {
                let cause = words.cause(&verdict).unwrap();
                let step = words.next_step(&verdict).unwrap_or_default();
                for said in [words.headline(&verdict), cause, step] {
                    let is_key = said.contains("verdict_") || said.contains("cli_");
                    assert!(!is_key && !said.contains('$'), "{language}: {said}");
                }
            }
        }
    }
}

#[test]
fn what_is_said_names_the_facts() {
    let texts = catalogue("en");
    let words = VerdictWords {
        texts: &texts,
        date: |_, time| format!("<{time}>"),
    };
    let expired = invalid_with(InvalidReason::Expired { until: 7 });
    let expired = verdict(expired, RevocationStatus::NotAsked {});
    assert!(words.cause(&expired).unwrap().contains("<7>"));
    assert!(words.about(&expired).unwrap().contains("Owner 01"));
    let issuer = "Test CA".to_owned();
    let missing = unchecked_with(UncheckedReason::IssuerMissing { issuer });
    let missing = verdict(missing, RevocationStatus::NotAsked {});
    assert!(words.cause(&missing).unwrap().contains("Test CA"));
    assert!(words.next_step(&missing).unwrap().contains("Test CA"));
    assert_eq!(words.about(&missing), None);
}

#[test]
fn what_is_not_checked_is_said_as_neither() {
    let texts = catalogue("en");
    let words = VerdictWords {
        texts: &texts,
        date: |_, time| time.to_string(),
    };
    let (valid, invalid) = (texts.plain("verdict_valid"), texts.plain("verdict_invalid"));
    for verdict in all() {
        if matches!(verdict.outcome, VerdictOutcome::Unchecked { .. }) {
            let headline = words.headline(&verdict);
            assert!(headline != valid && headline != invalid, "{verdict:?}");
        }
    }
    // Nobody has to do anything while the answer is on its way.
    let state = RevocationStatus::NotAsked {};
    let asking = verdict(unchecked_with(UncheckedReason::RevocationUnknown {}), state);
    assert_eq!(words.next_step(&asking), None);
}

#[test]
fn the_wire_has_each_once() {
    for verdict in all() {
        let json = serde_json::to_string(&verdict).unwrap();
        let again: CertificateVerdict = serde_json::from_str(&json).unwrap();
        assert_eq!(again, verdict);
        // A reason of one outcome is none of the other.
        let swapped = match verdict.outcome {
            VerdictOutcome::Invalid { .. } => {
                json.replacen(r#""state":"invalid""#, r#""state":"unchecked""#, 1)
            }
            _ => json.replacen(r#""state":"unchecked""#, r#""state":"invalid""#, 1),
        };
        assert!(serde_json::from_str::<CertificateVerdict>(&swapped).is_err());
    }
}

#[test]
fn a_wrong_clock_says_nothing_that_depends_on_the_time() {
    let fault = ClockFault {
        time: TIME,
        witness: ClockWitness::Server,
    };
    let not_asked = || RevocationStatus::NotAsked {};
    let (until, from) = (TIME, TIME);
    let good = RevocationStatus::Good { at: 0, until };
    for doubtful in [
        verdict(VerdictOutcome::Valid {}, good),
        verdict(invalid_with(InvalidReason::Expired { until }), not_asked()),
        verdict(
            invalid_with(InvalidReason::NotYetValid { from }),
            not_asked(),
        ),
        verdict(
            unchecked_with(UncheckedReason::RevocationUnknown {}),
            not_asked(),
        ),
    ] {
        let said = doubtful.clone().by_wrong_clock(fault);
        let VerdictOutcome::Unchecked { reason, .. } = said.outcome else {
            panic!("{:?}", said.outcome);
        };
        let witness = ClockWitness::Server;
        assert_eq!(
            reason,
            UncheckedReason::ClockWrong {
                time: TIME,
                witness
            }
        );
        assert_eq!(said.path, doubtful.path);
    }
    // These are so at any time.
    for known in [
        invalid_with(InvalidReason::Revoked {}),
        invalid_with(InvalidReason::SignatureInvalid {}),
        unchecked_with(UncheckedReason::LimitReached {}),
    ] {
        let known = verdict(known, not_asked());
        assert_eq!(known.clone().by_wrong_clock(fault), known);
    }
}
