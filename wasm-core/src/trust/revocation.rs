//! Whether a certificate was revoked: what lists (RFC 5280 §5, §6.3) and OCSP answers (RFC 6960, RFC 9654) say about a
//! certificate whose path is built. Nothing here fetches: what is asked is what the caller has.

mod answers;
mod crl;
mod crl_entry;
mod crl_head;
mod lists;
mod ocsp;
mod ocsp_request;
mod scope;
mod state;
mod statements;

pub use crl::{Crl, CrlError, MAX_CRL, RevocationList, is_issuer, more_severe};
pub use crl_entry::{Entries, Entry, PlacedEntry, number, same_serial};
pub use crl_head::CrlHead;
pub use lists::ValidatesSigner;
pub use ocsp::{CertStatus, MAX_OCSP, OcspResponse, SingleResponse};
pub use ocsp_request::{CertId, MAX_NONCE, ocsp_request};
pub use scope::Scope;
pub use state::{
    Reasons, Revocation, RevocationReason, RevocationState, RevocationTerm, Unavailable, Untrusted,
};

use crate::certificate::Certificate;
use statements::Statements;
use std::fmt;

/// How far clocks may be apart, in seconds.
const CLOCK_SKEW: i64 = 5 * 60;
/// How long what has no nextUpdate is believed, in seconds.
const LIFE_WITHOUT_NEXT_UPDATE: i64 = 24 * 60 * 60;

/// Whether this certificate was revoked.
#[derive(Clone, Copy, Debug)]
pub struct Question<'a> {
    /// The certificate.
    pub certificate: &'a Certificate,
    /// The one above it on its path, whose own standing is not asked here.
    pub issuer: &'a Certificate,
    /// When.
    pub times: Times,
}

/// When it is asked, and how long what was said is believed.
#[derive(Clone, Copy, Debug)]
pub struct Times {
    /// The moment at which evidence has to be fresh, Unix time.
    pub now: i64,
    /// The moment up to which evidence may have been made, Unix time: later, where the past is asked about.
    pub latest: i64,
    /// How long what has no nextUpdate is believed, in seconds.
    pub life_without_next_update: i64,
}

/// What there is to find it out from.
#[derive(Clone, Copy, Debug, Default)]
pub struct Sources<'a> {
    /// Revocation lists, deltas among them.
    pub lists: &'a [&'a dyn RevocationList],
    /// OCSP answers.
    pub answers: &'a [OcspAnswer<'a>],
    /// Certificates that may have signed lists. They are asked after before they are believed.
    pub signers: &'a [&'a Certificate],
}

/// An OCSP answer.
#[derive(Clone, Copy, Debug)]
pub struct OcspAnswer<'a> {
    /// DER of an OCSPResponse.
    pub der: &'a [u8],
    /// The request about this very certificate that it answers; `None`: somebody gave it, it may be about others.
    pub requested: Option<OcspRequested<'a>>,
}

/// What was asked of a responder.
#[derive(Clone, Copy, Debug)]
pub struct OcspRequested<'a> {
    /// The nonce in the request.
    pub nonce: Option<&'a [u8]>,
}

/// Who knows more about revocation than the evidence that was given, or can find out.
pub trait RevocationSource: fmt::Debug {
    /// What is known about a certificate whose path reaches an anchor, by what the source has and by the evidence that was
    /// `given`; `validates` is that of [`check`].
    fn state(
        &self,
        question: &Question<'_>,
        given: &Sources<'_>,
        validates: &mut ValidatesSigner<'_>,
    ) -> RevocationState;
}

/// Says whether a certificate was revoked. `validates` is asked about certificates other than the issuer's that signed
/// lists: whether their path is good, their own revocation included, and ends at the same anchor (RFC 5280 §6.3.3 (f)). It
/// has to say yes to one whose revocation is being asked already: a list may be about its own signer (PKITS 4.14.30).
pub fn check(
    question: &Question<'_>,
    sources: &Sources<'_>,
    validates: &mut ValidatesSigner<'_>,
) -> RevocationState {
    let mut statements = Statements::default();
    lists::ask(question, sources, validates, &mut statements);
    for answer in sources.answers {
        answers::ask(answer, question, sources, validates, &mut statements);
    }
    statements.state()
}

impl Times {
    /// At `now` (Unix seconds), with the usual terms.
    pub fn at(now: i64) -> Self {
        Self {
            now,
            latest: now,
            life_without_next_update: LIFE_WITHOUT_NEXT_UPDATE,
        }
    }

    /// At a moment in the past (Unix seconds), by evidence that was made then or later, up to `latest`.
    pub fn past(then: i64, latest: i64) -> Self {
        Self {
            latest: latest.max(then),
            ..Self::at(then)
        }
    }

    fn is_in_future(self, time: i64) -> bool {
        time > self.latest.saturating_add(CLOCK_SKEW)
    }

    /// Whether what was made at `time` says nothing about an expired certificate: lists and answers about the past may have
    /// left it out since (RFC 5280 §3.3, §5).
    fn is_after_expiry(self, time: i64, certificate: &Certificate) -> bool {
        let (_, until) = certificate.validity();
        self.latest > self.now && time > until
    }

    /// Until when a list may be believed, and whether that is not over.
    fn lifetime(self, head: &CrlHead) -> (i64, bool) {
        let until = self.until(head.this_update, head.next_update);
        (until, self.now <= until)
    }

    fn until(self, this_update: i64, next_update: Option<i64>) -> i64 {
        let without = this_update.saturating_add(self.life_without_next_update);
        next_update.unwrap_or(without)
    }
}
