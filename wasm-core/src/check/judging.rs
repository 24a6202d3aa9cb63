//! What a signature came to: whether the key made it, whether the certificate is good, and what a timestamp proves (ETSI
//! EN 319 102-1 §5.3 to §5.5).

use crate::{
    certificate::Certificate,
    cms::{SignerDetails, Timestamp},
    format::{Container, Document, Level, SignatureState, Signed, SignerFailure, SignerVerdict},
    protocol::{
        CertificateVerdict, CheckedSigner, CheckedTimestamp, Conclusion, Countersignature,
        Indication, MainIndication, SubIndication, VerdictOutcome,
    },
    trust::{
        Anchor, Evidence, Purpose, Reason, Requirements, Verdict,
        lists::NationalList,
        revocation::{
            self, Crl, OcspAnswer, Question, Revocation, RevocationList, RevocationState, Sources,
            Times,
        },
        validate,
    },
};
use base64::prelude::{BASE64_STANDARD, Engine as _};
use std::sync::Arc;

/// Whom to trust, and what there is about revocation.
#[derive(Clone, Debug)]
pub struct TrustInputs<'a> {
    /// Whom paths may end at.
    pub anchors: &'a [Anchor],
    /// Other certificates that may be on a path.
    pub certificates: &'a [Certificate],
    /// Revocation lists.
    pub lists: Vec<&'a dyn RevocationList>,
    /// OCSP answers.
    pub answers: Vec<OcspAnswer<'a>>,
    /// Whether it has to be known that nothing was revoked.
    pub revocation: bool,
    /// The lists of states, which say who was accredited or qualified.
    pub national: &'a [Arc<NationalList>],
}

impl<'a> TrustInputs<'a> {
    /// The same with more lists and answers.
    pub(super) fn with(
        &self,
        lists: impl Iterator<Item = &'a dyn RevocationList>,
        answers: impl Iterator<Item = OcspAnswer<'a>>,
    ) -> Self {
        Self {
            lists: self.lists.iter().copied().chain(lists).collect(),
            answers: self.answers.iter().copied().chain(answers).collect(),
            ..*self
        }
    }
}

/// How signatures are checked.
#[derive(Clone, Copy, Debug)]
pub(super) struct Checking<'a> {
    /// Certificates that were given, DER: signers are looked for among them.
    pub(super) certificates: &'a [Vec<u8>],
    /// `None`: whom to trust is not asked.
    pub(super) trust: Option<&'a TrustInputs<'a>>,
    /// When certificates have to be good, Unix time.
    pub(super) time: i64,
}

impl Checking<'_> {
    /// Checks every signer. `beside` are certificates of the same file.
    pub(super) fn signers<'d>(
        &self,
        signed: &'d Signed,
        document: Option<&'d mut (dyn Document + 'd)>,
        beside: &[Vec<u8>],
    ) -> Vec<CheckedSigner> {
        let known = [beside, self.certificates].concat();
        let verdicts = signed.verify(document, &known);
        let details = signed.details(&known);
        let of_stamps = details.iter().flat_map(|it| &it.timestamps);
        let of_stamps = of_stamps.flat_map(|it| &it.certificates);
        let ders = known.iter().chain(signed.certificates()).chain(of_stamps);
        let certificates: Vec<_> = ders
            .filter_map(|der| Certificate::parse(der).ok())
            .collect();
        let lists: Vec<_> = signed
            .revocation_lists()
            .filter_map(|der| Crl::parse(der).ok())
            .collect();
        let pairs = verdicts.into_iter().zip(details);
        let Some(trust) = self.trust else {
            return pairs
                .map(|(verdict, details)| untrusted(verdict, &details))
                .collect();
        };
        let lists = lists.iter().map(|it| -> &dyn RevocationList { it });
        let answers = signed.ocsp_answers().map(|der| OcspAnswer {
            der,
            requested: None,
        });
        let trust = trust.with(lists, answers);
        let untrusted: Vec<_> = trust.certificates.iter().chain(&certificates).collect();
        let anchors = trust.anchors.iter().map(|it| &it.certificate);
        let signers: Vec<_> = anchors.chain(untrusted.iter().copied()).collect();
        let sources = Sources {
            lists: &trust.lists,
            answers: &trust.answers,
            signers: &signers,
        };
        let evidence = Evidence::new(trust.anchors, untrusted.iter().copied());
        let judge = Judge {
            evidence: &evidence.with_sources(sources).with_lists(trust.national),
            sources,
            revocation: trust.revocation,
            time: self.time,
        };
        pairs
            .map(|(verdict, details)| judge.signer(verdict, &details))
            .collect()
    }
}

/// What is known of a signer without asking whom to trust.
fn untrusted(signature: SignerVerdict, details: &SignerDetails) -> CheckedSigner {
    let (conclusion, _) = of_signature(signature.failure)
        .unwrap_or((Conclusion::SignatureValid, Indication::passed()));
    let timestamps = details.timestamps.iter().map(|timestamp| CheckedTimestamp {
        state: SignatureState::Unchecked,
        time: timestamp.time,
        failure: timestamp.failure,
        owner: timestamp.signature.as_ref().and_then(owner),
        certificate: None,
    });
    CheckedSigner {
        state: signature.state,
        conclusion,
        indication: None,
        owner: owner(&signature),
        level: level(&signature, details),
        proven_time: None,
        timestamps: timestamps.collect(),
        countersignatures: countersignatures(details),
        unchecked: details.unchecked.clone(),
        certificate: None,
        signature,
    }
}

/// What certificates are judged by.
struct Judge<'a> {
    evidence: &'a Evidence<'a>,
    sources: Sources<'a>,
    /// Whether it has to be known that nothing was revoked.
    revocation: bool,
    time: i64,
}

/// What a certificate came to.
struct Judged {
    verdict: CertificateVerdict,
    conclusion: Conclusion,
    indication: Indication,
}

impl Judge<'_> {
    fn signer(&self, signature: SignerVerdict, details: &SignerDetails) -> CheckedSigner {
        let timestamps: Vec<_> = details
            .timestamps
            .iter()
            .map(|it| self.timestamp(it))
            .collect();
        let proofs = timestamps
            .iter()
            .filter(|it| it.state == SignatureState::Valid);
        let proven = proofs.filter_map(|it| it.time).min();
        let certificate = certificate(&signature);
        let judged = certificate.map(|it| self.certificate(&it, proven));
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
        CheckedSigner {
            state: indication.state(),
            conclusion,
            indication: Some(indication),
            owner: owner(&signature),
            level: level(&signature, details),
            proven_time: proven,
            timestamps,
            countersignatures: countersignatures(details),
            unchecked: details.unchecked.clone(),
            certificate: judged.map(|it| it.verdict),
            signature,
        }
    }

    /// EN 319 102-1 §5.4: an authority's certificate counts at the time of its timestamp.
    fn timestamp(&self, timestamp: &Timestamp) -> CheckedTimestamp {
        let signature = timestamp.signature.as_ref();
        let certificate = signature.and_then(certificate);
        let verdict = certificate.zip(timestamp.time).map(|(certificate, time)| {
            let purpose = Purpose::TimeStamping;
            let then = self.validate(&certificate, purpose, false, time);
            let now = self.validate(&certificate, purpose, self.revocation, self.time);
            match now.reason() {
                Some(Reason::Revoked(revocation)) if revocation.matters_at(time) => {
                    self.written(&certificate, &now, purpose, self.time)
                }
                _ => self.written(&certificate, &then, purpose, time),
            }
        });
        let is_good = verdict
            .as_ref()
            .is_some_and(|it| it.outcome == VerdictOutcome::Valid {});
        CheckedTimestamp {
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
    fn certificate(&self, certificate: &Certificate, proven: Option<i64>) -> Judged {
        let purpose = Purpose::Documents;
        let now = self.validate(certificate, purpose, self.revocation, self.time);
        let past = proven.filter(|_| is_over(&now, certificate)).map(|proven| {
            let then = self.validate(certificate, purpose, false, proven);
            (proven, then)
        });
        let (time, verdict, (conclusion, indication)) = match past {
            Some((proven, then)) => {
                let judged = match then.path() {
                    Some(_) => self.past_revocation(certificate, &then, proven),
                    None => of_certificate(&then, certificate, Some(proven)),
                };
                // What is wrong now is what there is to tell, unless all was well then.
                match judged.0 {
                    Conclusion::Revoked | Conclusion::SignedAfterRevocation => {
                        (self.time, now, judged)
                    }
                    _ => (proven, then, judged),
                }
            }
            None => {
                let judged = of_certificate(&now, certificate, proven);
                (self.time, now, judged)
            }
        };
        Judged {
            verdict: self.written(certificate, &verdict, purpose, time),
            conclusion,
            indication,
        }
    }

    /// Whether a certificate that was good when the signature was made was revoked before (a later revocation for a reason that
    /// has nothing to do with the key does no harm).
    fn past_revocation(
        &self,
        certificate: &Certificate,
        then: &Verdict<'_>,
        proven: i64,
    ) -> (Conclusion, Indication) {
        let issuer = then.path().and_then(|path| path.certificates.get(1));
        let Some(issuer) = issuer.filter(|_| self.revocation) else {
            return (Conclusion::Valid, Indication::passed());
        };
        let question = Question {
            certificate,
            issuer,
            times: Times::at(self.time),
        };
        match revocation::check(&question, &self.sources, &mut |_| false) {
            RevocationState::Good(_) | RevocationState::Stale { .. } => {
                (Conclusion::Valid, Indication::passed())
            }
            RevocationState::Revoked(revocation) => of_revocation(&revocation, Some(proven)),
            _ => (
                Conclusion::RevocationUnknown,
                Indication::open(SubIndication::TryLater),
            ),
        }
    }

    fn validate<'c>(
        &'c self,
        certificate: &'c Certificate,
        purpose: Purpose,
        revocation: bool,
        time: i64,
    ) -> Verdict<'c> {
        let requirements = Requirements {
            purpose,
            revocation,
            ..Requirements::default()
        };
        validate(certificate, self.evidence, &requirements, time)
    }

    fn written(
        &self,
        certificate: &Certificate,
        verdict: &Verdict<'_>,
        purpose: Purpose,
        time: i64,
    ) -> CertificateVerdict {
        CertificateVerdict::new(certificate, verdict, self.evidence, purpose, time)
    }
}

/// Whether a time in the past might make a certificate good: its own validity is over, or it was revoked.
fn is_over(verdict: &Verdict<'_>, certificate: &Certificate) -> bool {
    let (Verdict::Refused(refusal) | Verdict::Unchecked(refusal)) = verdict else {
        return false;
    };
    let is_its_own = refusal.finding.certificate.der() == certificate.der();
    match refusal.finding.reason {
        // The validity of those above it has to be looked at then, too.
        Reason::Expired { .. } | Reason::NotYetValid { .. } => true,
        Reason::Revoked(_) => is_its_own,
        _ => false,
    }
}

/// EN 319 102-1 table 6: what a failure of the signature itself is; `None` where there is none.
fn of_signature(failure: Option<SignerFailure>) -> Option<(Conclusion, Indication)> {
    use SubIndication as Sub;
    Some(match failure? {
        SignerFailure::ContentChanged => (
            Conclusion::ContentChanged,
            Indication::failed(Sub::HashFailure),
        ),
        SignerFailure::AlgorithmMismatch
        | SignerFailure::KeyMismatch
        | SignerFailure::SignatureInvalid => (
            Conclusion::SignatureInvalid,
            Indication::failed(Sub::SigCryptoFailure),
        ),
        SignerFailure::AttributesMalformed
        | SignerFailure::CertificateMismatch
        | SignerFailure::ContentAmbiguous
        | SignerFailure::ContentTypeMismatch
        | SignerFailure::Malformed => (
            Conclusion::SignatureInvalid,
            Indication::failed(Sub::FormatFailure),
        ),
        SignerFailure::ContentMissing => (
            Conclusion::ContentMissing,
            Indication::open(Sub::SignedDataNotFound),
        ),
        SignerFailure::CertificateMissing => (
            Conclusion::CertificateMissing,
            Indication::open(Sub::NoSigningCertificateFound),
        ),
        SignerFailure::AlgorithmWeak => (
            Conclusion::SignatureUnchecked,
            Indication::open(Sub::CryptoConstraintsFailureNoPoe),
        ),
        SignerFailure::ContentTooLarge
        | SignerFailure::AlgorithmUnsupported
        | SignerFailure::KeyUnsupported => (
            Conclusion::SignatureUnchecked,
            Indication::open(Sub::Generic),
        ),
    })
}

/// The same for a verdict on the certificate of a signature that is valid. `proven` is the time before which that was
/// made for certain.
fn of_certificate(
    verdict: &Verdict<'_>,
    certificate: &Certificate,
    proven: Option<i64>,
) -> (Conclusion, Indication) {
    use SubIndication as Sub;
    let (Verdict::Refused(refusal) | Verdict::Unchecked(refusal)) = verdict else {
        return (Conclusion::Valid, Indication::passed());
    };
    let is_its_own = refusal.finding.certificate.der() == certificate.der();
    let (conclusion, sub) = match &refusal.finding.reason {
        Reason::Expired { until } if is_its_own && proven.is_some_and(|it| it > *until) => {
            return (
                Conclusion::SignedAfterExpiry,
                Indication::failed(Sub::Expired),
            );
        }
        Reason::NotYetValid { from } if is_its_own && proven.is_some_and(|it| it < *from) => {
            return (
                Conclusion::NotYetValid,
                Indication::failed(Sub::NotYetValid),
            );
        }
        Reason::Revoked(revocation) if is_its_own => return of_revocation(revocation, proven),
        Reason::Expired { .. } => (Conclusion::Expired, Sub::OutOfBoundsNoPoe),
        Reason::NotYetValid { .. } => (Conclusion::NotYetValid, Sub::OutOfBoundsNoPoe),
        Reason::Revoked(_) => (Conclusion::Revoked, Sub::RevokedCaNoPoe),
        Reason::RevocationUnknown { .. } => (Conclusion::RevocationUnknown, Sub::TryLater),
        Reason::IssuerMissing | Reason::NotAccredited { .. } | Reason::Untrusted => {
            (Conclusion::Untrusted, Sub::NoCertificateChainFound)
        }
        Reason::KeyUsage { purpose: Some(_) } | Reason::ExtendedUsage { .. } => {
            (Conclusion::WrongUsage, Sub::ChainConstraintsFailure)
        }
        Reason::AlgorithmWeak => (
            Conclusion::CertificateInvalid,
            Sub::CryptoConstraintsFailureNoPoe,
        ),
        _ => (
            Conclusion::CertificateInvalid,
            Sub::CertificateChainGeneralFailure,
        ),
    };
    (conclusion, Indication::open(sub))
}

fn of_revocation(revocation: &Revocation, proven: Option<i64>) -> (Conclusion, Indication) {
    match proven {
        Some(time) if revocation.at <= time => (
            Conclusion::SignedAfterRevocation,
            Indication::failed(SubIndication::Revoked),
        ),
        Some(time) if !revocation.matters_at(time) => (Conclusion::Valid, Indication::passed()),
        _ => (
            Conclusion::Revoked,
            Indication::open(SubIndication::RevokedNoPoe),
        ),
    }
}

/// The name of what was verified of a signature (EN 319 122-1 §6).
fn level(signature: &SignerVerdict, details: &SignerDetails) -> String {
    let title = signature.level.title(signature.container);
    let stamped = details.timestamps.iter().any(|it| it.failure.is_none());
    match (signature.container, signature.level) {
        (Container::Cms, Level::Bes) if stamped => "CAdES-T",
        (Container::Cms, Level::Bes) if details.has_policy => "CAdES-EPES",
        _ => title,
    }
    .to_owned()
}

fn countersignatures(details: &SignerDetails) -> Vec<Countersignature> {
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

fn owner(verdict: &SignerVerdict) -> Option<String> {
    certificate(verdict).map(|it| it.view().owner)
}

impl Indication {
    fn passed() -> Self {
        Self {
            main: MainIndication::TotalPassed,
            sub: None,
        }
    }

    fn failed(sub: SubIndication) -> Self {
        Self {
            main: MainIndication::TotalFailed,
            sub: Some(sub),
        }
    }

    fn open(sub: SubIndication) -> Self {
        Self {
            main: MainIndication::Indeterminate,
            sub: Some(sub),
        }
    }

    /// What it is in a word.
    fn state(self) -> SignatureState {
        match self.main {
            MainIndication::TotalPassed => SignatureState::Valid,
            MainIndication::TotalFailed => SignatureState::Invalid,
            MainIndication::Indeterminate => SignatureState::Unchecked,
        }
    }
}
