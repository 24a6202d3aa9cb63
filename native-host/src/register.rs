//! Registration: the files that tell browsers where the host is.
//!
//! Each browser looks in folders of its own; [`browsers`] is the table of them. On Windows the file may
//! lie anywhere and the registry points to it.

pub mod browsers;
mod locations;
mod manifest;
#[cfg(windows)]
mod registry;

pub use locations::{Layout, Place};
pub use manifest::{CHROMIUM_ID, FIREFOX_ID, HOST_NAME};

use crate::{
    failure::{Error, Storage as _},
    folder::{self, Access, Folders},
    keys::pkcs11,
    ownership::Trust,
};
use browsers::{BROWSERS, Browser, Family};
use manifest::Manifest;
use serde::Serialize;
use std::{
    fs, io,
    path::{Path, PathBuf},
};

/// For whom the host is registered.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Scope {
    /// The person who runs this.
    User,
    /// Everybody on this computer.
    System,
    /// One throw-away profile: a Chromium user data folder, or a home folder for Firefox.
    Profile(PathBuf),
}

/// How things stand with one place where one browser looks.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Status {
    /// Which browser, as `--browser` has it.
    pub browser: &'static str,
    /// The browser's name.
    pub title: &'static str,
    /// The file in question; on Windows the registry key.
    pub place: PathBuf,
    /// What is there.
    #[serde(flatten)]
    pub state: State,
    /// The extensions that may start the host.
    pub extensions: Vec<String>,
    /// Whether the browser runs in a sandbox, and which.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sandbox: Option<Sandbox>,
}

/// What is at a place.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
#[serde(tag = "state", rename_all = "kebab-case")]
pub enum State {
    /// Everything is as it should be.
    Registered,
    /// Another program is registered, or the host before it was moved.
    Elsewhere {
        /// The program that the browser would start.
        path: PathBuf,
    },
    /// The right program, but not the right extensions; or not readable at all.
    Broken,
    /// Nothing.
    Missing,
}

/// A packaging that keeps the browser from starting programs outside of it.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Sandbox {
    /// Which packaging.
    pub kind: SandboxKind,
    /// Whether the browser can start the host all the same: Firefox can, where the desktop's portal
    /// for native messaging is there. No Chromium can.
    pub portal: bool,
}

/// A packaging that keeps the browser from starting programs outside of it.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum SandboxKind {
    /// Ubuntu's.
    Snap,
    /// The freedesktop one.
    Flatpak,
}

/// Which places are meant: those of the browsers that were named, otherwise of those that are there.
pub fn places(layout: &Layout, scope: &Scope, named: &[&'static Browser]) -> Vec<Place> {
    let wanted = BROWSERS.iter().filter(|browser| {
        if named.is_empty() {
            layout.is_found(browser, scope)
        } else {
            named.contains(browser)
        }
    });
    wanted
        .flat_map(|browser| layout.places(browser, scope))
        .collect()
}

/// Whether the host may be registered for everybody at these places: only root can change the program, the folders, and
/// the list of modules for everybody.
///
/// # Errors
/// `FILE_INSECURE` for the first that others can change; `FILE_NOT_FOUND` for a program that is not there.
pub fn check_system(places: &[Place], program: &Path, folders: &Folders) -> Result<(), Error> {
    Trust::Root.check(program)?;
    for place in places {
        let above = place.file.ancestors().skip(1);
        let there = above.into_iter().find(|folder| folder.exists());
        there.map_or(Ok(()), |folder| Trust::Root.check(folder))?;
    }
    Ok(pkcs11::check_administrators(folders)?)
}

/// Registers the host at these places. What is right already is not touched.
///
/// # Errors
/// When a file cannot be written.
pub fn register(places: &[Place], program: &Path) -> Result<(), Error> {
    for place in places.iter().filter(|place| place.is_open()) {
        if status_of(place, program).state != State::Registered {
            write(place, program).storing("registering")?;
        }
    }
    Ok(())
}

/// Removes what [`register`] made at these places, and nothing else.
///
/// # Errors
/// When a file cannot be removed.
pub fn unregister(places: &[Place]) -> Result<(), Error> {
    for place in places {
        remove(place).storing("unregistering")?;
    }
    Ok(())
}

/// How things stand at these places for this program.
pub fn status(places: &[Place], program: &Path) -> Vec<Status> {
    places
        .iter()
        .map(|place| status_of(place, program))
        .collect()
}

fn status_of(place: &Place, program: &Path) -> Status {
    let family = place.browser.family;
    let found = read(place);
    let state = match &found {
        Ok(manifest) if *manifest == Manifest::new(family, program) => match place.is_hidden() {
            true => State::Broken,
            false => State::Registered,
        },
        Ok(manifest) if manifest.path != program => State::Elsewhere {
            path: manifest.path.clone(),
        },
        Err(error) if error.kind() == io::ErrorKind::NotFound => State::Missing,
        _ => State::Broken,
    };
    Status {
        browser: place.browser.name,
        title: place.browser.title,
        place: place.file.clone(),
        state,
        extensions: found
            .map(|manifest| manifest.extensions)
            .unwrap_or_default(),
        sandbox: place.sandbox.map(|kind| Sandbox {
            kind,
            portal: family == Family::Firefox,
        }),
    }
}

fn read(place: &Place) -> io::Result<Manifest> {
    #[cfg(windows)]
    let place = &registry::pointed_to(place)?;
    Manifest::parse(place.browser.family, &folder::read(&place.file, 64 << 10)?)
}

fn write(place: &Place, program: &Path) -> io::Result<()> {
    let folder = place.file.parent().ok_or(io::ErrorKind::InvalidInput)?;
    match place.is_everybodys {
        true => folder::create_public(folder)?,
        false => fs::create_dir_all(folder)?,
    }
    let json = Manifest::new(place.browser.family, program).to_json()?;
    folder::replace(&place.file, &json, Access::Public)?;
    #[cfg(windows)]
    registry::point(place)?;
    Ok(())
}

fn remove(place: &Place) -> io::Result<()> {
    #[cfg(windows)]
    registry::forget(place)?;
    match fs::remove_file(&place.file) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        removed => removed?,
    }
    // A folder that is empty now held nothing but our file. Where there is anything else removing fails,
    // which is meant: profiles of browsers are never empty.
    let above = place.file.ancestors().skip(1);
    for folder in above.take_while(|folder| **folder != place.base) {
        if fs::remove_dir(folder).is_err() {
            break;
        }
    }
    Ok(())
}

#[cfg(test)]
#[cfg(target_os = "linux")]
mod tests {
    use super::*;

    struct Computer {
        root: tempfile::TempDir,
        layout: Layout,
    }

    fn computer() -> Computer {
        let root = tempfile::tempdir().unwrap();
        let home = root.path().join("home");
        fs::create_dir_all(&home).unwrap();
        let folders = Folders {
            config: home.join(".config"),
            data: home.join(".local/share/tamga"),
            system: root.path().join("etc/tamga"),
            home,
        };
        let layout = Layout::new(folders, root.path().to_owned(), Vec::new());
        Computer { root, layout }
    }

    impl Computer {
        fn make(&self, folder: &str) {
            let folder = self.root.path().join(folder);
            fs::create_dir_all(&folder).unwrap();
            fs::write(folder.join("Local State"), b"{}").unwrap();
        }

        fn everything(&self) -> Vec<PathBuf> {
            let mut found = Vec::new();
            let mut open = vec![self.root.path().to_owned()];
            while let Some(folder) = open.pop() {
                for entry in fs::read_dir(folder).unwrap() {
                    let path = entry.unwrap().path();
                    if path.is_dir() {
                        open.push(path.clone());
                    }
                    found.push(path);
                }
            }
            found.sort();
            found
        }
    }

    const PROGRAM: &str = "/opt/tamga/tamga-host";

    fn states(places: &[Place]) -> Vec<(&'static str, State)> {
        let all = status(places, Path::new(PROGRAM));
        all.into_iter()
            .map(|status| (status.browser, status.state))
            .collect()
    }

    #[test]
    fn browsers_that_are_there_are_registered_and_nothing_is_left() {
        let computer = computer();
        for folder in [
            "home/.config/google-chrome",
            "home/.config/yandex-browser",
            "home/.config/mozilla/firefox",
        ] {
            computer.make(folder);
        }
        let before = computer.everything();
        let places = places(&computer.layout, &Scope::User, &[]);
        let named =
            |state: State| ["chrome", "yandex", "firefox"].map(|name| (name, state.clone()));
        assert_eq!(states(&places), named(State::Missing));
        register(&places, Path::new(PROGRAM)).unwrap();
        assert_eq!(states(&places), named(State::Registered));
        let firefox = computer
            .layout
            .folders()
            .home
            .join(".mozilla/native-messaging-hosts");
        assert!(firefox.join("org.tamga.host.json").is_file());
        let after = computer.everything();
        register(&places, Path::new(PROGRAM)).unwrap();
        assert_eq!(computer.everything(), after);
        unregister(&places).unwrap();
        unregister(&places).unwrap();
        assert_eq!(computer.everything(), before);
    }

    #[test]
    fn all_browsers_in_all_scopes_leave_nothing() {
        let computer = computer();
        computer.make("etc/opt");
        computer.make("usr/lib");
        computer.make("profile");
        let before = computer.everything();
        let profile = Scope::Profile(computer.root.path().join("profile"));
        let all: Vec<_> = BROWSERS.iter().collect();
        for scope in [Scope::User, Scope::System, profile] {
            let places = places(&computer.layout, &scope, &all);
            assert!(places.len() >= BROWSERS.len());
            register(&places, Path::new(PROGRAM)).unwrap();
            let registered = states(&places);
            assert!(
                registered
                    .iter()
                    .all(|(_, state)| *state == State::Registered)
            );
            unregister(&places).unwrap();
            assert_eq!(computer.everything(), before, "{scope:?}");
        }
    }

    #[test]
    fn what_everybody_needs_is_open_to_everybody_whatever_the_umask() {
        use std::os::unix::fs::PermissionsExt as _;
        let computer = computer();
        computer.make("etc");
        let chrome = BROWSERS.iter().find(|browser| browser.name == "chrome");
        let places = places(&computer.layout, &Scope::System, &[chrome.unwrap()]);
        register(&places, Path::new(PROGRAM)).unwrap();
        let folder = places[0].file.parent().unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o7777;
        assert_eq!((mode(folder), mode(&places[0].file)), (0o755, 0o644));
        // As a umask of 077 left it before.
        fs::set_permissions(folder, fs::Permissions::from_mode(0o700)).unwrap();
        assert_eq!(states(&places), [("chrome", State::Broken)]);
        register(&places, Path::new(PROGRAM)).unwrap();
        assert_eq!(states(&places), [("chrome", State::Registered)]);
        assert_eq!(mode(folder), 0o755);
    }

    #[test]
    fn what_others_put_there_stays() {
        let computer = computer();
        let hosts = computer
            .layout
            .folders()
            .config
            .join("chromium/NativeMessagingHosts");
        fs::create_dir_all(&hosts).unwrap();
        fs::write(hosts.join("org.example.json"), b"{}").unwrap();
        let places = places(&computer.layout, &Scope::User, &[]);
        register(&places, Path::new(PROGRAM)).unwrap();
        unregister(&places).unwrap();
        assert!(hosts.join("org.example.json").is_file());
    }

    #[test]
    fn what_is_there_is_told_apart() {
        let computer = computer();
        computer.make("home/.config/chromium");
        let places = places(&computer.layout, &Scope::User, &[]);
        register(&places, Path::new("/old/tamga-host")).unwrap();
        let path = PathBuf::from("/old/tamga-host");
        assert_eq!(states(&places), [("chromium", State::Elsewhere { path })]);
        fs::write(&places[0].file, b"{").unwrap();
        assert_eq!(states(&places), [("chromium", State::Broken)]);
        register(&places, Path::new(PROGRAM)).unwrap();
        let status = status(&places, Path::new(PROGRAM));
        assert_eq!(status[0].state, State::Registered);
        let origin = format!("chrome-extension://{}/", CHROMIUM_ID);
        assert_eq!(status[0].extensions, [origin]);
    }

    #[test]
    fn sandboxed_browsers_are_named_and_left_alone() {
        let computer = computer();
        computer.make("home/snap/chromium");
        computer.make("home/.var/app/org.mozilla.firefox");
        let places = places(&computer.layout, &Scope::User, &[]);
        register(&places, Path::new(PROGRAM)).unwrap();
        let found: Vec<_> = status(&places, Path::new(PROGRAM))
            .into_iter()
            .map(|status| (status.browser, status.state, status.sandbox))
            .collect();
        let sandbox = |kind, portal| Some(Sandbox { kind, portal });
        let expected = [
            (
                "chromium",
                State::Missing,
                sandbox(SandboxKind::Snap, false),
            ),
            (
                "firefox",
                State::Registered,
                sandbox(SandboxKind::Flatpak, true),
            ),
        ];
        assert_eq!(found, expected);
    }
}
