//! The bags of a file, decrypted: its keys and certificates in order.

use super::{
    Pkcs12Error,
    encryption::decrypt,
    hash::Budget,
    password::Password,
    structure::{
        Attribute, CertBag, ContentInfo, DATA, EncryptedData, EncryptedPrivateKeyInfo, SafeBag,
        decode, der_form, elements, sequence, unsupported,
    },
};
use crate::certificate::utf16;
use der::{
    Encode, Tag, Tagged,
    asn1::{AnyRef, ObjectIdentifier},
};
use pkcs8::PrivateKeyInfoRef;
use zeroize::Zeroizing;

/// The most bags in one file, nested ones included.
const MAX_BAGS: usize = 1000;
/// The deepest nesting of safe contents.
const MAX_DEPTH: usize = 8;

pub(super) const ENCRYPTED_DATA: ObjectIdentifier =
    ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.6");

const KEY: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.12.10.1.1");
pub(super) const SHROUDED_KEY: ObjectIdentifier =
    ObjectIdentifier::new_unwrap("1.2.840.113549.1.12.10.1.2");
pub(super) const CERTIFICATE: ObjectIdentifier =
    ObjectIdentifier::new_unwrap("1.2.840.113549.1.12.10.1.3");
const SAFE_CONTENTS: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.12.10.1.6");

pub(super) const X509_CERTIFICATE: ObjectIdentifier =
    ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.22.1");
pub(super) const FRIENDLY_NAME: ObjectIdentifier =
    ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.20");
pub(super) const LOCAL_KEY_ID: ObjectIdentifier =
    ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.21");

/// A key or certificate, and what the file says about it.
pub(super) struct Bag<T> {
    pub(super) content: T,
    pub(super) attributes: Attributes,
}

/// RFC 7292 §4.2: the two attributes that are in use.
#[derive(Default)]
pub(super) struct Attributes {
    pub(super) local_key_id: Option<Vec<u8>>,
    pub(super) friendly_name: Option<String>,
}

/// Everything that was found in a file.
#[derive(Default)]
pub(super) struct Bags {
    /// DER of a PrivateKeyInfo each.
    pub(super) keys: Vec<Bag<Zeroizing<Vec<u8>>>>,
    /// DER of a certificate each, none twice.
    pub(super) certificates: Vec<Bag<Vec<u8>>>,
    /// Whether anything was encrypted: if so, the password is the right one.
    pub(super) decrypted: bool,
    /// How much there is that is not read.
    pub(super) others: usize,
}

/// Opens the safes of a file one after the other.
pub(super) fn open(
    safes: &[ContentInfo<'_>],
    password: &Password<'_>,
    budget: &mut Budget,
) -> Result<Bags, Pkcs12Error> {
    let mut opening = Opening {
        password,
        budget,
        count: 0,
        bags: Bags::default(),
    };
    for safe in safes {
        opening.safe(safe)?;
    }
    Ok(opening.bags)
}

struct Opening<'a> {
    password: &'a Password<'a>,
    budget: &'a mut Budget,
    count: usize,
    bags: Bags,
}

impl Opening<'_> {
    fn safe(&mut self, safe: &ContentInfo<'_>) -> Result<(), Pkcs12Error> {
        if safe.content_type == DATA {
            let contents = der_form(safe.octets()?, "safe contents")?;
            return self.contents(&contents, 0);
        }
        if safe.content_type != ENCRYPTED_DATA {
            // Encrypted for a certificate rather than with a password: not ours to open.
            self.bags.others += 1;
            return Ok(());
        }
        let content = safe.content.ok_or(Pkcs12Error::Malformed("content"))?;
        let encrypted: EncryptedData<'_> = content
            .decode_as()
            .map_err(|_| Pkcs12Error::Malformed("encrypted data"))?;
        let encrypted = encrypted.content;
        let ciphertext = encrypted.ciphertext()?;
        let contents = decrypt(
            &encrypted.algorithm,
            &ciphertext,
            self.password,
            self.budget,
        )?;
        self.bags.decrypted = true;
        self.contents(&contents, 0)
    }

    /// SafeContents ::= SEQUENCE OF SafeBag
    fn contents(&mut self, der: &[u8], depth: usize) -> Result<(), Pkcs12Error> {
        if depth > MAX_DEPTH {
            return Err(Pkcs12Error::Malformed("nesting"));
        }
        for bag in elements::<SafeBag<'_>>(sequence(der, "safe contents")?, "bag")? {
            self.count += 1;
            if self.count > MAX_BAGS {
                return Err(Pkcs12Error::Malformed("number of bags"));
            }
            self.bag(&bag, depth)?;
        }
        Ok(())
    }

    fn bag(&mut self, bag: &SafeBag<'_>, depth: usize) -> Result<(), Pkcs12Error> {
        match bag.kind {
            KEY => self.key(encoded(bag.value)?, bag),
            SHROUDED_KEY => {
                let encrypted: EncryptedPrivateKeyInfo<'_> = bag
                    .value
                    .decode_as()
                    .map_err(|_| Pkcs12Error::Malformed("encrypted private key"))?;
                let ciphertext = encrypted.ciphertext.as_bytes();
                let key = decrypt(&encrypted.algorithm, ciphertext, self.password, self.budget)?;
                self.bags.decrypted = true;
                self.key(key, bag)
            }
            CERTIFICATE => self.certificate(bag),
            SAFE_CONTENTS => self.contents(&encoded(bag.value)?, depth + 1),
            // Revocation lists, other secrets and what nobody has heard of yet.
            _ => {
                self.bags.others += 1;
                Ok(())
            }
        }
    }

    fn key(&mut self, pkcs8: Zeroizing<Vec<u8>>, bag: &SafeBag<'_>) -> Result<(), Pkcs12Error> {
        decode::<PrivateKeyInfoRef<'_>>(&pkcs8, "private key")?;
        self.bags.keys.push(Bag {
            content: pkcs8,
            attributes: attributes(bag)?,
        });
        Ok(())
    }

    fn certificate(&mut self, bag: &SafeBag<'_>) -> Result<(), Pkcs12Error> {
        let malformed = || Pkcs12Error::Malformed("certificate");
        let certificate: CertBag<'_> = bag.value.decode_as().map_err(|_| malformed())?;
        if certificate.kind != X509_CERTIFICATE {
            return Err(unsupported(&certificate.kind));
        }
        if certificate.value.tag() != Tag::OctetString {
            return Err(malformed());
        }
        let (content, attributes) = (certificate.value.value(), attributes(bag)?);
        let mut known = self.bags.certificates.iter_mut();
        match known.find(|known| known.content == content) {
            Some(known) => known.attributes.complete(attributes),
            None => self.bags.certificates.push(Bag {
                content: content.to_vec(),
                attributes,
            }),
        }
        Ok(())
    }
}

impl Attributes {
    fn complete(&mut self, other: Self) {
        self.local_key_id = self.local_key_id.take().or(other.local_key_id);
        self.friendly_name = self.friendly_name.take().or(other.friendly_name);
    }
}

fn attributes(bag: &SafeBag<'_>) -> Result<Attributes, Pkcs12Error> {
    let mut read = Attributes::default();
    let Some(set) = bag.attributes else {
        return Ok(read);
    };
    for attribute in elements::<Attribute<'_>>(set.value(), "attributes")? {
        let values: Vec<AnyRef<'_>> = elements(attribute.values.value(), "attribute")?;
        let Some(value) = values.first() else {
            continue;
        };
        match (attribute.kind, value.tag()) {
            (LOCAL_KEY_ID, Tag::OctetString) => read.local_key_id = Some(value.value().to_vec()),
            // Windows counts a terminator into the name.
            (FRIENDLY_NAME, Tag::BmpString) => {
                let name = utf16(value.value());
                read.friendly_name = Some(name.trim_end_matches('\0').to_owned());
            }
            _ => {}
        }
    }
    Ok(read)
}

/// The DER of an element, its header included.
fn encoded(value: AnyRef<'_>) -> Result<Zeroizing<Vec<u8>>, Pkcs12Error> {
    let der = value.to_der().map_err(|_| Pkcs12Error::Malformed("bag"))?;
    Ok(Zeroizing::new(der))
}
