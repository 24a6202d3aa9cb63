//! Writing PKCS#12 files where the person keeps them: new ones, and known ones under another password.
//! Each is read back from the disk and opened before it counts.

use crate::{
    failure::{Error, Storage as _},
    files::{self, name_of},
    keys::Random,
};
use std::{
    ffi::OsString,
    fs, io,
    io::Write as _,
    path::{Path, PathBuf},
};
use tamga_core::{
    failure::{ErrorCode, Failure},
    pkcs12::{self, Cancel, KeyFile, Scheme},
    protocol::MAX_KEY_FILE,
    secret::Secret,
};
use zeroize::Zeroizing;

/// What is being done where a file cannot be written.
const ACTION: &str = "writing a key file";

/// Writes a file that is not there yet.
///
/// # Errors
/// `FILE_EXISTS`; `KEY_FILE_MALFORMED` if there is more than a file can hold; `FILE_UNWRITABLE`.
pub fn create(
    path: &Path,
    contents: &KeyFile,
    scheme: Scheme,
    password: &Secret,
    random: &mut Random,
) -> Result<(), Error> {
    let sealed = seal(contents, scheme, password, random)?;
    copy(path, &sealed, contents, &[password])
}

/// Writes `sealed`, which holds `contents`, as a file that is not there yet.
///
/// # Errors
/// `FILE_EXISTS`, `FILE_UNWRITABLE`.
pub fn copy(
    path: &Path,
    sealed: &[u8],
    contents: &KeyFile,
    passwords: &[&Secret],
) -> Result<(), Error> {
    let path = std::path::absolute(path).writing(ACTION)?;
    let mut file = tempfile::Builder::new()
        .prefix(".tamga-")
        .tempfile_in(path.parent().unwrap_or(&path))
        .writing(ACTION)?;
    file.write_all(sealed).writing(ACTION)?;
    file.as_file().sync_all().writing(ACTION)?;
    check(file.path(), contents, passwords)?;
    if let Err(refused) = files::persist_new(file, &path) {
        return match refused.error.kind() {
            io::ErrorKind::AlreadyExists => {
                Err(Failure::of(ErrorCode::FileExists, name_of(&path)).into())
            }
            _ => Err(refused.error).writing(ACTION),
        };
    }
    synchronise(&path)
}

/// Writes `contents`, which `file` at `path` holds, under another password, in the scheme that programs of
/// the key's country read.
///
/// At any moment, even after a power cut, a whole file is at `path`, old or new. The old one stays beside it
/// as `NAME.bak` until the new one was read back from the disk and opened.
///
/// # Errors
/// `KEY_FILE_UNCHANGED` if the file holds what would be lost, or `NAME.bak` or `NAME.new` are there already;
/// `FILE_UNWRITABLE`. The old file is unharmed.
pub fn change_password(
    path: &Path,
    file: &[u8],
    contents: &KeyFile,
    password: &Secret,
    random: &mut Random,
) -> Result<(), Error> {
    // A link stays a link.
    let path = fs::canonicalize(path).writing(ACTION)?;
    let unchanged = |path: &Path| {
        let failure = Failure::of(ErrorCode::KeyFileUnchanged, name_of(path));
        Error::from(failure)
    };
    if contents.unread > 0 {
        return Err(unchanged(&path));
    }
    let [old, new] = ["bak", "new"].map(|extension| beside(&path, extension));
    for occupied in [&old, &new] {
        // A link that leads nowhere is somebody's too.
        if occupied.symlink_metadata().is_ok() {
            return Err(unchanged(occupied));
        }
    }
    let sealed = seal(contents, Scheme::of(contents), password, random)?;
    files::create(&old, file).writing(ACTION)?;
    let exchanged = exchange(&path, &new, &sealed, contents, password);
    if exchanged.is_err() {
        // What is at `path` is the old file, unless the last reading of the new one failed.
        fs::rename(&old, &path).writing(ACTION)?;
        // There may be none.
        let _ = fs::remove_file(&new);
        synchronise(&path)?;
        return exchanged;
    }
    fs::remove_file(&old).writing(ACTION)?;
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
    files::create(new, sealed).writing(ACTION)?;
    check(new, contents, &[password])?;
    fs::rename(new, path).writing(ACTION)?;
    synchronise(path)?;
    match files::read(path, MAX_KEY_FILE).writing(ACTION)? == sealed {
        true => Ok(()),
        false => Err(io::Error::from(io::ErrorKind::InvalidData)).writing(ACTION),
    }
}

/// DER of a file with fresh salts.
fn seal(
    contents: &KeyFile,
    scheme: Scheme,
    password: &Secret,
    random: &mut Random,
) -> Result<Vec<u8>, Error> {
    Ok(pkcs12::seal(contents, scheme, password, &salt(random)?)?)
}

/// Fresh randomness for a file.
///
/// # Errors
/// `INTERNAL` where the system has none.
pub fn salt(random: &mut Random) -> Result<[u8; 32], Error> {
    let mut salt = [0; 32];
    let filled = random.try_fill_bytes(&mut salt);
    filled.map_err(|_| ErrorCode::Internal)?;
    Ok(salt)
}

/// Reads a file that was written, and makes sure that it opens and holds `contents`.
pub(super) fn check(path: &Path, contents: &KeyFile, passwords: &[&Secret]) -> Result<(), Error> {
    let read = Zeroizing::new(files::read(path, MAX_KEY_FILE).writing(ACTION)?);
    match same(
        &pkcs12::open_with(&read, passwords, &Cancel::default())?,
        contents,
    ) {
        true => Ok(()),
        false => Err(ErrorCode::Internal.into()),
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
        && one.others == other.others
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
    files::synchronise(folder).writing(ACTION)
}

#[cfg(test)]
mod tests {
    use super::*;
    use tamga_core::pkcs12::NamedCertificate;

    fn contents() -> KeyFile {
        KeyFile {
            lone_certificates: vec![NamedCertificate {
                certificate: b"certificate".to_vec(),
                friendly_name: None,
                attributes: Vec::new(),
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
            unread: 1,
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
