//! RSASSA-PSS-params (RFC 8017 A.2.3, RFC 4055 §3.1).

use super::{
    AlgorithmUnsupported, DigestAlgorithm, SignatureAlgorithm,
    identifier_table::digest_of_identifier,
};
use const_oid::ObjectIdentifier;
use der::{Any, Sequence, asn1::AnyRef};
use spki::{AlgorithmIdentifier, AlgorithmIdentifierRef};

/// id-RSASSA-PSS, of signatures and of keys.
pub(super) const RSASSA_PSS: ObjectIdentifier =
    ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.10");
const MGF1: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.8");

/// ```text
/// RSASSA-PSS-params ::= SEQUENCE {
///     hashAlgorithm      [0] HashAlgorithm      DEFAULT sha1,
///     maskGenAlgorithm   [1] MaskGenAlgorithm   DEFAULT mgf1SHA1,
///     saltLength         [2] INTEGER            DEFAULT 20,
///     trailerField       [3] TrailerField       DEFAULT trailerFieldBC }
/// ```
#[derive(Sequence)]
struct PssParameters<'a> {
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT", default = "sha1")]
    hash: AlgorithmIdentifierRef<'a>,
    #[asn1(context_specific = "1", tag_mode = "EXPLICIT", default = "mgf1_sha1")]
    mask: AlgorithmIdentifier<AlgorithmIdentifierRef<'a>>,
    #[asn1(context_specific = "2", tag_mode = "EXPLICIT", default = "twenty")]
    salt_length: u16,
    #[asn1(
        context_specific = "3",
        tag_mode = "EXPLICIT",
        default = "trailer_field_bc"
    )]
    trailer: u8,
}

fn sha1<'a>() -> AlgorithmIdentifierRef<'a> {
    identifier(DigestAlgorithm::Sha1)
}

fn mgf1_sha1<'a>() -> AlgorithmIdentifier<AlgorithmIdentifierRef<'a>> {
    mgf1(DigestAlgorithm::Sha1)
}

fn twenty() -> u16 {
    20
}

fn trailer_field_bc() -> u8 {
    1
}

/// With NULL, unlike everywhere else in CMS (RFC 4055 §2.1).
fn identifier<'a>(digest: DigestAlgorithm) -> AlgorithmIdentifierRef<'a> {
    AlgorithmIdentifierRef {
        oid: digest.oid(),
        parameters: Some(AnyRef::NULL),
    }
}

fn mgf1<'a>(digest: DigestAlgorithm) -> AlgorithmIdentifier<AlgorithmIdentifierRef<'a>> {
    AlgorithmIdentifier {
        oid: MGF1,
        parameters: Some(identifier(digest)),
    }
}

/// The parameters of a PSS signature.
pub(super) fn encode(algorithm: SignatureAlgorithm) -> der::Result<Any> {
    Any::encode_from(&PssParameters {
        hash: identifier(algorithm.digest()),
        mask: mgf1(algorithm.mask()),
        salt_length: algorithm.salt_length(),
        trailer: trailer_field_bc(),
    })
}

/// Reads the parameters of a signature, or those a key is bound to.
pub(super) fn decode(
    parameters: Option<AnyRef<'_>>,
) -> Result<SignatureAlgorithm, AlgorithmUnsupported> {
    let malformed = AlgorithmUnsupported::Malformed(RSASSA_PSS);
    let parameters = parameters.ok_or(malformed)?;
    let parameters: PssParameters<'_> = parameters.decode_as().map_err(|_| malformed)?;
    let digest = digest_of_identifier(parameters.hash)?;
    if parameters.mask.oid != MGF1 {
        return Err(AlgorithmUnsupported::Unknown(parameters.mask.oid));
    }
    let mask = digest_of_identifier(parameters.mask.parameters.ok_or(malformed)?)?;
    if parameters.trailer != trailer_field_bc() {
        return Err(malformed);
    }
    let (usual, salt) = (SignatureAlgorithm::RsaPss(digest), parameters.salt_length);
    Ok(match mask == digest && salt == usual.salt_length() {
        true => usual,
        false => SignatureAlgorithm::RsaPssWith { digest, mask, salt },
    })
}
