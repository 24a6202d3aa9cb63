//! Tokens, smart cards and readers, as the host describes them.

use crate::failure::TriesLeft;
use serde::{Deserialize, Serialize};

/// A token or smart card that a PKCS#11 module serves.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(any(test, feature = "typescript"), derive(ts_rs::TS), ts(export))]
#[serde(rename_all = "camelCase")]
pub struct Token {
    /// Names it in requests: 16 lower-case hex digits, the same as long as it is the same token.
    pub id: String,
    /// Its label, or its model where it has none.
    pub name: String,
    /// As its maker calls the model.
    pub model: String,
    /// The serial number.
    pub serial: String,
    /// The reader it is in.
    pub reader: String,
    /// The module that serves it, as people know it.
    pub driver: String,
    /// Whether it keeps data, such as containers of CryptoPro CSP, and signs nothing itself.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    #[cfg_attr(any(test, feature = "typescript"), ts(as = "Option<bool>", optional))]
    pub storage_only: bool,
    /// Whether it may hold certificates that it shows only after its PIN (PKCS#11 v2.40 §4.4: `CKA_PRIVATE`).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    #[cfg_attr(any(test, feature = "typescript"), ts(as = "Option<bool>", optional))]
    pub may_hold_private: bool,
    /// The person's PIN.
    pub pin: PinRules,
    /// The administrator's PIN, or PUK.
    pub admin_pin: PinState,
}

/// What there is to know of a PIN without knowing it.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(any(test, feature = "typescript"), derive(ts_rs::TS), ts(export))]
#[serde(rename_all = "camelCase")]
pub struct PinRules {
    /// Where it is typed.
    pub entry: PinEntry,
    /// What can be done with it.
    pub state: PinState,
    /// How many wrong ones the token still takes, unless all of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(any(test, feature = "typescript"), ts(optional))]
    pub tries: Option<TriesLeft>,
    /// The shortest and the longest that the token takes, in bytes of UTF-8; 0 where it does not say.
    pub shortest: u32,
    /// See `shortest`.
    pub longest: u32,
}

/// Where a PIN is typed.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(any(test, feature = "typescript"), derive(ts_rs::TS), ts(export))]
#[serde(rename_all = "kebab-case")]
pub enum PinEntry {
    /// On this computer.
    Keyboard,
    /// On the reader (PKCS#11 v2.40 §3.2: `CKF_PROTECTED_AUTHENTICATION_PATH`).
    Reader,
    /// Nowhere: the token asks for none.
    None,
}

/// What can be done with a PIN.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(any(test, feature = "typescript"), derive(ts_rs::TS), ts(export))]
#[serde(rename_all = "kebab-case")]
pub enum PinState {
    /// It can be used.
    Ready,
    /// It can be used, but is still the one from the factory, or is to be changed for another reason.
    ToBeChanged,
    /// There is none yet.
    NotSet,
    /// Too many wrong ones were tried.
    Locked,
}

/// A reader with a card that no driver on this computer serves.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(any(test, feature = "typescript"), derive(ts_rs::TS), ts(export))]
#[serde(rename_all = "camelCase")]
pub struct Reader {
    /// As the system calls it.
    pub name: String,
    /// What the card is, where its answer to reset tells.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(any(test, feature = "typescript"), ts(optional))]
    pub card: Option<Card>,
}

/// A kind of card that is known.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(any(test, feature = "typescript"), derive(ts_rs::TS), ts(export))]
#[serde(rename_all = "camelCase")]
pub struct Card {
    /// What it is called.
    pub name: String,
    /// What its driver is called, and whose it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(any(test, feature = "typescript"), ts(optional))]
    pub driver: Option<String>,
}
