//! What validating came to.

use super::{Anchor, Finding, Reason, Warning, revocation::RevocationTerm};
use crate::certificate::Certificate;

/// What validating a certificate came to.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Verdict<'a> {
    /// It is good for what was asked.
    Good(Path<'a>),
    /// It is not.
    Refused(Refusal<'a>),
    /// That could not be found out.
    Unchecked(Refusal<'a>),
}

/// The path from a certificate to an anchor.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Path<'a> {
    /// The certificate first, then its issuer, and so on; the anchor's certificate is the last.
    pub certificates: Vec<&'a Certificate>,
    /// What it ends at.
    pub anchor: &'a Anchor,
    /// When the certificate's issuer found that it is not revoked, and until when that may be believed of all of them;
    /// `None` where nothing was asked.
    pub revocation: Option<RevocationTerm>,
    /// What is wrong without making it bad.
    pub warnings: Vec<Warning<'a>>,
}

/// Why no path is good.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Refusal<'a> {
    /// The most telling reason of all paths that were tried, and the certificate that it is about.
    pub finding: Finding<'a>,
    /// The path that the reason is about, as far as it was built, the certificate first.
    pub path: Vec<&'a Certificate>,
    /// What would have helped.
    pub needs: Vec<Need<'a>>,
}

/// What was missing.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Need<'a> {
    /// The certificate of whoever issued this one.
    Issuer {
        /// Whose issuer is not there.
        of: &'a Certificate,
        /// Where the certificate says that its issuer's is (id-ad-caIssuers, RFC 5280 §4.2.2.1), as it says so.
        addresses: Vec<String>,
    },
}

impl<'a> Verdict<'a> {
    /// The path, if it is good.
    pub fn path(&self) -> Option<&Path<'a>> {
        match self {
            Self::Good(path) => Some(path),
            Self::Refused(_) | Self::Unchecked(_) => None,
        }
    }

    /// The most telling reason, unless it is good.
    pub fn reason(&self) -> Option<&Reason> {
        match self {
            Self::Good(_) => None,
            Self::Refused(refusal) | Self::Unchecked(refusal) => Some(&refusal.finding.reason),
        }
    }
}
