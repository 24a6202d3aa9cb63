//! Files that a person names: their objects, whichever way they are written.

use super::keys::named;
use crate::{
    failure::{Error, Storage as _},
    files,
};
use std::path::Path;
use tamga_core::{
    certificate::Certificate,
    check::{InputFile, SignatureInput},
    cms::SignedData,
    failure::{ErrorCode, Failure},
    pem,
};

/// The largest file that is inspected or verified, in bytes: it is read into memory.
pub(super) const MAX_FILE: usize = 512 << 20;

/// Reads a whole file.
///
/// # Errors
/// `CONTENT_TOO_LARGE`, or when it cannot be read.
pub(super) fn read(path: &Path) -> Result<Vec<u8>, Error> {
    let file = files::read(path, MAX_FILE).reading();
    Ok(file.map_err(|error| named(error, path))?)
}

/// The certificates that a file holds, DER: all of its own, and those that came with signatures in it (.p7b, .p7c).
///
/// # Errors
/// `CERTIFICATE_MALFORMED` where there is none; when the file cannot be read.
pub(super) fn certificates(path: &Path) -> Result<Vec<Vec<u8>>, Error> {
    let file = read(path)?;
    let all: Vec<_> = pem::objects(&file)
        .iter()
        .flat_map(certificates_of)
        .collect();
    match all.is_empty() {
        true => Err(malformed(ErrorCode::CertificateMalformed, path)),
        false => Ok(all),
    }
}

/// The signatures of a file.
///
/// # Errors
/// `CONTENT_MALFORMED` where there is none, or one of them is damaged; when the file cannot be read.
pub(super) fn signatures(path: &Path) -> Result<SignatureInput, Error> {
    match InputFile::read(&read(path)?) {
        InputFile::Signature(signatures) => Ok(signatures),
        _ => Err(malformed(ErrorCode::ContentMalformed, path)),
    }
}

/// The certificates in one object of a file.
pub(super) fn certificates_of(object: &pem::Object<'_>) -> Vec<Vec<u8>> {
    match Certificate::parse(object.bytes()) {
        Ok(certificate) => vec![certificate.der().to_vec()],
        Err(_) => SignedData::parse(object.bytes())
            .map(|signed| signed.certificates().to_vec())
            .unwrap_or_default(),
    }
}

/// An error about a file that is not what was asked for.
pub(super) fn malformed(code: ErrorCode, path: &Path) -> Error {
    Failure::of(code, files::name_of(path)).into()
}
