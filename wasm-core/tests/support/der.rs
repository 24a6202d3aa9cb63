//! Enough of DER to write structures by hand, and of BER to write them worse.

#![allow(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    dead_code,
    reason = "what is taken apart here was written here; not every test crate needs all of it"
)]

/// The tags that are written here.
#[derive(Clone, Copy)]
pub(crate) enum Tag {
    Bmp,
    Explicit(u8),
    Implicit(u8),
    Integer,
    Octets,
    Oid,
    Sequence,
    Set,
}

/// One element out of the parts of its content.
pub(crate) fn der(tag: Tag, parts: &[&[u8]]) -> Vec<u8> {
    let identifier = match tag {
        Tag::Bmp => 0x1e,
        Tag::Explicit(number) => 0xa0 | number,
        Tag::Implicit(number) => 0x80 | number,
        Tag::Integer => 2,
        Tag::Octets => 4,
        Tag::Oid => 6,
        Tag::Sequence => 0x30,
        Tag::Set => 0x31,
    };
    let content = parts.concat();
    let length = u32::try_from(content.len()).unwrap().to_be_bytes();
    let header = match length {
        [0, 0, 0, short @ 0..=0x7f] => vec![identifier, short],
        [0, 0, 0, low] => vec![identifier, 0x81, low],
        [0, 0, high, low] => vec![identifier, 0x82, high, low],
        [0, high, middle, low] => vec![identifier, 0x83, high, middle, low],
        _ => panic!("nobody needs that much"),
    };
    [header, content].concat()
}

pub(crate) fn sequence(parts: &[&[u8]]) -> Vec<u8> {
    der(Tag::Sequence, parts)
}

pub(crate) fn octets(content: &[u8]) -> Vec<u8> {
    der(Tag::Octets, &[content])
}

pub(crate) fn oid(dotted: &str) -> Vec<u8> {
    let oid: const_oid::ObjectIdentifier = dotted.parse().unwrap();
    der(Tag::Oid, &[oid.as_bytes()])
}

/// The same value with indefinite lengths throughout and octet strings in pieces of this size.
pub(crate) fn loosened(mut der: &[u8], pieces: usize) -> Vec<u8> {
    let mut loose = Vec::new();
    while !der.is_empty() {
        let (identifier, content, rest) = split(der);
        match identifier {
            _ if identifier & 0x20 != 0 => {
                loose.extend([identifier, 0x80]);
                loose.extend(loosened(content, pieces));
                loose.extend([0, 0]);
            }
            4 => {
                loose.extend([0x24, 0x80]);
                content
                    .chunks(pieces)
                    .for_each(|piece| loose.extend(octets(piece)));
                loose.extend([0, 0]);
            }
            _ => loose.extend(&der[..der.len() - rest.len()]),
        }
        der = rest;
    }
    loose
}

/// The first element's identifier and content, and what follows it.
fn split(der: &[u8]) -> (u8, &[u8], &[u8]) {
    let (header, length) = match der[1] {
        short @ 0..=0x7f => (2, usize::from(short)),
        long => {
            let count = usize::from(long & 0x7f);
            let octets = der[2..2 + count].iter();
            let length = octets.fold(0, |length, octet| length << 8 | usize::from(*octet));
            (2 + count, length)
        }
    };
    let (element, rest) = der.split_at(header + length);
    (der[0], &element[header..], rest)
}
