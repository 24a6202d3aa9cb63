//! The beginning of a document, if it is text: as text only, with nothing in it that hides.

use crate::wording;
use base64::prelude::{BASE64_STANDARD, Engine as _};
use std::borrow::Cow;
use tamga_core::cryptopro::windows1251;

/// How much of a document is shown, in bytes. The script keeps as much of what it gives to the host.
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
    /// It is no text.
    Binary,
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

/// Text without NUL: UTF-8, UTF-16 with its mark, or XML that says that it is Windows-1251. Where the document goes
/// on (not `whole`), its last character may be cut.
pub(super) fn text_of(bytes: &[u8], whole: bool) -> Option<Cow<'_, str>> {
    let utf8 = || utf8(bytes, whole).map(Cow::Borrowed);
    let text = utf16(bytes, whole)
        .or_else(|| windows_1251(bytes))
        .map(Cow::Owned)
        .or_else(utf8)?;
    (!text.contains('\0')).then_some(text)
}

fn utf8(bytes: &[u8], whole: bool) -> Option<&str> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Some(text),
        Err(error) if !whole && error.error_len().is_none() => {
            std::str::from_utf8(bytes.get(..error.valid_up_to())?).ok()
        }
        Err(_) => None,
    }
}

fn utf16(bytes: &[u8], whole: bool) -> Option<String> {
    let unit: fn([u8; 2]) -> u16 = match bytes {
        [0xff, 0xfe, ..] => u16::from_le_bytes,
        [0xfe, 0xff, ..] => u16::from_be_bytes,
        _ => return None,
    };
    let pairs = bytes.chunks_exact(2);
    if whole && !pairs.remainder().is_empty() {
        return None;
    }
    let mut units: Vec<u16> = pairs
        .map(|pair| unit(pair.try_into().unwrap_or_default()))
        .collect();
    let is_cut = |last: &u16| (0xd800..0xdc00).contains(last);
    if !whole && units.last().is_some_and(is_cut) {
        units.pop();
    }
    String::from_utf16(&units).ok()
}

/// XML 1.0 §4.3.3: the declaration says it in ASCII.
fn windows_1251(bytes: &[u8]) -> Option<String> {
    let declaration = bytes.split(|byte| *byte == b'>').next()?;
    let declaration = std::str::from_utf8(declaration).ok()?.to_ascii_lowercase();
    let declares = declaration.starts_with("<?xml") && declaration.contains("windows-1251");
    declares.then(|| bytes.iter().copied().map(windows1251::decode).collect())
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
    fn other_encodings_are_read_where_they_are_declared() {
        assert_eq!(shown(b"\xff\xfe\x34\x04\x30\x04", 6), text("да", true));
        assert_eq!(
            shown(b"\xfe\xff\x04\x34\x04\x30\xd8", 90),
            text("да", false)
        );
        assert_eq!(shown(b"\xff\xfea", 3), Content::Binary);
        let xml = b"<?xml version='1.0' encoding='Windows-1251'?><a>\xc4\xe0</a>";
        let words = "<?xml version='1.0' encoding='Windows-1251'?><a>Да</a>";
        assert_eq!(shown(xml, 54), text(words, true));
        // Without a declaration it would be a guess.
        assert_eq!(shown(b"\xc4\xe0", 2), Content::Binary);
    }
}
