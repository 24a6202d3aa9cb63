//! A computer whose clock is wrong: nothing that depends on the time is said by it.

use super::net::{DEADLINE, Net, Person, reason};
use serde_json::Value;
use tamga_tests::computer::Computer;

const DAY: i64 = 86_400;

fn is_by_wrong_clock(verdict: &Value) -> bool {
    reason(verdict) == "clock-wrong" || reason(verdict) == "revoked"
}

#[test]
fn a_wrong_clock_is_said_instead_of_what_it_says() {
    let person = |name, responder, list| Person {
        name,
        issuer: "authority",
        responder,
        list,
    };
    let people = [
        person("good", "answer", "-"),
        person("unlisted", "-", "list"),
        person("listed", "answer", "-"),
    ];
    let Some(net) = Net::new(&people) else {
        return;
    };
    let computer = Computer::new(&[]).with("TAMGA_LOOPBACK", DEADLINE);
    let mut first = net.watched(&computer, true);
    first.trust(&net, "authority");
    first.host.finish();
    let mut computer = computer;
    for (days, expected) in [(-400, "program"), (400, "server"), (30, "server")] {
        computer = computer.with("TAMGA_CLOCK_WRONG_BY", (days * DAY).to_string());
        let mut watched = net.watched(&computer, false);
        watched.list();
        watched.wait_until(is_by_wrong_clock, &people.map(|it| net.id(it.name)));
        for name in ["good", "unlisted"] {
            let outcome = &watched.verdicts[&net.id(name)]["outcome"];
            assert_eq!(outcome["state"], "unchecked", "{days} {name}: {outcome}");
            assert_eq!(
                outcome["reason"]["witness"], expected,
                "{days} {name}: {outcome}"
            );
        }
        let verdict = &watched.verdicts[&net.id("good")];
        let [shown, time] = [&verdict["time"], &verdict["outcome"]["reason"]["time"]];
        let apart = shown.as_i64().unwrap() - time.as_i64().unwrap();
        // Servers are asked about a date that may be; this program says itself when it was not made yet.
        assert_eq!(
            (apart - days * DAY).abs() < 60,
            expected == "server",
            "{apart}"
        );
        assert_eq!(net.asked.lock().unwrap().is_empty(), expected == "program");
        watched.host.finish();
    }
    // A clock that is right says what it said.
    let computer = computer.with("TAMGA_CLOCK_WRONG_BY", "0");
    let mut watched = net.watched(&computer, false);
    watched.list();
    let is_valid = |verdict: &Value| verdict["outcome"]["state"] == "valid";
    watched.wait_until(is_valid, &[net.id("good"), net.id("unlisted")]);
    watched.host.finish();
}
