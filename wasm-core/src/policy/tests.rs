use super::{refusals::MAX_KEPT, *};

const NOW: u64 = 1_800_000_000_000;
const SECOND: u64 = 1000;
const MINUTE: u64 = 60 * SECOND;

fn shop() -> Site {
    site("https://shop.example", None)
}

fn site(origin: &str, top_origin: Option<&str>) -> Site {
    Site {
        origin: Origin::parse(origin).unwrap(),
        top_origin: top_origin.map(|origin| Origin::parse(origin).unwrap()),
    }
}

fn ask(policy: &mut Policy, now: u64) {
    let (site, scope) = (shop(), Scope::Sign);
    policy.apply(Change::Asked { site, scope }, now);
}

fn answer(policy: &mut Policy, answer: Answer, now: u64) {
    let (site, scope) = (shop(), Scope::Sign);
    let change = Change::Answered {
        site,
        scope,
        answer,
    };
    policy.apply(change, now);
}

fn after(said: Answer) -> Policy {
    let mut policy = Policy::default();
    ask(&mut policy, NOW);
    answer(&mut policy, said, NOW);
    policy
}

fn waits_for(policy: &Policy, now: u64) -> u64 {
    let mut refusals = policy.refusals().iter();
    let refusal = refusals.find(|it| it.site == shop() && it.scope == Scope::Sign);
    refusal.map_or(now, |refusal| refusal.until) - now
}

#[test]
fn a_stranger_is_asked_about() {
    let policy = Policy::default();
    assert_eq!(policy.ruling(&shop(), Scope::Sign, NOW), Ruling::Ask);
    assert_eq!(waits_for(&policy, NOW), 0);
}

#[test]
fn answers_are_kept_as_given() {
    let rulings = [
        (Answer::Once, Ruling::Ask),
        (Answer::Always, Ruling::Allowed),
        (Answer::Never, Ruling::Refused),
        (Answer::NotNow, Ruling::Ask),
    ];
    for (said, ruling) in rulings {
        assert_eq!(
            after(said).ruling(&shop(), Scope::Sign, NOW),
            ruling,
            "{said:?}"
        );
    }
}

#[test]
fn always_ends_after_180_days() {
    let policy = after(Answer::Always);
    let end = NOW + 180 * DAY;
    assert_eq!(
        policy.ruling(&shop(), Scope::Sign, end - 1),
        Ruling::Allowed
    );
    assert_eq!(policy.ruling(&shop(), Scope::Sign, end), Ruling::Ask);
    assert_eq!(policy.current(end - 1).count(), 1);
    assert_eq!(policy.current(end).count(), 0);
}

#[test]
fn always_does_not_hold_when_the_clock_is_set_back_before_it() {
    let policy = after(Answer::Always);
    assert_eq!(policy.ruling(&shop(), Scope::Sign, NOW - 1), Ruling::Ask);
}

#[test]
fn never_does_not_end() {
    let policy = after(Answer::Never);
    let far = NOW + 100 * 365 * DAY;
    assert_eq!(policy.ruling(&shop(), Scope::Sign, far), Ruling::Refused);
}

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
    let mut policy = after(Answer::NotNow);
    let later = NOW + 10 * SECOND + DAY;
    ask(&mut policy, later);
    assert_eq!(waits_for(&policy, later), 10 * SECOND);
}

#[test]
fn a_refusal_from_the_future_does_not_last() {
    let mut policy = after(Answer::NotNow);
    let set_back = NOW - DAY;
    ask(&mut policy, set_back);
    assert_eq!(waits_for(&policy, set_back), 10 * SECOND);
}

#[test]
fn a_new_decision_replaces_the_old_one() {
    let mut policy = after(Answer::Never);
    answer(&mut policy, Answer::Always, NOW);
    assert_eq!(policy.ruling(&shop(), Scope::Sign, NOW), Ruling::Allowed);
    assert_eq!(policy.current(NOW).count(), 1);
    assert_eq!(waits_for(&policy, NOW), 0);
}

#[test]
fn revoking_forgets_everything_about_the_site_and_scope() {
    for said in [Answer::Always, Answer::Never, Answer::NotNow] {
        let mut policy = after(said);
        let (site, scope) = (shop(), Scope::Sign);
        policy.apply(Change::Revoked { site, scope }, NOW);
        assert_eq!(policy, Policy::default(), "{said:?}");
    }
}

#[test]
fn scopes_origins_and_frames_are_apart() {
    let policy = after(Answer::Always);
    let others = [
        site("https://shop.example:8443", None),
        site("https://www.shop.example", None),
        site("https://shop.example", Some("https://portal.example")),
    ];
    for other in others {
        assert_eq!(policy.ruling(&other, Scope::Sign, NOW), Ruling::Ask);
    }
    assert_eq!(policy.ruling(&shop(), Scope::Certificate, NOW), Ruling::Ask);
}

#[test]
fn is_stored_in_this_form_and_read_back() {
    let mut policy = after(Answer::Always);
    let (site, scope) = (
        site("https://a.example", Some("https://b.example")),
        Scope::Certificate,
    );
    policy.apply(Change::Asked { site, scope }, NOW);
    let json = concat!(
        r#"{"grants":[{"origin":"https://shop.example","scope":"sign","decision":"always","#,
        r#""since":1800000000000,"until":1815552000000}],"#,
        r#""refusals":[{"origin":"https://a.example","topOrigin":"https://b.example","#,
        r#""scope":"certificate","count":1,"until":1800000010000}]}"#
    );
    assert_eq!(serde_json::to_string(&policy).unwrap(), json);
    assert_eq!(Policy::parse(json), policy);
}

#[test]
fn one_bad_entry_does_not_cost_the_others() {
    let json = r#"{"grants":[{"origin":"http://plain.example","scope":"sign","decision":"never","since":0},7,
        {"origin":"https://shop.example","scope":"sign","decision":"never","since":0}],"refusals":"none"}"#;
    let policy = Policy::parse(json);
    assert_eq!(policy.ruling(&shop(), Scope::Sign, NOW), Ruling::Refused);
    assert_eq!(policy.current(NOW).count(), 1);
    for nothing in ["", "null", "[]", "{}"] {
        assert_eq!(Policy::parse(nothing), Policy::default());
    }
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
    let cases: Vec<Case> = serde_json::from_str(include_str!("coverage.json")).unwrap();
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
fn never_ends_what_was_allowed_to_frames_of_the_site() {
    let mut policy = Policy::default();
    let scope = Scope::Sign;
    let framed = site("https://frame.example", Some("https://shop.example"));
    let always = Change::Answered {
        site: framed.clone(),
        scope,
        answer: Answer::Always,
    };
    policy.apply(always, NOW);
    assert_eq!(policy.ruling(&framed, scope, NOW), Ruling::Allowed);
    answer(&mut policy, Answer::Never, NOW);
    assert_eq!(policy.ruling(&framed, scope, NOW), Ruling::Refused);
    assert_eq!(policy.current(NOW).count(), 1);
    policy.apply(
        Change::Revoked {
            site: shop(),
            scope,
        },
        NOW,
    );
    assert_eq!(policy.ruling(&framed, scope, NOW), Ruling::Ask);
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
fn always_on_this_computer_ends_with_the_browser() {
    let local = site("http://localhost:3000", None);
    let framed = site("https://shop.example", Some("http://localhost:3000"));
    let mut policy = Policy::default();
    for (site, answer) in [
        (local.clone(), Answer::Always),
        (framed, Answer::Always),
        (shop(), Answer::Always),
        (site("http://127.0.0.1:1", None), Answer::Never),
    ] {
        let scope = Scope::Sign;
        let said = Change::Answered {
            site,
            scope,
            answer,
        };
        policy.apply(said, NOW);
    }
    let origins = |grants: Vec<&Grant>| -> Vec<String> {
        let origins = grants.iter().map(|grant| grant.site.top().to_string());
        origins.collect()
    };
    let here = "http://localhost:3000";
    assert_eq!(origins(policy.of_session()), [here, here]);
    let lasting = ["https://shop.example", "http://127.0.0.1:1"];
    assert_eq!(origins(policy.lasting()), lasting);

    let json =
        serde_json::json!({ "grants": policy.lasting(), "sessionGrants": policy.of_session() });
    let read = Policy::parse(&json.to_string());
    assert_eq!(read.ruling(&local, Scope::Sign, NOW), Ruling::Allowed);
    let json = serde_json::json!({ "grants": policy.lasting() });
    let read = Policy::parse(&json.to_string());
    assert_eq!(read.ruling(&local, Scope::Sign, NOW), Ruling::Ask);
}

fn decide_many(policy: &mut Policy, count: usize, answer: Answer) {
    for number in 0..count {
        let site = site(&format!("https://site-{number}.example"), None);
        let scope = Scope::Sign;
        let said = Change::Answered {
            site,
            scope,
            answer,
        };
        policy.apply(said, NOW);
    }
}

fn ruling(policy: &Policy, number: usize) -> Ruling {
    let site = site(&format!("https://site-{number}.example"), None);
    policy.ruling(&site, Scope::Sign, NOW)
}

#[test]
fn keeps_a_bounded_number_of_permissions_and_forgets_the_oldest_first() {
    let mut policy = after(Answer::Never);
    decide_many(&mut policy, MAX_ALWAYS + 1, Answer::Always);
    assert_eq!(policy.current(NOW).count(), MAX_ALWAYS + 1);
    assert_eq!(ruling(&policy, 0), Ruling::Ask);
    assert_eq!(ruling(&policy, 1), Ruling::Allowed);
    assert_eq!(policy.ruling(&shop(), Scope::Sign, NOW), Ruling::Refused);
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

#[test]
fn a_pin_is_good_for_longer_only_where_signatures_may_always_be_asked_for() {
    let term = Some(PinTerm::Minutes(15));
    let set =
        |policy: &mut Policy, site: Site| policy.apply(Change::PinTermSet { site, term }, NOW);
    for said in [Answer::Once, Answer::Never, Answer::NotNow] {
        let mut policy = after(said);
        set(&mut policy, shop());
        assert_eq!(policy.pin_term(&shop(), NOW), None, "{said:?}");
    }
    let mut policy = after(Answer::Always);
    assert_eq!(policy.pin_term(&shop(), NOW), None);
    set(
        &mut policy,
        site("https://shop.example", Some("https://bank.example")),
    );
    assert_eq!(policy.pin_term(&shop(), NOW), None);
    set(&mut policy, shop());
    assert_eq!(policy.pin_term(&shop(), NOW), term);
    let stored = serde_json::to_string(&policy).unwrap();
    assert_eq!(Policy::parse(&stored), policy);
    assert_eq!(policy.pin_term(&shop(), NOW + GRANT_DAYS * DAY), None);
    policy.apply(
        Change::PinTermSet {
            site: shop(),
            term: None,
        },
        NOW,
    );
    assert_eq!(policy.pin_term(&shop(), NOW), None);
}
