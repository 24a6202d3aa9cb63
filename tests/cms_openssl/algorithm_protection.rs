//! The attribute that names the algorithms beside the signature (RFC 6211). OpenSSL 3.0 does not know it: to it these
//! signatures are all good, so what is refused here is refused for the attribute.

use super::{
    exchange::{CONTENT, NOW, verify},
    openssl::Openssl,
    resigned::{attribute, resigned},
    signer::{Signer, cms, put_together},
};
use der::{
    Decode as _, Encode as _, Tag, TagNumber,
    asn1::{AnyRef, SetOfVec},
};
use tamga_core::{
    algorithm::{DigestAlgorithm, Padding, SignatureAlgorithm},
    format::{Level, Placement, SignerFailure},
};

const OID: &str = "1.2.840.113549.1.9.52";
const RSA: SignatureAlgorithm = SignatureAlgorithm::RsaPkcs1(DigestAlgorithm::Sha256);

#[test]
fn the_algorithms_are_those_that_were_signed() {
    let Some(openssl) = Openssl::new() else {
        return;
    };
    openssl.write("content", CONTENT);
    openssl.leaf("rsa", "RSA -pkeyopt rsa_keygen_bits:2048");
    let signer = Signer::new(&openssl, "rsa", Padding::Pkcs1);
    let digest = |algorithm: SignatureAlgorithm| algorithm.digest_identifier().to_der().unwrap();
    let signature = |number: u32, algorithm: SignatureAlgorithm| {
        let identifier = algorithm.identifier().unwrap().to_der().unwrap();
        let tag = Tag::ContextSpecific {
            constructed: true,
            number: TagNumber(number),
        };
        let content = AnyRef::from_der(&identifier).unwrap();
        let tagged = AnyRef::new(tag, content.value()).unwrap();
        tagged.to_der().unwrap()
    };
    let good = [digest(RSA), signature(1, RSA)].concat();
    let other = RSA.with_digest(DigestAlgorithm::Sha512).unwrap();
    let pss = SignatureAlgorithm::RsaPss(DigestAlgorithm::Sha256);
    // The same digest with NULL, which some write.
    let null = [&[0x30, 13], &good[2..13], &[5, 0], &signature(1, RSA)].concat();
    let mismatch = Some(SignerFailure::AlgorithmMismatch);
    let malformed = Some(SignerFailure::AttributesMalformed);
    for (values, expected) in [
        (vec![good.clone()], None),
        (vec![null], None),
        (vec![[digest(other), signature(1, RSA)].concat()], mismatch),
        (vec![[digest(RSA), signature(1, other)].concat()], mismatch),
        (vec![[digest(RSA), signature(1, pss)].concat()], mismatch),
        (vec![digest(RSA)], malformed),
        (vec![[digest(RSA), signature(2, RSA)].concat()], malformed),
        (vec![[&*good, &signature(2, RSA)].concat()], malformed),
        (vec![good.clone(), digest(RSA)], malformed),
    ] {
        let made = with_attribute(&signer, &values, &Place::Signed);
        openssl.write("made.p7s", &made);
        openssl.run("cms -verify -binary -inform DER -in made.p7s -content content -CAfile root.pem -purpose any -out out");
        let [verdict] = verify(&made, CONTENT).try_into().unwrap();
        assert_eq!(verdict.failure, expected, "{values:x?}");
    }
    let unsigned = with_attribute(&signer, &[good], &Place::Unsigned);
    let [verdict] = verify(&unsigned, CONTENT).try_into().unwrap();
    assert_eq!(verdict.failure, malformed);
}

enum Place {
    Signed,
    Unsigned,
}

/// A detached signature with the attribute; each value is what a SEQUENCE is to hold.
fn with_attribute(signer: &Signer, values: &[Vec<u8>], place: &Place) -> Vec<u8> {
    let profile = cms(Level::Plain, Placement::Detached);
    let made = signer.sign(&signer.content(CONTENT), profile, NOW);
    let attribute = attribute(OID, values);
    resigned(
        signer,
        &put_together(&made.unwrap(), b""),
        |entry| match place {
            Place::Signed => {
                let attributes = entry.signed_attrs.as_mut().unwrap();
                attributes.insert(attribute).unwrap();
            }
            Place::Unsigned => {
                entry.unsigned_attrs = Some(SetOfVec::try_from(vec![attribute]).unwrap());
            }
        },
    )
}
