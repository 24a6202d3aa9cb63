//! Whether a certificate was revoked, by what is kept and, where that does not say, by who can be asked.

#[cfg(test)]
mod tests;

use super::{
    crl_store::{CrlStore, CrlStoreError, StoredCrl},
    fetch::{FetchError, Fetcher, Wanted},
};
use std::{path::Path, thread, time::Duration};
use tamga_core::{
    algorithm::DigestAlgorithm,
    certificate::{Certificate, DistributionPoint, GeneralName, PublicKey},
    pem,
    trust::revocation::{
        OcspAnswer, OcspRequested, OcspResponse, Question, RevocationList, RevocationState,
        Sources, Unavailable, ValidatesSigner, check, ocsp_request,
    },
};
use thiserror::Error;

/// The most places of one kind that a certificate can name and are asked.
const MAX_PLACES: usize = 8;
/// The most other certificates that may have signed its lists.
const MAX_SIGNERS: usize = 4;
/// How long after tryLater a responder is asked again, once.
const TRY_LATER: Duration = Duration::from_secs(1);
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
    store: CrlStore,
    fetcher: Fetcher,
}

/// An answer to a request of ours.
struct Answer {
    der: Vec<u8>,
    nonce: [u8; NONCE],
}

impl Revocations {
    /// With the lists in the host's data folder.
    pub fn new(data: &Path, fetcher: Fetcher) -> Self {
        Self {
            store: CrlStore::new(data),
            fetcher,
        }
    }

    /// What the lists that are kept say. `signers` and `validates` are those of [`check`].
    pub fn known(
        &self,
        question: &Question<'_>,
        signers: &[&Certificate],
        validates: &mut ValidatesSigner<'_>,
    ) -> RevocationState {
        let kept = self.kept(question, signers);
        state(question, &kept, &[], signers, validates)
    }

    /// Asks responders, and fetches lists, where what is kept does not say. Only to be called for a certificate whose path
    /// ends at an anchor: anybody else's certificate could name whomever it likes. Takes as long as the network does.
    pub fn ask(
        &self,
        question: &Question<'_>,
        signers: &[&Certificate],
        validates: &mut ValidatesSigner<'_>,
    ) -> Asked {
        let mut failures = Vec::new();
        let kept = self.kept(question, signers);
        let known = state(question, &kept, &[], signers, validates);
        let deltas = points_of_deltas(question.certificate, &kept);
        let is_known = matches!(known, RevocationState::Good { .. });
        if is_revoked(&known) || is_known && has_fresh_delta(&deltas, &kept, question) {
            return Asked {
                state: known,
                failures,
            };
        }
        let answers = self.answers(question, &mut failures);
        let answered = state(question, &kept, &answers, signers, validates);
        if is_answer(&answered) && !answers.is_empty() {
            return Asked {
                state: answered,
                failures,
            };
        }
        let keys = keys(question.issuer, signers);
        if !is_known {
            let points = question.certificate.distribution_points();
            self.fetch_lists(&points.unwrap_or_default(), &keys, &mut failures);
        }
        let kept = self.kept(question, signers);
        let deltas = points_of_deltas(question.certificate, &kept);
        self.fetch_lists(&deltas, &keys, &mut failures);
        let kept = self.kept(question, signers);
        Asked {
            state: state(question, &kept, &answers, signers, validates),
            failures,
        }
    }

    /// The lists that are kept under the addresses that the certificate and those lists name.
    fn kept(&self, question: &Question<'_>, signers: &[&Certificate]) -> Vec<StoredCrl> {
        let keys = keys(question.issuer, signers);
        let points = question.certificate.distribution_points();
        let mut kept = self.opened(&points.unwrap_or_default(), &keys);
        let deltas = points_of_deltas(question.certificate, &kept);
        kept.extend(self.opened(&deltas, &keys));
        kept
    }

    fn opened(&self, points: &[DistributionPoint], keys: &[&PublicKey]) -> Vec<StoredCrl> {
        let open = |address: &str| {
            let mut opened = keys.iter().map(|key| self.store.open(address, key));
            opened.find_map(|list| list.ok().flatten())
        };
        let places = points.iter().flat_map(addresses);
        places.filter_map(|address| open(&address)).collect()
    }

    /// Fetches the lists of these points, each from the first of its addresses that has one.
    fn fetch_lists(
        &self,
        points: &[DistributionPoint],
        keys: &[&PublicKey],
        failures: &mut Vec<(String, AskError)>,
    ) {
        for point in points.iter().take(MAX_PLACES) {
            for address in addresses(point) {
                match self.fetch_list(&address, keys) {
                    Ok(()) => break,
                    Err(error) => failures.push((address, error)),
                }
            }
        }
    }

    fn fetch_list(&self, address: &str, keys: &[&PublicKey]) -> Result<(), AskError> {
        let fetched = self.fetcher.get(address, Wanted::Crl)?;
        let der = der_of(fetched);
        let mut refused = None;
        for key in keys {
            match self.store.put(address, &der, key) {
                Ok(_) => return Ok(()),
                Err(error) => refused = refused.or(Some(error)),
            }
        }
        refused.map_or(Ok(()), |error| Err(error.into()))
    }

    /// What the responders that the certificate names answer, up to the first answer.
    fn answers(
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
        filled.map_err(|error| FetchError::Io(std::io::Error::other(error.to_string())))?;
        let request = ocsp_request(question.certificate, question.issuer, digest, Some(&nonce));
        let request = request.map_err(|error| FetchError::Io(std::io::Error::other(error)))?;
        let mut der = self.fetcher.ask_responder(address, &request)?;
        if OcspResponse::parse(&der).err() == Some(Unavailable::TryLater) {
            thread::sleep(TRY_LATER);
            der = self.fetcher.ask_responder(address, &request)?;
        }
        Ok(Answer { der, nonce })
    }
}

fn state(
    question: &Question<'_>,
    kept: &[StoredCrl],
    answers: &[Answer],
    signers: &[&Certificate],
    validates: &mut ValidatesSigner<'_>,
) -> RevocationState {
    let mut lists: Vec<&dyn RevocationList> = Vec::new();
    kept.iter().for_each(|list| lists.push(list));
    let answers = answers.iter().map(|answer| OcspAnswer {
        der: &answer.der,
        requested: Some(OcspRequested {
            nonce: Some(&answer.nonce),
        }),
    });
    let sources = Sources {
        lists: &lists,
        answers: &answers.collect::<Vec<_>>(),
        signers,
    };
    check(question, &sources, validates)
}

/// Whether an answer settles it: lists do not make up for one that is not to be trusted.
fn is_answer(state: &RevocationState) -> bool {
    !matches!(
        state,
        RevocationState::Stale { .. } | RevocationState::Unavailable(_)
    )
}

fn is_revoked(state: &RevocationState) -> bool {
    matches!(state, RevocationState::Revoked(_))
}

/// Whether there are no deltas, or a fresh one is kept: a list alone is a day old where its deltas are an hour old.
fn has_fresh_delta(
    deltas: &[DistributionPoint],
    kept: &[StoredCrl],
    question: &Question<'_>,
) -> bool {
    let is_fresh = |list: &StoredCrl| {
        let until = list.head().next_update;
        list.head().is_delta() && until.is_some_and(|until| question.times.now <= until)
    };
    deltas.iter().flat_map(addresses).next().is_none() || kept.iter().any(is_fresh)
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
