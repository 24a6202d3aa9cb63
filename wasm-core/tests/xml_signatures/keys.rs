//! The keys that a signature of a corpus brings along: certificates, and keys without one, which the product does not take.

use crate::support::der::{Tag, der, oid, sequence};
use tamga_core::{
    certificate::PublicKey,
    xml::{Node, signature::XmlSignature},
};

const XMLDSIG: &str = "http://www.w3.org/2000/09/xmldsig#";
const XMLDSIG11: &str = "http://www.w3.org/2009/xmldsig11#";

pub(super) fn of(signature: &XmlSignature<'_>) -> Vec<PublicKey> {
    let certificates = signature.certificates();
    let mut keys: Vec<PublicKey> = certificates.iter().map(|it| it.key().clone()).collect();
    let all = signature
        .key_info()
        .into_iter()
        .flat_map(|it| it.descendants());
    for node in all {
        if node.has_tag_name((XMLDSIG, "RSAKeyValue")) {
            keys.extend(rsa(node));
        } else if node.has_tag_name((XMLDSIG11, "ECKeyValue")) {
            keys.extend(ec(node));
        }
    }
    keys
}

fn octets(parent: Node<'_>, name: &str) -> Option<Vec<u8>> {
    use base64::prelude::{BASE64_STANDARD, Engine as _};
    let child = parent.children().find(|it| it.tag_name().name() == name)?;
    let text: String = child.text()?.split_whitespace().collect();
    BASE64_STANDARD.decode(text).ok()
}

fn integer(number: &[u8]) -> Vec<u8> {
    let zeros = number.iter().take_while(|octet| **octet == 0).count();
    let padded = [&[0], number.get(zeros..).unwrap()].concat();
    let start = usize::from(padded.get(1).is_some_and(|octet| *octet < 0x80));
    der(Tag::Integer, &[padded.get(start..).unwrap()])
}

fn bits(content: &[u8]) -> Vec<u8> {
    let mut string = crate::support::der::octets(&[&[0], content].concat());
    *string.first_mut().unwrap() = 3;
    string
}

fn rsa(node: Node<'_>) -> Option<PublicKey> {
    let numbers = ["Modulus", "Exponent"].map(|name| octets(node, name));
    let [Some(modulus), Some(exponent)] = numbers else {
        return None;
    };
    let key = sequence(&[&integer(&modulus), &integer(&exponent)]);
    let algorithm = sequence(&[&oid("1.2.840.113549.1.1.1"), &[5, 0]]);
    PublicKey::parse(&sequence(&[&algorithm, &bits(&key)]))
}

fn ec(node: Node<'_>) -> Option<PublicKey> {
    let curve = node
        .children()
        .find(|it| it.tag_name().name() == "NamedCurve")?;
    let curve = curve.attribute("URI")?.strip_prefix("urn:oid:")?;
    let algorithm = sequence(&[&oid("1.2.840.10045.2.1"), &oid(curve)]);
    PublicKey::parse(&sequence(&[&algorithm, &bits(&octets(node, "PublicKey")?)]))
}
