//! What stands in a header, and headers as other programs write them.

use super::{
    certificate::{KEY_UNTIL, certificate},
    *,
};
use crate::{
    cryptopro::{
        element::{context, element, elements, number, sequence},
        key_kind::KeyKind,
        storage_key::mac,
    },
    pkcs12::KeyFile,
};
use der::{Encode as _, asn1::AnyRef};

/// The elements of a header, DER.
fn header_parts(files: &Files) -> Vec<Vec<u8>> {
    let file = files.elements(Part::Header).unwrap();
    let parts = elements(file[0].value()).unwrap();
    parts.iter().map(|part| part.to_der().unwrap()).collect()
}

/// The same container with these elements in its header.
fn with_parts(files: &Files, parts: &[Vec<u8>]) -> Files {
    let content = sequence(parts).unwrap();
    let tag = element(Tag::OctetString, &mac(&[0; 32], &content)).unwrap();
    let mut files = files.clone();
    files.insert(Part::Header, sequence(&[content, tag]).unwrap());
    files
}

fn certified(key: &SigningKey) -> Files {
    let new = NewContainer {
        name: "x",
        primary: NewKey {
            key,
            certificate: Some(&certificate(key)),
        },
        secondary: None,
        exportable: true,
        expires: None,
    };
    new.seal(&secret(""), &fresh(7)).unwrap()
}

#[test]
fn the_mac_of_the_password_stands_behind_the_parameters_of_the_first_key() {
    for password in ["", "qwerty12"] {
        let parts = header_parts(&sealed(&key(Curve::CryptoProA, 3), password, true));
        let parts = parts.iter().map(|part| AnyRef::from_der(part).unwrap());
        let parts: Vec<AnyRef<'_>> = parts.collect();
        let parameters = parts.iter().position(|part| part.tag() == Tag::Sequence);
        let places = (0..parts.len()).filter(|place| number(&parts[*place]) == Some(2));
        let places: Vec<usize> = places.collect();
        assert_eq!(places, [parameters.unwrap() + 1]);
        // Without a password it is zero.
        assert_eq!(parts[places[0]].value() == [0; 4], password.is_empty());
    }
}

#[test]
fn a_copy_has_its_name_in_the_header_too() {
    let files = sealed(&key(Curve::CryptoProA, 3), "", true);
    let name = |name: &str| element(Tag::Ia5String, name.as_bytes()).unwrap();
    let mut parts = header_parts(&files);
    parts.insert(1, name("old"));
    // The container's directory.
    parts.push(name("folder"));
    let container = Container::parse(with_parts(&files, &parts)).unwrap();
    let copy = container.copy("new").unwrap();
    parts[1] = name("new");
    assert_eq!(header_parts(&copy), parts);
    let nameless = Container::parse(without(&copy, &[Part::Name])).unwrap();
    assert_eq!(nameless.name().as_deref(), Some("new"));
}

#[test]
fn a_container_without_a_reserve_is_given_none() {
    let key = key(Curve::CryptoProA, 3);
    let files = sealed(&key, "", true);
    let mut parts = header_parts(&files);
    let mut attributes = parts.iter_mut().filter(|part| part[0] == 3);
    *attributes.next().unwrap() = element(Tag::BitString, &[6, 0]).unwrap();
    let files = without(&with_parts(&files, &parts), &[Part::Masks2, Part::Primary2]);
    let container = Container::parse(files.clone()).unwrap();
    assert_eq!(container.files(), &files);
    let changed = container.with_password(&secret(""), &secret("qwerty12"), &fresh(5));
    let changed = changed.unwrap();
    assert!(same(&opens(&changed, "qwerty12").unwrap(), &key));
    assert_eq!(changed.get(Part::Masks2), None);
}

#[test]
fn curves_of_the_standards_examples_are_not_signed_with() {
    let files = sealed(&key(Curve::CryptoProA, 3), "", true);
    for curve in Curve::ALL {
        let parameters = KeyKind::content(SlotName::Primary, curve, true).unwrap();
        let mut parts = header_parts(&files);
        let mut sequences = parts.iter_mut().filter(|part| part[0] == 0x30);
        *sequences.next().unwrap() = element(Tag::Sequence, &parameters).unwrap();
        let container = Container::parse(with_parts(&files, &parts)).unwrap();
        let problem = container.slots()[0].problem();
        let refused = matches!(problem, Some(ContainerError::Unsupported { .. }));
        assert_eq!(refused, curve.is_test(), "{}: {problem:?}", curve.name());
    }
}

#[test]
fn of_two_ciphertexts_the_one_for_this_computer_counts() {
    let key = key(Curve::CryptoProA, 3);
    let mut files = without(&sealed(&key, "", true), &[Part::Masks2]);
    let own = files.elements(Part::Primary).unwrap()[0].value().to_vec();
    let of_token = element(Tag::OctetString, &[7; 32]).unwrap();
    let own = element(context(0, false), &own).unwrap();
    let both = sequence(&[of_token, own]).unwrap();
    files.insert(Part::Primary, both);
    assert!(same(&opens(&files, "").unwrap(), &key));
}

#[test]
fn the_certificate_of_another_key_is_seen_without_a_password() {
    let check = |files: &Files| Container::parse(files.clone()).unwrap().slots()[0].check();
    let own = key(Curve::CryptoProA, 3);
    assert_eq!(check(&sealed(&own, "", true)), Ok(()));
    let files = certified(&own);
    assert_eq!(check(&files), Ok(()));
    let other = certificate(&key(Curve::CryptoProA, 5));
    let mut parts = header_parts(&files);
    let is_certificate = |part: &&mut Vec<u8>| number(&AnyRef::from_der(part).unwrap()) == Some(5);
    *parts.iter_mut().find(is_certificate).unwrap() = element(context(5, false), &other).unwrap();
    let foreign = with_parts(&files, &parts);
    assert_eq!(check(&foreign), Err(ContainerError::Mismatch));
    // Damage is said before that.
    let damaged = without(&foreign, &[Part::Masks, Part::Masks2]);
    assert_eq!(check(&damaged), Err(ContainerError::Missing(Part::Masks)));
}

#[test]
fn a_container_of_a_key_file_has_the_term_of_its_key() {
    let key = key(Curve::CryptoProA, 3);
    let container = Container::parse(certified(&key)).unwrap();
    assert_eq!(container.expires(), None);
    let file = container.to_key_file(&secret("")).unwrap();
    let KeyFile {
        keys, lone_keys, ..
    } = &file;
    let certificates: Vec<_> = keys.iter().map(|key| &key.certificate).collect();
    assert_eq!(certificates, [&certificate(&key)]);
    assert!(lone_keys.is_empty());
    let files = of_key_file(&file, "again", &secret(""), &fresh(9)).unwrap();
    let again = Container::parse(files).unwrap();
    assert_eq!(again.slots().len(), 1);
    assert_eq!(again.expires(), Some(KEY_UNTIL));
}
