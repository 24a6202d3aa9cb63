//! What a SignedData needs to know of a certificate: how SignerInfo names it, its key, its validity.

use cms::{cert::IssuerAndSerialNumber, signed_data::SignerIdentifier};
use der::{
    Decode, Tag,
    asn1::{AnyRef, OctetStringRef},
};
use x509_cert::{name::Name, serial_number::SerialNumber};
use x509_parser::{
    extensions::ParsedExtension,
    prelude::{FromDer as _, X509Certificate},
};

/// A certificate as a signer's.
pub(super) struct SignerCertificate<'a> {
    pub(super) der: &'a [u8],
    pub(super) name: IssuerAndSerialNumber,
    /// DER SubjectPublicKeyInfo.
    pub(super) public_key: &'a [u8],
    /// Unix seconds.
    pub(super) not_before: i64,
    /// Unix seconds.
    pub(super) not_after: i64,
    subject_key_identifier: Option<Vec<u8>>,
}

impl<'a> SignerCertificate<'a> {
    /// `None` if `der` is no certificate, or more than one.
    pub(super) fn parse(der: &'a [u8]) -> Option<Self> {
        let (rest, certificate) = X509Certificate::from_der(der).ok()?;
        if !rest.is_empty() {
            return None;
        }
        let serial = AnyRef::new(Tag::Integer, certificate.raw_serial()).ok()?;
        let validity = certificate.validity();
        Some(Self {
            der,
            name: IssuerAndSerialNumber {
                issuer: Name::from_der(certificate.issuer().as_raw()).ok()?,
                serial_number: serial.decode_as::<SerialNumber>().ok()?,
            },
            public_key: certificate.tbs_certificate.subject_pki.raw,
            not_before: validity.not_before.timestamp(),
            not_after: validity.not_after.timestamp(),
            subject_key_identifier: subject_key_identifier(&certificate),
        })
    }

    /// Whether SignerInfo's `sid` means this certificate.
    pub(super) fn is_named_by(&self, sid: &SignerIdentifier) -> bool {
        match sid {
            SignerIdentifier::IssuerAndSerialNumber(name) => *name == self.name,
            SignerIdentifier::SubjectKeyIdentifier(identifier) => {
                let wanted: &OctetStringRef = (&identifier.0).into();
                self.subject_key_identifier.as_deref() == Some(wanted.as_bytes())
            }
        }
    }
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
