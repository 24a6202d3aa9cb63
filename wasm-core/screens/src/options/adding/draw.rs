//! How a key file is added in the options.

use super::{Adding, Picked};
use crate::{
    certificate_card::{HeldKey, reason},
    node::{Element, Handler},
    options::{
        Options, certificates,
        messages::Action,
        parts::{part, secret_fields},
    },
    parts::{alert, caution, foreign, paragraph, progress, submit},
    secret_field::SecretField,
    wording,
};
use tamga_core::{
    failure::{ErrorCode, Failure},
    protocol::KeyFilePassword,
    text::Catalogue,
};

/// The place where files are picked or dropped, and what has become of the one that was.
pub(in crate::options) fn add(options: &Options) -> Element<Action> {
    let text = &options.text;
    let label = Element::new("label")
        .class("button primary")
        .attribute("for", "file")
        .text(text.plain("button_pick_file"));
    let picker = Element::new("input")
        .key(options.picker.to_string())
        .attribute("type", "file")
        .attribute("id", "file")
        .attribute("class", "unseen")
        .attribute(
            "accept",
            ".p12,.pfx,.pem,.key,.cer,.crt,application/x-pkcs12",
        )
        .on(Handler::Change(Action::Pick));
    let place = Element::new("div")
        .class("drop")
        .child(picker)
        .child(label)
        .child(paragraph("muted", text.plain("add_drop")))
        .child(paragraph("fine", text.plain("add_others")));
    part(text, "add", "add_title")
        .child(place)
        .children(progress_of(options))
}

/// How far the file that was picked is.
fn progress_of(options: &Options) -> Vec<Element<Action>> {
    let text = &options.text;
    match &options.adding {
        Adding::Nothing => Vec::new(),
        Adding::Several => vec![caution(text.plain("files_one_by_one"))],
        Adding::Picked(picked) => vec![form(options, picked)],
        Adding::Inspected { name } => working(text, name),
        Adding::Sent { picked, .. } => working(text, &picked.name),
        Adding::Added { name, keys } => added(text, name, keys),
        Adding::Failed(failure) => vec![alert(text, failure)],
        Adding::Certificate { name } => vec![certificates::offer(text, name)],
        Adding::CertificateAdded { certificate } => certificates::outcome(options, certificate)
            .into_iter()
            .collect(),
    }
}

fn working(text: &Catalogue, name: &str) -> Vec<Element<Action>> {
    vec![
        foreign("picked", name),
        progress(&text.plain("adding"), None),
    ]
}

fn form(options: &Options, picked: &Picked) -> Element<Action> {
    let text = &options.text;
    let fields = match picked.asks_for {
        KeyFilePassword::OfFile => vec![of_file(text, picked)],
        KeyFilePassword::New => new_twice(text, picked),
    };
    Element::new("form")
        .key("add-form")
        .class("secret-form")
        .attribute("autocomplete", "off")
        .on(Handler::SubmitAll(Action::Add))
        .child(foreign("picked", &picked.name))
        .children(secret_fields(options, fields))
        .child(
            Element::new("div")
                .class("buttons")
                .child(submit(text.plain("button_add_file"))),
        )
}

fn of_file(text: &Catalogue, picked: &Picked) -> SecretField {
    let wrong = || match picked.first {
        None => text.error(&ErrorCode::PasswordWrong.into()),
        Some(_) => {
            let second: Failure = ErrorCode::PasswordSecondNeeded.into();
            [text.error(&second), text.help(&second)].join(" ")
        }
    };
    SecretField {
        id: "password",
        key: match picked.first {
            None => "password".to_owned(),
            Some(_) => "second-password".to_owned(),
        },
        label: text.plain("file_password"),
        hint: text.plain("file_password_hint"),
        wrong: (picked.wrong > 0).then(wrong),
        focus: Some(picked.wrong),
    }
}

/// Nothing in the file is encrypted: the copy gets a password of its own.
fn new_twice(text: &Catalogue, picked: &Picked) -> Vec<SecretField> {
    let unfit = || text.error(&ErrorCode::PasswordUnfit.into());
    let (first, second) = match picked.differ {
        true => (None, Some(text.plain("passwords_differ"))),
        false => ((picked.wrong > 0).then(unfit), None),
    };
    let field = |id: &'static str, label, hint, wrong: Option<String>, focus| SecretField {
        id,
        key: id.to_owned(),
        label: text.plain(label),
        hint,
        wrong,
        focus,
    };
    let focus = Some(picked.wrong);
    let [of_first, of_second] = match picked.differ {
        true => [None, focus],
        false => [focus, None],
    };
    let hint = text.plain("copy_password_hint");
    vec![
        field("copy-password", "copy_password", hint, first, of_first),
        field(
            "copy-password-again",
            "password_new_again",
            String::new(),
            second,
            of_second,
        ),
    ]
}

/// The keys that sign, and apart from them those that do not, with the reason.
fn added(text: &Catalogue, name: &str, keys: &[HeldKey]) -> Vec<Element<Action>> {
    let (good, unfit): (Vec<_>, Vec<_>) = keys.iter().partition(|key| key.problem().is_none());
    let words = |key| text.text(key, &[("name", &wording::name(name))]);
    let notice = |key: &'static str, class, words, keys: Vec<&HeldKey>| {
        let owners = keys.into_iter().map(|key| {
            let problem = key.problem().map(|problem| reason(text, problem));
            Element::new("li")
                .foreign(&key.entry.view.owner)
                .children(problem)
        });
        let notice = Element::new("div").key(key).class(class);
        let notice = notice.attribute("role", "status");
        let owners = Element::new("ul").class("owners").children(owners);
        notice.child(paragraph("notice-what", words)).child(owners)
    };
    let good =
        (!good.is_empty()).then(|| notice("added", "notice good", words("file_added"), good));
    let unfit = (!unfit.is_empty()).then(|| {
        notice(
            "added-unfit",
            "notice warn",
            words("file_added_unfit"),
            unfit,
        )
    });
    good.into_iter().chain(unfit).collect()
}
