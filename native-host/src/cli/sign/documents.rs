//! One document after the other: read, signed, written beside, recorded.

use super::Request;
use crate::{
    audit::{AuditEntry, AuditLog},
    cli::{
        containers::shown,
        keys::named,
        output::{Outputs, Target, create_beside},
    },
    failure::{Error, Storage as _},
    record::Record,
    session::HostContext,
    sign::Signer,
};
use serde::Serialize;
use std::{
    fs::File,
    io::{self, Read as _},
    path::{Path, PathBuf},
};
use tamga_core::{
    algorithm::{Digest, DigestAlgorithm, Hasher},
    failure::{ErrorCode, Failure},
    format::{Content, Piece, Profile},
    protocol::RecordEntry,
    text::Catalogue,
};

const DOING: &str = "writing a signature";
/// How much of a document is in memory, in bytes.
const PIECE: usize = 256 << 10;

/// What signing documents takes.
pub(super) struct Work<'a> {
    pub(super) request: &'a Request,
    pub(super) profile: Profile,
    pub(super) signer: Signer,
    pub(super) outputs: Outputs,
    pub(super) log: AuditLog,
    pub(super) context: &'a mut HostContext,
}

/// What became of one document.
#[derive(Serialize)]
pub(super) struct Signed {
    document: PathBuf,
    #[serde(skip_serializing_if = "Option::is_none")]
    signature: Option<PathBuf>,
    /// What the signature would be called if there were no such file already.
    #[serde(skip_serializing_if = "Option::is_none")]
    taken: Option<PathBuf>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) failure: Option<Failure>,
}

impl Work<'_> {
    /// Signs a document. One that fails does not stop the others.
    pub(super) fn sign(&mut self, document: &Path) -> Signed {
        let target = self.request.target_for(document, self.profile);
        let algorithm = self.signer.digest_algorithm();
        let (digest, written) = match content_of(document, algorithm) {
            Ok(content) => {
                let written = self.write(document, &content, &target);
                (Some(content.digest), written)
            }
            Err(error) => (None, Err(error)),
        };
        let signed = Signed::of(document, &target, written);
        self.record(&signed, digest);
        signed
    }

    /// Signs what was read, and puts the signature into a file.
    fn write(
        &mut self,
        document: &Path,
        content: &Content,
        target: &Target,
    ) -> Result<PathBuf, Error> {
        let mut random = (self.context.random)();
        let signed = self.signer.sign(content, self.profile, &mut *random)?;
        let pieces = signed.finish()?;
        let original = if pieces.iter().any(Piece::is_of_document) {
            Some(DocumentReader::open(document, content.digest.algorithm())?)
        } else {
            None
        };
        let metadata = original.as_ref().map(|it| it.file.metadata().reading());
        let mut file = create_beside(target, metadata.transpose()?.as_ref()).writing(DOING)?;
        write_pieces(&pieces, original, content, &mut file)?;
        file.as_file().sync_all().writing(DOING)?;
        self.outputs.place(file, target)
    }

    /// A record that cannot be written does not stop signing.
    fn record(&self, signed: &Signed, digest: Option<Digest>) {
        let context = &self.context;
        let (now, certificate) = ((context.clock)(), self.signer.certificate());
        let path = std::path::absolute(&signed.document);
        let entry = RecordEntry {
            time: now,
            origin: None,
            top_origin: None,
            document: shown(path.as_deref().unwrap_or(&signed.document)),
            digest,
            blind: false,
            certificate: certificate.id(),
            owner: certificate.view().owner,
            failure: signed.failure.as_ref().map(|failure| failure.code),
        };
        let audited = AuditEntry {
            time: now,
            origin: None,
            top_origin: None,
            certificate: entry.certificate.clone(),
            serial: Some(certificate.view().serial),
            digest: entry.digest.clone(),
        };
        self.log.write(&audited, entry.failure);
        let record = Record::new(&context.folders.data);
        if let Err(error) = record.append(&entry) {
            tracing::warn!(%error, "the record of signatures cannot be written");
        }
    }
}

impl Signed {
    fn of(document: &Path, target: &Target, signed: Result<PathBuf, Error>) -> Self {
        let mut all = Self {
            document: document.to_owned(),
            signature: None,
            taken: None,
            failure: None,
        };
        match signed {
            Ok(signature) => {
                all.taken = (signature != target.path()).then(|| target.path().to_owned());
                all.signature = Some(signature);
            }
            Err(error) => all.failure = Some(named(error, document)),
        }
        all
    }

    /// As text for the terminal.
    pub(super) fn line(&self, texts: &Catalogue) -> String {
        if let Some(failure) = &self.failure {
            return texts.error(failure);
        }
        let path = |path: &Option<PathBuf>| path.as_deref().map(shown).unwrap_or_default();
        let (signature, taken) = (path(&self.signature), path(&self.taken));
        let values = [
            ("document", &*shown(&self.document)),
            ("signature", &signature),
            ("taken", &taken),
        ];
        match self.taken {
            None => texts.text("cli_signed", &values),
            Some(_) => texts.text("cli_signed_beside", &values),
        }
    }
}

/// The digest and the size of a document.
///
/// # Errors
/// When it cannot be read.
fn content_of(document: &Path, algorithm: DigestAlgorithm) -> Result<Content, Error> {
    let mut reader = DocumentReader::open(document, algorithm)?;
    reader.copy_until(u64::MAX, &mut io::sink())?;
    Ok(reader.finish())
}

/// Writes a signed document. Where pieces of it are the document's, that is read whole once more: what is written has to be
/// what was signed.
///
/// # Errors
/// `CONTENT_CHANGED`; when the document cannot be read, or the output cannot be written.
fn write_pieces(
    pieces: &[Piece],
    mut document: Option<DocumentReader>,
    content: &Content,
    output: &mut impl io::Write,
) -> Result<(), Error> {
    for piece in pieces {
        match (piece, &mut document) {
            (Piece::Bytes { bytes }, _) => output.write_all(bytes).writing(DOING)?,
            (Piece::Document { start, length }, Some(document)) => {
                document.copy_until(*start, &mut io::sink())?;
                document.copy_until(start.saturating_add(*length), output)?;
            }
            (Piece::Document { .. }, None) => return Err(ErrorCode::Internal.into()),
        }
    }
    let Some(mut document) = document else {
        return Ok(());
    };
    document.copy_until(u64::MAX, &mut io::sink())?;
    match document.finish() == *content {
        true => Ok(()),
        false => Err(ErrorCode::ContentChanged.into()),
    }
}

/// Reads a document from its beginning, and hashes all of it.
struct DocumentReader {
    file: File,
    hasher: Hasher,
    at: u64,
}

impl DocumentReader {
    fn open(document: &Path, algorithm: DigestAlgorithm) -> Result<Self, Error> {
        Ok(Self {
            file: File::open(document).reading()?,
            hasher: algorithm.hasher(),
            at: 0,
        })
    }

    /// Copies up to this offset, or to the end if that comes first.
    ///
    /// # Errors
    /// When the document cannot be read, or the copy cannot be written.
    fn copy_until(&mut self, end: u64, output: &mut impl io::Write) -> Result<(), Error> {
        let mut piece = vec![0; PIECE];
        let mut rest = (&mut self.file).take(end.saturating_sub(self.at));
        loop {
            let length = match rest.read(&mut piece) {
                Ok(0) => return Ok(()),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                length => length.reading()?,
            };
            let read = piece.get(..length).unwrap_or_default();
            self.hasher.update(read);
            output.write_all(read).writing(DOING)?;
            self.at += u64::try_from(length).unwrap_or(u64::MAX);
        }
    }

    fn finish(self) -> Content {
        Content {
            digest: self.hasher.finish(),
            size: Some(self.at),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(bytes: &[u8]) -> Piece {
        let bytes = bytes.to_vec();
        Piece::Bytes { bytes }
    }

    fn range(start: u64, length: u64) -> Piece {
        Piece::Document { start, length }
    }

    /// What is written of pieces when the document has changed since it was signed.
    fn written(pieces: &[Piece], signed: &[u8], now: &[u8]) -> Result<Vec<u8>, ErrorCode> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("document");
        std::fs::write(&path, signed).unwrap();
        let content = content_of(&path, DigestAlgorithm::Sha256).unwrap();
        assert_eq!(content.size, u64::try_from(signed.len()).ok());
        std::fs::write(&path, now).unwrap();
        let document = DocumentReader::open(&path, DigestAlgorithm::Sha256).unwrap();
        let mut output = Vec::new();
        let result = write_pieces(pieces, Some(document), &content, &mut output);
        result.map_err(|error| Failure::from(error).code)?;
        Ok(output)
    }

    #[test]
    fn a_signed_document_is_put_together_of_pieces() {
        let same = |pieces: &[Piece]| written(pieces, b"<a>text</a>", b"<a>text</a>").unwrap();
        // As CMS, an enveloped XML signature and an incremental PDF have them.
        let cms = [bytes(b"("), range(0, 11), bytes(b")")];
        assert_eq!(same(&cms), b"(<a>text</a>)");
        let xml = [range(0, 7), bytes(b"<s/>"), range(7, 4)];
        assert_eq!(same(&xml), b"<a>text<s/></a>");
        assert_eq!(same(&[range(0, 11), bytes(b"%")]), b"<a>text</a>%");
        assert_eq!(same(&[range(3, 4)]), b"text");
    }

    #[test]
    fn a_document_that_changed_is_not_written_as_signed() {
        let pieces = [range(0, 3), bytes(b"-"), range(4, 2)];
        for now in [
            &b"abcdef"[..],
            b"abXdef",
            b"abcXef",
            b"abcdefg",
            b"abc",
            b"",
        ] {
            let written = written(&pieces, b"abcdef", now);
            match now {
                b"abcdef" => assert_eq!(written.unwrap(), b"abc-ef"),
                _ => assert_eq!(written, Err(ErrorCode::ContentChanged)),
            }
        }
    }
}
