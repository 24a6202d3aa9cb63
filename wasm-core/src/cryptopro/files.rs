//! The files of a container.

use super::{ContainerError, element::elements};
use der::{Decode as _, SliceReader, Tag, Tagged as _, asn1::AnyRef};
use std::{collections::BTreeMap, fmt};
use zeroize::Zeroizing;

/// The largest file of a container, in bytes. There are two certificates in a header at most.
pub const MAX_FILE: usize = 64 << 10;

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

/// The contents of a container's files. In a container without a password they are as good as the key.
#[derive(Clone, Default, Eq, PartialEq)]
pub struct Files(BTreeMap<Part, Zeroizing<Vec<u8>>>);

impl Files {
    /// Adds a file, or replaces it.
    pub fn insert(&mut self, part: Part, content: Vec<u8>) {
        self.0.insert(part, Zeroizing::new(content));
    }

    /// What is in a file, if it is there.
    pub fn get(&self, part: Part) -> Option<&[u8]> {
        self.0.get(&part).map(|content| content.as_slice())
    }

    /// Every file that is there.
    pub fn iter(&self) -> impl Iterator<Item = (Part, &[u8])> {
        self.0
            .iter()
            .map(|(part, content)| (*part, content.as_slice()))
    }

    /// The elements of the SEQUENCE that a file begins with. What follows it is padding: some
    /// programs fill up to a sector.
    pub(super) fn elements(&self, part: Part) -> Result<Vec<AnyRef<'_>>, ContainerError> {
        let content = self.get(part).ok_or(ContainerError::Missing(part))?;
        let malformed = |_| ContainerError::Malformed(part);
        if content.len() > MAX_FILE {
            return Err(ContainerError::Malformed(part));
        }
        let mut reader = SliceReader::new(content).map_err(malformed)?;
        let sequence = AnyRef::decode(&mut reader).map_err(malformed)?;
        match sequence.tag() {
            Tag::Sequence => elements(sequence.value()).map_err(malformed),
            _ => Err(ContainerError::Malformed(part)),
        }
    }
}

impl fmt::Debug for Files {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_set().entries(self.0.keys()).finish()
    }
}

impl FromIterator<(Part, Vec<u8>)> for Files {
    fn from_iter<T: IntoIterator<Item = (Part, Vec<u8>)>>(files: T) -> Self {
        let files = files.into_iter();
        Self(
            files
                .map(|(part, content)| (part, Zeroizing::new(content)))
                .collect(),
        )
    }
}
