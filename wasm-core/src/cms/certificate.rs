//! What a SignedData needs to know of a certificate: how SignerInfo names it, its key, its validity.

use super::{
    der_prefix::{FIELD_4, INTEGER, SEQUENCE, structure},
    signer_info::SignerName,
};
use crate::{ber, certificate::same_name};
use x509_parser::{
    extensions::ParsedExtension,
    prelude::{FromDer as _, X509Certificate},
};

/// A certificate as a signer's.
pub(super) struct SignerCertificate<'a> {
    pub(super) der: &'a [u8],
    /// DER of the issuer's Name.
    issuer: &'a [u8],
    /// The content of an INTEGER, as long as it is (RFC 5280 §4.1.2.2: more than 20 octets are to be coped with).
    serial: &'a [u8],
    /// DER SubjectPublicKeyInfo.
    pub(super) public_key: &'a [u8],
    /// Unix seconds.
    pub(super) not_before: i64,
    /// Unix seconds.
    pub(super) not_after: i64,
    subject_key_identifier: Option<Vec<u8>>,
}

impl<'a> SignerCertificate<'a> {
    /// `None` if `der` begins with no certificate.
    pub(super) fn parse(der: &'a [u8]) -> Option<Self> {
        let (der, _) = ber::split_first(der).ok()?;
        let (_, certificate) = X509Certificate::from_der(der).ok()?;
        let validity = certificate.validity();
        Some(Self {
            der,
            issuer: certificate.tbs_certificate.issuer.as_raw(),
            serial: certificate.tbs_certificate.raw_serial(),
            public_key: certificate.tbs_certificate.subject_pki.raw,
            not_before: validity.not_before.timestamp(),
            not_after: validity.not_after.timestamp(),
            subject_key_identifier: subject_key_identifier(&certificate),
        })
    }

    /// Whether SignerInfo's `sid` means this certificate.
    pub(super) fn is_named_by(&self, sid: SignerName<'_>) -> bool {
        match sid {
            SignerName::Issued { issuer, serial } => self.is_issued(issuer, serial),
            SignerName::Key(identifier) => {
                self.subject_key_identifier.as_deref() == Some(identifier)
            }
        }
    }

    /// Whether it has this issuer (DER of a Name) and this serial number (the content of an INTEGER).
    pub(super) fn is_issued(&self, issuer: &[u8], serial: &[u8]) -> bool {
        self.has_serial(serial) && same_name(self.issuer, issuer)
    }

    /// Some encoders leave out the zero that keeps a number positive, or write more of them.
    pub(super) fn has_serial(&self, serial: &[u8]) -> bool {
        significant(self.serial) == significant(serial)
    }

    /// DER of IssuerAndSerialNumber (RFC 5652 §10.2.4).
    pub(super) fn issuer_and_serial(&self) -> Vec<u8> {
        let serial = structure(INTEGER, self.serial);
        structure(SEQUENCE, &[self.issuer, &serial].concat())
    }

    /// DER of IssuerSerial (RFC 5035 §4).
    pub(super) fn issuer_serial(&self) -> Vec<u8> {
        let issuer = structure(SEQUENCE, &structure(FIELD_4, self.issuer));
        let serial = structure(INTEGER, self.serial);
        structure(SEQUENCE, &[issuer, serial].concat())
    }
}

fn significant(serial: &[u8]) -> &[u8] {
    let zeros = serial.iter().take_while(|octet| **octet == 0).count();
    serial.get(zeros..).unwrap_or_default()
}

fn subject_key_identifier(certificate: &X509Certificate<'_>) -> Option<Vec<u8>> {
    let extensions = certificate.extensions().iter();
    extensions
        .filter_map(|extension| match extension.parsed_extension() {
            ParsedExtension::SubjectKeyIdentifier(identifier) => Some(identifier.0.to_vec()),
            _ => None,
        })
        .next()
}
