//! What is around the process: libraries put in the place of the system's, and confinement of the browser.

use super::{Found, system::System};
use std::path::Path;

/// Libraries of the system's that the host, or modules, use.
const LIBRARIES: [&str; 7] = [
    "libc.so.6",
    "libcrypto.so.1.1",
    "libcrypto.so.3",
    "libgcc_s.so.1",
    "libpcsclite.so.1",
    "libssl.so.3",
    "libstdc++.so.6",
];
/// Firefox's own, which it gives to what it starts.
const FIREFOX_PRELOAD: &str = "libmozsandbox.so";
/// What Firejail's process is called.
const FIREJAIL: &str = "firejail";
/// SELinux: types in which programs of people run freely.
const FREE_TYPES: [&str; 5] = ["unconfined_t", "user_t", "staff_t", "sysadm_t", "init_t"];
/// How far up it is looked for Firejail.
const MAX_ANCESTORS: usize = 8;

pub(super) fn libraries_replaced(system: &System) -> Vec<Found> {
    let folders = system
        .variable("LD_LIBRARY_PATH")
        .unwrap_or_default()
        .split([':', ';']);
    let replaced = folders
        .filter(|folder| !folder.is_empty())
        .flat_map(|folder| {
            let files = LIBRARIES.iter().map(|name| Path::new(folder).join(name));
            files.filter(|file| file.is_file()).take(1)
        });
    let replaced = replaced.map(|file| Found::of("LD_LIBRARY_PATH").at(file));
    let preloaded = system
        .variable("LD_PRELOAD")
        .unwrap_or_default()
        .split([':', ' ']);
    let preloaded = preloaded.filter(|it| !it.is_empty() && !it.ends_with(FIREFOX_PRELOAD));
    let preloaded = preloaded.map(|file| Found::of("LD_PRELOAD").at(file));
    replaced.chain(preloaded).collect()
}

pub(super) fn browser_confined(system: &System) -> Vec<Found> {
    let Some(parent) = system.parent else {
        return Vec::new();
    };
    let attribute = system.read(&system.at(format!("proc/{parent}/attr/current")));
    let attribute = attribute.unwrap_or_default();
    let label = attribute.trim_matches(['\0', '\n', ' ']);
    let confined = confining(label).map(Found::of);
    let firejail = ancestors(system, parent).any(|name| name == FIREJAIL);
    confined
        .or(firejail.then(|| Found::of("Firejail")))
        .into_iter()
        .collect()
}

/// The profile or type that confines; AppArmor writes `name (enforce)`, SELinux `user:role:type:level`.
fn confining(label: &str) -> Option<String> {
    if let Some(profile) = label.strip_suffix(" (enforce)") {
        return Some(format!("AppArmor: {profile}"));
    }
    let kind = label.split(':').nth(2)?;
    (!FREE_TYPES.contains(&kind)).then(|| format!("SELinux: {kind}"))
}

/// The names of a process and of those that started it.
fn ancestors(system: &System, process: u32) -> impl Iterator<Item = String> {
    let status = |process: u32| system.read(&system.at(format!("proc/{process}/status")));
    let field = |status: &str, name: &str| {
        let mut lines = status.lines();
        lines.find_map(|line| Some(line.strip_prefix(name)?.trim().to_owned()))
    };
    let all = std::iter::successors(status(process), move |known| {
        status(field(known, "PPid:")?.parse().ok().filter(|it| *it > 1)?)
    });
    all.take(MAX_ANCESTORS)
        .filter_map(move |known| field(&known, "Name:"))
}
