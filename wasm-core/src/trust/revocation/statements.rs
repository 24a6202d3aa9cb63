//! What the sources say, and the state that follows from all of it.

use super::state::{
    Reasons, Revocation, RevocationReason, RevocationState, RevocationTerm, Unavailable, Untrusted,
};

/// What a list or an answer says about a certificate, after its signature and its signer were found to be right.
#[derive(Clone, Copy, Debug)]
pub(super) struct Statement {
    /// The revocation; `None`: it is not revoked.
    pub(super) revocation: Option<Revocation>,
    /// For which reasons it would have been said.
    pub(super) reasons: Reasons,
    /// When it was true, Unix time.
    pub(super) this_update: i64,
    /// Until when it may be believed that nothing changed, Unix time.
    pub(super) until: i64,
    /// Whether that is not over.
    pub(super) fresh: bool,
}

/// What all sources say.
#[derive(Debug, Default)]
pub(super) struct Statements {
    said: Vec<Statement>,
    unknown: bool,
    /// What is wrong with an answer to a request.
    untrusted_answer: Option<Untrusted>,
    /// What is wrong with other evidence, which anybody may have added.
    untrusted: Option<Untrusted>,
    unavailable: Option<Unavailable>,
}

impl Statements {
    pub(super) fn say(&mut self, statement: Statement) {
        self.said.push(statement);
    }

    pub(super) fn does_not_know(&mut self) {
        self.unknown = true;
    }

    /// `asked`: in an answer to a request.
    pub(super) fn is_untrusted(&mut self, why: Untrusted, asked: bool) {
        let known = if asked {
            &mut self.untrusted_answer
        } else {
            &mut self.untrusted
        };
        *known = Some(known.map_or(why, |known| known.min(why)));
    }

    pub(super) fn is_unavailable(&mut self, why: Unavailable) {
        self.unavailable = self.unavailable.max(Some(why));
    }

    /// Whether anybody says that the certificate is revoked.
    pub(super) fn revocation(&self) -> Option<Revocation> {
        let revocations = self
            .said
            .iter()
            .filter(|statement| !self.is_lifted(statement));
        let revocations = revocations.filter_map(|statement| statement.revocation);
        revocations.min_by_key(|revocation| (!revocation.matters_at(i64::MIN), revocation.at))
    }

    /// The state, most telling first: a revocation counts from wherever it is known, and a responder that answers with
    /// something else than its answer is not made up for by a list.
    pub(super) fn state(&self) -> RevocationState {
        if let Some(revocation) = self.revocation() {
            return RevocationState::Revoked(revocation);
        }
        if let Some(why) = self.untrusted_answer {
            return RevocationState::Untrusted(why);
        }
        if self.unknown {
            return RevocationState::Unknown;
        }
        if let Some(term) = self.covered(|statement| statement.fresh) {
            return RevocationState::Good(term);
        }
        if let Some(term) = self.covered(|_| true) {
            return RevocationState::Stale { since: term.until };
        }
        match (self.untrusted, self.unavailable, &*self.said) {
            (Some(why), ..) => RevocationState::Untrusted(why),
            (None, Some(why), _) => RevocationState::Unavailable(why),
            (None, None, []) => RevocationState::Unavailable(Unavailable::NoEvidence),
            (None, None, _) => RevocationState::Unavailable(Unavailable::ReasonsMissing),
        }
    }

    /// When these statements together say for every reason that there is no revocation; `None` if they do not.
    fn covered(&self, counts: impl Fn(&Statement) -> bool) -> Option<RevocationTerm> {
        let good = |statement: &&Statement| statement.revocation.is_none() && counts(statement);
        let good = || self.said.iter().filter(good);
        let alone = good().filter(|statement| statement.reasons == Reasons::ALL);
        let together = good().fold(Reasons::NONE, |reasons, statement| {
            reasons.with(statement.reasons)
        });
        let longest = alone.max_by_key(|statement| statement.until);
        match longest {
            Some(longest) => Some(RevocationTerm {
                at: longest.this_update,
                until: longest.until,
            }),
            None if together == Reasons::ALL => Some(RevocationTerm {
                at: good().map(|statement| statement.this_update).min()?,
                until: good().map(|statement| statement.until).min()?,
            }),
            None => None,
        }
    }

    /// Whether a hold was over later.
    fn is_lifted(&self, hold: &Statement) -> bool {
        let on_hold =
            |revocation: Revocation| revocation.reason == RevocationReason::CertificateHold;
        hold.revocation.is_some_and(on_hold)
            && self.said.iter().any(|later| {
                let all = later.reasons == Reasons::ALL;
                later.revocation.is_none() && all && later.this_update > hold.this_update
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn revocation(reason: RevocationReason) -> Option<Revocation> {
        let (at, invalid_since) = (50, None);
        Some(Revocation {
            at,
            reason,
            invalid_since,
        })
    }

    fn statement(revocation: Option<Revocation>, this_update: i64, fresh: bool) -> Statement {
        Statement {
            revocation,
            reasons: Reasons::ALL,
            this_update,
            until: this_update + 10,
            fresh,
        }
    }

    fn good_since(at: i64) -> RevocationState {
        let until = at + 10;
        RevocationState::Good(RevocationTerm { at, until })
    }

    fn state(statements: &[Statement], change: impl Fn(&mut Statements)) -> RevocationState {
        let mut all = Statements::default();
        statements.iter().for_each(|statement| all.say(*statement));
        change(&mut all);
        all.state()
    }

    #[test]
    fn a_revocation_counts_from_wherever_it_is_known() {
        let known = revocation(RevocationReason::KeyCompromise);
        let old = statement(known, 0, false);
        let new = statement(None, 100, true);
        let found = state(&[new, old], |all| {
            all.is_untrusted(Untrusted::Signature, true);
            all.does_not_know();
        });
        assert_eq!(found, RevocationState::Revoked(known.unwrap()));
    }

    #[test]
    fn a_hold_is_over_when_it_is_said_later_not_to_be() {
        let hold = statement(revocation(RevocationReason::CertificateHold), 50, true);
        let before = statement(None, 40, true);
        let after = statement(None, 60, true);
        assert!(matches!(
            state(&[hold, before], |_| {}),
            RevocationState::Revoked(_)
        ));
        assert_eq!(state(&[hold, after], |_| {}), good_since(60));
    }

    #[test]
    fn an_answer_that_is_not_to_be_trusted_is_not_made_up_for() {
        let good = statement(None, 100, true);
        let wrong = |all: &mut Statements| all.is_untrusted(Untrusted::Nonce, true);
        assert_eq!(
            state(&[good], wrong),
            RevocationState::Untrusted(Untrusted::Nonce)
        );
        // Evidence that anybody may have added harms nothing.
        let added = |all: &mut Statements| all.is_untrusted(Untrusted::Signature, false);
        assert_eq!(state(&[good], added), good_since(100));
        let old = statement(None, 100, false);
        assert_eq!(state(&[old], added), RevocationState::Stale { since: 110 });
        assert_eq!(
            state(&[], added),
            RevocationState::Untrusted(Untrusted::Signature)
        );
    }

    #[test]
    fn no_answer_is_made_up_for_and_not_knowing_is_not() {
        let good = statement(None, 100, true);
        let busy = |all: &mut Statements| all.is_unavailable(Unavailable::TryLater);
        assert_eq!(state(&[good], busy), good_since(100));
        assert_eq!(
            state(&[], busy),
            RevocationState::Unavailable(Unavailable::TryLater)
        );
        let nothing = RevocationState::Unavailable(Unavailable::NoEvidence);
        assert_eq!(state(&[], |_| {}), nothing);
        assert_eq!(
            state(&[good], Statements::does_not_know),
            RevocationState::Unknown
        );
    }

    #[test]
    fn reasons_are_covered_together_or_not() {
        let part = |flags, until| Statement {
            reasons: Reasons::from_flags(flags),
            until,
            ..statement(None, 0, true)
        };
        let compromise = part(0b110, 7);
        let others = part(0b1_1111_1000, 5);
        assert_eq!(
            state(&[compromise, others], |_| {}),
            RevocationState::Good(RevocationTerm { at: 0, until: 5 })
        );
        let missing = RevocationState::Unavailable(Unavailable::ReasonsMissing);
        assert_eq!(state(&[compromise], |_| {}), missing);
    }
}
