//! PKCS#12 files of many writers: what the manifests expect of each, and nothing less.

#![expect(clippy::unwrap_used, reason = "a test may stop where it stands")]

#[path = "support/vectors.rs"]
mod vectors;

use serde_json::Value;
use std::{collections::BTreeSet, path::Path};
use tamga_core::{
    certificate::Certificate,
    pkcs12::{KeyFile, Pkcs12Error, open, public_key},
    secret::Secret,
};
use vectors::{files, folder, sha256};

/// Files that turn out otherwise than their manifest expects, and why. Empty is the aim.
const DIVERGENCES: [(&str, &str); 0] = [];

/// What a manifest and a reading of a file can be compared by.
#[derive(Debug, Default, Eq, PartialEq)]
struct Contents {
    /// SHA-256 of the keys' SubjectPublicKeyInfo.
    keys: BTreeSet<String>,
    /// SHA-256 of certificate, and what the file calls it.
    own: BTreeSet<(String, Option<String>)>,
    others: BTreeSet<(String, Option<String>)>,
}

#[test]
fn files_hold_what_their_manifests_say() {
    let Some(root) = folder("conformance/pkcs12") else {
        return;
    };
    let (mut total, mut unjudged, mut surprises) = (0, 0, Vec::new());
    for set in files(&root) {
        let manifest = std::fs::read(set.join("manifest.json")).unwrap();
        for entry in serde_json::from_slice::<Vec<Value>>(&manifest).unwrap() {
            let name = text(&entry["file"]).unwrap();
            let file = std::fs::read(set.join(&name)).unwrap();
            assert_eq!(sha256(&file), entry["sha256"], "{name}");
            let password = Secret::new(text(&entry["password"]).unwrap_or_default());
            let opened = open(&file, &password);
            let surprise = match entry["expected"].as_str() {
                Some("opens") => against(&entry, opened.as_ref()).err(),
                Some("reject") => opened.ok().map(|file| format!("opened: {file:?}")),
                _ => {
                    eprintln!("unjudged {name}: {:?}", opened.map(|file| file.keys.len()));
                    unjudged += 1;
                    continue;
                }
            };
            total += 1;
            let known = DIVERGENCES.iter().find(|(known, _)| *known == name);
            match (surprise, known) {
                (None, Some(_)) => surprises.push(format!("{name}: listed, yet as expected")),
                (Some(what), None) => surprises.push(format!("{name}: {what}")),
                _ => {}
            }
        }
    }
    let expected = total - surprises.len() - DIVERGENCES.len();
    println!("pkcs12: {expected} of {total} as expected, {unjudged} without expectation");
    for (name, reason) in DIVERGENCES {
        println!("  {name}: {reason}");
    }
    assert!(surprises.is_empty(), "{surprises:#?}");
    assert!(total > 90, "the manifests are read");
}

#[test]
fn a_wrong_password_is_no_broken_file() {
    let Some(root) = folder("conformance/pkcs12") else {
        return;
    };
    let mut told = 0;
    for set in files(&root) {
        let manifest = std::fs::read(set.join("manifest.json")).unwrap();
        for entry in serde_json::from_slice::<Vec<Value>>(&manifest).unwrap() {
            if entry["expected"] != "opens" || unprotected(&entry) {
                continue;
            }
            let file = std::fs::read(set.join(text(&entry["file"]).unwrap())).unwrap();
            let wrong = Secret::new("not the password".to_owned());
            let error = open(&file, &wrong).unwrap_err();
            assert_eq!(error, Pkcs12Error::PasswordWrong, "{}", entry["file"]);
            let half = &file[..file.len() / 2];
            let error = open(half, &wrong).unwrap_err();
            assert!(
                matches!(error, Pkcs12Error::Malformed(_)),
                "{}",
                entry["file"]
            );
            told += 1;
        }
    }
    assert!(told > 80, "{told}");
}

#[test]
fn malformed_files_are_refused() {
    let sets = ["gnutls-pkcs12-third", "boringssl-pkcs12-pkcs8"];
    let mut opened = 0;
    let mut total = 0;
    for set in sets {
        let Some(root) = folder(&format!("conformance/malformed/{set}")) else {
            return;
        };
        for path in files(&root) {
            let file = std::fs::read(&path).unwrap();
            total += 1;
            for password in ["", "foo", "1234"] {
                let password = Secret::new(password.to_owned());
                let clock = std::time::Instant::now();
                let outcome = open(&file, &password);
                if clock.elapsed().as_millis() > 500 {
                    eprintln!("slow: {} {:?}", path.display(), clock.elapsed());
                }
                opened += usize::from(outcome.is_ok());
            }
        }
    }
    println!("malformed pkcs12: {total} files read without harm, opened {opened} times");
    assert_eq!(total, 80);
}

/// The national certification authority of Kazakhstan: BER inside, GOST keys.
#[test]
fn kazakh_test_keys_are_read() {
    let Some(root) = folder("gost/kz/p12") else {
        return;
    };
    let mut pairs = 0;
    for path in files(&root).iter().filter(|path| is_file_of_keys(path)) {
        let file = std::fs::read(path).unwrap();
        let opened = open(&file, &Secret::new("Qwerty12".to_owned()));
        let opened = opened
            .map_err(|error| format!("{}: {error}", path.display()))
            .unwrap();
        for key in &opened.keys {
            let certificate = Certificate::parse(&key.certificate).unwrap();
            let labels = certificate
                .subject()
                .iter()
                .map(|attribute| attribute.labelled().0);
            assert!(
                labels.into_iter().any(|label| label == "iin"),
                "{}",
                path.display()
            );
        }
        pairs += opened.keys.len();
    }
    println!("kazakh pkcs12: {pairs} pairs of key and certificate");
    assert!(pairs > 0);
}

fn is_file_of_keys(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "p12")
}

/// Compares what was read with what the manifest says.
fn against(entry: &Value, opened: Result<&KeyFile, &Pkcs12Error>) -> Result<(), String> {
    let file = opened.map_err(Pkcs12Error::to_string)?;
    let (wanted, found) = (wanted(entry), found(file));
    if wanted != found {
        return Err(format!("wanted {wanted:#?}, found {found:#?}"));
    }
    Ok(())
}

fn wanted(entry: &Value) -> Contents {
    let mut wanted = Contents::default();
    wanted.keys.extend(text(&entry["key_spki_sha256"]));
    // Windows counts a terminator into the name, and the manifest with it; nobody wants to see it.
    let named = |value: &Value| text(value).map(|name| name.trim_end_matches('\0').to_owned());
    if let Some(certificate) = text(&entry["cert_sha256"]) {
        wanted
            .own
            .insert((certificate, named(&entry["friendly_name"])));
    }
    for other in entry["additional_certs"].as_array().into_iter().flatten() {
        let name = named(&other["friendly_name"]);
        wanted
            .others
            .insert((text(&other["sha256"]).unwrap(), name));
    }
    wanted
}

fn found(file: &KeyFile) -> Contents {
    let mut found = Contents::default();
    for key in &file.keys {
        // A DSA key does not say its public key and is paired by localKeyId.
        let spki = public_key(&key.pkcs8).unwrap_or_else(|| {
            let certificate = Certificate::parse(&key.certificate).unwrap();
            certificate.public_key().to_vec()
        });
        found.keys.insert(sha256(&spki));
        found
            .own
            .insert((sha256(&key.certificate), key.friendly_name.clone()));
        for certificate in &key.chain {
            found.others.insert((sha256(certificate), None));
        }
    }
    for key in &file.lone_keys {
        found.keys.insert(sha256(&public_key(&key.pkcs8).unwrap()));
    }
    for lone in &file.lone_certificates {
        let name = lone.friendly_name.clone();
        found.others.insert((sha256(&lone.certificate), name));
    }
    found
}

/// Whether any password opens the file, because nothing in it needs one.
fn unprotected(entry: &Value) -> bool {
    entry["file"] == "nomac_parse.p12"
}

fn text(value: &Value) -> Option<String> {
    value.as_str().map(str::to_owned)
}
