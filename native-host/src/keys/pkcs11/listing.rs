//! What tokens the modules show, and which module serves each of them.

use super::{
    Modules, held, is_number,
    module_protocol::{CertificateFound, TokenFound},
};
use crate::{
    readers::{self, CardFound},
    waiting::receive,
};
use base64::prelude::{BASE64_STANDARD, Engine as _};
use std::{
    collections::BTreeSet,
    path::PathBuf,
    sync::{
        Arc,
        mpsc::{self, Receiver, RecvTimeoutError, Sender},
    },
    thread,
    time::{Duration, Instant},
};
use tamga_core::{
    failure::{ErrorCode, Failure},
    protocol::{KeyEntry, KeyLocation, Listing, PinEntry, Unreadable},
};

/// How long tokens are waited for before what is known already is told.
const PARTIAL_LISTING_DELAY: Duration = Duration::from_millis(200);

/// What a list waits for.
enum Answer {
    /// The module of this number has looked.
    Module(usize),
    /// The smart card service has said which cards there are, or why not.
    Cards(Result<Vec<CardFound>, Failure>),
}

/// Whether a module works.
#[derive(Clone, Debug)]
pub(crate) struct ModuleState {
    /// What people call it.
    pub(crate) name: String,
    pub(crate) path: PathBuf,
    /// Whether it crashed, hung or could not be loaded when it was asked for its tokens.
    pub(crate) failed: bool,
}

/// A token that is served, and by which module.
pub(super) struct Served {
    pub(super) module: usize,
    pub(super) found: TokenFound,
}

impl Modules {
    /// Lists everything; see [`KeySource::list_in_parts`].
    pub(super) fn list_all(&self, so_far: &mut dyn FnMut(&Listing)) -> Listing {
        let (answering, answered) = mpsc::channel();
        self.look(&answering);
        let cancel = self.cancel.clone();
        thread::spawn(move || {
            let cards = readers::cards(&cancel);
            // Nobody waits any more when the request was cancelled.
            let _ = answering.send(Answer::Cards(cards));
        });
        let cards = self.tell_parts(&answered, so_far);
        let served = self.served(&self.all());
        let piv_pins: Vec<_> = served.iter().map(|served| self.piv_pin(served)).collect();
        let mut listing = self.listing_of(&self.all(), served);
        match cards {
            Ok(cards) => {
                let unserved = readers::without_driver(cards, &listing.tokens, &self.names());
                listing.readers_without_driver = unserved;
                let tokens = listing.tokens.iter_mut().zip(&piv_pins);
                tokens.for_each(|(token, pin)| pin.describe(token));
            }
            // A computer without modules and readers need not have the service.
            Err(_) if self.is_empty() && !readers::are_plugged_in() => {}
            Err(failure) => listing.unreadable.push(Unreadable {
                failure,
                location: None,
            }),
        }
        let refused = self.refused.iter().cloned();
        listing.unreadable.extend(refused.map(|failure| Unreadable {
            failure,
            location: None,
        }));
        listing
    }

    /// Asks all modules for their tokens, and says which of them work.
    pub(crate) fn examine(&self) -> Vec<ModuleState> {
        let (answering, answered) = mpsc::channel();
        self.look(&answering);
        drop(answering);
        while receive(&answered, Duration::MAX, &self.cancel).is_ok() {}
        let failed = |failure: &Failure| failure.code == ErrorCode::ModuleFailed;
        let states = self.modules.iter().map(|module| ModuleState {
            name: module.found.name.clone(),
            path: module.found.path.clone(),
            failed: matches!(&*held(&module.shown), Some(Err(failure)) if failed(failure)),
        });
        states.collect()
    }

    /// What was shown last, or else what is shown first: a module that hangs does not hold up the others' keys.
    pub(super) fn find_on(&self, id: &str, token: Option<&str>) -> Vec<KeyEntry> {
        if token.is_none() {
            return Vec::new();
        }
        let mut fresh = self.all();
        let mut keys = self.entries(&fresh, id, token);
        if keys.is_empty() {
            fresh.clear();
            let (answering, answered) = mpsc::channel();
            self.look(&answering);
            drop(answering);
            while keys.is_empty()
                && let Ok(Answer::Module(index)) = receive(&answered, Duration::MAX, &self.cancel)
            {
                fresh.insert(index);
                keys = self.entries(&fresh, id, token);
            }
        }
        keys
    }

    /// Asks all modules at once which tokens they see; each answers when it has looked.
    fn look(&self, answering: &Sender<Answer>) {
        for index in self.all() {
            let (modules, answering) = (Arc::clone(&self.modules), answering.clone());
            thread::spawn(move || {
                if let Some(module) = modules.get(index) {
                    module.look();
                }
                // Nobody waits any more when the request was cancelled.
                let _ = answering.send(Answer::Module(index));
            });
        }
    }

    /// Waits for all answers, and tells what is known each time that a module has answered after
    /// [`PARTIAL_LISTING_DELAY`].
    ///
    /// # Errors
    /// Why the smart card service does not say which cards there are; `CANCELLED`.
    fn tell_parts(
        &self,
        answered: &Receiver<Answer>,
        so_far: &mut dyn FnMut(&Listing),
    ) -> Result<Vec<CardFound>, Failure> {
        let deadline = Instant::now() + PARTIAL_LISTING_DELAY;
        let (mut fresh, mut told, mut cards) = (BTreeSet::new(), None, None);
        loop {
            if let Some(cards) = cards.take_if(|_| fresh.len() == self.modules.len()) {
                return cards;
            }
            let timeout = match told == Some(fresh.len()) {
                true => Duration::MAX,
                false => deadline.saturating_duration_since(Instant::now()),
            };
            match receive(answered, timeout, &self.cancel) {
                Ok(Answer::Cards(found)) => cards = Some(found),
                Ok(Answer::Module(index)) => {
                    fresh.insert(index);
                }
                Err(RecvTimeoutError::Timeout) => {
                    so_far(&self.listing(&fresh));
                    told = Some(fresh.len());
                }
                Err(RecvTimeoutError::Disconnected) => return Err(ErrorCode::Cancelled.into()),
            }
        }
    }

    /// What these modules have shown.
    fn listing(&self, modules: &BTreeSet<usize>) -> Listing {
        self.listing_of(modules, self.served(modules))
    }

    /// The same of the tokens that they serve, in their order.
    fn listing_of(&self, modules: &BTreeSet<usize>, served: Vec<Served>) -> Listing {
        let mut listing = Listing::default();
        for served in served {
            let found = served.found;
            let location = KeyLocation::Token {
                token: found.token.id.clone(),
                name: found.token.name.clone(),
            };
            for certificate in &found.certificates {
                listing.add(&location, entry(&found, certificate, &location));
            }
            listing.tokens.push(found.token);
        }
        for module in modules.iter().filter_map(|index| self.modules.get(*index)) {
            if let Some(Err(failure)) = &*held(&module.shown) {
                let failure = failure.clone();
                listing.unreadable.push(Unreadable {
                    failure,
                    location: None,
                });
            }
        }
        listing
    }

    /// The keys of a certificate on a token, as these modules have shown them.
    fn entries(&self, modules: &BTreeSet<usize>, id: &str, token: Option<&str>) -> Vec<KeyEntry> {
        let mut keys = self.listing(modules).keys;
        keys.retain(|entry| entry.id == id && entry.location.token() == token);
        keys
    }

    /// Every token of these modules once, with the module that serves it.
    pub(super) fn served(&self, modules: &BTreeSet<usize>) -> Vec<Served> {
        let mut served: Vec<Served> = Vec::new();
        for &index in modules {
            let Some(module) = self.modules.get(index) else {
                continue;
            };
            let shown = held(&module.shown).clone();
            let tokens = shown.and_then(Result::ok).unwrap_or_default();
            for mut found in tokens {
                found.token.driver.clone_from(&module.found.name);
                module.add_private(&mut found);
                // One that a module shows in two of its slots is found in the first of them only.
                let again = |known: &Served| {
                    known.module == index && known.found.token.id == found.token.id
                };
                if served.iter().any(again) {
                    continue;
                }
                let rival = served
                    .iter_mut()
                    .find(|rival| rival.module != index && same(&rival.found, &found));
                let new = Served {
                    module: index,
                    found,
                };
                match rival {
                    None => served.push(new),
                    Some(rival) if rival.found.certificates.is_empty() => *rival = new,
                    Some(_) => {}
                }
            }
        }
        served
    }

    fn names(&self) -> Vec<&str> {
        let names = self.modules.iter().map(|module| &*module.found.name);
        names.collect()
    }
}

/// Whether two modules show the same token: it is in the same reader, or has the same serial number and model.
fn same(one: &TokenFound, other: &TokenFound) -> bool {
    let (one_token, other_token) = (&one.token, &other.token);
    let reader = one.hardware && other.hardware && one_token.reader == other_token.reader;
    let serial = is_number(&one_token.serial) && one_token.serial == other_token.serial;
    reader || (serial && one_token.model == other_token.model)
}

/// A certificate on a token as a key.
///
/// # Errors
/// `CERTIFICATE_MALFORMED`
fn entry(
    found: &TokenFound,
    held: &CertificateFound,
    location: &KeyLocation,
) -> Result<KeyEntry, Failure> {
    // What is no base64 is no certificate either.
    let der = BASE64_STANDARD
        .decode(&held.certificate)
        .unwrap_or_default();
    Ok(KeyEntry {
        chain: held.chain.clone(),
        problem: held.problem,
        passwordless: found.token.pin.entry != PinEntry::Keyboard,
        ..KeyEntry::read(&der, location)?
    })
}
