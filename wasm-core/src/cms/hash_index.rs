//! The index of an archive timestamp: digests of what it covers besides document and signature (ats-hash-index of ETSI EN
//! 319 122-1 §5.5.2, in the forms of ETSI TS 101 733 V2.2.1 and of this standard).

use super::{
    SignedData, TimestampFailure, attributes::Attributes, signer_info::SignerInfo,
    structure::RawSet,
};
use crate::algorithm::{DigestAlgorithm, digest_of_identifier};
use const_oid::ObjectIdentifier;
use der::{Decode as _, Tag, Tagged as _, asn1::AnyRef};
use spki::AlgorithmIdentifierRef;
use std::collections::BTreeSet;

/// ats-hash-index: an attribute's digest is of all of it.
const OF_ATTRIBUTES: ObjectIdentifier = ObjectIdentifier::new_unwrap("0.4.0.1733.2.5");
/// ats-hash-index-v3: digests are of a type with one of its values.
const OF_VALUES: ObjectIdentifier = ObjectIdentifier::new_unwrap("0.4.0.19122.1.5");
/// The most digests of one kind.
const MAX_DIGESTS: usize = 4000;

/// An index, with nothing compared yet.
#[derive(Debug)]
pub(super) struct HashIndex {
    /// As it stands.
    der: Vec<u8>,
    is_of_values: bool,
    algorithm: Result<DigestAlgorithm, TimestampFailure>,
    certificates: Vec<Vec<u8>>,
    revocation: Vec<Vec<u8>>,
    attributes: Vec<Vec<u8>>,
}

impl HashIndex {
    /// That of a timestamp, if it has one in a form that is known.
    pub(super) fn of(token: &SignedData) -> Option<Self> {
        let [signer] = &*token.signers else {
            return None;
        };
        let info = SignerInfo::parse(signer)?;
        let attributes = info.unsigned_attributes?;
        let forms = [(OF_ATTRIBUTES, false), (OF_VALUES, true)];
        let mut found = forms.iter().filter_map(|(oid, is_of_values)| {
            let value = attributes.single(*oid).ok()??;
            Some((value, *is_of_values))
        });
        let (der, is_of_values) = found.next()?;
        Self::parse(der, is_of_values)
    }

    /// ```text
    /// ATSHashIndexV3 ::= SEQUENCE {
    ///   hashIndAlgorithm             AlgorithmIdentifier,
    ///   certificatesHashIndex        SEQUENCE OF OCTET STRING,
    ///   crlsHashIndex                SEQUENCE OF OCTET STRING,
    ///   unsignedAttrValuesHashIndex  SEQUENCE OF OCTET STRING }
    /// ```
    /// In the older form the algorithm may be left out: SHA-256.
    fn parse(der: &[u8], is_of_values: bool) -> Option<Self> {
        let fields = AnyRef::from_der(der).ok()?;
        let fields = RawSet(fields.value()).members(4).ok()?;
        let (algorithm, lists) = match *fields {
            [algorithm, ref lists @ ..] if lists.len() == 3 => {
                let algorithm = AlgorithmIdentifierRef::from_der(algorithm).ok()?;
                let digest = digest_of_identifier(algorithm);
                (
                    digest.map_err(|_| TimestampFailure::AlgorithmUnsupported),
                    lists,
                )
            }
            _ if !is_of_values => (Ok(DigestAlgorithm::Sha256), &*fields),
            _ => return None,
        };
        let [certificates, revocation, attributes] = *lists else {
            return None;
        };
        Some(Self {
            der: der.to_vec(),
            is_of_values,
            algorithm,
            certificates: digests(certificates)?,
            revocation: digests(revocation)?,
            attributes: digests(attributes)?,
        })
    }

    /// The attribute's value as it stands.
    pub(super) fn der(&self) -> &[u8] {
        &self.der
    }

    /// Whether all is there that it covers. What was added later is not in it.
    ///
    /// # Errors
    /// `CoverageMissing`, `AlgorithmUnsupported`
    pub(super) fn check(
        &self,
        data: &SignedData,
        attributes: &Attributes<'_>,
    ) -> Result<(), TimestampFailure> {
        let algorithm = self.algorithm?;
        let digest = |bytes: &[u8]| algorithm.digest(bytes).bytes();
        let covered = match self.is_of_values {
            true => attributes.types_with_values(),
            false => attributes.members(),
        };
        let is_there = |(listed, there): &(&Vec<Vec<u8>>, &Vec<Vec<u8>>)| {
            let there: BTreeSet<_> = there.iter().map(|it| digest(it)).collect();
            listed.iter().all(|digest| there.contains(digest))
        };
        let pairs = [
            (&self.certificates, &data.certificates),
            (&self.revocation, &data.revocation),
            (&self.attributes, &covered),
        ];
        match pairs.iter().all(is_there) {
            true => Ok(()),
            false => Err(TimestampFailure::CoverageMissing),
        }
    }
}

fn digests(list: &[u8]) -> Option<Vec<Vec<u8>>> {
    let list = AnyRef::from_der(list).ok()?;
    let members = RawSet(list.value()).members(MAX_DIGESTS).ok()?;
    let digest = |der: &&[u8]| {
        let digest = AnyRef::from_der(der).ok()?;
        (digest.tag() == Tag::OctetString).then(|| digest.value().to_vec())
    };
    (list.tag() == Tag::Sequence).then_some(())?;
    members.iter().map(digest).collect()
}
