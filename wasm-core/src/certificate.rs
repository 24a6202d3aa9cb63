//! X.509 certificates (RFC 5280): read once, for everybody who asks something of one.
//!
//! Nothing here decides trust: that an issuer is what it says it is, is another room's question.

mod constraints;
mod details;
mod extensions;
mod general_name;
mod kept;
mod key;
mod locations;
mod name;
mod russian;
mod signature;
mod structure;
mod usage;
mod view;

pub use constraints::{ExtensionMalformed, NameConstraints, PolicyLimits};
pub use details::{CertificateAbove, CertificateDetails};
pub(crate) use extensions::authority_key;
pub use extensions::{AuthorityKey, BasicConstraints};
pub use general_name::GeneralName;
pub use key::{KeyKind, PublicKey};
pub use locations::{AccessDescription, DistributionPoint, DistributionPointName};
pub(crate) use locations::{FRESHEST_CRL, distribution_points, flags};
pub(crate) use name::utf16;
pub use name::{Attribute, ComparableName, LABELS, Name, NameKey};
pub use russian::Identification;
pub use signature::IssuerSignatureError;
pub(crate) use signature::Signed;
pub use structure::Extension;
pub(crate) use structure::{
    BOOLEAN, Element, Elements, INTEGER, OBJECT_IDENTIFIER, OCTET_STRING, SEQUENCE, algorithm,
    extensions as read_extensions,
};
pub use usage::Usage;
pub use view::{CertificateState, CertificateView, Holder, NameEntry, Standing, days_left};

use crate::{
    algorithm::{GostAlgorithm, Padding, SignatureAlgorithm},
    failure::ErrorCode,
};
use base16ct::lower;
use extensions::Extensions;
use sha2::{Digest, Sha256};
use std::ops::Range;
use structure::Fields;
use thiserror::Error;

/// The most certificates above one.
const MAX_CHAIN: usize = 16;

/// The largest certificate that is read, in bytes.
pub const MAX_CERTIFICATE: usize = 256 << 10;

/// Why bytes are no certificate.
#[derive(Clone, Copy, Debug, Eq, Error, PartialEq)]
pub enum CertificateError {
    /// Larger than [`MAX_CERTIFICATE`].
    #[error("the certificate is too large")]
    TooLarge,
    /// Not the structure of RFC 5280 §4.1.
    #[error("the certificate is malformed")]
    Malformed,
}

impl From<CertificateError> for ErrorCode {
    fn from(_: CertificateError) -> Self {
        Self::CertificateMalformed
    }
}

/// A certificate that was read; owns everything it says.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Certificate {
    der: Vec<u8>,
    /// 1, 2 or 3.
    version: u8,
    /// Whether all that is known to be written otherwise by some authorities is written as DER has it.
    canonical: bool,
    /// Where in `der` the TBSCertificate is.
    tbs: Range<usize>,
    serial: Vec<u8>,
    subject: Name,
    issuer: Name,
    /// First and last second, Unix time.
    validity: (i64, i64),
    public_key: PublicKey,
    extensions: Extensions,
    /// DER of the AlgorithmIdentifier in the TBSCertificate.
    signed_algorithm: Vec<u8>,
    /// DER of the AlgorithmIdentifier beside the signature.
    signature_algorithm: Vec<u8>,
    signature: Vec<u8>,
}

impl Certificate {
    /// Reads the certificate that `der` begins with. What follows is no part of it: tokens and files pad certificates.
    ///
    /// # Errors
    /// [`CertificateError`] when the bytes are none.
    pub fn parse(der: &[u8]) -> Result<Self, CertificateError> {
        let first = Elements::in_contents(der).next_if(SEQUENCE);
        let first = first.ok_or(CertificateError::Malformed)?;
        if first.der.len() > MAX_CERTIFICATE {
            return Err(CertificateError::TooLarge);
        }
        Self::read(first.der, first.content).ok_or(CertificateError::Malformed)
    }

    fn read(der: &[u8], content: &[u8]) -> Option<Self> {
        let fields = Fields::read(content)?;
        let tbs = der.len() - content.len();
        let extensions = Extensions::read(fields.extensions);
        Some(Self {
            der: der.to_vec(),
            version: fields.version,
            canonical: fields.canonical && extensions.canonical,
            tbs: tbs..tbs + fields.tbs.len(),
            serial: fields.serial.to_vec(),
            subject: Name::parse(fields.subject)?,
            issuer: Name::parse(fields.issuer)?,
            validity: fields.validity,
            public_key: PublicKey::parse(fields.public_key)?,
            extensions,
            signed_algorithm: fields.signed_algorithm.to_vec(),
            signature_algorithm: fields.signature_algorithm.to_vec(),
            signature: fields.signature.to_vec(),
        })
    }

    /// The certificate's id everywhere in Tamga: SHA-256 of its DER, lower-case hex.
    pub fn id(&self) -> String {
        lower::encode_string(&Sha256::digest(&self.der))
    }

    /// The certificate as it was read.
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// The version: 1, 2 or 3 (RFC 5280 §4.1.2.1).
    pub fn version(&self) -> u8 {
        self.version
    }

    /// Whether the values that some authorities are known to write otherwise are as DER has them: BOOLEAN TRUE, and no
    /// DEFAULT written out (X.690 §11.1, §11.5).
    pub fn is_canonical(&self) -> bool {
        self.canonical
    }

    /// The DER of its SubjectPublicKeyInfo.
    pub fn public_key(&self) -> &[u8] {
        self.public_key.spki()
    }

    /// What kind of key it holds.
    pub fn key(&self) -> &PublicKey {
        &self.public_key
    }

    /// The serial number, lower-case hex without a leading zero octet; with a minus sign where, against
    /// the standard, it is negative.
    pub fn serial(&self) -> String {
        serial_hex(&self.serial)
    }

    /// The content of the serial number's INTEGER, however long it is (RFC 5280 §4.1.2.2).
    pub fn raw_serial(&self) -> &[u8] {
        &self.serial
    }

    /// Whose certificate it is.
    pub fn subject(&self) -> &Name {
        &self.subject
    }

    /// Who issued it.
    pub fn issuer(&self) -> &Name {
        &self.issuer
    }

    /// First and last second of its validity, Unix time; negative before 1970.
    pub fn validity(&self) -> (i64, i64) {
        self.validity
    }

    /// The last second in which its private key may sign, where that is earlier than the certificate's end
    /// (RFC 3280 §4.2.1.4), Unix time.
    pub fn key_until(&self) -> Option<i64> {
        let until = self.extensions.key_until;
        until.filter(|until| *until < self.validity.1)
    }

    /// What the key may be used for: the key usages in the order of their bits, then the extended ones.
    pub fn usages(&self) -> Vec<Usage> {
        let extended = self.extensions.extended.as_deref();
        usage::usages(self.extensions.key_usage, extended.unwrap_or_default())
    }

    /// Whether the certificate may issue others.
    pub fn is_authority(&self) -> bool {
        let constraints = self.extensions.basic_constraints;
        constraints.is_some_and(|constraints| constraints.authority)
    }

    /// Whether a signature may be made with it at `now` (Unix seconds).
    ///
    /// # Errors
    /// The first reason against it: `CERTIFICATE_MALFORMED` (its extensions), `CERTIFICATE_NOT_YET_VALID`,
    /// `CERTIFICATE_EXPIRED`, `KEY_EXPIRED`, `CERTIFICATE_UNFIT` (its usage), and those of [`Certificate::key_fitness`].
    pub fn fitness(&self, now: u64) -> Result<(), ErrorCode> {
        let term = view::Term {
            validity: self.validity,
            key_until: self.extensions.key_until,
        };
        term.problem(self.defect(), now).map_or(Ok(()), Err)
    }

    /// The first reason against signing with it at any time.
    fn defect(&self) -> Option<ErrorCode> {
        if self.extensions.defective {
            return Some(ErrorCode::CertificateMalformed);
        }
        if self.is_authority() || !usage::allows_signing(self.extensions.key_usage) {
            return Some(ErrorCode::CertificateUnfit);
        }
        self.key_fitness().err()
    }

    /// Whether keys of this kind sign, whatever else the certificate says.
    ///
    /// # Errors
    /// `KEY_WITHDRAWN`, `KEY_UNSUPPORTED`.
    pub fn key_fitness(&self) -> Result<(), ErrorCode> {
        match self.signing_algorithm() {
            Some(_) => Ok(()),
            None if GostAlgorithm::is_withdrawn(self.key().algorithm()) => {
                Err(ErrorCode::KeyWithdrawn)
            }
            None => Err(ErrorCode::KeyUnsupported),
        }
    }

    /// How its key signs, where nothing else is wanted.
    fn signing_algorithm(&self) -> Option<SignatureAlgorithm> {
        let key = self.key().verifying_key().ok()?;
        key.signs_with(Padding::Pkcs1).ok()
    }

    /// What a screen shows of it.
    pub fn view(&self) -> CertificateView {
        view::view(self)
    }

    /// The same where there is no key to it, so that nobody asks whether it may sign.
    pub fn view_without_key(&self) -> CertificateView {
        view::view_without_key(self)
    }

    /// Whether `spki` (DER of a SubjectPublicKeyInfo) is the certificate's key. Algorithm parameters,
    /// which encoders write in different ways, are not compared.
    pub fn matches_key(&self, spki: &[u8]) -> bool {
        PublicKey::parse(spki).is_some_and(|other| self.public_key.is(&other))
    }

    /// Whether `issuer` may have issued it, by name and, where both name it, by key identifier.
    pub fn names_as_issuer(&self, issuer: &Self) -> bool {
        let named = self
            .authority_key()
            .and_then(|key| key.identifier.as_deref());
        let same_key = match (named, issuer.subject_key()) {
            (Some(named), Some(own)) => named == own,
            _ => true,
        };
        same_key && self.issuer.is(issuer.subject.der())
    }

    /// The certificates above it among these, nearest first.
    pub fn chain<'a>(&'a self, others: &[&'a Self]) -> Vec<&'a Self> {
        let mut chain = vec![self];
        while let Some(last) = chain.last() {
            let above = others.iter().find(|other| {
                last.names_as_issuer(other) && !chain.iter().any(|known| known.der == other.der)
            });
            match above {
                Some(above) if chain.len() <= MAX_CHAIN => chain.push(above),
                _ => break,
            }
        }
        chain.remove(0);
        chain
    }
}

/// A serial number (the content of an INTEGER) as [`Certificate::serial`] has it.
pub(crate) fn serial_hex(serial: &[u8]) -> String {
    match serial {
        [0, rest @ ..] if !rest.is_empty() => lower::encode_string(rest),
        [0x80..=0xff, ..] => format!("-{}", lower::encode_string(&negated(serial))),
        all => lower::encode_string(all),
    }
}

/// The name (DER) of somebody in one line, as [`CertificateView::owner`] has it; `None` if it names nobody.
pub(crate) fn name_of(name: &[u8]) -> Option<String> {
    view::best_name(Name::parse(name)?.attributes())
}

/// The absolute value of a negative number in two's complement, without leading zero octets.
fn negated(number: &[u8]) -> Vec<u8> {
    let mut absolute = Vec::with_capacity(number.len());
    let mut carry = true;
    for octet in number.iter().rev() {
        let (inverse, overflows) = (!octet).overflowing_add(u8::from(carry));
        absolute.push(inverse);
        carry = overflows;
    }
    while absolute.len() > 1 && absolute.last() == Some(&0) {
        absolute.pop();
    }
    absolute.reverse();
    absolute
}

#[cfg(test)]
mod tests;
