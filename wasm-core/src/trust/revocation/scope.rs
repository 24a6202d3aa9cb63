//! Which certificates a revocation list is about (RFC 5280 §5.2.5, §6.3.3 (b)).

use super::state::Reasons;
use crate::certificate::{
    Certificate, DistributionPoint, DistributionPointName, Element, Elements, GeneralName, Name,
    SEQUENCE, flags,
};
use der::{Encode as _, Tag, asn1::AnyRef};

/// What the extension issuingDistributionPoint says; without it a list is about all certificates of its issuer.
/// ```text
/// IssuingDistributionPoint ::= SEQUENCE {
///   distributionPoint          [0] DistributionPointName OPTIONAL,
///   onlyContainsUserCerts      [1] BOOLEAN DEFAULT FALSE,
///   onlyContainsCACerts        [2] BOOLEAN DEFAULT FALSE,
///   onlySomeReasons            [3] ReasonFlags OPTIONAL,
///   indirectCRL                [4] BOOLEAN DEFAULT FALSE,
///   onlyContainsAttributeCerts [5] BOOLEAN DEFAULT FALSE }
/// ```
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Scope {
    /// `distributionPoint`
    pub point: Option<DistributionPointName>,
    /// `onlyContainsUserCerts`
    pub only_users: bool,
    /// `onlyContainsCACerts`
    pub only_authorities: bool,
    /// `onlySomeReasons`
    pub reasons: Option<Reasons>,
    /// `indirectCRL`: certificates of other issuers too.
    pub indirect: bool,
    /// `onlyContainsAttributeCerts`
    pub only_attributes: bool,
}

impl Scope {
    pub(super) fn read(value: &[u8]) -> Option<Self> {
        let mut fields = Elements::of(value, SEQUENCE)?;
        let point = fields.next_if(0xa0);
        let only_users = boolean(fields.next_if(0x81))?;
        let only_authorities = boolean(fields.next_if(0x82))?;
        let reasons = fields.next_if(0x83);
        let indirect = boolean(fields.next_if(0x84))?;
        let only_attributes = boolean(fields.next_if(0x85))?;
        fields.is_at_end().then_some(Self {
            point: match point {
                Some(point) => Some(DistributionPointName::read(point.content)?),
                None => None,
            },
            only_users,
            only_authorities,
            reasons: reasons.map(|reasons| Reasons::from_flags(flags(reasons.content))),
            indirect,
            only_attributes,
        })
    }

    /// For which reasons a list of this scope by `list_issuer` says whether `certificate` was revoked, where one of `points`
    /// leads to it (RFC 5280 §6.3.3 (b), (d)).
    pub fn covers(
        &self,
        list_issuer: &Name,
        certificate: &Certificate,
        points: &[DistributionPoint],
    ) -> Reasons {
        let authority = certificate.is_authority();
        if self.only_attributes
            || self.only_users && authority
            || self.only_authorities && !authority
        {
            return Reasons::NONE;
        }
        let own = self.reasons.unwrap_or(Reasons::ALL);
        points
            .iter()
            .filter(|point| self.is_led_to(list_issuer, certificate, point))
            .map(|point| point.reasons.map_or(Reasons::ALL, Reasons::from_flags))
            .fold(Reasons::NONE, |covered, reasons| {
                covered.with(own.common(reasons))
            })
    }

    fn is_led_to(
        &self,
        list_issuer: &Name,
        certificate: &Certificate,
        point: &DistributionPoint,
    ) -> bool {
        // (b) (1)
        let issuer_fits = match &*point.crl_issuer {
            [] => list_issuer.is(certificate.issuer().der()),
            names => self.indirect && is_among(list_issuer, names),
        };
        // (b) (2) (i)
        let Some(own) = &self.point else {
            return issuer_fits;
        };
        let own = full_names(own, list_issuer);
        let named = match &point.name {
            Some(name) => full_names(name, list_issuer),
            None => point.crl_issuer.clone(),
        };
        issuer_fits
            && own
                .iter()
                .any(|one| named.iter().any(|other| is_same(one, other)))
    }
}

/// The points that lead to a certificate's lists: those that it names, and lists of its issuer that it does not name
/// (RFC 5280 §6.3.3, last paragraph).
pub(super) fn points_of(certificate: &Certificate) -> Vec<DistributionPoint> {
    let mut points = certificate.distribution_points().unwrap_or_default();
    let issuer = GeneralName::Directory(certificate.issuer().der().to_vec());
    points.push(DistributionPoint {
        name: Some(DistributionPointName::Full(vec![issuer])),
        reasons: None,
        crl_issuer: Vec::new(),
    });
    points
}

fn is_among(name: &Name, names: &[GeneralName]) -> bool {
    names
        .iter()
        .any(|other| matches!(other, GeneralName::Directory(der) if name.is(der)))
}

fn is_same(one: &GeneralName, other: &GeneralName) -> bool {
    match (one, other) {
        (GeneralName::Directory(one), GeneralName::Directory(other)) => {
            one == other || Name::parse(one).is_some_and(|one| one.is(other))
        }
        _ => one == other,
    }
}

/// The names of a point; a relative one behind the name of the list's issuer (RFC 5280 §4.2.1.13).
fn full_names(name: &DistributionPointName, list_issuer: &Name) -> Vec<GeneralName> {
    match name {
        DistributionPointName::Full(names) => names.clone(),
        DistributionPointName::Relative(last) => {
            let name = behind(list_issuer, last);
            name.map(GeneralName::Directory).into_iter().collect()
        }
    }
}

/// DER of the name with one more RelativeDistinguishedName (content of a SET) at its end.
fn behind(name: &Name, last: &[u8]) -> Option<Vec<u8>> {
    let above = Elements::of(name.der(), SEQUENCE)?.rest();
    let last = AnyRef::new(Tag::Set, last).and_then(|last| last.to_der());
    let content = [above, &*last.ok()?].concat();
    let name = AnyRef::new(Tag::Sequence, &content).and_then(|name| name.to_der());
    name.ok()
}

/// A BOOLEAN DEFAULT FALSE; TRUE is any octet but zero (X.690 §8.2.2).
fn boolean(element: Option<Element<'_>>) -> Option<bool> {
    match element.map(|element| element.content) {
        None => Some(false),
        Some([octet]) => Some(*octet != 0),
        Some(_) => None,
    }
}
