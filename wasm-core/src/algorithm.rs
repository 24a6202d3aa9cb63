//! One table of digest and signature algorithms: OIDs, names, lengths, what may still sign.

use serde::{Deserialize, Serialize};

/// A digest algorithm.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
pub enum DigestAlgorithm {
    /// Broken: verified with a warning, never signed with.
    #[serde(rename = "SHA-1")]
    Sha1,
    /// FIPS 180-4.
    #[serde(rename = "SHA-256")]
    Sha256,
    /// FIPS 180-4.
    #[serde(rename = "SHA-384")]
    Sha384,
    /// FIPS 180-4.
    #[serde(rename = "SHA-512")]
    Sha512,
}

/// A digest and what made it. The length always fits the algorithm.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
#[serde(deny_unknown_fields)]
pub struct Digest {
    /// Which algorithm.
    pub algorithm: DigestAlgorithm,
    /// Lower-case hex.
    pub value: String,
}
