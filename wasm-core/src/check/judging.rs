//! What a signature came to: whether the key made it, whether the certificate is good, and what a timestamp proves (ETSI
//! EN 319 102-1 §5.3 to §5.5).

use super::{
    conclusions::{of_certificate, of_signature},
    trust_inputs::Layers,
};
use crate::{
    certificate::Certificate,
    cms::{Embedded, SignerDetails, Timestamp, TimestampKind},
    display_text,
    format::{Container, Level, SignatureState, SignerVerdict},
    protocol::{
        CertificateVerdict, CheckedSigner, CheckedTimestamp, Conclusion, Countersignature,
        EvidenceCount, EvidenceOrigin, Indication, RevocationStatus, SubIndication, VerdictOutcome,
    },
    trust::{Evidence, Purpose, Reason, Requirements, Verdict, validate},
};
use base64::prelude::{BASE64_STANDARD, Engine as _};

/// The most parts of a document that are named.
const MAX_PARTS: usize = 16;

/// What certificates are judged by.
#[derive(Clone, Copy, Debug)]
pub(super) struct Judge<'a> {
    pub(super) layers: &'a Layers<'a>,
    /// What came with the signature.
    pub(super) inside: &'a Embedded,
    /// Whether it has to be known that nothing was revoked.
    pub(super) revocation: bool,
    /// When, Unix time.
    pub(super) time: i64,
}

/// What is asked about a certificate.
#[derive(Clone, Copy, Debug)]
struct Asked<'a> {
    certificate: &'a Certificate,
    purpose: Purpose,
}

/// What is known about revocation by one kind of evidence.
struct Known {
    origin: EvidenceOrigin,
    time: i64,
    is_good: Option<bool>,
}

/// What a certificate came to.
struct Judged {
    verdict: CertificateVerdict,
    revocation_from: Option<EvidenceOrigin>,
    conclusion: Conclusion,
    indication: Indication,
}

impl Judge<'_> {
    pub(super) fn signer(
        &self,
        signature: &SignerVerdict,
        details: &SignerDetails,
    ) -> CheckedSigner {
        // Nobody is asked about the certificate of a signature that is wrong.
        let servers = signature.failure.is_none();
        let timestamps = details.timestamps.iter();
        let timestamps: Vec<_> = timestamps.map(|it| self.timestamp(it, servers)).collect();
        let proofs = timestamps
            .iter()
            .filter(|it| it.state == SignatureState::Valid && it.kind.covers_signature());
        let proven = proofs.filter_map(|it| it.time).min();
        let certificate = certificate(signature);
        let judged = certificate.map(|it| self.certificate(&it, proven, servers));
        let (conclusion, indication) = of_signature(signature.failure).unwrap_or_else(|| {
            // Without a certificate no signature is valid.
            judged.as_ref().map_or(
                (
                    Conclusion::CertificateMissing,
                    Indication::open(SubIndication::NoSigningCertificateFound),
                ),
                |it| (it.conclusion, it.indication),
            )
        });
        let revocation_from = judged.as_ref().and_then(|it| it.revocation_from);
        CheckedSigner {
            state: indication.state(),
            conclusion,
            indication: Some(indication),
            owner: owner(signature),
            level: level(signature, details),
            proven_time: proven,
            timestamps,
            countersignatures: countersignatures(details),
            unchecked: details.unchecked.clone(),
            covered: covered(details),
            certificate: judged.map(|it| it.verdict),
            revocation_from,
            inside: count(self.inside),
            signature: signature.clone(),
        }
    }

    /// EN 319 102-1 §5.4: an authority's certificate counts at the time of its timestamp.
    fn timestamp(&self, timestamp: &Timestamp, servers: bool) -> CheckedTimestamp {
        let signature = timestamp.signature.as_ref();
        let certificate = signature.and_then(certificate);
        let verdict = certificate.zip(timestamp.time).map(|(certificate, time)| {
            let asked = Asked {
                certificate: &certificate,
                purpose: Purpose::TimeStamping,
            };
            let evidence = self.layers.all(servers);
            let verdict = self.validate(asked, evidence, time);
            self.written(asked, &verdict, evidence, time)
        });
        let is_good = verdict
            .as_ref()
            .is_some_and(|it| it.outcome == VerdictOutcome::Valid {});
        CheckedTimestamp {
            kind: timestamp.kind,
            state: match timestamp.failure {
                None if is_good => SignatureState::Valid,
                None => SignatureState::Unchecked,
                Some(failure) => failure.state(),
            },
            time: timestamp.time,
            failure: timestamp.failure,
            owner: signature.and_then(owner),
            certificate: verdict,
        }
    }

    /// The signer's certificate, now, or at the time that is proven.
    fn certificate(&self, certificate: &Certificate, proven: Option<i64>, servers: bool) -> Judged {
        let asked = Asked {
            certificate,
            purpose: Purpose::Documents,
        };
        // Before servers are asked: what they say is kept.
        let nearer = self.nearer(asked, &[Some(self.time), proven]);
        let evidence = self.layers.all(servers);
        let now = self.validate(asked, evidence, self.time);
        let past = proven.filter(|proven| *proven < self.time && may_have_been_good(&now));
        let past = past.map(|proven| (proven, self.validate(asked, evidence, proven)));
        let as_now = of_certificate(&now, certificate, proven);
        let (time, verdict, (conclusion, indication)) = match past {
            Some((proven, then)) => {
                let judged = of_certificate(&then, certificate, Some(proven));
                let is_unknown = matches!(now.reason(), Some(Reason::RevocationUnknown { .. }));
                // What is wrong now is what there is to tell, unless all was well then.
                match judged.0 {
                    Conclusion::Valid => (proven, then, judged),
                    _ if is_unknown => (self.time, now, as_now),
                    Conclusion::Revoked | Conclusion::SignedAfterRevocation => {
                        (self.time, now, judged)
                    }
                    _ => (proven, then, judged),
                }
            }
            None => (self.time, now, as_now),
        };
        let verdict = self.written(asked, &verdict, evidence, time);
        Judged {
            revocation_from: origin(&nearer, &verdict),
            verdict,
            conclusion,
            indication,
        }
    }

    /// What is known about revocation at these times without servers, by the nearest evidence first.
    fn nearer(&self, asked: Asked<'_>, times: &[Option<i64>]) -> Vec<Known> {
        let times = times.iter().copied().flatten();
        let layers = || self.layers.counting(false);
        let known = times.flat_map(|time| {
            layers().map(move |(origin, evidence)| {
                let verdict = self.validate(asked, evidence, time);
                let found = self.written(asked, &verdict, evidence, time);
                Known {
                    origin,
                    time,
                    is_good: is_good(&found.revocation),
                }
            })
        });
        known.collect()
    }

    fn validate<'c>(&'c self, asked: Asked<'c>, evidence: &Evidence<'c>, time: i64) -> Verdict<'c> {
        let requirements = Requirements {
            purpose: asked.purpose,
            revocation: self.revocation,
            revocation_latest: (time < self.time).then_some(self.time),
            ..Requirements::default()
        };
        validate(asked.certificate, evidence, &requirements, time)
    }

    fn written(
        &self,
        asked: Asked<'_>,
        verdict: &Verdict<'_>,
        evidence: &Evidence<'_>,
        time: i64,
    ) -> CertificateVerdict {
        let Asked {
            certificate,
            purpose,
        } = asked;
        let made = CertificateVerdict::new(certificate, verdict, evidence, purpose, time);
        let about = match verdict {
            Verdict::Good(_) => return made,
            Verdict::Refused(refusal) | Verdict::Unchecked(refusal) => {
                refusal.finding.certificate.id()
            }
        };
        made.asked_in_vain(self.layers.asked_in_vain(&about))
    }
}

/// Where what a verdict says about revocation came from: the nearest evidence that says as much by itself.
fn origin(nearer: &[Known], verdict: &CertificateVerdict) -> Option<EvidenceOrigin> {
    let known = is_good(&verdict.revocation);
    let mut same = nearer
        .iter()
        .filter(|it| it.time == verdict.time && it.is_good == known);
    let nearest = same.next().map(|it| it.origin);
    known.and(nearest.or(Some(EvidenceOrigin::Servers)))
}

/// Whether it is known that a certificate was not revoked, or that it was.
fn is_good(status: &RevocationStatus) -> Option<bool> {
    match status {
        RevocationStatus::Good { .. } => Some(true),
        RevocationStatus::Revoked { .. } => Some(false),
        _ => None,
    }
}

/// Whether a certificate that is not good now may have been so: it, or one above it, is past its validity, was revoked, or
/// nothing is known about that now.
fn may_have_been_good(verdict: &Verdict<'_>) -> bool {
    matches!(
        verdict.reason(),
        Some(
            Reason::Expired { .. }
                | Reason::NotYetValid { .. }
                | Reason::Revoked(_)
                | Reason::RevocationUnknown { .. }
        )
    )
}

/// The parts of the document that are signed, as they may be shown.
pub(super) fn covered(details: &SignerDetails) -> Vec<String> {
    let parts = details.covered.iter().take(MAX_PARTS);
    parts.map(|part| display_text::name(part)).collect()
}

/// The name of what was verified of a signature (EN 319 122-1 §6).
pub(super) fn level(signature: &SignerVerdict, details: &SignerDetails) -> String {
    let title = signature.level.title(signature.container);
    let has = |kind: fn(TimestampKind) -> bool| {
        let mut right = details.timestamps.iter().filter(|it| it.failure.is_none());
        right.any(|it| kind(it.kind))
    };
    let stamped = has(|kind| kind == TimestampKind::Signature);
    let archived = has(|kind| kind == TimestampKind::Archive);
    match (signature.container, signature.level) {
        (Container::Cms, Level::Bes) if stamped && archived => "CAdES-LTA",
        (Container::Cms, Level::Bes) if stamped => "CAdES-T",
        (Container::Cms, Level::Bes) if details.has_policy => "CAdES-EPES",
        _ => title,
    }
    .to_owned()
}

/// How much evidence came with a signature.
pub(super) fn count(inside: &Embedded) -> EvidenceCount {
    let count = |all: &[Vec<u8>]| u32::try_from(all.len()).unwrap_or(u32::MAX);
    EvidenceCount {
        certificates: count(&inside.certificates),
        lists: count(&inside.lists),
        answers: count(&inside.answers),
    }
}

pub(super) fn countersignatures(details: &SignerDetails) -> Vec<Countersignature> {
    let all = details.countersignatures.iter();
    all.map(|signature| Countersignature {
        owner: owner(signature),
        signature: signature.clone(),
    })
    .collect()
}

fn certificate(verdict: &SignerVerdict) -> Option<Certificate> {
    let der = BASE64_STANDARD.decode(verdict.certificate.as_ref()?).ok()?;
    Certificate::parse(&der).ok()
}

pub(super) fn owner(verdict: &SignerVerdict) -> Option<String> {
    certificate(verdict).map(|it| it.view().owner)
}
