//! The host's commands, as a person types them.
#![expect(clippy::unwrap_used, reason = "a test may stop where it stands")]

mod checking;
#[cfg(target_os = "linux")]
mod everybody;
mod keys;
mod pairs;
#[cfg(target_os = "linux")]
mod registration;
mod verifying;
mod writing;

use serde_json::Value;
use std::{
    fs,
    path::{Path, PathBuf},
    process::Output,
};
use tamga_core::display_text::is_deceptive;
use tamga_tests::{
    host::command,
    people::{PASSWORD, People},
    terminal,
};

fn run(home: &Path, arguments: &[&str], password: &str) -> Output {
    terminal::run(command(home), home, arguments, &[password])
}

/// Runs a command that succeeds; gives what it printed as JSON.
fn json(home: &Path, arguments: &[&str]) -> Value {
    let output = run(
        home,
        &[arguments, &["--json", "--password-stdin"]].concat(),
        PASSWORD,
    );
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{arguments:?}: {said}{output:?}");
    serde_json::from_slice(&output.stdout).unwrap()
}

fn everything(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut open = vec![folder.to_owned()];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path.clone());
            }
            found.push(path);
        }
    }
    found.sort();
    found
}

/// Files that people sent in, and ones that OpenSSL does not make (`make.py` beside them).
fn given(name: &str) -> String {
    let fixtures = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../wasm-core/tests/fixtures/files"
    );
    format!("{fixtures}/{name}")
}

#[test]
fn inspect_says_what_a_file_is() {
    let home = tempfile::tempdir().unwrap();
    fs::write(
        home.path().join("page.html"),
        "<!DOCTYPE html><title>Login</title>",
    )
    .unwrap();
    let page = home.path().join("page.html").to_str().unwrap().to_owned();
    for (file, code, kind, certificates) in [
        (given("bag-attributes.pem"), 0, "certificate", 1),
        (given("bundle.pem"), 0, "certificate", 2),
        (given("bom.pem"), 0, "certificate", 1),
        (given("request.csr"), 0, "certificate-request", 0),
        (given("list.crl"), 0, "revocation-list", 0),
        (given("key-encrypted.pem"), 0, "encrypted-private-key", 0),
        (given("no-certificate.p7m"), 0, "signature", 0),
        (given("attached.p7m"), 0, "signature", 1),
        (page, 1, "html", 0),
    ] {
        let output = run(home.path(), &["inspect", &file, "--json"], "");
        let said: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(output.status.code(), Some(code), "{file}: {said}");
        assert_eq!(said["kind"], kind, "{file}: {said}");
        let found = said["certificates"].as_array().unwrap().len();
        assert_eq!(found, certificates, "{file}: {said}");
    }
    for (arguments, words) in [
        (
            ["inspect", &*given("request.csr")],
            "request.csr: a certificate request (PKCS #10)\n",
        ),
        (
            ["inspect", &given("no-certificate.p7m")],
            "no-certificate.p7m: a signature (CMS)\nSigned by: certificate No. ",
        ),
        (
            ["verify", &given("no-signed-attributes.p7m")],
            ": The signature is right; the certificate’s issuer is not trusted\n",
        ),
        (
            ["verify", &given("no-certificate.p7m")],
            ": Not checked: the signer’s certificate is missing\n",
        ),
    ] {
        let output = run(home.path(), &arguments, "");
        let said = String::from_utf8(output.stdout).unwrap();
        assert!(said.contains(words), "{arguments:?}: {said}");
    }
    // An authority's certificate is not for documents, and no worse for that.
    let authority = given("../authority.der");
    let said = json(home.path(), &["inspect", &authority]);
    let [shown] = said["certificates"].as_array().unwrap().as_slice() else {
        unreachable!("{said}")
    };
    assert_ne!(shown["problem"], "CERTIFICATE_UNFIT");
    assert_ne!(shown["certificate"]["state"], "unfit");
}

#[test]
fn what_goes_wrong_has_its_exit_code() {
    let Some(people) = People::get() else {
        return;
    };
    let home = tempfile::tempdir().unwrap();
    let [p12, expired] = ["ivan.p12", "expired.p12"].map(|name| people.path(name));
    let (p12, expired) = (p12.to_str().unwrap(), expired.to_str().unwrap());
    fs::write(home.path().join("document"), b"").unwrap();
    for (arguments, password, code, failure) in [
        (
            &["add", p12, "--password-stdin"][..],
            "wrong",
            4,
            "PASSWORD_WRONG",
        ),
        (
            &["add", "nowhere.p12", "--password-stdin"],
            "",
            1,
            "\"FILE_NOT_FOUND\"",
        ),
        (&["remove", "0000000000000000"], "", 1, "KEY_FILE_NOT_FOUND"),
        (&["sign", "document"], "", 1, "CERTIFICATE_NOT_FOUND"),
        (
            &["sign", "--password-stdin", "--file", expired, "document"],
            PASSWORD,
            1,
            "CERTIFICATE_EXPIRED",
        ),
        (&["verify", "document"], "", 1, "CONTENT_MALFORMED"),
        (&["verify", "nowhere"], "", 1, "\"FILE_NOT_FOUND\""),
        (&["verify", "."], "", 1, "FILE_UNREADABLE"),
        (&["inspect", "nowhere"], "", 1, "\"FILE_NOT_FOUND\""),
        (
            &["sign", "--password-stdin", "--file", p12, "nowhere"],
            PASSWORD,
            1,
            "\"FILE_NOT_FOUND\"",
        ),
        (
            &[
                "sign",
                "--password-stdin",
                "--file",
                p12,
                "-o",
                "no/where",
                "document",
            ],
            PASSWORD,
            1,
            "FILE_UNWRITABLE",
        ),
    ] {
        let output = run(home.path(), &[arguments, &["--json"]].concat(), password);
        let said = String::from_utf8(output.stdout).unwrap();
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {said}");
        assert!(said.contains(failure), "{arguments:?}: {said}");
    }
    assert_eq!(run(home.path(), &["dance"], "").status.code(), Some(2));
    // One document that is not there does not keep the others from being signed.
    let arguments = [
        "sign",
        "--password-stdin",
        "--file",
        p12,
        "-o",
        ".",
        "nowhere",
        "document",
    ];
    assert_eq!(
        run(home.path(), &arguments, PASSWORD).status.code(),
        Some(1)
    );
    assert!(home.path().join("document.p7s").is_file());
    assert!(!home.path().join("nowhere.p7s").exists());
}

/// What people read at a terminal has nothing to do with sites, lists and buttons.
#[test]
fn a_terminal_says_what_to_do_at_a_terminal() {
    let home = tempfile::tempdir().unwrap();
    fs::write(home.path().join("document"), b"").unwrap();
    for (arguments, lines) in [
        (
            &["verify", "no.p7s"][..],
            "no.p7s: This file is not there.\nCheck the name and the folder.\n",
        ),
        (
            &["verify", "document"],
            "document: The document or signature is damaged.\nName the file with the signature: as a rule it ends in .p7s, .p7m or .sig.\n",
        ),
        (
            &["sign", "document"],
            "There is no such key.\nSee the keys and their ids with tamga-host list, and name one with --key.\n",
        ),
        (
            &["sign", "--key", "12", "document"],
            "12: There is no such key.\nSee the keys and their ids with tamga-host list, and name one with --key.\n",
        ),
        (
            &["remove", "0123456789abcdef"],
            "0123456789abcdef: The key file is gone.\nSee which copies there are with tamga-host list.\n",
        ),
    ] {
        let output = run(home.path(), arguments, "");
        assert_eq!(String::from_utf8(output.stderr).unwrap(), lines);
    }
}

#[test]
fn what_was_signed_is_recorded_for_the_person() {
    let Some(people) = People::get() else {
        return;
    };
    let home = tempfile::tempdir().unwrap();
    let at = |name: &str| home.path().join(name);
    let said = |arguments: &[&str]| {
        let output = run(home.path(), arguments, PASSWORD);
        assert!(output.status.success(), "{arguments:?}: {output:?}");
        String::from_utf8(output.stdout).unwrap()
    };
    assert_eq!(said(&["record", "list"]), "Nothing is recorded.\n");
    fs::copy(people.path("ivan.p12"), at("key.p12")).unwrap();
    fs::write(at("a.txt"), b"a").unwrap();
    let sign = [
        "sign",
        "--file",
        "key.p12",
        "--password-stdin",
        "a.txt",
        "missing",
    ];
    assert_eq!(run(home.path(), &sign, PASSWORD).status.code(), Some(1));
    // A wrong password signs nothing.
    assert_eq!(run(home.path(), &sign, "wrong").status.code(), Some(4));

    let page = json(home.path(), &["record", "list"]);
    assert_eq!((&page["on"], &page["total"]), (&true.into(), &2.into()));
    let entry = &page["entries"][0];
    assert_eq!(entry["document"], at("a.txt").to_str().unwrap());
    assert_eq!(entry["certificate"], people.id("ivan"));
    assert_eq!(entry["owner"], "Үлгі ivan");
    assert_eq!(entry["digest"]["algorithm"], "SHA-256");
    assert_eq!(
        entry["digest"]["value"],
        "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb"
    );
    assert_eq!((entry.get("origin"), entry.get("failure")), (None, None));
    assert_eq!(page["entries"][1]["failure"], "FILE_NOT_FOUND");
    assert_eq!(
        json(home.path(), &["record", "list", "IVAN", "a.TXT"])["found"],
        1
    );
    let listed = said(&["record", "list", "missing"]);
    assert!(
        listed.contains(" UTC  ") && listed.contains("missing · Үлгі ivan · at the terminal"),
        "{listed}"
    );
    assert!(listed.ends_with("This file is not there.\n"), "{listed}");

    said(&["record", "export", "out.json"]);
    let exported: Value = serde_json::from_slice(&fs::read(at("out.json")).unwrap()).unwrap();
    assert_eq!(exported, page["entries"]);
    let again = run(home.path(), &["record", "export", "out.json", "--json"], "");
    assert!(
        String::from_utf8(again.stdout)
            .unwrap()
            .contains("FILE_EXISTS")
    );
    said(&["record", "export", "--force", "out.json"]);

    said(&["record", "off"]);
    assert_eq!(run(home.path(), &sign, PASSWORD).status.code(), Some(1));
    assert_eq!(json(home.path(), &["record", "list"])["total"], 2);
    said(&["record", "delete"]);
    assert_eq!(
        said(&["record", "list"]),
        "Nothing is recorded.\nSignatures are not recorded.\n"
    );
    said(&["record", "on"]);
    assert_eq!(run(home.path(), &sign, PASSWORD).status.code(), Some(1));
    assert_eq!(json(home.path(), &["record", "list"])["total"], 2);
}

/// Names of files are foreign text: a terminal gets no control character of them, whatever the command.
#[cfg(unix)]
#[test]
fn foreign_text_does_not_move_the_cursor() {
    const TRICKS: &str = "a\u{1b}[2K\u{9b}1m\u{202e}\n\u{7}\u{200b}\u{e0041}b";
    const SHOWN: &str = "a[U+001B][2K[U+009B]1m[U+202E][U+000A][U+0007][U+200B][U+E0041]b";
    let Some(people) = People::get() else {
        return;
    };
    let home = tempfile::tempdir().unwrap();
    let named = |ending: &str| [TRICKS, ending].concat();
    let (document, p12, folder) = (named(".txt"), named(".p12"), named(".d"));
    fs::write(home.path().join(&document), b"1").unwrap();
    fs::copy(people.path("ivan.p12"), home.path().join(&p12)).unwrap();
    fs::create_dir(home.path().join(&folder)).unwrap();
    let (other, option) = (named(".other"), ["--", TRICKS].concat());
    for arguments in [
        &["add", &p12][..],
        &["list"],
        &["sign", "--file", &p12, &document],
        &["sign", "--file", &p12, "-o", &folder, &document],
        &["verify", &other],
        &["verify", &document],
        &["inspect", &p12],
        &["sign", "--key", &other, &document],
        &["remove", &other],
        &["folder", "add", &folder],
        &["folder", "list"],
        &["copy", &p12, &document],
        &["password", &other],
        &["sign", &option],
        &[&other],
    ] {
        for json in [&[][..], &["--json"]] {
            let arguments = [arguments, json, &["--password-stdin"]].concat();
            let output = run(home.path(), &arguments, PASSWORD);
            let said = [output.stdout, output.stderr].concat();
            let said = String::from_utf8(said).unwrap();
            assert!(!said.is_empty(), "{arguments:?}");
            let harmless = |it: char| it == '\n' || !is_deceptive(it);
            assert!(said.chars().all(harmless), "{arguments:?}: {said:?}");
        }
    }
    let output = run(home.path(), &["verify", &other], "");
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.starts_with(&[SHOWN, ".other: "].concat()), "{said}");
    let listed = json(home.path(), &["folder", "list"]);
    assert!(listed[0].as_str().unwrap().ends_with(&folder), "{listed}");
}
