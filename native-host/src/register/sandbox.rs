//! Browsers in snaps and Flatpaks, and the ways on which they start programs outside of these all the same.

use super::{
    Layout,
    browsers::{Browser, Family},
};
use crate::files;
use serde::Serialize;
use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

/// A packaging that keeps the browser from starting programs outside of it.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Sandbox {
    /// Which packaging.
    pub kind: SandboxKind,
    /// Whether the browser can start the host all the same, as [`SandboxAccess::starts_hosts`] has found.
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

/// Asks a service of the person's session, with the arguments of `busctl`: JSON, or nothing.
pub(crate) type Bus = fn(&[&str]) -> Option<String>;

/// What could start hosts for a browser in a sandbox on this computer.
#[derive(Clone, Copy, Debug)]
pub struct SandboxAccess<'c> {
    layout: &'c Layout,
    bus: Bus,
}

/// Gives up by itself.
const BUS_PROGRAM: &str = "/usr/bin/busctl";
const BUS_OPTIONS: [&str; 3] = ["--user", "--json=short", "--timeout=2"];
/// Ubuntu's portal for native messaging, as `busctl` asks for its version.
const PORTAL_VERSION: [&str; 5] = [
    "get-property",
    "org.freedesktop.portal.Desktop",
    "/org/freedesktop/portal/desktop",
    "org.freedesktop.portal.WebExtensions",
    "version",
];
/// The service that Firefox uses from this version on (xdg-native-messaging-proxy).
const PROXY: &str = "usr/share/dbus-1/services/org.freedesktop.NativeMessagingProxy.service";
const FIRST_WITH_PROXY: u32 = 157;
/// What says of which version a program of Mozilla's is, in its own folder.
const APPLICATION: &str = "application.ini";
const MAX_APPLICATION: usize = 64 << 10;
/// The most folders that are looked into for it.
const MAX_FOLDERS: usize = 1000;

impl<'c> SandboxAccess<'c> {
    /// Of this computer, and of this person's session.
    pub fn new(layout: &'c Layout) -> Self {
        Self::asking(layout, session_bus)
    }

    pub(crate) fn asking(layout: &'c Layout, bus: Bus) -> Self {
        Self { layout, bus }
    }

    /// Whether a browser in such a sandbox can start a host that is registered for it. No Chromium can; Firefox can through
    /// the portal, and a newer one through the proxy.
    pub fn starts_hosts(&self, browser: &Browser, kind: SandboxKind) -> bool {
        browser.family == Family::Firefox && (self.has_portal() || self.has_proxy(browser, kind))
    }

    fn has_portal(&self) -> bool {
        (self.bus)(&PORTAL_VERSION).is_some()
    }

    fn has_proxy(&self, browser: &Browser, kind: SandboxKind) -> bool {
        let versions = self.programs(browser, kind).into_iter();
        let mut versions = versions.filter_map(|file| version(&file));
        let is_there = self.layout.root().join(PROXY).is_file();
        is_there && versions.any(|version| version >= FIRST_WITH_PROXY)
    }

    /// What says of which version the browser is that the sandbox has.
    fn programs(&self, browser: &Browser, kind: SandboxKind) -> Vec<PathBuf> {
        let (root, home) = (self.layout.root(), &self.layout.folders().home);
        let folders = match kind {
            SandboxKind::Snap => browser
                .snap
                .map(|name| root.join("snap").join(name).join("current/usr/lib"))
                .into_iter()
                .collect(),
            SandboxKind::Flatpak => browser.flatpak.map_or_else(Vec::new, |id| {
                let apps = [root.join("var/lib"), home.join(".local/share")];
                apps.map(|base| {
                    base.join("flatpak/app")
                        .join(id)
                        .join("current/active/files/lib")
                })
                .to_vec()
            }),
        };
        let entries = folders.into_iter().flat_map(fs::read_dir).flatten();
        let entries = entries.flatten().take(MAX_FOLDERS);
        let files = entries.map(|entry| entry.path().join(APPLICATION));
        files.filter(|file| file.is_file()).collect()
    }
}

/// As [`Bus`] has it; nothing where there is no such session or service.
pub(crate) fn session_bus(arguments: &[&str]) -> Option<String> {
    let mut command = Command::new(BUS_PROGRAM);
    command.args(BUS_OPTIONS).args(arguments);
    let output = command.stdin(Stdio::null()).stderr(Stdio::null()).output();
    let output = output.ok().filter(|output| output.status.success())?;
    String::from_utf8(output.stdout).ok()
}

/// The first number of `Version=157.0.1`.
fn version(file: &Path) -> Option<u32> {
    let content = files::read(file, MAX_APPLICATION).ok()?;
    let text = String::from_utf8_lossy(&content);
    let mut lines = text.lines();
    let version = lines.find_map(|line| line.strip_prefix("Version="))?;
    version.split('.').next()?.trim().parse().ok()
}
