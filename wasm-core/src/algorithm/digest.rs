//! Digest algorithms and digests.

mod table;

use base16ct::lower;
use const_oid::ObjectIdentifier;
use serde::{Deserialize, Serialize};
use sha2::digest::{DynDigest, XofFixedWrapper, consts::U64};
use std::fmt;

/// A digest algorithm.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[cfg_attr(any(test, feature = "typescript"), derive(ts_rs::TS), ts(export))]
pub enum DigestAlgorithm {
    /// Broken: verified with a warning, never signed with.
    #[serde(rename = "SHA-1")]
    Sha1,
    /// FIPS 180-4. Verified, never signed with: no policy asks for it.
    #[serde(rename = "SHA-224")]
    Sha224,
    /// FIPS 180-4.
    #[serde(rename = "SHA-256")]
    Sha256,
    /// FIPS 180-4.
    #[serde(rename = "SHA-384")]
    Sha384,
    /// FIPS 180-4.
    #[serde(rename = "SHA-512")]
    Sha512,
    /// GOST R 34.11-94 as Russia used it until 2018 (RFC 4357 §11.2). Verified with a warning, never signed with.
    #[serde(rename = "GOST R 34.11-94")]
    Gost94,
    /// GOST 34.311-95, the same with another S-box: Kazakhstan until 2024. Verified with a warning, never signed with.
    #[serde(rename = "GOST 34.311-95")]
    Gost95,
    /// GOST R 34.11-2012 (RFC 6986), in Kazakhstan GOST 34.11-2015.
    #[serde(rename = "Streebog-256")]
    Streebog256,
    /// GOST R 34.11-2012 (RFC 6986), in Kazakhstan GOST 34.11-2015.
    #[serde(rename = "Streebog-512")]
    Streebog512,
    /// FIPS 202. Verified, never signed with: no policy asks for it.
    #[serde(rename = "SHA3-224")]
    Sha3_224,
    /// FIPS 202.
    #[serde(rename = "SHA3-256")]
    Sha3_256,
    /// FIPS 202.
    #[serde(rename = "SHA3-384")]
    Sha3_384,
    /// FIPS 202.
    #[serde(rename = "SHA3-512")]
    Sha3_512,
    /// FIPS 202, 512 bits of it: what goes with Ed448 (RFC 8419 §2.3). Verified, never signed with.
    #[serde(rename = "SHAKE256")]
    Shake256,
    /// ISO/IEC 10118-3, in old signatures of TeleTrusT. Verified, never signed with.
    #[serde(rename = "RIPEMD-160")]
    Ripemd160,
    /// FIPS 180-4: SHA-512 with a start of its own, cut. Verified, never signed with.
    #[serde(rename = "SHA-512/224")]
    Sha512_224,
    /// The same, cut to 256 bits.
    #[serde(rename = "SHA-512/256")]
    Sha512_256,
    /// Broken (RFC 6151): verified with a warning, never signed with.
    #[serde(rename = "MD5")]
    Md5,
}

impl DigestAlgorithm {
    /// The digest of bytes that are all in memory.
    pub fn digest(self, bytes: &[u8]) -> Digest {
        let mut hasher = self.hasher();
        hasher.update(bytes);
        hasher.finish()
    }

    /// A digest in the making.
    pub fn hasher(self) -> Hasher {
        Hasher {
            algorithm: self,
            state: self.state(),
        }
    }

    /// Not in the table: screens use the table, and would link every implementation.
    fn state(self) -> Box<dyn DynDigest + Send> {
        match self {
            Self::Sha1 => Box::<sha1::Sha1>::default(),
            Self::Sha224 => Box::<sha2::Sha224>::default(),
            Self::Sha256 => Box::<sha2::Sha256>::default(),
            Self::Sha384 => Box::<sha2::Sha384>::default(),
            Self::Sha512 => Box::<sha2::Sha512>::default(),
            Self::Gost94 => Box::<gost3410::Gost94CryptoPro>::default(),
            Self::Gost95 => Box::<gost3410::Gost94Test>::default(),
            Self::Streebog256 => Box::<gost3410::streebog::Streebog256>::default(),
            Self::Streebog512 => Box::<gost3410::streebog::Streebog512>::default(),
            Self::Sha3_224 => Box::<sha3::Sha3_224>::default(),
            Self::Sha3_256 => Box::<sha3::Sha3_256>::default(),
            Self::Sha3_384 => Box::<sha3::Sha3_384>::default(),
            Self::Sha3_512 => Box::<sha3::Sha3_512>::default(),
            Self::Shake256 => Box::<XofFixedWrapper<shake::Shake256, U64>>::default(),
            Self::Ripemd160 => Box::<ripemd::Ripemd160>::default(),
            Self::Sha512_224 => Box::<sha2::Sha512_224>::default(),
            Self::Sha512_256 => Box::<sha2::Sha512_256>::default(),
            Self::Md5 => Box::<md5::Md5>::default(),
        }
    }

    /// Whether a signature may still be made with it.
    pub fn may_sign(self) -> bool {
        self.row().may_sign
    }

    /// As people write it, and as it is on the wire: `SHA-256`.
    pub fn name(self) -> &'static str {
        self.row().name
    }

    /// The OID of the digest itself.
    pub fn oid(self) -> ObjectIdentifier {
        self.row().oid
    }

    /// The OID under which Kazakhstan knows it.
    pub fn kazakh_oid(self) -> ObjectIdentifier {
        let row = self.row();
        row.kazakh_oid.unwrap_or(row.oid)
    }

    /// The digest's length in bytes.
    pub fn output_len(self) -> usize {
        self.row().output_len
    }
}

/// A digest in the making.
pub struct Hasher {
    algorithm: DigestAlgorithm,
    state: Box<dyn DynDigest + Send>,
}

impl Hasher {
    /// Takes the next piece in.
    pub fn update(&mut self, bytes: &[u8]) {
        self.state.update(bytes);
    }

    /// The digest of all pieces.
    pub fn finish(self) -> Digest {
        Digest {
            algorithm: self.algorithm,
            value: lower::encode_string(&self.state.finalize()),
        }
    }
}

impl fmt::Debug for Hasher {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Hasher({})", self.algorithm.name())
    }
}

/// A digest and what made it. The length always fits the algorithm.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(any(test, feature = "typescript"), derive(ts_rs::TS), ts(export))]
#[serde(try_from = "Unchecked")]
pub struct Digest {
    /// Which algorithm.
    algorithm: DigestAlgorithm,
    /// Lower-case hex.
    value: String,
}

impl Digest {
    /// A digest somebody else computed, unless its length is not the algorithm's.
    pub fn new(algorithm: DigestAlgorithm, bytes: &[u8]) -> Option<Self> {
        (bytes.len() == algorithm.output_len()).then(|| Self {
            algorithm,
            value: lower::encode_string(bytes),
        })
    }

    /// Which algorithm made it.
    pub fn algorithm(&self) -> DigestAlgorithm {
        self.algorithm
    }

    /// The digest as it goes into a signature.
    pub fn bytes(&self) -> Vec<u8> {
        lower::decode_vec(&self.value).unwrap_or_default()
    }

    /// Lower-case hex.
    pub fn hex(&self) -> &str {
        &self.value
    }
}

/// A digest off the wire.
#[derive(Deserialize)]
struct Unchecked {
    algorithm: DigestAlgorithm,
    value: String,
}

impl TryFrom<Unchecked> for Digest {
    type Error = &'static str;

    fn try_from(wire: Unchecked) -> Result<Self, Self::Error> {
        let bytes =
            lower::decode_vec(&wire.value).map_err(|_| "the digest is not lower-case hex")?;
        Self::new(wire.algorithm, &bytes).ok_or("the digest's length is not the algorithm's")
    }
}

#[cfg(test)]
mod tests;
