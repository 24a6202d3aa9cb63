//! The description as it was read, and the files beside it.

use crate::{
    call::is_possible,
    description::{Description, Presence, VARIABLE},
    object::Object,
};
use serde::Serialize;
use std::{
    env,
    fs::{self, File, OpenOptions},
    io::Write as _,
    path::{Path, PathBuf},
    sync::OnceLock,
};

/// What the module is; the same for the life of the process.
pub(crate) struct Setting {
    path: PathBuf,
    pub(crate) description: Description,
    /// Of each slot.
    pub(crate) objects: Vec<Vec<Object>>,
}

impl Setting {
    /// The setting of this process; `None`, said on standard error, if the description is no good.
    pub(crate) fn get() -> Option<&'static Self> {
        static SETTING: OnceLock<Option<Setting>> = OnceLock::new();
        let read = || match Self::read() {
            Ok(setting) => Some(setting),
            Err(error) => {
                eprintln!("tamga-module-double: {error}");
                None
            }
        };
        SETTING.get_or_init(read).as_ref()
    }

    fn read() -> Result<Self, String> {
        let path = env::var_os(VARIABLE).ok_or_else(|| format!("{VARIABLE} is not set"))?;
        let path = PathBuf::from(path);
        let named = |error: String| format!("{}: {error}", path.display());
        let text = fs::read(&path).map_err(|error| named(error.to_string()))?;
        let description: Description =
            serde_json::from_slice(&text).map_err(|error| named(error.to_string()))?;
        let mut behaviours = description.misbehaviour.iter();
        if let Some(impossible) = behaviours.find(|known| !is_possible(known)) {
            return Err(named(format!("impossible: {impossible:?}")));
        }
        let folder = path.parent().unwrap_or(Path::new("."));
        let load = |slot| Object::all_of(slot, folder).map_err(named);
        let objects = description
            .slots
            .iter()
            .map(load)
            .collect::<Result<_, _>>()?;
        Ok(Self {
            path,
            description,
            objects,
        })
    }

    /// Which tokens are in their readers now.
    pub(crate) fn presence(&self) -> Presence {
        let file = fs::read(self.path.with_extension("present.json"));
        let written = file
            .ok()
            .and_then(|text| serde_json::from_slice(&text).ok());
        let mut presence = written.unwrap_or_else(|| Presence {
            present: (0..self.description.slots.len()).collect(),
            ..Presence::default()
        });
        presence.present.retain(|slot| {
            let slot = self.description.slots.get(*slot);
            slot.is_some_and(|slot| !slot.phantom)
        });
        presence
    }

    /// The file with the PINs, made if it is not there; other processes wait until it is closed.
    pub(crate) fn lock_state(&self) -> std::io::Result<File> {
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        let file = options.open(self.path.with_extension("state.json"))?;
        file.lock()?;
        Ok(file)
    }

    /// Appends a line to the log, at once, so that processes do not write into each other's lines.
    pub(crate) fn log(&self, line: &impl Serialize) {
        let written = serde_json::to_string(line).map(|line| line + "\n");
        let mut options = OpenOptions::new();
        let log = options.append(true).create(true);
        let log = log.open(self.path.with_extension("log"));
        if let (Ok(line), Ok(mut log)) = (written, log) {
            // Who counts the lines will see that one is missing.
            let _ = log.write_all(line.as_bytes());
        }
    }
}
