//! File systems from which nothing may be started, and a /proc that hides processes.

use super::{Found, system::System};
use std::{
    ffi::OsString,
    path::{Path, PathBuf},
};

const MOUNTS: &str = "proc/self/mounts";

struct Mount {
    folder: PathBuf,
    kind: String,
    options: String,
}

pub(super) fn not_executable(system: &System) -> Vec<Found> {
    let mounts = mounts(system);
    let modules = system.modules.iter().map(|module| &module.path);
    let programs = modules.chain([&system.program]);
    let refused = programs.filter(|program| {
        // The last of those with the longest path counts: it lies above the others.
        let above = mounts
            .iter()
            .filter(|mount| program.starts_with(&mount.folder));
        let nearest = above.max_by_key(|mount| mount.folder.as_os_str().len());
        nearest.is_some_and(|mount| mount.has("noexec"))
    });
    let found = refused.map(|program| Found::of(crate::files::name_of(program)).at(program));
    found.collect()
}

pub(super) fn processes_hidden(system: &System) -> Vec<Found> {
    let proc = mounts(system)
        .into_iter()
        .filter(|mount| mount.kind == "proc");
    let hidden = proc.filter(|mount| {
        let mut options = mount.options.split(',');
        let value = options.find_map(|option| option.strip_prefix("hidepid="));
        value.is_some_and(|value| !["0", "off"].contains(&value))
    });
    let at_its_place = hidden.filter(|mount| mount.folder == Path::new("/proc"));
    at_its_place
        .map(|mount| Found::default().at(mount.folder))
        .collect()
}

impl Mount {
    /// A line of `/proc/self/mounts` (proc_pid_mounts(5)).
    fn parse(line: &str) -> Option<Self> {
        let mut fields = line.split(' ').skip(1);
        Some(Self {
            folder: unescaped(fields.next()?),
            kind: fields.next()?.to_owned(),
            options: fields.next()?.to_owned(),
        })
    }

    fn has(&self, option: &str) -> bool {
        self.options.split(',').any(|it| it == option)
    }
}

fn mounts(system: &System) -> Vec<Mount> {
    let text = system.read(&system.at(MOUNTS)).unwrap_or_default();
    text.lines().filter_map(Mount::parse).collect()
}

/// Spaces and the like are written as `\040`.
fn unescaped(field: &str) -> PathBuf {
    let mut parts = field.split('\\');
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let character = part
            .get(..3)
            .and_then(|digits| u8::from_str_radix(digits, 8).ok());
        match (character, part.get(3..)) {
            (Some(character), Some(rest)) => {
                text.push(char::from(character));
                text.push_str(rest);
            }
            _ => text.extend(["\\", part]),
        }
    }
    PathBuf::from(OsString::from(text))
}
