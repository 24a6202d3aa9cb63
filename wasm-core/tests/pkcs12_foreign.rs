//! PKCS#12 files that other programs made and people brought (`fixtures/files`): their passwords, ciphers, keys
//! and attributes, and what is wrong with them. OpenSSL opens all that open here.

#![expect(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test may stop where it stands"
)]

use crate::support::{
    der::{Tag, der, octets, oid, sequence},
    pfx::{bag, certificate_bag, key_bag, pfx, plain},
};
use std::{fs, path::Path};
use tamga_core::{
    certificate::Certificate,
    pkcs12::{Cancel, KeyFile, Pkcs12Error, Scheme, open, open_key, open_with, public_key, seal},
    private_key::canonical,
    secret::Secret,
};

const PASSWORD: &str = "12345";

fn fixture(name: &str) -> Vec<u8> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/files");
    fs::read(folder.join(name)).unwrap()
}

fn secret(text: &str) -> Secret {
    Secret::new(text.to_owned())
}

fn opened(file: &[u8], passwords: &[&str]) -> Result<KeyFile, Pkcs12Error> {
    let secrets: Vec<Secret> = passwords.iter().copied().map(secret).collect();
    let secrets: Vec<&Secret> = secrets.iter().collect();
    open_with(file, &secrets, &Cancel::default())
}

fn key_of(file: &[u8], certificate: &[u8], password: &str) -> Result<bool, Pkcs12Error> {
    let certificate = Certificate::parse(certificate).unwrap();
    let key = open_key(file, &certificate, &secret(password), &Cancel::default())?;
    Ok(key.is_some_and(|key| certificate.matches_key(&public_key(&key).unwrap())))
}

#[test]
fn a_key_and_its_file_may_have_different_passwords() {
    for (name, of_file, of_key) in [
        ("key-has-another.p12", PASSWORD, "other"),
        ("mac-has-another.p12", "other", PASSWORD),
    ] {
        let file = fixture(name);
        let both = opened(&file, &[of_file, of_key]).unwrap();
        assert_eq!((both.keys.len(), both.unread), (1, 0), "{name}");
        assert_eq!(opened(&file, &[of_key, of_file]).unwrap().keys.len(), 1);
        for one in [of_file, of_key] {
            let error = opened(&file, &[one]).err();
            assert_eq!(
                error,
                Some(Pkcs12Error::SecondPasswordNeeded),
                "{name} {one}"
            );
            let error = opened(&file, &[one, "wrong"]).err();
            assert_eq!(error, Some(Pkcs12Error::PasswordWrong), "{name} {one}");
        }
        assert_eq!(
            opened(&file, &["wrong"]).err(),
            Some(Pkcs12Error::PasswordWrong)
        );

        // A file that was opened once is signed with by the key's password.
        let certificate = &both.keys[0].certificate;
        assert_eq!(key_of(&file, certificate, of_key), Ok(true));
        let of_file = key_of(&file, certificate, of_file);
        assert_eq!(of_file, Err(Pkcs12Error::SecondPasswordNeeded));
        assert_eq!(
            key_of(&file, certificate, "wrong"),
            Err(Pkcs12Error::PasswordWrong)
        );
    }
}

#[test]
fn old_ciphers_and_hashes_open() {
    for name in [
        "mac-md5",
        "pbe-PBE-MD5-DES",
        "pbe-PBE-MD5-RC2-64",
        "pbe-PBE-SHA1-DES",
        "pbe-PBE-SHA1-RC4-128",
        "pbe-PBE-SHA1-RC4-40",
        "pbe-des-cbc",
        "pbe-rc2-40-cbc",
        "pbe-rc2-64-cbc",
        "pbe-rc2-cbc",
        "pbe-rc4",
        "pbe-rc4-40",
    ] {
        let file = fixture(&format!("{name}.p12"));
        let right = opened(&file, &[PASSWORD]).map(|file| (file.keys.len(), file.unread));
        assert_eq!(right, Ok((1, 0)), "{name}");
        assert_eq!(
            opened(&file, &["wrong"]).err(),
            Some(Pkcs12Error::PasswordWrong),
            "{name}"
        );
    }
}

#[test]
fn keys_and_attributes_as_others_write_them() {
    for name in [
        "p256-33-bytes.p12",
        "uuid-attribute.p12",
        "serial-32-bytes.p12",
    ] {
        let file = opened(&fixture(name), &[PASSWORD]);
        let file = file.map_err(|error| format!("{name}: {error}")).unwrap();
        let [key] = &file.keys[..] else {
            panic!("{name}: {file:?}");
        };
        let certificate = Certificate::parse(&key.certificate).unwrap();
        assert!(
            certificate.matches_key(&public_key(&key.pkcs8).unwrap()),
            "{name}"
        );
        assert!(canonical(&key.pkcs8).is_ok(), "{name}");
    }
}

#[test]
fn too_many_rounds_are_refused_by_what_they_cost() {
    let error = opened(&fixture("30-million-rounds.p12"), &[PASSWORD]).err();
    assert_eq!(error, Some(Pkcs12Error::TooCostly));
    // 89 octets: PBKDF2 with the hash of 1994, of which each round costs a hundred rounds of SHA-1.
    let rounds = sequence(&[
        &sequence(&[&sequence(&[&oid("1.2.643.2.2.9")]), &octets(&[0; 32])]),
        &octets(b"salt"),
        &[2, 3, 0x60, 0, 0],
    ]);
    let file = pfx(&[]);
    // Into the SEQUENCE around everything.
    let file = sequence(&[&file[2..], &rounds]);
    assert_eq!(opened(&file, &[""]).err(), Some(Pkcs12Error::TooCostly));
}

#[test]
fn opening_is_given_up_in_the_middle() {
    let cancel = Cancel::default();
    cancel.cancel();
    let file = fixture("p256-33-bytes.p12");
    let error = open_with(&file, &[&secret(PASSWORD)], &cancel).err();
    assert_eq!(error, Some(Pkcs12Error::Cancelled));
}

#[test]
fn what_cannot_be_read_hides_no_key() {
    let good = [
        key_bag(&english_key(), b"e"),
        certificate_bag(&english(), b"e", ""),
    ];
    let unknown = |kind| {
        let algorithm = sequence(&[&oid(kind), &sequence(&[])]);
        sequence(&[&algorithm, &octets(&[0; 16])])
    };
    let long = [&[6, 21, 0x69][..], &[0xff; 19], &[0x7f]].concat();
    let value = der(Tag::Explicit(0), &[&sequence(&[])]);
    for bad in [
        bag("1.2.840.113549.1.12.10.1.2", &unknown("1.2.3.4"), &[]),
        bag("1.2.840.113549.1.12.10.1.2", &sequence(&[]), &[]),
        key_bag(&sequence(&[]), b""),
        key_bag(
            &sequence(&[
                &[2, 1, 0],
                &sequence(&[&oid("1.2.840.10045.2.1")]),
                &octets(b"no"),
            ]),
            b"",
        ),
        bag("1.2.840.113549.1.12.10.1.3", &sequence(&[]), &[]),
        bag("1.2.3.4", &sequence(&[]), &[]),
        sequence(&[&long, &value]),
        sequence(&[]),
    ] {
        for bags in [
            vec![bad.clone(), good.concat()],
            vec![good.concat(), bad.clone()],
        ] {
            let safes: Vec<_> = bags.into_iter().map(|bags| plain(&[bags])).collect();
            let file = opened(&pfx(&safes), &[""]).unwrap();
            assert_eq!(file.keys.len(), 1, "{bad:02x?}");
            assert_eq!(file.unread + file.others.len(), 1, "{bad:02x?}");
        }
        // Alone, it is the reason.
        if let Ok(file) = opened(&pfx(&[plain(&[bad])]), &[""]) {
            assert_eq!(file.others.len(), 1);
        }
    }
}

/// A keystore of Java with a key and a secret, as `keytool -genkeypair` and `-genseckey` write them.
#[test]
fn secrets_stay_when_a_file_is_written_anew() {
    let mut file = opened(&fixture("only-secret.p12"), &["password1"]).unwrap();
    assert_eq!((file.keys.len(), file.others.len(), file.unread), (0, 1, 0));
    let english = opened(&fixture("p256-33-bytes.p12"), &[PASSWORD]).unwrap();
    file.keys = english.keys;
    let sealed = seal(&file, Scheme::Aes256, &secret("new"), &[3; 32]).unwrap();
    let again = open(&sealed, &secret("new")).unwrap();
    assert_eq!(again.others, file.others);
    assert_eq!(again.keys[0].attributes, file.keys[0].attributes);
    assert_eq!(again.keys.len(), 1);
}

fn english() -> Vec<u8> {
    include_bytes!("fixtures/english.der").to_vec()
}

fn english_key() -> Vec<u8> {
    let file = open(include_bytes!("fixtures/english-open.p12"), &secret(""));
    file.unwrap().keys[0].pkcs8.to_vec()
}
