//! How the options look.

use super::{
    Adding, KeyFile, Options, Removal, SYSTEM, messages::Action, record::record, sites::sites,
    tokens,
};
use crate::{
    certificate_card::{HeldKey, details, reason, summary},
    node::{Element, Handler},
    parts::{
        self, SecretField, Weight, alert, button, caution, foreign, paragraph, progress, submit,
    },
    token_card::concerns_tokens,
    wording,
};
use tamga_core::{failure::ErrorCode, protocol::KeyLocation, text::Catalogue};

/// The languages there are, by their own names.
const LANGUAGES: [(&str, &str); 3] = [("kk", "Қазақша"), ("ru", "Русский"), ("en", "English")];

pub(super) fn page(options: &Options) -> Element<Action> {
    let text = &options.text;
    let name = Element::new("h1").text(text.plain("options_title"));
    let head = Element::new("header")
        .class("page-head")
        .child(parts::mark())
        .child(name);
    let parts = [
        Some(key_files(options)),
        containers(options),
        Some(tokens::draw::tokens(options)),
        Some(sites(options)),
        Some(record(options)),
        Some(language(options)),
        Some(pin_entry(options)),
        Some(host(options)),
    ];
    Element::new("main")
        .class("page")
        .child(head)
        .children(parts.into_iter().flatten())
}

pub(super) fn part(text: &Catalogue, key: &'static str, title: &str) -> Element<Action> {
    let heading = Element::new("h2")
        .attribute("id", key)
        .text(text.plain(title));
    Element::new("section")
        .key(key)
        .class("part")
        .attribute("aria-labelledby", key)
        .child(heading)
}

// Key files

fn key_files(options: &Options) -> Element<Action> {
    let text = &options.text;
    let files = options.key_files(|location| matches!(location, KeyLocation::Pkcs12 { .. }));
    let none = (files.is_empty() && options.host.lists())
        .then(|| paragraph("muted", text.plain("no_key_files")));
    let rows = files.iter().map(|file| key_file(options, file));
    let list = Element::new("ul").class("files").children(rows);
    let failed = match &options.removal {
        Some(Removal::Failed(failure)) => Some(alert(text, failure)),
        _ => None,
    };
    let homeless = options.inventory.unreadable.iter();
    let homeless = homeless.filter(|it| it.location.is_none() && !concerns_tokens(&it.failure));
    part(text, "keys", "key_files_title")
        .child(paragraph("muted", text.plain("key_files_meaning")))
        .children(none)
        .child(list)
        .children(failed)
        .children(homeless.map(|it| alert(text, &it.failure)))
        .child(add_key_file(options))
}

/// The person's own containers: there is nothing of Tamga's to remove.
fn containers(options: &Options) -> Option<Element<Action>> {
    let text = &options.text;
    let found = options.key_files(|location| matches!(location, KeyLocation::Cryptopro { .. }));
    let rows = found.iter().map(|file| key_file(options, file));
    let list = Element::new("ul").class("files").children(rows);
    let part = part(text, "containers", "containers_title")
        .child(paragraph("muted", text.plain("containers_meaning")))
        .child(list);
    (!found.is_empty()).then_some(part)
}

fn key_file(options: &Options, file: &KeyFile<'_>) -> Element<Action> {
    let text = &options.text;
    let (key, name, removal) = match file.location {
        KeyLocation::Pkcs12 { key_file, name } => {
            (key_file, name, removal(options, key_file, name))
        }
        KeyLocation::Cryptopro { folder, name } => (folder, name, Vec::new()),
        KeyLocation::Token { token, name } => (token, name, Vec::new()),
    };
    let heading = Element::new("h3").class("file-name").foreign(name);
    let head = Element::new("div").class("file-head").child(heading);
    let head = head.children(removal);
    let open = file.keys.iter().any(|key| key.entry.passwordless);
    let open = open.then(|| caution(text.plain("passwordless")));
    let cards = file.keys.iter().map(|key| card(text, key));
    let cards = Element::new("ul").class("cards").children(cards);
    Element::new("li")
        .key(key.as_str())
        .class("file")
        .child(head)
        .children(open)
        .children(file.failures.iter().map(|failure| alert(text, failure)))
        .child(cards)
}

/// A certificate, which tells everything when it is opened.
pub(super) fn card(text: &Catalogue, key: &HeldKey) -> Element<Action> {
    let problem = key.problem().map(|problem| reason(text, problem));
    let head = Element::new("summary")
        .child(summary(text, key))
        .children(problem);
    let more = Element::new("details")
        .child(head)
        .child(details(text, key));
    Element::new("li")
        .key(key.entry.key_id())
        .class("card")
        .child(more)
}

fn removal(options: &Options, file: &str, name: &str) -> Vec<Element<Action>> {
    let text = &options.text;
    let remove = text.plain("button_remove");
    match &options.removal {
        Some(Removal::Asked { key_file }) if key_file == file => {
            let yes = button(
                text.plain("button_confirm_removal"),
                Weight::Plain,
                Action::ConfirmRemoval,
            );
            let no = button(
                text.plain("button_keep"),
                Weight::Quiet,
                Action::KeepKeyFile,
            )
            .focus(0);
            let buttons = Element::new("div").class("buttons").child(no).child(yes);
            let question = paragraph("question", text.plain("confirm_removal"));
            let asked = Element::new("div")
                .key("asked")
                .class("confirm")
                .attribute("role", "group");
            vec![asked.child(question).child(buttons)]
        }
        Some(Removal::Sent { key_file }) if key_file == file => {
            vec![progress(&text.plain("removing"), None)]
        }
        _ => {
            let label = text.text("remove_file", &[("name", &wording::name(name))]);
            let button = button(remove, Weight::Quiet, Action::Remove(file.to_owned()));
            vec![button.attribute("aria-label", label)]
        }
    }
}

fn add_key_file(options: &Options) -> Element<Action> {
    let text = &options.text;
    let label = Element::new("label")
        .class("button")
        .attribute("for", "file");
    let picker = Element::new("input")
        .key(options.picker.to_string())
        .attribute("type", "file")
        .attribute("id", "file")
        .attribute("class", "unseen")
        .attribute("accept", ".p12,.pfx,.pem,.key,application/x-pkcs12")
        .on(Handler::Change(Action::Pick));
    let form = Element::new("form")
        .key("add")
        .class("add")
        .attribute("autocomplete", "off");
    let form = form.on(Handler::Submit(Action::Add));
    let form = form
        .child(picker)
        .child(label.text(text.plain("button_pick_file")));
    form.children(added(options))
}

/// What has become of the file that was picked.
fn added(options: &Options) -> Vec<Element<Action>> {
    let text = &options.text;
    let name_of = |name: &str| foreign("picked", name);
    match &options.adding {
        Adding::Nothing => Vec::new(),
        Adding::Picked { name, wrong, first } => {
            let wrong_password = || match first {
                None => text.error(&ErrorCode::PasswordWrong.into()),
                Some(_) => {
                    let second = ErrorCode::PasswordSecondNeeded.into();
                    [text.error(&second), text.help(&second)].join(" ")
                }
            };
            let field = SecretField {
                id: "password",
                key: match first {
                    None => "password".to_owned(),
                    Some(_) => "second-password".to_owned(),
                },
                label: text.plain("file_password"),
                hint: text.plain("file_password_hint"),
                wrong: (*wrong > 0).then(wrong_password),
                focus: Some(*wrong),
            };
            let field = Element::new("div")
                .key("field")
                .class("password")
                .children(field.draw());
            vec![
                name_of(name),
                field.child(submit(text.plain("button_add_file"))),
            ]
        }
        Adding::Sent { name, .. } => vec![name_of(name), progress(&text.plain("adding"), None)],
        Adding::Added { name, owners } => vec![success(text, name, owners)],
        Adding::Failed(failure) => vec![alert(text, failure)],
    }
}

fn success(text: &Catalogue, name: &str, owners: &[String]) -> Element<Action> {
    let words = text.text("file_added", &[("name", &wording::name(name))]);
    let owners = owners.iter().map(|owner| Element::new("li").foreign(owner));
    let notice = Element::new("div")
        .key("added")
        .class("notice good")
        .attribute("role", "status");
    let found = Element::new("ul").class("owners").children(owners);
    notice.child(paragraph("notice-what", words)).child(found)
}

// Language, password entry

fn language(options: &Options) -> Element<Action> {
    let text = &options.text;
    let chosen = options.language.as_deref().unwrap_or_default();
    let option = |value: &'static str, name: String| {
        let option = Element::new("option").attribute("value", value);
        option.flag("selected", value == chosen).text(name)
    };
    let browsers = option("", text.plain("language_browser"));
    let others =
        LANGUAGES.map(|(code, name)| option(code, name.to_owned()).attribute("lang", code));
    let select = Element::new("select")
        .attribute("aria-labelledby", "language")
        .on(Handler::Change(Action::SetLanguage))
        .child(browsers)
        .children(others);
    part(text, "language", "language_title").child(select)
}

fn pin_entry(options: &Options) -> Element<Action> {
    let (text, entry) = (&options.text, options.pin_entry);
    let radio = |value: &'static str, label: &str, meaning: &str| {
        let chosen = entry.system == (value == SYSTEM);
        let radio = Element::new("input")
            .attribute("type", "radio")
            .attribute("name", "pin-entry")
            .attribute("value", value)
            .flag("checked", chosen)
            .flag("disabled", entry.fixed)
            .on(Handler::Change(Action::SetPinEntry));
        let words = Element::new("span")
            .class("choice-words")
            .text(text.plain(label));
        let words = words.child(Element::new("small").text(text.plain(meaning)));
        let class = if entry.fixed {
            "choice greyed"
        } else {
            "choice"
        };
        let choice = Element::new("label").class(class);
        choice.child(radio).child(words)
    };
    let fixed = entry
        .fixed
        .then(|| paragraph("muted", text.plain("pin_entry_fixed")));
    part(text, "pin-entry", "pin_entry_title")
        .child(radio(
            "window",
            "pin_entry_window",
            "pin_entry_window_meaning",
        ))
        .child(radio(
            SYSTEM,
            "pin_entry_system",
            "pin_entry_system_meaning",
        ))
        .children(fixed)
}

// The host

fn host(options: &Options) -> Element<Action> {
    let text = &options.text;
    let failure = options.host.failure();
    let again = failure.map(|_| {
        button(
            text.plain("button_try_again"),
            Weight::Plain,
            Action::TryAgain,
        )
    });
    let copy = button(
        text.plain("button_copy_report"),
        Weight::Plain,
        Action::CopyReport,
    );
    let copied = options
        .copied
        .then(|| paragraph("muted", text.plain("copied")).attribute("role", "status"));
    let buttons = Element::new("div")
        .class("buttons")
        .children(copied)
        .children(again)
        .child(copy);
    part(text, "host", "host_title")
        .child(options.host.line(text))
        .children(failure.map(|failure| alert(text, failure)))
        .child(Element::new("pre").class("report").text(options.report()))
        .child(buttons)
}
