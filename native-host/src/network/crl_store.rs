//! Revocation lists on disk: verified once, when they come, and looked up without being read again.
//!
//! Each list is two files: its DER, and an index to it. The index is written after the DER; whatever a power cut, a full
//! disk or another host leaves of the two, what does not belong together is verified and indexed anew, or not used.

mod index;
mod stored;
#[cfg(test)]
mod tests;

pub use stored::StoredCrl;

use crate::files::{self, Access, Stamp};
use index::IndexBuilder;
use std::{
    fs::{self, File},
    io,
    path::{Path, PathBuf},
    time::{Duration, SystemTime, UNIX_EPOCH},
};
use tamga_core::{
    algorithm::DigestAlgorithm,
    certificate::{IssuerSignatureError, PublicKey},
    trust::revocation::{Crl, CrlError, CrlHead, MAX_CRL, RevocationList as _},
};
use thiserror::Error;

/// How long another host may take for verifying and indexing a list.
const LOCK_TIMEOUT: Duration = Duration::from_secs(20);
/// How much all lists together may take on disk, in bytes. Beyond it those go that were not asked for longest.
const MAX_STORE: u64 = 512 << 20;
/// Endings of the two files of a list.
const CRL: &str = "crl";
const INDEX: &str = "index";
/// Endings of the files whose locks keep others from writing a list, and from fetching it.
const LOCK: &str = "lock";
const TURN: &str = "turn";

/// Why a list cannot be kept or used.
#[derive(Debug, Error)]
pub enum CrlStoreError {
    /// It is no list.
    #[error(transparent)]
    Crl(#[from] CrlError),
    /// The key did not sign it.
    #[error(transparent)]
    Signature(#[from] IssuerSignatureError),
    /// The system's reason.
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// The lists in the host's data folder, each under the address that it came from.
#[derive(Clone, Debug)]
pub struct CrlStore {
    folder: PathBuf,
    max_store: u64,
}

impl CrlStore {
    /// The lists of this person.
    pub fn new(data: &Path) -> Self {
        Self {
            folder: data.join("revocation"),
            max_store: MAX_STORE,
        }
    }

    /// Keeps nothing any more.
    ///
    /// # Errors
    /// As the system has them.
    pub fn remove_all(&self) -> io::Result<()> {
        files::if_there(fs::remove_dir_all(&self.folder)).map(drop)
    }

    /// Verifies a list that came from `address`, and keeps it, unless a newer one of the same issuer is kept: that is
    /// what comes back then.
    ///
    /// # Errors
    /// [`CrlStoreError`]; what was kept is kept then.
    pub fn put(
        &self,
        address: &str,
        der: &[u8],
        signer: &PublicKey,
    ) -> Result<StoredCrl, CrlStoreError> {
        let crl = Crl::parse(der)?;
        crl.verify(signer)?;
        files::create_private(&self.folder)?;
        let _lock = self.lock(address, LOCK, LOCK_TIMEOUT)?;
        let kept = self.open_indexed(address, signer);
        if let Some(kept) = kept.filter(|kept| !replaces(crl.head(), kept.head())) {
            return Ok(kept);
        }
        let path = self.path(address, CRL);
        files::replace(&path, crl.der(), Access::Private)?;
        let stored = self.index(address, &crl, signer)?;
        self.trim(address)?;
        Ok(stored)
    }

    /// Keeps others that take turns, in this host or another, from fetching the list of an address until what is given is
    /// dropped.
    ///
    /// # Errors
    /// As the system has them; [`io::ErrorKind::TimedOut`] where somebody else's turn takes longer than `timeout`.
    pub fn turn(&self, address: &str, timeout: Duration) -> io::Result<File> {
        self.lock(address, TURN, timeout)
    }

    /// The list that came from `address`, if it is kept and `signer` signed it. It is verified again only where its index
    /// is missing, damaged, of another list or for another signer.
    ///
    /// # Errors
    /// [`CrlStoreError`]: it cannot be used.
    pub fn open(
        &self,
        address: &str,
        signer: &PublicKey,
    ) -> Result<Option<StoredCrl>, CrlStoreError> {
        let path = self.path(address, CRL);
        if !path.is_file() {
            return Ok(None);
        }
        if let Some(stored) = self.open_indexed(address, signer) {
            return Ok(Some(stored));
        }
        let _lock = self.lock(address, LOCK, LOCK_TIMEOUT)?;
        // Another host may have indexed it meanwhile.
        if let Some(stored) = self.open_indexed(address, signer) {
            return Ok(Some(stored));
        }
        let der = files::read(&path, MAX_CRL)?;
        let crl = Crl::parse(&der)?;
        crl.verify(signer)?;
        self.index(address, &crl, signer).map(Some)
    }

    /// `None`: there is no index that can be read and belongs to the list and the key.
    fn open_indexed(&self, address: &str, signer: &PublicKey) -> Option<StoredCrl> {
        let (crl, index) = (self.path(address, CRL), self.path(address, INDEX));
        let opened = StoredCrl::open(&crl, &index).unwrap_or_else(|error| {
            tracing::debug!(%error, "a revocation list has no index");
            None
        });
        let opened = opened.filter(|stored| stored.verify(signer).is_ok())?;
        touch(&index);
        Some(opened)
    }

    /// Indexes a list that was verified and lies on disk. Where there is no room for the index it stays in memory.
    fn index(
        &self,
        address: &str,
        crl: &Crl<'_>,
        signer: &PublicKey,
    ) -> Result<StoredCrl, CrlStoreError> {
        let (path, index) = (self.path(address, CRL), self.path(address, INDEX));
        let file = File::open(&path)?;
        let built = IndexBuilder::new(crl, signer, Stamp::of(&file)?.modified)?;
        let written = files::replace_with(&index, Access::Private, |file| built.write(file));
        let opened = match written {
            Ok(()) => StoredCrl::open(&path, &index)?,
            Err(error) => {
                tracing::warn!(%error, "the index of a revocation list is not written");
                let mut bytes = Vec::new();
                built.write(&mut bytes)?;
                StoredCrl::open_with(file, &index, bytes)?
            }
        };
        // Another program changed one of them meanwhile.
        opened.ok_or_else(|| io::Error::from(io::ErrorKind::InvalidData).into())
    }

    fn path(&self, address: &str, ending: &str) -> PathBuf {
        let digest = DigestAlgorithm::Sha256.digest(address.as_bytes());
        self.folder.join(digest.hex()).with_extension(ending)
    }

    /// Each list has locks of its own: whoever waits for a slow server holds up nobody else's list.
    fn lock(&self, address: &str, which: &str, timeout: Duration) -> io::Result<File> {
        let file = files::open_lock(&self.path(address, which))?;
        files::lock(file, timeout)
    }

    /// Removes those lists that were not asked for longest, but for the one of this address and those that somebody is
    /// writing.
    fn trim(&self, address: &str) -> io::Result<()> {
        let mut lists = Vec::new();
        for entry in fs::read_dir(&self.folder)? {
            let path = entry?.path();
            if path.extension().is_some_and(|ending| ending == CRL) {
                let (index, list) = (path.with_extension(INDEX).metadata(), path.metadata());
                let size = [&index, &list]
                    .into_iter()
                    .flatten()
                    .map(|it| it.len())
                    .sum::<u64>();
                // One that is not indexed yet was not asked for yet.
                let used = index.or(list).and_then(|it| it.modified());
                lists.push((used.unwrap_or(UNIX_EPOCH), size, path));
            }
        }
        lists.sort();
        let mut total: u64 = lists.iter().map(|(_, size, _)| size).sum();
        let own = self.path(address, CRL);
        for (_, size, path) in lists.into_iter().filter(|(_, _, path)| *path != own) {
            if total <= self.max_store {
                break;
            }
            let lock = files::open_lock(&path.with_extension(LOCK))?;
            let Ok(_lock) = files::lock(lock, Duration::ZERO) else {
                continue;
            };
            for ending in [INDEX, CRL, TURN, LOCK] {
                files::if_there(fs::remove_file(path.with_extension(ending)))?;
            }
            total -= size;
        }
        Ok(())
    }
}

/// Whether a list is to take the place of one that is kept.
fn replaces(new: &CrlHead, kept: &CrlHead) -> bool {
    !new.issuer.is(kept.issuer.der()) || new.this_update > kept.this_update
}

/// Notes that a list was asked for. That it cannot be noted is no reason not to use the list.
fn touch(index: &Path) {
    let file = fs::OpenOptions::new().write(true).open(index);
    let touched = file.and_then(|file| file.set_modified(SystemTime::now()));
    if let Err(error) = touched {
        tracing::debug!(%error, "the use of a revocation list is not noted");
    }
}
