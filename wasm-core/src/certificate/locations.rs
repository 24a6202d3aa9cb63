//! Where a certificate says that revocation lists, responders and issuers are. Only who goes there asks, so these
//! extensions are read then.

use super::{
    Certificate,
    general_name::GeneralName,
    structure::{Element, Elements, SEQUENCE},
};
use x509_parser::asn1_rs::{FromDer as _, Oid};

const AUTHORITY_INFORMATION_ACCESS: &str = "1.3.6.1.5.5.7.1.1";
/// id-ad-ocsp and id-ad-caIssuers (RFC 5280 §4.2.2.1).
const OCSP: &str = "1.3.6.1.5.5.7.48.1";
const CA_ISSUERS: &str = "1.3.6.1.5.5.7.48.2";
const CRL_DISTRIBUTION_POINTS: &str = "2.5.29.31";
/// Where deltas of the revocation lists are (RFC 5280 §4.2.1.15, §5.2.6), in certificates and in lists.
pub(crate) const FRESHEST_CRL: &str = "2.5.29.46";

/// Where a revocation list is (RFC 5280 §4.2.1.13).
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct DistributionPoint {
    /// `distributionPoint`
    pub name: Option<DistributionPointName>,
    /// Bits of ReasonFlags, bit 1 is keyCompromise; `None` where the list covers every reason.
    pub reasons: Option<u16>,
    /// `cRLIssuer`, where that is not the certificate's issuer.
    pub crl_issuer: Vec<GeneralName>,
}

/// What a revocation list is found by.
/// ```text
/// DistributionPointName ::= CHOICE {
///   fullName                [0] GeneralNames,
///   nameRelativeToCRLIssuer [1] RelativeDistinguishedName }
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum DistributionPointName {
    /// `fullName`
    Full(Vec<GeneralName>),
    /// `nameRelativeToCRLIssuer`: the content of the SET, to be put behind the name of the list's issuer.
    Relative(Vec<u8>),
}

impl DistributionPointName {
    /// Reads what the field's EXPLICIT tag holds.
    pub(crate) fn read(content: &[u8]) -> Option<Self> {
        let mut choice = Elements::in_contents(content);
        let name = match choice.next_if(0xa0) {
            Some(names) => Self::Full(GeneralName::list(names.content)?),
            None => Self::Relative(choice.next_if(0xa1)?.content.to_vec()),
        };
        choice.is_at_end().then_some(name)
    }
}

impl DistributionPoint {
    /// `fullName`, where it has that.
    pub fn full_name(&self) -> &[GeneralName] {
        match &self.name {
            Some(DistributionPointName::Full(names)) => names,
            Some(DistributionPointName::Relative(_)) | None => &[],
        }
    }
}

/// Where more about the issuer is (RFC 5280 §4.2.2.1).
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct AccessDescription {
    /// `accessMethod`, an OID in dotted form: id-ad-ocsp `1.3.6.1.5.5.7.48.1`, id-ad-caIssuers `1.3.6.1.5.5.7.48.2`.
    pub method: String,
    /// `accessLocation`
    pub location: GeneralName,
}

impl Certificate {
    /// Where its revocation lists are; `None` where the extension cannot be read.
    pub fn distribution_points(&self) -> Option<Vec<DistributionPoint>> {
        match self.extensions.value(CRL_DISTRIBUTION_POINTS) {
            Some(value) => distribution_points(value),
            None => Some(Vec::new()),
        }
    }

    /// Where deltas of its revocation lists are; `None` where the extension cannot be read.
    pub fn freshest_lists(&self) -> Option<Vec<DistributionPoint>> {
        match self.extensions.value(FRESHEST_CRL) {
            Some(value) => distribution_points(value),
            None => Some(Vec::new()),
        }
    }

    /// Where its issuer's certificate and responder are; `None` where the extension cannot be read.
    pub fn authority_information(&self) -> Option<Vec<AccessDescription>> {
        match self.extensions.value(AUTHORITY_INFORMATION_ACCESS) {
            Some(value) => access_descriptions(value),
            None => Some(Vec::new()),
        }
    }

    /// Where OCSP is answered about it (id-ad-ocsp): addresses (URIs); none where the extension cannot be read.
    pub fn responder_addresses(&self) -> impl Iterator<Item = String> {
        self.authority_addresses(OCSP)
    }

    /// Where its issuer's certificate is (id-ad-caIssuers), in the same way.
    pub fn issuer_addresses(&self) -> impl Iterator<Item = String> {
        self.authority_addresses(CA_ISSUERS)
    }

    fn authority_addresses(&self, method: &str) -> impl Iterator<Item = String> {
        let described = self.authority_information().unwrap_or_default();
        let of_method = described.into_iter().filter(move |it| it.method == method);
        of_method.filter_map(|it| match it.location {
            GeneralName::Uri(address) => Some(address),
            _ => None,
        })
    }
}

/// ```text
/// DistributionPoint ::= SEQUENCE {
///   distributionPoint [0] DistributionPointName OPTIONAL,
///   reasons           [1] ReasonFlags OPTIONAL,
///   cRLIssuer         [2] GeneralNames OPTIONAL }
/// ```
pub(crate) fn distribution_points(value: &[u8]) -> Option<Vec<DistributionPoint>> {
    let points = Elements::of(value, SEQUENCE)?.all()?.into_iter();
    let read = |point: Element<'_>| {
        let mut fields = Elements::of(point.der, SEQUENCE)?;
        let name = fields.next_if(0xa0);
        let reasons = fields.next_if(0x81);
        let crl_issuer = fields.next_if(0xa2);
        fields.is_at_end().then_some(DistributionPoint {
            name: match name {
                Some(name) => Some(DistributionPointName::read(name.content)?),
                None => None,
            },
            reasons: reasons.map(|reasons| flags(reasons.content)),
            crl_issuer: match crl_issuer {
                Some(names) => GeneralName::list(names.content)?,
                None => Vec::new(),
            },
        })
    };
    points.map(read).collect()
}

/// The first 16 bits of a BIT STRING, bit 0 first.
pub(crate) fn flags(bits: &[u8]) -> u16 {
    let octet = |place: usize| bits.get(place).copied().unwrap_or_default().reverse_bits();
    u16::from_le_bytes([octet(1), octet(2)])
}

/// ```text
/// AccessDescription ::= SEQUENCE {
///   accessMethod   OBJECT IDENTIFIER,
///   accessLocation GeneralName }
/// ```
fn access_descriptions(value: &[u8]) -> Option<Vec<AccessDescription>> {
    let descriptions = Elements::of(value, SEQUENCE)?.all()?.into_iter();
    let read = |description: Element<'_>| {
        let [method, location] = *Elements::of(description.der, SEQUENCE)?.all()? else {
            return None;
        };
        Some(AccessDescription {
            method: Oid::from_der(method.der).ok()?.1.to_id_string(),
            location: GeneralName::list(location.der)?.pop()?,
        })
    };
    descriptions.map(read).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::certificate::Name;

    /// By OpenSSL, with every extension that is read (`tests/fixtures/make`).
    const DETAILED: &[u8] = include_bytes!("../../tests/fixtures/detailed.der");

    fn uri(address: &str) -> GeneralName {
        GeneralName::Uri(address.to_owned())
    }

    fn is_authority(name: &GeneralName) -> bool {
        let GeneralName::Directory(der) = name else {
            return false;
        };
        let name = Name::parse(der).unwrap();
        let last = name.attributes().last().unwrap();
        last.value == "Tamga Test Authority"
    }

    #[test]
    fn revocation_lists_and_responders_are_found() {
        let certificate = Certificate::parse(DETAILED).unwrap();
        let points = certificate.distribution_points().unwrap();
        let [all, some] = &*points else {
            panic!("{points:?}");
        };
        let names = [
            uri("http://ca.example.kz/ca.crl"),
            uri("ldap://ca.example.kz/"),
        ];
        assert_eq!(all.full_name(), names);
        assert_eq!((all.reasons, all.crl_issuer.len()), (None, 0));
        assert_eq!(some.full_name(), [uri("http://ca.example.kz/some.crl")]);
        // keyCompromise and cACompromise
        assert_eq!(some.reasons, Some(0b110));
        assert!(matches!(&*some.crl_issuer, [issuer] if is_authority(issuer)));
        let access = certificate.authority_information().unwrap();
        let access: Vec<_> = access
            .iter()
            .map(|it| (&*it.method, it.location.clone()))
            .collect();
        assert_eq!(
            access,
            [
                ("1.3.6.1.5.5.7.48.1", uri("http://ocsp.example.kz/")),
                ("1.3.6.1.5.5.7.48.2", uri("http://ca.example.kz/ca.cer")),
            ]
        );
        let plain = include_bytes!("../../tests/fixtures/authority.der");
        let plain = Certificate::parse(plain).unwrap();
        assert_eq!(plain.distribution_points(), Some(Vec::new()));
        assert_eq!(plain.authority_information(), Some(Vec::new()));
        assert_eq!(distribution_points(&[0x30, 5]), None);
        assert_eq!(access_descriptions(&[0x30, 2, 0x30, 0]), None);
    }
}
