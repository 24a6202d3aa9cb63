//! The GOST ciphers of PBES2: Magma and Kuznyechik (RFC 9337 §7), and GOST 28147-89 before them
//! (R 50.1.112-2016).

use super::{
    error::Pkcs12Error,
    plaintext::Plaintext,
    structure::{CtrAcpkmParameters, Gost28147Parameters, parameters, unsupported},
};
use gost3410::{
    encryption::{self, Cipher, EncryptionError},
    gost28147::{CRYPTO_PRO_A, CRYPTO_PRO_B, CRYPTO_PRO_C, CRYPTO_PRO_D, Gost28147, PARAM_Z, SBox},
};
use spki::AlgorithmIdentifierRef;
use zeroize::Zeroizing;

static S_BOXES: [&SBox; 5] = [
    &PARAM_Z,
    &CRYPTO_PRO_A,
    &CRYPTO_PRO_B,
    &CRYPTO_PRO_C,
    &CRYPTO_PRO_D,
];

/// Counter mode. A wrong key is noticed by the plaintext only.
pub(super) fn ctr_acpkm<C: Cipher>(
    key: &[u8],
    algorithm: &AlgorithmIdentifierRef<'_>,
    ciphertext: &[u8],
) -> Plaintext {
    let given: CtrAcpkmParameters<'_> = parameters(algorithm, "key material")?;
    let mut data = Zeroizing::new(ciphertext.to_vec());
    encryption::ctr_acpkm::<C>(sized(key)?, given.ukm.as_bytes(), &mut data)?;
    Ok(data)
}

/// Counter mode, with a MAC at the end of what was encrypted.
pub(super) fn ctr_acpkm_omac<C: Cipher>(
    key: &[u8],
    algorithm: &AlgorithmIdentifierRef<'_>,
    ciphertext: &[u8],
) -> Plaintext {
    let given: CtrAcpkmParameters<'_> = parameters(algorithm, "key material")?;
    let mut data = Zeroizing::new(ciphertext.to_vec());
    let ukm = given.ukm.as_bytes();
    let message = encryption::decrypt_with_omac::<C>(sized(key)?, ukm, &mut data)?.len();
    data.truncate(message);
    Ok(data)
}

/// Cipher feedback with key meshing (RFC 4357 §2.3.2).
pub(super) fn cfb(
    key: &[u8],
    algorithm: &AlgorithmIdentifierRef<'_>,
    ciphertext: &[u8],
) -> Plaintext {
    let given: Gost28147Parameters<'_> = parameters(algorithm, "initialisation vector")?;
    let mut s_boxes = S_BOXES.into_iter();
    let s_box = s_boxes.find(|s_box| s_box.oid == given.parameter_set);
    let s_box = s_box.ok_or_else(|| unsupported(&given.parameter_set))?;
    let iv = given.iv.as_bytes().try_into();
    let iv = iv.map_err(|_| Pkcs12Error::Malformed("initialisation vector"))?;
    let mut data = Zeroizing::new(ciphertext.to_vec());
    Gost28147::new(sized(key)?, s_box).decrypt_cfb(iv, &mut data);
    Ok(data)
}

impl From<EncryptionError> for Pkcs12Error {
    fn from(error: EncryptionError) -> Self {
        match error {
            EncryptionError::Mac => Self::PasswordWrong,
            EncryptionError::Truncated => Self::Malformed("ciphertext length"),
            _ => Self::Malformed("key material"),
        }
    }
}

/// The key as an array; the table of ciphers determines its length.
pub(super) fn sized(key: &[u8]) -> Result<&[u8; 32], Pkcs12Error> {
    let sized = key.try_into();
    sized.map_err(|_| Pkcs12Error::Malformed("key length"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_password_is_told_from_damage() {
        for (error, expected) in [
            (EncryptionError::Mac, Pkcs12Error::PasswordWrong),
            (
                EncryptionError::Truncated,
                Pkcs12Error::Malformed("ciphertext length"),
            ),
            (EncryptionError::Ukm, Pkcs12Error::Malformed("key material")),
        ] {
            assert_eq!(Pkcs12Error::from(error), expected);
        }
    }
}
