//! The names of the files of a container.

use std::fmt;

/// One of the six files. Their order is that of their names.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Part {
    /// What kind of keys there are, and their certificates.
    Header,
    /// Mask and salt of the first key.
    Masks,
    /// Mask and salt of the second key, or of the first one's reserve copy.
    Masks2,
    /// What the container is called.
    Name,
    /// The first key.
    Primary,
    /// The second key, or the first one's reserve copy.
    Primary2,
}

impl Part {
    /// Every file.
    pub const ALL: [Self; 6] = [
        Self::Header,
        Self::Masks,
        Self::Masks2,
        Self::Name,
        Self::Primary,
        Self::Primary2,
    ];

    /// What the file is called.
    pub fn file_name(self) -> &'static str {
        match self {
            Self::Header => "header.key",
            Self::Masks => "masks.key",
            Self::Masks2 => "masks2.key",
            Self::Name => "name.key",
            Self::Primary => "primary.key",
            Self::Primary2 => "primary2.key",
        }
    }
}

impl fmt::Display for Part {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.file_name())
    }
}
