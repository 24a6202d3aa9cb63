//! What `check` says about a certificate.

use super::{given, run};
use serde_json::Value;
use std::path::Path;

/// A certificate of the core's tests, which OpenSSL made.
fn fixture(name: &str) -> String {
    given(&format!("../{name}.der"))
}

/// The exit code, and what was said.
fn check(home: &Path, arguments: &[&str]) -> (Option<i32>, Value) {
    let output = run(home, &[&["check", "--json"], arguments].concat(), "");
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    (
        output.status.code(),
        serde_json::from_str(&said).unwrap_or(Value::String(said)),
    )
}

#[test]
fn a_certificate_is_good_by_what_is_named() {
    let home = tempfile::tempdir().unwrap();
    let (english, authority) = (fixture("english"), fixture("authority"));
    let trusted: &[&str] = &[&english, "--anchor", &authority, "--at", "2030-01-01"];
    let (code, said) = check(home.path(), trusted);
    assert_eq!(
        (code, &said["valid"]),
        (Some(0), &Value::Bool(true)),
        "{said}"
    );
    assert_eq!(said["path"][1]["owner"], "Tamga Test Authority");
    assert_eq!(said["anchor"]["class"], "given");
    assert_eq!(said["outcome"]["state"], "valid");

    let (code, said) = check(home.path(), &[&english, "--at", "2030-01-01"]);
    assert_eq!((code, &said["valid"]), (Some(5), &Value::Null), "{said}");
    assert_eq!(said["outcome"]["reason"]["code"], "issuer-missing");

    let untrusted: &[&str] = &[&english, "--untrusted", &authority, "--at", "2030-01-01"];
    let (code, said) = check(home.path(), untrusted);
    assert_eq!(
        (code, &said["outcome"]["reason"]["code"]),
        (Some(5), &Value::from("untrusted"))
    );

    for (arguments, reason) in [
        (&["--at", "2001-01-01T10:00:00Z"][..], "not-yet-valid"),
        (&["--at", "2100-01-01"], "expired"),
        (
            &["--at", "2030-01-01", "--purpose", "server"],
            "extended-usage",
        ),
        (
            &["--at", "2030-01-01", "--purpose", "crl-signing"],
            "key-usage",
        ),
        (
            &["--at", "2030-01-01", "--name", "tess@example.com"],
            "name-mismatch",
        ),
        (
            &["--at", "2030-01-01", "--policy", "1.2.3"],
            "policy-missing",
        ),
    ] {
        let all = [&[&*english, "--anchor", &authority], arguments].concat();
        let (code, said) = check(home.path(), &all);
        assert_eq!(
            (code, &said["valid"]),
            (Some(3), &Value::Bool(false)),
            "{said}"
        );
        assert_eq!(said["outcome"]["reason"]["code"], reason, "{said}");
    }
}

#[test]
fn the_verdict_is_in_words() {
    let home = tempfile::tempdir().unwrap();
    let (english, authority) = (fixture("english"), fixture("authority"));
    let words = |arguments: &[&str]| {
        let output = run(home.path(), &[&["check"], arguments].concat(), "");
        String::from_utf8_lossy(&output.stdout).into_owned()
    };
    let good = words(&[&english, "--anchor", &authority, "--at", "2030-01-01"]);
    assert!(
        good.contains("Tess Ting") && good.contains("2030-01-01 00:00:00 UTC"),
        "{good}"
    );
    let late = words(&[&authority, "--anchor", &authority, "--at", "2300-01-01"]);
    assert!(late.contains("Tamga Test Authority"), "{late}");
    assert!(
        late.lines().count() >= 3,
        "the verdict, its cause and the next step: {late}"
    );
}

#[test]
fn what_is_no_evidence_is_refused() {
    let home = tempfile::tempdir().unwrap();
    let english = fixture("english");
    for (option, code) in [
        ("--anchor", "CERTIFICATE_MALFORMED"),
        ("--crl", "CONTENT_MALFORMED"),
        ("--ocsp", "CONTENT_MALFORMED"),
    ] {
        let (exit, said) = check(home.path(), &[&english, option, &given("other.txt")]);
        assert_eq!(
            (exit, &said["failure"]["code"]),
            (Some(1), &code.into()),
            "{said}"
        );
    }
    let (exit, _) = check(home.path(), &[&english, "--at", "yesterday"]);
    assert_eq!(exit, Some(2));
}

#[test]
fn an_authority_is_trusted_by_its_fingerprint_alone() {
    let home = tempfile::tempdir().unwrap();
    let (english, authority) = (fixture("english"), fixture("authority"));
    let trust = |arguments: &[&str]| -> (Option<i32>, Value) {
        let output = run(home.path(), &[&["trust", "--json"], arguments].concat(), "");
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        (output.status.code(), serde_json::from_str(&said).unwrap())
    };
    let state = || check(home.path(), &[&english, "--at", "2030-01-01"]).1;
    let (code, said) = trust(&["add", &authority]);
    let fingerprint = said["found"][0]["certificate"]["id"].as_str().unwrap();
    let sha1 = said["found"][0]["sha1"].as_str().unwrap().to_owned();
    assert_eq!((code, sha1.len()), (Some(1), 40), "nothing is trusted yet");
    assert_eq!(state()["outcome"]["reason"]["code"], "issuer-missing");
    let (code, said) = trust(&["add", &authority, "--fingerprint", "00"]);
    assert_eq!(code, Some(1));
    assert_eq!(said["failure"]["code"], "CERTIFICATE_NOT_FOUND");

    // As people write it
    let pairs: Vec<_> = sha1.as_bytes().chunks(2).collect();
    let written = pairs.join(&b':').to_ascii_uppercase();
    let written = String::from_utf8(written).unwrap();
    let (code, _) = trust(&["add", &authority, "--fingerprint", &written]);
    assert_eq!(code, Some(0));
    let good = state();
    assert_eq!(good["outcome"]["state"], "valid", "{good}");
    assert_eq!(good["anchor"]["class"], "user");
    let (_, sources) = trust(&["list"]);
    let person = sources.as_array().unwrap().iter();
    let person: Vec<_> = person.filter(|it| it["kind"] == "person").collect();
    assert_eq!(
        person[0]["certificates"][0]["certificate"]["id"],
        fingerprint
    );

    // Whether it was revoked nobody can say, and nobody says that it was not.
    let (code, unknown) = check(home.path(), &[&english, "--offline"]);
    assert_eq!(
        (code, &unknown["valid"]),
        (Some(5), &Value::Null),
        "{unknown}"
    );

    assert_eq!(trust(&["remove", fingerprint]).0, Some(0));
    assert_eq!(state()["outcome"]["reason"]["code"], "issuer-missing");
    let (code, said) = trust(&["add", &english, "--fingerprint", fingerprint]);
    assert_eq!(code, Some(1));
    assert_eq!(said["failure"]["code"], "CERTIFICATE_NOT_AUTHORITY");
}
