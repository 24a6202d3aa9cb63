//! What a key makes of prepared documents, one after the other, until it is verified and finished.

use super::{PIN_FAILURES, Signer};
use crate::{
    failure::Error,
    keys::{MAX_SIGNATURE_WAIT, Recipient},
};
use std::{ops::ControlFlow, time::Duration, vec};
use tamga_core::{
    algorithm::SignatureAlgorithm,
    failure::{ErrorCode, Failure},
    format::{self, Piece, Prepared},
    protocol::WaitingFor,
};

/// A document that lacks only its signature.
pub(super) struct PreparedDocument {
    pub(super) prepared: Prepared,
    pub(super) algorithm: SignatureAlgorithm,
    /// The document's, in bytes, if it is known.
    pub(super) size: Option<u64>,
}

/// What is told while a key signs.
#[derive(Debug)]
pub enum Progress {
    /// The key has made the signature of the next document, or there is none.
    Made(Box<Result<Unverified, Error>>),
    /// The next signature may take up to `timeout`.
    Waiting {
        /// What is waited for.
        how: WaitingFor,
        /// How long at most.
        timeout: Duration,
    },
}

/// Puts together what was prepared and what the key makes of it.
pub(super) struct Making<'a> {
    pub(super) signer: &'a Signer,
    pub(super) prepared: vec::IntoIter<Result<PreparedDocument, Error>>,
    pub(super) tell: &'a mut dyn FnMut(Progress) -> ControlFlow<()>,
}

impl Making<'_> {
    /// Tells of the documents that could not be prepared, up to the next one that was, which it gives.
    pub(super) fn skip_unprepared(&mut self) -> ControlFlow<(), Option<PreparedDocument>> {
        for prepared in self.prepared.by_ref() {
            match prepared {
                Ok(document) => return ControlFlow::Continue(Some(document)),
                Err(error) => (self.tell)(Progress::Made(Box::new(Err(error))))?,
            }
        }
        ControlFlow::Continue(None)
    }
}

impl Recipient for Making<'_> {
    fn take(&mut self, signature: Result<Vec<u8>, Error>) -> ControlFlow<()> {
        let Some(document) = self.skip_unprepared()? else {
            return ControlFlow::Break(());
        };
        let refused = signature.as_ref().err().and_then(refusal);
        let made = signature.map(|signature| Unverified {
            prepared: document.prepared,
            signature,
            size: document.size,
        });
        (self.tell)(Progress::Made(Box::new(made)))?;
        let Some(failure) = refused else {
            return ControlFlow::Continue(());
        };
        // Only the first one counts.
        let _ = self.signer.refused.set(failure);
        self.prepared = Vec::new().into_iter();
        ControlFlow::Break(())
    }

    fn wait(&mut self, how: WaitingFor, timeout: Duration) {
        let timeout = timeout.min(MAX_SIGNATURE_WAIT);
        // A cancel is noticed with the next signature.
        let _ = (self.tell)(Progress::Waiting { how, timeout });
    }
}

/// What concerns the PIN: the same one is not tried again.
fn refusal(error: &Error) -> Option<Failure> {
    match error {
        Error::Failure(failure) if PIN_FAILURES.contains(&failure.code) => Some(failure.clone()),
        _ => None,
    }
}

/// What a key has made of a document, before anybody has looked at it.
#[derive(Debug)]
pub struct Unverified {
    prepared: Prepared,
    signature: Vec<u8>,
    /// The document's, if it is known.
    size: Option<u64>,
}

impl Unverified {
    /// The signed document, when the signature has been verified with the certificate. All of its pieces lie within the
    /// document.
    ///
    /// # Errors
    /// `SIGNATURE_INVALID` when that fails.
    pub fn finish(self) -> Result<Vec<Piece>, Error> {
        let pieces = self.prepared.finish(&self.signature)?;
        match format::lie_within(&pieces, self.size) {
            true => Ok(pieces),
            false => Err(ErrorCode::Internal.into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        keys::{Key, Message, Random},
        sign::test_key::{TestKey, certificate, content, signer},
    };
    use std::{sync::mpsc, thread};
    use tamga_core::{
        certificate::Certificate,
        format::{Placement, Profile},
        pkcs12::Cancel,
    };

    /// A key that announces an hour, and signs nothing until it is cancelled.
    struct SlowKey(Certificate);

    impl Key for SlowKey {
        fn certificate(&self) -> &Certificate {
            &self.0
        }

        fn chain(&self) -> &[Certificate] {
            &[]
        }

        fn sign_all(
            &self,
            _: &[Message],
            _: &mut Random,
            cancel: &Cancel,
            recipient: &mut dyn Recipient,
        ) {
            recipient.wait(WaitingFor::Device, Duration::from_secs(3600));
            while !cancel.is_cancelled() {
                thread::sleep(Duration::from_millis(1));
            }
            let _ = recipient.take(Err(ErrorCode::Cancelled.into()));
        }
    }

    /// Why none of three documents was signed, as far as that is told.
    fn failures(signer: &Signer) -> Vec<Option<ErrorCode>> {
        let profile = Profile::named("cades-bes", Placement::Detached).unwrap();
        let mut codes = Vec::new();
        let mut tell = |progress| {
            if let Progress::Made(made) = progress {
                codes.push(made.map_err(|error| Failure::from(error).code).err());
            }
            ControlFlow::Continue(())
        };
        let contents = [content(), content(), content()].map(Ok);
        let random = &mut getrandom::SysRng;
        signer.sign_all(contents, profile, random, &Cancel::default(), &mut tell);
        codes
    }

    #[test]
    fn a_pin_that_was_refused_once_is_not_tried_again() {
        let key = TestKey {
            refusal: ErrorCode::PinWrong,
            ..TestKey::default()
        };
        let usage = key.usage.clone();
        let signer = signer(key);
        for _ in 0..2 {
            assert_eq!(failures(&signer), [Some(ErrorCode::PinWrong)]);
            assert_eq!(usage.asked(), 1);
        }
    }

    #[test]
    fn another_failure_than_that_of_the_pin_is_one_documents_only() {
        let key = TestKey::default();
        let usage = key.usage.clone();
        let signer = signer(key);
        for asked in [3, 6] {
            assert_eq!(failures(&signer), [Some(ErrorCode::Internal); 3]);
            assert_eq!(usage.asked(), asked);
        }
    }

    #[test]
    fn a_slow_key_has_the_longest_wait_at_most_and_is_cancelled() {
        let signer = signer(SlowKey(certificate()));
        let cancel = Cancel::default();
        let (telling, told) = mpsc::channel();
        thread::scope(|scope| {
            scope.spawn(|| {
                let tell = &mut |progress| {
                    telling.send(progress).unwrap();
                    ControlFlow::Continue(())
                };
                let random = &mut getrandom::SysRng;
                let profile = Profile::named("cades-bes", Placement::Detached).unwrap();
                signer.sign_all([Ok(content())], profile, random, &cancel, tell);
            });
            let Ok(Progress::Waiting { timeout, .. }) = told.recv() else {
                panic!("the wait is not announced");
            };
            assert_eq!(timeout, MAX_SIGNATURE_WAIT);
            cancel.cancel();
            let Ok(Progress::Made(made)) = told.recv() else {
                panic!("the key was not cancelled");
            };
            let code = made.map_err(|error| Failure::from(error).code);
            assert!(matches!(code, Err(ErrorCode::Cancelled)), "{code:?}");
        });
    }
}
