//! Signed attributes (RFC 5652 §11): making them, and reading them one by one.

use super::{
    der_prefix::{OBJECT_IDENTIFIER, SEQUENCE, SET, structure},
    structure::{ID_DATA, RawSet},
};
use crate::{
    algorithm::{Digest, DigestAlgorithm, SignatureAlgorithm, digest_of_identifier},
    asn1_time, ber,
    format::SignerFailure,
};
use const_oid::ObjectIdentifier;
use der::{
    Any, DateTime, Decode as _, EncodeValue, Sequence, Tag, Tagged,
    asn1::{AnyRef, OctetStringRef, SetOfVec},
};
use spki::AlgorithmIdentifierRef;
use std::time::Duration;
use x509_cert::{attr::Attribute, time::Time};

const CONTENT_TYPE: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.3");
const MESSAGE_DIGEST: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.4");
const SIGNING_TIME: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.5");
const ALGORITHM_PROTECTION: ObjectIdentifier =
    ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.52");

/// The attributes do not have the form that RFC 5652 §11 and RFC 5035 §3 demand.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct AttributesMalformed;

impl From<AttributesMalformed> for SignerFailure {
    fn from(_: AttributesMalformed) -> Self {
        Self::AttributesMalformed
    }
}

/// An attribute with one value.
pub(super) fn attribute<T: EncodeValue + Tagged>(
    oid: ObjectIdentifier,
    value: &T,
) -> der::Result<Attribute> {
    Ok(Attribute {
        oid,
        values: SetOfVec::try_from(vec![Any::encode_from(value)?])?,
    })
}

/// RFC 5652 §11.1
pub(super) fn content_type() -> der::Result<Attribute> {
    attribute(CONTENT_TYPE, &ID_DATA)
}

/// RFC 5652 §11.2
pub(super) fn message_digest(digest: &Digest) -> der::Result<Attribute> {
    attribute(MESSAGE_DIGEST, &OctetStringRef::new(&digest.bytes())?)
}

/// RFC 5652 §11.3: UTCTime to 2049, GeneralizedTime from 2050. `None` after the year 9999.
pub(super) fn signing_time(unix_seconds: u64) -> Option<der::Result<Attribute>> {
    let time = DateTime::from_unix_duration(Duration::from_secs(unix_seconds)).ok()?;
    Some(match Time::from(time) {
        Time::UtcTime(time) => attribute(SIGNING_TIME, &time),
        Time::GeneralTime(time) => attribute(SIGNING_TIME, &time),
    })
}

/// What stands in the signer's entry outside of what is signed (RFC 6211 §2).
///
/// ```text
/// CMSAlgorithmProtection ::= SEQUENCE {
///     digestAlgorithm     DigestAlgorithmIdentifier,
///     signatureAlgorithm  [1] SignatureAlgorithmIdentifier OPTIONAL,
///     macAlgorithm        [2] MessageAuthenticationCodeAlgorithm OPTIONAL }
/// ```
#[derive(Sequence)]
pub(super) struct AlgorithmProtection<'a> {
    digest: AlgorithmIdentifierRef<'a>,
    #[asn1(context_specific = "1", tag_mode = "IMPLICIT", optional = "true")]
    signature: Option<AlgorithmIdentifierRef<'a>>,
    #[asn1(context_specific = "2", tag_mode = "IMPLICIT", optional = "true")]
    mac: Option<AlgorithmIdentifierRef<'a>>,
}

impl AlgorithmProtection<'_> {
    /// Whether the attribute names these algorithms (RFC 6211 §2.1), in whichever of the ways there are to write them.
    pub(super) fn names(&self, digest: DigestAlgorithm, signature: SignatureAlgorithm) -> bool {
        let named = self
            .signature
            .map(|named| SignatureAlgorithm::from_identifier(named, digest));
        digest_of_identifier(self.digest) == Ok(digest) && named == Some(Ok(signature))
    }

    /// The same where the signature algorithm's OID says all of it.
    pub(super) fn names_oid(
        &self,
        digest: DigestAlgorithm,
        signature: Option<ObjectIdentifier>,
    ) -> bool {
        let named = self.signature.map(|named| named.oid);
        digest_of_identifier(self.digest) == Ok(digest) && named == signature
    }
}

/// The attributes of a SignerInfo, signed or not. Types and values stay bytes: one that nobody asks for is passed over
/// (RFC 5652 §5.3), whatever it looks like.
#[derive(Default)]
pub(super) struct Attributes<'a> {
    /// The contents of the SET, as they stand.
    raw: &'a [u8],
    members: Vec<RawAttribute<'a>>,
}

/// ```text
/// Attribute ::= SEQUENCE {
///     attrType OBJECT IDENTIFIER,
///     attrValues SET OF AttributeValue }
/// ```
struct RawAttribute<'a> {
    /// As it stands.
    der: &'a [u8],
    /// The same without its header.
    contents: &'a [u8],
    /// DER of the type, with its header.
    oid: &'a [u8],
    /// The values, each with its header.
    values: Vec<&'a [u8]>,
}

/// The most attributes, and the most values of one.
const MAX_MEMBERS: usize = 1000;

impl<'a> Attributes<'a> {
    /// `None` if these are no attributes.
    pub(super) fn parse(set: RawSet<'a>) -> Option<Self> {
        let members = set.members(MAX_MEMBERS).ok()?;
        let members = members.into_iter().map(RawAttribute::parse);
        Some(Self {
            raw: set.0,
            members: members.collect::<Option<_>>()?,
        })
    }

    /// The SET OF that is signed, in the order in which it was written.
    pub(super) fn as_written(&self) -> Vec<u8> {
        structure(SET, self.raw)
    }

    /// The same in the order of DER (X.690 §11.6).
    pub(super) fn sorted(&self) -> Vec<u8> {
        let mut members: Vec<_> = self.members.iter().map(RawAttribute::sorted).collect();
        members.sort();
        structure(SET, &members.concat())
    }

    /// Whether they are what a signature has.
    pub(super) fn are_of_a_signature(&self) -> bool {
        self.has(CONTENT_TYPE) && self.has(MESSAGE_DIGEST)
    }

    /// RFC 5652 §11, RFC 6211 §2: these attributes are signed, or they are not there at all.
    pub(super) fn check_unsigned(&self) -> Result<(), AttributesMalformed> {
        let misplaced = [
            CONTENT_TYPE,
            MESSAGE_DIGEST,
            SIGNING_TIME,
            ALGORITHM_PROTECTION,
        ];
        match misplaced.into_iter().any(|oid| self.has(oid)) {
            true => Err(AttributesMalformed),
            false => Ok(()),
        }
    }

    /// RFC 5652 §11.1
    pub(super) fn content_type(&self) -> Result<ObjectIdentifier, AttributesMalformed> {
        let value = self.single(CONTENT_TYPE)?.ok_or(AttributesMalformed)?;
        ObjectIdentifier::from_der(value).map_err(|_| AttributesMalformed)
    }

    /// RFC 5652 §11.2
    pub(super) fn message_digest(&self) -> Result<&'a [u8], AttributesMalformed> {
        let value = self.single(MESSAGE_DIGEST)?.ok_or(AttributesMalformed)?;
        let value = <&OctetStringRef>::from_der(value).map_err(|_| AttributesMalformed)?;
        Ok(value.as_bytes())
    }

    /// RFC 5652 §11.3, in Unix seconds; the inner `None`: it says no time that can be read.
    pub(super) fn signing_time(&self) -> Result<Option<Option<i64>>, AttributesMalformed> {
        let Some(value) = self.single(SIGNING_TIME)? else {
            return Ok(None);
        };
        let time = AnyRef::from_der(value).ok().and_then(|value| {
            let tag = match value.tag() {
                Tag::UtcTime => asn1_time::UTC_TIME,
                Tag::GeneralizedTime => asn1_time::GENERALIZED_TIME,
                _ => return None,
            };
            asn1_time::unix_time(tag, value.value())
        });
        Ok(Some(time))
    }

    /// RFC 6211 §2
    pub(super) fn algorithm_protection(
        &self,
    ) -> Result<Option<AlgorithmProtection<'a>>, AttributesMalformed> {
        let Some(value) = self.single(ALGORITHM_PROTECTION)? else {
            return Ok(None);
        };
        let named = AlgorithmProtection::from_der(value).map_err(|_| AttributesMalformed)?;
        // Of a signer there is a signature, and no MAC.
        match named.signature.is_some() && named.mac.is_none() {
            true => Ok(Some(named)),
            false => Err(AttributesMalformed),
        }
    }

    /// The value of an attribute that may stand once, with one value.
    pub(super) fn single(
        &self,
        oid: ObjectIdentifier,
    ) -> Result<Option<&'a [u8]>, AttributesMalformed> {
        let mut found = self.members.iter().filter(|member| member.is(oid));
        let Some(attribute) = found.next() else {
            return Ok(None);
        };
        match (attribute.values.as_slice(), found.next()) {
            ([value], None) => Ok(Some(value)),
            _ => Err(AttributesMalformed),
        }
    }

    /// All values of all attributes of a type.
    pub(super) fn values(&self, oid: ObjectIdentifier) -> impl Iterator<Item = &'a [u8]> {
        let found = self.members.iter().filter(move |member| member.is(oid));
        found.flat_map(|member| member.values.iter().copied())
    }

    /// Every attribute of a type as it stands, without its header.
    pub(super) fn contents(&self, oid: ObjectIdentifier) -> Vec<&'a [u8]> {
        let found = self.members.iter().filter(|member| member.is(oid));
        found.map(|member| member.contents).collect()
    }

    /// All of them as they stand, but for those of which `is_left_out` says so by the content of the type's OID and the values.
    pub(super) fn without(&self, is_left_out: impl Fn(&[u8], &[&[u8]]) -> bool) -> Vec<u8> {
        let kept = self.members.iter().filter(|member| {
            let oid = member.oid.get(2..).unwrap_or_default();
            !is_left_out(oid, &member.values)
        });
        kept.flat_map(|member| member.der).copied().collect()
    }

    /// Each as it stands.
    pub(super) fn members(&self) -> Vec<Vec<u8>> {
        let members = self.members.iter();
        members.map(|member| member.der.to_vec()).collect()
    }

    /// Each value as it stands, behind its type.
    pub(super) fn types_with_values(&self) -> Vec<Vec<u8>> {
        let members = self.members.iter();
        let pairs = members.flat_map(|member| {
            let values = member.values.iter();
            values.map(|value| [member.oid, value].concat())
        });
        pairs.collect()
    }

    /// Whether there is an attribute of a type.
    pub(super) fn has(&self, oid: ObjectIdentifier) -> bool {
        self.members.iter().any(|member| member.is(oid))
    }
}

impl<'a> RawAttribute<'a> {
    fn parse(der: &'a [u8]) -> Option<Self> {
        let attribute = AnyRef::from_der(der).ok()?;
        let (oid, values) = ber::split_first(attribute.value()).ok()?;
        let set = AnyRef::from_der(values).ok()?;
        let is_attribute = attribute.tag() == Tag::Sequence
            && oid.first() == Some(&OBJECT_IDENTIFIER)
            && set.tag() == Tag::Set;
        let values = RawSet(set.value()).members(MAX_MEMBERS).ok()?;
        is_attribute.then_some(Self {
            der,
            contents: attribute.value(),
            oid,
            values,
        })
    }

    fn is(&self, oid: ObjectIdentifier) -> bool {
        // A header of two bytes: no OID asked for is longer than 127 bytes.
        self.oid.get(2..) == Some(oid.as_bytes())
    }

    fn sorted(&self) -> Vec<u8> {
        let mut values = self.values.clone();
        values.sort_unstable();
        structure(
            SEQUENCE,
            &[self.oid, &structure(SET, &values.concat())].concat(),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cms::der_prefix::OCTET_STRING;

    const SHA256: DigestAlgorithm = DigestAlgorithm::Sha256;
    const SHA512: DigestAlgorithm = DigestAlgorithm::Sha512;
    const SHA256_WITH_RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.11");
    const ED25519: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.101.112");
    const ED448: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.101.113");

    /// RFC 6211 §2.1: both algorithms have to be the same.
    #[test]
    fn both_algorithms_are_named() {
        let identifier = |oid| AlgorithmIdentifierRef {
            oid,
            parameters: Some(AnyRef::NULL),
        };
        let mut named = AlgorithmProtection {
            digest: identifier(SHA256.oid()),
            signature: Some(identifier(SHA256_WITH_RSA)),
            mac: None,
        };
        let rsa = SignatureAlgorithm::RsaPkcs1;
        assert!(named.names(SHA256, rsa(SHA256)));
        for (digest, signature) in [(SHA256, SHA512), (SHA512, SHA256), (SHA512, SHA512)] {
            assert!(!named.names(digest, rsa(signature)));
        }
        named.signature = None;
        assert!(!named.names(SHA256, rsa(SHA256)));
    }

    /// RFC 8419 §2.3: the identifiers of EdDSA have no parameters, and Ed25519 goes with SHA-512.
    #[test]
    fn algorithms_of_eddsa_are_named_by_their_oids() {
        let identifier = |oid| AlgorithmIdentifierRef {
            oid,
            parameters: None,
        };
        let named = AlgorithmProtection {
            digest: identifier(DigestAlgorithm::Sha512.oid()),
            signature: Some(identifier(ED25519)),
            mac: None,
        };
        assert!(named.names_oid(DigestAlgorithm::Sha512, Some(ED25519)));
        for (digest, signature) in [
            (DigestAlgorithm::Sha256, Some(ED25519)),
            (DigestAlgorithm::Sha512, Some(ED448)),
            (DigestAlgorithm::Sha512, None),
        ] {
            assert!(!named.names_oid(digest, signature));
        }
    }

    /// RFC 5652 §5.3: a type and a SET OF values, each attribute in a SEQUENCE.
    #[test]
    fn attributes_have_their_form() {
        let attribute = |outer, kind, values| {
            let contents = [structure(kind, b"\x2a\x03"), structure(values, b"\x05\x00")];
            structure(outer, &contents.concat())
        };
        for (outer, kind, values, are_attributes) in [
            (SEQUENCE, OBJECT_IDENTIFIER, SET, true),
            (SET, OBJECT_IDENTIFIER, SET, false),
            (SEQUENCE, OCTET_STRING, SET, false),
            (SEQUENCE, OBJECT_IDENTIFIER, SEQUENCE, false),
            (SET, OCTET_STRING, SEQUENCE, false),
        ] {
            let attribute = attribute(outer, kind, values);
            let parsed = Attributes::parse(RawSet(&attribute));
            assert_eq!(parsed.is_some(), are_attributes, "{attribute:x?}");
        }
    }

    /// RFC 6211 §2: of a signer there is a signature algorithm, and no MAC's.
    #[test]
    fn the_algorithms_of_a_signer_are_those_of_a_signature() {
        let identifier = |tag| {
            let oid = structure(OBJECT_IDENTIFIER, SHA256.oid().as_bytes());
            structure(tag, &oid)
        };
        // [1] and [2], constructed.
        let (signature, mac) = (identifier(0xa1), identifier(0xa2));
        for (others, of_a_signer) in [
            (vec![&signature], true),
            (vec![&signature, &mac], false),
            (vec![&mac], false),
            (vec![], false),
        ] {
            let others = others.into_iter().cloned();
            let parts: Vec<_> = [identifier(SEQUENCE)].into_iter().chain(others).collect();
            let value = structure(SET, &structure(SEQUENCE, &parts.concat()));
            let oid = structure(OBJECT_IDENTIFIER, ALGORITHM_PROTECTION.as_bytes());
            let attribute = structure(SEQUENCE, &[oid, value].concat());
            let attributes = Attributes::parse(RawSet(&attribute)).unwrap();
            let named = attributes.algorithm_protection();
            assert_eq!(named.is_ok_and(|named| named.is_some()), of_a_signer);
        }
    }
}
