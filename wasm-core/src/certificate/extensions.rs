//! The extensions of a certificate, as far as anything here depends on them.

use super::{name, russian, usage};
use russian::Identification;
use x509_parser::{
    asn1_rs::{Any, FromDer, GeneralizedTime},
    certificate::X509Certificate,
    extensions::ParsedExtension,
};

const PRIVATE_KEY_USAGE_PERIOD: &str = "2.5.29.16";

/// What the extensions say that matters here (RFC 5280 §4.2).
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(super) struct Extensions {
    /// Bits of KeyUsage, bit 0 is digitalSignature; `None` where the extension is absent.
    pub(super) key_usage: Option<u16>,
    pub(super) extended: Vec<String>,
    pub(super) authority: bool,
    /// Who the subject is, where its name is empty.
    pub(super) alternative_name: Option<String>,
    pub(super) subject_key: Option<Vec<u8>>,
    pub(super) authority_key: Option<Vec<u8>>,
    /// The last second in which the private key may sign, Unix time.
    pub(super) key_until: Option<i64>,
    pub(super) signing_tool: Option<String>,
    pub(super) issuer_tool: Option<String>,
    pub(super) tool_class: Option<&'static str>,
    pub(super) identification: Option<Identification>,
    /// One of them cannot be read, or is there twice.
    pub(super) defective: bool,
}

impl Extensions {
    pub(super) fn read(certificate: &X509Certificate<'_>) -> Self {
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
                    read.alternative_name = name::alternative(&names.general_names);
                }
                ParsedExtension::SubjectKeyIdentifier(key) => {
                    read.subject_key = Some(key.0.to_vec());
                }
                ParsedExtension::AuthorityKeyIdentifier(key) => {
                    read.authority_key = key.key_identifier.as_ref().map(|key| key.0.to_vec());
                }
                ParsedExtension::CertificatePolicies(policies) => {
                    read.tool_class = russian::tool_class(policies);
                }
                ParsedExtension::ParseError { .. } => {
                    read.defective |= usage::decides(&extension.oid.to_id_string());
                }
                _ => read.take_raw(&extension.oid.to_id_string(), extension.value),
            }
        }
        read
    }

    /// Extensions that x509-parser leaves as they are.
    fn take_raw(&mut self, oid: &str, value: &[u8]) {
        match oid {
            PRIVATE_KEY_USAGE_PERIOD => match key_until(value) {
                Some(until) => self.key_until = until,
                None => self.defective = true,
            },
            russian::SUBJECT_SIGN_TOOL => self.signing_tool = russian::signing_tool(value),
            russian::ISSUER_SIGN_TOOL => self.issuer_tool = russian::issuer_tool(value),
            russian::IDENTIFICATION_KIND => self.identification = Identification::read(value),
            _ => {}
        }
    }
}

/// The end of a PrivateKeyUsagePeriod (RFC 3280 §4.2.1.4), if it names one; `None` if it cannot be read.
/// ```text
/// PrivateKeyUsagePeriod ::= SEQUENCE {
///   notBefore [0] IMPLICIT GeneralizedTime OPTIONAL,
///   notAfter  [1] IMPLICIT GeneralizedTime OPTIONAL }
/// ```
fn key_until(extension: &[u8]) -> Option<Option<i64>> {
    let (rest, period) = Any::from_der(extension).ok()?;
    let mut fields = period.data;
    if !rest.is_empty() {
        return None;
    }
    while !fields.is_empty() {
        let (after, field) = Any::from_der(fields).ok()?;
        if field.tag().0 == 1 {
            let time = [&[0x18, u8::try_from(field.data.len()).ok()?], field.data].concat();
            let (_, time) = GeneralizedTime::from_der(&time).ok()?;
            return Some(Some(time.utc_datetime().ok()?.unix_timestamp()));
        }
        fields = after;
    }
    Some(None)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_the_keys_own_term() {
        let until = [b"\x30\x11\x81\x0f".as_slice(), b"20270101000000Z"].concat();
        assert_eq!(key_until(&until), Some(Some(1_798_761_600)));
        let both = [b"\x30\x22\x80\x0f20260101000000Z".as_slice(), &until[2..]].concat();
        assert_eq!(key_until(&both), Some(Some(1_798_761_600)));
        assert_eq!(key_until(b"\x30\x00"), Some(None));
        assert_eq!(key_until(b"\x30\x04\x81\x02no"), None);
        assert_eq!(key_until(b"\x30"), None);
    }
}
