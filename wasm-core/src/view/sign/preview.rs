//! The beginning of a document, if it is text: as text only, with nothing in it that hides.

use crate::view::wording;
use base64::prelude::{BASE64_STANDARD, Engine as _};

/// How much of a document is shown, in bytes.
pub(super) const LENGTH: u32 = 64 << 10;

/// A document that the person looks into.
#[derive(Debug, Eq, PartialEq)]
pub(super) struct Preview {
    /// Which.
    pub(super) index: usize,
    pub(super) content: Content,
}

/// What there is to see.
#[derive(Debug, Eq, PartialEq)]
pub(super) enum Content {
    /// It is on its way.
    Waiting,
    /// Text, and whether the document ends where it ends.
    Text { text: String, whole: bool },
    /// It is no UTF-8 text.
    Binary,
}

/// What names of text documents end in.
const ENDINGS: [&str; 16] = [
    "csv", "eml", "htm", "html", "ini", "js", "json", "log", "md", "svg", "text", "tsv", "txt",
    "xml", "yaml", "yml",
];

/// Whether it is worth looking into a document of this name.
pub(super) fn may_be_text(name: &str) -> bool {
    let ending = name
        .rsplit_once('.')
        .map(|(_, ending)| ending.to_ascii_lowercase());
    ending.is_none_or(|ending| ENDINGS.contains(&ending.as_str()))
}

impl Preview {
    pub(super) fn waiting(index: usize) -> Self {
        Self {
            index,
            content: Content::Waiting,
        }
    }

    /// The beginning has come: `start` in base64, of a document of `size` bytes.
    pub(super) fn show(&mut self, start: &str, size: u64) {
        let bytes = BASE64_STANDARD.decode(start).unwrap_or_default();
        let whole = u64::try_from(bytes.len()).is_ok_and(|length| length == size);
        self.content = match text_of(&bytes, whole) {
            Some(text) => Content::Text {
                text: wording::lines(text.trim_start_matches('\u{feff}')),
                whole,
            },
            None => Content::Binary,
        };
    }
}

/// UTF-8 without NUL; where the document goes on, its last character may be cut.
fn text_of(bytes: &[u8], whole: bool) -> Option<&str> {
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) if !whole && error.error_len().is_none() => {
            std::str::from_utf8(bytes.get(..error.valid_up_to())?).ok()?
        }
        Err(_) => return None,
    };
    (!text.contains('\0')).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(bytes: &[u8], size: u64) -> Content {
        let mut preview = Preview::waiting(0);
        preview.show(&BASE64_STANDARD.encode(bytes), size);
        preview.content
    }

    fn text(text: &str, whole: bool) -> Content {
        let text = text.to_owned();
        Content::Text { text, whole }
    }

    #[test]
    fn shows_text_without_tricks() {
        assert_eq!(
            shown("\u{feff}а\tб\r\nв".as_bytes(), 12),
            text("а\tб\nв", true)
        );
        let swapped = "pay \u{202e}001\u{202c} tenge".as_bytes();
        assert_eq!(
            shown(swapped, 100),
            text("pay [U+202E]001[U+202C] tenge", false)
        );
        assert_eq!(shown(b"<b>bold</b>", 11), text("<b>bold</b>", true));
    }

    #[test]
    fn a_cut_character_is_left_out_where_the_document_goes_on() {
        let cut = &"да".as_bytes()[..3];
        assert_eq!(shown(cut, 100), text("д", false));
        assert_eq!(shown(cut, 3), Content::Binary);
    }

    #[test]
    fn bytes_are_no_text() {
        assert_eq!(shown(b"%PDF\xff\xfe", 100), Content::Binary);
        assert_eq!(shown(b"a\0b", 3), Content::Binary);
    }

    #[test]
    fn names_tell_what_may_be_text() {
        for name in ["a.txt", "A.XML", "README", "a.b.json"] {
            assert!(may_be_text(name), "{name}");
        }
        for name in ["a.pdf", "a.txt.exe", "a."] {
            assert!(!may_be_text(name), "{name}");
        }
    }
}
