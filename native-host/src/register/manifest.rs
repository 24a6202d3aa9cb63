//! The manifest of a native-messaging host.

use super::browsers::Family;
use crate::files;
use serde_json::Value;
use std::{
    io,
    path::{Path, PathBuf},
};

/// What extensions call the host.
pub const HOST_NAME: &str = "org.tamga.host";
/// The extension's ids in Firefox.
pub const FIREFOX_IDS: &[&str] = &["tamga@tamga.org"];
/// The extension's ids in Chromium: the first follows from the `key` in its manifest. Every store gives its own, which is
/// a row here as soon as it is known.
pub const CHROMIUM_IDS: &[&str] = &["epbgnlfkddopdogpcmdbdbclbkdojfbl"];

/// The file beside the program with further ids of the extension in Chromium, a list. Whoever serves the extension
/// themselves signs it with a key of their own, from which the id follows, and makes a package with that id in it. Who can
/// write this file can replace the program.
const FURTHER_IDS: &str = "extension-ids.json";
/// The most bytes of it.
const MAX_FURTHER_IDS: usize = 4096;

/// What matters in a manifest.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Manifest {
    /// The program to start.
    pub(super) path: PathBuf,
    /// Who may start it, as the browser's family writes it.
    pub(super) extensions: Vec<String>,
    family: Family,
}

impl Manifest {
    /// The manifest that lets Tamga's extension start this program, by the further ids that lie in a folder.
    pub(super) fn new(family: Family, program: &Path, further_ids: &Path) -> Self {
        Self {
            path: program.to_owned(),
            extensions: extensions(family, further_ids),
            family,
        }
    }

    /// The manifest that lets Tamga's extension start this program, which is there.
    pub(super) fn of(family: Family, program: &Path) -> Self {
        Self::new(family, program, folder_of(program))
    }

    /// Whether Tamga's extension may start the program, from whichever store it is, and no other may.
    pub(super) fn is_for_us(&self) -> bool {
        let mut found: Vec<_> = self.extensions.iter().collect();
        let ours = extensions(self.family, folder_of(&self.path));
        let mut ours: Vec<_> = ours.iter().collect();
        found.sort();
        ours.sort();
        found == ours
    }

    /// Reads a manifest of this family.
    ///
    /// # Errors
    /// [`io::ErrorKind::InvalidData`] for one that a browser would not take.
    pub(super) fn parse(family: Family, json: &[u8]) -> io::Result<Self> {
        let value: Value = serde_json::from_slice(json)?;
        let read = || {
            let text = |key| value.get(key).and_then(Value::as_str);
            if text("name")? != HOST_NAME || text("type")? != "stdio" {
                return None;
            }
            let extensions = value.get(key_of(family))?.as_array()?.iter();
            Some(Self {
                path: text("path")?.into(),
                extensions: extensions
                    .map(|id| id.as_str().map(str::to_owned))
                    .collect::<Option<_>>()?,
                family,
            })
        };
        read().ok_or_else(|| io::ErrorKind::InvalidData.into())
    }

    /// The template of the family, filled in.
    ///
    /// # Errors
    /// [`io::ErrorKind::InvalidInput`] for a path that JSON cannot hold.
    pub(super) fn to_json(&self) -> io::Result<Vec<u8>> {
        let template = match self.family {
            Family::Chromium => include_str!("../../../manifests/host.chromium.json"),
            Family::Firefox => include_str!("../../../manifests/host.firefox.json"),
        };
        let path = self.path.to_str().ok_or(io::ErrorKind::InvalidInput)?;
        let mut value: serde_json::Map<String, Value> = serde_json::from_str(template)?;
        value.insert("path".to_owned(), path.into());
        value.insert(
            key_of(self.family).to_owned(),
            self.extensions.clone().into(),
        );
        let mut json = serde_json::to_vec_pretty(&value)?;
        json.push(b'\n');
        Ok(json)
    }

    /// The same as text.
    ///
    /// # Errors
    /// As [`Manifest::to_json`].
    pub(super) fn to_text(&self) -> io::Result<String> {
        String::from_utf8(self.to_json()?).map_err(|_| io::ErrorKind::InvalidData.into())
    }
}

/// Windows: the name of a family's manifest, of which one is enough, since the registry points to it.
pub(super) fn windows_file(family: Family) -> String {
    let family = match family {
        Family::Chromium => "chromium",
        Family::Firefox => "firefox",
    };
    format!("{HOST_NAME}.{family}.json")
}

/// The ids of Tamga's extension in browsers of this family: those that are known, and those that a program's package adds.
pub(crate) fn extension_ids(family: Family, program: &Path) -> Vec<String> {
    ids(family, folder_of(program))
}

fn ids(family: Family, further_ids: &Path) -> Vec<String> {
    let (known, more) = match family {
        Family::Chromium => (CHROMIUM_IDS, read_further_ids(further_ids)),
        Family::Firefox => (FIREFOX_IDS, Vec::new()),
    };
    let mut all: Vec<_> = known.iter().map(|&id| id.to_owned()).collect();
    all.extend(more);
    all.dedup();
    all
}

/// Those of the file in this folder; none where it is missing or no list of ids.
fn read_further_ids(folder: &Path) -> Vec<String> {
    let json = files::read(&folder.join(FURTHER_IDS), MAX_FURTHER_IDS);
    let ids: Option<Vec<String>> = json.ok().and_then(|it| serde_json::from_slice(&it).ok());
    let are_ids = |ids: &Vec<String>| ids.iter().all(|id| is_chromium_id(id));
    ids.filter(are_ids).unwrap_or_default()
}

/// Half a SHA-256, with letters from a to p for digits.
fn is_chromium_id(id: &str) -> bool {
    id.len() == 32 && id.bytes().all(|byte| (b'a'..=b'p').contains(&byte))
}

fn folder_of(program: &Path) -> &Path {
    program.parent().unwrap_or(program)
}

/// Tamga's extension under all its ids, as the family writes them.
fn extensions(family: Family, further_ids: &Path) -> Vec<String> {
    let ids = ids(family, further_ids).into_iter();
    match family {
        Family::Chromium => ids.map(|id| format!("chrome-extension://{id}/")).collect(),
        Family::Firefox => ids.collect(),
    }
}

fn key_of(family: Family) -> &'static str {
    match family {
        Family::Chromium => "allowed_origins",
        Family::Firefox => "allowed_extensions",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::prelude::{BASE64_STANDARD, Engine as _};
    use tamga_core::algorithm::DigestAlgorithm;

    #[test]
    fn the_ids_are_those_of_the_extension() {
        let json = include_str!("../../../manifests/extension.json");
        let extension: Value = serde_json::from_str(json).unwrap();
        let gecko = &extension["browser_specific_settings"]["gecko"]["id"];
        assert_eq!([gecko], FIREFOX_IDS);
        // Chromium: the first half of the key's SHA-256, its hex digits moved to a-p.
        let key = BASE64_STANDARD.decode(extension["key"].as_str().unwrap());
        let digest = DigestAlgorithm::Sha256.digest(&key.unwrap());
        let letter = |digit: char| char::from_digit(digit.to_digit(16).unwrap() + 10, 36);
        let id: Option<String> = digest.hex().chars().take(32).map(letter).collect();
        assert_eq!(id.as_deref(), CHROMIUM_IDS.first().copied());
        assert!(CHROMIUM_IDS.iter().all(|id| is_chromium_id(id)));
    }

    #[test]
    fn a_package_adds_the_ids_of_who_made_it() {
        let folder = tempfile::tempdir().unwrap();
        let program = folder.path().join("tamga-host");
        let own = "abcdefghijklmnopabcdefghijklmnop";
        let ids = |json: &str| {
            std::fs::write(folder.path().join(FURTHER_IDS), json).unwrap();
            extension_ids(Family::Chromium, &program)
        };
        assert_eq!(ids(&format!(r#"["{own}"]"#)), [CHROMIUM_IDS[0], own]);
        assert_eq!(extension_ids(Family::Firefox, &program), FIREFOX_IDS);
        let manifest = Manifest::of(Family::Chromium, &program);
        assert!(manifest.is_for_us());
        assert_eq!(
            manifest.extensions,
            [CHROMIUM_IDS[0], own].map(|id| format!("chrome-extension://{id}/"))
        );
        let long = format!(r#"["{own}"{}]"#, " ".repeat(MAX_FURTHER_IDS));
        for wrong in [r#"["*"]"#, r#"{"a":1}"#, "[", &long] {
            assert_eq!(ids(wrong), CHROMIUM_IDS, "{wrong}");
        }
        assert!(!manifest.is_for_us());
    }

    #[test]
    fn what_is_written_is_read_back() {
        for family in [Family::Chromium, Family::Firefox] {
            let manifest = Manifest::of(family, Path::new("/opt/Тамга \"1\"/tamga-host"));
            let json = manifest.to_json().unwrap();
            let mut read = Manifest::parse(family, &json).unwrap();
            assert_eq!(read, manifest);
            assert!(read.is_for_us());
            read.extensions.push("other@example.org".to_owned());
            assert!(!read.is_for_us());
            let other = if family == Family::Firefox {
                Family::Chromium
            } else {
                Family::Firefox
            };
            assert!(Manifest::parse(other, &json).is_err());
        }
    }
}
