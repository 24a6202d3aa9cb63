//! How a password is changed in the options.

use super::{AsksFor, PasswordChange, Step, Trouble};
use crate::{
    certificate_card::HeldKey,
    node::{Element, Handler},
    options::{
        Options,
        messages::Action,
        parts::{form_buttons, secret_fields},
    },
    parts::{self, Weight, alert, paragraph, progress},
    secret_field::SecretField,
    wording::name,
};
use tamga_core::{
    failure::{ErrorCode, Failure},
    protocol::KeyLocation,
    text::Catalogue,
};

/// The button that opens the form.
pub(in crate::options) fn button(text: &Catalogue, key: &HeldKey) -> Element<Action> {
    let label = match key.entry.passwordless {
        true => "button_set_password",
        false => "button_change_password",
    };
    let action = Action::ChangePassword(key.entry.key_id());
    parts::button(text.plain(label), Weight::Plain, action)
}

/// The form, if it is this key's, or that the host is at it.
pub(in crate::options) fn form(options: &Options, key: &HeldKey) -> Option<Element<Action>> {
    let text = &options.text;
    let change = options.password.as_ref();
    let change = change.filter(|change| change.key == key.entry.key_id())?;
    match &change.step {
        Step::Filling => Some(fields(options, change)),
        Step::Sent => Some(progress(&text.plain("password_changing"), None)),
        Step::Done | Step::Failed(_) => None,
    }
}

/// What has become of the change of a password in a place of this kind. The place may have another name by now.
pub(in crate::options) fn outcome(
    options: &Options,
    kind: fn(&KeyLocation) -> bool,
) -> Option<Element<Action>> {
    let text = &options.text;
    let change = options.password.as_ref();
    let change = change.filter(|change| kind(&change.location))?;
    match &change.step {
        Step::Filling | Step::Sent => None,
        Step::Failed(failure) => Some(alert(text, failure)),
        Step::Done => {
            let values = [("name", &*name(change.location.name()))];
            let words = paragraph("notice-what", text.text("password_changed", &values));
            let notice = Element::new("div").key("changed").class("notice good");
            let notice = notice
                .attribute("role", "status")
                .attribute("tabindex", "-1");
            Some(notice.focus(change.wrong).child(words))
        }
    }
}

fn fields(options: &Options, change: &PasswordChange) -> Element<Action> {
    let text = &options.text;
    let of_container = matches!(change.location, KeyLocation::Cryptopro { .. });
    let meaning = match of_container {
        true => "password_of_container_meaning",
        false => "password_of_copy_meaning",
    };
    let (save, trouble) = (button_label(change), change.trouble);
    let begins = match change.asks_for {
        AsksFor::NewOnly => "new-password",
        AsksFor::Present | AsksFor::BothPresent => "present-password",
    };
    let focused = trouble.map_or(begins, place);
    let fields = shown(change.asks_for)
        .iter()
        .map(|(id, label)| SecretField {
            id,
            key: (*id).to_owned(),
            label: text.plain(label),
            hint: String::new(),
            wrong: trouble
                .filter(|trouble| place(*trouble) == *id)
                .map(|trouble| words(text, trouble)),
            focus: (*id == focused).then_some(change.wrong),
        });
    Element::new("form")
        .key("password-form")
        .class("secret-form")
        .attribute("autocomplete", "off")
        .on(Handler::SubmitAll(Action::SubmitPassword))
        .child(paragraph("muted", text.plain(meaning)))
        .children(secret_fields(options, fields))
        .child(form_buttons(text, save, Action::LeavePassword))
}

fn button_label(change: &PasswordChange) -> &'static str {
    match change.asks_for {
        AsksFor::NewOnly => "button_set_password",
        AsksFor::Present | AsksFor::BothPresent => "button_change_password",
    }
}

/// The fields, each with its label.
fn shown(asks_for: AsksFor) -> &'static [(&'static str, &'static str)] {
    const FIELDS: [(&str, &str); 4] = [
        ("present-password", "password_present"),
        ("present-password-of-key", "password_present_of_key"),
        ("new-password", "password_new"),
        ("new-password-again", "password_new_again"),
    ];
    const WITHOUT_SECOND: [(&str, &str); 3] = [FIELDS[0], FIELDS[2], FIELDS[3]];
    match asks_for {
        AsksFor::NewOnly => &[FIELDS[2], FIELDS[3]],
        AsksFor::Present => &WITHOUT_SECOND,
        AsksFor::BothPresent => &FIELDS,
    }
}

/// The field that it is about.
fn place(trouble: Trouble) -> &'static str {
    match trouble {
        Trouble::Wrong => "present-password",
        Trouble::SecondNeeded => "present-password-of-key",
        Trouble::Empty | Trouble::Unfit => "new-password",
        Trouble::Differ => "new-password-again",
    }
}

fn words(text: &Catalogue, trouble: Trouble) -> String {
    let both = |code: ErrorCode| {
        let failure = Failure::new(code);
        [text.error(&failure), text.help(&failure)].join(" ")
    };
    match trouble {
        Trouble::Empty => text.plain("password_new_empty"),
        Trouble::Differ => text.plain("passwords_differ"),
        Trouble::Wrong => both(ErrorCode::PasswordWrong),
        Trouble::SecondNeeded => both(ErrorCode::PasswordSecondNeeded),
        Trouble::Unfit => both(ErrorCode::PasswordUnfit),
    }
}
