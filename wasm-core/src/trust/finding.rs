//! Why a certificate is not good: values with facts, ranked.

use super::{
    Deviation, Purpose,
    revocation::{Revocation, RevocationState},
};
use crate::{certificate::Certificate, reason::Reason as Ranked};

/// A reason, and the certificate that it is about.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Finding<'a> {
    /// The certificate, which need not be the one that was asked about.
    pub certificate: &'a Certificate,
    /// What is wrong with it.
    pub reason: Reason,
}

/// Something that is wrong with a certificate without making it bad.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Warning<'a> {
    /// The certificate.
    pub certificate: &'a Certificate,
    /// What is wrong with it.
    pub note: Note,
}

/// What is wrong with a certificate without making it bad.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Note {
    /// It breaks a rule that is laid on authorities.
    Deviation(Deviation),
    /// Its issuer signed with GOST R 34.10-2001 or GOST 34.310-2004 and a hash of 1994: withdrawn standards.
    GostWithdrawn,
    /// Its issuer signed an MD5 digest, for which collisions are made in seconds.
    Md5,
    /// It has an RSA key of less than 2048 bits.
    RsaShort,
    /// Its issuer signed a SHA-1 digest, for which collisions can be made.
    Sha1,
}

/// What is wrong with a certificate or its path.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Reason {
    /// Another algorithm stands beside the signature than was signed (RFC 5280 §4.1.1.2).
    AlgorithmMismatch,
    /// A signature algorithm, or parameters of it, that Tamga does not know.
    AlgorithmUnsupported,
    /// An algorithm so broken that its signatures prove nothing, such as MD4.
    AlgorithmWeak,
    /// It issued a certificate, and its basic constraints do not say that it may (RFC 5280 §6.1.4 (k)).
    AuthorityMissing,
    /// An extension is critical, and Tamga does not know it (RFC 5280 §4.2).
    CriticalExtension {
        /// Its OID.
        oid: String,
    },
    /// It breaks a rule that is laid on authorities, and such rules were to be enforced.
    Deviation {
        /// The rule.
        rule: Deviation,
    },
    /// Its validity had ended.
    Expired {
        /// Its last second, Unix time.
        until: i64,
    },
    /// Its extended key usages do not have the purpose.
    ExtendedUsage {
        /// What was asked.
        purpose: Purpose,
    },
    /// An extension cannot be read, stands twice, or contradicts itself.
    ExtensionMalformed {
        /// Its OID.
        oid: String,
    },
    /// Nobody here knows its issuer.
    IssuerMissing,
    /// Its key is of a kind or size that Tamga does not know, so that nothing that it signed can be verified.
    KeyUnsupported {
        /// What the key is called.
        key: String,
    },
    /// Its key usages do not allow what it was used for.
    KeyUsage {
        /// What was asked; `None` for signing certificates.
        purpose: Option<Purpose>,
    },
    /// It is somebody else's.
    NameMismatch,
    /// It has a name that an authority above must not issue for, or that cannot be told (RFC 5280 §6.1.3 (b), (c)).
    NameNotPermitted {
        /// The name, for people.
        name: String,
    },
    /// Its validity had not begun.
    NotYetValid {
        /// Its first second, Unix time.
        from: i64,
    },
    /// More authorities stand below it than it allows (RFC 5280 §6.1.4 (l)).
    PathTooLong {
        /// How many it allows.
        allowed: u32,
    },
    /// The authority that issued it was not accredited by its state then, by the state's list.
    NotAccredited {
        /// Who, as the list has it.
        authority: String,
    },
    /// The path is not valid for any policy that is required (RFC 5280 §6.1.5 (g)).
    PolicyMissing,
    /// Whether it was revoked is not known.
    RevocationUnknown {
        /// What is known.
        state: RevocationState,
    },
    /// It was revoked.
    Revoked(Revocation),
    /// Its issuer's key did not make its signature.
    SignatureInvalid,
    /// More work than is spent on one certificate: not all of it was done.
    LimitReached,
    /// It vouches for itself, and nobody whom the evidence names vouches for it.
    Untrusted,
}

/// Whether a reason against a certificate is known to hold.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Standing {
    /// The certificate is not good.
    Known,
    /// Whether it is good could not be checked, or would be another matter with more evidence.
    Unchecked,
}

impl Reason {
    /// Whether it is known to hold.
    pub fn standing(&self) -> Standing {
        self.weight().0
    }

    /// Whether it is known to hold, and how much it says.
    fn weight(&self) -> (Standing, usize) {
        use Standing::{Known, Unchecked};
        match self {
            // One thing is wrong with a path that is otherwise known.
            Self::Revoked(_) => (Known, 22),
            Self::SignatureInvalid => (Known, 21),
            Self::AlgorithmMismatch => (Known, 20),
            Self::Expired { .. } => (Known, 19),
            Self::NotYetValid { .. } => (Known, 18),
            Self::NameMismatch => (Known, 17),
            Self::KeyUsage { .. } => (Known, 16),
            Self::ExtendedUsage { .. } => (Known, 15),
            Self::NameNotPermitted { .. } => (Known, 14),
            Self::PolicyMissing => (Known, 13),
            Self::PathTooLong { .. } => (Known, 12),
            Self::AuthorityMissing => (Known, 11),
            Self::CriticalExtension { .. } => (Known, 10),
            Self::ExtensionMalformed { .. } => (Known, 9),
            Self::Deviation { .. } => (Known, 8),
            // It holds, but of what the certificate is worth, not of the certificate.
            Self::NotAccredited { .. } => (Unchecked, 7),
            // Another verifier, or more evidence, may know better.
            Self::RevocationUnknown { .. } => (Unchecked, 6),
            Self::AlgorithmWeak => (Unchecked, 5),
            Self::AlgorithmUnsupported => (Unchecked, 4),
            Self::KeyUnsupported { .. } => (Unchecked, 3),
            Self::LimitReached => (Unchecked, 2),
            Self::Untrusted => (Unchecked, 1),
            Self::IssuerMissing => (Unchecked, 0),
        }
    }
}

impl Ranked for Reason {
    fn rank(&self) -> usize {
        self.weight().1
    }
}

impl Ranked for Finding<'_> {
    fn rank(&self) -> usize {
        self.reason.rank()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reason::most_telling;

    #[test]
    fn the_reason_that_got_furthest_is_told() {
        let expired = Reason::Expired { until: 0 };
        let reasons = [Reason::IssuerMissing, expired.clone(), Reason::Untrusted];
        assert_eq!(most_telling(&reasons), Some(&expired));
        let reasons = [Reason::IssuerMissing, Reason::Untrusted];
        assert_eq!(most_telling(&reasons), Some(&Reason::Untrusted));
    }

    #[test]
    fn what_more_evidence_may_change_is_not_known() {
        assert_eq!(Reason::IssuerMissing.standing(), Standing::Unchecked);
        assert_eq!(Reason::Untrusted.standing(), Standing::Unchecked);
        assert_eq!(Reason::SignatureInvalid.standing(), Standing::Known);
    }
}
