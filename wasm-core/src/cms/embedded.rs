//! Evidence that came inside of a signature or a timestamp: certificates, revocation lists and OCSP answers. Nothing is
//! believed of it because it is there.

use super::{
    attributes::Attributes,
    der_prefix::{OBJECT_IDENTIFIER, OCTET_STRING, SEQUENCE, structure},
    structure::RawSet,
};
use crate::ber;
use const_oid::ObjectIdentifier;
use der::{Decode as _, Tag, Tagged as _, asn1::AnyRef};

/// The most lists, and the most answers, that are looked at.
pub(super) const MAX_EVIDENCE: usize = 100;
/// The most certificates.
const MAX_CERTIFICATES: usize = 1000;
/// certificate-values (ETSI EN 319 122-1 §A.1.1.2)
const CERTIFICATE_VALUES: ObjectIdentifier =
    ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.2.23");
/// revocation-values (§A.1.2.2)
const REVOCATION_VALUES: ObjectIdentifier =
    ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.2.24");
/// id-ri-ocsp-response (RFC 5940 §2.1): an OCSPResponse
const OCSP_RESPONSE: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.16.2");
/// id-pkix-ocsp-basic (RFC 6960 §4.2.1), which some name instead: a BasicOCSPResponse
const OCSP_BASIC: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.48.1.1");
/// CONTEXT 0 and 1, constructed
const LISTS: u8 = 0xa0;
const ANSWERS: u8 = 0xa1;

/// Evidence, DER or what claims to be.
#[derive(Clone, Debug, Default)]
pub struct Embedded {
    /// Certificates.
    pub certificates: Vec<Vec<u8>>,
    /// Revocation lists.
    pub lists: Vec<Vec<u8>>,
    /// OCSPResponses.
    pub answers: Vec<Vec<u8>>,
}

impl Embedded {
    /// What is in these unsigned attributes.
    pub(super) fn of_attributes(attributes: &Attributes<'_>) -> Self {
        let mut found = Self::default();
        for values in attributes.values(CERTIFICATE_VALUES) {
            found.certificates.extend(members(values, MAX_CERTIFICATES));
        }
        for values in attributes.values(REVOCATION_VALUES) {
            found.take_values(values);
        }
        found.bounded()
    }

    /// What is in these RevocationInfoChoices (RFC 5652 §10.2.1).
    pub(super) fn of_choices(choices: &[Vec<u8>]) -> Self {
        let lists = choices.iter().filter(|der| der.first() == Some(&SEQUENCE));
        let found = Self {
            certificates: Vec::new(),
            lists: lists.cloned().collect(),
            answers: choices.iter().filter_map(|der| answer(der)).collect(),
        };
        found.bounded()
    }

    /// Both together.
    #[must_use]
    pub fn with(mut self, other: Self) -> Self {
        self.certificates.extend(other.certificates);
        self.lists.extend(other.lists);
        self.answers.extend(other.answers);
        self.bounded()
    }

    fn bounded(mut self) -> Self {
        self.certificates.truncate(MAX_CERTIFICATES);
        self.lists.truncate(MAX_EVIDENCE);
        self.answers.truncate(MAX_EVIDENCE);
        self
    }

    /// ```text
    /// RevocationValues ::= SEQUENCE {
    ///   crlVals      [0] EXPLICIT SEQUENCE OF CertificateList OPTIONAL,
    ///   ocspVals     [1] EXPLICIT SEQUENCE OF BasicOCSPResponse OPTIONAL,
    ///   otherRevVals [2] EXPLICIT OtherRevVals OPTIONAL }
    /// ```
    fn take_values(&mut self, values: &[u8]) {
        for field in members(values, MAX_EVIDENCE) {
            let Ok(inner) = AnyRef::from_der(&field) else {
                continue;
            };
            let inner = members(inner.value(), MAX_EVIDENCE);
            match field.first() {
                Some(&LISTS) => self.lists.extend(inner),
                Some(&ANSWERS) => self.answers.extend(inner.iter().map(|it| response(it))),
                _ => {}
            }
        }
    }
}

/// OtherRevocationInfoFormat (RFC 5652 §10.2.1) that holds an OCSP answer.
fn answer(choice: &[u8]) -> Option<Vec<u8>> {
    let other = AnyRef::from_der(choice).ok()?;
    let is_other = matches!(
        other.tag(),
        Tag::ContextSpecific { constructed: true, number } if number.value() == 1
    );
    let (format, answer) = ber::split_first(other.value()).ok()?;
    match ObjectIdentifier::from_der(format).ok()? {
        OCSP_RESPONSE if is_other => Some(answer.to_vec()),
        OCSP_BASIC if is_other => Some(response(answer)),
        _ => None,
    }
}

/// The OCSPResponse around a BasicOCSPResponse (RFC 6960 §4.2.1): successful.
fn response(basic: &[u8]) -> Vec<u8> {
    let kind = structure(OBJECT_IDENTIFIER, OCSP_BASIC.as_bytes());
    let bytes = [kind, structure(OCTET_STRING, basic)].concat();
    let bytes = structure(LISTS, &structure(SEQUENCE, &bytes));
    structure(SEQUENCE, &[&[0x0a, 1, 0], &*bytes].concat())
}

/// The members of a SEQUENCE OF; none where it is none, or has more.
fn members(sequence: &[u8], limit: usize) -> Vec<Vec<u8>> {
    let sequence = AnyRef::from_der(sequence).ok();
    let contents = sequence.filter(|it| it.tag() == Tag::Sequence);
    let members = contents.and_then(|it| RawSet(it.value()).members(limit).ok());
    let members = members.unwrap_or_default().into_iter();
    members.map(<[u8]>::to_vec).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cms::der_prefix::SET;

    fn attribute(oid: ObjectIdentifier, value: &[u8]) -> Vec<u8> {
        let oid = structure(OBJECT_IDENTIFIER, oid.as_bytes());
        structure(SEQUENCE, &[oid, structure(SET, value)].concat())
    }

    #[test]
    fn values_are_taken_out_of_attributes() {
        let [one, two] = [&[2, 1, 1][..], &[2, 1, 2]].map(|it| structure(SEQUENCE, it));
        let list = structure(SEQUENCE, &[&*one, &two].concat());
        let values = [structure(LISTS, &list), structure(ANSWERS, &list)].concat();
        let attributes = [
            attribute(CERTIFICATE_VALUES, &list),
            attribute(REVOCATION_VALUES, &structure(SEQUENCE, &values)),
        ]
        .concat();
        let attributes = Attributes::parse(RawSet(&attributes)).unwrap();
        let found = Embedded::of_attributes(&attributes);
        assert_eq!(found.certificates, [one.clone(), two.clone()]);
        assert_eq!(found.lists, [one.clone(), two.clone()]);
        assert_eq!(found.answers, [response(&one), response(&two)]);
        // What has another form is passed over.
        let attributes = [
            attribute(CERTIFICATE_VALUES, &structure(SET, &one)),
            attribute(
                REVOCATION_VALUES,
                &structure(SEQUENCE, &structure(LISTS, &[5, 0])),
            ),
        ]
        .concat();
        let attributes = Attributes::parse(RawSet(&attributes)).unwrap();
        let found = Embedded::of_attributes(&attributes);
        assert!(found.certificates.is_empty() && found.lists.is_empty());
    }

    /// RFC 5940 §2, and the OID that others write.
    #[test]
    fn answers_are_told_from_lists() {
        let basic = structure(SEQUENCE, &[2, 1, 9]);
        let other = |oid: ObjectIdentifier, value: &[u8]| {
            let oid = structure(OBJECT_IDENTIFIER, oid.as_bytes());
            structure(ANSWERS, &[&oid, value].concat())
        };
        let choices = [
            basic.clone(),
            other(OCSP_RESPONSE, &response(&basic)),
            other(OCSP_BASIC, &basic),
            other(CERTIFICATE_VALUES, &basic),
        ];
        let found = Embedded::of_choices(&choices);
        assert_eq!(found.lists, std::slice::from_ref(&basic));
        assert_eq!(found.answers, [response(&basic), response(&basic)]);
        let many = vec![basic; MAX_EVIDENCE + 1];
        assert_eq!(Embedded::of_choices(&many).lists.len(), MAX_EVIDENCE);
    }
}
