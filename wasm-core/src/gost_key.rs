//! GOST private keys as PKCS#8 keeps them: read in every form that is in use, written in the plain
//! form of the key's country.
//!
//! Russia and Kazakhstan use the same numbers under names of their own; the two generations before
//! (2001, 2004) use the same curves with another hash.

pub use crate::algorithm::Profile;

use crate::{algorithm::GostAlgorithm, failure::ErrorCode};
use const_oid::ObjectIdentifier;
use der::{
    Decode, Encode, Reader, SliceReader, Tag, Tagged,
    asn1::{AnyRef, BitStringRef, OctetStringRef, UintRef},
};
use gost3410::{Curve, SigningKey};
use pkcs8::PrivateKeyInfoRef;
use signature::Keypair as _;
use spki::{AlgorithmIdentifierRef, SubjectPublicKeyInfoRef};
use std::fmt;
use thiserror::Error;
use zeroize::Zeroizing;

#[cfg(test)]
mod tests;

/// Why bytes are no GOST key.
#[derive(Clone, Debug, Eq, Error, PartialEq)]
pub enum GostKeyError {
    /// Damaged; says which part.
    #[error("malformed: {0}")]
    Malformed(&'static str),
    /// Of another algorithm, or on a curve that no keys are made for.
    #[error("unsupported: {oid}")]
    Unsupported {
        /// The algorithm or curve, in dotted form.
        oid: String,
    },
}

impl From<GostKeyError> for ErrorCode {
    fn from(error: GostKeyError) -> Self {
        match error {
            GostKeyError::Malformed(_) => Self::KeyFileMalformed,
            GostKeyError::Unsupported { .. } => Self::KeyUnsupported,
        }
    }
}

/// A GOST private key, and what it is called.
#[derive(Clone)]
pub struct GostKey {
    algorithm: &'static GostAlgorithm,
    parameter_set: ObjectIdentifier,
    key: SigningKey,
}

/// The parameter sets that determine the hash: it is not written with them (RFC 9215 §4.2).
const PARAMETER_SETS_WITHOUT_DIGEST: [ObjectIdentifier; 5] = [
    ObjectIdentifier::new_unwrap("1.2.643.7.1.2.1.1.1"),
    ObjectIdentifier::new_unwrap("1.2.643.7.1.2.1.1.2"),
    ObjectIdentifier::new_unwrap("1.2.643.7.1.2.1.1.3"),
    ObjectIdentifier::new_unwrap("1.2.643.7.1.2.1.1.4"),
    ObjectIdentifier::new_unwrap("1.2.643.7.1.2.1.2.3"),
];

const PRIVATE_KEY: GostKeyError = GostKeyError::Malformed("private key");
const PARAMETERS: GostKeyError = GostKeyError::Malformed("parameters");
const PUBLIC_KEY: GostKeyError = GostKeyError::Malformed("public key");

impl GostKey {
    /// A key that is known by its number. `parameter_set` is what its curve is called.
    ///
    /// # Errors
    /// [`GostKeyError::Unsupported`] if the profile has no keys of this size;
    /// [`GostKeyError::Malformed`] if `parameter_set` names another curve.
    pub fn new(
        profile: Profile,
        parameter_set: ObjectIdentifier,
        key: SigningKey,
    ) -> Result<Self, GostKeyError> {
        if Curve::from_oid(&parameter_set) != Some(key.curve()) {
            return Err(PARAMETERS);
        }
        let size = key.curve().size();
        let mut rows = GostAlgorithm::all().iter();
        let algorithm = rows.find(|row| row.profile == profile && row.hash.output_len() == size);
        Ok(Self {
            algorithm: algorithm.ok_or_else(|| unsupported(&parameter_set))?,
            parameter_set,
            key,
        })
    }

    /// A key of Russia that is known by its number, on the curve under its first name.
    ///
    /// # Errors
    /// None for the curves that keys are made on.
    pub fn russian(key: SigningKey) -> Result<Self, GostKeyError> {
        let name = key.curve().oids().first().copied().ok_or(PARAMETERS)?;
        Self::new(Profile::Russia2012, name, key)
    }

    /// Reads DER of a PrivateKeyInfo (RFC 5208 §5, RFC 5958 §2). A public key that is written next to
    /// the private one has to be its own.
    ///
    /// # Errors
    /// [`GostKeyError`].
    pub fn from_pkcs8(der: &[u8]) -> Result<Self, GostKeyError> {
        let info = PrivateKeyInfoRef::from_der(der);
        Self::read(&info.map_err(|_| PRIVATE_KEY)?)
    }

    pub(crate) fn read(info: &PrivateKeyInfoRef<'_>) -> Result<Self, GostKeyError> {
        let key = Self::from_parts(&info.algorithm, info.private_key.as_bytes())?;
        if let Some(written) = &info.public_key {
            check_public_key(&key.key, written)?;
        }
        Ok(key)
    }

    /// A key out of the parts of a PrivateKeyInfo; `octets` is what its OCTET STRING holds.
    pub(crate) fn from_parts(
        identifier: &AlgorithmIdentifierRef<'_>,
        octets: &[u8],
    ) -> Result<Self, GostKeyError> {
        let algorithm = GostAlgorithm::of_private_key(identifier.oid);
        let algorithm = algorithm.ok_or_else(|| unsupported(&identifier.oid))?;
        let parameter_set = parameter_set(identifier)?;
        let curve = Curve::from_oid(&parameter_set).filter(|curve| !curve.is_test());
        let curve = curve.ok_or_else(|| unsupported(&parameter_set))?;
        if curve.size() != algorithm.hash.output_len() {
            return Err(PARAMETERS);
        }
        Ok(Self {
            algorithm,
            parameter_set,
            key: private_key(curve, octets)?,
        })
    }

    /// DER of the PrivateKeyInfo, without masks and without a public key: the number is 32 or 64 octets,
    /// little-endian, in Kazakhstan wrapped into an OCTET STRING of its own.
    ///
    /// # Errors
    /// None that a key can cause.
    pub fn to_pkcs8(&self) -> Result<Zeroizing<Vec<u8>>, GostKeyError> {
        let number = self.key.to_le_bytes();
        let octets = OctetStringRef::new(number.as_ref()).map_err(|_| PRIVATE_KEY)?;
        let wrapped = Zeroizing::new(octets.to_der().map_err(|_| PRIVATE_KEY)?);
        let content = match self.profile() {
            Profile::Russia2001 | Profile::Russia2012 => octets,
            Profile::Kazakhstan2004 | Profile::Kazakhstan2015 => {
                OctetStringRef::new(&wrapped).map_err(|_| PRIVATE_KEY)?
            }
        };
        let parameters = self.parameters()?;
        let info = PrivateKeyInfoRef::new(self.identifier(&parameters)?, content);
        Ok(Zeroizing::new(info.to_der().map_err(|_| PRIVATE_KEY)?))
    }

    /// DER of the SubjectPublicKeyInfo: x and y, little-endian, one after the other (RFC 9215 §4.3).
    ///
    /// # Errors
    /// None that a key can cause.
    pub fn public_key(&self) -> Result<Vec<u8>, GostKeyError> {
        let point = self.key.verifying_key().to_bytes();
        let octets = OctetStringRef::new(point.as_ref()).and_then(|octets| octets.to_der());
        let octets = octets.map_err(|_| PUBLIC_KEY)?;
        let parameters = self.parameters()?;
        let spki = SubjectPublicKeyInfoRef {
            algorithm: self.identifier(&parameters)?,
            subject_public_key: BitStringRef::from_bytes(&octets).map_err(|_| PUBLIC_KEY)?,
        };
        spki.to_der().map_err(|_| PUBLIC_KEY)
    }

    /// Whose rules the key follows.
    pub fn profile(&self) -> Profile {
        self.algorithm.profile
    }

    /// The key's curve.
    pub fn curve(&self) -> Curve {
        self.key.curve()
    }

    /// What signs; `None` for the generations that must not ([`Profile::may_sign`]).
    pub fn signing_key(&self) -> Option<&SigningKey> {
        self.profile().may_sign().then_some(&self.key)
    }

    fn identifier<'a>(
        &self,
        parameters: &'a [u8],
    ) -> Result<AlgorithmIdentifierRef<'a>, GostKeyError> {
        Ok(AlgorithmIdentifierRef {
            oid: self.algorithm.oid,
            parameters: Some(AnyRef::from_der(parameters).map_err(|_| PARAMETERS)?),
        })
    }

    /// GostR3410-2012-PublicKeyParameters (RFC 9215 §4.2), which Kazakhstan has as well.
    ///
    /// ```text
    /// SEQUENCE {
    ///     publicKeyParamSet   OBJECT IDENTIFIER,
    ///     digestParamSet      OBJECT IDENTIFIER OPTIONAL }
    /// ```
    fn parameters(&self) -> Result<Vec<u8>, GostKeyError> {
        let mut parameters = vec![self.parameter_set];
        if !PARAMETER_SETS_WITHOUT_DIGEST.contains(&self.parameter_set) {
            parameters.push(self.algorithm.digest);
        }
        parameters.to_der().map_err(|_| PARAMETERS)
    }
}

impl fmt::Debug for GostKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("GostKey")
            .field("profile", &self.profile())
            .field("curve", &self.curve())
            .finish_non_exhaustive()
    }
}

/// The first of the parameters. What follows (a hash, in old keys a cipher too) adds nothing to the key.
fn parameter_set(algorithm: &AlgorithmIdentifierRef<'_>) -> Result<ObjectIdentifier, GostKeyError> {
    let parameters = algorithm.parameters.ok_or(PARAMETERS)?;
    if parameters.tag() != Tag::Sequence {
        return Err(PARAMETERS);
    }
    let first = SliceReader::new(parameters.value()).and_then(|mut reader| reader.decode());
    first.map_err(|_| PARAMETERS)
}

/// The number, in one of the forms that are in use:
///
/// - as it is, little-endian, then any masks (R 50.1.112-2016, RFC 9548): TC26, gost-engine from 3.0;
/// - the same in an OCTET STRING: Kazakhstan, gost-engine before;
/// - an INTEGER, and so big-endian: GnuTLS, old gost-engine.
///
/// No wrapped form is as long as a bare one, but for an INTEGER that begins with 16 zero bits.
fn private_key(curve: Curve, octets: &[u8]) -> Result<SigningKey, GostKeyError> {
    if octets.len().is_multiple_of(curve.size()) {
        return number(curve, octets);
    }
    let wrapped = AnyRef::from_der(octets).map_err(|_| PRIVATE_KEY)?;
    match wrapped.tag() {
        Tag::OctetString => number(curve, wrapped.value()),
        Tag::Integer => {
            let number: UintRef<'_> = wrapped.decode_as().map_err(|_| PRIVATE_KEY)?;
            integer(curve, number.as_bytes())
        }
        _ => Err(PRIVATE_KEY),
    }
}

/// Little-endian. Masks need not be below the order of the group; a number without masks has to.
fn number(curve: Curve, octets: &[u8]) -> Result<SigningKey, GostKeyError> {
    let key = match octets.len() == curve.size() {
        true => SigningKey::from_le_bytes(curve, octets),
        false => SigningKey::from_factors(curve, octets),
    };
    key.map_err(|_| PRIVATE_KEY)
}

/// Big-endian, without leading zeros.
fn integer(curve: Curve, number: &[u8]) -> Result<SigningKey, GostKeyError> {
    if number.len() > curve.size() {
        return Err(PRIVATE_KEY);
    }
    let mut padded = Zeroizing::new(vec![0; curve.size()]);
    let places = padded.iter_mut().rev().zip(number.iter().rev());
    places.for_each(|(to, from)| *to = *from);
    SigningKey::from_be_bytes(curve, &padded).map_err(|_| PRIVATE_KEY)
}

/// RFC 9548 has the coordinates as they are, and counts a bit less than there is; others wrap them
/// into an OCTET STRING, as certificates do.
fn check_public_key(key: &SigningKey, written: &BitStringRef<'_>) -> Result<(), GostKeyError> {
    let (own, written) = (key.verifying_key().to_bytes(), written.raw_bytes());
    let wrapped = <&OctetStringRef>::from_der(written).map(OctetStringRef::as_bytes);
    if [Ok(written), wrapped].contains(&Ok(own.as_ref())) {
        return Ok(());
    }
    Err(PUBLIC_KEY)
}

fn unsupported(oid: &ObjectIdentifier) -> GostKeyError {
    GostKeyError::Unsupported {
        oid: oid.to_string(),
    }
}
