//! What is said of files that are too large, or damaged, or have another password.

use super::*;
use crate::support::{
    der::{octets, oid, sequence},
    pfx::{DATA, bag, certificate_bag, content, key_bag, pfx, plain},
};

const ENGLISH: &[u8] = include_bytes!("../../tests/fixtures/english.der");
const ENGLISH_EMPTY: &[u8] = include_bytes!("../../tests/fixtures/english-empty.p12");
const ENGLISH_OPEN: &[u8] = include_bytes!("../../tests/fixtures/english-open.p12");
const KAZAKH: &[u8] = include_bytes!("../../tests/fixtures/kazakh.der");

/// pkcs8ShroudedKeyBag
const SHROUDED: &str = "1.2.840.113549.1.12.10.1.2";
const PBE_WITH_SHA1_AND_TRIPLE_DES: &str = "1.2.840.113549.1.12.1.3";

fn opened(file: &[u8], password: &str) -> Result<KeyFile, Pkcs12Error> {
    open(file, &Secret::new(password.to_owned()))
}

/// Whether a file has the key of a certificate.
fn has_key(file: &[u8], certificate: &[u8], password: &str) -> Result<bool, Pkcs12Error> {
    let certificate = Certificate::parse(certificate).unwrap();
    let password = Secret::new(password.to_owned());
    let key = open_key(file, &certificate, &password, &Cancel::default())?;
    Ok(key.is_some_and(|key| certificate.matches_key(&public_key(&key).unwrap())))
}

fn shrouded(cipher: &[u8]) -> Vec<u8> {
    bag(SHROUDED, &sequence(&[cipher, &octets(&[0; 16])]), &[])
}

/// A bag with a key under a cipher that nobody knows.
fn unsupported() -> Vec<u8> {
    shrouded(&sequence(&[&oid("1.2.3.4"), &sequence(&[])]))
}

/// A bag with a key under a password that nobody knows.
fn locked() -> Vec<u8> {
    let parameters = sequence(&[&octets(b"saltsalt"), &[2, 1, 1]]);
    shrouded(&sequence(&[
        &oid(PBE_WITH_SHA1_AND_TRIPLE_DES),
        &parameters,
    ]))
}

/// A key that is not encrypted.
fn open_key_bag() -> Vec<u8> {
    let file = opened(ENGLISH_OPEN, "").unwrap();
    key_bag(&file.keys[0].pkcs8, b"e")
}

/// A file with a MAC (SHA-1) that no password confirms.
fn with_mac(safes: &[Vec<u8>]) -> Vec<u8> {
    let safes: Vec<&[u8]> = safes.iter().map(Vec::as_slice).collect();
    let digest = sequence(&[&sequence(&[&oid("1.3.14.3.2.26")]), &octets(&[0; 20])]);
    let mac = sequence(&[&digest, &octets(b"saltsalt"), &[2, 1, 1]]);
    let contents = content(DATA, &octets(&sequence(&safes)));
    sequence(&[&[2, 1, 3], &contents, &mac])
}

#[test]
fn a_file_is_looked_at_up_to_the_largest() {
    for (length, is_looked_at) in [
        (MAX_KEY_FILE, true),
        (MAX_KEY_FILE + 1, false),
        (MAX_KEY_FILE + 2, false),
    ] {
        let opened = open(&vec![0; length], &Secret::new(String::new()));
        let refused = matches!(opened, Err(Pkcs12Error::Malformed("size")));
        assert_eq!(refused, !is_looked_at, "{length}");
    }
}
#[test]
fn what_cannot_be_read_hides_no_key_without_certificate() {
    let file = opened(&pfx(&[plain(&[open_key_bag(), unsupported()])]), "").unwrap();
    assert_eq!((file.lone_keys.len(), file.unread), (1, 1));
}

#[test]
fn a_file_that_no_password_opens_is_not_said_to_have_another() {
    let nothing_opens = opened(&with_mac(&[plain(&[unsupported()])]), "wrong").err();
    let is_unsupported = matches!(nothing_opens, Some(Pkcs12Error::Unsupported { .. }));
    assert!(is_unsupported, "{nothing_opens:?}");
    // Of a bag that another password may open nobody knows that.
    let one_may = opened(&with_mac(&[plain(&[unsupported(), locked()])]), "wrong");
    assert_eq!(one_may.err(), Some(Pkcs12Error::PasswordWrong));
}

#[test]
fn a_key_that_is_not_encrypted_wants_the_password_of_its_file() {
    let bags = [open_key_bag(), certificate_bag(ENGLISH, b"e", "")];
    let wrong = has_key(&with_mac(&[plain(&bags)]), ENGLISH, "wrong");
    assert_eq!(wrong, Err(Pkcs12Error::PasswordWrong));
    assert_eq!(has_key(&pfx(&[plain(&bags)]), ENGLISH, "any"), Ok(true));
}

#[test]
fn a_file_under_the_right_password_may_have_other_keys_only() {
    assert_eq!(has_key(ENGLISH_EMPTY, ENGLISH, ""), Ok(true));
    assert_eq!(has_key(ENGLISH_EMPTY, KAZAKH, ""), Ok(false));
    let wrong = has_key(ENGLISH_EMPTY, KAZAKH, "wrong");
    assert_eq!(wrong, Err(Pkcs12Error::PasswordWrong));
}

/// DER of a PrivateKeyInfo of a curve, without the public key.
fn ec_key(curve: &str, scalar: &[u8]) -> Vec<u8> {
    let algorithm = sequence(&[&oid("1.2.840.10045.2.1"), &oid(curve)]);
    let private = sequence(&[&[2, 1, 1], &octets(scalar)]);
    sequence(&[&[2, 1, 0], &algorithm, &octets(&private)])
}

#[test]
fn the_public_key_of_a_curve_that_is_signed_with_is_computed() {
    for (curve, length) in [
        ("1.2.840.10045.3.1.7", 32),
        ("1.3.132.0.34", 48),
        ("1.3.132.0.35", 66),
    ] {
        let mut one = vec![0; length];
        one[length - 1] = 1;
        let public = PublicHalf::of(&ec_key(curve, &one)).unwrap();
        assert!(public.spki.is_some(), "{curve}");
        // No key is zero.
        assert!(PublicHalf::of(&ec_key(curve, &vec![0; length])).is_err());
    }
}

#[test]
fn a_key_that_is_none_is_counted_and_hides_no_other() {
    let none = key_bag(&ec_key("1.2.840.10045.3.1.7", &[0; 32]), b"n");
    let bags = [none, open_key_bag(), certificate_bag(ENGLISH, b"e", "")];
    let file = opened(&pfx(&[plain(&bags)]), "").unwrap();
    assert_eq!((file.keys.len(), file.unread), (1, 1));
}
