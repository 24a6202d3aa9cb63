//! The table of mechanisms: a new one is a row.

use cryptoki_sys::*;
use tamga_core::algorithm::DigestAlgorithm;

/// GOST R 34.10-2012 as the Russian technical committee for cryptography has numbered it; not in the standard.
const CKM_GOSTR3410_512: CK_MECHANISM_TYPE = 0xD432_1006;
const CKM_GOSTR3410_WITH_GOSTR3411_2012_256: CK_MECHANISM_TYPE = 0xD432_1008;
const CKM_GOSTR3410_WITH_GOSTR3411_2012_512: CK_MECHANISM_TYPE = 0xD432_1009;

/// Which keys a mechanism goes with.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Family {
    Ec,
    Gost256,
    Gost512,
    Rsa,
}

/// A way to sign.
#[derive(Debug)]
pub(crate) struct Mechanism {
    pub(crate) name: &'static str,
    pub(crate) code: CK_MECHANISM_TYPE,
    pub(crate) family: Family,
    /// What hashes the message; without, the caller does.
    pub(crate) digest: Option<DigestAlgorithm>,
    /// RSA: PSS, with parameters, instead of PKCS #1 v1.5.
    pub(crate) pss: bool,
}

macro_rules! rows {
    ($($name:ident $family:ident $digest:expr, $pss:expr;)*) => {
        [$(Mechanism {
            name: stringify!($name),
            code: $name,
            family: Family::$family,
            digest: $digest,
            pss: $pss,
        }),*]
    };
}

/// All of them.
pub(crate) static MECHANISMS: [Mechanism; 16] = rows! {
    CKM_RSA_PKCS Rsa None, false;
    CKM_SHA256_RSA_PKCS Rsa Some(DigestAlgorithm::Sha256), false;
    CKM_SHA384_RSA_PKCS Rsa Some(DigestAlgorithm::Sha384), false;
    CKM_SHA512_RSA_PKCS Rsa Some(DigestAlgorithm::Sha512), false;
    CKM_RSA_PKCS_PSS Rsa None, true;
    CKM_SHA256_RSA_PKCS_PSS Rsa Some(DigestAlgorithm::Sha256), true;
    CKM_SHA384_RSA_PKCS_PSS Rsa Some(DigestAlgorithm::Sha384), true;
    CKM_SHA512_RSA_PKCS_PSS Rsa Some(DigestAlgorithm::Sha512), true;
    CKM_ECDSA Ec None, false;
    CKM_ECDSA_SHA256 Ec Some(DigestAlgorithm::Sha256), false;
    CKM_ECDSA_SHA384 Ec Some(DigestAlgorithm::Sha384), false;
    CKM_ECDSA_SHA512 Ec Some(DigestAlgorithm::Sha512), false;
    CKM_GOSTR3410 Gost256 None, false;
    CKM_GOSTR3410_512 Gost512 None, false;
    CKM_GOSTR3410_WITH_GOSTR3411_2012_256 Gost256 Some(DigestAlgorithm::Streebog256), false;
    CKM_GOSTR3410_WITH_GOSTR3411_2012_512 Gost512 Some(DigestAlgorithm::Streebog512), false;
};

impl Mechanism {
    pub(crate) fn of_code(code: CK_MECHANISM_TYPE) -> Option<&'static Self> {
        MECHANISMS.iter().find(|known| known.code == code)
    }

    pub(crate) fn of_name(name: &str) -> Option<&'static Self> {
        MECHANISMS.iter().find(|known| known.name == name)
    }
}

/// The name of a mechanism, or its number if it has none here.
pub(crate) fn name(code: CK_MECHANISM_TYPE) -> String {
    match Mechanism::of_code(code) {
        Some(known) => known.name.to_owned(),
        None => format!("{code:#x}"),
    }
}

/// What a PSS signature is made with (CK_RSA_PKCS_PSS_PARAMS).
#[derive(Clone, Copy, Debug)]
pub(crate) struct PssParameters {
    pub(crate) digest: DigestAlgorithm,
    /// In bytes.
    pub(crate) salt: usize,
}

/// Mechanism of the hash, MGF1 with the same, hash.
const PSS_HASHES: [(CK_MECHANISM_TYPE, CK_ULONG, DigestAlgorithm); 3] = [
    (CKM_SHA256, CKG_MGF1_SHA256, DigestAlgorithm::Sha256),
    (CKM_SHA384, CKG_MGF1_SHA384, DigestAlgorithm::Sha384),
    (CKM_SHA512, CKG_MGF1_SHA512, DigestAlgorithm::Sha512),
];

impl PssParameters {
    /// Reads the C structure: three numbers, one after the other.
    pub(crate) fn read(bytes: &[u8]) -> Option<Self> {
        let numbers = bytes.chunks_exact(size_of::<CK_ULONG>());
        let numbers: Vec<CK_ULONG> = numbers
            .filter_map(|number| Some(CK_ULONG::from_ne_bytes(number.try_into().ok()?)))
            .collect();
        let [hash, mask, salt] = *numbers.as_slice() else {
            return None;
        };
        let mut known = PSS_HASHES.iter();
        let (.., digest) = known.find(|row| row.0 == hash && row.1 == mask)?;
        Some(Self {
            digest: *digest,
            salt: salt.try_into().ok()?,
        })
    }
}
