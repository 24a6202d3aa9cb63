//! Who has the key of a PIN session, and what ends that.

use super::*;
use crate::{
    sign::test_key::{TestKey, Usage, signer},
    transport::queue::EventQueue,
};
use std::{
    io,
    sync::mpsc::{self, RecvTimeoutError},
    time::Instant,
};
use tamga_core::{failure::Failure, protocol::PinTerm};

/// Longer than anything here takes.
const LONG: Duration = Duration::from_secs(20);

fn clock() -> u64 {
    1_800_000_000
}

fn queue() -> EventQueue {
    let queue = EventQueue::new(io::empty(), || ());
    assert!(matches!(queue.next(), Ok(None)));
    queue
}

/// The task of a request, nobody listens to it.
fn task(id: u32) -> Task {
    Task::of(id, queue().event_sender())
}

fn id(token: &str) -> KeyId {
    KeyId {
        certificate: "certificate".to_owned(),
        token: Some(token.to_owned()),
    }
}

/// The key on a token, unlocked for this term, and what is done with it.
fn unlocked(token: &str, term: Term) -> (Unlocked, Usage) {
    let key = TestKey::default();
    let usage = key.usage.clone();
    let unlocked = Unlocked {
        key: id(token),
        signer: signer(key),
        term,
    };
    (unlocked, usage)
}

/// A session that a request has begun with the key on token "a", and that key.
fn begun(id: u32, term: Term) -> (PinSessionKey, Usage) {
    let session = PinSessionKey::default();
    let (keeping, earlier) = session.supersede();
    assert!(earlier.is_none());
    let (key, usage) = unlocked("a", term);
    let left = keeping.keep(&task(id), key, clock).unwrap();
    assert_eq!(left, term.left());
    (session, usage)
}

/// Why a request that goes on with the session has no key.
fn refusal(session: &PinSessionKey, token: &str, signatures: usize) -> Option<ErrorCode> {
    let taken = session.take(&id(token), signatures, clock, &task(9));
    taken.map_err(|error| Failure::from(error).code).err()
}

#[test]
fn only_the_same_key_is_taken_again_and_for_no_more_than_its_term() {
    for (token, signatures, refused) in [("a", 3, false), ("b", 1, true), ("a", 4, true)] {
        let (session, usage) = begun(1, Term::Signatures(3));
        let expected = refused.then_some(ErrorCode::PinNeeded);
        assert_eq!(refusal(&session, token, signatures), expected);
        // Whoever gives the PIN next finds the token logged out.
        assert_eq!(usage.is_locked(), refused);
        assert_eq!(refusal(&session, "a", 1), Some(ErrorCode::PinNeeded));
    }
}

#[test]
fn what_ends_a_session_has_its_key_and_lets_no_earlier_request_keep_one() {
    let (session, _) = begun(1, Term::Signatures(3));
    let (earlier, key) = session.supersede();
    assert!(key.is_some());
    let (later, none) = session.supersede();
    assert!(none.is_none());
    let keep = |keeping: Keeping, left| {
        let (key, _) = unlocked("a", Term::Signatures(left));
        keeping.keep(&task(2), key, clock).ok()
    };
    assert_eq!(keep(earlier, 3), None);
    assert_eq!(keep(later, 2), Some(TermLeft::Signatures(2)));
    // A term that is over already keeps nothing.
    let (next, _) = session.supersede();
    assert_eq!(keep(next, 0), None);
    assert_eq!(refusal(&session, "a", 0), Some(ErrorCode::PinNeeded));
}

#[test]
fn requests_of_one_session_wait_for_each_other() {
    let (session, _) = begun(1, Term::Signatures(3));
    let (keeping, key) = session.take(&id("a"), 1, clock, &task(2)).unwrap();
    let next = task(3);
    let (taking, taken) = mpsc::channel();
    thread::scope(|scope| {
        scope.spawn(|| taking.send(session.take(&id("a"), 1, clock, &next)).is_ok());
        let early = taken.recv_timeout(CANCEL_POLL_INTERVAL * 4);
        let kept = keeping.keep(&task(2), key, clock).ok();
        let second = taken.recv_timeout(LONG);
        next.cancel().cancel();
        assert!(matches!(early, Err(RecvTimeoutError::Timeout)));
        assert_eq!(kept, Some(TermLeft::Signatures(2)));
        let (_, key) = second.unwrap().unwrap();
        assert_eq!(key.term.left(), TermLeft::Signatures(1));
    });
}

#[test]
fn a_request_that_waits_for_the_key_can_be_cancelled() {
    let (session, _) = begun(1, Term::Signatures(3));
    let lent = session.take(&id("a"), 1, clock, &task(2)).unwrap();
    let next = task(3);
    next.cancel().cancel();
    let cancelled = session.take(&id("a"), 1, clock, &next);
    let code = cancelled.map_err(|error| Failure::from(error).code).err();
    assert_eq!(code, Some(ErrorCode::Cancelled));
    // A request that fails does not keep others waiting.
    drop(lent);
    assert_eq!(refusal(&session, "a", 1), Some(ErrorCode::PinNeeded));
}

#[test]
fn a_key_is_taken_away_for_its_own_reasons_only() {
    let minute = |moment| Term::begin(PinTerm::Minutes(1), moment);
    let now = Moment::now(clock);
    let (session, _) = begun(7, minute(now));
    let readers = |reader: &str| [reader.to_owned()];
    let later = |seconds| Moment {
        clock: now.clock + seconds,
        instant: now.instant,
    };
    assert!(session.revoke(8).is_none());
    assert!(session.take_if_gone(&readers("reader")).is_none());
    assert!(session.take_if_over(later(59)).is_none());
    assert!(session.take_if_over(later(60)).is_some());
    assert!(session.take_if_over(later(60)).is_none());
    let (session, _) = begun(7, minute(now));
    assert!(session.take_if_gone(&readers("another")).is_some());
    let (session, _) = begun(7, minute(now));
    assert!(session.revoke(7).is_some());
    assert_eq!(refusal(&session, "a", 1), Some(ErrorCode::PinNeeded));
}

#[test]
fn how_long_to_wait_for_the_end_of_a_session() {
    let now = Moment::now(clock);
    let idle = PinSessionKey::default();
    assert_eq!(idle.time_left(0, now), None);
    let (session, _) = begun(1, Term::begin(PinTerm::Minutes(1), now));
    assert_eq!(session.time_left(1, now), Some(Duration::from_secs(60)));
    assert_eq!(session.time_left(0, now), None);
    // A request has the key: it may keep it, or not.
    let lent = session.take(&id("a"), 1, clock, &task(2)).unwrap();
    assert_eq!(session.time_left(1, now), Some(TERM_POLL_INTERVAL));
    drop(lent);
    assert_eq!(session.time_left(1, now), None);
}

/// What is said first within this time.
fn said(queue: &EventQueue, within: Duration) -> Option<SessionEvent> {
    let events = queue.event_sender();
    thread::spawn(move || {
        thread::sleep(within);
        let occupied = Vec::new();
        events.send(SessionEvent::ReadersChanged { occupied });
    });
    let said = queue.next().unwrap();
    said.filter(|event| !matches!(event, SessionEvent::ReadersChanged { .. }))
}

#[test]
fn the_end_of_a_time_is_told_in_time_and_once() {
    let (queue, session) = (queue(), PinSessionKey::default());
    let request = Task::of(1, queue.event_sender());
    let (start, time) = (Instant::now(), Duration::from_millis(200));
    let term = Term::Until {
        clock: clock() + 60,
        instant: start + time,
    };
    let (keeping, _) = session.supersede();
    let kept = keeping.keep(&request, unlocked("a", term).0, clock);
    assert!(kept.is_ok());
    // A request that goes on with the session watches no more than the one that began it.
    let (keeping, key) = session.take(&id("a"), 1, clock, &request).unwrap();
    assert!(keeping.keep(&request, key, clock).is_ok());
    let over = said(&queue, LONG);
    assert!(matches!(over, Some(SessionEvent::PinTermOver)), "{over:?}");
    assert!(start.elapsed() >= time);
    assert!(said(&queue, time).is_none());
}

#[test]
fn signatures_that_are_counted_have_no_time() {
    let (queue, session) = (queue(), PinSessionKey::default());
    let request = Task::of(1, queue.event_sender());
    let (keeping, _) = session.supersede();
    let key = unlocked("a", Term::Signatures(2)).0;
    assert!(keeping.keep(&request, key, clock).is_ok());
    assert!(said(&queue, Duration::from_millis(100)).is_none());
}

#[test]
fn a_key_makes_way_for_others_on_its_own_token() {
    for (token, locked) in [(Some("a"), true), (Some("b"), false), (None, false)] {
        let (key, usage) = unlocked("a", Term::Signatures(1));
        key.make_way(token);
        assert_eq!(usage.is_locked(), locked, "{token:?}");
    }
}
