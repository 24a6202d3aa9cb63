//! The structures of a PKCS#12 file, as RFC 7292 and the standards it builds on write them.

use super::error::Pkcs12Error;
use crate::ber;
use der::{
    Decode, Encode, Reader, Sequence, SliceReader, Tag, Tagged,
    asn1::{AnyRef, ObjectIdentifier, OctetStringRef},
};
use spki::AlgorithmIdentifierRef;
use std::borrow::Cow;
use zeroize::Zeroizing;

/// pkcs-7 data: an OCTET STRING.
pub(super) const DATA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.1");

/// v3, the only version of the standard that was published with one.
pub(super) const VERSION: u8 = 3;

/// RFC 7292 §4.
///
/// ```text
/// PFX ::= SEQUENCE {
///     version     INTEGER {v3(3)}(v3,...),
///     authSafe    ContentInfo,
///     macData     MacData OPTIONAL }
/// ```
#[derive(Sequence)]
pub(super) struct Pfx<'a> {
    pub(super) version: u8,
    pub(super) auth_safe: ContentInfo<'a>,
    #[asn1(optional = "true")]
    pub(super) mac_data: Option<MacData<'a>>,
}

/// RFC 5652 §3; the content is optional in the PKCS#7 that RFC 7292 builds on.
///
/// ```text
/// ContentInfo ::= SEQUENCE {
///     contentType ContentType,
///     content     [0] EXPLICIT ANY DEFINED BY contentType OPTIONAL }
/// ```
#[derive(Sequence)]
pub(super) struct ContentInfo<'a> {
    /// An OBJECT IDENTIFIER; see [`known`].
    pub(super) content_type: AnyRef<'a>,
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT", optional = "true")]
    pub(super) content: Option<AnyRef<'a>>,
}

/// RFC 7292 §4.
///
/// ```text
/// MacData ::= SEQUENCE {
///     mac         DigestInfo,
///     macSalt     OCTET STRING,
///     iterations  INTEGER DEFAULT 1 }
/// ```
#[derive(Sequence)]
pub(super) struct MacData<'a> {
    pub(super) mac: DigestInfo<'a>,
    pub(super) salt: &'a OctetStringRef,
    #[asn1(default = "one")]
    pub(super) iterations: u32,
}

/// RFC 8017 §9.2.
///
/// ```text
/// DigestInfo ::= SEQUENCE {
///     digestAlgorithm DigestAlgorithmIdentifier,
///     digest          OCTET STRING }
/// ```
#[derive(Sequence)]
pub(super) struct DigestInfo<'a> {
    pub(super) algorithm: AlgorithmIdentifierRef<'a>,
    pub(super) digest: &'a OctetStringRef,
}

/// RFC 5652 §8, without the unprotected attributes, which PKCS#12 has no use for.
///
/// ```text
/// EncryptedData ::= SEQUENCE {
///     version                 CMSVersion,
///     encryptedContentInfo    EncryptedContentInfo }
/// ```
#[derive(Sequence)]
pub(super) struct EncryptedData<'a> {
    pub(super) version: u8,
    pub(super) content: EncryptedContentInfo<'a>,
}

/// RFC 5652 §6.1.
///
/// ```text
/// EncryptedContentInfo ::= SEQUENCE {
///     contentType                 ContentType,
///     contentEncryptionAlgorithm  ContentEncryptionAlgorithmIdentifier,
///     encryptedContent            [0] IMPLICIT EncryptedContent OPTIONAL }
/// ```
#[derive(Sequence)]
pub(super) struct EncryptedContentInfo<'a> {
    pub(super) content_type: AnyRef<'a>,
    pub(super) algorithm: AlgorithmIdentifierRef<'a>,
    pub(super) ciphertext: AnyRef<'a>,
}

/// RFC 7292 §4.2.
///
/// ```text
/// SafeBag ::= SEQUENCE {
///     bagId           BAG-TYPE.&id,
///     bagValue        [0] EXPLICIT BAG-TYPE.&Type,
///     bagAttributes   SET OF PKCS12Attribute OPTIONAL }
/// ```
#[derive(Sequence)]
pub(super) struct SafeBag<'a> {
    /// An OBJECT IDENTIFIER; see [`known`].
    pub(super) kind: AnyRef<'a>,
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT")]
    pub(super) value: AnyRef<'a>,
    #[asn1(optional = "true")]
    pub(super) attributes: Option<AnyRef<'a>>,
}

/// RFC 7292 §4.2.
///
/// ```text
/// PKCS12Attribute ::= SEQUENCE {
///     attrId      ATTRIBUTE.&id,
///     attrValues  SET OF ATTRIBUTE.&Type }
/// ```
#[derive(Sequence)]
pub(super) struct Attribute<'a> {
    /// An OBJECT IDENTIFIER; see [`known`].
    pub(super) kind: AnyRef<'a>,
    pub(super) values: AnyRef<'a>,
}

/// RFC 7292 §4.2.3.
///
/// ```text
/// CertBag ::= SEQUENCE {
///     certId      BAG-TYPE.&id,
///     certValue   [0] EXPLICIT BAG-TYPE.&Type }
/// ```
#[derive(Sequence)]
pub(super) struct CertBag<'a> {
    /// An OBJECT IDENTIFIER; see [`known`].
    pub(super) kind: AnyRef<'a>,
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT")]
    pub(super) value: AnyRef<'a>,
}

/// RFC 7292 §4.2.5.
///
/// ```text
/// SecretBag ::= SEQUENCE {
///     secretTypeId    BAG-TYPE.&id,
///     secretValue     [0] EXPLICIT BAG-TYPE.&Type }
/// ```
pub(super) type SecretBag<'a> = CertBag<'a>;

/// RFC 5208 §6. In the crate pkcs8 the algorithm is one of those that the crate pkcs5 lists: none of RFC 7292 appendix C,
/// and none of GOST.
///
/// ```text
/// EncryptedPrivateKeyInfo ::= SEQUENCE {
///     encryptionAlgorithm EncryptionAlgorithmIdentifier,
///     encryptedData       OCTET STRING }
/// ```
#[derive(Sequence)]
pub(super) struct EncryptedPrivateKeyInfo<'a> {
    pub(super) algorithm: AlgorithmIdentifierRef<'a>,
    pub(super) ciphertext: &'a OctetStringRef,
}

/// RFC 7292 appendix C; RFC 8018 appendix A.3 has the same.
///
/// ```text
/// pkcs-12PbeParams ::= SEQUENCE {
///     salt        OCTET STRING,
///     iterations  INTEGER }
/// ```
#[derive(Sequence)]
pub(super) struct Pbes1Parameters<'a> {
    pub(super) salt: &'a OctetStringRef,
    pub(super) iterations: u32,
}

/// RFC 8018 appendix B.2.3; those who take 32 bits write the initialisation vector alone.
///
/// ```text
/// RC2-CBC-Parameter ::= SEQUENCE {
///     rc2ParameterVersion INTEGER OPTIONAL,
///     iv                  OCTET STRING (SIZE(8)) }
/// ```
#[derive(Sequence)]
pub(super) struct Rc2Parameters<'a> {
    #[asn1(optional = "true")]
    pub(super) version: Option<u32>,
    pub(super) iv: &'a OctetStringRef,
}

/// RFC 8018 appendix A.4 (PBES2) and A.5 (PBMAC1), which look alike.
///
/// ```text
/// PBES2-params ::= SEQUENCE {             PBMAC1-params ::= SEQUENCE {
///     keyDerivationFunc   AlgorithmIdentifier,   keyDerivationFunc   AlgorithmIdentifier,
///     encryptionScheme    AlgorithmIdentifier }  messageAuthScheme   AlgorithmIdentifier }
/// ```
#[derive(Sequence)]
pub(super) struct Pkcs5Parameters<'a> {
    pub(super) derivation: AlgorithmIdentifierRef<'a>,
    pub(super) scheme: AlgorithmIdentifierRef<'a>,
}

/// RFC 8018 appendix A.2; of the salt's choices only `specified` was ever used.
///
/// ```text
/// PBKDF2-params ::= SEQUENCE {
///     salt            OCTET STRING,
///     iterationCount  INTEGER (1..MAX),
///     keyLength       INTEGER (1..MAX) OPTIONAL,
///     prf             AlgorithmIdentifier DEFAULT hmacWithSHA1 }
/// ```
#[derive(Sequence)]
pub(super) struct Pbkdf2Parameters<'a> {
    pub(super) salt: &'a OctetStringRef,
    pub(super) iterations: u32,
    #[asn1(optional = "true")]
    pub(super) key_length: Option<u32>,
    #[asn1(optional = "true")]
    pub(super) prf: Option<AlgorithmIdentifierRef<'a>>,
}

/// RFC 9337 §7.3: for the ciphers in counter mode, with a MAC and without.
///
/// ```text
/// Gost3412-15-Encryption-Parameters ::= SEQUENCE {
///     ukm     OCTET STRING }
/// ```
#[derive(Sequence)]
pub(super) struct CtrAcpkmParameters<'a> {
    pub(super) ukm: &'a OctetStringRef,
}

/// RFC 4357 §8.1.
///
/// ```text
/// Gost28147-89-Parameters ::= SEQUENCE {
///     iv                  Gost28147-89-IV,
///     encryptionParamSet  OBJECT IDENTIFIER }
/// ```
#[derive(Sequence)]
pub(super) struct Gost28147Parameters<'a> {
    pub(super) iv: &'a OctetStringRef,
    pub(super) parameter_set: ObjectIdentifier,
}

impl<'a> ContentInfo<'a> {
    /// The octets of a `data` content.
    pub(super) fn octets(&self) -> Result<&'a [u8], Pkcs12Error> {
        if known(self.content_type) != Some(DATA) {
            return Err(unsupported_kind(self.content_type));
        }
        let content = self.content.ok_or(Pkcs12Error::Malformed("content"))?;
        match content.tag() {
            Tag::OctetString => Ok(content.value()),
            _ => Err(Pkcs12Error::Malformed("content")),
        }
    }
}

impl<'a> EncryptedContentInfo<'a> {
    /// The ciphertext, put together if it came in pieces.
    pub(super) fn ciphertext(&self) -> Result<Cow<'a, [u8]>, Pkcs12Error> {
        match self.ciphertext.tag() {
            Tag::ContextSpecific {
                constructed,
                number,
            } if number.value() == 0 => ber::joined(self.ciphertext.value(), constructed)
                .map_err(|_| Pkcs12Error::Malformed("encrypted content")),
            _ => Err(Pkcs12Error::Malformed("encrypted content")),
        }
    }
}

/// The DER form of a part of the file, which may hold secrets.
pub(super) fn der_form(part: &[u8], name: &'static str) -> Result<Zeroizing<Vec<u8>>, Pkcs12Error> {
    let der = ber::to_der(part).map_err(|_| Pkcs12Error::Malformed(name))?;
    Ok(Zeroizing::new(der.into_owned()))
}

/// What `der` holds, all of it.
pub(super) fn decode<'a, T>(der: &'a [u8], name: &'static str) -> Result<T, Pkcs12Error>
where
    T: Decode<'a, Error = der::Error>,
{
    T::from_der(der).map_err(|_| Pkcs12Error::Malformed(name))
}

/// DER of what is to be written; it may hold secrets.
pub(super) fn encode(value: &impl Encode) -> Result<Zeroizing<Vec<u8>>, Pkcs12Error> {
    let der = value.to_der();
    // The only limit is that of lengths.
    Ok(Zeroizing::new(
        der.map_err(|_| Pkcs12Error::Malformed("size"))?,
    ))
}

/// An OCTET STRING to be written.
pub(super) fn octet_string(octets: &[u8]) -> Result<&OctetStringRef, Pkcs12Error> {
    OctetStringRef::new(octets).map_err(|_| Pkcs12Error::Malformed("size"))
}

/// DER as a part of something larger.
pub(super) fn element(der: &[u8]) -> Result<AnyRef<'_>, Pkcs12Error> {
    decode(der, "element")
}

/// The elements of a SEQUENCE OF or SET OF, given its contents.
pub(super) fn elements<'a, T>(contents: &'a [u8], name: &'static str) -> Result<Vec<T>, Pkcs12Error>
where
    T: Decode<'a, Error = der::Error>,
{
    let mut all = Vec::new();
    let mut read = || -> der::Result<()> {
        let mut reader = SliceReader::new(contents)?;
        while !reader.is_finished() {
            all.push(T::decode(&mut reader)?);
        }
        Ok(())
    };
    read().map_err(|_| Pkcs12Error::Malformed(name))?;
    Ok(all)
}

/// The contents of a SEQUENCE, given all of it.
pub(super) fn sequence<'a>(der: &'a [u8], name: &'static str) -> Result<&'a [u8], Pkcs12Error> {
    let any: AnyRef<'a> = decode(der, name)?;
    match any.tag() {
        Tag::Sequence => Ok(any.value()),
        _ => Err(Pkcs12Error::Malformed(name)),
    }
}

/// The parameters of an algorithm, decoded.
pub(super) fn parameters<'a, T>(
    algorithm: &AlgorithmIdentifierRef<'a>,
    name: &'static str,
) -> Result<T, Pkcs12Error>
where
    T: der::DecodeValue<'a, Error = der::Error> + der::FixedTag + 'a,
{
    let any = algorithm.parameters.ok_or(Pkcs12Error::Malformed(name))?;
    any.decode_as().map_err(|_| Pkcs12Error::Malformed(name))
}

/// An object identifier that can be one of those in the tables here. Others may be longer than the library
/// holds: those under 2.25 (X.667) have arcs of 128 bits.
pub(super) fn known(oid: AnyRef<'_>) -> Option<ObjectIdentifier> {
    oid.decode_as().ok()
}

/// Of a kind of thing that is not in any table.
pub(super) fn unsupported_kind(oid: AnyRef<'_>) -> Pkcs12Error {
    match known(oid) {
        Some(oid) => unsupported(&oid),
        None => Pkcs12Error::Unsupported {
            oid: "a long one".to_owned(),
        },
    }
}

pub(super) fn unsupported(oid: &ObjectIdentifier) -> Pkcs12Error {
    Pkcs12Error::Unsupported {
        oid: oid.to_string(),
    }
}

fn one() -> u32 {
    1
}
