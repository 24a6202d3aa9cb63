//! Passwords and PINs: what is typed, what the token makes of it, and the last try, which is asked about.

use super::{SignWindow, Stage, choice::Choice, messages::Effect, private};
use crate::{
    failure::{ErrorCode, Failure, TriesLeft},
    protocol::{KeyLocation, PinEntry, PinState, Prompt, Token},
    secret::Secret,
    view::{certificate_card::HeldKey, token_card},
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
    /// The PIN that waits until the person says that the last try is to be used, and of which token it is.
    last_try: Option<(KeyLocation, Secret)>,
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

    /// Not an empty PIN, which would be wrong; and not the last try without asking again.
    pub(super) fn take_password(&mut self, password: Secret) -> Vec<Effect> {
        let Some(location) = self.location() else {
            return Vec::new();
        };
        if self.private.open.is_none() && self.pin_session().is_some() {
            return self.start_signing(password, false);
        }
        let pin = self.token().map(|token| token.pin.clone());
        let of_token = matches!(location, KeyLocation::Token { .. });
        if of_token && self.is_typed_here() && password.expose().is_empty() {
            self.typing.refuse(location, Refusal::Empty);
            return Vec::new();
        }
        let asks = pin.is_some_and(|pin| {
            pin.entry != PinEntry::None && pin.tries.is_some_and(TriesLeft::is_last)
        });
        if asks {
            self.typing.last_try = Some((location, password));
            return Vec::new();
        }
        self.use_password(password, false)
    }

    pub(super) fn use_last_try(&mut self) -> Vec<Effect> {
        match self.typing.last_try.take() {
            Some((_, password)) => self.use_password(password, true),
            None => Vec::new(),
        }
    }

    /// `last_try`: the person knows that it may be the last one.
    fn use_password(&mut self, password: Secret, last_try: bool) -> Vec<Effect> {
        match self.private_token().map(|token| token.id.clone()) {
            Some(token) => self.read_private(token, password, last_try),
            None => self.start_signing(password, last_try),
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
