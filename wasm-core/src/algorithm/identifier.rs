//! The AlgorithmIdentifiers of signature algorithms, written and read.

use super::{
    AlgorithmUnsupported, Country, DigestAlgorithm, SignatureAlgorithm,
    identifier_table::{Parameters, SIGNATURES, SignatureRow, unsupported},
    pss,
};
use der::{Any, asn1::AnyRef};
use spki::{AlgorithmIdentifierOwned, AlgorithmIdentifierRef};

impl SignatureAlgorithm {
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

    /// The algorithm that an AlgorithmIdentifier names with nothing next to it, as in certificates (RFC 5280 §4.1.1.2).
    ///
    /// # Errors
    /// [`AlgorithmUnsupported`], also for one that leaves the digest open.
    pub fn from_lone_identifier(
        identifier: AlgorithmIdentifierRef<'_>,
    ) -> Result<Self, AlgorithmUnsupported> {
        if identifier.oid == pss::RSASSA_PSS {
            return pss::decode(identifier.parameters);
        }
        let row = SIGNATURES.iter().find(|row| row.oid == identifier.oid);
        let digest = row.and_then(|row| row.digest);
        let digest = digest.ok_or_else(|| unsupported(identifier.oid))?;
        Self::from_identifier(identifier, digest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use const_oid::ObjectIdentifier;
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
