//! What PKCS#11 does not give of a PIV card (NIST SP 800-73-4), asked of the card itself: how many tries its PIN
//! has left, and unblocking it with the PUK.

use pcsc::{Card, Context, Error, MAX_BUFFER_SIZE, Protocols, Scope, ShareMode, Transaction};
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
/// RESET RETRY COUNTER of the PIN (part 2, §3.2.3), up to the length of its data.
const UNBLOCK: &[u8] = b"\x00\x2c\x00\x80\x10";
/// PIN and PUK are padded to so many bytes with `FF` (part 2, §2.4.3).
const PIN_LENGTH: usize = 8;
const SHORTEST_PIN: usize = 6;

/// How many wrong PINs the card in a reader still takes; `None` for another kind of card, and where the person
/// is logged in.
pub(crate) fn tries(reader: &str) -> Option<TriesLeft> {
    let mut card = connect(reader).ok()?;
    let transaction = select(&mut card).ok()??;
    match answer(&transaction, TRIES).ok()? {
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
pub(crate) fn unblock(reader: &str, puk: &Secret, new_pin: &Secret) -> Result<Option<()>, Failure> {
    let removed = |error: Error| {
        tracing::warn!(%error, "a card does not answer");
        Failure::from(ErrorCode::TokenRemoved)
    };
    let mut card = connect(reader).map_err(removed)?;
    let Some(transaction) = select(&mut card).map_err(removed)? else {
        return Ok(None);
    };
    let mut command = Zeroizing::new(Vec::with_capacity(UNBLOCK.len() + 2 * PIN_LENGTH));
    command.extend_from_slice(UNBLOCK);
    for secret in [puk, new_pin] {
        let bytes = secret.expose().as_bytes();
        if !(SHORTEST_PIN..=PIN_LENGTH).contains(&bytes.len()) {
            return Err(ErrorCode::PinUnfit.into());
        }
        command.extend_from_slice(bytes);
        command.extend(std::iter::repeat_n(0xff, PIN_LENGTH - bytes.len()));
    }
    match answer(&transaction, &command).map_err(removed)? {
        0x9000 => Ok(Some(())),
        0x6983 => Err(ErrorCode::PinLocked.into()),
        status if status & 0xfff0 == 0x63c0 => Err(Failure {
            tries: u8::try_from(status & 0xf).ok().map(TriesLeft::Exactly),
            ..ErrorCode::PinWrong.into()
        }),
        _ => Err(ErrorCode::PinUnfit.into()),
    }
}

fn connect(reader: &str) -> Result<Card, Error> {
    let name = CString::new(reader).map_err(|_| Error::InvalidParameter)?;
    Context::establish(Scope::User)?.connect(&name, ShareMode::Shared, Protocols::ANY)
}

/// Selects the PIV application; `None` where there is none.
fn select(card: &mut Card) -> Result<Option<Transaction<'_>>, Error> {
    let transaction = card.transaction()?;
    let selected = answer(&transaction, SELECT)? == 0x9000;
    Ok(selected.then_some(transaction))
}

/// The status that the card answers a command with.
fn answer(transaction: &Transaction<'_>, command: &[u8]) -> Result<u16, Error> {
    let mut buffer = [0; MAX_BUFFER_SIZE];
    match transaction.transmit(command, &mut buffer)? {
        [.., high, low] => Ok(u16::from_be_bytes([*high, *low])),
        _ => Err(Error::CommError),
    }
}
