//! What may wait is a task: it is cancelled in order, and keeps nobody else waiting. Against a module double that is slow
//! or hangs.

use super::bench::{
    Bench, PIN, called, cancel, command, finish, list, only_answer, sign, token, with_ivan,
};
use serde_json::json;
use std::{thread, time::Duration};
use tamga_tests::{
    double::{Slot, certificate, private_certificate, private_key},
    people::{PASSWORD, People},
    signatures::{in_dialog, order, typed_pins, with_pin},
};

#[test]
fn a_cancelled_signature_logs_out_and_the_next_one_is_made() {
    let Some(people) = People::get() else { return };
    let bench = with_ivan(people, |double| {
        double.misbehaviour("C_Sign", Some(2), "slow:1000")
    });
    let mut host = bench.host();
    let key = list(&mut host)["keys"][0].clone();
    let id = host.ask(&command(&key, PIN, 3));
    assert_eq!(host.receive().unwrap()["event"]["type"], "item-signed");
    called(&bench, "C_SignInit", 2);
    cancel(&mut host, id);
    // Once more is too late, and so is a request that never was.
    for late in [id, 4711] {
        host.send(&json!({"type": "cancel", "id": late}));
    }
    let (events, done) = sign(&mut host, &key, PIN, 1);
    assert_eq!(
        (&events[0]["type"], &done["type"]),
        (&json!("item-signed"), &json!("done"))
    );
    assert_eq!(bench.double.results("C_Logout"), ["CKR_OK", "CKR_OK"]);
    // The third one was not made.
    assert_eq!(bench.count("C_Sign"), 3);
    assert_eq!(bench.double.shown(0), 2);
    finish(host);
}

#[test]
fn whatever_hangs_is_cancelled_and_delays_nothing_else() {
    let Some(people) = People::get() else { return };
    let file = people.read("aigerim.p12");
    for (function, request) in [
        ("C_Sign", "sign"),
        ("C_Login", "sign"),
        ("C_Login", "list-private-certificates"),
        ("C_SetPIN", "change-pin"),
        ("C_Login", "unblock-pin"),
    ] {
        let bench = with_ivan(people, |double| double.misbehaviour(function, None, "hang"));
        let mut host = bench.host();
        let listing = list(&mut host);
        let (key, token) = (&listing["keys"][0], &listing["tokens"][0]["id"]);
        let id = host.ask(&match request {
            "sign" => command(key, PIN, 1),
            "list-private-certificates" => {
                json!({"type": request, "token": token, "unlock": with_pin(PIN)})
            }
            "change-pin" => {
                json!({"type": request, "token": token, "pins": typed_pins(PIN, "1234567")})
            }
            _ => {
                json!({"type": request, "token": token, "pins": typed_pins("87654321", "1234567")})
            }
        });
        called(&bench, function, 1);
        if function == "C_Sign" {
            assert_eq!(host.receive().unwrap()["event"]["type"], "waiting");
        }
        // Meanwhile the token is listed as it was, and files are added and sign.
        let listed = list(&mut host);
        assert_eq!(listed["keys"][0]["id"], people.id("ivan"), "{listed}");
        assert_eq!(
            host.add("aigerim.p12", &file, PASSWORD),
            people.id("aigerim")
        );
        let with_file = order(&people.id("aigerim"), PASSWORD);
        let signed = host.request(&with_file);
        assert_eq!(signed["type"], "done", "{function} {request}: {signed}");
        cancel(&mut host, id);
        assert_eq!(host.request(&with_file)["type"], "done");
        finish(host);
    }
}

#[test]
fn a_list_that_hangs_is_cancelled() {
    let Some(people) = People::get() else { return };
    let bench = with_ivan(people, |double| {
        double.misbehaviour("C_GetSlotList", None, "hang")
    });
    let mut host = bench.host();
    let id = host.ask(&json!({"type": "list-certificates"}));
    called(&bench, "C_GetSlotList", 1);
    // The files are known before.
    assert_eq!(
        host.receive().unwrap()["event"]["type"],
        "certificates-so-far"
    );
    cancel(&mut host, id);
    finish(host);
}

#[test]
fn a_file_that_is_gone_is_looked_for_on_no_token() {
    let Some(people) = People::get() else { return };
    let bench = with_ivan(people, |double| {
        double.misbehaviour("C_GetSlotList", None, "hang")
    });
    let mut host = bench.host();
    let id = host.add("aigerim.p12", &people.read("aigerim.p12"), PASSWORD);
    let mut signing = order(&id, PASSWORD);
    for entry in std::fs::read_dir(bench.computer.data().join("keys")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|ending| ending == "p12") {
            let copy = path.file_stem().unwrap().to_str().unwrap();
            signing["location"] = json!({"type": "pkcs12", "keyFile": copy, "name": "aigerim.p12"});
            std::fs::remove_file(path).unwrap();
        }
    }
    let id = host.ask(&signing);
    let failed = only_answer(&mut host, id);
    let gone = json!({"code": "KEY_FILE_NOT_FOUND", "subject": "aigerim.p12"});
    assert_eq!(failed["failure"], gone, "{failed}");
    assert_eq!(bench.count("C_GetSlotList"), 0);
    finish(host);
}

#[test]
fn all_lists_share_one_look_at_a_module_that_hangs() {
    let Some(people) = People::get() else { return };
    let bench = with_ivan(people, |double| {
        double.misbehaviour("C_GetSlotList", None, "hang")
    });
    let mut host = bench.host();
    let list = json!({"type": "list-certificates"});
    let first = host.ask(&list);
    called(&bench, "C_GetSlotList", 1);
    let mut asked = vec![first];
    asked.extend((0..5).map(|_| host.ask(&list)));
    while !asked.is_empty() {
        let message = host.receive().unwrap();
        if message["type"] == "reply" {
            let failure = &message["reply"]["unreadable"][0]["failure"];
            assert_eq!(failure["code"], "MODULE_FAILED", "{message}");
            asked.retain(|id| message["id"] != *id);
        }
    }
    assert_eq!(bench.count("C_GetSlotList"), 1);
    finish(host);
}

#[test]
fn what_was_inserted_while_somebody_looked_is_seen_by_the_next_look() {
    let Some(people) = People::get() else { return };
    let bench = with_ivan(people, |double| {
        double
            .slot(Slot {
                reader: "Tamga Reader 01 00".to_owned(),
                serial: "0000000000000002".to_owned(),
                ..token(vec![certificate(2, &people.certificate("aigerim"))])
            })
            .misbehaviour("C_GetTokenInfo", Some(1), "slow:1500")
    });
    bench.double.remove(1);
    let mut host = bench.host();
    let list = json!({"type": "list-certificates"});
    let first = host.ask(&list);
    called(&bench, "C_GetSlotInfo", 1);
    bench.double.insert(1);
    let second = host.ask(&list);
    let mut tokens = [0, 0];
    for _ in 0..2 {
        let reply = loop {
            let message = host.receive().unwrap();
            if message["type"] == "reply" {
                break message;
            }
        };
        let known = reply["reply"]["tokens"].as_array().unwrap().len();
        tokens[usize::from(reply["id"] == second)] = known;
        assert!(reply["id"] == first || reply["id"] == second);
    }
    assert_eq!(tokens, [1, 2]);
    finish(host);
}

#[test]
fn two_tokens_of_one_module_sign_at_the_same_time() {
    let Some(people) = People::get() else { return };
    let bench = with_ivan(people, |double| {
        double
            .slot(Slot {
                reader: "Tamga Reader 01 00".to_owned(),
                serial: "0000000000000002".to_owned(),
                ..token(vec![
                    private_key(2, &people.read("aigerim.key")),
                    certificate(2, &people.certificate("aigerim")),
                ])
            })
            // In each process of the module.
            .misbehaviour("C_Sign", Some(2), "hang")
    });
    let mut host = bench.host();
    let keys = list(&mut host)["keys"].clone();
    let first = host.ask(&command(&keys[0], PIN, 2));
    assert_eq!(host.receive().unwrap()["event"]["type"], "item-signed");
    called(&bench, "C_Sign", 2);
    assert_eq!(host.receive().unwrap()["event"]["type"], "waiting");
    let (events, done) = sign(&mut host, &keys[1], PIN, 1);
    assert_eq!(
        (&events[0]["type"], &done["type"]),
        (&json!("item-signed"), &json!("done"))
    );
    cancel(&mut host, first);
    finish(host);
}

#[test]
fn requests_that_need_the_same_token_come_one_after_the_other() {
    let Some(people) = People::get() else { return };
    let bench = with_ivan(people, |double| {
        double.misbehaviour("C_Sign", None, "slow:50")
    });
    let mut host = bench.host();
    let key = list(&mut host)["keys"][0].clone();
    let mut asked: Vec<u32> = (0..3).map(|_| host.ask(&command(&key, PIN, 2))).collect();
    let mut signed = 0;
    while !asked.is_empty() {
        let message = host.receive().unwrap();
        match message["type"].as_str().unwrap() {
            "event" => signed += usize::from(message["event"]["type"] == "item-signed"),
            "reply" => asked.retain(|id| message["id"] != *id),
            _ => panic!("{message}"),
        }
    }
    assert_eq!(signed, 6);
    // Nobody was logged in twice.
    let calls = bench.double.calls().into_iter();
    let logins = calls.filter(|call| ["C_Login", "C_Logout"].contains(&&*call.function));
    let order: Vec<String> = logins.map(|call| call.function).collect();
    assert_eq!(order, ["C_Login", "C_Logout"].repeat(3));
    finish(host);
}

#[test]
fn a_browser_that_is_gone_logs_out() {
    let Some(people) = People::get() else { return };
    let bench = with_ivan(people, |double| {
        double.misbehaviour("C_Sign", Some(1), "slow:1000")
    });
    let mut host = bench.host();
    let key = list(&mut host)["keys"][0].clone();
    host.ask(&command(&key, PIN, 3));
    called(&bench, "C_SignInit", 1);
    finish(host);
    assert_eq!(bench.double.results("C_Sign"), ["CKR_OK"]);
    assert_eq!(bench.double.results("C_Logout"), ["CKR_OK"]);
    assert_eq!(bench.double.results("C_Finalize"), ["CKR_OK"]);
}

#[test]
fn a_private_list_and_a_dialog_are_cancelled() {
    let Some(people) = People::get() else { return };
    let folder = tempfile::tempdir().unwrap();
    super::pins::pinentry(folder.path(), "exec sleep 1000");
    let objects = vec![
        private_key(1, &people.read("ivan.key")),
        private_certificate(1, &people.certificate("ivan")),
        private_key(2, &people.read("aigerim.key")),
        certificate(2, &people.certificate("aigerim")),
    ];
    let mut bench = Bench::new(|double| double.slot(token(objects)));
    bench.computer = bench.computer.with("PATH", path(folder.path()));
    let mut host = bench.host();
    let listing = list(&mut host);
    let dialog = in_dialog("https://bank.example", "en");
    let mut signing = command(&listing["keys"][0], "", 1);
    signing["unlock"] = dialog.clone();
    let token = &listing["tokens"][0]["id"];
    let private = json!({"type": "list-private-certificates", "token": token, "unlock": dialog});
    for request in [signing, private] {
        let said = folder.path().join("said");
        let _ = std::fs::remove_file(&said);
        let id = host.ask(&request);
        while !std::fs::read_to_string(&said).is_ok_and(|said| said.contains("GETPIN")) {
            thread::sleep(Duration::from_millis(5));
        }
        cancel(&mut host, id);
    }
    assert_eq!(bench.double.shown(0), 0);
    finish(host);
}

/// The folder with the dialog, and the system's programs.
fn path(folder: &std::path::Path) -> std::ffi::OsString {
    let folders = [folder, "/usr/bin".as_ref(), "/bin".as_ref()];
    std::env::join_paths(folders).unwrap()
}

#[test]
fn documents_and_the_watch_over_readers_are_cancelled() {
    let Some(people) = People::get() else { return };
    let bench = with_ivan(people, |double| double);
    let mut host = bench.host();
    let watch = host.ask(&json!({"type": "watch-readers"}));
    cancel(&mut host, watch);
    let read = json!({"type": "read-document", "stream": 7, "size": 9, "digest": "SHA-256"});
    let id = host.ask(&read);
    host.send(&json!({"type": "cancel", "id": id}));
    assert_eq!(
        host.receive().unwrap(),
        json!({"type": "abort", "stream": 7})
    );
    let cancelled = json!({"type": "failed", "id": id, "failure": {"code": "CANCELLED"}});
    assert_eq!(host.receive().unwrap(), cancelled);
    // Its number is free again.
    host.ask(&read);
    finish(host);
}

#[test]
fn a_number_that_is_taken_and_too_many_requests_are_refused() {
    let Some(people) = People::get() else { return };
    let bench = with_ivan(people, |double| double.misbehaviour("C_Sign", None, "hang"));
    let mut host = bench.host();
    let key = list(&mut host)["keys"][0].clone();
    let signing = command(&key, PIN, 1);
    let first = host.ask(&signing);
    called(&bench, "C_Sign", 1);
    host.send(&json!({"type": "request", "id": first, "command": signing}));
    let refused = json!({"code": "REQUEST_MALFORMED"});
    assert_eq!(only_answer(&mut host, first)["failure"], refused);
    // They wait for the token.
    for _ in 0..63 {
        host.ask(&signing);
    }
    let surplus = host.ask(&signing);
    assert_eq!(only_answer(&mut host, surplus)["failure"], refused);
    finish(host);
}
