//! The table of AlgorithmIdentifiers: the signature algorithm, and the digest, that each names. A new one is a row of
//! [`SIGNATURES`].

use super::{AlgorithmUnsupported, Country, DigestAlgorithm, SignatureAlgorithm};
use const_oid::ObjectIdentifier;
use der::asn1::AnyRef;
use spki::AlgorithmIdentifierRef;

/// The parameters of an AlgorithmIdentifier.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Parameters {
    /// Absent (RFC 5758 §3.2, RFC 9215 §2); some signers write NULL or repeat the parameters of the key, which is
    /// accepted.
    Absent,
    /// NULL (RFC 4055 §5); absent parameters, as some signers write, are accepted.
    Null,
    /// `RSASSA-PSS-params` (RFC 4055 §3.1).
    Pss,
}

pub(super) struct SignatureRow {
    pub(super) oid: ObjectIdentifier,
    /// `None`: the identifier names no digest; it is the one of the SignerInfo or of the parameters.
    pub(super) digest: Option<DigestAlgorithm>,
    pub(super) algorithm: fn(DigestAlgorithm) -> SignatureAlgorithm,
    pub(super) parameters: Parameters,
}

impl SignatureRow {
    pub(super) fn is_gost(&self) -> bool {
        let digest = self.digest.map(self.algorithm);
        matches!(digest, Some(SignatureAlgorithm::Gost(..)))
    }
}

const fn row(
    oid: &str,
    digest: Option<DigestAlgorithm>,
    algorithm: fn(DigestAlgorithm) -> SignatureAlgorithm,
    parameters: Parameters,
) -> SignatureRow {
    SignatureRow {
        oid: ObjectIdentifier::new_unwrap(oid),
        digest,
        algorithm,
        parameters,
    }
}

/// An algorithm is written with the first of its rows.
#[rustfmt::skip]
pub(super) static SIGNATURES: [SignatureRow; 43] = {
    use DigestAlgorithm::{Gost94, Gost95, Md5, Ripemd160, Sha1, Sha224, Sha256, Sha384, Sha512, Sha512_224, Sha512_256, Sha3_224, Sha3_256, Sha3_384, Sha3_512, Streebog256, Streebog512};
    use Parameters::{Absent, Null, Pss};
    use SignatureAlgorithm::{Ecdsa, RsaPkcs1, RsaPss};
    [
        row("1.2.840.113549.1.1.5", Some(Sha1), RsaPkcs1, Null),
        row("1.2.840.113549.1.1.14", Some(Sha224), RsaPkcs1, Null),
        row("1.2.840.113549.1.1.11", Some(Sha256), RsaPkcs1, Null),
        row("1.2.840.113549.1.1.12", Some(Sha384), RsaPkcs1, Null),
        row("1.2.840.113549.1.1.13", Some(Sha512), RsaPkcs1, Null),
        row("1.2.840.113549.1.1.15", Some(Sha512_224), RsaPkcs1, Null),
        row("1.2.840.113549.1.1.16", Some(Sha512_256), RsaPkcs1, Null),
        row("1.2.840.113549.1.1.4", Some(Md5), RsaPkcs1, Null),
        // rsaEncryption (RFC 3370 §3.2): what most CMS signers write.
        row("1.2.840.113549.1.1.1", None, RsaPkcs1, Null),
        row("1.2.840.113549.1.1.10", None, RsaPss, Pss),
        row("1.2.840.10045.4.1", Some(Sha1), Ecdsa, Absent),
        row("1.2.840.10045.4.3.1", Some(Sha224), Ecdsa, Absent),
        row("1.2.840.10045.4.3.2", Some(Sha256), Ecdsa, Absent),
        row("1.2.840.10045.4.3.3", Some(Sha384), Ecdsa, Absent),
        row("1.2.840.10045.4.3.4", Some(Sha512), Ecdsa, Absent),
        // id-ecPublicKey: not allowed by RFC 5753 §2.1.1, and written by some signers.
        row("1.2.840.10045.2.1", None, Ecdsa, Absent),
        // R 1323565.1.025-2019: a SignerInfo names the key's algorithm; others write that of certificates (RFC 9215 §2).
        row("1.2.643.7.1.1.1.1", Some(Streebog256), russian, Absent),
        row("1.2.643.7.1.1.1.2", Some(Streebog512), russian, Absent),
        row("1.2.643.7.1.1.3.2", Some(Streebog256), russian, Absent),
        row("1.2.643.7.1.1.3.3", Some(Streebog512), russian, Absent),
        // RFC 4490 §3.2
        row("1.2.643.2.2.19", Some(Gost94), russian, Absent),
        row("1.2.643.2.2.3", Some(Gost94), russian, Absent),
        row("1.2.398.3.10.1.1.2.3.1", Some(Streebog256), kazakh, Null),
        row("1.2.398.3.10.1.1.2.3.2", Some(Streebog512), kazakh, Null),
        row("1.2.398.3.10.1.1.1.2", Some(Gost95), kazakh, Null),
        // FIPS 202, in the arc of NIST
        row("2.16.840.1.101.3.4.3.9", Some(Sha3_224), Ecdsa, Absent),
        row("2.16.840.1.101.3.4.3.10", Some(Sha3_256), Ecdsa, Absent),
        row("2.16.840.1.101.3.4.3.11", Some(Sha3_384), Ecdsa, Absent),
        row("2.16.840.1.101.3.4.3.12", Some(Sha3_512), Ecdsa, Absent),
        row("2.16.840.1.101.3.4.3.13", Some(Sha3_224), RsaPkcs1, Null),
        row("2.16.840.1.101.3.4.3.14", Some(Sha3_256), RsaPkcs1, Null),
        row("2.16.840.1.101.3.4.3.15", Some(Sha3_384), RsaPkcs1, Null),
        row("2.16.840.1.101.3.4.3.16", Some(Sha3_512), RsaPkcs1, Null),
        // OIW: md5WithRSA, rsaSignature, shaWithRSASignature (for which peers take the digest beside it), sha1WithRSASignature
        row("1.3.14.3.2.3", Some(Md5), RsaPkcs1, Null),
        row("1.3.14.3.2.11", None, RsaPkcs1, Null),
        row("1.3.14.3.2.15", None, RsaPkcs1, Null),
        row("1.3.14.3.2.29", Some(Sha1), RsaPkcs1, Null),
        // TeleTrusT: rsaSignature, the same with SHA-1 and RIPEMD-160, ECDSA with each
        row("1.3.36.3.3.1", None, RsaPkcs1, Null),
        row("1.3.36.3.3.1.1", Some(Sha1), RsaPkcs1, Null),
        row("1.3.36.3.3.1.2", Some(Ripemd160), RsaPkcs1, Null),
        row("1.3.36.3.3.2.1", Some(Sha1), Ecdsa, Absent),
        row("1.3.36.3.3.2.2", Some(Ripemd160), Ecdsa, Absent),
        // id-ea-rsa of X.509 (1988)
        row("2.5.8.1.1", None, RsaPkcs1, Null),
    ]
};

fn russian(digest: DigestAlgorithm) -> SignatureAlgorithm {
    SignatureAlgorithm::Gost(digest, Country::Russia)
}

fn kazakh(digest: DigestAlgorithm) -> SignatureAlgorithm {
    SignatureAlgorithm::Gost(digest, Country::Kazakhstan)
}

/// md2, md4 and RSA with each of them; the last one is OIW's OID.
const WEAK: [ObjectIdentifier; 5] = [
    ObjectIdentifier::new_unwrap("1.2.840.113549.2.2"),
    ObjectIdentifier::new_unwrap("1.2.840.113549.2.4"),
    ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.2"),
    ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.3"),
    ObjectIdentifier::new_unwrap("1.3.14.3.2.2"),
];

/// The digest that an AlgorithmIdentifier names. NULL parameters and none mean the same (RFC 5754 §2). Some signers name
/// the signature's algorithm in the digest's place, as OpenSSL's names for digests do too.
///
/// # Errors
/// [`AlgorithmUnsupported`]
pub(crate) fn digest_of_identifier(
    identifier: AlgorithmIdentifierRef<'_>,
) -> Result<DigestAlgorithm, AlgorithmUnsupported> {
    let oid = identifier.oid;
    let by_signature = || SIGNATURES.iter().find(|row| row.oid == oid)?.digest;
    if oid == SHAKE256_LEN {
        return shake256(identifier.parameters).ok_or(AlgorithmUnsupported::Malformed(oid));
    }
    let digest = DigestAlgorithm::from_oid(oid).or_else(by_signature);
    let digest = digest.ok_or_else(|| unsupported(oid))?;
    match identifier.parameters {
        Some(parameters) if !parameters.is_null() => {
            with_parameters(digest, parameters).ok_or(AlgorithmUnsupported::Malformed(oid))
        }
        _ => Ok(digest),
    }
}

/// id-shake256-len (RFC 8419 §2.3)
const SHAKE256_LEN: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.18");

/// SHAKE256 of so many bits; only 512 are of use here.
fn shake256(bits: Option<AnyRef<'_>>) -> Option<DigestAlgorithm> {
    let bits: u32 = bits?.decode_as().ok()?;
    (bits == 512).then_some(DigestAlgorithm::Shake256)
}

/// The S-boxes of GOST R 34.11-94 (RFC 4357 §11.2), by which Tamga tells two digests apart.
const GOST_94_PARAMETERS: [(ObjectIdentifier, DigestAlgorithm); 2] = [
    (
        ObjectIdentifier::new_unwrap("1.2.643.2.2.30.0"),
        DigestAlgorithm::Gost95,
    ),
    (
        ObjectIdentifier::new_unwrap("1.2.643.2.2.30.1"),
        DigestAlgorithm::Gost94,
    ),
];

/// The digest that its parameters make it.
fn with_parameters(digest: DigestAlgorithm, parameters: AnyRef<'_>) -> Option<DigestAlgorithm> {
    match digest {
        DigestAlgorithm::Gost94 => {
            let set: ObjectIdentifier = parameters.decode_as().ok()?;
            let row = GOST_94_PARAMETERS.iter().find(|(oid, _)| *oid == set);
            row.map(|(_, digest)| *digest)
        }
        // Repeated from the key (RFC 9215 §4.2)
        DigestAlgorithm::Streebog256 | DigestAlgorithm::Streebog512 => Some(digest),
        _ => None,
    }
}

pub(super) fn unsupported(oid: ObjectIdentifier) -> AlgorithmUnsupported {
    if WEAK.contains(&oid) {
        return AlgorithmUnsupported::Weak(oid);
    }
    AlgorithmUnsupported::Unknown(oid)
}
