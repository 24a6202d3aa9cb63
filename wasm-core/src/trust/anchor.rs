//! Trust anchors: the certificates that paths may end at.

use crate::certificate::Certificate;
use serde::{Deserialize, Serialize};

/// A certificate that paths may end at, and who vouches for it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Anchor {
    /// The certificate. Its validity and its extensions bind the paths below it (RFC 5937).
    pub certificate: Certificate,
    /// Who vouches for it.
    pub class: AnchorClass,
}

/// Who vouches for an anchor. Classes are never mixed up: what this computer trusts is not thereby accredited.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
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
