//! Key bags as CryptoPro CSP encrypts them: written here by hand, since nobody publishes one.

#![expect(clippy::unwrap_used, reason = "a test may stop where it stands")]

use crate::support::{
    der::{Tag, der, octets, oid, sequence},
    pfx::{bag, pfx, plain},
    seeds,
};
use gost3410::{
    Curve, Gost94CryptoPro, SigningKey,
    gost28147::{CRYPTO_PRO_A, Gost28147},
    kdf::kdf_256,
};
use hmac::digest::Digest;
use tamga_core::{
    gost_key::{GostKey, Profile},
    pkcs12::{KeyFile, Pkcs12Error, open},
    secret::Secret,
};

const PASSWORD: &str = "Пароль 1";
const SALT: &[u8; 16] = b"salt of a person";
const UKM: &[u8; 8] = b"material";
const ROUNDS: u16 = 2000;

/// What may be wrong with a bag whose password is right.
#[derive(Clone, Copy, PartialEq)]
enum Fault {
    None,
    ContentMac,
    KeyMac,
    Magic,
    Generation,
}

#[test]
fn a_key_is_like_any_other() {
    for (agreement, set) in [
        ("1.2.643.7.1.1.6.1", "1.2.643.2.2.36.0"),
        ("1.2.643.7.1.1.6.2", "1.2.643.7.1.2.1.2.1"),
        ("1.2.643.7.1.1.1.2", "1.2.643.7.1.2.1.2.2"),
    ] {
        let number = number(set);
        let file = opened(&file(agreement, set, Fault::None), PASSWORD).unwrap();
        let key = GostKey::from_pkcs8(&file.lone_keys[0].pkcs8).unwrap();
        let curve = Curve::from_oid(&set.parse().unwrap()).unwrap();
        let wanted = SigningKey::from_le_bytes(curve, &number).unwrap();
        let wanted = GostKey::new(Profile::Russia2012, set.parse().unwrap(), wanted).unwrap();
        assert_eq!(key.to_pkcs8(), wanted.to_pkcs8());
    }
}

#[test]
fn a_wrong_password_is_told_from_damage() {
    let of = |fault, password| {
        let file = file("1.2.643.7.1.1.6.1", "1.2.643.2.2.36.0", fault);
        opened(&file, password).err()
    };
    assert_eq!(of(Fault::None, "wrong"), Some(Pkcs12Error::PasswordWrong));
    assert_eq!(of(Fault::None, ""), Some(Pkcs12Error::PasswordWrong));
    for fault in [Fault::ContentMac, Fault::KeyMac] {
        let error = Pkcs12Error::Malformed("CryptoPro key's MAC");
        assert_eq!(of(fault, PASSWORD), Some(error));
    }
    let error = Pkcs12Error::Malformed("CryptoPro key");
    assert_eq!(of(Fault::Magic, PASSWORD), Some(error));
    let oid = "1.2.643.2.2.98".to_owned();
    let error = Pkcs12Error::Unsupported { oid };
    assert_eq!(of(Fault::Generation, PASSWORD), Some(error));
}

#[test]
fn the_seed_of_the_fuzzer_is_current() {
    let file = file_with(
        "1.2.643.7.1.1.6.1",
        "1.2.643.2.2.36.0",
        Fault::None,
        seeds::PASSWORD,
    );
    let current = seeds::is_current("pkcs12", "CryptoPro.p12", &file);
    assert!(current, "once more with TAMGA_MAKE_SEEDS=1");
}

fn opened(file: &[u8], password: &str) -> Result<KeyFile, Pkcs12Error> {
    open(file, &Secret::new(password.to_owned()))
}

fn number(set: &str) -> Vec<u8> {
    let size = Curve::from_oid(&set.parse().unwrap()).unwrap().size();
    (1..).take(size - 1).chain([0]).collect()
}

fn file(algorithm: &str, set: &str, fault: Fault) -> Vec<u8> {
    file_with(algorithm, set, fault, PASSWORD)
}

/// A file with one key and nothing else.
fn file_with(algorithm: &str, set: &str, fault: Fault, password: &str) -> Vec<u8> {
    let key = password_key(password);
    let mut blob = blob(algorithm, set, fault, &key);
    Gost28147::new(&key, &CRYPTO_PRO_A).encrypt_cfb(SALT.first_chunk().unwrap(), &mut blob);
    let rounds = der(Tag::Integer, &[&ROUNDS.to_be_bytes()]);
    let parameters = sequence(&[&octets(SALT), &rounds]);
    let pbe = sequence(&[&oid("1.2.840.113549.1.12.1.80"), &parameters]);
    let shrouded = sequence(&[&pbe, &octets(&blob)]);
    pfx(&[plain(&[bag("1.2.840.113549.1.12.10.1.2", &shrouded, &[])])])
}

fn password_key(password: &str) -> [u8; 32] {
    let password: Vec<u8> = password.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let round = |key: Vec<u8>, round: u16| {
        let hash = Gost94CryptoPro::new_with_prefix(key).chain_update(SALT);
        hash.chain_update(round.to_be_bytes()).finalize().to_vec()
    };
    (1..=ROUNDS).fold(password, round).try_into().unwrap()
}

fn blob(algorithm: &str, set: &str, fault: Fault, key: &[u8; 32]) -> Vec<u8> {
    let cipher = Gost28147::new(&kdf_256(key, &[0x26, 0xbd, 0xb8, 0x78], UKM), &CRYPTO_PRO_A);
    let mut number = number(set);
    let mut mac = cipher.mac(UKM, &number);
    mac[0] ^= u8::from(fault == Fault::KeyMac);
    cipher.encrypt(number.as_chunks_mut().0);
    let named = match fault {
        Fault::Generation => "1.2.643.2.2.98",
        _ => algorithm,
    };
    let parameters = sequence(&[&oid(set), &oid("1.2.643.7.1.1.2.2")]);
    let named = der(Tag::Explicit(0), &[&oid(named), &parameters]);
    let described = der(Tag::Explicit(0), &[&[3, 2, 0, 1], &named]);
    let key = sequence(&[&octets(&number), &octets(&mac)]);
    let content = sequence(&[&octets(UKM), &key, &described]);
    let mut mac = cipher.mac(&[0; 8], &content);
    mac[0] ^= u8::from(fault == Fault::ContentMac);
    let magic = if fault == Fault::Magic {
        b"MAG2"
    } else {
        b"MAG1"
    };
    let header = [
        &[7, 0x20, 0, 0, 0x46, 0xaa, 0, 0],
        &magic[..],
        &[0, 2, 0, 0],
    ]
    .concat();
    let blob = [header, sequence(&[&content, &octets(&mac)])].concat();
    let identifier = sequence(&[&oid(algorithm), &parameters]);
    sequence(&[&[2, 1, 0], &identifier, &octets(&blob)])
}
