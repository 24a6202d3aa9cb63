//! Keys and signatures of the standards and of other libraries.

#![allow(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test may stop where it stands"
)]

use super::conformance::{Score, directory, read_json};
use const_oid::ObjectIdentifier;
use gost3410::{Curve, Encoding, Signature, SigningKey, VerifyingKey};
use serde_json::Value;
use signature::{Keypair, hazmat::PrehashVerifier};
use std::{collections::HashMap, fs};

#[test]
fn every_name_of_every_curve() {
    let Some(folder) = directory("gost/curves") else {
        return;
    };
    let mut score = Score::new("curve identifiers", &[]);
    for row in read_json(&folder.join("curves.json")).as_array().unwrap() {
        for text in row["oids"].as_array().unwrap() {
            // "KZ 1.2.398…", "1.2.643… (XchA)"
            let text = text.as_str().unwrap();
            let dotted = text
                .split(' ')
                .find(|word| word.starts_with("1.2."))
                .unwrap();
            let curve = Curve::from_oid(&ObjectIdentifier::new(dotted).unwrap());
            score.note(
                text,
                curve.is_some_and(|curve| curve.name() == row["name"]),
                "another curve",
            );
        }
    }
    score.finish();
    assert_eq!(
        Curve::from_oid(&ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.7")),
        None
    );
}

#[test]
fn the_standards_examples_verify() {
    let Some(folder) = directory("gost/sign") else {
        return;
    };
    let mut score = Score::new("GOST R 34.10-2012 examples", &[]);
    for row in read_json(&folder.join("gost3410-2012.json"))
        .as_array()
        .unwrap()
    {
        let curve = curve_by_name(row["curve"].as_str().unwrap());
        let le = |name: &str| reversed(bytes(&row[name]));
        let key = VerifyingKey::from_bytes(curve, &[le("Qx"), le("Qy")].concat()).unwrap();
        let standard = [bytes(&row["r"]), bytes(&row["s"])].concat();
        let signature = Signature::from_bytes(curve, Encoding::Standard, &standard).unwrap();
        let verified = key.verify_prehash(&le("e"), &signature).is_ok();
        score.note(row["name"].as_str().unwrap(), verified, "does not verify");
    }
    score.finish();
}

#[test]
fn botans_vector_verifies() {
    let Some(folder) = directory("gost/botan") else {
        return;
    };
    let text = fs::read_to_string(folder.join("gost_3410_sign.vec")).unwrap();
    let fields = fields(&text, " = ");
    // The public key of this private key is the standard's own example, as is the signature.
    let signature = decoded(fields["Signature"]);
    let signature = Signature::from_bytes(Curve::Test256, Encoding::Russian, &signature).unwrap();
    let x = hex_literal::hex!("7F2B49E270DB6D90D8595BEC458B50C58585BA1D4E9B788F6689DBD8E56FD80B");
    let y = hex_literal::hex!("26F1B489D6701DD185C8413A977B3CBBAF64D1C593D26627DFFB101A87FF77DA");
    let point = [reversed(x.to_vec()), reversed(y.to_vec())].concat();
    let key = VerifyingKey::from_bytes(Curve::Test256, &point).unwrap();
    key.verify_prehash(&decoded(fields["Msg"]), &signature)
        .unwrap();
}

/// A signature that the Kazakh library itself has made.
#[test]
fn kalkans_signature_verifies() {
    let Some(folder) = directory("gost/kz/kalkan-oracle") else {
        return;
    };
    let text = fs::read_to_string(folder.join("test_gost512.vectors")).unwrap();
    let fields = fields(&text, "=");
    let key = SigningKey::from_be_bytes(Curve::Tc26_512A, &decoded(fields["d"])).unwrap();
    let key = key.verifying_key();
    let point = [
        reversed(decoded(fields["qx"])),
        reversed(decoded(fields["qy"])),
    ]
    .concat();
    assert_eq!(key.to_bytes().as_ref(), point);
    assert!(decoded(fields["spki"]).ends_with(&point));

    let digest = decoded(fields["digest"]);
    let bytes = decoded(fields["sig"]);
    let verifies = |encoding| {
        let signature = Signature::from_bytes(Curve::Tc26_512A, encoding, &bytes);
        signature.is_ok_and(|signature| key.verify_prehash(&digest, &signature).is_ok())
    };
    assert!(verifies(Encoding::Kazakh));
    assert!(!verifies(Encoding::Russian));
    assert!(!verifies(Encoding::Standard));
}

/// The private keys of certificates make the public keys in them.
#[test]
fn private_keys_fit_their_certificates() {
    let Some(folder) = directory("gost/x509-rfc9215") else {
        return;
    };
    let mut score = Score::new("keys of certificates", &[]);
    for (name, row) in read_json(&folder.join("keys.json")).as_object().unwrap() {
        let oid = row["curve"].as_str().unwrap().split(' ').next().unwrap();
        let curve = Curve::from_oid(&ObjectIdentifier::new(oid).unwrap()).unwrap();
        let key = SigningKey::from_be_bytes(curve, &bytes(&row["private_key_be"])).unwrap();
        let pem = fs::read(folder.join(name)).unwrap();
        let certificate = x509_parser::pem::parse_x509_pem(&pem).unwrap().1.contents;
        let public = key.verifying_key().to_bytes();
        let fits = certificate
            .windows(public.as_ref().len())
            .any(|window| window == public.as_ref());
        score.note(name, fits, "another public key");
    }
    score.finish();
}

#[test]
fn the_mask_comes_off_a_cryptopro_key() {
    let Some(folder) = directory("gost/cryptopro/container-256-nopass") else {
        return;
    };
    let expected = read_json(&folder.join("expected.json"));
    // SEQUENCE { OCTET STRING mask, … }
    let mask = &fs::read(folder.join("masks.key")).unwrap()[4..36];
    let masked = bytes(&expected["primary_decrypted"]);
    let key = SigningKey::from_masked_bytes(Curve::CryptoProA, &masked, mask).unwrap();
    assert_eq!(
        reversed(key.to_le_bytes().as_ref().to_vec()),
        bytes(&expected["d_be"])
    );
    let point = ["public_x_le", "public_y_le"]
        .map(|name| bytes(&expected[name]))
        .concat();
    assert_eq!(key.verifying_key().to_bytes().as_ref(), point);
    assert_eq!(key.to_masked_bytes(mask).unwrap().as_ref(), masked);
}

fn curve_by_name(name: &str) -> Curve {
    Curve::ALL
        .into_iter()
        .find(|curve| curve.name() == name)
        .unwrap()
}

fn fields<'a>(text: &'a str, separator: &str) -> HashMap<&'a str, &'a str> {
    text.lines()
        .filter_map(|line| line.split_once(separator))
        .collect()
}

fn bytes(value: &Value) -> Vec<u8> {
    decoded(value.as_str().unwrap())
}

fn decoded(text: &str) -> Vec<u8> {
    base16ct::mixed::decode_vec(text).unwrap()
}

fn reversed(mut bytes: Vec<u8>) -> Vec<u8> {
    bytes.reverse();
    bytes
}
