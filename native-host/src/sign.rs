//! Signing: the core prepares, the key signs, the core verifies and finishes.

use crate::{
    failure::Error,
    keys::{Key, KeySource, Random, certificate_of},
};
use std::fmt;
use tamga_core::{
    algorithm::{Digest, DigestAlgorithm, SignatureAlgorithm},
    certificate::Certificate,
    cms::{self, CmsFormat, Placement, Prepared, SignedDocument, Signing},
    failure::ErrorCode,
    protocol::KeyEntry,
    secret::Secret,
};

/// A key that was unlocked, with a certificate that may sign.
pub struct Signer {
    key: Box<dyn Key>,
    algorithm: SignatureAlgorithm,
    now: u64,
}

/// How a key is found and unlocked.
pub struct Unlocking<'a> {
    /// Its certificate's id: SHA-256, hex.
    pub certificate: &'a str,
    /// The token it is on. Without one it is looked for in files only, so that no file's password is tried as a PIN.
    pub token: Option<&'a str>,
    /// Where the password or PIN comes from, when it is needed.
    pub password: &'a dyn Fn(&KeyEntry) -> Result<Secret, Error>,
    /// The person knows that the PIN may be the last one that the token takes.
    pub last_try: bool,
    /// RSA keys: PSS instead of PKCS#1 v1.5.
    pub pss: bool,
    /// Unix seconds.
    pub now: u64,
}

impl Unlocking<'_> {
    fn open(&self, source: &dyn KeySource, entry: &KeyEntry) -> Result<Box<dyn Key>, Error> {
        if let Some(problem) = entry.problem {
            return Err(problem.into());
        }
        certificate_of(entry)?.fitness(self.now)?;
        source.open(entry, &(self.password)(entry)?, self.last_try)
    }
}

impl fmt::Debug for Unlocking<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut opaque = formatter.debug_struct("Unlocking");
        opaque.field("certificate", &self.certificate);
        opaque.finish_non_exhaustive()
    }
}

impl Signer {
    /// Unlocks the key of a certificate.
    ///
    /// # Errors
    /// `CERTIFICATE_NOT_FOUND`; why the certificate may not sign, before the password is even
    /// asked for; what is wrong with the password or the key.
    pub fn unlock(
        sources: &[Box<dyn KeySource + Send>],
        unlocking: &Unlocking<'_>,
    ) -> Result<Self, Error> {
        // A token that was chosen and is not there was taken out.
        let mut outcome = Err(match unlocking.token {
            Some(_) => ErrorCode::TokenRemoved.into(),
            None => ErrorCode::CertificateNotFound.into(),
        });
        for source in sources {
            // The same key may lie in two files with different passwords.
            let mut entries = source.find(unlocking.certificate);
            entries.retain(|entry| entry.home.token() == unlocking.token);
            for entry in entries {
                match unlocking.open(source.as_ref(), &entry) {
                    Ok(key) => return Self::new(key, unlocking.pss, unlocking.now),
                    Err(error) => outcome = Err(error),
                }
            }
        }
        outcome
    }

    /// Signs with this key.
    ///
    /// # Errors
    /// Why its certificate may not sign, or `KEY_UNSUPPORTED`.
    pub fn new(key: Box<dyn Key>, pss: bool, now: u64) -> Result<Self, Error> {
        key.certificate().fitness(now)?;
        let algorithm = SignatureAlgorithm::for_key(key.certificate().public_key(), pss)?;
        Ok(Self {
            key,
            algorithm,
            now,
        })
    }

    /// The digest that documents should be hashed with for this key.
    pub fn digest_algorithm(&self) -> DigestAlgorithm {
        self.algorithm.digest()
    }

    /// Leaves the key unlocked until [`Signer::resume`]; `false` where that cannot be.
    pub fn pause(&mut self) -> bool {
        self.key.pause()
    }

    /// Signs with the key again.
    ///
    /// # Errors
    /// As [`Signer::new`], and when the key cannot be had.
    pub fn resume(mut self, pss: bool, now: u64) -> Result<Self, Error> {
        self.key.resume()?;
        Self::new(self.key, pss, now)
    }

    /// Whether what the key is on was taken away since it was paused.
    pub fn is_gone(&self) -> bool {
        self.key.is_gone()
    }

    /// The certificate that signs.
    pub fn certificate(&self) -> &Certificate {
        self.key.certificate()
    }

    /// Has the key sign for the document that has this digest.
    ///
    /// # Errors
    /// `REQUEST_MALFORMED` for a digest that may not sign; what is wrong with the key.
    pub fn sign(
        &self,
        digest: &Digest,
        format: CmsFormat,
        placement: Placement,
        random: &mut Random,
    ) -> Result<Unverified, Error> {
        let algorithm = self.algorithm.with_digest(digest.algorithm());
        let algorithm = algorithm.ok_or(ErrorCode::RequestMalformed)?;
        let prepared = cms::prepare(&Signing {
            certificate: self.key.certificate().der(),
            chain: self.key.chain(),
            digest,
            format,
            algorithm,
            signing_time: self.now,
        })?;
        let message = prepared.message_to_sign();
        let signature = self.key.sign(algorithm, message, random)?;
        Ok(Unverified {
            prepared,
            signature,
            placement,
        })
    }
}

/// What a key has made of a document, before anybody has looked at it.
#[derive(Debug)]
pub struct Unverified {
    prepared: Prepared,
    signature: Vec<u8>,
    placement: Placement,
}

impl Unverified {
    /// The signature, when it has been verified with the certificate.
    ///
    /// # Errors
    /// `SIGNATURE_INVALID` when that fails.
    pub fn finish(self) -> Result<SignedDocument, Error> {
        Ok(self.prepared.finish(&self.signature, self.placement)?)
    }
}

impl fmt::Debug for Signer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut opaque = formatter.debug_struct("Signer");
        opaque.field("certificate", &self.certificate().id());
        opaque.field("algorithm", &self.algorithm);
        opaque.finish_non_exhaustive()
    }
}
