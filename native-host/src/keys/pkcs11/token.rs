//! The tokens of a module, and the opened key of one of them. This runs in the module's own process.

use super::{
    mechanism,
    module_protocol::{CertificateFound, Scheme, SchemeKind, TokenFound},
    objects::{self, Objects},
    pairing::Match,
    return_value::is,
    token_info::{describe, refine, token_id},
    token_session::{HostLock, TokenSession},
};
use crate::failure::Error;
use cryptoki::{
    context::{CInitializeArgs, CInitializeFlags, Pkcs11},
    error::RvError,
    object::ObjectHandle,
    slot::{Slot, TokenInfo},
    types::AuthPin,
};
use cryptoki_sys::CK_MECHANISM_TYPE;
use std::{path::Path, thread, time::Duration};
use tamga_core::{
    algorithm::{Padding, VerifyingKey},
    certificate::Certificate,
    failure::{ErrorCode, Failure},
    protocol::LastTry,
    reason::more_telling,
    secret::Secret,
};
use tamga_foreign::pkcs11::Functions;

/// The most slots of a module that are looked at.
const MAX_SLOTS: usize = 64;

/// The most keys that are tried where it is not known which one is a certificate's.
const MAX_CANDIDATES: usize = 8;
/// What a key says that does not sign at all, or not like this.
const NOT_THIS_KEY: [ErrorCode; 2] = [ErrorCode::KeyUnsupported, ErrorCode::ModuleFailed];

/// How often, and how far apart, it is looked whether a card is gone: pcscd looks every 400 ms.
const REMOVAL_POLLS: u32 = 10;
const REMOVAL_POLL_INTERVAL: Duration = Duration::from_millis(100);

/// A module that was loaded.
#[derive(Debug)]
pub(super) struct Module {
    pub(super) pkcs11: Pkcs11,
    pub(super) functions: Functions,
}

/// A key that can sign, and the session in which it can.
pub(super) struct Opened {
    slot: Slot,
    session: TokenSession,
    /// The keys that may be the certificate's, the likeliest first.
    keys: Vec<OpenedKey>,
    /// Whether the first of them is known to be.
    sure: bool,
    /// The certificate's.
    key: VerifyingKey,
    /// The mechanisms of the token, by number.
    mechanisms: Vec<CK_MECHANISM_TYPE>,
    /// For keys that want it before each signature; `None` where it is typed on the reader, or none is needed.
    pin: Option<AuthPin>,
}

/// A private key.
struct OpenedKey {
    handle: ObjectHandle,
    /// Whether it wants the PIN before each signature.
    each_time: bool,
}

impl Module {
    /// Loads and initialises a module.
    ///
    /// # Errors
    /// `MODULE_FAILED`
    pub(super) fn load(path: &Path) -> Result<Self, Failure> {
        let load = || {
            let pkcs11 = Pkcs11::new(path)?;
            match pkcs11.initialize(CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK)) {
                Err(error) if !is(&error, RvError::CryptokiAlreadyInitialized) => {
                    return Err(error);
                }
                _ => {}
            }
            Ok(pkcs11)
        };
        let pkcs11 = load().map_err(Error::from)?;
        let functions = Functions::of(path).map_err(Error::from)?;
        Ok(Self { pkcs11, functions })
    }

    /// Tidies up. Some modules crash when their process ends without it.
    pub(super) fn finalize(&mut self) {
        if let Err(error) = self.pkcs11.clone().finalize() {
            tracing::warn!(%error, "a module did not finish");
        }
    }

    /// The tokens that are there. One that cannot be read does not hold up the others. `given`: certificates that may be those
    /// of keys that have none on their token.
    pub(super) fn tokens(&self, given: &[Certificate]) -> Result<Vec<TokenFound>, Error> {
        let slots = self.pkcs11.get_slots_with_token()?;
        let read = |slot: Slot| {
            let found = self.token(slot, given);
            found.inspect_err(|error| tracing::warn!(%error, "unreadable token"))
        };
        let found = slots.into_iter().take(MAX_SLOTS).map(read);
        Ok(found.filter_map(Result::ok).flatten().collect())
    }

    /// What is in a slot; `None` for a token that is not there after all, or was never set up.
    fn token(&self, slot: Slot, given: &[Certificate]) -> Result<Option<TokenFound>, Error> {
        let place = self.pkcs11.get_slot_info(slot)?;
        let info = self.pkcs11.get_token_info(slot)?;
        if !place.token_present() || !info.token_initialized() {
            return Ok(None);
        }
        let session = self.pkcs11.open_ro_session(slot)?;
        let mechanisms = self.functions.mechanisms(slot);
        let signs_nothing = mechanisms.is_ok_and(|offered| !mechanism::signs(&offered));
        let hidden_keys = info.login_required();
        let mut objects = Objects::certificates_of(&session)?;
        if signs_nothing || !hidden_keys || objects.has_authorities() || !given.is_empty() {
            objects.read_keys(&session)?;
        }
        let storage_only = signs_nothing && !objects.has_keys();
        let mut certificates = objects.certificates(hidden_keys, storage_only);
        if !storage_only {
            certificates.extend(objects.bound(given, hidden_keys));
        }
        let mut token = describe(&info, place.slot_description());
        token.storage_only = storage_only;
        token.may_hold_private =
            info.login_required() && info.user_pin_initialized() && !storage_only;
        if let Some(exactly) = self.functions.rutoken_info(slot) {
            refine(&mut token, &exactly);
        }
        Ok(Some(TokenFound {
            token,
            hardware: place.hardware_slot(),
            certificates,
        }))
    }

    /// The slot in which a token is now, and what it says of itself there.
    ///
    /// # Errors
    /// `TOKEN_REMOVED`
    pub(super) fn find(&self, token: &str) -> Result<(Slot, TokenInfo), Error> {
        for slot in self.pkcs11.get_slots_with_token()? {
            let place = self.pkcs11.get_slot_info(slot);
            if let (Ok(place), Ok(info)) = (place, self.pkcs11.get_token_info(slot))
                && token_id(&info, place.slot_description()) == token
            {
                return Ok((slot, info));
            }
        }
        Err(ErrorCode::TokenRemoved.into())
    }

    /// Logs in, reads the certificates that are seen then, and logs out. `pin`: `None` where it is typed on the reader.
    ///
    /// # Errors
    /// What is wrong with the PIN, `TOKEN_REMOVED`, `MODULE_FAILED`.
    pub(super) fn private_certificates(
        &self,
        token: &str,
        lock: HostLock,
        pin: Option<&Secret>,
        last_try: LastTry,
    ) -> Result<Vec<CertificateFound>, Error> {
        let (slot, info) = self.find(token)?;
        let session = self.pkcs11.open_ro_session(slot)?;
        let pin = pin.map(auth_pin);
        if info.login_required() {
            self.log_in(slot, &session, &info, pin.as_ref(), last_try)?;
        }
        let logged_in = TokenSession::new(session, lock);
        let objects = Objects::read(&logged_in.session);
        drop(logged_in);
        let objects = objects.map_err(|error| self.unless_removed(slot, error))?;
        Ok(objects.certificates(false, false))
    }

    /// Logs in and finds the key of the certificate that is chosen among what is seen then. `pin`: `None` where it is
    /// typed on the reader.
    ///
    /// # Errors
    /// What is wrong with the PIN, `KEY_MISSING`, `TOKEN_REMOVED`, `MODULE_FAILED`; why none is chosen.
    pub(super) fn open(
        &self,
        token: &str,
        lock: HostLock,
        choose: impl FnOnce(&Objects) -> Result<Certificate, Error>,
        pin: Option<&Secret>,
        last_try: LastTry,
    ) -> Result<Opened, Error> {
        let (slot, info) = self.find(token)?;
        let session = self.pkcs11.open_ro_session(slot)?;
        let pin = pin.map(auth_pin);
        if info.login_required() {
            self.log_in(slot, &session, &info, pin.as_ref(), last_try)?;
        }
        let logged_in = TokenSession::new(session, lock);
        let session = &logged_in.session;
        let objects = Objects::read(session)?;
        let certificate = choose(&objects)?;
        let found = objects.private_keys(&certificate)?;
        let (first, _) = found.first().ok_or(ErrorCode::KeyMissing)?;
        let sure = *first == Match::Certain;
        let keys = found.into_iter().take(MAX_CANDIDATES).map(|(_, handle)| {
            let each_time = objects::wants_pin_each_time(session, handle)?;
            Ok(OpenedKey { handle, each_time })
        });
        let keys: Vec<OpenedKey> = keys.collect::<Result<_, Error>>()?;
        // A module that cannot list them may know them all the same.
        let mechanisms = self.functions.mechanisms(slot).unwrap_or_default();
        Ok(Opened {
            slot,
            pin: pin.filter(|_| keys.iter().any(|key| key.each_time)),
            keys,
            sure,
            key: certificate.key().verifying_key()?.clone(),
            mechanisms,
            session: logged_in,
        })
    }

    /// Signs a message with a key that was opened. Where it is not known which key is the certificate's, the first one
    /// whose signature is right is, from then on.
    ///
    /// # Errors
    /// `KEY_UNSUPPORTED`, `KEY_MISSING`, `TOKEN_REMOVED`, `MODULE_FAILED`, and what may be wrong with a PIN that is asked
    /// for each time.
    pub(super) fn sign(
        &self,
        opened: &mut Opened,
        scheme: Scheme,
        message: &[u8],
    ) -> Result<Vec<u8>, Error> {
        let (mechanism, data) = mechanism::choose(&opened.mechanisms, scheme, message)?;
        let mut reason = Failure::from(ErrorCode::KeyMissing);
        while let Some(key) = opened.keys.first() {
            let pin = key.each_time.then_some(opened.pin.as_ref());
            let signed =
                self.functions
                    .sign(&opened.session.session, key.handle, &mechanism, &data, pin);
            match signed {
                Ok(signature) if opened.sure || opened.made(scheme, message, &signature) => {
                    opened.sure = true;
                    opened.keys.truncate(1);
                    return Ok(signature);
                }
                Ok(_) => {}
                Err(error) => {
                    let failure = Failure::from(self.unless_removed(opened.slot, error.into()));
                    // Whatever a PIN came to is no reason to show it to the token once more.
                    if !NOT_THIS_KEY.contains(&failure.code) {
                        return Err(failure.into());
                    }
                    reason = more_telling(reason, failure);
                    // The last one stays: the next message may fare better.
                    if opened.keys.len() == 1 {
                        break;
                    }
                }
            }
            opened.keys.remove(0);
        }
        Err(reason.into())
    }

    /// A module's first word on a card that was pulled out is often that something went wrong, and readers take a
    /// moment to notice.
    pub(super) fn unless_removed(&self, slot: Slot, error: Error) -> Error {
        let failure = Failure::from(error);
        if failure.code != ErrorCode::ModuleFailed {
            return failure.into();
        }
        let present = || {
            let slot = self.pkcs11.get_slot_info(slot);
            slot.is_ok_and(|slot| slot.token_present())
        };
        for _ in 0..REMOVAL_POLLS {
            if !present() {
                return ErrorCode::TokenRemoved.into();
            }
            thread::sleep(REMOVAL_POLL_INTERVAL);
        }
        failure.into()
    }
}

impl Opened {
    /// Whether the key wants the PIN before each signature.
    pub(super) fn wants_pin_each_time(&self) -> bool {
        self.keys.iter().any(|key| key.each_time)
    }

    /// Whether this is a signature of the certificate's key.
    fn made(&self, scheme: Scheme, message: &[u8], signature: &[u8]) -> bool {
        let padding = match scheme.kind == SchemeKind::RsaPss {
            true => Padding::Pss,
            false => Padding::Pkcs1,
        };
        let algorithm = self.key.signs_with(padding);
        let algorithm = algorithm.ok().and_then(|it| it.with_digest(scheme.digest));
        algorithm.is_some_and(|algorithm| {
            let digest = scheme.digest.digest(message);
            mechanism::signature(algorithm, signature)
                .is_ok_and(|signature| self.key.verify(algorithm, &digest, &signature).is_ok())
        })
    }
}

pub(super) fn auth_pin(pin: &Secret) -> AuthPin {
    AuthPin::from(pin.expose().to_owned())
}
