//! The manifest of a native-messaging host.

use super::browsers::Family;
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
    /// The manifest that lets Tamga's extension start this program.
    pub(super) fn new(family: Family, program: &Path) -> Self {
        Self {
            path: program.to_owned(),
            extensions: extensions(family),
            family,
        }
    }

    /// Whether Tamga's extension may start the program, from whichever store it is, and no other may.
    pub(super) fn is_for_us(&self) -> bool {
        let mut found: Vec<_> = self.extensions.iter().collect();
        let ours = extensions(self.family);
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
}

/// Tamga's extension under all its ids, as the family writes them.
fn extensions(family: Family) -> Vec<String> {
    match family {
        Family::Chromium => {
            let origin = |id| format!("chrome-extension://{id}/");
            CHROMIUM_IDS.iter().map(origin).collect()
        }
        Family::Firefox => FIREFOX_IDS.iter().map(|&id| id.to_owned()).collect(),
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
        let is_id =
            |id: &&str| id.len() == 32 && id.bytes().all(|byte| (b'a'..=b'p').contains(&byte));
        assert!(CHROMIUM_IDS.iter().all(is_id));
    }

    #[test]
    fn what_is_written_is_read_back() {
        for family in [Family::Chromium, Family::Firefox] {
            let manifest = Manifest::new(family, Path::new("/opt/Тамга \"1\"/tamga-host"));
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
