//! How the options look.

use super::{
    Options, SYSTEM,
    key_files::draw::{containers, key_files},
    messages::Action,
    parts::part,
    record::draw::record,
    sites::sites,
    tokens::draw::tokens,
};
use crate::{
    certificate_list::ListAction,
    node::{Element, Handler},
    parts::{self, Weight, alert, button, paragraph},
};

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
        Some(tokens(options)),
        Some(sites(options)),
        Some(record(options)),
        Some(language(options)),
        Some(pin_entry(options)),
        Some(host(options)),
    ];
    Element::new("main")
        .class("page")
        .child(head)
        .children(trouble(options))
        .children(search(options))
        .children(parts.into_iter().flatten())
}

/// What is missing comes first: without it most of the rest cannot be done.
fn trouble(options: &Options) -> Option<Element<Action>> {
    let (text, failure) = (&options.text, options.host.failure()?);
    let again = text.plain("button_try_again");
    let again = button(again, Weight::Primary, Action::TryAgain);
    let looks = paragraph("fine", text.plain("host_looked_for"));
    Some(alert(text, failure).child(looks).child(again))
}

/// For one certificate of many, wherever it is kept.
fn search(options: &Options) -> Option<Element<Action>> {
    let find = |words| Action::List(ListAction::Find(words));
    let keys = options.inventory.keys.iter();
    options.list.search(&options.text, keys, find)
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
        .child(copy);
    part(text, "host", "host_title")
        .child(options.host.line(text))
        .child(Element::new("pre").class("report").text(options.report()))
        .child(buttons)
}
