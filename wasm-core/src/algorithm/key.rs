//! Public keys: their kinds, the algorithms they sign with, and the verification of their signatures.

use super::{
    Digest, KeyUnsupported, SignatureAlgorithm, SignatureError,
    ec::EcKey,
    gost::GostKey,
    pss::{self, RSASSA_PSS},
    rsa::RsaKey,
};
use const_oid::ObjectIdentifier;
use der::Decode;
use spki::SubjectPublicKeyInfoRef;

const RSA_ENCRYPTION: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
const EC_PUBLIC_KEY: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");

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
}

/// Says whether `signature` is one of `digest` under `algorithm` by the key in `spki_der` (DER SubjectPublicKeyInfo).
///
/// # Errors
/// [`SignatureError::Invalid`]: it is not, or `digest` is of another algorithm than is signed.
/// [`SignatureError::Mismatch`]: the key does not go with the algorithm.
/// [`SignatureError::Unsupported`]: it is of an unknown kind.
pub fn verify_signature(
    spki_der: &[u8],
    algorithm: SignatureAlgorithm,
    digest: &Digest,
    signature: &[u8],
) -> Result<(), SignatureError> {
    let key = PublicKey::parse(spki_der)?;
    if !key.goes_with(algorithm) {
        return Err(SignatureError::Mismatch);
    }
    if digest.algorithm() != algorithm.digest() {
        return Err(SignatureError::Invalid);
    }
    match &key {
        PublicKey::Ec(key) => key.verify(&digest.bytes(), signature),
        PublicKey::Gost(key) => key.verify(&digest.bytes(), signature),
        PublicKey::Rsa(key) | PublicKey::RsaPss(key, _) => key.verify(algorithm, digest, signature),
    }
}

/// A public key of a kind Tamga knows.
pub(crate) enum PublicKey {
    Ec(EcKey),
    Gost(GostKey),
    Rsa(RsaKey),
    /// A key that is for PSS alone, perhaps for one digest alone and a least salt length (RFC 4055 §3.3).
    RsaPss(RsaKey, Option<SignatureAlgorithm>),
}

impl PublicKey {
    /// Reads a DER SubjectPublicKeyInfo.
    ///
    /// # Errors
    /// [`KeyUnsupported`]
    pub(crate) fn parse(spki_der: &[u8]) -> Result<Self, KeyUnsupported> {
        let spki = SubjectPublicKeyInfoRef::from_der(spki_der).map_err(|_| KeyUnsupported)?;
        let bits = spki.subject_public_key.as_bytes().ok_or(KeyUnsupported)?;
        let parameters = spki.algorithm.parameters;
        match spki.algorithm.oid {
            EC_PUBLIC_KEY => {
                let curve = parameters.ok_or(KeyUnsupported)?;
                let curve = curve.decode_as().map_err(|_| KeyUnsupported)?;
                EcKey::new(curve, bits).map(Self::Ec)
            }
            RSA_ENCRYPTION => RsaKey::parse(bits).map(Self::Rsa),
            RSASSA_PSS => {
                let bound = parameters.map(|parameters| pss::decode(Some(parameters)));
                let bound = bound.transpose().map_err(|_| KeyUnsupported)?;
                Ok(Self::RsaPss(RsaKey::parse(bits)?, bound))
            }
            oid => GostKey::parse(oid, parameters, bits).map(Self::Gost),
        }
    }

    /// Whether signatures of this algorithm can be this key's.
    pub(crate) fn goes_with(&self, algorithm: SignatureAlgorithm) -> bool {
        use SignatureAlgorithm::{Ecdsa, Gost, RsaPkcs1, RsaPss, RsaPssWith};
        match (self, algorithm) {
            (Self::Ec(_), Ecdsa(_))
            | (Self::Rsa(_), RsaPkcs1(_) | RsaPss(_) | RsaPssWith { .. })
            | (Self::RsaPss(_, None), RsaPss(_) | RsaPssWith { .. }) => true,
            (Self::Gost(key), Gost(digest, country)) => {
                key.digest() == digest && key.country() == country
            }
            (Self::RsaPss(_, Some(bound)), RsaPss(_) | RsaPssWith { .. }) => {
                bound.digest() == algorithm.digest()
                    && bound.mask() == algorithm.mask()
                    && bound.salt_length() <= algorithm.salt_length()
            }
            _ => false,
        }
    }

    /// The modulus' length in bits, if this is an RSA key.
    pub(crate) fn rsa_bits(&self) -> Option<u32> {
        match self {
            Self::Ec(_) | Self::Gost(_) => None,
            Self::Rsa(key) | Self::RsaPss(key, _) => Some(key.bits()),
        }
    }

    /// What Tamga signs with when it has this key.
    pub(super) fn signs_with(&self, pss: bool) -> Result<SignatureAlgorithm, KeyUnsupported> {
        match self {
            Self::Ec(key) => Ok(SignatureAlgorithm::Ecdsa(key.digest()?)),
            Self::Gost(key) => {
                let algorithm = SignatureAlgorithm::Gost(key.digest(), key.country());
                key.may_sign().then_some(algorithm).ok_or(KeyUnsupported)
            }
            Self::Rsa(key) if pss => Ok(SignatureAlgorithm::RsaPss(key.digest()?)),
            Self::Rsa(key) => Ok(SignatureAlgorithm::RsaPkcs1(key.digest()?)),
            Self::RsaPss(key, bound) => {
                let digest = key.digest()?;
                let usual =
                    SignatureAlgorithm::RsaPss(bound.map_or(digest, SignatureAlgorithm::digest));
                let allowed = usual.digest().may_sign() && self.goes_with(usual);
                allowed.then_some(usual).ok_or(KeyUnsupported)
            }
        }
    }
}
