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
    check::AskedServers,
    display_text,
    pkcs12::Cancel,
    protocol::{AskFailure, AskedInVain, CertificateVerdict, CheckedFile},
    trust::{
        Evidence, Purpose, Requirements, Verdict,
        revocation::{
            CrlError, Question, RevocationSource, RevocationState, Sources, Times, ValidatesSigner,
        },
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
        let source = source.map(|(revocations, asks)| match asks {
            true => RevocationLookup::asking(revocations, Cancel::default()),
            false => RevocationLookup::kept(revocations),
        });
        let signers = anchors.iter().map(|anchor| &anchor.certificate);
        let signers: Vec<_> = signers.chain(untrusted()).collect();
        let evidence = Evidence::new(anchors.iter().copied(), untrusted());
        let mut evidence = evidence.with_lists(self.store.lists());
        if let Some(source) = &source {
            let sources = Sources {
                signers: &signers,
                ..Sources::default()
            };
            evidence = evidence.with_sources(sources).with_revocations(source);
        }
        let found = validate(certificate, &evidence, &requirements, self.now);
        let purpose = requirements.purpose;
        let verdict = CertificateVerdict::new(certificate, &found, &evidence, purpose, self.now);
        if let Some(source) = &source {
            source.ask_the_time(&verdict, &found, &signers, self.now);
        }
        let failures = source
            .as_ref()
            .map_or_else(Vec::new, |source| source.failures.take());
        let verdict =
            verdict.asked_in_vain(failures.into_iter().map(|(_, failure)| failure).collect());
        let fault = source.and_then(|it| it.revocations.server_time().fault(self.now));
        match fault {
            Some(fault) => verdict.by_wrong_clock(fault),
            None => verdict,
        }
    }
}

/// Asks a server what the time is, where by this clock a signer's certificate of `file` has no good term and no server said
/// yet. `certificates` came with the signatures; `now` is in Unix seconds.
pub fn ask_the_time(
    file: &CheckedFile,
    certificates: &[Certificate],
    store: &TrustStore,
    revocations: &Revocations,
    now: i64,
) {
    let requirements = Requirements {
        purpose: Purpose::Documents,
        ..Requirements::default()
    };
    let checker = Checker {
        store,
        untrusted: certificates,
        requirements: &requirements,
        now,
    };
    let verdicts = file.signers.iter().filter_map(|it| it.certificate.as_ref());
    let open = verdicts.filter(|it| it.time == now && it.is_out_of_term() && it.anchor.is_some());
    for verdict in open {
        if !revocations.server_time().is_wanted(now) {
            return;
        }
        let id = &verdict.certificate.id;
        let signer = certificates.iter().find(|it| it.id() == *id);
        signer.map(|it| checker.verdict(it, Asking::Servers(revocations)));
    }
}

/// Which certificate of which issuer is asked about, by their ids, and when.
type Subject = ([String; 2], i64);

/// What is kept and, perhaps, servers, each asked once about a certificate.
#[derive(Debug)]
pub struct RevocationLookup<'a> {
    revocations: &'a Revocations,
    /// Until when servers are asked, and what has them asked no more.
    asking: Option<(Instant, Cancel)>,
    /// A certificate may be on several paths.
    answered: RefCell<Vec<(Subject, RevocationState)>>,
    /// By the id of the certificate that was asked about.
    failures: RefCell<Vec<(String, AskedInVain)>>,
}

impl RevocationSource for RevocationLookup<'_> {
    fn state(
        &self,
        question: &Question<'_>,
        given: &Sources<'_>,
        validates: &mut ValidatesSigner<'_>,
    ) -> RevocationState {
        let signers = signers(question, given.signers);
        let given = Sources {
            signers: &signers,
            ..*given
        };
        let pair = [question.certificate.id(), question.issuer.id()];
        let subject = (pair, question.times.now);
        match self.answered(&subject) {
            Some(state) if is_answer(&state) => state,
            None if self.asks() => {
                let state = self.ask(question, &given, validates);
                self.answered.borrow_mut().push((subject, state.clone()));
                state
            }
            // More may have been given than when it was asked.
            _ => self.revocations.known(question, &given, validates),
        }
    }
}

impl AskedServers for RevocationLookup<'_> {
    fn asked_in_vain(&self, certificate: &str) -> Vec<AskedInVain> {
        let failures = self.failures.borrow();
        let about = failures.iter().filter(|(id, _)| id == certificate);
        about.map(|(_, failure)| failure.clone()).collect()
    }
}

impl<'a> RevocationLookup<'a> {
    /// In what is kept.
    pub fn kept(revocations: &'a Revocations) -> Self {
        Self {
            revocations,
            asking: None,
            answered: RefCell::default(),
            failures: RefCell::default(),
        }
    }

    /// Where that does not say, at the servers that certificates name, until it is cancelled.
    pub fn asking(revocations: &'a Revocations, cancel: Cancel) -> Self {
        Self {
            asking: Some((Instant::now() + MAX_ASKING, cancel)),
            ..Self::kept(revocations)
        }
    }

    fn asks(&self) -> bool {
        let asking = self.asking.as_ref();
        asking.is_some_and(|(until, cancel)| Instant::now() < *until && !cancel.is_cancelled())
    }

    /// Asks about a certificate that has no good term by this clock, if no server said yet what the time is. Whoever issued
    /// it is known: its path ends at an anchor.
    fn ask_the_time(
        &self,
        verdict: &CertificateVerdict,
        found: &Verdict<'_>,
        all: &[&Certificate],
        now: i64,
    ) {
        let is_asked = self.asks()
            && verdict.is_out_of_term()
            && verdict.anchor.is_some()
            && self.revocations.server_time().is_wanted(now);
        let path = match found {
            Verdict::Refused(refusal) if is_asked => &*refusal.path,
            _ => return,
        };
        let [certificate, issuer, ..] = *path else {
            return;
        };
        let question = Question {
            certificate,
            issuer,
            times: Times::at(now),
        };
        let given = Sources {
            signers: &signers(&question, all),
            ..Sources::default()
        };
        self.revocations.ask(&question, &given, &mut |_| false);
    }

    fn answered(&self, subject: &Subject) -> Option<RevocationState> {
        let answered = self.answered.borrow();
        let row = answered.iter().find(|(asked, _)| asked == subject);
        row.map(|(_, state)| state.clone())
    }

    fn ask(
        &self,
        question: &Question<'_>,
        given: &Sources<'_>,
        validates: &mut ValidatesSigner<'_>,
    ) -> RevocationState {
        let asked = self.revocations.ask(question, given, validates);
        let id = question.certificate.id();
        let mut told = self.failures.borrow_mut();
        for (address, error) in asked.failures {
            tracing::debug!(address, %error, "revocation");
            let failure = (
                id.clone(),
                AskedInVain {
                    address: display_text::name(&address),
                    why: why(&error),
                },
            );
            if told.len() < MAX_TOLD && !told.contains(&failure) {
                told.push(failure);
            }
        }
        asked.state
    }
}

/// Whether it was settled by who was asked.
fn is_answer(state: &RevocationState) -> bool {
    !matches!(
        state,
        RevocationState::Stale { .. } | RevocationState::Unavailable(_)
    )
}

/// Those that may have signed lists about the certificate: other certificates of its issuer's name, and of the names
/// that it says sign its lists.
fn signers<'c>(question: &Question<'_>, all: &[&'c Certificate]) -> Vec<&'c Certificate> {
    let points = question.certificate.distribution_points();
    let points = points.unwrap_or_default();
    let named = points.iter().flat_map(|point| &point.crl_issuer);
    let named = named.filter_map(|name| match name {
        GeneralName::Directory(name) => Some(&**name),
        _ => None,
    });
    let names: Vec<&[u8]> = named.chain([question.issuer.subject().der()]).collect();
    let all = all.iter().copied();
    all.filter(|it| names.iter().any(|name| it.subject().is(name)))
        .collect()
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
