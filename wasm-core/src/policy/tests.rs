use super::*;

mod managed;
mod refusals;

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
fn the_own_page_asks_each_time_and_nothing_is_kept_of_it() {
    let own = site(crate::origin::OWN_PAGE, None);
    for answer in [Answer::Once, Answer::Always, Answer::Never, Answer::NotNow] {
        let mut policy = Policy::default();
        let (site, scope) = (own.clone(), Scope::Sign);
        let asked = Change::Asked { site, scope };
        policy.apply(asked, NOW);
        let site = own.clone();
        let answered = Change::Answered {
            site,
            scope,
            answer,
        };
        policy.apply(answered, NOW);
        assert_eq!(policy.ruling(&own, scope, NOW), Ruling::Ask);
        assert_eq!(policy, Policy::default());
    }
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

#[test]
fn no_more_is_read_than_is_kept() {
    let grant = r#"{"origin":"https://shop.example","scope":"sign","decision":"never","since":0}"#;
    let most = MAX_NEVER + MAX_ALWAYS;
    for (stored, read) in [(most, most), (most + 1, most)] {
        let json = format!(r#"{{"grants":[{}]}}"#, vec![grant; stored].join(","));
        assert_eq!(Policy::parse(&json).current(NOW).count(), read);
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
