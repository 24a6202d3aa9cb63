//! How the two halves find out whether they understand each other, and which of them is the older one.

use serde::{Deserialize, Serialize};

/// The versions of the protocol that a half speaks, both ends included.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(any(test, feature = "typescript"), derive(ts_rs::TS), ts(export))]
pub struct ProtocolRange {
    /// The oldest.
    pub oldest: u32,
    /// The newest.
    pub newest: u32,
}

/// How the host came onto the computer, which says how it is updated.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(any(test, feature = "typescript"), derive(ts_rs::TS), ts(export))]
#[serde(rename_all = "kebab-case")]
pub enum PackageKind {
    /// A package of Debian's family.
    Deb,
    /// A package of Fedora's family.
    Rpm,
    /// A package of Arch's family.
    Arch,
    /// An archive whose `install` put the host where programs are.
    Archive,
    /// An installer of Windows, for everybody.
    Msi,
    /// An installer of Windows, for one person.
    Nsis,
    /// It was built here, or put in its place by hand.
    Source,
    /// In a way that this version does not know.
    #[serde(other)]
    Other,
}

impl ProtocolRange {
    /// What this version speaks.
    pub const OWN: Self = Self {
        oldest: super::OLDEST_PROTOCOL,
        newest: super::PROTOCOL,
    };

    /// What `hello` says: one that names no oldest version speaks no other than its newest.
    pub fn new(oldest: Option<u32>, newest: u32) -> Self {
        Self {
            oldest: oldest.unwrap_or(newest),
            newest,
        }
    }

    /// The newest version that both speak.
    pub fn common(self, other: Self) -> Option<u32> {
        let newest = self.newest.min(other.newest);
        (newest >= self.oldest.max(other.oldest)).then_some(newest)
    }
}

impl PackageKind {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Deb,
        Self::Rpm,
        Self::Arch,
        Self::Archive,
        Self::Msi,
        Self::Nsis,
        Self::Source,
        Self::Other,
    ];

    /// The kind by its name on the wire.
    pub fn named(name: &str) -> Self {
        let name = serde_json::Value::from(name);
        Self::deserialize(name).unwrap_or(Self::Other)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_version_of_both_is_spoken() {
        let range = ProtocolRange::new;
        for (one, other, common) in [
            (range(None, 1), range(None, 1), Some(1)),
            (range(None, 1), range(None, 2), None),
            (range(Some(1), 3), range(None, 2), Some(2)),
            (range(Some(1), 3), range(Some(2), 5), Some(3)),
            (range(Some(1), 2), range(Some(3), 4), None),
            // It makes no sense.
            (range(Some(3), 1), range(Some(1), 4), None),
        ] {
            assert_eq!(one.common(other), common, "{one:?} {other:?}");
            assert_eq!(other.common(one), common, "{other:?} {one:?}");
        }
    }

    #[test]
    fn a_kind_that_is_not_known_is_another_one() {
        for kind in PackageKind::ALL {
            let name = serde_json::to_value(kind).unwrap();
            assert_eq!(PackageKind::named(name.as_str().unwrap()), kind);
        }
        for name in ["", "snap", "DEB", "deb\n"] {
            assert_eq!(PackageKind::named(name), PackageKind::Other);
        }
    }
}
