//! Another password for the host's own copy of a key file.

use super::{KeyFiles, Stem, storing::COPY, writing};
use crate::{
    failure::{Error, Storage as _},
    files,
    keys::Random,
};
use tamga_core::{
    failure::{ErrorCode, Failure},
    pkcs12::{self, Scheme},
    protocol::MAX_KEY_FILE,
    secret::Secret,
};

const ACTION: &str = "changing the password of a key file";

impl KeyFiles {
    /// Gives the copy of a key file another password. It is another copy then, under another name, which was read back
    /// from the disk and opened before the old one goes: a power cut leaves at least one.
    ///
    /// # Errors
    /// `KEY_FILE_NOT_FOUND`, `PASSWORD_UNFIT` for an empty new one, `KEY_FILE_UNCHANGED` if the file holds what would be
    /// lost; what may be wrong with a key file, its passwords and the folder.
    pub fn change_password(
        &self,
        key_file: &str,
        passwords: &[&Secret],
        new: &Secret,
        random: &mut Random,
    ) -> Result<(), Error> {
        if new.expose().is_empty() {
            return Err(ErrorCode::PasswordUnfit.into());
        }
        let stem = Stem::parse(key_file).ok_or(ErrorCode::KeyFileNotFound)?;
        let path = self.place(&stem).path(COPY);
        if !path.is_file() {
            return Err(ErrorCode::KeyFileNotFound.into());
        }
        let sidecar = self.sidecar(&stem)?;
        let file = files::read(&path, MAX_KEY_FILE).storing(ACTION)?;
        let contents = pkcs12::open_with(&file, passwords, &self.cancel)?;
        if contents.unread > 0 {
            return Err(Failure::of(ErrorCode::KeyFileUnchanged, &sidecar.name).into());
        }
        let salt = writing::salt(random)?;
        let sealed = pkcs12::seal(&contents, Scheme::of(&contents), new, &salt)?;
        let changed = Stem::of(&sealed);
        self.store(&changed, &sealed, &sidecar).storing(ACTION)?;
        let checked = writing::check(&self.place(&changed).path(COPY), &contents, &[new]);
        checked.inspect_err(|_| drop(self.remove(&changed.0)))?;
        self.remove(&stem.0)
    }
}
