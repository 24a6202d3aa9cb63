//! Signing: the core prepares, the key signs, the core verifies and finishes.

mod making;
#[cfg(test)]
pub(crate) mod test_key;
mod unlocking;

pub use making::{Progress, Unverified};
pub use unlocking::Unlocking;

use crate::{
    failure::Error,
    keys::{Key, KeySource, Message, Random},
};
use making::{Making, PreparedDocument};
use std::{fmt, ops::ControlFlow, sync::OnceLock};
use tamga_core::{
    algorithm::{DigestAlgorithm, Padding, SignatureAlgorithm},
    certificate::Certificate,
    failure::{ErrorCode, Failure},
    format::{self, Content, Profile, Signing},
    pkcs12::Cancel,
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

impl Signer {
    /// Unlocks the key of a certificate.
    ///
    /// # Errors
    /// As [`Unlocking::open`], and `KEY_UNSUPPORTED`.
    pub fn unlock(
        sources: &[Box<dyn KeySource + Send>],
        unlocking: &Unlocking<'_>,
    ) -> Result<Self, Error> {
        Self::new(unlocking.open(sources)?, unlocking.padding, unlocking.now)
    }

    /// Signs with this key.
    ///
    /// # Errors
    /// Why its certificate may not sign, or `KEY_UNSUPPORTED`.
    pub fn new(key: Box<dyn Key>, padding: Padding, now: u64) -> Result<Self, Error> {
        key.certificate().fitness(now)?;
        let verifying = key.certificate().key().verifying_key()?;
        let algorithm = verifying.signs_with(padding)?;
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
    pub fn pause(&mut self, cancel: &Cancel) -> bool {
        self.key.pause(cancel)
    }

    /// Signs with the key again.
    ///
    /// # Errors
    /// As [`Signer::new`], and when the key cannot be had.
    pub fn resume(mut self, padding: Padding, now: u64, cancel: &Cancel) -> Result<Self, Error> {
        if let Err(error) = self.key.resume(cancel) {
            let failure = Failure::from(error);
            // Nobody works with the token now: whoever gives the PIN next finds it logged out.
            if failure.code == ErrorCode::PinNeeded {
                self.key.lock();
            }
            return Err(failure.into());
        }
        Self::new(self.key, padding, now)
    }

    /// Whether what the key is on was taken away since it was paused: it is in none of these readers, which hold a card.
    pub fn is_gone(&self, occupied: &[String]) -> bool {
        self.key.is_gone(occupied)
    }

    /// Locks the key, and waits until that is done: what is listed next shows the token as it is then.
    pub fn lock(mut self) {
        self.key.lock();
    }

    /// The certificate that signs.
    pub fn certificate(&self) -> &Certificate {
        self.key.certificate()
    }

    /// Has the key sign a document.
    ///
    /// # Errors
    /// `REQUEST_MALFORMED` for a digest that may not sign; `PROFILE_UNSUPPORTED`; what is wrong with the key.
    pub fn sign(
        &self,
        content: &Content,
        profile: Profile,
        random: &mut Random,
    ) -> Result<Unverified, Error> {
        let content = Ok(content.clone());
        let mut made = Err(ErrorCode::Internal.into());
        let cancel = Cancel::default();
        self.sign_all([content], profile, random, &cancel, &mut |progress| {
            if let Progress::Made(signed) = progress {
                made = *signed;
            }
            ControlFlow::Continue(())
        });
        made
    }

    /// Has the key sign for each of these documents, and tells what it makes in their order, until no more is wanted or
    /// the key refuses the PIN. A document that cannot be signed does not stop the others.
    pub fn sign_all(
        &self,
        contents: impl IntoIterator<Item = Result<Content, Error>>,
        profile: Profile,
        random: &mut Random,
        cancel: &Cancel,
        tell: &mut dyn FnMut(Progress) -> ControlFlow<()>,
    ) {
        if let Some(failure) = self.refused.get() {
            let refused = Err(failure.clone().into());
            let _ = tell(Progress::Made(Box::new(refused)));
            return;
        }
        let contents = contents.into_iter();
        let prepared = contents.map(|content| self.prepare(&content?, profile));
        let prepared: Vec<Result<PreparedDocument, Error>> = prepared.collect();
        let messages = prepared.iter().flatten().map(|document| Message {
            algorithm: document.algorithm,
            bytes: document.prepared.message_to_sign().to_vec(),
        });
        let messages: Vec<Message> = messages.collect();
        let mut making = Making {
            signer: self,
            prepared: prepared.into_iter(),
            tell,
        };
        self.key.sign_all(&messages, random, cancel, &mut making);
        // Those at the end that could not be prepared; nothing where the key has stopped before.
        let _ = making.skip_unprepared();
    }

    fn prepare(&self, content: &Content, profile: Profile) -> Result<PreparedDocument, Error> {
        let algorithm = self.algorithm.with_digest(content.digest.algorithm());
        let algorithm = algorithm.ok_or(ErrorCode::RequestMalformed)?;
        let prepared = format::prepare(&Signing {
            certificate: self.key.certificate(),
            chain: self.key.chain(),
            content,
            profile,
            algorithm,
            signing_time: self.now,
        })?;
        Ok(PreparedDocument {
            prepared,
            algorithm,
            size: content.size,
        })
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

#[cfg(test)]
mod tests {
    use super::*;
    use test_key::{TestKey, first_day, signer};

    /// A token that somebody else used wants its PIN again; one that is only busy keeps its login for later.
    #[test]
    fn a_key_that_wants_its_pin_again_is_locked() {
        for (resumed, locked) in [
            (Ok(()), false),
            (Err(ErrorCode::PinNeeded), true),
            (Err(ErrorCode::TokenBusy), false),
        ] {
            let key = TestKey {
                resumed,
                ..TestKey::default()
            };
            let usage = key.usage.clone();
            let signer = signer(key);
            let again = signer.resume(Padding::Pkcs1, first_day(), &Cancel::default());
            let code = again.map_err(|error| Failure::from(error).code);
            assert_eq!(code.map(drop), resumed);
            assert_eq!(usage.is_locked(), locked, "{resumed:?}");
        }
    }

    #[test]
    fn a_signer_does_with_its_key_what_it_is_told() {
        for pauses in [true, false] {
            let key = TestKey {
                pauses,
                ..TestKey::default()
            };
            let usage = key.usage.clone();
            let mut signer = signer(key);
            assert_eq!(signer.pause(&Cancel::default()), pauses);
            let readers = |reader: &str| [reader.to_owned()];
            assert!(!signer.is_gone(&readers("reader")));
            assert!(signer.is_gone(&readers("another")));
            assert!(!usage.is_locked());
            signer.lock();
            assert!(usage.is_locked());
        }
    }
}
