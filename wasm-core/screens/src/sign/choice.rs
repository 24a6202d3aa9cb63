//! Which certificate: what the request allows, what is chosen, what is shown of the list.

use crate::{certificate_card::HeldKey, inventory::Inventory};
use tamga_core::{
    algorithm::DigestAlgorithm,
    failure::{ErrorCode, Failure},
    protocol::page::{Filter, KeyType, PageCommand, SignRequest, Subject},
};

/// The certificates there are and the one that is chosen.
#[derive(Debug)]
pub struct Choice {
    /// All of them, those that can be chosen first.
    pub offers: Vec<Offer>,
    /// Whether the whole list is shown.
    pub expanded: bool,
    /// Whether everything was there that there was at first.
    settled: bool,
    /// What held the chosen one, if it is not there any more.
    pub gone: Option<String>,
    /// What tells it from the others: it stays while the certificate is not there, so that it is chosen again when it comes back.
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
    /// What there is for this request. What was chosen `before` stays chosen, and nothing else is chosen in its
    /// place when it goes. At first it is the certificate that this site was signed for last (`remembered`); a site
    /// without one gets the only certificate that fits. Of several the person chooses.
    ///
    /// # Errors
    /// Why the certificate that the site named cannot be used.
    pub fn new(
        inventory: &Inventory,
        before: Option<Self>,
        command: &PageCommand,
        remembered: Option<&str>,
    ) -> Result<Self, Failure> {
        let offer = |key: &HeldKey| Offer {
            obstacle: obstacle(key, command),
            key: key.clone(),
        };
        let offers = inventory.keys.iter().map(offer);
        let (mut offers, others): (Vec<Offer>, Vec<Offer>) =
            offers.partition(|offer| offer.obstacle.is_none());
        offers.extend(others);
        check_named(&offers, inventory.reading, command)?;
        let named = named(command);
        let was_offered = before.as_ref().is_some_and(|it| it.fitting().count() > 1);
        // It, or others, may be on a token that is still being read.
        // What is hidden is chosen by the person, or by the site that names it.
        let at_first = || match (named, remembered) {
            (Some(id), _) => only(&offers, |offer| offer.key.entry.id == id),
            (_, Some(id)) => only(&offers, |it| it.key.entry.id == id && !it.key.hidden),
            _ if inventory.reading || was_offered => None,
            _ => only(&offers, |offer| !offer.key.hidden),
        };
        let chosen = before.as_ref().and_then(|it| it.chosen.clone());
        let mut choice = Self {
            expanded: before.as_ref().is_some_and(|it| it.stays_expanded(&offers)),
            settled: inventory.settled,
            gone: None,
            chosen: chosen.or_else(at_first),
            offers,
        };
        if choice.chosen().is_none() {
            let held = before.as_ref().and_then(Self::chosen);
            let held = held.map(|key| key.entry.location.name().to_owned());
            choice.gone = held.or(before.and_then(|it| it.gone));
        }
        Ok(choice)
    }

    /// Whoever inserts a token wants to see what is on it, however many there are now.
    fn stays_expanded(&self, offers: &[Offer]) -> bool {
        let known = |offer: &Offer| {
            let mut known = self.offers.iter();
            known.any(|it| it.key.entry.key_id() == offer.key.entry.key_id())
        };
        self.expanded || (self.settled && !offers.iter().all(known))
    }

    /// The same certificates are judged, or placed, otherwise.
    pub fn follow(&mut self, inventory: &Inventory) {
        for offer in &mut self.offers {
            let id = offer.key.entry.key_id();
            let mut keys = inventory.keys.iter();
            if let Some(key) = keys.find(|key| key.entry.key_id() == id) {
                offer.key = key.clone();
            }
        }
        let place = |offer: &Offer| {
            let id = offer.key.entry.key_id();
            let position = inventory
                .keys
                .iter()
                .position(|key| key.entry.key_id() == id);
            (offer.obstacle.is_some(), position)
        };
        self.offers.sort_by_cached_key(place);
    }

    /// The chosen one, if it is there.
    pub fn chosen(&self) -> Option<&HeldKey> {
        let chosen = self.fitting().find(|offer| self.is_chosen(offer));
        chosen.map(|offer| &offer.key)
    }

    /// Those that can be chosen.
    pub fn fitting(&self) -> impl Iterator<Item = &Offer> {
        self.offers.iter().filter(|it| it.obstacle.is_none())
    }

    /// Whether this one can be chosen.
    pub fn fits(&self, key_id: &str) -> bool {
        self.fitting().any(|it| it.key.entry.key_id() == key_id)
    }

    /// Whether it is this one.
    pub fn is_chosen(&self, offer: &Offer) -> bool {
        self.chosen.as_ref() == Some(&offer.key.entry.key_id())
    }

    /// Chooses another, if it can be chosen. The list in which the person does that stays as it is.
    pub fn choose(&mut self, key_id: &str) {
        if self.fits(key_id) {
            self.expanded |= self.chosen().is_none();
            self.chosen = Some(key_id.to_owned());
            self.gone = None;
        }
    }

    /// What documents are to be hashed with: as the chosen key wants it, or the first that fits, so that they can be looked
    /// at before one is chosen. Nothing while the chosen one is away, or tokens are still being read.
    pub fn digest(&self) -> Option<DigestAlgorithm> {
        let first = || self.fitting().next().map(|offer| &offer.key);
        let key = match &self.chosen {
            Some(_) => self.chosen(),
            None if self.settled => first(),
            None => None,
        };
        key.and_then(HeldKey::digest)
    }
}

/// The key of the one offer that can be chosen and is wanted; of several, or none, nothing.
fn only(offers: &[Offer], is_wanted: impl Fn(&Offer) -> bool) -> Option<String> {
    let fits = |offer: &&Offer| offer.obstacle.is_none() && is_wanted(offer);
    let mut fitting = offers.iter().filter(fits);
    match (fitting.next(), fitting.next()) {
        (Some(offer), None) => Some(offer.key.entry.key_id()),
        _ => None,
    }
}

/// It may yet come while tokens are being read.
fn check_named(offers: &[Offer], reading: bool, command: &PageCommand) -> Result<(), Failure> {
    let Some(named) = named(command) else {
        return Ok(());
    };
    match offers.iter().find(|offer| offer.key.entry.id == named) {
        None if reading => Ok(()),
        None => Err(ErrorCode::CertificateNotFound.into()),
        Some(found) => match found.obstacle {
            Some(Obstacle::Unfit(problem)) => {
                Err(Failure::of(problem, found.key.entry.view.owner.clone()))
            }
            _ => Ok(()),
        },
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
                algorithms.all(|algorithm| key.digest() == Some(algorithm))
            }
        }
}

fn suits_filter(key: &HeldKey, filter: &Filter) -> bool {
    let family = |family: &KeyType| family.is_of(&key.entry.view);
    let issuer = |part: &String| key.entry.view.issuer.contains(part.as_str());
    (filter.key_types.is_empty() || filter.key_types.iter().any(family))
        && (filter.issuers.is_empty() || filter.issuers.iter().any(issuer))
}
