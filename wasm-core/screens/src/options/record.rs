//! The record of signatures: shown in parts, searched, saved as a file, deleted, turned off.

use super::{
    Options,
    draw::part,
    messages::{Action, Effect},
};
use crate::{
    node::{Element, Handler},
    parts::{Weight, alert, button, foreign, paragraph, progress},
};
use tamga_core::{
    failure::Failure,
    protocol::{Command, RecordEntry, RecordPage},
    text::Catalogue,
};

/// How many entries are shown at first, and how many more each time.
const FIRST: u32 = 20;
const MORE: u32 = 100;

/// What is known of the record.
#[derive(Debug, Default)]
pub(super) struct RecordList {
    /// The answer to the last question; none before the first.
    page: Option<RecordPage>,
    /// The times of its entries, as the person writes them.
    times: Vec<String>,
    /// What is looked for.
    search: String,
    deletion: Deletion,
    failure: Option<Failure>,
}

/// How far the deletion of the record is.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
enum Deletion {
    #[default]
    None,
    /// The person is asked.
    Asked,
    /// The host is at it.
    Sent,
}

impl RecordList {
    /// What is there, from the newest on.
    pub(super) fn read(&self) -> Vec<Effect> {
        self.ask(0, FIRST)
    }

    /// The next entries.
    pub(super) fn read_more(&self) -> Vec<Effect> {
        let shown = self.page.as_ref().map_or(0, |page| page.entries.len());
        self.ask(u32::try_from(shown).unwrap_or(u32::MAX), MORE)
    }

    pub(super) fn find(&mut self, search: String) -> Vec<Effect> {
        self.search = search;
        self.read()
    }

    /// The other way than it is.
    pub(super) fn toggle(&self) -> Vec<Effect> {
        let on = !self.page.as_ref().is_some_and(|page| page.on);
        let command = Command::SetRecord { on };
        vec![Effect::Record { command }]
    }

    pub(super) fn ask_to_delete(&mut self) -> Vec<Effect> {
        self.deletion = Deletion::Asked;
        Vec::new()
    }

    pub(super) fn keep(&mut self) -> Vec<Effect> {
        self.deletion = Deletion::None;
        Vec::new()
    }

    pub(super) fn delete(&mut self) -> Vec<Effect> {
        if self.deletion != Deletion::Asked {
            return Vec::new();
        }
        self.deletion = Deletion::Sent;
        let command = Command::DeleteRecord {};
        vec![Effect::Record { command }]
    }

    /// An answer of the host: to what was looked for, `page` after the first `skip`.
    pub(super) fn has_read(
        &mut self,
        search: &str,
        skip: u32,
        page: RecordPage,
        times: Vec<String>,
    ) -> Vec<Effect> {
        // What was looked for before is of no interest any more.
        if search != self.search {
            return Vec::new();
        }
        self.failure = None;
        match &mut self.page {
            Some(known) if skip > 0 => {
                known.entries.extend(page.entries);
                (known.on, known.found, known.total) = (page.on, page.found, page.total);
                self.times.extend(times);
            }
            _ => (self.page, self.times) = (Some(page), times),
        }
        Vec::new()
    }

    /// The record was deleted, or turned on or off.
    pub(super) fn changed(&mut self) -> Vec<Effect> {
        self.deletion = Deletion::None;
        self.read()
    }

    pub(super) fn failed(&mut self, failure: Failure) -> Vec<Effect> {
        self.deletion = Deletion::None;
        self.failure = Some(failure);
        Vec::new()
    }

    fn ask(&self, skip: u32, limit: u32) -> Vec<Effect> {
        let command = Command::ReadRecord {
            search: self.search.clone(),
            skip,
            limit,
        };
        vec![Effect::Record { command }]
    }
}

pub(super) fn record(options: &Options) -> Element<Action> {
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
            let no = press("button_keep", Weight::Quiet, Action::KeepRecord).focus(0);
            let yes = press(
                "button_confirm_record_deletion",
                Weight::Plain,
                Action::ConfirmRecordDeletion,
            );
            let asked = Element::new("div")
                .class("confirm")
                .attribute("role", "group");
            let question = paragraph("question", text.plain("confirm_record_deletion"));
            ending.child(asked.child(question).child(buttons().child(no).child(yes)))
        }
        Deletion::Sent => ending.child(progress(&text.plain("record_deleting"), None)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        Screen as _, english,
        options::messages::{Event, PinEntrySetting},
    };
    use tamga_core::{algorithm::DigestAlgorithm, failure::ErrorCode, origin::Origin};

    fn entry(number: u32) -> RecordEntry {
        RecordEntry {
            time: 1_800_000_000,
            origin: Some(Origin::parse("https://shop.example").unwrap()),
            top_origin: None,
            document: format!("act {number}\u{202e}.txt"),
            digest: Some(DigestAlgorithm::Sha256.digest(b"")),
            blind: false,
            certificate: "00".to_owned(),
            owner: "Ivanova Anna".to_owned(),
            failure: None,
        }
    }

    fn json(effects: &[Effect]) -> String {
        serde_json::to_string(effects).unwrap()
    }

    fn asks(search: &str, skip: u32, limit: u32) -> String {
        format!(
            r#"{{"type":"record","command":{{"type":"read-record","search":"{search}","skip":{skip},"limit":{limit}}}}}"#
        )
    }

    fn options() -> Options {
        let mut options = Options::new(english());
        options.receive(Event::Opened {
            policy: "{}".to_owned(),
            language: None,
            pin_entry: PinEntrySetting::default(),
            version: "0.1.0".to_owned(),
            browser: "Firefox".to_owned(),
            token: None,
            now: 0,
        });
        let version = "0.2.0".to_owned();
        let effects = options.receive(Event::HostOpened { version });
        assert!(json(&effects).contains(&asks("", 0, FIRST)));
        options
    }

    fn read(
        options: &mut Options,
        search: &str,
        skip: u32,
        numbers: std::ops::Range<u32>,
        found: u32,
    ) {
        options.receive(Event::RecordRead {
            search: search.to_owned(),
            skip,
            times: numbers.clone().map(|it| format!("time {it}")).collect(),
            page: RecordPage {
                on: true,
                entries: numbers.map(entry).collect(),
                found,
                total: 10_000,
            },
        });
    }

    fn says(options: &Options, words: &str) -> bool {
        options.view().words().contains(words)
    }

    fn press(options: &mut Options, label: &str) -> String {
        let action = options.view().press(label);
        json(&options.act(action))
    }

    fn rows(options: &Options) -> usize {
        let view = options.view();
        let list = view.with("class", "record").expect("a list");
        list.children.len()
    }

    #[test]
    fn ten_thousand_entries_come_in_parts() {
        let mut options = options();
        assert!(says(&options, "Record of signatures") && !says(&options, "Search the record"));
        read(&mut options, "", 0, 0..20, 10_000);
        assert!(says(&options, "Documents: 10000 of 10000"));
        assert!(says(
            &options,
            "act 0[U+202E].txt\ntime 0\nIvanova Anna · https://shop.example"
        ));
        assert_eq!(rows(&options), 20);
        let more = press(&mut options, "Show more (100)");
        assert_eq!(more, format!("[{}]", asks("", 20, MORE)));
        read(&mut options, "", 20, 20..120, 10_000);
        assert_eq!(rows(&options), 120);
        assert!(says(&options, "time 119"));
    }

    #[test]
    fn only_what_was_looked_for_last_is_shown() {
        let mut options = options();
        read(&mut options, "", 0, 0..20, 10_000);
        let effects = options.act(Action::FindInRecord("anna".to_owned()));
        assert_eq!(json(&effects), format!("[{}]", asks("anna", 0, FIRST)));
        read(&mut options, "", 20, 20..120, 10_000);
        assert_eq!(rows(&options), 20);
        read(&mut options, "anna", 0, 3..4, 1);
        assert_eq!(rows(&options), 1);
        assert!(says(&options, "Documents: 1 of 10000") && !says(&options, "more"));
        read(&mut options, "anna", 0, 0..0, 0);
        assert!(says(&options, "Nothing in the record matches."));
    }

    #[test]
    fn it_is_deleted_only_after_a_question() {
        let mut options = options();
        read(&mut options, "", 0, 0..20, 10_000);
        assert!(options.act(Action::ConfirmRecordDeletion).is_empty());
        assert_eq!(press(&mut options, "Delete the record"), "[]");
        assert_eq!(press(&mut options, "Keep"), "[]");
        press(&mut options, "Delete the record");
        let delete = r#"[{"type":"record","command":{"type":"delete-record"}}]"#;
        assert_eq!(press(&mut options, "Delete all"), delete);
        let effects = options.receive(Event::RecordChanged {});
        assert_eq!(json(&effects), format!("[{}]", asks("", 0, FIRST)));
        options.receive(Event::RecordRead {
            search: String::new(),
            skip: 0,
            times: Vec::new(),
            page: RecordPage {
                on: true,
                ..RecordPage::default()
            },
        });
        assert!(says(&options, "The record is empty.") && !says(&options, "Delete"));
    }

    #[test]
    fn it_is_turned_off_and_failures_are_told() {
        let mut options = options();
        read(&mut options, "", 0, 0..1, 1);
        let off = r#"[{"type":"record","command":{"type":"set-record","on":false}}]"#;
        assert_eq!(json(&options.act(Action::ToggleRecord)), off);
        let failure = ErrorCode::StorageFailed.into();
        options.receive(Event::RecordFailed { failure });
        assert!(options.view().with("role", "alert").is_some());
        read(&mut options, "", 0, 0..1, 1);
        assert!(options.view().with("role", "alert").is_none());
        assert_eq!(
            press(&mut options, "Save as a file"),
            r#"[{"type":"export-record"}]"#
        );
    }

    #[test]
    fn an_entry_says_who_embedded_whom_and_what_went_wrong() {
        let mut options = options();
        let framed = RecordEntry {
            top_origin: Some(Origin::parse("https://top.example").unwrap()),
            blind: true,
            failure: Some(ErrorCode::ContentChanged),
            ..entry(1)
        };
        let terminal = RecordEntry {
            origin: None,
            ..entry(2)
        };
        options.receive(Event::RecordRead {
            search: String::new(),
            skip: 0,
            times: vec![String::new(); 2],
            page: RecordPage {
                on: false,
                entries: vec![framed, terminal],
                found: 2,
                total: 2,
            },
        });
        for words in [
            "https://shop.example inside https://top.example",
            "nobody has seen the document",
            "Not signed: ",
            "Ivanova Anna · at the terminal",
            "Signatures are not recorded. What is below was recorded before.",
        ] {
            assert!(says(&options, words), "{words}");
        }
    }
}
