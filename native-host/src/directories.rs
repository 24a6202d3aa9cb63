//! Where things are on this computer.

#[cfg(windows)]
use known_folders::{KnownFolder, get_known_folder_path};
use std::{env, ffi::OsString, path::PathBuf};

/// Whether this host is built for the tests of this workspace, which put the administrator's settings elsewhere. What
/// people get is built without the feature, or without debug assertions.
pub(crate) const IS_FOR_TESTS: bool = cfg!(all(feature = "test-settings", debug_assertions));

/// The folders of the person who runs the host.
#[derive(Clone, Debug)]
pub struct Folders {
    /// The home folder.
    pub home: PathBuf,
    /// Where programs keep their settings: browsers their profiles.
    pub config: PathBuf,
    /// Where the host keeps its own files.
    pub data: PathBuf,
    /// Where the administrator of this computer keeps what holds for everybody.
    pub system: PathBuf,
}

impl Folders {
    /// The folders as the environment has them; `None` without a home folder.
    pub fn from_environment() -> Option<Self> {
        Self::from_variables(|name| env::var_os(name))
    }

    /// Whether a test has the administrator's settings elsewhere.
    pub fn is_system_moved(&self) -> bool {
        IS_FOR_TESTS && Some(&self.system) != system_folder().as_ref()
    }

    fn from_variables(variable: impl Fn(&str) -> Option<OsString>) -> Option<Self> {
        // Relative paths are to be ignored (XDG Base Directory Specification, "Basics").
        let folder = |name: &str| {
            let path = PathBuf::from(variable(name)?);
            path.is_absolute().then_some(path)
        };
        let (home, config, data) = personal_folders(&folder)?;
        // In a host that people use, whoever sets its environment would be the administrator.
        let moved = if IS_FOR_TESTS {
            folder("TAMGA_SYSTEM")
        } else {
            None
        };
        Some(Self {
            data: folder("TAMGA_HOME").unwrap_or(data),
            system: moved.or_else(system_folder)?,
            config,
            home,
        })
    }
}

/// The person's home folder, the folder of settings, and the host's own in it. On Windows the system is asked: whoever
/// starts the host can set variables, and they may be missing.
#[cfg(windows)]
fn personal_folders(
    _variable: &impl Fn(&str) -> Option<PathBuf>,
) -> Option<(PathBuf, PathBuf, PathBuf)> {
    let local = get_known_folder_path(KnownFolder::LocalAppData)?;
    let home = get_known_folder_path(KnownFolder::Profile)?;
    Some((home, local.clone(), local.join("Tamga")))
}

/// The person's home folder, the folder of settings, and the host's own in it.
#[cfg(target_os = "macos")]
fn personal_folders(
    variable: &impl Fn(&str) -> Option<PathBuf>,
) -> Option<(PathBuf, PathBuf, PathBuf)> {
    let home = variable("HOME")?;
    let support = home.join("Library/Application Support");
    let data = support.join("Tamga");
    Some((home, support, data))
}

/// The person's home folder, the folder of settings, and the host's own (XDG Base Directory Specification).
#[cfg(not(any(windows, target_os = "macos")))]
fn personal_folders(
    variable: &impl Fn(&str) -> Option<PathBuf>,
) -> Option<(PathBuf, PathBuf, PathBuf)> {
    let home = variable("HOME")?;
    let config = variable("XDG_CONFIG_HOME").unwrap_or_else(|| home.join(".config"));
    let data = variable("XDG_DATA_HOME").unwrap_or_else(|| home.join(".local/share"));
    Some((home, config, data.join("tamga")))
}

/// The root of the file system; tests have another one (`TAMGA_ROOT`).
pub(crate) fn root() -> PathBuf {
    // As with the administrator's folder: whoever sets the environment of a host that people use does not decide.
    let moved = if IS_FOR_TESTS {
        env::var_os("TAMGA_ROOT")
    } else {
        None
    };
    moved.map_or_else(|| PathBuf::from("/"), PathBuf::from)
}

/// Where the administrator's settings are. On Windows the system is asked: everybody can set the variable
/// `ProgramData` for programs that they start.
fn system_folder() -> Option<PathBuf> {
    #[cfg(windows)]
    let folder = get_known_folder_path(KnownFolder::ProgramData)?.join("Tamga");
    #[cfg(target_os = "macos")]
    let folder = PathBuf::from("/Library/Application Support/Tamga");
    #[cfg(not(any(windows, target_os = "macos")))]
    let folder = PathBuf::from("/etc/tamga");
    Some(folder)
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;
    use std::path::Path;

    #[test]
    fn the_environment_decides() {
        fn folders(variables: &[(&str, &str)]) -> Option<Folders> {
            let value = |name: &str| variables.iter().find(|(known, _)| *known == name);
            Folders::from_variables(|name| value(name).map(|(_, value)| value.into()))
        }
        assert!(folders(&[]).is_none());
        let plain = folders(&[("HOME", "/home/aigerim")]).unwrap();
        assert_eq!(plain.config, Path::new("/home/aigerim/.config"));
        assert_eq!(plain.data, Path::new("/home/aigerim/.local/share/tamga"));
        let moved = folders(&[
            ("HOME", "/h"),
            ("XDG_CONFIG_HOME", "relative"),
            ("XDG_DATA_HOME", "/d"),
        ]);
        let moved = moved.unwrap();
        assert_eq!(moved.config, Path::new("/h/.config"));
        assert_eq!(moved.data, Path::new("/d/tamga"));
        assert!(!plain.is_system_moved());
        let tested = folders(&[("HOME", "/h"), ("TAMGA_SYSTEM", "/s")]).unwrap();
        let system = if IS_FOR_TESTS { "/s" } else { "/etc/tamga" };
        assert_eq!(tested.system, Path::new(system));
        assert_eq!(tested.is_system_moved(), IS_FOR_TESTS);
        let own = folders(&[
            ("HOME", "/h"),
            ("TAMGA_HOME", "/t"),
            ("XDG_DATA_HOME", "/d"),
        ]);
        assert_eq!(own.unwrap().data, Path::new("/t"));
    }
}
