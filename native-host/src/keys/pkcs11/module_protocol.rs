//! What the host and the process of a module say to each other: frames of JSON, as browsers do it.
//!
//! Both ends are this same program, but the far one runs a stranger's code: what comes from there is
//! bounded and parsed like anything else from outside.

use byteorder::{ByteOrder as _, NativeEndian};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use std::io::{self, Read, Write};
use tamga_core::{
    algorithm::{DigestAlgorithm, SignatureAlgorithm},
    failure::{ErrorCode, Failure},
    protocol::{LastTry, Token},
    secret::Secret,
};
use zeroize::Zeroizing;

/// The longest frame, in bytes: a token full of certificates.
const MAX_FRAME: usize = 4 << 20;

/// What the host asks of a module.
#[derive(Debug, Deserialize, Serialize)]
#[serde(
    tag = "type",
    rename_all = "kebab-case",
    rename_all_fields = "camelCase",
    deny_unknown_fields
)]
pub(super) enum ModuleRequest {
    /// Which tokens there are: `tokens`.
    Tokens {},
    /// Log in and find the key of a certificate (base64): `opened`. What was opened before is closed.
    Open {
        token: String,
        certificate: String,
        pin: Option<Secret>,
        last_try: LastTry,
    },
    /// The same for the only certificate whose id begins so, among those that are seen after logging in: `opened`, with it.
    OpenPrivate {
        token: String,
        id: String,
        pin: Option<Secret>,
        last_try: LastTry,
    },
    /// Log in, read the certificates that are seen then, and log out: `certificates`. What was opened before is closed.
    PrivateCertificates {
        token: String,
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

/// How to sign, as tokens response ways of signing apart.
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

/// Writes one message. It may hold a PIN: its bytes are zeroised, and lie in one place from the start, because a
/// buffer that grows leaves copies behind.
pub(super) fn send(output: &mut impl Write, message: &impl Serialize) -> io::Result<()> {
    let mut length = Length(0);
    serde_json::to_writer(&mut length, message)?;
    let mut json = Zeroizing::new(Vec::with_capacity(length.0));
    serde_json::to_writer(&mut *json, message)?;
    let length = u32::try_from(json.len()).map_err(|_| io::ErrorKind::InvalidInput)?;
    let mut prefix = [0; 4];
    NativeEndian::write_u32(&mut prefix, length);
    output.write_all(&prefix)?;
    output.write_all(&json)?;
    output.flush()
}

/// Counts what is written.
struct Length(usize);

impl Write for Length {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 += bytes.len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Reads one message; `None` where the other end is gone or makes no sense.
pub(super) fn receive<T: DeserializeOwned>(input: &mut impl Read) -> Option<T> {
    let mut prefix = [0; 4];
    input.read_exact(&mut prefix).ok()?;
    let length = usize::try_from(NativeEndian::read_u32(&prefix)).ok()?;
    if length > MAX_FRAME {
        return None;
    }
    let mut json = Zeroizing::new(vec![0; length]);
    input.read_exact(&mut json).ok()?;
    serde_json::from_slice(&json).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_come_through_and_nonsense_does_not() {
        let mut pipe = Vec::new();
        let pin = Some(Secret::new("1234".to_owned()));
        let ask = ModuleRequest::Open {
            token: "00".to_owned(),
            certificate: String::new(),
            pin,
            last_try: LastTry::NotAcknowledged,
        };
        send(&mut pipe, &ask).unwrap();
        let Some(ModuleRequest::Open { pin: Some(pin), .. }) = receive(&mut &*pipe) else {
            panic!("{pipe:?}");
        };
        assert_eq!(pin.expose(), "1234");
        assert!(receive::<ModuleResponse>(&mut &*pipe).is_none());
        assert!(receive::<ModuleRequest>(&mut &pipe[..pipe.len() - 1]).is_none());
        assert!(receive::<ModuleRequest>(&mut &[0xff; 8][..]).is_none());
    }
}
