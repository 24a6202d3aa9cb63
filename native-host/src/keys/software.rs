//! Private keys in this process's memory.

use super::{Key, Message, Random, Recipient};
use crate::failure::Error;
use der::asn1::ObjectIdentifier;
use pkcs8::{DecodePrivateKey as _, EncodePublicKey as _, PrivateKeyInfoRef};
use rsa::{Pkcs1v15Sign, Pss, RsaPrivateKey, traits::SignatureScheme};
use sha2::{Sha256, Sha384, Sha512};
use std::fmt;
use tamga_core::{
    algorithm::{DigestAlgorithm, SignatureAlgorithm},
    certificate::Certificate,
    failure::ErrorCode,
    gost_key::GostKey,
    pkcs12::{self, Cancel, KeyWithCertificate, Pkcs12Error},
    private_key::canonical,
};

/// A key out of a file, and its certificate.
pub(crate) struct FileKey {
    certificate: Certificate,
    chain: Vec<Certificate>,
    key: SoftwareKey,
}

impl FileKey {
    /// A key out of a PKCS#12 file that can sign.
    ///
    /// # Errors
    /// `KEY_UNSUPPORTED`, `KEY_MISMATCH`, and what may be wrong with certificate and key.
    pub(crate) fn new(contents: KeyWithCertificate) -> Result<Self, Error> {
        let certificate = Certificate::parse(&contents.certificate)?;
        let chain = contents.chain.into_iter();
        let chain = chain.map(|above| Certificate::parse(&above.certificate));
        Self::opened(
            certificate,
            chain.collect::<Result<_, _>>()?,
            &contents.pkcs8,
        )
    }

    /// The same of its parts.
    ///
    /// # Errors
    /// `KEY_UNSUPPORTED`, `KEY_MISMATCH`, and what may be wrong with the key.
    pub(crate) fn opened(
        certificate: Certificate,
        chain: Vec<Certificate>,
        pkcs8: &[u8],
    ) -> Result<Self, Error> {
        // The certificate decides: a key that nobody could verify with need not be read.
        certificate.key_fitness()?;
        let key = SoftwareKey::from_pkcs8(pkcs8)?;
        // A key for RSASSA-PSS alone has a name of its own in both.
        let named = pkcs12::public_key(pkcs8).is_some_and(|spki| certificate.matches_key(&spki));
        match named {
            true => Ok(Self {
                certificate,
                chain,
                key,
            }),
            false => Self::of(certificate, chain, key),
        }
    }

    /// A GOST key that was opened.
    ///
    /// # Errors
    /// `KEY_MISMATCH`, `KEY_UNSUPPORTED`, `KEY_WITHDRAWN`.
    pub(crate) fn gost(certificate: Certificate, key: gost3410::SigningKey) -> Result<Self, Error> {
        Self::of(
            certificate,
            Vec::new(),
            SoftwareKey::gost(GostKey::russian(key)?)?,
        )
    }

    fn of(
        certificate: Certificate,
        chain: Vec<Certificate>,
        key: SoftwareKey,
    ) -> Result<Self, Error> {
        if !certificate.matches_key(&key.public_key()?) {
            return Err(ErrorCode::KeyMismatch.into());
        }
        Ok(Self {
            certificate,
            chain,
            key,
        })
    }
}

impl Key for FileKey {
    fn certificate(&self) -> &Certificate {
        &self.certificate
    }

    fn chain(&self) -> &[Certificate] {
        &self.chain
    }

    fn sign_all(
        &self,
        messages: &[Message],
        random: &mut Random,
        cancel: &Cancel,
        recipient: &mut dyn Recipient,
    ) {
        for Message { algorithm, bytes } in messages {
            let signature = match cancel.is_cancelled() {
                true => Err(ErrorCode::Cancelled.into()),
                false => self.key.sign(*algorithm, bytes, random),
            };
            if recipient.take(signature).is_break() {
                return;
            }
        }
    }
}

impl fmt::Debug for FileKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut opaque = formatter.debug_struct("FileKey");
        opaque.field("certificate", &self.certificate.id());
        opaque.finish_non_exhaustive()
    }
}

/// A private key. The libraries zeroise it when it is dropped, and none of them prints it.
pub(crate) enum SoftwareKey {
    Gost(Box<GostKey>),
    P256(p256::ecdsa::SigningKey),
    P384(p384::ecdsa::SigningKey),
    P521(p521::ecdsa::SigningKey),
    Rsa(Box<RsaPrivateKey>),
}

struct Kind {
    algorithm: &'static str,
    curve: Option<&'static str>,
    parse: fn(&[u8]) -> pkcs8::Result<SoftwareKey>,
}

const EC: &str = "1.2.840.10045.2.1";

const KINDS: [Kind; 5] = [
    Kind {
        algorithm: "1.2.840.113549.1.1.1", // rsaEncryption
        curve: None,
        parse: |der| RsaPrivateKey::from_pkcs8_der(der).map(|key| SoftwareKey::Rsa(Box::new(key))),
    },
    Kind {
        algorithm: "1.2.840.113549.1.1.10", // id-RSASSA-PSS
        curve: None,
        parse: |der| RsaPrivateKey::from_pkcs8_der(der).map(|key| SoftwareKey::Rsa(Box::new(key))),
    },
    Kind {
        algorithm: EC,
        curve: Some("1.2.840.10045.3.1.7"), // secp256r1
        parse: |der| p256::ecdsa::SigningKey::from_pkcs8_der(der).map(SoftwareKey::P256),
    },
    Kind {
        algorithm: EC,
        curve: Some("1.3.132.0.34"), // secp384r1
        parse: |der| p384::ecdsa::SigningKey::from_pkcs8_der(der).map(SoftwareKey::P384),
    },
    Kind {
        algorithm: EC,
        curve: Some("1.3.132.0.35"), // secp521r1
        parse: |der| p521::ecdsa::SigningKey::from_pkcs8_der(der).map(SoftwareKey::P521),
    },
];

impl SoftwareKey {
    /// Reads a PKCS#8 PrivateKeyInfo (RFC 5958 §2).
    ///
    /// # Errors
    /// `KEY_UNSUPPORTED` for a kind of key that is not in the table; a key of a known kind may be
    /// damaged.
    pub(crate) fn from_pkcs8(der: &[u8]) -> Result<Self, Error> {
        let der = canonical(der).map_err(Pkcs12Error::from)?;
        let info = PrivateKeyInfoRef::try_from(der.as_slice())?;
        let named = |oid: ObjectIdentifier, text: &str| oid == ObjectIdentifier::new_unwrap(text);
        let curve = info.algorithm.parameters_oid().ok();
        let kind = KINDS.iter().find(|kind| {
            named(info.algorithm.oid, kind.algorithm)
                && kind
                    .curve
                    .is_none_or(|text| curve.is_some_and(|oid| named(oid, text)))
        });
        match kind {
            Some(kind) => Ok((kind.parse)(&der)?),
            None => Self::gost(GostKey::from_pkcs8(&der)?),
        }
    }

    /// A GOST key, unless it is of a generation that must not sign.
    fn gost(key: GostKey) -> Result<Self, Error> {
        if !key.profile().may_sign() {
            return Err(ErrorCode::KeyWithdrawn.into());
        }
        Ok(Self::Gost(Box::new(key)))
    }

    /// The public half, DER SubjectPublicKeyInfo.
    pub(crate) fn public_key(&self) -> Result<Vec<u8>, Error> {
        let document = match self {
            Self::Gost(key) => return Ok(key.public_key()?),
            Self::P256(key) => key.verifying_key().to_public_key_der(),
            Self::P384(key) => key.verifying_key().to_public_key_der(),
            Self::P521(key) => key.verifying_key().to_public_key_der(),
            Self::Rsa(key) => key.to_public_key().to_public_key_der(),
        };
        Ok(document.map_err(pkcs8::Error::from)?.into_vec())
    }

    /// Signs a message, blinded (RSA) or hedged with fresh randomness (GOST; ECDSA, RFC 6979 §3.6).
    pub(crate) fn sign(
        &self,
        algorithm: SignatureAlgorithm,
        message: &[u8],
        random: &mut Random,
    ) -> Result<Vec<u8>, Error> {
        use p256::ecdsa::signature::hazmat::RandomizedPrehashSigner as _;
        let digest = algorithm.digest().digest(message).bytes();
        Ok(match (self, algorithm) {
            (Self::Gost(key), SignatureAlgorithm::Gost(_, country)) => {
                let key = key.signing_key().ok_or(ErrorCode::KeyUnsupported)?;
                let signature = key.sign_prehash_with_rng(random, &digest)?;
                signature.to_bytes(country.encoding()).as_ref().to_vec()
            }
            (Self::P256(key), SignatureAlgorithm::Ecdsa(_)) => {
                let signature: p256::ecdsa::Signature =
                    key.sign_prehash_with_rng(random, &digest)?;
                signature.to_der().as_bytes().to_vec()
            }
            (Self::P384(key), SignatureAlgorithm::Ecdsa(_)) => {
                let signature: p384::ecdsa::Signature =
                    key.sign_prehash_with_rng(random, &digest)?;
                signature.to_der().as_bytes().to_vec()
            }
            (Self::P521(key), SignatureAlgorithm::Ecdsa(_)) => {
                let signature: p521::ecdsa::Signature =
                    key.sign_prehash_with_rng(random, &digest)?;
                signature.to_der().as_bytes().to_vec()
            }
            (Self::Rsa(key), SignatureAlgorithm::RsaPkcs1(hash)) => {
                pkcs1(hash)?.sign(Some(random), key, &digest)?
            }
            (Self::Rsa(key), SignatureAlgorithm::RsaPss(hash)) => pss(hash, key, &digest, random)?,
            _ => return Err(ErrorCode::KeyUnsupported.into()),
        })
    }
}

fn pkcs1(hash: DigestAlgorithm) -> Result<Pkcs1v15Sign, Error> {
    match hash {
        DigestAlgorithm::Sha256 => Ok(Pkcs1v15Sign::new::<Sha256>()),
        DigestAlgorithm::Sha384 => Ok(Pkcs1v15Sign::new::<Sha384>()),
        DigestAlgorithm::Sha512 => Ok(Pkcs1v15Sign::new::<Sha512>()),
        _ => Err(ErrorCode::KeyUnsupported.into()),
    }
}

/// With a salt as long as the digest.
fn pss(
    hash: DigestAlgorithm,
    key: &RsaPrivateKey,
    digest: &[u8],
    random: &mut Random,
) -> Result<Vec<u8>, Error> {
    let random = Some(random);
    Ok(match hash {
        DigestAlgorithm::Sha256 => Pss::<Sha256>::new().sign(random, key, digest)?,
        DigestAlgorithm::Sha384 => Pss::<Sha384>::new().sign(random, key, digest)?,
        DigestAlgorithm::Sha512 => Pss::<Sha512>::new().sign(random, key, digest)?,
        _ => return Err(ErrorCode::KeyUnsupported.into()),
    })
}
