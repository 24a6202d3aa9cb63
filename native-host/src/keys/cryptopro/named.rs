//! The folders that the person named, in which containers are looked for too.

use crate::{
    failure::{Error, Storage as _},
    folder::{self, Access},
};
use std::{
    io,
    path::{Path, PathBuf},
};
use tamga_core::failure::{ErrorCode, Failure};

/// The most folders.
const MAX_FOLDERS: usize = 64;
/// The largest list, in bytes.
const MAX_LIST: usize = 256 << 10;

/// The list, in the host's data folder.
#[derive(Debug)]
pub struct NamedFolders {
    data: PathBuf,
}

impl NamedFolders {
    /// The list in this data folder.
    pub fn new(data: &Path) -> Self {
        Self {
            data: data.to_owned(),
        }
    }

    /// The folders, whether or not they are there now.
    ///
    /// # Errors
    /// `STORAGE_FAILED`
    pub fn list(&self) -> Result<impl Iterator<Item = PathBuf> + use<>, Error> {
        let list = match folder::read(&self.path(), MAX_LIST) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
            read => {
                let parse = |json: Vec<u8>| Ok(serde_json::from_slice::<Vec<PathBuf>>(&json)?);
                read.and_then(parse)
                    .storing("reading the list of folders")?
            }
        };
        Ok(list.into_iter().take(MAX_FOLDERS))
    }

    /// Adds a folder; gives it in full.
    ///
    /// # Errors
    /// `KEY_FILE_NOT_FOUND` for one that is not there, `REQUEST_MALFORMED` for one too many,
    /// `STORAGE_FAILED`.
    pub fn add(&self, folder: &Path) -> Result<PathBuf, Error> {
        let full = full(folder)?;
        if !full.is_dir() {
            let shown = folder.display().to_string();
            return Err(Failure::of(ErrorCode::KeyFileNotFound, shown).into());
        }
        let mut list: Vec<PathBuf> = self.list()?.collect();
        if list.len() >= MAX_FOLDERS {
            return Err(ErrorCode::RequestMalformed.into());
        }
        if !list.contains(&full) {
            list.push(full.clone());
            self.write(&list)?;
        }
        Ok(full)
    }

    /// Takes a folder off the list, whether or not it is there; gives it in full.
    ///
    /// # Errors
    /// `KEY_FILE_NOT_FOUND` for one that is not on the list, `STORAGE_FAILED`.
    pub fn remove(&self, folder: &Path) -> Result<PathBuf, Error> {
        let full = full(folder)?;
        let mut list: Vec<PathBuf> = self.list()?.collect();
        if !list.contains(&full) {
            let shown = folder.display().to_string();
            return Err(Failure::of(ErrorCode::KeyFileNotFound, shown).into());
        }
        list.retain(|known| *known != full);
        self.write(&list)?;
        Ok(full)
    }

    fn write(&self, list: &[PathBuf]) -> Result<(), Error> {
        let write = || {
            let json = serde_json::to_vec_pretty(list)?;
            folder::create_private(&self.data)?;
            folder::replace(&self.path(), &json, Access::Private)
        };
        write().storing("writing the list of folders")
    }

    fn path(&self) -> PathBuf {
        self.data.join("folders.json")
    }
}

/// The path from the root, links left as they are: a drive may be away.
fn full(folder: &Path) -> Result<PathBuf, Error> {
    let full = std::path::absolute(folder);
    Ok(full.map_err(|_| ErrorCode::RequestMalformed)?)
}
