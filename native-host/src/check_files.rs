//! Files that the extension gives to be checked together: signatures and evidence are kept whole, documents are hashed.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};
use tamga_core::{
    algorithm::{Digest, DigestAlgorithm},
    check::{GivenFile, InputFile, VerifiedFiles, needed_digests},
    failure::ErrorCode,
    format::{Document, Hashed, Hashing},
    protocol::{CheckRole, MAX_CHECK_FILE, MAX_DOCUMENTS},
};

/// How much of the files may be kept at a time, in bytes.
const MAX_KEPT: usize = 2 * MAX_CHECK_FILE;

/// The files of one connection; its tasks share them.
#[derive(Clone, Debug, Default)]
pub struct CheckFiles(Arc<Mutex<Files>>);

#[derive(Debug, Default)]
struct Files {
    all: BTreeMap<u32, CheckFile>,
    last: u32,
    /// The document that was last taken out, and of which file.
    taken_out: Option<(u32, Arc<Vec<u8>>)>,
}

#[derive(Clone, Debug)]
struct CheckFile {
    name: String,
    content: Content,
}

#[derive(Clone, Debug)]
enum Content {
    Kept(Arc<Vec<u8>>),
    Hashed(Hashed),
}

/// A file that is arriving.
#[derive(Debug)]
pub struct ArrivingFile {
    name: String,
    content: Arriving,
}

#[derive(Debug)]
enum Arriving {
    Kept(Vec<u8>),
    Hashed(Hashing),
}

impl ArrivingFile {
    /// A file that is kept.
    pub fn kept(name: String) -> Self {
        let content = Arriving::Kept(Vec::new());
        Self { name, content }
    }

    /// A document that is hashed.
    pub fn hashed(name: String, digests: &[DigestAlgorithm]) -> Self {
        let content = Arriving::Hashed(Hashing::new(digests));
        Self { name, content }
    }

    /// Takes the next piece in.
    pub fn update(&mut self, piece: &[u8]) {
        match &mut self.content {
            Arriving::Kept(bytes) => bytes.extend_from_slice(piece),
            Arriving::Hashed(hashing) => hashing.update(piece),
        }
    }
}

impl CheckFiles {
    fn with<T>(&self, work: impl FnOnce(&mut Files) -> T) -> T {
        work(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Forgets all files.
    pub fn clear(&self) {
        self.with(|files| {
            files.all.clear();
            files.taken_out = None;
        });
    }

    /// Takes a file in that has arrived; gives its number, what it is, and which digests its documents need.
    ///
    /// # Errors
    /// `CONTENT_TOO_LARGE`: with this, more than may be kept.
    pub fn add(
        &self,
        arrived: ArrivingFile,
    ) -> Result<(u32, CheckRole, Vec<DigestAlgorithm>), ErrorCode> {
        let (role, digests, content) = match arrived.content {
            Arriving::Hashed(hashing) => {
                let hashed = Content::Hashed(hashing.finish());
                (CheckRole::Document, Vec::new(), hashed)
            }
            Arriving::Kept(bytes) => {
                let input = InputFile::read(&bytes);
                let digests = needed_digests(std::iter::once(&input));
                (role(&input), digests, Content::Kept(Arc::new(bytes)))
            }
        };
        let number = self.with(|files| files.insert(arrived.name, content))?;
        Ok((number, role, digests))
    }

    /// Verifies the signatures among these files, whomever one trusts.
    ///
    /// # Errors
    /// `REQUEST_MALFORMED`: a file is not here.
    pub fn verify(&self, numbers: &[u32]) -> Result<VerifiedFiles, ErrorCode> {
        let files = self.with(|files| {
            let files = numbers.iter().map(|number| files.all.get(number).cloned());
            files.collect::<Option<Vec<_>>>()
        });
        let files = files.ok_or(ErrorCode::RequestMalformed)?;
        let inputs: Vec<_> = files.iter().map(CheckFile::input).collect();
        let digests = needed_digests(inputs.iter());
        let files = files.into_iter().zip(inputs);
        let mut given: Vec<_> = files
            .map(|(file, input)| file.given(input, &digests))
            .collect();
        Ok(VerifiedFiles::new(&mut given, None))
    }

    /// A part of the document that is inside of a file, and how long that is.
    ///
    /// # Errors
    /// `REQUEST_MALFORMED`: there is none.
    pub fn content(
        &self,
        number: u32,
        start: u64,
        length: usize,
    ) -> Result<(Vec<u8>, u64), ErrorCode> {
        let known = self.with(|files| files.taken_out.clone());
        let content = match known.filter(|(file, _)| *file == number) {
            Some((_, content)) => content,
            None => {
                let file = self.with(|files| files.all.get(&number).cloned());
                let content = file.and_then(|file| file.inside());
                let content = Arc::new(content.ok_or(ErrorCode::RequestMalformed)?);
                self.with(|files| files.taken_out = Some((number, Arc::clone(&content))));
                content
            }
        };
        let start = usize::try_from(start).map_err(|_| ErrorCode::RequestMalformed)?;
        let rest = content.get(start..).ok_or(ErrorCode::RequestMalformed)?;
        let part = rest.get(..length).unwrap_or(rest).to_vec();
        let size = u64::try_from(content.len()).unwrap_or(u64::MAX);
        Ok((part, size))
    }
}

impl Files {
    fn insert(&mut self, name: String, content: Content) -> Result<u32, ErrorCode> {
        let kept = |content: &Content| match content {
            Content::Kept(bytes) => bytes.len(),
            Content::Hashed(_) => 0,
        };
        let all: usize = self.all.values().map(|it| kept(&it.content)).sum();
        let fits = all.saturating_add(kept(&content)) <= MAX_KEPT;
        if !fits || self.all.len() >= MAX_DOCUMENTS {
            return Err(ErrorCode::ContentTooLarge);
        }
        self.last = self.last.wrapping_add(1);
        self.all.insert(self.last, CheckFile { name, content });
        Ok(self.last)
    }
}

impl CheckFile {
    fn input(&self) -> InputFile {
        match &self.content {
            Content::Kept(bytes) => InputFile::read(bytes),
            Content::Hashed(_) => InputFile::Document,
        }
    }

    fn given(self, input: InputFile, digests: &[DigestAlgorithm]) -> GivenFile<'static> {
        let document = match self.content {
            Content::Hashed(hashed) => hashed,
            Content::Kept(bytes) => {
                let mut hashing = Hashing::new(digests);
                hashing.update(&bytes);
                hashing.finish()
            }
        };
        let known: Vec<Digest> = document.digests().to_vec();
        let document: Box<dyn Document> = Box::new(document);
        GivenFile {
            name: self.name,
            input,
            digests: known,
            document,
        }
    }

    /// The document inside.
    fn inside(&self) -> Option<Vec<u8>> {
        let InputFile::Signature(signature) = self.input() else {
            return None;
        };
        let mut signed = signature.signed.iter();
        let content = signed.find_map(|signed| signature.content_of(signed))?;
        Some(content.to_vec())
    }
}

fn role(input: &InputFile) -> CheckRole {
    match input {
        InputFile::Signature(_) => CheckRole::Signature,
        InputFile::Damaged => CheckRole::Damaged,
        InputFile::Certificates(_) | InputFile::RevocationLists(_) | InputFile::OcspAnswers(_) => {
            CheckRole::Evidence
        }
        InputFile::Document => CheckRole::Document,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ATTACHED: &[u8] = include_bytes!("../../wasm-core/tests/fixtures/files/attached.p7m");
    const DETACHED: &[u8] = include_bytes!("../../wasm-core/tests/fixtures/files/detached.p7s");
    const DOCUMENT: &[u8] = include_bytes!("../../wasm-core/tests/fixtures/files/document.txt");

    fn add(files: &CheckFiles, mut file: ArrivingFile, content: &[u8]) -> (u32, CheckRole) {
        content.chunks(7).for_each(|piece| file.update(piece));
        let (number, role, _) = files.add(file).unwrap();
        (number, role)
    }

    #[test]
    fn files_are_checked_together() {
        let files = CheckFiles::default();
        let detached = ArrivingFile::kept("d.p7s".into());
        let (signature, role) = add(&files, detached, DETACHED);
        assert_eq!(role, CheckRole::Signature);
        let digests = [DigestAlgorithm::Sha256];
        let document = ArrivingFile::hashed("d".into(), &digests);
        let (document, role) = add(&files, document, DOCUMENT);
        assert_eq!(role, CheckRole::Document);
        let verified = files.verify(&[signature, document]).unwrap();
        let report = verified.report(None, 0);
        assert_eq!(report.signatures[0].signers[0].signature.failure, None);
        let missing = files.verify(&[signature, 9]);
        assert_eq!(missing.unwrap_err(), ErrorCode::RequestMalformed);
        files.clear();
        assert!(files.verify(&[signature]).is_err());
    }

    #[test]
    fn the_document_inside_is_taken_out_in_parts() {
        let files = CheckFiles::default();
        let (file, _) = add(&files, ArrivingFile::kept("a.p7m".into()), ATTACHED);
        let size = u64::try_from(DOCUMENT.len()).unwrap();
        let mut whole = Vec::new();
        while whole.len() < DOCUMENT.len() {
            let at = u64::try_from(whole.len()).unwrap();
            let (part, found) = files.content(file, at, 5).unwrap();
            assert_eq!(found, size);
            whole.extend(part);
        }
        assert_eq!(whole, DOCUMENT);
        assert!(files.content(file, size + 1, 5).is_err());
        let (file, _) = add(&files, ArrivingFile::kept("d.p7s".into()), DETACHED);
        assert!(files.content(file, 0, 5).is_err());
    }
}
