//! A key for tests, which does what a test tells it and remembers what was done with it.

use super::Signer;
use crate::{
    failure::Error,
    keys::{Key, Message, Random, Recipient},
};
use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicU32, Ordering},
};
use tamga_core::{
    algorithm::{DigestAlgorithm, Padding},
    certificate::Certificate,
    failure::ErrorCode,
    format::Content,
    pkcs12::Cancel,
};

/// What was done with a key; clones are one and the same.
#[derive(Clone, Debug, Default)]
pub(crate) struct Usage {
    locked: Arc<AtomicBool>,
    asked: Arc<AtomicU32>,
}

/// A key that signs nothing.
pub(crate) struct TestKey {
    pub(crate) certificate: Certificate,
    /// Why it does not sign.
    pub(crate) refusal: ErrorCode,
    /// Whether it can be left unlocked.
    pub(crate) pauses: bool,
    /// What resuming comes to.
    pub(crate) resumed: Result<(), ErrorCode>,
    /// The reader that its card is in.
    pub(crate) reader: &'static str,
    pub(crate) usage: Usage,
}

impl Usage {
    pub(crate) fn is_locked(&self) -> bool {
        self.locked.load(Ordering::Relaxed)
    }

    /// How many signatures it was asked for.
    pub(crate) fn asked(&self) -> u32 {
        self.asked.load(Ordering::Relaxed)
    }
}

impl Default for TestKey {
    fn default() -> Self {
        Self {
            certificate: certificate(),
            refusal: ErrorCode::Internal,
            pauses: true,
            resumed: Ok(()),
            reader: "reader",
            usage: Usage::default(),
        }
    }
}

impl Key for TestKey {
    fn certificate(&self) -> &Certificate {
        &self.certificate
    }

    fn chain(&self) -> &[Certificate] {
        &[]
    }

    fn sign_all(
        &self,
        messages: &[Message],
        _: &mut Random,
        _: &Cancel,
        recipient: &mut dyn Recipient,
    ) {
        for _ in messages {
            self.usage.asked.fetch_add(1, Ordering::Relaxed);
            if recipient.take(Err(self.refusal.into())).is_break() {
                return;
            }
        }
    }

    fn pause(&mut self, _: &Cancel) -> bool {
        self.pauses
    }

    fn resume(&mut self, _: &Cancel) -> Result<(), Error> {
        Ok(self.resumed?)
    }

    fn is_gone(&self, occupied: &[String]) -> bool {
        !occupied.iter().any(|reader| reader == self.reader)
    }

    fn lock(&mut self) {
        self.usage.locked.store(true, Ordering::Relaxed);
    }
}

/// The certificate of all keys of these tests.
pub(crate) fn certificate() -> Certificate {
    let certificate = include_bytes!("../../../wasm-core/tests/fixtures/english.der");
    Certificate::parse(certificate).unwrap()
}

/// A moment of the first day of that certificate, Unix seconds.
pub(crate) fn first_day() -> u64 {
    u64::try_from(certificate().validity().0).unwrap() + 1
}

/// A signer with this key.
pub(crate) fn signer(key: impl Key + 'static) -> Signer {
    Signer::new(Box::new(key), Padding::Pkcs1, first_day()).unwrap()
}

/// A document of three octets.
pub(crate) fn content() -> Content {
    Content {
        digest: DigestAlgorithm::Sha256.digest(b"abc"),
        size: Some(3),
    }
}
