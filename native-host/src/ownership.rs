//! Who can change what everybody on this computer relies on: only root, from the root of the file system on.
//!
//! Windows has no owners and modes of this kind; there nothing is refused.

use crate::directories::Folders;
use std::path::Path;
#[cfg(unix)]
use tamga_core::failure::ErrorCode;
use tamga_core::failure::Failure;

/// How much of a path is looked at, and whose it has to be.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Trust {
    /// All of it is root's.
    Root,
    /// Where a test has moved the administrator's folder: a file and its folder are root's or the tester's.
    Tester,
}

impl Trust {
    /// What holds for these folders.
    pub fn of(folders: &Folders) -> Self {
        match folders.is_system_moved() {
            true => Self::Tester,
            false => Self::Root,
        }
    }

    /// Whether nobody else can change what is at this path, or put something else there.
    ///
    /// # Errors
    /// `FILE_INSECURE` with the file, folder or link that somebody else can change; `FILE_NOT_FOUND`.
    pub fn check(self, path: &Path) -> Result<(), Failure> {
        #[cfg(unix)]
        {
            let missing = |_| Failure::of(ErrorCode::FileNotFound, path.display().to_string());
            let all = unix::steps(path).map_err(missing)?;
            let looked_at = match self {
                Self::Root => 0,
                Self::Tester => all.len().saturating_sub(2),
            };
            for step in all.iter().skip(looked_at) {
                if !unix::is_safe(step, self).map_err(missing)? {
                    let step = step.display().to_string();
                    return Err(Failure::of(ErrorCode::FileInsecure, step));
                }
            }
        }
        #[cfg(not(unix))]
        let _ = path;
        Ok(())
    }
}

#[cfg(unix)]
mod unix {
    use super::Trust;
    use std::{
        collections::VecDeque,
        ffi::OsString,
        fs::{self, Metadata},
        io,
        os::unix::fs::MetadataExt as _,
        path::{Component, Path, PathBuf},
    };

    /// The most links on the way, as Linux has it (path_resolution(7)).
    const MAX_LINKS: usize = 40;
    /// The right to write of the group and of others.
    const SHARED_WRITE: u32 = 0o022;

    /// Every folder, link and file on the way to what is at a path, in the order in which the system goes through them.
    pub(super) fn steps(path: &Path) -> io::Result<Vec<PathBuf>> {
        let mut steps = vec![PathBuf::from("/")];
        let mut here = PathBuf::from("/");
        let mut ahead = names(&std::path::absolute(path)?);
        let mut links = 0;
        while let Some(name) = ahead.pop_front() {
            if name == ".." {
                here.pop();
                continue;
            }
            here.push(&name);
            steps.push(here.clone());
            if fs::symlink_metadata(&here)?.is_symlink() {
                links += 1;
                if links > MAX_LINKS {
                    return Err(io::ErrorKind::InvalidInput.into());
                }
                let target = fs::read_link(&here)?;
                here.pop();
                if target.is_absolute() {
                    here = PathBuf::from("/");
                }
                for name in names(&target).into_iter().rev() {
                    ahead.push_front(name);
                }
            }
        }
        Ok(steps)
    }

    fn names(path: &Path) -> VecDeque<OsString> {
        let name = |part: Component<'_>| match part {
            Component::Normal(_) | Component::ParentDir => Some(part.as_os_str().to_owned()),
            _ => None,
        };
        path.components().filter_map(name).collect()
    }

    pub(super) fn is_safe(step: &Path, trust: Trust) -> io::Result<bool> {
        let found = fs::symlink_metadata(step)?;
        let tester =
            || trust == Trust::Tester && found.uid() == rustix::process::geteuid().as_raw();
        Ok((found.uid() == 0 || tester()) && !is_shared(&found))
    }

    /// Links have no modes of their own. A sticky folder is shared too: what is taken out of it, by its owner or by a
    /// program that tidies up, can be put there anew by anybody.
    fn is_shared(found: &Metadata) -> bool {
        !found.is_symlink() && found.mode() & SHARED_WRITE != 0
    }

    #[cfg(test)]
    mod tests {
        use super::*;
        use std::os::unix::fs::{PermissionsExt as _, symlink};
        use tamga_core::failure::ErrorCode;

        #[test]
        fn every_link_and_folder_on_the_way_is_a_step() {
            let folder = tempfile::tempdir().unwrap();
            let root = folder.path().canonicalize().unwrap();
            fs::create_dir_all(root.join("a/b")).unwrap();
            fs::write(root.join("a/file"), "").unwrap();
            symlink("../file", root.join("a/b/second")).unwrap();
            symlink(root.join("a/b/second"), root.join("first")).unwrap();
            let steps = steps(&root.join("first")).unwrap();
            let own = steps
                .iter()
                .filter_map(|step| step.strip_prefix(&root).ok());
            let own: Vec<_> = own.map(|step| step.display().to_string()).collect();
            let again = ["", "a", "a/b", "a/b/second", "a/file"];
            assert_eq!(own, [&["", "first"][..], &again].concat());
            symlink("loop", root.join("loop")).unwrap();
            assert!(super::steps(&root.join("loop")).is_err());
        }

        #[test]
        fn what_others_can_write_is_refused_with_its_name() {
            let folder = tempfile::tempdir().unwrap();
            let file = folder.path().join("modules.json");
            fs::write(&file, "").unwrap();
            let mode = |path: &Path, mode| {
                fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
            };
            let refused = || Trust::Tester.check(&file).err().and_then(|it| it.subject);
            for (file_mode, folder_mode, expected) in [
                (0o644, 0o755, None),
                (0o600, 0o700, None),
                (0o664, 0o755, Some(&*file)),
                (0o646, 0o755, Some(&file)),
                (0o644, 0o775, Some(folder.path())),
                (0o644, 0o1777, Some(folder.path())),
            ] {
                mode(&file, file_mode);
                mode(folder.path(), folder_mode);
                let expected = expected.map(|path| path.display().to_string());
                assert_eq!(refused(), expected, "{file_mode:o} {folder_mode:o}");
            }
            mode(folder.path(), 0o755);
            assert_eq!(
                Trust::Root.check(&file).err().map(|it| it.code),
                Some(ErrorCode::FileInsecure)
            );
            let gone = Trust::Tester.check(&folder.path().join("gone"));
            assert_eq!(gone.err().map(|it| it.code), Some(ErrorCode::FileNotFound));
            assert_eq!(Trust::Root.check(Path::new("/usr")), Ok(()));
        }
    }
}
