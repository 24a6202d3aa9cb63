//! The structures of RFC 5652 whose parts have to be kept byte for byte.

use crate::ber::{self, BerError};
use cms::content_info::CmsVersion;
use const_oid::ObjectIdentifier;
use der::{
    DecodeValue, EncodeValue, FixedTag, Header, Length, Reader, Sequence, Tag, Writer,
    asn1::{AnyRef, OctetStringRef},
};

pub(super) const ID_DATA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.1");
pub(super) const ID_SIGNED_DATA: ObjectIdentifier =
    ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.2");

/// RFC 5652 §3
/// ```text
/// ContentInfo ::= SEQUENCE {
///   contentType ContentType,
///   content [0] EXPLICIT ANY DEFINED BY contentType }
/// ```
#[derive(Sequence)]
pub(super) struct ContentInfo<'a> {
    pub(super) content_type: ObjectIdentifier,
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT")]
    pub(super) content: AnyRef<'a>,
}

/// RFC 5652 §5.1. Certificates stay bytes: one odd certificate must not hide the signatures.
/// ```text
/// SignedData ::= SEQUENCE {
///   version CMSVersion,
///   digestAlgorithms DigestAlgorithmIdentifiers,
///   encapContentInfo EncapsulatedContentInfo,
///   certificates [0] IMPLICIT CertificateSet OPTIONAL,
///   crls [1] IMPLICIT RevocationInfoChoices OPTIONAL,
///   signerInfos SignerInfos }
/// ```
#[derive(Sequence)]
pub(super) struct SignedDataLayout<'a> {
    pub(super) version: CmsVersion,
    pub(super) digest_algorithms: RawSet<'a>,
    pub(super) encap_content_info: EncapsulatedContent<'a>,
    #[asn1(context_specific = "0", tag_mode = "IMPLICIT", optional = "true")]
    pub(super) certificates: Option<RawSet<'a>>,
    #[asn1(context_specific = "1", tag_mode = "IMPLICIT", optional = "true")]
    pub(super) crls: Option<RawSet<'a>>,
    pub(super) signer_infos: RawSet<'a>,
}

/// RFC 5652 §5.2
/// ```text
/// EncapsulatedContentInfo ::= SEQUENCE {
///   eContentType ContentType,
///   eContent [0] EXPLICIT OCTET STRING OPTIONAL }
/// ```
#[derive(Sequence)]
pub(super) struct EncapsulatedContent<'a> {
    pub(super) content_type: ObjectIdentifier,
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT", optional = "true")]
    pub(super) content: Option<&'a OctetStringRef>,
}

/// RFC 5652 §5.3. Its parts stay bytes: attributes are signed as they stand there, sorted or not, and neither OIDs nor
/// numbers have a limit.
/// ```text
/// SignerInfo ::= SEQUENCE {
///   version CMSVersion,
///   sid SignerIdentifier,
///   digestAlgorithm DigestAlgorithmIdentifier,
///   signedAttrs [0] IMPLICIT SignedAttributes OPTIONAL,
///   signatureAlgorithm SignatureAlgorithmIdentifier,
///   signature SignatureValue,
///   unsignedAttrs [1] IMPLICIT UnsignedAttributes OPTIONAL }
/// ```
#[derive(Sequence)]
pub(super) struct SignerInfoLayout<'a> {
    version: AnyRef<'a>,
    pub(super) sid: AnyRef<'a>,
    pub(super) digest_algorithm: AnyRef<'a>,
    #[asn1(context_specific = "0", tag_mode = "IMPLICIT", optional = "true")]
    pub(super) signed_attributes: Option<RawSet<'a>>,
    pub(super) signature_algorithm: AnyRef<'a>,
    pub(super) signature: AnyRef<'a>,
    #[asn1(context_specific = "1", tag_mode = "IMPLICIT", optional = "true")]
    pub(super) unsigned_attributes: Option<RawSet<'a>>,
}

/// The contents of a SET OF, as they stand.
#[derive(Clone, Copy)]
pub(super) struct RawSet<'a>(pub(super) &'a [u8]);

impl<'a> RawSet<'a> {
    /// The members, each with its header, in the order they stand. At most `limit` of them.
    pub(super) fn members(self, limit: usize) -> Result<Vec<&'a [u8]>, BerError> {
        let mut rest = self.0;
        let mut members = Vec::new();
        while !rest.is_empty() {
            if members.len() == limit {
                return Err(BerError::TooLarge);
            }
            let (member, after) = ber::split_first(rest)?;
            members.push(member);
            rest = after;
        }
        Ok(members)
    }
}

impl FixedTag for RawSet<'_> {
    const TAG: Tag = Tag::Set;
}

impl<'a> DecodeValue<'a> for RawSet<'a> {
    type Error = der::Error;

    fn decode_value<R: Reader<'a>>(reader: &mut R, header: Header) -> der::Result<Self> {
        reader.read_slice(header.length()).map(Self)
    }
}

impl EncodeValue for RawSet<'_> {
    fn value_len(&self) -> der::Result<Length> {
        self.0.len().try_into()
    }

    fn encode_value(&self, writer: &mut impl Writer) -> der::Result<()> {
        writer.write(self.0)
    }
}
