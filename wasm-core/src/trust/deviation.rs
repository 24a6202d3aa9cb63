//! Rules that RFC 5280 lays on authorities and that verifiers need not enforce. Real authorities break some of them, so
//! a breach is noted; who asks strictly has it refused.

use super::{
    host_name::{typed_host, written_ip},
    names::COMMON_NAME,
};
use crate::certificate::{Certificate, GeneralName};
use serde::{Deserialize, Serialize};
use std::net::IpAddr;

const AUTHORITY_KEY: &str = "2.5.29.35";
const ALTERNATIVE_NAME: &str = "2.5.29.17";
const BASIC_CONSTRAINTS: &str = "2.5.29.19";
const NAME_CONSTRAINTS: &str = "2.5.29.30";
const POLICY_CONSTRAINTS: &str = "2.5.29.36";
const SUBJECT_KEY: &str = "2.5.29.14";

/// A rule that a certificate breaks.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[cfg_attr(any(test, feature = "typescript"), derive(ts_rs::TS), ts(export))]
#[serde(rename_all = "kebab-case")]
pub enum Deviation {
    /// subjectAltName is critical though there is a subject (§4.2.1.6).
    AlternativeNameCritical,
    /// subjectAltName is not critical though there is no subject (§4.2.1.6).
    AlternativeNameNotCritical,
    /// authorityInfoAccess cannot be read (§4.2.2.1).
    AuthorityInformationMalformed,
    /// authorityKeyIdentifier is missing (§4.2.1.1).
    AuthorityKeyMissing,
    /// basicConstraints of an authority is missing, or not critical (§4.2.1.9).
    BasicConstraintsNotCritical,
    /// A common name that is an address or an internationalised host, and no alternative name says the same in the same
    /// letters (CA/Browser Forum BR §7.1.4.3).
    CommonNameForm,
    /// A value is not encoded as DER has it (X.690 §10, §11).
    Encoding,
    /// There are extensions, and the version is not 3 (§4.1.2.1).
    ExtensionsInOldVersion,
    /// nameConstraints of a certificate that is no authority's (§4.2.1.10).
    NameConstraintsMisplaced,
    /// A base of nameConstraints is of another form than §4.2.1.10 gives it.
    NameConstraintsMalformed,
    /// The issuer, or the subject of an authority, is empty (§4.1.2.4, §4.1.2.6).
    NameMissing,
    /// policyConstraints is not critical (§4.2.1.11).
    PolicyConstraintsNotCritical,
    /// authorityKeyIdentifier of a self-signed certificate does not name its own key alone (CA/Browser Forum BR §7.1.2.1.3).
    RootAuthorityKey,
    /// The serial number is negative, zero, or longer than 20 octets (§4.1.2.2).
    SerialNumber,
    /// subjectKeyIdentifier of an authority is missing (§4.2.1.2).
    SubjectKeyMissing,
}

/// Where a certificate is on its path.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Position {
    /// It is the one that is asked about.
    Target,
    /// It issued another.
    Authority,
    /// The same, and it is an anchor.
    Anchor,
}

/// Every rule that a certificate breaks.
pub(super) fn deviations(certificate: &Certificate, position: Position) -> Vec<Deviation> {
    let authority = position != Position::Target;
    let is_root = position == Position::Anchor && is_self_issued(certificate);
    let rows: [(bool, Deviation); 15] = [
        (!certificate.is_canonical(), Deviation::Encoding),
        (
            is_of_old_version(certificate),
            Deviation::ExtensionsInOldVersion,
        ),
        (has_odd_serial(certificate), Deviation::SerialNumber),
        (lacks_name(certificate, authority), Deviation::NameMissing),
        (
            is_critical(certificate, ALTERNATIVE_NAME) == Some(true) && has_subject(certificate),
            Deviation::AlternativeNameCritical,
        ),
        (
            is_critical(certificate, ALTERNATIVE_NAME) == Some(false) && !has_subject(certificate),
            Deviation::AlternativeNameNotCritical,
        ),
        (
            certificate.authority_information().is_none(),
            Deviation::AuthorityInformationMalformed,
        ),
        (
            !is_self_issued(certificate) && certificate.extension(AUTHORITY_KEY).is_none(),
            Deviation::AuthorityKeyMissing,
        ),
        (
            is_root && has_odd_root_key(certificate),
            Deviation::RootAuthorityKey,
        ),
        (
            authority && certificate.extension(SUBJECT_KEY).is_none(),
            Deviation::SubjectKeyMissing,
        ),
        (
            authority && is_critical(certificate, BASIC_CONSTRAINTS) != Some(true),
            Deviation::BasicConstraintsNotCritical,
        ),
        (
            !certificate.is_authority() && certificate.extension(NAME_CONSTRAINTS).is_some(),
            Deviation::NameConstraintsMisplaced,
        ),
        (
            has_odd_constraints(certificate),
            Deviation::NameConstraintsMalformed,
        ),
        (
            is_critical(certificate, POLICY_CONSTRAINTS) == Some(false),
            Deviation::PolicyConstraintsNotCritical,
        ),
        (
            !authority && has_lone_common_name(certificate),
            Deviation::CommonNameForm,
        ),
    ];
    rows.into_iter()
        .filter(|(broken, _)| *broken)
        .map(|(_, rule)| rule)
        .collect()
}

fn is_critical(certificate: &Certificate, oid: &str) -> Option<bool> {
    certificate
        .extension(oid)
        .map(|extension| extension.critical)
}

fn has_subject(certificate: &Certificate) -> bool {
    !certificate.subject().attributes().is_empty()
}

/// Whether its issuer has its own name (RFC 5280 §3.2).
pub(super) fn is_self_issued(certificate: &Certificate) -> bool {
    certificate.subject().is(certificate.issuer().der())
}

fn is_of_old_version(certificate: &Certificate) -> bool {
    certificate.version() < 3 && !certificate.extensions().is_empty()
}

fn has_odd_serial(certificate: &Certificate) -> bool {
    let serial = certificate.raw_serial();
    // RFC 5280 has zero refused in principle, and roots have it.
    !matches!(serial, [0..=0x7f, ..])
        || serial.len() > 20
        || serial == [0] && !is_self_issued(certificate)
}

fn lacks_name(certificate: &Certificate, authority: bool) -> bool {
    certificate.issuer().attributes().is_empty() || authority && !has_subject(certificate)
}

fn has_odd_root_key(certificate: &Certificate) -> bool {
    certificate.authority_key().is_some_and(|key| {
        let is_own = key.identifier.as_deref() == certificate.subject_key();
        key.identifier.is_none() || !is_own || !key.issuer.is_empty() || key.serial.is_some()
    })
}

/// A host with a dot before it, which is for mail addresses and URIs alone.
fn has_odd_constraints(certificate: &Certificate) -> bool {
    let constraints = certificate.name_constraints().unwrap_or_default();
    let bases = constraints.permitted.iter().chain(&constraints.excluded);
    bases
        .into_iter()
        .any(|base| matches!(base, GeneralName::Dns(name) if name.starts_with('.')))
}

/// Whether a common name that can be an address or an internationalised host alone is no alternative name.
fn has_lone_common_name(certificate: &Certificate) -> bool {
    let names = certificate.alternative_names();
    let is_named = |text: &str| {
        names.iter().any(|name| match name {
            GeneralName::Dns(own) => own.eq_ignore_ascii_case(text),
            GeneralName::Ip(octets) => written_ip(octets) == text,
            _ => false,
        })
    };
    let attributes = certificate.subject().attributes().iter();
    let common = attributes
        .filter(|it| it.oid == COMMON_NAME)
        .map(|it| &*it.value);
    let mut odd = common.filter(|text| is_address(text) || is_international(text));
    odd.any(|text| !is_named(text))
}

/// Whether a text is an address, in whichever form.
fn is_address(text: &str) -> bool {
    let dotted = text.contains('.') && text.bytes().all(|it| it.is_ascii_digit() || it == b'.');
    let hexadecimal = text.strip_prefix("0x");
    let number = hexadecimal.is_some_and(|it| it.bytes().all(|octet| octet.is_ascii_hexdigit()));
    dotted || number || text.parse::<IpAddr>().is_ok()
}

/// Whether a text is a host with letters beyond ASCII, as they are or as A-labels.
fn is_international(text: &str) -> bool {
    let is_a_label = |label: &str| label.starts_with("xn--");
    let beyond = !text.is_ascii() || text.split('.').any(is_a_label);
    beyond && text.contains('.') && typed_host(text).is_some()
}

impl Deviation {
    /// Where the rule stands.
    pub fn section(self) -> &'static str {
        match self {
            Self::AlternativeNameCritical | Self::AlternativeNameNotCritical => "RFC 5280 §4.2.1.6",
            Self::AuthorityInformationMalformed => "RFC 5280 §4.2.2.1",
            Self::AuthorityKeyMissing => "RFC 5280 §4.2.1.1",
            Self::BasicConstraintsNotCritical => "RFC 5280 §4.2.1.9",
            Self::CommonNameForm => "CA/Browser Forum BR §7.1.4.3",
            Self::Encoding => "X.690 §11",
            Self::ExtensionsInOldVersion => "RFC 5280 §4.1.2.1",
            Self::NameConstraintsMalformed | Self::NameConstraintsMisplaced => "RFC 5280 §4.2.1.10",
            Self::NameMissing => "RFC 5280 §4.1.2.4",
            Self::PolicyConstraintsNotCritical => "RFC 5280 §4.2.1.11",
            Self::RootAuthorityKey => "CA/Browser Forum BR §7.1.2.1.3",
            Self::SerialNumber => "RFC 5280 §4.1.2.2",
            Self::SubjectKeyMissing => "RFC 5280 §4.2.1.2",
        }
    }
}
