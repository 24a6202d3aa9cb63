//! Certificates of keys in containers. Their signatures are made up.

use super::SigningKey;
use crate::{
    gost_key::GostKey,
    support::der::{Tag, der, octets, oid, sequence},
};

/// The end of every key's own term, Unix time: the beginning of 2027.
pub(super) const KEY_UNTIL: u64 = 1_798_761_600;

/// A certificate of this key that states the key's own term (RFC 3280 §4.2.1.4).
pub(super) fn certificate(key: &SigningKey) -> Vec<u8> {
    let key = GostKey::russian(key.clone()).unwrap();
    let algorithm = sequence(&[&oid("1.2.643.7.1.1.3.2")]);
    let common_name = sequence(&[&oid("2.5.4.3"), b"\x0c\x01x"]);
    let name = sequence(&[&der(Tag::Set, &[&common_name])]);
    let time = |time: &[u8]| [&[0x17, 13], time].concat();
    let validity = [time(b"260101000000Z"), time(b"360101000000Z")].concat();
    let until = sequence(&[&der(Tag::Implicit(1), &[b"20270101000000Z"])]);
    let extension = sequence(&[&oid("2.5.29.16"), &octets(&until)]);
    let tbs = sequence(&[
        &der(Tag::Explicit(0), &[&[2, 1, 2]]),
        &[2, 1, 1],
        &algorithm,
        &name,
        &sequence(&[&validity]),
        &name,
        &key.public_key().unwrap(),
        &der(Tag::Explicit(3), &[&sequence(&[&extension])]),
    ]);
    sequence(&[&tbs, &algorithm, &[3, 2, 0, 0]])
}
