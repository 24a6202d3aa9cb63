//! Public keys: their kinds, the algorithms they sign with, and the verification of their signatures.

use super::{
    Digest, EdDsa, KeyUnsupported, Padding, SignatureAlgorithm, SignatureError,
    ec::EcKey,
    eddsa::Read,
    gost::GostKey,
    pss::{self, RSASSA_PSS},
    rsa::RsaKey,
};
use const_oid::ObjectIdentifier;
use der::asn1::AnyRef;

const RSA_ENCRYPTION: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
const EC_PUBLIC_KEY: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");

/// A public key of a kind Tamga knows.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct VerifyingKey(Kind);

#[derive(Clone, Debug, Eq, PartialEq)]
enum Kind {
    Ec(EcKey),
    /// With the encoded point.
    EdDsa(EdDsa, Vec<u8>),
    Gost(GostKey),
    Rsa(RsaKey),
    /// A key that is for PSS alone, perhaps for one digest alone and a least salt length (RFC 4055 §3.3).
    RsaPss(RsaKey, Option<SignatureAlgorithm>),
}

impl VerifyingKey {
    /// The key of these fields of a SubjectPublicKeyInfo (RFC 5280 §4.1); `bits` is the content of the BIT STRING.
    ///
    /// # Errors
    /// [`KeyUnsupported`]: another kind of key, curve or size.
    pub(crate) fn read(
        oid: ObjectIdentifier,
        parameters: Option<AnyRef<'_>>,
        bits: &[u8],
    ) -> Result<Self, KeyUnsupported> {
        Kind::read(oid, parameters, bits).map(Self)
    }

    /// The algorithm Tamga signs with when it has this key, by policy: SHA-256 for RSA and P-256, SHA-384 for P-384, SHA-512
    /// for P-521. `padding` matters to RSA keys only; a key that is for PSS by its own OID signs PSS all the same.
    ///
    /// # Errors
    /// [`KeyUnsupported`]: a key that is only verified with, or too short a one.
    pub fn signs_with(&self, padding: Padding) -> Result<SignatureAlgorithm, KeyUnsupported> {
        match &self.0 {
            Kind::Ec(key) => Ok(SignatureAlgorithm::Ecdsa(key.digest()?)),
            Kind::EdDsa(..) => Err(KeyUnsupported),
            Kind::Gost(key) => {
                let algorithm = SignatureAlgorithm::Gost(key.digest(), key.country());
                key.may_sign().then_some(algorithm).ok_or(KeyUnsupported)
            }
            Kind::Rsa(key) => Ok(match padding {
                Padding::Pkcs1 => SignatureAlgorithm::RsaPkcs1(key.digest()?),
                Padding::Pss => SignatureAlgorithm::RsaPss(key.digest()?),
            }),
            Kind::RsaPss(key, bound) => {
                let digest = key.digest()?;
                let usual =
                    SignatureAlgorithm::RsaPss(bound.map_or(digest, SignatureAlgorithm::digest));
                let allowed = usual.digest().may_sign() && self.goes_with(usual);
                allowed.then_some(usual).ok_or(KeyUnsupported)
            }
        }
    }

    /// Says whether `signature` is one of `digest` under `algorithm` by this key.
    ///
    /// # Errors
    /// [`SignatureError::Invalid`]: it is not, or `digest` is of another algorithm than is signed.
    /// [`SignatureError::Mismatch`]: the key does not go with the algorithm.
    /// [`SignatureError::Unsupported`]: it is no point of its curve.
    pub fn verify(
        &self,
        algorithm: SignatureAlgorithm,
        digest: &Digest,
        signature: &[u8],
    ) -> Result<(), SignatureError> {
        if !self.goes_with(algorithm) {
            return Err(SignatureError::Mismatch);
        }
        if digest.algorithm() != algorithm.digest() {
            return Err(SignatureError::Invalid);
        }
        match &self.0 {
            Kind::Ec(key) => key.verify(&digest.bytes(), signature),
            Kind::EdDsa(..) => Err(SignatureError::Mismatch),
            Kind::Gost(key) => key.verify(&digest.bytes(), signature),
            Kind::Rsa(key) | Kind::RsaPss(key, _) => key.verify(algorithm, digest, signature),
        }
    }

    /// Says whether `signature` is one of what `read` hands over by this key, which has to be one of `scheme`; `None` if
    /// there is no message.
    pub(crate) fn verify_message(
        &self,
        scheme: EdDsa,
        signature: &[u8],
        read: &mut Read<'_>,
    ) -> Option<Result<(), SignatureError>> {
        match &self.0 {
            Kind::EdDsa(own, point) if *own == scheme => scheme.verify(point, signature, read),
            _ => Some(Err(SignatureError::Mismatch)),
        }
    }

    /// Whether signatures of this algorithm can be this key's.
    pub(crate) fn goes_with(&self, algorithm: SignatureAlgorithm) -> bool {
        use SignatureAlgorithm::{Ecdsa, Gost, RsaPkcs1, RsaPss, RsaPssWith};
        match (&self.0, algorithm) {
            (Kind::Ec(_), Ecdsa(_))
            | (Kind::Rsa(_), RsaPkcs1(_) | RsaPss(_) | RsaPssWith { .. })
            | (Kind::RsaPss(_, None), RsaPss(_) | RsaPssWith { .. }) => true,
            (Kind::Gost(key), Gost(digest, country)) => {
                key.digest() == digest && key.country() == country
            }
            (Kind::RsaPss(_, Some(bound)), RsaPss(_) | RsaPssWith { .. }) => {
                bound.digest() == algorithm.digest()
                    && bound.mask() == algorithm.mask()
                    && bound.salt_length() <= algorithm.salt_length()
            }
            _ => false,
        }
    }

    /// The modulus' length in bits, if this is an RSA key.
    pub(crate) fn rsa_bits(&self) -> Option<u32> {
        match &self.0 {
            Kind::Ec(_) | Kind::EdDsa(..) | Kind::Gost(_) => None,
            Kind::Rsa(key) | Kind::RsaPss(key, _) => Some(key.bits()),
        }
    }
}

impl Kind {
    fn read(
        oid: ObjectIdentifier,
        parameters: Option<AnyRef<'_>>,
        bits: &[u8],
    ) -> Result<Self, KeyUnsupported> {
        match oid {
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
            _ => match EdDsa::from_oid(oid) {
                Some(scheme) => Ok(Self::EdDsa(scheme, bits.to_vec())),
                None => GostKey::parse(oid, parameters, bits).map(Self::Gost),
            },
        }
    }
}
