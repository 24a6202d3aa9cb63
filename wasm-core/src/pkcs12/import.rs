//! Keys and certificates that are not in a PKCS#12 file, as OpenSSL and web servers keep them: PKCS#8, PKCS#1 and SEC 1,
//! encrypted or not, in PEM or DER, in one file or several. They become a [`KeyFile`], which can be written as PKCS#12.

use super::{
    bags::{Attributes, Bag, Bags},
    budget::{Budget, Cancel},
    contents::KeyFile,
    encryption::{decrypt, decrypt_traditional},
    error::Pkcs12Error,
    pairing::pair,
    password::Password,
    plaintext::Plaintext,
    structure::{EncryptedPrivateKeyInfo, decode, der_form},
};
use crate::{
    cms::SignedData, file_kind::FileKind, pem::Object, private_key, protocol::MAX_KEY_FILE,
    reason::most_telling, secret::Secret,
};
use base16ct::mixed;
use std::fmt;
use zeroize::Zeroizing;

/// The most keys and certificates.
const MAX_PARTS: usize = 1000;

const MALFORMED: Pkcs12Error = Pkcs12Error::Malformed("private key");

/// Keys and certificates out of one file or several, the keys perhaps still encrypted.
#[derive(Default)]
pub struct KeyParts {
    keys: Vec<Key>,
    certificates: Vec<Vec<u8>>,
}

enum Key {
    /// DER of a PrivateKeyInfo.
    Plain(Zeroizing<Vec<u8>>),
    /// DER of an EncryptedPrivateKeyInfo.
    Encrypted(Zeroizing<Vec<u8>>),
    /// Encrypted below the headers of PEM (RFC 1421 §4.6.1.3), as OpenSSL has it.
    Traditional {
        /// `DEK-Info`: cipher and initialisation vector.
        info: String,
        ciphertext: Zeroizing<Vec<u8>>,
    },
}

impl KeyParts {
    /// Takes the keys and certificates out of what files hold.
    ///
    /// # Errors
    /// [`Pkcs12Error::Malformed`] for a key that is none, and for more than a file can hold.
    pub fn read(objects: &[Object<'_>]) -> Result<Self, Pkcs12Error> {
        let size: usize = objects.iter().map(|object| object.bytes().len()).sum();
        if objects.len() > MAX_PARTS || size > MAX_KEY_FILE {
            return Err(Pkcs12Error::Malformed("size"));
        }
        let mut parts = Self::default();
        for object in objects {
            let bytes = || Zeroizing::new(object.bytes().to_vec());
            match FileKind::of(object) {
                FileKind::Certificate => parts.certificates.push(object.bytes().to_vec()),
                FileKind::PrivateKey => {
                    let key = private_key::of_any(object.bytes())?;
                    parts.keys.push(Key::Plain(key));
                }
                FileKind::EncryptedPrivateKey => parts.keys.push(match object.header("DEK-Info") {
                    None => Key::Encrypted(bytes()),
                    Some(info) => Key::Traditional {
                        info: info.to_owned(),
                        ciphertext: bytes(),
                    },
                }),
                FileKind::Signature => {
                    // Certification authorities send a certificate and those above it so (.p7b).
                    let bundle = SignedData::parse(object.bytes()).ok();
                    let certificates = bundle.iter().flat_map(|it| it.certificates());
                    parts
                        .certificates
                        .extend(certificates.map(|der| der.to_vec()));
                }
                _ => {}
            }
        }
        Ok(parts)
    }

    /// Whether there is any key.
    pub fn has_keys(&self) -> bool {
        !self.keys.is_empty()
    }

    /// Whether a password is needed to read the keys.
    pub fn is_encrypted(&self) -> bool {
        !self.keys.iter().all(|key| matches!(key, Key::Plain(_)))
    }

    /// Decrypts the keys and finds their certificates.
    ///
    /// # Errors
    /// [`Pkcs12Error`]
    pub fn open(&self, password: &Secret, cancel: &Cancel) -> Result<KeyFile, Pkcs12Error> {
        let (password, mut budget) = (Password::new(password), Budget::new(cancel));
        let mut bags = Bags::default();
        let mut problems = Vec::new();
        for key in &self.keys {
            match key.open(&password, &mut budget) {
                Ok(key) => bags.keys.push(bag(key)),
                Err(fatal @ (Pkcs12Error::Cancelled | Pkcs12Error::TooCostly)) => {
                    return Err(fatal);
                }
                Err(problem) => problems.push(problem),
            }
        }
        if let Some(problem) = most_telling(problems) {
            return Err(problem);
        }
        for certificate in &self.certificates {
            let known = bags
                .certificates
                .iter()
                .any(|bag| bag.content == *certificate);
            if !known {
                bags.certificates.push(bag(certificate.clone()));
            }
        }
        pair(bags)
    }
}

impl Key {
    fn open(&self, password: &Password<'_>, budget: &mut Budget<'_>) -> Plaintext {
        let key = match self {
            Self::Plain(key) => return Ok(key.clone()),
            Self::Encrypted(der) => {
                let der = der_form(der, "encrypted private key")?;
                let info: EncryptedPrivateKeyInfo<'_> = decode(&der, "encrypted private key")?;
                decrypt(
                    &info.algorithm,
                    info.ciphertext.as_bytes(),
                    password,
                    budget,
                )?
            }
            Self::Traditional { info, ciphertext } => {
                let (cipher, iv) = info.split_once(',').ok_or(MALFORMED)?;
                let iv = mixed::decode_vec(iv.trim()).map_err(|_| MALFORMED)?;
                decrypt_traditional(cipher.trim(), &iv, ciphertext, password)?
            }
        };
        Ok(private_key::of_any(&key)?)
    }
}

impl fmt::Debug for KeyParts {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("KeyParts")
            .field("keys", &self.keys.len())
            .field("certificates", &self.certificates.len())
            .finish()
    }
}

fn bag<T>(content: T) -> Bag<T> {
    Bag {
        content,
        // The same for all: a key without public key is paired with the certificates of the same files.
        attributes: Attributes {
            local_key_id: Some(Vec::new()),
            ..Attributes::default()
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        pem,
        support::der::{Tag, der, octets, oid, sequence},
    };

    /// Both are traditional keys; no program here knows the first one's cipher, and the other's is not whole.
    #[test]
    fn of_several_keys_the_most_telling_problem_is_said() {
        let block = |info: &str| {
            format!(
                "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: {info}\n\nMAMCAQUA\n-----END RSA PRIVATE KEY-----\n"
            )
        };
        let (unknown, damaged) = (block("ROT-13,0011"), block("DES-EDE3-CBC"));
        let opened = |blocks: &[&String]| {
            let file: String = blocks.iter().map(|block| block.as_str()).collect();
            let parts = KeyParts::read(&pem::objects(file.as_bytes())).unwrap();
            parts
                .open(&Secret::new("x".to_owned()), &Cancel::default())
                .err()
        };
        let telling = opened(&[&unknown]);
        assert!(matches!(telling, Some(Pkcs12Error::Unsupported { .. })));
        assert_eq!(opened(&[&damaged]), Some(MALFORMED));
        for blocks in [[&unknown, &damaged], [&damaged, &unknown]] {
            assert_eq!(opened(&blocks), telling);
        }
    }

    const ENGLISH: &[u8] = include_bytes!("../../tests/fixtures/english.der");
    /// Under "secret".
    const TRADITIONAL: &[u8] = include_bytes!("../../tests/fixtures/english-traditional.pem");

    /// What several files hold together.
    fn parts(files: &[&[u8]]) -> KeyParts {
        let objects: Vec<Object<'_>> = files.iter().flat_map(|file| pem::objects(file)).collect();
        KeyParts::read(&objects).unwrap()
    }

    fn opened(files: &[&[u8]], password: &str) -> Result<KeyFile, Pkcs12Error> {
        let password = Secret::new(password.to_owned());
        parts(files).open(&password, &Cancel::default())
    }

    /// A key that is not encrypted.
    fn plain_key() -> Vec<u8> {
        let file = opened(&[TRADITIONAL], "secret").unwrap();
        file.lone_keys[0].pkcs8.to_vec()
    }

    /// A SignedData without signers.
    fn bundle(certificate: &[u8]) -> Vec<u8> {
        let none = der(Tag::Set, &[]);
        let content = sequence(&[&oid("1.2.840.113549.1.7.1")]);
        let certificates = der(Tag::Explicit(0), &[certificate]);
        let data = sequence(&[&[2, 1, 1], &none, &content, &certificates, &none]);
        let data = der(Tag::Explicit(0), &[&data]);
        sequence(&[&oid("1.2.840.113549.1.7.2"), &data])
    }

    #[test]
    fn what_is_in_files_is_known_before_they_are_opened() {
        let key = plain_key();
        for (files, has_keys, is_encrypted) in [
            (vec![ENGLISH], false, false),
            (vec![&*key, ENGLISH], true, false),
            (vec![TRADITIONAL], true, true),
            (vec![&*key, TRADITIONAL], true, true),
        ] {
            let parts = parts(&files);
            assert_eq!(parts.has_keys(), has_keys, "{parts:?}");
            assert_eq!(parts.is_encrypted(), is_encrypted, "{parts:?}");
        }
    }

    /// A key on a curve for which no public key is computed here, and which does not say its own.
    #[test]
    fn a_key_without_public_key_goes_with_the_certificate_beside_it() {
        let algorithm = sequence(&[&oid("1.2.840.10045.2.1"), &oid("1.3.36.3.3.2.8.1.1.7")]);
        let private = sequence(&[&[2, 1, 1], &octets(&[1; 32])]);
        let key = sequence(&[&[2, 1, 0], &algorithm, &octets(&private)]);
        let file = opened(&[&key, ENGLISH], "").unwrap();
        assert_eq!((file.keys.len(), file.lone_keys.len()), (1, 0));
    }

    #[test]
    fn a_key_finds_its_certificate_in_another_file() {
        let (key, bundle) = (plain_key(), bundle(ENGLISH));
        for files in [
            vec![&*key, ENGLISH],
            vec![ENGLISH, TRADITIONAL],
            vec![&*key, &*bundle],
            // The same one twice.
            vec![ENGLISH, &*key, &*bundle],
        ] {
            let file = opened(&files, "secret").unwrap();
            let [found] = &file.keys[..] else {
                panic!("{file:?}");
            };
            assert_eq!((&found.pkcs8[..], &found.certificate[..]), (&*key, ENGLISH));
            assert!(file.lone_keys.is_empty() && file.lone_certificates.is_empty());
        }
        let wrong = opened(&[TRADITIONAL], "wrong").err();
        assert_eq!(wrong, Some(Pkcs12Error::PasswordWrong));
    }
}
