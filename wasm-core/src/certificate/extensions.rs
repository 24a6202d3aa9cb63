//! The extensions of a certificate (RFC 5280 §4.2) that are read together with it.

use super::{
    Certificate, Extension, Identification, Usage,
    constraints::{count, sole},
    general_name::GeneralName,
    russian,
    structure::{BOOLEAN, Element, Elements, INTEGER, SEQUENCE},
    usage,
};
use std::collections::HashSet;
use x509_parser::{
    asn1_rs::{Any, FromDer, GeneralizedTime, Oid},
    extensions::{self as x509, ExtendedKeyUsage, KeyUsage},
};

const AUTHORITY_KEY_IDENTIFIER: &str = "2.5.29.35";
const BASIC_CONSTRAINTS: &str = "2.5.29.19";
const CERTIFICATE_POLICIES: &str = "2.5.29.32";
const EXTENDED_KEY_USAGE: &str = "2.5.29.37";
const KEY_USAGE: &str = "2.5.29.15";
const PRIVATE_KEY_USAGE_PERIOD: &str = "2.5.29.16";
const SUBJECT_ALTERNATIVE_NAME: &str = "2.5.29.17";
const SUBJECT_KEY_IDENTIFIER: &str = "2.5.29.14";

/// All extensions, and what those say that matter for signing.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(super) struct Extensions {
    /// As they stand, in order.
    pub(super) all: Vec<Extension>,
    /// Bits of KeyUsage, bit 0 is digitalSignature; `None` where the extension is absent.
    pub(super) key_usage: Option<u16>,
    /// The OIDs of ExtendedKeyUsage; `None` where the extension is absent.
    pub(super) extended: Option<Vec<String>>,
    pub(super) basic_constraints: Option<BasicConstraints>,
    pub(super) alternative_names: Vec<GeneralName>,
    pub(super) subject_key: Option<Vec<u8>>,
    pub(super) authority_key: Option<AuthorityKey>,
    pub(super) policies: Vec<String>,
    /// The last second in which the private key may sign, Unix time.
    pub(super) key_until: Option<i64>,
    pub(super) signing_tool: Option<String>,
    pub(super) issuer_tool: Option<String>,
    pub(super) identification: Option<Identification>,
    /// The OIDs of those that are known and cannot be read, or stand twice.
    pub(super) unreadable: Vec<String>,
    /// One of them cannot be read though it decides about signing, or stands twice.
    pub(super) defective: bool,
    /// Whether basicConstraints is written as DER has it.
    pub(super) canonical: bool,
}

/// Whether a certificate may issue others (RFC 5280 §4.2.1.9).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct BasicConstraints {
    /// `cA`
    pub authority: bool,
    /// `pathLenConstraint`: how many authorities may stand between it and a person's certificate.
    pub path_length: Option<u32>,
}

/// Which key signed a certificate (RFC 5280 §4.2.1.1).
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct AuthorityKey {
    /// `keyIdentifier`
    pub identifier: Option<Vec<u8>>,
    /// `authorityCertIssuer`, who issued the issuer's certificate.
    pub issuer: Vec<GeneralName>,
    /// `authorityCertSerialNumber`, the content of an INTEGER.
    pub serial: Option<Vec<u8>>,
}

impl Extensions {
    pub(super) fn read(all: Vec<Extension>) -> Self {
        let mut read = Self {
            canonical: true,
            ..Self::default()
        };
        let mut seen = HashSet::new();
        for extension in &all {
            let readable = read.take(&extension.oid, &extension.value).is_some();
            let repeated = !seen.insert(&extension.oid);
            if !readable || repeated {
                read.unreadable.push(extension.oid.clone());
            }
            read.defective |= repeated || !readable && decides(&extension.oid);
        }
        read.all = all;
        read
    }

    /// `None` where the extension is known and cannot be read.
    fn take(&mut self, oid: &str, value: &[u8]) -> Option<()> {
        match oid {
            KEY_USAGE => self.key_usage = Some(KeyUsage::from_der(value).ok()?.1.flags),
            EXTENDED_KEY_USAGE => {
                self.extended = Some(usage::oids(&ExtendedKeyUsage::from_der(value).ok()?.1));
            }
            BASIC_CONSTRAINTS => {
                let (constraints, canonical) = basic_constraints(value)?;
                self.basic_constraints = Some(constraints);
                self.canonical = canonical;
            }
            SUBJECT_ALTERNATIVE_NAME => {
                let names = Elements::in_contents(value).next_if(SEQUENCE)?;
                self.alternative_names = GeneralName::list(names.content)?;
            }
            SUBJECT_KEY_IDENTIFIER => {
                let (_, identifier) = x509::KeyIdentifier::from_der(value).ok()?;
                self.subject_key = Some(identifier.0.to_vec());
            }
            AUTHORITY_KEY_IDENTIFIER => self.authority_key = Some(authority_key(value)?),
            CERTIFICATE_POLICIES => self.policies = policies(value)?,
            PRIVATE_KEY_USAGE_PERIOD => self.key_until = key_until(value)?,
            russian::SUBJECT_SIGN_TOOL => self.signing_tool = russian::signing_tool(value),
            russian::ISSUER_SIGN_TOOL => self.issuer_tool = russian::issuer_tool(value),
            russian::IDENTIFICATION_KIND => self.identification = Identification::read(value),
            _ => {}
        }
        Some(())
    }

    /// The extension of this type, if it is there.
    pub(super) fn find(&self, oid: &str) -> Option<&Extension> {
        self.all.iter().find(|extension| extension.oid == oid)
    }

    /// The value of the extension of this type, if it is there.
    pub(super) fn value(&self, oid: &str) -> Option<&[u8]> {
        self.find(oid).map(|extension| &*extension.value)
    }

    /// The name in a subjectAltName that says most to people: a mail address, else a computer's.
    pub(super) fn alternative_name(&self) -> Option<&str> {
        let names = &self.alternative_names;
        let email = names.iter().find_map(GeneralName::email);
        email
            .or_else(|| names.iter().find_map(GeneralName::place))
            .filter(|name| !name.trim().is_empty())
    }
}

impl Certificate {
    /// Every extension in order, whether it is understood or not.
    pub fn extensions(&self) -> &[Extension] {
        &self.extensions.all
    }

    /// The extension of this type (an OID in dotted form), if it is there.
    pub fn extension(&self, oid: &str) -> Option<&Extension> {
        self.extensions.find(oid)
    }

    /// The OIDs of the extensions that are known and cannot be read, or stand twice.
    pub fn unreadable_extensions(&self) -> &[String] {
        &self.extensions.unreadable
    }

    /// The key usages in the order of their bits; `None` where the extension is absent, which allows all.
    pub fn key_usages(&self) -> Option<Vec<Usage>> {
        let flags = self.extensions.key_usage;
        flags.map(|_| usage::usages(flags, &[]))
    }

    /// The OIDs of the extended key usages; `None` where the extension is absent, which allows all.
    pub fn extended_usages(&self) -> Option<&[String]> {
        self.extensions.extended.as_deref()
    }

    /// Whether it may issue others, and how far down.
    pub fn basic_constraints(&self) -> Option<BasicConstraints> {
        self.extensions.basic_constraints
    }

    /// Other names of the subject.
    pub fn alternative_names(&self) -> &[GeneralName] {
        &self.extensions.alternative_names
    }

    /// The identifier of its own key.
    pub fn subject_key(&self) -> Option<&[u8]> {
        self.extensions.subject_key.as_deref()
    }

    /// Which key signed it.
    pub fn authority_key(&self) -> Option<&AuthorityKey> {
        self.extensions.authority_key.as_ref()
    }

    /// The OIDs of its policies.
    pub fn policies(&self) -> &[String] {
        &self.extensions.policies
    }

    /// The highest class of Russian signing tools that it is for.
    pub fn tool_class(&self) -> Option<&'static str> {
        russian::tool_class(self.policies())
    }
}

/// Whether the extension of this type decides on fitness, so that it has to be readable.
fn decides(oid: &str) -> bool {
    [
        KEY_USAGE,
        BASIC_CONSTRAINTS,
        EXTENDED_KEY_USAGE,
        PRIVATE_KEY_USAGE_PERIOD,
    ]
    .contains(&oid)
}

/// ```text
/// BasicConstraints ::= SEQUENCE {
///   cA                BOOLEAN DEFAULT FALSE,
///   pathLenConstraint INTEGER (0..MAX) OPTIONAL }
/// ```
/// Some authorities write TRUE as another octet than DER has it, and some write the default: the second value is whether
/// it is as DER has it.
fn basic_constraints(value: &[u8]) -> Option<(BasicConstraints, bool)> {
    let mut fields = sole(value, SEQUENCE)?;
    let authority = fields.next_if(BOOLEAN);
    let path_length = fields.next_if(INTEGER).map(|it| count(it.content));
    let constraints = BasicConstraints {
        authority: authority.is_some_and(|it| it.content != [0]),
        path_length: match path_length {
            Some(length) => Some(length?),
            None => None,
        },
    };
    let canonical = authority.is_none_or(|it| it.content == [0xff]);
    fields.is_at_end().then_some((constraints, canonical))
}

/// ```text
/// AuthorityKeyIdentifier ::= SEQUENCE {
///   keyIdentifier             [0] KeyIdentifier OPTIONAL,
///   authorityCertIssuer       [1] GeneralNames OPTIONAL,
///   authorityCertSerialNumber [2] CertificateSerialNumber OPTIONAL }
/// ```
pub(crate) fn authority_key(value: &[u8]) -> Option<AuthorityKey> {
    let mut fields = Elements::of(value, SEQUENCE)?;
    let identifier = fields.next_if(0x80);
    let issuer = fields.next_if(0xa1);
    let issuer = issuer.and_then(|names| GeneralName::list(names.content));
    let serial = fields.next_if(0x82);
    Some(AuthorityKey {
        identifier: identifier.map(|it| it.content.to_vec()),
        issuer: issuer.unwrap_or_default(),
        serial: serial.map(|it| it.content.to_vec()),
    })
}

/// The OIDs of a SEQUENCE OF PolicyInformation, which begins with one.
fn policies(value: &[u8]) -> Option<Vec<String>> {
    let policies = Elements::of(value, SEQUENCE)?.all()?.into_iter();
    let oid = |policy: Element<'_>| {
        let oid = Elements::of(policy.der, SEQUENCE)?.next()?;
        Some(Oid::from_der(oid.der).ok()?.1.to_id_string())
    };
    policies.map(oid).collect()
}

/// The end of a PrivateKeyUsagePeriod (RFC 3280 §4.2.1.4), if it names one; `None` if it cannot be read.
/// ```text
/// PrivateKeyUsagePeriod ::= SEQUENCE {
///   notBefore [0] IMPLICIT GeneralizedTime OPTIONAL,
///   notAfter  [1] IMPLICIT GeneralizedTime OPTIONAL }
/// ```
fn key_until(extension: &[u8]) -> Option<Option<i64>> {
    let (rest, period) = Any::from_der(extension).ok()?;
    let mut fields = period.data;
    if !rest.is_empty() {
        return None;
    }
    while !fields.is_empty() {
        let (after, field) = Any::from_der(fields).ok()?;
        if field.tag().0 == 1 {
            let time = [&[0x18, u8::try_from(field.data.len()).ok()?], field.data].concat();
            let (_, time) = GeneralizedTime::from_der(&time).ok()?;
            return Some(Some(time.utc_datetime().ok()?.unix_timestamp()));
        }
        fields = after;
    }
    Some(None)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// By OpenSSL, with every extension that is read (`tests/fixtures/make`).
    const DETAILED: &[u8] = include_bytes!("../../tests/fixtures/detailed.der");

    fn detailed() -> Certificate {
        Certificate::parse(DETAILED).unwrap()
    }

    #[test]
    fn usages_constraints_and_policies_are_read() {
        let certificate = detailed();
        let usages = certificate.key_usages();
        assert_eq!(usages, Some(vec![Usage::KeyCertSign, Usage::CrlSign]));
        let extended = certificate.extended_usages().unwrap();
        assert_eq!(extended, ["1.3.6.1.5.5.7.3.9", "1.2.3.4"]);
        assert_eq!(
            certificate.basic_constraints(),
            Some(BasicConstraints {
                authority: true,
                path_length: Some(2)
            })
        );
        let policies = ["1.2.643.100.113.1", "1.2.643.100.113.2", "1.2.3.4"];
        assert_eq!(certificate.policies(), policies);
        assert_eq!(certificate.tool_class(), Some("КС2"));
        let last = certificate.extensions().last().unwrap();
        assert_eq!((&*last.oid, last.critical), ("1.2.3.4.5", true));
        assert_eq!(last.value, [5, 0]);
    }

    #[test]
    fn keys_and_other_names_are_read() {
        let certificate = detailed();
        let own = certificate.subject_key();
        assert_eq!(own.map(<[u8]>::len), Some(20));
        let authority = certificate.authority_key().unwrap();
        assert_eq!(authority.identifier.as_deref(), own);
        assert_eq!(authority.serial.as_deref(), Some(&[0x65, 0x8a, 0x99][..]));
        let issuer = GeneralName::Directory(certificate.issuer().der().to_vec());
        assert_eq!(authority.issuer, [issuer]);
        let [email, dns, web, ip, directory, other] = certificate.alternative_names() else {
            panic!("{:?}", certificate.alternative_names());
        };
        assert_eq!(email, &GeneralName::Email("ca@example.kz".to_owned()));
        assert_eq!(dns, &GeneralName::Dns("ca.example.kz".to_owned()));
        let address = "http://ca.example.kz/".to_owned();
        assert_eq!(web, &GeneralName::Uri(address));
        assert_eq!(ip, &GeneralName::Ip(vec![192, 0, 2, 1]));
        assert!(matches!(directory, GeneralName::Directory(_)));
        assert!(matches!(other, GeneralName::Other(_)));
    }

    /// What cannot be read makes a certificate unfit where it decides about signing, and only there.
    #[test]
    fn damage_counts_where_it_decides() {
        for (oid, defective) in [
            (KEY_USAGE, true),
            (EXTENDED_KEY_USAGE, true),
            (BASIC_CONSTRAINTS, true),
            (PRIVATE_KEY_USAGE_PERIOD, true),
            (SUBJECT_ALTERNATIVE_NAME, false),
            (CERTIFICATE_POLICIES, false),
        ] {
            let damaged = Extension {
                oid: oid.to_owned(),
                critical: false,
                value: vec![0x30, 5],
            };
            let once = Extensions::read(vec![damaged.clone()]);
            assert_eq!(once.defective, defective, "{oid}");
            let twice = Extensions::read(vec![damaged.clone(), damaged]);
            assert!(twice.defective, "{oid}");
        }
    }

    #[test]
    fn the_end_of_the_keys_own_term() {
        let until = [b"\x30\x11\x81\x0f".as_slice(), b"20270101000000Z"].concat();
        assert_eq!(key_until(&until), Some(Some(1_798_761_600)));
        let both = [b"\x30\x22\x80\x0f20260101000000Z".as_slice(), &until[2..]].concat();
        assert_eq!(key_until(&both), Some(Some(1_798_761_600)));
        assert_eq!(key_until(b"\x30\x00"), Some(None));
        assert_eq!(key_until(b"\x30\x04\x81\x02no"), None);
        assert_eq!(key_until(b"\x30"), None);
    }
}
