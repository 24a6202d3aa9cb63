//! Writing a file: bags, safes, and the MAC over them (RFC 7292 §4, §5.1).

use super::{
    bags::{
        Attributes, Bag, CERTIFICATE, ENCRYPTED_DATA, FRIENDLY_NAME, LOCAL_KEY_ID, SECRET,
        SHROUDED_KEY, X509_CERTIFICATE,
    },
    budget::{Budget, Cancel},
    contents::{KeyFile, Other, OtherPart},
    error::Pkcs12Error,
    password::Password,
    scheme::{Encrypted, Protection, Salts},
    structure::{
        Attribute, CertBag, ContentInfo, DATA, DigestInfo, EncryptedContentInfo, EncryptedData,
        EncryptedPrivateKeyInfo, MacData, Pfx, SafeBag, SecretBag, VERSION, element, encode,
        octet_string,
    },
};
use crate::{protocol::MAX_KEY_FILE, secret::Secret};
use der::{
    Tag, TagNumber,
    asn1::{AnyRef, ObjectIdentifier},
};
use spki::AlgorithmIdentifierRef;
use zeroize::Zeroizing;

#[cfg(test)]
mod tests;

const SIZE: Pkcs12Error = Pkcs12Error::Malformed("size");

/// The version of EncryptedData without attributes (RFC 5652 §8).
const ENCRYPTED_DATA_VERSION: u8 = 0;

/// DER of the file.
pub(super) fn seal(
    contents: &KeyFile,
    protection: &Protection,
    password: &Secret,
    random: &[u8; 32],
) -> Result<Vec<u8>, Pkcs12Error> {
    let mut sealing = Sealing {
        protection,
        password: &Password::new(password),
        salts: Salts::new(random),
    };
    let inventory = Inventory::of(contents);
    let mut safes = Vec::new();
    let mut bags = certificates(&inventory.certificates)?;
    for OtherPart(other) in &contents.others {
        match other {
            Other::Bag(der) => bags.push(der.clone()),
            Other::Safe(der) => safes.push(der.clone()),
            Other::Secret { key, attributes } => {
                bags.push(sealing.secret(key, attributes.as_ref())?);
            }
        }
    }
    if !bags.is_empty() {
        safes.push(sealing.encrypted_safe(&bags)?);
    }
    if !inventory.keys.is_empty() {
        safes.push(sealing.keys(&inventory.keys)?);
    }
    let file = sealing.file(&joined(Tag::Sequence, &safes)?)?;
    match file.len() <= MAX_KEY_FILE {
        true => Ok(file),
        false => Err(SIZE),
    }
}

/// The contents of a file without duplicates.
#[derive(Default)]
struct Inventory<'a> {
    keys: Vec<Bag<&'a [u8]>>,
    certificates: Vec<Bag<&'a [u8]>>,
}

impl<'a> Inventory<'a> {
    fn of(contents: &'a KeyFile) -> Self {
        let mut inventory = Self::default();
        for key in &contents.keys {
            let id = inventory.id(&key.pkcs8);
            let [of_key, of_certificate] = key.attributes.clone().map(|others| Attributes {
                local_key_id: Some(id.clone()),
                friendly_name: key.friendly_name.clone(),
                others,
            });
            add(&mut inventory.keys, &key.pkcs8, of_key);
            let certificates = &mut inventory.certificates;
            add(certificates, &key.certificate, of_certificate);
        }
        let above = contents.keys.iter().flat_map(|key| &key.chain);
        for certificate in above.chain(&contents.lone_certificates) {
            let attributes = Attributes::of(&certificate.friendly_name, &certificate.attributes);
            let certificates = &mut inventory.certificates;
            add(certificates, &certificate.certificate, attributes);
        }
        for lone in &contents.lone_keys {
            let attributes = Attributes::of(&lone.friendly_name, &lone.attributes);
            add(&mut inventory.keys, &lone.pkcs8, attributes);
        }
        inventory
    }

    /// What links a key with its certificates: the key's number, which is how Windows does it.
    fn id(&self, pkcs8: &[u8]) -> Vec<u8> {
        let known = self.keys.iter().position(|key| key.content == pkcs8);
        let number = known.unwrap_or(self.keys.len()) + 1;
        u32::try_from(number)
            .unwrap_or(u32::MAX)
            .to_le_bytes()
            .to_vec()
    }
}

fn add<'a>(bags: &mut Vec<Bag<&'a [u8]>>, content: &'a [u8], attributes: Attributes) {
    if !bags.iter().any(|bag| bag.content == content) {
        bags.push(Bag {
            content,
            attributes,
        });
    }
}

impl Attributes {
    fn of(name: &Option<String>, others: &[Vec<u8>]) -> Self {
        Self {
            local_key_id: None,
            friendly_name: name.clone(),
            others: others.to_vec(),
        }
    }
}

struct Sealing<'a> {
    protection: &'a Protection,
    password: &'a Password<'a>,
    salts: Salts,
}

impl Sealing<'_> {
    /// A safe that is encrypted as a whole.
    fn encrypted_safe(
        &mut self,
        bags: &[Zeroizing<Vec<u8>>],
    ) -> Result<Zeroizing<Vec<u8>>, Pkcs12Error> {
        let encrypted = self.encrypted(&joined(Tag::Sequence, bags)?)?;
        let implicit = Tag::ContextSpecific {
            constructed: false,
            number: TagNumber(0),
        };
        let data = EncryptedData {
            version: ENCRYPTED_DATA_VERSION,
            content: EncryptedContentInfo {
                content_type: (&DATA).into(),
                algorithm: encrypted.algorithm()?,
                ciphertext: AnyRef::new(implicit, &encrypted.ciphertext).map_err(|_| SIZE)?,
            },
        };
        safe(ENCRYPTED_DATA, &encode(&data)?)
    }

    /// A safe that is not encrypted, of keys that each are.
    fn keys(&mut self, bags: &[Bag<&[u8]>]) -> Result<Zeroizing<Vec<u8>>, Pkcs12Error> {
        let bag = |bag: &Bag<&[u8]>| {
            let value = self.shrouded(bag.content)?;
            safe_bag(SHROUDED_KEY, &value, set(&bag.attributes)?.as_ref())
        };
        let bags: Result<Vec<_>, _> = bags.iter().map(bag).collect();
        let contents = joined(Tag::Sequence, &bags?)?;
        safe(DATA, &encode(&octet_string(&contents)?)?)
    }

    /// A secret key, as Java writes it.
    fn secret(
        &mut self,
        key: &[u8],
        attributes: Option<&Zeroizing<Vec<u8>>>,
    ) -> Result<Zeroizing<Vec<u8>>, Pkcs12Error> {
        let octets = encode(&octet_string(&self.shrouded(key)?)?)?;
        let value = SecretBag {
            kind: (&SHROUDED_KEY).into(),
            value: element(&octets)?,
        };
        safe_bag(SECRET, &encode(&value)?, attributes)
    }

    /// DER of an EncryptedPrivateKeyInfo.
    fn shrouded(&mut self, key: &[u8]) -> Result<Zeroizing<Vec<u8>>, Pkcs12Error> {
        let encrypted = self.encrypted(key)?;
        encode(&EncryptedPrivateKeyInfo {
            algorithm: encrypted.algorithm()?,
            ciphertext: octet_string(&encrypted.ciphertext)?,
        })
    }

    fn encrypted(&mut self, plaintext: &[u8]) -> Result<Encrypted, Pkcs12Error> {
        let (protection, salts) = (self.protection, &mut self.salts);
        (protection.encrypt)(plaintext, self.password, protection.rounds, salts)
    }

    fn file(&mut self, contents: &[u8]) -> Result<Vec<u8>, Pkcs12Error> {
        let (hash, rounds) = (self.protection.mac, self.protection.rounds);
        let salt: [u8; 20] = self.salts.next();
        let kind = hash.mac_keys.first().ok_or(Pkcs12Error::Malformed("MAC"))?;
        let form = kind.forms(self.password);
        let form = form.first().copied().unwrap_or_default();
        let key = kind.derive(
            hash,
            form,
            &salt,
            rounds,
            &mut Budget::new(&Cancel::default()),
        )?;
        let tag = hash.authenticate(&key, contents);
        let wrapped = encode(&octet_string(contents)?)?;
        let file = Pfx {
            version: VERSION,
            auth_safe: ContentInfo {
                content_type: (&DATA).into(),
                content: Some(element(&wrapped)?),
            },
            mac_data: Some(MacData {
                mac: DigestInfo {
                    algorithm: AlgorithmIdentifierRef {
                        oid: hash.digest,
                        parameters: self.protection.mac_parameters,
                    },
                    digest: octet_string(&tag)?,
                },
                salt: octet_string(&salt)?,
                iterations: rounds,
            }),
        };
        Ok(encode(&file)?.to_vec())
    }
}

fn safe(kind: ObjectIdentifier, content: &[u8]) -> Result<Zeroizing<Vec<u8>>, Pkcs12Error> {
    encode(&ContentInfo {
        content_type: (&kind).into(),
        content: Some(element(content)?),
    })
}

/// A bag for each certificate.
fn certificates(bags: &[Bag<&[u8]>]) -> Result<Vec<Zeroizing<Vec<u8>>>, Pkcs12Error> {
    let bag = |bag: &Bag<&[u8]>| {
        let certificate = encode(&octet_string(bag.content)?)?;
        let value = CertBag {
            kind: (&X509_CERTIFICATE).into(),
            value: element(&certificate)?,
        };
        safe_bag(
            CERTIFICATE,
            &encode(&value)?,
            set(&bag.attributes)?.as_ref(),
        )
    };
    bags.iter().map(bag).collect()
}

fn safe_bag(
    kind: ObjectIdentifier,
    value: &[u8],
    attributes: Option<&Zeroizing<Vec<u8>>>,
) -> Result<Zeroizing<Vec<u8>>, Pkcs12Error> {
    encode(&SafeBag {
        kind: (&kind).into(),
        value: element(value)?,
        attributes: attributes.map(|set| element(set)).transpose()?,
    })
}

/// DER of the SET OF attributes, if there are any.
fn set(attributes: &Attributes) -> Result<Option<Zeroizing<Vec<u8>>>, Pkcs12Error> {
    let others = attributes.others.iter();
    let mut set: Vec<_> = others.map(|der| Zeroizing::new(der.clone())).collect();
    if let Some(name) = &attributes.friendly_name {
        let utf16: Vec<u8> = name.encode_utf16().flat_map(u16::to_be_bytes).collect();
        set.push(attribute(FRIENDLY_NAME, Tag::BmpString, &utf16)?);
    }
    if let Some(id) = &attributes.local_key_id {
        set.push(attribute(LOCAL_KEY_ID, Tag::OctetString, id)?);
    }
    // DER wants a SET OF in order (X.690 §11.6).
    set.sort_by(|one, other| one.as_slice().cmp(other));
    match set.is_empty() {
        true => Ok(None),
        false => joined(Tag::Set, &set).map(Some),
    }
}

/// An attribute with one value.
fn attribute(
    kind: ObjectIdentifier,
    tag: Tag,
    value: &[u8],
) -> Result<Zeroizing<Vec<u8>>, Pkcs12Error> {
    let value = encode(&AnyRef::new(tag, value).map_err(|_| SIZE)?)?;
    let values = AnyRef::new(Tag::Set, &value).map_err(|_| SIZE)?;
    encode(&Attribute {
        kind: (&kind).into(),
        values,
    })
}

/// A SEQUENCE OF or SET OF elements that are DER already.
fn joined(tag: Tag, elements: &[Zeroizing<Vec<u8>>]) -> Result<Zeroizing<Vec<u8>>, Pkcs12Error> {
    let elements: Vec<&[u8]> = elements.iter().map(|element| element.as_slice()).collect();
    let contents = elements.concat();
    encode(&AnyRef::new(tag, &contents).map_err(|_| SIZE)?)
}
