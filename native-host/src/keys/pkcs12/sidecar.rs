//! What the host says of a key file without its password: a file of JSON beside its copy.

use crate::keys::software::FileKey;
use base64::prelude::{BASE64_STANDARD, Engine as _};
use serde::{Deserialize, Serialize};
use tamga_core::{
    algorithm::DigestAlgorithm,
    failure::{ErrorCode, Failure},
    pkcs12::KeyWithCertificate,
    protocol::{KeyEntry, KeyLocation},
};

/// The name of a copy: 16 lower-case hex digits, and nothing that could be a path.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) struct Stem(pub(super) String);

/// What is known of a key file without its password.
#[derive(Debug, Deserialize, Serialize)]
pub(super) struct Sidecar {
    /// What the file was called when it was added.
    pub(super) name: String,
    pub(super) keys: Vec<SidecarKey>,
}

/// One key of a file.
#[derive(Debug, Deserialize, Serialize)]
pub(super) struct SidecarKey {
    certificate: String,
    chain: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    problem: Option<ErrorCode>,
}

impl Stem {
    pub(super) fn of(file: &[u8]) -> Self {
        let digest = DigestAlgorithm::Sha256.digest(file);
        Self(digest.hex().chars().take(16).collect())
    }

    pub(super) fn parse(text: &str) -> Option<Self> {
        let digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        let well_formed = text.len() == 16 && text.bytes().all(digit);
        well_formed.then(|| Self(text.to_owned()))
    }

    /// The copy as a place of keys; `name` is what the file was called.
    pub(super) fn location(&self, name: String) -> KeyLocation {
        KeyLocation::Pkcs12 {
            key_file: self.0.clone(),
            name,
        }
    }
}

impl Sidecar {
    /// The entry of each of this file's keys, or `CERTIFICATE_MALFORMED`.
    pub(super) fn entries(&self, location: &KeyLocation) -> Vec<Result<KeyEntry, Failure>> {
        let entry = |key: &SidecarKey| {
            // What is no base64 is no certificate either.
            let certificate = BASE64_STANDARD.decode(&key.certificate).unwrap_or_default();
            Ok(KeyEntry {
                chain: key.chain.clone(),
                problem: key.problem,
                ..KeyEntry::read(&certificate, location)?
            })
        };
        self.keys.iter().map(entry).collect()
    }
}

impl SidecarKey {
    pub(super) fn of(key: KeyWithCertificate) -> Self {
        Self {
            certificate: BASE64_STANDARD.encode(&key.certificate),
            chain: key
                .chain
                .iter()
                .map(|above| BASE64_STANDARD.encode(&above.certificate))
                .collect(),
            problem: FileKey::new(key)
                .err()
                .map(|error| Failure::from(error).code),
        }
    }
}

/// A sidecar with one key, as a file of this name has it.
#[cfg(test)]
pub(super) fn of_one_key(name: &str) -> Vec<u8> {
    const CERTIFICATE: &[u8] = include_bytes!("../../../../wasm-core/tests/fixtures/english.der");
    let key = SidecarKey {
        certificate: BASE64_STANDARD.encode(CERTIFICATE),
        chain: Vec::new(),
        problem: None,
    };
    let sidecar = Sidecar {
        name: name.to_owned(),
        keys: vec![key],
    };
    serde_json::to_vec(&sidecar).unwrap()
}
