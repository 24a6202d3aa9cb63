//! The table of PKCS#11 mechanisms: how a token is told to sign.
//!
//! A token that signs digests is given one; a token that insists on hashing gets the message.

use super::module_protocol::{Scheme, SchemeKind};
use crate::failure::Error;
use cryptoki::object::KeyType;
use cryptoki_sys::{
    CK_KEY_TYPE, CK_MECHANISM_TYPE, CK_RSA_PKCS_MGF_TYPE, CK_RSA_PKCS_PSS_PARAMS, CK_ULONG,
    CKG_MGF1_SHA256, CKG_MGF1_SHA384, CKG_MGF1_SHA512, CKM_ECDSA, CKM_ECDSA_SHA256,
    CKM_ECDSA_SHA384, CKM_ECDSA_SHA512, CKM_RSA_PKCS, CKM_RSA_PKCS_PSS, CKM_SHA256,
    CKM_SHA256_RSA_PKCS, CKM_SHA256_RSA_PKCS_PSS, CKM_SHA384, CKM_SHA384_RSA_PKCS,
    CKM_SHA384_RSA_PKCS_PSS, CKM_SHA512, CKM_SHA512_RSA_PKCS, CKM_SHA512_RSA_PKCS_PSS,
};
use der::{
    Encode as _, Sequence,
    asn1::{OctetStringRef, UintRef},
};
use spki::AlgorithmIdentifierOwned;
use tamga_core::{
    algorithm::{
        Country,
        DigestAlgorithm::{self, Sha256, Sha384, Sha512, Streebog256, Streebog512},
        SignatureAlgorithm,
    },
    failure::ErrorCode,
};
use tamga_foreign::pkcs11::Mechanism;

/// How a scheme is said in numbers.
struct Row {
    kind: SchemeKind,
    digest: DigestAlgorithm,
    /// Signs a digest.
    raw: CK_MECHANISM_TYPE,
    /// Hashes and signs.
    hashing: CK_MECHANISM_TYPE,
    /// For RSASSA-PSS: the hash and its mask generation function.
    pss: Option<(CK_MECHANISM_TYPE, CK_RSA_PKCS_MGF_TYPE)>,
}

/// `CKM_GOSTR3410`, TC 26: signs a digest of 32 bytes.
const GOST_256: CK_MECHANISM_TYPE = 0x1201;
/// `CKM_GOSTR3410_WITH_GOSTR3411_2012_256`
const GOST_256_HASHING: CK_MECHANISM_TYPE = 0xd432_1008;
/// `CKM_GOSTR3410_512`: signs a digest of 64 bytes.
const GOST_512: CK_MECHANISM_TYPE = 0xd432_1006;
/// `CKM_GOSTR3410_WITH_GOSTR3411_2012_512`
const GOST_512_HASHING: CK_MECHANISM_TYPE = 0xd432_1009;
/// `CKK_GOSTR3410_512`; `CKK_GOSTR3410` is for keys of 256 bits.
const KEY_GOST_512: CK_KEY_TYPE = 0xd432_1003;

#[rustfmt::skip]
const MECHANISMS: [Row; 11] = {
    use SchemeKind::{Ecdsa, Gost, RsaPkcs1, RsaPss};
    [
        row(RsaPkcs1, Sha256, CKM_RSA_PKCS, CKM_SHA256_RSA_PKCS, None),
        row(RsaPkcs1, Sha384, CKM_RSA_PKCS, CKM_SHA384_RSA_PKCS, None),
        row(RsaPkcs1, Sha512, CKM_RSA_PKCS, CKM_SHA512_RSA_PKCS, None),
        row(RsaPss, Sha256, CKM_RSA_PKCS_PSS, CKM_SHA256_RSA_PKCS_PSS, Some((CKM_SHA256, CKG_MGF1_SHA256))),
        row(RsaPss, Sha384, CKM_RSA_PKCS_PSS, CKM_SHA384_RSA_PKCS_PSS, Some((CKM_SHA384, CKG_MGF1_SHA384))),
        row(RsaPss, Sha512, CKM_RSA_PKCS_PSS, CKM_SHA512_RSA_PKCS_PSS, Some((CKM_SHA512, CKG_MGF1_SHA512))),
        row(Ecdsa, Sha256, CKM_ECDSA, CKM_ECDSA_SHA256, None),
        row(Ecdsa, Sha384, CKM_ECDSA, CKM_ECDSA_SHA384, None),
        row(Ecdsa, Sha512, CKM_ECDSA, CKM_ECDSA_SHA512, None),
        row(Gost, Streebog256, GOST_256, GOST_256_HASHING, None),
        row(Gost, Streebog512, GOST_512, GOST_512_HASHING, None),
    ]
};

const fn row(
    kind: SchemeKind,
    digest: DigestAlgorithm,
    raw: CK_MECHANISM_TYPE,
    hashing: CK_MECHANISM_TYPE,
    pss: Option<(CK_MECHANISM_TYPE, CK_RSA_PKCS_MGF_TYPE)>,
) -> Row {
    Row {
        kind,
        digest,
        raw,
        hashing,
        pss,
    }
}

/// How to have a message signed by a token with these mechanisms, and what to hand to it. A token that lists
/// no mechanisms at all is taken to know the plain ones.
///
/// # Errors
/// `KEY_UNSUPPORTED`
pub(super) fn choose(
    offered: &[CK_MECHANISM_TYPE],
    scheme: Scheme,
    message: &[u8],
) -> Result<(Mechanism, Vec<u8>), Error> {
    let row = |row: &&Row| row.kind == scheme.kind && row.digest == scheme.digest;
    let row = MECHANISMS.iter().find(row);
    let row = row.ok_or(ErrorCode::KeyUnsupported)?;
    let offers = |number: CK_MECHANISM_TYPE| offered.contains(&number);
    let pss = row.pss.map(|(hash, mgf)| pss(hash, mgf, scheme.digest));
    let pss = pss.transpose()?;
    if offered.is_empty() || offers(row.raw) {
        let number = row.raw;
        return Ok((Mechanism { number, pss }, to_sign(scheme, message)?));
    }
    if offers(row.hashing) {
        let number = row.hashing;
        return Ok((Mechanism { number, pss }, message.to_vec()));
    }
    Err(ErrorCode::KeyUnsupported.into())
}

/// Whether a token with these mechanisms signs in any way that Tamga knows.
pub(super) fn signs(offered: &[CK_MECHANISM_TYPE]) -> bool {
    let mut known = MECHANISMS.iter().flat_map(|row| [row.raw, row.hashing]);
    known.any(|number| offered.contains(&number))
}

/// What a token that does not hash is given.
fn to_sign(scheme: Scheme, message: &[u8]) -> Result<Vec<u8>, Error> {
    /// RFC 8017 §9.2
    #[derive(Sequence)]
    struct DigestInfo<'a> {
        algorithm: AlgorithmIdentifierOwned,
        digest: &'a OctetStringRef,
    }
    let digest = scheme.digest.digest(message).bytes();
    if scheme.kind != SchemeKind::RsaPkcs1 {
        return Ok(digest);
    }
    let info = || {
        let digest = OctetStringRef::new(&digest)?;
        let algorithm = AlgorithmIdentifierOwned {
            oid: scheme.digest.oid(),
            parameters: Some(der::Any::null()),
        };
        DigestInfo { algorithm, digest }.to_der()
    };
    Ok(info().map_err(|_| ErrorCode::Internal)?)
}

fn pss(
    hash: CK_MECHANISM_TYPE,
    mgf: CK_RSA_PKCS_MGF_TYPE,
    digest: DigestAlgorithm,
) -> Result<CK_RSA_PKCS_PSS_PARAMS, Error> {
    let salt = CK_ULONG::try_from(digest.output_len()).map_err(|_| ErrorCode::Internal)?;
    Ok(CK_RSA_PKCS_PSS_PARAMS {
        hashAlg: hash,
        mgf,
        sLen: salt,
    })
}

/// A signature as CMS has it, from what tokens give: ECDSA's r and s come one after the other (PKCS#11 v2.40
/// §2.3.1), those of GOST in the Russian order.
///
/// # Errors
/// `MODULE_FAILED` for what is no signature.
pub(super) fn signature(algorithm: SignatureAlgorithm, value: &[u8]) -> Result<Vec<u8>, Error> {
    let nonsense = || Error::from(ErrorCode::ModuleFailed);
    match algorithm {
        SignatureAlgorithm::Ecdsa(_) => ecdsa(value).map_err(|_| nonsense()),
        // r and s little-endian, which is the same backwards.
        SignatureAlgorithm::Gost(_, Country::Kazakhstan) => {
            Ok(value.iter().rev().copied().collect())
        }
        _ => Ok(value.to_vec()),
    }
}

/// `Ecdsa-Sig-Value` (RFC 3279 §2.2.3) of two numbers of the same length.
fn ecdsa(value: &[u8]) -> der::Result<Vec<u8>> {
    #[derive(Sequence)]
    struct EcdsaSigValue<'a> {
        r: UintRef<'a>,
        s: UintRef<'a>,
    }
    let (r, s) = value.split_at_checked(value.len() / 2).unwrap_or_default();
    let (r, s) = (UintRef::new(r)?, UintRef::new(s)?);
    EcdsaSigValue { r, s }.to_der()
}

/// What tokens call the keys that sign like this.
///
/// # Errors
/// `KEY_UNSUPPORTED`
pub(super) fn key_type(scheme: Scheme) -> Result<KeyType, Error> {
    Ok(match (scheme.kind, scheme.digest) {
        (SchemeKind::RsaPkcs1 | SchemeKind::RsaPss, _) => KeyType::RSA,
        (SchemeKind::Ecdsa, _) => KeyType::EC,
        (SchemeKind::Gost, Streebog256) => KeyType::GOSTR3410,
        (SchemeKind::Gost, _) => KeyType::new_vendor_defined(KEY_GOST_512).map_err(Error::from)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(
        offered: &[CK_MECHANISM_TYPE],
        kind: SchemeKind,
        digest: DigestAlgorithm,
    ) -> Option<(CK_MECHANISM_TYPE, usize)> {
        let scheme = Scheme { kind, digest };
        let (mechanism, data) = choose(offered, scheme, &[7; 100]).ok()?;
        assert_eq!(mechanism.pss.is_some(), kind == SchemeKind::RsaPss);
        Some((mechanism.number, data.len()))
    }

    #[test]
    fn tokens_that_sign_digests_are_given_one() {
        use SchemeKind::{Ecdsa, Gost, RsaPkcs1, RsaPss};
        assert_eq!(chosen(&[1], RsaPkcs1, Sha256), Some((1, 19 + 32)));
        assert_eq!(chosen(&[1, 0x40], RsaPkcs1, Sha512), Some((1, 19 + 64)));
        assert_eq!(chosen(&[0x40], RsaPkcs1, Sha256), Some((0x40, 100)));
        assert_eq!(chosen(&[0xd, 0x43], RsaPss, Sha256), Some((0xd, 32)));
        assert_eq!(chosen(&[0x43], RsaPss, Sha256), Some((0x43, 100)));
        assert_eq!(chosen(&[0x1041], Ecdsa, Sha384), Some((0x1041, 48)));
        assert_eq!(chosen(&[0x1045], Ecdsa, Sha256), None);
        assert_eq!(chosen(&[0x1201], Gost, Streebog256), Some((0x1201, 32)));
        let hashing = 0xd432_1009;
        assert_eq!(chosen(&[hashing], Gost, Streebog512), Some((hashing, 100)));
        assert_eq!(chosen(&[], Gost, Streebog512), Some((0xd432_1006, 64)));
        assert_eq!(chosen(&[], RsaPkcs1, DigestAlgorithm::Sha1), None);
    }
}
