//! Containers that are written: always whole, always beside, and read back before they take their place.

use super::{
    read,
    replacing::{self, Replacement},
};
use crate::{
    failure::{Error, Storage as _},
    files,
    keys::Random,
};
use std::{
    io,
    path::{Path, PathBuf},
};
use tamga_core::{
    cryptopro::{Container, ContainerError, Files, Masking, of_key_file},
    failure::{ErrorCode, Failure},
    pkcs12::KeyFile,
    secret::Secret,
};
use zeroize::Zeroizing;

/// What is being done where a file cannot be written.
const ACTION: &str = "writing a key container";

/// Gives a container another password. Until the new files were read back and opened, the old ones
/// stay where they are. `data` is the host's folder.
///
/// # Errors
/// What may be wrong with the container and the passwords, and `FILE_UNWRITABLE`.
pub fn change_password(
    data: &Path,
    folder: &Path,
    container: &Container,
    old: &Secret,
    new: &Secret,
    random: &mut Random,
) -> Result<(), Error> {
    let fresh = [masking(random)?, masking(random)?];
    let files = container.with_password(old, new, &fresh)?;
    let _lock = replacing::lock(data).storing(ACTION)?;
    replacing::recover(folder);
    let replacement = Replacement::begin(folder).writing(ACTION)?;
    write(replacement.new_folder(), &files, new).inspect_err(|_| replacement.settle())?;
    replacement.finish().writing(ACTION)
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
    let parent = target.parent().unwrap_or(target);
    let beside = tempfile::Builder::new()
        .prefix(".tamga-")
        .tempdir_in(parent)
        .writing(ACTION)?;
    write(beside.path(), files, password)?;
    match files::rename_new(beside.path(), target) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => return Err(exists(target)),
        renamed => renamed.writing(ACTION)?,
    }
    _ = beside.keep();
    files::synchronise(parent).writing(ACTION)
}

/// Writes files into a new folder, reads them back and opens every key.
fn write(folder: &Path, files: &Files, password: &Secret) -> Result<(), Error> {
    for (part, content) in files.iter() {
        files::write_new(&folder.join(part.file_name()), content).writing(ACTION)?;
    }
    files::synchronise(folder).writing(ACTION)?;
    let written = read(folder).unwrap_or_default();
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
    Ok(())
}

fn masking(random: &mut Random) -> Result<Masking, Error> {
    let (mut mask, mut salt) = (Zeroizing::new([0; 64]), [0; 12]);
    let filled = random.try_fill_bytes(&mut *mask);
    let filled = filled.and_then(|()| random.try_fill_bytes(&mut salt));
    filled.map_err(|_| ErrorCode::Internal)?;
    Ok(Masking::new(mask, salt))
}
