//! What PKCS#11 does not give of a PIV card (NIST SP 800-73-4), asked of the card itself: how many tries its PIN
//! has left, unblocking it with the PUK, and logging out for good.

use pcsc::{
    Card, Context, Disposition, Error, MAX_BUFFER_SIZE, Protocols, Scope, ShareMode, Transaction,
};
use std::ffi::CString;
use tamga_core::{
    failure::{ErrorCode, Failure, TriesLeft},
    secret::Secret,
};
use zeroize::Zeroizing;

/// SELECT the PIV application (part 1, §2.2).
const SELECT: &[u8] = b"\x00\xa4\x04\x00\x09\xa0\x00\x00\x03\x08\x00\x00\x10\x00\x00";
/// VERIFY without data: says how many tries are left (part 2, §3.2.1).
const TRIES: &[u8] = b"\x00\x20\x00\x80";
/// VERIFY that takes the last one back (part 2, §3.2.1).
const LOG_OUT: &[u8] = b"\x00\x20\xff\x80";
/// RESET RETRY COUNTER of the PIN (part 2, §3.2.3), up to the length of its data.
const UNBLOCK: &[u8] = b"\x00\x2c\x00\x80\x10";
/// PIN and PUK are padded to so many bytes with `FF` (part 2, §2.4.3).
const PIN_LENGTH: usize = 8;
const SHORTEST_PIN: usize = 6;

/// How many wrong PINs the card in a reader still takes; `None` for another kind of card, and where the person
/// is logged in.
pub(super) fn tries(reader: &str) -> Option<TriesLeft> {
    let status = with_application(reader, |card| answer(card, TRIES));
    match status.ok()?? {
        status if status & 0xfff0 == 0x63c0 => {
            u8::try_from(status & 0xf).ok().map(TriesLeft::Exactly)
        }
        0x6983 => Some(TriesLeft::Exactly(0)),
        _ => None,
    }
}

/// Gives the card in a reader a new PIN with its PUK; `None` for another kind of card.
///
/// # Errors
/// `PIN_UNFIT`; `PIN_WRONG` and `PIN_LOCKED`, of the PUK; `TOKEN_REMOVED`.
pub(super) fn unblock(reader: &str, puk: &Secret, new_pin: &Secret) -> Result<Option<()>, Failure> {
    let mut command = Zeroizing::new(Vec::with_capacity(UNBLOCK.len() + 2 * PIN_LENGTH));
    command.extend_from_slice(UNBLOCK);
    let mut fits = true;
    for secret in [puk, new_pin] {
        let bytes = secret.expose().as_bytes();
        fits &= (SHORTEST_PIN..=PIN_LENGTH).contains(&bytes.len());
        command.extend_from_slice(bytes);
        command.extend(std::iter::repeat_n(
            0xff,
            PIN_LENGTH.saturating_sub(bytes.len()),
        ));
    }
    // What cannot be right is not shown to the card: that might cost a try.
    let status = with_application(reader, |card| {
        let status = fits.then(|| answer(card, &command));
        status.transpose()
    });
    let status = status.map_err(|error| {
        tracing::warn!(%error, "a card does not answer");
        Failure::from(ErrorCode::TokenRemoved)
    })?;
    match status {
        None => Ok(None),
        Some(Some(0x9000)) => Ok(Some(())),
        Some(Some(0x6983)) => Err(ErrorCode::PinLocked.into()),
        Some(Some(status)) if status & 0xfff0 == 0x63c0 => Err(Failure {
            tries: u8::try_from(status & 0xf).ok().map(TriesLeft::Exactly),
            ..ErrorCode::PinWrong.into()
        }),
        Some(_) => Err(ErrorCode::PinUnfit.into()),
    }
}

/// Logs out of the card in a reader, if it is a PIV card: to OpenSC (0.23) logging out is something between it and the
/// program, and the card goes on signing for whoever asks.
pub(super) fn log_out(reader: &str) {
    let told = match with_application(reader, |card| answer(card, LOG_OUT)) {
        // A card from before there was such a command forgets what it knows when it is reset.
        Ok(Some(status)) if status != 0x9000 => reset(reader),
        told => told.map(drop),
    };
    if let Err(error) = told {
        tracing::debug!(%error, "a card was not logged out");
    }
}

/// Resets the card in a reader: whoever is logged in is not any more.
pub(super) fn reset(reader: &str) -> Result<(), Error> {
    let reset = connect(reader)?.disconnect(Disposition::ResetCard);
    reset.map_err(|(_, error)| error)
}

fn connect(reader: &str) -> Result<Card, Error> {
    let name = CString::new(reader).map_err(|_| Error::InvalidParameter)?;
    Context::establish(Scope::User)?.connect(&name, ShareMode::Shared, Protocols::ANY)
}

/// Works with the PIV application of the card in a reader, while nobody else does; `None` where there is none.
fn with_application<T>(
    reader: &str,
    work: impl FnOnce(&Transaction<'_>) -> Result<T, Error>,
) -> Result<Option<T>, Error> {
    let mut card = connect(reader)?;
    let worked = in_application(&mut card, work);
    // Drop uses SCARD_RESET_CARD; LEAVE_CARD keeps the login.
    if let Err((_, error)) = card.disconnect(Disposition::LeaveCard) {
        tracing::warn!(%error, "a card was not let go");
    }
    worked
}

fn in_application<T>(
    card: &mut Card,
    work: impl FnOnce(&Transaction<'_>) -> Result<T, Error>,
) -> Result<Option<T>, Error> {
    let transaction = card.transaction()?;
    if answer(&transaction, SELECT)? != 0x9000 {
        return Ok(None);
    }
    work(&transaction).map(Some)
}

/// The status that the card answers a command with.
fn answer(transaction: &Transaction<'_>, command: &[u8]) -> Result<u16, Error> {
    let mut buffer = [0; MAX_BUFFER_SIZE];
    match transaction.transmit(command, &mut buffer)? {
        [.., high, low] => Ok(u16::from_be_bytes([*high, *low])),
        _ => Err(Error::CommError),
    }
}
