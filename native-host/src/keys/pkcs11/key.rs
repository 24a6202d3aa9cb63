//! A key on a token that was unlocked.

use super::{
    Modules, held,
    lock::TokenLock,
    mechanism,
    module::Lease,
    module_protocol::{ModuleRequest, ModuleResponse, Scheme},
    piv_pin::log_out,
};
use crate::{
    failure::Error,
    keys::{Key, Random},
    readers,
};
use base64::prelude::{BASE64_STANDARD, Engine as _};
use std::{fmt, path::PathBuf, sync::Mutex, time::Duration};
use tamga_core::{
    algorithm::SignatureAlgorithm, certificate::Certificate, failure::ErrorCode, pkcs12::Cancel,
    protocol::Token,
};

/// How long one signature may take: some tokens have a button that is to be pressed.
const SIGN_TIMEOUT: Duration = Duration::from_secs(60);
/// How long logging out may take.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(5);

/// A key on a token, logged in until it is dropped.
pub(super) struct TokenKey {
    /// The process in which it was opened.
    process: Mutex<Lease>,
    lock_folder: PathBuf,
    /// Gives up what it signs.
    cancel: Cancel,
    token: Token,
    certificate: Certificate,
    chain: Vec<Vec<u8>>,
    pin_each_time: bool,
    /// Nobody else's work comes in between; `None` while the key is paused.
    lock: Option<TokenLock>,
    /// The last generation with the token, while the key is paused.
    generation: Option<u64>,
    /// Whether the token was seen in a reader when the key was paused: not all tokens are in one.
    reader_was_seen: bool,
}

impl TokenKey {
    /// A key that was just opened in this process, on this token; `chain` in base64 of DER.
    pub(super) fn new(
        modules: &Modules,
        (mut process, token, lock): (Lease, Token, TokenLock),
        certificate: Certificate,
        chain: &[String],
        pin_each_time: bool,
    ) -> Self {
        let chain = chain.iter().map(|above| BASE64_STANDARD.decode(above));
        process.set_at_work(true);
        Self {
            process: Mutex::new(process),
            lock_folder: modules.lock_folder.clone(),
            cancel: modules.cancel.clone(),
            token,
            certificate,
            chain: chain.filter_map(Result::ok).collect(),
            pin_each_time,
            lock: Some(lock),
            generation: None,
            reader_was_seen: false,
        }
    }
}

impl Key for TokenKey {
    fn certificate(&self) -> &Certificate {
        &self.certificate
    }

    fn chain(&self) -> &[Vec<u8>] {
        &self.chain
    }

    fn sign(
        &self,
        algorithm: SignatureAlgorithm,
        message: &[u8],
        _random: &mut Random,
    ) -> Result<Vec<u8>, Error> {
        let scheme = Scheme::of(algorithm).ok_or(ErrorCode::KeyUnsupported)?;
        let message = BASE64_STANDARD.encode(message);
        let ask = ModuleRequest::Sign { scheme, message };
        let ModuleResponse::Signature { signature } =
            held(&self.process).ask(&ask, SIGN_TIMEOUT, &self.cancel)?
        else {
            return Err(ErrorCode::ModuleFailed.into());
        };
        let signature = BASE64_STANDARD.decode(signature);
        let signature = signature.map_err(|_| ErrorCode::ModuleFailed)?;
        mechanism::signature(algorithm, &signature)
    }

    fn pause(&mut self) -> bool {
        if self.pin_each_time {
            return false;
        }
        self.reader_was_seen = readers::holds_card(&self.token.reader);
        held(&self.process).set_at_work(false);
        self.generation = self.lock.take().map(|lock| lock.generation());
        true
    }

    /// Somebody else may have logged out, or changed the PIN: a module that remembers it (OpenSC) would show the card
    /// an old one.
    fn resume(&mut self, cancel: &Cancel) -> Result<(), Error> {
        let generation = self.generation.ok_or(ErrorCode::PinNeeded)?;
        let lock = TokenLock::retake(&self.lock_folder, &self.token, generation, cancel)?;
        self.lock = Some(lock);
        self.cancel = cancel.clone();
        held(&self.process).set_at_work(true);
        Ok(())
    }

    fn is_gone(&self) -> bool {
        self.reader_was_seen && !readers::holds_card(&self.token.reader)
    }
}

impl Drop for TokenKey {
    /// Whoever has used the token while the key was paused has logged out themselves, and must not be disturbed.
    fn drop(&mut self) {
        // What is not wanted any more ends in order all the same.
        let wanted = Cancel::default();
        let undisturbed = self.lock.is_some() || self.resume(&wanted).is_ok();
        let closed = held(&self.process).ask(&ModuleRequest::Close {}, CLOSE_TIMEOUT, &wanted);
        if let Err(error) = closed {
            tracing::warn!(%error, "a token was not logged out");
        }
        if undisturbed {
            log_out(&self.token);
        }
    }
}

impl fmt::Debug for TokenKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut opaque = formatter.debug_struct("TokenKey");
        opaque.field("certificate", &self.certificate.id());
        opaque.finish_non_exhaustive()
    }
}
