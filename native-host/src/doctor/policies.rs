//! Policies of administrators that keep browsers from the host or from the extension. They are named, not changed.

#[cfg(any(windows, test))]
mod registry;

use super::{Found, manifests, system::System};
#[cfg(not(windows))]
use crate::register::browsers::Family;
use crate::register::{self, HOST_NAME, browsers::Browser};
use serde_json::Value;
use std::path::PathBuf;

/// Where browsers made of Chromium read what the administrator decided.
#[cfg(not(windows))]
const CHROMIUM_FOLDERS: [(&str, &str); 6] = [
    ("chrome", "etc/opt/chrome/policies/managed"),
    ("chromium", "etc/chromium/policies/managed"),
    ("chromium-gost", "etc/chromium/policies/managed"),
    ("edge", "etc/opt/edge/policies/managed"),
    ("brave", "etc/brave/policies/managed"),
    ("yandex", "etc/opt/yandex/browser/policies/managed"),
];
/// Where Firefox does.
#[cfg(not(windows))]
const FIREFOX_FILES: [&str; 6] = [
    "etc/firefox/policies/policies.json",
    "usr/lib/firefox/distribution/policies.json",
    "usr/lib/firefox-esr/distribution/policies.json",
    "usr/lib64/firefox/distribution/policies.json",
    "usr/share/firefox-esr/distribution/policies.json",
    "opt/firefox/distribution/policies.json",
];

/// The policies of one file, or of one key of Windows' registry.
struct Policies {
    file: PathBuf,
    values: Value,
}

pub(super) fn host_blocked(system: &System) -> Vec<Found> {
    blocking(system, |policies, registration| {
        policies.block_host() || policies.block_personal_hosts() && registration.is_personal()
    })
}

pub(super) fn extension_blocked(system: &System) -> Vec<Found> {
    blocking(system, |policies, registration| {
        let ids = register::extension_ids(registration.browser.family, &system.program);
        ids.iter().any(|id| policies.block_extension(id))
    })
}

fn blocking(
    system: &System,
    blocks: impl Fn(&Policies, &manifests::Registration) -> bool,
) -> Vec<Found> {
    let mut found = Vec::new();
    for registration in manifests::registrations(system) {
        for policies in policies(system, registration.browser) {
            let finding = Found::of(registration.browser.title).at(&policies.file);
            if blocks(&policies, &registration) && !found.contains(&finding) {
                found.push(finding);
            }
        }
    }
    found
}

#[cfg(windows)]
fn policies(_: &System, browser: &Browser) -> Vec<Policies> {
    registry::policies(browser)
}

#[cfg(not(windows))]
fn policies(system: &System, browser: &Browser) -> Vec<Policies> {
    let read = |file: PathBuf| {
        let values: Value = serde_json::from_str(&system.read(&file)?).ok()?;
        Some(Policies { file, values })
    };
    match browser.family {
        Family::Chromium => {
            let folders = CHROMIUM_FOLDERS
                .iter()
                .filter(|(name, _)| *name == browser.name);
            let files = folders.flat_map(|(_, folder)| system.entries(&system.at(folder)));
            let json = files.filter(|file| file.extension().is_some_and(|it| it == "json"));
            json.filter_map(read).collect()
        }
        Family::Firefox if browser.name == "firefox" => {
            let files = FIREFOX_FILES
                .iter()
                .filter_map(|file| read(system.at(file)));
            let inner = files.map(|policies| Policies {
                values: policies.values.get("policies").cloned().unwrap_or_default(),
                ..policies
            });
            inner.collect()
        }
        Family::Firefox => Vec::new(),
    }
}

impl Policies {
    /// Chromium: hosts that are blocked, except those that are allowed.
    fn block_host(&self) -> bool {
        let blocked = self.lists("NativeMessagingBlocklist", &["*", HOST_NAME]);
        blocked && !self.lists("NativeMessagingAllowlist", &[HOST_NAME])
    }

    /// Chromium: whether hosts count that a person registered.
    fn block_personal_hosts(&self) -> bool {
        self.values.get("NativeMessagingUserLevelHosts") == Some(&Value::Bool(false))
    }

    fn block_extension(&self, id: &str) -> bool {
        let setting =
            |key: &str, field: &str| self.values.get("ExtensionSettings")?.get(key)?.get(field);
        // What stands for the extension replaces what stands for all.
        let own = self
            .values
            .get("ExtensionSettings")
            .and_then(|all| all.get(id));
        let key = if own.is_some() { id } else { "*" };
        let mode = setting(key, "installation_mode").and_then(Value::as_str);
        let permissions = setting(key, "blocked_permissions").and_then(Value::as_array);
        let no_hosts = permissions.is_some_and(|all| all.iter().any(|it| it == "nativeMessaging"));
        let listed = self.lists("ExtensionInstallBlocklist", &["*", id]);
        let allowed = self.lists("ExtensionInstallAllowlist", &[id]) || self.forces(id);
        let refused = matches!(mode, Some("blocked" | "removed"));
        no_hosts || refused || listed && !allowed && own.is_none()
    }

    /// `ID` or `ID;URL`
    fn forces(&self, id: &str) -> bool {
        let forced = self
            .values
            .get("ExtensionInstallForcelist")
            .and_then(Value::as_array);
        let mut forced = forced.into_iter().flatten().filter_map(Value::as_str);
        forced.any(|entry| entry.split(';').next() == Some(id))
    }

    fn lists(&self, policy: &str, wanted: &[&str]) -> bool {
        let list = self.values.get(policy).and_then(Value::as_array);
        let mut list = list.into_iter().flatten().filter_map(Value::as_str);
        list.any(|entry| wanted.contains(&entry))
    }
}
