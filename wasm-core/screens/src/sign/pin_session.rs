//! PIN sessions: keys on tokens that stay unlocked for a site, where the person has allowed that for it.

use super::{
    SignWindow,
    messages::{Effect, OpenPinSession},
};
use tamga_core::protocol::{KeyLocation, PinTerm, TermLeft};

/// In milliseconds.
const SECOND: u64 = 1_000;
const MINUTE: u64 = 60 * SECOND;

/// What is left of a PIN session.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Left {
    Minutes(u64),
    Signatures(u32),
}

impl SignWindow {
    /// What is left of the PIN session in which the chosen key signs this request without a PIN.
    pub(super) fn pin_session(&self) -> Option<Left> {
        let (request, key) = (self.request.as_ref()?, self.chosen()?);
        // What the site was allowed may have run out meanwhile.
        request.pin_term?;
        let of_key = |session: &&OpenPinSession| {
            session.certificate == key.entry.id
                && Some(&*session.token) == key.entry.location.token()
        };
        let session = self.pin_sessions.iter().find(of_key)?;
        match session.left {
            TermLeft::Signatures(left) => {
                let enough = usize::try_from(left).is_ok_and(|left| self.items.all.len() <= left);
                enough.then_some(Left::Signatures(left))
            }
            TermLeft::Until(end) => {
                let left = end.saturating_mul(SECOND).checked_sub(request.now);
                let milliseconds = left.filter(|left| *left > 0)?;
                Some(Left::Minutes(milliseconds.div_ceil(MINUTE)))
            }
        }
    }

    /// For how long the PIN is good that is given now, where the person allowed the site more than one request.
    pub(super) fn pin_term(&self) -> Option<PinTerm> {
        let term = self.request.as_ref().and_then(|request| request.pin_term);
        term.filter(|_| self.private.open.is_none())
    }

    /// The person would rather give the PIN.
    pub(super) fn end_pin_session(&mut self) -> Vec<Effect> {
        let location = self.chosen().map(|key| key.entry.location.clone());
        let Some(token) = location.as_ref().and_then(KeyLocation::token) else {
            return Vec::new();
        };
        self.forget_pin_sessions(token);
        self.typing.chosen(self.choice.as_ref(), true);
        let token = token.to_owned();
        vec![Effect::EndPinSessions { token }]
    }

    /// They are over, as far as this token is concerned.
    pub(super) fn forget_pin_sessions(&mut self, token: &str) {
        self.pin_sessions.retain(|session| session.token != token);
    }

    /// A token that is gone is locked when it comes back.
    pub(super) fn forget_pin_sessions_of_the_gone(&mut self) {
        let inventory = &self.inventory;
        let there = |session: &OpenPinSession| inventory.token(&session.token).is_some();
        self.pin_sessions.retain(there);
    }
}
