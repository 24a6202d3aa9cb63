//! Which signature to make: container × level × placement, and which of these there are.

use super::FormatError;
use serde::{Deserialize, Serialize};

/// Which signature to make. Not every combination is one ([`Profile::check`]).
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(any(test, feature = "typescript"), derive(ts_rs::TS), ts(export))]
#[serde(rename_all = "camelCase")]
pub struct Profile {
    /// What the signature is written as.
    pub container: Container,
    /// What is signed besides the document.
    pub level: Level,
    /// Where the document is.
    pub placement: Placement,
}

/// What a signature is written as. The protocol has names for more of them than [`LEVELS`] has rows.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(any(test, feature = "typescript"), derive(ts_rs::TS), ts(export))]
#[serde(rename_all = "kebab-case")]
pub enum Container {
    /// CMS SignedData (RFC 5652).
    Cms,
    /// A signature in a PDF (ISO 32000-2 §12.8).
    Pdf,
    /// XML Signature (W3C xmldsig-core1).
    Xml,
}

/// What is signed besides the document; the ETSI levels of AdES signatures.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(any(test, feature = "typescript"), derive(ts_rs::TS), ts(export))]
#[serde(rename_all = "kebab-case")]
pub enum Level {
    /// The container's own standard and nothing more.
    Plain,
    /// The signer's certificate is signed too: CAdES-BES (ETSI EN 319 122-1), and so for the other containers.
    Bes,
}

/// Where the document is.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(any(test, feature = "typescript"), derive(ts_rs::TS), ts(export))]
#[serde(rename_all = "kebab-case")]
pub enum Placement {
    /// In one file with the signature.
    Attached,
    /// Outside of the signature.
    Detached,
}

/// A level of a container.
struct LevelRow {
    container: Container,
    level: Level,
    /// What pages and the terminal call it.
    name: &'static str,
    /// What it is called in the standards.
    title: &'static str,
}

/// The levels of each container.
const LEVELS: [LevelRow; 2] = [
    LevelRow {
        container: Container::Cms,
        level: Level::Plain,
        name: "cms",
        title: "CMS",
    },
    LevelRow {
        container: Container::Cms,
        level: Level::Bes,
        name: "cades-bes",
        title: "CAdES-BES",
    },
];

/// A placement in a container.
struct PlacementRow {
    container: Container,
    placement: Placement,
    /// What the file's name gets at its end.
    ending: &'static str,
    media_type: &'static str,
}

/// Where each container may have the document.
const PLACEMENTS: [PlacementRow; 2] = [
    PlacementRow {
        container: Container::Cms,
        placement: Placement::Attached,
        ending: ".p7m",
        media_type: "application/pkcs7-signature",
    },
    PlacementRow {
        container: Container::Cms,
        placement: Placement::Detached,
        ending: ".p7s",
        media_type: "application/pkcs7-signature",
    },
];

impl Profile {
    /// The names of all formats, as pages and the terminal have them.
    pub fn names() -> impl Iterator<Item = &'static str> {
        LEVELS.iter().map(|row| row.name)
    }

    /// The profile of a format's name.
    pub fn named(name: &str, placement: Placement) -> Option<Self> {
        let row = LEVELS.iter().find(|row| row.name == name)?;
        Some(Self {
            container: row.container,
            level: row.level,
            placement,
        })
    }

    /// Whether it is one that Tamga makes.
    ///
    /// # Errors
    /// [`FormatError::ProfileUnsupported`].
    pub fn check(self) -> Result<(), FormatError> {
        let level = level_row(self.container, self.level);
        match (level, self.placement_row()) {
            (Some(_), Some(_)) => Ok(()),
            _ => Err(FormatError::ProfileUnsupported),
        }
    }

    /// What the name of a signature's file gets at its end: `.p7s`. Nothing where there is no such format.
    pub fn ending(self) -> &'static str {
        self.placement_row().map_or("", |row| row.ending)
    }

    /// The media type of the signature, or of the document with the signature inside.
    pub fn media_type(self) -> &'static str {
        let row = self.placement_row();
        row.map_or("application/octet-stream", |row| row.media_type)
    }

    fn placement_row(self) -> Option<&'static PlacementRow> {
        let of_profile = |row: &&PlacementRow| {
            (row.container, row.placement) == (self.container, self.placement)
        };
        PLACEMENTS.iter().find(of_profile)
    }
}

impl Level {
    /// What it is called in the standards of a container: `CAdES-BES`. Nothing where there is no such format.
    pub fn title(self, container: Container) -> &'static str {
        match (container, self) {
            // They are verified, and not made.
            (Container::Xml, Self::Plain) => "XMLDSig",
            (Container::Xml, Self::Bes) => "XAdES-BES",
            _ => level_row(container, self).map_or("", |row| row.title),
        }
    }
}

fn level_row(container: Container, level: Level) -> Option<&'static LevelRow> {
    let mut rows = LEVELS.iter();
    rows.find(|row| (row.container, row.level) == (container, level))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_profile_on_the_wire() {
        let profile = Profile {
            container: Container::Cms,
            level: Level::Bes,
            placement: Placement::Detached,
        };
        let json = r#"{"container":"cms","level":"bes","placement":"detached"}"#;
        assert_eq!(serde_json::to_string(&profile).unwrap(), json);
        assert_eq!(serde_json::from_str::<Profile>(json).unwrap(), profile);
        let unknown = json.replace("bes", "tomorrows");
        assert!(serde_json::from_str::<Profile>(&unknown).is_err());
    }

    #[test]
    fn only_what_has_rows_is_made() {
        let supported = |container, level, placement| {
            let profile = Profile {
                container,
                level,
                placement,
            };
            profile.check()
        };
        for level in [Level::Plain, Level::Bes] {
            for placement in [Placement::Attached, Placement::Detached] {
                assert_eq!(supported(Container::Cms, level, placement), Ok(()));
                for container in [Container::Pdf, Container::Xml] {
                    assert_eq!(
                        supported(container, level, placement),
                        Err(FormatError::ProfileUnsupported)
                    );
                }
            }
        }
    }

    #[test]
    fn formats_have_names() {
        assert_eq!(Profile::names().collect::<Vec<_>>(), ["cms", "cades-bes"]);
        for name in Profile::names() {
            for (placement, ending) in
                [(Placement::Attached, ".p7m"), (Placement::Detached, ".p7s")]
            {
                let profile = Profile::named(name, placement).unwrap();
                assert_eq!(profile.check(), Ok(()));
                assert_eq!(profile.ending(), ending);
                let title = profile.level.title(profile.container);
                assert_eq!(title.to_lowercase(), name);
            }
        }
        assert_eq!(Profile::named("xades-bes", Placement::Attached), None);
    }
}
