//! A signed document as a list of pieces, so that the document itself is neither sent nor copied.

use serde::{Deserialize, Serialize};

/// A piece of a signed document. Those of the document come in its own order and do not overlap, so that it can be read in
/// one pass.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(any(test, feature = "typescript"), derive(ts_rs::TS), ts(export))]
#[serde(tag = "type", rename_all = "kebab-case")]
pub enum Piece {
    /// These bytes.
    Bytes {
        /// Base64 on the wire.
        #[serde(with = "base64_text")]
        #[cfg_attr(any(test, feature = "typescript"), ts(type = "string"))]
        bytes: Vec<u8>,
    },
    /// A range of the document that was signed.
    Document {
        /// How many bytes of the document come before it.
        #[cfg_attr(any(test, feature = "typescript"), ts(type = "number"))]
        start: u64,
        /// How many bytes it has.
        #[cfg_attr(any(test, feature = "typescript"), ts(type = "number"))]
        length: u64,
    },
}

impl Piece {
    /// Whether it is a range of the document.
    pub fn is_of_document(&self) -> bool {
        matches!(self, Self::Document { .. })
    }
}

/// Whether the pieces of the document come in its order, do not overlap and end within its size. One whose size is not
/// known has none.
pub fn lie_within(pieces: &[Piece], size: Option<u64>) -> bool {
    let mut at = 0;
    pieces.iter().all(|piece| match piece {
        Piece::Bytes { .. } => true,
        Piece::Document { start, length } => {
            let end = start.checked_add(*length);
            let fits = *start >= at && end.is_some_and(|end| size.is_some_and(|size| end <= size));
            at = end.unwrap_or(at);
            fits
        }
    })
}

/// Bytes as base64 text.
mod base64_text {
    use base64::prelude::{BASE64_STANDARD, Engine as _};
    use serde::{Deserialize as _, Deserializer, Serializer, de::Error as _};

    pub(super) fn serialize<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&BASE64_STANDARD.encode(bytes))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Vec<u8>, D::Error> {
        let text = String::deserialize(deserializer)?;
        BASE64_STANDARD.decode(text).map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_on_the_wire() {
        let pieces = vec![
            Piece::Bytes {
                bytes: vec![0x30, 0],
            },
            Piece::Document {
                start: 0,
                length: 9,
            },
        ];
        let json = r#"[{"type":"bytes","bytes":"MAA="},{"type":"document","start":0,"length":9}]"#;
        assert_eq!(serde_json::to_string(&pieces).unwrap(), json);
        assert_eq!(serde_json::from_str::<Vec<Piece>>(json).unwrap(), pieces);
        for malformed in [
            r#"{"type":"bytes","bytes":"M"}"#,
            r#"{"type":"document","start":-1,"length":1}"#,
            r#"{"type":"document","start":0}"#,
        ] {
            assert!(serde_json::from_str::<Piece>(malformed).is_err());
        }
    }

    #[test]
    fn pieces_of_a_document_lie_within_it_in_order() {
        let pieces = |ranges: &[(u64, u64)]| -> Vec<Piece> {
            let ranges = ranges.iter();
            ranges
                .map(|&(start, length)| Piece::Document { start, length })
                .collect()
        };
        for (ranges, fits) in [
            (&[][..], true),
            (&[(0, 10)], true),
            (&[(0, 4), (4, 6)], true),
            (&[(1, 2), (5, 0)], true),
            (&[(0, 11)], false),
            (&[(10, 1)], false),
            (&[(u64::MAX, 1)], false),
            (&[(1, u64::MAX)], false),
            (&[(0, 4), (3, 1)], false),
            (&[(4, 2), (0, 4)], false),
        ] {
            assert_eq!(lie_within(&pieces(ranges), Some(10)), fits, "{ranges:?}");
        }
        assert!(lie_within(&[Piece::Bytes { bytes: vec![1] }], None));
        assert!(!lie_within(&pieces(&[(0, 0)]), None));
    }
}
