//! What is signed: names, sizes, digests, and a look into the text.

use crate::{
    node::Element,
    parts::{Weight, button, paragraph},
    sign::{
        SignWindow,
        items::{Item, PreviewKind},
        messages::Action,
        preview::{self, Content, Preview},
    },
    wording,
};
use tamga_core::{display_text, failure::Failure, text::Catalogue};

/// The documents of the request, a few of them at first.
pub(super) fn section(window: &SignWindow) -> Element<Action> {
    let (text, items) = (&window.text, &window.items);
    let blind = items.are_blind();
    let shown = items.all.iter().enumerate().take(window.shown_documents);
    let rows = shown.map(|(index, item)| row(window, index, item));
    let list = Element::new("ul").class("rows").children(rows);
    Element::new("section")
        .class("documents")
        .attribute("aria-labelledby", "documents")
        .child(heading(window))
        .children(blind.then(|| blind_notice(text)))
        .child(list)
        .children(more(window))
}

/// How many documents the list leaves out.
fn more(window: &SignWindow) -> Option<Element<Action>> {
    let hidden = window.items.all.len();
    let hidden = hidden.saturating_sub(window.shown_documents);
    let hidden = u64::try_from(hidden).ok().filter(|hidden| *hidden > 0)?;
    let words = window.text.counted("more_documents", hidden);
    Some(button(words, Weight::Quiet, Action::ShowDocuments).key("more"))
}

/// Nobody here has seen what is signed.
fn blind_notice(text: &Catalogue) -> Element<Action> {
    let sign = Element::new("span").class("warning-sign");
    let words = Element::new("p").text(text.plain("blind"));
    Element::new("div")
        .class("notice warn with-sign")
        .attribute("role", "note")
        .child(sign.attribute("aria-hidden", "true"))
        .child(words)
}

/// What the request is about, before the person lets the site go on: names and sizes.
pub(super) fn names(window: &SignWindow) -> Option<Element<Action>> {
    let items = &window.items.all;
    let rows = items.iter().take(window.shown_documents);
    let rows = rows.map(|item| {
        Element::new("li")
            .class("row")
            .child(line(&window.text, item))
    });
    let list = Element::new("ul").class("rows").children(rows);
    let section = || {
        let section = Element::new("section").child(heading(window));
        section.child(list).children(more(window))
    };
    (!items.is_empty()).then(section)
}

/// How many of several documents the person has not looked at.
pub(super) fn not_viewed(window: &SignWindow) -> Option<Element<Action>> {
    let items = &window.items;
    let (unseen, total) = (items.not_viewed(), items.all.len());
    if items.are_blind() || total < 2 || unseen == 0 {
        return None;
    }
    let counts = [
        ("count", &*unseen.to_string()),
        ("total", &*total.to_string()),
    ];
    Some(paragraph(
        "fine unseen-count",
        window.text.text("not_looked_at", &counts),
    ))
}

/// What was not signed, and why.
pub(super) fn failures(window: &SignWindow) -> Option<Element<Action>> {
    let rows = window.items.all.iter().filter_map(|item| {
        let failure = item.failure()?;
        let name = named(Element::new("p"), item);
        let what = failure_words(&window.text, failure);
        Some(Element::new("li").class("row").child(name).child(what))
    });
    let list = Element::new("ul").class("rows").children(rows);
    (!list.children.is_empty()).then_some(list)
}

fn heading(window: &SignWindow) -> Element<Action> {
    let (text, items) = (&window.text, &window.items);
    let count = items.all.len().to_string();
    let words = if items.are_blind() {
        text.text("hashes_count", &[("count", &count)])
    } else {
        let size = wording::size(text, items.bytes().1);
        text.text("documents_count", &[("count", &count), ("size", &size)])
    };
    Element::new("h2").attribute("id", "documents").text(words)
}

fn row(window: &SignWindow, index: usize, item: &Item) -> Element<Action> {
    let text = &window.text;
    let failure = item.failure();
    let failure = failure.map(|failure| failure_words(text, failure));
    let shown = window.preview.as_ref().filter(|it| it.index == index);
    let look = match item.preview_kind {
        _ if failure.is_some() => None,
        PreviewKind::Text => Some(text_button(text, index, item, shown.is_some())),
        PreviewKind::Viewer(_) => Some(look_button(text, "button_view", item, Action::View(index))),
        PreviewKind::File if item.size.is_some_and(|size| size > 0) => {
            Some(copy_button(window, index, item))
        }
        PreviewKind::File | PreviewKind::Impossible | PreviewKind::Unknown => None,
    };
    Element::new("li")
        .key(index.to_string())
        .class("row")
        .child(line(text, item))
        .children(digest(window, item))
        .children(failure)
        .children(look)
        .children(shown.map(|preview| preview_box(window, preview, item)))
}

fn line(text: &Catalogue, item: &Item) -> Element<Action> {
    let name = named(Element::new("span"), item);
    let size = item.size.map(|size| {
        let words = wording::size(text, size);
        Element::new("span").class("row-size").text(words)
    });
    let line = Element::new("div").class("row-line");
    line.child(name).children(size)
}

/// The document's name; one that would fill the window is cut, and whole in the tooltip.
fn named(element: Element<Action>, item: &Item) -> Element<Action> {
    let (name, shown) = (
        display_text::name(&item.name),
        wording::short_name(&item.name),
    );
    let element = element.class("row-name").foreign(&shown);
    if shown == name {
        return element;
    }
    element.attribute("title", name)
}

/// What happened, and what to do.
fn failure_words(text: &Catalogue, failure: &Failure) -> Element<Action> {
    let words = [text.error(failure), text.help(failure)].join(" ");
    paragraph("row-failure", words)
}

/// The digest, or that it is on its way: without a certificate nothing is read, and what failed has none.
fn digest(window: &SignWindow, item: &Item) -> Option<Element<Action>> {
    let text = &window.text;
    let row = Element::new("p").class("row-digest");
    match item.digest() {
        None if item.failure().is_some() => None,
        Some(digest) => {
            let algorithm = Element::new("span").text(digest.algorithm().name());
            let value = Element::new("code").attribute("title", digest.hex());
            let words = text.plain("details");
            let label = of_document(text, &words, item);
            let summary = Element::new("summary").attribute("aria-label", label);
            let details = Element::new("details")
                .key("digest")
                .class("row-details")
                .flag("open", window.items.are_blind())
                .child(summary.text(words));
            let row = row.child(algorithm).child(value.text(digest.hex()));
            Some(details.child(row))
        }
        None => {
            window.chosen()?;
            Some(row.text(text.plain("digest_pending")))
        }
    }
}

/// A button of one of many rows: for those who only hear it, it says whose it is.
fn look_button(text: &Catalogue, key: &str, item: &Item, action: Action) -> Element<Action> {
    let words = text.plain(key);
    let label = of_document(text, &words, item);
    let button = button(words, Weight::Quiet, action).key("look");
    button.attribute("aria-label", label)
}

fn of_document(text: &Catalogue, words: &str, item: &Item) -> String {
    let name = wording::short_name(&item.name);
    text.text("action_of", &[("action", words), ("name", &name)])
}

fn text_button(text: &Catalogue, index: usize, item: &Item, shown: bool) -> Element<Action> {
    let key = if shown {
        "button_hide_text"
    } else {
        "button_show_text"
    };
    let button = look_button(text, key, item, Action::Preview(index));
    button.attribute("aria-expanded", if shown { "true" } else { "false" })
}

/// Saves the document as it was read; that takes a while, as it is read once more.
fn copy_button(window: &SignWindow, index: usize, item: &Item) -> Element<Action> {
    if window.copying == Some(index) {
        return paragraph("row-look", window.text.plain("copy_pending")).key("copying");
    }
    let save = look_button(&window.text, "button_save_copy", item, Action::Save(index));
    save.flag("disabled", window.copying.is_some())
}

fn preview_box(window: &SignWindow, preview: &Preview, item: &Item) -> Element<Action> {
    let text = &window.text;
    let shown = Element::new("div").key("preview").class("preview");
    match &preview.content {
        Content::Waiting => shown.text(text.plain("preview_waiting")),
        Content::Binary => shown.text(text.plain("cannot_be_shown")),
        Content::Text { text: words, whole } => {
            let words = Element::new("pre")
                .attribute("tabindex", "0")
                .text(words.as_str());
            let shown = shown.child(words);
            if *whole {
                return shown;
            }
            let size = wording::size(text, u64::from(preview::LENGTH));
            let cut = text.text("preview_cut", &[("size", &size)]);
            shown
                .child(paragraph("fine", cut))
                .child(copy_button(window, preview.index, item))
        }
    }
}
