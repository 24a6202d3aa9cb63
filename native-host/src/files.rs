//! Files and folders that are whole at any moment: how they are written, replaced and read.

use serde::{Deserialize, Serialize};
use std::{
    fs::{self, TryLockError},
    io,
    io::{Read as _, Write as _},
    path::Path,
    thread,
    time::{Duration, Instant, UNIX_EPOCH},
};
use tempfile::{NamedTempFile, PersistError};

/// How often a lock that another process has is tried.
const LOCK_POLL: Duration = Duration::from_millis(5);

/// Who may read a file.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Access {
    /// Only the person.
    Private,
    /// Everybody on this computer.
    Public,
}

/// What tells a file from the one that was there before, without reading it.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Stamp {
    /// In bytes.
    pub length: u64,
    /// When it was changed last, in nanoseconds of Unix time.
    pub modified: u64,
}

impl Stamp {
    /// The one of an open file.
    ///
    /// # Errors
    /// As the system has them.
    pub fn of(file: &fs::File) -> io::Result<Self> {
        let facts = file.metadata()?;
        let since = facts.modified()?.duration_since(UNIX_EPOCH);
        let since = since.unwrap_or_default().as_nanos();
        Ok(Self {
            length: facts.len(),
            modified: u64::try_from(since).unwrap_or(u64::MAX),
        })
    }
}

/// The last part of a path, for people.
pub fn name_of(path: &Path) -> String {
    let name = path.file_name().unwrap_or(path.as_os_str());
    name.to_string_lossy().into_owned()
}

/// Creates a folder that only the person may enter, and those above it.
///
/// # Errors
/// As the system has them.
pub fn create_private(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// Creates a folder that everybody may enter, and those above it that are missing, whatever the umask says.
///
/// # Errors
/// As the system has them.
pub fn create_public(folder: &Path) -> io::Result<()> {
    let missing: Vec<&Path> = folder.ancestors().take_while(|it| !it.exists()).collect();
    for folder in missing.into_iter().rev() {
        fs::create_dir(folder)?;
        open_to_all(folder)?;
    }
    open_to_all(folder)
}

fn open_to_all(folder: &Path) -> io::Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        fs::set_permissions(folder, fs::Permissions::from_mode(0o755))?;
    }
    #[cfg(not(unix))]
    let _ = folder;
    Ok(())
}

/// Writes a file so that at any moment, even after a power cut, there is the old one or the new one.
///
/// # Errors
/// As the system has them; the old file is unharmed then.
pub fn replace(path: &Path, content: &[u8], access: Access) -> io::Result<()> {
    replace_with(path, access, |file| file.write_all(content))
}

/// The same where `write` writes the content.
///
/// # Errors
/// As the system or `write` has them; the old file is unharmed then.
pub fn replace_with(
    path: &Path,
    access: Access,
    write: impl FnOnce(&mut fs::File) -> io::Result<()>,
) -> io::Result<()> {
    let folder = path.parent().ok_or(io::ErrorKind::InvalidInput)?;
    let mut file = NamedTempFile::new_in(folder)?;
    write(file.as_file_mut())?;
    // Such files are born readable by their owner only.
    #[cfg(unix)]
    if access == Access::Public {
        use std::os::unix::fs::PermissionsExt as _;
        file.as_file()
            .set_permissions(fs::Permissions::from_mode(0o644))?;
    }
    #[cfg(not(unix))]
    let _ = access;
    file.as_file().sync_all()?;
    file.persist(path)?;
    synchronise(folder)
}

/// Writes a file for the person alone, under a name that nobody has.
///
/// # Errors
/// As the system has them; [`io::ErrorKind::AlreadyExists`] where there is anything of this name.
pub fn create(path: &Path, content: &[u8]) -> io::Result<()> {
    let folder = path.parent().ok_or(io::ErrorKind::InvalidInput)?;
    let mut file = NamedTempFile::new_in(folder)?;
    file.write_all(content)?;
    file.as_file().sync_all()?;
    persist_new(file, path)?;
    synchronise(folder)
}

/// Writes a file for the person alone into a folder that is not used yet: after a power cut it may be there in part.
///
/// # Errors
/// As the system has them; [`io::ErrorKind::AlreadyExists`] where there is anything of this name.
pub fn write_new(path: &Path, content: &[u8]) -> io::Result<()> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(content)?;
    file.sync_all()
}

/// Gives a file a name that nobody has, in one step. Some file systems cannot do that (exFAT, FUSE): there the name is
/// taken first, which only one process can do.
///
/// # Errors
/// As the system has them, with the file; [`io::ErrorKind::AlreadyExists`] where there is anything of this name.
pub fn persist_new(file: NamedTempFile, path: &Path) -> Result<(), PersistError> {
    let file = match file.persist_noclobber(path) {
        Ok(_) => return Ok(()),
        Err(refused) if refused.error.kind() == io::ErrorKind::AlreadyExists => {
            return Err(refused);
        }
        Err(refused) => refused.file,
    };
    if let Err(error) = fs::File::create_new(path) {
        return Err(PersistError { error, file });
    }
    file.persist(path).map(drop).inspect_err(|_| {
        // Ours, and empty.
        let _ = fs::remove_file(path);
    })
}

/// Gives a folder a name that nobody has, in one step where the file system can do that.
///
/// # Errors
/// As the system has them; [`io::ErrorKind::AlreadyExists`] where there is anything of this name.
pub fn rename_new(from: &Path, to: &Path) -> io::Result<()> {
    #[cfg(any(target_os = "linux", target_os = "macos"))]
    {
        use rustix::{
            fs::{CWD, RenameFlags, renameat_with},
            io::Errno,
        };
        match renameat_with(CWD, from, CWD, to, RenameFlags::NOREPLACE) {
            Err(Errno::INVAL | Errno::NOSYS | Errno::NOTSUP) => {}
            renamed => return Ok(renamed?),
        }
    }
    if to.symlink_metadata().is_ok() {
        return Err(io::ErrorKind::AlreadyExists.into());
    }
    fs::rename(from, to)
}

/// Exchanges the names of two files or folders in one step.
///
/// # Errors
/// As the system has them; [`io::ErrorKind::Unsupported`] where it or the file system has no such step.
pub fn exchange(one: &Path, other: &Path) -> io::Result<()> {
    #[cfg(any(target_os = "linux", target_os = "macos"))]
    {
        use rustix::{
            fs::{CWD, RenameFlags, renameat_with},
            io::Errno,
        };
        match renameat_with(CWD, one, CWD, other, RenameFlags::EXCHANGE) {
            Err(Errno::INVAL | Errno::NOSYS | Errno::NOTSUP) => {}
            exchanged => return Ok(exchanged?),
        }
    }
    let _ = (one, other);
    Err(io::ErrorKind::Unsupported.into())
}

/// Opens a file for the person alone whose lock means something, and makes it where it is not there yet.
///
/// # Errors
/// As the system has them.
pub fn open_lock(path: &Path) -> io::Result<fs::File> {
    create_private(path.parent().ok_or(io::ErrorKind::InvalidInput)?)?;
    let mut options = fs::OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// Keeps other processes out that lock the same file, until it is dropped; waits for one that does for at most `timeout`.
///
/// # Errors
/// As the system has them; [`io::ErrorKind::TimedOut`] where another process keeps it longer.
pub fn lock(file: fs::File, timeout: Duration) -> io::Result<fs::File> {
    let begun = Instant::now();
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(file),
            Err(TryLockError::WouldBlock) if begun.elapsed() < timeout => {
                thread::sleep(LOCK_POLL);
            }
            Err(TryLockError::WouldBlock) => return Err(io::ErrorKind::TimedOut.into()),
            Err(TryLockError::Error(error)) => return Err(error),
        }
    }
}

/// Fills `buffer` from this place in a file, wherever others read it meanwhile.
///
/// # Errors
/// As the system has them; [`io::ErrorKind::UnexpectedEof`] where the file ends before.
pub fn read_exact_at(file: &fs::File, buffer: &mut [u8], offset: u64) -> io::Result<()> {
    #[cfg(unix)]
    return std::os::unix::fs::FileExt::read_exact_at(file, buffer, offset);
    #[cfg(windows)]
    {
        use std::os::windows::fs::FileExt as _;
        let (mut left, mut offset) = (buffer, offset);
        while !left.is_empty() {
            let read = file.seek_read(left, offset)?;
            if read == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            offset = offset.saturating_add(u64::try_from(read).unwrap_or(u64::MAX));
            left = left.get_mut(read..).unwrap_or_default();
        }
        Ok(())
    }
}

/// Whether a file was there that was to be removed or renamed: it is no error if it was not.
///
/// # Errors
/// As the system has them.
pub fn if_there(done: io::Result<()>) -> io::Result<bool> {
    match done {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        done => done.map(|()| true),
    }
}

/// Makes the names in a folder survive a power cut.
///
/// # Errors
/// As the system has them.
pub fn synchronise(folder: &Path) -> io::Result<()> {
    #[cfg(unix)]
    fs::File::open(folder)?.sync_all()?;
    #[cfg(not(unix))]
    let _ = folder;
    Ok(())
}

/// Reads a whole file of at most `limit` bytes.
///
/// # Errors
/// As the system has them; [`io::ErrorKind::FileTooLarge`] beyond the limit.
pub fn read(path: &Path, limit: usize) -> io::Result<Vec<u8>> {
    let mut content = Vec::new();
    let bound = u64::try_from(limit).map_or(u64::MAX, |limit| limit.saturating_add(1));
    fs::File::open(path)?
        .take(bound)
        .read_to_end(&mut content)?;
    if content.len() > limit {
        return Err(io::ErrorKind::FileTooLarge.into());
    }
    Ok(content)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_replaced_whole_and_read_up_to_a_limit() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        replace(&path, b"first", Access::Private).unwrap();
        replace(&path, b"second", Access::Public).unwrap();
        assert_eq!(read(&path, 6).unwrap(), b"second");
        assert!(read(&path, 5).is_err());
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 1);
    }

    #[test]
    fn what_is_there_is_not_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let [path, empty, full] = ["file", "empty", "full"].map(|name| folder.path().join(name));
        create(&path, b"first").unwrap();
        let exists =
            |done: io::Result<()>| done.unwrap_err().kind() == io::ErrorKind::AlreadyExists;
        assert!(exists(create(&path, b"second")));
        assert_eq!(read(&path, 6).unwrap(), b"first");
        fs::create_dir(&empty).unwrap();
        fs::create_dir(&full).unwrap();
        fs::write(full.join("file"), b"").unwrap();
        // A plain rename would replace an empty folder.
        assert!(exists(rename_new(&full, &empty)));
        assert!(exists(rename_new(&full, &path)));
        rename_new(&full, &folder.path().join("new")).unwrap();
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 3);
    }

    #[cfg(unix)]
    #[test]
    fn private_is_private() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let private = folder.path().join("a/b");
        create_private(&private).unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&private), 0o700);
        for (access, expected) in [(Access::Private, 0o600), (Access::Public, 0o644)] {
            let path = private.join("file");
            replace(&path, b"", access).unwrap();
            assert_eq!(mode(&path), expected);
        }
    }
}
