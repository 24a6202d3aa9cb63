//! What is asked of each certificate of a path by itself (RFC 5280 §6.1.3 (a), §6.1.4 (k) to (o), §6.1.5).

use super::{Purpose, Reason, Requirements, usage};
use crate::certificate::{Certificate, Usage};

/// The extensions whose criticality is met: those that this module and its neighbours process, and those that say
/// nothing about whether the certificate is good.
const PROCESSED: [&str; 16] = [
    "2.5.29.15",            // keyUsage
    "2.5.29.16",            // privateKeyUsagePeriod: bounds signing, not verifying
    "2.5.29.17",            // subjectAltName
    "2.5.29.19",            // basicConstraints
    "2.5.29.30",            // nameConstraints
    "2.5.29.31",            // cRLDistributionPoints
    "2.5.29.32",            // certificatePolicies
    "2.5.29.33",            // policyMappings
    "2.5.29.36",            // policyConstraints
    "2.5.29.37",            // extKeyUsage
    "2.5.29.54",            // inhibitAnyPolicy
    "1.3.6.1.5.5.7.1.3",    // qcStatements
    "1.3.6.1.5.5.7.48.1.5", // id-pkix-ocsp-nocheck
    "1.2.643.100.111",      // subjectSignTool
    "1.2.643.100.112",      // issuerSignTool
    "1.2.643.100.114",      // identificationKind
];

/// Key algorithms, all of whose keys sign: one that is not supported is too short, too long, or on a curve of its own.
const VERIFIED: [&str; 3] = [
    "1.2.840.113549.1.1.1",  // rsaEncryption
    "1.2.840.113549.1.1.10", // id-RSASSA-PSS
    "1.2.840.10045.2.1",     // id-ecPublicKey
];

/// All reasons against the certificate that is asked about which hold whatever its path is.
pub(super) fn alone(
    certificate: &Certificate,
    requirements: &Requirements,
    when: i64,
) -> Vec<Reason> {
    let mut reasons = target(certificate, requirements);
    reasons.extend(validity(certificate, when).err());
    reasons.extend(extensions(certificate).err());
    reasons
}

/// Whether `when` is within its validity, whose both ends belong to it (RFC 5280 §4.1.2.5).
///
/// # Errors
/// `NotYetValid`, `Expired`
pub(super) fn validity(certificate: &Certificate, when: i64) -> Result<(), Reason> {
    let (from, until) = certificate.validity();
    match when {
        _ if when < from => Err(Reason::NotYetValid { from }),
        _ if when > until => Err(Reason::Expired { until }),
        _ => Ok(()),
    }
}

/// Whether all extensions can be read, and the critical ones are known (RFC 5280 §6.1.4 (o), §6.1.5 (f)).
///
/// # Errors
/// `ExtensionMalformed`, `CriticalExtension`
pub(super) fn extensions(certificate: &Certificate) -> Result<(), Reason> {
    let unreadable = certificate.unreadable_extensions().first();
    if let Some(oid) = unreadable {
        return Err(Reason::ExtensionMalformed { oid: oid.clone() });
    }
    certificate.name_constraints()?;
    certificate.policy_limits()?;
    certificate.policy_mappings()?;
    let is_unknown = |oid: &str| !PROCESSED.contains(&oid);
    let mut all = certificate.extensions().iter();
    match all.find(|it| it.critical && is_unknown(&it.oid)) {
        Some(unknown) => Err(Reason::CriticalExtension {
            oid: unknown.oid.clone(),
        }),
        None => Ok(()),
    }
}

/// Whether an authority may have issued the certificates below it, of which so many are authorities that are not
/// self-issued. `anchor`: it is one.
pub(super) fn authority(
    certificate: &Certificate,
    below: usize,
    anchor: bool,
    purpose: Purpose,
) -> Vec<Reason> {
    let mut reasons = Vec::new();
    match certificate.basic_constraints() {
        // Version 3 has the extension to say so; what has only version 1 to say it with is believed where it is trusted.
        None if anchor && certificate.version() < 3 => {}
        Some(constraints) if constraints.authority => {
            let allowed = constraints.path_length;
            let too_long = |allowed: &u32| usize::try_from(*allowed).is_ok_and(|it| it < below);
            let allowed = allowed.filter(too_long);
            reasons.extend(allowed.map(|allowed| Reason::PathTooLong { allowed }));
        }
        _ => reasons.push(Reason::AuthorityMissing),
    }
    let usages = certificate.key_usages();
    if usages.is_some_and(|usages| !usages.contains(&Usage::KeyCertSign)) {
        reasons.push(Reason::KeyUsage { purpose: None });
    }
    reasons.extend(usage::passes_on(certificate, purpose).err());
    reasons
}

/// Whether the certificate that is asked about is good for what is asked.
pub(super) fn target(certificate: &Certificate, requirements: &Requirements) -> Vec<Reason> {
    let mut reasons = Vec::new();
    reasons.extend(usage::allows(certificate, requirements.purpose, requirements.strict).err());
    if let Some(name) = &requirements.name
        && !name.is_of(certificate, requirements.strict)
    {
        reasons.push(Reason::NameMismatch);
    }
    let key = certificate.key();
    if VERIFIED.contains(&key.algorithm()) && key.verifying_key().is_err() {
        reasons.push(Reason::KeyUnsupported {
            key: key.to_string(),
        });
    }
    reasons
}
