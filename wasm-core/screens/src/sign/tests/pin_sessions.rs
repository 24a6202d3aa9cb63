//! PIN sessions: with the person's leave one PIN is good for several requests.

use super::tokens::{self, field, files, press, red, refused, submit, with_entry, with_tries};
use super::*;
use crate::{
    fixtures::{token, token_id},
    sign::messages::OpenPinSession,
};
use tamga_core::{
    failure::TriesLeft,
    protocol::{Item, PinEntry, PinTerm, TermLeft, Unlock},
};

fn allowed(term: &str) -> String {
    ALLOWED.replacen(r#""since":0"#, &format!(r#""pinTerm":{term},"since":0"#), 1)
}

fn open(left: TermLeft) -> Vec<OpenPinSession> {
    vec![OpenPinSession {
        certificate: entry(SMITH).id,
        token: token_id("Red"),
        left,
    }]
}

/// What is left of a term that ends so many seconds from now.
fn seconds(seconds: u64) -> TermLeft {
    TermLeft::Until(NOW / 1000 + seconds)
}

/// A window whose documents the host has read, for a site with this term.
fn window(
    command: &str,
    term: &str,
    sessions: Vec<OpenPinSession>,
    listing: Listing,
) -> SignWindow {
    let mut window = SignWindow::new(english());
    window.receive(Event::Requested(WindowRequest {
        pin_sessions: sessions,
        last_certificate: listing.keys.first().map(|key| key.id.clone()),
        ..asked(command, &allowed(term))
    }));
    window.receive(host_opened());
    window.receive(Event::Listed(listing));
    for index in 0..window.items.all.len() {
        read(&mut window, index, DigestAlgorithm::Sha256);
    }
    window
}

fn of_one(sessions: Vec<OpenPinSession>) -> SignWindow {
    window(ONE, r#"{"minutes":15}"#, sessions, red(token("Red")))
}

/// How the host is told to unlock the key.
fn unlock(effects: &[Effect]) -> Option<&Unlock> {
    effects.iter().find_map(|effect| match effect {
        Effect::Sign {
            command: Command::Sign { unlock, .. },
        } => Some(unlock),
        _ => None,
    })
}

/// Whether the PIN of [`submit`] begins a session of this term.
fn begins(effects: &[Effect], term: PinTerm) -> bool {
    unlock(effects)
        .is_some_and(|unlock| matches!(unlock, Unlock::Pin { term: Some(it), .. } if *it == term))
}

/// Whether the host is told to use the session that is open.
fn continues(effects: &[Effect]) -> bool {
    matches!(unlock(effects), Some(Unlock::OpenSession {}))
}

const MINUTES: PinTerm = PinTerm::Minutes(15);

#[test]
fn a_site_with_a_term_begins_a_session() {
    let mut window = of_one(Vec::new());
    assert!(field(&window).is_some());
    let effects = submit(&mut window, "123456");
    assert!(begins(&effects, MINUTES));
    // The host that holds the session has not read the document.
    let Some(Effect::Sign {
        command: Command::Sign { items, .. },
        ..
    }) = effects.last()
    else {
        panic!("{effects:?}");
    };
    let read = [Item::Hash {
        digest: DigestAlgorithm::Sha256.digest(&[0; 3]),
        size: Some(5),
    }];
    let json = |items: &[Item]| serde_json::to_string(items).unwrap();
    assert_eq!(json(items), json(&read));
}

#[test]
fn a_key_that_is_unlocked_is_signed_with_at_once() {
    for (sessions, words) in [
        (open(seconds(61)), "another 2 min"),
        (open(TermLeft::Signatures(7)), "Signatures left: 7."),
    ] {
        let mut window = of_one(sessions);
        assert!(says(&window, words), "{:?}", window.view().words());
        assert_eq!(field(&window), None);
        let effects = press(&mut window, "Sign");
        assert!(continues(&effects));
    }
}

#[test]
fn what_is_over_or_not_enough_or_another_key_s_wants_a_pin() {
    let mut of_another = open(seconds(1));
    of_another[0].token = token_id("Blue");
    let mut other_key = open(seconds(1));
    other_key[0].certificate = entry(IVANOVA).id;
    for sessions in [open(TermLeft::Until(NOW / 1000 - 1)), of_another, other_key] {
        let mut window = of_one(sessions);
        let effects = submit(&mut window, "123456");
        assert!(begins(&effects, MINUTES));
    }
    let left = open(TermLeft::Signatures(2));
    let mut window = window(THREE, r#"{"signatures":10}"#, left, red(token("Red")));
    let effects = submit(&mut window, "123456");
    assert!(begins(&effects, PinTerm::Signatures(10)));
}

#[test]
fn without_a_term_and_without_a_pin_there_is_no_session() {
    let alone = |effects: &[Effect]| unlock(effects).is_some_and(|it| !it.is_in_session());
    let mut asks = tokens::window(red(token("Red")));
    // One that is still open from before is no matter.
    asks.pin_sessions = open(TermLeft::Signatures(7));
    assert!(alone(&submit(&mut asks, "123456")));
    let mut file = of_one(Vec::new());
    file.act(Action::Choose(entry(IVANOVA).key_id()));
    assert!(alone(&submit(&mut file, "password")));
    let pinless = with_entry(PinEntry::None);
    let mut pinless = window(ONE, r#"{"minutes":15}"#, Vec::new(), pinless);
    assert!(alone(&press(&mut pinless, "Sign")));
}

#[test]
fn the_last_try_is_no_matter_where_no_pin_is_given() {
    let last = red(with_tries(TriesLeft::Last));
    let sessions = open(TermLeft::Signatures(7));
    let mut window = window(ONE, r#"{"signatures":10}"#, sessions, last);
    let effects = press(&mut window, "Sign");
    assert!(continues(&effects));
}

#[test]
fn a_session_that_ended_meanwhile_asks_for_the_pin() {
    let mut window = of_one(open(seconds(60)));
    press(&mut window, "Sign");
    let effects = refused(&mut window, ErrorCode::PinNeeded, None);
    assert_eq!(names(&effects), ["list-certificates"]);
    assert!(says(&window, "The token wants its PIN again."));
    let effects = submit(&mut window, "123456");
    assert!(begins(&effects, MINUTES));
}

#[test]
fn a_token_that_was_out_wants_its_pin() {
    let mut window = of_one(open(seconds(60)));
    window.receive(Event::Listed(files()));
    window.receive(Event::Listed(red(token("Red"))));
    assert!(field(&window).is_some());
}

#[test]
fn the_person_can_end_it() {
    let mut window = of_one(open(seconds(60)));
    let effects = press(&mut window, "Give the PIN again");
    let token = token_id("Red");
    let end = format!(r#"{{"type":"end-pin-sessions","token":"{token}"}}"#);
    assert_eq!(json(&effects), [end]);
    assert_eq!(field(&window), Some((token, Some(0))));
}
