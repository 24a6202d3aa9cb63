//! X.509 certificates (RFC 5280): what they say, and whether they may sign now.
//!
//! Nothing here decides trust: that an issuer is what it says it is, is another room's question.

mod key;
mod name;
mod usage;
mod view;

pub use key::PublicKey;
pub(crate) use name::utf16;
pub use name::{Attribute, LABELS};
pub use usage::Usage;
pub use view::{CertificateState, CertificateView, NameEntry};

use crate::failure::ErrorCode;
use sha2::{Digest, Sha256};
use std::fmt::Write;
use thiserror::Error;
use x509_parser::{certificate::X509Certificate, extensions::ParsedExtension, prelude::FromDer};

/// The largest certificate that is read, in bytes.
pub const MAX_CERTIFICATE: usize = 256 << 10;

/// Why bytes are no certificate.
#[derive(Clone, Copy, Debug, Eq, Error, PartialEq)]
pub enum CertificateError {
    /// Larger than [`MAX_CERTIFICATE`].
    #[error("the certificate is too large")]
    TooLarge,
    /// Not the structure of RFC 5280 §4.1, or bytes follow it.
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
    serial: Vec<u8>,
    subject: Vec<Attribute>,
    subject_der: Vec<u8>,
    issuer: Vec<Attribute>,
    issuer_der: Vec<u8>,
    not_before: i64,
    not_after: i64,
    public_key: PublicKey,
    extensions: Extensions,
}

/// What the extensions say that matters here (RFC 5280 §4.2).
#[derive(Clone, Debug, Default, Eq, PartialEq)]
struct Extensions {
    /// Bits of KeyUsage, bit 0 is digitalSignature; `None` where the extension is absent.
    key_usage: Option<u16>,
    extended: Vec<String>,
    authority: bool,
    email: Option<String>,
    subject_key: Option<Vec<u8>>,
    authority_key: Option<Vec<u8>>,
    /// One of them cannot be read, or is there twice.
    defective: bool,
}

impl Certificate {
    /// Reads one certificate, which is all of `der`.
    ///
    /// # Errors
    /// [`CertificateError`] when the bytes are none.
    pub fn parse(der: &[u8]) -> Result<Self, CertificateError> {
        if der.len() > MAX_CERTIFICATE {
            return Err(CertificateError::TooLarge);
        }
        let (rest, parsed) =
            X509Certificate::from_der(der).map_err(|_| CertificateError::Malformed)?;
        if !rest.is_empty() {
            return Err(CertificateError::Malformed);
        }
        Ok(Self {
            der: der.to_vec(),
            serial: parsed.raw_serial().to_vec(),
            subject: name::attributes(&parsed.subject),
            subject_der: parsed.subject.as_raw().to_vec(),
            issuer: name::attributes(&parsed.issuer),
            issuer_der: parsed.issuer.as_raw().to_vec(),
            not_before: parsed.validity.not_before.timestamp(),
            not_after: parsed.validity.not_after.timestamp(),
            public_key: PublicKey::read(&parsed.subject_pki),
            extensions: Extensions::read(&parsed),
        })
    }

    /// The certificate's id everywhere in Tamga: SHA-256 of its DER, lower-case hex.
    pub fn id(&self) -> String {
        hex(&Sha256::digest(&self.der))
    }

    /// The certificate as it was read.
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// The DER of its SubjectPublicKeyInfo.
    pub fn public_key(&self) -> &[u8] {
        self.public_key.spki()
    }

    /// What kind of key it holds.
    pub fn key(&self) -> &PublicKey {
        &self.public_key
    }

    /// The serial number, lower-case hex without a leading sign octet.
    pub fn serial(&self) -> String {
        match self.serial.as_slice() {
            [0, rest @ ..] if !rest.is_empty() => hex(rest),
            all => hex(all),
        }
    }

    /// Whose certificate it is: the attributes of the subject in order.
    pub fn subject(&self) -> &[Attribute] {
        &self.subject
    }

    /// Who issued it: the attributes of the issuer in order.
    pub fn issuer(&self) -> &[Attribute] {
        &self.issuer
    }

    /// The DER of the subject's Name.
    pub fn subject_der(&self) -> &[u8] {
        &self.subject_der
    }

    /// The DER of the issuer's Name.
    pub fn issuer_der(&self) -> &[u8] {
        &self.issuer_der
    }

    /// First and last second of its validity, Unix time; negative before 1970.
    pub fn validity(&self) -> (i64, i64) {
        (self.not_before, self.not_after)
    }

    /// What the key may be used for: the key usages in the order of their bits, then the extended ones.
    pub fn usages(&self) -> Vec<Usage> {
        usage::usages(self.extensions.key_usage, &self.extensions.extended)
    }

    /// Whether the certificate may issue others.
    pub fn is_authority(&self) -> bool {
        self.extensions.authority
    }

    /// Whether a signature may be made with it at `now` (Unix seconds).
    ///
    /// # Errors
    /// The first reason against it: its extensions, validity, usage, or the kind of key.
    pub fn fitness(&self, now: u64) -> Result<(), ErrorCode> {
        let now = i64::try_from(now).unwrap_or(i64::MAX);
        if self.extensions.defective {
            return Err(ErrorCode::CertificateMalformed);
        }
        if now < self.not_before {
            return Err(ErrorCode::CertificateNotYetValid);
        }
        if now > self.not_after {
            return Err(ErrorCode::CertificateExpired);
        }
        if self.is_authority() || !usage::allows_signing(self.extensions.key_usage) {
            return Err(ErrorCode::CertificateUnfit);
        }
        if !self.public_key.may_sign() {
            return Err(ErrorCode::KeyUnsupported);
        }
        Ok(())
    }

    /// What a screen shows of it at `now` (Unix seconds).
    pub fn view(&self, now: u64) -> CertificateView {
        view::view(self, now)
    }

    /// Whether `spki` (DER of a SubjectPublicKeyInfo) is the certificate's key. Algorithm parameters,
    /// which encoders write in different ways, are not compared.
    pub fn matches_key(&self, spki: &[u8]) -> bool {
        self.public_key.is(spki)
    }

    /// Whether `issuer` may have issued it, by name and, where both name it, by key identifier.
    pub fn names_as_issuer(&self, issuer: &Self) -> bool {
        let keys = (
            &self.extensions.authority_key,
            &issuer.extensions.subject_key,
        );
        let same_key = match keys {
            (Some(named), Some(own)) => named == own,
            _ => true,
        };
        same_key && self.issuer_der == issuer.subject_der
    }
}

impl Extensions {
    fn read(certificate: &X509Certificate<'_>) -> Self {
        let mut read = Self::default();
        let mut seen = Vec::new();
        for extension in certificate.extensions() {
            read.defective |= seen.contains(&&extension.oid);
            seen.push(&extension.oid);
            match extension.parsed_extension() {
                ParsedExtension::KeyUsage(usage) => read.key_usage = Some(usage.flags),
                ParsedExtension::ExtendedKeyUsage(usage) => read.extended = usage::oids(usage),
                ParsedExtension::BasicConstraints(constraints) => read.authority = constraints.ca,
                ParsedExtension::SubjectAlternativeName(names) => {
                    read.email = name::email(&names.general_names);
                }
                ParsedExtension::SubjectKeyIdentifier(key) => {
                    read.subject_key = Some(key.0.to_vec());
                }
                ParsedExtension::AuthorityKeyIdentifier(key) => {
                    read.authority_key = key.key_identifier.as_ref().map(|key| key.0.to_vec());
                }
                ParsedExtension::ParseError { .. } => {
                    read.defective |= usage::decides(&extension.oid.to_id_string());
                }
                _ => {}
            }
        }
        read
    }
}

/// Lower-case hex.
fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing into a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
