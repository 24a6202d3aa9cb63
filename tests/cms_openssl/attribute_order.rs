//! Signed attributes in another order than DER's. OpenSSL verifies them as they stand.

use super::{
    exchange::{CONTENT, NOW, verify},
    openssl::Openssl,
    signer::{Signer, cms, put_together},
};
use cms::{content_info::ContentInfo, signed_data::SignedData};
use der::{Any, Decode as _, Encode as _, Tag};
use tamga_core::{
    algorithm::Padding,
    format::{Level, Placement},
};

#[test]
fn attributes_may_be_signed_in_the_order_in_which_they_stand() {
    let Some(openssl) = Openssl::new() else {
        return;
    };
    openssl.write("content", CONTENT);
    openssl.leaf("rsa", "RSA -pkeyopt rsa_keygen_bits:2048");
    let signer = Signer::new(&openssl, "rsa", Padding::Pkcs1);
    let profile = cms(Level::Plain, Placement::Detached);
    let made = signer.sign(&signer.content(CONTENT), profile, NOW);
    let mut made = put_together(&made.unwrap(), b"");

    let info = ContentInfo::from_der(&made).unwrap();
    let data: SignedData = info.content.decode_as().unwrap();
    let [entry] = data.signer_infos.0.as_slice() else {
        panic!("one signer");
    };
    let attributes = entry.signed_attrs.as_ref().unwrap();
    let mut members: Vec<Vec<u8>> = attributes.iter().map(|it| it.to_der().unwrap()).collect();
    let sorted = members.concat();
    members.reverse();
    let reversed = members.concat();
    assert_ne!(reversed, sorted);
    let signed = Any::new(Tag::Set, &*reversed).unwrap().to_der().unwrap();
    let signature = signer.signature(&signer.algorithm.digest().digest(&signed));
    replace(&mut made, &sorted, &reversed);
    replace(&mut made, entry.signature.as_bytes(), &signature);

    openssl.write("made.p7s", &made);
    openssl.run("cms -verify -binary -inform DER -in made.p7s -content content -CAfile root.pem -purpose any -out out");
    let [verdict] = verify(&made, CONTENT).try_into().unwrap();
    assert_eq!(verdict.failure, None);
}

/// Puts something else of the same length in its place.
fn replace(bytes: &mut [u8], old: &[u8], new: &[u8]) {
    let at = bytes.windows(old.len()).position(|part| part == old);
    bytes[at.unwrap()..][..old.len()].copy_from_slice(new);
}
