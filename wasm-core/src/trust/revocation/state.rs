//! What is known about whether a certificate was revoked: states that are kept apart, and the facts in them.

use serde::{Deserialize, Serialize};

/// Whether a certificate was revoked, as far as it is known.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum RevocationState {
    /// Its issuer says that it is not.
    Good(RevocationTerm),
    /// Its issuer says that it is, perhaps in an answer that is out of date: that still counts.
    Revoked(Revocation),
    /// Its issuer said that it is not, too long ago.
    Stale {
        /// Until when that could be believed, Unix time.
        since: i64,
    },
    /// Nobody said anything that can be used.
    Unavailable(Unavailable),
    /// Somebody answered who may not, or not what was asked. No other source makes up for it.
    Untrusted(Untrusted),
    /// The responder does not know the certificate.
    Unknown,
}

/// When it was true that a certificate is not revoked.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct RevocationTerm {
    /// When its issuer found so, Unix time.
    pub at: i64,
    /// Until when that may be believed, Unix time.
    pub until: i64,
}

/// When and why a certificate was revoked.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Revocation {
    /// When, Unix time.
    pub at: i64,
    /// Why.
    pub reason: RevocationReason,
    /// Since when it may have been abused, Unix time.
    pub invalid_since: Option<i64>,
}

/// Why a certificate was revoked (RFC 5280 §5.3.1).
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(any(test, feature = "typescript"), derive(ts_rs::TS), ts(export))]
#[serde(rename_all = "kebab-case")]
pub enum RevocationReason {
    /// Not said.
    Unspecified,
    /// Its key is, or may be, in other hands.
    KeyCompromise,
    /// Its issuer's key is.
    CaCompromise,
    /// Its holder's name or other facts changed.
    AffiliationChanged,
    /// Another replaces it.
    Superseded,
    /// It is not needed any more.
    CessationOfOperation,
    /// For a time.
    CertificateHold,
    /// The hold is over; in deltas only.
    RemoveFromCrl,
    /// A right that it states was withdrawn.
    PrivilegeWithdrawn,
    /// The key of its attribute authority is in other hands.
    AaCompromise,
}

/// Code of CRLReason, bit in ReasonFlags (RFC 5280 §4.2.1.13; unspecified and the end of a hold have none), reason, and
/// whether what was signed before is as good as ever.
const REASONS: [(u8, u16, RevocationReason, bool); 10] = [
    (0, 0, RevocationReason::Unspecified, false),
    (1, 1 << 1, RevocationReason::KeyCompromise, false),
    (2, 1 << 2, RevocationReason::CaCompromise, false),
    (3, 1 << 3, RevocationReason::AffiliationChanged, true),
    (4, 1 << 4, RevocationReason::Superseded, true),
    (5, 1 << 5, RevocationReason::CessationOfOperation, true),
    (6, 1 << 6, RevocationReason::CertificateHold, false),
    (8, 0, RevocationReason::RemoveFromCrl, false),
    (9, 1 << 7, RevocationReason::PrivilegeWithdrawn, true),
    (10, 1 << 8, RevocationReason::AaCompromise, false),
];

/// Why there is nothing that can be used.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[cfg_attr(any(test, feature = "typescript"), derive(ts_rs::TS), ts(export))]
#[serde(rename_all = "kebab-case")]
pub enum Unavailable {
    /// No list and no answer about the certificate.
    NoEvidence,
    /// What is there is no list and no answer.
    Malformed,
    /// The lists that are there do not cover every reason for a revocation.
    ReasonsMissing,
    /// What is there was made after the certificate had expired: it may have been left out since.
    AfterExpiry,
    /// A critical extension of what is there is not known.
    CriticalExtension,
    /// What is there could not be read.
    Unreadable,
    /// The responder could not read the request (malformedRequest).
    RequestRefused,
    /// The responder's own fault (internalError).
    ResponderFailed,
    /// The responder is busy (tryLater).
    TryLater,
    /// The responder wants signed requests (sigRequired).
    SignatureRequired,
    /// The responder does not answer this client, or not about this certificate (unauthorized).
    Unauthorized,
}

/// Why an answer is not to be trusted.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[cfg_attr(any(test, feature = "typescript"), derive(ts_rs::TS), ts(export))]
#[serde(rename_all = "kebab-case")]
pub enum Untrusted {
    /// Its signature is not one of its issuer's key, or cannot be verified.
    Signature,
    /// Who signed it may not sign such answers.
    Responder,
    /// The responder's own certificate was revoked.
    ResponderRevoked,
    /// It is said to be made in the future: a clock is wrong.
    FromTheFuture,
    /// It does not answer this request.
    Nonce,
    /// It is about other certificates.
    OtherCertificate,
}

impl Revocation {
    /// Whether it matters to what was provably signed at `time` (Unix seconds): a later revocation for a reason that has
    /// nothing to do with the key does not.
    pub fn matters_at(&self, time: i64) -> bool {
        let row = REASONS.iter().find(|row| row.2 == self.reason);
        let harmless = row.is_some_and(|row| row.3);
        !harmless || self.at <= time
    }

    /// Whether it ends a revocation.
    pub(super) fn is_removal(&self) -> bool {
        self.reason == RevocationReason::RemoveFromCrl
    }
}

impl RevocationReason {
    /// The reason of this CRLReason; `None` where there is none.
    pub fn from_code(code: u8) -> Option<Self> {
        let row = REASONS.iter().find(|row| row.0 == code)?;
        Some(row.2)
    }
}

/// A set of reasons.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Reasons(u16);

impl Reasons {
    /// No reason.
    pub const NONE: Self = Self(0);
    /// Every reason.
    pub const ALL: Self = Self(0b1_1111_1110);

    /// Those of ReasonFlags; bit 0 is unused.
    pub fn from_flags(flags: u16) -> Self {
        Self(flags & Self::ALL.0)
    }

    /// Those that are in both.
    pub fn common(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// Those that are in either.
    pub fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}
