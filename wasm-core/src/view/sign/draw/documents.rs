//! What is signed: names, sizes, digests, and a look into the text.

use crate::{
    algorithm::Digest,
    text::Catalogue,
    view::{
        node::Element,
        parts::{Weight, button, caution, paragraph},
        sign::{
            SignWindow,
            items::Item,
            messages::Action,
            preview::{self, Content, Preview},
        },
        wording,
    },
};

/// The documents of the request, a few of them at first.
pub(super) fn section(window: &SignWindow) -> Element<Action> {
    let (text, items) = (&window.text, &window.items);
    let blind = items.are_blind();
    let shown = items.all.iter().enumerate().take(window.shown_documents);
    let rows = shown.map(|(index, item)| row(window, index, item));
    let list = Element::new("ul").class("rows").children(rows);
    let hidden = items.all.len().saturating_sub(window.shown_documents);
    let more = (hidden > 0).then(|| {
        let words = text.text("button_show_more", &[("count", &hidden.to_string())]);
        button(words, Weight::Quiet, Action::ShowDocuments).key("more")
    });
    Element::new("section")
        .class("documents")
        .attribute("aria-labelledby", "documents")
        .child(heading(window))
        .children(blind.then(|| caution(text.plain("blind"))))
        .child(list)
        .children(more)
}

/// What was not signed, and why.
pub(super) fn failures(window: &SignWindow) -> Option<Element<Action>> {
    let rows = window.items.all.iter().filter_map(|item| {
        let failure = item.failure()?;
        let name = paragraph("row-name", wording::name(&item.name));
        let what = paragraph("row-failure", window.text.error(failure));
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
    let size = item.size.map(|size| {
        Element::new("span")
            .class("row-size")
            .text(wording::size(text, size))
    });
    let name = Element::new("span")
        .class("row-name")
        .text(wording::name(&item.name));
    let line = Element::new("div")
        .class("row-line")
        .child(name)
        .children(size);
    let failure = item
        .failure()
        .map(|failure| paragraph("row-failure", text.error(failure)));
    let shown = window
        .preview
        .as_ref()
        .filter(|preview| preview.index == index);
    let look = item.size.is_some_and(|size| size > 0) && preview::may_be_text(&item.name);
    let look = look.then(|| look_button(text, index, shown.is_some()));
    Element::new("li")
        .key(index.to_string())
        .class("row")
        .child(line)
        .child(digest(text, item.digest()))
        .children(failure)
        .children(look)
        .children(shown.map(|preview| preview_box(text, preview)))
}

fn digest(text: &Catalogue, digest: Option<&Digest>) -> Element<Action> {
    let row = Element::new("p").class("row-digest");
    match digest {
        Some(digest) => {
            let algorithm = Element::new("span").text(digest.algorithm().name());
            let value = Element::new("code")
                .attribute("title", digest.hex())
                .text(digest.hex());
            row.child(algorithm).child(value)
        }
        None => row.text(text.plain("digest_pending")),
    }
}

fn look_button(text: &Catalogue, index: usize, shown: bool) -> Element<Action> {
    let words = text.plain(if shown {
        "button_hide_text"
    } else {
        "button_show_text"
    });
    let button = button(words, Weight::Quiet, Action::Preview(index)).key("look");
    button.attribute("aria-expanded", if shown { "true" } else { "false" })
}

fn preview_box(text: &Catalogue, preview: &Preview) -> Element<Action> {
    let shown = Element::new("div").key("preview").class("preview");
    match &preview.content {
        Content::Waiting => shown.text(text.plain("preview_waiting")),
        Content::Binary => shown.text(text.plain("preview_binary")),
        Content::Text { text: words, whole } => {
            let size = wording::size(text, u64::from(preview::LENGTH));
            let cut =
                (!whole).then(|| paragraph("fine", text.text("preview_cut", &[("size", &size)])));
            let words = Element::new("pre")
                .attribute("tabindex", "0")
                .text(words.as_str());
            shown.child(words).children(cut)
        }
    }
}
