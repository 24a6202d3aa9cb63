//! The bags of a file, decrypted: its keys and certificates in order. A bag that cannot be read does not hide the others.

use super::{
    budget::Budget,
    contents::OtherPart,
    encryption::decrypt,
    error::Pkcs12Error,
    password::Password,
    structure::{
        Attribute, CertBag, ContentInfo, DATA, EncryptedData, EncryptedPrivateKeyInfo, SafeBag,
        SecretBag, decode, der_form, elements, encode, known, sequence, unsupported_kind,
    },
};
use crate::{certificate::utf16, private_key};
use der::{
    Encode, Tag, Tagged,
    asn1::{AnyRef, ObjectIdentifier},
};
use spki::AlgorithmIdentifierRef;
use std::collections::HashMap;
use zeroize::Zeroizing;

/// The most bags in one file, nested ones included: ten times those of the largest store of authorities.
const MAX_BAGS: usize = 10_000;
/// The deepest nesting of safe contents.
const MAX_DEPTH: usize = 8;

const TOO_MANY: Pkcs12Error = Pkcs12Error::Malformed("number of bags");

pub(super) const ENCRYPTED_DATA: ObjectIdentifier =
    ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.6");

const KEY: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.12.10.1.1");
pub(super) const SHROUDED_KEY: ObjectIdentifier =
    ObjectIdentifier::new_unwrap("1.2.840.113549.1.12.10.1.2");
pub(super) const CERTIFICATE: ObjectIdentifier =
    ObjectIdentifier::new_unwrap("1.2.840.113549.1.12.10.1.3");
pub(super) const SECRET: ObjectIdentifier =
    ObjectIdentifier::new_unwrap("1.2.840.113549.1.12.10.1.5");
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

/// RFC 7292 §4.2: the two attributes that are in use, and the others as they are.
#[derive(Clone, Default)]
pub(super) struct Attributes {
    pub(super) local_key_id: Option<Vec<u8>>,
    pub(super) friendly_name: Option<String>,
    /// DER of each.
    pub(super) others: Vec<Vec<u8>>,
}

/// Everything that was found in a file.
#[derive(Default)]
pub(super) struct Bags {
    /// DER of a PrivateKeyInfo each.
    pub(super) keys: Vec<Bag<Zeroizing<Vec<u8>>>>,
    /// DER of a certificate each, none twice.
    pub(super) certificates: Vec<Bag<Vec<u8>>>,
    /// Parts that are kept and not read.
    pub(super) others: Vec<OtherPart>,
    /// Whether anything was encrypted: if so, a password is the right one.
    pub(super) decrypted: bool,
    /// How many parts no password opens.
    pub(super) locked: usize,
    /// Why others were not read.
    pub(super) problems: Vec<Pkcs12Error>,
}

/// Opens the safes of a file one after the other. Each part opens with one of the `passwords`.
///
/// # Errors
/// [`Pkcs12Error`] where the rest cannot be read either.
pub(super) fn open(
    safes: &[ContentInfo<'_>],
    passwords: &[Password<'_>],
    budget: &mut Budget<'_>,
) -> Result<Bags, Pkcs12Error> {
    let mut opening = Opening {
        passwords,
        budget,
        count: 0,
        known: HashMap::new(),
        bags: Bags::default(),
    };
    for safe in safes {
        let read = opening.safe(safe);
        opening.note(read)?;
    }
    Ok(opening.bags)
}

struct Opening<'a, 'b> {
    passwords: &'a [Password<'a>],
    budget: &'a mut Budget<'b>,
    count: usize,
    /// Where each certificate is in `bags`.
    known: HashMap<Vec<u8>, usize>,
    bags: Bags,
}

impl Opening<'_, '_> {
    /// Continues after an error in one part, unless the error ends the whole file's reading.
    fn note(&mut self, read: Result<(), Pkcs12Error>) -> Result<(), Pkcs12Error> {
        match read {
            Ok(()) => {}
            Err(fatal @ (Pkcs12Error::Cancelled | Pkcs12Error::TooCostly)) => return Err(fatal),
            Err(fatal) if fatal == TOO_MANY => return Err(fatal),
            Err(Pkcs12Error::PasswordWrong) => self.bags.locked += 1,
            Err(problem) => self.bags.problems.push(problem),
        }
        Ok(())
    }

    fn safe(&mut self, safe: &ContentInfo<'_>) -> Result<(), Pkcs12Error> {
        match known(safe.content_type) {
            Some(DATA) => {
                let contents = der_form(safe.octets()?, "safe contents")?;
                self.contents(&contents, 0)
            }
            Some(ENCRYPTED_DATA) => self.encrypted_safe(safe),
            // EnvelopedData: encrypted for a certificate, not with a password.
            _ => {
                self.bags.others.push(OtherPart::safe(encode(safe)?));
                Ok(())
            }
        }
    }

    fn encrypted_safe(&mut self, safe: &ContentInfo<'_>) -> Result<(), Pkcs12Error> {
        let content = safe.content.ok_or(Pkcs12Error::Malformed("content"))?;
        let encrypted: EncryptedData<'_> = content
            .decode_as()
            .map_err(|_| Pkcs12Error::Malformed("encrypted data"))?;
        let encrypted = encrypted.content;
        let contents = self.decrypted(&encrypted.algorithm, &encrypted.ciphertext()?)?;
        self.contents(&contents, 0)
    }

    /// SafeContents ::= SEQUENCE OF SafeBag
    fn contents(&mut self, der: &[u8], depth: usize) -> Result<(), Pkcs12Error> {
        if depth > MAX_DEPTH {
            return Err(Pkcs12Error::Malformed("nesting"));
        }
        for bag in elements::<AnyRef<'_>>(sequence(der, "safe contents")?, "bag")? {
            self.count += 1;
            if self.count > MAX_BAGS {
                return Err(TOO_MANY);
            }
            let bag = bag.decode_as::<SafeBag<'_>>();
            let bag = bag.map_err(|_| Pkcs12Error::Malformed("bag"));
            let read = bag.and_then(|bag| self.bag(&bag, depth));
            self.note(read)?;
        }
        Ok(())
    }

    fn bag(&mut self, bag: &SafeBag<'_>, depth: usize) -> Result<(), Pkcs12Error> {
        match known(bag.kind) {
            Some(KEY) => self.key(encoded(bag.value)?, bag),
            Some(SHROUDED_KEY) => {
                let key = self.shrouded(bag.value)?;
                self.key(key, bag)
            }
            Some(CERTIFICATE) => self.certificate(bag),
            Some(SECRET) => self.secret(bag),
            Some(SAFE_CONTENTS) => self.contents(&encoded(bag.value)?, depth + 1),
            // CRLs and unknown types
            _ => self.other(bag),
        }
    }

    /// The content of an EncryptedPrivateKeyInfo.
    fn shrouded(&mut self, value: AnyRef<'_>) -> Result<Zeroizing<Vec<u8>>, Pkcs12Error> {
        let encrypted: EncryptedPrivateKeyInfo<'_> = value
            .decode_as()
            .map_err(|_| Pkcs12Error::Malformed("encrypted private key"))?;
        self.decrypted(&encrypted.algorithm, encrypted.ciphertext.as_bytes())
    }

    /// What one of the passwords opens.
    fn decrypted(
        &mut self,
        algorithm: &AlgorithmIdentifierRef<'_>,
        ciphertext: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, Pkcs12Error> {
        for password in self.passwords {
            match decrypt(algorithm, ciphertext, password, self.budget) {
                Err(Pkcs12Error::PasswordWrong) => {}
                Ok(content) => {
                    self.bags.decrypted = true;
                    return Ok(content);
                }
                Err(problem) => return Err(problem),
            }
        }
        Err(Pkcs12Error::PasswordWrong)
    }

    fn key(&mut self, pkcs8: Zeroizing<Vec<u8>>, bag: &SafeBag<'_>) -> Result<(), Pkcs12Error> {
        private_key::canonical(&pkcs8)?;
        self.bags.keys.push(Bag {
            content: pkcs8,
            attributes: attributes(bag),
        });
        Ok(())
    }

    fn certificate(&mut self, bag: &SafeBag<'_>) -> Result<(), Pkcs12Error> {
        let malformed = || Pkcs12Error::Malformed("certificate");
        let certificate: CertBag<'_> = bag.value.decode_as().map_err(|_| malformed())?;
        if known(certificate.kind) != Some(X509_CERTIFICATE) {
            return Err(unsupported_kind(certificate.kind));
        }
        if certificate.value.tag() != Tag::OctetString {
            return Err(malformed());
        }
        let (content, attributes) = (certificate.value.value(), attributes(bag));
        let first = self.known.get(content);
        match first.and_then(|first| self.bags.certificates.get_mut(*first)) {
            Some(first) => first.attributes.complete(attributes),
            None => {
                let index = self.bags.certificates.len();
                self.known.insert(content.to_vec(), index);
                self.bags.certificates.push(Bag {
                    content: content.to_vec(),
                    attributes,
                });
            }
        }
        Ok(())
    }

    /// Secret keys of Java are encrypted like private ones, inside the bag; other secrets are as they are.
    fn secret(&mut self, bag: &SafeBag<'_>) -> Result<(), Pkcs12Error> {
        let secret = bag.value.decode_as::<SecretBag<'_>>().ok();
        let shrouded = secret.filter(|secret| {
            known(secret.kind) == Some(SHROUDED_KEY) && secret.value.tag() == Tag::OctetString
        });
        let Some(secret) = shrouded else {
            return self.other(bag);
        };
        let info = der_form(secret.value.value(), "secret")?;
        let key = self.shrouded(decode(&info, "secret")?)?;
        let attributes = bag.attributes.map(encoded).transpose()?;
        self.bags.others.push(OtherPart::secret(key, attributes));
        Ok(())
    }

    fn other(&mut self, bag: &SafeBag<'_>) -> Result<(), Pkcs12Error> {
        self.bags.others.push(OtherPart::bag(encode(bag)?));
        Ok(())
    }
}

impl Attributes {
    fn complete(&mut self, other: Self) {
        self.local_key_id = self.local_key_id.take().or(other.local_key_id);
        self.friendly_name = self.friendly_name.take().or(other.friendly_name);
        let others = other.others.into_iter();
        let new: Vec<_> = others
            .filter(|attribute| !self.others.contains(attribute))
            .collect();
        self.others.extend(new);
    }
}

/// The attributes of a bag. One that cannot be read is left out, and the content is used all the same.
fn attributes(bag: &SafeBag<'_>) -> Attributes {
    let mut read = Attributes::default();
    let set = bag.attributes.map(|set| set.value()).unwrap_or_default();
    for der in elements::<AnyRef<'_>>(set, "attributes").unwrap_or_default() {
        let Ok(attribute) = der.decode_as::<Attribute<'_>>() else {
            continue;
        };
        let values = elements::<AnyRef<'_>>(attribute.values.value(), "attribute");
        let value = values.ok().and_then(|values| values.first().copied());
        match (
            known(attribute.kind),
            value.map(|value| (value.tag(), value.value())),
        ) {
            (Some(LOCAL_KEY_ID), Some((Tag::OctetString, id))) => {
                read.local_key_id = Some(id.to_vec());
            }
            // Windows counts a terminator into the name.
            (Some(FRIENDLY_NAME), Some((Tag::BmpString, name))) => {
                read.friendly_name = Some(utf16(name).trim_end_matches('\0').to_owned());
            }
            _ => read.others.extend(der.to_der()),
        }
    }
    read
}

/// The DER of an element, its header included.
fn encoded(value: AnyRef<'_>) -> Result<Zeroizing<Vec<u8>>, Pkcs12Error> {
    let der = value.to_der().map_err(|_| Pkcs12Error::Malformed("bag"))?;
    Ok(Zeroizing::new(der))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_attributes_of_one_certificate_in_two_bags_come_together() {
        let attributes = |name: Option<&str>, others: &[&[u8]]| Attributes {
            local_key_id: None,
            friendly_name: name.map(str::to_owned),
            others: others.iter().map(|other| other.to_vec()).collect(),
        };
        let mut one = attributes(None, &[b"1", b"2"]);
        one.complete(attributes(Some("name"), &[b"2", b"3"]));
        assert_eq!(one.friendly_name.as_deref(), Some("name"));
        assert_eq!(one.others, [b"1", b"2", b"3"]);
    }
}
