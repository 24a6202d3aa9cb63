//! Two keys in a container, and keys on their way between containers and PKCS#12 files.

use super::*;
use crate::{
    gost_key::{GostKey, Profile},
    pkcs12::{KeyFile, LoneKey},
};

fn two(keys: [&SigningKey; 2], exportable: bool) -> Container {
    let [primary, secondary] = keys.map(|key| NewKey {
        key,
        certificate: None,
    });
    let new = NewContainer {
        name: "two",
        primary,
        secondary: Some(secondary),
        exportable,
        expires: Some(EXPIRES),
    };
    Container::parse(new.seal(&secret("qwerty12"), &fresh(7)).unwrap()).unwrap()
}

fn key_file(keys: &[SigningKey]) -> KeyFile {
    let lone = |key: &SigningKey| LoneKey {
        pkcs8: GostKey::russian(key.clone()).unwrap().to_pkcs8().unwrap(),
        friendly_name: None,
        attributes: Vec::new(),
    };
    KeyFile {
        lone_keys: keys.iter().map(lone).collect(),
        ..KeyFile::default()
    }
}

#[test]
fn two_keys_of_any_curves_have_a_slot_each() {
    let first = key(Curve::CryptoProA, 5);
    for curve in Curve::ALL.into_iter().filter(|curve| !curve.is_test()) {
        let second = key(curve, 6);
        let container = two([&first, &second], true);
        let names: Vec<_> = container.slots().iter().map(Slot::name).collect();
        assert_eq!(names, [SlotName::Primary, SlotName::Secondary]);
        assert_eq!(container.expires(), Some(EXPIRES));
        let open = |name| container.open(name, &secret("qwerty12")).unwrap();
        assert!(same(&open(SlotName::Primary), &first));
        assert!(
            same(&open(SlotName::Secondary), &second),
            "{}",
            curve.name()
        );
        for name in names {
            let wrong = container.open(name, &secret("Qwerty12")).err();
            assert_eq!(wrong, Some(ContainerError::PasswordWrong));
        }
    }
}

#[test]
fn what_is_missing_of_one_key_is_no_matter_to_the_other() {
    let keys = [5, 6].map(|octet| key(Curve::CryptoProA, octet));
    let files = two(keys.each_ref(), true).files;
    for (gone, whole, broken) in [
        (Part::Masks, SlotName::Secondary, SlotName::Primary),
        (Part::Primary2, SlotName::Primary, SlotName::Secondary),
    ] {
        let container = Container::parse(without(&files, &[gone])).unwrap();
        assert!(container.open(whole, &secret("qwerty12")).is_ok());
        let missing = container.open(broken, &secret("qwerty12")).err();
        assert_eq!(missing, Some(ContainerError::Missing(gone)));
    }
}

#[test]
fn keys_go_into_a_file_and_come_back() {
    let keys = [key(Curve::CryptoProA, 5), key(Curve::Tc26_512A, 6)];
    let container = two(keys.each_ref(), true);
    let file = container.to_key_file(&secret("qwerty12")).unwrap();
    assert_eq!(file.lone_keys.len(), 2);
    assert_eq!(file.lone_keys[0].friendly_name.as_deref(), Some("two"));
    let files = of_key_file(&file, "again", &secret(""), &fresh(9)).unwrap();
    let again = Container::parse(files).unwrap();
    assert_eq!(again.name().as_deref(), Some("again"));
    for (slot, key) in again.slots().iter().zip(&keys) {
        assert!(slot.exportable());
        assert!(same(&again.open(slot.name(), &secret("")).unwrap(), key));
    }
    let wrong = container.to_key_file(&secret("wrong")).err();
    assert_eq!(wrong, Some(ContainerError::PasswordWrong));
    let bound = two(keys.each_ref(), false).to_key_file(&secret("qwerty12"));
    assert_eq!(bound.err(), Some(ContainerError::NotExportable));
}

#[test]
fn a_container_takes_two_russian_keys_at_most() {
    let refused = |file: &KeyFile| of_key_file(file, "x", &secret(""), &fresh(1)).err();
    let keys = [5, 6, 7].map(|octet| key(Curve::CryptoProA, octet));
    assert_eq!(refused(&key_file(&keys[..2])), None);
    assert_eq!(refused(&key_file(&keys)), Some(ContainerError::Unfit));
    assert_eq!(refused(&key_file(&[])), Some(ContainerError::KeyMissing));
    let mut other = key_file(&keys[..1]);
    let kazakh = GostKey::new(
        Profile::Kazakhstan2015,
        "1.2.398.3.10.1.1.2.2.1".parse().unwrap(),
        key(Curve::Tc26_512A, 5),
    );
    other.lone_keys[0].pkcs8 = kazakh.unwrap().to_pkcs8().unwrap();
    assert_eq!(refused(&other), Some(ContainerError::Unfit));
    other.lone_keys[0].pkcs8 = b"no key".to_vec().into();
    assert_eq!(refused(&other), Some(ContainerError::Unfit));
}
