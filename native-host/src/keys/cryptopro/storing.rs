//! Containers that are written: always whole, always beside, and read back before they take their place.

use super::{part, read};
use crate::{
    failure::{Error, Storage as _},
    files,
    keys::Random,
};
use std::{
    fs, io,
    path::{Path, PathBuf},
};
use tamga_core::{
    cryptopro::{Container, ContainerError, Files, Masking, of_key_file},
    failure::{ErrorCode, Failure},
    pkcs12::KeyFile,
    secret::Secret,
};
use tempfile::TempDir;
use zeroize::Zeroizing;

/// What is being done where a file cannot be written.
const ACTION: &str = "writing a key container";

/// Gives a container another password. Until the new files were read back and opened, the old ones
/// stay where they are.
///
/// # Errors
/// What may be wrong with the container and the passwords, and `FILE_UNWRITABLE`.
pub fn change_password(
    folder: &Path,
    container: &Container,
    old: &Secret,
    new: &Secret,
    random: &mut Random,
) -> Result<(), Error> {
    let fresh = [masking(random)?, masking(random)?];
    let files = container.with_password(old, new, &fresh)?;
    let beside = write_beside(folder, &files, new)?;
    swap(folder, beside).writing(ACTION)
}

/// Copies a container into a folder that is not there yet, under the name of the folder.
///
/// # Errors
/// `CONTAINER_EXISTS`, `KEY_NOT_EXPORTABLE`, what may be wrong with the container and the password, and
/// `FILE_UNWRITABLE`.
pub fn copy(container: &Container, password: &Secret, target: &Path) -> Result<(), Error> {
    let target = free(target)?;
    let files = container.copy(&name_of(&target))?;
    place(&target, &files, password)
}

/// Makes a container of the keys of a PKCS#12 file in a folder that is not there yet, under the name of
/// the folder.
///
/// # Errors
/// `CONTAINER_EXISTS`, `CONTAINER_UNFIT`, `KEY_MISSING`, `PASSWORD_UNFIT` and `FILE_UNWRITABLE`.
pub fn create(
    target: &Path,
    keys: &KeyFile,
    password: &Secret,
    random: &mut Random,
) -> Result<(), Error> {
    let target = free(target)?;
    let fresh = [masking(random)?, masking(random)?];
    let files = of_key_file(keys, &name_of(&target), password, &fresh)?;
    place(&target, &files, password)
}

/// The folder's path in full, if there is nothing yet.
fn free(target: &Path) -> Result<PathBuf, Error> {
    let target = std::path::absolute(target).writing(ACTION)?;
    if target.symlink_metadata().is_ok() {
        return Err(exists(&target));
    }
    Ok(target)
}

fn exists(target: &Path) -> Error {
    let shown = target.display().to_string();
    Failure::of(ErrorCode::ContainerExists, shown).into()
}

/// What a container in this folder is called.
fn name_of(target: &Path) -> String {
    let name = target.file_stem().unwrap_or_default();
    name.to_string_lossy().into_owned()
}

/// Makes a new container appear, all at once.
fn place(target: &Path, files: &Files, password: &Secret) -> Result<(), Error> {
    let beside = write_beside(target, files, password)?;
    match files::rename_new(beside.path(), target) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => return Err(exists(target)),
        renamed => renamed.writing(ACTION)?,
    }
    _ = beside.keep();
    let place = || files::synchronise(parent(target)?);
    place().writing(ACTION)
}

/// Writes files into a new folder next to `folder`, reads them back and opens every key.
fn write_beside(folder: &Path, files: &Files, password: &Secret) -> Result<TempDir, Error> {
    let write = || {
        let beside = tempfile::Builder::new()
            .prefix(".tamga-")
            .tempdir_in(parent(folder)?)?;
        for (part, content) in files.iter() {
            let path = beside.path().join(part.file_name());
            files::replace(&path, content, files::Access::Private)?;
        }
        Ok(beside)
    };
    let beside = write().writing(ACTION)?;
    let written = read(beside.path()).unwrap_or_default();
    if written != *files {
        return Err(io::Error::from(io::ErrorKind::InvalidData)).writing(ACTION);
    }
    let container = Container::parse(written)?;
    for slot in container.slots() {
        // A certificate that was somebody else's before is no reason to keep the password.
        match container.open(slot.name(), password) {
            Ok(_) | Err(ContainerError::Mismatch) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(beside)
}

/// Puts the new folder in the old one's place. At any moment both are whole, under one name or another.
fn swap(folder: &Path, beside: TempDir) -> io::Result<()> {
    let old = retired(folder)?;
    fs::rename(folder, &old)?;
    if let Err(error) = fs::rename(beside.path(), folder) {
        fs::rename(&old, folder)?;
        return Err(error);
    }
    _ = beside.keep();
    files::synchronise(parent(folder)?)?;
    // What else lay there is not ours.
    for entry in fs::read_dir(&old)? {
        let entry = entry?;
        if part(&entry.file_name()).is_none() {
            fs::rename(entry.path(), folder.join(entry.file_name()))?;
        }
    }
    fs::remove_dir_all(&old)
}

/// A name next to the folder that nobody has.
fn retired(folder: &Path) -> io::Result<PathBuf> {
    let free = tempfile::Builder::new()
        .prefix(".tamga-old-")
        .tempdir_in(parent(folder)?)?;
    // Gone again: not every system renames onto an empty folder.
    let path = free.path().to_owned();
    free.close()?;
    Ok(path)
}

fn parent(folder: &Path) -> io::Result<&Path> {
    folder.parent().ok_or(io::ErrorKind::InvalidInput.into())
}

fn masking(random: &mut Random) -> Result<Masking, Error> {
    let (mut mask, mut salt) = (Zeroizing::new([0; 64]), [0; 12]);
    let filled = random.try_fill_bytes(&mut *mask);
    let filled = filled.and_then(|()| random.try_fill_bytes(&mut salt));
    filled.map_err(|_| ErrorCode::Internal)?;
    Ok(Masking::new(mask, salt))
}
