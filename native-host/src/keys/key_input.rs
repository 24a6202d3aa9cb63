//! Files that a person gives for a key: what they hold, or why there is no key in them.

use crate::failure::Error;
use tamga_core::{
    failure::ErrorCode,
    file_kind::FileKind,
    pem::{self, Object},
    pkcs12::KeyParts,
};
use zeroize::Zeroizing;

/// What a person gave.
#[derive(Debug)]
pub enum KeyInput {
    /// A PKCS#12 file, without what was around it.
    KeyFile(KeyFileBytes),
    /// Keys and certificates that are in no such file.
    Parts(KeyParts),
}

/// The bytes of a PKCS#12 file.
pub struct KeyFileBytes(pub Zeroizing<Vec<u8>>);

/// What a file is that has no key in it.
const NO_KEY: [(FileKind, ErrorCode); 11] = [
    (FileKind::Certificate, ErrorCode::FileIsCertificate),
    (FileKind::CertificateRequest, ErrorCode::FileIsRequest),
    (FileKind::Html, ErrorCode::FileIsWebPage),
    (FileKind::JavaKeyStore, ErrorCode::FileIsKeystore),
    (FileKind::OfficeDocument, ErrorCode::FileIsDocument),
    (FileKind::Pdf, ErrorCode::FileIsDocument),
    (FileKind::PublicKey, ErrorCode::FileIsPublicKey),
    (FileKind::RevocationList, ErrorCode::FileIsRevocationList),
    (FileKind::Signature, ErrorCode::FileIsSignature),
    (FileKind::Xml, ErrorCode::FileIsDocument),
    (FileKind::Zip, ErrorCode::FileIsArchive),
];

impl KeyInput {
    /// Reads one file or several: a PKCS#12 file (DER, PEM or base64), or a key with its certificate.
    ///
    /// # Errors
    /// What the first of them is if there is no key; `KEY_FILE_EMPTY`, `KEY_FILE_MALFORMED`.
    pub fn read(files: &[&[u8]]) -> Result<Self, Error> {
        let objects: Vec<Object<'_>> = files.iter().flat_map(|file| pem::objects(file)).collect();
        let mut each = objects.iter();
        if let Some(found) = each.find(|object| FileKind::of(object) == FileKind::KeyFile) {
            let bytes = Zeroizing::new(found.bytes().to_vec());
            return Ok(Self::KeyFile(KeyFileBytes(bytes)));
        }
        let parts = KeyParts::read(&objects)?;
        if parts.has_keys() {
            return Ok(Self::Parts(parts));
        }
        Err(match objects.first() {
            None => ErrorCode::KeyFileEmpty,
            Some(object) => no_key(FileKind::of(object)),
        }
        .into())
    }
}

impl KeyInput {
    /// Whether something in it is encrypted, as PKCS#12 files as good as always are.
    pub fn needs_password(&self) -> bool {
        match self {
            Self::KeyFile(_) => true,
            Self::Parts(parts) => parts.is_encrypted(),
        }
    }
}

impl std::fmt::Debug for KeyFileBytes {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("KeyFileBytes")
    }
}

/// The bytes of the PKCS#12 file in what a person gave.
///
/// # Errors
/// As [`KeyInput::read`]; `FILE_IS_PRIVATE_KEY` for keys that are in no such file.
pub fn key_file(file: &[u8]) -> Result<Zeroizing<Vec<u8>>, Error> {
    match KeyInput::read(&[file])? {
        KeyInput::KeyFile(KeyFileBytes(bytes)) => Ok(bytes),
        KeyInput::Parts(_) => Err(ErrorCode::FileIsPrivateKey.into()),
    }
}

fn no_key(kind: FileKind) -> ErrorCode {
    let mut known = NO_KEY.iter();
    let known = known.find(|(known, _)| *known == kind);
    known.map_or(ErrorCode::KeyFileMalformed, |(_, code)| *code)
}
