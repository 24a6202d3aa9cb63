//! Tokens as a module shows them: what they are, which certificates they hold, the key of one of them.
//! This runs in the module's own process.

use super::{
    mechanism,
    wire::{CertificateFound, Scheme, TokenFound},
};
use crate::failure::Error;
use base64::prelude::{BASE64_STANDARD, Engine as _};
use cryptoki::{
    context::{CInitializeArgs, CInitializeFlags, Pkcs11},
    error::RvError,
    object::{Attribute, AttributeType, CertificateType, KeyType, ObjectClass, ObjectHandle},
    session::Session,
    slot::{Slot, TokenInfo},
    types::AuthPin,
};
use cryptoki_sys::CK_MECHANISM_TYPE;
use pkcs8::DecodePublicKey as _;
use rsa::{RsaPublicKey, traits::PublicKeyParts as _};
use std::{path::Path, thread, time::Duration};
use tamga_core::{
    algorithm::{DigestAlgorithm, SignatureAlgorithm},
    certificate::Certificate,
    failure::{ErrorCode, Failure, TriesLeft},
    protocol::{PinEntry, PinRules, PinState, Token},
    secret::Secret,
};
use tamga_foreign::pkcs11::{Functions, RutokenInfo};

/// The most slots of a module that are looked at.
const MAX_SLOTS: usize = 64;
/// The most objects of one kind on a token that are looked at.
const MAX_OBJECTS: usize = 128;
/// The largest certificate, in bytes.
const MAX_CERTIFICATE: usize = 16 << 10;

/// How often, and how far apart, it is looked whether a card is gone: pcscd looks every 400 ms.
const NOTICING_STEPS: u32 = 10;
const NOTICING_STEP: Duration = Duration::from_millis(100);

/// A module that was loaded.
#[derive(Debug)]
pub(super) struct Module {
    pkcs11: Pkcs11,
    functions: Functions,
}

/// A key that can sign, and the session in which it can.
pub(super) struct Opened {
    slot: Slot,
    session: Session,
    key: ObjectHandle,
    /// The mechanisms of the token, by number.
    mechanisms: Vec<CK_MECHANISM_TYPE>,
    /// For a key that wants the PIN before each signature; inside `None` where it is typed on the reader.
    each_time: Option<Option<AuthPin>>,
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

    /// The tokens that are there. One that cannot be read does not hold up the others.
    pub(super) fn tokens(&self) -> Result<Vec<TokenFound>, Error> {
        let slots = self.pkcs11.get_slots_with_token()?;
        let read = |slot: Slot| {
            let found = self.token(slot);
            found.inspect_err(|error| tracing::warn!(%error, "unreadable token"))
        };
        let found = slots.into_iter().take(MAX_SLOTS).map(read);
        Ok(found.filter_map(Result::ok).flatten().collect())
    }

    /// What is in a slot; `None` for a token that is not there after all, or was never set up.
    fn token(&self, slot: Slot) -> Result<Option<TokenFound>, Error> {
        let place = self.pkcs11.get_slot_info(slot)?;
        let info = self.pkcs11.get_token_info(slot)?;
        if !place.token_present() || !info.token_initialized() {
            return Ok(None);
        }
        let session = self.pkcs11.open_ro_session(slot)?;
        let (certificates, authorities) = certificates(&session, info.login_required())?;
        let mut token = describe(&info, place.slot_description());
        if let Some(exactly) = self.functions.rutoken_info(slot) {
            refine(&mut token, &exactly);
        }
        Ok(Some(TokenFound {
            token,
            hardware: place.hardware_slot(),
            certificates,
            authorities,
        }))
    }

    /// The slot in which a token is now, and what it says of itself there.
    ///
    /// # Errors
    /// `TOKEN_REMOVED`
    pub(super) fn find(&self, token: &str) -> Result<(Slot, TokenInfo), Error> {
        for slot in self.pkcs11.get_slots_with_token()? {
            let info = self.pkcs11.get_token_info(slot);
            if let Ok(info) = info
                && id(&info) == token
            {
                return Ok((slot, info));
            }
        }
        Err(ErrorCode::TokenRemoved.into())
    }

    /// Logs in and finds the key of a certificate (DER). `pin`: `None` where it is typed on the reader.
    ///
    /// # Errors
    /// What is wrong with the PIN, `KEY_MISSING`, `TOKEN_REMOVED`, `MODULE_FAILED`.
    pub(super) fn open(
        &self,
        token: &str,
        certificate: &[u8],
        pin: Option<&Secret>,
        last_try: bool,
    ) -> Result<Opened, Error> {
        let (slot, info) = self.find(token)?;
        let certificate = Certificate::parse(certificate)?;
        let session = self.pkcs11.open_ro_session(slot)?;
        let pin = pin.map(auth_pin);
        if info.login_required() {
            self.log_in(slot, &session, &info, pin.as_ref(), last_try)?;
        }
        let key = private_key(&session, &certificate)?.ok_or(ErrorCode::KeyMissing)?;
        let each_time = flag(&session, key, AttributeType::AlwaysAuthenticate)?;
        // A module that cannot list them may know them all the same.
        let mechanisms = self.functions.mechanisms(slot).unwrap_or_default();
        Ok(Opened {
            slot,
            key,
            mechanisms,
            each_time: each_time.then_some(pin),
            session,
        })
    }

    /// Signs a message with a key that was opened.
    ///
    /// # Errors
    /// `KEY_UNSUPPORTED`, `TOKEN_REMOVED`, `MODULE_FAILED`, and what may be wrong with a PIN that is asked for
    /// each time.
    pub(super) fn sign(
        &self,
        opened: &Opened,
        scheme: Scheme,
        message: &[u8],
    ) -> Result<Vec<u8>, Error> {
        let (mechanism, data) = mechanism::choose(&opened.mechanisms, scheme, message)?;
        let pin = opened.each_time.as_ref().map(Option::as_ref);
        let signature = self
            .functions
            .sign(&opened.session, opened.key, &mechanism, &data, pin);
        signature.map_err(|error| self.unless_removed(opened.slot, error.into()))
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
        for _ in 0..NOTICING_STEPS {
            if !present() {
                return ErrorCode::TokenRemoved.into();
            }
            thread::sleep(NOTICING_STEP);
        }
        failure.into()
    }

    pub(super) fn pkcs11(&self) -> &Pkcs11 {
        &self.pkcs11
    }

    pub(super) fn functions(&self) -> &Functions {
        &self.functions
    }
}

impl Drop for Opened {
    fn drop(&mut self) {
        // The token may be gone, and the login with it.
        let _ = self.session.logout();
    }
}

/// The one name of a token that no two tokens share: of its serial number and what its makers say it is.
pub(super) fn id(info: &TokenInfo) -> String {
    let words = [
        info.serial_number(),
        info.label(),
        info.model(),
        info.manufacturer_id(),
    ];
    let digest = DigestAlgorithm::Sha256.digest(words.join("\0").as_bytes());
    digest.hex().chars().take(16).collect()
}

fn describe(info: &TokenInfo, reader: &str) -> Token {
    let label = Some(info.label()).filter(|label| !label.is_empty());
    // A text that is cut in the middle of a letter ends in U+FFFD; some makers fill up with zeros.
    let text = |text: &str| {
        let text = text.replace('\u{fffd}', "");
        text.trim_end_matches(['\0', ' ']).to_owned()
    };
    Token {
        id: id(info),
        name: text(label.unwrap_or(info.model())),
        model: text(info.model()),
        serial: text(info.serial_number()),
        reader: text(reader),
        driver: String::new(),
        pin: PinRules {
            entry: entry(info),
            state: user_pin(info),
            tries: tries(info),
            shortest: length(info.min_pin_length()),
            longest: length(info.max_pin_length()),
        },
        admin_pin: if info.so_pin_locked() {
            PinState::Locked
        } else if info.so_pin_to_be_changed() {
            PinState::ToBeChanged
        } else {
            PinState::Ready
        },
    }
}

/// Rutoken's module knows exactly.
fn refine(token: &mut Token, exactly: &RutokenInfo) {
    token.pin.tries = u8::try_from(exactly.tries).ok().map(TriesLeft::Exactly);
    let to_be_changed = |state: &mut PinState, factory| {
        if factory && *state == PinState::Ready {
            *state = PinState::ToBeChanged;
        }
    };
    to_be_changed(&mut token.pin.state, exactly.factory_pin);
    to_be_changed(&mut token.admin_pin, exactly.factory_admin_pin);
}

fn entry(info: &TokenInfo) -> PinEntry {
    if !info.login_required() {
        PinEntry::None
    } else if info.protected_authentication_path() {
        PinEntry::Reader
    } else {
        PinEntry::Keyboard
    }
}

pub(super) fn user_pin(info: &TokenInfo) -> PinState {
    if info.user_pin_locked() {
        PinState::Locked
    } else if !info.user_pin_initialized() {
        PinState::NotSet
    } else if info.user_pin_to_be_changed() {
        PinState::ToBeChanged
    } else {
        PinState::Ready
    }
}

/// How many tries the flags leave (PKCS#11 v2.40 §3.2).
pub(super) fn tries(info: &TokenInfo) -> Option<TriesLeft> {
    if info.user_pin_final_try() {
        Some(TriesLeft::Last)
    } else if info.user_pin_count_low() {
        Some(TriesLeft::Few)
    } else {
        None
    }
}

/// A PIN's length in bytes; 0 for what cannot be one, such as `CK_UNAVAILABLE_INFORMATION`.
fn length(length: usize) -> u32 {
    let length = u32::try_from(length).unwrap_or_default();
    if length > 0xffff { 0 } else { length }
}

pub(super) fn auth_pin(pin: &Secret) -> AuthPin {
    AuthPin::from(pin.expose().to_owned())
}

// Objects

/// The certificates on a token, and apart from them those of authorities, which are there only to complete a chain.
fn certificates(
    session: &Session,
    hidden_keys: bool,
) -> Result<(Vec<CertificateFound>, Vec<String>), Error> {
    let template = [
        Attribute::Class(ObjectClass::CERTIFICATE),
        Attribute::CertificateType(CertificateType::X_509),
    ];
    let (mut found, mut authorities) = (Vec::new(), Vec::new());
    for object in objects(session, &template)? {
        let der = bytes(session, object, AttributeType::Value)?;
        let Some(der) = der.filter(|der| der.len() <= MAX_CERTIFICATE) else {
            continue;
        };
        let certificate = Certificate::parse(&der);
        let authority = certificate.as_ref().is_ok_and(Certificate::is_authority);
        let encoded = BASE64_STANDARD.encode(der);
        if authority && !has_key(session, object)? {
            authorities.push(encoded);
            continue;
        }
        let keyless = match certificate {
            // Before the PIN, a private key that is not seen may be there all the same.
            Ok(certificate) if !hidden_keys => private_key(session, &certificate)?.is_none(),
            _ => false,
        };
        found.push(CertificateFound {
            certificate: encoded,
            keyless,
        });
    }
    Ok((found, authorities))
}

/// Whether a key that goes by the same id as this certificate can be seen.
fn has_key(session: &Session, certificate: ObjectHandle) -> Result<bool, Error> {
    let Some(id) = bytes(session, certificate, AttributeType::Id)? else {
        return Ok(false);
    };
    for class in [ObjectClass::PUBLIC_KEY, ObjectClass::PRIVATE_KEY] {
        let template = [Attribute::Class(class), Attribute::Id(id.clone())];
        if !objects(session, &template)?.is_empty() {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The private key of a certificate: the one that goes by the same id, or has the same modulus, or is the only
/// one of its kind and nobody else's.
fn private_key(
    session: &Session,
    certificate: &Certificate,
) -> Result<Option<ObjectHandle>, Error> {
    let algorithm = SignatureAlgorithm::for_key(certificate.public_key(), false)?;
    let scheme = Scheme::of(algorithm).ok_or(ErrorCode::KeyUnsupported)?;
    let kind = mechanism::key_type(scheme)?;
    let keys = objects(
        session,
        &[
            Attribute::Class(ObjectClass::PRIVATE_KEY),
            Attribute::KeyType(kind),
        ],
    )?;
    for id in certificate_ids(session, certificate)? {
        for key in &keys {
            if bytes(session, *key, AttributeType::Id)?.as_ref() == Some(&id) {
                return Ok(Some(*key));
            }
        }
    }
    if kind == KeyType::RSA {
        for key in &keys {
            let modulus = bytes(session, *key, AttributeType::Modulus)?;
            if modulus.is_some_and(|modulus| has_modulus(certificate, &modulus)) {
                return Ok(Some(*key));
            }
        }
    }
    match keys.as_slice() {
        [only] if !belongs_to_another(session, *only, certificate)? => Ok(Some(*only)),
        _ => Ok(None),
    }
}

/// Whether a key goes by the id of another certificate.
fn belongs_to_another(
    session: &Session,
    key: ObjectHandle,
    certificate: &Certificate,
) -> Result<bool, Error> {
    let Some(id) = bytes(session, key, AttributeType::Id)?.filter(|id| !id.is_empty()) else {
        return Ok(false);
    };
    let template = [
        Attribute::Class(ObjectClass::CERTIFICATE),
        Attribute::Id(id),
    ];
    for object in objects(session, &template)? {
        let value = bytes(session, object, AttributeType::Value)?;
        if value.is_some_and(|value| value != certificate.der()) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Whether it is a certificate of this RSA key (modulus: big-endian).
fn has_modulus(certificate: &Certificate, modulus: &[u8]) -> bool {
    let key = RsaPublicKey::from_public_key_der(certificate.public_key());
    let significant = |bytes: &[u8]| {
        let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
        bytes.iter().skip(zeros).copied().collect::<Vec<_>>()
    };
    key.is_ok_and(|key| significant(&key.n_bytes()) == significant(modulus))
}

/// The ids under which the token has this certificate.
fn certificate_ids(session: &Session, certificate: &Certificate) -> Result<Vec<Vec<u8>>, Error> {
    let template = [
        Attribute::Class(ObjectClass::CERTIFICATE),
        Attribute::Value(certificate.der().to_vec()),
    ];
    let mut ids = Vec::new();
    for object in objects(session, &template)? {
        ids.extend(bytes(session, object, AttributeType::Id)?);
    }
    ids.retain(|id| !id.is_empty());
    Ok(ids)
}

fn objects(session: &Session, template: &[Attribute]) -> Result<Vec<ObjectHandle>, Error> {
    let objects = session.iter_objects(template)?.take(MAX_OBJECTS);
    Ok(objects.collect::<cryptoki::error::Result<_>>()?)
}

/// An attribute of bytes; `None` where the object has none.
fn bytes(
    session: &Session,
    object: ObjectHandle,
    kind: AttributeType,
) -> Result<Option<Vec<u8>>, Error> {
    let attributes = session.get_attributes(object, &[kind])?;
    Ok(attributes
        .into_iter()
        .find_map(|attribute| match attribute {
            Attribute::Value(bytes) | Attribute::Id(bytes) | Attribute::Modulus(bytes) => {
                Some(bytes)
            }
            _ => None,
        }))
}

/// An attribute of yes or no; no where the object has none.
fn flag(session: &Session, object: ObjectHandle, kind: AttributeType) -> Result<bool, Error> {
    let attributes = session.get_attributes(object, &[kind])?;
    let yes = |attribute| matches!(attribute, Attribute::AlwaysAuthenticate(true));
    Ok(attributes.into_iter().any(yes))
}

pub(super) fn is(error: &cryptoki::error::Error, code: RvError) -> bool {
    matches!(error, cryptoki::error::Error::Pkcs11(returned, _)
        if std::mem::discriminant(returned) == std::mem::discriminant(&code))
}
