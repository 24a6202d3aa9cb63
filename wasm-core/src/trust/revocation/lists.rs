//! What revocation lists say about a certificate (RFC 5280 §6.3.3).

use super::{
    Question, Sources,
    crl::RevocationList,
    crl_head::CrlHead,
    scope::points_of,
    state::{Reasons, Unavailable, Untrusted},
    statements::{Statement, Statements},
};
use crate::certificate::{Certificate, DistributionPoint, Usage};

/// The most certificates that may have signed a list and are tried.
const MAX_SIGNERS: usize = 16;

/// Says whether the path of a certificate that signed a list is good.
pub type ValidatesSigner<'a> = dyn FnMut(&Certificate) -> bool + 'a;

/// Adds what the lists say.
pub(super) fn ask(
    question: &Question<'_>,
    sources: &Sources<'_>,
    validates: &mut ValidatesSigner<'_>,
    statements: &mut Statements,
) {
    let points = points_of(question.certificate);
    let complete = sources.lists.iter().filter(|list| !list.head().is_delta());
    for list in complete {
        ask_list(*list, &points, question, sources, validates, statements);
    }
}

/// Steps of RFC 5280 §6.3.3 for one complete list.
fn ask_list(
    list: &dyn RevocationList,
    points: &[DistributionPoint],
    question: &Question<'_>,
    sources: &Sources<'_>,
    validates: &mut ValidatesSigner<'_>,
    statements: &mut Statements,
) {
    // (b), (d)
    let head = list.head();
    let reasons = head
        .scope
        .covers(&head.issuer, question.certificate, points);
    if reasons == Reasons::NONE {
        return;
    }
    if head.unknown_critical {
        return statements.is_unavailable(Unavailable::CriticalExtension);
    }
    // (f), (g)
    let signer = match signer(list, question, sources, validates) {
        Ok(signer) => signer,
        Err(why) => return statements.is_untrusted(why, false),
    };
    if question.times.is_in_future(head.this_update) {
        return statements.is_untrusted(Untrusted::FromTheFuture, false);
    }
    // (c), (h)
    let delta = delta(head, signer, question, sources);
    let serial = question.certificate.raw_serial();
    let issuer = question.certificate.issuer();
    // (i), (j), (k)
    let found = match delta.map(|delta| delta.find(serial, issuer)).transpose() {
        Ok(Some(Some(changed))) => Ok(Some(changed).filter(|changed| !changed.is_removal())),
        Ok(_) => list.find(serial, issuer),
        Err(error) => Err(error),
    };
    let Ok(revocation) = found else {
        return statements.is_unavailable(Unavailable::Unreadable);
    };
    if revocation.is_none()
        && question
            .times
            .is_after_expiry(head.this_update, question.certificate)
    {
        return statements.is_unavailable(Unavailable::AfterExpiry);
    }
    // Both together are as new as the delta (RFC 5280 §5.2.4).
    let of_delta = delta.map(|delta| question.times.lifetime(delta.head()));
    let lifetime = of_delta.filter(|(_, fresh)| *fresh);
    let (until, fresh) = lifetime.unwrap_or_else(|| question.times.lifetime(head));
    statements.say(Statement {
        revocation,
        reasons,
        this_update: delta.map_or(head.this_update, |delta| delta.head().this_update),
        until,
        fresh,
    });
}

/// Who signed a list: the certificate's issuer, or another authority of the list issuer's name whose path is good.
fn signer<'a>(
    list: &dyn RevocationList,
    question: &Question<'a>,
    sources: &Sources<'a>,
    validates: &mut ValidatesSigner<'_>,
) -> Result<&'a Certificate, Untrusted> {
    let mut why = Untrusted::Responder;
    let candidates = [question.issuer]
        .into_iter()
        .chain(sources.signers.iter().copied());
    let named = candidates.filter(|it| list.head().issuer.is(it.subject().der()));
    for candidate in named.take(MAX_SIGNERS) {
        if list.verify(candidate.key()).is_err() {
            why = why.min(Untrusted::Signature);
            continue;
        }
        let usages = candidate.key_usages();
        let may_sign = usages.is_none_or(|usages| usages.contains(&Usage::CrlSign));
        let is_issuer = candidate.der() == question.issuer.der();
        if may_sign && (is_issuer || validates(candidate)) {
            return Ok(candidate);
        }
    }
    Err(why)
}

/// The newest delta that goes with a complete list (RFC 5280 §5.2.4, §6.3.3 (c)). One that does not is no error.
fn delta<'a>(
    complete: &CrlHead,
    signer: &Certificate,
    question: &Question<'_>,
    sources: &Sources<'a>,
) -> Option<&'a dyn RevocationList> {
    let fits = |delta: &&&dyn RevocationList| {
        let head = delta.head();
        goes_with(head, complete)
            && !head.unknown_critical
            && !question.times.is_in_future(head.this_update)
    };
    let mut deltas: Vec<_> = sources.lists.iter().filter(fits).copied().collect();
    deltas.sort_by_key(|delta| magnitude(delta.head().number.as_deref()));
    let mut newest_first = deltas.into_iter().rev().take(MAX_SIGNERS);
    newest_first.find(|delta| delta.verify(signer.key()).is_ok())
}

fn goes_with(delta: &CrlHead, complete: &CrlHead) -> bool {
    let key = |head: &CrlHead| {
        head.authority_key
            .as_ref()
            .and_then(|key| key.identifier.clone())
    };
    let number = magnitude(complete.number.as_deref());
    delta.is_delta()
        && delta.issuer.is(complete.issuer.der())
        && delta.scope == complete.scope
        && key(delta) == key(complete)
        && complete.number.is_some()
        && number >= magnitude(delta.base.as_deref())
        && number < magnitude(delta.number.as_deref())
}

/// A number that is not negative, in a form whose order is the numbers'.
fn magnitude(number: Option<&[u8]>) -> (usize, &[u8]) {
    let number = number.unwrap_or_default();
    let number = number.strip_prefix(&[0]).unwrap_or(number);
    (number.len(), number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_ordered_by_value() {
        let order = [&[][..], &[1], &[0x7f], &[0, 0x80], &[1, 0], &[0, 0xff, 0]];
        assert!(order.is_sorted_by_key(|number| magnitude(Some(number))));
        assert_eq!(magnitude(Some(&[0])), magnitude(None));
    }
}
