//! Certificates that a token shows only after its PIN: the person gives it once to see them, and once more to sign.

use super::{SignWindow, Stage, messages::Effect};
use tamga_core::{
    failure::{ErrorCode, Failure},
    protocol::{Command, KeyLocation, PinEntry, Prompt, Token, Unlock},
};

/// What is known of private certificates.
#[derive(Debug, Default)]
pub(super) struct Private {
    /// The id of the token whose PIN is asked for.
    pub(super) open: Option<String>,
    /// The ids of the tokens whose private certificates were read.
    read: Vec<String>,
    /// The ids of those of them that have none.
    none: Vec<String>,
}

/// The token as a place of keys.
pub(super) fn location(token: &Token) -> KeyLocation {
    KeyLocation::Token {
        token: token.id.clone(),
        name: token.name.clone(),
    }
}

impl SignWindow {
    /// The token whose PIN is asked for to see its private certificates.
    pub(super) fn private_token(&self) -> Option<&Token> {
        self.inventory.token(self.private.open.as_deref()?)
    }

    /// The tokens whose private certificates can be read yet.
    pub(super) fn tokens_with_private(&self) -> impl Iterator<Item = &Token> {
        let tokens = self.inventory.tokens.iter();
        tokens.filter(|token| {
            token.may_hold_private
                && !self.inventory.reading
                && !self.private.read.contains(&token.id)
        })
    }

    /// The tokens that turned out to have no private certificates.
    pub(super) fn tokens_without_private(&self) -> impl Iterator<Item = &Token> {
        let tokens = self.inventory.tokens.iter();
        tokens.filter(|token| self.private.none.contains(&token.id))
    }

    /// The dialog of the system in which the PIN of this token is typed, if it is.
    pub(super) fn private_dialog(&self, token: &Token) -> Option<&Prompt> {
        let dialog = self.request.as_ref()?.dialog.as_ref();
        dialog.filter(|_| token.pin.entry == PinEntry::Keyboard)
    }

    /// Asks for the PIN; also where the certificate that the site named is not among those that are seen without it.
    pub(super) fn open_private(&mut self, token: String) -> Vec<Effect> {
        let missing = matches!(&self.stage, Stage::Failed(failure)
            if failure.code == ErrorCode::CertificateNotFound);
        if !missing && !matches!(self.stage, Stage::Choosing) {
            return Vec::new();
        }
        self.stage = Stage::Choosing;
        self.private.open = Some(token);
        if let Some(location) = self.private_token().map(location) {
            self.typing.come_to(&location);
        }
        Vec::new()
    }

    pub(super) fn leave_private(&mut self) -> Vec<Effect> {
        self.private.open = None;
        self.typing.stay();
        self.offer(true)
    }

    /// Has the host read them. A PIN session with the token is over: the host logs in and out.
    pub(super) fn read_private(&mut self, token: String, unlock: Unlock) -> Vec<Effect> {
        if !matches!(self.stage, Stage::Choosing) {
            return Vec::new();
        }
        self.stage = Stage::ReadingPrivate;
        let ended = self.pin_sessions.iter().any(|it| it.token == token);
        let ended = ended.then(|| Effect::EndPinSessions {
            token: token.clone(),
        });
        self.forget_pin_sessions(&token);
        let command = Command::ListPrivateCertificates { token, unlock };
        let read = Effect::ListPrivateCertificates { command };
        ended.into_iter().chain([read]).collect()
    }

    /// If it is one, it is chosen: the person went to see it.
    pub(super) fn private_listed(&mut self) -> Vec<Effect> {
        if !matches!(self.stage, Stage::ReadingPrivate) {
            return Vec::new();
        }
        let Some(token) = self.private.open.take() else {
            return self.back_to_choosing(false);
        };
        self.typing.forget_refusal();
        let before = self.offered_on(&token);
        let mut effects = self.back_to_choosing(false);
        let mut new = self.offered_on(&token);
        new.retain(|key| !before.contains(key));
        if new.is_empty() {
            self.private.none.push(token.clone());
        }
        if let Some(choice) = &mut self.choice {
            let mut fitting = new.iter().filter(|key| choice.fits(key));
            if let (Some(key), None) = (fitting.next(), fitting.next()) {
                choice.choose(key);
            }
        }
        self.private.read.push(token);
        self.typing.chosen(self.choice.as_ref(), true);
        self.come_to_list();
        effects.extend(self.go_on());
        effects
    }

    /// A wrong PIN costs a try and nothing else, as when signing.
    pub(super) fn private_list_failed(&mut self, failure: Failure) -> Vec<Effect> {
        let of = self.private_token().map(|it| (location(it), it.id.clone()));
        match (&self.stage, of) {
            (Stage::ReadingPrivate, Some((location, token))) => {
                self.token_failed(location, &token, failure)
            }
            _ => self.fail(failure),
        }
    }

    /// A token that comes back is asked anew.
    pub(super) fn forget_private_of_the_gone(&mut self) {
        let inventory = &self.inventory;
        let there = |token: &String| inventory.token(token).is_some();
        self.private.read.retain(there);
        self.private.none.retain(there);
        self.private.open = self.private.open.take().filter(there);
    }

    /// The keys on a token that are offered.
    fn offered_on(&self, token: &str) -> Vec<String> {
        let offers = self.choice.iter().flat_map(|choice| &choice.offers);
        let there = offers.filter(|offer| offer.key.entry.location.token() == Some(token));
        there.map(|offer| offer.key.entry.key_id()).collect()
    }
}
