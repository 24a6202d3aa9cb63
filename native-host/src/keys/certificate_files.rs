//! Certificates that the person gave without their keys, as `<data>/certificates/<id>.cer`, and those that lie in the folders
//! that the person named. A certificate is bound to a key within reach that has none of its own, by its public key and by
//! nothing else.

use crate::{
    failure::{Error, Storage as _},
    files,
    keys::path_list::PathList,
};
use std::{
    ffi::OsStr,
    fs, io,
    path::{Path, PathBuf},
};
use tamga_core::{
    certificate::Certificate,
    failure::{ErrorCode, Failure},
    file_kind::FileKind,
    pem,
    protocol::{KeyEntry, LoneCertificate},
};

/// The most certificates that are kept.
const MAX_CERTIFICATES: usize = 256;
/// The largest file with a certificate, in bytes.
const MAX_FILE: usize = 64 << 10;
/// The most certificates that are taken from one file.
const MAX_IN_FILE: usize = 16;
/// The most files with certificates beside a key that are looked at.
const MAX_BESIDE: usize = 16;
const ENDINGS: [&str; 2] = ["cer", "crt"];

/// The folder of such certificates.
#[derive(Clone, Debug)]
pub struct CertificateFiles {
    folder: PathBuf,
    /// Further folders, in which nothing is kept.
    named: PathList,
}

impl CertificateFiles {
    /// Those in the host's data folder.
    pub fn new(data: &Path) -> Self {
        Self {
            folder: data.join("certificates"),
            named: PathList::containers(data),
        }
    }

    /// Keeps the certificates of people in a file: of one with a chain the person's alone. Gives the id of the first.
    ///
    /// # Errors
    /// `CERTIFICATE_MALFORMED` where there is none, `CERTIFICATE_UNFIT` for authorities' alone, both with the file's
    /// `name`; `STORAGE_FAILED`.
    pub fn add(&self, name: &str, file: &[u8]) -> Result<String, Error> {
        let all = read(file);
        if all.is_empty() {
            return Err(Failure::of(ErrorCode::CertificateMalformed, name).into());
        }
        let persons = all.iter().filter(|it| !it.is_authority());
        let persons: Vec<&Certificate> = persons.collect();
        let first = persons.first();
        let first = first.ok_or_else(|| Failure::of(ErrorCode::CertificateUnfit, name))?;
        if self.paths().len() + persons.len() > MAX_CERTIFICATES {
            return Err(ErrorCode::StorageFailed.into());
        }
        let keep = || -> io::Result<()> {
            files::create_private(&self.folder)?;
            persons.iter().try_for_each(|certificate| {
                let path = self.path(&certificate.id());
                files::replace(&path, certificate.der(), files::Access::Private)
            })
        };
        keep().storing("keeping a certificate")?;
        Ok(first.id())
    }

    /// What is kept. A file that cannot be read is left out.
    pub fn list(&self) -> Vec<Certificate> {
        let read = |path: &PathBuf| read(&files::read(path, MAX_FILE).ok()?).into_iter().next();
        self.paths().iter().filter_map(read).collect()
    }

    /// What a key may be bound to: what is kept, and what lies in the folders that the person named.
    pub fn within_reach(&self) -> Vec<Certificate> {
        let named = self.named.list().into_iter().flatten();
        let beside = named.flat_map(|folder| in_folder(&folder, MAX_BESIDE));
        let beside = beside.flat_map(|path| read_file(&path));
        self.list().into_iter().chain(beside).collect()
    }

    /// Those to which none of these keys belongs.
    pub fn without_key(&self, keys: &[KeyEntry]) -> Vec<LoneCertificate> {
        let lone = |certificate: &Certificate| {
            let id = certificate.id();
            !keys.iter().any(|key| key.id == id)
        };
        let kept = self.list().into_iter().filter(lone);
        kept.map(|certificate| LoneCertificate::of(&certificate))
            .collect()
    }

    /// Keeps one no more.
    ///
    /// # Errors
    /// `CERTIFICATE_NOT_FOUND`, `STORAGE_FAILED`.
    pub fn remove(&self, id: &str) -> Result<(), Error> {
        let mut paths = self.paths().into_iter();
        let path = paths.find(|path| path.file_stem() == Some(OsStr::new(id)));
        let path = path.ok_or(ErrorCode::CertificateNotFound)?;
        fs::remove_file(path).storing("removing a certificate")
    }

    /// Keeps none.
    ///
    /// # Errors
    /// `STORAGE_FAILED`
    pub fn remove_all(&self) -> Result<(), Error> {
        let mut paths = self.paths().into_iter();
        let removed = paths.try_for_each(fs::remove_file);
        removed.storing("removing certificates")
    }

    fn path(&self, id: &str) -> PathBuf {
        self.folder.join([id, ".cer"].concat())
    }

    fn paths(&self) -> Vec<PathBuf> {
        in_folder(&self.folder, MAX_CERTIFICATES)
    }
}

/// The certificates in files that lie in the folder of a key, or beside that folder.
pub fn beside(folder: &Path) -> Vec<Certificate> {
    let folders = [Some(folder), folder.parent()];
    let paths = folders.into_iter().flatten();
    let paths = paths.flat_map(|folder| in_folder(folder, MAX_BESIDE));
    paths.flat_map(|path| read_file(&path)).collect()
}

/// The one of these that holds longest: a key whose certificate was renewed has several.
pub fn latest(certificates: impl Iterator<Item = Certificate>) -> Option<Certificate> {
    certificates.max_by_key(|certificate| certificate.validity().1)
}

/// None where the file cannot be read.
fn read_file(path: &Path) -> Vec<Certificate> {
    read(&files::read(path, MAX_FILE).unwrap_or_default())
}

/// The certificates in a file, DER or PEM.
fn read(file: &[u8]) -> Vec<Certificate> {
    let objects = pem::objects(file).into_iter();
    let certificates = objects.filter(|object| FileKind::of(object) == FileKind::Certificate);
    let parsed = certificates.filter_map(|object| Certificate::parse(object.bytes()).ok());
    parsed.take(MAX_IN_FILE).collect()
}

/// The files in a folder that are named as certificates are. Links, which may lead anywhere, are left out.
fn in_folder(folder: &Path, most: usize) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let is_named = |entry: &fs::DirEntry| {
        let path = entry.path();
        let ending = path.extension().and_then(OsStr::to_str);
        ending.is_some_and(|ending| ENDINGS.iter().any(|it| ending.eq_ignore_ascii_case(it)))
            && entry.file_type().is_ok_and(|kind| kind.is_file())
    };
    let named = entries.take(1000).filter(is_named);
    named.take(most).map(|entry| entry.path()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use tamga_core::protocol::KeyLocation;

    const ENGLISH: &[u8] = include_bytes!("../../../wasm-core/tests/fixtures/english.der");
    const RUSSIAN: &[u8] = include_bytes!("../../../wasm-core/tests/fixtures/russian.der");
    const AUTHORITY: &[u8] = include_bytes!("../../../wasm-core/tests/fixtures/authority.der");

    fn id(der: &[u8]) -> String {
        Certificate::parse(der).unwrap().id()
    }

    fn ids(kept: &CertificateFiles) -> Vec<String> {
        let mut ids: Vec<String> = kept.list().iter().map(Certificate::id).collect();
        ids.sort();
        ids
    }

    #[test]
    fn certificates_are_kept_until_they_are_removed() {
        let data = tempfile::tempdir().unwrap();
        let kept = CertificateFiles::new(data.path());
        assert!(kept.list().is_empty());
        assert_eq!(kept.add("a.cer", ENGLISH).unwrap(), id(ENGLISH));
        kept.add("a.cer", ENGLISH).unwrap();
        kept.add("b.cer", RUSSIAN).unwrap();
        let mut expected = vec![id(ENGLISH), id(RUSSIAN)];
        expected.sort();
        assert_eq!(ids(&kept), expected);
        kept.remove(&id(ENGLISH)).unwrap();
        assert_eq!(ids(&kept), [id(RUSSIAN)]);
        for unknown in [&*id(ENGLISH), "", "../certificates", "."] {
            let error = kept.remove(unknown).unwrap_err();
            assert_eq!(Failure::from(error).code, ErrorCode::CertificateNotFound);
        }
        kept.remove_all().unwrap();
        assert!(kept.list().is_empty());
    }

    #[test]
    fn a_chain_is_not_kept_and_what_is_no_certificate_is_refused() {
        let data = tempfile::tempdir().unwrap();
        let kept = CertificateFiles::new(data.path());
        let refused = |file: &[u8]| Failure::from(kept.add("a.cer", file).unwrap_err());
        let malformed = Failure::of(ErrorCode::CertificateMalformed, "a.cer");
        assert_eq!(refused(b"no certificate"), malformed);
        assert_eq!(refused(b""), malformed);
        let unfit = Failure::of(ErrorCode::CertificateUnfit, "a.cer");
        assert_eq!(refused(AUTHORITY), unfit);
        assert!(kept.list().is_empty());
    }

    #[test]
    fn one_whose_key_is_within_reach_is_not_without_a_key() {
        let data = tempfile::tempdir().unwrap();
        let kept = CertificateFiles::new(data.path());
        kept.add("a.cer", ENGLISH).unwrap();
        kept.add("b.cer", RUSSIAN).unwrap();
        let location = KeyLocation::Pkcs12 {
            key_file: "00".to_owned(),
            name: "a.p12".to_owned(),
        };
        let keys = [KeyEntry::read(ENGLISH, &location).unwrap()];
        let lone: Vec<String> = kept
            .without_key(&keys)
            .into_iter()
            .map(|it| it.id)
            .collect();
        assert_eq!(lone, [id(RUSSIAN)]);
    }

    #[test]
    fn certificates_beside_a_key_are_found_whatever_the_letters_case() {
        let around = tempfile::tempdir().unwrap();
        let folder = around.path().join("a1b2c3d4.000");
        fs::create_dir(&folder).unwrap();
        fs::write(around.path().join("ENGLISH.CER"), ENGLISH).unwrap();
        fs::write(folder.join("russian.crt"), RUSSIAN).unwrap();
        fs::write(folder.join("authority.txt"), AUTHORITY).unwrap();
        fs::write(folder.join("damaged.cer"), b"damaged").unwrap();
        let found = beside(&folder).into_iter().map(|it| it.id());
        assert_eq!(found.collect::<Vec<_>>(), [id(RUSSIAN), id(ENGLISH)]);
        assert!(latest(beside(&around.path().join("none")).into_iter()).is_some());
    }
}
