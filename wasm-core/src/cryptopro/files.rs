//! The files of a container.

use super::{element::elements, error::ContainerError, part::Part};
use der::{Decode as _, SliceReader, Tag, Tagged as _, asn1::AnyRef};
use std::{collections::BTreeMap, fmt};
use zeroize::Zeroizing;

/// The largest file of a container, in bytes. There are two certificates in a header at most.
pub const MAX_FILE: usize = 64 << 10;

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_read_up_to_the_largest() {
        for (length, is_read) in [
            (MAX_FILE, true),
            (MAX_FILE + 1, false),
            (MAX_FILE + 2, false),
        ] {
            // A SEQUENCE of a NULL, and padding.
            let mut content = vec![0x30, 2, 5, 0];
            content.resize(length, 0);
            let files = Files::from_iter([(Part::Header, content)]);
            let elements = files.elements(Part::Header);
            assert_eq!(elements.is_ok(), is_read, "{length}");
        }
    }
}
