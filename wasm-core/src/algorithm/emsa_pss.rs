//! EMSA-PSS-VERIFY (RFC 8017 §9.1.2) with any two digests: the rsa crate uses one digest for message and mask.

use super::{Digest, DigestAlgorithm};
use rsa::{BoxedUint, RsaPublicKey, hazmat::rsa_encrypt, traits::PublicKeyParts as _};

/// The last octet of an encoded message.
const TRAILER: u8 = 0xbc;
/// Before the digest and the salt, when they are hashed.
const PADDING: [u8; 8] = [0; 8];

/// How the message was encoded, besides its digest.
#[derive(Clone, Copy, Debug)]
pub(super) struct Encoding {
    /// Of MGF1 (RFC 8017 B.2.1).
    pub(super) mask: DigestAlgorithm,
    /// Octets.
    pub(super) salt: usize,
}

/// RSASSA-PSS-VERIFY (RFC 8017 §8.1.2) of what has this digest; `None` if the signature is not one of it.
pub(super) fn verify(
    key: &RsaPublicKey,
    encoding: Encoding,
    digest: &Digest,
    signature: &[u8],
) -> Option<()> {
    let bits = usize::try_from(key.n().bits()).ok()?.checked_sub(1)?;
    let message = encoded_message(key, signature, bits.div_ceil(8))?;
    let digest_length = digest.algorithm().output_len();
    let (&TRAILER, message) = message.split_last()? else {
        return None;
    };
    let (masked, hash) = message.split_at_checked(message.len().checked_sub(digest_length)?)?;
    let unused = u32::try_from(8 * bits.div_ceil(8) - bits).ok()?;
    let used = u8::MAX.checked_shr(unused)?;
    if masked.first()? & !used != 0 {
        return None;
    }
    let mut block = masked.to_vec();
    let mask = mgf1(encoding.mask, hash, block.len());
    let octets = block.iter_mut().zip(mask);
    octets.for_each(|(octet, mask)| *octet ^= mask);
    *block.first_mut()? &= used;
    let (start, salt) = block.split_at_checked(block.len().checked_sub(encoding.salt)?)?;
    let (&1, zeros) = start.split_last()? else {
        return None;
    };
    if zeros.iter().any(|octet| *octet != 0) {
        return None;
    }
    let salted = [&PADDING, &*digest.bytes(), salt].concat();
    let expected = digest.algorithm().digest(&salted);
    (expected.bytes() == hash).then_some(())
}

/// RSAVP1 (§5.2.2): what was signed, in so many octets. A signature is as long as the modulus, and below it.
fn encoded_message(key: &RsaPublicKey, signature: &[u8], length: usize) -> Option<Vec<u8>> {
    if signature.len() != key.size() {
        return None;
    }
    let signature = BoxedUint::from_be_slice(signature, key.n_bits_precision()).ok()?;
    if signature >= *key.n().as_ref() {
        return None;
    }
    let number = rsa_encrypt(key, &signature).ok()?.to_be_bytes();
    let (above, message) = number.split_at_checked(number.len().checked_sub(length)?)?;
    let fits = above.iter().all(|octet| *octet == 0);
    fits.then(|| message.to_vec())
}

/// MGF1 (§B.2.1): at least so many octets.
fn mgf1(mask: DigestAlgorithm, seed: &[u8], length: usize) -> impl Iterator<Item = u8> {
    let blocks = (0..u32::MAX).take(length.div_ceil(mask.output_len()));
    let block = move |counter: u32| {
        mask.digest(&[seed, &counter.to_be_bytes()].concat())
            .bytes()
    };
    blocks.flat_map(block)
}
