//! The extensions of a certificate, as far as anything here depends on them.

use super::{name, usage};
use x509_parser::{certificate::X509Certificate, extensions::ParsedExtension};

/// What the extensions say that matters here (RFC 5280 §4.2).
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(super) struct Extensions {
    /// Bits of KeyUsage, bit 0 is digitalSignature; `None` where the extension is absent.
    pub(super) key_usage: Option<u16>,
    pub(super) extended: Vec<String>,
    pub(super) authority: bool,
    pub(super) email: Option<String>,
    pub(super) subject_key: Option<Vec<u8>>,
    pub(super) authority_key: Option<Vec<u8>>,
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
