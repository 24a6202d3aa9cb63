//! PKCS#12 files made for the purpose: by OpenSSL (`fixtures/make`), and by hand for what it does not
//! write. What any change to a file may do at worst.

#![expect(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test may stop where it stands"
)]

use crate::support::{
    der::{Tag, der, loosened, octets, oid, sequence},
    pfx::{DATA, bag, certificate_bag, content, key_bag, pfx, plain},
};
use proptest::prelude::*;
use std::slice;
use tamga_core::{
    certificate::Certificate,
    pkcs12::{KeyFile, Pkcs12Error, open, public_key},
    protocol::MAX_KEY_FILE,
    secret::Secret,
};

const AUTHORITY: &[u8] = include_bytes!("fixtures/authority.der");
const ENGLISH: &[u8] = include_bytes!("fixtures/english.der");
const KAZAKH: &[u8] = include_bytes!("fixtures/kazakh.der");
const RUSSIAN: &[u8] = include_bytes!("fixtures/russian.der");
const ENGLISH_EMPTY: &[u8] = include_bytes!("fixtures/english-empty.p12");
const ENGLISH_NO_MAC: &[u8] = include_bytes!("fixtures/english-no-mac.p12");
const ENGLISH_OPEN: &[u8] = include_bytes!("fixtures/english-open.p12");
const KAZAKH_MODERN: &[u8] = include_bytes!("fixtures/kazakh-modern.p12");
const RUSSIAN_LEGACY: &[u8] = include_bytes!("fixtures/russian-legacy.p12");

fn opened(file: &[u8], password: &str) -> Result<KeyFile, Pkcs12Error> {
    open(file, &Secret::new(password.to_owned()))
}

#[test]
fn openssl_files_hold_their_people() {
    for (file, password, certificate, name, chain) in [
        (
            RUSSIAN_LEGACY,
            "пароль",
            RUSSIAN,
            Some("Ольга"),
            vec![AUTHORITY],
        ),
        (
            KAZAKH_MODERN,
            "құпия",
            KAZAKH,
            Some("Әсел"),
            vec![AUTHORITY],
        ),
        (ENGLISH_EMPTY, "", ENGLISH, None, vec![]),
        (ENGLISH_NO_MAC, "secret", ENGLISH, None, vec![]),
        (ENGLISH_OPEN, "whatever", ENGLISH, None, vec![]),
    ] {
        let file = opened(file, password).unwrap();
        let [key] = &file.keys[..] else {
            panic!("{file:?}");
        };
        assert_eq!(key.certificate, certificate);
        assert_eq!(key.friendly_name.as_deref(), name);
        let above = key.chain.iter().map(|above| &above.certificate);
        assert!(above.eq(chain), "{name:?}");
        assert!(file.lone_keys.is_empty() && file.lone_certificates.is_empty());
        let spki = public_key(&key.pkcs8).unwrap();
        assert_eq!(Certificate::parse(certificate).unwrap().public_key(), spki);
    }
}

#[test]
fn a_wrong_password_is_told_with_and_without_mac() {
    for file in [RUSSIAN_LEGACY, KAZAKH_MODERN, ENGLISH_EMPTY, ENGLISH_NO_MAC] {
        for password in ["wrong", "неверный"] {
            assert_eq!(
                opened(file, password).err(),
                Some(Pkcs12Error::PasswordWrong)
            );
        }
    }
}

#[test]
fn damage_under_the_right_password_is_no_wrong_password() {
    let mut file = KAZAKH_MODERN.to_vec();
    let salt = file.len() - 8;
    file[salt] ^= 1;
    // Or the MAC has a password of its own.
    assert_eq!(
        opened(&file, "құпия").err(),
        Some(Pkcs12Error::SecondPasswordNeeded)
    );
    assert_eq!(
        opened(&file, "wrong").err(),
        Some(Pkcs12Error::PasswordWrong)
    );
}

#[test]
fn debug_shows_no_key() {
    let file = opened(KAZAKH_MODERN, "құпия").unwrap();
    let shown = format!("{file:?}");
    assert!(
        shown.contains("friendly_name") && !shown.contains("pkcs8"),
        "{shown}"
    );
}

#[test]
fn several_keys_find_their_own_certificates() {
    let safes = [
        plain(&[
            certificate_bag(AUTHORITY, b"", ""),
            certificate_bag(KAZAKH, b"k", "Әсел"),
        ]),
        plain(&[key_bag(&russian_key(), b"r"), key_bag(&kazakh_key(), b"k")]),
        plain(&[
            certificate_bag(RUSSIAN, b"r", "Ольга\0"),
            key_bag(&english_key(), b"e"),
        ]),
    ];
    let file = opened(&pfx(&safes), "").unwrap();
    let found: Vec<_> = file
        .keys
        .iter()
        .map(|key| {
            (
                key.friendly_name.as_deref().unwrap(),
                &key.certificate[..],
                key.chain.len(),
            )
        })
        .collect();
    assert_eq!(found, [("Ольга", RUSSIAN, 1), ("Әсел", KAZAKH, 1)]);
    assert_eq!(*file.lone_keys[0].pkcs8, english_key());
    assert!(file.lone_certificates.is_empty());
}

#[test]
fn a_local_key_id_does_not_outweigh_the_public_key() {
    let bags = [
        key_bag(&english_key(), b"same"),
        certificate_bag(KAZAKH, b"same", ""),
        certificate_bag(ENGLISH, b"other", ""),
    ];
    let file = opened(&pfx(&[plain(&bags)]), "").unwrap();
    assert_eq!(file.keys[0].certificate, ENGLISH);
    assert_eq!(file.lone_certificates[0].certificate, KAZAKH);
}

#[test]
fn the_same_certificate_twice_is_one() {
    let bags = [
        certificate_bag(ENGLISH, b"", ""),
        key_bag(&english_key(), b""),
        certificate_bag(ENGLISH, b"1", "Tess"),
    ];
    let file = opened(&pfx(&[plain(&bags)]), "").unwrap();
    assert_eq!(file.keys.len(), 1);
    assert_eq!(file.keys[0].friendly_name.as_deref(), Some("Tess"));
}

#[test]
fn what_is_not_read_is_counted() {
    let revocation_list = bag("1.2.840.113549.1.12.10.1.4", &sequence(&[]), &[]);
    let for_somebody = content("1.2.840.113549.1.7.3", &sequence(&[]));
    let file = opened(&pfx(&[plain(&[revocation_list]), for_somebody]), "").unwrap();
    assert_eq!(file.others.len(), 2);
}

#[test]
fn nesting_and_number_are_bounded() {
    let nested = |depth| {
        let inner = key_bag(&english_key(), b"");
        let wrap = |inner: Vec<u8>, _| bag("1.2.840.113549.1.12.10.1.6", &sequence(&[&inner]), &[]);
        opened(&pfx(&[plain(&[(0..depth).fold(inner, wrap)])]), "")
    };
    assert_eq!(nested(3).unwrap().lone_keys.len(), 1);
    assert_eq!(nested(10).err(), Some(Pkcs12Error::Malformed("nesting")));

    let many = |count| {
        opened(
            &pfx(&[plain(&vec![certificate_bag(b"no", b"", ""); count])]),
            "",
        )
    };
    assert_eq!(many(10_000).unwrap().lone_certificates.len(), 1);
    assert_eq!(
        many(10_001).err(),
        Some(Pkcs12Error::Malformed("number of bags"))
    );

    let same_key = vec![key_bag(&english_key(), b""); 65];
    let certificate = vec![certificate_bag(ENGLISH, b"", "")];
    let error = opened(&pfx(&[plain(&[same_key, certificate].concat())]), "").err();
    assert_eq!(error, Some(Pkcs12Error::Malformed("number of keys")));
    assert_eq!(
        opened(&vec![0; MAX_KEY_FILE + 1], "").err(),
        Some(Pkcs12Error::Malformed("size"))
    );
}

#[test]
fn what_no_program_here_opens_says_more_than_what_is_damaged() {
    let scheme = "1.2.840.113549.1.12.1.7";
    let algorithm = sequence(&[&oid(scheme), &sequence(&[&octets(b"salt"), INTEGER_ONE])]);
    let unsupported = encrypted(&algorithm);
    let damaged = plain(&[sequence(&[])]);
    assert_eq!(
        opened(&pfx(slice::from_ref(&damaged)), "").err(),
        Some(Pkcs12Error::Malformed("bag"))
    );
    for safes in [
        [unsupported.clone(), damaged.clone()],
        [damaged, unsupported],
    ] {
        let oid = scheme.to_owned();
        assert_eq!(
            opened(&pfx(&safes), "").err(),
            Some(Pkcs12Error::Unsupported { oid })
        );
    }
}

#[test]
fn what_is_not_implemented_is_named() {
    for scheme in ["1.2.840.113549.1.12.1.7", "1.2.643.7.1.1.5.1.1"] {
        let algorithm = sequence(&[&oid(scheme), &sequence(&[&octets(b"salt"), INTEGER_ONE])]);
        let error = opened(&pfx(&[encrypted(&algorithm)]), "").err();
        assert_eq!(
            error,
            Some(Pkcs12Error::Unsupported {
                oid: scheme.to_owned()
            })
        );
    }
    let scrypt = sequence(&[&oid("1.3.6.1.4.1.11591.4.11")]);
    let cipher = sequence(&[&oid("2.16.840.1.101.3.4.1.42"), &octets(&[0; 16])]);
    let algorithm = sequence(&[
        &oid("1.2.840.113549.1.5.13"),
        &sequence(&[&scrypt, &cipher]),
    ]);
    let error = opened(&pfx(&[encrypted(&algorithm)]), "").err();
    let oid = "1.3.6.1.4.1.11591.4.11".to_owned();
    assert_eq!(error, Some(Pkcs12Error::Unsupported { oid }));
}

#[test]
fn rounds_are_bounded() {
    let algorithm = |rounds: &[u8]| {
        let parameters = sequence(&[&octets(b"salt"), &der(Tag::Integer, &[rounds])]);
        sequence(&[&oid("1.2.840.113549.1.12.1.3"), &parameters])
    };
    let error = |rounds| opened(&pfx(&[encrypted(&algorithm(rounds))]), "").err();
    assert_eq!(
        error(&[0x7f, 0xff, 0xff, 0xff]),
        Some(Pkcs12Error::TooCostly)
    );
    assert_eq!(error(&[0]), Some(Pkcs12Error::Malformed("iterations")));
    assert_eq!(error(&[0x80]), Some(Pkcs12Error::Malformed("encryption")));
    assert_eq!(error(&[1]), Some(Pkcs12Error::PasswordWrong));
}

proptest! {
    #[test]
    fn any_bytes_are_safe(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
        prop_assert!(opened(&bytes, "").is_err());
        let _ = opened(&pfx(&[bytes]), "");
    }

    #[test]
    fn any_bags_are_safe(bytes in prop::collection::vec(any::<u8>(), 0..600), tag in 1..7u8) {
        let kind = format!("1.2.840.113549.1.12.10.1.{tag}");
        let value = sequence(&[&bytes]);
        let _ = opened(&pfx(&[plain(&[bag(&kind, &value, &bytes)])]), "");
    }

    #[test]
    fn half_a_file_is_malformed(length in 0..KAZAKH_MODERN.len()) {
        let error = opened(&KAZAKH_MODERN[..length], "құпия").err();
        prop_assert!(matches!(error, Some(Pkcs12Error::Malformed(_))), "{error:?}");
    }

    #[test]
    fn ber_reads_like_der(pieces in 1..200usize) {
        let file = opened(&loosened(KAZAKH_MODERN, pieces), "құпия").unwrap();
        prop_assert_eq!(&file.keys[0].certificate, KAZAKH);
        prop_assert_eq!(&*file.keys[0].pkcs8, &kazakh_key());
        let open = opened(&loosened(ENGLISH_OPEN, pieces), "").unwrap();
        prop_assert_eq!(&*open.keys[0].pkcs8, &english_key());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn one_flipped_bit_never_changes_what_a_mac_protects(
        position in 0..KAZAKH_MODERN.len(),
        bit in 0..8u8,
    ) {
        let mut file = KAZAKH_MODERN.to_vec();
        file[position] ^= 1 << bit;
        if let Ok(file) = opened(&file, "құпия") {
            prop_assert_eq!(&file.keys[0].certificate, KAZAKH);
            prop_assert_eq!(&*file.keys[0].pkcs8, &kazakh_key());
        }
    }

    #[test]
    fn without_a_mac_a_key_still_fits_its_certificate(
        position in 0..ENGLISH_OPEN.len(),
        bit in 0..8u8,
    ) {
        let mut file = ENGLISH_OPEN.to_vec();
        file[position] ^= 1 << bit;
        for key in opened(&file, "").map(|file| file.keys).unwrap_or_default() {
            let own = Certificate::parse(&key.certificate).unwrap();
            let spki = public_key(&key.pkcs8).unwrap();
            prop_assert!(own.matches_key(&spki));
        }
    }
}

const INTEGER_ONE: &[u8] = &[2, 1, 1];

fn key_of(file: &[u8], password: &str) -> Vec<u8> {
    opened(file, password).unwrap().keys[0].pkcs8.to_vec()
}

fn russian_key() -> Vec<u8> {
    key_of(RUSSIAN_LEGACY, "пароль")
}

fn kazakh_key() -> Vec<u8> {
    key_of(KAZAKH_MODERN, "құпия")
}

fn english_key() -> Vec<u8> {
    key_of(ENGLISH_OPEN, "")
}

/// Encrypted data of 16 zeros.
fn encrypted(algorithm: &[u8]) -> Vec<u8> {
    let ciphertext = der(Tag::Implicit(0), &[&[0; 16]]);
    let info = sequence(&[&oid(DATA), algorithm, &ciphertext]);
    content("1.2.840.113549.1.7.6", &sequence(&[&[2, 1, 0], &info]))
}
