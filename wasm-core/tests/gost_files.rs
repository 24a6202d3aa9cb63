//! GOST keys of other people's making: PKCS#8 and PKCS#12 of TC26, GnuTLS, gost-engine and the national
//! certification authority of Kazakhstan.

#![expect(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test may stop where it stands"
)]

use crate::support::conformance::{Score, der, directory, entries, read_json};
use base16ct::mixed;
use std::{
    fs,
    path::{Path, PathBuf},
};
use tamga_core::{
    certificate::Certificate,
    gost_key::{GostKey, GostKeyError, Profile},
    pkcs12::{KeyFile, Pkcs12Error, open},
    secret::Secret,
};

const RUSSIAN: &str = "Пароль для PFX";
const KAZAKH: &str = "Qwerty12";

/// A PKCS#12 file, its password and, where it is known otherwise, its key.
struct Case {
    path: PathBuf,
    password: &'static str,
    key: Option<Vec<u8>>,
}

#[test]
fn files_hold_their_keys() {
    let mut score = Score::new("pkcs12 gost", &[]);
    for case in cases().unwrap_or_default() {
        let opened = open_file(&case.path, case.password);
        let found = opened.map_err(|error| error.to_string()).and_then(|file| {
            let [key] = &file.keys[..] else {
                return Err(format!("{file:?}"));
            };
            let own = GostKey::from_pkcs8(&key.pkcs8).map_err(|error| error.to_string())?;
            let known = case
                .key
                .as_ref()
                .map(|key| GostKey::from_pkcs8(key).unwrap());
            if known.is_some_and(|known| plain(&known) != plain(&own)) {
                return Err("another key".to_owned());
            }
            let certificate = Certificate::parse(&key.certificate).unwrap();
            match certificate.matches_key(&own.public_key().unwrap()) {
                true => Ok(()),
                false => Err("another certificate".to_owned()),
            }
        });
        score.note(&name(&case.path), found.is_ok(), &format!("{found:?}"));
    }
    score.finish();
}

#[test]
fn a_wrong_password_is_no_broken_file() {
    let mut score = Score::new("pkcs12 gost, wrong password or damage", &[]);
    for case in cases().unwrap_or_default() {
        let wrong = open_file(&case.path, "not the password").err();
        let file = fs::read(&case.path).unwrap();
        // The last octets are the MAC, its salt and the number of rounds; the middle is encrypted.
        let damaged = [file.len() / 2, file.len() - 60].map(|place| {
            let mut damaged = file.clone();
            damaged[place] ^= 1;
            open(&damaged, &Secret::new(case.password.to_owned())).err()
        });
        let told = wrong == Some(Pkcs12Error::PasswordWrong)
            // A MAC that is wrong where all else is right may have a password of its own.
            && matches!(
                damaged[1],
                Some(Pkcs12Error::Malformed(_) | Pkcs12Error::SecondPasswordNeeded)
            )
            && damaged[0].is_some();
        score.note(&name(&case.path), told, &format!("{wrong:?}, {damaged:?}"));
    }
    score.finish();
}

#[test]
fn keys_belong_to_their_certificates() {
    let Some(root) = directory("gost") else {
        return;
    };
    let stranger = "the sample's key is another one; OpenSSL computes the same public key of it";
    let mut score = Score::new(
        "pkcs8 gost, with certificates",
        &[("tc26-cms/root256_key.pem", stranger)],
    );
    let pairs = [
        ("openssl-oracle", ".key.pem", ".cert.pem"),
        ("tc26-cms", "_key.pem", "_cert.pem"),
    ];
    for (folder, key, certificate) in pairs {
        for path in ending(&root.join(folder), key) {
            let beside = path.to_str().unwrap().replace(key, certificate);
            let parsed = Certificate::parse(&pem(Path::new(&beside))).unwrap();
            let own = GostKey::from_pkcs8(&pem(&path));
            let fits = own
                .as_ref()
                .is_ok_and(|own| parsed.matches_key(&own.public_key().unwrap()));
            score.note(&name(&path), fits, &format!("{own:?}"));
        }
    }
    score.finish();
}

#[test]
fn every_form_is_read() {
    let Some(root) = directory("gost") else {
        return;
    };
    let mut score = Score::new("pkcs8 gost", &[]);
    let gnutls = ["key-gost01.p8", "key-gost01-2.p8", "key-gost12-256.p8"];
    let gnutls = gnutls
        .iter()
        .chain(&["key-gost12-256-2.p8", "key-gost12-512.p8"]);
    let engine = ending(&root.join("gost-engine-private"), ".pem");
    for path in gnutls
        .map(|name| root.join("gnutls").join(name))
        .chain(engine)
    {
        let key = GostKey::from_pkcs8(&pem(&path));
        let right = match &key {
            Ok(key) => {
                let old = name(&path).contains("gost01") || name(&path).contains("gost2001");
                (key.profile() == Profile::Russia2001) == old && key.signing_key().is_some() != old
            }
            Err(error) => {
                name(&path) == "gost-engine-private/rsa_1024.pem"
                    && matches!(error, GostKeyError::Unsupported { .. })
            }
        };
        score.note(&name(&path), right, &format!("{key:?}"));
    }
    let known = read_json(&root.join("x509-rfc9215/keys.json"));
    for (file, certificate) in [
        ("key-gost12-256.p8", "example-256-xcha.pem"),
        ("key-gost12-512.p8", "example-512-paramsetB.pem"),
    ] {
        let key = GostKey::from_pkcs8(&pem(&root.join("gnutls").join(file))).unwrap();
        let number = known[certificate]["private_key_be"].as_str().unwrap();
        let little_endian: Vec<u8> = mixed::decode_vec(number)
            .unwrap()
            .into_iter()
            .rev()
            .collect();
        score.note(certificate, plain(&key).ends_with(&little_endian), file);
    }
    score.finish();
}

/// Every file there is.
fn cases() -> Option<Vec<Case>> {
    let root = directory("gost")?;
    let expected = read_json(&root.join("tc26-pfx/expected.json"));
    let rfc9548 = &expected["rfc9548-a2.pfx"]["expected_pkcs8_der"];
    let r50 = root.join("tc26-pfx/r50.1.112-2016.expected.pkcs8.der");
    let mut cases = Vec::new();
    for (folder, extension, password) in [
        ("tc26-pfx", ".pfx", RUSSIAN),
        ("gnutls", ".p12", RUSSIAN),
        ("openssl-oracle", ".p12", RUSSIAN),
        ("kz/p12", ".p12", KAZAKH),
    ] {
        for path in ending(&root.join(folder), extension) {
            let stem = path.file_stem().unwrap().to_str().unwrap().to_owned();
            let key = match (folder, &*stem) {
                ("tc26-pfx", "rfc9548-a2") => {
                    Some(mixed::decode_vec(rfc9548.as_str().unwrap()).unwrap())
                }
                ("tc26-pfx", _) | ("gnutls", "gost12") => Some(fs::read(&r50).unwrap()),
                ("gnutls", _) => Some(pem(&root.join("gnutls/key-gost01-2.p8"))),
                ("openssl-oracle", _) => {
                    let stem = match stem.starts_with("pfx-") {
                        true => "gost2012_256_TCB",
                        false => &stem,
                    };
                    Some(pem(&path.with_file_name(format!("{stem}.key.pem"))))
                }
                _ => None,
            };
            cases.push(Case {
                path,
                password,
                key,
            });
        }
    }
    assert_eq!(cases.len(), 19);
    Some(cases)
}

fn open_file(path: &Path, password: &str) -> Result<KeyFile, Pkcs12Error> {
    open(&fs::read(path).unwrap(), &Secret::new(password.to_owned()))
}

fn plain(key: &GostKey) -> Vec<u8> {
    key.to_pkcs8().unwrap().to_vec()
}

/// Folder and name.
fn name(path: &Path) -> String {
    let folder = path.parent().unwrap().file_name().unwrap();
    format!(
        "{}/{}",
        folder.display(),
        path.file_name().unwrap().display()
    )
}

/// What lies in a folder under names with this ending.
fn ending(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let mut files = entries(folder);
    files.retain(|file| file.to_str().unwrap().ends_with(ending));
    files
}

/// The DER of a file's first PEM block.
fn pem(path: &Path) -> Vec<u8> {
    der(path, "").unwrap()
}
