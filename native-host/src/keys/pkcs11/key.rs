//! A key on a token that was unlocked.

use super::{
    Modules, PIN_PAD_TIMEOUT, ReservedToken, held,
    lock::LOCK_TIMEOUT,
    login::{Ending, Login},
    mechanism,
    module_protocol::{ModuleRequest, ModuleResponse, Scheme},
};
use crate::{
    failure::Error,
    keys::{Key, MAX_SIGNATURE_WAIT, Message, Random, Recipient},
    readers,
    waiting::WaitLimit,
};
use base64::prelude::{BASE64_STANDARD, Engine as _};
use std::{fmt, sync::Arc, time::Duration};
use tamga_core::{
    certificate::Certificate,
    failure::ErrorCode,
    pkcs12::Cancel,
    protocol::{PinEntry, WaitingFor},
};

/// How long one signature of a token in a reader may take: some have a button that is to be pressed.
const SIGN_TIMEOUT: Duration = Duration::from_secs(60);

/// A key on a token, logged in until it is dropped.
pub(super) struct TokenKey {
    /// `None` when it is over.
    login: Option<Login>,
    /// Where the login ends.
    ending: Arc<Ending>,
    certificate: Certificate,
    chain: Vec<Certificate>,
    /// What a signature may wait for, and how long.
    wait: (WaitingFor, Duration),
    pin_each_time: bool,
    /// Whether the token was seen in a reader when the key was paused: not all tokens are in one.
    reader_was_seen: bool,
}

impl TokenKey {
    /// A key that was just opened in this process, on this token; `chain` in base64 of DER.
    pub(super) fn new(
        modules: &Modules,
        mut reserved: ReservedToken,
        certificate: Certificate,
        chain: &[String],
        pin_each_time: bool,
    ) -> Self {
        let chain = chain.iter();
        let chain = chain.filter_map(|above| BASE64_STANDARD.decode(above).ok());
        reserved.process.set_at_work(true);
        let on_reader = pin_each_time && reserved.token.pin.entry == PinEntry::Reader;
        let wait = match (on_reader, reserved.hardware) {
            (true, _) => (WaitingFor::Reader, PIN_PAD_TIMEOUT),
            (false, true) => (WaitingFor::Device, SIGN_TIMEOUT),
            // A remote key: the person confirms on another device.
            (false, false) => (WaitingFor::Device, MAX_SIGNATURE_WAIT),
        };
        Self {
            login: Some(Login::new(reserved, modules.lock_folder.clone())),
            ending: Arc::clone(&modules.ending),
            certificate,
            chain: chain
                .filter_map(|above| Certificate::parse(&above).ok())
                .collect(),
            wait,
            pin_each_time,
            reader_was_seen: false,
        }
    }

    fn login(&self) -> Result<&Login, Error> {
        Ok(self.login.as_ref().ok_or(ErrorCode::PinNeeded)?)
    }

    fn sign(&self, message: &Message, limit: WaitLimit<'_>) -> Result<Vec<u8>, Error> {
        let scheme = Scheme::of(message.algorithm).ok_or(ErrorCode::KeyUnsupported)?;
        let ask = ModuleRequest::Sign {
            scheme,
            message: BASE64_STANDARD.encode(&message.bytes),
        };
        let answer = held(&self.login()?.process).ask_within(&ask, limit)?;
        let ModuleResponse::Signature { signature } = answer else {
            return Err(ErrorCode::ModuleFailed.into());
        };
        let signature = BASE64_STANDARD.decode(signature);
        let signature = signature.map_err(|_| ErrorCode::ModuleFailed)?;
        mechanism::signature(message.algorithm, &signature)
    }
}

impl Key for TokenKey {
    fn certificate(&self) -> &Certificate {
        &self.certificate
    }

    fn chain(&self) -> &[Certificate] {
        &self.chain
    }

    fn sign_all(
        &self,
        messages: &[Message],
        _random: &mut Random,
        cancel: &Cancel,
        recipient: &mut dyn Recipient,
    ) {
        let (how, timeout) = self.wait;
        for message in messages {
            let limit = WaitLimit::new(timeout, cancel);
            let signature = match how {
                WaitingFor::Reader => {
                    recipient.wait(how, timeout);
                    self.sign(message, limit)
                }
                WaitingFor::Device => {
                    let mut late = || recipient.wait(how, timeout);
                    self.sign(message, limit.on_delay(&mut late))
                }
            };
            if recipient.take(signature).is_break() {
                return;
            }
        }
    }

    fn pause(&mut self, cancel: &Cancel) -> bool {
        let Some(login) = self.login.as_mut().filter(|_| !self.pin_each_time) else {
            return false;
        };
        self.reader_was_seen = readers::holds_card(&login.token.reader, cancel);
        held(&login.process).set_at_work(false);
        login.pause();
        true
    }

    fn resume(&mut self, cancel: &Cancel) -> Result<(), Error> {
        let login = self.login.as_mut().ok_or(ErrorCode::PinNeeded)?;
        login.resume(cancel)?;
        held(&login.process).set_at_work(true);
        Ok(())
    }

    fn is_gone(&self, occupied: &[String]) -> bool {
        let login = self.login.as_ref().filter(|_| self.reader_was_seen);
        login.is_some_and(|login| !readers::is_among(&login.token.reader, occupied))
    }

    fn lock(&mut self) {
        self.login = self.login.take().and_then(|login| login.end(LOCK_TIMEOUT));
    }
}

impl Drop for TokenKey {
    fn drop(&mut self) {
        if let Some(login) = self.login.take() {
            self.ending.start(|| drop(login.end(Duration::MAX)));
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
