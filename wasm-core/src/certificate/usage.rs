//! What a certificate's key may be used for: KeyUsage and ExtendedKeyUsage (RFC 5280 §4.2.1.3, §4.2.1.12).

use serde::{Deserialize, Serialize};
use x509_parser::extensions::ExtendedKeyUsage;

/// A use that has a name in the catalogue (`usage_` and the name on the wire).
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[cfg_attr(any(test, feature = "typescript"), derive(ts_rs::TS), ts(export))]
#[serde(rename_all = "camelCase")]
pub enum Usage {
    // Key usages, in the order of their bits
    /// Signatures other than those of certificates and revocation lists.
    DigitalSignature,
    /// Signatures that cannot be denied later (contentCommitment).
    NonRepudiation,
    /// Encrypting keys.
    KeyEncipherment,
    /// Encrypting data directly.
    DataEncipherment,
    /// Agreeing on keys.
    KeyAgreement,
    /// Signing certificates.
    KeyCertSign,
    /// Signing revocation lists.
    CrlSign,
    /// Agreeing on keys that only encrypt.
    EncipherOnly,
    /// Agreeing on keys that only decrypt.
    DecipherOnly,

    // Extended key usages
    /// Any.
    Any,
    /// A server that proves its name.
    ServerAuthentication,
    /// A person or program that proves its name to a server.
    ClientAuthentication,
    /// Programs.
    CodeSigning,
    /// Mail.
    EmailProtection,
    /// Timestamps.
    TimeStamping,
    /// Answers about revocation.
    OcspSigning,
    /// Documents (RFC 9336).
    DocumentSigning,
    /// Logging on with a smart card (Microsoft).
    SmartCardLogon,
    /// Kazakhstan: a private person.
    KzIndividual,
    /// Kazakhstan: an organisation.
    KzLegalEntity,
    /// Kazakhstan: the head of an organisation.
    KzHead,
    /// Kazakhstan: may sign for an organisation.
    KzSigner,
    /// Kazakhstan: may sign an organisation's financial documents.
    KzFinance,
    /// Kazakhstan: an organisation's personnel department.
    KzPersonnel,
    /// Kazakhstan: an employee of an organisation.
    KzEmployee,
}

/// Bit of KeyUsage → name; the place in the list is the bit.
const KEY_USAGES: [Usage; 9] = [
    Usage::DigitalSignature,
    Usage::NonRepudiation,
    Usage::KeyEncipherment,
    Usage::DataEncipherment,
    Usage::KeyAgreement,
    Usage::KeyCertSign,
    Usage::CrlSign,
    Usage::EncipherOnly,
    Usage::DecipherOnly,
];

/// OID of an extended key usage → name.
const EXTENDED: [(&str, Usage); 16] = [
    ("2.5.29.37.0", Usage::Any),
    ("1.3.6.1.5.5.7.3.1", Usage::ServerAuthentication),
    ("1.3.6.1.5.5.7.3.2", Usage::ClientAuthentication),
    ("1.3.6.1.5.5.7.3.3", Usage::CodeSigning),
    ("1.3.6.1.5.5.7.3.4", Usage::EmailProtection),
    ("1.3.6.1.5.5.7.3.8", Usage::TimeStamping),
    ("1.3.6.1.5.5.7.3.9", Usage::OcspSigning),
    ("1.3.6.1.5.5.7.3.36", Usage::DocumentSigning),
    ("1.3.6.1.4.1.311.20.2.2", Usage::SmartCardLogon),
    ("1.2.398.3.3.4.1.1", Usage::KzIndividual),
    ("1.2.398.3.3.4.1.2", Usage::KzLegalEntity),
    ("1.2.398.3.3.4.1.2.1", Usage::KzHead),
    ("1.2.398.3.3.4.1.2.2", Usage::KzSigner),
    ("1.2.398.3.3.4.1.2.3", Usage::KzFinance),
    ("1.2.398.3.3.4.1.2.4", Usage::KzPersonnel),
    ("1.2.398.3.3.4.1.2.5", Usage::KzEmployee),
];

/// digitalSignature and nonRepudiation.
const SIGNING: u16 = 0b11;

impl Usage {
    /// Every use, key usages first.
    pub fn all() -> impl Iterator<Item = Self> {
        let extended = EXTENDED.iter().map(|(_, usage)| *usage);
        KEY_USAGES.into_iter().chain(extended)
    }
}

/// The uses by name. Extended ones that have none are left out.
pub(super) fn usages(key_usage: Option<u16>, extended: &[String]) -> Vec<Usage> {
    let flags = key_usage.unwrap_or_default();
    let set = |(bit, _): &(usize, Usage)| flags >> bit & 1 == 1;
    let by_bit = KEY_USAGES.into_iter().enumerate().filter(set);
    let by_oid = extended.iter().filter_map(|oid| {
        let row = EXTENDED.iter().find(|(known, _)| known == oid)?;
        Some(row.1)
    });
    by_bit.map(|(_, usage)| usage).chain(by_oid).collect()
}

/// The extended ones that have no name, as OIDs.
pub(super) fn unnamed(extended: &[String]) -> Vec<String> {
    let named = |oid: &&String| EXTENDED.iter().any(|(known, _)| known == oid);
    extended.iter().filter(|oid| !named(oid)).cloned().collect()
}

/// A certificate without the extension may be used for anything.
pub(super) fn allows_signing(key_usage: Option<u16>) -> bool {
    key_usage.is_none_or(|flags| flags & SIGNING != 0)
}

/// The OIDs of an extension, which x509-parser sorts into flags and a rest.
pub(super) fn oids(usage: &ExtendedKeyUsage<'_>) -> Vec<String> {
    let flags = [
        usage.any,
        usage.server_auth,
        usage.client_auth,
        usage.code_signing,
        usage.email_protection,
        usage.time_stamping,
        usage.ocsp_signing,
    ];
    let flagged = flags.into_iter().zip(EXTENDED).filter(|(set, _)| *set);
    let others = usage.other.iter().map(|oid| oid.to_id_string());
    flagged
        .map(|(_, (oid, _))| oid.to_owned())
        .chain(others)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bits_and_oids_become_names() {
        let extended = ["1.3.6.1.5.5.7.3.4", "1.2.3", "1.2.398.3.3.4.1.1"].map(str::to_owned);
        assert_eq!(
            usages(Some(0b1_0000_0011), &extended),
            [
                Usage::DigitalSignature,
                Usage::NonRepudiation,
                Usage::DecipherOnly,
                Usage::EmailProtection,
                Usage::KzIndividual
            ]
        );
        assert!(usages(None, &[]).is_empty());
        assert_eq!(unnamed(&extended), ["1.2.3"]);
    }

    #[test]
    fn signing_needs_one_of_two_bits_or_no_extension() {
        assert!(allows_signing(None) && allows_signing(Some(1)) && allows_signing(Some(2)));
        assert!(!allows_signing(Some(0)) && !allows_signing(Some(0b1111_1100)));
    }
}
