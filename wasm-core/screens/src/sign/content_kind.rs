//! What a document is, as far as it can be shown: decided by its first bytes, never by its name.

use super::preview::text_of;
use serde::{Deserialize, Serialize};

/// What a document is.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
#[serde(rename_all = "kebab-case")]
pub enum ContentKind {
    /// Nothing that can be shown.
    #[default]
    Other,
    /// Text, shown in the window.
    Text,
    /// PDF (ISO 32000), shown by the browser's viewer, as are all below.
    Pdf,
    /// PNG (RFC 2083 §3.1).
    Png,
    /// JPEG (ITU-T T.81 §B.1.1.3: SOI, and the marker that follows).
    Jpeg,
    /// GIF.
    Gif,
    /// WebP (RFC 9649 §2.4).
    Webp,
    /// AVIF (ISO/IEC 14496-12 §4.3: the brand of the file type box).
    Avif,
}

/// Where a kind has which bytes. Nothing here can hold a script that runs in the extension's origin: no HTML, no SVG.
const SIGNATURES: [(ContentKind, usize, &[u8]); 7] = [
    (ContentKind::Pdf, 0, b"%PDF-"),
    (ContentKind::Png, 0, b"\x89PNG\r\n\x1a\n"),
    (ContentKind::Jpeg, 0, b"\xff\xd8\xff"),
    (ContentKind::Gif, 0, b"GIF87a"),
    (ContentKind::Gif, 0, b"GIF89a"),
    (ContentKind::Webp, 8, b"WEBPVP8"),
    (ContentKind::Avif, 4, b"ftypavif"),
];
/// Readers of PDF look for its header in so many bytes (ISO 32000-1, Adobe's implementation note 13).
const PDF_HEADER_WITHIN: usize = 1024;

impl ContentKind {
    /// What begins with these bytes; `whole`: they are all there are.
    pub fn of(start: &[u8], whole: bool) -> Self {
        let has = |at: usize, bytes: &[u8]| start.get(at..).is_some_and(|it| it.starts_with(bytes));
        let signature = SIGNATURES.iter().find(|(_, at, bytes)| has(*at, bytes));
        if let Some((kind, ..)) = signature {
            return *kind;
        }
        if start.is_empty() {
            return Self::Other;
        }
        if text_of(start, whole).is_some() {
            return Self::Text;
        }
        let head = start.get(..PDF_HEADER_WITHIN).unwrap_or(start);
        let is_pdf = head.windows(5).any(|bytes| bytes == b"%PDF-");
        if is_pdf { Self::Pdf } else { Self::Other }
    }

    /// The type under which the browser's viewer shows it, for the kinds that it shows.
    pub fn viewer_type(self) -> Option<&'static str> {
        match self {
            Self::Other | Self::Text => None,
            Self::Pdf => Some("application/pdf"),
            Self::Png => Some("image/png"),
            Self::Jpeg => Some("image/jpeg"),
            Self::Gif => Some("image/gif"),
            Self::Webp => Some("image/webp"),
            Self::Avif => Some("image/avif"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_decides() {
        let cases: [(&[u8], ContentKind); 15] = [
            (b"plain text", ContentKind::Text),
            (b"<html><script>alert(1)</script>", ContentKind::Text),
            (
                b"<svg xmlns='http://www.w3.org/2000/svg'/>",
                ContentKind::Text,
            ),
            (b"%PDF-1.7\n", ContentKind::Pdf),
            (b"\0\xff junk %PDF-1.4\n", ContentKind::Pdf),
            (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", ContentKind::Png),
            (b"\xff\xd8\xff\xe0\0\x10JFIF", ContentKind::Jpeg),
            (b"GIF89a\x01\0", ContentKind::Gif),
            (b"RIFF\x24\0\0\0WEBPVP8 ", ContentKind::Webp),
            (b"\0\0\0\x1cftypavif\0\0\0\0", ContentKind::Avif),
            (b"\xff\xfea\0b\0", ContentKind::Text),
            (b"PK\x03\x04\x14\0", ContentKind::Other),
            (b"MZ\x90\0\x03", ContentKind::Other),
            (b"\xff\xd8", ContentKind::Other),
            (b"", ContentKind::Other),
        ];
        for (start, kind) in cases {
            assert_eq!(ContentKind::of(start, true), kind, "{start:?}");
        }
    }

    #[test]
    fn only_what_cannot_run_a_script_goes_to_the_viewer() {
        for kind in [ContentKind::Other, ContentKind::Text] {
            assert_eq!(kind.viewer_type(), None);
        }
        for (kind, ..) in SIGNATURES {
            let shown = kind.viewer_type().unwrap();
            assert!(shown == "application/pdf" || shown.starts_with("image/"));
            assert!(!shown.contains("svg"));
        }
    }
}
