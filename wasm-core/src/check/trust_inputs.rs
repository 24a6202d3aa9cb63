//! What certificates are judged by: whom to trust, and what there is about revocation, by where it came from.

use crate::{
    certificate::Certificate,
    protocol::{AskedInVain, EvidenceOrigin},
    trust::{
        Anchor, Evidence,
        lists::NationalList,
        revocation::{OcspAnswer, RevocationList, RevocationSource, Sources},
    },
};
use std::{fmt, iter, sync::Arc};

/// Whom to trust, and what there is about revocation.
#[derive(Clone, Debug)]
pub struct TrustInputs<'a> {
    /// Whom paths may end at.
    pub anchors: &'a [Anchor],
    /// Other certificates that may be on a path.
    pub certificates: &'a [Certificate],
    /// Revocation lists that were given.
    pub lists: Vec<&'a dyn RevocationList>,
    /// OCSP answers that were given.
    pub answers: Vec<OcspAnswer<'a>>,
    /// What is kept of earlier answers about revocation.
    pub kept: Option<&'a dyn RevocationSource>,
    /// Who is asked about the certificates of signatures that are right. They know what is kept, too.
    pub servers: Option<&'a dyn AskedServers>,
    /// Whether it has to be known that nothing was revoked.
    pub revocation: bool,
    /// The lists of states, which say who was accredited or qualified.
    pub national: &'a [Arc<NationalList>],
}

/// Servers that are asked about revocation.
pub trait AskedServers: RevocationSource {
    /// The addresses that were asked in vain about the certificate with this id.
    fn asked_in_vain(&self, certificate: &str) -> Vec<AskedInVain>;
}

/// Evidence about revocation, each kind with what is nearer at hand.
pub(super) struct Layers<'a> {
    /// What came in the signature.
    inside: Evidence<'a>,
    /// Nearest first.
    others: Vec<(EvidenceOrigin, Evidence<'a>)>,
    servers: Option<&'a dyn AskedServers>,
}

impl fmt::Debug for Layers<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Layers").finish_non_exhaustive()
    }
}

impl<'a> Layers<'a> {
    /// `inside` is what came in the signature, `given` that and what was given beside it.
    pub(super) fn new(
        evidence: &Evidence<'a>,
        inside: Sources<'a>,
        given: Sources<'a>,
        trust: &TrustInputs<'a>,
    ) -> Self {
        let with = |sources| evidence.clone().with_sources(sources);
        let mut others = vec![(EvidenceOrigin::Files, with(given))];
        let kept = trust.kept.map(|kept| with(given).with_revocations(kept));
        others.extend(kept.map(|kept| (EvidenceOrigin::Kept, kept)));
        let asked = trust
            .servers
            .map(|servers| with(given).with_revocations(servers));
        others.extend(asked.map(|asked| (EvidenceOrigin::Servers, asked)));
        Self {
            inside: with(inside),
            others,
            servers: trust.servers,
        }
    }

    /// What counts, nearest first; `asks`: whether servers may be asked.
    pub(super) fn counting(
        &self,
        asks: bool,
    ) -> impl DoubleEndedIterator<Item = (EvidenceOrigin, &Evidence<'a>)> {
        let inside = (EvidenceOrigin::Signature, &self.inside);
        let others = self.others.iter().map(|(origin, it)| (*origin, it));
        let others = others.filter(move |(origin, _)| asks || *origin != EvidenceOrigin::Servers);
        iter::once(inside).chain(others)
    }

    /// All that counts.
    pub(super) fn all(&self, asks: bool) -> &Evidence<'a> {
        let last = self.counting(asks).next_back();
        last.map_or(&self.inside, |(_, evidence)| evidence)
    }

    /// The addresses that were asked in vain about the certificate with this id.
    pub(super) fn asked_in_vain(&self, certificate: &str) -> Vec<AskedInVain> {
        let servers = self.servers;
        servers.map_or_else(Vec::new, |servers| servers.asked_in_vain(certificate))
    }
}
