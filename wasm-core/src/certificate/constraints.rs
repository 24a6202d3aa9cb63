//! What an authority's certificate says about the certificates below it. Only who validates paths asks, so these
//! extensions are read then.

use super::{
    Certificate,
    general_name::GeneralName,
    structure::{Element, Elements, SEQUENCE},
};
use x509_parser::asn1_rs::{FromDer as _, Oid};

const NAME_CONSTRAINTS: &str = "2.5.29.30";
const POLICY_MAPPINGS: &str = "2.5.29.33";
const POLICY_CONSTRAINTS: &str = "2.5.29.36";
const INHIBIT_ANY_POLICY: &str = "2.5.29.54";

/// For whom an authority may issue certificates (RFC 5280 §4.2.1.10).
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct NameConstraints {
    /// Whether the extension is critical.
    pub critical: bool,
    /// `permittedSubtrees`: their bases.
    pub permitted: Vec<GeneralName>,
    /// `excludedSubtrees`: their bases.
    pub excluded: Vec<GeneralName>,
}

/// How many certificates further down something about policies begins to hold (RFC 5280 §4.2.1.11, §4.2.1.14).
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct PolicyLimits {
    /// `requireExplicitPolicy`
    pub require_explicit: Option<u32>,
    /// `inhibitPolicyMapping`
    pub inhibit_mapping: Option<u32>,
    /// The InhibitAnyPolicy extension.
    pub inhibit_any: Option<u32>,
}

/// An extension that cannot be read; its OID.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct ExtensionMalformed(pub &'static str);

impl Certificate {
    /// For whom it may issue certificates; nothing is constrained where the extension is absent.
    ///
    /// # Errors
    /// [`ExtensionMalformed`]
    pub fn name_constraints(&self) -> Result<NameConstraints, ExtensionMalformed> {
        let Some(extension) = self.extensions.find(NAME_CONSTRAINTS) else {
            return Ok(NameConstraints::default());
        };
        let constraints = name_constraints(&extension.value);
        let constraints = constraints.ok_or(ExtensionMalformed(NAME_CONSTRAINTS))?;
        Ok(NameConstraints {
            critical: extension.critical,
            ..constraints
        })
    }

    /// From which certificate on policies are required, no longer mapped, or no longer matched by any-policy.
    ///
    /// # Errors
    /// [`ExtensionMalformed`]
    pub fn policy_limits(&self) -> Result<PolicyLimits, ExtensionMalformed> {
        let mut limits = PolicyLimits::default();
        if let Some(value) = self.extensions.value(POLICY_CONSTRAINTS) {
            limits = policy_constraints(value).ok_or(ExtensionMalformed(POLICY_CONSTRAINTS))?;
        }
        if let Some(value) = self.extensions.value(INHIBIT_ANY_POLICY) {
            let certificates = inhibit_any_policy(value);
            let certificates = certificates.ok_or(ExtensionMalformed(INHIBIT_ANY_POLICY))?;
            limits.inhibit_any = Some(certificates);
        }
        Ok(limits)
    }

    /// Which policies of its issuer are which of its subject: pairs of OIDs (RFC 5280 §4.2.1.5).
    ///
    /// # Errors
    /// [`ExtensionMalformed`]
    pub fn policy_mappings(&self) -> Result<Vec<(String, String)>, ExtensionMalformed> {
        match self.extensions.value(POLICY_MAPPINGS) {
            Some(value) => policy_mappings(value).ok_or(ExtensionMalformed(POLICY_MAPPINGS)),
            None => Ok(Vec::new()),
        }
    }
}

/// ```text
/// NameConstraints ::= SEQUENCE {
///   permittedSubtrees [0] GeneralSubtrees OPTIONAL,
///   excludedSubtrees  [1] GeneralSubtrees OPTIONAL }
/// ```
/// One of them has to be there (RFC 5280 §4.2.1.10).
fn name_constraints(value: &[u8]) -> Option<NameConstraints> {
    let mut fields = sole(value, SEQUENCE)?;
    let permitted = fields.next_if(0xa0);
    let excluded = fields.next_if(0xa1);
    let is_whole = fields.is_at_end() && (permitted.is_some() || excluded.is_some());
    let read = |subtrees: Option<Element<'_>>| match subtrees {
        Some(subtrees) => bases(subtrees.content),
        None => Some(Vec::new()),
    };
    is_whole.then_some(NameConstraints {
        critical: false,
        permitted: read(permitted)?,
        excluded: read(excluded)?,
    })
}

/// ```text
/// GeneralSubtree ::= SEQUENCE {
///   base         GeneralName,
///   minimum  [0] BaseDistance DEFAULT 0,
///   maximum  [1] BaseDistance OPTIONAL }
/// ```
/// No minimum but 0 and no maximum is used (RFC 5280 §4.2.1.10).
fn bases(subtrees: &[u8]) -> Option<Vec<GeneralName>> {
    let subtrees = Elements::in_contents(subtrees).all()?;
    if subtrees.is_empty() {
        return None;
    }
    let base = |subtree: Element<'_>| {
        let mut fields = Elements::of(subtree.der, SEQUENCE)?;
        let base = fields.next()?;
        let minimum = fields.next_if(0x80);
        let is_whole = fields.is_at_end() && minimum.is_none_or(|it| it.content == [0]);
        let [base] = <[_; 1]>::try_from(GeneralName::list(base.der)?).ok()?;
        is_whole.then_some(base)
    };
    subtrees.into_iter().map(base).collect()
}

/// ```text
/// PolicyConstraints ::= SEQUENCE {
///   requireExplicitPolicy [0] SkipCerts OPTIONAL,
///   inhibitPolicyMapping  [1] SkipCerts OPTIONAL }
/// ```
/// One of them has to be there (RFC 5280 §4.2.1.11).
fn policy_constraints(value: &[u8]) -> Option<PolicyLimits> {
    let mut fields = sole(value, SEQUENCE)?;
    let explicit = fields.next_if(0x80);
    let mapping = fields.next_if(0x81);
    let is_whole = fields.is_at_end() && (explicit.is_some() || mapping.is_some());
    let read = |field: Option<Element<'_>>| match field {
        Some(field) => count(field.content).map(Some),
        None => Some(None),
    };
    is_whole.then_some(PolicyLimits {
        require_explicit: read(explicit)?,
        inhibit_mapping: read(mapping)?,
        inhibit_any: None,
    })
}

fn inhibit_any_policy(value: &[u8]) -> Option<u32> {
    let [number] = *Elements::in_contents(value).all()? else {
        return None;
    };
    (number.der.first() == Some(&2)).then(|| count(number.content))?
}

/// The content of an INTEGER that counts certificates. No path is as long as what does not fit.
pub(super) fn count(content: &[u8]) -> Option<u32> {
    let is_negative = *content.first()? >= 0x80;
    let value = content.iter().try_fold(0_u32, |value, octet| {
        value.checked_mul(256)?.checked_add(u32::from(*octet))
    });
    (!is_negative).then_some(value.unwrap_or(u32::MAX))
}

/// A SEQUENCE OF pairs of OIDs.
fn policy_mappings(value: &[u8]) -> Option<Vec<(String, String)>> {
    let pairs = sole(value, SEQUENCE)?.all()?.into_iter();
    let oid = |element: &Element<'_>| {
        let (_, oid) = Oid::from_der(element.der).ok()?;
        Some(oid.to_id_string())
    };
    let read = |pair: Element<'_>| match &*Elements::of(pair.der, SEQUENCE)?.all()? {
        [issuer, subject] => Some((oid(issuer)?, oid(subject)?)),
        _ => None,
    };
    pairs.map(read).collect()
}

/// The elements of the one structure that `value` is.
pub(super) fn sole(value: &[u8], identifier: u8) -> Option<Elements<'_>> {
    let [structure] = *Elements::in_contents(value).all()? else {
        return None;
    };
    Elements::of(structure.der, identifier)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn constraints_on_names_are_read() {
        let dns = |name: &str| GeneralName::Dns(name.to_owned());
        let both = b"\x30\x14\xa0\x08\x30\x06\x82\x04a.kz\xa1\x08\x30\x06\x82\x04b.kz";
        let read = name_constraints(both).unwrap();
        assert_eq!(
            (read.permitted, read.excluded),
            (vec![dns("a.kz")], vec![dns("b.kz")])
        );
        // A minimum that is the default, though DER leaves it out
        let minimum = b"\x30\x0d\xa0\x0b\x30\x09\x82\x04a.kz\x80\x01\x00";
        assert_eq!(name_constraints(minimum).unwrap().permitted, [dns("a.kz")]);
        for malformed in [
            &b"\x30\x00"[..],
            b"\x30\x02\xa0\x00",
            b"\x30\x0d\xa0\x0b\x30\x09\x82\x04a.kz\x80\x01\x01",
            b"\x30\x0d\xa0\x0b\x30\x09\x82\x04a.kz\x81\x01\x01",
            b"\x30\x0a\xa0\x08\x30\x06\x0c\x04a.kz",
            b"\x30\x00\x00",
        ] {
            assert_eq!(name_constraints(malformed), None, "{malformed:?}");
        }
    }

    #[test]
    fn limits_of_policies_are_read() {
        let limits = policy_constraints(b"\x30\x06\x80\x01\x00\x81\x01\x05").unwrap();
        assert_eq!(
            (limits.require_explicit, limits.inhibit_mapping),
            (Some(0), Some(5))
        );
        let long = policy_constraints(b"\x30\x08\x80\x06\x01\x00\x00\x00\x00\x00").unwrap();
        assert_eq!(long.require_explicit, Some(u32::MAX));
        for malformed in [
            &b"\x30\x00"[..],
            b"\x30\x03\x80\x01\xff",
            b"\x30\x03\x82\x01\x01",
        ] {
            assert_eq!(policy_constraints(malformed), None, "{malformed:?}");
        }
        assert_eq!(inhibit_any_policy(b"\x02\x01\x02"), Some(2));
        assert_eq!(inhibit_any_policy(b"\x04\x01\x02"), None);
    }

    #[test]
    fn mappings_are_pairs() {
        let mapping = b"\x30\x0a\x30\x08\x06\x02\x2a\x03\x06\x02\x2a\x04";
        let pair = ("1.2.3".to_owned(), "1.2.4".to_owned());
        assert_eq!(policy_mappings(mapping), Some(vec![pair]));
        assert_eq!(policy_mappings(b"\x30\x06\x30\x04\x06\x02\x2a\x03"), None);
    }
}
