//! Looking at documents: what went to the host, decided by content.

use super::*;

const SHA256: DigestAlgorithm = DigestAlgorithm::Sha256;

fn text(words: &str) -> String {
    BASE64_STANDARD.encode(words)
}

#[test]
fn text_is_shown_as_text_on_request() {
    let (mut window, _) = choosing(THREE, &[IVANOVA]);
    // Nobody knows what it is before it is read.
    assert!(!says(&window, "Show text"));
    read(&mut window, 0, SHA256);
    assert_eq!(window.view().words().matches("Show text").count(), 1);
    let show = window.view().press("Show text");
    assert_eq!(json(&window.act(show)), [r#"{"type":"preview","index":0}"#]);
    let start = text("<b>1\u{202e}2");
    window.receive(Event::Previewed { index: 0, start });
    assert!(says(&window, "<b>1[U+202E]2"));
    let hide = window.view().press("Hide text");
    window.act(hide);
    assert!(!says(&window, "<b>1"));
}

#[test]
fn content_decides_and_not_the_name() {
    let (mut window, _) = choosing(THREE, &[IVANOVA]);
    read_as(&mut window, 0, SHA256, ContentKind::Other);
    read_as(&mut window, 1, SHA256, ContentKind::Text);
    let looks = |label| window.view().with("aria-label", label).is_some();
    assert!(looks("Save a copy: a.txt") && looks("Show text: b.pdf"));
    assert!(!looks("Show text: a.txt"));
}

#[test]
fn a_pdf_goes_to_the_browsers_viewer() {
    let (mut window, _) = choosing(THREE, &[IVANOVA]);
    read_as(&mut window, 1, SHA256, ContentKind::Pdf);
    let view = window.view().press("Open a copy");
    let effect = r#"{"type":"view","index":1,"viewerType":"application/pdf"}"#;
    assert_eq!(json(&window.act(view)), [effect]);
    window.receive(Event::Viewed { index: 1 });
    assert!(says(&window, "Documents you have not looked at: 2 of 3"));
    // One that was too large to keep is not shown in the browser.
    let digest = SHA256.digest(&[0; 3]);
    window.receive(Event::Read {
        index: 1,
        document: 20,
        digest,
        kind: ContentKind::Pdf,
        kept: false,
    });
    assert!(!says(&window, "Open a copy") && says(&window, "Save a copy"));
    assert!(window.act(Action::View(1)).is_empty());
}

#[test]
fn what_the_browser_does_not_show_is_saved_as_it_was_read() {
    let (mut window, _) = choosing(THREE, &[IVANOVA]);
    read_as(&mut window, 1, SHA256, ContentKind::Other);
    read_as(&mut window, 2, SHA256, ContentKind::Other);
    // There is nothing in an empty one.
    assert_eq!(window.view().words().matches("Save a copy").count(), 1);
    let save = window.view().press("Save a copy");
    let effect = r#"{"type":"save","index":1,"name":"b.pdf"}"#;
    assert_eq!(json(&window.act(save.clone())), [effect]);
    assert!(says(&window, "Making a copy…"));
    assert!(window.act(save.clone()).is_empty());
    window.receive(Event::Viewed { index: 1 });
    assert!(says(&window, "Documents you have not looked at: 2 of 3"));
    window.act(save);
    let failure = failed(ErrorCode::ContentChanged);
    window.receive(Event::PreviewFailed { index: 1, failure });
    assert!(says(&window, "The document changed or vanished"));
    assert!(!says(&window, "Making a copy…"));
}

#[test]
fn a_saved_copy_has_a_name_that_hides_nothing() {
    let command = r#"{"type":"sign","documents":[{"name":"a\u202Efdp.exe","size":5}]}"#;
    let (mut window, _) = choosing(command, &[IVANOVA]);
    read_as(&mut window, 0, SHA256, ContentKind::Other);
    let effects = window.act(Action::Save(0));
    let effect = r#"{"type":"save","index":0,"name":"a[U+202E]fdp.exe"}"#;
    assert_eq!(json(&effects), [effect]);
}

#[test]
fn of_a_long_text_the_beginning_is_shown_and_the_rest_is_in_a_copy() {
    let command = r#"{"type":"sign","documents":[{"name":"a.txt","size":70000}]}"#;
    let (mut window, _) = choosing(command, &[IVANOVA]);
    read(&mut window, 0, SHA256);
    window.act(Action::Preview(0));
    let start = text("a");
    window.receive(Event::Previewed { index: 0, start });
    assert!(says(&window, "Only the first 64 KB are shown."));
    let save = window.view().press("Save a copy");
    assert_eq!(names(&window.act(save)), ["save"]);
}

#[test]
fn the_window_counts_what_was_not_looked_at() {
    let (mut window, _) = choosing(THREE, &[IVANOVA]);
    for index in 0..3 {
        read(&mut window, index, SHA256);
        assert!(says(
            &window,
            &format!("Documents you have not looked at: {} of 3", 3 - index)
        ));
        window.act(Action::Preview(index));
        let start = text("a");
        window.receive(Event::Previewed { index, start });
    }
    assert!(!says(&window, "not looked at"));
    // Of one document it is plain.
    let (window, _) = choosing(ONE, &[IVANOVA]);
    assert!(!says(&window, "not looked at"));
}

#[test]
fn a_preview_that_comes_too_late_is_not_shown() {
    let (mut window, _) = choosing(THREE, &[IVANOVA]);
    window.act(Action::Preview(0));
    window.act(Action::Preview(2));
    let start = text("late");
    window.receive(Event::Previewed { index: 0, start });
    assert!(!says(&window, "late"));
}

#[test]
fn what_cannot_be_shown_as_it_was_read_is_not_signed() {
    let (mut window, _) = choosing(THREE, &[IVANOVA]);
    for index in 0..3 {
        read(&mut window, index, SHA256);
    }
    window.act(Action::Preview(0));
    let failure = failed(ErrorCode::ContentChanged);
    window.receive(Event::PreviewFailed { index: 0, failure });
    assert!(says(
        &window,
        "The document changed or vanished while it was read. Choose it again on the site."
    ));
    let view = window.view();
    let sign = view.with("type", "submit").expect("a form");
    assert_eq!(sign.words(), "Sign 2 of 3");

    let (mut window, _) = choosing(ONE, &[IVANOVA]);
    read(&mut window, 0, SHA256);
    let failure = failed(ErrorCode::ContentChanged);
    window.receive(Event::PreviewFailed { index: 0, failure });
    // It does not help to try that again here.
    assert_eq!(window.view().buttons(), ["Close"]);
}

#[test]
fn a_document_that_failed_is_not_said_to_be_read() {
    let (mut window, _) = choosing(THREE, &[IVANOVA]);
    let failure = failed(ErrorCode::ContentChanged);
    window.receive(Event::ReadFailed { index: 1, failure });
    let view = window.view();
    let words = view.words();
    let row = words.split("b.pdf").nth(1).unwrap();
    let row = row.split("c.xml").next().unwrap();
    assert!(
        row.contains("The document changed") && !row.contains("Reading"),
        "{row}"
    );
    assert_eq!(view.with("type", "submit").unwrap().words(), "Sign 2 of 3");
}

#[test]
fn a_long_name_is_cut_and_whole_in_the_tooltip() {
    let name = ["a".repeat(1020), ".pdf".to_owned()].concat();
    let command = format!(r#"{{"type":"sign","documents":[{{"name":"{name}","size":5}}]}}"#);
    let (window, _) = choosing(&command, &[IVANOVA]);
    assert!(!says(&window, &name) && says(&window, "a.pdf"));
    assert!(window.view().with("title", &name).is_some());
}

#[test]
fn an_answer_that_the_page_does_not_take_is_no_success() {
    let (mut window, _) = choosing(CERTIFICATE, &[IVANOVA]);
    window.act(Action::Release);
    let failure = failed(ErrorCode::Interrupted);
    assert!(window.receive(Event::NotDelivered { failure }).is_empty());
    assert!(says(&window, "the site got nothing"));
    assert_eq!(window.view().buttons(), ["Close"]);
}
