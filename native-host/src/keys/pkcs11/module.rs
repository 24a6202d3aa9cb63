//! One module: the processes that serve it, and what it has shown.
//!
//! A process answers one request after the other, and a signature may take minutes. So who asks a module has a process
//! for itself, and whoever comes meanwhile has another: nobody waits for what somebody else does with another token.

use super::{
    discovery::Found,
    held,
    module_protocol::{CertificateFound, ModuleRequest, ModuleResponse, TokenFound},
    process::{Process, failed},
};
use crate::{failure::Error, keys::certificate_files::CertificateFiles, waiting::WaitLimit};
use base64::prelude::{BASE64_STANDARD, Engine as _};
use std::{
    collections::BTreeMap,
    sync::{
        Arc, Condvar, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};
use tamga_core::{failure::Failure, pkcs12::Cancel};

/// How long a module may take to list its tokens.
const LIST_TIMEOUT: Duration = Duration::from_secs(10);

/// A module.
#[derive(Debug)]
pub(super) struct Module {
    pub(super) found: Found,
    /// The certificates that the person gave without their keys.
    given: CertificateFiles,
    /// The process that nobody asks just now.
    idle: Mutex<Option<Process>>,
    /// How many keys are signing.
    keys_at_work: AtomicUsize,
    looks: Mutex<Looks>,
    look_ended: Condvar,
    /// What it showed last.
    pub(super) shown: Mutex<Option<Result<Vec<TokenFound>, Failure>>>,
    /// What its tokens showed after their PINs, by the tokens' ids: nothing secret, and only until a token is gone.
    pub(super) private: Mutex<BTreeMap<String, Vec<CertificateFound>>>,
}

/// The looks at a module's tokens, which all lists share.
#[derive(Debug, Default)]
struct Looks {
    running: bool,
    /// How many have ended.
    ended: u64,
}

/// A process of a module that nobody else asks until this is dropped.
#[derive(Debug)]
pub(super) struct Lease {
    module: Arc<Module>,
    process: Option<Process>,
    at_work: bool,
}

impl Module {
    pub(super) fn new(found: Found, given: CertificateFiles) -> Arc<Self> {
        Arc::new(Self {
            found,
            given,
            idle: Mutex::default(),
            keys_at_work: AtomicUsize::new(0),
            looks: Mutex::default(),
            look_ended: Condvar::new(),
            shown: Mutex::default(),
            private: Mutex::default(),
        })
    }

    /// Asks which tokens it sees.
    ///
    /// Who comes while somebody looks waits for the next look, which is made once for all that wait: the one that runs
    /// may have missed what was inserted since. A module that fails or hangs has answered everybody.
    pub(super) fn look(self: &Arc<Self>) {
        let mut looks = held(&self.looks);
        let wanted = looks.ended + if looks.running { 2 } else { 1 };
        while looks.running {
            let woken = self.look_ended.wait(looks);
            looks = woken.unwrap_or_else(PoisonError::into_inner);
            if looks.ended >= wanted {
                return;
            }
        }
        looks.running = true;
        drop(looks);
        let succeeded = self.look_once();
        let mut looks = held(&self.looks);
        looks.running = false;
        looks.ended += if succeeded { 1 } else { 2 };
        self.look_ended.notify_all();
    }

    fn look_once(self: &Arc<Self>) -> bool {
        // Another process that looks at a card can undo the login of the one that signs (NIST SP 800-73-4 part 2,
        // §3.1.1, SELECT); what was there before is there still.
        let at_work = self.keys_at_work.load(Ordering::Acquire) > 0;
        if at_work && matches!(*held(&self.shown), Some(Ok(_))) {
            return true;
        }
        let given = self.given.within_reach().into_iter();
        let certificates = given.map(|it| BASE64_STANDARD.encode(it.der())).collect();
        let told = match self.ask(&ModuleRequest::Tokens { certificates }) {
            Ok(ModuleResponse::Tokens { tokens }) => Ok(tokens),
            Ok(_) => Err(failed(&self.found.name).into()),
            Err(error) => Err(error.into()),
        };
        let tokens = told.as_deref().unwrap_or_default();
        let stays = |token: &String| tokens.iter().any(|found| found.token.id == *token);
        held(&self.private).retain(|token, _| stays(token));
        let succeeded = told.is_ok();
        *held(&self.shown) = Some(told);
        succeeded
    }

    fn ask(self: &Arc<Self>, request: &ModuleRequest) -> Result<ModuleResponse, Error> {
        let mut lease = self.lease()?;
        lease.ask(request, LIST_TIMEOUT, &Cancel::default())
    }

    /// A process for whoever asks; one is started if all have something to do.
    ///
    /// # Errors
    /// `MODULE_FAILED`
    pub(super) fn lease(self: &Arc<Self>) -> Result<Lease, Error> {
        let mut idle = held(&self.idle).take();
        let process = match idle.take_if(|process| process.lives()) {
            Some(process) => process,
            None => Process::start(&self.found.name, &self.found.path)?,
        };
        Ok(Lease {
            module: Arc::clone(self),
            process: Some(process),
            at_work: false,
        })
    }
}

impl Lease {
    /// Asks the process. What was open in one that has ended is not open in another: none is started anew.
    ///
    /// # Errors
    /// What the module failed with; `MODULE_FAILED`, `CANCELLED`.
    pub(super) fn ask(
        &mut self,
        request: &ModuleRequest,
        timeout: Duration,
        cancel: &Cancel,
    ) -> Result<ModuleResponse, Error> {
        self.ask_within(request, WaitLimit::new(timeout, cancel))
    }

    /// The same with a limit of the caller's.
    ///
    /// # Errors
    /// As [`Lease::ask`].
    pub(super) fn ask_within(
        &mut self,
        request: &ModuleRequest,
        limit: WaitLimit<'_>,
    ) -> Result<ModuleResponse, Error> {
        match &mut self.process {
            Some(process) => process.ask(request, limit),
            None => Err(failed(&self.module.found.name)),
        }
    }

    /// The module.
    pub(super) fn module(&self) -> &Module {
        &self.module
    }

    /// Says whether a key in this process signs: its card is left alone meanwhile.
    pub(super) fn set_at_work(&mut self, at_work: bool) {
        if std::mem::replace(&mut self.at_work, at_work) == at_work {
            return;
        }
        let keys = &self.module.keys_at_work;
        match at_work {
            true => keys.fetch_add(1, Ordering::AcqRel),
            false => keys.fetch_sub(1, Ordering::AcqRel),
        };
    }
}

impl Drop for Lease {
    /// One process is kept for who comes next.
    fn drop(&mut self) {
        self.set_at_work(false);
        let Some(mut process) = self.process.take() else {
            return;
        };
        if process.lives() {
            let surplus = held(&self.module.idle).replace(process);
            drop(surplus);
        }
    }
}
