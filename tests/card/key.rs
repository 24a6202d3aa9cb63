//! The private keys of a card.

use getrandom::SysRng;
use p256::ecdsa::{Signature, SigningKey, signature::hazmat::PrehashSigner as _};
use pkcs8::DecodePrivateKey as _;
use rsa::{BoxedUint, RsaPrivateKey, hazmat::rsa_decrypt_and_check, traits::PublicKeyParts as _};
use std::{fmt, io};

/// The sizes of RSA keys that PIV has, in bits (SP 800-78-4 §3.1).
const RSA_BITS: u32 = 2048;

/// A private key.
pub(crate) enum Key {
    P256(SigningKey),
    Rsa(Box<RsaPrivateKey>),
}

impl Key {
    /// From PKCS#8, DER.
    ///
    /// # Errors
    /// For a key of another kind.
    pub(crate) fn parse(pkcs8: &[u8]) -> io::Result<Self> {
        if let Ok(key) = SigningKey::from_pkcs8_der(pkcs8) {
            return Ok(Self::P256(key));
        }
        match RsaPrivateKey::from_pkcs8_der(pkcs8) {
            Ok(key) if key.n().bits() == RSA_BITS => Ok(Self::Rsa(Box::new(key))),
            _ => Err(io::Error::other("no key of P-256 or RSA 2048 in PKCS#8")),
        }
    }

    /// The number of the algorithm (SP 800-78-4, Table 6-2).
    pub(crate) fn algorithm(&self) -> u8 {
        match self {
            Self::P256(_) => 0x11,
            Self::Rsa(_) => 0x07,
        }
    }

    /// ECDSA of a digest, DER; for RSA the bare operation on a block that was padded elsewhere. `None` for what
    /// has the wrong length.
    pub(crate) fn sign(&self, challenge: &[u8]) -> Option<Vec<u8>> {
        match self {
            Self::P256(key) => {
                let signature: Signature = key.sign_prehash(challenge).ok()?;
                Some(signature.to_der().as_bytes().to_vec())
            }
            Self::Rsa(key) => {
                let block = BoxedUint::from_be_slice(challenge, RSA_BITS).ok()?;
                if challenge.len() != key.size() {
                    return None;
                }
                let signed = rsa_decrypt_and_check(&**key, Some(&mut SysRng), &block).ok()?;
                Some(signed.to_be_bytes().into_vec())
            }
        }
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Key({:#04x})", self.algorithm())
    }
}
