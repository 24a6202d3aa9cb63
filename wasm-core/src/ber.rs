//! A bounded transcoder from BER to DER (X.690), for what token vendors, Java and streaming writers
//! produce: indefinite lengths, constructed strings, lengths longer than necessary.
//!
//! Only identifiers and lengths change. Contents do not: sets are not sorted, booleans and integers not
//! rewritten. A context tag does not tell whether a constructed value is a constructed string, so it stays
//! constructed; a caller that knows the type uses [`joined`].

use std::borrow::Cow;
use thiserror::Error;

/// The deepest nesting that is followed.
pub const MAX_DEPTH: usize = 64;
/// The largest input and output, in bytes: what the `der` crate can address.
pub const MAX_SIZE: usize = (1 << 28) - 1;
/// The most elements in one input; bounds the memory the tree may take.
pub const MAX_ELEMENTS: usize = 1 << 20;
/// The longest identifier, in bytes: tag numbers up to 2²⁸.
const MAX_IDENTIFIER: usize = 5;

const CONSTRUCTED: u8 = 0x20;
const BIT_STRING: u8 = 3;
const OCTET_STRING: u8 = 4;
/// Universal tag numbers of the types that may come in pieces (X.690 §8.6, §8.7, §8.23).
const STRINGS: [u8; 18] = [
    BIT_STRING,
    OCTET_STRING,
    7,
    12,
    18,
    19,
    20,
    21,
    22,
    23,
    24,
    25,
    26,
    27,
    28,
    29,
    30,
    36,
];

/// Why input is not one BER element, or exceeds a bound.
#[derive(Clone, Copy, Debug, Eq, Error, PartialEq)]
pub enum BerError {
    /// The input ends inside an element.
    #[error("the input ends early")]
    Truncated,
    /// Bytes follow the element.
    #[error("bytes follow the element")]
    Trailing,
    /// Nested deeper than [`MAX_DEPTH`].
    #[error("nested too deeply")]
    TooDeep,
    /// Larger than [`MAX_SIZE`] or more than [`MAX_ELEMENTS`].
    #[error("too large")]
    TooLarge,
    /// An identifier that is too long, or end-of-contents outside an indefinite length.
    #[error("bad identifier")]
    Identifier,
    /// A reserved length, or an indefinite one of a primitive element.
    #[error("bad length")]
    Length,
    /// A constructed string with an element of another type.
    #[error("bad pieces of a string")]
    Pieces,
}

/// The same value in DER form; input that has this form already comes back as it is.
///
/// # Errors
/// [`BerError`]: the input is not exactly one well-formed BER element, or exceeds a bound.
pub fn to_der(input: &[u8]) -> Result<Cow<'_, [u8]>, BerError> {
    match first_to_der(input)? {
        (der, []) => Ok(der),
        _ => Err(BerError::Trailing),
    }
}

/// The first element of the input in DER form, and the bytes that follow it. Files are padded with zeros
/// (a PDF's /Contents, Windows' exports) and line ends (editors, mail gateways).
///
/// # Errors
/// [`BerError`]: the input does not begin with a well-formed BER element, or exceeds a bound.
pub fn first_to_der(input: &[u8]) -> Result<(Cow<'_, [u8]>, &[u8]), BerError> {
    if input.len() > MAX_SIZE {
        return Err(BerError::TooLarge);
    }
    let mut parser = Parser {
        elements: 0,
        canonical: true,
    };
    let mut rest = input;
    let element = parser.element(&mut rest, 0)?;
    if parser.canonical {
        let (first, rest) = input.split_at(input.len() - rest.len());
        return Ok((Cow::Borrowed(first), rest));
    }
    let size = element.encoded_len();
    if size > MAX_SIZE {
        return Err(BerError::TooLarge);
    }
    // Exact capacity: a reallocation would leave a copy in memory of what may be a secret.
    let mut output = Vec::with_capacity(size);
    element.write(&mut output);
    Ok((Cow::Owned(output), rest))
}

/// The first element of the input as it is, and the bytes that follow it.
///
/// # Errors
/// [`BerError`], as [`first_to_der`].
pub fn split_first(input: &[u8]) -> Result<(&[u8], &[u8]), BerError> {
    let mut parser = Parser {
        elements: 0,
        canonical: true,
    };
    let mut rest = input;
    parser.element(&mut rest, 0)?;
    Ok(input.split_at(input.len() - rest.len()))
}

/// The octets of an implicitly tagged OCTET STRING whose content is in DER form already: pieces are
/// joined where `constructed`, anything else comes back as it is.
///
/// # Errors
/// [`BerError::Pieces`]: an element of a constructed string is not an OCTET STRING.
pub fn joined(content: &[u8], constructed: bool) -> Result<Cow<'_, [u8]>, BerError> {
    if !constructed {
        return Ok(Cow::Borrowed(content));
    }
    let mut parser = Parser {
        elements: 0,
        canonical: true,
    };
    let mut rest = content;
    let mut octets = Vec::with_capacity(content.len());
    while !rest.is_empty() {
        let piece = parser.element(&mut rest, 0)?;
        match (piece.identifier, piece.body) {
            ([OCTET_STRING], Body::Primitive(bytes)) => octets.extend_from_slice(bytes),
            _ => return Err(BerError::Pieces),
        }
    }
    Ok(Cow::Owned(octets))
}

struct Element<'a> {
    identifier: &'a [u8],
    body: Body<'a>,
    /// How long the content is in DER form.
    length: usize,
}

enum Body<'a> {
    Primitive(&'a [u8]),
    /// A string put together: its pieces, and the number of unused bits if it is a BIT STRING.
    Joined(Option<u8>, Vec<&'a [u8]>),
    Constructed(Vec<Element<'a>>),
}

struct Parser {
    elements: usize,
    canonical: bool,
}

impl Parser {
    fn element<'a>(&mut self, rest: &mut &'a [u8], depth: usize) -> Result<Element<'a>, BerError> {
        if depth > MAX_DEPTH {
            return Err(BerError::TooDeep);
        }
        self.elements += 1;
        if self.elements > MAX_ELEMENTS {
            return Err(BerError::TooLarge);
        }
        let identifier = identifier(rest)?;
        let first = identifier.first().copied().unwrap_or_default();
        let length = self.length(rest)?;
        if first & CONSTRUCTED == 0 {
            let content = take(rest, length.ok_or(BerError::Length)?)?;
            return Ok(Element {
                identifier,
                length: content.len(),
                body: Body::Primitive(content),
            });
        }
        let children = match length {
            Some(length) => self.children(take(rest, length)?, depth)?,
            None => self.open_children(rest, depth)?,
        };
        if first & 0xc0 == 0 && STRINGS.contains(&(first & 0x1f)) {
            self.canonical = false;
            return join(identifier, &children);
        }
        let length = children.iter().map(Element::encoded_len).sum();
        Ok(Element {
            identifier,
            body: Body::Constructed(children),
            length,
        })
    }

    /// The elements that fill `content`.
    fn children<'a>(
        &mut self,
        mut content: &'a [u8],
        depth: usize,
    ) -> Result<Vec<Element<'a>>, BerError> {
        let mut children = Vec::new();
        while !content.is_empty() {
            children.push(self.element(&mut content, depth + 1)?);
        }
        Ok(children)
    }

    /// The elements up to end-of-contents (X.690 §8.1.5), which is consumed.
    fn open_children<'a>(
        &mut self,
        rest: &mut &'a [u8],
        depth: usize,
    ) -> Result<Vec<Element<'a>>, BerError> {
        let mut children = Vec::new();
        loop {
            if let Some(after) = rest.strip_prefix(&[0, 0]) {
                *rest = after;
                return Ok(children);
            }
            children.push(self.element(rest, depth + 1)?);
        }
    }

    /// X.690 §8.1.3; `None` is the indefinite form.
    fn length(&mut self, rest: &mut &[u8]) -> Result<Option<usize>, BerError> {
        let first = byte(rest)?;
        match first {
            0..=0x7f => return Ok(Some(usize::from(first))),
            0x80 => {
                self.canonical = false;
                return Ok(None);
            }
            0xff => return Err(BerError::Length),
            _ => {}
        }
        let octets = take(rest, usize::from(first & 0x7f))?;
        let mut length = 0;
        for octet in octets {
            length = length << 8 | usize::from(*octet);
            if length > MAX_SIZE {
                return Err(BerError::TooLarge);
            }
        }
        if octets.len() + 1 != length_of_length(length) {
            self.canonical = false;
        }
        Ok(Some(length))
    }
}

impl Element<'_> {
    fn encoded_len(&self) -> usize {
        self.identifier.len() + length_of_length(self.length) + self.length
    }

    fn write(&self, output: &mut Vec<u8>) {
        match (&self.body, self.identifier) {
            // A string in pieces becomes primitive; its identifier is a single byte.
            (Body::Joined(..), [first, ..]) => output.push(first & !CONSTRUCTED),
            _ => output.extend_from_slice(self.identifier),
        }
        write_length(self.length, output);
        match &self.body {
            Body::Primitive(content) => output.extend_from_slice(content),
            Body::Joined(unused_bits, pieces) => {
                output.extend(unused_bits);
                pieces
                    .iter()
                    .for_each(|piece| output.extend_from_slice(piece));
            }
            Body::Constructed(children) => children.iter().for_each(|child| child.write(output)),
        }
    }
}

/// One string out of its pieces, which are of its own type or OCTET STRINGs (X.690 §8.23.6).
fn join<'a>(identifier: &'a [u8], children: &[Element<'a>]) -> Result<Element<'a>, BerError> {
    let own = identifier.first().copied().unwrap_or_default() & !CONSTRUCTED;
    let bits = own == BIT_STRING;
    let mut unused = 0;
    let mut pieces = Vec::new();
    for child in children {
        let kind = child.identifier.first().copied().unwrap_or_default() & !CONSTRUCTED;
        // Only the last piece of a BIT STRING may have unused bits (X.690 §8.6.4).
        if kind != own && (bits || kind != OCTET_STRING) || unused != 0 {
            return Err(BerError::Pieces);
        }
        match &child.body {
            Body::Primitive([first, content @ ..]) if bits => {
                unused = *first;
                pieces.push(content);
            }
            Body::Primitive(content) if !bits => pieces.push(content),
            Body::Joined(first, content) => {
                unused = first.unwrap_or_default();
                pieces.extend_from_slice(content);
            }
            _ => return Err(BerError::Pieces),
        }
    }
    let length = pieces.iter().map(|piece| piece.len()).sum::<usize>() + usize::from(bits);
    Ok(Element {
        identifier,
        body: Body::Joined(bits.then_some(unused), pieces),
        length,
    })
}

/// The identifier octets (X.690 §8.1.2), other than those of end-of-contents.
fn identifier<'a>(rest: &mut &'a [u8]) -> Result<&'a [u8], BerError> {
    let first = *rest.first().ok_or(BerError::Truncated)?;
    if first == 0 {
        return Err(BerError::Identifier);
    }
    if first & 0x1f != 0x1f {
        return take(rest, 1);
    }
    let more = rest.iter().skip(1).take_while(|octet| **octet & 0x80 != 0);
    let length = more.take(MAX_IDENTIFIER).count() + 2;
    if length > MAX_IDENTIFIER {
        return Err(BerError::Identifier);
    }
    take(rest, length)
}

fn byte(rest: &mut &[u8]) -> Result<u8, BerError> {
    let (first, after) = rest.split_first().ok_or(BerError::Truncated)?;
    *rest = after;
    Ok(*first)
}

fn take<'a>(rest: &mut &'a [u8], length: usize) -> Result<&'a [u8], BerError> {
    let (taken, after) = rest.split_at_checked(length).ok_or(BerError::Truncated)?;
    *rest = after;
    Ok(taken)
}

/// How many octets the minimal length field takes.
fn length_of_length(length: usize) -> usize {
    match length {
        0..=0x7f => 1,
        _ => 1 + significant(length).count(),
    }
}

fn write_length(length: usize, output: &mut Vec<u8>) {
    match u8::try_from(length) {
        Ok(short @ 0..=0x7f) => output.push(short),
        _ => {
            let count = u8::try_from(significant(length).count()).unwrap_or_default();
            output.push(0x80 | count);
            output.extend(significant(length));
        }
    }
}

/// The octets of a number, most significant first, without leading zeros.
fn significant(number: usize) -> impl Iterator<Item = u8> {
    number
        .to_be_bytes()
        .into_iter()
        .skip_while(|octet| *octet == 0)
}

#[cfg(test)]
mod tests;
