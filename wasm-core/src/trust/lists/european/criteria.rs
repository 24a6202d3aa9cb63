//! Which certificates a qualification is about (TS 119 612 §5.5.9.2.2).

use super::reading::ADDITIONAL;
use crate::{
    certificate::{Certificate, Usage},
    trust::lists::reading::{child, children, text},
    xml::{Node, signature::xades::XADES},
};
use serde::{Deserialize, Serialize};

/// The namespace of qualifications.
pub(super) const QUALIFICATIONS: &str =
    "http://uri.etsi.org/TrstSvc/SvcInfoExt/eSigDir-1999-93-EC-TrustedList/#";

/// A CriteriaList.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Criteria {
    /// How many of them have to hold.
    pub assertion: Assertion,
    /// What is asked.
    pub criteria: Vec<Criterion>,
}

/// How many criteria have to hold.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub enum Assertion {
    /// All of them.
    All,
    /// One of them.
    AtLeastOne,
    /// None of them.
    None,
}

/// What is asked of a certificate.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub enum Criterion {
    /// That these key usages are set, or are not.
    KeyUsage(Vec<(Usage, bool)>),
    /// That it has all these policies.
    Policies(Vec<String>),
    /// That it has all these extended key usages.
    ExtendedKeyUsage(Vec<String>),
    /// That its subject has attributes of all these types.
    SubjectAttributes(Vec<String>),
    /// That other criteria hold.
    Nested(Criteria),
    /// Something that is not understood.
    Unknown,
}

/// The names of key usages in lists.
const KEY_USAGES: [(&str, Usage); 9] = [
    ("digitalSignature", Usage::DigitalSignature),
    ("nonRepudiation", Usage::NonRepudiation),
    ("keyEncipherment", Usage::KeyEncipherment),
    ("dataEncipherment", Usage::DataEncipherment),
    ("keyAgreement", Usage::KeyAgreement),
    ("keyCertSign", Usage::KeyCertSign),
    ("crlSign", Usage::CrlSign),
    ("encipherOnly", Usage::EncipherOnly),
    ("decipherOnly", Usage::DecipherOnly),
];

impl Criteria {
    /// Criteria that are not understood.
    pub(super) fn unknown() -> Self {
        Self {
            assertion: Assertion::All,
            criteria: vec![Criterion::Unknown],
        }
    }

    /// How deep they lie in each other is bounded by the document's own depth.
    pub(super) fn read(list: Node<'_>) -> Self {
        let assertion = match list.attribute("assert") {
            Some("all") => Assertion::All,
            Some("atLeastOne") => Assertion::AtLeastOne,
            Some("none") => Assertion::None,
            _ => return Self::unknown(),
        };
        let is_text = |it: &Node<'_>| it.has_tag_name((QUALIFICATIONS, "Description"));
        let elements = list.children().filter(|it| it.is_element() && !is_text(it));
        Self {
            assertion,
            criteria: elements.flat_map(criteria).collect(),
        }
    }

    /// Whether they hold of a certificate; `None` where that hangs on something that is not understood.
    pub(super) fn hold(&self, certificate: &Certificate) -> Option<bool> {
        let all = self.criteria.iter().map(|it| it.holds(certificate));
        let all: Vec<Option<bool>> = all.collect();
        let unknown = all.contains(&None);
        let any = |value: bool| all.contains(&Some(value));
        match self.assertion {
            Assertion::All if any(false) => Some(false),
            Assertion::AtLeastOne if any(true) => Some(true),
            Assertion::None if any(true) => Some(false),
            _ if unknown => None,
            Assertion::All | Assertion::None => Some(true),
            Assertion::AtLeastOne => Some(false),
        }
    }
}

impl Criterion {
    fn holds(&self, certificate: &Certificate) -> Option<bool> {
        Some(match self {
            Self::KeyUsage(bits) => {
                let set = certificate.key_usages().unwrap_or_default();
                bits.iter()
                    .all(|(usage, value)| set.contains(usage) == *value)
            }
            Self::Policies(oids) => oids.iter().all(|it| certificate.policies().contains(it)),
            Self::ExtendedKeyUsage(oids) => {
                let set = certificate.extended_usages().unwrap_or_default();
                oids.iter().all(|it| set.contains(it))
            }
            Self::SubjectAttributes(oids) => {
                let attributes = certificate.subject().attributes();
                oids.iter()
                    .all(|oid| attributes.iter().any(|it| it.oid == *oid))
            }
            Self::Nested(criteria) => return criteria.hold(certificate),
            Self::Unknown => return None,
        })
    }
}

fn criteria(element: Node<'_>) -> Vec<Criterion> {
    let name = element.tag_name();
    if name.namespace() != Some(QUALIFICATIONS) {
        return vec![Criterion::Unknown];
    }
    match name.name() {
        "KeyUsage" => vec![key_usage(element).map_or(Criterion::Unknown, Criterion::KeyUsage)],
        "PolicySet" => {
            let all = children(element, (QUALIFICATIONS, "PolicyIdentifier"));
            let all = identifiers(all);
            vec![all.map_or(Criterion::Unknown, Criterion::Policies)]
        }
        "CriteriaList" => vec![Criterion::Nested(Criteria::read(element))],
        "otherCriteriaList" => element
            .children()
            .filter(Node::is_element)
            .map(other)
            .collect(),
        _ => vec![Criterion::Unknown],
    }
}

fn key_usage(element: Node<'_>) -> Option<Vec<(Usage, bool)>> {
    let bits = children(element, (QUALIFICATIONS, "KeyUsageBit")).map(|bit| {
        let name = bit.attribute("name")?;
        let row = KEY_USAGES.iter().find(|(own, _)| *own == name)?;
        match &*text(bit) {
            "true" | "1" => Some((row.1, true)),
            "false" | "0" => Some((row.1, false)),
            _ => None,
        }
    });
    some(bits.collect::<Option<_>>()?)
}

/// TS 119 612 §5.5.9.2.2.3
fn other(element: Node<'_>) -> Criterion {
    let read = if element.has_tag_name((ADDITIONAL, "ExtendedKeyUsage")) {
        let all = children(element, (ADDITIONAL, "KeyPurposeId"));
        identifiers(all).map(Criterion::ExtendedKeyUsage)
    } else if element.has_tag_name((ADDITIONAL, "CertSubjectDNAttribute")) {
        let all = children(element, (ADDITIONAL, "AttributeOID"));
        identifiers(all).map(Criterion::SubjectAttributes)
    } else {
        None
    };
    read.unwrap_or(Criterion::Unknown)
}

/// The OIDs of XAdES ObjectIdentifiers, which may be written as URNs.
fn identifiers<'d>(all: impl Iterator<Item = Node<'d>>) -> Option<Vec<String>> {
    let oid = |it: Node<'_>| {
        let oid = text(child(it, (XADES, "Identifier"))?);
        Some(oid.strip_prefix("urn:oid:").unwrap_or(&oid).to_owned())
    };
    some(all.map(oid).collect::<Option<_>>()?)
}

/// A criterion that asks nothing is not understood.
fn some<T>(all: Vec<T>) -> Option<Vec<T>> {
    (!all.is_empty()).then_some(all)
}
