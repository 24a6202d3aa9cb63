//! A key that goes into a new container.

use crate::{certificate::Certificate, gost_key::GostKey};
use gost3410::SigningKey;
use signature::Keypair as _;

/// A key of a new container.
#[derive(Clone, Copy, Debug)]
pub struct NewKey<'a> {
    /// The key.
    pub key: &'a SigningKey,
    /// Its certificate, DER.
    pub certificate: Option<&'a [u8]>,
}

impl NewKey<'_> {
    /// Whether the certificate, if there is one, is the key's own.
    pub(super) fn is_sound(&self) -> bool {
        self.certificate.is_none_or(|der| belongs(der, self.key))
    }

    /// The least significant octets of the public key's x, by which the key is recognised.
    pub(super) fn fingerprint(&self) -> [u8; 8] {
        let public = self.key.verifying_key().to_bytes();
        public.as_ref().first_chunk().copied().unwrap_or_default()
    }
}

/// Whether a certificate is that of a key.
pub(super) fn belongs(certificate: &[u8], key: &SigningKey) -> bool {
    let certificate = Certificate::parse(certificate).ok();
    let public = GostKey::russian(key.clone()).and_then(|key| key.public_key());
    certificate
        .zip(public.ok())
        .is_some_and(|(certificate, public)| certificate.matches_key(&public))
}
