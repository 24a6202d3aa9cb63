//! A real container, and made ones that five other readers agree on, down to the numbers in between.

use super::*;
use crate::conformance::{Score, directory, read_json};
use crate::cryptopro::{
    element::element,
    storage_key::{mac, storage_key},
};
use base16ct::lower;
use serde_json::Value;
use std::{fs, path::Path};

fn files(folder: &Path) -> Files {
    let read = |part: &Part| Some((*part, fs::read(folder.join(part.file_name())).ok()?));
    Part::ALL.iter().filter_map(read).collect()
}

fn text<'a>(expected: &'a Value, key: &str) -> &'a str {
    expected[key].as_str().unwrap_or_default()
}

/// The octets of an OCTET STRING in a file.
fn octets(files: &Files, part: Part, index: usize) -> Vec<u8> {
    let elements = files.elements(part);
    elements.map_or_else(|_| Vec::new(), |elements| elements[index].value().to_vec())
}

/// Name of a number, what was computed, what was expected.
type Numbers<'a> = Vec<(&'static str, String, &'a str)>;

/// The numbers on the way to a key, of one of its copies.
fn steps<'a>(files: &Files, pair: FilePair, password: &str, expected: &'a Value) -> Numbers<'a> {
    let encoded = &password::encodings(&secret(password))[0];
    let salt = octets(files, pair.masks, 1);
    let mask = octets(files, pair.masks, 0);
    vec![
        (
            "storage_key",
            lower::encode_string(&*storage_key(encoded, &salt)),
            text(expected, "storage_key"),
        ),
        (
            "mask_mac",
            lower::encode_string(&mac(mask.last_chunk().unwrap(), &salt)),
            text(expected, "mask_mac"),
        ),
    ]
}

/// The ciphertext, decrypted with the storage key that is expected.
fn decrypted(files: &Files, expected: &Value) -> String {
    use gost3410::gost28147::{Gost28147, PARAM_Z};
    let encoded = &password::encodings(&secret(text(expected, "password")))[0];
    let mut blocks = octets(files, Part::Primary, 0);
    let key = storage_key(encoded, &octets(files, Part::Masks, 1));
    Gost28147::new(&key, &PARAM_Z).decrypt(blocks.as_chunks_mut().0);
    lower::encode_string(&blocks)
}

fn header_mac(files: &Files) -> String {
    let content = octets(files, Part::Header, 0);
    lower::encode_string(&mac(&[0; 32], &element(Tag::Sequence, &content).unwrap()))
}

fn hmac_password(container: &Container, password: &str) -> String {
    match container.has_password() {
        true => {
            let encoded = &password::encodings(&secret(password))[0];
            let salt = container.header.keys[0].fingerprint.unwrap();
            lower::encode_string(&mac(&storage_key(encoded, &salt), &[0; 16]))
        }
        false => lower::encode_string(&[0; 4]),
    }
}

/// Everything about a container that opens.
fn numbers<'a>(files: &Files, expected: &'a Value) -> Result<Numbers<'a>, ContainerError> {
    let password = text(expected, "password");
    let container = Container::parse(files.clone())?;
    let key = container.open(SlotName::Primary, &secret(password))?;
    let public = key.verifying_key().to_bytes();
    let mut numbers = steps(files, FilePair::FIRST, password, expected);
    numbers.extend([
        (
            "d",
            lower::encode_string(key.to_le_bytes().as_ref()),
            text(expected, "private_key_d_le"),
        ),
        (
            "public",
            lower::encode_string(public.as_ref()),
            text(expected, "public_key_xy_le"),
        ),
        (
            "name",
            container.name().unwrap_or_default(),
            text(expected, "name"),
        ),
        (
            "decrypted",
            decrypted(files, expected),
            text(expected, "primary_decrypted_x_le"),
        ),
        (
            "header_mac",
            header_mac(files),
            text(expected, "header_mac"),
        ),
        (
            "hmac",
            hmac_password(&container, password),
            text(expected, "hmac_password"),
        ),
    ]);
    let marks = (container.slots()[0].exportable(), container.expires());
    assert_eq!(marks, (expected["exportable"] == true, Some(EXPIRES)));
    if let Some(second) = expected.get("second") {
        numbers.extend(steps(files, FilePair::SECOND, password, second));
        let reserve = without(files, &[Part::Masks, Part::Primary]);
        let key = opens(&reserve, password)?;
        let d = lower::encode_string(key.to_le_bytes().as_ref());
        numbers.push(("reserve", d, text(expected, "private_key_d_le")));
    }
    for (wrong, _) in expected["wrong_passwords"]
        .as_object()
        .into_iter()
        .flatten()
    {
        let found = container.open(SlotName::Primary, &secret(wrong));
        let right = match container.has_password() {
            true => found.err() == Some(ContainerError::PasswordWrong),
            false => found.is_ok(),
        };
        assert!(right, "{wrong}");
    }
    Ok(numbers)
}

#[test]
fn made_containers_and_the_numbers_in_them() {
    let Some(folder) = directory("gost/cryptopro") else {
        return;
    };
    let mut score = Score::new("CryptoPro containers, made", &[]);
    let all = read_json(&folder.join("expected-synthetic.json"));
    for (name, expected) in all["containers"].as_object().unwrap() {
        let files = files(&folder.join(name));
        let found = numbers(&files, expected);
        let right = match (text(expected, "expected"), &found) {
            ("opens", Ok(numbers)) => numbers.iter().all(|(_, found, expected)| found == expected),
            ("error: header-mac", Err(error)) => *error == ContainerError::Damaged(Part::Header),
            ("error: missing-file masks.key", Err(error)) => {
                *error == ContainerError::Missing(Part::Masks)
            }
            _ => false,
        };
        score.note(name, right, &format!("{found:?}"));
    }
    score.finish();
}

#[test]
fn a_real_container() {
    let Some(folder) = directory("gost/cryptopro/container-256-nopass") else {
        return;
    };
    let expected = read_json(&folder.join("expected.json"));
    let files = files(&folder);
    let container = Container::parse(files.clone()).unwrap();
    assert_eq!(container.name().as_deref(), Some("srv"));
    assert!(!container.has_password());
    let [slot] = container.slots() else {
        panic!("{container:?}");
    };
    let certificate = fs::read(folder.join("cert.der")).unwrap();
    assert_eq!(slot.certificate(), Some(certificate.as_slice()));
    let reserve = without(&files, &[Part::Masks]);
    for files in [&files, &reserve] {
        let key = opens(files, "").unwrap();
        let mut d = key.to_le_bytes().as_ref().to_vec();
        d.reverse();
        assert_eq!(lower::encode_string(&d), text(&expected, "d_be"));
        let changed = Container::parse(files.clone()).unwrap();
        let changed = changed.with_password(&secret(""), &secret("qwerty12"), &fresh(3));
        assert!(same(&opens(&changed.unwrap(), "qwerty12").unwrap(), &key));
        let copy = container.copy("srv2").unwrap();
        assert!(same(&opens(&copy, "").unwrap(), &key));
    }
    for (_, found, expected) in steps(&files, FilePair::FIRST, "", &expected) {
        assert_eq!(found, expected);
    }
    assert_eq!(header_mac(&files), text(&expected, "container_mac"));
}
