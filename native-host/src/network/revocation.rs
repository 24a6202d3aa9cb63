//! Whether a certificate was revoked, by what is kept and, where that does not say, by who can be asked.

#[cfg(test)]
mod tests;

use super::{
    answer_store::AnswerStore,
    crl_store::{CrlStore, CrlStoreError, StoredCrl},
    fetch::{FetchError, Fetcher, Wanted},
};
use crate::clock::ServerTime;
use std::{io, path::Path, sync::Arc, thread, time::Duration};
use tamga_core::{
    algorithm::DigestAlgorithm,
    certificate::{Certificate, DistributionPoint, GeneralName, PublicKey},
    pem,
    trust::revocation::{
        OcspAnswer, OcspRequested, OcspResponse, Question, RevocationList, RevocationReason,
        RevocationState, Sources, Times, Unavailable, ValidatesSigner, check, ocsp_request,
    },
};
use thiserror::Error;

/// The most places of one kind that a certificate can name and are asked.
const MAX_PLACES: usize = 8;
/// The most other certificates that may have signed its lists.
const MAX_SIGNERS: usize = 4;
/// How long after tryLater a responder is asked again, once.
const TRY_LATER: Duration = Duration::from_secs(1);
/// How much later than a server's clock a list may be made that it has, in seconds.
const SKEW: i64 = 5 * 60;
/// The length of a nonce, in bytes (RFC 9654 §2.1).
const NONCE: usize = 32;

/// Why an address did not help.
#[derive(Debug, Error)]
pub enum AskError {
    /// Nothing came.
    #[error(transparent)]
    Fetch(#[from] FetchError),
    /// What came is not to be used, or could not be kept.
    #[error(transparent)]
    List(#[from] CrlStoreError),
}

/// What asking came to.
#[derive(Debug)]
pub struct Asked {
    /// Whether the certificate was revoked, as far as it is known.
    pub state: RevocationState,
    /// The addresses that were asked in vain.
    pub failures: Vec<(String, AskError)>,
}

/// What is kept, and who is asked.
#[derive(Clone, Debug)]
pub struct Revocations {
    lists: CrlStore,
    answers: AnswerStore,
    fetcher: Fetcher,
    server_time: Arc<ServerTime>,
}

/// An answer of a responder.
struct Answer {
    der: Vec<u8>,
    /// What was sent with the request; `None`: it was kept from an earlier one.
    nonce: Option<[u8; NONCE]>,
    /// What the time is by the clock of who gave it.
    date: Option<i64>,
}

/// What there is to find it out from.
#[derive(Default)]
struct Found {
    lists: Vec<StoredCrl>,
    answers: Vec<Answer>,
}

impl Revocations {
    /// With the lists and answers in the host's data folder.
    pub fn new(data: &Path, fetcher: Fetcher) -> Self {
        Self {
            lists: CrlStore::new(data),
            answers: AnswerStore::new(data),
            fetcher,
            server_time: Arc::default(),
        }
    }

    /// What servers whose answers were right say about the time.
    pub fn server_time(&self) -> &ServerTime {
        &self.server_time
    }

    /// What the lists and answers that are kept say, together with what was `given`, which is with `validates` that of
    /// [`check`].
    pub fn known(
        &self,
        question: &Question<'_>,
        given: &Sources<'_>,
        validates: &mut ValidatesSigner<'_>,
    ) -> RevocationState {
        let found = Found {
            lists: self.kept_lists(question, given.signers),
            answers: Vec::from_iter(self.kept_answer(question, validates)),
        };
        found.state(question, given, validates)
    }

    /// Asks responders, and fetches lists, where what is kept does not say: what was given was chosen by who gave it. Only to
    /// be called for a certificate whose path ends at an anchor: anybody else's certificate could name whomever it likes.
    /// Takes as long as the network does.
    pub fn ask(
        &self,
        question: &Question<'_>,
        given: &Sources<'_>,
        validates: &mut ValidatesSigner<'_>,
    ) -> Asked {
        let signers = given.signers;
        let only_kept = Sources {
            signers,
            ..Sources::default()
        };
        let mut failures = Vec::new();
        let kept = self.kept_answer(question, validates);
        let mut found = Found {
            lists: self.kept_lists(question, signers),
            answers: Vec::from_iter(kept),
        };
        let known = found.state(question, &only_kept, validates);
        let is_good = matches!(known, RevocationState::Good(_));
        let is_settled = is_final(&known)
            || is_good && (found.is_answered(question, validates) || found.is_recent(question));
        if is_settled {
            return Asked {
                state: found.state(question, given, validates),
                failures,
            };
        }
        let answers = self.ask_responders(question, &mut failures);
        self.compare_clocks(question, &answers, validates);
        self.keep_answer(question, &found, &answers, validates);
        let has_asked = !answers.is_empty();
        found.answers.extend(answers);
        let answered = found.state(question, &only_kept, validates);
        if is_answer(&answered) && has_asked {
            return Asked {
                state: found.state(question, given, validates),
                failures,
            };
        }
        let keys = keys(question.issuer, signers);
        if !is_good {
            let points = question.certificate.distribution_points();
            self.fetch_lists(&points.unwrap_or_default(), &keys, question, &mut failures);
        }
        found.lists = self.kept_lists(question, signers);
        let deltas = points_of_deltas(question.certificate, &found.lists);
        self.fetch_lists(&deltas, &keys, question, &mut failures);
        found.lists = self.kept_lists(question, signers);
        Asked {
            state: found.state(question, given, validates),
            failures,
        }
    }

    /// The lists that are kept under the addresses that the certificate and those lists name.
    fn kept_lists(&self, question: &Question<'_>, signers: &[&Certificate]) -> Vec<StoredCrl> {
        let keys = keys(question.issuer, signers);
        let points = question.certificate.distribution_points();
        let mut kept = self.opened(&points.unwrap_or_default(), &keys);
        let deltas = points_of_deltas(question.certificate, &kept);
        kept.extend(self.opened(&deltas, &keys));
        kept
    }

    fn opened(&self, points: &[DistributionPoint], keys: &[&PublicKey]) -> Vec<StoredCrl> {
        let places = points.iter().flat_map(addresses);
        places
            .filter_map(|address| self.open(&address, keys))
            .collect()
    }

    fn open(&self, address: &str, keys: &[&PublicKey]) -> Option<StoredCrl> {
        let mut opened = keys.iter().map(|key| self.lists.open(address, key));
        opened.find_map(|list| list.ok().flatten())
    }

    /// The answer that is kept, if it is one about the certificate that can be believed, or could be.
    fn kept_answer(
        &self,
        question: &Question<'_>,
        validates: &mut ValidatesSigner<'_>,
    ) -> Option<Answer> {
        let der = self.answers.get(question.certificate, question.issuer)?;
        let answer = Answer {
            der,
            nonce: None,
            date: None,
        };
        let state = answer.state(question, validates);
        let says = matches!(
            state,
            RevocationState::Good(_) | RevocationState::Revoked(_) | RevocationState::Stale { .. }
        );
        says.then_some(answer)
    }

    /// Notes what the time is by responders whose answers are right at that time.
    fn compare_clocks(
        &self,
        question: &Question<'_>,
        answers: &[Answer],
        validates: &mut ValidatesSigner<'_>,
    ) {
        for answer in answers {
            let Some(date) = answer.date else { continue };
            let then = Question {
                times: Times::at(date),
                ..*question
            };
            let state = answer.state(&then, validates);
            if matches!(
                state,
                RevocationState::Good(_) | RevocationState::Revoked(_)
            ) {
                self.server_time.is(date, question.times.now);
            }
        }
    }

    /// Keeps what a responder said about the certificate, unless what is kept is newer: an older answer may be
    /// somebody's who wants it to look good.
    fn keep_answer(
        &self,
        question: &Question<'_>,
        found: &Found,
        answers: &[Answer],
        validates: &mut ValidatesSigner<'_>,
    ) {
        let kept = found.answers.iter().filter_map(|it| it.said_at(question));
        let kept = kept.max();
        for answer in answers {
            let state = answer.state(question, validates);
            let says = matches!(
                state,
                RevocationState::Good(_) | RevocationState::Revoked(_)
            );
            if says && answer.said_at(question) >= kept {
                let put = self
                    .answers
                    .put(question.certificate, question.issuer, &answer.der);
                if let Err(error) = put {
                    tracing::warn!(%error, "an answer about revocation is not kept");
                }
            }
        }
    }

    /// Fetches the lists of these points, each from the first of its addresses that has one.
    fn fetch_lists(
        &self,
        points: &[DistributionPoint],
        keys: &[&PublicKey],
        question: &Question<'_>,
        failures: &mut Vec<(String, AskError)>,
    ) {
        for point in points.iter().take(MAX_PLACES) {
            for address in addresses(point) {
                match self.fetch_list(&address, keys, question) {
                    Ok(()) => break,
                    Err(error) => failures.push((address, error)),
                }
            }
        }
    }

    /// Fetches a list, or waits for whoever is fetching it already.
    fn fetch_list(
        &self,
        address: &str,
        keys: &[&PublicKey],
        question: &Question<'_>,
    ) -> Result<(), AskError> {
        let time = self.fetcher.time(Wanted::Crl);
        let _turn = match self.lists.turn(address, time) {
            Err(error) if error.kind() == io::ErrorKind::TimedOut => {
                return Err(FetchError::Deadline.into());
            }
            turn => turn.map_err(CrlStoreError::from)?,
        };
        let kept = self.open(address, keys);
        if kept.is_some_and(|list| is_fresh(&list, question)) {
            return Ok(());
        }
        let fetched = self.fetcher.get_dated(address, Wanted::Crl)?;
        let der = der_of(fetched.body);
        let mut refused = None;
        for key in keys {
            match self.lists.put(address, &der, key) {
                Ok(list) => {
                    if let Some(date) = fetched.date.filter(|date| is_of(&list, *date)) {
                        self.server_time.is(date, question.times.now);
                    }
                    return Ok(());
                }
                Err(error) => refused = refused.or(Some(error)),
            }
        }
        refused.map_or(Ok(()), |error| Err(error.into()))
    }

    /// What the responders that the certificate names answer, up to the first answer.
    fn ask_responders(
        &self,
        question: &Question<'_>,
        failures: &mut Vec<(String, AskError)>,
    ) -> Vec<Answer> {
        let mut answers = Vec::new();
        for address in responders(question.certificate) {
            for digest in digests(question.issuer) {
                match self.answer(&address, question, digest) {
                    Ok(answer) => {
                        let why = OcspResponse::parse(&answer.der).err();
                        answers.push(answer);
                        match why {
                            None => return answers,
                            // It may know the certificate by another digest.
                            Some(Unavailable::Unauthorized | Unavailable::RequestRefused) => {}
                            Some(_) => break,
                        }
                    }
                    Err(error) => {
                        failures.push((address.clone(), error.into()));
                        break;
                    }
                }
            }
        }
        answers
    }

    fn answer(
        &self,
        address: &str,
        question: &Question<'_>,
        digest: DigestAlgorithm,
    ) -> Result<Answer, FetchError> {
        let mut nonce = [0; NONCE];
        let filled = getrandom::fill(&mut nonce);
        filled.map_err(|error| FetchError::Io(io::Error::other(error.to_string())))?;
        let request = ocsp_request(question.certificate, question.issuer, digest, Some(&nonce));
        let request = request.map_err(|error| FetchError::Io(io::Error::other(error)))?;
        let mut response = self.fetcher.ask_responder(address, &request)?;
        if OcspResponse::parse(&response.body).err() == Some(Unavailable::TryLater) {
            thread::sleep(TRY_LATER);
            response = self.fetcher.ask_responder(address, &request)?;
        }
        Ok(Answer {
            der: response.body,
            nonce: Some(nonce),
            date: response.date,
        })
    }
}

impl Answer {
    fn evidence(&self) -> OcspAnswer<'_> {
        let requested = self
            .nonce
            .as_ref()
            .map(|nonce| OcspRequested { nonce: Some(nonce) });
        OcspAnswer {
            der: &self.der,
            requested,
        }
    }

    /// What it says by itself.
    fn state(
        &self,
        question: &Question<'_>,
        validates: &mut ValidatesSigner<'_>,
    ) -> RevocationState {
        let answers = &[self.evidence()];
        let sources = Sources {
            answers,
            ..Sources::default()
        };
        check(question, &sources, validates)
    }

    /// When what it says about the certificate was true.
    fn said_at(&self, question: &Question<'_>) -> Option<i64> {
        let response = OcspResponse::parse(&self.der).ok()?;
        let about = response.responses.iter();
        let about = about.filter(|it| it.id.is(question.certificate, question.issuer));
        about.map(|single| single.this_update).max()
    }
}

impl Found {
    fn state(
        &self,
        question: &Question<'_>,
        given: &Sources<'_>,
        validates: &mut ValidatesSigner<'_>,
    ) -> RevocationState {
        let lists = self.lists.iter();
        let lists = lists.map(|list| -> &dyn RevocationList { list });
        let answers = self.answers.iter().map(Answer::evidence);
        let sources = Sources {
            lists: &given.lists.iter().copied().chain(lists).collect::<Vec<_>>(),
            answers: &given
                .answers
                .iter()
                .copied()
                .chain(answers)
                .collect::<Vec<_>>(),
            signers: given.signers,
        };
        check(question, &sources, validates)
    }

    /// Whether a responder's answer says that the certificate is good.
    fn is_answered(&self, question: &Question<'_>, validates: &mut ValidatesSigner<'_>) -> bool {
        let mut answers = self.answers.iter();
        answers.any(|it| matches!(it.state(question, validates), RevocationState::Good(_)))
    }

    /// Whether there are no deltas, or a fresh one is kept: a list alone is a day old where its deltas are an hour old.
    fn is_recent(&self, question: &Question<'_>) -> bool {
        let deltas = points_of_deltas(question.certificate, &self.lists);
        let is_fresh_delta = |list: &StoredCrl| list.head().is_delta() && is_fresh(list, question);
        deltas.iter().flat_map(addresses).next().is_none() || self.lists.iter().any(is_fresh_delta)
    }
}

/// Whether an answer settles it: lists do not make up for one that is not to be trusted.
fn is_answer(state: &RevocationState) -> bool {
    !matches!(
        state,
        RevocationState::Stale { .. } | RevocationState::Unavailable(_)
    )
}

/// Whether it stays revoked. A hold may be over.
fn is_final(state: &RevocationState) -> bool {
    matches!(state, RevocationState::Revoked(revocation) if revocation.reason != RevocationReason::CertificateHold)
}

/// Whether it is the list of this time.
fn is_of(list: &StoredCrl, time: i64) -> bool {
    let head = list.head();
    let from = head.this_update.saturating_sub(SKEW);
    time >= from && head.next_update.is_some_and(|until| time <= until)
}

fn is_fresh(list: &StoredCrl, question: &Question<'_>) -> bool {
    let until = list.head().next_update;
    until.is_some_and(|until| question.times.now <= until)
}

/// Where the deltas are to a certificate's lists, by the certificate and by those lists.
fn points_of_deltas(certificate: &Certificate, kept: &[StoredCrl]) -> Vec<DistributionPoint> {
    let mut points = certificate.freshest_lists().unwrap_or_default();
    for point in kept.iter().flat_map(|list| &list.head().freshest) {
        if !points.contains(point) {
            points.push(point.clone());
        }
    }
    points
}

/// The addresses of a point that HTTP can ask, all of them for the same list.
fn addresses(point: &DistributionPoint) -> Vec<String> {
    let addresses = point.full_name().iter().filter_map(|name| match name {
        GeneralName::Uri(address) => Some(address.clone()),
        _ => None,
    });
    let asked = addresses.filter(|address| is_http(address));
    asked.take(MAX_PLACES).collect()
}

fn is_http(address: &str) -> bool {
    address.to_ascii_lowercase().starts_with("http:")
}

fn responders(certificate: &Certificate) -> Vec<String> {
    let addresses = certificate.responder_addresses();
    let asked = addresses.filter(|address| is_http(address));
    asked.take(MAX_PLACES).collect()
}

/// Those whose keys may have signed the certificate's lists: its issuer, and authorities of the same name.
fn keys<'a>(issuer: &'a Certificate, signers: &[&'a Certificate]) -> Vec<&'a PublicKey> {
    let others = signers.iter().filter(|signer| signer.der() != issuer.der());
    let others = others.take(MAX_SIGNERS).map(|signer| signer.key());
    [issuer.key()].into_iter().chain(others).collect()
}

/// By which digests a responder may know the certificate, the likeliest first: those of Kazakhstan by SHA-256, most others by
/// SHA-1 (RFC 5019 §2.1.1), which nothing depends on here.
fn digests(issuer: &Certificate) -> [DigestAlgorithm; 2] {
    match issuer.key().kind() {
        Some(_) => [DigestAlgorithm::Sha256, DigestAlgorithm::Sha1],
        None => [DigestAlgorithm::Sha1, DigestAlgorithm::Sha256],
    }
}

/// A list that came as PEM, as some servers have it.
fn der_of(fetched: Vec<u8>) -> Vec<u8> {
    if fetched.first() == Some(&0x30) {
        return fetched;
    }
    let objects = pem::objects(&fetched);
    let first = objects.first().map(|object| object.bytes().to_vec());
    first.unwrap_or(fetched)
}
