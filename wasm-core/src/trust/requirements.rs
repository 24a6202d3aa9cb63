//! What a certificate is to be good for.

use super::{
    host_name::{Mailbox, Pattern, typed_host, written_ip},
    names::{ALTERNATIVE_NAME, COMMON_NAME, mailboxes},
};
use crate::certificate::{Certificate, GeneralName};
use serde::{Deserialize, Serialize};
use std::{fmt, net::IpAddr};

/// What is asked of a certificate.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Requirements {
    /// What it is used for.
    pub purpose: Purpose,
    /// Whose it has to be, if that matters.
    pub name: Option<ExpectedName>,
    /// Which policies its path has to have.
    pub policies: PolicyRequirements,
    /// Whether it has to be known that no certificate of the path below the anchor was revoked.
    pub revocation: bool,
    /// The moment (Unix time) up to which what is known about revocation may have been found out, where the past is asked
    /// about: what was revoked later for a reason that has nothing to do with the key is good then. `None`: the moment that
    /// is asked about.
    pub revocation_latest: Option<i64>,
    /// Whether what older verifiers let pass is refused: hosts in the common name, no extended key usage for what has one,
    /// signatures over MD5 and SHA-1.
    pub strict: bool,
    /// Whether breaches of what is asked of authorities, which verifiers need not mind, are refused rather than noted.
    pub conforming: bool,
    /// The most certificates between it and the anchor that are not self-issued; `None` for the usual limit.
    pub max_intermediates: Option<usize>,
}

/// What a certificate is used for.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[cfg_attr(any(test, feature = "typescript"), derive(ts_rs::TS), ts(export))]
#[serde(rename_all = "kebab-case")]
pub enum Purpose {
    /// Anything: usages are not asked.
    #[default]
    Any,
    /// Signing documents.
    Documents,
    /// Signing mail.
    Mail,
    /// Proving a server's name.
    Server,
    /// Proving a client's name.
    Client,
    /// Signing programs.
    CodeSigning,
    /// Signing timestamps (RFC 3161 §2.3).
    TimeStamping,
    /// Signing answers about revocation (RFC 6960 §4.2.2.2).
    OcspSigning,
    /// Signing revocation lists (RFC 5280 §6.3.3 (f)).
    CrlSigning,
}

/// Whose certificate is expected.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum ExpectedName {
    /// A host name: A-labels or letters of any script.
    Host(String),
    /// A mail address.
    Mail(String),
    /// An address of the Internet Protocol: 4 or 16 octets.
    Ip(Vec<u8>),
}

/// The inputs of RFC 5280 §6.1.1 (c), (e), (f), (g) about policies.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct PolicyRequirements {
    /// `user-initial-policy-set`: OIDs of which one has to be valid for the path; empty is any-policy.
    pub acceptable: Vec<String>,
    /// `initial-explicit-policy`: the path has to be valid for one of them.
    pub explicit: bool,
    /// `initial-policy-mapping-inhibit`
    pub inhibit_mapping: bool,
    /// `initial-any-policy-inhibit`
    pub inhibit_any: bool,
}

impl ExpectedName {
    /// A mail address, an address of the Internet Protocol or a host, whichever it looks like; `None` where it is none.
    pub fn parse(text: &str) -> Option<Self> {
        if text.contains('@') {
            return Mailbox::parse(text).map(|_| Self::Mail(text.to_owned()));
        }
        match text.parse() {
            Ok(IpAddr::V4(address)) => Some(Self::Ip(address.octets().to_vec())),
            Ok(IpAddr::V6(address)) => Some(Self::Ip(address.octets().to_vec())),
            Err(_) => typed_host(text).map(|_| Self::Host(text.to_owned())),
        }
    }

    /// Whether a certificate is for it (RFC 9525 §6; RFC 8550 §3 for mail). The common name is taken for a host only
    /// where there are no alternative names at all (RFC 6125 §6.4.4), and not if `strict`.
    pub(super) fn is_of(&self, certificate: &Certificate, strict: bool) -> bool {
        let names = certificate.alternative_names();
        match self {
            Self::Ip(octets) => names.contains(&GeneralName::Ip(octets.clone())),
            Self::Host(text) => typed_host(text).is_some_and(|host| {
                let is_of =
                    |pattern: &str| Pattern::parse(pattern).is_some_and(|it| it.matches(&host));
                let named = names
                    .iter()
                    .any(|it| matches!(it, GeneralName::Dns(name) if is_of(name)));
                let old = !strict && certificate.extension(ALTERNATIVE_NAME).is_none();
                named || old && common_names(certificate).any(is_of)
            }),
            Self::Mail(text) => Mailbox::parse(text).is_some_and(|expected| {
                let mut mailboxes = mailboxes(certificate);
                mailboxes.any(|it| it == expected)
            }),
        }
    }
}

fn common_names(certificate: &Certificate) -> impl Iterator<Item = &str> {
    let attributes = certificate.subject().attributes().iter();
    attributes
        .filter(|it| it.oid == COMMON_NAME)
        .map(|it| &*it.value)
}

impl fmt::Display for ExpectedName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Host(name) | Self::Mail(name) => formatter.write_str(name),
            Self::Ip(octets) => formatter.write_str(&written_ip(octets)),
        }
    }
}
