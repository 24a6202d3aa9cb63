//! What OCSP answers say about a certificate (RFC 6960 §3.2).

use super::{
    OcspAnswer, Question, Sources, lists,
    ocsp::{CertStatus, OcspResponse, SingleResponse},
    state::{Reasons, Unavailable, Untrusted},
    statements::{Statement, Statements},
};
use crate::certificate::Certificate;

/// id-pkix-ocsp-nocheck (RFC 6960 §4.2.2.2.1)
const NO_CHECK: &str = "1.3.6.1.5.5.7.48.1.5";

/// Adds what one answer says.
pub(super) fn ask(
    answer: &OcspAnswer<'_>,
    question: &Question<'_>,
    sources: &Sources<'_>,
    validates: &mut lists::ValidatesSigner<'_>,
    statements: &mut Statements,
) {
    let asked = answer.requested.is_some();
    let response = match OcspResponse::parse(answer.der) {
        Ok(response) => response,
        Err(why) => return statements.is_unavailable(why),
    };
    let about = |single: &&SingleResponse<'_>| single.id.is(question.certificate, question.issuer);
    let about: Vec<_> = response.responses.iter().filter(about).collect();
    if about.is_empty() {
        // Evidence that somebody gave may be about other certificates; an answer to a request may not.
        if asked {
            statements.is_untrusted(Untrusted::OtherCertificate, true);
        }
        return;
    }
    let trusted = is_trusted(&response, answer, question, sources, validates);
    if let Err(why) = trusted {
        return statements.is_untrusted(why, asked);
    }
    if response.unknown_critical {
        return statements.is_unavailable(Unavailable::CriticalExtension);
    }
    for single in about {
        say(single, question, asked, statements);
    }
}

fn say(
    single: &SingleResponse<'_>,
    question: &Question<'_>,
    asked: bool,
    statements: &mut Statements,
) {
    if question.times.is_in_future(single.this_update) {
        return statements.is_untrusted(Untrusted::FromTheFuture, asked);
    }
    let until = question.times.until(single.this_update, single.next_update);
    let fresh = question.times.now <= until;
    let after_expiry = question
        .times
        .is_after_expiry(single.this_update, question.certificate);
    let revocation = match single.status {
        CertStatus::Good | CertStatus::Unknown if after_expiry => {
            return statements.is_unavailable(Unavailable::AfterExpiry);
        }
        CertStatus::Good => None,
        CertStatus::Revoked(revocation) => Some(revocation),
        CertStatus::Unknown if fresh => return statements.does_not_know(),
        // What it did not know then it may know now.
        CertStatus::Unknown => return,
    };
    statements.say(Statement {
        revocation,
        reasons: Reasons::ALL,
        this_update: single.this_update,
        until,
        fresh,
    });
}

fn is_trusted(
    response: &OcspResponse<'_>,
    answer: &OcspAnswer<'_>,
    question: &Question<'_>,
    sources: &Sources<'_>,
    validates: &mut lists::ValidatesSigner<'_>,
) -> Result<(), Untrusted> {
    // What was answered about the past was signed later: the delegate has to be one then.
    let signed_at = response.produced_at.max(question.times.now);
    let delegate = response.verify(question.issuer, signed_at)?;
    if let Some(delegate) = delegate
        && is_revoked(delegate, question, sources, validates)
    {
        return Err(Untrusted::ResponderRevoked);
    }
    // Responders that answer from a store leave the nonce out: then the answer has to be fresh, like every other.
    let expected = answer.requested.and_then(|requested| requested.nonce);
    match (expected, &response.nonce) {
        (Some(sent), Some(returned)) if sent != returned => return Err(Untrusted::Nonce),
        _ => {}
    }
    match question.times.is_in_future(response.produced_at) {
        true => Err(Untrusted::FromTheFuture),
        false => Ok(()),
    }
}

/// Whether a list says that the delegate's own certificate is revoked. An authority may say that nobody need ask; where
/// nothing is known, its short life has to do (RFC 6960 §4.2.2.2.1).
fn is_revoked(
    delegate: &Certificate,
    question: &Question<'_>,
    sources: &Sources<'_>,
    validates: &mut lists::ValidatesSigner<'_>,
) -> bool {
    if delegate.extensions().iter().any(|it| it.oid == NO_CHECK) {
        return false;
    }
    let question = Question {
        certificate: delegate,
        ..*question
    };
    let mut statements = Statements::default();
    lists::ask(&question, sources, validates, &mut statements);
    statements.revocation().is_some()
}
