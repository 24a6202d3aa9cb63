//! Lists of paths that the person named at the terminal: folders with containers, modules of tokens.

use crate::{
    failure::{Error, Storage as _},
    files::{self, Access},
};
use std::{
    io,
    path::{Path, PathBuf},
};
use tamga_core::failure::{ErrorCode, Failure};

/// The most paths in a list.
const MAX_PATHS: usize = 64;
/// The largest list, in bytes.
const MAX_LIST: usize = 256 << 10;

/// A list, as a file.
#[derive(Clone, Debug)]
pub struct PathList {
    folder: PathBuf,
    file: &'static str,
}

impl PathList {
    /// The folders in which containers are looked for too, as the host's data folder has them.
    pub fn containers(data: &Path) -> Self {
        Self::new(data, "folders.json")
    }

    /// The modules that are used too, as the host's data folder or the administrator's has them.
    pub fn modules(folder: &Path) -> Self {
        Self::new(folder, "modules.json")
    }

    fn new(folder: &Path, file: &'static str) -> Self {
        Self {
            folder: folder.to_owned(),
            file,
        }
    }

    /// The paths, whether or not anything is there now.
    ///
    /// # Errors
    /// `STORAGE_FAILED`
    pub fn list(&self) -> Result<impl Iterator<Item = PathBuf> + use<>, Error> {
        let list = match files::read(&self.path(), MAX_LIST) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
            read => {
                let parse = |json: Vec<u8>| Ok(serde_json::from_slice::<Vec<PathBuf>>(&json)?);
                read.and_then(parse).storing("reading a list of paths")?
            }
        };
        Ok(list.into_iter().take(MAX_PATHS))
    }

    /// Adds a path; gives it in full.
    ///
    /// # Errors
    /// `FILE_NOT_FOUND` for one that is not there, `REQUEST_MALFORMED` for one too many,
    /// `STORAGE_FAILED`.
    pub fn add(&self, path: &Path) -> Result<PathBuf, Error> {
        let full = full(path)?;
        if !full.exists() {
            let shown = path.display().to_string();
            return Err(Failure::of(ErrorCode::FileNotFound, shown).into());
        }
        let mut list: Vec<PathBuf> = self.list()?.collect();
        if list.len() >= MAX_PATHS {
            return Err(ErrorCode::RequestMalformed.into());
        }
        if !list.contains(&full) {
            list.push(full.clone());
            self.write(&list)?;
        }
        Ok(full)
    }

    /// Takes a path off the list, whether or not anything is there; gives it in full.
    ///
    /// # Errors
    /// `FILE_NOT_FOUND` for one that is not on the list, `STORAGE_FAILED`.
    pub fn remove(&self, path: &Path) -> Result<PathBuf, Error> {
        let full = full(path)?;
        let mut list: Vec<PathBuf> = self.list()?.collect();
        if !list.contains(&full) {
            let shown = path.display().to_string();
            return Err(Failure::of(ErrorCode::FileNotFound, shown).into());
        }
        list.retain(|known| *known != full);
        self.write(&list)?;
        Ok(full)
    }

    fn write(&self, list: &[PathBuf]) -> Result<(), Error> {
        let write = || {
            let json = serde_json::to_vec_pretty(list)?;
            files::create_private(&self.folder)?;
            files::replace(&self.path(), &json, Access::Private)
        };
        write().storing("writing a list of paths")
    }

    /// The list's file.
    pub fn path(&self) -> PathBuf {
        self.folder.join(self.file)
    }
}

/// The path from the root, links left as they are: a drive may be away.
fn full(path: &Path) -> Result<PathBuf, Error> {
    let full = std::path::absolute(path);
    Ok(full.map_err(|_| ErrorCode::RequestMalformed)?)
}
