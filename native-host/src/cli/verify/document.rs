//! A document on disk, however large. It is read once for its digests, and again only where its bytes are asked for.

use crate::{
    cli::keys::named,
    failure::{Error, Storage as _},
};
use std::{cell::RefCell, fs::File, io, path::Path};
use tamga_core::{
    algorithm::{Digest, DigestAlgorithm},
    format::{Document, Hashing},
};

/// How much of a document is in memory, in bytes.
const PIECE: usize = 256 << 10;

/// What went wrong while documents were read again.
#[derive(Debug, Default)]
pub(super) struct FailedReads(RefCell<Option<Error>>);

impl FailedReads {
    /// # Errors
    /// The first failure.
    pub(super) fn into_result(self) -> Result<(), Error> {
        self.0.into_inner().map_or(Ok(()), Err)
    }
}

/// A file as a document.
#[derive(Debug)]
pub(super) struct FileDocument<'f> {
    path: &'f Path,
    digests: Vec<Digest>,
    failed: &'f FailedReads,
}

impl<'f> FileDocument<'f> {
    /// Hashes the file.
    ///
    /// # Errors
    /// When it cannot be read.
    pub(super) fn open(
        path: &'f Path,
        digests: &[DigestAlgorithm],
        failed: &'f FailedReads,
    ) -> Result<Self, Error> {
        let mut hashing = Hashing::new(digests);
        let mut update = |piece: &[u8]| hashing.update(piece);
        read(path, &mut update)
            .reading()
            .map_err(|error| named(error, path))?;
        Ok(Self {
            path,
            digests: hashing.finish().digests().to_vec(),
            failed,
        })
    }

    /// What it was hashed to.
    pub(super) fn digests(&self) -> &[Digest] {
        &self.digests
    }
}

impl Document for FileDocument<'_> {
    fn read(&mut self, piece: &mut dyn FnMut(&[u8])) -> bool {
        match read(self.path, piece).reading() {
            Ok(()) => true,
            Err(error) => {
                let mut failed = self.failed.0.borrow_mut();
                failed.get_or_insert_with(|| named(error, self.path).into());
                false
            }
        }
    }

    fn digest(&mut self, algorithm: DigestAlgorithm) -> Option<Digest> {
        let mut digests = self.digests.iter();
        if let Some(known) = digests.find(|it| it.algorithm() == algorithm) {
            return Some(known.clone());
        }
        let mut hasher = algorithm.hasher();
        self.read(&mut |piece| hasher.update(piece))
            .then(|| hasher.finish())
    }
}

fn read(path: &Path, piece: &mut dyn FnMut(&[u8])) -> io::Result<()> {
    let mut file = io::BufReader::with_capacity(PIECE, File::open(path)?);
    io::copy(&mut file, &mut Pieces(piece)).map(|_| ())
}

/// Hands on what is written to it.
struct Pieces<'a>(&'a mut dyn FnMut(&[u8]));

impl io::Write for Pieces<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        (self.0)(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
