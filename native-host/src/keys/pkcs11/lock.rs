//! One at a time: what two windows or two browsers do with the same token comes one after the other.
//!
//! Whether somebody is logged in is the card's own state, which all programs share. A lock on a file spans
//! the hosts of all windows, and is gone with the process that holds it, however it ends. In the file is how often
//! it was taken: so a key that was left unlocked knows whether somebody else has been there.

use crate::{
    failure::{Error, Storage as _},
    folder,
};
use std::{
    fs::{File, TryLockError},
    io::{self, Read as _, Seek as _, Write as _},
    path::Path,
    thread,
    time::{Duration, Instant},
};
use tamga_core::{
    algorithm::DigestAlgorithm,
    failure::{ErrorCode, Failure},
    protocol::Token,
};

/// How long somebody else's work is waited for.
const PATIENCE: Duration = Duration::from_secs(20);
/// How often it is looked whether it is done.
const STEP: Duration = Duration::from_millis(25);

/// The right to log in to a token.
#[derive(Debug)]
pub(super) struct TokenLock {
    /// Closing it unlocks it.
    _file: File,
    turn: u64,
}

impl TokenLock {
    /// Waits until nobody else is working with the token, and counts one more who does.
    ///
    /// # Errors
    /// `TOKEN_BUSY` after [`PATIENCE`]; `STORAGE_FAILED`.
    pub(super) fn take(folder: &Path, token: &Token) -> Result<Self, Error> {
        let path = folder.join(name(token));
        let file = || {
            folder::create_private(folder)?;
            let mut file = File::options();
            file.create(true).truncate(false).read(true).write(true);
            file.open(path)
        };
        let mut file = file().storing("locking a token")?;
        let deadline = Instant::now() + PATIENCE;
        loop {
            match file.try_lock() {
                Ok(()) => {
                    let turn = count(&mut file).storing("locking a token")?;
                    return Ok(Self { _file: file, turn });
                }
                Err(TryLockError::Error(error)) => return Err(error).storing("locking a token"),
                Err(TryLockError::WouldBlock) if Instant::now() < deadline => thread::sleep(STEP),
                Err(TryLockError::WouldBlock) => {
                    return Err(Failure::of(ErrorCode::TokenBusy, &token.name).into());
                }
            }
        }
    }

    /// The number of this turn with the token.
    pub(super) fn turn(&self) -> u64 {
        self.turn
    }

    /// Whether nobody has worked with the token since that turn.
    pub(super) fn follows(&self, turn: u64) -> bool {
        self.turn == turn.wrapping_add(1)
    }
}

/// Adds one to the number in a file (64 bits, little-endian); no file yet, or not a whole number, is none.
fn count(file: &mut File) -> io::Result<u64> {
    let mut bytes = [0; 8];
    let turns = match file.read_exact(&mut bytes) {
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => 0,
        read => read.map(|()| u64::from_le_bytes(bytes))?,
    };
    let turn = turns.wrapping_add(1);
    file.rewind()?;
    file.write_all(&turn.to_le_bytes())?;
    Ok(turn)
}

/// Two tokens in the same reader, one after the other, or the two PINs of one card are the same place.
fn name(token: &Token) -> String {
    let place = [&*token.reader, &*token.serial].join("\0");
    let digest = DigestAlgorithm::Sha256.digest(place.as_bytes());
    digest.hex().chars().take(16).collect()
}
