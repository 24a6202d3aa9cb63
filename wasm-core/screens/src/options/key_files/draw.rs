//! How key files and containers look in the options.

use super::{Adding, KeyFile, Removal};
use crate::{
    certificate_list::Section,
    node::{Element, Handler},
    options::{
        Options,
        messages::Action,
        parts::{card, part},
    },
    parts::{Weight, alert, button, caution, foreign, paragraph, progress, submit},
    secret_field::SecretField,
    token_card::concerns_tokens,
    wording,
};
use tamga_core::{failure::ErrorCode, protocol::KeyLocation, text::Catalogue};

pub(in crate::options) fn key_files(options: &Options) -> Element<Action> {
    let text = &options.text;
    let files = options.key_files(|location| matches!(location, KeyLocation::Pkcs12 { .. }));
    let none = (files.is_empty() && options.host.lists())
        .then(|| paragraph("muted", text.plain("no_key_files")));
    let failed = match &options.removal {
        Some(Removal::Failed(failure)) => Some(alert(text, failure)),
        _ => None,
    };
    let homeless = options.inventory.unreadable.iter();
    let homeless = homeless.filter(|it| it.location.is_none() && !concerns_tokens(&it.failure));
    part(text, "keys", "key_files_title")
        .child(paragraph("muted", text.plain("key_files_meaning")))
        .children(none)
        .children(lists(options, &files))
        .children(failed)
        .children(homeless.map(|it| alert(text, &it.failure)))
        .child(add_key_file(options))
}

/// The person's own containers: there is nothing of Tamga's to remove.
pub(in crate::options) fn containers(options: &Options) -> Option<Element<Action>> {
    let text = &options.text;
    let found = options.key_files(|location| matches!(location, KeyLocation::Cryptopro { .. }));
    let part = part(text, "containers", "containers_title")
        .child(paragraph("muted", text.plain("containers_meaning")))
        .children(lists(options, &found));
    (!found.is_empty()).then_some(part)
}

/// Those with trouble first, whatever the person looks for; then the others, each where its best certificate belongs.
fn lists(options: &Options, files: &[KeyFile<'_>]) -> Vec<Element<Action>> {
    let row = |file| key_file(options, file);
    let troubled = files.iter().filter(|file| !file.failures.is_empty());
    let troubled = Element::new("ul")
        .class("files")
        .children(troubled.map(row));
    let others = files.iter().filter(|file| file.failures.is_empty());
    let rows = others.filter_map(|file| {
        let shown = file.keys.iter().filter(|key| options.list.shows(key));
        let section = shown.map(|key| Section::of(key)).min()?;
        Some((section, row(file)))
    });
    let sections = options
        .list
        .sections(&options.text, rows.collect(), "files");
    [troubled].into_iter().chain(sections).collect()
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
    let folder = match file.location {
        KeyLocation::Cryptopro { folder, .. } => Some(foreign("card-place", folder)),
        KeyLocation::Pkcs12 { .. } | KeyLocation::Token { .. } => None,
    };
    let open = file.keys.iter().any(|key| key.entry.passwordless);
    let open = open.then(|| caution(text.plain("passwordless")));
    let cards = file.keys.iter().filter(|key| options.list.shows(key));
    let cards = cards.map(|key| card(options, key));
    let cards = Element::new("ul").class("cards").children(cards);
    Element::new("li")
        .key(key.as_str())
        .class("file")
        .child(head)
        .children(folder)
        .children(open)
        .children(file.failures.iter().map(|failure| alert(text, failure)))
        .child(cards)
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
                .children(field.draw(text, &options.secret, Action::Secret));
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
