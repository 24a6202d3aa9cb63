//! Where a command puts the files that it makes: under names that nobody has, unless the person said otherwise.

use crate::{
    failure::{Error, Storage as _},
    files::{self, name_of},
};
use std::{
    ffi::OsString,
    fs, io,
    path::{Path, PathBuf},
};
use tamga_core::failure::{ErrorCode, Failure};
use tempfile::NamedTempFile;

/// What is being done where a file cannot be written.
const ACTION: &str = "writing a signature";
/// What files are called until they are whole.
const PREFIX: &str = ".tamga-";
/// The most files of one name in one folder: `act (999).txt.p7s`.
const MAX_NUMBER: u32 = 999;

/// A name for a new file.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Target {
    /// A path that the user gave: no other name is used.
    Exact(PathBuf),
    /// A default name: where it is taken, another one is used.
    Suggested(PathBuf),
}

/// The files that one command makes.
#[derive(Debug, Default)]
pub(super) struct Outputs {
    /// Whether files may be replaced.
    force: bool,
    /// Inputs, and outputs of this command: never replaced, also not with `force`.
    kept: Vec<FileId>,
    /// Folders in which nothing is replaced.
    kept_folders: Vec<PathBuf>,
}

/// What tells one file from another, however it is called: a link is the file that it leads to.
#[derive(Clone, Debug, Eq, PartialEq)]
#[cfg(unix)]
struct FileId(u64, u64);
/// What tells one file from another: its path in full, as the system writes it.
#[derive(Clone, Debug, Eq, PartialEq)]
#[cfg(not(unix))]
struct FileId(PathBuf);

impl Target {
    /// The path.
    pub(super) fn path(&self) -> &Path {
        match self {
            Self::Exact(path) | Self::Suggested(path) => path,
        }
    }
}

impl Outputs {
    /// No outputs yet. `force`: they may replace files, except those `in_use`.
    pub(super) fn new<'a>(force: bool, in_use: impl Iterator<Item = &'a Path>) -> Self {
        Self {
            force,
            kept: in_use.filter_map(FileId::of).collect(),
            kept_folders: Vec::new(),
        }
    }

    /// Never replaces a file in this folder.
    pub(super) fn keep_folder(&mut self, folder: &Path) {
        self.kept_folders.extend(folder.canonicalize().ok());
    }

    /// Whether the file can be created; called before a password is asked for.
    ///
    /// # Errors
    /// `FILE_EXISTS`.
    pub(super) fn check(&self, target: &Target) -> Result<(), Error> {
        match target {
            Target::Exact(path) if path.symlink_metadata().is_ok() && !self.may_replace(path) => {
                Err(exists(path))
            }
            Target::Exact(_) | Target::Suggested(_) => Ok(()),
        }
    }

    /// Gives a file, which is whole, its name; says which.
    ///
    /// # Errors
    /// `FILE_EXISTS`, `FILE_UNWRITABLE`.
    pub(super) fn place(&mut self, file: NamedTempFile, target: &Target) -> Result<PathBuf, Error> {
        let path = target.path();
        let placed = if self.may_replace(path) {
            let replaced = file.persist(path).map_err(io::Error::from);
            replaced.writing(ACTION)?;
            path.to_owned()
        } else {
            match target {
                Target::Exact(path) => place_first(file, [path.clone()].into_iter())?,
                Target::Suggested(path) => place_first(file, names(path))?,
            }
        };
        self.kept.extend(FileId::of(&placed));
        Ok(placed)
    }

    /// Devices and folders are no files that could be replaced.
    fn may_replace(&self, path: &Path) -> bool {
        let replaceable = |path: &Path| {
            let kind = path.symlink_metadata().map(|metadata| metadata.file_type());
            kind.is_ok_and(|kind| kind.is_file() || kind.is_symlink())
        };
        let kept = || FileId::of(path).is_some_and(|id| self.kept.contains(&id));
        let folder = path.canonicalize().unwrap_or_default();
        let in_kept_folder = || {
            self.kept_folders
                .iter()
                .any(|kept| folder.starts_with(kept))
        };
        self.force && replaceable(path) && !kept() && !in_kept_folder()
    }
}

impl FileId {
    /// `None` where there is no such file.
    #[cfg(unix)]
    fn of(path: &Path) -> Option<Self> {
        use std::os::unix::fs::MetadataExt as _;
        let metadata = fs::metadata(path).ok()?;
        Some(Self(metadata.dev(), metadata.ino()))
    }

    /// `None` where there is no such file.
    #[cfg(not(unix))]
    fn of(path: &Path) -> Option<Self> {
        fs::canonicalize(path).ok().map(Self)
    }
}

/// A new file beside `target`, which may be read by whoever the person's new files are for; a `copied` one at most by
/// those who may read what is in it.
///
/// # Errors
/// As the system has them.
pub(super) fn create_beside(
    target: &Target,
    copied: Option<&fs::Metadata>,
) -> io::Result<NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(PREFIX);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = copied.map_or(0o666, |it| it.permissions().mode() & 0o666);
        // The umask applies.
        builder.permissions(fs::Permissions::from_mode(mode));
    }
    let file = builder.tempfile_in(folder_of(target))?;
    #[cfg(unix)]
    if let Some(copied) = copied {
        of_other_group(&file, copied)?;
    }
    #[cfg(not(unix))]
    let _ = copied;
    Ok(file)
}

/// A new file beside `target` for the person alone.
///
/// # Errors
/// As the system has them.
pub(super) fn create_private(target: &Target) -> io::Result<NamedTempFile> {
    let folder = folder_of(target);
    tempfile::Builder::new().prefix(PREFIX).tempfile_in(folder)
}

fn folder_of(target: &Target) -> &Path {
    let folder = target.path().parent();
    let named = folder.filter(|it| !it.as_os_str().is_empty());
    named.unwrap_or(Path::new("."))
}

/// What the document's group may do is nothing to the file's, if that is another one.
#[cfg(unix)]
fn of_other_group(file: &NamedTempFile, copied: &fs::Metadata) -> io::Result<()> {
    use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
    let metadata = file.as_file().metadata()?;
    if metadata.gid() == copied.gid() {
        return Ok(());
    }
    let mode = metadata.permissions().mode();
    let as_others = mode & (0o707 | (mode & 0o007) << 3);
    let permissions = fs::Permissions::from_mode(as_others);
    file.as_file().set_permissions(permissions)
}

/// Gives a file the first of these names that nobody has.
fn place_first(
    mut file: NamedTempFile,
    names: impl Iterator<Item = PathBuf>,
) -> Result<PathBuf, Error> {
    let mut taken = PathBuf::new();
    for name in names {
        match files::persist_new(file, &name) {
            Ok(()) => return Ok(name),
            Err(refused) if refused.error.kind() == io::ErrorKind::AlreadyExists => {
                (file, taken) = (refused.file, name);
            }
            Err(refused) => return Err(refused.error).writing(ACTION),
        }
    }
    Err(exists(&taken))
}

/// `act.txt.p7s`, `act (2).txt.p7s`, `act (3).txt.p7s`, …
fn names(path: &Path) -> impl Iterator<Item = PathBuf> {
    let numbered = |number| numbered(path, number);
    std::iter::once(path.to_owned()).chain((2..=MAX_NUMBER).map(numbered))
}

fn numbered(path: &Path, number: u32) -> PathBuf {
    let document = Path::new(path.file_stem().unwrap_or_default());
    let mut name = OsString::from(document.file_stem().unwrap_or_default());
    name.push(format!(" ({number})"));
    for ending in [document.extension(), path.extension()]
        .into_iter()
        .flatten()
    {
        name.push(".");
        name.push(ending);
    }
    path.with_file_name(name)
}

fn exists(path: &Path) -> Error {
    Failure::of(ErrorCode::FileExists, name_of(path)).into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write as _;

    fn file(target: &Target, content: &str) -> NamedTempFile {
        let mut file = create_beside(target, None).unwrap();
        file.write_all(content.as_bytes()).unwrap();
        file
    }

    fn code(error: Error) -> ErrorCode {
        Failure::from(error).code
    }

    fn content(path: &Path) -> String {
        fs::read_to_string(path).unwrap()
    }

    #[test]
    fn names_are_numbered_before_their_endings() {
        for (name, second) in [
            ("a/act.txt.p7s", "a/act (2).txt.p7s"),
            ("README.p7s", "README (2).p7s"),
            (".hidden.p7s", ".hidden (2).p7s"),
            ("a.b.tar.gz.p7m", "a.b.tar (2).gz.p7m"),
        ] {
            assert_eq!(numbered(Path::new(name), 2), Path::new(second));
        }
    }

    #[test]
    fn what_is_there_stays() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("act.txt.p7s");
        fs::write(&path, "somebody's").unwrap();
        let mut outputs = Outputs::default();
        let exact = Target::Exact(path.clone());
        assert_eq!(
            code(outputs.check(&exact).unwrap_err()),
            ErrorCode::FileExists
        );
        let refused = outputs.place(file(&exact, "ours"), &exact);
        assert_eq!(code(refused.unwrap_err()), ErrorCode::FileExists);
        let suggested = Target::Suggested(path.clone());
        outputs.check(&suggested).unwrap();
        for number in [2, 3] {
            let placed = outputs.place(file(&suggested, "ours"), &suggested).unwrap();
            assert_eq!(placed, numbered(&path, number));
        }
        assert_eq!(content(&path), "somebody's");
        // Nothing is left of what was refused.
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 3);
    }

    #[test]
    fn who_means_it_replaces_files_but_not_those_in_use_nor_those_just_made() {
        let folder = tempfile::tempdir().unwrap();
        let [document, other, host, inside] =
            ["document", "other", "host", "host/inside"].map(|name| folder.path().join(name));
        fs::create_dir(&host).unwrap();
        for path in [&document, &other, &inside] {
            fs::write(path, "old").unwrap();
        }
        let mut outputs = Outputs::new(true, [document.as_path()].into_iter());
        outputs.keep_folder(&host);
        for path in [&document, &inside, &host] {
            let target = Target::Exact(path.clone());
            assert_eq!(
                code(outputs.check(&target).unwrap_err()),
                ErrorCode::FileExists
            );
            let refused = outputs.place(file(&target, "new"), &target);
            assert_eq!(code(refused.unwrap_err()), ErrorCode::FileExists);
        }
        let target = Target::Suggested(other.clone());
        assert_eq!(outputs.place(file(&target, "new"), &target).unwrap(), other);
        let second = outputs.place(file(&target, "newer"), &target).unwrap();
        assert_eq!(second, folder.path().join("other (2)"));
        assert_eq!(
            [&document, &inside, &other, &second].map(|it| content(it)),
            ["old", "old", "new", "newer"]
        );
    }

    #[cfg(unix)]
    #[test]
    fn a_link_is_the_file_that_it_leads_to() {
        let folder = tempfile::tempdir().unwrap();
        let [document, soft, hard, dangling] =
            ["document", "soft", "hard", "dangling"].map(|name| folder.path().join(name));
        fs::write(&document, "document").unwrap();
        std::os::unix::fs::symlink(&document, &soft).unwrap();
        fs::hard_link(&document, &hard).unwrap();
        std::os::unix::fs::symlink("nowhere", &dangling).unwrap();
        let mut outputs = Outputs::new(true, [document.as_path()].into_iter());
        for path in [&soft, &hard] {
            let target = Target::Exact(path.clone());
            let refused = outputs.place(file(&target, "new"), &target);
            assert_eq!(code(refused.unwrap_err()), ErrorCode::FileExists);
            assert_eq!(content(path), "document");
        }
        // A link that leads nowhere is somebody's too.
        let target = Target::Exact(dangling.clone());
        let refused = Outputs::default().check(&target);
        assert_eq!(code(refused.unwrap_err()), ErrorCode::FileExists);
        assert!(dangling.is_symlink());
    }

    #[cfg(unix)]
    #[test]
    fn a_copy_is_for_those_who_may_read_the_original() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let document = folder.path().join("document");
        fs::write(&document, "").unwrap();
        let target = Target::Exact(folder.path().join("copy"));
        for mode in [0o600, 0o400, 0o640, 0o644, 0o755, 0o4600] {
            fs::set_permissions(&document, fs::Permissions::from_mode(mode)).unwrap();
            let metadata = fs::metadata(&document).unwrap();
            let file = create_beside(&target, Some(&metadata)).unwrap();
            let copied = file.as_file().metadata().unwrap().permissions().mode() & 0o7777;
            assert_eq!(copied & !(mode & 0o666), 0, "{mode:o} {copied:o}");
        }
    }
}
