//! What a verdict is built on.

use super::{
    Anchor, Purpose,
    lists::{NationalList, Recognition},
    revocation::{self, Question, RevocationSource, RevocationState, Sources, ValidatesSigner},
};
use crate::certificate::{Certificate, NameKey};
use std::{collections::HashMap, sync::Arc};

/// Anchors and other certificates, found by subject, what there is about revocation, and the lists of states.
#[derive(Clone, Debug, Default)]
pub struct Evidence<'a> {
    by_subject: HashMap<NameKey, Vec<Candidate<'a>>>,
    sources: Sources<'a>,
    asked: Option<&'a dyn RevocationSource>,
    /// `None`: nobody asks them.
    lists: Option<&'a [Arc<NationalList>]>,
}

/// A certificate that may have issued another.
#[derive(Clone, Copy, Debug)]
pub struct Candidate<'a> {
    /// The certificate.
    pub certificate: &'a Certificate,
    /// The anchor that it is, if it is one.
    pub anchor: Option<&'a Anchor>,
}

impl<'a> Evidence<'a> {
    /// `untrusted` are certificates that may be on the path; nothing is believed of them.
    pub fn new(
        anchors: impl IntoIterator<Item = &'a Anchor>,
        untrusted: impl IntoIterator<Item = &'a Certificate>,
    ) -> Self {
        let mut evidence = Self::default();
        let anchors = anchors.into_iter().map(|anchor| Candidate {
            certificate: &anchor.certificate,
            anchor: Some(anchor),
        });
        let untrusted = untrusted.into_iter().map(|certificate| Candidate {
            certificate,
            anchor: None,
        });
        anchors
            .chain(untrusted)
            .for_each(|candidate| evidence.add(candidate));
        evidence
    }

    /// The same with what there is about revocation.
    pub fn with_sources(self, sources: Sources<'a>) -> Self {
        Self { sources, ..self }
    }

    /// The same, where somebody is asked about revocation, too, who may go and find out.
    pub fn with_revocations(self, source: &'a dyn RevocationSource) -> Self {
        Self {
            asked: Some(source),
            ..self
        }
    }

    /// The same with the lists of states, which say who was accredited or qualified.
    pub fn with_lists(self, lists: &'a [Arc<NationalList>]) -> Self {
        Self {
            lists: Some(lists),
            ..self
        }
    }

    /// What the list of the anchor's state says of who issued the first certificate of a path that ends there.
    pub fn recognition(
        &self,
        path: &[&Certificate],
        anchor: &'a Anchor,
        purpose: Purpose,
        when: i64,
    ) -> Option<Recognition<'a>> {
        Recognition::of(self.lists?, path, anchor, purpose, when)
    }

    /// Whether a certificate was revoked.
    pub(super) fn revocation(
        &self,
        question: &Question<'_>,
        validates: &mut ValidatesSigner<'_>,
    ) -> RevocationState {
        match self.asked {
            Some(source) => source.state(question, &self.sources, validates),
            None => revocation::check(question, &self.sources, validates),
        }
    }

    /// The anchor that a certificate is, if it is one.
    pub fn anchor(&self, certificate: &Certificate) -> Option<&'a Anchor> {
        let mut same_name = self.with_subject(&certificate.subject().key()).iter();
        let found = same_name.find(|it| it.certificate.der() == certificate.der())?;
        found.anchor
    }

    fn add(&mut self, candidate: Candidate<'a>) {
        let subject = candidate.certificate.subject().key();
        let same_name = self.by_subject.entry(subject).or_default();
        let der = candidate.certificate.der();
        // An anchor that came along as an ordinary certificate, too, stays an anchor.
        if !same_name.iter().any(|known| known.certificate.der() == der) {
            same_name.push(candidate);
        }
    }

    /// The certificates whose subject is this name, anchors first.
    pub fn with_subject(&self, name: &NameKey) -> &[Candidate<'a>] {
        self.by_subject.get(name).map_or(&[], Vec::as_slice)
    }
}
