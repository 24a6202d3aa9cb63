//! The ESS attributes that bind a signature to its certificate (RFC 2634 §5.4, RFC 5035 §3): what makes it CAdES-BES.

use super::{
    attributes::{Attributes, AttributesMalformed, attribute},
    der_prefix::FIELD_4,
    structure::RawSet,
};
use crate::{
    algorithm::{Country, DigestAlgorithm, SignatureAlgorithm, digest_of_identifier},
    certificate::Certificate,
    format::SignerFailure,
};
use const_oid::ObjectIdentifier;
use der::{
    Decode as _, Sequence, Tag, Tagged as _,
    asn1::{AnyRef, OctetStringRef},
    referenced::OwnedToRef,
};
use spki::AlgorithmIdentifierRef;
use x509_cert::attr::Attribute;

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
    issuer_serial: Option<AnyRef<'a>>,
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
    certificate: &Certificate,
    algorithm: SignatureAlgorithm,
) -> der::Result<Attribute> {
    let (digest, identifier) = match algorithm {
        SignatureAlgorithm::Gost(digest, Country::Russia) => {
            (digest, Some(algorithm.digest_identifier()))
        }
        _ => (DigestAlgorithm::Sha256, None),
    };
    let hash = digest.digest(certificate.der()).bytes();
    let issuer_serial = certificate.issuer_serial();
    let value = EssSigningCertificate {
        certs: vec![EssCertId {
            hash_algorithm: identifier.as_ref().map(OwnedToRef::owned_to_ref),
            cert_hash: OctetStringRef::new(&hash)?,
            issuer_serial: Some(AnyRef::from_der(&issuer_serial)?),
        }],
        policies: None,
    };
    attribute(SIGNING_CERTIFICATE_V2, &value)
}

/// Compares the ESS attributes, whichever of the two there are, with a certificate.
///
/// # Errors
/// [`SignerFailure::AttributesMalformed`]: one of them cannot be read. [`SignerFailure::AlgorithmUnsupported`]: it has a
/// digest that nobody here knows.
pub(super) fn binding(
    attributes: &Attributes<'_>,
    certificate: &Certificate,
) -> Result<Binding, SignerFailure> {
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

/// RFC 5035 §3: the first certificate in the list is the signer's. Those that may follow (RFC 2634 §5.4: no others may be on its
/// path) say nothing about the signature.
fn is_bound(
    value: &[u8],
    default: DigestAlgorithm,
    certificate: &Certificate,
) -> Result<bool, SignerFailure> {
    let value = EssSigningCertificate::from_der(value).map_err(|_| AttributesMalformed)?;
    let signer = value.certs.first().ok_or(AttributesMalformed)?;
    let digest = match signer.hash_algorithm {
        Some(identifier) => digest_of_identifier(identifier)?,
        None => default,
    };
    let hash = digest.digest(certificate.der());
    let named = match signer.issuer_serial {
        Some(issuer_serial) => names(issuer_serial, certificate).ok_or(AttributesMalformed)?,
        None => true,
    };
    Ok(named && hash.bytes() == signer.cert_hash.as_bytes())
}

/// The most names of one issuer.
const MAX_NAMES: usize = 100;

/// Whether an IssuerSerial is of this certificate; `None` if it is none.
/// ```text
/// IssuerSerial ::= SEQUENCE {
///   issuer         GeneralNames,
///   serialNumber   CertificateSerialNumber }
/// ```
fn names(issuer_serial: AnyRef<'_>, certificate: &Certificate) -> Option<bool> {
    let [issuer, serial] = *RawSet(issuer_serial.value()).members(2).ok()? else {
        return None;
    };
    let serial = AnyRef::from_der(serial).ok()?;
    let issuer = AnyRef::from_der(issuer).ok()?;
    if [issuer_serial.tag(), issuer.tag(), serial.tag()]
        != [Tag::Sequence, Tag::Sequence, Tag::Integer]
    {
        return None;
    }
    let names = RawSet(issuer.value()).members(MAX_NAMES).ok()?;
    // directoryName [4]; the other forms of a name are no issuer's.
    let mut directory_names = names.iter().filter(|name| name.first() == Some(&FIELD_4));
    let issued = directory_names.any(|name| {
        let name = AnyRef::from_der(name);
        name.is_ok_and(|name| certificate.is_issued(name.value(), serial.value()))
    });
    Some(issued)
}

#[cfg(test)]
mod tests {
    use super::*;
    use der::Encode as _;

    /// RFC 5035 §4: SHA-256 is left out, being the default.
    #[test]
    fn the_certificate_is_named_by_the_digest_of_its_country() {
        let der = include_bytes!("../../tests/fixtures/russian.der");
        let certificate = Certificate::parse(der).unwrap();
        let sha256 = DigestAlgorithm::Sha256;
        let streebog = DigestAlgorithm::Streebog256;
        for (algorithm, digest, named) in [
            (SignatureAlgorithm::RsaPkcs1(sha256), sha256, None),
            (
                SignatureAlgorithm::Gost(streebog, Country::Kazakhstan),
                sha256,
                None,
            ),
            (
                SignatureAlgorithm::Gost(streebog, Country::Russia),
                streebog,
                Some(streebog.oid()),
            ),
        ] {
            let attribute = signing_certificate(&certificate, algorithm).unwrap();
            let value = attribute.values.get(0).unwrap();
            let value: EssSigningCertificate<'_> = value.decode_as().unwrap();
            let [id] = value.certs.try_into().ok().unwrap();
            assert_eq!(id.hash_algorithm.map(|it| it.oid), named);
            assert_eq!(id.cert_hash.as_bytes(), digest.digest(der).bytes());
        }
    }

    /// RFC 5035 §4: the digest and, where it is there, the name are those of the signer's certificate.
    #[test]
    fn a_certificate_is_named_by_its_digest_and_by_its_name() {
        let [own, other] = [
            &include_bytes!("../../tests/fixtures/russian.der")[..],
            include_bytes!("../../tests/fixtures/kazakh.der"),
        ]
        .map(|der| Certificate::parse(der).unwrap());
        let sha256 = DigestAlgorithm::Sha256;
        let named = |hash: &Certificate, name: Option<&Certificate>| {
            let hash = sha256.digest(hash.der()).bytes();
            let name = name.map(Certificate::issuer_serial);
            let id = EssCertId {
                hash_algorithm: None,
                cert_hash: OctetStringRef::new(&hash).unwrap(),
                issuer_serial: name.as_ref().map(|name| AnyRef::from_der(name).unwrap()),
            };
            let value = EssSigningCertificate {
                certs: vec![id],
                policies: None,
            };
            is_bound(&value.to_der().unwrap(), sha256, &own)
        };
        for (hash, name, is_own) in [
            (&own, Some(&own), true),
            (&own, None, true),
            (&own, Some(&other), false),
            (&other, Some(&own), false),
            (&other, None, false),
        ] {
            assert_eq!(named(hash, name), Ok(is_own));
        }
    }
}
