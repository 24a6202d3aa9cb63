//! Certificates that the tests make: P-256, ecdsa-with-SHA256, deterministic signatures (RFC 6979).

#![allow(
    clippy::unwrap_used,
    dead_code,
    reason = "what cannot be written here fails the test; not every test needs all of it"
)]

use super::der::{Tag, der, octets, oid, sequence};
use p256::ecdsa::{Signature, SigningKey, signature::Signer as _};
use tamga_core::certificate::Certificate;

/// A second in 2026, at which these certificates are valid unless they are made otherwise.
pub(crate) const NOW: i64 = 1_790_000_000;

/// A key of the tests: any number but 0.
pub(crate) fn key(number: u8) -> SigningKey {
    SigningKey::from_slice(&[number; 32]).unwrap()
}

/// What a certificate is to say.
#[derive(Clone)]
pub(crate) struct Made {
    pub(crate) subject: Vec<u8>,
    pub(crate) issuer: Vec<u8>,
    pub(crate) key: u8,
    pub(crate) issuer_key: u8,
    pub(crate) serial: Vec<u8>,
    pub(crate) version: u8,
    /// As UTCTime has them.
    pub(crate) validity: [&'static str; 2],
    /// OID, criticality, value.
    pub(crate) extensions: Vec<(&'static str, bool, Vec<u8>)>,
}

/// A Name of one common name, a UTF8String.
pub(crate) fn name(common: &str) -> Vec<u8> {
    let value = [
        &[0x0c, u8::try_from(common.len()).unwrap()],
        common.as_bytes(),
    ]
    .concat();
    sequence(&[&der(Tag::Set, &[&sequence(&[&oid("2.5.4.3"), &value])])])
}

impl Made {
    /// A certificate of `subject`, whose key has this number, by `issuer`.
    pub(crate) fn of(subject: &str, key: u8, issuer: &str, issuer_key: u8) -> Self {
        Self {
            subject: name(subject),
            issuer: name(issuer),
            key,
            issuer_key,
            serial: vec![key],
            version: 3,
            validity: ["250101000000Z", "350101000000Z"],
            extensions: Vec::new(),
        }
    }

    /// An authority.
    pub(crate) fn authority(subject: &str, key: u8, issuer: &str, issuer_key: u8) -> Self {
        let constraints = sequence(&[&[1, 1, 0xff]]);
        Self::of(subject, key, issuer, issuer_key).with("2.5.29.19", true, constraints)
    }

    /// A self-signed authority.
    pub(crate) fn root(subject: &str, key: u8) -> Self {
        Self::authority(subject, key, subject, key)
    }

    pub(crate) fn with(mut self, oid: &'static str, critical: bool, value: Vec<u8>) -> Self {
        self.extensions.retain(|known| known.0 != oid);
        self.extensions.push((oid, critical, value));
        self
    }

    pub(crate) fn valid(self, from: &'static str, until: &'static str) -> Self {
        Self {
            validity: [from, until],
            ..self
        }
    }

    /// Its DER.
    pub(crate) fn der(&self) -> Vec<u8> {
        let algorithm = sequence(&[&oid("1.2.840.10045.4.3.2")]);
        let time = |text: &str| [&[0x17, 13], text.as_bytes()].concat();
        let [from, until] = self.validity.map(time);
        let extensions: Vec<Vec<u8>> = self.extensions.iter().map(extension).collect();
        let extensions: Vec<&[u8]> = extensions.iter().map(Vec::as_slice).collect();
        let extensions = match extensions.is_empty() {
            true => Vec::new(),
            false => der(Tag::Explicit(3), &[&sequence(&extensions)]),
        };
        let version = match self.version {
            1 => Vec::new(),
            version => der(Tag::Explicit(0), &[&[2, 1, version - 1]]),
        };
        let tbs = sequence(&[
            &version,
            &der(Tag::Integer, &[&self.serial]),
            &algorithm,
            &self.issuer,
            &sequence(&[&from, &until]),
            &self.subject,
            &public_key(&key(self.key)),
            &extensions,
        ]);
        let signature: Signature = key(self.issuer_key).sign(&tbs);
        let signature = [&[0], signature.to_der().as_bytes()].concat();
        sequence(&[&tbs, &algorithm, &bits(&signature)])
    }

    pub(crate) fn certificate(&self) -> Certificate {
        Certificate::parse(&self.der()).unwrap()
    }
}

fn extension((kind, critical, value): &(&'static str, bool, Vec<u8>)) -> Vec<u8> {
    let critical: &[u8] = if *critical { &[1, 1, 0xff] } else { &[] };
    sequence(&[&oid(kind), critical, &octets(value)])
}

fn public_key(key: &SigningKey) -> Vec<u8> {
    let point = key.verifying_key().to_sec1_point(false);
    let algorithm = sequence(&[&oid("1.2.840.10045.2.1"), &oid("1.2.840.10045.3.1.7")]);
    sequence(&[&algorithm, &bits(&[&[0], point.as_bytes()].concat())])
}

/// A BIT STRING with its first octet.
fn bits(content: &[u8]) -> Vec<u8> {
    let mut string = octets(content);
    if let Some(identifier) = string.first_mut() {
        *identifier = 3;
    }
    string
}

/// KeyUsage with these bits, bit 0 first.
pub(crate) fn key_usage(usages: &[u8]) -> Vec<u8> {
    let octet = usages.iter().fold(0, |octet, bit| octet | 0x80 >> bit);
    vec![3, 2, 0, octet]
}

pub(crate) fn oids(all: &[&str]) -> Vec<u8> {
    let all: Vec<Vec<u8>> = all.iter().map(|dotted| oid(dotted)).collect();
    let all: Vec<&[u8]> = all.iter().map(Vec::as_slice).collect();
    sequence(&all)
}

/// CertificatePolicies.
pub(crate) fn policies(all: &[&str]) -> Vec<u8> {
    let all: Vec<Vec<u8>> = all.iter().map(|dotted| sequence(&[&oid(dotted)])).collect();
    let all: Vec<&[u8]> = all.iter().map(Vec::as_slice).collect();
    sequence(&all)
}

/// GeneralNames of hosts.
pub(crate) fn hosts(all: &[&str]) -> Vec<u8> {
    let all: Vec<Vec<u8>> = all
        .iter()
        .map(|host| der(Tag::Implicit(2), &[host.as_bytes()]))
        .collect();
    let all: Vec<&[u8]> = all.iter().map(Vec::as_slice).collect();
    sequence(&all)
}
