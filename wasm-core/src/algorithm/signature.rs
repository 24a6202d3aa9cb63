//! Signature algorithms.

use super::{Country, DigestAlgorithm};
use serde::{Deserialize, Serialize};

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
    /// The same with a mask of another digest, or a salt of another length: verified, never signed with.
    RsaPssWith {
        /// The digest that is signed.
        digest: DigestAlgorithm,
        /// The one of MGF1.
        mask: DigestAlgorithm,
        /// The salt's length in bytes.
        salt: u16,
    },
}

/// How a digest is padded before an RSA key signs it.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(any(test, feature = "typescript"), derive(ts_rs::TS), ts(export))]
#[serde(rename_all = "kebab-case")]
pub enum Padding {
    /// RSASSA-PKCS1-v1_5 (RFC 8017 §8.2).
    Pkcs1,
    /// RSASSA-PSS (RFC 8017 §8.1).
    Pss,
}

impl SignatureAlgorithm {
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

    /// The same algorithm as it would be with another digest, where the key does not decide which.
    pub(crate) fn made_with(self, digest: DigestAlgorithm) -> Option<Self> {
        let other = match self {
            Self::Ecdsa(_) => Self::Ecdsa(digest),
            Self::RsaPkcs1(_) => Self::RsaPkcs1(digest),
            Self::Gost(..) | Self::RsaPss(_) | Self::RsaPssWith { .. } => return None,
        };
        (other != self).then_some(other)
    }

    /// The salt's length in bytes; 0 where there is no salt.
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

    /// PSS with any parameters becomes PSS as Tamga signs with it.
    pub(super) fn usual(self) -> Self {
        match self {
            Self::RsaPssWith { digest, .. } => Self::RsaPss(digest),
            other => other,
        }
    }
}
