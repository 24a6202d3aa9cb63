//! Tokens and smart cards, through the PKCS#11 modules of their makers.
//!
//! Each module runs in a process of its own ([`process`]) and is started when keys are first looked for. A
//! token that several modules see is one token, served by the first of them that shows a certificate on it: its
//! PIN goes to no other.

mod discovery;
mod key;
mod lock;
mod login;
mod mechanism;
mod module;
pub mod module_process;
mod module_protocol;
mod module_table;
mod objects;
mod pairing;
mod pin;
mod piv_pin;
mod private;
mod process;
mod return_value;
mod token;
mod token_info;

pub(crate) use discovery::check as check_administrators;
pub use process::MODE;

use super::{Credential, Key, KeySource, certificate_of};
use crate::{
    directories::Folders,
    failure::Error,
    readers::{self, CardFound, piv},
    waiting::receive,
};
use base64::prelude::{BASE64_STANDARD, Engine as _};
use key::TokenKey;
use lock::TokenLock;
use login::Ending;
use module::{Lease, Module};
use module_protocol::{CertificateFound, ModuleRequest, ModuleResponse, Pins, TokenFound};
use piv_pin::{ask_card, counted, forewarned, has_piv, log_out};
use std::{
    collections::BTreeSet,
    path::PathBuf,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        mpsc::{self, Receiver, RecvTimeoutError, Sender},
    },
    thread,
    time::{Duration, Instant},
};
use tamga_core::{
    algorithm::DigestAlgorithm,
    failure::{ErrorCode, Failure},
    pkcs12::Cancel,
    protocol::{KeyEntry, KeyLocation, LastTry, Listing, PinChange, PinEntry, Token, Unreadable},
    secret::Secret,
};

/// How long tokens are waited for before what is known already is told.
const PARTIAL_LISTING_DELAY: Duration = Duration::from_millis(200);
/// How long logging in may take, and how long where the PIN is typed on the reader.
const LOGIN_TIMEOUT: Duration = Duration::from_secs(30);
const PIN_PAD_TIMEOUT: Duration = Duration::from_secs(180);

/// The modules of this computer.
#[derive(Clone, Debug)]
pub struct Modules {
    modules: Arc<Vec<Arc<Module>>>,
    /// Why some of the administrator's are not among them.
    refused: Vec<Failure>,
    lock_folder: PathBuf,
    /// Logins that end when their keys are dropped.
    ending: Arc<Ending>,
    /// Gives up what is asked of them.
    cancel: Cancel,
}

/// What a list waits for.
enum Answer {
    /// The module of this number has looked.
    Module(usize),
    /// The smart card service has said which cards there are, or why not.
    Cards(Result<Vec<CardFound>, Failure>),
}

/// A token that is served, and by which module.
struct Served {
    module: usize,
    found: TokenFound,
}

impl Modules {
    /// The modules within reach. None of them is started.
    pub fn new(folders: &Folders) -> Self {
        let (modules, refused) = discovery::modules(folders);
        let modules = modules.into_iter().map(Module::new);
        Self {
            modules: Arc::new(modules.collect()),
            refused,
            lock_folder: folders.data.join("locks"),
            ending: Arc::default(),
            cancel: Cancel::default(),
        }
    }

    /// The same modules, which are asked until that is not wanted any more.
    pub fn until(&self, cancel: &Cancel) -> Self {
        Self {
            cancel: cancel.clone(),
            ..self.clone()
        }
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.modules.is_empty()
    }

    fn all(&self) -> BTreeSet<usize> {
        (0..self.modules.len()).collect()
    }

    fn names(&self) -> Vec<&str> {
        let names = self.modules.iter().map(|module| &*module.found.name);
        names.collect()
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
            let patience = match told == Some(fresh.len()) {
                true => Duration::MAX,
                false => deadline.saturating_duration_since(Instant::now()),
            };
            match receive(answered, patience, &self.cancel) {
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
        let mut listing = Listing::default();
        for served in self.served(modules) {
            let found = served.found;
            let certificates = found.certificates.iter();
            let keys = certificates.filter_map(|certificate| entry(&found, certificate));
            listing.keys.extend(keys);
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
    fn served(&self, modules: &BTreeSet<usize>) -> Vec<Served> {
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

    /// A process of the module that serves a token, and the token, which is locked.
    fn serving(&self, token: &str) -> Result<(Lease, Token, TokenLock), Error> {
        let mut served = self.served(&self.all()).into_iter();
        let served = served.find(|served| served.found.token.id == token);
        let served = served.ok_or(ErrorCode::TokenRemoved)?;
        let lock = TokenLock::take(&self.lock_folder, &served.found.token, &self.cancel)?;
        let module = self.modules.get(served.module);
        let lease = module.ok_or(ErrorCode::TokenRemoved)?.lease()?;
        Ok((lease, served.found.token, lock))
    }

    /// Gives a token another PIN.
    ///
    /// # Errors
    /// What is wrong with the PINs; `TOKEN_REMOVED`, `TOKEN_BUSY`, `MODULE_FAILED`.
    pub fn change_pin(&self, token: &str, pins: PinChange) -> Result<(), Error> {
        let (mut module, found, _lock) = self.serving(token)?;
        let (pins, last_try) = pins_for(pins);
        let ask = ModuleRequest::ChangePin {
            token: token.to_owned(),
            pins,
            last_try: forewarned(&found, last_try)?,
        };
        let changed = module.ask(&ask, deadline(&found), &self.cancel);
        log_out(&found);
        changed.map_err(|error| counted(&found, error))?;
        Ok(())
    }

    /// Gives a token a PIN with the administrator's PIN or PUK.
    ///
    /// # Errors
    /// As [`Modules::change_pin`], of the administrator's PIN.
    pub fn unblock_pin(&self, token: &str, pins: PinChange) -> Result<(), Error> {
        let (mut module, found, _lock) = self.serving(token)?;
        let (pins, last_try) = pins_for(pins);
        if has_piv(&found)
            && let Some(Pins { old: puk, new }) = &pins
            && let Some(()) = piv::unblock(&found.reader, puk, new, &self.cancel)?
        {
            return Ok(());
        }
        let ask = ModuleRequest::UnblockPin {
            token: token.to_owned(),
            pins,
            last_try,
        };
        module.ask(&ask, deadline(&found), &self.cancel)?;
        Ok(())
    }
}

impl KeySource for Modules {
    fn list(&self) -> Listing {
        self.list_in_parts(&mut |_| {})
    }

    fn list_in_parts(&self, so_far: &mut dyn FnMut(&Listing)) -> Listing {
        let (answering, answered) = mpsc::channel();
        self.look(&answering);
        let cancel = self.cancel.clone();
        thread::spawn(move || {
            let cards = readers::cards(&cancel);
            // Nobody waits any more when the request was cancelled.
            let _ = answering.send(Answer::Cards(cards));
        });
        let cards = self.tell_parts(&answered, so_far);
        let mut listing = self.listing(&self.all());
        match cards {
            Ok(cards) => {
                let unserved = readers::without_driver(cards, &listing.tokens, &self.names());
                listing.readers_without_driver = unserved;
                listing.tokens.iter_mut().for_each(ask_card);
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

    /// What was shown last, or else what is shown first: a module that hangs does not hold up the others' keys.
    fn find(&self, id: &str, token: Option<&str>) -> Vec<KeyEntry> {
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

    fn open(&self, entry: &KeyEntry, credential: &Credential) -> Result<Box<dyn Key>, Error> {
        let KeyLocation::Token { token, .. } = &entry.location else {
            return Err(ErrorCode::TokenRemoved.into());
        };
        let (mut module, found, lock) = self.serving(token)?;
        let certificate = certificate_of(entry)?;
        let ask = ModuleRequest::Open {
            token: token.clone(),
            certificate: entry.certificate.clone(),
            pin: pin_for(&found, credential)?,
            last_try: forewarned(&found, credential.last_try())?,
        };
        let opened = module.ask(&ask, deadline(&found), &self.cancel);
        let opened = opened.map_err(|error| counted(&found, error))?;
        let ModuleResponse::Opened { pin_each_time, .. } = opened else {
            return Err(ErrorCode::ModuleFailed.into());
        };
        let served = (module, found, lock);
        let key = TokenKey::new(self, served, certificate, &entry.chain, pin_each_time);
        Ok(Box::new(key))
    }
}

/// Whether two modules show the same token: it is in the same reader, or has the same serial number and model.
fn same(one: &TokenFound, other: &TokenFound) -> bool {
    let (one_token, other_token) = (&one.token, &other.token);
    let reader = one.hardware && other.hardware && one_token.reader == other_token.reader;
    let serial = is_number(&one_token.serial) && one_token.serial == other_token.serial;
    reader || (serial && one_token.model == other_token.model)
}

/// Whether a serial number is one, rather than zeros or nothing.
fn is_number(serial: &str) -> bool {
    serial
        .chars()
        .any(|digit| !matches!(digit, '0' | ' ' | '\0'))
}

/// A certificate on a token as a key.
fn entry(found: &TokenFound, held: &CertificateFound) -> Option<KeyEntry> {
    let der = BASE64_STANDARD.decode(&held.certificate).ok()?;
    let token = &found.token;
    Some(KeyEntry {
        id: DigestAlgorithm::Sha256.digest(&der).hex().to_owned(),
        certificate: held.certificate.clone(),
        chain: held.chain.clone(),
        location: KeyLocation::Token {
            token: token.id.clone(),
            name: token.name.clone(),
        },
        problem: held.problem,
        passwordless: token.pin.entry != PinEntry::Keyboard,
    })
}

/// The PIN as the module is given it: `None` where it is typed on the reader, or none is needed.
///
/// # Errors
/// `PIN_NEEDED` for none, or an empty one, which some cards would count as a wrong one; `REQUEST_MALFORMED` for a
/// password.
fn pin_for(token: &Token, credential: &Credential) -> Result<Option<Secret>, Error> {
    match credential {
        Credential::Password(_) => Err(ErrorCode::RequestMalformed.into()),
        _ if token.pin.entry != PinEntry::Keyboard => Ok(None),
        Credential::Pin(pin, _) if !pin.expose().is_empty() => Ok(Some(pin.clone())),
        _ => Err(ErrorCode::PinNeeded.into()),
    }
}

/// The PINs of a change as the module is given them: `None` where they are typed on the reader.
fn pins_for(pins: PinChange) -> (Option<Pins>, LastTry) {
    match pins {
        PinChange::Typed {
            pin,
            new_pin,
            last_try,
        } => {
            let pins = Pins {
                old: pin,
                new: new_pin,
            };
            (Some(pins), last_try)
        }
        PinChange::Reader { last_try } => (None, last_try),
    }
}

fn deadline(token: &Token) -> Duration {
    match token.pin.entry {
        PinEntry::Reader => PIN_PAD_TIMEOUT,
        PinEntry::Keyboard | PinEntry::None => LOGIN_TIMEOUT,
    }
}

/// What a lock guards is whole at any moment, even if a thread panicked.
fn held<T>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}
