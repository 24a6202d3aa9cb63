//! Several certificates that a signer's entry may mean.

use super::{
    exchange::{CONTENT, NOW},
    openssl::Openssl,
    signer::{Signer, cms, put_together},
};
use base64::prelude::{BASE64_STANDARD, Engine as _};
use cms::{content_info::ContentInfo, signed_data};
use der::{Any, Decode as _, Encode as _};
use std::slice;
use tamga_core::{
    algorithm::Padding,
    cms::SignedData,
    format::{Level, Placement, SignerFailure},
};

/// Two certificates of one issuer with one serial number: the one whose key made the signature tells what is wrong.
#[test]
fn of_several_certificates_the_signers_own_says_what_is_wrong() {
    let Some(openssl) = Openssl::new() else {
        return;
    };
    for name in ["p256", "twin"] {
        openssl.leaf(name, "EC -pkeyopt ec_paramgen_curve:P-256");
        openssl.run(&format!(
            "x509 -req -in {name}.csr -CA middle.pem -CAkey middle.key -set_serial 7 -outform DER -out {name}.der"
        ));
    }
    let signer = Signer::new(&openssl, "p256", Padding::Pkcs1);
    let profile = cms(Level::Plain, Placement::Detached);
    let made = signer.sign(&signer.content(CONTENT), profile, NOW);
    let document = put_together(&made.unwrap(), b"");
    let [own, twin] = ["p256.der", "twin.der"].map(|file| openssl.read(file));
    // Without certificates of its own: they are looked for among those that are given, in their order.
    let mut data = ContentInfo::from_der(&document).unwrap();
    let mut inner: signed_data::SignedData = data.content.decode_as().unwrap();
    inner.certificates = None;
    data.content = Any::encode_from(&inner).unwrap();
    let data = SignedData::parse(&data.to_der().unwrap()).unwrap();
    for certificates in [[own.clone(), twin.clone()], [twin.clone(), own.clone()]] {
        let failure = |content: &[u8]| {
            let verdicts = data.verify(Some(&mut &*content), &certificates);
            (verdicts[0].failure, verdicts[0].certificate.clone())
        };
        let encoded = Some(BASE64_STANDARD.encode(&own));
        assert_eq!(failure(CONTENT), (None, encoded.clone()));
        let changed = Some(SignerFailure::ContentChanged);
        assert_eq!(failure(b"another"), (changed, encoded));
    }
    let failure = |certificates: &[Vec<u8>]| {
        let verdicts = data.verify(Some(&mut &*CONTENT), certificates);
        verdicts[0].failure
    };
    let invalid = Some(SignerFailure::SignatureInvalid);
    assert_eq!(failure(slice::from_ref(&twin)), invalid);
    // Four are tried, each once.
    let mut several = vec![twin; 9];
    several.push(own.clone());
    assert_eq!(failure(&several), None);
    let others = (1..=4).map(|days| {
        openssl.run(&format!(
            "x509 -req -in twin.csr -CA middle.pem -CAkey middle.key -set_serial 7 -days {days} -outform DER -out other.der"
        ));
        openssl.read("other.der")
    });
    let mut others: Vec<_> = others.collect();
    others.push(own.clone());
    assert_eq!(failure(&others), invalid);
    assert_eq!(failure(&others[1..]), None);
}
