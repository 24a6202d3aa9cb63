//! Certificates that a token shows only after its PIN.

use super::tokens::{SHA256, field, files, on_reader, pin, press, red, sent, submit, value};
use super::*;
use crate::{
    fixtures::{on_token, token, token_id},
    node::Element,
    sign::messages::OpenPinSession,
};
use serde_json::Value;
use tamga_core::{
    failure::TriesLeft,
    protocol::{
        LastTry::{Acknowledged, NotAcknowledged},
        PinEntry, PinState, Prompt, TermLeft, Token, Unlock,
    },
};

const WAY: &str = "Show certificates behind the PIN of Red…";

/// The token Red, which may hold private certificates.
fn closed() -> Token {
    Token {
        may_hold_private: true,
        ..token("Red")
    }
}

/// It shows nothing, and there is a key in a file.
fn nothing_on(token: Token) -> Listing {
    Listing {
        tokens: vec![token],
        ..files()
    }
}

fn window(command: &str, dialog: bool, listing: Listing) -> SignWindow {
    let mut window = SignWindow::new(english());
    window.receive(Event::Requested(WindowRequest {
        dialog: dialog.then(|| "kk".to_owned()),
        last_certificate: listing.keys.first().map(|key| key.id.clone()),
        ..asked(command, ALLOWED)
    }));
    window.receive(host_opened());
    window.receive(Event::Listed(listing));
    read(&mut window, 0, SHA256);
    window
}

/// How the host is told to log in to the token Red, to read its private certificates.
fn told(effects: &[Effect]) -> Option<Value> {
    effects.iter().find_map(|effect| match effect {
        Effect::ListPrivateCertificates {
            command: Command::ListPrivateCertificates { token, unlock },
        } => {
            assert_eq!(*token, token_id("Red"));
            Some(value(unlock))
        }
        _ => None,
    })
}

/// The host has read these.
fn listed(window: &mut SignWindow, listing: Listing) -> Vec<Effect> {
    assert!(window.receive(Event::Listed(listing)).is_empty());
    window.receive(Event::PrivateListed {})
}

fn failed_with(window: &mut SignWindow, code: ErrorCode, tries: Option<TriesLeft>) -> Vec<Effect> {
    let failure = Failure {
        tries,
        ..failed(code)
    };
    window.receive(Event::PrivateListFailed { failure })
}

fn way(window: &SignWindow) -> Option<String> {
    let view = window.view();
    let mut buttons = view.all().into_iter().filter(|it| it.tag == "button");
    let way: Option<&Element<Action>> = buttons.find(|it| it.words() == WAY);
    way.map(|it| it.value_of("class").unwrap_or_default().to_owned())
}

#[test]
fn the_pin_shows_them_and_signing_asks_for_it_again() {
    let mut window = window(ONE, false, nothing_on(closed()));
    assert!(says(
        &window,
        "The token shows no certificates without its PIN."
    ));
    assert!(press(&mut window, WAY).is_empty());
    assert!(says(&window, "PIN of Red\n") && says(&window, "The site never sees it."));
    assert_eq!(field(&window).map(|(key, _)| key), Some(token_id("Red")));
    assert!(submit(&mut window, "").is_empty());
    assert!(says(&window, "Type the PIN."));
    let effects = submit(&mut window, "123456");
    assert_eq!(told(&effects), pin("123456", NotAcknowledged));
    assert!(says(&window, "Reading tokens…"));
    // Nothing that comes meanwhile ends the wait.
    assert!(window.receive(Event::ReadersChanged {}).is_empty());
    assert!(
        window
            .receive(Event::ListedSoFar(nothing_on(closed())))
            .is_empty()
    );
    assert!(says(&window, "Reading tokens…"));
    let effects = listed(&mut window, red(closed()));
    assert_eq!(names(&effects), ["list-certificates"]);
    // It is chosen, and not unlocked.
    assert_eq!(
        window.chosen().map(|key| key.entry.id.clone()),
        Some(entry(SMITH).id)
    );
    assert_eq!(field(&window).map(|(key, _)| key), Some(token_id("Red")));
    assert!(!says(&window, "Type the PIN."));
    assert_eq!(way(&window), None);
    assert_eq!(
        sent(&submit(&mut window, "654321")),
        pin("654321", NotAcknowledged)
    );
}

#[test]
fn the_way_to_them_is_quiet_beside_other_certificates_and_there_only_where_it_leads_somewhere() {
    let plain = way(&window(ONE, false, nothing_on(closed())));
    let quiet = way(&window(ONE, false, red(closed())));
    assert!(plain.is_some() && quiet.is_some() && plain != quiet);
    assert_eq!(way(&window(ONE, false, red(token("Red")))), None);
    let mut reading = window(ONE, false, nothing_on(closed()));
    reading.receive(Event::ListedSoFar(nothing_on(closed())));
    assert_eq!(way(&reading), None);
}

#[test]
fn a_wrong_pin_costs_a_try_and_the_last_one_is_asked_about() {
    let mut window = window(ONE, false, nothing_on(closed()));
    press(&mut window, WAY);
    submit(&mut window, "wrong1");
    let effects = failed_with(
        &mut window,
        ErrorCode::PinWrong,
        Some(TriesLeft::Exactly(2)),
    );
    assert_eq!(names(&effects), ["list-certificates"]);
    assert!(says(&window, "The PIN is wrong. Tries left: 2."));
    submit(&mut window, "wrong2");
    failed_with(
        &mut window,
        ErrorCode::PinWrong,
        Some(TriesLeft::Exactly(1)),
    );
    assert!(told(&submit(&mut window, "wrong3")).is_none());
    assert!(says(&window, "without that the key may be lost"));
    press(&mut window, "Back");
    submit(&mut window, "wrong3");
    let effects = press(&mut window, "Use the last try");
    assert_eq!(told(&effects), pin("wrong3", Acknowledged));
    failed_with(&mut window, ErrorCode::PinLocked, None);
    assert!(says(
        &window,
        &english().error(&ErrorCode::PinLocked.into())
    ));
    assert_eq!(field(&window), None);
    assert_eq!(names(&press(&mut window, "Unlock")), ["open-options"]);
    // Another key can be used all the same.
    press(&mut window, "Back");
    assert_eq!(
        field(&window).map(|(key, _)| key),
        Some("password".to_owned())
    );
}

#[test]
fn whoever_goes_back_or_chooses_another_key_leaves_it() {
    let leave: [fn(&mut SignWindow); 3] = [
        |window| drop(press(window, "Back")),
        |window| drop(window.receive(Event::Escaped {})),
        |window| drop(window.act(Action::Choose(entry(IVANOVA).key_id()))),
    ];
    for leave in leave {
        let mut window = window(ONE, false, nothing_on(closed()));
        press(&mut window, WAY);
        leave(&mut window);
        assert_eq!(
            field(&window).map(|(key, _)| key),
            Some("password".to_owned())
        );
        let effects = submit(&mut window, "of-file");
        assert!(told(&effects).is_none());
        assert_eq!(
            sent(&effects),
            Some(value(&Unlock::Password {
                password: Secret::new("of-file".to_owned())
            }))
        );
    }
}

#[test]
fn a_token_that_is_taken_out_asks_for_nothing() {
    let mut window = window(ONE, false, nothing_on(closed()));
    press(&mut window, WAY);
    window.receive(Event::Listed(files()));
    assert!(!says(&window, "PIN of Red"));
    // One that comes back is asked anew, also after it was read.
    window.receive(Event::Listed(nothing_on(closed())));
    press(&mut window, WAY);
    submit(&mut window, "123456");
    listed(&mut window, nothing_on(closed()));
    assert!(says(
        &window,
        "There are no other certificates behind the PIN of Red."
    ));
    assert_eq!(way(&window), None);
    window.receive(Event::Listed(files()));
    window.receive(Event::Listed(nothing_on(closed())));
    assert!(way(&window).is_some());
}

#[test]
fn a_dialog_or_a_reader_asks_instead_of_the_window() {
    let mut dialog = window(ONE, true, nothing_on(closed()));
    press(&mut dialog, WAY);
    assert_eq!(field(&dialog), None);
    assert!(says(&dialog, "A dialog of the system asks for the PIN."));
    let asks = Unlock::Dialog {
        prompt: Prompt {
            origin: "https://shop.example".to_owned(),
            language: "kk".to_owned(),
        },
        last_try: NotAcknowledged,
        term: None,
    };
    assert_eq!(
        told(&press(&mut dialog, "Show certificates")),
        Some(value(&asks))
    );
    failed_with(&mut dialog, ErrorCode::Cancelled, None);
    assert!(says(&dialog, "It was cancelled."));

    let mut red = closed();
    red.pin.entry = PinEntry::Reader;
    let mut reader = window(ONE, true, nothing_on(red));
    press(&mut reader, WAY);
    let effects = press(&mut reader, "Show certificates");
    assert_eq!(told(&effects), on_reader(NotAcknowledged));
    assert!(says(
        &reader,
        "Type the PIN on the reader: Aktiv Rutoken ECP 00 00"
    ));
}

#[test]
fn a_locked_pin_is_seen_to_first() {
    let mut locked = closed();
    locked.pin.state = PinState::Locked;
    let mut window = window(ONE, false, nothing_on(locked));
    press(&mut window, WAY);
    assert_eq!(field(&window), None);
    assert_eq!(names(&press(&mut window, "Unlock")), ["open-options"]);
}

/// A site may know the certificate from before; no window has seen it yet.
#[test]
fn the_certificate_that_the_site_names_may_be_among_them() {
    let id = entry(SMITH).id;
    let command = ONE.replacen('{', &format!(r#"{{"certificate":"{id}","#), 1);
    let mut window = window(&command, false, nothing_on(closed()));
    assert!(matches!(window.stage, Stage::Failed(_)));
    press(&mut window, WAY);
    submit(&mut window, "wrong1");
    failed_with(&mut window, ErrorCode::PinWrong, None);
    submit(&mut window, "123456");
    listed(&mut window, red(closed()));
    read(&mut window, 0, SHA256);
    assert_eq!(
        sent(&submit(&mut window, "654321")),
        pin("654321", NotAcknowledged)
    );
}

#[test]
fn it_ends_a_pin_session_with_the_token() {
    let mut window = SignWindow::new(english());
    window.receive(Event::Requested(WindowRequest {
        pin_sessions: vec![OpenPinSession {
            certificate: entry(SMITH).id,
            token: token_id("Red"),
            left: TermLeft::Signatures(5),
        }],
        ..asked(ONE, ALLOWED)
    }));
    window.receive(host_opened());
    window.receive(Event::Listed(red(closed())));
    press(&mut window, WAY);
    let effects = submit(&mut window, "123456");
    assert_eq!(
        names(&effects),
        ["end-pin-sessions", "list-private-certificates"]
    );
    let mut both = red(closed());
    both.keys.push(on_token(AKHMETOV, "Red"));
    listed(&mut window, both);
    assert_eq!(
        window.chosen().map(|key| key.entry.id.clone()),
        Some(entry(AKHMETOV).id)
    );
}

#[test]
fn a_site_that_wants_a_certificate_can_be_shown_one_of_them() {
    let (mut window, _) = choosing(CERTIFICATE, &[]);
    window.receive(Event::Listed(nothing_on(closed())));
    press(&mut window, WAY);
    let effects = submit(&mut window, "123456");
    assert_eq!(told(&effects), pin("123456", NotAcknowledged));
    listed(&mut window, red(closed()));
    assert!(press(&mut window, "Show to the site").iter().any(
        |effect| matches!(effect, Effect::Answer { certificate, .. } if certificate.id == entry(SMITH).id)
    ));
}
