//! A container's folder that is replaced by another one. Whatever stops it in the middle, a power cut too, the container
//! is whole under its name when [`recover_in`] has run, which is before containers are looked for.

use super::{entries, part};
use crate::files;
use std::{
    ffi::OsString,
    fs::{self, File},
    io,
    path::{Path, PathBuf},
};

/// What the names end with that are next to a container while it is replaced.
const NEW: &str = ".tamga-new";
const OLD: &str = ".tamga-old";
/// The file in the host's folder that whoever replaces or recovers a container has locked.
const LOCK: &str = "containers.lock";

/// The folder of a container, and those next to it while it is replaced.
#[derive(Debug)]
pub(super) struct Replacement {
    folder: PathBuf,
    /// Holds the new container, until that has its place; where names can be exchanged, then the old one.
    new: PathBuf,
    /// Holds the old container, where names cannot be exchanged.
    old: PathBuf,
}

/// A step of a replacement. Between two steps, and within one, it can be stopped.
type Step = fn(&Replacement) -> io::Result<()>;

/// Where the file system can exchange two names in one step.
const EXCHANGING: [Step; 1] = [Replacement::exchange];
/// Where it cannot.
const RENAMING: [Step; 2] = [Replacement::retire, Replacement::install];

impl Replacement {
    /// Begins with an empty folder for the new container, which nobody but the person may enter.
    ///
    /// # Errors
    /// As the system has them; [`io::ErrorKind::AlreadyExists`] where one is under way or was never cleared.
    pub(super) fn begin(folder: &Path) -> io::Result<Self> {
        let replacement = Self::of(folder)?;
        let mut builder = fs::DirBuilder::new();
        builder.recursive(false); // a folder that is there already is an error
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(&replacement.new)?;
        Ok(replacement)
    }

    fn of(folder: &Path) -> io::Result<Self> {
        let name = folder.file_name().ok_or(io::ErrorKind::InvalidInput)?;
        let beside = |ending: &str| {
            let mut beside = OsString::from(".");
            beside.push(name);
            beside.push(ending);
            folder.with_file_name(beside)
        };
        Ok(Self {
            folder: folder.to_owned(),
            new: beside(NEW),
            old: beside(OLD),
        })
    }

    /// Where the new container's files are written.
    pub(super) fn new_folder(&self) -> &Path {
        &self.new
    }

    /// Puts the new container in the old one's place. What else is in the old folder goes with it.
    ///
    /// # Errors
    /// As the system has them; the old container is in its place then, unless the system refuses that too.
    pub(super) fn finish(&self) -> io::Result<()> {
        let done = match run(self, &EXCHANGING) {
            Err(error) if error.kind() == io::ErrorKind::Unsupported => run(self, &RENAMING),
            done => done,
        };
        self.settle();
        done
    }

    /// Leaves one container under its name, and nothing next to it, as far as the system lets it.
    pub(super) fn settle(&self) {
        if let Err(error) = self.recover() {
            tracing::warn!(%error, "a key container's old files are not cleared");
        }
    }

    fn exchange(&self) -> io::Result<()> {
        files::exchange(&self.new, &self.folder)?;
        self.synchronise()
    }

    fn retire(&self) -> io::Result<()> {
        fs::rename(&self.folder, &self.old)?;
        self.synchronise()
    }

    fn install(&self) -> io::Result<()> {
        fs::rename(&self.new, &self.folder)?;
        self.synchronise()
    }

    /// Moves what else is in the old folder into the one that has its place, and deletes the container's files.
    fn clear(&self) -> io::Result<()> {
        for beside in [&self.new, &self.old] {
            if !is_folder(beside) {
                continue;
            }
            let all: Result<Vec<_>, _> = fs::read_dir(beside)?.collect();
            for entry in all? {
                let name = entry.file_name();
                match part(&name) {
                    Some(_) => fs::remove_file(entry.path())?,
                    None => files::rename_new(&entry.path(), &self.folder.join(name))?,
                }
            }
            fs::remove_dir(beside)?;
        }
        self.synchronise()
    }

    fn recover(&self) -> io::Result<()> {
        if !is_folder(&self.folder) && is_folder(&self.old) {
            files::rename_new(&self.old, &self.folder)?;
            self.synchronise()?;
        }
        match is_folder(&self.folder) {
            true => self.clear(),
            // Somebody has taken the container away since: what is left may be all that there is.
            false => Ok(()),
        }
    }

    fn synchronise(&self) -> io::Result<()> {
        let parent = self.folder.parent().ok_or(io::ErrorKind::InvalidInput)?;
        files::synchronise(parent)
    }
}

fn run(replacement: &Replacement, steps: &[Step]) -> io::Result<()> {
    steps.iter().try_for_each(|step| step(replacement))
}

/// Keeps others from replacing or recovering containers as long as it lives. `data` is the host's folder.
///
/// # Errors
/// As the system has them.
pub(super) fn lock(data: &Path) -> io::Result<File> {
    let lock = files::open_lock(&data.join(LOCK))?;
    lock.lock()?;
    Ok(lock)
}

/// Recovers what was stopped in the middle in this folder with containers: those that are in it are whole then.
/// Nothing is done while somebody is at it.
pub(super) fn recover_in(folder: &Path, data: &Path) {
    let stopped: Vec<PathBuf> = entries(folder)
        .filter_map(|entry| {
            let beside = entry.file_name();
            let name = container_of(beside.to_str()?)?;
            is_folder(&entry.path()).then(|| folder.join(name))
        })
        .collect();
    for folder in stopped {
        recover_if_free(&folder, data);
    }
}

/// The same for the container in this folder.
pub(super) fn recover_if_free(folder: &Path, data: &Path) {
    let Ok(replacement) = Replacement::of(folder) else {
        return;
    };
    if !is_folder(&replacement.new) && !is_folder(&replacement.old) {
        return;
    }
    let Ok(lock) = files::open_lock(&data.join(LOCK)) else {
        return;
    };
    if lock.try_lock().is_ok() {
        replacement.settle();
    }
}

/// The same for whoever has the lock.
pub(super) fn recover(folder: &Path) {
    if let Ok(replacement) = Replacement::of(folder) {
        replacement.settle();
    }
}

/// The name of a container's folder, of one that is next to it.
fn container_of(name: &str) -> Option<&str> {
    let name = name.strip_prefix('.')?;
    name.strip_suffix(NEW).or_else(|| name.strip_suffix(OLD))
}

fn is_folder(path: &Path) -> bool {
    path.symlink_metadata().is_ok_and(|it| it.is_dir())
}

#[cfg(test)]
mod tests {
    use super::*;
    use tamga_core::cryptopro::Part;

    /// A container with these contents in all of its files.
    fn write(folder: &Path, content: &str) {
        for part in Part::ALL {
            fs::write(folder.join(part.file_name()), content).unwrap();
        }
    }

    /// What a container holds, if all of its files are there and of one version.
    fn whole(folder: &Path) -> Option<String> {
        let contents: Vec<_> = Part::ALL
            .iter()
            .map(|part| fs::read_to_string(folder.join(part.file_name())).ok())
            .collect();
        let first = contents.first()?.clone();
        contents.iter().all(|it| *it == first).then_some(first)?
    }

    /// A replacement that has a new container, and the folder around it.
    fn begun() -> (tempfile::TempDir, Replacement) {
        let around = tempfile::tempdir().unwrap();
        let folder = around.path().join("a.000");
        fs::create_dir(&folder).unwrap();
        write(&folder, "old");
        fs::write(folder.join("notes.txt"), "mine").unwrap();
        let replacement = Replacement::begin(&folder).unwrap();
        write(&replacement.new, "new");
        (around, replacement)
    }

    fn names(folder: &Path) -> Vec<String> {
        let names = entries(folder).map(|entry| entry.file_name().into_string().unwrap());
        names.collect()
    }

    #[test]
    fn after_a_power_cut_at_any_step_one_version_is_whole_under_its_name() {
        let data = tempfile::tempdir().unwrap();
        for steps in [&EXCHANGING[..], &RENAMING] {
            for count in 0..=steps.len() {
                let (around, replacement) = begun();
                let done = run(&replacement, &steps[..count]);
                if done.is_err_and(|error| error.kind() == io::ErrorKind::Unsupported) {
                    continue;
                }
                recover_in(around.path(), data.path());
                let expected = if count == steps.len() { "new" } else { "old" };
                let folder = &replacement.folder;
                assert_eq!(whole(folder).as_deref(), Some(expected), "{count}");
                assert_eq!(
                    fs::read_to_string(folder.join("notes.txt")).unwrap(),
                    "mine"
                );
                assert_eq!(names(around.path()), ["a.000"]);
            }
        }
    }

    #[test]
    fn a_power_cut_while_files_are_written_or_cleared_is_recovered_too() {
        let data = tempfile::tempdir().unwrap();
        for missing in Part::ALL {
            for installed in [false, true] {
                let (around, replacement) = begun();
                if installed {
                    run(&replacement, &RENAMING).unwrap();
                }
                let beside = match installed {
                    true => &replacement.old,
                    false => &replacement.new,
                };
                fs::remove_file(beside.join(missing.file_name())).unwrap();
                recover_if_free(&replacement.folder, data.path());
                let expected = if installed { "new" } else { "old" };
                assert_eq!(whole(&replacement.folder).as_deref(), Some(expected));
                assert_eq!(names(around.path()), ["a.000"]);
            }
        }
    }

    #[test]
    fn a_replacement_that_is_under_way_is_left_alone() {
        let data = tempfile::tempdir().unwrap();
        let (around, replacement) = begun();
        let lock = lock(data.path()).unwrap();
        run(&replacement, &RENAMING[..1]).unwrap();
        recover_in(around.path(), data.path());
        assert_eq!(whole(&replacement.new).as_deref(), Some("new"));
        run(&replacement, &RENAMING[1..]).unwrap();
        drop(lock);
        assert_eq!(whole(&replacement.folder).as_deref(), Some("new"));
    }

    #[test]
    fn nothing_of_others_is_deleted() {
        let data = tempfile::tempdir().unwrap();
        let (around, replacement) = begun();
        // A name that is taken: both stay.
        fs::write(replacement.new.join("notes.txt"), "other").unwrap();
        recover_in(around.path(), data.path());
        let read = |folder: &Path| fs::read_to_string(folder.join("notes.txt")).unwrap();
        assert_eq!(read(&replacement.folder), "mine");
        assert_eq!(read(&replacement.new), "other");
        assert_eq!(whole(&replacement.folder).as_deref(), Some("old"));
    }
}
