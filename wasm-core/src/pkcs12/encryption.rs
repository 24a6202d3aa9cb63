//! Decryption with a password: PBES1 as PKCS#12 has it (RFC 7292 appendix C), and PBES2 (RFC 8018 §6.2).

use super::{
    budget::Budget,
    cryptopro_bag,
    error::Pkcs12Error,
    gost_ciphers,
    hash::{Hash, MD5, Purpose, SHA1},
    password::Password,
    pbkdf2::Pbkdf2,
    plaintext::{Plaintext, checked},
    structure::{Pbes1Parameters, Pkcs5Parameters, Rc2Parameters, parameters, unsupported},
};
use aes::{Aes128, Aes192, Aes256};
use cbc::{
    Decryptor,
    cipher::{BlockCipherDecrypt, BlockModeDecrypt, InnerIvInit, KeyInit, block_padding::Pkcs7},
};
use der::{
    Tag, Tagged as _,
    asn1::{ObjectIdentifier, OctetStringRef},
};
use des::{Des, TdesEde2, TdesEde3};
use gost3410::encryption::{Kuznyechik, Magma};
use md5::{Digest as _, Md5};
use rc2::Rc2;
use rc4::{Rc4, StreamCipher as _};
use spki::AlgorithmIdentifierRef;
use std::ops::RangeInclusive;
use zeroize::Zeroizing;

/// All block ciphers of PBES1 have blocks, and so initialisation vectors, of this many octets.
const PBES1_BLOCK: usize = 8;

pub(super) const PBES2: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.5.13");

/// A scheme that is not PBES1: decodes its own parameters.
type Scheme =
    fn(&AlgorithmIdentifierRef<'_>, ciphertext: &[u8], &Password<'_>, &mut Budget<'_>) -> Plaintext;

/// A scheme of PBES1.
struct Pbes1 {
    oid: ObjectIdentifier,
    keys: Keys,
    key_length: usize,
    decrypt: Decrypt,
}

/// How PBES1 derives a key and an initialisation vector.
enum Keys {
    /// RFC 7292 appendix C: with SHA-1, of a BMPString.
    Pkcs12,
    /// RFC 8018 §6.1: with PBKDF1, of octets, both of one digest.
    Pkcs5(&'static Hash),
}

/// A cipher of PBES2: decodes its own parameters.
struct Cipher {
    oid: ObjectIdentifier,
    key_length: usize,
    /// The lengths that a file may name instead.
    key_lengths: RangeInclusive<usize>,
    decrypt: fn(key: &[u8], &AlgorithmIdentifierRef<'_>, ciphertext: &[u8]) -> Plaintext,
}

type Decrypt = fn(key: &[u8], iv: &[u8], ciphertext: &[u8]) -> Plaintext;

static SCHEMES: [(ObjectIdentifier, Scheme); 2] = [
    (PBES2, decrypt_pbes2),
    (cryptopro_bag::PBE, cryptopro_bag::decrypt),
];

static PBES1_SCHEMES: [Pbes1; 10] = [
    pbes1("1.2.840.113549.1.12.1.1", Keys::Pkcs12, 16, rc4),
    pbes1("1.2.840.113549.1.12.1.2", Keys::Pkcs12, 5, rc4),
    pbes1("1.2.840.113549.1.12.1.3", Keys::Pkcs12, 24, cbc::<TdesEde3>),
    pbes1("1.2.840.113549.1.12.1.4", Keys::Pkcs12, 16, cbc::<TdesEde2>),
    pbes1("1.2.840.113549.1.12.1.5", Keys::Pkcs12, 16, rc2_cbc),
    pbes1("1.2.840.113549.1.12.1.6", Keys::Pkcs12, 5, rc2_cbc),
    pbes1("1.2.840.113549.1.5.3", Keys::Pkcs5(&MD5), 8, cbc::<Des>),
    pbes1("1.2.840.113549.1.5.6", Keys::Pkcs5(&MD5), 8, rc2_cbc),
    pbes1("1.2.840.113549.1.5.10", Keys::Pkcs5(&SHA1), 8, cbc::<Des>),
    pbes1("1.2.840.113549.1.5.11", Keys::Pkcs5(&SHA1), 8, rc2_cbc),
];

/// The ciphers of PEM with headers (`DEK-Info`), and the lengths of their keys.
static TRADITIONAL_CIPHERS: [(&str, usize, Decrypt); 5] = [
    ("AES-128-CBC", 16, cbc::<Aes128>),
    ("AES-192-CBC", 24, cbc::<Aes192>),
    ("AES-256-CBC", 32, cbc::<Aes256>),
    ("DES-EDE3-CBC", 24, cbc::<TdesEde3>),
    ("DES-CBC", 8, cbc::<Des>),
];

static PBES2_CIPHERS: [Cipher; 12] = [
    cipher("2.16.840.1.101.3.4.1.2", 16, cbc_with_parameters::<Aes128>),
    cipher("2.16.840.1.101.3.4.1.22", 24, cbc_with_parameters::<Aes192>),
    cipher("2.16.840.1.101.3.4.1.42", 32, cbc_with_parameters::<Aes256>),
    cipher("1.2.840.113549.3.7", 24, cbc_with_parameters::<TdesEde3>),
    cipher("1.3.14.3.2.7", 8, cbc_with_parameters::<Des>),
    Cipher {
        key_lengths: 1..=128,
        ..cipher("1.2.840.113549.3.2", 16, rc2_cbc_with_parameters)
    },
    Cipher {
        key_lengths: 1..=256,
        ..cipher("1.2.840.113549.3.4", 16, rc4_with_parameters)
    },
    cipher("1.2.643.7.1.1.5.1.1", 32, gost_ciphers::ctr_acpkm::<Magma>),
    cipher(
        "1.2.643.7.1.1.5.1.2",
        32,
        gost_ciphers::ctr_acpkm_omac::<Magma>,
    ),
    cipher(
        "1.2.643.7.1.1.5.2.1",
        32,
        gost_ciphers::ctr_acpkm::<Kuznyechik>,
    ),
    cipher(
        "1.2.643.7.1.1.5.2.2",
        32,
        gost_ciphers::ctr_acpkm_omac::<Kuznyechik>,
    ),
    cipher("1.2.643.2.2.21", 32, gost_ciphers::cfb),
];

const fn pbes1(
    oid: &str,
    keys: Keys,
    key_length: usize,
    decrypt: fn(&[u8], &[u8], &[u8]) -> Plaintext,
) -> Pbes1 {
    Pbes1 {
        oid: ObjectIdentifier::new_unwrap(oid),
        keys,
        key_length,
        decrypt,
    }
}

const fn cipher(
    oid: &str,
    key_length: usize,
    decrypt: fn(&[u8], &AlgorithmIdentifierRef<'_>, &[u8]) -> Plaintext,
) -> Cipher {
    Cipher {
        oid: ObjectIdentifier::new_unwrap(oid),
        key_length,
        key_lengths: key_length..=key_length,
        decrypt,
    }
}

/// The decrypted SEQUENCE, in DER form.
///
/// # Errors
/// [`Pkcs12Error::PasswordWrong`]: the plaintext is not a SEQUENCE. Other [`Pkcs12Error`]s of the parameters.
pub(super) fn decrypt(
    algorithm: &AlgorithmIdentifierRef<'_>,
    ciphertext: &[u8],
    password: &Password<'_>,
    budget: &mut Budget<'_>,
) -> Plaintext {
    if let Some((_, decrypt)) = SCHEMES.iter().find(|(oid, _)| *oid == algorithm.oid) {
        return decrypt(algorithm, ciphertext, password, budget);
    }
    let scheme = PBES1_SCHEMES
        .iter()
        .find(|scheme| scheme.oid == algorithm.oid);
    let scheme = scheme.ok_or_else(|| unsupported(&algorithm.oid))?;
    let given: Pbes1Parameters<'_> = parameters(algorithm, "encryption")?;
    match scheme.keys {
        Keys::Pkcs12 => scheme.decrypt_pkcs12(&given, ciphertext, password, budget),
        Keys::Pkcs5(hash) => scheme.decrypt_pkcs5(hash, &given, ciphertext, password, budget),
    }
}

impl Pbes1 {
    fn decrypt_pkcs12(
        &self,
        given: &Pbes1Parameters<'_>,
        ciphertext: &[u8],
        password: &Password<'_>,
        budget: &mut Budget<'_>,
    ) -> Plaintext {
        let (salt, rounds) = (given.salt.as_bytes(), given.iterations);
        for form in password.bmp() {
            let (key, iv) = (Purpose::Encryption, Purpose::Initialisation);
            let key = SHA1.derive(form, salt, key, rounds, self.key_length, budget)?;
            let iv = SHA1.derive(form, salt, iv, rounds, PBES1_BLOCK, budget)?;
            match checked((self.decrypt)(&key, &iv, ciphertext)) {
                Err(Pkcs12Error::PasswordWrong) => {}
                decided => return decided,
            }
        }
        Err(Pkcs12Error::PasswordWrong)
    }

    fn decrypt_pkcs5(
        &self,
        hash: &Hash,
        given: &Pbes1Parameters<'_>,
        ciphertext: &[u8],
        password: &Password<'_>,
        budget: &mut Budget<'_>,
    ) -> Plaintext {
        let (salt, rounds) = (given.salt.as_bytes(), given.iterations);
        let length = self.key_length + PBES1_BLOCK;
        let derived = hash.pbkdf1(password.utf8(), salt, rounds, length, budget)?;
        let (key, iv) = derived.split_at(self.key_length);
        checked((self.decrypt)(key, iv, ciphertext))
    }
}

/// Decrypts a PEM block with headers. The key is derived as OpenSSL's `EVP_BytesToKey` does with MD5 and one round; the
/// salt is the first eight octets of the initialisation vector.
pub(super) fn decrypt_traditional(
    cipher: &str,
    iv: &[u8],
    ciphertext: &[u8],
    password: &Password<'_>,
) -> Plaintext {
    let mut ciphers = TRADITIONAL_CIPHERS.iter();
    let known = ciphers.find(|(name, _, _)| name.eq_ignore_ascii_case(cipher));
    let (_, length, decrypt) = known.ok_or_else(|| Pkcs12Error::Unsupported {
        oid: cipher.to_owned(),
    })?;
    let salt = iv.get(..8);
    let salt = salt.ok_or(Pkcs12Error::Malformed("initialisation vector"))?;
    let mut key = Zeroizing::new(Vec::with_capacity(length + 16));
    let mut digest = Zeroizing::new(Vec::new());
    while key.len() < *length {
        let hash = Md5::new_with_prefix(&*digest).chain_update(password.utf8());
        digest = Zeroizing::new(hash.chain_update(salt).finalize().to_vec());
        key.extend_from_slice(&digest);
    }
    key.truncate(*length);
    checked(decrypt(&key, iv, ciphertext))
}

fn decrypt_pbes2(
    algorithm: &AlgorithmIdentifierRef<'_>,
    ciphertext: &[u8],
    password: &Password<'_>,
    budget: &mut Budget<'_>,
) -> Plaintext {
    let given: Pkcs5Parameters<'_> = parameters(algorithm, "encryption")?;
    let cipher = PBES2_CIPHERS
        .iter()
        .find(|cipher| cipher.oid == given.scheme.oid);
    let cipher = cipher.ok_or_else(|| unsupported(&given.scheme.oid))?;
    let derivation = Pbkdf2::read(&given.derivation)?;
    let length = derivation.key_length().unwrap_or(cipher.key_length);
    if !cipher.key_lengths.contains(&length) {
        return Err(Pkcs12Error::Malformed("key length"));
    }
    let key = derivation.derive(password.utf8(), length, budget)?;
    checked((cipher.decrypt)(&key, &given.scheme, ciphertext))
}

fn cbc<C: BlockCipherDecrypt + KeyInit>(key: &[u8], iv: &[u8], ciphertext: &[u8]) -> Plaintext {
    // The tables above give the lengths that the ciphers want.
    let cipher = C::new_from_slice(key).map_err(|_| Pkcs12Error::Malformed("key length"))?;
    unchain(cipher, iv, ciphertext)
}

/// RC2 with as many effective bits as its key has.
fn rc2_cbc(key: &[u8], iv: &[u8], ciphertext: &[u8]) -> Plaintext {
    unchain(
        Rc2::new_with_eff_key_len(key, 8 * key.len()),
        iv,
        ciphertext,
    )
}

/// RC2 whose parameters say how many bits of its key are in effect, in a code of their own up to 255 (RFC 8018
/// §B.2.3).
fn rc2_cbc_with_parameters(
    key: &[u8],
    algorithm: &AlgorithmIdentifierRef<'_>,
    ciphertext: &[u8],
) -> Plaintext {
    let malformed = Pkcs12Error::Malformed("encryption");
    let tag = algorithm.parameters.map(|parameters| parameters.tag());
    let (version, iv) = match tag {
        Some(Tag::OctetString) => (None, parameters(algorithm, "encryption")?),
        _ => {
            let given: Rc2Parameters<'_> = parameters(algorithm, "encryption")?;
            (given.version, given.iv)
        }
    };
    let bits = match version {
        None => 32,
        Some(160) => 40,
        Some(120) => 64,
        Some(58) => 128,
        Some(bits @ 256..=1024) => usize::try_from(bits).map_err(|_| malformed)?,
        Some(_) => return Err(malformed),
    };
    let cipher = Rc2::new_with_eff_key_len(key, bits);
    unchain(cipher, iv.as_bytes(), ciphertext)
}

/// RC4 has neither blocks nor an initialisation vector.
fn rc4(key: &[u8], _: &[u8], ciphertext: &[u8]) -> Plaintext {
    let cipher = Rc4::new_from_slice(key);
    let mut cipher = cipher.map_err(|_| Pkcs12Error::Malformed("key length"))?;
    let mut data = Zeroizing::new(ciphertext.to_vec());
    cipher.apply_keystream(&mut data);
    Ok(data)
}

fn rc4_with_parameters(key: &[u8], _: &AlgorithmIdentifierRef<'_>, ciphertext: &[u8]) -> Plaintext {
    rc4(key, &[], ciphertext)
}

/// CBC whose parameters are the initialisation vector (RFC 8018 §B.2.2, §B.2.5).
fn cbc_with_parameters<C: BlockCipherDecrypt + KeyInit>(
    key: &[u8],
    algorithm: &AlgorithmIdentifierRef<'_>,
    ciphertext: &[u8],
) -> Plaintext {
    let iv: &OctetStringRef = parameters(algorithm, "initialisation vector")?;
    cbc::<C>(key, iv.as_bytes(), ciphertext)
}

fn unchain<C: BlockCipherDecrypt>(cipher: C, iv: &[u8], ciphertext: &[u8]) -> Plaintext {
    if ciphertext.is_empty() || !ciphertext.len().is_multiple_of(C::block_size()) {
        return Err(Pkcs12Error::Malformed("ciphertext length"));
    }
    let mode = Decryptor::inner_iv_slice_init(cipher, iv)
        .map_err(|_| Pkcs12Error::Malformed("initialisation vector"))?;
    let mut buffer = Zeroizing::new(ciphertext.to_vec());
    let unpadded = mode.decrypt_padded::<Pkcs7>(&mut buffer).map(<[u8]>::len);
    let length = unpadded.map_err(|_| Pkcs12Error::PasswordWrong)?;
    buffer.truncate(length);
    Ok(buffer)
}
