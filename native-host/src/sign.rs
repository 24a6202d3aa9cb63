//! Signing: the core prepares, the key signs, the core verifies and finishes.

use crate::{
    failure::Error,
    keys::{Credential, Key, KeySource, Random, certificate_of},
};
use std::{fmt, sync::OnceLock};
use tamga_core::{
    algorithm::{Digest, DigestAlgorithm, SignatureAlgorithm},
    certificate::Certificate,
    cms::{self, CmsFormat, Placement, Prepared, SignedDocument, Signing},
    failure::{ErrorCode, Failure},
    pkcs12::Cancel,
    protocol::{KeyEntry, KeyLocation},
};

/// A key that was unlocked, with a certificate that may sign.
pub struct Signer {
    key: Box<dyn Key>,
    algorithm: SignatureAlgorithm,
    now: u64,
    /// Set when the key refused the PIN: to ask it once more would be another try of the same one.
    refused: OnceLock<Failure>,
}

/// What concerns the PIN, and so every signature that is still to be made.
pub(crate) const PIN_FAILURES: [ErrorCode; 5] = [
    ErrorCode::PinExpired,
    ErrorCode::PinLastTry,
    ErrorCode::PinLocked,
    ErrorCode::PinNeeded,
    ErrorCode::PinWrong,
];

/// How a key is found and unlocked.
pub struct Unlocking<'a> {
    /// Its certificate's id: SHA-256, hex.
    pub certificate: &'a str,
    /// The token it is on. Without one it is looked for in files only, so that no file's password is tried as a PIN.
    pub token: Option<&'a str>,
    /// Where it lives, if that is known: its certificate may be in other places too.
    pub location: Option<&'a KeyLocation>,
    /// What opens the key; asked for when it is needed, once.
    pub credential: &'a dyn Fn(&KeyEntry) -> Result<Credential, Error>,
    /// RSA keys: PSS instead of PKCS#1 v1.5.
    pub pss: bool,
    /// Unix seconds.
    pub now: u64,
}

impl Unlocking<'_> {
    fn means(&self, entry: &KeyEntry) -> bool {
        entry.location.token() == self.token
            && self
                .location
                .is_none_or(|location| *location == entry.location)
    }

    fn open(&self, source: &dyn KeySource, entry: &KeyEntry) -> Result<Box<dyn Key>, Error> {
        certificate_of(entry)?.fitness(self.now)?;
        source.open(entry, &(self.credential)(entry)?)
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
    /// Unlocks the key of a certificate. What the person typed is tried once, on one key, whatever comes of it: there may
    /// be others with this certificate, on a token as well as in files.
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
            let mut entries = source.find(unlocking.certificate, unlocking.token);
            entries.retain(|entry| unlocking.means(entry));
            for entry in entries {
                let Some(problem) = entry.problem else {
                    let key = unlocking.open(source.as_ref(), &entry)?;
                    return Self::new(key, unlocking.pss, unlocking.now);
                };
                outcome = Err(problem.into());
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
            refused: OnceLock::new(),
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
    pub fn resume(mut self, pss: bool, now: u64, cancel: &Cancel) -> Result<Self, Error> {
        self.key.resume(cancel)?;
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
        if let Some(failure) = self.refused.get() {
            return Err(failure.clone().into());
        }
        let signature = self.key.sign(algorithm, message, random);
        let signature = signature.inspect_err(|error| self.remember_refusal(error))?;
        Ok(Unverified {
            prepared,
            signature,
            placement,
        })
    }
}

impl Signer {
    fn remember_refusal(&self, error: &Error) {
        if let Error::Failure(failure) = error
            && PIN_FAILURES.contains(&failure.code)
        {
            // Only the first one counts.
            let _ = self.refused.set(failure.clone());
        }
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
