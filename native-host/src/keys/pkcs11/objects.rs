//! The objects on a token: certificates, and the private key of one of them.
//! This runs in the module's own process.

use super::{
    mechanism,
    wire::{CertificateFound, Scheme},
};
use crate::failure::Error;
use base64::prelude::{BASE64_STANDARD, Engine as _};
use cryptoki::{
    object::{Attribute, AttributeType, CertificateType, KeyType, ObjectClass, ObjectHandle},
    session::Session,
};
use pkcs8::DecodePublicKey as _;
use rsa::{RsaPublicKey, traits::PublicKeyParts as _};
use tamga_core::{algorithm::SignatureAlgorithm, certificate::Certificate, failure::ErrorCode};

/// The most objects of one kind on a token that are looked at.
const MAX_OBJECTS: usize = 128;
/// The largest certificate, in bytes.
const MAX_CERTIFICATE: usize = 16 << 10;

/// The certificates on a token, each with those above it. An authority's own is there only to complete a chain, unless
/// its key is there too.
///
/// # Errors
/// `TOKEN_REMOVED`, `MODULE_FAILED`
pub(super) fn certificates(
    session: &Session,
    hidden_keys: bool,
    stores_only: bool,
) -> Result<Vec<CertificateFound>, Error> {
    let template = [
        Attribute::Class(ObjectClass::CERTIFICATE),
        Attribute::CertificateType(CertificateType::X_509),
    ];
    let (mut persons, mut authorities) = (Vec::new(), Vec::new());
    for object in objects(session, &template)? {
        let der = bytes(session, object, AttributeType::Value)?;
        let Some(der) = der.filter(|der| der.len() <= MAX_CERTIFICATE) else {
            continue;
        };
        match Certificate::parse(&der).ok() {
            Some(authority) if authority.is_authority() && !has_key(session, object)? => {
                authorities.push(authority);
            }
            certificate => persons.push((der, certificate)),
        }
    }
    let authorities: Vec<_> = authorities.iter().collect();
    let found = persons.into_iter().map(|(der, certificate)| {
        let above = certificate.as_ref().map(|it| it.chain(&authorities));
        let above = above.into_iter().flatten();
        let problem = match &certificate {
            _ if stores_only => Some(ErrorCode::TokenStoresOnly),
            // Before the PIN, a private key that is not seen may be there all the same.
            Some(certificate) if !hidden_keys && private_key(session, certificate)?.is_none() => {
                Some(ErrorCode::KeyMissing)
            }
            _ => None,
        };
        Ok(CertificateFound {
            chain: above.map(|it| BASE64_STANDARD.encode(it.der())).collect(),
            certificate: BASE64_STANDARD.encode(der),
            problem,
        })
    });
    found.collect()
}

/// Whether a key that goes by the same id as this certificate can be seen.
fn has_key(session: &Session, certificate: ObjectHandle) -> Result<bool, Error> {
    match bytes(session, certificate, AttributeType::Id)? {
        Some(id) => has_any_key(session, &[Attribute::Id(id)]),
        None => Ok(false),
    }
}

/// Whether a key that is like this can be seen.
///
/// # Errors
/// `TOKEN_REMOVED`, `MODULE_FAILED`
pub(super) fn has_any_key(session: &Session, like: &[Attribute]) -> Result<bool, Error> {
    for class in [ObjectClass::PUBLIC_KEY, ObjectClass::PRIVATE_KEY] {
        let template = [&[Attribute::Class(class)], like].concat();
        if !objects(session, &template)?.is_empty() {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The private key of a certificate: the one that goes by the same id, or has the same modulus, or is the only
/// one of its kind and nobody else's.
///
/// # Errors
/// `KEY_UNSUPPORTED`, `TOKEN_REMOVED`, `MODULE_FAILED`
pub(super) fn private_key(
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

/// Whether a key wants the PIN before each signature.
///
/// # Errors
/// `TOKEN_REMOVED`, `MODULE_FAILED`
pub(super) fn wants_pin_each_time(session: &Session, key: ObjectHandle) -> Result<bool, Error> {
    let attributes = session.get_attributes(key, &[AttributeType::AlwaysAuthenticate])?;
    let yes = |attribute| matches!(attribute, Attribute::AlwaysAuthenticate(true));
    Ok(attributes.into_iter().any(yes))
}
