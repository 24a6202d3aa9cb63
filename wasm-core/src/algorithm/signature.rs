//! Signature algorithms and the AlgorithmIdentifiers that name them.

use super::{Country, DigestAlgorithm, KeyUnsupported, key::PublicKey, pss};
use const_oid::ObjectIdentifier;
use der::{Any, asn1::AnyRef};
use spki::{AlgorithmIdentifierOwned, AlgorithmIdentifierRef};

/// How a digest is signed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum SignatureAlgorithm {
    /// FIPS 186-5 §6 on the curve of the key; signatures are DER `Ecdsa-Sig-Value` (RFC 3279 §2.2.3).
    Ecdsa(DigestAlgorithm),
    /// GOST R 34.10 on the curve of the key; signatures are in the country's byte order.
    Gost(DigestAlgorithm, Country),
    /// RSASSA-PKCS1-v1_5 (RFC 8017 §8.2).
    RsaPkcs1(DigestAlgorithm),
    /// RSASSA-PSS (RFC 8017 §8.1), MGF1 with the same digest, the salt as long as the digest.
    RsaPss(DigestAlgorithm),
    /// The same with a mask of another digest, or a salt of another length: others sign so, Tamga only verifies it.
    RsaPssWith {
        /// The digest that is signed.
        digest: DigestAlgorithm,
        /// The one of MGF1.
        mask: DigestAlgorithm,
        /// The salt's length in bytes.
        salt: u16,
    },
}

/// Why an AlgorithmIdentifier is of no use.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum AlgorithmUnsupported {
    /// The parameters are damaged or not allowed with this algorithm.
    #[error("malformed parameters of algorithm {0}")]
    Malformed(ObjectIdentifier),
    /// An algorithm Tamga does not know, or parameters it does not know.
    #[error("unknown algorithm {0}")]
    Unknown(ObjectIdentifier),
    /// An algorithm so broken that a signature made with it proves nothing: MD2, MD4.
    #[error("broken algorithm {0}")]
    Weak(ObjectIdentifier),
}

/// Why a signature was not found good.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum SignatureError {
    /// The signature is not one of this digest by this key.
    #[error("signature invalid")]
    Invalid,
    /// The key does not go with the algorithm.
    #[error("key of another algorithm")]
    Mismatch,
    /// The key is of a kind that nobody here knows.
    #[error("key unsupported")]
    Unsupported,
}

impl From<KeyUnsupported> for SignatureError {
    fn from(_: KeyUnsupported) -> Self {
        Self::Unsupported
    }
}

/// What stands in the parameters of an AlgorithmIdentifier.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Parameters {
    /// Nothing at all (RFC 5758 §3.2, RFC 9215 §2); some signers write NULL or repeat the parameters of the key, which
    /// say nothing that the key does not say.
    Absent,
    /// NULL (RFC 4055 §5); some signers leave it out, which is forgiven.
    Null,
    /// `RSASSA-PSS-params` (RFC 4055 §3.1).
    Pss,
}

struct SignatureRow {
    oid: ObjectIdentifier,
    /// `None`: the identifier names no digest; it is the one of the SignerInfo or of the parameters.
    digest: Option<DigestAlgorithm>,
    algorithm: fn(DigestAlgorithm) -> SignatureAlgorithm,
    parameters: Parameters,
}

impl SignatureRow {
    fn is_gost(&self) -> bool {
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

/// The first row that gives an algorithm is the one that is written.
#[rustfmt::skip]
const SIGNATURES: [SignatureRow; 43] = {
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
        // id-ecPublicKey: wrong by the letter (RFC 5753 §2.1.1), met in the wild.
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

/// md2, md4 and RSA with each of them; the last one in OIW's words.
const WEAK: [ObjectIdentifier; 5] = [
    ObjectIdentifier::new_unwrap("1.2.840.113549.2.2"),
    ObjectIdentifier::new_unwrap("1.2.840.113549.2.4"),
    ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.2"),
    ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.3"),
    ObjectIdentifier::new_unwrap("1.3.14.3.2.2"),
];

impl SignatureAlgorithm {
    /// The algorithm Tamga signs with when it has this key (`spki_der`: DER SubjectPublicKeyInfo), by policy:
    /// SHA-256 for RSA and P-256, SHA-384 for P-384, SHA-512 for P-521. `pss` matters to RSA keys only;
    /// a key that is for PSS by its own OID signs PSS whatever `pss` says.
    ///
    /// # Errors
    /// [`KeyUnsupported`]: another kind of key, or too short a one.
    pub fn for_key(spki_der: &[u8], pss: bool) -> Result<Self, KeyUnsupported> {
        PublicKey::parse(spki_der)?.signs_with(pss)
    }

    /// The same algorithm with another digest, where somebody else has hashed already;
    /// `None` if that digest may not sign any more.
    pub fn with_digest(self, digest: DigestAlgorithm) -> Option<Self> {
        digest.may_sign().then_some(match self {
            Self::Ecdsa(_) => Self::Ecdsa(digest),
            Self::Gost(_, country) => Self::Gost(digest, country),
            Self::RsaPkcs1(_) => Self::RsaPkcs1(digest),
            Self::RsaPss(_) => Self::RsaPss(digest),
            Self::RsaPssWith { mask, salt, .. } => Self::RsaPssWith { digest, mask, salt },
        })
    }

    /// The digest that is signed.
    pub fn digest(self) -> DigestAlgorithm {
        match self {
            Self::Ecdsa(digest)
            | Self::Gost(digest, _)
            | Self::RsaPkcs1(digest)
            | Self::RsaPss(digest)
            | Self::RsaPssWith { digest, .. } => digest,
        }
    }

    /// The AlgorithmIdentifier, as RFC 5754 §3 and RFC 4056 §3 have it in a SignerInfo.
    ///
    /// # Errors
    /// DER errors, which do not happen with what this type can hold.
    pub fn identifier(self) -> der::Result<AlgorithmIdentifierOwned> {
        let names = |row: &&SignatureRow| {
            let digest = row.digest.unwrap_or(self.digest());
            (row.algorithm)(digest) == self.usual() && digest == self.digest()
        };
        let Some(row) = SIGNATURES.iter().find(names) else {
            return Err(der::ErrorKind::Failed.into());
        };
        Ok(AlgorithmIdentifierOwned {
            oid: row.oid,
            parameters: match row.parameters {
                Parameters::Absent => None,
                Parameters::Null => Some(Any::null()),
                Parameters::Pss => Some(pss::encode(self)?),
            },
        })
    }

    /// The AlgorithmIdentifier of the digest next to it: no parameters (RFC 5754 §2), in Kazakhstan NULL.
    pub fn digest_identifier(self) -> AlgorithmIdentifierOwned {
        let digest = self.digest();
        match self {
            Self::Gost(_, Country::Kazakhstan) => AlgorithmIdentifierOwned {
                oid: digest.kazakh_oid(),
                parameters: Some(Any::null()),
            },
            _ => AlgorithmIdentifierOwned {
                oid: digest.oid(),
                parameters: None,
            },
        }
    }

    /// The algorithm that an AlgorithmIdentifier names, next to `digest` in the same SignerInfo.
    ///
    /// # Errors
    /// [`AlgorithmUnsupported`]
    pub fn from_identifier(
        identifier: AlgorithmIdentifierRef<'_>,
        digest: DigestAlgorithm,
    ) -> Result<Self, AlgorithmUnsupported> {
        let oid = identifier.oid;
        let Some(row) = SIGNATURES.iter().find(|row| row.oid == oid) else {
            return Err(unsupported(oid));
        };
        let null = |parameters: AnyRef<'_>| parameters.is_null();
        match row.parameters {
            Parameters::Pss => pss::decode(identifier.parameters),
            Parameters::Null if !identifier.parameters.is_none_or(null) && !row.is_gost() => {
                Err(AlgorithmUnsupported::Malformed(oid))
            }
            Parameters::Absent | Parameters::Null => {
                Ok((row.algorithm)(row.digest.unwrap_or(digest)))
            }
        }
    }

    /// The same algorithm as it would be with another digest, where the key does not decide which.
    pub(crate) fn made_with(self, digest: DigestAlgorithm) -> Option<Self> {
        let other = match self {
            Self::Ecdsa(_) => Self::Ecdsa(digest),
            Self::RsaPkcs1(_) => Self::RsaPkcs1(digest),
            Self::Gost(..) | Self::RsaPss(_) | Self::RsaPssWith { .. } => return None,
        };
        (other != self).then_some(other)
    }

    /// In bytes; 0 where there is no salt.
    pub(super) fn salt_length(self) -> u16 {
        match self {
            Self::Ecdsa(_) | Self::Gost(..) | Self::RsaPkcs1(_) => 0,
            Self::RsaPss(digest) => u16::try_from(digest.output_len()).unwrap_or(u16::MAX),
            Self::RsaPssWith { salt, .. } => salt,
        }
    }

    /// The digest of MGF1, where there is a mask.
    pub(super) fn mask(self) -> DigestAlgorithm {
        match self {
            Self::RsaPssWith { mask, .. } => mask,
            other => other.digest(),
        }
    }

    /// PSS as Tamga makes it, in place of other PSS.
    fn usual(self) -> Self {
        match self {
            Self::RsaPssWith { digest, .. } => Self::RsaPss(digest),
            other => other,
        }
    }
}

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

fn unsupported(oid: ObjectIdentifier) -> AlgorithmUnsupported {
    if WEAK.contains(&oid) {
        return AlgorithmUnsupported::Weak(oid);
    }
    AlgorithmUnsupported::Unknown(oid)
}

#[cfg(test)]
mod tests {
    use super::*;
    use der::{Encode, referenced::OwnedToRef};

    fn read(
        identifier: &AlgorithmIdentifierOwned,
    ) -> Result<SignatureAlgorithm, AlgorithmUnsupported> {
        SignatureAlgorithm::from_identifier(identifier.owned_to_ref(), DigestAlgorithm::Sha512)
    }

    #[test]
    fn what_is_written_is_read_back() {
        for digest in [
            DigestAlgorithm::Sha256,
            DigestAlgorithm::Sha384,
            DigestAlgorithm::Sha512,
        ] {
            for algorithm in [
                SignatureAlgorithm::Ecdsa(digest),
                SignatureAlgorithm::RsaPkcs1(digest),
                SignatureAlgorithm::RsaPss(digest),
                SignatureAlgorithm::RsaPssWith {
                    digest,
                    mask: digest,
                    salt: 478,
                },
                SignatureAlgorithm::RsaPssWith {
                    digest,
                    mask: DigestAlgorithm::Sha1,
                    salt: 32,
                },
            ] {
                assert_eq!(read(&algorithm.identifier().unwrap()), Ok(algorithm));
            }
        }
    }

    /// RFC 4055 §6: rSASSA-PSS-SHA256-Params.
    #[test]
    fn pss_parameters_are_der() {
        let identifier = SignatureAlgorithm::RsaPss(DigestAlgorithm::Sha256)
            .identifier()
            .unwrap();
        let expected = "304106092a864886f70d01010a3034a00f300d06096086480165030402010500\
             a11c301a06092a864886f70d010108300d06096086480165030402010500a203020120";
        assert_eq!(
            base16ct::lower::encode_string(&identifier.to_der().unwrap()),
            expected
        );
    }

    #[test]
    fn broken_and_unknown_are_told_apart() {
        for (oid, weak) in [("1.2.840.113549.1.1.3", true), ("1.2.840.10040.4.3", false)] {
            let oid = ObjectIdentifier::new_unwrap(oid);
            let expected = if weak {
                AlgorithmUnsupported::Weak(oid)
            } else {
                AlgorithmUnsupported::Unknown(oid)
            };
            assert_eq!(
                read(&AlgorithmIdentifierOwned {
                    oid,
                    parameters: None
                }),
                Err(expected)
            );
        }
    }
}
