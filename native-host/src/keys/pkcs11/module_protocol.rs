//! What the host and the process of a module say to each other.

use serde::{Deserialize, Serialize};
use std::path::PathBuf;
use tamga_core::{
    algorithm::{DigestAlgorithm, SignatureAlgorithm},
    failure::{ErrorCode, Failure},
    protocol::{LastTry, Token},
    secret::Secret,
};

/// What the host asks of a module.
#[derive(Debug, Deserialize, Serialize)]
#[serde(
    tag = "type",
    rename_all = "kebab-case",
    rename_all_fields = "camelCase",
    deny_unknown_fields
)]
pub(super) enum ModuleRequest {
    /// Which tokens there are: `tokens`. `certificates`: base64 of certificates that may be those of keys that have none on
    /// their token.
    Tokens { certificates: Vec<String> },
    /// Log in and find the key of a certificate (base64): `opened`. What was opened before is closed. `lock`: the file
    /// whose lock the host has on the token.
    Open {
        token: String,
        certificate: String,
        lock: PathBuf,
        pin: Option<Secret>,
        last_try: LastTry,
    },
    /// The same for the only certificate whose id begins so, among those that are seen after logging in: `opened`, with it.
    OpenPrivate {
        token: String,
        id: String,
        lock: PathBuf,
        pin: Option<Secret>,
        last_try: LastTry,
    },
    /// Log in, read the certificates that are seen then, and log out: `certificates`. What was opened before is closed.
    PrivateCertificates {
        token: String,
        lock: PathBuf,
        pin: Option<Secret>,
        last_try: LastTry,
    },
    /// Sign with the key that was opened (`message`: base64): `signature`.
    Sign { scheme: Scheme, message: String },
    /// Log out: `done`.
    Close {},
    /// Give the token another PIN: `done`. Without PINs, both are typed on the reader.
    ChangePin {
        token: String,
        pins: Option<Pins>,
        last_try: LastTry,
    },
    /// Give the token a PIN with the administrator's: `done`.
    UnblockPin {
        token: String,
        lock: PathBuf,
        pins: Option<Pins>,
        last_try: LastTry,
    },
}

/// A PIN that is to be replaced, or allows that, and its successor.
#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Pins {
    pub old: Secret,
    pub new: Secret,
}

/// What a module answers.
#[derive(Debug, Deserialize, Serialize)]
#[serde(
    tag = "type",
    rename_all = "kebab-case",
    rename_all_fields = "camelCase",
    deny_unknown_fields
)]
pub(super) enum ModuleResponse {
    Tokens {
        tokens: Vec<TokenFound>,
    },
    /// `pin_each_time`: the key wants the PIN before each signature. `certificate`: of a key that was opened by its id.
    Opened {
        pin_each_time: bool,
        certificate: Option<CertificateFound>,
    },
    Certificates {
        certificates: Vec<CertificateFound>,
    },
    Signature {
        signature: String,
    },
    Done {},
    Failed {
        failure: Failure,
    },
}

/// A token, and what is on it.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct TokenFound {
    /// Without the name of its driver, which the host knows.
    pub token: Token,
    /// Whether the slot is a reader, rather than a piece of software.
    pub hardware: bool,
    pub certificates: Vec<CertificateFound>,
}

/// A certificate on a token.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct CertificateFound {
    /// Base64 of DER.
    pub certificate: String,
    /// Those above it that are on the same token, nearest first, base64 of DER.
    pub chain: Vec<String>,
    /// Why it is certain, without logging in, that nothing can be signed with it here.
    pub problem: Option<ErrorCode>,
}

/// How to sign, as tokens tell ways of signing apart.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Scheme {
    pub kind: SchemeKind,
    pub digest: DigestAlgorithm,
}

/// A way of signing.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum SchemeKind {
    Ecdsa,
    Gost,
    RsaPkcs1,
    RsaPss,
}

impl Scheme {
    /// As a token knows it; `None` for what Tamga only verifies.
    pub(super) fn of(algorithm: SignatureAlgorithm) -> Option<Self> {
        let kind = match algorithm {
            SignatureAlgorithm::Ecdsa(_) => SchemeKind::Ecdsa,
            SignatureAlgorithm::Gost(..) => SchemeKind::Gost,
            SignatureAlgorithm::RsaPkcs1(_) => SchemeKind::RsaPkcs1,
            SignatureAlgorithm::RsaPss(_) => SchemeKind::RsaPss,
            SignatureAlgorithm::RsaPssWith { .. } => return None,
        };
        let digest = algorithm.digest();
        Some(Self { kind, digest })
    }
}
