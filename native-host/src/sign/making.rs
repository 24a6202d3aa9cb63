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
