//! Encryption of messages and keys with Magma and Kuznyechik as RFC 9337 has it, and R 1323565.1.025:
//! the two schemes `…-ctracpkm` and `…-ctracpkm-omac` of each cipher.
//!
//! In place: nothing of a message is copied, and nothing is left where it was if its MAC is wrong.

mod ctr_acpkm;

use core::fmt;

use cipher::{BlockCipherEncrypt, KeyInit, consts::U32};
use cmac::{Cmac, Mac, block_api::CmacCipher};
use zeroize::Zeroize;

/// Kuznyechik, the cipher with blocks of 128 bits of GOST R 34.12-2015 (RFC 7801). No mode here
/// decrypts blocks.
///
/// On processors without SSE2 or NEON, WASM among them, it takes a table of 64 KiB; where that is too
/// much, `--cfg kuznyechik_backend="compact_soft"` makes it small and slow.
pub use kuznyechik::KuznyechikEnc as Kuznyechik;

pub use crate::magma::Magma;

use crate::kdf::kdf_tree;

/// The MAC of GOST R 34.13-2015 section 5.6: OMAC1, which NIST calls CMAC.
pub type Omac<C> = Cmac<C>;

/// Octets of user keying material that the key derivation takes as its seed: the last ones. Those
/// before are the initialisation vector.
const SEED: usize = 8;

/// What the two keys of a scheme with a MAC are derived for (RFC 9337 section 5.1.1).
const LABEL: &[u8] = b"kdf tree";

/// A cipher of GOST R 34.12-2015, with keys of 32 octets.
pub trait Cipher: BlockCipherEncrypt + CmacCipher + KeyInit<KeySize = U32> {
    /// Octets that are encrypted before the key changes (RFC 9337 section 7.3).
    const SECTION: usize;

    /// Octets of a block, and so of a MAC.
    const BLOCK: usize;

    /// Octets of user keying material (`ukm` in the parameters of CMS and PKCS#5): an initialisation
    /// vector of half a block, and a seed.
    const UKM: usize = Self::BLOCK / 2 + SEED;
}

impl Cipher for Magma {
    const SECTION: usize = 8 << 10;
    const BLOCK: usize = 8;
}

impl Cipher for Kuznyechik {
    const SECTION: usize = 256 << 10;
    const BLOCK: usize = 16;
}

/// What keeps data from being encrypted or decrypted.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum EncryptionError {
    /// The MAC is wrong: another key, or other data.
    Mac,
    /// The data is too short to hold a MAC.
    Truncated,
    /// The user keying material is not of the cipher's length, which is [`Cipher::UKM`].
    Ukm,
}

/// Encrypts or decrypts, which is the same (`gostr3412-2015-*-ctracpkm`). There is no MAC.
///
/// # Errors
///
/// [`EncryptionError::Ukm`].
pub fn ctr_acpkm<C: Cipher>(
    key: &[u8; 32],
    ukm: &[u8],
    data: &mut [u8],
) -> Result<(), EncryptionError> {
    let (iv, _) = vector_and_seed::<C>(ukm)?;
    ctr_acpkm::apply::<C>(key, iv, C::SECTION, data);
    Ok(())
}

/// Encrypts a message together with its MAC (`gostr3412-2015-*-ctracpkm-omac`). The last octets of
/// `data`, [`Cipher::BLOCK`] of them, are no message but the room for the MAC.
///
/// # Errors
///
/// [`EncryptionError::Ukm`]; [`EncryptionError::Truncated`] if there is no room for the MAC.
pub fn encrypt_with_omac<C: Cipher>(
    key: &[u8; 32],
    ukm: &[u8],
    data: &mut [u8],
) -> Result<(), EncryptionError> {
    let (iv, seed) = vector_and_seed::<C>(ukm)?;
    let keys = kdf_tree(key, LABEL, seed);
    let [encryption, authentication] = &*keys;
    let (message, room) = parted::<C>(data)?;
    room.copy_from_slice(&omac::<C>(authentication, message).finalize().into_bytes());
    ctr_acpkm::apply::<C>(encryption, iv, C::SECTION, data);
    Ok(())
}

/// Decrypts what [`encrypt_with_omac`] made, and yields the message, which is `data` without the MAC.
/// If the MAC is wrong, `data` is all zeros afterwards.
///
/// # Errors
///
/// [`EncryptionError::Ukm`]; [`EncryptionError::Truncated`] and [`EncryptionError::Mac`].
pub fn decrypt_with_omac<'a, C: Cipher>(
    key: &[u8; 32],
    ukm: &[u8],
    data: &'a mut [u8],
) -> Result<&'a mut [u8], EncryptionError> {
    let (iv, seed) = vector_and_seed::<C>(ukm)?;
    let keys = kdf_tree(key, LABEL, seed);
    let [encryption, authentication] = &*keys;
    parted::<C>(data)?;
    ctr_acpkm::apply::<C>(encryption, iv, C::SECTION, data);
    let (message, mac) = parted::<C>(data)?;
    // In constant time.
    match omac::<C>(authentication, message).verify_slice(mac) {
        Ok(()) => Ok(message),
        Err(_) => {
            message.zeroize();
            mac.zeroize();
            Err(EncryptionError::Mac)
        }
    }
}

fn omac<C: Cipher>(key: &[u8; 32], message: &[u8]) -> Omac<C> {
    Omac::<C>::new(key.into()).chain_update(message)
}

fn vector_and_seed<C: Cipher>(ukm: &[u8]) -> Result<(&[u8], &[u8]), EncryptionError> {
    match ukm.split_last_chunk::<SEED>() {
        Some((iv, seed)) if ukm.len() == C::UKM => Ok((iv, seed)),
        _ => Err(EncryptionError::Ukm),
    }
}

/// The message and its MAC.
fn parted<C: Cipher>(data: &mut [u8]) -> Result<(&mut [u8], &mut [u8]), EncryptionError> {
    let message = data.len().checked_sub(C::BLOCK);
    let parts = message.and_then(|length| data.split_at_mut_checked(length));
    parts.ok_or(EncryptionError::Truncated)
}

impl fmt::Display for EncryptionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Mac => "the MAC is wrong",
            Self::Truncated => "the data is too short for a MAC",
            Self::Ukm => "the user keying material is of a wrong length",
        })
    }
}

impl core::error::Error for EncryptionError {}

#[cfg(test)]
mod tests {
    use super::*;
    use hex_literal::hex;

    const KUZNYECHIK_KEY: [u8; 32] =
        hex!("8899aabbccddeeff0011223344556677fedcba98765432100123456789abcdef");
    const MAGMA_KEY: [u8; 32] =
        hex!("ffeeddccbbaa99887766554433221100f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff");

    /// GOST R 34.13-2015 appendix A.1.6, before it is cut to half a block.
    #[test]
    fn omac_of_kuznyechik() {
        let message = hex!(
            "1122334455667700ffeeddccbbaa998800112233445566778899aabbcceeff0a"
            "112233445566778899aabbcceeff0a002233445566778899aabbcceeff0a0011"
        );
        let mac = Omac::<Kuznyechik>::new(&KUZNYECHIK_KEY.into()).chain_update(message);
        let expected = hex!("336f4d296059fbe34ddeb35b37749c67");
        assert_eq!(mac.finalize().into_bytes().0, expected);
    }

    /// GOST R 34.13-2015 appendix A.2.6, which prints the first half.
    #[test]
    fn omac_of_magma() {
        let message = hex!("92def06b3c130a59db54c704f8189d204a98fb2e67a8024c8912409b17b57e41");
        let mac = Omac::<Magma>::new(&MAGMA_KEY.into()).chain_update(message);
        assert_eq!(mac.finalize().into_bytes().0[..4], hex!("154e7210"));
    }

    #[test]
    fn user_keying_material_has_the_length_of_its_cipher() {
        let mut data = [0; 32];
        let right = [Magma::UKM, Kuznyechik::UKM];
        assert_eq!(right, [12, 16]);
        for length in [0, 8, 11, 13, 16, 17] {
            let ukm = &[0; 17][..length];
            let result = encrypt_with_omac::<Magma>(&MAGMA_KEY, ukm, &mut data);
            assert_eq!(result, Err(EncryptionError::Ukm));
        }
    }

    #[test]
    fn a_message_has_a_mac_even_if_it_is_empty() {
        let mut data = [0; 8];
        encrypt_with_omac::<Magma>(&MAGMA_KEY, &[1; 12], &mut data).unwrap();
        let message = decrypt_with_omac::<Magma>(&MAGMA_KEY, &[1; 12], &mut data);
        assert_eq!(message, Ok(&mut [][..]));
        let mut data = [0; 7];
        let result = decrypt_with_omac::<Magma>(&MAGMA_KEY, &[1; 12], &mut data);
        assert_eq!(result, Err(EncryptionError::Truncated));
    }

    #[test]
    fn nothing_is_left_of_what_has_a_wrong_mac() {
        let mut data = [7; 40];
        let result = decrypt_with_omac::<Kuznyechik>(&KUZNYECHIK_KEY, &[1; 16], &mut data);
        assert_eq!(result, Err(EncryptionError::Mac));
        assert_eq!(data, [0; 40]);
    }
}
