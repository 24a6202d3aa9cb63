//! Reads the files that people have: DER or BER, PEM (RFC 7468) with text around it and with several blocks, base64
//! alone; with a byte order mark, in UTF-16, with bytes after the object.
//!
//! Every file with certificates, signatures or keys is read through [`objects`]. [`crate::file_kind`] says what an
//! object is.
//!
//! The decoder is lax on purpose. That of `pem-rfc7468` takes one block in the strict form, whose lines have one
//! length, and no headers; the tests compare with it.

use crate::ber;
use base64::{
    alphabet,
    engine::{DecodePaddingMode, Engine as _, GeneralPurpose, GeneralPurposeConfig},
};
use zeroize::Zeroizing;

const BEGIN: &[u8] = b"-----BEGIN ";
const END: &[u8] = b"-----END ";
/// In UTF-8.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";
const DASHES: &[u8] = b"-----";
/// The longest label of a block, in bytes.
const MAX_LABEL: usize = 64;
/// UNIVERSAL 16, constructed: certificates, signatures and keys all begin with it.
const SEQUENCE: u8 = 0x30;

/// Editors cut padding off, and some encoders leave bits in the last letter.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// One object of a file.
#[derive(Debug)]
pub struct Object<'a> {
    label: String,
    headers: Vec<(String, String)>,
    bytes: Bytes<'a>,
    trailing: usize,
}

/// The bytes of an object, which may be a key.
enum Bytes<'a> {
    /// Part of the file.
    Given(&'a [u8]),
    /// Decoded base64.
    Decoded(Zeroizing<Vec<u8>>),
}

impl Object<'_> {
    /// The label of its PEM block, such as `CERTIFICATE`; empty outside PEM.
    pub fn label(&self) -> &str {
        &self.label
    }

    /// A header of its PEM block (RFC 1421 §4.6): `Proc-Type` and `DEK-Info` of encrypted keys.
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut headers = self.headers.iter();
        let found = headers.find(|(own, _)| own.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }

    /// The object itself, without what follows it. Empty where the base64 of a block is damaged.
    pub fn bytes(&self) -> &[u8] {
        match &self.bytes {
            Bytes::Given(bytes) => bytes,
            Bytes::Decoded(bytes) => bytes,
        }
    }

    /// How many bytes follow the object: padding, or what somebody appended.
    pub fn trailing(&self) -> usize {
        self.trailing
    }
}

impl std::fmt::Debug for Bytes<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Bytes")
    }
}

/// The objects of a file, in order: each PEM block, or the whole file where it has none. A file that is neither DER nor
/// such a text is one object; an empty file has none.
pub fn objects(file: &[u8]) -> Vec<Object<'_>> {
    if file.is_empty() {
        return Vec::new();
    }
    if is_binary(file) {
        return vec![Object::new(Bytes::Given(file))];
    }
    let converted = from_utf16(file);
    let text = converted.as_ref().map_or(file, |text| text);
    let text = text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(text);
    let blocks = blocks(text);
    if !blocks.is_empty() {
        return blocks;
    }
    vec![Object::new(match bare_base64(text) {
        Some(decoded) => Bytes::Decoded(decoded),
        None => Bytes::Given(file),
    })]
}

impl<'a> Object<'a> {
    /// One without a label. Its bytes end where its first BER element does.
    fn new(bytes: Bytes<'a>) -> Self {
        Self::of_block(String::new(), Vec::new(), bytes)
    }

    fn of_block(label: String, headers: Vec<(String, String)>, bytes: Bytes<'a>) -> Self {
        let whole = Object {
            label,
            headers,
            bytes,
            trailing: 0,
        };
        // What has headers is encrypted and no BER.
        if !whole.headers.is_empty() || whole.bytes().first() != Some(&SEQUENCE) {
            return whole;
        }
        let Ok((first, rest)) = ber::split_first(whole.bytes()) else {
            return whole;
        };
        let (length, trailing) = (first.len(), rest.len());
        let bytes = match whole.bytes {
            Bytes::Given(bytes) => Bytes::Given(bytes.get(..length).unwrap_or(bytes)),
            Bytes::Decoded(mut bytes) => {
                bytes.truncate(length);
                Bytes::Decoded(bytes)
            }
        };
        Object {
            bytes,
            trailing,
            ..whole
        }
    }
}

/// Whether the file begins with DER or BER. PEM inside such a file is part of a document and is not read.
fn is_binary(file: &[u8]) -> bool {
    match file {
        [SEQUENCE, 0x80..=0x84, ..] => true,
        // 0x30 is also the digit 0: a text that begins with it is not a well-formed element.
        [SEQUENCE, 1..=0xff, ..] => ber::split_first(file).is_ok(),
        _ => false,
    }
}

/// The text of a UTF-16 file, with one byte for each character: `?` for those above U+00FF. `None` for other files.
fn from_utf16(file: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let (wide, unit): (_, fn([u8; 2]) -> u16) = match file {
        [0xff, 0xfe, wide @ ..] => (wide, u16::from_le_bytes),
        [0xfe, 0xff, wide @ ..] => (wide, u16::from_be_bytes),
        // without a byte order mark
        [1..=0xff, 0, 1..=0xff, 0, ..] => (file, u16::from_le_bytes),
        [0, 1..=0xff, 0, 1..=0xff, ..] => (file, u16::from_be_bytes),
        _ => return None,
    };
    let units = wide.as_chunks().0.iter().copied().map(unit);
    let letters = units.map(|unit| u8::try_from(unit).unwrap_or(b'?'));
    // Exact capacity: a reallocation would leave a copy in memory of what may be a key.
    let mut text = Zeroizing::new(Vec::with_capacity(wide.len() / 2));
    text.extend(letters);
    Some(text)
}

/// The blocks of PEM in a text. RFC 7468 §2: what stands before and between them is passed over.
fn blocks(text: &[u8]) -> Vec<Object<'static>> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some((_, after)) = split_at(rest, BEGIN) {
        rest = after;
        let Some((label, body)) = split_at(after, DASHES).filter(|(label, _)| is_label(label))
        else {
            continue;
        };
        let next = split_at(body, BEGIN);
        let until_next = next.map_or(body, |(before, _)| before);
        let body = split_at(until_next, END).map(|(body, _)| body);
        if body.is_none() && next.is_some() {
            // A line of text that only mentions the boundary
            continue;
        }
        let (headers, body) = split_headers(body.unwrap_or_default());
        let decoded = decode(body).unwrap_or_default();
        let label = String::from_utf8_lossy(label).into_owned();
        found.push(Object::of_block(label, headers, Bytes::Decoded(decoded)));
    }
    found
}

fn is_label(label: &[u8]) -> bool {
    label.len() <= MAX_LABEL && label.iter().all(|byte| matches!(byte, b' '..=b'~'))
}

/// The headers of a block, which end at an empty line, and what follows them.
fn split_headers(body: &[u8]) -> (Vec<(String, String)>, &[u8]) {
    let mut headers: Vec<(String, String)> = Vec::new();
    let mut rest = body.trim_ascii_start();
    loop {
        let (line, after) = split_at(rest, b"\n").unwrap_or((rest, &[]));
        let text = String::from_utf8_lossy(line.trim_ascii());
        match (text.split_once(':'), headers.last_mut()) {
            (Some((name, value)), _) => {
                headers.push((name.trim().to_owned(), value.trim().to_owned()));
            }
            // RFC 1421 §4.4: a line that begins with white space continues the one before
            (None, Some((_, value))) if line.starts_with(b" ") => value.push_str(text.trim()),
            _ => return (headers, rest),
        }
        rest = after;
    }
}

/// The text as base64 of a SEQUENCE; what is above an empty line (the header of a mail) may be something else.
fn bare_base64(text: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let below = || {
        let empty_line: [&[u8]; 2] = [b"\r\n\r\n", b"\n\n"];
        let mut bodies = empty_line.iter().filter_map(|line| split_at(text, line));
        bodies.next().and_then(|(_, body)| decode(body))
    };
    let decoded = decode(text).or_else(below)?;
    (decoded.first() == Some(&SEQUENCE)).then_some(decoded)
}

/// Base64 with white space anywhere, also as escapes of JSON (`\n`), and with NUL or 0x1A (end of file in DOS) at its end.
fn decode(text: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let mut letters = Zeroizing::new(Vec::with_capacity(text.len()));
    let mut bytes = text.iter().copied().peekable();
    while let Some(byte) = bytes.next() {
        match byte {
            b'\\' if bytes.next_if(|next| matches!(next, b'n' | b'r')).is_some() => {}
            0 | 0x1a => {}
            _ if byte.is_ascii_whitespace() => {}
            _ => letters.push(byte),
        }
    }
    let mut decoded = Zeroizing::new(vec![0; letters.len().div_ceil(4) * 3]);
    let length = BASE64.decode_slice(&*letters, &mut decoded).ok()?;
    decoded.truncate(length);
    Some(decoded)
}

/// What stands before and after the first occurrence of `mark`.
fn split_at<'a>(text: &'a [u8], mark: &[u8]) -> Option<(&'a [u8], &'a [u8])> {
    let start = text.windows(mark.len()).position(|part| part == mark)?;
    let (before, rest) = text.split_at_checked(start)?;
    Some((before, rest.get(mark.len()..)?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use der::{
        Encode as _, Tag,
        asn1::{AnyRef, OctetStringRef},
    };
    use pem_rfc7468::LineEnding;
    use proptest::prelude::*;

    const DER: &[u8] = &[0x30, 3, 2, 1, 5];
    const PEM: &str = "-----BEGIN CMS-----\nMAMC\nAQU=\n-----END CMS-----\n";

    /// Label, bytes and what follows, of each object.
    fn read(file: &[u8]) -> Vec<(String, Vec<u8>, usize)> {
        let objects = objects(file);
        let parts = objects.iter();
        parts
            .map(|it| (it.label().to_owned(), it.bytes().to_vec(), it.trailing()))
            .collect()
    }

    fn of_label(label: &str) -> (String, Vec<u8>, usize) {
        (label.to_owned(), DER.to_vec(), 0)
    }

    #[test]
    fn one_object_however_it_is_written() {
        let wide = |unit: fn(u16) -> [u8; 2]| PEM.encode_utf16().flat_map(unit).collect::<Vec<_>>();
        for file in [
            PEM.as_bytes().to_vec(),
            PEM.replace('\n', "\r\n").into_bytes(),
            PEM.replace('\n', "\r").into_bytes(),
            PEM.replace('\n', "").into_bytes(),
            PEM.replace('\n', "\\n").into_bytes(),
            PEM.replace('\n', " \n  ").into_bytes(),
            PEM.replace('=', "").into_bytes(),
            format!("\u{feff}{PEM}").into_bytes(),
            format!("Bag Attributes\n    friendlyName: Үлгі\nKey: -----\n{PEM}bye").into_bytes(),
            [&[0xcf, 0xf0, 0xe8, 0x0a], PEM.as_bytes(), &[0x1a]].concat(),
            format!("0 s:CN = x, put -----BEGIN CMS----- before it\n{PEM}").into_bytes(),
            wide(u16::to_le_bytes),
            wide(u16::to_be_bytes),
            [&[0xff, 0xfe], &*wide(u16::to_le_bytes)].concat(),
            [&[0xfe, 0xff], &*wide(u16::to_be_bytes)].concat(),
        ] {
            let shown = String::from_utf8_lossy(&file).into_owned();
            assert_eq!(read(&file), [of_label("CMS")], "{shown}");
        }
    }

    #[test]
    fn base64_alone() {
        for file in [
            "MAMCAQU=",
            "MAMC\r\nAQU=\r\n",
            "\u{feff}MAMCAQU",
            "MAMCAQU=\0\0\u{1a}",
            "MIME-Version: 1.0\r\nContent-Transfer-Encoding: base64\r\n\r\nMAMC\r\nAQU=\r\n",
        ] {
            assert_eq!(read(file.as_bytes()), [of_label("")], "{file}");
        }
        // what is base64 of something else is not
        assert_eq!(read(b"abcd"), [(String::new(), b"abcd".to_vec(), 0)]);
        assert_eq!(read(b""), []);
    }

    #[test]
    fn several_blocks_are_all_read() {
        let bundle = [PEM, "text\n", &PEM.replace("CMS", "X509 CRL"), PEM].concat();
        let expected = [of_label("CMS"), of_label("X509 CRL"), of_label("CMS")];
        assert_eq!(read(bundle.as_bytes()), expected);
        let damaged = [&PEM.replace("AQU", "A!U"), PEM].concat();
        let expected = [("CMS".to_owned(), Vec::new(), 0), of_label("CMS")];
        assert_eq!(read(damaged.as_bytes()), expected);
        let cut = PEM.replace("-----END", "");
        let expected = [("CMS".to_owned(), Vec::new(), 0)];
        assert_eq!(read(cut.as_bytes()), expected);
    }

    #[test]
    fn what_follows_an_object_is_no_part_of_it() {
        for padding in [&[0; 7][..], b"\r\n", b"\n", b"something else"] {
            let file = [DER, padding].concat();
            let expected = [(String::new(), DER.to_vec(), padding.len())];
            assert_eq!(read(&file), expected);
            let text = BASE64.encode(&file);
            assert_eq!(read(text.as_bytes()), expected);
        }
        let indefinite = [0x30, 0x80, 5, 0, 0, 0, 0, 0, 0];
        let expected = indefinite.split_at(6).0.to_vec();
        assert_eq!(read(&indefinite), [(String::new(), expected, 3)]);
    }

    #[test]
    fn a_document_inside_der_is_not_interpreted() {
        let document = [&[0x30, 0x81, 0xff, 4, 0x30], PEM.as_bytes()].concat();
        assert_eq!(read(&document), [(String::new(), document.clone(), 0)]);
        let short = [&[0x30, 0x32, 4, 0x30], PEM.as_bytes()].concat();
        assert_eq!(read(&short), [(String::new(), short.clone(), 0)]);
    }

    #[test]
    fn headers_of_an_encrypted_key() {
        let pem = "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: DES-EDE3-CBC,\n 0011\n\nMAMCAQUA\n-----END RSA PRIVATE KEY-----";
        for pem in [pem.to_owned(), pem.replace('\n', "\r\n")] {
            let objects = objects(pem.as_bytes());
            let [key] = objects.as_slice() else {
                unreachable!("{objects:?}")
            };
            assert_eq!(key.header("Proc-Type"), Some("4,ENCRYPTED"));
            assert_eq!(key.header("dek-info"), Some("DES-EDE3-CBC,0011"));
            // encrypted bytes are not cut where an element would end
            assert_eq!((key.bytes().len(), key.trailing()), (6, 0));
        }
    }

    proptest! {
        /// `pem-rfc7468` writes the strict form, which its own decoder takes.
        #[test]
        fn the_strict_form_is_read(
            label in "[A-Z0-9]{1,9}( [A-Z0-9]{1,9}){0,3}",
            content in prop::collection::vec(any::<u8>(), 0..200),
            ending in prop::sample::select(vec![LineEnding::CR, LineEnding::CRLF, LineEnding::LF]),
        ) {
            let der = OctetStringRef::new(&content).unwrap().to_der().unwrap();
            let der = AnyRef::new(Tag::Sequence, &der).unwrap().to_der().unwrap();
            let text = pem_rfc7468::encode_string(&label, ending, &der).unwrap();
            let (strict, decoded) = pem_rfc7468::decode_vec(text.as_bytes()).unwrap();
            prop_assert_eq!(read(text.as_bytes()), [(strict.to_owned(), decoded, 0)]);
        }

        #[test]
        fn any_bytes_are_safe(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
            let read = objects(&bytes);
            prop_assert_eq!(read.is_empty(), bytes.is_empty());
        }
    }
}
