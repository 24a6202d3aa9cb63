//! Signatures that a real session checks, and the terminal: what is known comes at once, what servers say afterwards.

#![expect(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test may stop where it stands"
)]

use crate::verdicts::net::{DEADLINE, Net, Person};
use base64::prelude::{BASE64_STANDARD, Engine as _};
use serde_json::{Value, json};
use std::{collections::BTreeMap, fs, sync::Arc};
use tamga_tests::{computer::Computer, host::Host, terminal};

const DOCUMENT: &[u8] = b"what they all signed";

/// Who signed, what their responder and their server of lists do, and what comes of it when they are asked: the conclusion, the
/// certificate's state about revocation, and where that is from.
const SIGNERS: [[&str; 6]; 7] = [
    ["good", "answer", "-", "valid", "good", "servers"],
    ["slow", "slow", "-", "valid", "good", "servers"],
    ["revoked", "answer", "-", "revoked", "revoked", "servers"],
    ["unlisted", "-", "list", "valid", "good", "servers"],
    [
        "lying",
        "stranger",
        "-",
        "revocation-unknown",
        "untrusted",
        "",
    ],
    [
        "unreachable",
        "-",
        "closed",
        "revocation-unknown",
        "unavailable",
        "",
    ],
    HANGING,
];
const HANGING: [&str; 6] = [
    "hanging",
    "-",
    "silence",
    "revocation-unknown",
    "unavailable",
    "",
];

fn net() -> Option<Arc<Net>> {
    let people = SIGNERS.map(|[name, responder, list, ..]| Person {
        name,
        issuer: "authority",
        responder,
        list,
    });
    Net::new(&people)
}

/// OpenSSL's signature of the document, detached.
fn sign(net: &Net, name: &str) -> Vec<u8> {
    net.openssl.write("document", DOCUMENT);
    net.openssl.run(&format!(
        "cms -sign -binary -in document -outform DER -signer {name}.pem -inkey {name}.key -out {name}.p7s"
    ));
    net.openssl.read(&format!("{name}.p7s"))
}

fn trust(host: &mut Host, net: &Net) {
    let content = BASE64_STANDARD.encode(net.openssl.read("authority.der"));
    let added = host.request(&json!({
        "type": "add-authority", "name": "authority.der", "content": content, "fingerprint": net.id("authority"),
    }));
    assert_eq!(added["type"], "trust-changed", "{added}");
}

/// The numbers of the signatures, and of the document.
fn give(host: &mut Host, net: &Net, names: &[&str]) -> Vec<u64> {
    let mut given = Vec::new();
    for name in names {
        let signature = sign(net, name);
        given.push(host.read_check_file(&format!("{name}.p7s"), &signature, None));
    }
    given.push(host.read_check_file("document", DOCUMENT, Some(&["SHA-256"])));
    given
}

/// The only signer of a file with signatures.
fn signer(file: &Value) -> &Value {
    assert_eq!(file["signers"].as_array().unwrap().len(), 1, "{file}");
    &file["signers"][0]
}

fn conclusion(file: &Value) -> &str {
    signer(file)["conclusion"].as_str().unwrap()
}

#[test]
fn servers_are_asked_after_what_is_known_was_told() {
    let Some(net) = net() else {
        return;
    };
    let computer = Computer::new(&[]).with("TAMGA_LOOPBACK", DEADLINE);
    let mut host = computer.host();
    let files = give(&mut host, &net, &SIGNERS.map(|[name, ..]| name));
    let with = json!({"type": "check-signatures", "files": files, "servers": true});
    let without = json!({"type": "check-signatures", "files": files, "servers": false});

    // Nobody is asked about a certificate whose issuer nobody trusts.
    let (events, report) = host.request_with_events(&with);
    assert_eq!(events.len(), 1);
    for file in report["signatures"].as_array().unwrap() {
        assert_eq!(conclusion(file), "untrusted");
    }
    trust(&mut host, &net);
    let (events, report) = host.request_with_events(&without);
    assert!(events.is_empty());
    for file in report["signatures"].as_array().unwrap() {
        assert_eq!(conclusion(file), "revocation-unknown");
        assert_eq!(signer(file)["certificate"]["anchor"]["class"], "user");
    }
    assert!(net.asked.lock().unwrap().is_empty());

    let (events, report) = host.request_with_events(&with);
    let [first, others @ ..] = &*events else {
        panic!("no events");
    };
    assert_eq!(first["type"], "checked-so-far");
    for file in first["signatures"].as_array().unwrap() {
        assert_eq!(conclusion(file), "revocation-unknown");
    }
    let mut told = BTreeMap::new();
    for event in others {
        assert_eq!(event["type"], "file-checked");
        let place = event["file"].as_u64().unwrap();
        assert!(told.insert(place, event.clone()).is_none(), "{event}");
    }
    let found = report["signatures"].as_array().unwrap();
    assert_eq!((told.len(), found.len()), (SIGNERS.len(), SIGNERS.len()));
    for ([name, _, _, expected, revocation, from], file) in SIGNERS.into_iter().zip(found) {
        assert_eq!(file["name"], format!("{name}.p7s"));
        assert_eq!(conclusion(file), expected, "{file}");
        let signer = signer(file);
        let status = &signer["certificate"]["revocation"];
        assert_eq!(status["state"], revocation, "{file}");
        assert_eq!(signer["revocationFrom"].as_str().unwrap_or_default(), from);
        let failures = status["failures"].as_array().map_or(0, Vec::len);
        assert_eq!(failures > 0, revocation == "unavailable", "{file}");
        let place = file["file"].as_u64().unwrap();
        let mut event = told[&place].clone();
        event.as_object_mut().unwrap().remove("type");
        assert_eq!(event, *file);
    }
    // What was said is kept.
    let (_, report) = host.request_with_events(&without);
    for place in [0, 3] {
        let kept = &report["signatures"][place];
        assert_eq!(conclusion(kept), "valid");
        assert_eq!(signer(kept)["revocationFrom"], "kept");
    }
    host.finish();
}

#[test]
fn by_a_wrong_clock_no_signature_is_good_and_none_is_out_of_its_term() {
    let Some(net) = net() else {
        return;
    };
    let mut computer = Computer::new(&[]).with("TAMGA_LOOPBACK", DEADLINE);
    let mut host = computer.host();
    trust(&mut host, &net);
    host.finish();
    let home = computer.home();
    fs::write(home.join("document"), DOCUMENT).unwrap();
    fs::write(home.join("good.p7s"), sign(&net, "good")).unwrap();
    // By the last one nobody's certificate is in its term: only a server knows that it is the clock.
    for (days, witness) in [(-400, "program"), (30, "server"), (40_000, "server")] {
        computer = computer.with("TAMGA_CLOCK_WRONG_BY", (days * 86_400_i64).to_string());
        let arguments = ["verify", "--json", "document", "good.p7s"];
        let output = terminal::run(computer.command(), &home, &arguments, &[]);
        let said: Value = serde_json::from_slice(&output.stdout).unwrap();
        let mut host = computer.host();
        let files = give(&mut host, &net, &["good"]);
        let ask = json!({"type": "check-signatures", "files": files, "servers": true});
        let (_, report) = host.request_with_events(&ask);
        host.finish();
        for said in [&said["signatures"][0], &report["signatures"][0]] {
            assert_eq!(conclusion(said), "clock-wrong", "{days}: {said}");
            let signer = signer(said);
            assert_eq!(signer["state"], "unchecked");
            assert_eq!(signer["indication"]["main"], "INDETERMINATE");
            let reason = &signer["certificate"]["outcome"]["reason"];
            assert_eq!(reason["code"], "clock-wrong", "{said}");
            assert_eq!(reason["witness"], witness, "{said}");
        }
    }
}

#[test]
fn a_server_that_hangs_holds_up_nothing() {
    let Some(net) = net() else {
        return;
    };
    let computer = Computer::new(&[]).with("TAMGA_LOOPBACK", "60000");
    let mut host = computer.host();
    trust(&mut host, &net);
    let files = give(&mut host, &net, &["hanging", "good"]);
    let hangs = host.ask(&json!({"type": "check-signatures", "files": files, "servers": true}));
    let mut next = || {
        let message = host.receive().unwrap();
        assert_eq!(message["id"], hangs, "{message}");
        message["event"].clone()
    };
    assert_eq!(next()["type"], "checked-so-far");
    // The other file of the same check.
    let good = next();
    assert_eq!(
        (&good["type"], &good["name"]),
        (&"file-checked".into(), &"good.p7s".into())
    );
    assert_eq!(conclusion(&good), "valid");
    // The next one.
    let next = json!({"type": "check-signatures", "files": [files[1], files[2]], "servers": true});
    let (_, report) = host.request_with_events(&next);
    assert_eq!(conclusion(&report["signatures"][0]), "valid");
    host.send(&json!({"type": "cancel", "id": hangs}));
    let message = host.receive().unwrap();
    assert_eq!(
        (&message["id"], &message["type"]),
        (&hangs.into(), &"failed".into())
    );
    assert_eq!(message["failure"]["code"], "CANCELLED");
    // Nothing of it is waited for when the host ends.
    let begun = std::time::Instant::now();
    assert!(host.finish().status.success());
    assert!(begun.elapsed().as_secs() < 30);
}

#[test]
fn the_terminal_asks_servers_unless_it_is_told_not_to() {
    let Some(net) = net() else {
        return;
    };
    let computer = Computer::new(&[]).with("TAMGA_LOOPBACK", DEADLINE);
    let mut host = computer.host();
    trust(&mut host, &net);
    host.finish();
    let home = computer.home();
    fs::write(home.join("document"), DOCUMENT).unwrap();
    for name in ["good", "revoked"] {
        fs::write(home.join(format!("{name}.p7s")), sign(&net, name)).unwrap();
    }
    let verify = |arguments: &[&str]| {
        let arguments = [&["verify", "--json", "document"], arguments].concat();
        let output = terminal::run(computer.command(), &home, &arguments, &[]);
        let said: Value = serde_json::from_slice(&output.stdout).unwrap();
        let told = conclusion(&said["signatures"][0]).to_owned();
        (output.status.code(), told)
    };
    let asked = || net.asked.lock().unwrap().len();
    for (arguments, code, told, asks) in [
        (
            &["good.p7s", "--offline"][..],
            5,
            "revocation-unknown",
            false,
        ),
        (&["good.p7s", "--no-revocation"], 0, "valid", false),
        (
            &["good.p7s", "--at", "2027-01-01"],
            5,
            "revocation-unknown",
            false,
        ),
        (&["good.p7s"], 0, "valid", true),
        (&["revoked.p7s"], 5, "revoked", true),
    ] {
        let before = asked();
        let found = verify(arguments);
        assert_eq!(found, (Some(code), told.to_owned()), "{arguments:?}");
        assert_eq!(asked() > before, asks, "{arguments:?}");
    }
}
