//! Passwords and PINs: what is typed, what the token makes of it, and the last try, which is asked about.

use super::{SignWindow, Stage, choice::Choice, messages::Effect, private};
use crate::{certificate_card::HeldKey, token_card};
use tamga_core::{
    failure::{ErrorCode, Failure, TriesLeft},
    protocol::{KeyLocation, LastTry, PinEntry, PinState, Prompt, Token, Unlock},
    secret::Secret,
};

/// What became of what was typed.
#[derive(Debug, Default)]
pub(super) struct Typing {
    /// How often it was wrong, of whatever.
    wrong: u32,
    /// Where the key lives that it was wrong for, and what was wrong.
    refused: Option<(KeyLocation, Refusal)>,
    /// The field that the keyboard comes to.
    focus: Option<String>,
    /// What waits until the person says that the last try is to be used, and for which token it is.
    last_try: Option<(KeyLocation, Unlock)>,
}

/// What was wrong.
#[derive(Debug)]
pub(super) enum Refusal {
    /// Nothing was typed: that would be a try lost.
    Empty,
    /// The token, file or container refused it.
    Failed(Failure),
}

impl Typing {
    /// This is chosen now; `begins`: from the beginning, so that the keyboard comes to its field.
    pub(super) fn chosen(&mut self, choice: Option<&Choice>, begins: bool) {
        let location = choice
            .and_then(Choice::chosen)
            .map(|key| &key.entry.location);
        if begins {
            self.focus = location.map(field_key);
        }
        if self.last_try.as_ref().map(|(of, _)| of) != location {
            self.last_try = None;
        }
        if location.is_none() {
            self.focus = None;
        }
    }

    /// The keyboard comes to the field for this.
    pub(super) fn come_to(&mut self, location: &KeyLocation) {
        self.last_try = None;
        self.focus = Some(field_key(location));
    }

    /// The keyboard stays where it is, whatever field appears.
    pub(super) fn stay(&mut self) {
        self.focus = None;
    }

    fn refuse(&mut self, location: KeyLocation, refusal: Refusal) {
        self.wrong += 1;
        self.focus = Some(field_key(&location));
        self.refused = Some((location, refusal));
    }

    /// What was wrong with what was typed for the key that lives there.
    pub(super) fn refusal(&self, location: &KeyLocation) -> Option<&Refusal> {
        let refused = self.refused.as_ref().filter(|(of, _)| of == location);
        refused.map(|(_, refusal)| refusal)
    }

    pub(super) fn forget_refusal(&mut self) {
        self.refused = None;
    }

    /// The number for the focus of the field of the key that lives there.
    pub(super) fn focus(&self, location: &KeyLocation) -> Option<u32> {
        let wanted = self
            .focus
            .as_ref()
            .is_some_and(|it| *it == field_key(location));
        wanted.then_some(self.wrong)
    }

    /// Whether the person is being asked about the last try.
    pub(super) fn asks(&self) -> bool {
        self.last_try.is_some()
    }
}

/// What the field stands for: what was typed for one token must not go to another. Files have nothing to lose.
pub(super) fn field_key(location: &KeyLocation) -> String {
    match location {
        KeyLocation::Token { token, .. } => token.clone(),
        KeyLocation::Pkcs12 { .. } | KeyLocation::Cryptopro { .. } => "password".to_owned(),
    }
}

impl SignWindow {
    /// Where the PIN or password that is typed now goes: to the token whose private certificates are to be read, or else
    /// to where the chosen key lives.
    pub(super) fn location(&self) -> Option<KeyLocation> {
        if let Some(token) = self.private_token() {
            return Some(private::location(token));
        }
        Some(self.chosen()?.entry.location.clone())
    }

    /// The dialog of the system in which the password or PIN of this key is typed, if it is.
    pub(super) fn dialog(&self, key: &HeldKey) -> Option<&Prompt> {
        let dialog = self.request.as_ref()?.dialog.as_ref();
        dialog.filter(|_| !key.entry.passwordless)
    }

    /// Whether a dialog of the system asks for what unlocks the chosen key.
    pub(super) fn asks_in_dialog(&self) -> bool {
        self.chosen().is_some_and(|key| self.dialog(key).is_some())
    }

    /// Whether what is asked for is typed in this window.
    fn is_typed_here(&self) -> bool {
        if let Some(token) = self.private_token() {
            return token.pin.entry == PinEntry::Keyboard && self.private_dialog(token).is_none();
        }
        let here = |key: &HeldKey| !key.entry.passwordless && self.dialog(key).is_none();
        self.chosen().is_some_and(here)
    }

    /// The token whose private certificates are to be read, or else the one that holds the chosen key.
    pub(super) fn token(&self) -> Option<&Token> {
        if let Some(token) = self.private_token() {
            return Some(token);
        }
        match &self.chosen()?.entry.location {
            KeyLocation::Token { token, .. } => self.inventory.token(token),
            _ => None,
        }
    }

    /// Why the chosen key's PIN has to be seen to first, in the options.
    pub(super) fn pin_obstacle(&self) -> Option<ErrorCode> {
        let obstacle = self.token().and_then(token_card::obstacle);
        let refused = || match self.typing.refusal(&self.location()?)? {
            Refusal::Failed(failure) if failure.code == ErrorCode::PinExpired => Some(failure.code),
            _ => None,
        };
        obstacle.or_else(refused)
    }

    /// `typed`: what was typed in this window, unless that is done elsewhere, or not at all. Not an empty PIN, which would
    /// be wrong; and not the last try without asking again.
    pub(super) fn take_password(&mut self, typed: Option<Secret>) -> Vec<Effect> {
        let Some(location) = self.location() else {
            return Vec::new();
        };
        if self.private.open.is_none() && self.pin_session().is_some() {
            return self.start_signing(Unlock::OpenSession {});
        }
        let of_token = matches!(location, KeyLocation::Token { .. });
        let empty = typed.as_ref().is_none_or(|pin| pin.expose().is_empty());
        if of_token && self.is_typed_here() && empty {
            self.typing.refuse(location, Refusal::Empty);
            return Vec::new();
        }
        let unlock = self.unlock(typed);
        let pin = self.token().map(|token| &token.pin);
        let asks = pin.is_some_and(|pin| {
            pin.entry != PinEntry::None && pin.tries.is_some_and(TriesLeft::is_last)
        });
        if asks {
            self.typing.last_try = Some((location, unlock));
            return Vec::new();
        }
        self.use_unlock(unlock)
    }

    /// How the chosen key is unlocked, or the token whose private certificates are to be read.
    fn unlock(&self, typed: Option<Secret>) -> Unlock {
        let (last_try, term) = (LastTry::default(), self.pin_term());
        let entry = self.token().map(|token| token.pin.entry);
        let dialog = match self.private_token() {
            Some(token) => self.private_dialog(token),
            None => self.chosen().and_then(|key| self.dialog(key)),
        };
        match (dialog.cloned(), entry, typed) {
            (Some(prompt), entry, _) => Unlock::Dialog {
                prompt,
                last_try,
                term: term.filter(|_| entry.is_some()),
            },
            (None, Some(PinEntry::Reader), _) => Unlock::Reader { last_try, term },
            (None, Some(PinEntry::Keyboard), Some(pin)) => Unlock::Pin {
                pin,
                last_try,
                term,
            },
            (None, None, Some(password)) => Unlock::Password { password },
            (None, Some(PinEntry::None), _) | (None, _, None) => Unlock::NotLocked {},
        }
    }

    pub(super) fn use_last_try(&mut self) -> Vec<Effect> {
        match self.typing.last_try.take() {
            Some((_, unlock)) => self.use_unlock(unlock.acknowledged()),
            None => Vec::new(),
        }
    }

    fn use_unlock(&mut self, unlock: Unlock) -> Vec<Effect> {
        match self.private_token().map(|token| token.id.clone()) {
            Some(token) => self.read_private(token, unlock),
            None => self.start_signing(unlock),
        }
    }

    pub(super) fn keep_last_try(&mut self) -> Vec<Effect> {
        if let Some((location, _)) = self.typing.last_try.take() {
            self.typing.focus = Some(field_key(&location));
        }
        Vec::new()
    }

    /// A wrong password or PIN costs nothing but a new one: everything else stays as it is. A token that is gone or
    /// in trouble leaves the host in order.
    pub(super) fn sign_failed(&mut self, failure: Failure) -> Vec<Effect> {
        let location = self.location();
        match (&self.stage, location) {
            (Stage::Signing { .. }, Some(location)) => match &location {
                KeyLocation::Token { token, .. } => {
                    let token = token.clone();
                    self.token_failed(location, &token, failure)
                }
                _ if is_another_password_wanted(failure.code) || self.is_left(&failure) => {
                    self.typing.refuse(location, Refusal::Failed(failure));
                    self.back_to_choosing(false)
                }
                _ => self.fail(failure),
            },
            _ => self.fail(failure),
        }
    }

    /// Whether the person left a PIN untyped that is not typed in this window: nothing is lost by that.
    fn is_left(&self, failure: &Failure) -> bool {
        let left = [
            ErrorCode::Cancelled,
            ErrorCode::PromptMissing,
            ErrorCode::Timeout,
        ];
        !self.is_typed_here() && left.contains(&failure.code)
    }

    pub(super) fn token_failed(
        &mut self,
        location: KeyLocation,
        token: &str,
        failure: Failure,
    ) -> Vec<Effect> {
        let left = self.is_left(&failure);
        match failure.code {
            ErrorCode::PinWrong => self.inventory.tries_left(token, failure.tries),
            ErrorCode::PinLastTry => self.inventory.tries_left(token, Some(TriesLeft::Last)),
            ErrorCode::PinLocked => self.inventory.pin_state(token, PinState::Locked),
            ErrorCode::PinNotSet => self.inventory.pin_state(token, PinState::NotSet),
            ErrorCode::PinNeeded => self.forget_pin_sessions(token),
            ErrorCode::PinExpired => {}
            _ if left => {}
            ErrorCode::Cancelled
            | ErrorCode::ModuleFailed
            | ErrorCode::Timeout
            | ErrorCode::TokenBusy
            | ErrorCode::TokenRemoved => {
                self.items.take_back();
                self.fail(failure);
                self.keeps_host = true;
                return Vec::new();
            }
            _ => return self.fail(failure),
        }
        self.items.take_back();
        self.typing.refuse(location, Refusal::Failed(failure));
        self.back_to_choosing(true)
    }
}

/// Whether a password was not that of the key: a file may have another one.
fn is_another_password_wanted(code: ErrorCode) -> bool {
    matches!(
        code,
        ErrorCode::PasswordSecondNeeded | ErrorCode::PasswordWrong
    )
}
