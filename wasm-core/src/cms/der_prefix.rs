//! DER written from inside out around a content that is not there, however long it is.

/// UNIVERSAL 4
pub(super) const OCTET_STRING: u8 = 0x04;
/// UNIVERSAL 2
pub(super) const INTEGER: u8 = 0x02;
/// UNIVERSAL 6
pub(super) const OBJECT_IDENTIFIER: u8 = 0x06;
/// UNIVERSAL 16, constructed
pub(super) const SEQUENCE: u8 = 0x30;
/// UNIVERSAL 17, constructed
pub(super) const SET: u8 = 0x31;
/// CONTEXT 0, constructed
pub(super) const FIELD_0: u8 = 0xa0;

/// CONTEXT 4, constructed
pub(super) const FIELD_4: u8 = 0xa4;

/// What stands before a content.
pub(super) struct DerPrefix {
    bytes: Vec<u8>,
    /// How many bytes come after `bytes` within the innermost structure that is still open.
    after: u64,
}

impl DerPrefix {
    /// Nothing stands before a content of this many bytes yet. Lengths must add up to less than 2⁶³.
    pub(super) fn of(content: u64) -> Self {
        Self {
            bytes: Vec::new(),
            after: content,
        }
    }

    /// Prepends a whole structure.
    pub(super) fn prepend(mut self, bytes: &[u8]) -> Self {
        self.bytes.splice(..0, bytes.iter().copied());
        self
    }

    /// Counts a whole structure that comes behind the content.
    pub(super) fn followed_by(mut self, bytes: &[u8]) -> Self {
        self.after += length(bytes);
        self
    }

    /// Makes everything so far the contents of one structure.
    pub(super) fn wrap(self, tag: u8) -> Self {
        let header = header(tag, length(&self.bytes) + self.after);
        self.prepend(&header)
    }

    pub(super) fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }
}

/// One structure with these contents.
pub(super) fn structure(tag: u8, contents: &[u8]) -> Vec<u8> {
    [&header(tag, length(contents)), contents].concat()
}

/// Identifier and definite length (X.690 §8.1.2, §8.1.3), in as few octets as DER demands (§10.1).
fn header(tag: u8, length: u64) -> Vec<u8> {
    if let Ok(short @ 0..0x80) = u8::try_from(length) {
        return vec![tag, short];
    }
    // 0x80 and the number of the octets that follow.
    let used = length
        .to_be_bytes()
        .into_iter()
        .skip_while(|octet| *octet == 0);
    let count = used.clone().fold(0x80, |count, _| count + 1);
    [tag, count].into_iter().chain(used).collect()
}

fn length(bytes: &[u8]) -> u64 {
    u64::try_from(bytes.len()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_take_as_few_octets_as_they_can() {
        for (length, expected) in [
            (0, vec![0x30, 0]),
            (127, vec![0x30, 127]),
            (128, vec![0x30, 0x81, 128]),
            (255, vec![0x30, 0x81, 255]),
            (256, vec![0x30, 0x82, 1, 0]),
            (1 << 32, vec![0x30, 0x85, 1, 0, 0, 0, 0]),
        ] {
            assert_eq!(header(SEQUENCE, length), expected);
        }
    }

    #[test]
    fn a_front_counts_what_comes_after() {
        let prefix = DerPrefix::of(5)
            .wrap(OCTET_STRING)
            .followed_by(&[9; 3])
            .wrap(SEQUENCE);
        assert_eq!(prefix.into_bytes(), [0x30, 10, 0x04, 5]);
    }
}
