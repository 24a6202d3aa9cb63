//! Everything that a certificate says and its [`CertificateView`] does not: for the page about one certificate.

use super::{Certificate, CertificateView, DistributionPoint, GeneralName, Name, NameEntry, view};
use crate::{
    algorithm::{Country, DigestAlgorithm, SignatureAlgorithm},
    display_text,
};
use base16ct::lower;
use const_oid::ObjectIdentifier;
use der::Decode as _;
use serde::{Deserialize, Serialize};
use spki::AlgorithmIdentifierRef;
use std::net::{Ipv4Addr, Ipv6Addr};

/// What a certificate says besides its [`CertificateView`]. What is foreign in it is written out
/// ([`display_text::name`]).
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(any(test, feature = "typescript"), derive(ts_rs::TS), ts(export))]
#[serde(rename_all = "camelCase")]
pub struct CertificateDetails {
    /// The version: 1, 2 or 3.
    pub version: u8,
    /// Everything that the issuer's name says, in order.
    pub issuer_details: Vec<NameEntry>,
    /// Other names of the subject: mail addresses, computers, addresses.
    pub other_names: Vec<String>,
    /// The OIDs of the extended key usages that have no word.
    pub unnamed_usages: Vec<String>,
    /// The OIDs of its policies.
    pub policies: Vec<String>,
    /// How the issuer signed it, such as `ECDSA, SHA-256`; an OID where Tamga does not know the algorithm.
    pub signature: String,
    /// The identifier of its own key, lower-case hex; empty where there is none.
    pub subject_key: String,
    /// The identifier of the issuer's key, lower-case hex; empty where there is none.
    pub authority_key: String,
    /// Where its revocation lists are.
    pub revocation_lists: Vec<String>,
    /// Where OCSP is answered.
    pub responders: Vec<String>,
    /// Where the issuer's certificate is.
    pub issuers: Vec<String>,
    /// The certificate's SHA-1, lower-case hex: what Windows shows as its thumbprint.
    pub sha1: String,
    /// Its SHA-256, lower-case hex.
    pub sha256: String,
    /// Whether it names itself as its issuer.
    pub self_issued: bool,
    /// The certificates above it, nearest first.
    pub chain: Vec<CertificateAbove>,
}

/// A certificate above another.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(any(test, feature = "typescript"), derive(ts_rs::TS), ts(export))]
#[serde(rename_all = "camelCase")]
pub struct CertificateAbove {
    /// Its SHA-256, lower-case hex.
    pub id: String,
    /// What it says.
    pub view: CertificateView,
    /// Whether it names itself as its issuer: nothing is above it.
    pub self_issued: bool,
}

impl Certificate {
    /// Everything that it says, with those of `others` that stand above it.
    pub fn details(&self, others: &[&Self]) -> CertificateDetails {
        let extensions = &self.extensions;
        let hex =
            |identifier: Option<&[u8]>| identifier.map_or(String::new(), lower::encode_string);
        let above = |certificate: &Self| CertificateAbove {
            id: certificate.id(),
            view: certificate.view_without_key(),
            self_issued: certificate.is_self_issued(),
        };
        let authority_key = self
            .authority_key()
            .and_then(|key| key.identifier.as_deref());
        CertificateDetails {
            version: self.version,
            issuer_details: view::entries(self.issuer.attributes()),
            other_names: extensions
                .alternative_names
                .iter()
                .filter_map(words)
                .collect(),
            unnamed_usages: super::usage::unnamed(self.extended_usages().unwrap_or_default()),
            policies: extensions.policies.clone(),
            signature: self.signature_words(),
            subject_key: hex(self.subject_key()),
            authority_key: hex(authority_key),
            revocation_lists: addresses_of(&self.distribution_points().unwrap_or_default()),
            responders: written(self.responder_addresses()),
            issuers: written(self.issuer_addresses()),
            sha1: DigestAlgorithm::Sha1.digest(&self.der).hex().to_owned(),
            sha256: self.id(),
            self_issued: self.is_self_issued(),
            chain: self.chain(others).into_iter().map(above).collect(),
        }
    }

    fn is_self_issued(&self) -> bool {
        self.issuer.is(self.subject.der())
    }

    fn signature_words(&self) -> String {
        if let Some(algorithm) = self.issuer_algorithm() {
            let family = match algorithm {
                SignatureAlgorithm::Ecdsa(_) => "ECDSA",
                SignatureAlgorithm::Gost(_, Country::Russia) => "ГОСТ Р 34.10",
                SignatureAlgorithm::Gost(_, Country::Kazakhstan) => "ГОСТ 34.10",
                SignatureAlgorithm::RsaPkcs1(_) => "RSA",
                SignatureAlgorithm::RsaPss(_) | SignatureAlgorithm::RsaPssWith { .. } => "RSA-PSS",
            };
            return [family, ", ", algorithm.digest().name()].concat();
        }
        let identifier = AlgorithmIdentifierRef::from_der(self.signature_algorithm());
        identifier.map_or(String::new(), |it| oid_words(it.oid))
    }
}

/// The algorithms without a digest of their own (RFC 8410 §3), by name.
fn oid_words(oid: ObjectIdentifier) -> String {
    match oid.to_string().as_str() {
        "1.3.101.112" => "Ed25519".to_owned(),
        "1.3.101.113" => "Ed448".to_owned(),
        other => other.to_owned(),
    }
}

fn written(addresses: impl Iterator<Item = String>) -> Vec<String> {
    addresses.map(|it| display_text::name(&it)).collect()
}

/// The addresses (URIs) of revocation lists, each once.
fn addresses_of(points: &[DistributionPoint]) -> Vec<String> {
    let mut addresses = Vec::new();
    for name in points.iter().flat_map(DistributionPoint::full_name) {
        let GeneralName::Uri(address) = name else {
            continue;
        };
        let address = display_text::name(address);
        if !addresses.contains(&address) {
            addresses.push(address);
        }
    }
    addresses
}

/// A name on one line; `None` for kinds that say nothing to people.
fn words(name: &GeneralName) -> Option<String> {
    let words = match name {
        GeneralName::Dns(words) | GeneralName::Email(words) | GeneralName::Uri(words) => {
            words.clone()
        }
        GeneralName::Ip(octets) => address(octets)?,
        GeneralName::Directory(der) => view::best_name(Name::parse(der)?.attributes())?,
        GeneralName::Other(_) => return None,
    };
    (!words.trim().is_empty()).then(|| display_text::name(&words))
}

fn address(octets: &[u8]) -> Option<String> {
    let four: Option<[u8; 4]> = octets.try_into().ok();
    let sixteen: Option<[u8; 16]> = octets.try_into().ok();
    let four = four.map(|octets| Ipv4Addr::from(octets).to_string());
    four.or_else(|| Some(Ipv6Addr::from(sixteen?).to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn certificate(der: &[u8]) -> Certificate {
        Certificate::parse(der).unwrap()
    }

    /// By OpenSSL, with every extension that is read (`tests/fixtures/make`).
    const DETAILED: &[u8] = include_bytes!("../../tests/fixtures/detailed.der");
    const AUTHORITY: &[u8] = include_bytes!("../../tests/fixtures/authority.der");

    #[test]
    fn everything_is_told() {
        let detailed = certificate(DETAILED);
        let details = detailed.details(&[]);
        assert_eq!(details.version, 3);
        let authority = ("commonName", "Tamga Detailed Authority");
        let issuer = details.issuer_details.last().unwrap();
        assert_eq!((&*issuer.label, &*issuer.value), authority);
        let lists = [
            "http://ca.example.kz/ca.crl",
            "ldap://ca.example.kz/",
            "http://ca.example.kz/some.crl",
        ];
        assert_eq!(details.revocation_lists, lists);
        assert_eq!(details.responders, ["http://ocsp.example.kz/"]);
        assert_eq!(details.issuers, ["http://ca.example.kz/ca.cer"]);
        assert_eq!(details.policies, detailed.policies());
        assert_eq!(details.sha256, detailed.id());
        assert_eq!(details.sha1.len(), 40);
        assert_eq!(details.subject_key.len(), 40);
        assert!(details.self_issued && details.chain.is_empty());
    }

    #[test]
    fn the_chain_is_sorted_and_tells_where_it_ends() {
        let english = include_bytes!("../../tests/fixtures/english.der");
        let [english, authority] = [english, AUTHORITY].map(certificate);
        let details = english.details(&[&english, &authority]);
        let above = details.chain.iter();
        let above: Vec<_> = above.map(|it| (&*it.id, it.self_issued)).collect();
        assert_eq!(above, [(&*authority.id(), true)]);
        assert!(!details.self_issued);
    }

    #[test]
    fn addresses_and_names_are_written_as_people_write_them() {
        let ip = |octets: &[u8]| words(&GeneralName::Ip(octets.to_vec()));
        assert_eq!(ip(&[192, 0, 2, 1]).as_deref(), Some("192.0.2.1"));
        let mut loopback = [0; 16];
        loopback[15] = 1;
        assert_eq!(ip(&loopback).as_deref(), Some("::1"));
        assert_eq!(ip(&[1, 2, 3]), None);
        let hidden = GeneralName::Email("a\u{202e}b@example.kz".to_owned());
        assert_eq!(words(&hidden).as_deref(), Some("a[U+202E]b@example.kz"));
        assert_eq!(words(&GeneralName::Dns(" ".to_owned())), None);
        assert_eq!(words(&GeneralName::Other(vec![0xa0, 0])), None);
        assert_eq!(
            oid_words(ObjectIdentifier::new_unwrap("1.3.101.112")),
            "Ed25519"
        );
        assert_eq!(oid_words(ObjectIdentifier::new_unwrap("1.2.3")), "1.2.3");
    }
}
