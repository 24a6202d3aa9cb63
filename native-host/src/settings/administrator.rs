//! What the administrator has decided for everybody on this computer: `settings.json` in a folder that root alone can
//! change, on Windows also the registry, where policies of a domain arrive.

use crate::{directories::Folders, files, ownership::Trust};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use std::{
    io,
    path::{Path, PathBuf},
};
use tamga_core::protocol::{MAX_PROXY, ProxySetting};

pub(super) const FILE: &str = "settings.json";
/// The largest file, in bytes.
pub(super) const MAX_FILE: usize = 64 << 10;
/// The most modules that are named.
const MAX_MODULES: usize = 64;
/// The key of the registry with policies, which a person cannot write.
#[cfg(windows)]
const REGISTRY: &str = r"Software\Policies\Tamga";

/// What a setting holds.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Kind {
    /// `true` or `false`; 1 or 0 in the registry.
    Flag,
    /// A text.
    Text,
    /// Several texts.
    Texts,
    /// An object with a kind; in the registry `system`, `none`, or the address.
    Proxy,
}

/// The settings there are, by their names in the file and in the registry.
pub const SETTINGS: [(&str, Kind); 7] = [
    ("auditLog", Kind::Flag),
    ("authorities", Kind::Text),
    ("modules", Kind::Texts),
    ("onlyNamedModules", Kind::Flag),
    ("personalAuthorities", Kind::Flag),
    ("pinEntry", Kind::Text),
    ("proxy", Kind::Proxy),
];

/// The administrator's settings.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Administrator {
    /// Whether each signature is reported to the system's log.
    pub audit_log: bool,
    /// The folder of the authorities that are trusted, if it is another one than usual.
    pub authorities: Option<PathBuf>,
    /// Modules that reach tokens, besides those of `modules.json`.
    pub modules: Vec<PathBuf>,
    /// No other modules are used than those that the administrator names.
    pub only_named_modules: bool,
    /// Whether authorities are trusted that a person has added.
    pub personal_authorities: bool,
    /// Whether passwords and PINs for signatures are typed in a dialog of the system, and not in the browser.
    pub pins_in_dialog: bool,
    /// Through which proxy servers are asked.
    pub proxy: Option<ProxySetting>,
}

impl Default for Administrator {
    /// Nothing is decided.
    fn default() -> Self {
        Self {
            audit_log: false,
            authorities: None,
            modules: Vec::new(),
            only_named_modules: false,
            personal_authorities: true,
            pins_in_dialog: false,
            proxy: None,
        }
    }
}

impl Administrator {
    /// The settings that hold on this computer; none where others than the administrator can change them.
    pub fn of(folders: &Folders) -> Self {
        Self::read(&folders.system.join(FILE), Trust::of(folders))
    }

    pub(super) fn read(file: &Path, owner: Trust) -> Self {
        let mut values = values(file, owner);
        values.extend(of_registry());
        let (settings, problems) = Self::parse(values);
        if !problems.is_empty() {
            tracing::warn!(?problems, "settings of the administrator make no sense");
        }
        settings
    }

    /// Reads the settings, and names those that make no sense. One of these allows no more than a right one could have.
    fn parse(values: Map<String, Value>) -> (Self, Vec<String>) {
        let mut settings = Self::default();
        let mut problems = Vec::new();
        for (name, value) in values {
            if !settings.take(&name, value) {
                problems.push(name);
            }
        }
        (settings, problems)
    }

    /// Whether the setting makes sense.
    fn take(&mut self, name: &str, value: Value) -> bool {
        match name {
            "auditLog" => flag(&mut self.audit_log, value, true),
            "authorities" => {
                let folder = read::<PathBuf>(value).filter(|it| it.is_absolute());
                // Of a folder that cannot be made out nobody is trusted.
                let is_known = folder.is_some();
                self.authorities = Some(folder.unwrap_or_default());
                is_known
            }
            "modules" => {
                let all: Vec<PathBuf> = read(value).unwrap_or_default();
                let named = all.len();
                self.modules = all.into_iter().filter(|it| it.is_absolute()).collect();
                self.modules.truncate(MAX_MODULES);
                named > 0 && named == self.modules.len()
            }
            "onlyNamedModules" => flag(&mut self.only_named_modules, value, true),
            "personalAuthorities" => flag(&mut self.personal_authorities, value, false),
            "pinEntry" => {
                self.pins_in_dialog = value == "system";
                value == "system" || value == "window"
            }
            "proxy" => {
                self.proxy = read(value).filter(is_bounded);
                self.proxy.is_some()
            }
            _ => false,
        }
    }
}

/// Sets a flag; one that makes no sense to `strict`.
fn flag(setting: &mut bool, value: Value, strict: bool) -> bool {
    let flag: Option<bool> = read(value);
    *setting = flag.unwrap_or(strict);
    flag.is_some()
}

fn read<T: DeserializeOwned>(value: Value) -> Option<T> {
    serde_json::from_value(value).ok()
}

fn is_bounded(proxy: &ProxySetting) -> bool {
    !matches!(proxy, ProxySetting::Address { address } if address.len() > MAX_PROXY)
}

/// What is in the file.
fn values(file: &Path, owner: Trust) -> Map<String, Value> {
    if !file.exists() {
        return Map::new();
    }
    if let Err(failure) = owner.check(file) {
        tracing::warn!(?failure, "the administrator's settings are not used");
        return Map::new();
    }
    let content = files::read(file, MAX_FILE);
    match content.and_then(|json| serde_json::from_slice(&json).map_err(io::Error::from)) {
        Ok(values) => values,
        Err(error) => {
            tracing::warn!(%error, "the administrator's settings cannot be read");
            Map::new()
        }
    }
}

#[cfg(not(windows))]
fn of_registry() -> Map<String, Value> {
    Map::new()
}

#[cfg(windows)]
fn of_registry() -> Map<String, Value> {
    let Ok(key) = windows_registry::LOCAL_MACHINE.open(REGISTRY) else {
        return Map::new();
    };
    let value = |(name, kind): (&str, Kind)| {
        let value = match kind {
            Kind::Flag => Value::Bool(key.get_u32(name).ok()? != 0),
            Kind::Text => key.get_string(name).ok()?.into(),
            // A list of a policy is a key of its own, with a value for each entry.
            Kind::Texts => {
                let list = key.open(name).ok()?;
                let values = list.values().ok()?;
                let texts = values.filter_map(|(name, _)| list.get_string(name).ok());
                texts.collect::<Vec<String>>().into()
            }
            Kind::Proxy => proxy_of(&key.get_string(name).ok()?),
        };
        Some((name.to_owned(), value))
    };
    SETTINGS.into_iter().filter_map(value).collect()
}

/// As the file has it.
#[cfg(any(windows, test))]
fn proxy_of(text: &str) -> Value {
    match text {
        "system" | "none" => serde_json::json!({ "kind": text }),
        address => serde_json::json!({ "kind": "address", "address": address }),
    }
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::*;

    fn parse(json: &str) -> (Administrator, Vec<String>) {
        let values: Map<String, Value> = serde_json::from_str(json).unwrap();
        // A setting that nobody knows would be no setting.
        Administrator::parse(values)
    }

    #[test]
    fn what_makes_sense_is_read() {
        let json = r#"{"auditLog":true,"authorities":"/etc/company/ca","modules":["/opt/a.so","/opt/b.so"],
            "onlyNamedModules":true,"personalAuthorities":false,"pinEntry":"system",
            "proxy":{"kind":"address","address":"proxy.example:3128"}}"#;
        let address = "proxy.example:3128".to_owned();
        let expected = Administrator {
            audit_log: true,
            authorities: Some("/etc/company/ca".into()),
            modules: vec!["/opt/a.so".into(), "/opt/b.so".into()],
            only_named_modules: true,
            personal_authorities: false,
            pins_in_dialog: true,
            proxy: Some(ProxySetting::Address { address }),
        };
        assert_eq!(parse(json), (expected, vec![]));
        assert_eq!(parse("{}"), (Administrator::default(), vec![]));
        let names: Map<String, Value> = serde_json::from_str(json).unwrap();
        assert!(names.keys().eq(SETTINGS.iter().map(|(name, _)| *name)));
    }

    #[test]
    fn what_makes_no_sense_is_named_and_allows_nothing_more() {
        let strict = Administrator {
            audit_log: true,
            authorities: Some(PathBuf::new()),
            modules: Vec::new(),
            only_named_modules: true,
            personal_authorities: false,
            pins_in_dialog: false,
            proxy: None,
        };
        let names = SETTINGS.map(|(name, _)| name.to_owned());
        for value in [
            "7",
            "null",
            r#""other""#,
            "[7]",
            r#"["relative"]"#,
            r#"{"kind":"other"}"#,
        ] {
            let fields = names
                .each_ref()
                .map(|name| format!(r#""{name}":{value}"#))
                .join(",");
            let (settings, problems) = parse(&format!("{{{fields}}}"));
            assert_eq!(
                (settings, problems.as_slice()),
                (strict.clone(), &names[..]),
                "{value}"
            );
        }
        let (settings, problems) = parse(r#"{"modules":["/a.so","b.so"],"tomorrows":1}"#);
        assert_eq!(settings.modules, [PathBuf::from("/a.so")]);
        assert_eq!(problems, ["modules", "tomorrows"]);
    }

    #[test]
    fn the_registry_names_a_proxy_in_a_word() {
        for (text, kind) in [("system", "system"), ("none", "none"), ("a:1", "address")] {
            let proxy: ProxySetting = read(proxy_of(text)).unwrap();
            assert_eq!(serde_json::to_value(proxy).unwrap()["kind"], kind);
        }
    }
}
