//! The protection of new files: one row for each scheme.

use super::{
    budget::{Budget, Cancel},
    contents::KeyFile,
    encryption::PBES2,
    error::Pkcs12Error,
    gost_ciphers::sized,
    hash::{Hash, Purpose, SHA1, SHA256, STREEBOG512},
    password::Password,
    pbkdf2::PBKDF2,
    structure::{
        CtrAcpkmParameters, Gost28147Parameters, Pbes1Parameters, Pbkdf2Parameters,
        Pkcs5Parameters, decode, element, encode, octet_string,
    },
};
use crate::{
    algorithm::{GostAlgorithm, Profile},
    private_key::canonical,
};
use aes::Aes256;
use cbc::{
    Encryptor,
    cipher::{BlockCipherEncrypt, BlockModeEncrypt, KeyIvInit, block_padding::Pkcs7},
};
use der::asn1::{AnyRef, ObjectIdentifier};
use des::TdesEde3;
use gost3410::{
    encryption::{Kuznyechik, encrypt_with_omac},
    gost28147::{Gost28147, PARAM_Z},
};
use pkcs8::PrivateKeyInfoRef;
use sha2::{Digest, Sha512};
use spki::AlgorithmIdentifierRef;
use zeroize::Zeroizing;

/// How a new file is protected. With these numbers of rounds, each guess at a password takes a large part of a second.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Scheme {
    /// AES-256 and SHA-256: for RSA and ECDSA. OpenSSL, Windows 10, macOS and browsers read it.
    Aes256,
    /// GOST 28147-89 and Streebog-512 (R 50.1.112-2016): for Russian software that does not know RFC
    /// 9548 yet, as OpenSSL's GOST engine.
    Gost28147,
    /// Kuznyechik with a MAC, and Streebog-512 (RFC 9548): for Russian keys.
    Kuznyechik,
    /// Triple DES and SHA-1: for Kazakh keys. The national certification authority writes its files so,
    /// and NCALayer reads no other scheme. It is weaker than the others.
    TripleDes,
}

/// A scheme's algorithms.
pub(super) struct Protection {
    pub(super) encrypt: Encrypt,
    pub(super) mac: &'static Hash,
    /// The parameters of the hash's AlgorithmIdentifier: NULL or absent, as other writers have it.
    pub(super) mac_parameters: Option<AnyRef<'static>>,
    pub(super) rounds: u32,
}

type Encrypt = fn(
    plaintext: &[u8],
    password: &Password<'_>,
    rounds: u32,
    salts: &mut Salts,
) -> Result<Encrypted, Pkcs12Error>;

/// A ciphertext and its algorithm.
pub(super) struct Encrypted {
    /// DER of the AlgorithmIdentifier.
    algorithm: Zeroizing<Vec<u8>>,
    pub(super) ciphertext: Vec<u8>,
}

/// Salts and initialisation vectors, all different.
pub(super) struct Salts {
    random: [u8; 32],
    count: u64,
}

static AES256: Protection = Protection {
    encrypt: aes256,
    mac: &SHA256,
    mac_parameters: Some(AnyRef::NULL),
    rounds: 200_000,
};

static GOST28147: Protection = Protection {
    encrypt: gost28147,
    mac: &STREEBOG512,
    mac_parameters: None,
    rounds: 20_000,
};

static KUZNYECHIK: Protection = Protection {
    encrypt: kuznyechik,
    mac: &STREEBOG512,
    mac_parameters: None,
    rounds: 20_000,
};

static TRIPLE_DES: Protection = Protection {
    encrypt: triple_des,
    mac: &SHA1,
    mac_parameters: Some(AnyRef::NULL),
    rounds: 50_000,
};

const AES256_CBC: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.1.42");
const GOST28147_CFB: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.643.2.2.21");
const KUZNYECHIK_OMAC: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.643.7.1.1.5.2.2");
const TRIPLE_DES_SHA1: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.12.1.3");

/// Octets of the keys of PBES2 here, and of triple DES.
const KEY: usize = 32;
const TRIPLE_DES_KEY: usize = 24;

impl Scheme {
    /// What the programs read that are used with keys like those in `contents`: the first one counts.
    pub fn of(contents: &KeyFile) -> Self {
        let keys = contents.keys.iter().map(|key| &key.pkcs8);
        let mut keys = keys.chain(contents.lone_keys.iter().map(|key| &key.pkcs8));
        let algorithm = keys.next().and_then(|pkcs8| {
            let pkcs8 = canonical(pkcs8).ok()?;
            let key = decode::<PrivateKeyInfoRef<'_>>(&pkcs8, "private key");
            key.ok().map(|key| key.algorithm.oid)
        });
        match algorithm
            .and_then(GostAlgorithm::of_private_key)
            .map(|it| it.profile)
        {
            None => Self::Aes256,
            Some(Profile::Russia2001 | Profile::Russia2012) => Self::Kuznyechik,
            Some(Profile::Kazakhstan2004 | Profile::Kazakhstan2015) => Self::TripleDes,
        }
    }

    pub(super) fn protection(self) -> &'static Protection {
        match self {
            Self::Aes256 => &AES256,
            Self::Gost28147 => &GOST28147,
            Self::Kuznyechik => &KUZNYECHIK,
            Self::TripleDes => &TRIPLE_DES,
        }
    }
}

impl Encrypted {
    pub(super) fn algorithm(&self) -> Result<AlgorithmIdentifierRef<'_>, Pkcs12Error> {
        decode(&self.algorithm, "encryption")
    }
}

impl Salts {
    pub(super) fn new(random: &[u8; 32]) -> Self {
        Self {
            random: *random,
            count: 0,
        }
    }

    /// At most 64 octets.
    pub(super) fn next<const N: usize>(&mut self) -> [u8; N] {
        self.count += 1;
        let hash = Sha512::new_with_prefix(self.random).chain_update(self.count.to_be_bytes());
        let mut salt = [0; N];
        let places = salt.iter_mut().zip(hash.finalize());
        places.for_each(|(to, from)| *to = from);
        salt
    }
}

fn aes256(
    plaintext: &[u8],
    password: &Password<'_>,
    rounds: u32,
    salts: &mut Salts,
) -> Result<Encrypted, Pkcs12Error> {
    let iv: [u8; 16] = salts.next();
    let parameters = encode(&octet_string(&iv)?)?;
    let Pbes2 { algorithm, key } =
        pbes2(&SHA256, AES256_CBC, &parameters, password, rounds, salts)?;
    Ok(Encrypted {
        algorithm,
        ciphertext: cbc::<Aes256>(&key, &iv, plaintext)?,
    })
}

fn gost28147(
    plaintext: &[u8],
    password: &Password<'_>,
    rounds: u32,
    salts: &mut Salts,
) -> Result<Encrypted, Pkcs12Error> {
    let iv: [u8; 8] = salts.next();
    let parameters = encode(&Gost28147Parameters {
        iv: octet_string(&iv)?,
        parameter_set: PARAM_Z.oid,
    })?;
    let prf = &STREEBOG512;
    let Pbes2 { algorithm, key } = pbes2(prf, GOST28147_CFB, &parameters, password, rounds, salts)?;
    let mut ciphertext = plaintext.to_vec();
    Gost28147::new(sized(&key)?, &PARAM_Z).encrypt_cfb(&iv, &mut ciphertext);
    Ok(Encrypted {
        algorithm,
        ciphertext,
    })
}

fn kuznyechik(
    plaintext: &[u8],
    password: &Password<'_>,
    rounds: u32,
    salts: &mut Salts,
) -> Result<Encrypted, Pkcs12Error> {
    let ukm: [u8; 16] = salts.next();
    let parameters = encode(&CtrAcpkmParameters {
        ukm: octet_string(&ukm)?,
    })?;
    let prf = &STREEBOG512;
    let Pbes2 { algorithm, key } =
        pbes2(prf, KUZNYECHIK_OMAC, &parameters, password, rounds, salts)?;
    // Room for the MAC.
    let mut ciphertext = [plaintext, &[0; 16]].concat();
    encrypt_with_omac::<Kuznyechik>(sized(&key)?, &ukm, &mut ciphertext)?;
    Ok(Encrypted {
        algorithm,
        ciphertext,
    })
}

/// PBES1 (RFC 7292 appendix C).
fn triple_des(
    plaintext: &[u8],
    password: &Password<'_>,
    rounds: u32,
    salts: &mut Salts,
) -> Result<Encrypted, Pkcs12Error> {
    let salt: [u8; 20] = salts.next();
    let parameters = encode(&Pbes1Parameters {
        salt: octet_string(&salt)?,
        iterations: rounds,
    })?;
    let form = password.standard();
    let derive = |purpose, length| {
        SHA1.derive(
            form,
            &salt,
            purpose,
            rounds,
            length,
            &mut Budget::new(&Cancel::default()),
        )
    };
    let key = derive(Purpose::Encryption, TRIPLE_DES_KEY)?;
    let iv = derive(Purpose::Initialisation, 8)?;
    Ok(Encrypted {
        algorithm: identifier(TRIPLE_DES_SHA1, &parameters)?,
        ciphertext: cbc::<TdesEde3>(&key, &iv, plaintext)?,
    })
}

/// PBES2 (RFC 8018 §6.2) before anything is encrypted.
struct Pbes2 {
    /// DER of the AlgorithmIdentifier.
    algorithm: Zeroizing<Vec<u8>>,
    /// The key derived from the password.
    key: Zeroizing<Vec<u8>>,
}

fn pbes2(
    prf: &Hash,
    cipher: ObjectIdentifier,
    cipher_parameters: &[u8],
    password: &Password<'_>,
    rounds: u32,
    salts: &mut Salts,
) -> Result<Pbes2, Pkcs12Error> {
    let salt: [u8; 32] = salts.next();
    let key = prf.pbkdf2(
        password.utf8(),
        &salt,
        rounds,
        KEY,
        &mut Budget::new(&Cancel::default()),
    )?;
    let derivation = encode(&Pbkdf2Parameters {
        salt: octet_string(&salt)?,
        iterations: rounds,
        key_length: None,
        prf: prf.hmac.map(|oid| AlgorithmIdentifierRef {
            oid,
            parameters: Some(AnyRef::NULL),
        }),
    })?;
    let parameters = encode(&Pkcs5Parameters {
        derivation: AlgorithmIdentifierRef {
            oid: PBKDF2,
            parameters: Some(element(&derivation)?),
        },
        scheme: AlgorithmIdentifierRef {
            oid: cipher,
            parameters: Some(element(cipher_parameters)?),
        },
    })?;
    Ok(Pbes2 {
        algorithm: identifier(PBES2, &parameters)?,
        key,
    })
}

fn identifier(oid: ObjectIdentifier, parameters: &[u8]) -> Result<Zeroizing<Vec<u8>>, Pkcs12Error> {
    encode(&AlgorithmIdentifierRef {
        oid,
        parameters: Some(element(parameters)?),
    })
}

fn cbc<C>(key: &[u8], iv: &[u8], plaintext: &[u8]) -> Result<Vec<u8>, Pkcs12Error>
where
    C: BlockCipherEncrypt,
    Encryptor<C>: KeyIvInit,
{
    let mode = Encryptor::<C>::new_from_slices(key, iv);
    let mode = mode.map_err(|_| Pkcs12Error::Malformed("key length"))?;
    Ok(mode.encrypt_padded_vec::<Pkcs7>(plaintext))
}
