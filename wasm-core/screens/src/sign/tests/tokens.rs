//! Tokens: they come and go, and take their time.

use super::*;
use crate::fixtures::{on_token, readers_without_driver, token, token_id};
use serde_json::Value;
use tamga_core::{
    failure::TriesLeft,
    protocol::{
        KeyEntry, LastTry, LastTry::NotAcknowledged, PinEntry, PinState, Token, Unlock, Unreadable,
    },
};

pub(super) const SHA256: DigestAlgorithm = DigestAlgorithm::Sha256;

/// Smith's key on the token Red, Ivanova's in a file.
pub(super) fn red(token: Token) -> Listing {
    Listing {
        keys: vec![on_token(SMITH, "Red"), entry(IVANOVA)],
        tokens: vec![token],
        ..Listing::default()
    }
}

pub(super) fn files() -> Listing {
    Listing {
        keys: vec![entry(IVANOVA)],
        ..Listing::default()
    }
}

pub(super) fn with_tries(tries: TriesLeft) -> Token {
    let mut red = token("Red");
    red.pin.tries = Some(tries);
    red
}

pub(super) fn with_state(state: PinState) -> Token {
    let mut red = token("Red");
    red.pin.state = state;
    red
}

pub(super) fn with_entry(entry: PinEntry) -> Listing {
    let mut listing = red(token("Red"));
    listing.tokens[0].pin.entry = entry;
    listing.keys[0].passwordless = true;
    listing
}

/// A window for one document, which the host has read; the first key was used on the site before.
pub(super) fn window(listing: Listing) -> SignWindow {
    let mut window = SignWindow::new(english());
    window.receive(Event::Requested(WindowRequest {
        last_certificate: listing.keys.first().map(|key| key.id.clone()),
        ..asked(ONE, ALLOWED)
    }));
    window.receive(host_opened());
    window.receive(Event::Listed(listing));
    read(&mut window, 0, SHA256);
    window
}

pub(super) fn field(window: &SignWindow) -> Option<(String, Option<u32>)> {
    let view = window.view();
    let field = view.with("type", "password")?;
    Some((field.key.clone(), field.focus))
}

pub(super) fn submit(window: &mut SignWindow, pin: &str) -> Vec<Effect> {
    let action = window.view().submit(pin);
    window.act(action)
}

pub(super) fn press(window: &mut SignWindow, label: &str) -> Vec<Effect> {
    let action = window.view().press(label);
    window.act(action)
}

pub(super) fn refused(
    window: &mut SignWindow,
    code: ErrorCode,
    tries: Option<TriesLeft>,
) -> Vec<Effect> {
    let failure = Failure {
        tries,
        ..failed(code)
    };
    window.receive(Event::SignFailed { failure })
}

/// How the key is unlocked by the host's command among the effects.
pub(super) fn sent(effects: &[Effect]) -> Option<Value> {
    effects.iter().find_map(|effect| match effect {
        Effect::Sign {
            command: Command::Sign { unlock, .. },
        } => Some(value(unlock)),
        _ => None,
    })
}

pub(super) fn value(unlock: &Unlock) -> Value {
    serde_json::to_value(unlock).unwrap()
}

/// A PIN that was typed, with no term.
pub(super) fn pin(pin: &str, last_try: LastTry) -> Option<Value> {
    Some(value(&Unlock::Pin {
        pin: Secret::new(pin.to_owned()),
        last_try,
        term: None,
    }))
}

/// A PIN that is typed on the reader, with no term.
pub(super) fn on_reader(last_try: LastTry) -> Option<Value> {
    let term = None;
    Some(value(&Unlock::Reader { last_try, term }))
}

#[test]
fn readers_that_change_are_looked_at_but_not_while_the_host_signs() {
    let mut window = window(red(token("Red")));
    let changed = |window: &mut SignWindow| names(&window.receive(Event::ReadersChanged {}));
    assert_eq!(changed(&mut window), ["list-certificates"]);
    window.act(Action::Choose(entry(IVANOVA).key_id()));
    submit(&mut window, "wrong");
    assert!(changed(&mut window).is_empty());
    let effects = refused(&mut window, ErrorCode::PasswordWrong, None);
    assert_eq!(names(&effects), ["list-certificates"]);
    submit(&mut window, "right");
    window.receive(Event::ItemSigned { index: 0 });
    window.receive(Event::Signed {});
    assert!(changed(&mut window).is_empty());
}

#[test]
fn a_token_that_is_inserted_offers_its_certificate_and_takes_no_focus() {
    let mut window = window(Listing::default());
    assert!(says(&window, "Insert a token, or add a key file"));
    let effects = window.receive(Event::Listed(Listing {
        keys: vec![on_token(SMITH, "Red")],
        tokens: vec![token("Red")],
        ..Listing::default()
    }));
    assert!(effects.is_empty(), "{effects:?}");
    assert!(says(&window, "Smith John") && says(&window, "Inserted: Red"));
    assert_eq!(field(&window), Some((token_id("Red"), None)));
}

#[test]
fn what_is_inserted_is_shown_however_many_there_are() {
    let mut window = window(Listing {
        keys: vec![entry(IVANOVA), entry(AKHMETOV), entry(PETROV)],
        ..Listing::default()
    });
    window.receive(Event::Listed(Listing {
        keys: vec![
            on_token(SMITH, "Red"),
            entry(IVANOVA),
            entry(AKHMETOV),
            entry(PETROV),
        ],
        tokens: vec![token("Red")],
        ..Listing::default()
    }));
    assert!(says(&window, "Smith John") && says(&window, "Ivanova Anna"));
    assert!(says(&window, "Password of the file keys.p12"));
}

#[test]
fn what_is_chosen_stays_chosen_and_its_field_as_it_is() {
    let mut window = window(red(token("Red")));
    let before = field(&window);
    let mut more = red(token("Red"));
    more.keys.insert(0, on_token(AKHMETOV, "Blue"));
    more.tokens.push(token("Blue"));
    for listing in [more.clone(), red(token("Red"))] {
        assert!(window.receive(Event::ListedSoFar(files())).is_empty());
        assert_eq!(field(&window), before);
        assert!(window.receive(Event::Listed(listing)).is_empty());
        assert_eq!(field(&window), before);
    }
    assert!(says(&window, "Removed: Blue"));
}

#[test]
fn a_token_that_is_pulled_out_leaves_nothing_chosen_in_its_place() {
    let mut window = window(red(token("Red")));
    window.receive(Event::Listed(files()));
    assert_eq!(field(&window), None);
    assert!(says(&window, "Red is not inserted now."));
    assert!(says(&window, "Removed: Red"));
    // Another can be chosen, and nothing is signed before.
    assert_eq!(window.view().buttons().last().unwrap(), "Cancel");
    // Still so after the next listing, and until it is back or another is chosen.
    window.receive(Event::Listed(files()));
    assert!(says(&window, "Red is not inserted now."));
    let mut other = window;
    other.act(Action::Choose(entry(IVANOVA).key_id()));
    assert!(!says(&other, "is not inserted now") && says(&other, "Password of the file keys.p12"));
}

#[test]
fn a_token_that_is_back_is_chosen_again() {
    let mut window = window(red(token("Red")));
    window.receive(Event::Listed(files()));
    window.receive(Event::Listed(red(token("Red"))));
    assert!(says(&window, "PIN of Red"));
    assert!(!says(&window, "is not inserted now"));
    assert_eq!(
        sent(&submit(&mut window, "123456")),
        pin("123456", NotAcknowledged)
    );
}

#[test]
fn a_token_that_is_pulled_out_while_it_signs_can_be_tried_again() {
    let codes = [
        ErrorCode::TokenRemoved,
        ErrorCode::TokenBusy,
        ErrorCode::ModuleFailed,
        ErrorCode::Timeout,
    ];
    for code in codes {
        let mut window = window(red(token("Red")));
        submit(&mut window, "123456");
        assert!(refused(&mut window, code, None).is_empty());
        assert!(says(&window, &english().error(&code.into())), "{code:?}");
        assert_eq!(
            names(&window.receive(Event::ReadersChanged {})),
            ["list-certificates"]
        );
        window.receive(Event::Listed(files()));
        window.receive(Event::Listed(red(token("Red"))));
        assert!(says(&window, &english().error(&code.into())), "{code:?}");
        // The host is the same, and has read everything.
        assert_eq!(
            names(&press(&mut window, "Try again")),
            ["list-certificates"]
        );
        assert_eq!(
            sent(&submit(&mut window, "123456")),
            pin("123456", NotAcknowledged)
        );
    }
}

#[test]
fn what_was_signed_before_the_token_went_is_signed_anew() {
    let mut window = SignWindow::new(english());
    window.receive(Event::Requested(WindowRequest {
        last_certificate: Some(entry(SMITH).id),
        ..asked(THREE, ALLOWED)
    }));
    window.receive(Event::Listed(red(token("Red"))));
    (0..3).for_each(|index| drop(read(&mut window, index, SHA256)));
    submit(&mut window, "123456");
    window.receive(Event::ItemSigned { index: 0 });
    refused(&mut window, ErrorCode::TokenRemoved, None);
    let effects = press(&mut window, "Try again");
    assert_eq!(
        names(&effects),
        ["read", "read", "read", "list-certificates"]
    );
}

#[test]
fn a_host_that_stops_is_opened_anew_whatever_the_key() {
    let mut window = window(red(token("Red")));
    submit(&mut window, "123456");
    refused(&mut window, ErrorCode::HostStopped, None);
    assert_eq!(names(&press(&mut window, "Try again")), ["open-host"]);
}

#[test]
fn the_certificate_that_a_site_names_may_be_inserted_later() {
    let named = entry(SMITH).id;
    let command = ONE.replacen('{', &format!(r#"{{"certificate":"{named}","#), 1);
    let mut window = SignWindow::new(english());
    window.receive(Event::Requested(asked(&command, ALLOWED)));
    window.receive(Event::ListedSoFar(files()));
    assert!(says(&window, "Reading tokens…"));
    window.receive(Event::Listed(files()));
    assert!(says(&window, "Insert the token with this key"));
    assert_eq!(
        names(&window.receive(Event::ReadersChanged {})),
        ["list-certificates"]
    );
    assert_eq!(
        names(&window.receive(Event::Listed(red(token("Red"))))),
        ["read"]
    );
    assert!(says(&window, "PIN of Red"));
}

#[test]
fn keys_are_offered_while_tokens_are_still_being_read() {
    let mut window = SignWindow::new(english());
    window.receive(Event::Requested(asked(ONE, ALLOWED)));
    assert!(window.receive(Event::ListedSoFar(files())).is_empty());
    assert!(says(&window, "Ivanova Anna") && says(&window, "Reading tokens…"));
    let effects = window.act(Action::Choose(entry(IVANOVA).key_id()));
    assert_eq!(names(&effects), ["read"]);
    window.receive(Event::Listed(red(token("Red"))));
    assert!(says(&window, "Smith John") && !says(&window, "Reading tokens…"));
    // Nobody's hands are moved to another key.
    assert!(says(&window, "Password of the file keys.p12"));
}

#[test]
fn nothing_is_said_to_be_missing_while_tokens_are_still_being_read() {
    let mut window = SignWindow::new(english());
    window.receive(Event::Requested(asked(ONE, ALLOWED)));
    window.receive(Event::ListedSoFar(Listing::default()));
    assert!(says(&window, "Reading tokens…") && !says(&window, "no certificates yet"));
    assert_eq!(window.view().buttons().last().unwrap(), "Cancel");
    window.receive(Event::Listed(Listing::default()));
    assert!(says(&window, "no certificates yet"));
}

#[test]
fn the_key_that_was_used_last_is_waited_for_while_tokens_are_read() {
    let mut window = SignWindow::new(english());
    window.receive(Event::Requested(WindowRequest {
        last_certificate: Some(entry(SMITH).id),
        ..asked(ONE, ALLOWED)
    }));
    assert!(window.receive(Event::ListedSoFar(files())).is_empty());
    assert_eq!(field(&window), None);
    assert_eq!(
        names(&window.receive(Event::Listed(red(token("Red"))))),
        ["read"]
    );
    assert_eq!(field(&window), Some((token_id("Red"), Some(0))));
}

#[test]
fn certificates_without_a_key_are_shown_and_not_offered() {
    let lonely = KeyEntry {
        problem: Some(ErrorCode::KeyMissing),
        ..on_token(SMITH, "Red")
    };
    let window = window(Listing {
        keys: vec![lonely],
        tokens: vec![token("Red")],
        ..Listing::default()
    });
    assert!(says(&window, "There is a certificate but no key for it."));
    assert_eq!(field(&window), None);
}

#[test]
fn what_keeps_other_keys_away_is_short_and_holds_nothing_up() {
    let unreadable = |failure| Unreadable {
        failure,
        location: None,
    };
    let troubled = |keys| Listing {
        keys,
        unreadable: vec![
            unreadable(Failure::of(ErrorCode::ModuleFailed, "JaCarta")),
            unreadable(ErrorCode::ReadersStopped.into()),
        ],
        tokens: vec![token("Empty")],
        without_key: Vec::new(),
        readers_without_driver: vec![
            readers_without_driver("Slot 1", Some("Rutoken ECP")),
            readers_without_driver("Slot 2", None),
        ],
    };
    for (keys, open) in [(vec![entry(IVANOVA)], false), (Vec::new(), true)] {
        let window = window(troubled(keys));
        assert_eq!(field(&window).is_some(), !open);
        for words in [
            "JaCarta: The token’s driver does not work.",
            "The smart card service is not running.",
            "Rutoken ECP: there is no driver for this token or card.\nInstall: driver of Rutoken ECP",
            "The card in Slot 2: there is no driver",
            "Empty: There are no certificates on this token.",
        ] {
            assert!(says(&window, words), "{words}\n{}", window.view().words());
        }
        let view = window.view();
        let troubles: Vec<_> = view
            .all()
            .into_iter()
            .filter(|it| it.key.starts_with("trouble "))
            .collect();
        assert_eq!(troubles.len(), 2);
        assert!(
            troubles
                .iter()
                .all(|it| it.value_of("open").is_some() == open)
        );
        assert!(view.with("role", "alert").is_none());
    }
}
