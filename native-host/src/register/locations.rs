//! Which files a browser reads, and whether the browser is there at all.

#[cfg(not(windows))]
use super::HOST_NAME;
#[cfg(windows)]
use super::manifest;
use super::{
    SandboxKind, Scope,
    browsers::{Browser, Family},
};
use crate::directories::{self, Folders};
use std::{
    env,
    path::{Path, PathBuf},
};

/// The folders of this computer that registration uses.
#[derive(Clone, Debug)]
pub struct Layout {
    folders: Folders,
    /// The root of the file system; on Windows, Tamga's folder for everybody.
    root: PathBuf,
    /// The folders in which programs are looked for.
    programs: Vec<PathBuf>,
}

/// A file in which a browser looks for the host.
#[derive(Clone, Debug)]
pub struct Place {
    /// Which browser.
    pub browser: &'static Browser,
    /// The manifest.
    pub file: PathBuf,
    /// The folder above it that was there before us and stays.
    pub(super) base: PathBuf,
    /// Set when the browser is there in this packaging only.
    pub(crate) sandbox: Option<SandboxKind>,
    /// Windows: the key in the registry that points to the file.
    #[cfg(windows)]
    pub(super) key: &'static str,
    /// Whether the browsers of all people look there.
    pub(super) is_everybodys: bool,
    /// Whether the browser has made its own folder there already, if it is one person's.
    pub(super) has_profile: bool,
}

impl Layout {
    /// These folders of the person, this root, and these folders of programs.
    pub fn new(folders: Folders, root: PathBuf, programs: Vec<PathBuf>) -> Self {
        Self {
            folders,
            root,
            programs,
        }
    }

    /// The layout as the environment has it.
    pub fn of(folders: Folders) -> Self {
        let path = env::var_os("PATH").unwrap_or_default();
        let programs = env::split_paths(&path).filter(|folder| folder.is_absolute());
        let root = match cfg!(windows) {
            true => folders.system.clone(),
            false => directories::root(),
        };
        Self::new(folders, root, programs.collect())
    }

    /// The folders of the person.
    pub fn folders(&self) -> &Folders {
        &self.folders
    }

    /// The root of the file system.
    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// The programs of a browser that are there.
    pub(crate) fn programs_of(&self, browser: &Browser) -> Vec<PathBuf> {
        let folders = self.programs.iter();
        let files =
            folders.flat_map(|folder| browser.programs.iter().map(move |name| folder.join(name)));
        files.filter(|program| program.is_file()).collect()
    }

    /// The folders with a browser's profiles that are there.
    pub(crate) fn profiles_of(&self, browser: &Browser) -> Vec<PathBuf> {
        let profiles = browser.folders.profiles.iter();
        let profiles = profiles.map(|folder| resolve(&self.folders, folder));
        profiles.filter(|folder| folder.is_dir()).collect()
    }

    /// The files in which a browser looks for the host of somebody whose home folder is another.
    pub(crate) fn of_home(&self, browser: &'static Browser, folder: &Path) -> Vec<PathBuf> {
        #[cfg(not(windows))]
        {
            let other = Self::new(home(folder), self.root.clone(), Vec::new());
            let places = other.places(browser, &Scope::User).into_iter();
            places.map(|place| place.file).collect()
        }
        #[cfg(windows)]
        {
            let _ = (browser, folder);
            Vec::new()
        }
    }

    /// Whether there is such a browser for somebody in this scope.
    pub(super) fn is_found(&self, browser: &Browser, scope: &Scope) -> bool {
        match scope {
            Scope::User => self.is_installed(browser) || self.sandbox(browser).is_some(),
            // Browsers may be installed later, also by other people.
            Scope::System => true,
            Scope::Profile(_) => browser.name == "chromium",
        }
    }

    /// Where this browser looks in this scope: one file for each kind of browser, to which keys of the
    /// registry point. Profiles have no hosts of their own.
    #[cfg(windows)]
    pub(super) fn places(&self, browser: &'static Browser, scope: &Scope) -> Vec<Place> {
        let place = |key, base: &Path, is_everybodys| Place {
            browser,
            file: base.join(manifest::windows_file(browser.family)),
            base: base.to_owned(),
            sandbox: None,
            key,
            is_everybodys,
            has_profile: true,
        };
        match scope {
            Scope::User => {
                let keys = browser.folders.user.iter();
                keys.map(|key| place(key, &self.folders.data, false))
                    .collect()
            }
            Scope::System => {
                let keys = browser.folders.system.iter();
                keys.map(|key| place(key, &self.root, true)).collect()
            }
            Scope::Profile(_) => Vec::new(),
        }
    }

    /// Where this browser looks in this scope.
    #[cfg(not(windows))]
    pub(super) fn places(&self, browser: &'static Browser, scope: &Scope) -> Vec<Place> {
        let sandbox = self
            .sandbox(browser)
            .filter(|_| !self.is_installed(browser));
        let place = |folder: PathBuf, base: &Path, sandbox| Place {
            browser,
            file: folder.join(format!("{HOST_NAME}.json")),
            base: base.to_owned(),
            sandbox,
            is_everybodys: *scope == Scope::System,
            has_profile: true,
        };
        match scope {
            Scope::User => {
                let user = browser.folders.user.iter();
                user.map(|folder| self.personal(browser, folder, sandbox))
                    .collect()
            }
            Scope::System => {
                let system = browser.folders.system.iter();
                let system = system.map(|folder| self.root.join(folder));
                let there = system.filter(|folder| self.is_own_folder(folder));
                let base = |folder: &Path| {
                    let mut shared = SHARED.iter().map(|shared| self.root.join(shared));
                    let base = shared.find(|shared| folder.starts_with(shared));
                    base.unwrap_or_else(|| self.root.clone())
                };
                there
                    .map(|folder| place(folder.clone(), &base(&folder), None))
                    .collect()
            }
            Scope::Profile(profile) => {
                let folder = match browser.family {
                    Family::Chromium => profile.join("NativeMessagingHosts"),
                    Family::Firefox => {
                        let user = browser.folders.user.first().copied().unwrap_or_default();
                        resolve(&home(profile), user)
                    }
                };
                vec![place(folder, profile, None)]
            }
        }
    }

    /// The file in a folder in which this browser looks for hosts of one person. It is never put where a browser has not
    /// made its own folder: some take that for a profile.
    #[cfg(not(windows))]
    fn personal(
        &self,
        browser: &'static Browser,
        folder: &str,
        sandbox: Option<SandboxKind>,
    ) -> Place {
        let folder = resolve(&self.folders, folder);
        let own = folder.parent().unwrap_or(&folder).to_owned();
        let Folders { home, config, .. } = &self.folders;
        let (base, has_profile) = match browser.family {
            Family::Chromium => (own.clone(), own.is_dir()),
            // It takes no folder for a profile that has nothing but hosts in it. An empty one may be removed together with
            // our file.
            Family::Firefox => {
                let base = [home, config]
                    .into_iter()
                    .find(|base| own.starts_with(base));
                let has_profile = sandbox.is_some() || self.has_profile(browser);
                (base.unwrap_or(&own).clone(), has_profile)
            }
        };
        Place {
            browser,
            file: folder.join(format!("{HOST_NAME}.json")),
            base,
            sandbox,
            is_everybodys: false,
            has_profile,
        }
    }

    /// 32-bit systems, and those where it is another name of `/usr/lib`, have no `/usr/lib64`.
    #[cfg(not(windows))]
    fn is_own_folder(&self, folder: &Path) -> bool {
        let lib64 = self.root.join("usr/lib64");
        !folder.starts_with(&lib64) || lib64.is_dir() && !lib64.is_symlink()
    }

    fn has_profile(&self, browser: &Browser) -> bool {
        !self.profiles_of(browser).is_empty()
    }

    fn is_installed(&self, browser: &Browser) -> bool {
        let mut programs = self.programs_of(browser).into_iter();
        self.has_profile(browser) || programs.any(|program| !is_snap(&program))
    }

    fn sandbox(&self, browser: &Browser) -> Option<SandboxKind> {
        if !cfg!(target_os = "linux") {
            return None;
        }
        let home = &self.folders.home;
        let snap = browser.snap.filter(|snap| {
            home.join("snap").join(snap).is_dir() || self.root.join("snap").join(snap).is_dir()
        });
        let flatpak = browser.flatpak.filter(|id| {
            home.join(".var/app").join(id).is_dir()
                || home.join(".local/share/flatpak/app").join(id).is_dir()
                || self.root.join("var/lib/flatpak/app").join(id).is_dir()
        });
        let snap = snap.map(|_| SandboxKind::Snap);
        snap.or(flatpak.map(|_| SandboxKind::Flatpak))
    }
}

impl Place {
    /// Whether not everybody who should can read the manifest's folder.
    pub(super) fn is_hidden(&self) -> bool {
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let folder = self.file.parent().and_then(|folder| folder.metadata().ok());
            let mode = folder.map_or(0, |folder| folder.permissions().mode());
            self.is_everybodys && mode & 0o055 != 0o055
        }
        #[cfg(not(unix))]
        false
    }

    /// Whether a manifest may be put here and can have an effect: no Chromium in a sandbox starts programs outside of it.
    pub(super) fn is_usable(&self) -> bool {
        self.has_profile && (self.sandbox.is_none() || self.browser.family == Family::Firefox)
    }
}

/// Folders that everybody shares.
#[cfg(not(windows))]
const SHARED: [&str; 5] = [
    "etc/opt",
    "etc",
    "usr/lib",
    "usr/lib64",
    "Library/Application Support",
];

/// Folders that begin with a dot are below the home folder, others below that of settings.
fn resolve(folders: &Folders, folder: &str) -> PathBuf {
    let base = if folder.starts_with('.') {
        &folders.home
    } else {
        &folders.config
    };
    base.join(folder)
}

/// The folders of somebody whose home is here.
#[cfg(not(windows))]
fn home(folder: &Path) -> Folders {
    let config = if cfg!(target_os = "macos") {
        "Library/Application Support"
    } else {
        ".config"
    };
    Folders {
        home: folder.to_owned(),
        config: folder.join(config),
        data: folder.join(config).join("Tamga"),
        system: folder.join("system"),
    }
}

/// Ubuntu's `/usr/bin/chromium-browser` and everything in `/snap/bin` only start a snap.
fn is_snap(program: &Path) -> bool {
    let target = program.canonicalize().unwrap_or_default();
    program.starts_with("/snap") || target.ends_with("bin/snap")
}
