//! PINs and their counters, in a file: all processes see the same.

use crate::{
    description::{Bytes, PinPad, Slot},
    setting::Setting,
};
use cryptoki_sys::*;
use serde::{Deserialize, Serialize};
use std::{
    collections::BTreeMap,
    io::{Read as _, Seek as _, Write as _},
};

/// Whose PIN.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum User {
    Officer,
    User,
}

/// The PINs of a token.
#[derive(Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct Pins {
    officer: Pin,
    user: Pin,
    pub(crate) to_be_changed: bool,
}

#[derive(Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Pin {
    /// `None` before it is set for the first time.
    value: Option<Bytes>,
    tries: u32,
    tries_left: u32,
    /// How often a PIN was compared with it since it was made, right or wrong.
    shown: u32,
}

/// By slot.
type State = BTreeMap<usize, Pins>;

impl Pins {
    /// Does something with the PINs of a slot while no other process can.
    pub(crate) fn with<R>(
        setting: &Setting,
        slot: usize,
        work: impl FnOnce(&mut Self) -> R,
    ) -> Result<R, CK_RV> {
        let description = setting.description.slots.get(slot);
        let description = description.ok_or(CKR_SLOT_ID_INVALID)?;
        let locked = || -> std::io::Result<R> {
            let mut file = setting.lock_state()?;
            let mut text = String::new();
            file.read_to_string(&mut text)?;
            let mut state: State = match text.as_str() {
                "" => State::new(),
                text => serde_json::from_str(text)?,
            };
            let pins = state.entry(slot).or_insert_with(|| Self::new(description));
            let result = work(pins);
            let new = serde_json::to_string(&state)?;
            if new != text {
                file.rewind()?;
                file.set_len(0)?;
                file.write_all(new.as_bytes())?;
            }
            Ok(result)
        };
        locked().map_err(|_| CKR_DEVICE_ERROR)
    }

    fn new(slot: &Slot) -> Self {
        let pin = |value: &str, tries| Pin {
            value: Some(Bytes(value.as_bytes().to_vec())),
            tries,
            tries_left: tries,
            shown: 0,
        };
        let mut user = pin(&slot.pin, slot.tries);
        if slot.pin_uninitialised {
            user.value = None;
        }
        Self {
            officer: pin(&slot.so_pin, slot.so_tries),
            user,
            to_be_changed: slot.pin_to_be_changed,
        }
    }

    /// Says whether a PIN is right; a wrong one costs a try, a right one brings all of them back.
    pub(crate) fn check(&mut self, user: User, given: &[u8]) -> Result<(), CK_RV> {
        let pin = self.of(user);
        let value = pin.value.as_ref().ok_or(CKR_USER_PIN_NOT_INITIALIZED)?;
        if pin.tries_left == 0 {
            return Err(CKR_PIN_LOCKED);
        }
        pin.shown += 1;
        if value.0 == given {
            pin.tries_left = pin.tries;
            return Ok(());
        }
        pin.tries_left -= 1;
        match pin.tries_left {
            0 => Err(CKR_PIN_LOCKED),
            _ => Err(CKR_PIN_INCORRECT),
        }
    }

    /// The same for a PIN that is typed on the reader.
    pub(crate) fn check_on_pad(&mut self, user: User, pad: PinPad) -> Result<(), CK_RV> {
        match pad {
            // OpenSC does not tell them apart.
            PinPad::Cancelled | PinPad::Timeout => Err(CKR_FUNCTION_CANCELED),
            PinPad::Ok => match self.of(user).value.clone() {
                Some(value) => self.check(user, &value.0),
                None => Err(CKR_USER_PIN_NOT_INITIALIZED),
            },
            PinPad::Wrong => {
                let wrong = self
                    .of(user)
                    .value
                    .clone()
                    .map(|value| [&value.0, "!".as_bytes()].concat());
                self.check(user, &wrong.unwrap_or_default())
            }
        }
    }

    /// Sets a PIN, with all tries.
    pub(crate) fn set(&mut self, user: User, value: &[u8]) {
        let pin = self.of(user);
        pin.value = Some(Bytes(value.to_vec()));
        pin.tries_left = pin.tries;
        if user == User::User {
            self.to_be_changed = false;
        }
    }

    /// How many tries are left, of how many.
    pub(crate) fn tries(&mut self, user: User) -> (u32, u32) {
        let pin = self.of(user);
        (pin.tries_left, pin.tries)
    }

    /// Whether a PIN is this one; costs no try.
    pub(crate) fn is(&mut self, user: User, value: &[u8]) -> bool {
        let pin = self.of(user).value.as_ref();
        pin.is_some_and(|pin| pin.0 == value)
    }

    /// What C_GetTokenInfo tells of them.
    pub(crate) fn flags(&self) -> CK_FLAGS {
        let mut flags = 0;
        if self.user.value.is_some() {
            flags |= CKF_USER_PIN_INITIALIZED;
        }
        if self.to_be_changed {
            flags |= CKF_USER_PIN_TO_BE_CHANGED;
        }
        let user = [
            CKF_USER_PIN_COUNT_LOW,
            CKF_USER_PIN_FINAL_TRY,
            CKF_USER_PIN_LOCKED,
        ];
        let officer = [
            CKF_SO_PIN_COUNT_LOW,
            CKF_SO_PIN_FINAL_TRY,
            CKF_SO_PIN_LOCKED,
        ];
        flags | self.user.flags(user) | self.officer.flags(officer)
    }

    fn of(&mut self, user: User) -> &mut Pin {
        match user {
            User::Officer => &mut self.officer,
            User::User => &mut self.user,
        }
    }
}

impl Pin {
    fn flags(&self, [low, last, locked]: [CK_FLAGS; 3]) -> CK_FLAGS {
        match self.tries_left {
            0 => low | locked,
            1 if self.tries > 1 => low | last,
            1 => last,
            left if left < self.tries => low,
            _ => 0,
        }
    }
}
