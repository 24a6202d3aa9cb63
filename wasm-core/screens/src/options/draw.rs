//! How the options look.

use super::{
    Options, SYSTEM,
    adding::draw::add,
    certificates,
    deletion::kept,
    keys::draw::{containers, key_files},
    managed,
    messages::Action,
    parts::part,
    proxy::proxy,
    record::draw::record,
    sites::sites,
    tokens::draw::tokens,
    trust::draw::trust,
};
use crate::{
    certificate_list::ListAction,
    node::{Element, Handler},
    parts::{self, Weight, alert, button, paragraph},
};
use tamga_core::text::Catalogue;

/// The languages there are, by their own names.
const LANGUAGES: [(&str, &str); 3] = [("kk", "Қазақша"), ("ru", "Русский"), ("en", "English")];

pub(super) fn page(options: &Options) -> Element<Action> {
    let text = &options.text;
    let name = Element::new("h1").text(text.plain("options_title"));
    let head = Element::new("header")
        .class("page-head")
        .child(parts::mark())
        .child(name);
    let keys = [key_files(options), containers(options), tokens(options)];
    let lone = certificates::without_key(options);
    let others = [
        check(text),
        sites(options),
        record(options),
        trust(options),
        language(options),
        kept(options),
        specialists(options),
    ];
    Element::new("main")
        .class("page")
        .child(head)
        .children(trouble(options))
        .children(outdated(options))
        .children(managed::problems(options))
        .children(beginning(options))
        .children(unplaced(options))
        .children(options.host.failure().is_none().then(|| add(options)))
        .children(hidden_notice(options))
        .children(search(options))
        .children(keys)
        .children(lone)
        .children(others)
}

/// What is missing comes first: without it most of the rest cannot be done.
fn trouble(options: &Options) -> Option<Element<Action>> {
    let (text, failure) = (&options.text, options.host.failure()?);
    let again = text.plain("button_try_again");
    let again = button(again, Weight::Primary, Action::TryAgain);
    let looks = paragraph("fine", text.plain("host_looked_for"));
    let buttons = Element::new("div")
        .class("buttons start")
        .child(again)
        .child(diagnosis(text))
        .child(first_run(text));
    Some(alert(text, failure).child(looks).child(buttons))
}

fn outdated(options: &Options) -> Option<Element<Action>> {
    let outdated = options.outdated.as_ref();
    let outdated = outdated.filter(|_| options.host.failure().is_none());
    outdated.map(|failure| parts::outdated(&options.text, failure))
}

/// Where nothing is there to sign with yet: the way to the first steps.
fn beginning(options: &Options) -> Option<Element<Action>> {
    let is_empty = options.host.lists() && options.inventory.is_empty();
    is_empty.then(|| {
        let buttons = Element::new("div").class("buttons start");
        buttons.key("beginning").child(first_run(&options.text))
    })
}

fn first_run(text: &Catalogue) -> Element<Action> {
    let label = text.plain("button_first_run");
    button(label, Weight::Plain, Action::OpenFirstRun)
}

/// The way to what keeps Tamga from working.
fn diagnosis(text: &Catalogue) -> Element<Action> {
    let label = text.plain("button_diagnosis");
    button(label, Weight::Plain, Action::OpenDiagnosis)
}

/// What could not be read and is in no place that has a line of its own: the system's service, a driver, a folder.
fn unplaced(options: &Options) -> impl Iterator<Item = Element<Action>> {
    let unreadable = options.inventory.unreadable.iter();
    let unplaced = unreadable.filter(|it| it.location.is_none());
    unplaced.map(|it| alert(&options.text, &it.failure))
}

fn hidden_notice(options: &Options) -> Option<Element<Action>> {
    let show = |id| Action::Hide(id, false);
    options.inventory.hidden_notice(&options.text, show)
}

/// For one certificate of many, wherever it is kept.
fn search(options: &Options) -> Option<Element<Action>> {
    let find = |words| Action::List(ListAction::Find(words));
    let keys = options.inventory.keys.iter();
    options.list.search(&options.text, keys, find)
}

/// The way to other people's signatures.
fn check(text: &Catalogue) -> Element<Action> {
    let open = button(text.plain("check_title"), Weight::Plain, Action::OpenCheck);
    part(text, "check", "check_title")
        .child(paragraph("muted", text.plain("check_about")))
        .child(Element::new("div").class("buttons start").child(open))
}

// Language

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
        .flag("disabled", options.managed.language_fixed)
        .on(Handler::Change(Action::SetLanguage))
        .child(browsers)
        .children(others);
    let fixed = options.managed.language_fixed;
    let fixed = fixed.then(|| paragraph("muted", text.plain("managed_fixed")));
    part(text, "language", "language_title")
        .child(select)
        .children(fixed)
}

// For specialists

fn specialists(options: &Options) -> Element<Action> {
    let heading = Element::new("h2").text(options.text.plain("specialists_title"));
    Element::new("details")
        .key("specialists")
        .class("part")
        .child(Element::new("summary").child(heading))
        .child(pin_entry(options))
        .children(proxy(options))
        .child(host(options))
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
        .then(|| paragraph("muted", text.plain("managed_fixed")));
    inner(text, "pin-entry", "pin_entry_title")
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
        .child(diagnosis(text))
        .child(copy);
    inner(text, "host", "host_title")
        .child(options.host.line(text))
        .child(Element::new("pre").class("report").text(options.report()))
        .child(buttons)
}

/// A part of a part.
pub(super) fn inner(text: &Catalogue, key: &'static str, title: &str) -> Element<Action> {
    let heading = Element::new("h3")
        .attribute("id", key)
        .text(text.plain(title));
    Element::new("section")
        .key(key)
        .class("inner")
        .attribute("aria-labelledby", key)
        .child(heading)
}
