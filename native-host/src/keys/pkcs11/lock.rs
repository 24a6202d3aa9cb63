//! One at a time: what two windows or two browsers do with the same token comes one after the other.
//!
//! Whether somebody is logged in is the card's own state, which all programs share. A lock on a file spans
//! the hosts of all windows, and is gone with the process that holds it, however it ends.

use crate::{
    failure::{Error, Storage as _},
    folder,
};
use std::{
    fs::{File, TryLockError},
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
}

impl TokenLock {
    /// Waits until nobody else is working with the token.
    ///
    /// # Errors
    /// `TOKEN_BUSY` after [`PATIENCE`]; `STORAGE_FAILED`.
    pub(super) fn take(folder: &Path, token: &Token) -> Result<Self, Error> {
        let path = folder.join(name(token));
        let file = || {
            folder::create_private(folder)?;
            File::options().create(true).append(true).open(path)
        };
        let file = file().storing("locking a token")?;
        let deadline = Instant::now() + PATIENCE;
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(Self { _file: file }),
                Err(TryLockError::Error(error)) => return Err(error).storing("locking a token"),
                Err(TryLockError::WouldBlock) if Instant::now() < deadline => thread::sleep(STEP),
                Err(TryLockError::WouldBlock) => {
                    return Err(Failure::of(ErrorCode::TokenBusy, &token.name).into());
                }
            }
        }
    }
}

/// Two tokens in the same reader, one after the other, or the two PINs of one card are the same place.
fn name(token: &Token) -> String {
    let place = [&*token.reader, &*token.serial].join("\0");
    let digest = DigestAlgorithm::Sha256.digest(place.as_bytes());
    digest.hex().chars().take(16).collect()
}
