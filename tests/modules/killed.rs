//! What the process of a module does when its host was killed.

use super::bench::{Bench, PIN, called, command, list, with_ivan};
use serde_json::{Value, json};
use std::{
    fs::{self, File},
    thread,
    time::Duration,
};
use tamga_tests::{
    host::Host,
    people::People,
    processes::ModuleProcess,
    signatures::{typed_pins, with_pin},
};

#[test]
fn it_logs_out_of_a_token_that_nobody_else_works_with() {
    let Some(people) = People::get() else { return };
    for in_use in [false, true] {
        let bench = with_ivan(people, |double| double);
        let mut host = bench.host();
        let key = list(&mut host)["keys"][0].clone();
        let mut begin = command(&key, PIN, 1);
        begin["unlock"]["term"] = json!({"signatures": 5});
        assert_eq!(host.request(&begin)["type"], "done");
        assert_eq!(bench.count("C_Logout"), 0);
        logs_out_when_killed(&bench, host, in_use);
    }
}

/// A call of the module's goes on for a moment when its host is killed in the middle of it.
#[test]
fn a_login_for_one_call_ends_in_the_same_way() {
    let Some(people) = People::get() else { return };
    let private: fn(&Value) -> Value = |token| json!({"type": "list-private-certificates", "token": token, "unlock": with_pin(PIN)});
    let unblock: fn(&Value) -> Value = |token| json!({"type": "unblock-pin", "token": token, "pins": typed_pins("87654321", "1234567")});
    for (slow, request) in [("C_FindObjectsInit", private), ("C_InitPIN", unblock)] {
        for in_use in [false, true] {
            let bench = with_ivan(people, |double| double.misbehaviour(slow, None, "slow:300"));
            let mut host = bench.host();
            let token = list(&mut host)["keys"][0]["location"]["token"].clone();
            host.ask(&request(&token));
            called(&bench, "C_Login", 1);
            assert_eq!(bench.count("C_Logout"), 0, "{slow}");
            logs_out_when_killed(&bench, host, in_use);
        }
    }
}

/// Kills the host, after which another one works with the token or none does: `in_use`.
fn logs_out_when_killed(bench: &Bench, host: Host, in_use: bool) {
    let mut locks = fs::read_dir(bench.computer.data().join("locks")).unwrap();
    let lock = File::open(locks.next().unwrap().unwrap().path()).unwrap();
    let processes = ModuleProcess::of(&host);
    assert_eq!(processes.len(), 1, "{processes:?}");
    thread::scope(|scope| {
        if in_use {
            // As another host does that has waited for the token.
            scope.spawn(|| lock.lock().unwrap());
        }
        host.kill();
    });
    while processes.iter().any(ModuleProcess::runs) {
        thread::sleep(Duration::from_millis(10));
    }
    assert_eq!(bench.count("C_Logout"), usize::from(!in_use));
}
