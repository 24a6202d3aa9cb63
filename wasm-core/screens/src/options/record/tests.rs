use super::*;
use crate::{
    Screen as _, english,
    options::{
        Options,
        messages::{Action, Event, ManagedSettings, PinEntrySetting},
        tests::{json, says},
    },
};
use tamga_core::{
    algorithm::DigestAlgorithm, failure::ErrorCode, origin::Origin, protocol::RecordEntry,
};

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
        managed: ManagedSettings::default(),
        version: "0.1.0".to_owned(),
        browser: "Firefox".to_owned(),
        token: None,
        hidden: Vec::new(),
        now: 0,
    });
    let version = "0.2.0".to_owned();
    let effects = options.receive(Event::HostOpened { version });
    assert!(json(&effects).contains(&asks("", 0, FIRST)));
    options
}

fn read(options: &mut Options, search: &str, skip: u32, numbers: std::ops::Range<u32>, found: u32) {
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
    assert!(says(&options, "The record is empty.") && !says(&options, "Delete the record"));
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
