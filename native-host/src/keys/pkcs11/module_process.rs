//! The life of a module's process: load the module, answer what is asked, tidy up.

use super::{
    module_protocol::{CertificateFound, ModuleRequest, ModuleResponse},
    objects::Objects,
    token::{Module, Opened},
    token_session::{HostLock, SHUTDOWN_TIMEOUT},
};
use crate::{
    child_process::far_end::{HostLiveness, Requests},
    failure::Error,
};
use base64::prelude::{BASE64_STANDARD, Engine as _};
use std::{path::Path, process::ExitCode};
use tamga_core::{
    certificate::Certificate,
    failure::{ErrorCode, Failure},
};

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
            .and_then(|module| answer(module, requests.liveness(), &mut opened, ask));
        let response = answer.unwrap_or_else(|error| ModuleResponse::Failed {
            failure: error.into(),
        });
        if requests.answer(&response).is_err() {
            break;
        }
    }
    drop(opened);
    if let Ok(module) = &mut module {
        module.finalize();
    }
    ExitCode::SUCCESS
}

fn answer(
    module: &Module,
    host: &HostLiveness,
    opened: &mut Option<Opened>,
    ask: ModuleRequest,
) -> Result<ModuleResponse, Error> {
    let malformed = || Failure::from(ErrorCode::RequestMalformed);
    match ask {
        ModuleRequest::Tokens { certificates } => {
            let given = certificates.iter().filter_map(|it| {
                let der = BASE64_STANDARD.decode(it).ok()?;
                Certificate::parse(&der).ok()
            });
            let tokens = module.tokens(&given.collect::<Vec<_>>())?;
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
            let lock = HostLock::new(lock, host);
            let key = module.open(&token, lock, |_| Ok(certificate), pin.as_ref(), last_try)?;
            return Ok(keep(opened, key, None));
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
            let lock = HostLock::new(lock, host);
            let key = module.open(&token, lock, choose, pin.as_ref(), last_try)?;
            return Ok(keep(opened, key, chosen));
        }
        ModuleRequest::PrivateCertificates {
            token,
            lock,
            pin,
            last_try,
        } => {
            *opened = None;
            let lock = HostLock::new(lock, host);
            let certificates = module.private_certificates(&token, lock, pin.as_ref(), last_try)?;
            return Ok(ModuleResponse::Certificates { certificates });
        }
        ModuleRequest::Sign { scheme, message } => {
            let message = BASE64_STANDARD.decode(message).map_err(|_| malformed())?;
            let key = opened.as_mut().ok_or(ErrorCode::TokenRemoved)?;
            let signed = module.sign(key, scheme, &message).map_err(Failure::from);
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
            lock,
            pins,
            last_try,
        } => {
            let lock = HostLock::new(lock, host);
            module.unblock_pin(&token, lock, pins.as_ref(), last_try)?;
        }
    }
    Ok(ModuleResponse::Done {})
}

/// Keeps a key at hand until it is closed.
fn keep(
    opened: &mut Option<Opened>,
    key: Opened,
    certificate: Option<CertificateFound>,
) -> ModuleResponse {
    let pin_each_time = key.wants_pin_each_time();
    *opened = Some(key);
    ModuleResponse::Opened {
        pin_each_time,
        certificate,
    }
}

fn is_removal(failure: &Failure) -> bool {
    failure.code == ErrorCode::TokenRemoved
}
