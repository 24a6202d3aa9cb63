//! The verdicts of a real session, with servers on loopback that are good, slow, silent, huge, lying or lead elsewhere.

#![expect(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test may stop where it stands"
)]

mod clock;
mod keeping;
pub(crate) mod net;
mod proxy;

use net::{DEADLINE, Net, Person, reason};
use serde_json::{Value, json};
use std::{thread, time::Duration};
use tamga_tests::computer::Computer;

/// A certificate: its name, what its responder and its server of lists do (`-`: it names none), and what comes of it:
/// the state, the reason, what is known about revocation, and why the server did not help.
type Case = [&'static str; 7];

const CASES: [Case; 14] = [
    ["good", "answer", "list", "valid", "", "good", ""],
    ["slow", "slow", "list", "valid", "", "good", ""],
    [
        "revoked", "answer", "list", "invalid", "revoked", "revoked", "",
    ],
    [
        "unknown",
        "answer",
        "list",
        "unchecked",
        "revocation-unknown",
        "unknown",
        "",
    ],
    [
        "listed", "busy", "list", "invalid", "revoked", "revoked", "",
    ],
    ["unlisted", "-", "list", "valid", "", "good", ""],
    [
        "lying",
        "stranger",
        "list",
        "unchecked",
        "revocation-unknown",
        "untrusted",
        "",
    ],
    [
        "stale",
        "-",
        "old-list",
        "unchecked",
        "revocation-unknown",
        "stale",
        "",
    ],
    [
        "redirecting",
        "-",
        "elsewhere",
        "unchecked",
        "revocation-unknown",
        "unavailable",
        "refused",
    ],
    [
        "unreachable",
        "-",
        "closed",
        "unchecked",
        "revocation-unknown",
        "unavailable",
        "unreachable",
    ],
    [
        "hanging",
        "-",
        "silence",
        "unchecked",
        "revocation-unknown",
        "unavailable",
        "too-slow",
    ],
    [
        "huge",
        "endless",
        "-",
        "unchecked",
        "revocation-unknown",
        "unavailable",
        "too-large",
    ],
    [
        "page",
        "-",
        "page",
        "unchecked",
        "revocation-unknown",
        "unavailable",
        "web-page",
    ],
    [
        "nowhere",
        "-",
        "-",
        "unchecked",
        "revocation-unknown",
        "unavailable",
        "",
    ],
];

#[test]
fn verdicts_come_after_the_list_and_hold_up_nothing() {
    let people = CASES.map(|[name, responder, list, ..]| Person {
        name,
        issuer: "authority",
        responder,
        list,
    });
    let Some(net) = Net::new(&people) else {
        return;
    };
    let computer = Computer::new(&[]).with("TAMGA_LOOPBACK", DEADLINE);
    let mut watched = net.watched(&computer, true);
    watched.list();
    let ids = CASES.map(|[name, ..]| net.id(name));

    // Nobody is asked about a certificate whose issuer nobody trusts.
    watched.wait_until(|it| reason(it) == "untrusted", &ids);
    let missing = &watched.verdicts[&ids[0]];
    assert_eq!(missing["outcome"]["state"], "unchecked");
    assert_eq!(missing["outcome"]["reason"]["issuer"], "authority");
    assert_eq!(missing["outcome"]["about"]["id"], net.id("authority"));
    assert!(net.asked.lock().unwrap().is_empty());

    let sources = watched.trust(&net, "authority");
    let person = sources["sources"].as_array().unwrap().iter();
    let mut person = person.filter(|it| it["kind"] == "person");
    assert_eq!(person.next().unwrap()["count"], 1);

    // What is known comes before what servers say, and no list waits for one that hangs.
    let open = |it: &Value| it["revocation"]["state"] == "not-asked";
    let hanging = ["hanging"].map(|name| net.id(name));
    watched.wait_until(
        |it| open(it) && reason(it) == "revocation-unknown",
        &hanging,
    );
    let is_silent = || {
        net.asked
            .lock()
            .unwrap()
            .iter()
            .any(|it| it.ends_with("silence"))
    };
    while !is_silent() {
        thread::sleep(Duration::from_millis(10));
    }
    watched.list();
    assert!(open(&watched.verdicts[&hanging[0]]), "it hangs still");

    watched.wait_until(|it| !open(it), &ids);
    for ([name, _, _, state, code, revocation, why], id) in CASES.into_iter().zip(&ids) {
        let verdict = &watched.verdicts[id];
        assert_eq!(verdict["outcome"]["state"], state, "{name}: {verdict}");
        assert_eq!(reason(verdict), code, "{name}: {verdict}");
        assert_eq!(
            verdict["revocation"]["state"], revocation,
            "{name}: {verdict}"
        );
        let failures = verdict["revocation"]["failures"].as_array();
        let told = failures.and_then(|all| all.last()).map(|it| &it["why"]);
        assert_eq!(
            told.and_then(Value::as_str).unwrap_or_default(),
            why,
            "{name}"
        );
        assert_eq!(verdict["anchor"]["class"], "user", "{name}");
        assert_eq!(verdict["path"][1]["owner"], "authority", "{name}");
    }
    let revoked = &watched.verdicts[&net.id("revoked")]["revocation"];
    assert_eq!(
        *revoked,
        json!({"state": "revoked", "at": 1_767_225_600, "reason": "key-compromise"})
    );

    let removed = json!({"type": "remove-authority", "fingerprint": net.id("authority")});
    watched.request(&removed);
    watched.wait_until(|it| reason(it) == "untrusted", &ids);
    watched.host.finish();
}
