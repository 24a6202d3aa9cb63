//! How a key or a token is unlocked, and for how long it stays so.

use crate::secret::Secret;
use serde::{Deserialize, Serialize};

/// How the key of a request, or the token of one, is unlocked.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[cfg_attr(any(test, feature = "typescript"), derive(ts_rs::TS), ts(export))]
#[serde(
    tag = "type",
    rename_all = "kebab-case",
    rename_all_fields = "camelCase"
)]
pub enum Unlock {
    /// The key has no password, or its token asks for no PIN.
    NotLocked {},
    /// The password of a key file or container, typed in our window.
    Password {
        /// The password.
        password: Secret,
    },
    /// The PIN of a token, typed in our window.
    Pin {
        /// The PIN.
        pin: Secret,
        /// Whether the person agreed that this may be the last try.
        #[serde(default, skip_serializing_if = "LastTry::is_default")]
        #[cfg_attr(
            any(test, feature = "typescript"),
            ts(as = "Option<LastTry>", optional)
        )]
        last_try: LastTry,
        /// For how long the key stays unlocked for [`Unlock::OpenSession`]; for this request only, if it is not said.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(any(test, feature = "typescript"), ts(optional))]
        term: Option<PinTerm>,
    },
    /// The PIN of a token, typed on its reader's PIN pad.
    Reader {
        /// Whether the person agreed that this may be the last try.
        #[serde(default, skip_serializing_if = "LastTry::is_default")]
        #[cfg_attr(
            any(test, feature = "typescript"),
            ts(as = "Option<LastTry>", optional)
        )]
        last_try: LastTry,
        /// For how long the key stays unlocked for [`Unlock::OpenSession`]; for this request only, if it is not said.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(any(test, feature = "typescript"), ts(optional))]
        term: Option<PinTerm>,
    },
    /// The password or PIN, typed in a dialog of the system that the host opens.
    Dialog {
        /// What the dialog has to say.
        prompt: Prompt,
        /// Whether the person agreed that this may be the last try.
        #[serde(default, skip_serializing_if = "LastTry::is_default")]
        #[cfg_attr(
            any(test, feature = "typescript"),
            ts(as = "Option<LastTry>", optional)
        )]
        last_try: LastTry,
        /// For how long the key stays unlocked for [`Unlock::OpenSession`]; for this request only, if it is not said.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(any(test, feature = "typescript"), ts(optional))]
        term: Option<PinTerm>,
    },
    /// An earlier request of this connection unlocked the key, for a term that is not over.
    OpenSession {},
}

/// Whether the person agreed that this may be the last try before the token locks. A token that has one try left is
/// shown no PIN without that: the request fails with `PIN_LAST_TRY`.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(any(test, feature = "typescript"), derive(ts_rs::TS), ts(export))]
#[serde(rename_all = "kebab-case")]
pub enum LastTry {
    /// They were not asked.
    #[default]
    NotAcknowledged,
    /// They were asked and agreed.
    Acknowledged,
}

/// For how long a PIN is good.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(any(test, feature = "typescript"), derive(ts_rs::TS), ts(export))]
#[serde(rename_all = "kebab-case")]
pub enum PinTerm {
    /// For so many minutes from when it was given.
    Minutes(u32),
    /// For so many signatures, those of the request that it was given for among them.
    Signatures(u32),
}

/// What is left of a term.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(any(test, feature = "typescript"), derive(ts_rs::TS), ts(export))]
#[serde(rename_all = "kebab-case")]
pub enum TermLeft {
    /// It ends then; Unix seconds.
    Until(#[cfg_attr(any(test, feature = "typescript"), ts(type = "number"))] u64),
    /// It ends after so many signatures.
    Signatures(u32),
}

/// What a dialog of the system has to say.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(any(test, feature = "typescript"), derive(ts_rs::TS), ts(export))]
#[serde(rename_all = "camelCase")]
pub struct Prompt {
    /// Who asks: an origin, in the browser's words.
    pub origin: String,
    /// The language of the person: `ru`, `kk` or `en`.
    pub language: String,
}

/// The PIN that allows a token to be given a new one (the person's own; or the administrator's, or the PUK), and the
/// new one.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[cfg_attr(any(test, feature = "typescript"), derive(ts_rs::TS), ts(export))]
#[serde(
    tag = "type",
    rename_all = "kebab-case",
    rename_all_fields = "camelCase"
)]
pub enum PinChange {
    /// Both were typed in our window.
    Typed {
        /// The PIN that allows it, which `lastTry` is about.
        pin: Secret,
        /// The new one.
        new_pin: Secret,
        /// Whether the person agreed that this may be the last try.
        #[serde(default, skip_serializing_if = "LastTry::is_default")]
        #[cfg_attr(
            any(test, feature = "typescript"),
            ts(as = "Option<LastTry>", optional)
        )]
        last_try: LastTry,
    },
    /// Both are typed on the reader's PIN pad.
    Reader {
        /// Whether the person agreed that this may be the last try.
        #[serde(default, skip_serializing_if = "LastTry::is_default")]
        #[cfg_attr(
            any(test, feature = "typescript"),
            ts(as = "Option<LastTry>", optional)
        )]
        last_try: LastTry,
    },
}

impl Unlock {
    /// Whether a password or PIN was typed in our window.
    pub fn is_typed(&self) -> bool {
        matches!(self, Self::Password { .. } | Self::Pin { .. })
    }

    /// The same when the person has agreed that this may be the last try.
    #[must_use]
    pub fn acknowledged(mut self) -> Self {
        match &mut self {
            Self::Pin { last_try, .. }
            | Self::Reader { last_try, .. }
            | Self::Dialog { last_try, .. } => *last_try = LastTry::Acknowledged,
            Self::NotLocked {} | Self::Password { .. } | Self::OpenSession {} => {}
        }
        self
    }

    /// For how long the key stays unlocked, where that is longer than for this request.
    pub fn term(&self) -> Option<PinTerm> {
        match self {
            Self::Pin { term, .. } | Self::Reader { term, .. } | Self::Dialog { term, .. } => *term,
            Self::NotLocked {} | Self::Password { .. } | Self::OpenSession {} => None,
        }
    }

    /// Whether the request begins a PIN session or belongs to one.
    pub fn is_in_session(&self) -> bool {
        matches!(self, Self::OpenSession {}) || self.term().is_some()
    }
}

impl PinChange {
    /// The same when the person has agreed that this may be the last try.
    #[must_use]
    pub fn acknowledged(mut self) -> Self {
        match &mut self {
            Self::Typed { last_try, .. } | Self::Reader { last_try } => {
                *last_try = LastTry::Acknowledged;
            }
        }
        self
    }
}

impl LastTry {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "as serde calls it")]
    fn is_default(&self) -> bool {
        *self == Self::default()
    }

    /// Whether the person agreed.
    pub fn is_acknowledged(self) -> bool {
        self == Self::Acknowledged
    }
}
