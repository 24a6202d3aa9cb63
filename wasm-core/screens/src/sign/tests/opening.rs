//! Until the person chooses: opening, asking, and what ends there.

use super::*;

fn opening() -> SignWindow {
    SignWindow::new(english())
}

/// A window that asks the person.
fn asking(command: &str) -> SignWindow {
    let mut window = opening();
    window.receive(Event::Requested(asked(command, "{}")));
    window.receive(listed(&[IVANOVA]));
    window.receive(Event::Decided {});
    window
}

#[test]
fn opens_the_host_and_lists() {
    let mut window = opening();
    assert_eq!(names(&window.open()), ["open-host"]);
    assert_eq!(names(&window.receive(host_opened())), ["list-certificates"]);
    assert_eq!(window.view().buttons(), ["Cancel"]);
}

#[test]
fn request_and_certificates_come_in_either_order() {
    let mut window = opening();
    assert!(window.receive(listed(&[IVANOVA])).is_empty());
    let first = names(&window.receive(Event::Requested(asked(ONE, ALLOWED))));
    let (_, second) = choosing(ONE, &[IVANOVA]);
    assert_eq!(first, ["read"]);
    assert_eq!(names(&second), first);
}

#[test]
fn a_stranger_is_asked_about_and_it_is_noted() {
    let mut window = opening();
    window.receive(Event::Requested(asked(ONE, "{}")));
    let note = r#"{"type":"decide","change":{"asked":{"site":{"origin":"https://shop.example"},"scope":"sign"}}}"#;
    assert_eq!(json(&window.receive(listed(&[IVANOVA]))), [note]);
    // Nothing to close before that is stored.
    assert_eq!(window.view().buttons(), ["Cancel"]);
    assert!(window.receive(Event::Decided {}).is_empty());
    assert!(says(&window, "shop.example"));
    let buttons = [
        "Allow this time",
        "Always allow this site",
        "Not now",
        "Never allow this site",
    ];
    assert_eq!(window.view().buttons(), buttons);
}

#[test]
fn each_answer_is_noted_and_only_a_yes_goes_on() {
    let answers = [
        ("Allow this time", "once", "read"),
        ("Always allow this site", "always", "read"),
        ("Not now", "not-now", "refuse"),
        ("Never allow this site", "never", "refuse"),
    ];
    for (button, answer, then) in answers {
        let mut window = asking(ONE);
        let action = window.view().press(button);
        let effects = window.act(action);
        assert_eq!(names(&effects), ["decide", then]);
        let answered = format!(r#""scope":"sign","answer":"{answer}""#);
        assert!(
            json(&effects)[0].contains(&answered),
            "{:?}",
            json(&effects)
        );
        assert_eq!(
            says(&window, "Password of the file keys.p12"),
            then == "read"
        );
    }
}

#[test]
fn a_refused_site_hears_that_it_was_refused() {
    let mut window = asking(ONE);
    let effects = window.act(Action::Answer(Answer::NotNow));
    assert_eq!(
        json(&effects)[1],
        r#"{"type":"refuse","failure":{"code":"PERMISSION_DENIED"}}"#
    );
}

#[test]
fn closing_the_question_is_not_now() {
    let mut window = asking(ONE);
    let effects = window.act(Action::Close);
    assert_eq!(names(&effects), ["decide", "refuse"]);
    assert!(json(&effects)[0].contains("not-now"));
    assert!(window.receive(Event::Decided {}).is_empty());

    // So is closing it while it is noted: the site is refused either way.
    let mut window = opening();
    window.receive(Event::Requested(asked(ONE, "{}")));
    window.receive(listed(&[IVANOVA]));
    let effects = window.receive(Event::Closed {});
    assert!(json(&effects)[0].contains("not-now"));
    assert!(json(&effects)[1].contains("PERMISSION_DENIED"));
}

#[test]
fn a_question_taken_back_is_refused_and_one_that_was_left_is_not() {
    for (taken_back, change) in [(true, r#""answer":"not-now""#), (false, r#""left":{"#)] {
        let mut window = asking(ONE);
        let effects = window.receive(Event::Gone { taken_back });
        assert_eq!(names(&effects), ["decide", "refuse"]);
        assert!(json(&effects)[0].contains(change), "{:?}", json(&effects));
        assert!(window.receive(Event::Closed {}).is_empty());

        // While it is being noted it counts as much.
        let mut window = opening();
        window.receive(Event::Requested(asked(ONE, "{}")));
        window.receive(listed(&[IVANOVA]));
        assert!(json(&window.receive(Event::Gone { taken_back }))[0].contains(change));

        // A person who was allowed to choose has answered the question.
        let (mut window, _) = choosing(ONE, &[IVANOVA]);
        let effects = window.receive(Event::Gone { taken_back });
        assert_eq!(names(&effects), ["refuse"]);
    }
}

#[test]
fn a_private_window_offers_nothing_that_would_be_kept() {
    let mut window = opening();
    let private_window = true;
    window.receive(Event::Requested(WindowRequest {
        private_window,
        ..asked(ONE, "{}")
    }));
    window.receive(listed(&[IVANOVA]));
    window.receive(Event::Decided {});
    window.receive(Event::Waited {});
    assert_eq!(window.view().buttons(), ["Allow this time", "Not now"]);
    assert!(says(&window, "your answer is not kept"));
    assert!(!says(&window, "Always"));
}

#[test]
fn always_on_this_computer_is_said_to_end_with_the_browser() {
    let mut window = opening();
    window.receive(Event::Requested(WindowRequest {
        origin: "http://localhost:3000".to_owned(),
        ..asked(ONE, "{}")
    }));
    window.receive(listed(&[IVANOVA]));
    window.receive(Event::Decided {});
    assert!(says(&window, "until the browser is closed"));
    assert!(!says(&window, "180 days"));
    assert!(says(&asking(ONE), "180 days"));
}

#[test]
fn a_site_that_may_is_not_asked_about() {
    let (window, effects) = choosing(ONE, &[IVANOVA]);
    assert_eq!(names(&effects), ["read"]);
    assert!(says(&window, "Password of the file keys.p12"));
}

#[test]
fn a_site_that_may_not_is_refused_before_anything_is_shown() {
    let mut window = opening();
    let effects = window.receive(Event::Requested(asked(ONE, FORBIDDEN)));
    assert_eq!(
        json(&effects),
        [r#"{"type":"refuse","failure":{"code":"PERMISSION_DENIED"}}"#]
    );
    assert!(!says(&window, "shop.example"));
}

#[test]
fn a_frame_shows_both_origins_and_has_permissions_of_its_own() {
    let mut window = opening();
    window.receive(listed(&[IVANOVA]));
    let framed = WindowRequest {
        top_origin: Some("https://portal.example:8443".to_owned()),
        ..asked(ONE, ALLOWED)
    };
    assert_eq!(names(&window.receive(Event::Requested(framed))), ["decide"]);
    window.receive(Event::Decided {});
    assert!(says(&window, "shop.example") && says(&window, "portal.example:8443"));
    assert!(says(&window, "embedded in another site"));
}

#[test]
fn requests_that_make_no_sense_are_answered_at_once() {
    let insecure = WindowRequest {
        origin: "http://shop.example".to_owned(),
        ..asked(ONE, ALLOWED)
    };
    let framed = WindowRequest {
        top_origin: Some("null".to_owned()),
        ..asked(ONE, ALLOWED)
    };
    let cases = [
        (insecure, r#"{"code":"ORIGIN_INSECURE"}"#),
        (framed, r#"{"code":"ORIGIN_INSECURE"}"#),
        (asked("{}", ALLOWED), r#"{"code":"REQUEST_MALFORMED"}"#),
        (
            asked(r#"{"type":"sign","documents":[],"password":"1"}"#, ALLOWED),
            r#"{"code":"REQUEST_MALFORMED"}"#,
        ),
    ];
    for (asked, failure) in cases {
        let effects = opening().receive(Event::Requested(asked));
        assert_eq!(
            json(&effects),
            [format!(r#"{{"type":"refuse","failure":{failure}}}"#)]
        );
    }
}

#[test]
fn a_missing_host_is_explained_and_can_be_tried_again() {
    for code in [
        ErrorCode::HostMissing,
        ErrorCode::HostOutdated,
        ErrorCode::HostStopped,
    ] {
        let mut window = opening();
        window.receive(Event::HostFailed {
            failure: failed(code),
        });
        window.receive(Event::Requested(asked(ONE, ALLOWED)));
        let text = english();
        assert!(says(&window, &text.error(&failed(code))), "{code:?}");
        assert!(says(&window, &text.help(&failed(code))), "{code:?}");
        let again = window.view().press("Try again");
        assert_eq!(names(&window.act(again)), ["open-host"]);
        assert_eq!(names(&window.receive(listed(&[IVANOVA]))), ["read"]);
    }
}

#[test]
fn a_missing_host_is_named_first_with_a_way_on_and_looked_for_again() {
    for code in [ErrorCode::HostMissing, ErrorCode::HostOutdated] {
        let mut window = opening();
        window.receive(Event::Requested(asked(ONE, ALLOWED)));
        let failure = failed(code);
        window.receive(Event::HostFailed { failure });
        let view = window.view();
        let heading = view.all().into_iter().find(|it| it.tag == "h1").unwrap();
        assert_eq!(heading.words(), "Tamga’s program is needed first");
        let help = window.view().press("What is wrong?");
        assert_eq!(names(&window.act(help)), ["open-diagnosis"]);
        let buttons = window.view().buttons();
        let is_missing = code == ErrorCode::HostMissing;
        assert_eq!(buttons.iter().any(|it| it == "How to get it"), is_missing);
        if is_missing {
            let lead = window.view().press("How to get it");
            assert_eq!(names(&window.act(lead)), ["open-first-run"]);
        }
        // Whoever comes back sees no flicker while it is still missing.
        let effects = window.receive(Event::Focused {});
        assert_eq!(names(&effects), ["open-host"]);
        assert!(says(&window, "Tamga’s program is needed first"));
        let failure = failed(code);
        assert!(window.receive(Event::HostFailed { failure }).is_empty());
        assert!(says(&window, "Tamga’s program is needed first"));
        assert_eq!(names(&window.receive(host_opened())), ["list-certificates"]);
        assert!(says(&window, "Starting…"));
        assert_eq!(names(&window.receive(listed(&[IVANOVA]))), ["read"]);
    }
    // What has stopped is not started by a look at it.
    let mut window = opening();
    window.receive(Event::HostFailed {
        failure: failed(ErrorCode::HostStopped),
    });
    assert!(window.receive(Event::Focused {}).is_empty());
}

#[test]
fn the_extension_itself_asks_each_time_and_says_that_it_is_no_site() {
    let mut window = opening();
    let own = WindowRequest {
        origin: tamga_core::origin::OWN_PAGE.to_owned(),
        ..asked(ONE, "{}")
    };
    window.receive(Event::Requested(own));
    window.receive(host_opened());
    assert_eq!(names(&window.receive(listed(&[IVANOVA]))), ["decide"]);
    window.receive(Event::Decided {});
    assert!(says(
        &window,
        "Tamga itself asks. No site is involved.\nTamga"
    ));
    assert!(!says(&window, "tamga://") && !says(&window, "Request from"));
    assert_eq!(window.view().buttons(), ["Allow this time", "Not now"]);
    assert_eq!(window.title().as_deref(), Some("Signing: Tamga · Tamga"));
}

#[test]
fn a_failure_that_is_read_reaches_the_page() {
    let mut window = opening();
    window.receive(Event::Requested(asked(ONE, ALLOWED)));
    window.receive(Event::HostFailed {
        failure: failed(ErrorCode::HostMissing),
    });
    let close = window.view().press("Close");
    let effects = window.act(close);
    assert_eq!(
        json(&effects),
        [r#"{"type":"refuse","failure":{"code":"HOST_MISSING"}}"#]
    );
}

#[test]
fn a_host_that_is_missing_is_told_instead_of_a_question() {
    let mut window = asking(ONE);
    window.receive(Event::HostFailed {
        failure: failed(ErrorCode::HostStopped),
    });
    assert!(says(&window, "has stopped"));
    assert!(
        !window
            .view()
            .buttons()
            .contains(&"Allow this time".to_owned())
    );
}

#[test]
fn a_defect_can_be_reported() {
    let mut window = opening();
    window.receive(host_opened());
    window.receive(Event::HostFailed {
        failure: Failure::of(ErrorCode::Internal, "x"),
    });
    let copy = window.view().press("Copy report");
    let effects = window.act(copy);
    assert_eq!(
        json(&effects),
        [r#"{"type":"copy","text":"INTERNAL x host 0.1.0"}"#]
    );
}

#[test]
fn cancelling_is_told_to_the_page() {
    let (mut window, _) = choosing(ONE, &[IVANOVA]);
    let cancel = window.view().press("Cancel");
    let effects = window.act(cancel);
    assert_eq!(
        json(&effects),
        [r#"{"type":"refuse","failure":{"code":"CANCELLED"}}"#]
    );
}

#[test]
fn closing_the_window_says_what_its_close_button_would() {
    let mut window = asking(ONE);
    let effects = window.receive(Event::Closed {});
    assert_eq!(names(&effects), ["decide", "refuse"]);
    assert!(json(&effects)[1].contains("PERMISSION_DENIED"));
    // What was said is not said again.
    assert!(window.receive(Event::Closed {}).is_empty());

    let (mut window, _) = choosing(ONE, &[IVANOVA]);
    assert!(json(&window.receive(Event::Closed {}))[0].contains("CANCELLED"));
}

#[test]
fn escape_is_the_button_that_ends_the_window() {
    let mut window = asking(ONE);
    assert!(json(&window.receive(Event::Escaped {}))[1].contains("PERMISSION_DENIED"));
    let (mut window, _) = choosing(ONE, &[IVANOVA]);
    assert!(json(&window.receive(Event::Escaped {}))[0].contains("CANCELLED"));
    let (mut window, _) = choosing(CERTIFICATE, &[IVANOVA]);
    let share = window.view().press("Show to the site");
    window.act(share);
    // The page has it, or nearly so.
    assert!(window.receive(Event::Escaped {}).is_empty());
    window.receive(Event::Delivered {});
    assert_eq!(names(&window.receive(Event::Escaped {})), ["close"]);
}

#[test]
fn a_site_is_asked_about_before_it_learns_that_a_certificate_is_missing() {
    let missing = "0".repeat(64);
    let command = ONE.replacen('{', &format!(r#"{{"certificate":"{missing}","#), 1);
    let mut window = asking(&command);
    assert!(says(&window, "shop.example"));
    window.act(Action::Answer(Answer::Once));
    assert!(says(
        &window,
        "The certificate that the site asks for is not here."
    ));
}
