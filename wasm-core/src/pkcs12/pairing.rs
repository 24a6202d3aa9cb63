//! Which certificate belongs to which key, and which stand above it.

use super::{
    KeyFile, KeyWithCertificate, LoneCertificate, LoneKey, Pkcs12Error,
    bags::{Attributes, Bags},
    public_key::public_key,
};
use crate::certificate::Certificate;

/// The most pairs of key and certificate in one file: each takes a copy of its chain.
const MAX_PAIRS: usize = 64;
/// The most certificates above one.
const MAX_CHAIN: usize = 16;

/// A certificate of the file; `parsed` is missing where it cannot be read.
struct Candidate {
    der: Vec<u8>,
    parsed: Option<Certificate>,
    attributes: Attributes,
}

/// Sorts what was found in a file.
pub(super) fn pair(bags: Bags) -> Result<KeyFile, Pkcs12Error> {
    let candidate = |bag: super::bags::Bag<Vec<u8>>| Candidate {
        parsed: Certificate::parse(&bag.content).ok(),
        der: bag.content,
        attributes: bag.attributes,
    };
    let certificates: Vec<Candidate> = bags.certificates.into_iter().map(candidate).collect();
    let mut file = KeyFile::default();
    for key in bags.keys {
        let spki = public_key(&key.content);
        let name = key.attributes.friendly_name.as_ref();
        let mut own = certificates
            .iter()
            .filter(|certificate| certificate.belongs_to(spki.as_deref(), &key.attributes))
            .peekable();
        if own.peek().is_none() {
            file.lone_keys.push(LoneKey {
                friendly_name: name.cloned(),
                pkcs8: key.content,
            });
            continue;
        }
        for certificate in own {
            if file.keys.len() == MAX_PAIRS {
                return Err(Pkcs12Error::Malformed("number of keys"));
            }
            file.keys.push(KeyWithCertificate {
                pkcs8: key.content.clone(),
                certificate: certificate.der.clone(),
                chain: certificate.chain(&certificates),
                friendly_name: certificate
                    .attributes
                    .friendly_name
                    .as_ref()
                    .or(name)
                    .cloned(),
            });
        }
    }
    let used = |der: &Vec<u8>| {
        let mut keys = file.keys.iter();
        keys.any(|key| key.certificate == *der || key.chain.contains(der))
    };
    let lone = certificates
        .into_iter()
        .filter(|certificate| !used(&certificate.der));
    let lone = lone.map(|certificate| LoneCertificate {
        certificate: certificate.der,
        friendly_name: certificate.attributes.friendly_name,
    });
    file.lone_certificates = lone.collect();
    Ok(file)
}

impl Candidate {
    /// By the public key where both sides show one, whatever the file says: a localKeyId is a hint of
    /// whoever wrote the file. Otherwise by localKeyId.
    fn belongs_to(&self, spki: Option<&[u8]>, key: &Attributes) -> bool {
        match (spki, &self.parsed) {
            (Some(spki), Some(certificate)) => certificate.matches_key(spki),
            _ => key.local_key_id.is_some() && key.local_key_id == self.attributes.local_key_id,
        }
    }

    /// The certificates above this one, nearest first, as far as the file has them.
    fn chain(&self, all: &[Self]) -> Vec<Vec<u8>> {
        let mut chain: Vec<&Self> = vec![self];
        while let Some(last) = chain.last().and_then(|last| last.parsed.as_ref()) {
            let above = all.iter().find(|candidate| {
                let parsed = candidate.parsed.as_ref();
                parsed.is_some_and(|candidate| last.names_as_issuer(candidate))
                    && !chain.iter().any(|known| known.der == candidate.der)
            });
            match above {
                Some(above) if chain.len() <= MAX_CHAIN => chain.push(above),
                _ => break,
            }
        }
        chain
            .iter()
            .skip(1)
            .map(|certificate| certificate.der.clone())
            .collect()
    }
}
