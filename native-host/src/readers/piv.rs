//! What PKCS#11 does not give of a PIV card, asked of the card itself through the readers process.

use super::{
    ask,
    protocol::{ReadersRequest, ReadersResponse},
};
use tamga_core::{
    failure::{ErrorCode, Failure, TriesLeft},
    pkcs12::Cancel,
    secret::Secret,
};

/// How many wrong PINs the card in a reader still takes; `None` for another kind of card, where the person is logged in,
/// and where the card cannot be asked.
pub(crate) fn tries(reader: &str) -> Option<TriesLeft> {
    let reader = reader.to_owned();
    match ask(&ReadersRequest::PivTries { reader }, &Cancel::default()) {
        Ok(ReadersResponse::Tries { tries }) => tries,
        _ => None,
    }
}

/// Gives the card in a reader a new PIN with its PUK; `None` for another kind of card.
///
/// # Errors
/// `PIN_UNFIT`; `PIN_WRONG` and `PIN_LOCKED`, of the PUK; `TOKEN_REMOVED`, `READERS_STOPPED`, `CANCELLED`.
pub(crate) fn unblock(
    reader: &str,
    puk: &Secret,
    new_pin: &Secret,
    cancel: &Cancel,
) -> Result<Option<()>, Failure> {
    let request = ReadersRequest::PivUnblock {
        reader: reader.to_owned(),
        puk: puk.clone(),
        new_pin: new_pin.clone(),
    };
    match ask(&request, cancel)? {
        ReadersResponse::Unblocked { piv } => Ok(piv.then_some(())),
        _ => Err(ErrorCode::ReadersStopped.into()),
    }
}

/// Logs out of the card in a reader, if it is a PIV card.
pub(crate) fn log_out(reader: &str) {
    let reader = reader.to_owned();
    if let Err(failure) = ask(&ReadersRequest::PivLogOut { reader }, &Cancel::default()) {
        tracing::debug!(code = failure.code.name(), "a card was not logged out");
    }
}
