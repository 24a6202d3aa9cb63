//! `header.key`: what keys a container has, and how they are protected.
//!
//! ```text
//! Header  ::= SEQUENCE { content Content, mac OCTET STRING (SIZE(4)) }
//! Content ::= SEQUENCE {
//!     algorithm               [0] OBJECT IDENTIFIER OPTIONAL,
//!     name                    IA5String OPTIONAL,
//!     attributes              BIT STRING,
//!     primaryKey              PrivateKeyParameters,
//!     hmacPassword            [2] IMPLICIT OCTET STRING (SIZE(4)) OPTIONAL,
//!     secondaryEncryptedKey   [3] ANY OPTIONAL,
//!     secondaryKey            [4] IMPLICIT PrivateKeyParameters OPTIONAL,
//!     primaryCertificate      [5] IMPLICIT OCTET STRING OPTIONAL,
//!     secondaryCertificate    [6] IMPLICIT OCTET STRING OPTIONAL,
//!     …                       [7], [8], [9]: other containers and files
//!     primaryFingerprint      [10] IMPLICIT OCTET STRING (SIZE(8)) OPTIONAL,
//!     secondaryFingerprint    [11] IMPLICIT OCTET STRING (SIZE(8)) OPTIONAL,
//!     passwordPolicy          ANY OPTIONAL,
//!     securityLevel           INTEGER OPTIONAL,
//!     extensions              [12] IMPLICIT Extensions OPTIONAL,
//!     … }
//! ```
//!
//! Elements are looked up by their tags; what is not looked for stays as it is when the header is rewritten.

use super::{
    element::{context, element, elements, number, sequence},
    error::ContainerError,
    files::Files,
    key_kind::{KeyKind, SlotName},
    new_key::NewKey,
    part::Part,
    storage_key::{mac, storage_key},
};
use const_oid::ObjectIdentifier;
use der::{
    Decode as _, Encode as _, Sequence, Tag, Tagged as _,
    asn1::{AnyRef, BitStringRef, GeneralizedTime, OctetStringRef},
};

const HMAC_PASSWORD: u32 = 2;
const SECONDARY_KEY: u32 = 4;
const PRIMARY_FINGERPRINT: u32 = 10;
const PRIMARY_CERTIFICATE: u32 = 5;
const EXTENSIONS: u32 = 12;

/// The bits of the container's attributes.
const SOFT_PASSWORD: usize = 0;
const RESERVE_PRIMARY: usize = 1;
const PRIMARY_ABSENT: usize = 2;

/// Of the extension with the key's own term.
const KEY_VALIDITY: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.643.2.2.37.3.10");
/// The algorithm of new containers.
const CONTAINER: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.643.2.2.37.2.1");

/// The key of the header's MAC is a constant: the MAC notices damage, not forgery.
const MAC_KEY: [u8; 32] = [0; 32];
/// The input of a password's MAC.
const PASSWORD_MAC_DATA: [u8; 16] = [0; 16];

/// A header.
#[derive(Clone, Debug)]
pub(super) struct Header {
    /// The elements of the content, DER.
    elements: Vec<Vec<u8>>,
    /// The name that stands in the header, in whichever character set.
    pub(super) name: Option<Vec<u8>>,
    pub(super) has_password: bool,
    /// Whether the second pair of files is a copy of the first key.
    pub(super) has_reserve: bool,
    /// The password's MAC.
    hmac_password: Option<[u8; 4]>,
    pub(super) keys: Vec<HeaderKey>,
    /// When the keys' own term ends, Unix time.
    pub(super) expires: Option<u64>,
}

/// One key of a header.
#[derive(Clone, Debug)]
pub(super) struct HeaderKey {
    pub(super) slot: SlotName,
    pub(super) kind: KeyKind,
    /// DER.
    pub(super) certificate: Option<Vec<u8>>,
    /// The least significant octets of the public key's x.
    pub(super) fingerprint: Option<[u8; 8]>,
}

/// The contents of a new container's header.
pub(super) struct NewHeader<'a> {
    pub(super) primary: NewKey<'a>,
    pub(super) secondary: Option<NewKey<'a>>,
    pub(super) exportable: bool,
    /// Unix time.
    pub(super) expires: Option<u64>,
}

/// RFC 5280 §4.1.
#[derive(Sequence)]
struct Extension<'a> {
    oid: ObjectIdentifier,
    #[asn1(default = "Default::default")]
    critical: bool,
    value: &'a OctetStringRef,
}

/// ```text
/// SEQUENCE { notBefore [0] GeneralizedTime OPTIONAL, notAfter [1] GeneralizedTime OPTIONAL }
/// ```
#[derive(Sequence)]
struct KeyValidity {
    #[asn1(context_specific = "0", tag_mode = "IMPLICIT", optional = "true")]
    not_before: Option<GeneralizedTime>,
    #[asn1(context_specific = "1", tag_mode = "IMPLICIT", optional = "true")]
    not_after: Option<GeneralizedTime>,
}

impl Header {
    /// Reads the header, and checks its MAC where Tamga can open what it describes.
    pub(super) fn read(files: &Files) -> Result<Self, ContainerError> {
        let malformed = ContainerError::Malformed(Part::Header);
        let file = files.elements(Part::Header)?;
        let [content, tag] = file.as_slice() else {
            return Err(malformed);
        };
        if (content.tag(), tag.tag()) != (Tag::Sequence, Tag::OctetString) {
            return Err(malformed);
        }
        let header = Self::of_content(content.value()).map_err(|_| malformed)?;
        // Containers of other kinds are sealed with another S-box, and nothing is opened in them.
        let of_ours = header.keys.iter().any(|key| key.kind.curve.is_ok());
        let content = content
            .to_der()
            .map_err(|_| ContainerError::Malformed(Part::Header))?;
        match of_ours && mac(&MAC_KEY, &content) != *tag.value() {
            true => Err(ContainerError::Damaged(Part::Header)),
            false => Ok(header),
        }
    }

    /// The header of a container that has one key, in two copies, or two keys, and no password yet.
    pub(super) fn new(new: &NewHeader<'_>) -> der::Result<Self> {
        let reserve = match new.secondary {
            Some(_) => 0,
            None => 0x80 >> RESERVE_PRIMARY,
        };
        let kind = |slot, key: &NewKey<'_>| KeyKind::content(slot, key.key.curve(), new.exportable);
        let mut content = vec![
            element(context(0, true), &CONTAINER.to_der()?)?,
            BitStringRef::new(6, &[reserve])?.to_der()?,
            element(Tag::Sequence, &kind(SlotName::Primary, &new.primary)?)?,
            element(context(HMAC_PASSWORD, false), &[0; 4])?,
        ];
        if let Some(secondary) = &new.secondary {
            let kind = kind(SlotName::Secondary, secondary)?;
            content.push(element(context(SECONDARY_KEY, true), &kind)?);
        }
        let keys = || (0..).zip([Some(new.primary), new.secondary].into_iter().flatten());
        for (offset, key) in keys() {
            if let Some(certificate) = key.certificate {
                let tag = context(PRIMARY_CERTIFICATE + offset, false);
                content.push(element(tag, certificate)?);
            }
        }
        for (offset, key) in keys() {
            let tag = context(PRIMARY_FINGERPRINT + offset, false);
            content.push(element(tag, &key.fingerprint())?);
        }
        if let Some(expires) = new.expires {
            let extension = key_validity(expires)?;
            content.push(element(context(EXTENSIONS, true), &extension)?);
        }
        Self::of_content(&content.concat())
    }

    /// The file.
    pub(super) fn to_file(&self) -> der::Result<Vec<u8>> {
        let content = sequence(&self.elements)?;
        let tag = element(Tag::OctetString, &mac(&MAC_KEY, &content))?;
        sequence(&[content, tag])
    }

    /// The same with another encoded password.
    pub(super) fn with_password(&self, password: &[u8]) -> der::Result<Self> {
        let tag = match password {
            [] => [0; 4],
            _ => self.mac_of(password).unwrap_or_default(),
        };
        let tag = element(context(HMAC_PASSWORD, false), &tag)?;
        let mut content = Vec::new();
        let mut written = false;
        for element in &self.elements {
            let parsed = AnyRef::from_der(element)?;
            match (parsed.tag(), number(&parsed)) {
                (Tag::BitString, _) => content.push(with_bit(parsed, !password.is_empty())?),
                (_, Some(HMAC_PASSWORD)) => {}
                _ => content.push(element.clone()),
            }
            // Its place is after the first key's parameters.
            if parsed.tag() == Tag::Sequence && !written {
                content.push(tag.clone());
                written = true;
            }
        }
        Self::of_content(&content.concat())
    }

    /// The same with another name, if it has one.
    pub(super) fn with_name(&self, name: &[u8]) -> der::Result<Self> {
        let mut content = self.elements.clone();
        for old in &mut content {
            if AnyRef::from_der(old)?.tag() == Tag::Ia5String {
                *old = element(Tag::Ia5String, name)?;
                // There may be another below, of the container's directory: that one stays.
                break;
            }
        }
        Self::of_content(&content.concat())
    }

    /// Whether the header confirms this encoded password.
    pub(super) fn knows(&self, password: &[u8]) -> bool {
        self.hmac_password.is_some() && self.mac_of(password) == self.hmac_password
    }

    /// The password's MAC: its key is salted with the first fingerprint there is.
    fn mac_of(&self, password: &[u8]) -> Option<[u8; 4]> {
        let salt = self.keys.iter().find_map(|key| key.fingerprint)?;
        Some(mac(&storage_key(password, &salt), &PASSWORD_MAC_DATA))
    }

    fn of_content(content: &[u8]) -> der::Result<Self> {
        let all = elements(content)?;
        let missing = || Tag::Sequence.value_error();
        let tagged = |wanted| all.iter().find(|part| number(part) == Some(wanted));
        let universal = |wanted| all.iter().find(|part| part.tag() == wanted);
        let attributes = universal(Tag::BitString).ok_or_else(missing)?;
        let attributes: BitStringRef<'_> = attributes.decode_as()?;
        let attribute = |bit| attributes.get(bit) == Some(true);
        let primary = universal(Tag::Sequence).ok_or_else(missing)?;
        let primary = (!attribute(PRIMARY_ABSENT)).then_some(primary);
        let secondary = tagged(SECONDARY_KEY);
        let mut keys = Vec::new();
        let parameters = [
            (SlotName::Primary, primary),
            (SlotName::Secondary, secondary),
        ];
        for ((slot, parameters), offset) in parameters.into_iter().zip(0..) {
            let Some(parameters) = parameters else {
                continue;
            };
            let certificate = tagged(PRIMARY_CERTIFICATE + offset);
            let fingerprint = tagged(PRIMARY_FINGERPRINT + offset);
            keys.push(HeaderKey {
                slot,
                kind: KeyKind::read(*parameters)?,
                certificate: certificate.map(|part| part.value().to_vec()),
                fingerprint: fingerprint.and_then(|part| part.value().try_into().ok()),
            });
        }
        let raw = all.iter().map(|part| part.to_der());
        Ok(Self {
            elements: raw.collect::<Result<_, _>>()?,
            name: universal(Tag::Ia5String).map(|part| part.value().to_vec()),
            has_password: attribute(SOFT_PASSWORD),
            has_reserve: attribute(RESERVE_PRIMARY) && secondary.is_none(),
            hmac_password: tagged(HMAC_PASSWORD).and_then(|part| part.value().try_into().ok()),
            keys,
            expires: tagged(EXTENSIONS).map(expires).transpose()?.flatten(),
        })
    }
}

/// When the keys' own term ends, if the extension is there.
fn expires(extensions: &AnyRef<'_>) -> der::Result<Option<u64>> {
    for extension in elements(extensions.value())? {
        let extension: Extension<'_> = extension.decode_as()?;
        if extension.oid == KEY_VALIDITY {
            let validity = KeyValidity::from_der(extension.value.as_bytes())?;
            let end = validity.not_after;
            return Ok(end.map(|end| end.to_unix_duration().as_secs()));
        }
    }
    Ok(None)
}

/// DER of the extension with a term that ends then.
fn key_validity(expires: u64) -> der::Result<Vec<u8>> {
    let end = GeneralizedTime::from_unix_duration(std::time::Duration::from_secs(expires))?;
    let validity = KeyValidity {
        not_before: None,
        not_after: Some(end),
    };
    let validity = validity.to_der()?;
    let extension = Extension {
        oid: KEY_VALIDITY,
        critical: false,
        value: OctetStringRef::new(&validity)?,
    };
    extension.to_der()
}

/// The container's attributes, with or without the bit that says that there is a password.
fn with_bit(attributes: AnyRef<'_>, has_password: bool) -> der::Result<Vec<u8>> {
    let bits: BitStringRef<'_> = attributes.decode_as()?;
    let (mut octets, unused) = match bits.raw_bytes() {
        [] => (vec![0], 7),
        octets => (octets.to_vec(), bits.unused_bits()),
    };
    if let Some(first) = octets.first_mut() {
        *first = (*first & 0x7f) | (u8::from(has_password) << 7);
    }
    BitStringRef::new(unused, &octets)?.to_der()
}
