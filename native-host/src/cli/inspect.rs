//! What a file holds: a certificate, a signature or keys.

use super::{
    Outcome,
    console::Console,
    keys::{Listed, named},
};
use crate::{
    failure::{Error, Storage as _},
    folder::{self, name_of},
    keys::pkcs12,
    session::Surroundings,
};
use base64::prelude::{BASE64_STANDARD, Engine as _};
use serde::Serialize;
use std::path::Path;
use tamga_core::{certificate::Certificate, cms::SignedData};

/// The largest file that is inspected or verified, in bytes: it is read into memory.
const MAX_FILE: usize = 512 << 20;

#[derive(Serialize)]
struct Contents {
    kind: &'static str,
    certificates: Vec<Listed>,
}

/// `tamga-host inspect`
pub(super) fn inspect(
    path: &Path,
    surroundings: &Surroundings,
    console: &Console,
) -> Result<Outcome, Error> {
    let file = read(path)?;
    let now = (surroundings.clock)();
    let certificate = |der: &[u8]| Listed::certificate(der, None, now);
    let contents = if Certificate::parse(&file).is_ok() {
        Contents {
            kind: "certificate",
            certificates: vec![certificate(&file)],
        }
    } else if let Ok(signed) = SignedData::parse(&file) {
        Contents {
            kind: "signature",
            certificates: signed
                .certificates()
                .iter()
                .map(|der| certificate(der))
                .collect(),
        }
    } else {
        let password = console.password(&name_of(path))?;
        let keys = pkcs12::contents(&file, &password)?;
        Contents {
            kind: "key-file",
            certificates: keys
                .iter()
                .map(|key| certificate(&key.certificate))
                .collect(),
        }
    };
    console.result(&contents, |texts| {
        contents
            .certificates
            .iter()
            .map(|listed| listed.lines(texts))
            .collect()
    });
    Ok(Outcome::Done)
}

/// Reads a file in DER, PEM or bare base64, and gives DER.
///
/// # Errors
/// `CONTENT_TOO_LARGE`, or when it cannot be read.
pub(super) fn read(path: &Path) -> Result<Vec<u8>, Error> {
    let file = folder::read(path, MAX_FILE)
        .reading()
        .map_err(|error| named(error, path))?;
    Ok(unarmoured(&file).unwrap_or(file))
}

/// What PEM or base64 text stands for; `None` if the file is neither.
fn unarmoured(file: &[u8]) -> Option<Vec<u8>> {
    let text = std::str::from_utf8(file).ok()?;
    let lines = text.lines().map(str::trim);
    let body: String = lines.filter(|line| !line.starts_with("-----")).collect();
    BASE64_STANDARD
        .decode(body)
        .ok()
        .filter(|der| !der.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn armour_is_taken_off() {
        let pem = b"-----BEGIN CMS-----\r\nMAMC\r\nAQU=\r\n-----END CMS-----\r\n";
        assert_eq!(unarmoured(pem), Some(vec![0x30, 3, 2, 1, 5]));
        assert_eq!(unarmoured(b"MAMC\nAQU=\n"), Some(vec![0x30, 3, 2, 1, 5]));
        assert_eq!(unarmoured(&[0x30, 3, 2, 1, 5]), None);
        assert_eq!(unarmoured(&[0x30, 0x82, 1, 5]), None);
        assert_eq!(unarmoured(b""), None);
    }
}
