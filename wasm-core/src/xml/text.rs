//! From octets to characters.

use super::XmlError;
use crate::cryptopro::windows1251;
use base64::prelude::{BASE64_STANDARD, Engine as _};
use std::borrow::Cow;

/// How far an XML declaration is looked for its encoding, in octets.
const DECLARATION: usize = 128;

/// The characters of a document, by its byte order mark or else by the encoding that its declaration names (XML 1.0
/// §4.3.3, Appendix F).
///
/// # Errors
/// [`XmlError::Encoding`]: another encoding than UTF-8, UTF-16, ISO-8859-1 and windows-1251, or no text in it.
pub fn decode(octets: &[u8]) -> Result<Cow<'_, str>, XmlError> {
    match octets {
        [0xef, 0xbb, 0xbf, rest @ ..] => utf8(rest),
        [0xff, 0xfe, rest @ ..] => utf16(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => utf16(rest, u16::from_be_bytes),
        _ => match declared(octets).as_deref() {
            None | Some("utf-8" | "us-ascii") => utf8(octets),
            Some("iso-8859-1") => Ok(octets.iter().map(|octet| char::from(*octet)).collect()),
            Some("windows-1251") => Ok(octets.iter().map(|it| windows1251::decode(*it)).collect()),
            Some(_) => Err(XmlError::Encoding),
        },
    }
}

/// What a text of base64 says, whatever white space there is in it (RFC 4648 §4).
pub(crate) fn base64(text: &str) -> Option<Vec<u8>> {
    let is_digit = |octet: &u8| !octet.is_ascii_whitespace();
    let digits: Vec<u8> = text.bytes().filter(is_digit).collect();
    BASE64_STANDARD.decode(digits).ok()
}

fn utf8(octets: &[u8]) -> Result<Cow<'_, str>, XmlError> {
    let text = std::str::from_utf8(octets);
    text.map(Cow::Borrowed).map_err(|_| XmlError::Encoding)
}

fn utf16(octets: &[u8], unit: fn([u8; 2]) -> u16) -> Result<Cow<'_, str>, XmlError> {
    let pairs = octets.chunks(2).map(|pair| pair.try_into().map(unit));
    let units: Result<Vec<u16>, _> = pairs.collect();
    let units = units.map_err(|_| XmlError::Encoding)?;
    let text = String::from_utf16(&units);
    text.map(Cow::Owned).map_err(|_| XmlError::Encoding)
}

/// The encoding that the declaration names, in small letters.
fn declared(octets: &[u8]) -> Option<String> {
    let start = octets.get(..DECLARATION.min(octets.len()))?;
    let start = String::from_utf8_lossy(start.strip_prefix(b"<?xml")?);
    let (declaration, _) = start.split_once("?>")?;
    let (_, encoding) = declaration.split_once("encoding")?;
    let encoding = encoding.trim_start().strip_prefix('=')?.trim_start();
    let quote = encoding.chars().next()?;
    let (_, encoding) = encoding.split_once(quote)?;
    let (name, _) = encoding.split_once(quote)?;
    Some(name.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encodings_are_told_by_mark_and_declaration() {
        let utf16: Vec<u8> = "<а/>".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let declared = |name: &str, rest: &[u8]| {
            let declaration = format!("<?xml version='1.0' encoding = \"{name}\"?>");
            [declaration.as_bytes(), rest].concat()
        };
        for (octets, expected) in [
            ("<а/>".as_bytes().to_vec(), Some("<а/>")),
            (
                [&[0xef, 0xbb, 0xbf], "<а/>".as_bytes()].concat(),
                Some("<а/>"),
            ),
            ([&[0xff, 0xfe], &*utf16].concat(), Some("<а/>")),
            (declared("UTF-8", "<а/>".as_bytes()), Some("<а/>")),
            (declared("windows-1251", b"<\xe0/>"), Some("<а/>")),
            (declared("ISO-8859-1", b"<\xe0/>"), Some("<à/>")),
            (declared("EBCDIC", b"<a/>"), None),
            (declared("UTF-8", b"<\xe0/>"), None),
            (vec![0xff, 0xfe, 0], None),
        ] {
            let found = decode(&octets).ok();
            let found = found.map(|text| text.rsplit("?>").next().unwrap().to_owned());
            assert_eq!(found.as_deref(), expected);
        }
    }

    #[test]
    fn white_space_in_base64_is_passed_over() {
        assert_eq!(base64(" AQ\r\nI=\t").as_deref(), Some(&[1, 2][..]));
        assert_eq!(base64("AQ").as_deref(), None);
        assert_eq!(base64("A$I=").as_deref(), None);
    }
}
