//! What the person does to sign: types a password or a PIN, here or on the reader, or nothing at all.

use super::{buttons, documents};
use crate::{
    certificate_card::HeldKey,
    node::{Element, Handler},
    parts::{Weight, alert, button, caution, paragraph, submit},
    secret_field::SecretField,
    sign::{
        SignWindow,
        messages::Action,
        pin::{Refusal, field_key},
        pin_session::Left,
        private,
    },
    wording,
};
use tamga_core::{
    failure::{ErrorCode, TriesLeft},
    protocol::{KeyLocation, PinEntry, PinState, Token},
    text::Catalogue,
};

/// The foot of the window for this key. The keyboard begins in the field, if there is one: everything else has been
/// chosen for the person already.
pub(super) fn form(
    window: &SignWindow,
    key: &HeldKey,
    cancel: Element<Action>,
) -> Vec<Element<Action>> {
    let text = &window.text;
    let location = &key.entry.location;
    let entry = window.token().map(|token| token.pin.entry);
    if let (Some(token), Some(code)) = (window.token(), window.pin_obstacle()) {
        return blocked(text, token, code, cancel);
    }
    if window.typing.asks() {
        return vec![last_try(text)];
    }
    let unseen = documents::not_viewed(window);
    if let Some(left) = window.pin_session() {
        let sign = buttons([cancel, sign_at_once(window)]);
        let foot = [unlocked(text, left)].into_iter().chain(unseen);
        return foot.chain([sign]).collect();
    }
    let advice = window.token().and_then(|token| advice(text, token));
    let mut foot: Vec<Element<Action>> = advice.into_iter().collect();
    if key.entry.passwordless || window.dialog(key).is_some() {
        foot.push(note(window, location, entry));
        foot.extend(unseen);
        foot.push(buttons([cancel, sign_at_once(window)]));
    } else {
        let sign = buttons([cancel, submit(sign_label(window))]);
        foot.push(typed(window, location).children(unseen).child(sign));
    }
    foot
}

/// The foot of the window for the PIN of a token, to see the certificates that it shows only then.
pub(super) fn private_form(window: &SignWindow, token: &Token) -> Vec<Element<Action>> {
    let (text, location) = (&window.text, private::location(token));
    let back = button(
        text.plain("button_back"),
        Weight::Quiet,
        Action::LeavePrivate,
    );
    if let Some(code) = window.pin_obstacle() {
        return blocked(text, token, code, back);
    }
    if window.typing.asks() {
        return vec![last_try(text)];
    }
    let label = text.plain("button_show_private");
    let meaning = paragraph("fine", text.plain("private_meaning")).key("private-meaning");
    let dialog = window.private_dialog(token).is_some();
    if token.pin.entry == PinEntry::Keyboard && !dialog {
        let show = buttons([back, submit(label)]);
        return vec![meaning, typed(window, &location).child(show)];
    }
    let show = button(label, Weight::Primary, Action::SignAtOnce);
    let note = note(window, &location, Some(token.pin.entry));
    vec![meaning, note, buttons([back, show])]
}

/// The PIN was given before: for how long it is good, and the way to give it again.
fn unlocked(text: &Catalogue, left: Left) -> Element<Action> {
    let words = match left {
        Left::Minutes(minutes) => {
            text.text("pin_session_minutes", &[("minutes", &minutes.to_string())])
        }
        Left::Signatures(signatures) => {
            let count = signatures.to_string();
            text.text("pin_session_signatures", &[("count", &count)])
        }
    };
    let ask = button(
        text.plain("button_ask_for_pin"),
        Weight::Quiet,
        Action::AskForPin,
    );
    let session = Element::new("div").key("pin-session").class("pin-session");
    session.child(paragraph("fine", words)).child(ask)
}

/// The field for a password or PIN.
fn typed(window: &SignWindow, location: &KeyLocation) -> Element<Action> {
    let text = &window.text;
    let tries = window.token().and_then(|token| token.pin.tries);
    let (label, name) = match location {
        KeyLocation::Token { name, .. } => ("pin_of", name),
        KeyLocation::Pkcs12 { name, .. } => ("password_of_file", name),
        KeyLocation::Cryptopro { name, .. } => ("password_of_container", name),
    };
    let label = text.text(label, &[("name", &wording::name(name))]);
    let hint = match tries {
        Some(tries) => text.tries(tries),
        None => text.plain("password_hint"),
    };
    let field = SecretField {
        id: "password",
        key: field_key(location),
        label,
        hint,
        wrong: wrong(window, location),
        focus: window.typing.focus(location),
    };
    Element::new("form")
        .key("form")
        .class("password")
        .attribute("autocomplete", "off")
        .on(Handler::Submit(Action::Sign))
        .children(field.draw(text, &window.secret, Action::Secret))
}

/// What was wrong, and how many tries are left.
fn wrong(window: &SignWindow, location: &KeyLocation) -> Option<String> {
    let text = &window.text;
    let tries = window.token().and_then(|token| token.pin.tries);
    Some(match window.typing.refusal(location)? {
        Refusal::Empty => text.plain("pin_empty"),
        Refusal::Failed(failure) => {
            let mut failure = failure.clone();
            if failure.code == ErrorCode::PinWrong {
                failure.tries = failure.tries.or(tries);
            }
            [text.error(&failure), text.help(&failure)].join(" ")
        }
    })
}

/// Why there is nothing to type here, and what went wrong elsewhere.
fn note(window: &SignWindow, location: &KeyLocation, entry: Option<PinEntry>) -> Element<Action> {
    let text = &window.text;
    if let Some(wrong) = wrong(window, location) {
        return paragraph("hint wrong", wrong).attribute("role", "alert");
    }
    match entry {
        Some(PinEntry::None) => paragraph("fine", text.plain("pin_none")),
        Some(PinEntry::Reader) => elsewhere(window, "pin_on_reader"),
        Some(PinEntry::Keyboard) => elsewhere(window, "pin_in_dialog"),
        None if window.asks_in_dialog() => elsewhere(window, "password_in_dialog"),
        None => caution(text.plain("passwordless")),
    }
}

/// Where it is typed, and how many tries are left.
fn elsewhere(window: &SignWindow, place: &str) -> Element<Action> {
    let text = &window.text;
    let tries = window.token().and_then(|token| token.pin.tries);
    let tries = tries.map(|tries: TriesLeft| text.tries(tries));
    let words: Vec<String> = [Some(text.plain(place)), tries]
        .into_iter()
        .flatten()
        .collect();
    paragraph("fine", words.join(" "))
}

fn sign_at_once(window: &SignWindow) -> Element<Action> {
    button(sign_label(window), Weight::Primary, Action::SignAtOnce)
}

/// Of several documents, how many will be signed if not all will.
pub(super) fn sign_label(window: &SignWindow) -> String {
    let (text, total) = (&window.text, window.items.all.len());
    match window.items.failures() {
        0 if window.items.are_blind() => text.plain("button_sign_blind"),
        0 => text.plain("button_sign"),
        failures => {
            let done = total.saturating_sub(failures).to_string();
            let counts = [("done", &*done), ("total", &*total.to_string())];
            text.text("button_sign_some", &counts)
        }
    }
}

/// A PIN from the factory is everybody's.
fn advice(text: &Catalogue, token: &Token) -> Option<Element<Action>> {
    let advised = token.pin.state == PinState::ToBeChanged && token.pin.entry != PinEntry::None;
    let open = Action::OpenToken(token.id.clone());
    let open = || button(text.plain("button_change_pin"), Weight::Quiet, open);
    let words = || text.plain("pin_change_advised");
    advised.then(|| caution(words()).key("advice").child(open()))
}

/// The PIN has to be seen to first, where that can be done.
fn blocked(
    text: &Catalogue,
    token: &Token,
    code: ErrorCode,
    cancel: Element<Action>,
) -> Vec<Element<Action>> {
    let label = match code {
        ErrorCode::PinLocked => "button_unblock_pin",
        ErrorCode::PinNotSet => "button_set_pin",
        _ => "button_change_pin",
    };
    let open = Action::OpenToken(token.id.clone());
    let open = button(text.plain(label), Weight::Primary, open);
    vec![alert(text, &code.into()), buttons([cancel, open])]
}

/// The question whether the last try is to be used; the keyboard comes to the answer that costs nothing.
fn last_try(text: &Catalogue) -> Element<Action> {
    let back = button(
        text.plain("button_back"),
        Weight::Plain,
        Action::KeepLastTry,
    );
    let go_on = button(
        text.plain("button_last_try"),
        Weight::Quiet,
        Action::UseLastTry,
    );
    Element::new("div")
        .key("last-try")
        .class("notice bad")
        .attribute("role", "alertdialog")
        .attribute("aria-labelledby", "last-try")
        .attribute("aria-describedby", "last-try-meaning")
        .child(paragraph("notice-what", text.plain("tries_last")).attribute("id", "last-try"))
        .child(
            paragraph("notice-help", text.plain("last_try_meaning"))
                .attribute("id", "last-try-meaning"),
        )
        .child(buttons([go_on, back.focus(0)]))
}
