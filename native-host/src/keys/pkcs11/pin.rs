//! PINs: logging in, and giving a token another PIN. Nothing here tries a PIN twice.
//! This runs in the module's own process.

use super::{
    module_protocol::Pins,
    return_value::is,
    token::{Module, auth_pin},
    token_info::{tries, user_pin},
    token_session::{HostLock, TokenSession},
};
use crate::failure::Error;
use cryptoki::{
    error::RvError,
    session::{Session, UserType},
    slot::{Slot, TokenInfo},
    types::AuthPin,
};
use tamga_core::{
    failure::{ErrorCode, Failure, TriesLeft},
    protocol::{LastTry, PinState},
};

/// Whose PIN it is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum PinRole {
    User,
    SecurityOfficer,
}

impl Module {
    /// Logs the person in. `pin`: `None` where it is typed on the reader.
    ///
    /// # Errors
    /// `PIN_LAST_TRY` unless that was said to be known, and what else is wrong with the PIN.
    pub(super) fn log_in(
        &self,
        slot: Slot,
        session: &Session,
        info: &TokenInfo,
        pin: Option<&AuthPin>,
        last_try: LastTry,
    ) -> Result<(), Error> {
        usable(info, last_try)?;
        self.present(slot, session, PinRole::User, pin)
    }

    /// Gives the token another PIN. `pins`: `None` where they are typed on the reader.
    ///
    /// # Errors
    /// As for logging in; `PIN_UNFIT` for a new PIN that the token does not take.
    pub(super) fn change_pin(
        &self,
        token: &str,
        pins: Option<&Pins>,
        last_try: LastTry,
    ) -> Result<(), Error> {
        let (slot, info) = self.find(token)?;
        usable(&info, last_try)?;
        let session = self.pkcs11.open_rw_session(slot)?;
        // Without logging in: that would be a second try of the same PIN (PKCS#11 v2.40 §5.5, C_SetPIN).
        match pins {
            Some(pins) => {
                check_length(&info, pins)?;
                let changed = session.set_pin(&auth_pin(&pins.old), &auth_pin(&pins.new));
                changed.map_err(|error| self.of_pin(slot, PinRole::User, error))
            }
            None => {
                let changed = self.functions.set_pin_on_reader(&session);
                changed.map_err(|error| self.unless_removed(slot, error.into()))
            }
        }
    }

    /// Gives the token a PIN with the administrator's: its first, or one for a locked token.
    ///
    /// # Errors
    /// As for logging in, of the administrator's PIN; `PIN_UNFIT`.
    pub(super) fn unblock_pin(
        &self,
        token: &str,
        lock: HostLock,
        pins: Option<&Pins>,
        last_try: LastTry,
    ) -> Result<(), Error> {
        let (slot, info) = self.find(token)?;
        if info.so_pin_locked() {
            return Err(ErrorCode::PinLocked.into());
        }
        warn_of_last_try(PinRole::SecurityOfficer.tries(&info), last_try)?;
        if let Some(pins) = pins {
            check_length(&info, pins)?;
        }
        let session = self.pkcs11.open_rw_session(slot)?;
        let pin = pins.map(|pins| auth_pin(&pins.old));
        self.present(slot, &session, PinRole::SecurityOfficer, pin.as_ref())?;
        let logged_in = TokenSession::new(session, lock);
        let session = &logged_in.session;
        match pins {
            Some(pins) => {
                let changed = session.init_pin(&auth_pin(&pins.new));
                changed.map_err(|error| self.of_pin(slot, PinRole::SecurityOfficer, error))
            }
            None => {
                let changed = self.functions.init_pin_on_reader(session);
                changed.map_err(|error| self.unless_removed(slot, error.into()))
            }
        }
    }

    /// Shows the token a PIN, once.
    fn present(
        &self,
        slot: Slot,
        session: &Session,
        whose: PinRole,
        pin: Option<&AuthPin>,
    ) -> Result<(), Error> {
        let user = match whose {
            PinRole::User => UserType::User,
            PinRole::SecurityOfficer => UserType::So,
        };
        let unfit = [RvError::PinInvalid, RvError::PinLenRange];
        match session.login(user, pin) {
            // What cannot be a PIN is a wrong one, even if no try was spent on it.
            Err(error) if unfit.into_iter().any(|code| is(&error, code)) => {
                Err(ErrorCode::PinWrong.into())
            }
            // CKR_USER_ALREADY_LOGGED_IN: the PIN was not verified; log out and verify once.
            Err(error) if is(&error, RvError::UserAlreadyLoggedIn) => {
                session.logout()?;
                let again = session.login(user, pin);
                again.map_err(|error| self.of_pin(slot, whose, error))
            }
            outcome => outcome.map_err(|error| self.of_pin(slot, whose, error)),
        }
    }

    /// What a failure with a PIN means, with the tries that are left now.
    fn of_pin(&self, slot: Slot, whose: PinRole, error: cryptoki::error::Error) -> Error {
        let wrong = [RvError::PinIncorrect, RvError::PinLocked];
        if !wrong.into_iter().any(|code| is(&error, code)) {
            return self.unless_removed(slot, error.into());
        }
        let Ok(info) = self.pkcs11.get_token_info(slot) else {
            return error.into();
        };
        let exactly = self.functions.rutoken_info(slot);
        let exactly = exactly.map(|exactly| match whose {
            PinRole::User => exactly.tries,
            PinRole::SecurityOfficer => exactly.admin_tries,
        });
        let exactly = exactly.and_then(|tries| u8::try_from(tries).ok());
        if whose.is_locked(&info) || is(&error, RvError::PinLocked) {
            return ErrorCode::PinLocked.into();
        }
        Failure {
            tries: exactly.map(TriesLeft::Exactly).or(whose.tries(&info)),
            ..ErrorCode::PinWrong.into()
        }
        .into()
    }
}

impl PinRole {
    fn is_locked(self, info: &TokenInfo) -> bool {
        match self {
            Self::User => info.user_pin_locked(),
            Self::SecurityOfficer => info.so_pin_locked(),
        }
    }

    fn tries(self, info: &TokenInfo) -> Option<TriesLeft> {
        match self {
            Self::User => tries(info.user_pin_final_try(), info.user_pin_count_low()),
            Self::SecurityOfficer => tries(info.so_pin_final_try(), info.so_pin_count_low()),
        }
    }
}

/// Whether the person's PIN can be tried.
fn usable(info: &TokenInfo, last_try: LastTry) -> Result<(), Error> {
    match user_pin(info) {
        PinState::Locked => Err(ErrorCode::PinLocked.into()),
        PinState::NotSet => Err(ErrorCode::PinNotSet.into()),
        PinState::Ready | PinState::ToBeChanged => {
            warn_of_last_try(PinRole::User.tries(info), last_try)
        }
    }
}

fn warn_of_last_try(tries: Option<TriesLeft>, last_try: LastTry) -> Result<(), Error> {
    if tries.is_some_and(TriesLeft::is_last) && !last_try.is_acknowledged() {
        return Err(ErrorCode::PinLastTry.into());
    }
    Ok(())
}

/// Refuses a new PIN that the token says it would not take, before a try of the old one is spent.
fn check_length(info: &TokenInfo, pins: &Pins) -> Result<(), Error> {
    let length = pins.new.expose().len();
    let longest = Some(info.max_pin_length()).filter(|longest| *longest > 0);
    let too_long = longest.is_some_and(|longest| length > longest);
    if length == 0 || length < info.min_pin_length() || too_long {
        return Err(ErrorCode::PinUnfit.into());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use cryptoki_sys::{CK_TOKEN_INFO, CK_ULONG};
    use tamga_core::secret::Secret;

    fn is_taken(pin: &str, shortest: CK_ULONG, longest: CK_ULONG) -> bool {
        let info = CK_TOKEN_INFO {
            ulMinPinLen: shortest,
            ulMaxPinLen: longest,
            ..CK_TOKEN_INFO::default()
        };
        let info = TokenInfo::try_from(info).unwrap();
        let pins = Pins {
            old: Secret::new("1234".to_owned()),
            new: Secret::new(pin.to_owned()),
        };
        check_length(&info, &pins).is_ok()
    }

    #[test]
    fn a_new_pin_is_as_long_as_the_token_says() {
        for (pin, taken) in [
            ("", false),
            ("123", false),
            ("1234", true),
            ("12345678", true),
            ("123456789", false),
        ] {
            assert_eq!(is_taken(pin, 4, 8), taken, "{pin}");
        }
        // A token that says nothing takes any, but none.
        assert!(is_taken("123456789", 0, 0));
        assert!(!is_taken("", 0, 0));
    }
}
