//! Answers of OCSP responders on disk: what was answered is not asked again while it may be believed.
//!
//! A file is an answer as it came, under the issuer's key and the serial number. Nothing is believed of it but what it is
//! found to say when it is read: whoever reads it verifies it again, and a damaged or foreign one is as good as none.

#[cfg(test)]
mod tests;

use crate::files::{self, Access};
use std::{
    fs, io,
    path::{Path, PathBuf},
    time::{SystemTime, UNIX_EPOCH},
};
use tamga_core::{algorithm::DigestAlgorithm, certificate::Certificate};

/// The longest answer that is kept, in bytes: with the certificates of its responder most have less than 8 kB.
const MAX_ANSWER: usize = 64 << 10;
/// So many are kept, those that came last.
const MAX_ANSWERS: usize = 2000;
/// The ending of a file.
const ANSWER: &str = "ocsp";

/// The answers in the host's data folder.
#[derive(Clone, Debug)]
pub struct AnswerStore {
    folder: PathBuf,
    max_answers: usize,
}

impl AnswerStore {
    /// The answers that this person's hosts were given.
    pub fn new(data: &Path) -> Self {
        Self {
            folder: data.join("revocation").join("answers"),
            max_answers: MAX_ANSWERS,
        }
    }

    /// Keeps an answer about a certificate of `issuer` in the place of the one before, unless it is too long.
    ///
    /// # Errors
    /// As the system has them; what was kept is kept then.
    pub fn put(
        &self,
        certificate: &Certificate,
        issuer: &Certificate,
        der: &[u8],
    ) -> io::Result<()> {
        if der.len() > MAX_ANSWER {
            return Ok(());
        }
        files::create_private(&self.folder)?;
        files::replace(&self.path(certificate, issuer), der, Access::Private)?;
        self.trim()
    }

    /// What is kept about a certificate of `issuer`, whatever it is.
    pub fn get(&self, certificate: &Certificate, issuer: &Certificate) -> Option<Vec<u8>> {
        let path = self.path(certificate, issuer);
        let read = files::read(&path, MAX_ANSWER);
        read.inspect_err(|error| {
            if error.kind() != io::ErrorKind::NotFound {
                tracing::debug!(%error, "an answer that is kept cannot be read");
            }
        })
        .ok()
    }

    /// Of a fixed length, whatever the serial number's is.
    fn path(&self, certificate: &Certificate, issuer: &Certificate) -> PathBuf {
        let key = DigestAlgorithm::Sha256.digest(issuer.key().spki());
        let name = [&key.bytes()[..], certificate.raw_serial()].concat();
        let name = DigestAlgorithm::Sha256.digest(&name);
        self.folder.join(name.hex()).with_extension(ANSWER)
    }

    /// Removes those that came first where there are too many. What a power cut left half-written is one of them.
    fn trim(&self) -> io::Result<()> {
        let entries = fs::read_dir(&self.folder)?.collect::<io::Result<Vec<_>>>()?;
        let Some(too_many) = entries.len().checked_sub(self.max_answers) else {
            return Ok(());
        };
        let mut all: Vec<(SystemTime, PathBuf)> = entries
            .into_iter()
            .map(|entry| {
                let written = entry.metadata().and_then(|it| it.modified());
                (written.unwrap_or(UNIX_EPOCH), entry.path())
            })
            .collect();
        all.sort();
        for (_, path) in all.into_iter().take(too_many) {
            files::if_there(fs::remove_file(path))?;
        }
        Ok(())
    }
}
