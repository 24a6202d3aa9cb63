//! How the record of signatures looks.

use super::{Deletion, MORE, RecordList};
use crate::{
    node::{Element, Handler},
    options::{
        Options,
        messages::Action,
        parts::{confirmation, part},
    },
    parts::{Weight, alert, button, foreign, paragraph, progress},
};
use tamga_core::{
    protocol::{RecordEntry, RecordPage},
    text::Catalogue,
};

pub(in crate::options) fn record(options: &Options) -> Element<Action> {
    let (text, record) = (&options.text, &options.record);
    let failure = record.failure.as_ref();
    let failure = failure.map(|failure| alert(text, failure));
    let part = part(text, "record", "record_title")
        .child(paragraph("muted", text.plain("record_meaning")))
        .children(failure);
    match &record.page {
        Some(page) => part.children(contents(text, record, page)),
        None => part,
    }
}

fn contents(text: &Catalogue, record: &RecordList, page: &RecordPage) -> Vec<Element<Action>> {
    let mut parts = vec![switch(text, page.on)];
    if page.total == 0 {
        parts.push(paragraph("muted", text.plain("record_none")));
        return parts;
    }
    if !page.on {
        parts.push(paragraph("muted", text.plain("record_off")));
    }
    let counts = [
        ("found", &*page.found.to_string()),
        ("total", &page.total.to_string()),
    ];
    let count = match page.found {
        0 => text.plain("record_not_found"),
        _ => text.text("record_count", &counts),
    };
    let rows = page.entries.iter().zip(&record.times).enumerate();
    let rows = rows.map(|(place, (entry, time))| row(text, entry, time).key(place.to_string()));
    let more = page.entries.len() < usize::try_from(page.found).unwrap_or(usize::MAX);
    let more = more.then(|| {
        let left = u64::from(page.found).saturating_sub(record.times.len().try_into().unwrap_or(0));
        let count = left.min(u64::from(MORE)).to_string();
        let words = text.text("button_show_more", &[("count", &count)]);
        button(words, Weight::Quiet, Action::ShowMoreRecord).key("more")
    });
    parts.push(search(text));
    parts.push(
        paragraph("muted", count)
            .key("count")
            .attribute("role", "status"),
    );
    parts.push(Element::new("ul").class("record").children(rows));
    parts.extend(more);
    parts.push(ending(text, record.deletion));
    parts
}

fn switch(text: &Catalogue, on: bool) -> Element<Action> {
    let input = Element::new("input")
        .attribute("type", "checkbox")
        .attribute("id", "record-on")
        .flag("checked", on)
        .on(Handler::Change(|_| Action::ToggleRecord));
    let words = Element::new("span").text(text.plain("record_recorded"));
    let label = Element::new("label").key("on").class("choice");
    label.child(input).child(words)
}

fn search(text: &Catalogue) -> Element<Action> {
    Element::new("input")
        .key("search")
        .class("record-search")
        .attribute("type", "search")
        .attribute("maxlength", "200")
        .attribute("aria-label", text.plain("record_search"))
        .attribute("placeholder", text.plain("record_search"))
        .on(Handler::Change(Action::FindInRecord))
}

fn row(text: &Catalogue, entry: &RecordEntry, time: &str) -> Element<Action> {
    let site = match (&entry.origin, &entry.top_origin) {
        (None, _) => text.plain("record_terminal"),
        (Some(origin), None) => origin.to_string(),
        (Some(origin), Some(top)) => {
            let values = [("origin", origin.as_str()), ("top", top.as_str())];
            text.text("record_framed", &values)
        }
    };
    let who = text.text("record_by", &[("owner", &entry.owner), ("site", &site)]);
    let digest = entry.digest.as_ref().map(|digest| {
        let algorithm = Element::new("span").text(digest.algorithm().name());
        let value = Element::new("code").attribute("title", digest.hex());
        let row = Element::new("p").class("record-digest").child(algorithm);
        row.child(value.text(digest.hex()))
    });
    let blind = entry
        .blind
        .then(|| paragraph("muted", text.plain("record_blind")));
    let failure = entry.failure.map(|code| {
        let reason = text.error(&code.into());
        paragraph(
            "record-failure",
            text.text("record_failed", &[("reason", &reason)]),
        )
    });
    let name = foreign("record-name", &entry.document);
    let time = Element::new("time").text(time);
    let head = Element::new("div")
        .class("record-head")
        .child(name)
        .child(time);
    Element::new("li")
        .child(head)
        .child(paragraph("record-who", who))
        .children(failure)
        .children(blind)
        .children(digest)
}

/// What can be done with all of it.
fn ending(text: &Catalogue, deletion: Deletion) -> Element<Action> {
    let buttons = || Element::new("div").class("buttons");
    let press = |label: &str, weight, action| button(text.plain(label), weight, action);
    let ending = Element::new("div").key("ending").class("record-ending");
    match deletion {
        Deletion::None => ending.child(
            buttons()
                .child(press(
                    "button_delete_record",
                    Weight::Quiet,
                    Action::DeleteRecord,
                ))
                .child(press(
                    "button_export_record",
                    Weight::Plain,
                    Action::ExportRecord,
                )),
        ),
        Deletion::Asked => {
            let yes = (
                "button_confirm_record_deletion",
                Action::ConfirmRecordDeletion,
            );
            let question = "confirm_record_deletion";
            ending.child(confirmation(text, question, yes, Action::KeepRecord))
        }
        Deletion::Sent => ending.child(progress(&text.plain("record_deleting"), None)),
    }
}
