//! Validation of one path (RFC 5280 §6.1), from the anchor down.

use super::{
    Anchor, Finding, Reason, Requirements, Warning, checks,
    deviation::{Position, deviations, is_self_issued},
    finding::Note,
    names::Constraints,
    policies::{Place, Policies},
};
use crate::{
    algorithm::{DigestAlgorithm, SHORT_RSA, SignatureAlgorithm, VerifyingKey},
    certificate::Certificate,
};

/// The most certificates of a path between the one that is asked about and the anchor.
pub(super) const MAX_INTERMEDIATES: usize = 16;

/// A path whose signatures are right: the certificate first, the anchor's last.
pub(super) struct Candidate<'p, 'a> {
    pub(super) certificates: &'p [&'a Certificate],
    pub(super) anchor: &'a Anchor,
    pub(super) requirements: &'p Requirements,
    /// Unix seconds.
    pub(super) when: i64,
}

impl<'a> Candidate<'_, 'a> {
    /// All that is wrong with it.
    pub(super) fn findings(&self) -> Vec<Finding<'a>> {
        let mut findings = Vec::new();
        for (place, certificate) in self.certificates.iter().copied().enumerate() {
            let reasons = self.of_one(place, certificate).into_iter();
            findings.extend(reasons.map(|reason| Finding {
                certificate,
                reason,
            }));
        }
        findings.extend(self.names().err());
        findings.extend(self.policies().err());
        findings
    }

    /// What is wrong with one certificate by itself.
    fn of_one(&self, place: usize, certificate: &Certificate) -> Vec<Reason> {
        let is_anchor = place + 1 == self.certificates.len();
        let mut reasons = Vec::new();
        let checked = self.anchor.checks;
        if !is_anchor || place == 0 || checked.validity {
            reasons.extend(checks::validity(certificate, self.when).err());
        }
        if !is_anchor || place == 0 || checked.extensions {
            reasons.extend(checks::extensions(certificate).err());
        }
        if place == 0 {
            reasons.extend(checks::target(certificate, self.requirements));
        } else if !is_anchor || checked.extensions {
            let below = self.authorities_below(place);
            let purpose = self.requirements.purpose;
            reasons.extend(checks::authority(certificate, below, is_anchor, purpose));
        }
        let most = self
            .requirements
            .max_intermediates
            .unwrap_or(MAX_INTERMEDIATES);
        if is_anchor && self.authorities_below(place) > most {
            reasons.push(Reason::PathTooLong {
                allowed: u32::try_from(most).unwrap_or(u32::MAX),
            });
        }
        let weak = [Some(Note::Md5), Some(Note::Sha1)].contains(&digest_note(certificate));
        let refused = self.requirements.strict && weak && !is_anchor;
        reasons.extend(refused.then_some(Reason::AlgorithmWeak));
        if self.requirements.conforming {
            let rules = deviations(certificate, self.position(place));
            reasons.extend(rules.into_iter().map(|rule| Reason::Deviation { rule }));
        }
        reasons
    }

    fn position(&self, place: usize) -> Position {
        match place {
            0 => Position::Target,
            _ if place + 1 == self.certificates.len() => Position::Anchor,
            _ => Position::Authority,
        }
    }

    /// How many authorities stand between the one at this place and the certificate that is asked about, without those
    /// that are self-issued (RFC 5280 §4.2.1.9).
    fn authorities_below(&self, place: usize) -> usize {
        let below = self.certificates.iter().take(place).skip(1);
        below
            .filter(|certificate| !is_self_issued(certificate))
            .count()
    }

    /// The certificates whose extensions count, from the anchor down, each with its place.
    fn downwards(&self) -> impl Iterator<Item = (&'a Certificate, Place)> {
        let certificates = self.certificates.iter().copied().enumerate().rev();
        certificates.map(|(place, certificate)| {
            let self_issued = is_self_issued(certificate);
            (
                certificate,
                Place {
                    last: place == 0,
                    self_issued,
                },
            )
        })
    }

    /// RFC 5280 §6.1.3 (b), (c), §6.1.4 (g)
    fn names(&self) -> Result<(), Finding<'a>> {
        let mut constraints = Constraints::default();
        let mut is_anchor = true;
        for (certificate, place) in self.downwards() {
            let finding = |reason: Reason| Finding {
                certificate,
                reason,
            };
            if !is_anchor && (place.last || !place.self_issued) {
                constraints.admit(certificate).map_err(finding)?;
            }
            if !is_anchor || self.anchor.checks.extensions {
                let own = certificate.name_constraints().map_err(Reason::from);
                constraints.add(own.map_err(finding)?);
            }
            is_anchor = false;
        }
        Ok(())
    }

    /// RFC 5280 §6.1.3 (d) to (f), §6.1.4 (a), (b), (h) to (j), §6.1.5 (g)
    fn policies(&self) -> Result<(), Finding<'a>> {
        let mut policies = Policies::new(&self.requirements.policies, self.certificates.len());
        let mut is_anchor = true;
        for (certificate, place) in self.downwards() {
            let finding = |reason: Reason| Finding {
                certificate,
                reason,
            };
            // RFC 5937 §3.2: an anchor that says nothing about policies does not limit them.
            let says_nothing = is_anchor && certificate.policies().is_empty();
            let is_ignored = is_anchor && !place.last && !self.anchor.checks.extensions;
            if !says_nothing && !is_ignored {
                policies.process(certificate, place).map_err(finding)?;
            }
            match place.last {
                true => policies.conclude(certificate).map_err(finding)?,
                false if is_ignored => {}
                false => policies.descend(certificate, place).map_err(finding)?,
            }
            is_anchor = false;
        }
        Ok(())
    }

    /// What is wrong with it without making it bad.
    pub(super) fn warnings(&self) -> Vec<Warning<'a>> {
        let mut warnings = Vec::new();
        for (place, certificate) in self.certificates.iter().copied().enumerate() {
            let is_anchor = place + 1 == self.certificates.len();
            // Nobody relies on the signature of an anchor.
            let algorithm = digest_note(certificate).filter(|_| !is_anchor);
            let short = is_short(certificate);
            let rules = deviations(certificate, self.position(place))
                .into_iter()
                .map(Note::Deviation);
            let notes = algorithm
                .into_iter()
                .chain(short.then_some(Note::RsaShort))
                .chain(rules);
            warnings.extend(notes.map(|note| Warning { certificate, note }));
        }
        warnings
    }
}

/// What is to be said of the digest that an issuer signed.
fn digest_note(certificate: &Certificate) -> Option<Note> {
    let digest = certificate
        .issuer_algorithm()
        .map(SignatureAlgorithm::digest)?;
    match digest {
        DigestAlgorithm::Md5 => Some(Note::Md5),
        DigestAlgorithm::Sha1 => Some(Note::Sha1),
        DigestAlgorithm::Gost94 | DigestAlgorithm::Gost95 => Some(Note::GostWithdrawn),
        _ => None,
    }
}

fn is_short(certificate: &Certificate) -> bool {
    let bits = certificate
        .key()
        .verifying_key()
        .map(VerifyingKey::rsa_bits);
    bits.is_ok_and(|bits| bits.is_some_and(|bits| bits < SHORT_RSA))
}
