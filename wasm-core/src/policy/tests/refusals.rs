//! How long a site waits that was refused, and whom a refusal covers.

use super::*;
use crate::policy::refusals::MAX_KEPT;

#[test]
fn only_refusals_have_the_site_wait() {
    assert_eq!(waits_for(&after(Answer::Once), NOW), 0);
    assert_eq!(waits_for(&after(Answer::Always), NOW), 0);
    assert_eq!(waits_for(&after(Answer::NotNow), NOW), 10 * SECOND);
}

#[test]
fn a_question_without_an_answer_is_a_refusal() {
    let mut policy = Policy::default();
    ask(&mut policy, NOW);
    assert_eq!(waits_for(&policy, NOW), 10 * SECOND);
}

#[test]
fn the_waiting_begins_with_the_answer() {
    let mut policy = Policy::default();
    ask(&mut policy, NOW);
    let answered = NOW + 5 * MINUTE;
    answer(&mut policy, Answer::NotNow, answered);
    assert_eq!(waits_for(&policy, answered), 10 * SECOND);
}

#[test]
fn each_refusal_in_a_row_doubles_the_wait_up_to_an_hour() {
    let mut policy = Policy::default();
    let mut now = NOW;
    let mut waits = Vec::new();
    for _ in 0..40 {
        ask(&mut policy, now);
        answer(&mut policy, Answer::NotNow, now);
        waits.push(waits_for(&policy, now) / SECOND);
        now += waits_for(&policy, now);
    }
    assert_eq!(
        waits[..10],
        [10, 20, 40, 80, 160, 320, 640, 1280, 2560, 3600]
    );
    assert!(waits[10..].iter().all(|wait| *wait == 3600));
}

#[test]
fn a_yes_or_a_quiet_day_breaks_the_row() {
    for yes in [Answer::Once, Answer::Always] {
        let mut policy = after(Answer::NotNow);
        ask(&mut policy, NOW + MINUTE);
        answer(&mut policy, yes, NOW + MINUTE);
        ask(&mut policy, NOW + 2 * MINUTE);
        assert_eq!(waits_for(&policy, NOW + 2 * MINUTE), 10 * SECOND);
    }
    let later = NOW + 10 * SECOND + DAY;
    for (asked, wait) in [(later - 1, 20 * SECOND), (later, 10 * SECOND)] {
        let mut policy = after(Answer::NotNow);
        ask(&mut policy, asked);
        assert_eq!(waits_for(&policy, asked), wait);
    }
}

#[test]
fn a_refusal_from_the_future_does_not_last() {
    let mut policy = after(Answer::NotNow);
    let set_back = NOW - DAY;
    ask(&mut policy, set_back);
    assert_eq!(waits_for(&policy, set_back), 10 * SECOND);
}

/// Who refuses whom, one case a line: the router reads the same (`extension/origin.js`).
#[test]
fn a_refusal_covers_frames_and_subdomains() {
    #[derive(Deserialize)]
    struct Case {
        refused: Site,
        asks: Site,
        covered: bool,
    }
    let cases: Vec<Case> = serde_json::from_str(include_str!("../coverage.json")).unwrap();
    assert!(cases.len() > 10);
    for Case {
        refused,
        asks,
        covered,
    } in cases
    {
        assert_eq!(refused.covers(&asks), covered, "{refused:?} {asks:?}");
        let (scope, answer) = (Scope::Sign, Answer::Never);
        let mut policy = Policy::default();
        let said = Change::Answered {
            site: refused,
            scope,
            answer,
        };
        policy.apply(said, NOW);
        let ruling = if covered {
            Ruling::Refused
        } else {
            Ruling::Ask
        };
        assert_eq!(policy.ruling(&asks, Scope::Sign, NOW), ruling, "{asks:?}");
        let certificate = policy.ruling(&asks, Scope::Certificate, NOW);
        assert_eq!(certificate, Ruling::Ask);
    }
}

#[test]
fn a_page_that_is_left_refuses_nobody() {
    let leave = |policy: &mut Policy, now| {
        let (site, scope) = (shop(), Scope::Sign);
        policy.apply(Change::Left { site, scope }, now);
    };
    let mut policy = Policy::default();
    for _ in 0..20 {
        ask(&mut policy, NOW);
        leave(&mut policy, NOW);
    }
    assert_eq!(policy, Policy::default());

    // The row of real refusals is as long as it was, and goes on.
    let mut policy = after(Answer::NotNow);
    let later = NOW + MINUTE;
    ask(&mut policy, later);
    leave(&mut policy, later);
    assert_eq!(waits_for(&policy, later), 0);
    ask(&mut policy, later);
    assert_eq!(waits_for(&policy, later), 20 * SECOND);
}

#[test]
fn who_waits_is_known_and_may_be_let_ask_again() {
    let mut policy = after(Answer::NotNow);
    let waiting: Vec<_> = policy.waiting(NOW).cloned().collect();
    assert_eq!(waiting.len(), 1);
    assert_eq!(policy.waiting(NOW + 10 * SECOND).count(), 0);
    policy.apply(waiting[0].revocation(), NOW);
    assert_eq!(policy, Policy::default());
}

#[test]
fn old_refusals_are_not_pushed_out_by_new_ones() {
    let mut policy = after(Answer::Never);
    let first = policy.grants[0].clone();
    let old = |number| Grant {
        site: site(&format!("https://old-{number}.example"), None),
        ..first.clone()
    };
    policy.grants.extend((1..MAX_NEVER).map(old));
    decide_many(&mut policy, 1, Answer::Never);
    assert_eq!(policy.current(NOW).count(), MAX_NEVER);
    assert_eq!(policy.ruling(&shop(), Scope::Sign, NOW), Ruling::Refused);
    // There is no room for it: it waits.
    assert_eq!(ruling(&policy, 0), Ruling::Ask);
    assert_eq!(policy.waiting(NOW).count(), 1);

    let mut policy = after(Answer::NotNow);
    ask(&mut policy, NOW + MINUTE);
    decide_many(&mut policy, 2 * MAX_KEPT, Answer::NotNow);
    assert_eq!(policy.refusals().iter().count(), MAX_KEPT);
    ask(&mut policy, NOW + 5 * MINUTE);
    assert_eq!(waits_for(&policy, NOW + 5 * MINUTE), 40 * SECOND);
}
