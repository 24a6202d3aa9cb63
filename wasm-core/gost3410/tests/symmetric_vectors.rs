//! Hashes, ciphers and key derivations against public corpora.

#![allow(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a corpus that is not as expected fails the test"
)]

use super::conformance::{Score, directory, read_json};
use digest::{Digest, KeyInit, Mac, const_oid::ObjectIdentifier};
use gost3410::{
    Gost94CryptoPro,
    gost28147::{Gost28147, PARAM_Z, SBox},
    kdf::{kdf_256, kdf_tree},
    streebog::{Streebog256, Streebog512},
};
use hmac::Hmac;
use serde_json::Value;
use std::{fs, path::Path};

fn octets(hex: &str) -> Vec<u8> {
    base16ct::mixed::decode_vec(hex).unwrap()
}

fn field(case: &Value, name: &str) -> Vec<u8> {
    octets(case[name].as_str().unwrap())
}

fn key(case: &Value, name: &str) -> [u8; 32] {
    field(case, name).try_into().unwrap()
}

fn hmac<M: KeyInit + Mac>(key: &[u8], data: &[u8]) -> Vec<u8> {
    let mac = <M as KeyInit>::new_from_slice(key).unwrap();
    mac.chain_update(data).finalize().into_bytes().to_vec()
}

fn pbkdf2(password: &str, salt: &str, rounds: u32, length: usize) -> Vec<u8> {
    let mut key = vec![0; length];
    let (password, salt) = (password.as_bytes(), salt.as_bytes());
    pbkdf2::pbkdf2_hmac::<Streebog512>(password, salt, rounds, &mut key);
    key
}

/// What the corpus gives for a case, and what we find.
type Found = Vec<(String, Vec<u8>, Vec<u8>)>;

type Hash = fn(&[u8]) -> Vec<u8>;

fn hashes(corpus: &Value) -> Found {
    let checks: [(_, _, Hash); 3] = [
        ("streebog", "streebog256", digest::<Streebog256>),
        ("streebog", "streebog512", digest::<Streebog512>),
        ("gost3411_94_cryptopro", "digest", digest::<Gost94CryptoPro>),
    ];
    let mut found = Vec::new();
    for (list, name, hash) in checks {
        for (index, case) in corpus[list].as_array().unwrap().iter().enumerate() {
            let digest = hash(&field(case, "msg_hex"));
            found.push((format!("{list} {index} {name}"), field(case, name), digest));
        }
    }
    found
}

fn digest<D: Digest>(message: &[u8]) -> Vec<u8> {
    D::digest(message).to_vec()
}

fn derivations(corpus: &Value) -> Found {
    let mut found = Vec::new();
    let case = &corpus["hmac_streebog (R 50.1.113 / RFC 7836)"];
    let (secret, data) = (field(case, "key"), field(case, "data"));
    let mac = hmac::<Hmac<Streebog256>>(&secret, &data);
    found.push(("hmac256".to_owned(), field(case, "hmac256"), mac));
    let mac = hmac::<Hmac<Streebog512>>(&secret, &data);
    found.push(("hmac512".to_owned(), field(case, "hmac512"), mac));

    let case = &corpus["kdf_gostr3411_2012_256"];
    let derived = kdf_256(
        &key(case, "key"),
        &field(case, "label"),
        &field(case, "seed"),
    );
    found.push(("kdf".to_owned(), field(case, "out"), derived.to_vec()));
    let case = &corpus["kdf_tree_gostr3411_2012_256 (R=1, L=512)"];
    let derived = kdf_tree::<2>(
        &key(case, "key"),
        &field(case, "label"),
        &field(case, "seed"),
    );
    let derived = derived.as_flattened().to_vec();
    found.push(("kdf tree".to_owned(), field(case, "out"), derived));

    let cases = &corpus["pbkdf2_hmac_streebog512 (R 50.1.111 = RFC 9337)"];
    for (index, case) in cases.as_array().unwrap().iter().enumerate() {
        let expected = field(case, "DK");
        let [password, salt] = ["P", "S"].map(|name| case[name].as_str().unwrap());
        let rounds = u32::try_from(case["c"].as_u64().unwrap()).unwrap();
        let derived = pbkdf2(password, salt, rounds, expected.len());
        found.push((format!("pbkdf2 {index}"), expected, derived));
    }

    let case = &corpus["cryptopro_pfx_pbe (OID …12.1.80)"];
    let password = case["password_utf16le"].as_str().unwrap();
    let password: Vec<u8> = password.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let salt = field(case, "salt");
    let mut derived = password;
    for round in 1..=u16::try_from(case["iterations"].as_u64().unwrap()).unwrap() {
        let hash = Gost94CryptoPro::new()
            .chain_update(derived)
            .chain_update(&salt);
        derived = hash.chain_update(round.to_be_bytes()).finalize().to_vec();
    }
    found.push(("cryptopro pfx".to_owned(), field(case, "key"), derived));
    found
}

const DIVERGENCES: &[(&str, &str)] = &[(
    "gost3411_94_cryptopro 0 digest",
    "no message at all: the corpus asked gost-engine, which is alone with its answer",
)];

#[test]
fn known_answers() {
    let Some(folder) = directory("gost/hash") else {
        return;
    };
    let corpus = read_json(&folder.join("kat.json"));
    let mut score = Score::new("gost/hash", DIVERGENCES);
    for (case, expected, found) in [hashes(&corpus), derivations(&corpus)].concat() {
        score.note(&case, found == expected, &format!("{found:02x?}"));
    }
    score.finish();
}

/// The S-boxes of GOST R 34.11-94, which Botan's vectors are made with: RFC 4357 section 11.2,
/// id-GostR3411-94-TestParamSet.
static HASH_TEST: SBox = SBox::new(
    ObjectIdentifier::new_unwrap("1.2.643.2.2.30.0"),
    [
        [4, 10, 9, 2, 13, 8, 0, 14, 6, 11, 1, 12, 7, 15, 5, 3],
        [14, 11, 4, 12, 6, 13, 15, 10, 2, 3, 8, 1, 0, 7, 5, 9],
        [5, 8, 1, 13, 10, 3, 4, 2, 14, 15, 12, 7, 6, 0, 9, 11],
        [7, 13, 10, 1, 0, 8, 9, 15, 14, 4, 6, 12, 11, 2, 5, 3],
        [6, 12, 7, 1, 5, 15, 13, 8, 4, 10, 9, 14, 0, 3, 11, 2],
        [4, 11, 10, 0, 7, 2, 1, 13, 3, 6, 8, 5, 9, 12, 15, 14],
        [13, 11, 4, 1, 3, 15, 5, 9, 0, 10, 14, 7, 6, 8, 2, 12],
        [1, 15, 13, 0, 5, 7, 10, 4, 9, 2, 3, 14, 6, 11, 8, 12],
    ],
);

/// The same, id-GostR3411-94-CryptoProParamSet.
static HASH_CRYPTO_PRO: SBox = SBox::new(
    ObjectIdentifier::new_unwrap("1.2.643.2.2.30.1"),
    [
        [10, 4, 5, 6, 8, 1, 3, 7, 13, 12, 14, 0, 9, 2, 11, 15],
        [5, 15, 4, 0, 2, 13, 11, 9, 1, 7, 6, 3, 12, 14, 10, 8],
        [7, 15, 12, 14, 9, 4, 1, 0, 3, 11, 5, 2, 6, 10, 8, 13],
        [4, 10, 7, 12, 0, 15, 2, 8, 14, 1, 6, 5, 13, 11, 9, 3],
        [7, 6, 4, 11, 9, 12, 2, 10, 1, 8, 0, 14, 15, 13, 3, 5],
        [7, 6, 2, 4, 13, 9, 15, 0, 10, 1, 5, 11, 8, 14, 12, 3],
        [13, 14, 4, 1, 7, 0, 5, 10, 3, 12, 8, 15, 6, 2, 9, 11],
        [1, 3, 10, 9, 5, 11, 4, 15, 8, 6, 7, 14, 13, 0, 2, 12],
    ],
);

/// A file of Botan's: sections, and in them cases, which end with `Out`.
fn botan(path: &Path) -> Vec<(String, Vec<Vec<u8>>)> {
    let text = fs::read_to_string(path).unwrap();
    let (mut section, mut fields, mut cases) = (String::new(), Vec::new(), Vec::new());
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        if let Some((name, value)) = line.split_once('=') {
            fields.push(octets(value.trim()));
            if name.trim() == "Out" {
                cases.push((section.clone(), std::mem::take(&mut fields)));
            }
        } else if line.starts_with('[') {
            section = line.trim_matches(['[', ']']).to_owned();
        }
    }
    cases
}

#[test]
fn botans_vectors() {
    let Some(folder) = directory("gost/botan") else {
        return;
    };
    let mut score = Score::new("gost/botan", &[]);
    for (index, (hash, fields)) in botan(&folder.join("streebog.vec")).into_iter().enumerate() {
        let [message, expected] = fields.try_into().unwrap();
        let found = match hash.as_str() {
            "Streebog-256" => digest::<Streebog256>(&message),
            _ => digest::<Streebog512>(&message),
        };
        score.note(
            &format!("{hash} {index}"),
            found == expected,
            &format!("{found:02x?}"),
        );
    }
    for (index, (cipher, fields)) in botan(&folder.join("gost_28147.vec"))
        .into_iter()
        .enumerate()
    {
        let sbox: &'static SBox = match cipher.as_str() {
            "GOST-28147-89(R3411_94_TestParam)" => &HASH_TEST,
            "GOST-28147-89(R3411_CryptoPro)" => &HASH_CRYPTO_PRO,
            _ => panic!("{cipher}"),
        };
        let [key, plain, encrypted] = fields.try_into().unwrap();
        let cipher_under_key = Gost28147::new(&key.try_into().unwrap(), sbox);
        let mut blocks = plain.as_chunks().0.to_vec();
        cipher_under_key.encrypt(&mut blocks);
        let found = blocks.as_flattened();
        score.note(
            &format!("{cipher} {index}"),
            found == encrypted,
            &format!("{found:02x?}"),
        );
    }
    score.finish();
}

/// The contents of the DER value at the beginning of `der`, and what comes after it.
fn value(der: &[u8]) -> (&[u8], &[u8]) {
    let (start, length) = match der[1] {
        0x82 => (4, usize::from(u16::from_be_bytes([der[2], der[3]]))),
        0x81 => (3, usize::from(der[2])),
        length => (2, usize::from(length)),
    };
    der[start..].split_at(length)
}

/// A container that CryptoPro made: its header is longer than 1024 octets, so that it shows whether
/// the key of a MAC changes. It does not.
#[test]
fn a_container_of_cryptopro() {
    let Some(folder) = directory("gost/cryptopro/container-256-nopass") else {
        return;
    };
    let expected = read_json(&folder.join("expected.json"));
    let mut score = Score::new("gost/cryptopro, container", &[]);

    let primary = fs::read(folder.join("primary.key")).unwrap();
    let mut blocks = value(value(&primary).0).0.as_chunks().0.to_vec();
    Gost28147::new(&key(&expected, "storage_key"), &PARAM_Z).decrypt(&mut blocks);
    let as_expected = blocks.as_flattened() == field(&expected, "primary_decrypted");
    score.note("primary.key", as_expected, &format!("{blocks:02x?}"));

    let header = fs::read(folder.join("header.key")).unwrap();
    let contents = value(&header).0;
    let (_, mac) = value(contents);
    let content = &contents[..contents.len() - mac.len()];
    assert!(content.len() > 1024);
    let found = Gost28147::new(&[0; 32], &PARAM_Z).mac(&[0; 8], content);
    score.note(
        "header.key",
        found == value(mac).0,
        &format!("{found:02x?}"),
    );

    let masks = fs::read(folder.join("masks.key")).unwrap();
    let (mask, rest) = value(value(&masks).0);
    let (salt, mac) = value(rest);
    let found = Gost28147::new(mask.try_into().unwrap(), &PARAM_Z).mac(&[0; 8], salt);
    score.note("masks.key", found == value(mac).0, &format!("{found:02x?}"));
    score.finish();
}
