//! Signed attributes (RFC 5652 §11): making them, and reading them one by one.

use super::structure::ID_DATA;
use crate::algorithm::{Digest, DigestAlgorithm, SignatureAlgorithm, digest_of_identifier};
use cms::signed_data::{SignedAttributes, UnsignedAttributes};
use const_oid::ObjectIdentifier;
use der::{
    Any, DateTime, EncodeValue, Sequence, Tagged,
    asn1::{OctetStringRef, SetOfVec},
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
}

/// RFC 5652 §11, RFC 6211 §2: these attributes are signed, or they are not there at all.
pub(super) fn check_unsigned(attributes: &UnsignedAttributes) -> Result<(), AttributesMalformed> {
    let misplaced = [
        CONTENT_TYPE,
        MESSAGE_DIGEST,
        SIGNING_TIME,
        ALGORITHM_PROTECTION,
    ];
    let mut attributes = attributes.iter();
    if attributes.any(|attribute| misplaced.contains(&attribute.oid)) {
        return Err(AttributesMalformed);
    }
    Ok(())
}

/// The signed attributes of a SignerInfo.
pub(super) struct AttributeReader<'a>(pub(super) &'a SignedAttributes);

impl AttributeReader<'_> {
    /// RFC 5652 §11.1
    pub(super) fn content_type(&self) -> Result<ObjectIdentifier, AttributesMalformed> {
        let value = self.single(CONTENT_TYPE)?.ok_or(AttributesMalformed)?;
        value.decode_as().map_err(|_| AttributesMalformed)
    }

    /// RFC 5652 §11.2
    pub(super) fn message_digest(&self) -> Result<&[u8], AttributesMalformed> {
        let value = self.single(MESSAGE_DIGEST)?.ok_or(AttributesMalformed)?;
        let value: &OctetStringRef = value.decode_as().map_err(|_| AttributesMalformed)?;
        Ok(value.as_bytes())
    }

    /// RFC 5652 §11.3, in Unix seconds.
    pub(super) fn signing_time(&self) -> Result<Option<u64>, AttributesMalformed> {
        let Some(value) = self.single(SIGNING_TIME)? else {
            return Ok(None);
        };
        let time: Time = value.decode_as().map_err(|_| AttributesMalformed)?;
        Ok(Some(time.to_unix_duration().as_secs()))
    }

    /// RFC 6211 §2
    pub(super) fn algorithm_protection(
        &self,
    ) -> Result<Option<AlgorithmProtection<'_>>, AttributesMalformed> {
        let Some(value) = self.single(ALGORITHM_PROTECTION)? else {
            return Ok(None);
        };
        let named: AlgorithmProtection<'_> = value.decode_as().map_err(|_| AttributesMalformed)?;
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
    ) -> Result<Option<&Any>, AttributesMalformed> {
        let mut found = self.0.iter().filter(|attribute| attribute.oid == oid);
        let Some(attribute) = found.next() else {
            return Ok(None);
        };
        match (attribute.values.as_slice(), found.next()) {
            ([value], None) => Ok(Some(value)),
            _ => Err(AttributesMalformed),
        }
    }
}
