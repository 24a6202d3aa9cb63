//! Tokens as `CK_TOKEN_INFO` describes them (PKCS#11 v2.40 §3.2).

use super::is_number;
use cryptoki::slot::TokenInfo;
use tamga_core::{
    algorithm::DigestAlgorithm,
    failure::TriesLeft,
    protocol::{PinEntry, PinRules, PinState, Token},
};
use tamga_foreign::pkcs11::RutokenInfo;

/// An id that no two tokens share: the hash of serial number, label, model and manufacturer. Without a serial number, the
/// reader's name takes its place.
pub(super) fn token_id(info: &TokenInfo, reader: &str) -> String {
    let serial = info.serial_number();
    let words = [
        if is_number(serial) { serial } else { reader },
        info.label(),
        info.model(),
        info.manufacturer_id(),
    ];
    let digest = DigestAlgorithm::Sha256.digest(words.join("\0").as_bytes());
    digest.hex().chars().take(16).collect()
}

/// The token of a slot, without its certificates and the name of its driver.
pub(super) fn describe(info: &TokenInfo, reader: &str) -> Token {
    let label = Some(info.label()).filter(|label| !label.is_empty());
    // A text that is cut in the middle of a letter ends in U+FFFD; some makers fill up with zeros.
    let text = |text: &str| {
        let text = text.replace('\u{fffd}', "");
        text.trim_end_matches(['\0', ' ']).to_owned()
    };
    Token {
        id: token_id(info, reader),
        name: text(label.unwrap_or(info.model())),
        model: text(info.model()),
        serial: text(info.serial_number()),
        reader: text(reader),
        driver: String::new(),
        storage_only: false,
        may_hold_private: false,
        pin: PinRules {
            entry: entry(info),
            state: user_pin(info),
            tries: tries(info.user_pin_final_try(), info.user_pin_count_low()),
            shortest: length(info.min_pin_length()),
            longest: length(info.max_pin_length()),
        },
        admin_pin: if info.so_pin_locked() {
            PinState::Locked
        } else if info.so_pin_to_be_changed() {
            PinState::ToBeChanged
        } else {
            PinState::Ready
        },
    }
}

/// Corrects PIN states and tries by Rutoken's extended token information, which is exact.
pub(super) fn refine(token: &mut Token, exactly: &RutokenInfo) {
    token.pin.tries = u8::try_from(exactly.tries).ok().map(TriesLeft::Exactly);
    let to_be_changed = |state: &mut PinState, factory| {
        if factory && *state == PinState::Ready {
            *state = PinState::ToBeChanged;
        }
    };
    to_be_changed(&mut token.pin.state, exactly.factory_pin);
    to_be_changed(&mut token.admin_pin, exactly.factory_admin_pin);
}

fn entry(info: &TokenInfo) -> PinEntry {
    if !info.login_required() {
        PinEntry::None
    } else if info.protected_authentication_path() {
        PinEntry::Reader
    } else {
        PinEntry::Keyboard
    }
}

/// What can be done with the user's PIN.
pub(super) fn user_pin(info: &TokenInfo) -> PinState {
    if info.user_pin_locked() {
        PinState::Locked
    } else if !info.user_pin_initialized() {
        PinState::NotSet
    } else if info.user_pin_to_be_changed() {
        PinState::ToBeChanged
    } else {
        PinState::Ready
    }
}

/// How many tries the flags leave (PKCS#11 v2.40 §3.2).
pub(super) fn tries(last: bool, few: bool) -> Option<TriesLeft> {
    let some = last.then_some(TriesLeft::Last);
    some.or(few.then_some(TriesLeft::Few))
}

/// A PIN's length in bytes; 0 for what cannot be one, such as `CK_UNAVAILABLE_INFORMATION`.
fn length(length: usize) -> u32 {
    let length = u32::try_from(length).unwrap_or_default();
    if length > 0xffff { 0 } else { length }
}
