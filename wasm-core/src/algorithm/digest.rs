//! The table of digest algorithms: OIDs, names, lengths, which may still sign. A new digest is a row of [`DIGESTS`].

use base16ct::lower;
use const_oid::ObjectIdentifier;
use serde::{Deserialize, Serialize};
use sha2::digest::{DynDigest, XofFixedWrapper, consts::U64};
use std::fmt;

#[cfg(test)]
mod tests;

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

/// What there is to know about a digest algorithm.
struct DigestRow {
    algorithm: DigestAlgorithm,
    oid: ObjectIdentifier,
    /// What Kazakhstan calls it, where that is another OID.
    kazakh_oid: Option<ObjectIdentifier>,
    name: &'static str,
    /// In bytes.
    output_len: usize,
    may_sign: bool,
}

/// In the order of the enum.
const DIGESTS: [DigestRow; 18] = [
    DigestRow {
        algorithm: DigestAlgorithm::Sha1,
        oid: ObjectIdentifier::new_unwrap("1.3.14.3.2.26"),
        kazakh_oid: None,
        name: "SHA-1",
        output_len: 20,
        may_sign: false,
    },
    DigestRow {
        algorithm: DigestAlgorithm::Sha224,
        oid: ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.4"),
        kazakh_oid: None,
        name: "SHA-224",
        output_len: 28,
        may_sign: false,
    },
    DigestRow {
        algorithm: DigestAlgorithm::Sha256,
        oid: ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.1"),
        kazakh_oid: None,
        name: "SHA-256",
        output_len: 32,
        may_sign: true,
    },
    DigestRow {
        algorithm: DigestAlgorithm::Sha384,
        oid: ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.2"),
        kazakh_oid: None,
        name: "SHA-384",
        output_len: 48,
        may_sign: true,
    },
    DigestRow {
        algorithm: DigestAlgorithm::Sha512,
        oid: ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.3"),
        kazakh_oid: None,
        name: "SHA-512",
        output_len: 64,
        may_sign: true,
    },
    DigestRow {
        algorithm: DigestAlgorithm::Gost94,
        oid: ObjectIdentifier::new_unwrap("1.2.643.2.2.9"),
        kazakh_oid: None,
        name: "GOST R 34.11-94",
        output_len: 32,
        may_sign: false,
    },
    DigestRow {
        algorithm: DigestAlgorithm::Gost95,
        oid: ObjectIdentifier::new_unwrap("1.2.398.3.10.1.3.1"),
        kazakh_oid: None,
        name: "GOST 34.311-95",
        output_len: 32,
        may_sign: false,
    },
    DigestRow {
        algorithm: DigestAlgorithm::Streebog256,
        oid: ObjectIdentifier::new_unwrap("1.2.643.7.1.1.2.2"),
        kazakh_oid: Some(ObjectIdentifier::new_unwrap("1.2.398.3.10.1.3.2")),
        name: "Streebog-256",
        output_len: 32,
        may_sign: true,
    },
    DigestRow {
        algorithm: DigestAlgorithm::Streebog512,
        oid: ObjectIdentifier::new_unwrap("1.2.643.7.1.1.2.3"),
        kazakh_oid: Some(ObjectIdentifier::new_unwrap("1.2.398.3.10.1.3.3")),
        name: "Streebog-512",
        output_len: 64,
        may_sign: true,
    },
    DigestRow {
        algorithm: DigestAlgorithm::Sha3_224,
        oid: ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.7"),
        kazakh_oid: None,
        name: "SHA3-224",
        output_len: 28,
        may_sign: false,
    },
    DigestRow {
        algorithm: DigestAlgorithm::Sha3_256,
        oid: ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.8"),
        kazakh_oid: None,
        name: "SHA3-256",
        output_len: 32,
        may_sign: false,
    },
    DigestRow {
        algorithm: DigestAlgorithm::Sha3_384,
        oid: ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.9"),
        kazakh_oid: None,
        name: "SHA3-384",
        output_len: 48,
        may_sign: false,
    },
    DigestRow {
        algorithm: DigestAlgorithm::Sha3_512,
        oid: ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.10"),
        kazakh_oid: None,
        name: "SHA3-512",
        output_len: 64,
        may_sign: false,
    },
    DigestRow {
        algorithm: DigestAlgorithm::Shake256,
        oid: ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.12"),
        kazakh_oid: None,
        name: "SHAKE256",
        output_len: 64,
        may_sign: false,
    },
    DigestRow {
        algorithm: DigestAlgorithm::Ripemd160,
        oid: ObjectIdentifier::new_unwrap("1.3.36.3.2.1"),
        kazakh_oid: None,
        name: "RIPEMD-160",
        output_len: 20,
        may_sign: false,
    },
    DigestRow {
        algorithm: DigestAlgorithm::Sha512_224,
        oid: ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.5"),
        kazakh_oid: None,
        name: "SHA-512/224",
        output_len: 28,
        may_sign: false,
    },
    DigestRow {
        algorithm: DigestAlgorithm::Sha512_256,
        oid: ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.6"),
        kazakh_oid: None,
        name: "SHA-512/256",
        output_len: 32,
        may_sign: false,
    },
    DigestRow {
        algorithm: DigestAlgorithm::Md5,
        oid: ObjectIdentifier::new_unwrap("1.2.840.113549.2.5"),
        kazakh_oid: None,
        name: "MD5",
        output_len: 16,
        may_sign: false,
    },
];

impl DigestAlgorithm {
    /// The algorithm an OID names.
    pub fn from_oid(oid: ObjectIdentifier) -> Option<Self> {
        let mut rows = DIGESTS.iter();
        let row = rows.find(|row| row.oid == oid || row.kazakh_oid == Some(oid))?;
        Some(row.algorithm)
    }

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

    fn row(self) -> &'static DigestRow {
        let [
            sha1,
            sha224,
            sha256,
            sha384,
            sha512,
            gost_94,
            gost_95,
            streebog_256,
            streebog_512,
            sha3_224,
            sha3_256,
            sha3_384,
            sha3_512,
            shake256,
            ripemd160,
            sha512_224,
            sha512_256,
            md5,
        ] = &DIGESTS;
        match self {
            Self::Sha1 => sha1,
            Self::Sha224 => sha224,
            Self::Sha256 => sha256,
            Self::Sha384 => sha384,
            Self::Sha512 => sha512,
            Self::Gost94 => gost_94,
            Self::Gost95 => gost_95,
            Self::Streebog256 => streebog_256,
            Self::Streebog512 => streebog_512,
            Self::Sha3_224 => sha3_224,
            Self::Sha3_256 => sha3_256,
            Self::Sha3_384 => sha3_384,
            Self::Sha3_512 => sha3_512,
            Self::Shake256 => shake256,
            Self::Ripemd160 => ripemd160,
            Self::Sha512_224 => sha512_224,
            Self::Sha512_256 => sha512_256,
            Self::Md5 => md5,
        }
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
#[serde(deny_unknown_fields)]
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
