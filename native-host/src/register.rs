//! Registration: the files that tell browsers where the host is.
//!
//! Each browser looks in folders of its own; [`browsers`] is the table of them. On Windows the file may
//! lie anywhere and the registry points to it.

pub mod browsers;
mod locations;
mod manifest;
#[cfg(windows)]
mod registry;
mod sandbox;

pub use locations::{Layout, Place};
pub(crate) use manifest::extension_ids;
pub use manifest::{CHROMIUM_IDS, FIREFOX_IDS, HOST_NAME};
pub(crate) use sandbox::{Bus, session_bus};
pub use sandbox::{Sandbox, SandboxAccess, SandboxKind};

use crate::{
    directories::Folders,
    failure::{Error, Storage as _},
    files::{self, Access},
    keys::pkcs11,
    ownership::Trust,
};
use browsers::{BROWSERS, Browser, Family};
use manifest::Manifest;
use serde::Serialize;
use std::{
    collections::BTreeMap,
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

/// The registration in one place where a browser looks.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Status {
    /// Which browser, as `--browser` has it.
    pub browser: &'static str,
    /// The browser's name.
    pub title: &'static str,
    /// Which kind of manifest it reads.
    #[serde(skip)]
    pub family: Family,
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

/// The manifest in a place.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
#[serde(tag = "state", rename_all = "kebab-case")]
pub enum State {
    /// This program, with the right extensions.
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
    /// The browser has no profile of this person's yet: nothing is put where its folder will be.
    NotStarted,
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
        .flat_map(|browser| {
            let mut places = layout.places(browser, scope);
            // One profile is enough to be started with.
            if places.iter().any(|place| place.has_profile) {
                places.retain(|place| place.has_profile);
            }
            places
        })
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
/// `STORAGE_FAILED`: a file cannot be written.
pub fn register(places: &[Place], program: &Path) -> Result<(), Error> {
    for place in places.iter().filter(|place| place.is_usable()) {
        if state_of(place, program) != State::Registered {
            write(place, program).storing("registering")?;
        }
    }
    Ok(())
}

/// Removes what [`register`] made at these places, and nothing else.
///
/// # Errors
/// `STORAGE_FAILED`: a file cannot be removed.
pub fn unregister(places: &[Place]) -> Result<(), Error> {
    for place in places {
        remove(place).storing("unregistering")?;
    }
    Ok(())
}

/// The registration of this program in each of these places.
pub fn status(places: &[Place], program: &Path, access: SandboxAccess<'_>) -> Vec<Status> {
    let status = |place: &Place| {
        let found = read(place);
        let sandbox = place.sandbox.map(|kind| Sandbox {
            kind,
            portal: access.starts_hosts(place.browser, kind),
        });
        Status {
            browser: place.browser.name,
            title: place.browser.title,
            family: place.browser.family,
            place: place.file.clone(),
            state: state(place, program, &found),
            extensions: found
                .map(|manifest| manifest.extensions)
                .unwrap_or_default(),
            sandbox,
        }
    };
    places.iter().map(status).collect()
}

/// What [`register`] writes for a program: the manifests by their files.
///
/// `beside` is the folder that has what will be beside the program.
///
/// # Errors
/// [`io::ErrorKind::InvalidInput`] for a path that JSON cannot hold.
pub fn manifests(
    places: &[Place],
    program: &Path,
    beside: &Path,
) -> io::Result<BTreeMap<PathBuf, String>> {
    let manifest = |place: &Place| {
        let manifest = Manifest::new(place.browser.family, program, beside);
        Ok((place.file.clone(), manifest.to_text()?))
    };
    places.iter().map(manifest).collect()
}

/// What an installer for Windows brings.
#[derive(Clone, Debug, Serialize)]
pub struct WindowsRegistration {
    /// The manifests, by the names of their files.
    pub files: BTreeMap<String, String>,
    /// The keys of the registry, below that of everybody or of one person, whose default value is the path of such a file.
    pub keys: BTreeMap<String, String>,
}

/// What an installer for Windows brings for a program that is in the same folder as the manifests.
///
/// # Errors
/// [`io::ErrorKind::InvalidInput`] for a path that JSON cannot hold.
pub fn windows_registration(program: &Path, beside: &Path) -> io::Result<WindowsRegistration> {
    let mut files = BTreeMap::new();
    let mut keys = BTreeMap::new();
    for browser in &BROWSERS {
        let file = manifest::windows_file(browser.family);
        let manifest = Manifest::new(browser.family, program, beside);
        files.insert(file.clone(), manifest.to_text()?);
        for key in browser.windows_keys {
            keys.insert(format!(r"{key}\{HOST_NAME}"), file.clone());
        }
    }
    Ok(WindowsRegistration { files, keys })
}

/// Whether a browser could start a host for Tamga's extension by the manifest in this place, whichever program it is.
pub(crate) fn works(place: &Place) -> bool {
    let manifest = read(place).ok().filter(|_| !place.is_hidden());
    manifest.is_some_and(|it| it.is_for_us() && it.path.is_absolute() && is_executable(&it.path))
}

fn is_executable(program: &Path) -> bool {
    let Ok(metadata) = program.metadata() else {
        return false;
    };
    #[cfg(unix)]
    let may_run = std::os::unix::fs::PermissionsExt::mode(&metadata.permissions()) & 0o111 != 0;
    #[cfg(not(unix))]
    let may_run = true;
    metadata.is_file() && may_run
}

/// The manifest in one place.
pub(crate) fn state_of(place: &Place, program: &Path) -> State {
    state(place, program, &read(place))
}

fn state(place: &Place, program: &Path, found: &io::Result<Manifest>) -> State {
    match found {
        Ok(manifest) if manifest.path == program && manifest.is_for_us() => {
            match place.is_hidden() {
                true => State::Broken,
                false => State::Registered,
            }
        }
        Ok(manifest) if manifest.path != program => State::Elsewhere {
            path: manifest.path.clone(),
        },
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            match place.has_profile || place.sandbox.is_some() {
                true => State::Missing,
                false => State::NotStarted,
            }
        }
        _ => State::Broken,
    }
}

fn read(place: &Place) -> io::Result<Manifest> {
    #[cfg(windows)]
    let place = &registry::pointed_to(place)?;
    let mut manifest = Manifest::parse(place.browser.family, &files::read(&place.file, 64 << 10)?)?;
    // There, and nowhere else, it may be relative to the manifest; an installer's is.
    if cfg!(windows)
        && let Some(folder) = place.file.parent()
    {
        manifest.path = folder.join(&manifest.path);
    }
    Ok(manifest)
}

fn write(place: &Place, program: &Path) -> io::Result<()> {
    let folder = place.file.parent().ok_or(io::ErrorKind::InvalidInput)?;
    match place.is_everybodys {
        true => files::create_public(folder)?,
        false => fs::create_dir_all(folder)?,
    }
    let json = Manifest::of(place.browser.family, program).to_json()?;
    files::replace(&place.file, &json, Access::Public)?;
    #[cfg(windows)]
    registry::point(place)?;
    Ok(())
}

fn remove(place: &Place) -> io::Result<()> {
    #[cfg(windows)]
    registry::forget(place)?;
    // `register` makes files: a link is a package's.
    if place.file.is_symlink() {
        return Ok(());
    }
    if !files::if_there(fs::remove_file(&place.file))? {
        return Ok(());
    }
    // Removes folders that held only our file: removing one that is not empty fails, and profiles of browsers never are.
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
mod tests;
