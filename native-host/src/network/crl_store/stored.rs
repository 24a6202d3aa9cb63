//! A revocation list on disk as certificates are looked up in it.

use super::index::{Index, IndexBytes};
use crate::files::{self, Stamp};
use sha2::{Digest as _, Sha256};
use std::{
    fmt,
    fs::{self, File},
    io,
    path::{Path, PathBuf},
};
use tamga_core::{
    algorithm::SignatureError,
    certificate::{IssuerSignatureError, Name, PublicKey},
    trust::revocation::{
        Crl, CrlError, CrlHead, Entry, MAX_CRL, Revocation, RevocationList, is_issuer, more_severe,
        same_serial,
    },
};

/// How much of an entry is read at first: most have less than 60 bytes.
const ENTRY: u64 = 256;
/// The longest entry that is looked up, in bytes: one with many names of an issuer.
const MAX_ENTRY: u64 = 64 << 10;

/// A list on disk that was verified.
pub struct StoredCrl {
    crl: File,
    index: Index,
    index_path: PathBuf,
    head: CrlHead,
    signer: PublicKey,
}

impl StoredCrl {
    /// `None` where the two files are damaged or do not belong together.
    pub(super) fn open(crl: &Path, index: &Path) -> io::Result<Option<Self>> {
        let bytes = IndexBytes::File(File::open(index)?);
        Self::of(File::open(crl)?, index, bytes)
    }

    /// The same with the index in memory.
    pub(super) fn open_with(
        crl: File,
        index_path: &Path,
        index: Vec<u8>,
    ) -> io::Result<Option<Self>> {
        Self::of(crl, index_path, IndexBytes::Memory(index))
    }

    fn of(crl: File, index_path: &Path, bytes: IndexBytes) -> io::Result<Option<Self>> {
        let Some(index) = Index::open(bytes)? else {
            return Ok(None);
        };
        let indexed = Stamp {
            length: index.body.crl_length,
            modified: index.body.crl_modified,
        };
        let is_of = indexed == Stamp::of(&crl)?;
        let head = CrlHead::parse(&index.body.head);
        let signer = PublicKey::parse(&index.body.signer);
        let (true, Some(mut head), Some(signer)) = (is_of, head, signer) else {
            return Ok(None);
        };
        head.unknown_critical |= index.body.unknown_critical;
        Ok(Some(Self {
            crl,
            index,
            index_path: index_path.to_owned(),
            head,
            signer,
        }))
    }

    /// `None` where what is on disk is not what the index says.
    fn look_up(&self, serial: &[u8], issuer: &Name) -> io::Result<Option<Option<Revocation>>> {
        let Some(records) = self.index.find(serial)? else {
            return Ok(None);
        };
        let mut found = None;
        for record in records {
            let der = self.entry(record.entry)?;
            let entry = Entry::parse(&der).filter(|entry| same_serial(entry.serial, serial));
            let Some(entry) = entry else {
                return Ok(None);
            };
            let naming = match record.issuer {
                0 => Vec::new(),
                place => self.entry(place)?,
            };
            let named = Entry::parse(&naming).and_then(|entry| entry.issuer);
            if named.is_none() && record.issuer != 0 {
                return Ok(None);
            }
            if is_issuer(named, issuer, &self.head.issuer) {
                found = Some(more_severe(found, entry));
            }
        }
        Ok(Some(found))
    }

    /// The DER of an entry and what follows it.
    fn entry(&self, place: u32) -> io::Result<Vec<u8>> {
        let place = u64::from(place);
        let left = self.index.body.crl_length.saturating_sub(place);
        let short = self.read(place, left.min(ENTRY))?;
        match Entry::parse(&short) {
            Some(_) => Ok(short),
            None => self.read(place, left.min(MAX_ENTRY)),
        }
    }

    fn read(&self, place: u64, length: u64) -> io::Result<Vec<u8>> {
        let mut bytes = vec![0; usize::try_from(length).map_err(io::Error::other)?];
        files::read_exact_at(&self.crl, &mut bytes, place)?;
        Ok(bytes)
    }

    /// Looks through the whole list, if it still is the one that was verified.
    fn scan(&self, serial: &[u8], issuer: &Name) -> Result<Option<Revocation>, CrlError> {
        let length = self.index.body.crl_length;
        let der = self.read(0, length.min(u64::try_from(MAX_CRL).unwrap_or(u64::MAX)));
        let der = der.map_err(|_| CrlError::Unreadable)?;
        if <[u8; 32]>::from(Sha256::digest(&der)) != self.index.body.crl_digest {
            return Err(CrlError::Unreadable);
        }
        Crl::parse(&der)?.find(serial, issuer)
    }
}

impl RevocationList for StoredCrl {
    fn head(&self) -> &CrlHead {
        &self.head
    }

    fn find(&self, serial: &[u8], issuer: &Name) -> Result<Option<Revocation>, CrlError> {
        match self.look_up(serial, issuer) {
            Ok(Some(found)) => Ok(found),
            damaged => {
                tracing::warn!(?damaged, "the index of a revocation list is damaged");
                // Whoever opens the list next verifies and indexes it anew.
                let _ = fs::remove_file(&self.index_path);
                self.scan(serial, issuer)
            }
        }
    }

    /// Whether it was verified with this key.
    fn verify(&self, key: &PublicKey) -> Result<(), IssuerSignatureError> {
        match self.signer.is(key) {
            true => Ok(()),
            false => Err(SignatureError::Invalid.into()),
        }
    }
}

impl fmt::Debug for StoredCrl {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = formatter.debug_struct("StoredCrl");
        shown.field("head", &self.head).finish_non_exhaustive()
    }
}
