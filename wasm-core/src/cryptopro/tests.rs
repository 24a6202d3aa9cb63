//! Containers of others, read; containers of our own, written and read back.

mod certificate;
mod copying;
mod headers;
mod vectors;

use super::*;
use gost3410::Curve;
use proptest::prelude::*;
use zeroize::Zeroizing;

const EXPIRES: u64 = 2_082_758_400;

fn same(one: &SigningKey, other: &SigningKey) -> bool {
    one.to_le_bytes().as_ref() == other.to_le_bytes().as_ref()
}

fn secret(text: &str) -> Secret {
    Secret::new(text.to_owned())
}

/// Not random at all, and different for each seed.
fn fresh(seed: u8) -> [Masking; 2] {
    [seed | 1, seed.wrapping_add(2) | 1]
        .map(|octet| Masking::new(Zeroizing::new([octet; 64]), [octet; 12]))
}

fn key(curve: Curve, octet: u8) -> SigningKey {
    let mut bytes = vec![octet; curve.size()];
    // Below the order of every curve's group.
    if let Some(last) = bytes.last_mut() {
        *last = 1;
    }
    SigningKey::from_le_bytes(curve, &bytes).unwrap()
}

fn sealed(key: &SigningKey, password: &str, exportable: bool) -> Files {
    let new = NewContainer {
        name: "Иванова 2026",
        primary: NewKey {
            key,
            certificate: None,
        },
        secondary: None,
        exportable,
        expires: Some(EXPIRES),
    };
    new.seal(&secret(password), &fresh(7)).unwrap()
}

fn opens(files: &Files, password: &str) -> Result<SigningKey, ContainerError> {
    Container::parse(files.clone())?.open(SlotName::Primary, &secret(password))
}

fn without(files: &Files, gone: &[Part]) -> Files {
    let left = files.iter().filter(|(part, _)| !gone.contains(part));
    left.map(|(part, content)| (part, content.to_vec()))
        .collect()
}

#[test]
fn a_new_container_says_what_it_is() {
    for (password, exportable) in [("", true), ("qwerty12", false)] {
        let files = sealed(&key(Curve::CryptoProA, 3), password, exportable);
        let container = Container::parse(files).unwrap();
        assert_eq!(container.name().as_deref(), Some("Иванова 2026"));
        assert_eq!(container.has_password(), !password.is_empty());
        assert_eq!(container.expires(), Some(EXPIRES));
        let [slot] = container.slots() else {
            panic!("{container:?}");
        };
        assert_eq!(
            (slot.name(), slot.exportable()),
            (SlotName::Primary, exportable)
        );
        assert_eq!((slot.problem(), slot.certificate()), (None, None));
        let missing = container.open(SlotName::Secondary, &secret(password));
        assert_eq!(missing.err(), Some(ContainerError::KeyMissing));
    }
}

#[test]
fn a_key_on_every_curve_comes_back() {
    for curve in Curve::ALL.into_iter().filter(|curve| !curve.is_test()) {
        let key = key(curve, 5);
        let files = sealed(&key, "", true);
        assert!(same(&opens(&files, "").unwrap(), &key), "{}", curve.name());
    }
}

#[test]
fn the_reserve_copy_helps_out() {
    let key = key(Curve::CryptoProA, 9);
    let files = sealed(&key, "qwerty12", true);
    for gone in [
        Part::Masks,
        Part::Primary,
        Part::Masks2,
        Part::Primary2,
        Part::Name,
    ] {
        let rest = without(&files, &[gone]);
        assert!(same(&opens(&rest, "qwerty12").unwrap(), &key), "{gone}");
        assert_eq!(
            opens(&rest, "Qwerty12").err(),
            Some(ContainerError::PasswordWrong)
        );
    }
    for (gone, expected) in [
        ([Part::Masks, Part::Primary2], Part::Masks),
        ([Part::Primary, Part::Masks2], Part::Primary),
        ([Part::Header, Part::Name], Part::Header),
    ] {
        let found = opens(&without(&files, &gone), "qwerty12").err();
        assert_eq!(found, Some(ContainerError::Missing(expected)));
    }
}

#[test]
fn of_two_copies_the_damaged_one_says_more_than_the_missing_one() {
    let key = key(Curve::CryptoProA, 9);
    let files = sealed(&key, "qwerty12", true);
    for (gone, damaged) in [
        (Part::Masks, Part::Masks2),
        (Part::Masks2, Part::Masks),
        (Part::Primary, Part::Masks2),
    ] {
        let mut rest = without(&files, &[gone]);
        rest.insert(damaged, vec![0x30]);
        let found = opens(&rest, "qwerty12").err();
        assert_eq!(found, Some(ContainerError::Malformed(damaged)));
    }
}

#[test]
fn damage_is_told_from_a_wrong_password() {
    let key = key(Curve::CryptoProA, 9);
    for password in ["", "qwerty12"] {
        let files = without(&sealed(&key, password, true), &[Part::Masks2]);
        let damaged = |part: Part, position: usize| {
            let mut files = files.clone();
            let mut content = files.get(part).unwrap().to_vec();
            content[position] ^= 1;
            files.insert(part, content);
            opens(&files, password).err()
        };
        assert_eq!(
            damaged(Part::Primary, 10),
            Some(ContainerError::Damaged(Part::Primary))
        );
        assert_eq!(
            damaged(Part::Masks, 45),
            Some(ContainerError::Damaged(Part::Masks))
        );
        assert_eq!(
            damaged(Part::Masks, 36),
            Some(ContainerError::Malformed(Part::Masks))
        );
        let last = files.get(Part::Header).unwrap().len() - 1;
        assert_eq!(
            damaged(Part::Header, last),
            Some(ContainerError::Damaged(Part::Header))
        );
    }
}

#[test]
fn files_may_be_padded_and_may_not_end_early() {
    let key = key(Curve::CryptoProA, 9);
    let files = sealed(&key, "", true);
    let padded = files
        .iter()
        .map(|(part, content)| (part, [content, &[0; 900]].concat()));
    assert!(same(&opens(&padded.collect(), "").unwrap(), &key));
    for part in [Part::Header, Part::Masks, Part::Primary] {
        let mut short = without(&files, &[Part::Masks2]);
        let content = files.get(part).unwrap();
        short.insert(part, content[..content.len() - 1].to_vec());
        assert_eq!(
            opens(&short, "").err(),
            Some(ContainerError::Malformed(part))
        );
        short.insert(part, vec![0x30; MAX_FILE + 1]);
        assert_eq!(
            opens(&short, "").err(),
            Some(ContainerError::Malformed(part))
        );
    }
}

#[test]
fn another_password_and_back() {
    let key = key(Curve::CryptoProA, 9);
    let mut files = sealed(&key, "", false);
    for (old, new) in [("", "first"), ("first", "second"), ("second", "")] {
        let container = Container::parse(files).unwrap();
        let changed = |old, new| container.with_password(&secret(old), &secret(new), &fresh(40));
        if !old.is_empty() {
            assert_eq!(
                changed("wrong", new).err(),
                Some(ContainerError::PasswordWrong)
            );
        }
        let unfit = Some(ContainerError::PasswordUnfit);
        assert_eq!(changed(old, "пароль").err(), unfit);
        files = changed(old, new).unwrap();
        assert!(same(&opens(&files, new).unwrap(), &key));
        assert!(same(
            &opens(&without(&files, &[Part::Masks]), new).unwrap(),
            &key
        ));
        let container = Container::parse(files.clone()).unwrap();
        assert_eq!(container.has_password(), !new.is_empty());
        assert!(!container.slots()[0].exportable());
        assert_eq!(container.expires(), Some(EXPIRES));
        let anew = sealed(&key, new, false);
        assert_eq!(files.get(Part::Header), anew.get(Part::Header));
    }
}

#[test]
fn a_copy_is_the_same_under_another_name() {
    let key = key(Curve::Tc26_512A, 9);
    let container = Container::parse(sealed(&key, "qwerty12", true)).unwrap();
    let copy = container.copy("копия ә").unwrap();
    assert!(same(&opens(&copy, "qwerty12").unwrap(), &key));
    let name = Container::parse(copy).unwrap().name();
    assert_eq!(name.as_deref(), Some("копия _"));

    let bound = Container::parse(sealed(&key, "", false)).unwrap();
    assert_eq!(
        bound.copy("copy").err(),
        Some(ContainerError::NotExportable)
    );
}

#[test]
fn a_certificate_must_be_the_keys_own() {
    let other = include_bytes!("../../tests/fixtures/russian.der");
    let new = NewContainer {
        name: "x",
        primary: NewKey {
            key: &key(Curve::CryptoProA, 3),
            certificate: Some(other),
        },
        secondary: None,
        exportable: true,
        expires: None,
    };
    let sealed = new.seal(&secret(""), &fresh(1));
    assert_eq!(sealed.err(), Some(ContainerError::Mismatch));
}

#[test]
fn a_key_whose_certificate_is_anothers_does_not_open() {
    let key = key(Curve::CryptoProA, 3);
    let mut files = sealed(&key, "", true);
    let header = Header::new(&header::NewHeader {
        primary: NewKey {
            key: &key,
            certificate: Some(include_bytes!("../../tests/fixtures/russian.der")),
        },
        secondary: None,
        exportable: true,
        expires: None,
    });
    let encoded = password::encode_new(&secret("")).unwrap();
    let header = header.unwrap().with_password(&encoded).unwrap();
    files.insert(Part::Header, header.to_file().unwrap());
    assert_eq!(opens(&files, "").err(), Some(ContainerError::Mismatch));
}

#[test]
fn secrets_are_not_printed() {
    let container = Container::parse(sealed(&key(Curve::CryptoProA, 3), "", true)).unwrap();
    let printed = format!(
        "{:?} {:?} {:?}",
        container.files,
        container.slots[0].copies,
        fresh(1)
    );
    let expected = "{Header, Masks, Masks2, Name, Primary, Primary2} \
        [Ok(SealedKey { .. }), Ok(SealedKey { .. })] [Masking { .. }, Masking { .. }]";
    assert_eq!(printed, expected);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn any_key_comes_back(
        bytes in any::<[u8; 31]>().prop_filter("zero", |bytes| *bytes != [0; 31]),
        masks in any::<[[u8; 32]; 2]>(),
        salts in any::<[[u8; 12]; 2]>(),
        password in "[ -~]{0,20}",
    ) {
        let bytes = [&bytes[..], &[0]].concat();
        let key = SigningKey::from_le_bytes(Curve::CryptoProA, &bytes).unwrap();
        let masking = |index: usize| {
            let mask = [masks[index], masks[index]].concat().try_into().unwrap();
            Masking::new(Zeroizing::new(mask), salts[index])
        };
        let new = NewContainer { name: "a", primary: NewKey { key: &key, certificate: None }, secondary: None, exportable: true, expires: None };
        let files = new.seal(&secret(&password), &[masking(0), masking(1)]).unwrap();
        for gone in [Part::Masks, Part::Masks2] {
            prop_assert!(same(&opens(&without(&files, &[gone]), &password).unwrap(), &key));
        }
    }

    #[test]
    fn any_change_is_safe(part in 0..6_usize, position in 0..300_usize, value in any::<u8>()) {
        let key = key(Curve::CryptoProA, 3);
        let mut files = sealed(&key, "", true);
        let part = Part::ALL[part];
        let mut content = files.get(part).unwrap().to_vec();
        let position = position % content.len();
        content[position] = value;
        files.insert(part, content);
        if let Ok(opened) = opens(&files, "") {
            prop_assert!(same(&opened, &key));
        }
    }
}
