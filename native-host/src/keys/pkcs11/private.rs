//! Certificates that a token shows only after its PIN (PKCS#11 v2.40 §4.4: `CKA_PRIVATE`). What was seen is remembered as
//! long as the token is there; the PIN is not.

use super::{
    Module, Modules, held,
    key::TokenKey,
    module_protocol::{ModuleRequest, ModuleResponse, TokenFound},
};
use crate::{
    failure::Error,
    keys::{Credential, Key},
};
use base64::prelude::{BASE64_STANDARD, Engine as _};
use tamga_core::{certificate::Certificate, failure::ErrorCode, protocol::Token};

impl Modules {
    /// A token that was listed.
    ///
    /// # Errors
    /// `TOKEN_REMOVED`
    pub fn token(&self, id: &str) -> Result<Token, Error> {
        let mut served = self.served(&self.all()).into_iter();
        let served = served.find(|served| served.found.token.id == id);
        Ok(served.ok_or(ErrorCode::TokenRemoved)?.found.token)
    }

    /// Logs in to a token, reads the certificates that it shows then, and logs out. From then on they are listed too.
    ///
    /// # Errors
    /// What is wrong with the PIN; `TOKEN_REMOVED`, `TOKEN_BUSY`, `MODULE_FAILED`.
    pub fn read_private(&self, token: &str, credential: &Credential) -> Result<(), Error> {
        let mut reserved = self.reserve(token)?;
        let ask = ModuleRequest::PrivateCertificates {
            token: token.to_owned(),
            lock: reserved.lock.path().to_owned(),
            pin: reserved.pin(credential)?,
            last_try: reserved.piv_pin.forewarned(credential.last_try())?,
        };
        let read = reserved.ask(&ask, &self.cancel);
        reserved.piv_pin.log_out();
        let read = read.map_err(|error| reserved.piv_pin.counted(error))?;
        let ModuleResponse::Certificates { certificates } = read else {
            return Err(ErrorCode::ModuleFailed.into());
        };
        let module = reserved.process.module();
        held(&module.private).insert(token.to_owned(), certificates);
        Ok(())
    }

    /// Unlocks the key of the only certificate whose id begins so on a token, also of one that is seen only after logging
    /// in, with one login.
    ///
    /// # Errors
    /// As [`Modules::read_private`]; `CERTIFICATE_NOT_FOUND`, and what is wrong with the key.
    pub fn open_private(
        &self,
        token: &str,
        id: &str,
        credential: &Credential,
    ) -> Result<Box<dyn Key>, Error> {
        let mut reserved = self.reserve(token)?;
        let ask = ModuleRequest::OpenPrivate {
            token: token.to_owned(),
            id: id.to_owned(),
            lock: reserved.lock.path().to_owned(),
            pin: reserved.pin(credential)?,
            last_try: reserved.piv_pin.forewarned(credential.last_try())?,
        };
        let opened = reserved.ask(&ask, &self.cancel);
        let opened = opened.map_err(|error| reserved.piv_pin.counted(error))?;
        let ModuleResponse::Opened {
            pin_each_time,
            certificate: Some(opened),
        } = opened
        else {
            return Err(ErrorCode::ModuleFailed.into());
        };
        let der = BASE64_STANDARD.decode(&opened.certificate);
        let der = der.map_err(|_| ErrorCode::ModuleFailed)?;
        let certificate = Certificate::parse(&der)?;
        let key = TokenKey::new(self, reserved, certificate, &opened.chain, pin_each_time);
        Ok(Box::new(key))
    }
}

impl Module {
    /// Adds what a token showed after its PIN to what it shows without.
    pub(super) fn add_private(&self, found: &mut TokenFound) {
        let private = held(&self.private);
        for certificate in private.get(&found.token.id).into_iter().flatten() {
            let mut known = found.certificates.iter();
            if !known.any(|known| known.certificate == certificate.certificate) {
                found.certificates.push(certificate.clone());
            }
        }
    }
}
