//! Giving a person's PKCS#12 file another password.

use crate::{
    failure::{Error, Storage as _},
    folder::{self, Access},
    keys::Random,
};
use std::{
    ffi::OsString,
    fs, io,
    path::{Path, PathBuf},
};
use tamga_core::{
    failure::{ErrorCode, Failure},
    pkcs12::{self, KeyFile, Scheme},
    protocol::MAX_KEY_FILE,
    secret::Secret,
};
use zeroize::Zeroizing;

const DOING: &str = "changing the password of a key file";

/// Writes `contents`, which `file` at `path` holds, under another password, in the scheme that programs of
/// the key's country read.
///
/// At any moment, even after a power cut, a whole file is at `path`, old or new. The old one stays beside it
/// as `NAME.bak` until the new one was read back from the disk and opened.
///
/// # Errors
/// `KEY_FILE_UNCHANGED` if the file holds what would be lost, or `NAME.bak` or `NAME.new` are there already;
/// `STORAGE_FAILED`. The old file is unharmed.
pub fn change_password(
    path: &Path,
    file: &[u8],
    contents: &KeyFile,
    password: &Secret,
    random: &mut Random,
) -> Result<(), Error> {
    // A link stays a link.
    let path = fs::canonicalize(path).storing(DOING)?;
    let unchanged = |path: &Path| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        Error::from(Failure::of(ErrorCode::KeyFileUnchanged, name))
    };
    if contents.others > 0 {
        return Err(unchanged(&path));
    }
    let [old, new] = ["bak", "new"].map(|extension| beside(&path, extension));
    for occupied in [&old, &new] {
        if occupied.try_exists().storing(DOING)? {
            return Err(unchanged(occupied));
        }
    }
    let mut salt = [0; 32];
    random
        .try_fill_bytes(&mut salt)
        .map_err(|_| ErrorCode::Internal)?;
    let sealed = pkcs12::seal(contents, Scheme::of(contents), password, &salt)?;
    folder::replace(&old, file, Access::Private).storing(DOING)?;
    let exchanged = exchange(&path, &new, &sealed, contents, password);
    if exchanged.is_err() {
        // What is at `path` is the old file, unless the last reading of the new one failed.
        fs::rename(&old, &path).storing(DOING)?;
        // There may be none.
        let _ = fs::remove_file(&new);
        return exchanged;
    }
    fs::remove_file(&old).storing(DOING)?;
    synchronise(&path)
}

/// Puts `sealed` into the place of `path`, by way of `new`.
fn exchange(
    path: &Path,
    new: &Path,
    sealed: &[u8],
    contents: &KeyFile,
    password: &Secret,
) -> Result<(), Error> {
    folder::replace(new, sealed, Access::Private).storing(DOING)?;
    let read = Zeroizing::new(folder::read(new, MAX_KEY_FILE).storing(DOING)?);
    if !same(&pkcs12::open(&read, password)?, contents) {
        return Err(ErrorCode::Internal.into());
    }
    fs::rename(new, path).storing(DOING)?;
    synchronise(path)?;
    match folder::read(path, MAX_KEY_FILE).storing(DOING)? == sealed {
        true => Ok(()),
        false => Err(io::Error::from(io::ErrorKind::InvalidData)).storing(DOING),
    }
}

/// Whether two files hold the same keys and certificates.
fn same(one: &KeyFile, other: &KeyFile) -> bool {
    let keys = |file: &KeyFile| -> Vec<_> {
        let keys = file.keys.iter();
        keys.map(|key| {
            (
                key.pkcs8.clone(),
                key.certificate.clone(),
                key.chain.clone(),
            )
        })
        .collect()
    };
    let lone_keys = |file: &KeyFile| -> Vec<_> {
        let keys = file.lone_keys.iter();
        keys.map(|key| key.pkcs8.clone()).collect()
    };
    keys(one) == keys(other)
        && lone_keys(one) == lone_keys(other)
        && one.lone_certificates == other.lone_certificates
}

/// `NAME.EXTENSION` beside `NAME`.
fn beside(path: &Path, extension: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(".");
    name.push(extension);
    name.into()
}

fn synchronise(path: &Path) -> Result<(), Error> {
    let folder = path.parent().unwrap_or(path);
    folder::synchronise(folder).storing(DOING)
}

#[cfg(test)]
mod tests {
    use super::*;
    use tamga_core::pkcs12::LoneCertificate;

    fn contents() -> KeyFile {
        KeyFile {
            lone_certificates: vec![LoneCertificate {
                certificate: b"certificate".to_vec(),
                friendly_name: None,
            }],
            ..KeyFile::default()
        }
    }

    fn secret(text: &str) -> Secret {
        Secret::new(text.to_owned())
    }

    fn names(folder: &Path) -> usize {
        fs::read_dir(folder).unwrap().count()
    }

    #[test]
    fn what_would_be_lost_stays() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key.p12");
        fs::write(&path, b"old").unwrap();
        let more = KeyFile {
            others: 1,
            ..contents()
        };
        let random = &mut getrandom::SysRng;
        let error = change_password(&path, b"old", &more, &secret("new"), random);
        let code = Failure::from(error.unwrap_err()).code;
        assert_eq!(code, ErrorCode::KeyFileUnchanged);
        change_password(&path, b"old", &contents(), &secret("new"), random).unwrap();
        let changed = pkcs12::open(&fs::read(&path).unwrap(), &secret("new")).unwrap();
        assert!(same(&changed, &contents()));
        assert_eq!(names(folder.path()), 1);
    }

    #[test]
    fn what_does_not_open_replaces_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key.p12");
        fs::write(&path, b"old").unwrap();
        let new = beside(&path, "new");
        let sealed = pkcs12::seal(&contents(), Scheme::TripleDes, &secret("new"), &[0; 32]);
        let sealed = sealed.unwrap();
        let other = KeyFile::default();
        for (contents, password) in [(&contents(), "other"), (&other, "new")] {
            assert!(exchange(&path, &new, &sealed, contents, &secret(password)).is_err());
            assert_eq!(fs::read(&path).unwrap(), b"old");
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_link_stays_a_link() {
        let folder = tempfile::tempdir().unwrap();
        let [path, link] = ["key.p12", "link.p12"].map(|name| folder.path().join(name));
        fs::write(&path, b"old").unwrap();
        std::os::unix::fs::symlink(&path, &link).unwrap();
        let random = &mut getrandom::SysRng;
        change_password(&link, b"old", &contents(), &secret("new"), random).unwrap();
        assert!(link.is_symlink());
        assert!(pkcs12::open(&fs::read(&path).unwrap(), &secret("new")).is_ok());
    }
}
