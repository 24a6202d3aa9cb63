//! PKCS#12 files of many writers: what the manifests expect of each, and nothing less.

#![expect(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test may stop where it stands"
)]

use crate::support::conformance::{Score, directory, entries, read_json};
use base16ct::lower;
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};
use tamga_core::{
    certificate::Certificate,
    pkcs12::{KeyFile, Pkcs12Error, open, public_key},
    secret::Secret,
};

/// What a manifest and a reading of a file can be compared by.
#[derive(Debug, Default, Eq, PartialEq)]
struct Contents {
    /// SHA-256 of the keys' SubjectPublicKeyInfo.
    keys: BTreeSet<String>,
    /// SHA-256 of a certificate with a key, and what the file calls it.
    own: BTreeSet<(String, Option<String>)>,
    others: BTreeSet<(String, Option<String>)>,
}

/// One file and what its manifest says of it.
struct Case {
    name: String,
    file: Vec<u8>,
    entry: Value,
}

impl Case {
    fn password(&self) -> Secret {
        Secret::new(text(&self.entry["password"]).unwrap_or_default())
    }
}

#[test]
fn files_hold_what_their_manifests_say() {
    let Some(cases) = cases() else {
        return;
    };
    let mut score = Score::new("pkcs12", &[]);
    for case in cases {
        let opened = open(&case.file, &case.password());
        match case.entry["expected"].as_str().unwrap() {
            "opens" => {
                let found = opened.as_ref().map_err(Pkcs12Error::to_string).map(found);
                let wanted = Ok(wanted(&case.entry));
                let difference = format!("wanted {wanted:#?}, found {found:#?}");
                score.note(&case.name, found == wanted, &difference);
            }
            "reject" => score.note(&case.name, opened.is_err(), &format!("opened: {opened:?}")),
            _ => println!("pkcs12: {} without expectation: {opened:?}", case.name),
        }
    }
    score.finish();
}

#[test]
fn a_wrong_password_is_no_broken_file() {
    let Some(cases) = cases() else {
        return;
    };
    let wrong = Secret::new("not the password".to_owned());
    let mut score = Score::new(
        "pkcs12 wrong password",
        &[("openssl/nomac_parse.p12", "nothing in it needs a password")],
    );
    for case in cases
        .iter()
        .filter(|case| case.entry["expected"] == "opens")
    {
        let error = open(&case.file, &wrong).err();
        let told = error == Some(Pkcs12Error::PasswordWrong);
        score.note(&case.name, told, &format!("{error:?}"));
        let half = open(&case.file[..case.file.len() / 2], &wrong);
        assert!(
            matches!(half, Err(Pkcs12Error::Malformed(_))),
            "{}: {half:?}",
            case.name
        );
    }
    score.finish();
}

#[test]
fn malformed_files_do_no_harm() {
    for (set, count) in [("gnutls-pkcs12-third", 61), ("boringssl-pkcs12-pkcs8", 19)] {
        let Some(root) = directory(&format!("conformance/malformed/{set}")) else {
            return;
        };
        let (mut total, mut opened) = (0, 0);
        for path in files(&root) {
            let file = fs::read(&path).unwrap();
            total += 1;
            for password in ["", "foo", "1234"] {
                opened += usize::from(open(&file, &Secret::new(password.to_owned())).is_ok());
            }
        }
        println!(
            "pkcs12 {set}: {total} files read without harm; of 3 passwords each {opened} open"
        );
        assert_eq!(total, count, "{set}");
    }
}

/// The national certification authority of Kazakhstan: BER inside, GOST keys.
#[test]
fn kazakh_test_keys_are_read() {
    let Some(root) = directory("gost/kz/p12") else {
        return;
    };
    let mut pairs = 0;
    for path in files(&root).iter().filter(|path| is_file_of_keys(path)) {
        let file = fs::read(path).unwrap();
        let opened = open(&file, &Secret::new("Qwerty12".to_owned()));
        let opened = opened
            .map_err(|error| format!("{}: {error}", path.display()))
            .unwrap();
        for key in &opened.keys {
            let certificate = Certificate::parse(&key.certificate).unwrap();
            let mut attributes = certificate.subject().attributes().iter();
            let iin = attributes.any(|attribute| attribute.labelled().0 == "iin");
            assert!(iin, "{}", path.display());
        }
        pairs += opened.keys.len();
    }
    println!("pkcs12 of Kazakhstan: {pairs} pairs of key and certificate");
    assert_eq!(pairs, 5);
}

/// The files of all manifests.
fn cases() -> Option<Vec<Case>> {
    let mut cases = Vec::new();
    for set in files(&directory("conformance/pkcs12")?) {
        for entry in read_json(&set.join("manifest.json")).as_array().unwrap() {
            let name = text(&entry["file"]).unwrap();
            let file = fs::read(set.join(&name)).unwrap();
            assert_eq!(sha256(&file), entry["sha256"], "{name}");
            let name = format!("{}/{name}", set.file_name().unwrap().display());
            let entry = entry.clone();
            cases.push(Case { name, file, entry });
        }
    }
    Some(cases)
}

/// What lies in a folder, its provenance left out.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files = entries(folder);
    files.retain(|file| !file.ends_with("PROVENANCE.md"));
    files
}

fn is_file_of_keys(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "p12")
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
    if entry["opens_with"]["pyca"] == false {
        // Then all that is known are the certificates, from the openssl command.
        let certificates = entry["openssl_certs_sha256"].as_array().unwrap();
        let nameless = certificates
            .iter()
            .map(|sha256| (text(sha256).unwrap(), None));
        wanted.others.extend(nameless);
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
        for above in &key.chain {
            let name = above.friendly_name.clone();
            found.others.insert((sha256(&above.certificate), name));
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

fn sha256(bytes: &[u8]) -> String {
    lower::encode_string(&Sha256::digest(bytes))
}

fn text(value: &Value) -> Option<String> {
    value.as_str().map(str::to_owned)
}
