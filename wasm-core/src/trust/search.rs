//! Path building: from a certificate up to an anchor (RFC 4158). Names find candidates, key identifiers order them, and
//! signatures decide.

use super::{
    Anchor, Evidence, Finding, Need, Path, Reason, Refusal, Requirements, Verdict,
    deviation::is_self_issued,
    evidence,
    finding::Standing,
    lists::{Statement, russian::Accreditation},
    path::{Candidate, MAX_INTERMEDIATES},
    revocation::{Question, RevocationState, RevocationTerm, Times},
};
use crate::{
    algorithm::{AlgorithmUnsupported, SignatureError},
    certificate::{Certificate, IssuerSignatureError},
    reason::{Reason as _, most_telling},
};
use std::{cmp::Reverse, collections::HashMap, ptr};

/// How many signers of lists may be asked about within each other.
const MAX_NESTING: usize = 8;

/// How much work is left for one certificate. Who sends certificates chooses how many paths there are to try.
#[derive(Clone, Copy, Debug)]
pub(super) struct Budget {
    /// Signatures that may still be verified.
    signatures: usize,
    /// Issuers that may still be tried.
    steps: usize,
    /// Certificates that may still be looked up in lists and answers.
    questions: usize,
}

impl Default for Budget {
    fn default() -> Self {
        Self {
            signatures: 256,
            steps: 4096,
            questions: 64,
        }
    }
}

/// The search for a path of one certificate.
pub(super) struct Search<'s, 'a> {
    evidence: &'s Evidence<'a>,
    requirements: &'s Requirements,
    when: i64,
    budget: Budget,
    /// What verifying came to, by the addresses of certificate and issuer.
    signatures: HashMap<(*const Certificate, *const Certificate), Result<(), IssuerSignatureError>>,
    /// The most telling refusal so far, and whether its path reaches an anchor.
    refusal: Option<(bool, Finding<'a>, Vec<&'a Certificate>)>,
    needs: Vec<Need<'a>>,
    /// DER of the certificates whose revocation is being asked: a list may be about its own signer.
    asking: Vec<&'a [u8]>,
}

impl<'s, 'a> Search<'s, 'a> {
    pub(super) fn new(
        evidence: &'s Evidence<'a>,
        requirements: &'s Requirements,
        when: i64,
        budget: Budget,
    ) -> Self {
        Self {
            evidence,
            requirements,
            when,
            budget,
            signatures: HashMap::new(),
            refusal: None,
            needs: Vec::new(),
            asking: Vec::new(),
        }
    }

    /// The first good path, or the most telling reason against all of them.
    pub(super) fn run(&mut self, certificate: &'a Certificate) -> Verdict<'a> {
        let mut path = vec![certificate];
        let itself = self.evidence.anchor(certificate);
        let found = match itself {
            Some(anchor) => self.evaluate(&path, anchor),
            None => self.climb(&mut path),
        };
        if let Some(path) = found {
            return Verdict::Good(path);
        }
        let missing = Finding {
            certificate,
            reason: Reason::IssuerMissing,
        };
        let (_, finding, path) = self.refusal.take().unwrap_or((false, missing, path));
        let standing = finding.reason.standing();
        let refusal = Refusal {
            finding,
            path,
            needs: std::mem::take(&mut self.needs),
        };
        match standing {
            Standing::Known => Verdict::Refused(refusal),
            Standing::Unchecked => Verdict::Unchecked(refusal),
        }
    }

    /// Tries every issuer of the last certificate of `path`, the likeliest first.
    fn climb(&mut self, path: &mut Vec<&'a Certificate>) -> Option<Path<'a>> {
        let last = *path.last()?;
        let mut failures = Vec::new();
        let mut is_signed = false;
        for candidate in self.candidates(path, last) {
            if self.budget.steps == 0 || path.len() > MAX_INTERMEDIATES + 1 {
                self.refuse(path, Reason::LimitReached, last);
                return None;
            }
            self.budget.steps -= 1;
            match self.verify(last, candidate.certificate) {
                Some(Ok(())) => {}
                Some(Err(error)) => {
                    let is_named = names_key(last, candidate.certificate);
                    failures
                        .extend(is_named.then(|| signature_reason(error, candidate.certificate)));
                    continue;
                }
                None => {
                    self.refuse(path, Reason::LimitReached, last);
                    return None;
                }
            }
            is_signed = true;
            path.push(candidate.certificate);
            let found = match candidate.anchor {
                Some(anchor) => self.evaluate(path, anchor),
                None => self.climb(path),
            };
            if found.is_some() {
                return found;
            }
            path.pop();
        }
        if !is_signed {
            self.dead_end(path, last, failures);
        }
        None
    }

    /// Nothing leads further up.
    fn dead_end(&mut self, path: &[&'a Certificate], last: &'a Certificate, failures: Vec<Reason>) {
        let is_own = is_self_issued(last) && last.verify_signature(last.key()).is_ok();
        let reason = match most_telling(failures) {
            Some(failure) => failure,
            None if is_own => Reason::Untrusted,
            None => Reason::IssuerMissing,
        };
        if reason == Reason::IssuerMissing {
            self.need_issuer(last);
        }
        self.refuse(path, reason, last);
        // What is wrong with the certificate itself is so whoever issued it.
        if let Some(first) = path.first() {
            let reasons = super::checks::alone(first, self.requirements, self.when);
            reasons
                .into_iter()
                .for_each(|reason| self.refuse(path, reason, first));
        }
    }

    fn need_issuer(&mut self, of: &'a Certificate) {
        let is_known = |need: &Need<'a>| match need {
            Need::Issuer { of: known, .. } => ptr::eq(*known, of),
        };
        if self.needs.iter().any(is_known) {
            return;
        }
        let addresses = of.issuer_addresses().collect();
        self.needs.push(Need::Issuer { of, addresses });
    }

    /// Validates a path that reaches an anchor.
    fn evaluate(&mut self, path: &[&'a Certificate], anchor: &'a Anchor) -> Option<Path<'a>> {
        let candidate = Candidate {
            certificates: path,
            anchor,
            requirements: self.requirements,
            when: self.when,
        };
        let found = most_telling(candidate.findings());
        let found = found.map_or_else(|| self.revocation(path, anchor), Err);
        let found = match self.not_accredited(path, anchor) {
            Some(finding)
                if found
                    .as_ref()
                    .err()
                    .is_none_or(|it| it.rank() < finding.rank()) =>
            {
                Err(finding)
            }
            _ => found,
        };
        match found {
            Err(finding) => {
                self.remember(true, finding, path);
                None
            }
            Ok(revocation) => Some(Path {
                revocation,
                warnings: candidate.warnings(),
                certificates: path.to_vec(),
                anchor,
            }),
        }
    }

    /// The state's law asks whether the authority was accredited on the day on which it issued the certificate that is
    /// asked about; of those that sign answers about it nobody asks that.
    fn not_accredited(&self, path: &[&'a Certificate], anchor: &'a Anchor) -> Option<Finding<'a>> {
        let certificate = *path.first().filter(|_| self.asking.is_empty())?;
        let purpose = self.requirements.purpose;
        let recognition = self
            .evidence
            .recognition(path, anchor, purpose, self.when)?;
        match recognition.says {
            Statement::Accreditation(Accreditation::NotAccredited { authority, .. }) => {
                let authority = authority.name.clone();
                let reason = Reason::NotAccredited { authority };
                Some(Finding {
                    certificate,
                    reason,
                })
            }
            _ => None,
        }
    }

    /// Asks of every certificate below the anchor whether it was revoked, from the top down: what a revoked authority says
    /// of those below it counts for nothing. Says when the last of them was found good, and until when the answers may be
    /// believed.
    fn revocation(
        &mut self,
        path: &[&'a Certificate],
        anchor: &'a Anchor,
    ) -> Result<Option<RevocationTerm>, Finding<'a>> {
        let mut term: Option<RevocationTerm> = None;
        let pairs = path.iter().copied().zip(path.iter().copied().skip(1));
        let pairs: Vec<_> = pairs.filter(|_| self.requirements.revocation).collect();
        for (certificate, issuer) in pairs.into_iter().rev() {
            if self.asking.contains(&certificate.der()) {
                continue;
            }
            let latest = self.requirements.revocation_latest;
            let question = Question {
                certificate,
                issuer,
                times: Times::past(self.when, latest.unwrap_or(self.when)),
            };
            let Some(left) = self.budget.questions.checked_sub(1) else {
                let reason = Reason::LimitReached;
                return Err(Finding {
                    certificate,
                    reason,
                });
            };
            self.budget.questions = left;
            self.asking.push(certificate.der());
            let evidence = self.evidence;
            let state = evidence.revocation(&question, &mut |signer: &Certificate| {
                self.validates(signer, anchor)
            });
            self.asking.pop();
            let reason = match state {
                RevocationState::Good(RevocationTerm { at, until }) => {
                    let until = term.map_or(until, |above| above.until.min(until));
                    term = Some(RevocationTerm { at, until });
                    continue;
                }
                RevocationState::Revoked(later)
                    if latest.is_some() && !later.matters_at(self.when) =>
                {
                    let at = self.when;
                    let until = term.map_or(at, |above| above.until.min(at));
                    term = Some(RevocationTerm { at, until });
                    continue;
                }
                RevocationState::Revoked(revocation) => Reason::Revoked(revocation),
                state => Reason::RevocationUnknown { state },
            };
            return Err(Finding {
                certificate,
                reason,
            });
        }
        Ok(term)
    }

    /// Whether a certificate that signed a list or an answer leads to the same anchor (RFC 5280 §6.3.3 (f)).
    fn validates(&mut self, signer: &Certificate, anchor: &Anchor) -> bool {
        if self.asking.contains(&signer.der()) {
            return true;
        }
        if self.asking.len() > MAX_NESTING {
            return false;
        }
        let requirements = Requirements {
            revocation: true,
            revocation_latest: self.requirements.revocation_latest,
            ..Requirements::default()
        };
        let mut search = Search::new(self.evidence, &requirements, self.when, self.budget);
        search.asking.extend(&self.asking);
        let verdict = search.run(signer);
        self.budget = search.budget;
        let path = verdict.path();
        path.is_some_and(|path| path.anchor.certificate.der() == anchor.certificate.der())
    }

    fn refuse(&mut self, path: &[&'a Certificate], reason: Reason, certificate: &'a Certificate) {
        self.remember(
            false,
            Finding {
                certificate,
                reason,
            },
            path,
        );
    }

    /// Keeps the more telling refusal: of a path that reaches an anchor before one that does not.
    fn remember(&mut self, anchored: bool, finding: Finding<'a>, path: &[&'a Certificate]) {
        let known = self
            .refusal
            .as_ref()
            .map(|(anchored, known, _)| (*anchored, known.rank()));
        if known.is_none_or(|known| known < (anchored, finding.rank())) {
            self.refusal = Some((anchored, finding, path.to_vec()));
        }
    }

    /// `None` where no more signatures may be verified.
    fn verify(
        &mut self,
        certificate: &'a Certificate,
        issuer: &'a Certificate,
    ) -> Option<Result<(), IssuerSignatureError>> {
        let pair = (ptr::from_ref(certificate), ptr::from_ref(issuer));
        if let Some(known) = self.signatures.get(&pair) {
            return Some(*known);
        }
        self.budget.signatures = self.budget.signatures.checked_sub(1)?;
        let verified = certificate.verify_signature(issuer.key());
        self.signatures.insert(pair, verified);
        Some(verified)
    }

    /// The certificates that may have issued the last of a path, the likeliest first; none that is on it already, by
    /// name and key: that would be a loop.
    fn candidates(
        &self,
        path: &[&'a Certificate],
        last: &'a Certificate,
    ) -> Vec<evidence::Candidate<'a>> {
        let is_on_path = |other: &Certificate| {
            path.iter().any(|known| {
                known.key().is(other.key()) && known.subject().is(other.subject().der())
            })
        };
        let all = self
            .evidence
            .with_subject(&last.issuer().key())
            .iter()
            .copied();
        let mut candidates: Vec<_> = all.filter(|it| !is_on_path(it.certificate)).collect();
        candidates.sort_by_key(|candidate| Reverse(self.likelihood(last, *candidate)));
        candidates
    }

    /// The greater the likelier that a good path leads through this issuer. The authority key identifier only orders:
    /// many name the serial number of one of several certificates of the same key.
    fn likelihood(
        &self,
        certificate: &Certificate,
        issuer: evidence::Candidate<'a>,
    ) -> (
        bool,
        bool,
        bool,
        Option<Reverse<super::AnchorClass>>,
        bool,
        i64,
    ) {
        let (from, until) = issuer.certificate.validity();
        let is_current = (from..=until).contains(&self.when);
        let key = certificate.authority_key();
        let serial = key.and_then(|key| key.serial.as_deref());
        let is_serial = serial == Some(issuer.certificate.raw_serial());
        (
            names_key(certificate, issuer.certificate),
            is_current,
            issuer.anchor.is_some(),
            issuer.anchor.map(|anchor| Reverse(anchor.class)),
            is_serial,
            until,
        )
    }
}

/// Whether a certificate's authority key identifier is this issuer's; also where one of them has none.
fn names_key(certificate: &Certificate, issuer: &Certificate) -> bool {
    let key = certificate.authority_key();
    let named = key.and_then(|key| key.identifier.as_deref());
    match (named, issuer.subject_key()) {
        (Some(named), Some(own)) => named == own,
        _ => true,
    }
}

fn signature_reason(error: IssuerSignatureError, issuer: &Certificate) -> Reason {
    match error {
        IssuerSignatureError::AlgorithmMismatch => Reason::AlgorithmMismatch,
        IssuerSignatureError::AlgorithmUnsupported(AlgorithmUnsupported::Weak(_)) => {
            Reason::AlgorithmWeak
        }
        IssuerSignatureError::AlgorithmUnsupported(_)
        | IssuerSignatureError::AlgorithmMalformed => Reason::AlgorithmUnsupported,
        IssuerSignatureError::Signature(SignatureError::Unsupported) => Reason::KeyUnsupported {
            key: issuer.key().to_string(),
        },
        IssuerSignatureError::Signature(SignatureError::Invalid | SignatureError::Mismatch) => {
            Reason::SignatureInvalid
        }
    }
}
