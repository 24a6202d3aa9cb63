//! Which certificate: what the request allows, what is chosen, what is shown of the list.

use crate::{
    algorithm::DigestAlgorithm,
    failure::{ErrorCode, Failure},
    protocol::{
        Unreadable,
        page::{Filter, KeyType, PageCommand, SignRequest, Subject},
    },
    view::certificate_card::HeldKey,
};

/// The certificates there are and the one that is chosen.
#[derive(Debug)]
pub struct Choice {
    /// All of them, those that can be chosen first.
    pub offers: Vec<Offer>,
    /// Sources of keys that could not be read.
    pub unreadable: Vec<Unreadable>,
    /// Whether the whole list is shown.
    pub expanded: bool,
    chosen: Option<String>,
}

/// A certificate on offer.
#[derive(Debug)]
pub struct Offer {
    /// The key and its certificate.
    pub key: HeldKey,
    /// Why it cannot be chosen.
    pub obstacle: Option<Obstacle>,
}

/// Why a certificate cannot be chosen.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Obstacle {
    /// It cannot sign.
    Unfit(ErrorCode),
    /// It could, but the site can use only others.
    NotForSite,
}

impl Choice {
    /// What these keys offer for this request, the one used last chosen, or else the first good one.
    ///
    /// # Errors
    /// Why the certificate that the site named cannot be used.
    pub fn new(
        keys: Vec<HeldKey>,
        unreadable: Vec<Unreadable>,
        command: &PageCommand,
        last_used: Option<&str>,
    ) -> Result<Self, Failure> {
        let offer = |key: HeldKey| Offer {
            obstacle: obstacle(&key, command),
            key,
        };
        let mut offers: Vec<Offer> = keys.into_iter().map(offer).collect();
        offers.sort_by_key(|offer| offer.obstacle.is_some());
        if let Some(named) = named(command) {
            let found = offers.iter().find(|offer| offer.key.entry.id == named);
            let found = found.ok_or(ErrorCode::CertificateNotFound)?;
            if let Some(Obstacle::Unfit(problem)) = found.obstacle {
                return Err(Failure::of(problem, found.key.view.owner.clone()));
            }
        }
        let good = || offers.iter().filter(|offer| offer.obstacle.is_none());
        let used_before = good().find(|offer| last_used == Some(offer.key.entry.id.as_str()));
        let chosen = used_before.or(good().next());
        let chosen = chosen.map(|offer| offer.key.entry.id.clone());
        Ok(Self {
            offers,
            unreadable,
            expanded: false,
            chosen,
        })
    }

    /// The chosen one.
    pub fn chosen(&self) -> Option<&HeldKey> {
        let chosen = self.offers.iter().find(|offer| self.is_chosen(offer));
        chosen.map(|offer| &offer.key)
    }

    /// Whether it is this one.
    pub fn is_chosen(&self, offer: &Offer) -> bool {
        self.chosen.as_deref() == Some(offer.key.entry.id.as_str())
    }

    /// Chooses another, if it can be chosen.
    pub fn choose(&mut self, id: &str) {
        let mut offers = self.offers.iter();
        if offers.any(|offer| offer.key.entry.id == id && offer.obstacle.is_none()) {
            self.chosen = Some(id.to_owned());
        }
    }

    /// What documents are to be hashed with.
    pub fn digest(&self) -> Option<DigestAlgorithm> {
        self.chosen().and_then(|key| key.digest)
    }
}

/// The certificate that the site asks for by name: no other will do.
fn named(command: &PageCommand) -> Option<&str> {
    match command {
        PageCommand::Sign(request) => request.certificate.as_deref(),
        PageCommand::GetCertificate(_) => None,
    }
}

fn obstacle(key: &HeldKey, command: &PageCommand) -> Option<Obstacle> {
    let suits = match command {
        PageCommand::Sign(request) => suits_request(key, request),
        PageCommand::GetCertificate(filter) => suits_filter(key, filter),
    };
    let unfit = key.problem().map(Obstacle::Unfit);
    unfit.or((!suits).then_some(Obstacle::NotForSite))
}

/// A site's digest is signed as it is, so it has to be of the algorithm that goes with the key.
fn suits_request(key: &HeldKey, request: &SignRequest) -> bool {
    let named = request.certificate.as_ref();
    let is_named = named.is_none_or(|named| *named == key.entry.id);
    is_named
        && match &request.subject {
            Subject::Documents(_) => true,
            Subject::Hashes(hashes) => {
                let mut algorithms = hashes.iter().map(|hash| hash.digest.algorithm());
                algorithms.all(|algorithm| key.digest == Some(algorithm))
            }
        }
}

fn suits_filter(key: &HeldKey, filter: &Filter) -> bool {
    let family = |family: &KeyType| match family {
        KeyType::Rsa => key.view.key.starts_with("RSA"),
        KeyType::Ec => key.view.key.starts_with("EC"),
        KeyType::Gost => key.view.key_kind.is_some(),
    };
    let issuer = |part: &String| key.view.issuer.contains(part.as_str());
    (filter.key_types.is_empty() || filter.key_types.iter().any(family))
        && (filter.issuers.is_empty() || filter.issuers.iter().any(issuer))
}
