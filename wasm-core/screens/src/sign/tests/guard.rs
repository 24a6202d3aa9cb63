//! No yes before the window has been seen.

use super::*;
use crate::sign::guard::GuardedSignWindow;
use crate::{Screen, node::Element};
use tamga_core::failure::TriesLeft;
use tamga_core::protocol::PinEntry;

const WAIT: &str = r#"{"type":"wait","milliseconds":500}"#;

fn opened(command: &str, policy: &str, certificate: &str) -> (GuardedSignWindow, Vec<Effect>) {
    let mut window = GuardedSignWindow::new(english());
    window.open();
    window.receive(Event::Requested(asked(command, policy)));
    let effects = window.receive(listed(&[certificate]));
    (window, effects)
}

fn waits(effects: &[Effect]) -> bool {
    json(effects).iter().any(|effect| effect == WAIT)
}

fn submits(view: &Element<Action>) -> bool {
    let button = view.with("type", "submit").expect("a form");
    button.value_of("disabled").is_none()
}

/// What the stage shows takes a yes only after the wait, and again after each time that the window comes up.
fn is_guarded(window: &mut GuardedSignWindow, decisions: &[&str]) {
    for come_up in [None, Some(Event::Focused {}), Some(Event::Shown {})] {
        if let Some(event) = come_up {
            assert!(waits(&window.receive(event)));
        }
        let shown = window.view().buttons();
        for decision in decisions {
            assert!(
                !shown.iter().any(|it| it == decision),
                "{decision}: {shown:?}"
            );
        }
        window.receive(Event::Waited {});
        let shown = window.view().buttons();
        for decision in decisions {
            assert!(
                shown.iter().any(|it| it == decision),
                "{decision}: {shown:?}"
            );
        }
    }
}

#[test]
fn the_question() {
    let (mut window, effects) = opened(ONE, "{}", IVANOVA);
    assert!(!waits(&effects));
    assert!(waits(&window.receive(Event::Decided {})));
    let yes = Action::Answer(Answer::Once);
    assert!(window.act(yes.clone()).is_empty());
    assert_eq!(window.view().buttons(), ["Not now"]);
    let decisions = [
        "Allow this time",
        "Always allow this site",
        "Never allow this site",
    ];
    is_guarded(&mut window, &decisions);
    let effects = window.act(yes);
    assert_eq!(names(&effects), ["decide", "read", "wait"]);
}

#[test]
fn showing_a_certificate_and_choosing_another() {
    let (mut window, effects) = opened(CERTIFICATE, ALLOWED, IVANOVA);
    assert!(waits(&effects));
    assert!(window.act(Action::Release).is_empty());
    is_guarded(&mut window, &["Show to the site"]);
    // Another one is another matter, however it came to be chosen.
    assert!(!waits(&window.receive(listed(&[SMITH, IVANOVA]))));
    let other = entry(SMITH).key_id();
    let effects = window.act(Action::Choose(other));
    assert!(waits(&effects));
    assert!(window.act(Action::Release).is_empty());
    window.receive(Event::Waited {});
    assert_eq!(names(&window.act(Action::Release)), ["remember", "answer"]);
}

#[test]
fn signing_with_a_password() {
    let (mut window, effects) = opened(ONE, ALLOWED, IVANOVA);
    assert!(waits(&effects));
    assert!(!submits(&window.view()));
    let sign = window.view().submit("1");
    assert!(window.act(sign.clone()).is_empty());
    window.receive(Event::Waited {});
    assert!(submits(&window.view()));
    assert!(waits(&window.receive(Event::Focused {})));
    assert!(!submits(&window.view()));
    window.receive(Event::Waited {});
    assert!(!names(&window.act(sign)).contains(&"wait".to_owned()));
}

#[test]
fn signing_without_typing() {
    let mut window = GuardedSignWindow::new(english());
    window.receive(Event::Requested(asked(ONE, ALLOWED)));
    let effects = window.receive(Event::Listed(Listing {
        keys: vec![contained(IVANOVA)],
        ..Listing::default()
    }));
    assert!(waits(&effects));
    is_guarded(&mut window, &["Sign"]);
}

#[test]
fn using_the_last_try() {
    let mut listing = tokens::with_entry(PinEntry::Reader);
    listing.tokens[0].pin.tries = Some(TriesLeft::Last);
    let mut window = GuardedSignWindow::new(english());
    window.receive(Event::Requested(WindowRequest {
        last_certificate: Some(entry(SMITH).id),
        ..asked(ONE, ALLOWED)
    }));
    window.receive(Event::Listed(listing));
    window.receive(Event::Waited {});
    let sign = window.view().press("Sign");
    assert!(waits(&window.act(sign)));
    let asks = |window: &GuardedSignWindow| window.view().words().contains("Use the last try");
    window.act(Action::UseLastTry);
    assert!(asks(&window));
    is_guarded(&mut window, &["Use the last try"]);
    window.act(Action::UseLastTry);
    assert!(!asks(&window));
}

#[test]
fn trying_again_after_a_failure() {
    let (mut window, _) = opened(ONE, ALLOWED, IVANOVA);
    window.receive(Event::Waited {});
    let failure = failed(ErrorCode::HostStopped);
    assert!(waits(&window.receive(Event::HostFailed { failure })));
    assert!(window.act(Action::TryAgain).is_empty());
    is_guarded(&mut window, &["Try again"]);
    assert_eq!(names(&window.act(Action::TryAgain)), ["open-host"]);
}

#[test]
fn a_no_needs_no_wait() {
    for action in [Action::Close, Action::Answer(Answer::NotNow)] {
        let (mut window, _) = opened(ONE, "{}", IVANOVA);
        window.receive(Event::Decided {});
        assert_eq!(names(&window.act(action)), ["decide", "refuse"]);
    }
}

#[test]
fn fewer_documents_are_another_matter() {
    let (mut window, _) = opened(THREE, ALLOWED, IVANOVA);
    window.receive(Event::Waited {});
    let failure = failed(ErrorCode::ContentChanged);
    assert!(waits(
        &window.receive(Event::ReadFailed { index: 1, failure })
    ));
    assert!(!submits(&window.view()));
}
