//! Commands that check signed documents.

mod asking;

use super::Session;
use crate::{check_files::ArrivingFile, failure::Error};
use asking::SignatureCheck;
use base64::prelude::{BASE64_STANDARD, Engine as _};
use std::{io::Write, sync::Arc};
use tamga_core::{
    algorithm::DigestAlgorithm,
    failure::ErrorCode,
    protocol::{MAX_CHECK_FILE, MAX_CHUNK, MAX_DOCUMENTS, MAX_NAME, Reply},
};

/// The most digests that one document is hashed to.
const MAX_DIGESTS: usize = 18;

impl<W: Write> Session<W> {
    /// Expects a file that is checked with others.
    pub(super) fn expect_check_file(
        &mut self,
        id: u32,
        stream: u32,
        name: String,
        size: u64,
        digests: Option<Vec<DigestAlgorithm>>,
    ) -> Result<(), Error> {
        let is_fit = |digests: &Vec<_>| digests.len() <= MAX_DIGESTS;
        if name.len() > MAX_NAME || !digests.as_ref().is_none_or(is_fit) {
            return Err(ErrorCode::RequestMalformed.into());
        }
        let file = match digests {
            Some(digests) => ArrivingFile::hashed(name, &digests),
            None if size > u64::try_from(MAX_CHECK_FILE).unwrap_or(u64::MAX) => {
                return Err(ErrorCode::ContentTooLarge.into());
            }
            None => ArrivingFile::kept(name),
        };
        Ok(self.documents.expect_check_file(id, stream, size, file)?)
    }

    /// Takes a file in that has arrived. Reading a large signature takes its time.
    pub(super) fn check_file_arrived(&mut self, id: u32, file: ArrivingFile) -> Result<(), Error> {
        let files = self.check_files.clone();
        self.start(id, move |task| {
            let (file, role, digests) = files.add(file)?;
            task.check()?;
            Ok(Reply::CheckFileRead {
                file,
                role,
                digests,
            })
        })
    }

    /// Checks the signatures among files that were given.
    pub(super) fn check_signatures(
        &mut self,
        id: u32,
        numbers: Vec<u32>,
        servers: bool,
    ) -> Result<(), Error> {
        if numbers.is_empty() || numbers.len() > MAX_DOCUMENTS {
            return Err(ErrorCode::RequestMalformed.into());
        }
        let files = self.check_files.clone();
        let context = Arc::clone(&self.context);
        self.start(id, move |task| {
            let verified = files.verify(&numbers)?;
            task.check()?;
            let check = SignatureCheck::new(verified, &context);
            let report = check.report();
            task.check()?;
            match servers {
                true => check.ask_servers(task, report),
                false => Ok(Reply::Checked(report)),
            }
        })
    }

    /// Gives a part of the document that is inside of a file.
    pub(super) fn read_content(&mut self, id: u32, file: u32, start: u64) -> Result<(), Error> {
        let files = self.check_files.clone();
        self.start(id, move |_| {
            let (part, size) = files.content(file, start, MAX_CHUNK)?;
            Ok(Reply::Content {
                data: BASE64_STANDARD.encode(part),
                size,
            })
        })
    }
}
