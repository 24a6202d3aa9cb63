//! What a PIV card itself says of its PIN: modules do not say how many tries are left, and what they say may be old.

use super::module_table;
use crate::{failure::Error, readers::piv};
use tamga_core::{
    failure::{ErrorCode, Failure, TriesLeft},
    protocol::{LastTry, Token},
};

/// Whether a token may be a PIV card, whose modules do not say how many tries are left.
pub(super) fn has_piv(token: &Token) -> bool {
    module_table::serves_piv(&token.driver)
}

/// How many tries the PIN of a PIV card has left, asked of the card itself.
fn exact_tries(token: &Token) -> Option<TriesLeft> {
    has_piv(token).then(|| piv::tries(&token.reader)).flatten()
}

/// Shows what a PIV card itself says: the tries that are left. Its certificates are for everybody to see (NIST SP
/// 800-73-4 part 1, table 2): none comes with the PIN.
pub(super) fn ask_card(token: &mut Token) {
    if let Some(tries) = exact_tries(token) {
        token.pin.tries = Some(tries);
        token.may_hold_private = false;
    }
}

/// What the module is told of the last try: as acknowledged also where the card itself says that this is not the last
/// one, because the module's flags may be old.
///
/// # Errors
/// `PIN_LAST_TRY` where the card says that it is, and the person was not asked.
pub(super) fn forewarned(token: &Token, last_try: LastTry) -> Result<LastTry, Error> {
    match exact_tries(token) {
        Some(tries) if tries.is_last() && !last_try.is_acknowledged() => {
            Err(ErrorCode::PinLastTry.into())
        }
        Some(_) => Ok(LastTry::Acknowledged),
        None => Ok(last_try),
    }
}

/// A wrong PIN, with the tries that are left.
pub(super) fn counted(token: &Token, error: Error) -> Error {
    let mut failure = Failure::from(error);
    if failure.code == ErrorCode::PinWrong {
        failure.tries = exact_tries(token).or(failure.tries);
    }
    failure.into()
}

/// Sees to it that a card asks for its PIN again.
pub(super) fn log_out(token: &Token) {
    if has_piv(token) {
        piv::log_out(&token.reader);
    }
}
