//! Tokens and smart cards, through the PKCS#11 modules of their makers.
//!
//! Each module runs in a process of its own ([`process`]) and is started when keys are first looked for. A
//! token that several modules see is one token, served by the first of them that shows a certificate on it: its
//! PIN goes to no other.

mod discovery;
mod key;
mod listing;
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
use crate::{directories::Folders, failure::Error, readers::piv};
use key::TokenKey;
use lock::TokenLock;
use login::Ending;
use module::{Lease, Module};
use module_protocol::{ModuleRequest, ModuleResponse, Pins};
use piv_pin::{counted, forewarned, has_piv, log_out};
use std::{
    collections::BTreeSet,
    path::PathBuf,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tamga_core::{
    failure::{ErrorCode, Failure},
    pkcs12::Cancel,
    protocol::{KeyEntry, KeyLocation, LastTry, Listing, PinChange, PinEntry, Token},
    secret::Secret,
};

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
        self.list_all(so_far)
    }

    fn find(&self, id: &str, token: Option<&str>) -> Vec<KeyEntry> {
        self.find_on(id, token)
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

/// Whether a serial number is one, rather than zeros or nothing.
fn is_number(serial: &str) -> bool {
    serial
        .chars()
        .any(|digit| !matches!(digit, '0' | ' ' | '\0'))
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
