//! Trust anchors: the certificates that paths may end at.

use crate::certificate::Certificate;
use serde::{Deserialize, Serialize};

/// A certificate that paths may end at, and who vouches for it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Anchor {
    /// The certificate.
    pub certificate: Certificate,
    /// Who vouches for it.
    pub class: AnchorClass,
    /// What its certificate says that binds the paths below it.
    pub checks: AnchorChecks,
    /// The list that names it, if one does.
    pub list: Option<AnchorList>,
}

/// A list that anchors are taken from.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct AnchorList {
    /// Its name, for people.
    pub name: String,
    /// Whose list it is: an ISO 3166 code such as `RU`; `None` where no state stands behind it.
    pub country: Option<String>,
}

/// Which fields of an anchor's certificate count beyond name and key. RFC 5280 §6.1.1 (d) has none of them count, where
/// a list that names the anchor says when and for what it is one; without such a list the certificate has to (RFC 5937).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct AnchorChecks {
    /// Its validity.
    pub validity: bool,
    /// Its extensions.
    pub extensions: bool,
}

impl Default for AnchorChecks {
    fn default() -> Self {
        Self {
            validity: true,
            extensions: true,
        }
    }
}

impl Anchor {
    /// An anchor whose whole certificate counts.
    pub fn new(certificate: Certificate, class: AnchorClass) -> Self {
        Self {
            certificate,
            class,
            checks: AnchorChecks::default(),
            list: None,
        }
    }

    /// Whether a certificate says that it issues others. Those of version 1 cannot: then its owner issued it.
    pub fn may_be(certificate: &Certificate) -> bool {
        let is_own = certificate.subject().is(certificate.issuer().der());
        certificate.is_authority() || certificate.version() < 3 && is_own
    }

    /// The same, named by a list.
    pub fn of_list(self, list: AnchorList) -> Self {
        Self {
            list: Some(list),
            ..self
        }
    }
}

/// Who vouches for an anchor. Classes are never mixed up: what this computer trusts is not thereby accredited.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[cfg_attr(any(test, feature = "typescript"), derive(ts_rs::TS), ts(export))]
#[serde(rename_all = "kebab-case")]
pub enum AnchorClass {
    /// A state's list: accredited or national authorities.
    National,
    /// The person or an administrator, for Tamga alone.
    User,
    /// The operating system: "trusted by this computer".
    System,
    /// Named for this one check.
    Given,
}
