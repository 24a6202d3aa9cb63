//! Checking one certificate by what this host trusts and by what it knows, or can find out, about revocation.

use super::TrustStore;
use crate::network::{
    crl_store::CrlStoreError,
    fetch::FetchError,
    revocation::{AskError, Revocations},
};
use std::{
    cell::RefCell,
    time::{Duration, Instant},
};
use tamga_core::{
    certificate::{Certificate, GeneralName},
    display_text,
    protocol::{AskFailure, AskedInVain, CertificateVerdict},
    trust::{
        Evidence, Requirements,
        revocation::{CrlError, Question, RevocationSource, RevocationState, ValidatesSigner},
        validate,
    },
};

/// How long servers are asked about all certificates of one path together.
const MAX_ASKING: Duration = Duration::from_secs(90);
/// The most addresses that are told to have been asked in vain.
const MAX_TOLD: usize = 16;

/// Who is asked about revocation.
#[derive(Clone, Copy, Debug)]
pub enum Asking<'a> {
    /// Nobody: it does not matter.
    Nobody,
    /// The lists that are kept.
    Kept(&'a Revocations),
    /// Those, and where they do not say, the servers that certificates name. Takes as long as the network does.
    Servers(&'a Revocations),
}

/// What a certificate is checked by.
#[derive(Clone, Copy, Debug)]
pub struct Checker<'a> {
    /// Whom to trust.
    pub store: &'a TrustStore,
    /// Certificates that may stand between an anchor and the one that is checked.
    pub untrusted: &'a [Certificate],
    /// What it is to be good for.
    pub requirements: &'a Requirements,
    /// When, Unix time.
    pub now: i64,
}

impl Checker<'_> {
    /// Whether a certificate is good.
    pub fn verdict(&self, certificate: &Certificate, asking: Asking<'_>) -> CertificateVerdict {
        let given = || [certificate].into_iter().chain(self.untrusted);
        let (anchors, between) = self.store.above(given());
        let untrusted = || self.untrusted.iter().chain(between.iter().copied());
        let source = match asking {
            Asking::Nobody => None,
            Asking::Kept(revocations) => Some((revocations, false)),
            Asking::Servers(revocations) => Some((revocations, true)),
        };
        let requirements = Requirements {
            revocation: source.is_some(),
            ..self.requirements.clone()
        };
        let source = source.map(|(revocations, asks)| Source {
            revocations,
            asks,
            until: Instant::now() + MAX_ASKING,
            certificates: anchors
                .iter()
                .map(|anchor| &anchor.certificate)
                .chain(untrusted())
                .collect(),
            answered: RefCell::default(),
            failures: RefCell::default(),
        });
        let evidence = Evidence::new(anchors.iter().copied(), untrusted());
        let mut evidence = evidence.with_lists(self.store.lists());
        if let Some(source) = &source {
            evidence = evidence.with_revocations(source);
        }
        let found = validate(certificate, &evidence, &requirements, self.now);
        let purpose = requirements.purpose;
        let verdict = CertificateVerdict::new(certificate, &found, &evidence, purpose, self.now);
        let failures = source.as_ref().map(|source| source.failures.take());
        verdict.asked_in_vain(failures.unwrap_or_default())
    }
}

/// What is kept and, perhaps, servers, each asked once.
#[derive(Debug)]
struct Source<'a> {
    revocations: &'a Revocations,
    asks: bool,
    until: Instant,
    certificates: Vec<&'a Certificate>,
    /// By the ids of certificate and issuer: a certificate may be on several paths.
    answered: RefCell<Vec<([String; 2], RevocationState)>>,
    failures: RefCell<Vec<AskedInVain>>,
}

impl RevocationSource for Source<'_> {
    fn state(
        &self,
        question: &Question<'_>,
        validates: &mut ValidatesSigner<'_>,
    ) -> RevocationState {
        let pair = [question.certificate.id(), question.issuer.id()];
        if let Some(state) = self.answered(&pair) {
            return state;
        }
        let signers = self.signers(question);
        let state = match self.asks && Instant::now() < self.until {
            true => self.ask(question, &signers, validates),
            false => self.revocations.known(question, &signers, validates),
        };
        self.answered.borrow_mut().push((pair, state.clone()));
        state
    }
}

impl Source<'_> {
    fn answered(&self, pair: &[String; 2]) -> Option<RevocationState> {
        let answered = self.answered.borrow();
        let row = answered.iter().find(|(asked, _)| asked == pair);
        row.map(|(_, state)| state.clone())
    }

    fn ask(
        &self,
        question: &Question<'_>,
        signers: &[&Certificate],
        validates: &mut ValidatesSigner<'_>,
    ) -> RevocationState {
        let asked = self.revocations.ask(question, signers, validates);
        let mut told = self.failures.borrow_mut();
        for (address, error) in asked.failures {
            tracing::debug!(address, %error, "revocation");
            if told.len() < MAX_TOLD {
                told.push(AskedInVain {
                    address: display_text::name(&address),
                    why: why(&error),
                });
            }
        }
        asked.state
    }

    /// Those that may have signed lists about the certificate: other certificates of its issuer's name, and of the names
    /// that it says sign its lists.
    fn signers(&self, question: &Question<'_>) -> Vec<&Certificate> {
        let points = question.certificate.distribution_points();
        let points = points.unwrap_or_default();
        let named = points.iter().flat_map(|point| &point.crl_issuer);
        let named = named.filter_map(|name| match name {
            GeneralName::Directory(name) => Some(&**name),
            _ => None,
        });
        let names: Vec<&[u8]> = named.chain([question.issuer.subject().der()]).collect();
        let all = self.certificates.iter().copied();
        all.filter(|it| names.iter().any(|name| it.subject().is(name)))
            .collect()
    }
}

fn why(error: &AskError) -> AskFailure {
    match error {
        AskError::Fetch(error) => match error {
            FetchError::Address(_) => AskFailure::AddressRefused,
            FetchError::Proxy | FetchError::HostNotFound | FetchError::Io(_) => {
                AskFailure::Unreachable
            }
            FetchError::Deadline => AskFailure::TooSlow,
            FetchError::TooLarge => AskFailure::TooLarge,
            FetchError::Malformed | FetchError::NotBinary | FetchError::NotMarkup => {
                AskFailure::Malformed
            }
            FetchError::Redirected | FetchError::Status(_) => AskFailure::Refused,
            FetchError::WebPage => AskFailure::WebPage,
        },
        AskError::List(error) => match error {
            CrlStoreError::Crl(CrlError::TooLarge) => AskFailure::TooLarge,
            CrlStoreError::Crl(CrlError::Malformed) => AskFailure::Malformed,
            CrlStoreError::Crl(CrlError::Unreadable) | CrlStoreError::Io(_) => {
                AskFailure::StorageFailed
            }
            CrlStoreError::Signature(_) => AskFailure::NotTrusted,
        },
    }
}
