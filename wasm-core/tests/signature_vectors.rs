//! Wycheproof's signatures, read in place, through `verify_signature`.

#![expect(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test may stop where it stands"
)]

use crate::support::conformance::{Score, directory, read_json};
use base16ct::mixed;
use serde_json::Value;
use tamga_core::{
    algorithm::{DigestAlgorithm, SignatureAlgorithm},
    certificate::PublicKey,
};

const FILES: [&str; 8] = [
    "ecdsa_secp256k1_sha256_test",
    "ecdsa_secp256r1_sha256_test",
    "ecdsa_secp384r1_sha384_test",
    "ecdsa_secp521r1_sha512_test",
    "rsa_pss_2048_sha256_mgf1_32_test",
    "rsa_pss_misc_test",
    "rsa_signature_2048_sha256_test",
    "rsa_signature_3072_sha256_test",
];

#[test]
fn wycheproof() {
    let Some(folder) = directory("conformance/wycheproof") else {
        return;
    };
    for name in FILES {
        let mut score = Score::new(name, &[]);
        let file = read_json(&folder.join(format!("{name}.json")));
        for group in file["testGroups"].as_array().unwrap() {
            for test in group["tests"].as_array().unwrap() {
                let valid = verifies(group, test);
                // "Acceptable" is a DigestInfo without NULL, which RFC 8017 §8.2.2 leaves to the verifier.
                let expected = test["result"] == "valid";
                score.note(
                    &test["tcId"].to_string(),
                    valid == expected,
                    &test.to_string(),
                );
            }
        }
        score.finish();
    }
}

fn verifies(group: &Value, test: &Value) -> bool {
    let digest: DigestAlgorithm = serde_json::from_value(group["sha"].clone()).unwrap();
    let algorithm = match (group["type"].as_str(), group["sLen"].as_u64()) {
        (Some("EcdsaVerify"), _) => SignatureAlgorithm::Ecdsa(digest),
        (Some("RsassaPkcs1Verify"), _) => SignatureAlgorithm::RsaPkcs1(digest),
        (Some("RsassaPssVerify"), Some(salt)) => SignatureAlgorithm::RsaPssWith {
            digest,
            mask: serde_json::from_value(group["mgfSha"].clone()).unwrap(),
            salt: u16::try_from(salt).unwrap(),
        },
        other => panic!("{other:?}"),
    };
    let [key, message, signature] = [&group["publicKeyDer"], &test["msg"], &test["sig"]]
        .map(|hex| mixed::decode_vec(hex.as_str().unwrap()).unwrap());
    let key = PublicKey::parse(&key);
    let key = key.as_ref().and_then(|key| key.verifying_key().ok());
    key.is_some_and(|key| {
        key.verify(algorithm, &digest.digest(&message), &signature)
            .is_ok()
    })
}
