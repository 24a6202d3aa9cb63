//! Which usages a purpose takes, of the certificate itself and of the authorities above it.

use super::{Purpose, Reason};
use crate::certificate::{Certificate, Usage};

const EXTENDED_KEY_USAGE: &str = "2.5.29.37";
const ANY: &str = "2.5.29.37.0";
const SERVER: &str = "1.3.6.1.5.5.7.3.1";
const CLIENT: &str = "1.3.6.1.5.5.7.3.2";
const CODE_SIGNING: &str = "1.3.6.1.5.5.7.3.3";
const MAIL: &str = "1.3.6.1.5.5.7.3.4";
const TIME_STAMPING: &str = "1.3.6.1.5.5.7.3.8";
/// id-kp-OCSPSigning
pub(super) const OCSP_SIGNING: &str = "1.3.6.1.5.5.7.3.9";
/// Usages of programs and services, none of which says that a person signs.
const NOT_OF_PEOPLE: [&str; 4] = [SERVER, CODE_SIGNING, TIME_STAMPING, OCSP_SIGNING];

/// What a purpose asks of ExtendedKeyUsage (RFC 5280 §4.2.1.12).
enum Extended {
    /// Nothing.
    Open,
    /// Where the extension is there, this one or any; of the authorities above, too.
    Allowed(&'static str),
    /// The extension has to be there with this one.
    Required(&'static str),
    /// The extension has to be there, critical, with this one alone (RFC 3161 §2.3).
    Sole(&'static str),
    /// Where the extension is there, another one than these.
    OtherThan(&'static [&'static str]),
}

/// What a purpose takes.
struct Row {
    purpose: Purpose,
    /// Key usages of which one has to be set, where the extension is there.
    one_of: &'static [Usage],
    /// Whether no others may be set.
    no_others: bool,
    extended: Extended,
}

const SIGNATURES: &[Usage] = &[Usage::DigitalSignature, Usage::NonRepudiation];

const ROWS: [Row; 8] = [
    Row {
        purpose: Purpose::Documents,
        one_of: SIGNATURES,
        no_others: false,
        extended: Extended::OtherThan(&NOT_OF_PEOPLE),
    },
    Row {
        purpose: Purpose::Mail,
        one_of: SIGNATURES,
        no_others: false,
        extended: Extended::Allowed(MAIL),
    },
    Row {
        purpose: Purpose::Server,
        one_of: &[
            Usage::DigitalSignature,
            Usage::KeyEncipherment,
            Usage::KeyAgreement,
        ],
        no_others: false,
        extended: Extended::Allowed(SERVER),
    },
    Row {
        purpose: Purpose::Client,
        one_of: &[Usage::DigitalSignature, Usage::KeyAgreement],
        no_others: false,
        extended: Extended::Allowed(CLIENT),
    },
    Row {
        purpose: Purpose::CodeSigning,
        one_of: &[Usage::DigitalSignature],
        no_others: false,
        extended: Extended::Allowed(CODE_SIGNING),
    },
    Row {
        purpose: Purpose::TimeStamping,
        one_of: SIGNATURES,
        no_others: true,
        extended: Extended::Sole(TIME_STAMPING),
    },
    Row {
        purpose: Purpose::OcspSigning,
        one_of: SIGNATURES,
        no_others: false,
        extended: Extended::Required(OCSP_SIGNING),
    },
    Row {
        purpose: Purpose::CrlSigning,
        one_of: &[Usage::CrlSign],
        no_others: false,
        extended: Extended::Open,
    },
];

/// Says whether a certificate may be used for a purpose.
///
/// # Errors
/// `KeyUsage`, `ExtendedUsage`
pub(super) fn allows(
    certificate: &Certificate,
    purpose: Purpose,
    strict: bool,
) -> Result<(), Reason> {
    let Some(row) = ROWS.iter().find(|row| row.purpose == purpose) else {
        return Ok(());
    };
    if let Some(set) = certificate.key_usages() {
        let allowed = |usage: &Usage| row.one_of.contains(usage);
        if !set.iter().any(allowed) || row.no_others && !set.iter().all(allowed) {
            return Err(Reason::KeyUsage {
                purpose: Some(purpose),
            });
        }
    }
    let extended = certificate.extended_usages();
    let has = |oid: &str| extended.is_some_and(|set| set.iter().any(|it| it == oid));
    let is_allowed = match row.extended {
        Extended::Open => true,
        Extended::Allowed(oid) => has(oid) || !strict && (extended.is_none() || has(ANY)),
        Extended::Required(oid) => has(oid),
        Extended::Sole(oid) => {
            let critical = certificate
                .extension(EXTENDED_KEY_USAGE)
                .is_some_and(|it| it.critical);
            critical && extended.is_some_and(|set| *set == [oid])
        }
        Extended::OtherThan(oids) => {
            extended.is_none_or(|set| set.iter().any(|it| !oids.contains(&&**it)))
        }
    };
    match is_allowed {
        true => Ok(()),
        false => Err(Reason::ExtendedUsage { purpose }),
    }
}

/// Says whether an authority's ExtendedKeyUsage leaves room for a purpose below it: RFC 5280 does not ask, and browsers
/// and mail programs do.
///
/// # Errors
/// `ExtendedUsage`
pub(super) fn passes_on(authority: &Certificate, purpose: Purpose) -> Result<(), Reason> {
    let row = ROWS.iter().find(|row| row.purpose == purpose);
    let needed = row.and_then(|row| match row.extended {
        Extended::Allowed(oid) | Extended::Sole(oid) => Some(oid),
        Extended::Open | Extended::Required(_) | Extended::OtherThan(_) => None,
    });
    let is_in = |needed: &str| {
        let set = authority.extended_usages();
        set.is_none_or(|set| set.iter().any(|it| it == needed || it == ANY))
    };
    match needed.is_none_or(is_in) {
        true => Ok(()),
        false => Err(Reason::ExtendedUsage { purpose }),
    }
}
