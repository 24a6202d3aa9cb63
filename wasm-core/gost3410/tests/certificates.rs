//! Certificates of four countries' software: whatever has its issuer among them must verify.

#![allow(
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a test may stop where it stands"
)]

use super::conformance::{Score, der, directory, files};
use const_oid::ObjectIdentifier;
use digest::Digest;
use gost94::{Gost94CryptoPro, Gost94Test};
use gost3410::streebog::{Streebog256, Streebog512};
use gost3410::{Curve, Encoding, Signature, VerifyingKey};
use signature::hazmat::PrehashVerifier;
use std::{collections::HashMap, path::Path};
use x509_parser::prelude::{FromDer, X509Certificate};

type Hash = fn(&[u8]) -> Vec<u8>;

/// Signature algorithms: with which hash, and in which order of bytes.
const ALGORITHMS: [(&str, Hash, Encoding); 6] = [
    ("1.2.643.2.2.3", hash::<Gost94CryptoPro>, Encoding::Russian),
    ("1.2.643.7.1.1.3.2", hash::<Streebog256>, Encoding::Russian),
    ("1.2.643.7.1.1.3.3", hash::<Streebog512>, Encoding::Russian),
    ("1.2.398.3.10.1.1.1.2", hash::<Gost94Test>, Encoding::Kazakh),
    (
        "1.2.398.3.10.1.1.2.3.1",
        hash::<Streebog256>,
        Encoding::Kazakh,
    ),
    (
        "1.2.398.3.10.1.1.2.3.2",
        hash::<Streebog512>,
        Encoding::Kazakh,
    ),
];

#[test]
fn certificates_verify_under_their_issuers_keys() {
    let Some(root) = directory("gost") else {
        return;
    };
    let ders: Vec<(String, Vec<u8>)> = files(&root)
        .iter()
        .filter_map(|path| {
            let name = path.strip_prefix(&root).unwrap().to_str()?.to_owned();
            Some((name, certificate_bytes(path)?))
        })
        .collect();
    let certificates: Vec<_> = ders
        .iter()
        .filter_map(|(name, der)| Some((name, X509Certificate::from_der(der).ok()?.1)))
        .collect();
    let mut issuers: HashMap<&[u8], Vec<VerifyingKey>> = HashMap::new();
    for (_, certificate) in &certificates {
        if let Some(key) = public_key(certificate) {
            issuers
                .entry(certificate.subject().as_raw())
                .or_default()
                .push(key);
        }
    }
    let mut score = Score::new("GOST certificates", &[]);
    for (name, certificate) in &certificates {
        let algorithm = certificate.signature_algorithm.algorithm.to_id_string();
        let row = ALGORITHMS.iter().find(|(oid, ..)| *oid == algorithm);
        let keys = issuers.get(certificate.issuer().as_raw());
        let (Some((_, hash, encoding)), Some(keys)) = (row, keys) else {
            continue;
        };
        let digest = hash(certificate.tbs_certificate.as_ref());
        let verifies = |digest: &[u8], bytes: &[u8]| {
            keys.iter().any(|key| {
                Signature::from_bytes(key.curve(), *encoding, bytes)
                    .is_ok_and(|signature| key.verify_prehash(digest, &signature).is_ok())
            })
        };
        let signature = &certificate.signature_value.data;
        score.note(name, verifies(&digest, signature), "does not verify");
        let reversed: Vec<u8> = digest.iter().rev().copied().collect();
        score.note(
            name,
            !verifies(&reversed, signature),
            "verifies with the digest reversed",
        );
        let (first, second) = signature.split_at(signature.len() / 2);
        let swapped = [second, first].concat();
        score.note(
            name,
            !verifies(&digest, &swapped),
            "verifies with the halves swapped",
        );
    }
    score.finish();
}

fn certificate_bytes(path: &Path) -> Option<Vec<u8>> {
    let extension = path.extension()?.to_str()?;
    if !["pem", "cer", "crt", "der"].contains(&extension) {
        return None;
    }
    der(path, "CERTIFICATE-----")
}

fn public_key(certificate: &X509Certificate<'_>) -> Option<VerifyingKey> {
    let info = certificate.public_key();
    let parameters = info.algorithm.parameters.as_ref()?.as_sequence().ok()?;
    let oid = x509_parser::der_parser::parse_der(&parameters.content)
        .ok()?
        .1;
    let oid = ObjectIdentifier::new(&oid.as_oid().ok()?.to_id_string()).ok()?;
    let curve = Curve::from_oid(&oid)?;
    let octets = &info.subject_public_key.data;
    VerifyingKey::from_bytes(curve, &octets[octets.len() - 2 * curve.size()..]).ok()
}

fn hash<D: Digest>(message: &[u8]) -> Vec<u8> {
    D::digest(message).to_vec()
}
