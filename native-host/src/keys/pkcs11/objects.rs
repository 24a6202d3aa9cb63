//! The objects on a token: certificates, and the keys that may be theirs.
//! This runs in the module's own process.

use super::{
    mechanism,
    module_protocol::{CertificateFound, Scheme},
    pairing::{self, KeyObject, Match, Names, PublicHalf},
    return_value::is,
};
use crate::failure::Error;
use base64::prelude::{BASE64_STANDARD, Engine as _};
use cryptoki::{
    error::RvError,
    object::{Attribute, AttributeType, CertificateType, KeyType, ObjectClass, ObjectHandle},
    session::Session,
};
use tamga_core::{
    algorithm::Padding,
    certificate::Certificate,
    failure::{ErrorCode, Failure},
};

/// The most objects of one kind on a token that are looked at.
const MAX_OBJECTS: usize = 128;
/// The largest certificate, in bytes.
const MAX_CERTIFICATE: usize = 16 << 10;

/// What can be read of a token: an object that cannot be is left out.
#[derive(Debug, Default)]
pub(super) struct Objects {
    certificates: Vec<CertificateObject>,
    private: Vec<Key>,
    public: Vec<Key>,
}

/// A certificate, which may be in several objects.
#[derive(Debug)]
struct CertificateObject {
    der: Vec<u8>,
    names: Vec<Names>,
    /// `None` for one that makes no sense.
    certificate: Option<Certificate>,
}

/// A key with its kind, if it says which that is.
type Key = (Option<KeyType>, KeyObject<Option<ObjectHandle>>);

impl Objects {
    /// Reads the certificates.
    ///
    /// # Errors
    /// `TOKEN_REMOVED`; `MODULE_FAILED` where the module does not list objects at all.
    pub(super) fn certificates_of(session: &Session) -> Result<Self, Error> {
        let template = [
            Attribute::Class(ObjectClass::CERTIFICATE),
            Attribute::CertificateType(CertificateType::X_509),
        ];
        let mut certificates: Vec<CertificateObject> = Vec::new();
        for object in objects(session, &template)? {
            let kinds = [
                AttributeType::Value,
                AttributeType::Id,
                AttributeType::Label,
            ];
            let attributes = attributes(session, object, &kinds)?;
            let names = names(&attributes);
            let der = attributes
                .into_iter()
                .find_map(|attribute| match attribute {
                    Attribute::Value(der) => Some(der),
                    _ => None,
                });
            let Some(der) = der.filter(|der| der.len() <= MAX_CERTIFICATE) else {
                continue;
            };
            match certificates.iter_mut().find(|known| known.der == der) {
                Some(known) => known.names.push(names),
                None => certificates.push(CertificateObject {
                    certificate: Certificate::parse(&der).ok(),
                    names: vec![names],
                    der,
                }),
            }
        }
        Ok(Self {
            certificates,
            ..Self::default()
        })
    }

    /// Reads certificates and keys.
    ///
    /// # Errors
    /// As [`Objects::certificates_of`].
    pub(super) fn read(session: &Session) -> Result<Self, Error> {
        let mut read = Self::certificates_of(session)?;
        read.read_keys(session)?;
        Ok(read)
    }

    /// Reads the keys as well.
    ///
    /// # Errors
    /// As [`Objects::certificates_of`].
    pub(super) fn read_keys(&mut self, session: &Session) -> Result<(), Error> {
        self.private = keys(session, ObjectClass::PRIVATE_KEY)?;
        self.public = keys(session, ObjectClass::PUBLIC_KEY)?;
        Ok(())
    }

    /// Whether there is an authority's certificate, whose key is to be looked for.
    pub(super) fn has_authorities(&self) -> bool {
        let mut certificates = self.certificates.iter();
        certificates.any(CertificateObject::is_authority)
    }

    /// Whether any key was read.
    pub(super) fn has_keys(&self) -> bool {
        !self.private.is_empty() || !self.public.is_empty()
    }

    /// The certificates, each once and with those above it. An authority's own is there only to complete a chain, unless
    /// its key is there too.
    pub(super) fn certificates(
        &self,
        hidden_keys: bool,
        storage_only: bool,
    ) -> Vec<CertificateFound> {
        let (authorities, persons): (Vec<_>, Vec<_>) = self
            .certificates
            .iter()
            .partition(|it| it.is_authority() && !self.shows_key_of(it));
        let authorities: Vec<_> = authorities
            .into_iter()
            .filter_map(|it| it.certificate.as_ref())
            .collect();
        let found = persons.into_iter().map(|object| {
            let certificate = object.certificate.as_ref();
            let above = certificate.map(|it| it.chain(&authorities));
            let above = above.into_iter().flatten();
            let problem = match certificate {
                _ if storage_only => Some(ErrorCode::TokenStoresOnly),
                // Before the PIN, a private key that is not seen may be there all the same.
                Some(certificate) if !hidden_keys => self.problem(certificate),
                _ => None,
            };
            CertificateFound {
                chain: above.map(|it| BASE64_STANDARD.encode(it.der())).collect(),
                certificate: BASE64_STANDARD.encode(&object.der),
                problem,
            }
        });
        found.collect()
    }

    /// Those of `given` that are not on the token, and whose public key a key on it tells.
    pub(super) fn bound(&self, given: &[Certificate], hidden_keys: bool) -> Vec<CertificateFound> {
        let is_told = |certificate: &&Certificate| {
            let mut keys = self.private.iter().chain(&self.public);
            keys.any(|(_, key)| pairing::tells(&key.half, certificate.key()) == Some(true))
        };
        let is_here = |certificate: &&Certificate| {
            let mut own = self.certificates.iter();
            own.any(|object| object.der == certificate.der())
        };
        let bound = given.iter().filter(|it| !is_here(it) && is_told(it));
        let found = bound.map(|certificate| CertificateFound {
            chain: Vec::new(),
            certificate: BASE64_STANDARD.encode(certificate.der()),
            problem: match hidden_keys {
                true => None,
                false => self.problem(certificate),
            },
        });
        found.collect()
    }

    /// The only certificate whose id begins so, with what is known of it. To be asked after logging in.
    ///
    /// # Errors
    /// `CERTIFICATE_NOT_FOUND` where there is none, or more than one; why nothing can be signed with it.
    pub(super) fn by_id(&self, beginning: &str) -> Result<(CertificateFound, Certificate), Error> {
        let meant = |found: CertificateFound| {
            let der = BASE64_STANDARD.decode(&found.certificate).ok()?;
            let certificate = Certificate::parse(&der).ok()?;
            let is_meant = certificate.id().starts_with(beginning);
            is_meant.then_some((found, certificate))
        };
        let found = self.certificates(false, false).into_iter();
        let mut found = found.filter_map(meant);
        let (Some((found, certificate)), None) = (found.next(), found.next()) else {
            return Err(Failure::of(ErrorCode::CertificateNotFound, beginning).into());
        };
        match found.problem {
            Some(problem) => Err(problem.into()),
            None => Ok((found, certificate)),
        }
    }

    /// Why it is certain that nothing can be signed with a certificate: a key that goes by the id of another certificate
    /// is not taken for its own.
    fn problem(&self, certificate: &Certificate) -> Option<ErrorCode> {
        let keys = self.private_keys(certificate).ok()?;
        let likely = |(sure, _): &(Match, ObjectHandle)| *sure < Match::Claimed;
        (!keys.iter().any(likely)).then_some(ErrorCode::KeyMissing)
    }

    /// Whether a key of this certificate can be seen.
    fn shows_key_of(&self, object: &CertificateObject) -> bool {
        let Some(certificate) = &object.certificate else {
            return false;
        };
        let mut keys = self.private.iter().chain(&self.public);
        keys.any(
            |(_, key)| match pairing::tells(&key.half, certificate.key()) {
                Some(same) => same,
                None => {
                    !key.names.id.is_empty()
                        && object.names.iter().any(|names| names.id == key.names.id)
                }
            },
        )
    }

    /// The private keys that may be a certificate's, the likeliest first.
    ///
    /// # Errors
    /// `KEY_UNSUPPORTED`
    pub(super) fn private_keys(
        &self,
        certificate: &Certificate,
    ) -> Result<Vec<(Match, ObjectHandle)>, Error> {
        let key = certificate.key().verifying_key()?;
        let algorithm = key.signs_with(Padding::Pkcs1)?;
        let scheme = Scheme::of(algorithm).ok_or(ErrorCode::KeyUnsupported)?;
        let kind = mechanism::key_type(scheme)?;
        let of_kind = |keys: &[Key]| -> Vec<_> {
            let keys = keys
                .iter()
                .filter(|(other, _)| other.is_none_or(|other| other == kind));
            keys.map(|(_, key)| key.clone()).collect()
        };
        let (own, others): (Vec<_>, Vec<_>) = self
            .certificates
            .iter()
            .partition(|object| object.der == certificate.der());
        let names = |objects: Vec<&CertificateObject>| -> Vec<Names> {
            objects
                .into_iter()
                .flat_map(|it| it.names.clone())
                .collect()
        };
        let found = pairing::candidates(
            certificate.key(),
            &names(own),
            &names(others),
            &of_kind(&self.private),
            &of_kind(&self.public),
        );
        let found = found.into_iter();
        Ok(found
            .filter_map(|(sure, handle)| Some((sure, handle?)))
            .collect())
    }
}

impl CertificateObject {
    fn is_authority(&self) -> bool {
        self.certificate
            .as_ref()
            .is_some_and(Certificate::is_authority)
    }
}

fn keys(session: &Session, class: ObjectClass) -> Result<Vec<Key>, Error> {
    let template = [Attribute::Class(class)];
    let read = |object| {
        let mut kinds = vec![
            AttributeType::KeyType,
            AttributeType::Id,
            AttributeType::Label,
            AttributeType::PublicKeyInfo,
            AttributeType::Modulus,
            AttributeType::PublicExponent,
            AttributeType::EcParams,
            AttributeType::EcPoint,
        ];
        // Of a private key that would be its secret.
        if class == ObjectClass::PUBLIC_KEY {
            kinds.push(AttributeType::Value);
        }
        let attributes = attributes(session, object, &kinds)?;
        let mut key = KeyObject {
            handle: Some(object),
            names: names(&attributes),
            half: PublicHalf::default(),
        };
        let (mut kind, half) = (None, &mut key.half);
        for attribute in attributes {
            match attribute {
                Attribute::KeyType(told) => kind = Some(told),
                Attribute::PublicKeyInfo(info) => half.info = Some(info),
                Attribute::Modulus(modulus) => half.modulus = Some(modulus),
                Attribute::PublicExponent(exponent) => half.exponent = Some(exponent),
                Attribute::EcParams(curve) => half.curve = Some(curve),
                Attribute::EcPoint(point) => half.point = Some(point),
                Attribute::Value(value) => half.value = Some(value),
                _ => {}
            }
        }
        Ok((kind, key))
    };
    objects(session, &template)?.into_iter().map(read).collect()
}

fn names(attributes: &[Attribute]) -> Names {
    let mut names = Names::default();
    for attribute in attributes {
        match attribute {
            Attribute::Id(id) => names.id.clone_from(id),
            Attribute::Label(label) => names.label.clone_from(label),
            _ => {}
        }
    }
    names
}

/// The objects that are like this, as far as the module hands them out.
fn objects(session: &Session, template: &[Attribute]) -> Result<Vec<ObjectHandle>, Error> {
    let mut found = Vec::new();
    for object in session.iter_objects(template)?.take(MAX_OBJECTS) {
        match object {
            Ok(object) => found.push(object),
            Err(error) => {
                unless_gone(error)?;
                break;
            }
        }
    }
    Ok(found)
}

/// Those of these attributes that an object has and tells. Empty ones are as good as none.
fn attributes(
    session: &Session,
    object: ObjectHandle,
    kinds: &[AttributeType],
) -> Result<Vec<Attribute>, Error> {
    let mut told = match session.get_attributes(object, kinds) {
        Ok(told) => told,
        // Some modules fail for all where they do not know one.
        Err(error) => {
            unless_gone(error)?;
            let mut told = Vec::new();
            for kind in kinds {
                match session.get_attributes(object, &[*kind]) {
                    Ok(one) => told.extend(one),
                    Err(error) => unless_gone(error)?,
                }
            }
            told
        }
    };
    told.retain(|attribute| !is_empty(attribute));
    Ok(told)
}

fn is_empty(attribute: &Attribute) -> bool {
    match attribute {
        Attribute::PublicKeyInfo(bytes)
        | Attribute::Modulus(bytes)
        | Attribute::PublicExponent(bytes)
        | Attribute::EcParams(bytes)
        | Attribute::EcPoint(bytes)
        | Attribute::Value(bytes) => bytes.is_empty(),
        _ => false,
    }
}

/// An error of one object leaves the others as they are; one of a token that is gone does not.
fn unless_gone(error: cryptoki::error::Error) -> Result<(), Error> {
    let gone = [
        RvError::DeviceRemoved,
        RvError::TokenNotPresent,
        RvError::SessionHandleInvalid,
        RvError::SessionClosed,
    ];
    if gone.into_iter().any(|code| is(&error, code)) {
        return Err(error.into());
    }
    tracing::debug!(%error, "an object cannot be read");
    Ok(())
}

/// Whether a key wants the PIN before each signature.
///
/// # Errors
/// `TOKEN_REMOVED`
pub(super) fn wants_pin_each_time(session: &Session, key: ObjectHandle) -> Result<bool, Error> {
    let attributes = attributes(session, key, &[AttributeType::AlwaysAuthenticate])?;
    let yes = |attribute| matches!(attribute, Attribute::AlwaysAuthenticate(true));
    Ok(attributes.into_iter().any(yes))
}

#[cfg(test)]
mod tests;
