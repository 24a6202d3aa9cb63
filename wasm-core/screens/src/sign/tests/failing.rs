//! What goes wrong while documents are read and signed.

use super::signing::{SHA256, item_signed, outcomes, signing, submit};
use super::*;

fn item_failed(window: &mut SignWindow, index: u32, code: ErrorCode) -> Vec<Effect> {
    let failure = failed(code);
    window.receive(Event::ItemFailed { index, failure })
}

fn sign_failed(window: &mut SignWindow, code: ErrorCode) -> Vec<Effect> {
    let failure = failed(code);
    window.receive(Event::SignFailed { failure })
}

pub(super) fn read_failed(window: &mut SignWindow, index: usize, code: ErrorCode) -> Vec<Effect> {
    let failure = failed(code);
    window.receive(Event::ReadFailed { index, failure })
}

#[test]
fn a_wrong_password_costs_nothing_but_a_new_one() {
    let (mut window, _) = choosing(THREE, &[IVANOVA, SMITH]);
    window.act(Action::Choose(entry(SMITH).key_id()));
    (0..3).for_each(|index| drop(read(&mut window, index, SHA256)));
    for wrong in 1..=3 {
        submit(&mut window, "wrong");
        assert!(sign_failed(&mut window, ErrorCode::PasswordWrong).is_empty());
        let view = window.view();
        let field = view.with("type", "password");
        let field = field.expect("a password field");
        assert_eq!(
            (field.focus, field.value_of("aria-invalid")),
            (Some(wrong), Some("true"))
        );
        assert!(says(&window, "The password is wrong."));
    }
    // That of the file, and not of the key.
    submit(&mut window, "other");
    assert!(sign_failed(&mut window, ErrorCode::PasswordSecondNeeded).is_empty());
    assert!(says(
        &window,
        "The key has another password: type that one."
    ));
    let effects = submit(&mut window, "right");
    assert_eq!(names(&effects), ["progress", "sign"]);
    assert!(json(&effects)[1].contains(&entry(SMITH).id));
}

#[test]
fn a_document_that_cannot_be_read_does_not_hold_up_the_others() {
    let (mut window, _) = choosing(THREE, &[IVANOVA]);
    read(&mut window, 0, SHA256);
    let effects = read_failed(&mut window, 1, ErrorCode::ContentChanged);
    assert!(effects.is_empty());
    assert!(says(&window, "The document changed or vanished"));
    read(&mut window, 2, SHA256);
    submit(&mut window, "1");
    // The host was given two items: the first and the third.
    item_signed(&mut window, 0);
    item_failed(&mut window, 1, ErrorCode::SignatureInvalid);
    let effects = window.receive(Event::Signed {});
    let expected = serde_json::json!([
        {"type": "signed", "name": "a.txt", "signature": 0},
        {"type": "failed", "name": "b.pdf", "failure": {"code": "CONTENT_CHANGED"}},
        {"type": "failed", "name": "c.xml", "failure": {"code": "SIGNATURE_INVALID"}},
    ]);
    assert_eq!(outcomes(&effects), expected);
    assert!(window.receive(Event::Delivered {}).is_empty());
    for words in [
        "Not everything is signed",
        "Signatures: 1 of 3",
        "b.pdf",
        "c.xml",
    ] {
        assert!(says(&window, words), "{words}");
    }
}

#[test]
fn an_item_that_the_host_left_out_has_failed() {
    let (mut window, _) = signing(THREE);
    item_signed(&mut window, 0);
    let effects = window.receive(Event::Signed {});
    assert_eq!(outcomes(&effects)[1]["failure"]["code"], "INTERNAL");
}

#[test]
fn when_every_item_fails_nothing_is_answered_yet() {
    let (mut window, _) = signing(ONE);
    item_failed(&mut window, 0, ErrorCode::SignatureInvalid);
    assert!(window.receive(Event::Signed {}).is_empty());
    assert!(says(&window, "does not verify"));

    let (mut window, _) = choosing(ONE, &[IVANOVA]);
    assert!(read_failed(&mut window, 0, ErrorCode::ContentChanged).is_empty());
    assert!(says(&window, "Choose it again on the site."));
    assert_eq!(window.view().buttons(), ["Close"]);
}

#[test]
fn a_host_that_stops_is_opened_again_and_reads_again() {
    let stop = failed(ErrorCode::HostStopped);
    let stops = [
        Event::HostFailed {
            failure: stop.clone(),
        },
        Event::SignFailed {
            failure: stop.clone(),
        },
        Event::ReadFailed {
            index: 0,
            failure: stop,
        },
    ];
    for event in stops {
        let (mut window, _) = signing(ONE);
        assert!(window.receive(event).is_empty());
        assert!(says(&window, "has stopped"));
        let again = window.view().press("Try again");
        assert_eq!(names(&window.act(again)), ["open-host"]);
        window.receive(host_opened());
        assert_eq!(names(&window.receive(listed(&[IVANOVA]))), ["read"]);
        read(&mut window, 0, SHA256);
        assert_eq!(names(&submit(&mut window, "1")), ["progress", "sign"]);
    }
}

#[test]
fn another_certificate_can_be_chosen_when_this_one_fails() {
    let (mut window, _) = signing(ONE);
    sign_failed(&mut window, ErrorCode::KeyMismatch);
    let again = window.view().press("Choose another");
    assert_eq!(names(&window.act(again)), ["read"]);
    assert!(says(&window, "Password of the file keys.p12"));
}

#[test]
fn each_remedy_has_its_button() {
    let buttons = [
        (ErrorCode::Timeout, vec!["Close", "Try again"]),
        (
            ErrorCode::StorageFailed,
            vec!["Close", "What is wrong?", "Try again"],
        ),
        (
            ErrorCode::ModuleFailed,
            vec!["Close", "What is wrong?", "Try again"],
        ),
        (ErrorCode::KeyFileNotFound, vec!["Close", "Choose another"]),
        (ErrorCode::Internal, vec!["Close", "Copy report"]),
    ];
    for (code, buttons) in buttons {
        let (mut window, _) = signing(ONE);
        sign_failed(&mut window, code);
        assert_eq!(window.view().buttons(), buttons, "{code:?}");
    }
}

#[test]
fn the_older_half_is_named_while_all_is_well_and_when_something_fails() {
    let (mut window, _) = choosing(ONE, &[IVANOVA]);
    let older = failed(ErrorCode::ExtensionOutdated);
    window.receive(Event::Outdated { failure: older });
    let words = "older than the Tamga program";
    assert!(says(&window, words) && says(&window, "Password of the file keys.p12"));
    let (mut window, _) = signing(ONE);
    window.receive(Event::Outdated {
        failure: Failure {
            package: Some(protocol::PackageKind::Deb),
            ..failed(ErrorCode::HostOutdated)
        },
    });
    assert!(!says(&window, "older"));
    sign_failed(&mut window, ErrorCode::Internal);
    assert!(says(&window, "older than the extension") && says(&window, "sudo apt install"));
    window.receive(host_opened());
    assert!(!says(&window, "older"));
}

#[test]
fn an_extension_that_is_too_old_is_no_missing_program() {
    let mut window = SignWindow::new(english());
    window.receive(Event::Requested(asked(ONE, ALLOWED)));
    window.receive(Event::HostFailed {
        failure: failed(ErrorCode::ExtensionOutdated),
    });
    assert!(says(&window, "older than the Tamga program") && !says(&window, "is needed first"));
    let buttons = window.view().buttons();
    assert_eq!(buttons, ["Close", "What is wrong?", "Try again"]);
}

#[test]
fn cancelling_in_the_middle_is_told_to_the_page_and_late_news_changes_nothing() {
    let (mut window, _) = signing(ONE);
    let cancel = window.view().press("Cancel");
    assert_eq!(names(&window.act(cancel)), ["refuse"]);
    item_signed(&mut window, 0);
    assert!(window.receive(Event::Signed {}).is_empty());
    assert!(sign_failed(&mut window, ErrorCode::HostStopped).is_empty());
    assert!(!says(&window, "has stopped"));
}

#[test]
fn a_host_that_ends_after_the_work_is_no_failure() {
    let (mut window, _) = signing(ONE);
    item_signed(&mut window, 0);
    window.receive(Event::Signed {});
    window.receive(Event::HostFailed {
        failure: failed(ErrorCode::HostStopped),
    });
    window.receive(Event::Delivered {});
    assert!(says(&window, "Signatures: 1 of 1"));
}
