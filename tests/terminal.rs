//! The host's commands, as a person types them.
#![expect(clippy::unwrap_used, reason = "a test may stop where it stands")]

#[cfg(target_os = "linux")]
mod everybody;

use base64::prelude::{BASE64_STANDARD, Engine as _};
use serde_json::Value;
use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
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

#[test]
fn what_is_signed_here_openssl_and_verify_accept() {
    let Some(people) = People::get() else {
        return;
    };
    let home = tempfile::tempdir().unwrap();
    let p12 = people.path("mary.p12");
    let p12 = p12.to_str().unwrap();
    let document = home.path().join("Договор №1.txt");
    fs::write(&document, vec![b'x'; 3 << 20]).unwrap();
    let name = document.to_str().unwrap();

    let signed = json(home.path(), &["sign", "--file", p12, name]);
    let signature = home.path().join("Договор №1.txt.p7s");
    assert_eq!(signed[0]["signature"], signature.to_str().unwrap());
    people.verify(&signature, Some(&document), true);
    let path = signature.to_str().unwrap();
    let verified = json(home.path(), &["verify", path, "--content", name]);
    assert_eq!(verified["valid"], true);
    assert_eq!(verified["signers"][0]["owner"], "Үлгі mary");

    let out = home.path().join("out.p7m");
    let path = out.to_str().unwrap();
    let options = ["--attached", "--format", "cms", "-o", path];
    json(
        home.path(),
        &[&["sign", "--file", p12], &options[..], &[name]].concat(),
    );
    assert_eq!(
        people.verify(&out, None, false),
        fs::read(&document).unwrap()
    );
    assert_eq!(json(home.path(), &["verify", path])["valid"], true);

    // Another document: a signature that is not valid has an exit code of its own.
    fs::write(&document, b"another").unwrap();
    let arguments = ["verify", signature.to_str().unwrap(), "--content", name];
    assert_eq!(run(home.path(), &arguments, "").status.code(), Some(3));
    // Without a document there is nothing to be right or wrong.
    let arguments = ["verify", signature.to_str().unwrap()];
    assert_eq!(run(home.path(), &arguments, "").status.code(), Some(5));
}

/// Files that people sent in, and ones that OpenSSL does not make (`make.py` beside them).
fn given(name: &str) -> String {
    let fixtures = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../wasm-core/tests/fixtures/files"
    );
    format!("{fixtures}/{name}")
}

/// File, document, exit code, and why the signature is not valid.
type Verified = (
    &'static str,
    Option<&'static str>,
    i32,
    Option<&'static str>,
);

const VERIFIED: [Verified; 34] = [
    ("attached.p7m", None, 0, None),
    ("attached.p7m", Some("document.txt"), 0, None),
    (
        "attached.p7m",
        Some("other.txt"),
        3,
        Some("content-changed"),
    ),
    ("attached.p7m", Some("nowhere.txt"), 1, None),
    ("detached.p7s", None, 5, Some("content-missing")),
    (
        "detached.p7s",
        Some("other.txt"),
        3,
        Some("content-changed"),
    ),
    ("no-certificate.p7m", None, 5, Some("certificate-missing")),
    ("ed25519.p7m", None, 0, None),
    ("made-ed448.p7m", None, 0, None),
    (
        "made-ed25519-noattr-detached.p7s",
        Some("made-document"),
        0,
        None,
    ),
    (
        "made-ed25519-noattr-detached.p7s",
        Some("other.txt"),
        3,
        Some("signature-invalid"),
    ),
    (
        "made-ed25519-noattr-detached.p7s",
        None,
        5,
        Some("content-missing"),
    ),
    ("made-ec-bp512.p7m", None, 0, None),
    ("made-ec-bp512-bad.p7m", None, 3, Some("signature-invalid")),
    ("made-ec-k256.p7m", None, 0, None),
    ("made-rsa-teletrust-sha1.p7m", None, 0, None),
    ("made-rsa-other-digest.p7m", None, 0, None),
    ("made-rsa-sha512-256.p7m", None, 0, None),
    ("made-rsa-md5.p7m", None, 0, None),
    ("made-ec-curve-params.p7m", None, 0, None),
    ("made-pss-explicit-default.p7m", None, 0, None),
    (
        "made-sig-unknown.p7m",
        None,
        5,
        Some("algorithm-unsupported"),
    ),
    ("made-sig-mismatch.p7m", None, 3, Some("key-mismatch")),
    ("made-ambiguous.p7m", None, 3, Some("content-ambiguous")),
    (
        "made-ambiguous.p7s",
        Some("made-ambiguous.bin"),
        3,
        Some("content-ambiguous"),
    ),
    ("made-name-1.p7m", None, 0, None),
    ("made-name-other.p7m", None, 5, Some("certificate-missing")),
    ("sid-printable.p7m", None, 0, None),
    ("ess-printable.p7m", None, 0, None),
    ("uuid-attribute.p7m", None, 0, None),
    ("serial-32-bytes.p7m", None, 0, None),
    ("zeros64.p7m", None, 0, None),
    ("ber-zeros7.p7m", None, 0, None),
    ("no-signed-attributes.p7m", None, 0, None),
];

#[test]
fn valid_invalid_and_unchecked_are_told_apart() {
    let home = tempfile::tempdir().unwrap();
    let verify = |arguments: &[&str]| {
        let output = run(
            home.path(),
            &[&["verify", "--json"], arguments].concat(),
            "",
        );
        let said: Value = serde_json::from_slice(&output.stdout).unwrap();
        (output.status.code().unwrap(), said)
    };
    for (name, document, code, failure) in VERIFIED {
        let file = given(name);
        let document = document.map(given);
        let content = document.iter().flat_map(|path| ["--content", path]);
        let arguments: Vec<&str> = std::iter::once(&*file).chain(content).collect();
        let (found, said) = verify(&arguments);
        assert_eq!(found, code, "{name} {document:?}: {said}");
        let (state, valid) = match code {
            0 => ("valid", Value::Bool(true)),
            3 => ("invalid", Value::Bool(false)),
            5 => ("unchecked", Value::Null),
            _ => continue,
        };
        assert_eq!(
            (&said["state"], &said["valid"]),
            (&state.into(), &valid),
            "{name}: {said}"
        );
        assert_eq!(
            said["signers"][0]["failure"].as_str(),
            failure,
            "{name}: {said}"
        );
    }
    let (_, said) = verify(&[&given("made-rsa-md5.p7m")]);
    assert_eq!(said["signers"][0]["warnings"], serde_json::json!(["md5"]));
    let other = [&*given("attached.p7m"), "--content", &given("other.txt")];
    let (_, said) = verify(&other);
    assert!(said["signers"][0]["owner"].is_string(), "{said}");
    // The certificate that is missing can be named, whichever way it is written.
    let (file, signer) = (given("no-certificate.p7m"), given("signer.cer"));
    let pem = home.path().join("signer.pem");
    let text = BASE64_STANDARD.encode(fs::read(&signer).unwrap());
    let text =
        format!("subject=x\n-----BEGIN CERTIFICATE-----\n{text}\n-----END CERTIFICATE-----\n");
    fs::write(&pem, text).unwrap();
    for (certificate, code) in [
        (&*signer, 0),
        (pem.to_str().unwrap(), 0),
        (&*given("bundle.pem"), 0),
        (&*given("../english.der"), 5),
        (&*file, 1),
    ] {
        let (found, said) = verify(&[&file, "--certificate", certificate]);
        assert_eq!(found, code, "{certificate}: {said}");
    }
    let (_, said) = verify(&[&given("made-time-03.p7m")]);
    assert_eq!(said["signers"][0]["signingTime"], -31_536_000);
    let (code, said) = verify(&[&given("made-time-10.p7m")]);
    let warnings = &said["signers"][0]["warnings"];
    assert_eq!(
        (code, warnings),
        (0, &serde_json::json!(["signing-time-malformed"]))
    );
    let (_, said) = verify(&[&given("zeros64.p7m")]);
    assert_eq!(said["trailingBytes"], 64);
}

#[test]
fn a_signature_is_read_however_it_is_written() {
    let home = tempfile::tempdir().unwrap();
    let der = fs::read(given("attached.p7m")).unwrap();
    let base64 = BASE64_STANDARD.encode(&der);
    let pem = format!("-----BEGIN PKCS7-----\n{base64}\n-----END PKCS7-----\n");
    let utf16: Vec<u8> = format!("\u{feff}{pem}")
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    let padded = BASE64_STANDARD.encode([&der[..], &[0; 7]].concat());
    let with_text = format!("\u{feff}Шарт №1\r\n\r\n{}", pem.replace('\n', "\r\n"));
    for (name, file, signers) in [
        ("base64", base64.into_bytes(), 1),
        ("padded", padded.into_bytes(), 1),
        ("pem", pem.clone().into_bytes(), 1),
        ("twice", [&*pem, &pem].concat().into_bytes(), 2),
        ("text", with_text.into_bytes(), 1),
        ("utf-16", utf16, 1),
    ] {
        fs::write(home.path().join(name), file).unwrap();
        let said = json(home.path(), &["verify", name]);
        assert_eq!(
            said["signers"].as_array().unwrap().len(),
            signers,
            "{name}: {said}"
        );
    }
    // What is named as the document is not interpreted.
    fs::write(
        home.path().join("document"),
        BASE64_STANDARD.encode(fs::read(given("document.txt")).unwrap()),
    )
    .unwrap();
    let file = given("attached.p7m");
    let output = run(home.path(), &["verify", &file, "--content", "document"], "");
    assert_eq!(output.status.code(), Some(3));
    // A block that is damaged is not passed over.
    fs::write(
        home.path().join("damaged"),
        [&*pem, "-----BEGIN CMS-----\nMAMC\n-----END CMS-----\n"].concat(),
    )
    .unwrap();
    assert_eq!(
        run(home.path(), &["verify", "damaged"], "").status.code(),
        Some(1)
    );
}

#[test]
fn a_document_is_taken_out_of_its_signature() {
    let home = tempfile::tempdir().unwrap();
    let document = fs::read(given("document.txt")).unwrap();
    let copy = |fixture: &str, name: &str| {
        fs::copy(given(fixture), home.path().join(name)).unwrap();
    };
    copy("attached.p7m", "act.txt.p7m");
    copy("made-ec-bp512-bad.p7m", "bad.P7M");
    copy("made-sig-unknown.p7m", "unknown");
    copy("detached.p7s", "detached.p7s");
    for (arguments, code, written) in [
        (&["act.txt.p7m"][..], 0, Some("act.txt")),
        // What is there stays there.
        (&["act.txt.p7m"], 0, Some("act (2).txt")),
        (&["act.txt.p7m", "-o", "act.txt"], 1, None),
        (&["act.txt.p7m", "-o", "act.txt.p7m"], 1, None),
        (&["act.txt.p7m", "-o", "other.txt"], 0, Some("other.txt")),
        (&["bad.P7M"], 3, Some("bad")),
        (&["unknown"], 5, Some("unknown.content")),
        (&["detached.p7s"], 1, None),
    ] {
        let output = run(home.path(), &[&["extract"], arguments].concat(), "");
        let said = String::from_utf8(output.stdout).unwrap();
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {said}");
        assert_eq!(said.contains("Warning:"), code > 1, "{arguments:?}: {said}");
        let Some(name) = written else { continue };
        let content = fs::read(home.path().join(name)).unwrap();
        assert_eq!(content == document, code == 0, "{arguments:?}: {said}");
    }
    assert_eq!(fs::read(home.path().join("act.txt")).unwrap(), document);
    let signature = fs::read(home.path().join("act.txt.p7m")).unwrap();
    assert_eq!(signature, fs::read(given("attached.p7m")).unwrap());
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
            " signed this (CMS).\n",
        ),
        (
            ["verify", &given("no-certificate.p7m")],
            "The signature of certificate No. ",
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
fn keys_come_and_go() {
    let Some(people) = People::get() else {
        return;
    };
    let home = tempfile::tempdir().unwrap();
    assert_eq!(json(home.path(), &["list"])["keys"], serde_json::json!([]));
    let p12 = people.path("aigerim.p12");
    let added = json(home.path(), &["add", p12.to_str().unwrap()]);
    assert_eq!(added[0]["certificate"]["owner"], "Үлгі aigerim");
    let listed = json(home.path(), &["list"]);
    let id = people.id("aigerim");
    assert_eq!(listed["keys"][0]["certificate"]["id"], id);
    let inspected = json(home.path(), &["inspect", p12.to_str().unwrap()]);
    assert_eq!(inspected["certificates"][0]["certificate"]["id"], id);

    let documents = ["a", "b", "c"].map(|name| home.path().join(name));
    for document in &documents {
        fs::write(document, b"document").unwrap();
    }
    let names = documents.each_ref().map(|path| path.to_str().unwrap());
    let folder = home.path().join("signatures");
    fs::create_dir(&folder).unwrap();
    let options = [
        "sign",
        "--pss",
        "--key",
        id.split_at(8).0,
        "-o",
        folder.to_str().unwrap(),
    ];
    json(home.path(), &[&options[..], &names].concat());
    people.verify(&folder.join("c.p7s"), Some(&documents[2]), true);

    let copy = listed["keys"][0]["location"]["keyFile"].as_str().unwrap();
    json(home.path(), &["remove", copy]);
    assert_eq!(json(home.path(), &["list"])["keys"], serde_json::json!([]));
}

#[test]
fn a_password_is_changed() {
    const NEW: &str = "Жаңа құпия 48";
    let Some(people) = People::get() else {
        return;
    };
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("mine");
    fs::create_dir(&folder).unwrap();
    let p12 = folder.join("aigerim.p12");
    fs::write(&p12, people.read("aigerim.p12")).unwrap();
    let name = p12.to_str().unwrap();
    let change = |passwords: &str| {
        let arguments = ["password", name, "--json", "--password-stdin"];
        let output = run(home.path(), &arguments, passwords);
        let said: Value = serde_json::from_slice(&output.stdout).unwrap();
        (output.status.code(), said)
    };

    json(home.path(), &["add", name]);
    let copy = &json(home.path(), &["list"])["keys"][0]["location"]["keyFile"];
    let (code, said) = change(&format!("{PASSWORD}\n{NEW}"));
    assert_eq!(code, Some(0), "{said}");
    assert_eq!(said["copyWithOldPassword"], *copy);
    people.open(&p12, NEW);
    assert_eq!(everything(&folder), [&*p12]);

    let changed = fs::read(&p12).unwrap();
    let (code, said) = change(&format!("{PASSWORD}\n{NEW}"));
    assert_eq!(code, Some(4), "{said}");
    // A second line that is missing or empty is no password for a file.
    for passwords in [NEW.to_owned(), format!("{NEW}\n")] {
        let (code, said) = change(&passwords);
        assert_eq!(code, Some(1), "{said}");
        assert_eq!(said["failure"]["code"], "PASSWORD_UNFIT");
    }
    let old = folder.join("aigerim.p12.bak");
    fs::write(&old, b"somebody's").unwrap();
    let (code, said) = change(&format!("{NEW}\n{PASSWORD}"));
    assert_eq!(code, Some(1), "{said}");
    assert_eq!(said["failure"]["subject"], "aigerim.p12.bak");
    assert_eq!(fs::read(&p12).unwrap(), changed);
    assert_eq!(fs::read(&old).unwrap(), b"somebody's");

    let arguments = ["password", "mine", "--password-stdin", "--json"];
    let said = String::from_utf8(run(home.path(), &arguments, "").stdout).unwrap();
    assert!(said.contains("CONTAINER_INCOMPLETE"), "{said}");
    assert!(said.contains("mine/header.key"), "{said}");
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
fn signatures_replace_nothing_unasked() {
    let Some(people) = People::get() else {
        return;
    };
    let home = tempfile::tempdir().unwrap();
    let at = |name: &str| home.path().join(name);
    fs::copy(people.path("ivan.p12"), at("key.p12")).unwrap();
    for folder in ["a", "b", "out"] {
        fs::create_dir(at(folder)).unwrap();
    }
    fs::write(at("a/act.txt"), b"one").unwrap();
    fs::write(at("b/act.txt"), b"two").unwrap();
    let sign = |arguments: &[&str]| {
        let arguments = [
            &["sign", "--file", "key.p12", "--password-stdin", "--json"],
            arguments,
        ]
        .concat();
        let output = run(home.path(), &arguments, PASSWORD);
        let said: Value = serde_json::from_slice(&output.stdout).unwrap();
        (output.status.code(), said)
    };
    let refused = |arguments: &[&str], subject: &str| {
        let before = everything(home.path());
        let (code, said) = sign(arguments);
        let failure = serde_json::json!({"code": "FILE_EXISTS", "subject": subject});
        assert_eq!(
            (code, &said["failure"]),
            (Some(1), &failure),
            "{arguments:?}"
        );
        assert_eq!(everything(home.path()), before);
    };

    // Two documents of one name in one folder, and the same once more.
    let (code, said) = sign(&["-o", "out", "a/act.txt", "b/act.txt"]);
    assert_eq!(code, Some(0), "{said}");
    assert_eq!(said[1]["signature"], "out/act (2).txt.p7s");
    assert_eq!(said[1]["taken"], "out/act.txt.p7s");
    people.verify(&at("out/act.txt.p7s"), Some(&at("a/act.txt")), true);
    people.verify(&at("out/act (2).txt.p7s"), Some(&at("b/act.txt")), true);
    // With --force old signatures are replaced, but not one by the other.
    let (code, said) = sign(&["--force", "-o", "out", "b/act.txt", "a/act.txt"]);
    assert_eq!(
        (code, &said[1]["signature"]),
        (Some(0), &"out/act (3).txt.p7s".into())
    );
    people.verify(&at("out/act.txt.p7s"), Some(&at("b/act.txt")), true);
    people.verify(&at("out/act (3).txt.p7s"), Some(&at("a/act.txt")), true);

    // The document, the key file, somebody's file; by whatever name.
    fs::write(at("other.p7s"), b"somebody's").unwrap();
    let mut in_use = vec!["a/act.txt", "key.p12", "b/../a/act.txt"];
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink("a/act.txt", at("soft.p7s")).unwrap();
        fs::hard_link(at("key.p12"), at("hard.p7s")).unwrap();
        in_use.extend(["soft.p7s", "hard.p7s"]);
    }
    for path in in_use {
        let name = Path::new(path).file_name().unwrap().to_str().unwrap();
        for force in [&[][..], &["--force"]] {
            for attached in [&[][..], &["--attached"]] {
                refused(
                    &[force, attached, &["-o", path, "a/act.txt"]].concat(),
                    name,
                );
            }
        }
    }
    refused(&["-o", "other.p7s", "a/act.txt"], "other.p7s");
    assert_eq!(fs::read(at("a/act.txt")).unwrap(), b"one");
    assert_eq!(fs::read(at("key.p12")).unwrap(), people.read("ivan.p12"));
    assert_eq!(fs::read(at("other.p7s")).unwrap(), b"somebody's");
    assert_eq!(
        sign(&["--force", "-o", "other.p7s", "a/act.txt"]).0,
        Some(0)
    );
    people.verify(&at("other.p7s"), Some(&at("a/act.txt")), true);

    // Nobody types a password for what is refused, and a person is told of the other name.
    let output = run(
        home.path(),
        &["sign", "--file", "key.p12", "-o", "other.p7s", "a/act.txt"],
        "",
    );
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(
        said.starts_with("other.p7s: This file is there already."),
        "{said}"
    );
    fs::write(at("a/act.txt.p7s"), b"somebody's").unwrap();
    let output = run(
        home.path(),
        &["sign", "--file", "key.p12", "--password-stdin", "a/act.txt"],
        PASSWORD,
    );
    assert_eq!(
        String::from_utf8(output.stdout).unwrap(),
        "a/act.txt: signed, a/act (2).txt.p7s (a/act.txt.p7s was there already)\n"
    );
    assert_eq!(fs::read(at("a/act.txt.p7s")).unwrap(), b"somebody's");

    // Several at once, each under a name of its own.
    let signatures = || fs::read_dir(at("b")).unwrap().count() - 1;
    let before = signatures();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| assert_eq!(sign(&["b/act.txt"]).0, Some(0)));
        }
    });
    assert_eq!(signatures(), before + 4);
}

/// An attached signature holds the document: it is for those who may read that, and for fewer where the umask says so.
#[cfg(unix)]
#[test]
fn signatures_are_for_those_who_may_read_the_document() {
    use std::os::unix::fs::PermissionsExt as _;
    let Some(people) = People::get() else {
        return;
    };
    let home = tempfile::tempdir().unwrap();
    let document = home.path().join("document");
    fs::write(&document, b"1").unwrap();
    let p12 = people.path("ivan.p12");
    for (mode, umask, option, expected) in [
        (0o600, "022", "--attached", 0o600),
        (0o400, "022", "--attached", 0o400),
        (0o640, "022", "--attached", 0o640),
        (0o644, "077", "--attached", 0o600),
        (0o600, "022", "--detached", 0o644),
        (0o600, "027", "--detached", 0o640),
    ] {
        fs::set_permissions(&document, fs::Permissions::from_mode(mode)).unwrap();
        let host = command(home.path());
        let mut shell = Command::new("/bin/sh");
        let script = format!("umask {umask}; exec \"$0\" \"$@\"");
        shell
            .env_clear()
            .args(["-c", &script])
            .arg(host.get_program());
        shell.envs(
            host.get_envs()
                .filter_map(|(name, value)| Some((name, value?))),
        );
        let arguments = [
            "sign",
            "--file",
            p12.to_str().unwrap(),
            "--password-stdin",
            "--force",
            option,
            "-o",
            "out",
            "document",
        ];
        let output = terminal::run(shell, home.path(), &arguments, &[PASSWORD]);
        assert!(output.status.success(), "{output:?}");
        let signed = fs::metadata(home.path().join("out")).unwrap().permissions();
        assert_eq!(signed.mode() & 0o777, expected, "{mode:o} {umask} {option}");
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

#[cfg(target_os = "linux")]
#[test]
fn registration_leaves_nothing_behind() {
    let home = tempfile::tempdir().unwrap();
    for folder in [
        ".config/chromium",
        ".config/google-chrome",
        ".mozilla/firefox",
    ] {
        let folder = home.path().join(folder);
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("profile"), b"").unwrap();
    }
    let before = everything(home.path());
    assert_eq!(run(home.path(), &["status"], "").status.code(), Some(1));
    assert_eq!(everything(home.path()), before);

    let registered = json(home.path(), &["register"]);
    let found: Vec<_> = registered
        .as_array()
        .unwrap()
        .iter()
        .map(|row| &row["browser"])
        .collect();
    assert_eq!(found, ["chrome", "chromium", "firefox"]);
    let manifest = home
        .path()
        .join(".mozilla/native-messaging-hosts/org.tamga.host.json");
    let manifest: Value = serde_json::from_slice(&fs::read(manifest).unwrap()).unwrap();
    assert_eq!(
        manifest["allowed_extensions"],
        serde_json::json!(["tamga@tamga.org"])
    );
    assert!(Path::new(manifest["path"].as_str().unwrap()).is_file());
    let states = json(home.path(), &["status"]);
    assert!(
        states
            .as_array()
            .unwrap()
            .iter()
            .all(|row| row["state"] == "registered"),
        "{states}"
    );
    json(home.path(), &["unregister"]);
    assert_eq!(everything(home.path()), before);

    let profile = home.path().join("throw-away");
    let of_profile = ["--profile", profile.to_str().unwrap()];
    json(home.path(), &[&["register"], &of_profile[..]].concat());
    assert!(
        profile
            .join("NativeMessagingHosts/org.tamga.host.json")
            .is_file()
    );
    json(
        home.path(),
        &[&["register", "--browser", "firefox"], &of_profile[..]].concat(),
    );
    assert!(
        profile
            .join(".mozilla/native-messaging-hosts/org.tamga.host.json")
            .is_file()
    );
    json(home.path(), &[&["unregister"], &of_profile[..]].concat());
    assert_eq!(everything(&profile), Vec::<PathBuf>::new());
}
