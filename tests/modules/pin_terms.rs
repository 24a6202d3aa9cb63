//! Requests of one PIN session at the same time. Against a module double that is slow.

use super::bench::{PIN, command, finish, list, with_ivan};
use serde_json::json;
use tamga_tests::people::People;

#[test]
fn requests_of_a_pin_session_wait_for_each_other() {
    let Some(people) = People::get() else { return };
    let bench = with_ivan(people, |double| {
        double.misbehaviour("C_Sign", Some(10), "slow:1000")
    });
    let mut host = bench.host();
    let key = list(&mut host)["keys"][0].clone();
    let (mut begin, mut resume) = (command(&key, PIN, 2), command(&key, "", 2));
    begin["unlock"]["term"] = json!({"signatures": 100});
    resume["unlock"] = json!({"type": "open-session"});
    let stays = |left: u32| json!({"type": "done", "pinSession": {"signatures": left}});
    assert_eq!(host.request(&begin), stays(98));
    let mut asked: Vec<u32> = (0..3).map(|_| host.ask(&resume)).collect();
    let mut replies = Vec::new();
    while !asked.is_empty() {
        let message = host.receive().unwrap();
        if message["type"] != "event" {
            replies.push(message["reply"].clone());
            asked.retain(|id| message["id"] != *id);
        }
    }
    assert_eq!(replies, [96, 94, 92].map(stays));
    assert_eq!(bench.double.shown(0), 1);
    // One that is cancelled ends the session, and whoever waits for it hears so.
    let first = host.ask(&resume);
    assert_eq!(host.receive().unwrap()["id"], first);
    let second = host.ask(&resume);
    host.send(&json!({"type": "cancel", "id": first}));
    let mut answers = Vec::new();
    while answers.len() < 2 {
        let message = host.receive().unwrap();
        if message["type"] != "event" {
            assert_eq!(message["type"], "failed", "{message}");
            let code = message["failure"]["code"].as_str().unwrap().to_owned();
            answers.push((message["id"].clone(), code));
        }
    }
    answers.sort_by_key(|(id, _)| id.as_u64());
    let expected = [(first, "CANCELLED"), (second, "PIN_NEEDED")];
    assert_eq!(
        answers,
        expected.map(|(id, code)| (json!(id), code.to_owned()))
    );
    assert_eq!(bench.double.results("C_Logout"), ["CKR_OK"]);
    finish(host);
}

/// Two tabs of a site never sign more than the term, whatever they ask for at once.
#[test]
fn requests_at_once_sign_no_more_than_the_term() {
    let Some(people) = People::get() else { return };
    for (items, granted) in [(3, 1), (2, 2), (1, 4)] {
        let bench = with_ivan(people, |double| {
            double.misbehaviour("C_Sign", Some(2), "slow:300")
        });
        let mut host = bench.host();
        let key = list(&mut host)["keys"][0].clone();
        let mut begin = command(&key, PIN, 1);
        begin["unlock"]["term"] = json!({"signatures": 5});
        let left = json!({"type": "done", "pinSession": {"signatures": 4}});
        assert_eq!(host.request(&begin), left);
        let mut resume = command(&key, PIN, items);
        resume["unlock"] = json!({"type": "open-session"});
        let mut asked: Vec<u32> = (0..5).map(|_| host.ask(&resume)).collect();
        let (mut signed, mut done) = (0, 0);
        while !asked.is_empty() {
            let message = host.receive().unwrap();
            match message["type"].as_str().unwrap() {
                "event" => signed += 1,
                "reply" => done += 1,
                _ => assert_eq!(message["failure"], json!({"code": "PIN_NEEDED"})),
            }
            asked.retain(|id| message["type"] == "event" || message["id"] != *id);
        }
        assert_eq!((signed, done), (items * granted, granted));
        assert_eq!(bench.count("C_Sign"), 1 + items * granted);
        assert_eq!(host.request(&resume), json!({"code": "PIN_NEEDED"}));
        assert_eq!(bench.double.shown(0), 1);
        // Nothing is left unlocked.
        finish(host);
        assert_eq!(bench.double.results("C_Logout"), ["CKR_OK"]);
    }
}
