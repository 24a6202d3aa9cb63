//! PKCS#12 files written by hand.

#![allow(
    dead_code,
    reason = "several test crates include this, and none needs all of it"
)]

use super::der::{Tag, der, octets, oid, sequence};

/// A file without a MAC.
pub(crate) fn pfx(safes: &[Vec<u8>]) -> Vec<u8> {
    let safes: Vec<&[u8]> = safes.iter().map(Vec::as_slice).collect();
    sequence(&[&[2, 1, 3], &content(DATA, &octets(&sequence(&safes)))])
}

pub(crate) const DATA: &str = "1.2.840.113549.1.7.1";

pub(crate) fn content(kind: &str, value: &[u8]) -> Vec<u8> {
    sequence(&[&oid(kind), &der(Tag::Explicit(0), &[value])])
}

pub(crate) fn plain(bags: &[Vec<u8>]) -> Vec<u8> {
    let bags: Vec<&[u8]> = bags.iter().map(Vec::as_slice).collect();
    content(DATA, &octets(&sequence(&bags)))
}

pub(crate) fn bag(kind: &str, value: &[u8], attributes: &[u8]) -> Vec<u8> {
    let value = der(Tag::Explicit(0), &[value]);
    sequence(&[&oid(kind), &value, &der(Tag::Set, &[attributes])])
}

pub(crate) fn key_bag(pkcs8: &[u8], id: &[u8]) -> Vec<u8> {
    bag("1.2.840.113549.1.12.10.1.1", pkcs8, &local_key_id(id))
}

pub(crate) fn certificate_bag(certificate: &[u8], id: &[u8], name: &str) -> Vec<u8> {
    let value = der(Tag::Explicit(0), &[&octets(certificate)]);
    let value = sequence(&[&oid("1.2.840.113549.1.9.22.1"), &value]);
    let utf16: Vec<u8> = name.encode_utf16().flat_map(u16::to_be_bytes).collect();
    let name = der(Tag::Set, &[&der(Tag::Bmp, &[&utf16])]);
    let name = sequence(&[&oid("1.2.840.113549.1.9.20"), &name]);
    let attributes = match utf16.is_empty() {
        true => local_key_id(id),
        false => [local_key_id(id), name].concat(),
    };
    bag("1.2.840.113549.1.12.10.1.3", &value, &attributes)
}

fn local_key_id(id: &[u8]) -> Vec<u8> {
    let value = der(Tag::Set, &[&octets(id)]);
    sequence(&[&oid("1.2.840.113549.1.9.21"), &value])
}
