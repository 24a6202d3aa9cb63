//! What there is to know about each digest algorithm. A new one is a row.

use super::DigestAlgorithm;
use const_oid::ObjectIdentifier;

/// What there is to know about a digest algorithm.
pub(super) struct DigestRow {
    pub(super) algorithm: DigestAlgorithm,
    pub(super) oid: ObjectIdentifier,
    /// What Kazakhstan calls it, where that is another OID.
    pub(super) kazakh_oid: Option<ObjectIdentifier>,
    pub(super) name: &'static str,
    /// In bytes.
    pub(super) output_len: usize,
    pub(super) may_sign: bool,
}

/// In the order of the enum.
pub(super) const DIGESTS: [DigestRow; 18] = [
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

    pub(super) fn row(self) -> &'static DigestRow {
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
