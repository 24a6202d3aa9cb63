//! Certificates, lists and answers that tests make by hand.

use der::{Encode as _, Reader as _, SliceReader, Tag, TagNumber, asn1::AnyRef};
use p256::{
    ecdsa::{DerSignature, SigningKey, signature::Signer as _},
    pkcs8::EncodePublicKey as _,
};
use tamga_core::certificate::PublicKey;

/// ecdsa-with-SHA256
const ALGORITHM: &[u8] = &[0x30, 10, 6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 2];

pub(super) fn element(tag: Tag, parts: &[&[u8]]) -> Vec<u8> {
    AnyRef::new(tag, &parts.concat()).unwrap().to_der().unwrap()
}

pub(super) fn sequence(parts: &[&[u8]]) -> Vec<u8> {
    element(Tag::Sequence, parts)
}

pub(super) fn explicit(number: u32, content: &[u8]) -> Vec<u8> {
    let tag = Tag::ContextSpecific {
        number: TagNumber(number),
        constructed: true,
    };
    element(tag, &[content])
}

pub(super) fn name(common: &str) -> Vec<u8> {
    let value = element(Tag::Utf8String, &[common.as_bytes()]);
    let pair = sequence(&[&[6, 3, 0x55, 4, 3], &value]);
    sequence(&[&element(Tag::Set, &[&pair])])
}

pub(super) fn key(seed: u8) -> SigningKey {
    SigningKey::from_slice(&[seed; 32]).unwrap()
}

pub(super) fn public(key: &SigningKey) -> PublicKey {
    let spki = key.verifying_key().to_public_key_der().unwrap();
    PublicKey::parse(spki.as_bytes()).unwrap()
}

/// An entry with its reason keyCompromise, for every other serial number.
pub(super) fn entry(serial: &[u8], extensions: &[u8]) -> Vec<u8> {
    let serial = element(Tag::Integer, &[serial]);
    let time = element(Tag::UtcTime, &[b"260101000000Z"]);
    match extensions {
        [] => sequence(&[&serial, &time]),
        _ => sequence(&[&serial, &time, &sequence(&[extensions])]),
    }
}

pub(super) const KEY_COMPROMISE: &[u8] = b"\x30\x0a\x06\x03\x55\x1d\x15\x04\x03\x0a\x01\x01";

pub(super) fn certificate_issuer(of: &str) -> Vec<u8> {
    let names = sequence(&[&explicit(4, &name(of))]);
    let value = element(Tag::OctetString, &[&names]);
    sequence(&[&[6, 3, 0x55, 0x1d, 0x1d, 1, 1, 0xff], &value])
}

/// A signed list of these entries, made in this year.
pub(super) fn list(entries: &[u8], year: u8, key: &SigningKey) -> Vec<u8> {
    let number = element(Tag::OctetString, &[&[2, 1, year]]);
    let number = sequence(&[&[6, 3, 0x55, 0x1d, 0x14], &number]);
    let tbs = sequence(&[
        &[2, 1, 1],
        ALGORITHM,
        &name("Test Authority"),
        &june(year),
        &june(year + 1),
        &sequence(&[entries]),
        &explicit(0, &sequence(&[&number])),
    ]);
    signed(&tbs, key)
}

/// A certificate that the authority issued, which says that its list and its responder are at these addresses.
pub(super) fn certificate(
    subject: &str,
    serial: &[u8],
    of: &SigningKey,
    by: &SigningKey,
    places: &[(&str, &str)],
) -> Vec<u8> {
    let extensions: Vec<Vec<u8>> = places
        .iter()
        .map(|(kind, address)| {
            let tag = Tag::ContextSpecific {
                number: TagNumber(6),
                constructed: false,
            };
            let uri = element(tag, &[address.as_bytes()]);
            let (oid, value): (&[u8], _) = match *kind {
                "crl" => (
                    &[6, 3, 0x55, 0x1d, 0x1f],
                    sequence(&[&sequence(&[&explicit(0, &explicit(0, &uri))])]),
                ),
                _ => (
                    &[6, 8, 0x2b, 6, 1, 5, 5, 7, 1, 1],
                    sequence(&[&sequence(&[&[6, 8, 0x2b, 6, 1, 5, 5, 7, 0x30, 1], &uri])]),
                ),
            };
            sequence(&[oid, &element(Tag::OctetString, &[&value])])
        })
        .collect();
    let extensions = match extensions.is_empty() {
        true => Vec::new(),
        false => explicit(3, &sequence(&[&extensions.concat()])),
    };
    let spki = public(of);
    let tbs = sequence(&[
        &explicit(0, &[2, 1, 2]),
        &element(Tag::Integer, &[serial]),
        ALGORITHM,
        &name("Test Authority"),
        &sequence(&[&june(20), &june(40)]),
        &name(subject),
        spki.spki(),
        &extensions,
    ]);
    signed(&tbs, by)
}

/// The status good, unknown, or revoked in 2026, also for a time.
pub(super) const GOOD: &[u8] = &[0x80, 0];
pub(super) const UNKNOWN: &[u8] = &[0x82, 0];
pub(super) const ON_HOLD: &[u8] = b"\xa1\x16\x18\x0f20260101000000Z\xa0\x03\x0a\x01\x06";
pub(super) const REVOKED: &[u8] = b"\xa1\x11\x18\x0f20260101000000Z";

/// The authority's answer of this year to a request. It repeats the nonce, but for a change.
pub(super) fn answer(
    request: &[u8],
    status: &[u8],
    year: u8,
    key: &SigningKey,
    change: u8,
) -> Vec<u8> {
    let tbs = content(request);
    let tbs = content(&tbs);
    let (list, extensions) = first(&tbs);
    let id = content(&content(&content(&list)));
    let id = sequence(&[&id]);
    let mut extensions = content(extensions);
    if let Some(last) = extensions.last_mut() {
        *last ^= change;
    }
    let single = sequence(&[
        &id,
        status,
        &general(year),
        &explicit(0, &general(year + 1)),
    ]);
    let data = sequence(&[
        &explicit(1, &name("Test Authority")),
        &general(year),
        &sequence(&[&single]),
        &explicit(1, &extensions),
    ]);
    let basic = element(Tag::OctetString, &[&signed(&data, key)]);
    let bytes = sequence(&[&[6, 9, 0x2b, 6, 1, 5, 5, 7, 0x30, 1, 1], &basic]);
    sequence(&[&[10, 1, 0], &explicit(0, &bytes)])
}

/// An OCSPResponse that says tryLater.
pub(super) const TRY_LATER: &[u8] = &[0x30, 3, 10, 1, 3];

fn signed(tbs: &[u8], key: &SigningKey) -> Vec<u8> {
    let signature: DerSignature = key.sign(tbs);
    let signature = element(Tag::BitString, &[&[0], signature.as_bytes()]);
    sequence(&[tbs, ALGORITHM, &signature])
}

/// The first of June of this year.
fn june(year: u8) -> Vec<u8> {
    element(Tag::UtcTime, &[format!("{year}0601000000Z").as_bytes()])
}

fn general(year: u8) -> Vec<u8> {
    let text = format!("20{year}0601000000Z");
    element(Tag::GeneralizedTime, &[text.as_bytes()])
}

/// The content of an element.
fn content(der: &[u8]) -> Vec<u8> {
    let mut reader = SliceReader::new(der).unwrap();
    reader.decode::<AnyRef<'_>>().unwrap().value().to_vec()
}

/// The first element, and those behind it.
fn first(contents: &[u8]) -> (Vec<u8>, &[u8]) {
    let mut reader = SliceReader::new(contents).unwrap();
    let first: AnyRef<'_> = reader.decode().unwrap();
    let first = first.to_der().unwrap();
    let rest = contents.split_at(first.len()).1;
    (first, rest)
}
