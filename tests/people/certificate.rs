//! Certificates (RFC 5280 §4.1, RFC 9215), written by hand: no library writes them with these algorithms.

use crate::table::Person;
use der::{
    DateTime, Encode as _, Tag, TagNumber,
    asn1::{AnyRef, ObjectIdentifier},
};
use getrandom::SysRng;
use gost3410::Curve;
use signature::hazmat::RandomizedPrehashSigner as _;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tamga_core::{
    algorithm::{Country, DigestAlgorithm},
    gost_key::{GostKey, Profile},
};

const DAY: u64 = 24 * 60 * 60;
/// A certificate's validity in days from today, and an authority's.
const VALIDITY: (i64, i64) = (-30, 700);
const AUTHORITY_VALIDITY: (i64, i64) = (-1000, 3650);

/// Who issues certificates, by a key of 512 bits.
pub(crate) struct Authority {
    key: GostKey,
    name: Vec<u8>,
    /// Its own, DER.
    pub(crate) certificate: Vec<u8>,
}

/// What a certificate is about.
pub(crate) struct Subject<'a> {
    pub(crate) person: &'a Person,
    pub(crate) key: &'a GostKey,
}

/// What is in a certificate besides what its issuer puts there.
struct Content<'a> {
    subject: &'a [u8],
    validity: (i64, i64),
    key: &'a GostKey,
    extensions: Vec<Vec<u8>>,
}

impl Authority {
    pub(crate) fn new(profile: Profile, name: &str) -> Self {
        let country = match profile.country() {
            Country::Russia => "RU",
            Country::Kazakhstan => "KZ",
        };
        let name = distinguished_name(&[("2.5.4.6", country), ("2.5.4.3", name)]);
        let mut authority = Self {
            key: crate::new_key(profile, Curve::Tc26_512A),
            name,
            certificate: Vec::new(),
        };
        let usage_of_authority = extension("2.5.29.15", true, &[3, 2, 1, 6]);
        let is_authority = extension("2.5.29.19", true, &[0x30, 3, 1, 1, 0xff]);
        authority.certificate = authority.sign(&Content {
            subject: &authority.name,
            validity: AUTHORITY_VALIDITY,
            key: &authority.key,
            extensions: vec![usage_of_authority, is_authority],
        });
        authority
    }

    pub(crate) fn issue(&self, subject: &Subject<'_>) -> Vec<u8> {
        self.sign(&Content {
            subject: &distinguished_name(subject.person.subject),
            validity: VALIDITY,
            key: subject.key,
            extensions: extensions(subject.person),
        })
    }

    fn sign(&self, content: &Content<'_>) -> Vec<u8> {
        let (algorithm, digest) = self.algorithm();
        let serial: [u8; 12] = crate::random();
        let to_be_signed = sequence(&[
            &tlv(explicit(0), &tlv(Tag::Integer, &[2])),
            &tlv(Tag::Integer, &[&[1], serial.as_slice()].concat()),
            &algorithm,
            &self.name,
            &sequence(&[&time(content.validity.0), &time(content.validity.1)]),
            content.subject,
            &content.key.public_key().unwrap(),
            &tlv(explicit(3), &sequence_of(&content.extensions)),
        ]);
        let digest = digest.digest(&to_be_signed).bytes();
        let key = self.key.signing_key().unwrap();
        let signature = key.sign_prehash_with_rng(&mut SysRng, &digest).unwrap();
        let signature = signature.to_bytes(self.key.profile().country().encoding());
        let signature = tlv(Tag::BitString, &[&[0], signature.as_ref()].concat());
        sequence(&[&to_be_signed, &algorithm, &signature])
    }

    /// The AlgorithmIdentifier of certificates, and the digest (RFC 9215 §2; NULL is Kazakh).
    fn algorithm(&self) -> (Vec<u8>, DigestAlgorithm) {
        let (name, parameters) = match self.key.profile().country() {
            Country::Russia => ("1.2.643.7.1.1.3.3", Vec::new()),
            Country::Kazakhstan => ("1.2.398.3.10.1.1.2.3.2", tlv(Tag::Null, &[])),
        };
        let identifier = sequence(&[&oid(name), &parameters]);
        (identifier, DigestAlgorithm::Streebog512)
    }
}

fn extensions(person: &Person) -> Vec<Vec<u8>> {
    let usages: Vec<Vec<u8>> = person.usages.iter().map(|usage| oid(usage)).collect();
    let mut extensions = vec![
        // digitalSignature, nonRepudiation
        extension("2.5.29.15", true, &[3, 2, 6, 0xc0]),
        extension("2.5.29.37", false, &sequence_of(&usages)),
    ];
    if person.profile.country() == Country::Russia {
        extensions.extend(russian_extensions());
    }
    if let Some(days) = person.key_days {
        let until = generalized(days);
        let period = sequence(&[
            &tlv(implicit(0), &generalized(-30)),
            &tlv(implicit(1), &until),
        ]);
        extensions.push(extension("2.5.29.16", false, &period));
    }
    extensions
}

/// What makes a Russian certificate a qualified one, were the authority accredited.
fn russian_extensions() -> [Vec<u8>; 4] {
    let text = |text: &str| tlv(Tag::Utf8String, text.as_bytes());
    let policy = |class| sequence(&[&oid(class)]);
    let classes = [policy("1.2.643.100.113.1"), policy("1.2.643.100.113.2")];
    let (tool, paper) = (text("«Средство ЭП» (демо)"), text("сертификат № 0 (демо)"));
    [
        extension("2.5.29.32", false, &sequence_of(&classes)),
        extension("1.2.643.100.111", false, &tool),
        extension(
            "1.2.643.100.112",
            false,
            &sequence(&[&tool, &text("«УЦ» (демо)"), &paper, &paper]),
        ),
        extension("1.2.643.100.114", false, &tlv(Tag::Integer, &[0])),
    ]
}

/// Numbers are NumericString, countries PrintableString, everything else UTF8String.
fn distinguished_name(attributes: &[(&str, &str)]) -> Vec<u8> {
    let attribute = |(kind, value): &(&str, &str)| {
        let tag = match *kind {
            kind if kind.starts_with("1.2.643.") => Tag::NumericString,
            "2.5.4.6" => Tag::PrintableString,
            _ => Tag::Utf8String,
        };
        let pair = sequence(&[&oid(kind), &tlv(tag, value.as_bytes())]);
        tlv(Tag::Set, &pair)
    };
    let attributes: Vec<Vec<u8>> = attributes.iter().map(attribute).collect();
    sequence_of(&attributes)
}

fn extension(name: &str, critical: bool, value: &[u8]) -> Vec<u8> {
    let critical = match critical {
        true => tlv(Tag::Boolean, &[0xff]),
        false => Vec::new(),
    };
    sequence(&[&oid(name), &critical, &tlv(Tag::OctetString, value)])
}

fn moment(days: i64) -> DateTime {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    let offset = Duration::from_secs(DAY * days.unsigned_abs());
    let moment = match days < 0 {
        true => now - offset,
        false => now + offset,
    };
    DateTime::from_unix_duration(Duration::from_secs(moment.as_secs())).unwrap()
}

fn time(days: i64) -> Vec<u8> {
    x509_cert::time::Time::from(moment(days)).to_der().unwrap()
}

/// The content of a GeneralizedTime.
fn generalized(days: i64) -> Vec<u8> {
    let digits = moment(days).to_string();
    let digits: String = digits.chars().filter(char::is_ascii_digit).collect();
    [digits.as_bytes(), b"Z"].concat()
}

fn oid(dotted: &str) -> Vec<u8> {
    ObjectIdentifier::new_unwrap(dotted).to_der().unwrap()
}

fn sequence(parts: &[&[u8]]) -> Vec<u8> {
    tlv(Tag::Sequence, &parts.concat())
}

fn sequence_of(elements: &[Vec<u8>]) -> Vec<u8> {
    tlv(Tag::Sequence, &elements.concat())
}

fn explicit(number: u32) -> Tag {
    Tag::ContextSpecific {
        constructed: true,
        number: TagNumber(number),
    }
}

fn implicit(number: u32) -> Tag {
    Tag::ContextSpecific {
        constructed: false,
        number: TagNumber(number),
    }
}

fn tlv(tag: Tag, content: &[u8]) -> Vec<u8> {
    AnyRef::new(tag, content).unwrap().to_der().unwrap()
}
