//! Which certificate belongs to which key, and which stand above it.

use super::{
    bags::{Attributes, Bag, Bags},
    contents::{KeyFile, KeyWithCertificate, LoneKey, NamedCertificate},
    error::Pkcs12Error,
    public_key::PublicHalf,
};
use crate::certificate::Certificate;
use std::collections::HashSet;
use zeroize::Zeroizing;

/// The most pairs of key and certificate in one file: each takes a copy of its chain.
const MAX_PAIRS: usize = 64;

/// A certificate of the file; `parsed` is missing where it cannot be read.
struct Candidate {
    der: Vec<u8>,
    parsed: Option<Certificate>,
    attributes: Attributes,
}

/// Sorts what was found in a file.
pub(super) fn pair(bags: Bags) -> Result<KeyFile, Pkcs12Error> {
    let certificates: Vec<Candidate> = bags.certificates.into_iter().map(Candidate::of).collect();
    let mut file = KeyFile {
        others: bags.others,
        unread: bags.locked + bags.problems.len(),
        ..KeyFile::default()
    };
    for key in bags.keys {
        let Ok(public) = PublicHalf::of(&key.content) else {
            file.unread += 1;
            continue;
        };
        let pairs = pairs(&key, &public, &certificates);
        if file.keys.len() + pairs.len() > MAX_PAIRS {
            return Err(Pkcs12Error::Malformed("number of keys"));
        }
        if pairs.is_empty() {
            file.lone_keys.push(LoneKey {
                pkcs8: key.content,
                friendly_name: key.attributes.friendly_name,
                attributes: key.attributes.others,
            });
        }
        file.keys.extend(pairs);
    }
    let own = file.keys.iter().map(|key| &key.certificate);
    let above = file.keys.iter().flat_map(|key| &key.chain);
    let used: HashSet<&Vec<u8>> = own.chain(above.map(|above| &above.certificate)).collect();
    let lone = certificates
        .iter()
        .filter(|certificate| !used.contains(&certificate.der));
    file.lone_certificates = lone.map(NamedCertificate::from).collect();
    Ok(file)
}

/// The key with each of its certificates, at most [`MAX_PAIRS`] in a file.
fn pairs(
    key: &Bag<Zeroizing<Vec<u8>>>,
    public: &PublicHalf,
    certificates: &[Candidate],
) -> Vec<KeyWithCertificate> {
    let own = certificates
        .iter()
        .filter(|certificate| certificate.belongs_to(public, &key.attributes));
    let pair = |certificate: &Candidate| KeyWithCertificate {
        pkcs8: key.content.clone(),
        certificate: certificate.der.clone(),
        chain: certificate.chain(certificates),
        friendly_name: certificate.attributes.friendly_name.clone(),
        attributes: [&key.attributes, &certificate.attributes].map(|of| of.others.clone()),
    };
    own.take(MAX_PAIRS + 1).map(pair).collect()
}

impl From<&Candidate> for NamedCertificate {
    fn from(candidate: &Candidate) -> Self {
        Self {
            certificate: candidate.der.clone(),
            friendly_name: candidate.attributes.friendly_name.clone(),
            attributes: candidate.attributes.others.clone(),
        }
    }
}

impl Candidate {
    fn of(bag: Bag<Vec<u8>>) -> Self {
        Self {
            parsed: Certificate::parse(&bag.content).ok(),
            der: bag.content,
            attributes: bag.attributes,
        }
    }

    /// By the public key where that of the key is known, whatever the file says: a localKeyId is a hint
    /// of whoever wrote the file. Otherwise by localKeyId.
    fn belongs_to(&self, public: &PublicHalf, key: &Attributes) -> bool {
        let Some(certificate) = &self.parsed else {
            return false;
        };
        match &public.spki {
            Some(spki) => certificate.matches_key(spki),
            None => {
                key.local_key_id.is_some()
                    && key.local_key_id == self.attributes.local_key_id
                    && certificate.key().algorithm() == public.algorithm
            }
        }
    }

    /// The certificates above this one, nearest first, as far as the file has them.
    fn chain(&self, all: &[Self]) -> Vec<NamedCertificate> {
        let Some(certificate) = &self.parsed else {
            return Vec::new();
        };
        let others: Vec<_> = all
            .iter()
            .filter_map(|other| other.parsed.as_ref())
            .collect();
        let named = |above: &Certificate| {
            let candidate = all.iter().find(|candidate| candidate.der == above.der())?;
            Some(NamedCertificate::from(candidate))
        };
        let chain = certificate.chain(&others).into_iter();
        chain.filter_map(named).collect()
    }
}
