//! A document that is longer than memory.

use super::{
    LEAVES,
    exchange::{CONTENT, NOW},
    openssl::Openssl,
    signer::{Signer, cms},
};
use tamga_core::{
    algorithm::Padding,
    format::{Content, Level, Piece, Placement},
};

/// The length at the start of a document of 5 GiB is that of the whole.
#[test]
fn an_attached_document_may_be_longer_than_memory() {
    let Some(openssl) = Openssl::new() else {
        return;
    };
    openssl.leaf("p256", LEAVES[3].1);
    let size = 5 << 30;
    let signer = Signer::new(&openssl, "p256", Padding::Pkcs1);
    let content = Content {
        size: Some(size),
        ..signer.content(CONTENT)
    };
    let profile = cms(Level::Plain, Placement::Attached);
    let made = signer.sign(&content, profile, NOW).unwrap();
    let [
        Piece::Bytes { bytes: head },
        Piece::Document { start: 0, length },
        Piece::Bytes { bytes: tail },
    ] = &made[..]
    else {
        panic!("{made:?}");
    };
    assert_eq!(*length, size);
    let [0x30, 0x85, length @ ..] = head.as_slice() else {
        panic!("{head:02x?}");
    };
    let length = length[..5]
        .iter()
        .fold(0, |length, octet| length << 8 | u64::from(*octet));
    let rest = head.len() - 7 + tail.len();
    assert_eq!(length, size + u64::try_from(rest).unwrap());
    assert!(head.ends_with(&[0x04, 0x85, 1, 0x40, 0, 0, 0]));
}
