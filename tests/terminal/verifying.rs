//! Signatures that are verified: our own, other programs', and files that people sent in.

use super::{given, json, run};
use base64::prelude::{BASE64_STANDARD, Engine as _};
use serde_json::Value;
use std::fs;
use tamga_tests::people::People;

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
    let verified = json(home.path(), &[ONLY, &[path, "--content", name]].concat());
    assert_eq!(verified["valid"], true);
    assert_eq!(first_signer(&verified)["owner"], "Үлгі mary");

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
    let verified = json(home.path(), &[ONLY, &[path]].concat());
    assert_eq!(verified["valid"], true);

    // Another document: a signature that is not valid has an exit code of its own.
    fs::write(&document, b"another").unwrap();
    let arguments = ["verify", signature.to_str().unwrap(), "--content", name];
    assert_eq!(run(home.path(), &arguments, "").status.code(), Some(3));
    // Without a document there is nothing to be right or wrong.
    let arguments = ["verify", signature.to_str().unwrap()];
    assert_eq!(run(home.path(), &arguments, "").status.code(), Some(5));
}

/// Whether the key made the signature, and nothing about the certificate.
const ONLY: &[&str] = &["verify", "--signature-only"];

/// The first signer of the first file.
fn first_signer(said: &Value) -> &Value {
    said.pointer("/signatures/0/signers/0").unwrap()
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
        let output = run(home.path(), &[ONLY, &["--json"], arguments].concat(), "");
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
            first_signer(&said)["signature"]["failure"].as_str(),
            failure,
            "{name}: {said}"
        );
    }
    let (_, said) = verify(&[&given("made-rsa-md5.p7m")]);
    let warnings = &first_signer(&said)["signature"]["warnings"];
    assert_eq!(warnings, &serde_json::json!(["md5"]));
    let other = [&*given("attached.p7m"), "--content", &given("other.txt")];
    let (_, said) = verify(&other);
    assert!(first_signer(&said)["owner"].is_string(), "{said}");
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
    assert_eq!(first_signer(&said)["signature"]["signingTime"], -31_536_000);
    let (code, said) = verify(&[&given("made-time-10.p7m")]);
    let warnings = &first_signer(&said)["signature"]["warnings"];
    assert_eq!(
        (code, warnings),
        (0, &serde_json::json!(["signing-time-malformed"]))
    );
    let (_, said) = verify(&[&given("zeros64.p7m")]);
    assert_eq!(said["signatures"][0]["trailingBytes"], 64);
}

#[test]
fn documents_are_taken_out_while_they_are_verified() {
    let home = tempfile::tempdir().unwrap();
    let document = fs::read(given("document.txt")).unwrap();
    let copy = home.path().join("attached.p7m");
    fs::copy(given("attached.p7m"), &copy).unwrap();
    let detached = given("detached.p7s");
    let arguments = [
        "attached.p7m",
        &detached,
        &given("document.txt"),
        "--extract",
        "out",
    ];
    for name in ["out/attached", "out/attached (2)"] {
        let said = json(home.path(), &[ONLY, &arguments].concat());
        let extracted = said["extracted"].as_array().unwrap();
        assert_eq!(extracted.len(), 1, "{said}");
        assert_eq!(extracted[0]["signature"], "attached.p7m");
        assert_eq!(extracted[0]["document"], name);
        assert_eq!(fs::read(home.path().join(name)).unwrap(), document);
    }
    // Of what is not asked for nothing is written.
    let said = json(home.path(), &[ONLY, &["attached.p7m"]].concat());
    assert_eq!(said.get("extracted"), None);
    assert_eq!(fs::read_dir(home.path().join("out")).unwrap().count(), 2);
    // An invalid one is taken out, too, and is still said to be invalid.
    let other = given("other.txt");
    let arguments = ["attached.p7m", "--content", &other, "--extract", "out"];
    let output = run(home.path(), &[&["verify"], &arguments[..]].concat(), "");
    assert_eq!(output.status.code(), Some(3));
    assert!(home.path().join("out/attached (3)").is_file());
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
        let said = json(home.path(), &[ONLY, &[name]].concat());
        assert_eq!(
            said["signatures"][0]["signers"].as_array().unwrap().len(),
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
