//! Signatures and documents that find each other, and what a signature comes to with its certificate.

use super::{json, run};
use serde_json::{Value, json as value};
use std::{fs, path::Path, process::Command};
use tamga_tests::people::People;

/// Exit code, and what was said.
fn verify(home: &Path, arguments: &[&str]) -> (i32, Value) {
    let output = run(home, &[&["verify", "--json"], arguments].concat(), "");
    let said = serde_json::from_slice(&output.stdout);
    (output.status.code().unwrap(), said.unwrap_or_default())
}

/// Documents that Mary and Ivan signed, in a folder: `NAME` and `NAME.p7s`.
fn signed(people: &People, home: &Path, documents: &[(&str, &str)]) {
    for (name, signer) in documents {
        fs::write(home.join(name), name.repeat(9)).unwrap();
        let p12 = people.path(&format!("{signer}.p12"));
        json(home, &["sign", "--file", p12.to_str().unwrap(), name]);
    }
}

#[test]
fn signatures_find_their_documents() {
    let Some(people) = People::get() else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let home = folder.path();
    signed(people, home, &[("act.txt", "mary"), ("Счёт.txt", "ivan")]);
    fs::write(home.join("notes.txt"), "nobody's").unwrap();
    fs::rename(home.join("act.txt"), home.join("renamed.doc")).unwrap();
    let files = [
        "act.txt.p7s",
        "notes.txt",
        "renamed.doc",
        "Счёт.txt",
        "Счёт.txt.p7s",
    ];
    let (code, said) = verify(home, &[&["--signature-only"], &files[..]].concat());
    assert_eq!(code, 0, "{said}");
    let found = [0, 1].map(|index| &said["signatures"][index]);
    // By content, as its name has changed, and by content rather than by name.
    let beside = |name: &str| value!({"type": "beside", "name": name, "by": "content"});
    assert_eq!(found[0]["document"], beside("renamed.doc"));
    assert_eq!(found[1]["document"], beside("Счёт.txt"));
    assert_eq!(found[0]["signers"][0]["owner"], "Үлгі mary");
    assert_eq!(found[1]["signers"][0]["owner"], "Үлгі ivan");
    assert_eq!(said["unsigned"], value!(["notes.txt"]));

    // What was changed is still found by its name.
    fs::write(home.join("Счёт.txt"), "changed").unwrap();
    let (code, said) = verify(home, &["Счёт.txt", "Счёт.txt.p7s"]);
    let file = &said["signatures"][0];
    assert_eq!(
        (code, &file["document"]["by"]),
        (3, &"name".into()),
        "{said}"
    );
    let signer = &file["signers"][0];
    assert_eq!(signer["conclusion"], "content-changed");
    assert_eq!(
        signer["indication"],
        value!({"main": "TOTAL-FAILED", "sub": "HASH_FAILURE"})
    );

    // Nothing is guessed.
    fs::rename(home.join("act.txt.p7s"), home.join("x.p7s")).unwrap();
    let (code, said) = verify(home, &["x.p7s", "notes.txt", "Счёт.txt"]);
    assert_eq!(code, 5, "{said}");
    let document = &said["signatures"][0]["document"];
    assert_eq!(
        document,
        &value!({"type": "several", "names": ["notes.txt", "Счёт.txt"]})
    );
    assert_eq!(
        said["signatures"][0]["signers"][0]["conclusion"],
        "content-missing"
    );
}

#[test]
fn a_signature_is_as_good_as_its_certificate() {
    let Some(people) = People::get() else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let home = folder.path();
    signed(people, home, &[("act.txt", "mary")]);
    let authority = people.path("ca.pem");
    let anchor = ["--anchor", authority.to_str().unwrap()];
    let both = ["act.txt", "act.txt.p7s"];
    for (options, code, conclusion, main, sub) in [
        (&["--no-revocation"][..], 0, "valid", "TOTAL-PASSED", None),
        // Whether it was revoked has to be known.
        (
            &[],
            5,
            "revocation-unknown",
            "INDETERMINATE",
            Some("TRY_LATER"),
        ),
        (
            &["--no-revocation", "--at", "2100-01-01"],
            5,
            "expired",
            "INDETERMINATE",
            Some("OUT_OF_BOUNDS_NO_POE"),
        ),
        (
            &["--no-revocation", "--at", "2001-01-01"],
            5,
            "not-yet-valid",
            "INDETERMINATE",
            Some("OUT_OF_BOUNDS_NO_POE"),
        ),
    ] {
        let (found, said) = verify(home, &[&both[..], &anchor, options].concat());
        let signer = &said["signatures"][0]["signers"][0];
        assert_eq!(
            (found, &signer["conclusion"]),
            (code, &conclusion.into()),
            "{said}"
        );
        let indication = &signer["indication"];
        assert_eq!(
            (&indication["main"], indication["sub"].as_str()),
            (&main.into(), sub)
        );
        assert_eq!(signer["level"], "CAdES-BES");
        assert_eq!(signer["certificate"]["path"].as_array().unwrap().len(), 2);
    }
    // Nothing becomes trusted because it lies among the files.
    let among = [&both[..], &[authority.to_str().unwrap()]].concat();
    let (code, said) = verify(home, &among);
    let signer = &said["signatures"][0]["signers"][0];
    assert_eq!(
        (code, &signer["conclusion"]),
        (5, &"untrusted".into()),
        "{said}"
    );
    assert_eq!(signer["indication"]["sub"], "NO_CERTIFICATE_CHAIN_FOUND");

    let words = |options: &[&str]| {
        let output = run(home, &[&["verify"], &both[..], options].concat(), "");
        String::from_utf8(output.stdout).unwrap()
    };
    let good = words(&[&anchor[..], &["--no-revocation"]].concat());
    for part in [
        "act.txt.p7s: The file act.txt was signed.\n",
        "Үлгі mary: The signature is valid\n",
        "Format: CAdES-BES.",
        "Whether the certificate was revoked was not checked.",
    ] {
        assert!(good.contains(part), "{good}");
    }
    let untrusted = words(&[]);
    assert!(
        untrusted.contains("name its certificate with --anchor"),
        "{untrusted}"
    );
}

#[test]
fn signed_mail_is_verified() {
    let Some(people) = People::get() else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let home = folder.path();
    fs::write(home.join("text"), "Hello,\nthis is signed.\n").unwrap();
    let sign = |options: &[&str], out: &str| {
        let made = Command::new("openssl")
            .args([
                "cms", "-sign", "-in", "text", "-text", "-out", out, "-signer",
            ])
            .arg(people.path("mary.pem"))
            .arg("-inkey")
            .arg(people.path("mary.key"))
            .args(options)
            .current_dir(home)
            .status();
        assert!(made.unwrap().success());
    };
    sign(&[], "clear.eml");
    sign(&["-nodetach"], "opaque.eml");
    for (name, form) in [("clear.eml", "smime-clear"), ("opaque.eml", "smime-opaque")] {
        let (code, said) = verify(home, &["--signature-only", name]);
        let file = &said["signatures"][0];
        assert_eq!((code, &file["form"]), (0, &form.into()), "{said}");
        assert_eq!(file["document"]["type"], "inside");
        assert_eq!(file["signers"][0]["owner"], "Үлгі mary");
    }
    let changed = fs::read_to_string(home.join("clear.eml")).unwrap();
    let changed = changed.replace("is signed", "was signed");
    fs::write(home.join("clear.eml"), changed).unwrap();
    let (code, said) = verify(home, &["--signature-only", "clear.eml"]);
    assert_eq!(code, 3, "{said}");
}
