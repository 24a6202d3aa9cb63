//! The key bag of CryptoPro CSP's own PKCS#12 files: what comes out is a PrivateKeyInfo like any other.
//!
//! Inside the password's encryption there is a PrivateKeyInfo whose key is a blob of CryptoAPI, a
//! header and a SEQUENCE, in which the key is encrypted once more with a key of the same password.

use super::{
    budget::Budget,
    error::Pkcs12Error,
    hash::GOST94,
    password::Password,
    plaintext::{Plaintext, checked},
    structure::{Pbes1Parameters, decode, parameters, unsupported},
};
use crate::{
    algorithm::{GostAlgorithm, Profile},
    gost_key::GostKey,
};
use der::{
    Encode, Sequence,
    asn1::{AnyRef, BitStringRef, ObjectIdentifier, OctetStringRef},
};
use gost3410::{
    Gost94CryptoPro,
    gost28147::{CRYPTO_PRO_A, Gost28147},
    kdf::kdf_256,
};
use hmac::digest::Digest;
use pkcs8::PrivateKeyInfoRef;
use spki::AlgorithmIdentifierRef;
use std::ops::RangeInclusive;
use zeroize::{Zeroize, Zeroizing};

pub(super) const PBE: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.12.1.80");

/// The number of a round has two octets.
const ROUNDS: RangeInclusive<u32> = 1..=0xffff;
/// What the key that encrypts the key is derived for.
const LABEL: [u8; 4] = [0x26, 0xbd, 0xb8, 0x78];
/// BLOBHEADER of CryptoAPI, of which nothing is needed, and GOST's magic and length in bits.
const BLOB_HEADER: usize = 16;
const MAGIC: &[u8] = b"MAG1";

const KEY: Pkcs12Error = Pkcs12Error::Malformed("CryptoPro key");

/// What follows the header of CryptoPro's exported key.
///
/// ```text
/// SEQUENCE {
///     content     ExportedKey,
///     mac         OCTET STRING }  -- over the content
/// ```
#[derive(Sequence)]
struct Blob<'a> {
    content: AnyRef<'a>,
    mac: &'a OctetStringRef,
}

/// A key under a key, as CryptoPro exports it.
///
/// ```text
/// SEQUENCE {
///     ukm         OCTET STRING,
///     key         SEQUENCE {
///         ciphertext  OCTET STRING,
///         mac         OCTET STRING },
///     parameters  [0] IMPLICIT SEQUENCE {
///         flags       BIT STRING,
///         algorithm   [0] IMPLICIT AlgorithmIdentifier } }
/// ```
#[derive(Sequence)]
struct ExportedKey<'a> {
    ukm: &'a OctetStringRef,
    key: WrappedKey<'a>,
    #[asn1(context_specific = "0", tag_mode = "IMPLICIT")]
    parameters: KeyParameters<'a>,
}

/// The second part of [`ExportedKey`].
#[derive(Sequence)]
struct WrappedKey<'a> {
    ciphertext: &'a OctetStringRef,
    mac: &'a OctetStringRef,
}

/// The third part of [`ExportedKey`].
#[derive(Sequence)]
struct KeyParameters<'a> {
    flags: BitStringRef<'a>,
    #[asn1(context_specific = "0", tag_mode = "IMPLICIT")]
    algorithm: AlgorithmIdentifierRef<'a>,
}

/// DER of the PrivateKeyInfo, as [`GostKey::to_pkcs8`] writes it.
pub(super) fn decrypt(
    algorithm: &AlgorithmIdentifierRef<'_>,
    ciphertext: &[u8],
    password: &Password<'_>,
    budget: &mut Budget<'_>,
) -> Plaintext {
    let given: Pbes1Parameters<'_> = parameters(algorithm, "encryption")?;
    if !ROUNDS.contains(&given.iterations) {
        return Err(Pkcs12Error::Malformed("iterations"));
    }
    let salt = given.salt.as_bytes();
    GOST94.charge(given.iterations, salt.len(), budget)?;
    let iv = salt.first_chunk();
    let iv = iv.ok_or(Pkcs12Error::Malformed("encryption"))?;
    let key = derive(&password.utf16le(), salt, given.iterations);
    let mut blob = Zeroizing::new(ciphertext.to_vec());
    Gost28147::new(&key, &CRYPTO_PRO_A).decrypt_cfb(iv, &mut blob);
    let blob = checked(Ok(blob))?;
    Ok(opened(&blob, &key)?.to_pkcs8()?)
}

/// Each round hashes what came out of the one before, the salt and the round's number.
fn derive(password: &[u8], salt: &[u8], rounds: u32) -> Zeroizing<[u8; 32]> {
    let mut key = Zeroizing::new([0; 32]);
    for round in 1..=rounds {
        let previous = if round == 1 { password } else { &*key };
        let [.., high, low] = round.to_be_bytes();
        let hash = Gost94CryptoPro::new_with_prefix(previous).chain_update(salt);
        let mut output = hash.chain_update([high, low]).finalize();
        key.copy_from_slice(&output);
        output.as_mut_slice().zeroize();
    }
    key
}

fn opened(blob: &[u8], key: &[u8; 32]) -> Result<GostKey, Pkcs12Error> {
    let info: PrivateKeyInfoRef<'_> = decode(blob, "CryptoPro key")?;
    let blob = info.private_key.as_bytes().split_at_checked(BLOB_HEADER);
    let (header, blob) = blob.ok_or(KEY)?;
    if header.get(8..12) != Some(MAGIC) {
        return Err(KEY);
    }
    let blob: Blob<'_> = decode(blob, "CryptoPro key")?;
    let content: ExportedKey<'_> = blob.content.decode_as().map_err(|_| KEY)?;
    let algorithm = &content.parameters.algorithm;
    let named = GostAlgorithm::of_private_key(algorithm.oid);
    if named.map(|it| it.profile) != Some(Profile::Russia2012) {
        // The generation before wraps keys in another way.
        return Err(unsupported(&algorithm.oid));
    }

    let ukm: &[u8; 8] = content.ukm.as_bytes().try_into().map_err(|_| KEY)?;
    let cipher = Gost28147::new(&kdf_256(key, &LABEL, ukm), &CRYPTO_PRO_A);
    let mut number = Zeroizing::new(content.key.ciphertext.as_bytes().to_vec());
    let (blocks, []) = number.as_chunks_mut() else {
        return Err(KEY);
    };
    cipher.decrypt(blocks);
    let signed = blob.content.to_der().map_err(|_| KEY)?;
    let of_key = cipher.mac(ukm, &number) == *content.key.mac.as_bytes();
    let of_content = cipher.mac(&[0; 8], &signed) == *blob.mac.as_bytes();
    match of_key && of_content {
        true => Ok(GostKey::from_parts(algorithm, &number)?),
        false => Err(Pkcs12Error::Malformed("CryptoPro key's MAC")),
    }
}
