//! A token, a card without a driver, and what is wrong with their drivers, as the person sees them.

use super::{
    inventory::Inventory,
    node::Element,
    parts::paragraph,
    wording::{card_name, name},
};
use tamga_core::{
    failure::{ErrorCode, Failure, TriesLeft},
    protocol::{PinEntry, PinState, Reader, Token},
    text::Catalogue,
};

/// What can go wrong with all tokens of a driver, or with all tokens, rather than with one key.
const OF_TOKENS: [ErrorCode; 3] = [
    ErrorCode::ModuleFailed,
    ErrorCode::ReadersMissing,
    ErrorCode::ReadersStopped,
];

/// Whether it is about tokens in general: a driver, or the system's service.
pub fn concerns_tokens(failure: &Failure) -> bool {
    OF_TOKENS.contains(&failure.code)
}

/// How its PIN is, in words.
pub fn pin_words(text: &Catalogue, token: &Token) -> String {
    if token.pin.entry == PinEntry::None {
        return text.plain("pin_state_none");
    }
    let state = state_words(text, token.pin.state);
    match token.pin.tries {
        Some(tries) if token.pin.state != PinState::Locked => {
            [&state, ". ", &text.tries(tries)].concat()
        }
        _ => state,
    }
}

/// The CSS class of these words: nothing can be done with a locked PIN, and the last try is the last.
pub fn pin_class(token: &Token) -> &'static str {
    let is_last = token.pin.tries.is_some_and(TriesLeft::is_last);
    match token.pin.state {
        _ if token.pin.entry == PinEntry::None => "token-pin",
        PinState::Locked => "token-pin bad",
        PinState::Ready | PinState::ToBeChanged if is_last => "token-pin warn",
        PinState::Ready | PinState::ToBeChanged | PinState::NotSet => "token-pin",
    }
}

/// What can be done with a PIN, in words.
pub fn state_words(text: &Catalogue, state: PinState) -> String {
    text.plain(match state {
        PinState::Ready => "pin_state_ready",
        PinState::ToBeChanged => "pin_state_to_be_changed",
        PinState::NotSet => "pin_state_not_set",
        PinState::Locked => "pin_state_locked",
    })
}

/// Why nothing can be signed with a token before its PIN is seen to.
pub fn obstacle(token: &Token) -> Option<ErrorCode> {
    match token.pin.state {
        _ if token.pin.entry == PinEntry::None => None,
        PinState::Locked => Some(ErrorCode::PinLocked),
        PinState::NotSet => Some(ErrorCode::PinNotSet),
        PinState::Ready | PinState::ToBeChanged => None,
    }
}

/// A card without a driver, and which one to install.
pub fn readers_without_driver<A>(text: &Catalogue, reader: &Reader) -> Element<A> {
    let what = text.text("card_unserved", &[("card", &card_name(text, reader))]);
    let driver = reader.card.as_ref().and_then(|card| card.driver.as_deref());
    let help = match driver {
        Some(driver) => text.text("card_driver", &[("driver", &name(driver))]),
        None => text.plain("card_driver_unknown"),
    };
    Element::new("div")
        .key(["readers_without_driver ", &reader.name].concat())
        .class("notice warn")
        .attribute("role", "note")
        .child(paragraph("notice-what", what))
        .child(paragraph("notice-help", help))
}

/// What is wrong with a driver or the system's service, in one line that tells more when it is opened: whoever
/// signs with another key is not held up by it.
pub fn trouble<A>(text: &Catalogue, failure: &Failure, open: bool) -> Element<A> {
    let subject = failure.subject.as_deref().unwrap_or_default();
    let what = Element::new("summary").text(text.error(failure));
    Element::new("details")
        .key(["trouble ", &failure.code.name(), " ", subject].concat())
        .class("notice short")
        .flag("open", open)
        .child(what)
        .child(paragraph("notice-help", text.help(failure)))
}

/// Whether it is known that there is nothing on the token to sign with.
fn is_empty(inventory: &Inventory, token: &Token) -> bool {
    !inventory.reading && inventory.on_token(&token.id).next().is_none()
}

/// That there is nothing on the token to sign with, if so, and what can be done about it.
pub fn emptiness<A>(text: &Catalogue, inventory: &Inventory, token: &Token) -> Option<Element<A>> {
    let words = || {
        paragraph(
            "muted",
            [emptiness_words(text, token), help_words(text)].join(" "),
        )
    };
    is_empty(inventory, token).then(words)
}

fn emptiness_words(text: &Catalogue, token: &Token) -> String {
    if token.storage_only {
        return text.error(&ErrorCode::TokenStoresOnly.into());
    }
    text.plain(match token.may_hold_private {
        true => "no_certificates_without_pin",
        false => "no_token_certificates",
    })
}

/// Containers that CryptoPro CSP keeps on a token are nothing that Tamga can read there.
fn help_words(text: &Catalogue) -> String {
    text.help(&ErrorCode::TokenStoresOnly.into())
}

/// The tokens that are there and hold nothing to sign with, by name.
pub fn without_certificates<A>(text: &Catalogue, inventory: &Inventory) -> Vec<Element<A>> {
    let words = |token: &Token| {
        let what = emptiness_words(text, token);
        let values = [("subject", &*name(&token.name)), ("error", &what)];
        text.text("error_of", &values)
    };
    let line = |token: &Token| paragraph("muted", words(token)).key(token.id.as_str());
    let empty = inventory.tokens.iter().filter(|it| is_empty(inventory, it));
    empty.map(line).collect()
}

/// That tokens are still being read.
pub fn reading<A>(text: &Catalogue) -> Element<A> {
    paragraph("muted reading", text.plain("tokens_reading"))
        .key("reading")
        .attribute("role", "status")
}
