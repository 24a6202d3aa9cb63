//! The PIN of a PIV card, asked of the card itself through the readers process: modules do not say how many tries are
//! left, and what they say may be old.

use super::{
    ask,
    protocol::{ReadersRequest, ReadersResponse},
};
use crate::failure::Error;
use tamga_core::{
    failure::{ErrorCode, Failure, TriesLeft},
    pkcs12::Cancel,
    protocol::{LastTry, Token},
    secret::Secret,
};

/// The PIN of a token that may be a PIV card.
#[derive(Debug)]
pub(crate) struct PivPin {
    /// The card's reader; `None` for a token whose module serves no PIV cards.
    reader: Option<String>,
    /// Gives up what the card is asked.
    cancel: Cancel,
}

impl PivPin {
    /// The PIN of this token; whether its module serves PIV cards is a column of the table of modules.
    pub(crate) fn new(token: &Token, module_serves_piv: bool, cancel: &Cancel) -> Self {
        Self {
            reader: module_serves_piv.then(|| token.reader.clone()),
            cancel: cancel.clone(),
        }
    }

    /// Shows what the card says: the tries that are left. Its certificates are for everybody to see (NIST SP 800-73-4
    /// part 1, table 2): none comes with the PIN.
    pub(crate) fn describe(&self, token: &mut Token) {
        if let Some(tries) = self.tries() {
            token.pin.tries = Some(tries);
            token.may_hold_private = false;
        }
    }

    /// What the module is told of the last try: as acknowledged also where the card itself says that this is not the
    /// last one, because the module's flags may be old.
    ///
    /// # Errors
    /// `PIN_LAST_TRY` where the card says that it is, and the person was not asked.
    pub(crate) fn forewarned(&self, last_try: LastTry) -> Result<LastTry, Error> {
        match self.tries() {
            Some(tries) if tries.is_last() && !last_try.is_acknowledged() => {
                Err(ErrorCode::PinLastTry.into())
            }
            Some(_) => Ok(LastTry::Acknowledged),
            None => Ok(last_try),
        }
    }

    /// A wrong PIN, with the tries that are left.
    pub(crate) fn counted(&self, error: Error) -> Error {
        let mut failure = Failure::from(error);
        if failure.code == ErrorCode::PinWrong {
            failure.tries = self.tries().or(failure.tries);
        }
        failure.into()
    }

    /// Gives the card a new PIN with its PUK; `None` for another kind of card.
    ///
    /// # Errors
    /// `PIN_UNFIT`; `PIN_WRONG` and `PIN_LOCKED`, of the PUK; `TOKEN_REMOVED`, `READERS_STOPPED`, `CANCELLED`.
    pub(crate) fn unblock(&self, puk: &Secret, new_pin: &Secret) -> Result<Option<()>, Failure> {
        let Some(reader) = self.reader.clone() else {
            return Ok(None);
        };
        let request = ReadersRequest::PivUnblock {
            reader,
            puk: puk.clone(),
            new_pin: new_pin.clone(),
        };
        match ask(&request, &self.cancel)? {
            ReadersResponse::Unblocked { piv } => Ok(piv.then_some(())),
            _ => Err(ErrorCode::ReadersStopped.into()),
        }
    }

    /// Has the card ask for its PIN again. A cancelled task ends with this: it has a deadline only.
    pub(crate) fn log_out(&self) {
        let Some(reader) = self.reader.clone() else {
            return;
        };
        if let Err(failure) = ask(&ReadersRequest::PivLogOut { reader }, &Cancel::default()) {
            tracing::debug!(code = failure.code.name(), "a card was not logged out");
        }
    }

    /// How many wrong PINs the card still takes; `None` for another kind of card, where somebody is logged in, and where
    /// the card cannot be asked.
    fn tries(&self) -> Option<TriesLeft> {
        let reader = self.reader.clone()?;
        match ask(&ReadersRequest::PivTries { reader }, &self.cancel) {
            Ok(ReadersResponse::Tries { tries }) => tries,
            _ => None,
        }
    }
}
