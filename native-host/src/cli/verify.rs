//! Verifying signatures.

use super::{
    Outcome,
    console::Console,
    input_files::{self, malformed},
    keys::named,
    report::{Report, Signer},
};
use crate::failure::{Error, Storage as _};
use clap::Args;
use std::{
    fs::File,
    io,
    path::{Path, PathBuf},
};
use tamga_core::{
    certificate::Certificate,
    failure::ErrorCode,
    file_kind::FileKind,
    format::{Document, Signed},
    pem,
};

/// What to verify.
#[derive(Args, Debug)]
pub(super) struct Request {
    /// The CMS file; DER, PEM or base64.
    signature: PathBuf,
    /// The document. If there is one in the signature, it has to be the same.
    #[arg(long)]
    content: Option<PathBuf>,
    /// A file with certificates among which the signer's is looked for, if it is not in the signature.
    #[arg(long, value_name = "FILE")]
    certificate: Vec<PathBuf>,
}

/// `tamga-host verify`
pub(super) fn verify(request: &Request, console: &Console) -> Result<Outcome, Error> {
    let path = &request.signature;
    let signatures = Signatures::read(path)?;
    let mut certificates = signatures.certificates.clone();
    for path in &request.certificate {
        certificates.extend(input_files::certificates(path)?);
    }
    let document = request.content.as_deref().map(FileContent::open);
    let mut document = document.transpose()?;
    let mut report = Report::new(signatures.trailing);
    for signed in &signatures.signed {
        let content = document.as_mut();
        let content = content.map(|content| -> &mut dyn Document { content });
        let verdicts = signed.verify(content, &certificates);
        report.add(verdicts.into_iter().map(Signer::of));
    }
    if let Some(error) = document.and_then(|document| document.error) {
        return Err(error);
    }
    console.result(&report, |texts| report.lines(texts));
    Ok(report.outcome())
}

/// The signatures of one file, and the certificates that lie beside them.
pub(super) struct Signatures {
    pub(super) signed: Vec<Signed>,
    pub(super) certificates: Vec<Vec<u8>>,
    /// How many bytes follow the signature.
    pub(super) trailing: usize,
}

impl Signatures {
    /// # Errors
    /// `CONTENT_MALFORMED`: there is none, or a block of the file that should be one is damaged; when the file cannot
    /// be read.
    pub(super) fn read(path: &Path) -> Result<Self, Error> {
        let file = input_files::read(path)?;
        let mut found = Self {
            signed: Vec::new(),
            certificates: Vec::new(),
            trailing: 0,
        };
        let mut damaged = false;
        for object in pem::objects(&file) {
            match Signed::parse(object.bytes()) {
                Ok(signed) => {
                    found.signed.push(signed);
                    found.trailing = found.trailing.max(object.trailing());
                }
                Err(_) if Certificate::parse(object.bytes()).is_ok() => {
                    found
                        .certificates
                        .extend(input_files::certificates_of(&object));
                }
                Err(_) => damaged |= is_signature(&object),
            }
        }
        if damaged || found.signed.is_empty() {
            return Err(malformed(ErrorCode::ContentMalformed, path));
        }
        Ok(found)
    }
}

/// Whether an object is meant to be a signature.
fn is_signature(object: &pem::Object<'_>) -> bool {
    // RFC 7468 §8, §9, and what OpenSSL takes besides
    let labels = ["CMS", "PKCS7", "PKCS #7 SIGNED DATA"];
    labels.contains(&object.label()) || FileKind::of(object) == FileKind::Signature
}

/// A document on disk. Its bytes are the content, whatever they look like.
struct FileContent<'a> {
    path: &'a Path,
    error: Option<Error>,
}

impl<'a> FileContent<'a> {
    /// # Errors
    /// When the file cannot be opened.
    fn open(path: &'a Path) -> Result<Self, Error> {
        let opened = File::open(path).reading();
        opened.map_err(|error| named(error, path))?;
        Ok(Self { path, error: None })
    }
}

impl Document for FileContent<'_> {
    fn read(&mut self, piece: &mut dyn FnMut(&[u8])) -> bool {
        let copied = File::open(self.path).and_then(|mut file| {
            let mut file = io::BufReader::with_capacity(PIECE, &mut file);
            io::copy(&mut file, &mut Pieces(piece))
        });
        let error = copied.reading().err();
        self.error = error.map(|error| named(error, self.path).into());
        self.error.is_none()
    }
}

/// How much of a document is in memory, in bytes.
const PIECE: usize = 256 << 10;

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
