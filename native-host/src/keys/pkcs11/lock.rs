//! One at a time: what two windows or two browsers do with the same token comes one after the other.
//!
//! Whether somebody is logged in is the card's own state, which all programs share. A lock on a file spans
//! the hosts of all windows, and is gone with the process that holds it, however it ends. In the file is how often
//! it was taken: so a key that was left unlocked knows whether somebody else has been there.

use crate::{
    failure::{Error, Storage as _},
    files,
};
use std::{
    fs::{File, TryLockError},
    io::{self, Read as _, Seek as _, Write as _},
    path::{Path, PathBuf},
    thread,
    time::{Duration, Instant},
};
use tamga_core::{
    algorithm::DigestAlgorithm,
    failure::{ErrorCode, Failure},
    pkcs12::Cancel,
    protocol::Token,
};

/// How long somebody else's work is waited for.
pub(super) const LOCK_TIMEOUT: Duration = Duration::from_secs(20);
/// What is being done when the file fails.
const DOING: &str = "locking a token";
/// How often it is looked whether it is done.
const LOCK_POLL_INTERVAL: Duration = Duration::from_millis(25);

/// The right to log in to a token.
#[derive(Debug)]
pub(super) struct TokenLock {
    /// Closing it unlocks it.
    _file: File,
    path: PathBuf,
    generation: u64,
}

impl TokenLock {
    /// Waits until nobody else is working with the token, and counts one more who does.
    ///
    /// # Errors
    /// `TOKEN_BUSY` after [`LOCK_TIMEOUT`]; `CANCELLED`, `STORAGE_FAILED`.
    pub(super) fn take(folder: &Path, token: &Token, cancel: &Cancel) -> Result<Self, Error> {
        let (mut file, path) = lock(folder, token, LOCK_TIMEOUT, cancel)?;
        let generation = read_generation(&mut file).storing(DOING)?;
        Self::counted(file, path, generation)
    }

    /// The same if nobody else has worked with the token since that generation.
    ///
    /// # Errors
    /// `PIN_NEEDED` if somebody has.
    pub(super) fn retake(
        folder: &Path,
        token: &Token,
        generation: u64,
        cancel: &Cancel,
    ) -> Result<Self, Error> {
        let (mut file, path) = lock(folder, token, LOCK_TIMEOUT, cancel)?;
        match read_generation(&mut file).storing(DOING)? {
            last if last == generation => Self::counted(file, path, generation),
            _ => Err(ErrorCode::PinNeeded.into()),
        }
    }

    /// Holds the token to log out of it, as soon as nobody else works with it; that is no generation of its own, so that
    /// a key which somebody else left unlocked meanwhile stays so. Gives whether nobody has worked with the token since
    /// that generation.
    ///
    /// # Errors
    /// `TOKEN_BUSY` after this time; `STORAGE_FAILED`.
    pub(super) fn hold(
        folder: &Path,
        token: &Token,
        generation: u64,
        timeout: Duration,
    ) -> Result<(Self, bool), Error> {
        let (mut file, path) = lock(folder, token, timeout, &Cancel::default())?;
        let last = read_generation(&mut file).storing(DOING)?;
        let held = Self {
            _file: file,
            path,
            generation: last,
        };
        Ok((held, last == generation))
    }

    /// The number of this generation with the token.
    pub(super) fn generation(&self) -> u64 {
        self.generation
    }

    /// The lock's file.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    fn counted(mut file: File, path: PathBuf, last: u64) -> Result<Self, Error> {
        let generation = last.wrapping_add(1);
        file.rewind().storing(DOING)?;
        file.write_all(&generation.to_le_bytes()).storing(DOING)?;
        Ok(Self {
            _file: file,
            path,
            generation,
        })
    }
}

/// Waits until nobody else has locked the token's file, which is at the path that this gives too.
fn lock(
    folder: &Path,
    token: &Token,
    timeout: Duration,
    cancel: &Cancel,
) -> Result<(File, PathBuf), Error> {
    let path = folder.join(name(token));
    let file = files::open_lock(&path).storing(DOING)?;
    match wait_for(&file, timeout, cancel)? {
        true => Ok((file, path)),
        false => Err(Failure::of(ErrorCode::TokenBusy, &token.name).into()),
    }
}

/// Locks a token's file that is there, for the process of a module whose host is gone.
///
/// # Errors
/// `TOKEN_BUSY` after this time; `STORAGE_FAILED`.
pub(super) fn lock_file(path: &Path, timeout: Duration) -> Result<File, Error> {
    let file = File::open(path).storing(DOING)?;
    match wait_for(&file, timeout, &Cancel::default())? {
        true => Ok(file),
        false => Err(ErrorCode::TokenBusy.into()),
    }
}

/// Whether the file could be locked in time.
fn wait_for(file: &File, timeout: Duration, cancel: &Cancel) -> Result<bool, Error> {
    // No deadline where time does not reach so far.
    let deadline = Instant::now().checked_add(timeout);
    let in_time = || deadline.is_none_or(|deadline| Instant::now() < deadline);
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(true),
            Err(TryLockError::Error(error)) => return Err(error).storing(DOING),
            Err(TryLockError::WouldBlock) if cancel.is_cancelled() => {
                return Err(ErrorCode::Cancelled.into());
            }
            Err(TryLockError::WouldBlock) if in_time() => thread::sleep(LOCK_POLL_INTERVAL),
            Err(TryLockError::WouldBlock) => return Ok(false),
        }
    }
}

/// The number in a file (64 bits, little-endian); 0 for a new file, or not a whole number.
fn read_generation(file: &mut File) -> io::Result<u64> {
    let mut bytes = [0; 8];
    match file.read_exact(&mut bytes) {
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(0),
        read => read.map(|()| u64::from_le_bytes(bytes)),
    }
}

/// Two tokens in the same reader, one after the other, or the two PINs of one card are the same place.
fn name(token: &Token) -> String {
    let place = [&*token.reader, &*token.serial].join("\0");
    let digest = DigestAlgorithm::Sha256.digest(place.as_bytes());
    digest.hex().chars().take(16).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use tamga_core::protocol::{PinEntry, PinRules, PinState};

    fn token() -> Token {
        Token {
            id: "00".to_owned(),
            name: "Red".to_owned(),
            model: String::new(),
            serial: "1".to_owned(),
            reader: "Reader 00".to_owned(),
            driver: String::new(),
            storage_only: false,
            may_hold_private: false,
            pin: PinRules {
                entry: PinEntry::Keyboard,
                state: PinState::Ready,
                tries: None,
                shortest: 0,
                longest: 0,
            },
            admin_pin: PinState::Ready,
        }
    }

    #[test]
    fn who_logs_out_has_the_token_alone_and_takes_it_from_nobody() {
        let folder = tempfile::tempdir().unwrap();
        let (folder, token, wanted) = (folder.path(), token(), Cancel::default());
        let retake = |generation| TokenLock::retake(folder, &token, generation, &wanted);
        let first = TokenLock::take(folder, &token, &wanted)
            .unwrap()
            .generation();
        let (held, undisturbed) = TokenLock::hold(folder, &token, first, Duration::ZERO).unwrap();
        assert!(undisturbed);
        let gives_up = Cancel::default();
        gives_up.cancel();
        let busy = TokenLock::retake(folder, &token, first, &gives_up);
        assert!(
            matches!(busy, Err(Error::Failure(failure)) if failure.code == ErrorCode::Cancelled)
        );
        drop(held);
        let second = retake(first).unwrap().generation();
        let (held, undisturbed) = TokenLock::hold(folder, &token, first, Duration::ZERO).unwrap();
        assert!(!undisturbed);
        drop(held);
        // Whose key is unlocked since then still has it.
        assert!(retake(second).is_ok());
        let needed = retake(first).err().map(Failure::from);
        assert_eq!(needed, Some(ErrorCode::PinNeeded.into()));
    }

    #[test]
    fn each_token_has_a_lock_of_its_own() {
        let folder = tempfile::tempdir().unwrap();
        let hold = |token: &Token| TokenLock::hold(folder.path(), token, 0, Duration::ZERO);
        let other_card = Token {
            serial: "2".to_owned(),
            ..token()
        };
        let other_reader = Token {
            reader: "Reader 01".to_owned(),
            ..token()
        };
        let _held = hold(&token()).unwrap();
        let busy = hold(&token()).err().map(Failure::from);
        assert_eq!(busy, Some(Failure::of(ErrorCode::TokenBusy, "Red")));
        for other in [other_card, other_reader] {
            assert!(hold(&other).is_ok(), "{other:?}");
        }
    }

    #[test]
    fn whoever_wants_a_token_waits_until_the_other_is_done() {
        let folder = tempfile::tempdir().unwrap();
        let token = token();
        let (held, _) = TokenLock::hold(folder.path(), &token, 0, Duration::ZERO).unwrap();
        thread::scope(|scope| {
            let waiting =
                scope.spawn(|| TokenLock::take(folder.path(), &token, &Cancel::default()));
            thread::sleep(4 * LOCK_POLL_INTERVAL);
            assert!(!waiting.is_finished());
            drop(held);
            assert_eq!(waiting.join().unwrap().unwrap().generation(), 1);
        });
    }
}
