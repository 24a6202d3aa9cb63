//! The ESS attributes that bind a signature to its certificate (RFC 2634 §5.4, RFC 5035 §3): what makes it CAdES-BES.

use super::{
    attributes::{AttributeReader, AttributesMalformed, attribute},
    certificate::SignerCertificate,
};
use crate::algorithm::{Country, DigestAlgorithm, SignatureAlgorithm, digest_of_identifier};
use const_oid::ObjectIdentifier;
use der::{
    Any, Sequence,
    asn1::{AnyRef, OctetStringRef},
    referenced::OwnedToRef,
};
use spki::AlgorithmIdentifierRef;
use x509_cert::{attr::Attribute, ext::pkix::name::GeneralName, serial_number::SerialNumber};

const SIGNING_CERTIFICATE: ObjectIdentifier =
    ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.2.12");
const SIGNING_CERTIFICATE_V2: ObjectIdentifier =
    ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.2.47");

/// RFC 5035 §3. SigningCertificate (RFC 2634 §5.4) looks the same, with SHA-1 instead of hash algorithms.
/// ```text
/// SigningCertificateV2 ::= SEQUENCE {
///   certs        SEQUENCE OF ESSCertIDv2,
///   policies     SEQUENCE OF PolicyInformation OPTIONAL }
/// ```
#[derive(Sequence)]
struct EssSigningCertificate<'a> {
    certs: Vec<EssCertId<'a>>,
    #[asn1(optional = "true")]
    policies: Option<AnyRef<'a>>,
}

/// RFC 5035 §4
/// ```text
/// ESSCertIDv2 ::= SEQUENCE {
///   hashAlgorithm  AlgorithmIdentifier DEFAULT {algorithm id-sha256},
///   certHash       Hash,
///   issuerSerial   IssuerSerial OPTIONAL }
/// ```
#[derive(Sequence)]
struct EssCertId<'a> {
    #[asn1(optional = "true")]
    hash_algorithm: Option<AlgorithmIdentifierRef<'a>>,
    cert_hash: &'a OctetStringRef,
    #[asn1(optional = "true")]
    issuer_serial: Option<IssuerSerial>,
}

/// RFC 5035 §4
/// ```text
/// IssuerSerial ::= SEQUENCE {
///   issuer         GeneralNames,
///   serialNumber   CertificateSerialNumber }
/// ```
#[derive(Sequence)]
struct IssuerSerial {
    issuer: Vec<GeneralName>,
    serial_number: SerialNumber,
}

/// What the ESS attributes say of a certificate.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Binding {
    /// There are none.
    Absent,
    /// It is the signer's.
    Bound,
    /// Another one is the signer's.
    Mismatch,
}

/// The attribute signing-certificate-v2 with one certificate, by digest, issuer and serial number. The digest is
/// SHA-256, which DER omits; in Russia, where that is no standard, the one that is signed.
pub(super) fn signing_certificate(
    certificate: &SignerCertificate<'_>,
    algorithm: SignatureAlgorithm,
) -> der::Result<Attribute> {
    let (digest, identifier) = match algorithm {
        SignatureAlgorithm::Gost(digest, Country::Russia) => {
            (digest, Some(algorithm.digest_identifier()))
        }
        _ => (DigestAlgorithm::Sha256, None),
    };
    let hash = digest.digest(certificate.der).bytes();
    let value = EssSigningCertificate {
        certs: vec![EssCertId {
            hash_algorithm: identifier.as_ref().map(OwnedToRef::owned_to_ref),
            cert_hash: OctetStringRef::new(&hash)?,
            issuer_serial: Some(IssuerSerial {
                issuer: vec![GeneralName::DirectoryName(certificate.name.issuer.clone())],
                serial_number: certificate.name.serial_number.clone(),
            }),
        }],
        policies: None,
    };
    attribute(SIGNING_CERTIFICATE_V2, &value)
}

/// Compares the ESS attributes, whichever of the two there are, with a certificate.
///
/// # Errors
/// [`AttributesMalformed`]: one of them cannot be read, or uses an unknown digest.
pub(super) fn binding(
    attributes: &AttributeReader<'_>,
    certificate: &SignerCertificate<'_>,
) -> Result<Binding, AttributesMalformed> {
    let mut binding = Binding::Absent;
    for (oid, default) in [
        (SIGNING_CERTIFICATE, DigestAlgorithm::Sha1),
        (SIGNING_CERTIFICATE_V2, DigestAlgorithm::Sha256),
    ] {
        let Some(value) = attributes.single(oid)? else {
            continue;
        };
        if !is_bound(value, default, certificate)? {
            return Ok(Binding::Mismatch);
        }
        binding = Binding::Bound;
    }
    Ok(binding)
}

/// RFC 5035 §3: the first certificate in the list is the signer's.
fn is_bound(
    value: &Any,
    default: DigestAlgorithm,
    certificate: &SignerCertificate<'_>,
) -> Result<bool, AttributesMalformed> {
    let value: EssSigningCertificate<'_> = value.decode_as().map_err(|_| AttributesMalformed)?;
    let signer = value.certs.first().ok_or(AttributesMalformed)?;
    let digest = signer
        .hash_algorithm
        .map_or(Ok(default), digest_of_identifier);
    let hash = digest
        .map_err(|_| AttributesMalformed)?
        .digest(certificate.der);
    let named = signer.issuer_serial.as_ref().is_none_or(|name| {
        let issuer = GeneralName::DirectoryName(certificate.name.issuer.clone());
        name.issuer == [issuer] && name.serial_number == certificate.name.serial_number
    });
    Ok(named && hash.bytes() == signer.cert_hash.as_bytes())
}
