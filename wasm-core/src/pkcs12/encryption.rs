//! Decryption with a password: PBES1 as PKCS#12 has it (RFC 7292 appendix C), and PBES2 (RFC 8018 §6.2).

use super::{
    Pkcs12Error, crypto_pro, gost,
    hash::{Budget, Pbkdf2, Purpose, SHA1},
    password::Password,
    structure::{Pbes1Parameters, Pkcs5Parameters, der_form, parameters, sequence, unsupported},
};
use aes::{Aes128, Aes192, Aes256};
use cbc::{
    Decryptor,
    cipher::{BlockCipherDecrypt, BlockModeDecrypt, InnerIvInit, KeyInit, block_padding::Pkcs7},
};
use der::asn1::{ObjectIdentifier, OctetStringRef};
use des::{TdesEde2, TdesEde3};
use gost3410::encryption::{Kuznyechik, Magma};
use rc2::Rc2;
use spki::AlgorithmIdentifierRef;
use zeroize::Zeroizing;

/// All ciphers of PBES1 here have blocks, and so initialisation vectors, of this many octets.
const PBES1_BLOCK: usize = 8;

pub(super) const PBES2: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.5.13");

/// A scheme that is not PBES1: takes its own parameters apart.
type Scheme =
    fn(&AlgorithmIdentifierRef<'_>, ciphertext: &[u8], &Password<'_>, &mut Budget) -> Plaintext;

/// A scheme of PBES1: the hash is SHA-1 in all of them.
struct Pbes1 {
    oid: ObjectIdentifier,
    key_length: usize,
    decrypt: fn(key: &[u8], iv: &[u8], ciphertext: &[u8]) -> Plaintext,
}

/// A cipher of PBES2; takes its own parameters apart.
struct Cipher {
    oid: ObjectIdentifier,
    key_length: usize,
    decrypt: fn(key: &[u8], &AlgorithmIdentifierRef<'_>, ciphertext: &[u8]) -> Plaintext,
}

pub(super) type Plaintext = Result<Zeroizing<Vec<u8>>, Pkcs12Error>;

static SCHEMES: [(ObjectIdentifier, Scheme); 2] = [
    (PBES2, decrypt_pbes2),
    (crypto_pro::PBE, crypto_pro::decrypt),
];

static PBES1_SCHEMES: [Pbes1; 4] = [
    pbes1("1.2.840.113549.1.12.1.3", 24, cbc::<TdesEde3>),
    pbes1("1.2.840.113549.1.12.1.4", 16, cbc::<TdesEde2>),
    pbes1("1.2.840.113549.1.12.1.5", 16, rc2_cbc),
    pbes1("1.2.840.113549.1.12.1.6", 5, rc2_cbc),
];

static PBES2_CIPHERS: [Cipher; 9] = [
    cipher("2.16.840.1.101.3.4.1.2", 16, cbc_with_parameters::<Aes128>),
    cipher("2.16.840.1.101.3.4.1.22", 24, cbc_with_parameters::<Aes192>),
    cipher("2.16.840.1.101.3.4.1.42", 32, cbc_with_parameters::<Aes256>),
    cipher("1.2.840.113549.3.7", 24, cbc_with_parameters::<TdesEde3>),
    cipher("1.2.643.7.1.1.5.1.1", 32, gost::ctr_acpkm::<Magma>),
    cipher("1.2.643.7.1.1.5.1.2", 32, gost::ctr_acpkm_omac::<Magma>),
    cipher("1.2.643.7.1.1.5.2.1", 32, gost::ctr_acpkm::<Kuznyechik>),
    cipher(
        "1.2.643.7.1.1.5.2.2",
        32,
        gost::ctr_acpkm_omac::<Kuznyechik>,
    ),
    cipher("1.2.643.2.2.21", 32, gost::cfb),
];

const fn pbes1(
    oid: &str,
    key_length: usize,
    decrypt: fn(&[u8], &[u8], &[u8]) -> Plaintext,
) -> Pbes1 {
    Pbes1 {
        oid: ObjectIdentifier::new_unwrap(oid),
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
        decrypt,
    }
}

/// The SEQUENCE that was encrypted, in DER form. Everything that PKCS#12 encrypts is one, so
/// anything else shows that the password is not the one.
pub(super) fn decrypt(
    algorithm: &AlgorithmIdentifierRef<'_>,
    ciphertext: &[u8],
    password: &Password<'_>,
    budget: &mut Budget,
) -> Plaintext {
    if let Some((_, decrypt)) = SCHEMES.iter().find(|(oid, _)| *oid == algorithm.oid) {
        return decrypt(algorithm, ciphertext, password, budget);
    }
    let scheme = PBES1_SCHEMES
        .iter()
        .find(|scheme| scheme.oid == algorithm.oid);
    let scheme = scheme.ok_or_else(|| unsupported(&algorithm.oid))?;
    let given: Pbes1Parameters<'_> = parameters(algorithm, "encryption")?;
    let (salt, rounds) = (given.salt.as_bytes(), given.iterations);
    for form in password.bmp() {
        let (key, iv) = (Purpose::Encryption, Purpose::Initialisation);
        let key = SHA1.derive(form, salt, key, rounds, scheme.key_length, budget)?;
        let iv = SHA1.derive(form, salt, iv, rounds, PBES1_BLOCK, budget)?;
        match plausible((scheme.decrypt)(&key, &iv, ciphertext)) {
            Err(Pkcs12Error::PasswordWrong) => {}
            decided => return decided,
        }
    }
    Err(Pkcs12Error::PasswordWrong)
}

fn decrypt_pbes2(
    algorithm: &AlgorithmIdentifierRef<'_>,
    ciphertext: &[u8],
    password: &Password<'_>,
    budget: &mut Budget,
) -> Plaintext {
    let given: Pkcs5Parameters<'_> = parameters(algorithm, "encryption")?;
    let cipher = PBES2_CIPHERS
        .iter()
        .find(|cipher| cipher.oid == given.scheme.oid);
    let cipher = cipher.ok_or_else(|| unsupported(&given.scheme.oid))?;
    let derivation = Pbkdf2::read(&given.derivation)?;
    if derivation
        .key_length()
        .is_some_and(|length| length != cipher.key_length)
    {
        return Err(Pkcs12Error::Malformed("key length"));
    }
    let key = derivation.derive(password.utf8(), cipher.key_length, budget)?;
    plausible((cipher.decrypt)(&key, &given.scheme, ciphertext))
}

pub(super) fn plausible(plaintext: Plaintext) -> Plaintext {
    let der = der_form(&plaintext?, "plaintext").map_err(|_| Pkcs12Error::PasswordWrong)?;
    sequence(&der, "plaintext").map_err(|_| Pkcs12Error::PasswordWrong)?;
    Ok(der)
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
