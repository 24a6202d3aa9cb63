//! The life of a module's process: load the module, answer what is asked, tidy up.

use super::{
    lock::lock_file,
    module_protocol::{CertificateFound, ModuleRequest, ModuleResponse},
    objects::Objects,
    token::{Module, Opened},
};
use crate::{child_process::far_end::Requests, failure::Error};
use base64::prelude::{BASE64_STANDARD, Engine as _};
use std::{
    path::{Path, PathBuf},
    process::{self, ExitCode},
    time::Duration,
};
use tamga_core::{
    certificate::Certificate,
    failure::{ErrorCode, Failure},
};

/// How long a call into the module may go on when the host is gone.
const SHUTDOWN_TIMEOUT: Duration = Duration::from_secs(2);

/// A key that is logged in, and the file of the lock that the host has on its token.
struct LoggedIn {
    key: Opened,
    lock: PathBuf,
}

/// Serves the module at this path until the host closes the pipe.
pub fn run(path: &Path) -> ExitCode {
    let Ok(mut requests) = Requests::open(SHUTDOWN_TIMEOUT) else {
        return ExitCode::FAILURE;
    };
    let mut module = Module::load(path);
    let mut opened = None;
    while let Some(ask) = requests.next() {
        let answer = module
            .as_ref()
            .map_err(Clone::clone)
            .map_err(Error::from)
            .and_then(|module| answer(module, &mut opened, ask));
        let response = answer.unwrap_or_else(|error| ModuleResponse::Failed {
            failure: error.into(),
        });
        if requests.answer(&response).is_err() {
            break;
        }
    }
    if let Some(logged_in) = opened.take() {
        log_out(logged_in);
    }
    if let Ok(module) = &mut module {
        module.finalize();
    }
    ExitCode::SUCCESS
}

/// Logs out of a token whose key the host did not close: it was killed, and its lock is gone with it. While another host
/// works with the token, logging out would end that one's login too: the process exits without it.
fn log_out(logged_in: LoggedIn) {
    match lock_file(&logged_in.lock, SHUTDOWN_TIMEOUT) {
        Ok(_lock) => drop(logged_in.key),
        Err(_) => process::exit(1),
    }
}

fn answer(
    module: &Module,
    opened: &mut Option<LoggedIn>,
    ask: ModuleRequest,
) -> Result<ModuleResponse, Error> {
    let malformed = || Failure::from(ErrorCode::RequestMalformed);
    match ask {
        ModuleRequest::Tokens {} => {
            let tokens = module.tokens()?;
            return Ok(ModuleResponse::Tokens { tokens });
        }
        ModuleRequest::Open {
            token,
            certificate,
            lock,
            pin,
            last_try,
        } => {
            *opened = None;
            let certificate = BASE64_STANDARD.decode(certificate);
            let certificate = certificate.map_err(|_| malformed())?;
            let certificate = Certificate::parse(&certificate)?;
            let key = module.open(&token, |_| Ok(certificate), pin.as_ref(), last_try)?;
            return Ok(keep(opened, LoggedIn { key, lock }, None));
        }
        ModuleRequest::OpenPrivate {
            token,
            id,
            lock,
            pin,
            last_try,
        } => {
            *opened = None;
            let mut chosen = None;
            let choose = |objects: &Objects| {
                let (found, certificate) = objects.by_id(&id)?;
                chosen = Some(found);
                Ok(certificate)
            };
            let key = module.open(&token, choose, pin.as_ref(), last_try)?;
            return Ok(keep(opened, LoggedIn { key, lock }, chosen));
        }
        ModuleRequest::PrivateCertificates {
            token,
            pin,
            last_try,
        } => {
            *opened = None;
            let certificates = module.private_certificates(&token, pin.as_ref(), last_try)?;
            return Ok(ModuleResponse::Certificates { certificates });
        }
        ModuleRequest::Sign { scheme, message } => {
            let message = BASE64_STANDARD.decode(message).map_err(|_| malformed())?;
            let logged_in = opened.as_mut().ok_or(ErrorCode::TokenRemoved)?;
            let signed = module
                .sign(&mut logged_in.key, scheme, &message)
                .map_err(Failure::from);
            // OpenSC (0.23) hangs when it is asked once more.
            if signed.as_ref().is_err_and(is_removal) {
                *opened = None;
            }
            let signature = BASE64_STANDARD.encode(signed?);
            return Ok(ModuleResponse::Signature { signature });
        }
        ModuleRequest::Close {} => *opened = None,
        ModuleRequest::ChangePin {
            token,
            pins,
            last_try,
        } => module.change_pin(&token, pins.as_ref(), last_try)?,
        ModuleRequest::UnblockPin {
            token,
            pins,
            last_try,
        } => module.unblock_pin(&token, pins.as_ref(), last_try)?,
    }
    Ok(ModuleResponse::Done {})
}

/// Keeps a key at hand until it is closed.
fn keep(
    opened: &mut Option<LoggedIn>,
    logged_in: LoggedIn,
    certificate: Option<CertificateFound>,
) -> ModuleResponse {
    let pin_each_time = logged_in.key.wants_pin_each_time();
    *opened = Some(logged_in);
    ModuleResponse::Opened {
        pin_each_time,
        certificate,
    }
}

fn is_removal(failure: &Failure) -> bool {
    failure.code == ErrorCode::TokenRemoved
}
