//! How the host is, in one line.

use super::{node::Element, parts::paragraph};
use tamga_core::{failure::Failure, text::Catalogue};

/// How the host is.
#[derive(Debug, Eq, PartialEq)]
#[expect(missing_docs, reason = "the variants say what their fields are")]
pub enum HostState {
    /// It is being opened.
    Opening,
    /// It is there, of this version.
    Opened { version: String },
    /// It has said which certificates there are.
    Listed { version: String },
    /// It is not there.
    Failed(Failure),
}

impl HostState {
    /// The host has said which certificates there are.
    pub fn has_listed(&mut self) {
        if let Self::Opened { version } = self {
            *self = Self::Listed {
                version: std::mem::take(version),
            };
        }
    }

    /// Whether it is known which certificates there are.
    pub fn lists(&self) -> bool {
        matches!(self, Self::Listed { .. })
    }

    /// Its version, while it is there.
    pub fn version(&self) -> Option<&str> {
        match self {
            Self::Opened { version } | Self::Listed { version } => Some(version),
            _ => None,
        }
    }

    /// Why it is not there.
    pub fn failure(&self) -> Option<&Failure> {
        match self {
            Self::Failed(failure) => Some(failure),
            _ => None,
        }
    }

    /// One line about it.
    pub fn line<A>(&self, text: &Catalogue) -> Element<A> {
        let (class, words) = match (self, self.version()) {
            (Self::Opening, _) => ("health", text.plain("host_opening")),
            (_, Some(version)) => (
                "health good",
                text.text("host_ready", &[("version", version)]),
            ),
            _ => ("health bad", text.plain("host_failed")),
        };
        paragraph(class, words)
            .key("health")
            .attribute("role", "status")
    }
}
