//! The identifiers of algorithms in XML signatures (RFC 9231, RFC 6931; R 1323565.1.033 for Russia; the library of the
//! certification authority of Kazakhstan). A new one is a row.

use super::{Country, DigestAlgorithm, SignatureAlgorithm};
use der::{Encode as _, Sequence, asn1::UintRef};

/// Identifier and digest.
#[rustfmt::skip]
static DIGESTS: [(&str, DigestAlgorithm); 19] = {
    use DigestAlgorithm::{Gost94, Gost95, Md5, Ripemd160, Sha1, Sha224, Sha256, Sha384, Sha512, Sha3_224, Sha3_256, Sha3_384, Sha3_512, Streebog256, Streebog512};
    [
        ("http://www.w3.org/2000/09/xmldsig#sha1", Sha1),
        ("http://www.w3.org/2001/04/xmldsig-more#sha224", Sha224),
        ("http://www.w3.org/2001/04/xmlenc#sha256", Sha256),
        ("http://www.w3.org/2001/04/xmldsig-more#sha384", Sha384),
        ("http://www.w3.org/2001/04/xmlenc#sha512", Sha512),
        ("http://www.w3.org/2007/05/xmldsig-more#sha3-224", Sha3_224),
        ("http://www.w3.org/2007/05/xmldsig-more#sha3-256", Sha3_256),
        ("http://www.w3.org/2007/05/xmldsig-more#sha3-384", Sha3_384),
        ("http://www.w3.org/2007/05/xmldsig-more#sha3-512", Sha3_512),
        ("http://www.w3.org/2001/04/xmlenc#ripemd160", Ripemd160),
        ("http://www.w3.org/2001/04/xmldsig-more#md5", Md5),
        ("urn:ietf:params:xml:ns:cpxmlsec:algorithms:gostr34112012-256", Streebog256),
        ("urn:ietf:params:xml:ns:cpxmlsec:algorithms:gostr34112012-512", Streebog512),
        ("urn:ietf:params:xml:ns:cpxmlsec:algorithms:gostr3411", Gost94),
        ("http://www.w3.org/2001/04/xmldsig-more#gostr3411", Gost94),
        ("urn:ietf:params:xml:ns:pkigovkz:xmlsec:algorithms:gostr34112015-256", Streebog256),
        ("urn:ietf:params:xml:ns:pkigovkz:xmlsec:algorithms:gostr34112015-512", Streebog512),
        ("http://www.w3.org/2001/04/xmldsig-more#gost34311", Gost95),
        ("urn:ietf:params:xml:ns:pkigovkz:xmlsec:algorithms:gost34311", Gost95),
    ]
};

/// Identifier, digest, and the algorithm with it.
type SignatureRow = (
    &'static str,
    DigestAlgorithm,
    fn(DigestAlgorithm) -> SignatureAlgorithm,
);

#[rustfmt::skip]
static SIGNATURES: [SignatureRow; 36] = {
    use DigestAlgorithm::{Gost94, Gost95, Md5, Ripemd160, Sha1, Sha224, Sha256, Sha384, Sha512, Sha3_224, Sha3_256, Sha3_384, Sha3_512, Streebog256, Streebog512};
    use SignatureAlgorithm::{Ecdsa, RsaPkcs1, RsaPss};
    [
        ("http://www.w3.org/2000/09/xmldsig#rsa-sha1", Sha1, RsaPkcs1),
        ("http://www.w3.org/2001/04/xmldsig-more#rsa-sha224", Sha224, RsaPkcs1),
        ("http://www.w3.org/2001/04/xmldsig-more#rsa-sha256", Sha256, RsaPkcs1),
        ("http://www.w3.org/2001/04/xmldsig-more#rsa-sha384", Sha384, RsaPkcs1),
        ("http://www.w3.org/2001/04/xmldsig-more#rsa-sha512", Sha512, RsaPkcs1),
        ("http://www.w3.org/2001/04/xmldsig-more#rsa-ripemd160", Ripemd160, RsaPkcs1),
        ("http://www.w3.org/2001/04/xmldsig-more#rsa-md5", Md5, RsaPkcs1),
        ("http://www.w3.org/2007/05/xmldsig-more#sha1-rsa-MGF1", Sha1, RsaPss),
        ("http://www.w3.org/2007/05/xmldsig-more#sha224-rsa-MGF1", Sha224, RsaPss),
        ("http://www.w3.org/2007/05/xmldsig-more#sha256-rsa-MGF1", Sha256, RsaPss),
        ("http://www.w3.org/2007/05/xmldsig-more#sha384-rsa-MGF1", Sha384, RsaPss),
        ("http://www.w3.org/2007/05/xmldsig-more#sha512-rsa-MGF1", Sha512, RsaPss),
        ("http://www.w3.org/2007/05/xmldsig-more#sha3-224-rsa-MGF1", Sha3_224, RsaPss),
        ("http://www.w3.org/2007/05/xmldsig-more#sha3-256-rsa-MGF1", Sha3_256, RsaPss),
        ("http://www.w3.org/2007/05/xmldsig-more#sha3-384-rsa-MGF1", Sha3_384, RsaPss),
        ("http://www.w3.org/2007/05/xmldsig-more#sha3-512-rsa-MGF1", Sha3_512, RsaPss),
        ("http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha1", Sha1, Ecdsa),
        ("http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha224", Sha224, Ecdsa),
        ("http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256", Sha256, Ecdsa),
        ("http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha384", Sha384, Ecdsa),
        ("http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha512", Sha512, Ecdsa),
        ("http://www.w3.org/2007/05/xmldsig-more#ecdsa-ripemd160", Ripemd160, Ecdsa),
        ("http://www.w3.org/2021/04/xmldsig-more#ecdsa-sha3-224", Sha3_224, Ecdsa),
        ("http://www.w3.org/2021/04/xmldsig-more#ecdsa-sha3-256", Sha3_256, Ecdsa),
        ("http://www.w3.org/2021/04/xmldsig-more#ecdsa-sha3-384", Sha3_384, Ecdsa),
        ("http://www.w3.org/2021/04/xmldsig-more#ecdsa-sha3-512", Sha3_512, Ecdsa),
        ("urn:ietf:params:xml:ns:cpxmlsec:algorithms:gostr34102012-gostr34112012-256", Streebog256, russian),
        ("urn:ietf:params:xml:ns:cpxmlsec:algorithms:gostr34102012-gostr34112012-512", Streebog512, russian),
        ("urn:ietf:params:xml:ns:cpxmlsec:algorithms:gostr34102001-gostr3411", Gost94, russian),
        ("http://www.w3.org/2001/04/xmldsig-more#gostr34102001-gostr3411", Gost94, russian),
        ("urn:ietf:params:xml:ns:pkigovkz:xmlsec:algorithms:gostr34102015-gostr34112015-256", Streebog256, kazakh),
        ("urn:ietf:params:xml:ns:pkigovkz:xmlsec:algorithms:gostr34102015-gostr34112015-512", Streebog512, kazakh),
        ("http://www.w3.org/2001/04/xmldsig-more#gost34310-gost34311", Gost95, kazakh),
        ("urn:ietf:params:xml:ns:pkigovkz:xmlsec:algorithms:gost34310-gost34311", Gost95, kazakh),
        ("http://www.w3.org/2007/05/xmldsig-more#ecdsa-sha3-256", Sha3_256, Ecdsa),
        ("http://www.w3.org/2007/05/xmldsig-more#ecdsa-sha3-512", Sha3_512, Ecdsa),
    ]
};

fn russian(digest: DigestAlgorithm) -> SignatureAlgorithm {
    SignatureAlgorithm::Gost(digest, Country::Russia)
}

fn kazakh(digest: DigestAlgorithm) -> SignatureAlgorithm {
    SignatureAlgorithm::Gost(digest, Country::Kazakhstan)
}

impl DigestAlgorithm {
    /// The one that the Algorithm attribute of a DigestMethod names.
    pub fn from_xml_identifier(identifier: &str) -> Option<Self> {
        let row = DIGESTS.iter().find(|(own, _)| *own == identifier)?;
        Some(row.1)
    }
}

impl SignatureAlgorithm {
    /// The one that the Algorithm attribute of a SignatureMethod names.
    pub fn from_xml_identifier(identifier: &str) -> Option<Self> {
        let row = SIGNATURES.iter().find(|row| row.0 == identifier)?;
        Some((row.2)(row.1))
    }

    /// A signature as certificates and CMS have it, from the value in an XML signature: ECDSA is r‖s there, each as long as
    /// the other (RFC 9231 §2.3.6), and all others are the same. `None` if the value is none of the algorithm.
    pub(crate) fn signature_of_xml_value(self, value: &[u8]) -> Option<Vec<u8>> {
        if !matches!(self, Self::Ecdsa(_)) {
            return Some(value.to_vec());
        }
        let (r, s) = value.split_at_checked(value.len() / 2)?;
        if r.len() != s.len() {
            return None;
        }
        let numbers = [r, s].map(|number| UintRef::new(number).ok());
        let [Some(r), Some(s)] = numbers else {
            return None;
        };
        EcdsaValue { r, s }.to_der().ok()
    }
}

/// RFC 3279 §2.2.3
/// ```text
/// Ecdsa-Sig-Value ::= SEQUENCE { r INTEGER, s INTEGER }
/// ```
#[derive(Sequence)]
struct EcdsaValue<'a> {
    r: UintRef<'a>,
    s: UintRef<'a>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_identifier_stands_once() {
        let digests = DIGESTS.iter().map(|row| row.0);
        let signatures = SIGNATURES.iter().map(|row| row.0);
        let all: Vec<&str> = digests.chain(signatures).collect();
        for (place, identifier) in all.iter().enumerate() {
            let first = all.iter().position(|other| other == identifier);
            assert_eq!(first, Some(place), "{identifier}");
        }
    }

    #[test]
    fn an_ecdsa_value_becomes_two_numbers() {
        let ecdsa = SignatureAlgorithm::Ecdsa(DigestAlgorithm::Sha256);
        let der = [0x30, 7, 2, 2, 0, 0x80, 2, 1, 1];
        assert_eq!(
            ecdsa.signature_of_xml_value(&[0x80, 1]).as_deref(),
            Some(&der[..])
        );
        assert_eq!(ecdsa.signature_of_xml_value(&[1, 2, 3]), None);
        let rsa = SignatureAlgorithm::RsaPkcs1(DigestAlgorithm::Sha256);
        assert_eq!(rsa.signature_of_xml_value(&[1, 2, 3]), Some(vec![1, 2, 3]));
    }
}
