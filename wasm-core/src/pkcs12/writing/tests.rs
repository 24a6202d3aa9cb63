//! What is sealed can be opened again, in every scheme. The certificates' signatures are made up.

use super::*;
use crate::{
    gost_key::{GostKey, Profile},
    pkcs12::{KeyWithCertificate, LoneKey, NamedCertificate, Scheme, open},
    support::der::{Tag, der, octets, oid, sequence},
};
use gost3410::{Curve, SigningKey};
use proptest::prelude::*;

#[path = "../../../tests/support/seeds.rs"]
mod seeds;

const SCHEMES: [Scheme; 4] = [
    Scheme::Aes256,
    Scheme::Gost28147,
    Scheme::Kuznyechik,
    Scheme::TripleDes,
];

const RUSSIAN: (Profile, &str) = (Profile::Russia2012, "1.2.643.2.2.35.1");
const KAZAKH: (Profile, &str) = (Profile::Kazakhstan2015, "1.2.398.3.10.1.1.2.2.1");

fn key((profile, set): (Profile, &str), number: u8) -> GostKey {
    let set = set.parse().unwrap();
    let curve = Curve::from_oid(&set).unwrap();
    let mut octets = vec![0; curve.size()];
    octets[0] = number;
    GostKey::new(
        profile,
        set,
        SigningKey::from_le_bytes(curve, &octets).unwrap(),
    )
    .unwrap()
}

fn common_name(name: &str) -> Vec<u8> {
    let value = [&[0x0c, u8::try_from(name.len()).unwrap()], name.as_bytes()].concat();
    let attribute = sequence(&[&oid("2.5.4.3"), &value]);
    sequence(&[&der(Tag::Set, &[&attribute])])
}

fn certificate(key: &GostKey, subject: &str, issuer: &str) -> Vec<u8> {
    let algorithm = sequence(&[&oid("1.2.643.7.1.1.3.2")]);
    let time = [&[0x17, 13], &b"260101000000Z"[..]].concat();
    let tbs = sequence(&[
        &der(Tag::Explicit(0), &[&[2, 1, 2]]),
        &[2, 1, 1],
        &algorithm,
        &common_name(issuer),
        &sequence(&[&time, &time]),
        &common_name(subject),
        &key.public_key().unwrap(),
    ]);
    sequence(&[&tbs, &algorithm, &[3, 2, 0, 0]])
}

fn with_certificate(key: &GostKey, name: &str, chain: Vec<NamedCertificate>) -> KeyWithCertificate {
    KeyWithCertificate {
        pkcs8: key.to_pkcs8().unwrap(),
        certificate: certificate(key, name, "CA"),
        chain,
        friendly_name: Some(name.to_owned()),
        attributes: [b"1", b"2"].map(|value| vec![odd_attribute(value)]),
    }
}

/// Two keys under one authority, one of them with two certificates; a key and a certificate alone.
fn everything(name: &str) -> KeyFile {
    let authority = NamedCertificate {
        certificate: certificate(&key(RUSSIAN, 9), "CA", "CA"),
        friendly_name: Some("УЦ".to_owned()),
        attributes: vec![odd_attribute(b"3"), odd_attribute(b"4")],
    };
    let first = with_certificate(&key(RUSSIAN, 1), name, vec![authority.clone()]);
    let again = with_certificate(&key(RUSSIAN, 1), "Again", vec![authority.clone()]);
    let second = with_certificate(&key(KAZAKH, 2), "Second", vec![authority]);
    KeyFile {
        keys: vec![first, again, second],
        lone_keys: vec![LoneKey {
            pkcs8: key(KAZAKH, 3).to_pkcs8().unwrap(),
            friendly_name: None,
            attributes: vec![odd_attribute(b"5")],
        }],
        lone_certificates: vec![NamedCertificate {
            certificate: certificate(&key(RUSSIAN, 4), "Nobody", "Nobody"),
            friendly_name: Some("Nobody".to_owned()),
            attributes: Vec::new(),
        }],
        others: vec![
            OtherPart::bag(octets_of_a_bag()),
            OtherPart::secret(Zeroizing::new(sequence(&[b"\x05\0"])), None),
        ],
        unread: 0,
    }
}

/// An attribute of a type that is longer than the library holds: one of X.667.
fn odd_attribute(value: &[u8]) -> Vec<u8> {
    let kind = [&[6, 21, 0x69][..], &[0xff; 19], &[0x7f]].concat();
    let value = der(Tag::Set, &[&octets(value)]);
    sequence(&[&kind, &value])
}

/// A revocation list.
fn octets_of_a_bag() -> Zeroizing<Vec<u8>> {
    let value = der(Tag::Explicit(0), &[&sequence(&[])]);
    let bag = sequence(&[&oid("1.2.840.113549.1.12.10.1.4"), &value]);
    Zeroizing::new(bag)
}

/// What a file holds, comparable.
fn shown(file: &KeyFile) -> impl PartialEq + std::fmt::Debug + use<> {
    let keys = file.keys.iter().map(|key| {
        let KeyWithCertificate {
            pkcs8,
            certificate,
            chain,
            friendly_name,
            attributes,
        } = key.clone();
        (
            pkcs8.to_vec(),
            certificate,
            chain,
            (friendly_name, attributes),
        )
    });
    let lone_keys = file.lone_keys.iter();
    let lone_keys = lone_keys.map(|key| {
        (
            key.pkcs8.to_vec(),
            key.friendly_name.clone(),
            key.attributes.clone(),
        )
    });
    (
        keys.collect::<Vec<_>>(),
        lone_keys.collect::<Vec<_>>(),
        file.lone_certificates.clone(),
        file.others.clone(),
    )
}

fn sealed(file: &KeyFile, scheme: Scheme, password: &str, rounds: u32) -> Vec<u8> {
    let protection = Protection {
        rounds,
        ..*scheme.protection()
    };
    let password = Secret::new(password.to_owned());
    seal(file, &protection, &password, &[7; 32]).unwrap()
}

fn opened(file: &[u8], password: &str) -> Result<KeyFile, Pkcs12Error> {
    open(file, &Secret::new(password.to_owned()))
}

#[test]
fn the_scheme_is_that_of_the_first_key() {
    let mut file = everything("");
    assert_eq!(Scheme::of(&file), Scheme::Kuznyechik);
    file.keys.clear();
    assert_eq!(Scheme::of(&file), Scheme::TripleDes);
    assert_eq!(Scheme::of(&KeyFile::default()), Scheme::Aes256);
}

#[test]
fn nothing_is_a_file_too() {
    for scheme in SCHEMES {
        let file = sealed(&KeyFile::default(), scheme, "", 1);
        assert_eq!(
            shown(&opened(&file, "").unwrap()),
            shown(&KeyFile::default())
        );
    }
}

#[test]
fn no_salt_is_used_twice() {
    let mut salts = Salts::new(&[1; 32]);
    let all: std::collections::BTreeSet<[u8; 8]> = (0..100).map(|_| salts.next()).collect();
    assert_eq!(all.len(), 100);
    assert_ne!(
        Salts::new(&[2; 32]).next::<8>(),
        Salts::new(&[1; 32]).next()
    );
}

#[test]
fn too_much_is_refused() {
    let file = KeyFile {
        lone_certificates: vec![NamedCertificate {
            certificate: vec![0; MAX_KEY_FILE],
            friendly_name: None,
            attributes: vec![odd_attribute(b"5")],
        }],
        ..KeyFile::default()
    };
    let password = Secret::new(String::new());
    let protection = Scheme::TripleDes.protection();
    assert_eq!(seal(&file, protection, &password, &[0; 32]), Err(SIZE));
}

#[test]
fn the_seeds_of_the_fuzzer_are_current() {
    let mut file = everything("Name");
    file.keys.truncate(1);
    file.lone_keys.clear();
    file.lone_certificates.clear();
    for scheme in SCHEMES {
        let bytes = sealed(&file, scheme, seeds::PASSWORD, 1);
        let name = format!("{scheme:?}.p12");
        let hint = "once more with TAMGA_MAKE_SEEDS=1";
        assert!(seeds::is_current("pkcs12", &name, &bytes), "{name}: {hint}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn what_is_sealed_can_be_opened(password in ".{0,12}", name in ".{0,20}", rounds in 1..50u32) {
        // A terminator at the end of a name is Windows' own, and is not part of it.
        let name = name.trim_end_matches('\0');
        let file = everything(name);
        for scheme in SCHEMES {
            let bytes = sealed(&file, scheme, &password, rounds);
            prop_assert_eq!(&bytes, &sealed(&file, scheme, &password, rounds));
            let back = opened(&bytes, &password).unwrap();
            prop_assert_eq!(shown(&back), shown(&file), "{:?}", scheme);
            let wrong = opened(&bytes, &format!("{password}x")).err();
            prop_assert_eq!(wrong, Some(Pkcs12Error::PasswordWrong));
        }
    }

    #[test]
    fn one_flipped_bit_is_noticed(place in any::<prop::sample::Index>(), bit in 0..8u8) {
        let file = everything("Name");
        for scheme in SCHEMES {
            let mut bytes = sealed(&file, scheme, "password", 2);
            let place = place.index(bytes.len());
            bytes[place] ^= 1 << bit;
            if let Ok(back) = opened(&bytes, "password") {
                prop_assert_eq!(shown(&back), shown(&file));
            }
        }
    }
}
