//! PINs: few tries, typed here or on the reader, and what the token makes of them.

use super::tokens::{
    field, files, on_reader, pin, press, red, refused, sent, submit, value, window, with_entry,
    with_state, with_tries,
};
use super::*;
use crate::fixtures::{token, token_id};
use tamga_core::{
    failure::TriesLeft,
    protocol::{
        LastTry::{Acknowledged, NotAcknowledged},
        PinEntry, PinState, Prompt, Unlock,
    },
};

#[test]
fn a_token_asks_for_its_pin_by_its_name() {
    let window = window(red(token("Red")));
    assert!(says(&window, "PIN of Red\n") && says(&window, "The site never sees it."));
    assert!(!says(&window, "Password of the file keys.p12"));
    assert_eq!(field(&window), Some((token_id("Red"), Some(0))));
}

#[test]
fn tries_left_are_said_before_anything_is_typed() {
    let cases = [
        (TriesLeft::Exactly(3), "Tries left: 3."),
        (TriesLeft::Few, "Fewer tries are left than at first."),
        (TriesLeft::Last, "One try is left."),
    ];
    for (tries, words) in cases {
        assert!(says(&window(red(with_tries(tries))), words), "{words}");
    }
}

#[test]
fn no_pin_is_no_try() {
    let mut window = window(red(token("Red")));
    assert!(submit(&mut window, "").is_empty());
    assert!(says(&window, "Type the PIN."));
    assert_eq!(field(&window), Some((token_id("Red"), Some(1))));
    assert_eq!(
        sent(&submit(&mut window, "123456")),
        pin("123456", NotAcknowledged)
    );
}

#[test]
fn a_wrong_pin_costs_a_try_and_nothing_else() {
    let mut window = window(red(token("Red")));
    submit(&mut window, "wrong1");
    let tries = Some(TriesLeft::Exactly(2));
    let effects = refused(&mut window, ErrorCode::PinWrong, tries);
    // Nothing is read again, but the token is asked how it is.
    assert_eq!(names(&effects), ["list-certificates"]);
    assert!(says(&window, "The PIN is wrong. Tries left: 2."));
    assert_eq!(field(&window), Some((token_id("Red"), Some(1))));
    assert!(
        window
            .receive(Event::Listed(red(with_tries(TriesLeft::Exactly(2)))))
            .is_empty()
    );
    assert!(says(&window, "The PIN is wrong. Tries left: 2."));
    assert_eq!(
        sent(&submit(&mut window, "right1")),
        pin("right1", NotAcknowledged)
    );
}

#[test]
fn what_is_wrong_with_one_token_is_not_said_of_another_key() {
    let mut window = window(red(token("Red")));
    submit(&mut window, "wrong1");
    refused(&mut window, ErrorCode::PinWrong, None);
    window.act(Action::Choose(entry(IVANOVA).key_id()));
    assert!(!says(&window, "The PIN is wrong."));
    // Neither is the PIN left in the field, nor the keyboard taken away from the list.
    assert_eq!(field(&window), Some(("password".to_owned(), None)));
}

#[test]
fn the_last_try_asks_again() {
    let listed = || window(red(with_tries(TriesLeft::Last)));
    let told = || {
        let mut window = window(red(token("Red")));
        submit(&mut window, "first1");
        refused(&mut window, ErrorCode::PinLastTry, None);
        assert!(says(&window, "one more wrong PIN locks the token"));
        window
    };
    let lost = || {
        let mut window = window(red(token("Red")));
        submit(&mut window, "wrong1");
        refused(
            &mut window,
            ErrorCode::PinWrong,
            Some(TriesLeft::Exactly(1)),
        );
        assert!(says(&window, "The PIN is wrong. One try is left."));
        window
    };
    for mut window in [listed(), told(), lost()] {
        assert!(submit(&mut window, "second").is_empty());
        assert!(says(&window, "without that the key may be lost"));
        assert_eq!(field(&window), None);
        // What costs nothing has the keyboard.
        let view = window.view();
        let focused = view.all().into_iter().filter(|it| it.tag == "button");
        let focused: Vec<_> = focused.filter(|it| it.focus.is_some()).collect();
        assert_eq!(focused[0].words(), "Back");
        assert!(press(&mut window, "Back").is_empty());
        assert!(field(&window).is_some_and(|(_, focus)| focus.is_some()));

        submit(&mut window, "third1");
        let effects = press(&mut window, "Use the last try");
        assert_eq!(sent(&effects), pin("third1", Acknowledged));
    }
}

#[test]
fn escape_leaves_the_question_and_not_the_window() {
    let mut window = window(red(with_tries(TriesLeft::Last)));
    submit(&mut window, "second");
    assert!(window.receive(Event::Escaped {}).is_empty());
    assert!(field(&window).is_some());
    assert_eq!(names(&window.receive(Event::Escaped {})), ["refuse"]);
}

#[test]
fn a_pin_does_not_wait_for_its_token() {
    let mut window = window(red(with_tries(TriesLeft::Last)));
    submit(&mut window, "second");
    window.receive(Event::Listed(files()));
    window.receive(Event::Listed(red(with_tries(TriesLeft::Last))));
    assert!(!says(&window, "Use the last try"));
    assert!(window.act(Action::UseLastTry).is_empty());
    submit(&mut window, "second");
    window.act(Action::Choose(entry(IVANOVA).key_id()));
    assert!(window.act(Action::UseLastTry).is_empty());
}

#[test]
fn a_pin_that_has_to_be_seen_to_leads_to_the_options() {
    let cases = [
        (ErrorCode::PinLocked, PinState::Locked, "Unlock"),
        (ErrorCode::PinNotSet, PinState::NotSet, "Set a PIN"),
    ];
    let open = [format!(
        r#"{{"type":"open-options","token":"{}"}}"#,
        token_id("Red")
    )];
    for (code, state, button) in cases {
        let listed = window(red(with_state(state)));
        let mut told = window(red(token("Red")));
        submit(&mut told, "123456");
        refused(&mut told, code, None);
        for mut window in [listed, told] {
            let text = english();
            assert!(says(&window, &text.error(&code.into())), "{code:?}");
            assert!(says(&window, &text.help(&code.into())), "{code:?}");
            assert_eq!(field(&window), None);
            assert_eq!(json(&press(&mut window, button)), open);
            // Whoever comes back has done it, perhaps.
            assert_eq!(
                names(&window.receive(Event::Focused {})),
                ["list-certificates"]
            );
            window.receive(Event::Listed(red(token("Red"))));
            assert!(field(&window).is_some(), "{code:?}");
        }
    }
}

#[test]
fn an_expired_pin_is_changed_in_the_options() {
    let mut window = window(red(token("Red")));
    submit(&mut window, "123456");
    refused(&mut window, ErrorCode::PinExpired, None);
    window.receive(Event::Listed(red(token("Red"))));
    assert!(says(&window, "The token wants a new PIN before it signs."));
    assert_eq!(
        names(&press(&mut window, "Change the PIN")),
        ["open-options"]
    );
    window.receive(Event::Focused {});
    assert!(field(&window).is_some());
}

#[test]
fn a_pin_from_the_factory_works_and_comes_with_advice() {
    let mut window = window(red(with_state(PinState::ToBeChanged)));
    assert!(says(
        &window,
        "The PIN is still the factory’s or a temporary one"
    ));
    assert_eq!(
        names(&press(&mut window, "Change the PIN")),
        ["open-options"]
    );
    assert_eq!(
        sent(&submit(&mut window, "12345678")),
        pin("12345678", NotAcknowledged)
    );
}

#[test]
fn a_pin_pad_is_waited_for() {
    let mut window = window(with_entry(PinEntry::Reader));
    assert_eq!(field(&window), None);
    assert!(says(&window, "The PIN is typed on the reader, not here."));
    assert!(!says(&window, "has no password"));
    assert_eq!(
        sent(&press(&mut window, "Sign")),
        on_reader(NotAcknowledged)
    );
    let words = "Type the PIN on the reader: Aktiv Rutoken ECP 00 00";
    assert!(says(&window, words));
    window.receive(Event::ItemSigned { index: 0 });
    assert!(!says(&window, words));
}

#[test]
fn whoever_cancels_at_the_pin_pad_is_back_at_the_choice() {
    for (code, words) in [
        (ErrorCode::Cancelled, "It was cancelled."),
        (ErrorCode::Timeout, "There was no answer in time."),
    ] {
        let mut window = window(with_entry(PinEntry::Reader));
        press(&mut window, "Sign");
        assert_eq!(
            names(&refused(&mut window, code, None)),
            ["list-certificates"]
        );
        assert!(says(&window, words), "{}", window.view().words());
        assert_eq!(
            sent(&press(&mut window, "Sign")),
            on_reader(NotAcknowledged)
        );
    }
}

#[test]
fn the_last_try_on_a_pin_pad_asks_again_too() {
    let mut listing = with_entry(PinEntry::Reader);
    listing.tokens[0].pin.tries = Some(TriesLeft::Last);
    let mut window = window(listing);
    assert!(press(&mut window, "Sign").is_empty());
    assert_eq!(
        sent(&press(&mut window, "Use the last try")),
        on_reader(Acknowledged)
    );
}

#[test]
fn a_token_without_a_pin_asks_for_none() {
    let mut window = window(with_entry(PinEntry::None));
    assert!(says(&window, "This token asks for no PIN."));
    assert_eq!(
        sent(&press(&mut window, "Sign")),
        Some(value(&Unlock::NotLocked {}))
    );
}

#[test]
fn no_pin_shows_in_debug_output() {
    let mut window = window(red(with_tries(TriesLeft::Last)));
    submit(&mut window, "87654321");
    assert!(!format!("{window:?}").contains("87654321"));
}

#[test]
fn a_dialog_asks_where_the_host_takes_nothing_that_is_typed_elsewhere() {
    let language = || Event::DialogNeeded {
        language: "kk".to_owned(),
    };
    // The host is there before the request, or after it.
    for is_first in [true, false] {
        let mut window = SignWindow::new(english());
        let requested = Event::Requested(WindowRequest {
            last_certificate: Some(entry(SMITH).id),
            ..asked(ONE, ALLOWED)
        });
        let events = if is_first {
            [language(), requested]
        } else {
            [requested, language()]
        };
        window.receive(host_opened());
        for event in events {
            window.receive(event);
        }
        window.receive(Event::Listed(red(with_tries(TriesLeft::Exactly(2)))));
        read(&mut window, 0, DigestAlgorithm::Sha256);
        assert_eq!(field(&window), None, "{is_first}");
        assert!(says(&window, "A dialog of the system asks for the PIN."));
    }
}

#[test]
fn a_dialog_of_the_system_asks_instead_of_the_window() {
    let mut window = SignWindow::new(english());
    window.receive(Event::Requested(WindowRequest {
        dialog: Some("kk".to_owned()),
        last_certificate: Some(entry(SMITH).id),
        ..asked(ONE, ALLOWED)
    }));
    window.receive(host_opened());
    window.receive(Event::Listed(red(with_tries(TriesLeft::Exactly(2)))));
    read(&mut window, 0, DigestAlgorithm::Sha256);
    assert_eq!(field(&window), None);
    assert!(says(&window, "A dialog of the system asks for the PIN."));
    let effects = press(&mut window, "Sign");
    let prompt = Prompt {
        origin: "https://shop.example".to_owned(),
        language: "kk".to_owned(),
    };
    let dialog = |last_try| Unlock::Dialog {
        prompt: prompt.clone(),
        last_try,
        term: None,
    };
    assert_eq!(sent(&effects), Some(value(&dialog(NotAcknowledged))));
    // Who leaves the dialog loses nothing.
    refused(&mut window, ErrorCode::Cancelled, None);
    assert!(!press(&mut window, "Sign").is_empty());
    refused(&mut window, ErrorCode::PinWrong, Some(TriesLeft::Last));
    press(&mut window, "Sign");
    let effects = press(&mut window, "Use the last try");
    assert_eq!(sent(&effects), Some(value(&dialog(Acknowledged))));
}
