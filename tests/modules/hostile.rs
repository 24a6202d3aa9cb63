//! Modules that crash, hang, return wrong data or write to standard output: the host goes on, and every other key signs.

use super::bench::{Bench, PIN, list, sign, token};
use serde_json::Value;
use std::thread;
use tamga_tests::{
    double::{certificate, private_key},
    host::Host,
    people::{PASSWORD, People},
};

/// What goes wrong at any call.
const ENDS: [&str; 6] = ["crash", "abort", "exit", "error", "null", "print"];
/// Functions with output, and what is wrong with it.
const OUTPUT_FAULTS: [(&str, &[&str]); 6] = [
    (
        "C_GetSlotList",
        &["flood", "garbage", "long-length", "short-length"],
    ),
    ("C_GetSlotInfo", &["garbage", "long-length", "short-length"]),
    (
        "C_GetTokenInfo",
        &["garbage", "long-length", "short-length"],
    ),
    (
        "C_FindObjects",
        &["flood", "garbage", "long-length", "short-length"],
    ),
    (
        "C_GetAttributeValue",
        &["flood", "garbage", "long-length", "short-length"],
    ),
    (
        "C_Sign",
        &["flood", "garbage", "long-length", "short-length"],
    ),
];
/// The calls of listing and signing, in their order.
const CALLS: [&str; 17] = [
    "C_GetFunctionList",
    "C_Initialize",
    "C_GetSlotList",
    "C_GetSlotInfo",
    "C_GetTokenInfo",
    "C_OpenSession",
    "C_FindObjectsInit",
    "C_FindObjects",
    "C_FindObjectsFinal",
    "C_GetAttributeValue",
    "C_Login",
    "C_GetMechanismList",
    "C_SignInit",
    "C_Sign",
    "C_Logout",
    "C_CloseSession",
    "C_Finalize",
];
/// The calls at which a hang is waited for, to its deadline.
const HANGS: [&str; 3] = ["C_GetSlotList", "C_Login", "C_Sign"];

#[test]
fn whatever_a_module_does_every_other_key_signs() {
    let Some(people) = People::get() else {
        return;
    };
    let ends = CALLS
        .iter()
        .flat_map(|call| ENDS.iter().map(move |how| (*call, *how)));
    let faults = OUTPUT_FAULTS
        .iter()
        .flat_map(|(call, faults)| faults.iter().map(move |how| (*call, *how)));
    // A list of functions has no place for its own name.
    let possible = |(call, how): &(&str, &str)| !(*call == "C_GetFunctionList" && *how == "null");
    let mut failed = 0;
    for (function, how) in ends.chain(faults).filter(possible) {
        failed += usize::from(!survives(people, function, how));
    }
    // Not everything does harm, but most of it does.
    assert!(failed > 40, "{failed}");
}

#[test]
fn a_module_that_hangs_holds_up_nothing_else() {
    let Some(people) = People::get() else {
        return;
    };
    thread::scope(|scope| {
        for function in HANGS {
            scope.spawn(move || assert!(!survives(people, function, "hang"), "{function}"));
        }
    });
}

/// Lists and signs with such a module and with a key file beside it; says whether the token signed.
fn survives(people: &People, function: &str, how: &str) -> bool {
    let what = format!("{function} {how}");
    let key = people.read("ivan.key");
    let objects = vec![
        private_key(1, &key),
        certificate(1, &people.certificate("ivan")),
    ];
    let bench = Bench::new(|double| {
        double
            .slot(token(objects))
            .misbehaviour(function, None, how)
    });
    let mut host = bench.host();
    let file = people.read("aigerim.p12");
    assert_eq!(
        host.add("aigerim.p12", &file, PASSWORD),
        people.id("aigerim")
    );

    let listing = list(&mut host);
    let file_key = find(&listing, &people.id("aigerim")).expect(&what);
    signs(&mut host, &file_key, PASSWORD, &what).expect(&what);
    let outcome = match find(&listing, &people.id("ivan")) {
        Some(on_token) if on_token["problem"].is_null() => signs(&mut host, &on_token, PIN, &what),
        Some(on_token) => Err(on_token["problem"].to_string()),
        None => Err("not listed".to_owned()),
    };
    if outcome.is_err() {
        // Where nothing of the token is listed, it is said whose fault that is, or the token is just not there.
        let unreadable = listing["unreadable"].as_array().unwrap();
        let known = unreadable.iter().all(|it| {
            let failure = &it["failure"];
            match failure["code"].as_str() {
                Some("READERS_STOPPED" | "READERS_MISSING") => true,
                Some("MODULE_FAILED") => failure["subject"].is_string(),
                // What the module gave for a certificate is none.
                Some("CERTIFICATE_MALFORMED") => it["location"]["type"] == "token",
                _ => false,
            }
        });
        assert!(known, "{what}: {listing}");
    }
    signs(&mut host, &file_key, PASSWORD, &what).expect(&what);
    let end = host.finish();
    assert!(end.status.success(), "{what}: {}", end.log);
    outcome.is_ok()
}

fn find(listing: &Value, id: &str) -> Option<Value> {
    let keys = listing["keys"].as_array()?;
    keys.iter().find(|key| key["id"] == id).cloned()
}

/// Signs twice; the code of the failure if it did not come about.
fn signs(host: &mut Host, key: &Value, secret: &str, what: &str) -> Result<(), String> {
    const EXPECTED: [&str; 6] = [
        "MODULE_FAILED",
        "TOKEN_REMOVED",
        "TOKEN_BUSY",
        "KEY_MISSING",
        "KEY_UNSUPPORTED",
        "SIGNATURE_INVALID",
    ];
    let (events, reply) = sign(host, key, secret, 2);
    let code = reply["code"].as_str().or_else(|| {
        let failure = |event: &Value| event["failure"]["code"].as_str().map(str::to_owned);
        let failed = events.iter().find(|event| failure(event).is_some())?;
        failed["failure"]["code"].as_str()
    });
    match code {
        None => {
            let signed = |event: &&Value| event["type"] == "item-signed";
            assert_eq!(
                events.iter().filter(signed).count(),
                2,
                "{what}: {events:?}"
            );
            Ok(())
        }
        Some(code) => {
            assert!(EXPECTED.contains(&code), "{what}: {reply} {events:?}");
            Err(code.to_owned())
        }
    }
}
