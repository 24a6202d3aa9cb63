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
mod private;
mod process;
mod return_value;
mod token;
mod token_info;
mod token_session;

pub(crate) use discovery::check as check_administrators;
pub(crate) use listing::ModuleState;
pub use process::MODE;

use super::{Credential, FoundKey, Key, KeySource, certificate_files::CertificateFiles};
use crate::{directories::Folders, failure::Error, readers::piv_pin::PivPin};
use key::TokenKey;
use listing::Served;
use lock::TokenLock;
use login::Ending;
use module::{Lease, Module};
use module_protocol::{ModuleRequest, ModuleResponse, Pins};
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

/// A token that one request has for itself.
#[derive(Debug)]
struct ReservedToken {
    /// A process of the module that serves it.
    process: Lease,
    token: Token,
    /// Whether it is in a reader, rather than a piece of software or far away.
    hardware: bool,
    piv_pin: PivPin,
    lock: TokenLock,
}

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
        let given = CertificateFiles::new(&folders.data);
        let modules = modules.into_iter();
        let modules = modules.map(|found| Module::new(found, given.clone()));
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

    /// Waits for a token, locks it and starts a process of its module, or takes one that is idle.
    ///
    /// # Errors
    /// `TOKEN_REMOVED`, `TOKEN_BUSY`, `MODULE_FAILED`, `CANCELLED`, `STORAGE_FAILED`.
    fn reserve(&self, token: &str) -> Result<ReservedToken, Error> {
        let mut served = self.served(&self.all()).into_iter();
        let served = served.find(|served| served.found.token.id == token);
        let served = served.ok_or(ErrorCode::TokenRemoved)?;
        let lock = TokenLock::take(&self.lock_folder, &served.found.token, &self.cancel)?;
        let module = self.modules.get(served.module);
        Ok(ReservedToken {
            process: module.ok_or(ErrorCode::TokenRemoved)?.lease()?,
            piv_pin: self.piv_pin(&served),
            hardware: served.found.hardware,
            token: served.found.token,
            lock,
        })
    }

    /// What a token that may be a PIV card says of its PIN.
    fn piv_pin(&self, served: &Served) -> PivPin {
        let module = self.modules.get(served.module);
        let serves_piv = module.is_some_and(|module| module.found.serves_piv);
        PivPin::new(&served.found.token, serves_piv, &self.cancel)
    }

    /// Gives a token another PIN.
    ///
    /// # Errors
    /// What is wrong with the PINs; `TOKEN_REMOVED`, `TOKEN_BUSY`, `MODULE_FAILED`.
    pub fn change_pin(&self, token: &str, pins: PinChange) -> Result<(), Error> {
        let mut reserved = self.reserve(token)?;
        let (pins, last_try) = pins_for(pins);
        let ask = ModuleRequest::ChangePin {
            token: token.to_owned(),
            pins,
            last_try: reserved.piv_pin.forewarned(last_try)?,
        };
        let changed = reserved.ask(&ask, &self.cancel);
        reserved.piv_pin.log_out();
        changed.map_err(|error| reserved.piv_pin.counted(error))?;
        Ok(())
    }

    /// Gives a token a PIN with the administrator's PIN or PUK.
    ///
    /// # Errors
    /// As [`Modules::change_pin`], of the administrator's PIN.
    pub fn unblock_pin(&self, token: &str, pins: PinChange) -> Result<(), Error> {
        let mut reserved = self.reserve(token)?;
        let (pins, last_try) = pins_for(pins);
        if let Some(Pins { old: puk, new }) = &pins
            && let Some(()) = reserved.piv_pin.unblock(puk, new)?
        {
            return Ok(());
        }
        let ask = ModuleRequest::UnblockPin {
            token: token.to_owned(),
            lock: reserved.lock.path().to_owned(),
            pins,
            last_try,
        };
        reserved.ask(&ask, &self.cancel)?;
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

    /// No file is on a token: no module is asked.
    fn why_unreadable(&self, _location: &KeyLocation) -> Vec<Failure> {
        Vec::new()
    }

    fn open(&self, key: FoundKey, credential: &Credential) -> Result<Box<dyn Key>, Error> {
        let FoundKey { entry, certificate } = key;
        let KeyLocation::Token { token, .. } = entry.location else {
            return Err(ErrorCode::TokenRemoved.into());
        };
        let mut reserved = self.reserve(&token)?;
        let ask = ModuleRequest::Open {
            token,
            certificate: entry.certificate,
            lock: reserved.lock.path().to_owned(),
            pin: reserved.pin(credential)?,
            last_try: reserved.piv_pin.forewarned(credential.last_try())?,
        };
        let opened = reserved.ask(&ask, &self.cancel);
        let opened = opened.map_err(|error| reserved.piv_pin.counted(error))?;
        let ModuleResponse::Opened { pin_each_time, .. } = opened else {
            return Err(ErrorCode::ModuleFailed.into());
        };
        let key = TokenKey::new(self, reserved, certificate, &entry.chain, pin_each_time);
        Ok(Box::new(key))
    }
}

impl ReservedToken {
    /// Has the module do what takes a PIN.
    ///
    /// # Errors
    /// As [`Lease::ask`].
    fn ask(&mut self, request: &ModuleRequest, cancel: &Cancel) -> Result<ModuleResponse, Error> {
        let timeout = match self.token.pin.entry {
            PinEntry::Reader => PIN_PAD_TIMEOUT,
            PinEntry::Keyboard | PinEntry::None => LOGIN_TIMEOUT,
        };
        self.process.ask(request, timeout, cancel)
    }

    /// The PIN as the module is given it: `None` where it is typed on the reader, or none is needed.
    ///
    /// # Errors
    /// `PIN_NEEDED` for none, or an empty one, which some cards would count as a wrong one; `REQUEST_MALFORMED` for a
    /// password.
    fn pin(&self, credential: &Credential) -> Result<Option<Secret>, Error> {
        match credential {
            Credential::Password(_) => Err(ErrorCode::RequestMalformed.into()),
            _ if self.token.pin.entry != PinEntry::Keyboard => Ok(None),
            Credential::Pin(pin, _) if !pin.expose().is_empty() => Ok(Some(pin.clone())),
            _ => Err(ErrorCode::PinNeeded.into()),
        }
    }
}

/// Whether a serial number is one, rather than zeros or nothing.
fn is_number(serial: &str) -> bool {
    serial
        .chars()
        .any(|digit| !matches!(digit, '0' | ' ' | '\0'))
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

/// What a lock guards is whole at any moment, even if a thread panicked.
fn held<T>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}
