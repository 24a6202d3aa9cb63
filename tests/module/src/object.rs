//! What is on a token, as attributes.

use crate::{
    description::{self, KeySource, Slot},
    key::Key,
    mechanism::Mechanism,
};
use base64::prelude::{BASE64_STANDARD, Engine as _};
use cryptoki_sys::*;
use der::{Decode as _, Encode as _};
use std::{collections::BTreeMap, fs, path::Path};
use x509_cert::Certificate;

/// The value of an attribute; `None` for one that nobody gets.
pub(crate) type Value = Option<Vec<u8>>;

/// What a private key may tell of its public half.
const PUBLIC_HALF: [CK_ATTRIBUTE_TYPE; 4] = [
    CKA_EC_POINT,
    CKA_MODULUS,
    CKA_MODULUS_BITS,
    CKA_PUBLIC_EXPONENT,
];

/// What is known of an object.
#[derive(Default)]
pub(crate) struct Attributes(BTreeMap<CK_ATTRIBUTE_TYPE, Value>);

impl Attributes {
    /// `None` if there is no such attribute.
    pub(crate) fn get(&self, kind: CK_ATTRIBUTE_TYPE) -> Option<&Value> {
        self.0.get(&kind)
    }

    /// Whether the object has all of these.
    pub(crate) fn fit(&self, template: &[(CK_ATTRIBUTE_TYPE, Vec<u8>)]) -> bool {
        let mut wanted = template.iter();
        wanted.all(|(kind, value)| self.get(*kind).and_then(Option::as_ref) == Some(value))
    }

    pub(crate) fn bytes(&mut self, kind: CK_ATTRIBUTE_TYPE, value: Vec<u8>) {
        self.0.insert(kind, Some(value));
    }

    pub(crate) fn number(&mut self, kind: CK_ATTRIBUTE_TYPE, value: CK_ULONG) {
        self.bytes(kind, value.to_ne_bytes().to_vec());
    }

    fn flag(&mut self, kind: CK_ATTRIBUTE_TYPE, value: bool) {
        self.bytes(kind, vec![u8::from(value)]);
    }

    fn text(&mut self, kind: CK_ATTRIBUTE_TYPE, value: &str) {
        self.bytes(kind, value.as_bytes().to_vec());
    }

    fn forget(&mut self, kinds: &[CK_ATTRIBUTE_TYPE]) {
        self.0.retain(|kind, _| !kinds.contains(kind));
    }

    fn secret(&mut self, kind: CK_ATTRIBUTE_TYPE) {
        self.0.insert(kind, None);
    }

    /// What everything on a token has.
    fn stored(class: CK_OBJECT_CLASS, label: &str, private: bool) -> Self {
        let mut attributes = Self::default();
        attributes.number(CKA_CLASS, class);
        attributes.text(CKA_LABEL, label);
        attributes.flag(CKA_TOKEN, true);
        attributes.flag(CKA_PRIVATE, private);
        attributes.flag(CKA_MODIFIABLE, false);
        attributes
    }
}

/// Something on a token.
pub(crate) struct Object {
    pub(crate) attributes: Attributes,
    /// Whether it is there after a login only.
    pub(crate) private: bool,
    /// Whether its attributes cannot be had.
    pub(crate) unreadable: bool,
    pub(crate) signer: Option<Signer>,
}

/// What signs.
pub(crate) struct Signer {
    pub(crate) key: Key,
    pub(crate) always_authenticate: bool,
    /// What it may be used with; everything of its kind if not given.
    pub(crate) mechanisms: Option<Vec<&'static Mechanism>>,
}

impl Object {
    /// All objects of a slot; relative paths begin at `folder`.
    pub(crate) fn all_of(slot: &Slot, folder: &Path) -> Result<Vec<Self>, String> {
        let read = |object: &description::Object| match object {
            description::Object::Certificate(object) => Ok(certificate(object)),
            description::Object::Data(object) => Ok(data(object)),
            description::Object::PrivateKey(object) => private_key(object, slot, folder),
            description::Object::PublicKey(object) => public_key(object, folder),
        };
        slot.objects.iter().map(read).collect()
    }
}

/// The mechanisms of these names.
pub(crate) fn mechanisms(names: &[String]) -> Result<Vec<&'static Mechanism>, String> {
    let find = |name: &String| Mechanism::of_name(name).ok_or_else(|| format!("no {name}"));
    names.iter().map(find).collect()
}

fn private_key(
    object: &description::PrivateKey,
    slot: &Slot,
    folder: &Path,
) -> Result<Object, String> {
    let key = read_key(&object.key, folder)?;
    let mut attributes = Attributes::stored(CKO_PRIVATE_KEY, &object.label, slot.login_required);
    attributes.bytes(CKA_ID, object.id.0.clone());
    key.attributes(&mut attributes)?;
    if object.bare {
        attributes.forget(&PUBLIC_HALF);
    }
    for kind in [
        CKA_SIGN,
        CKA_SENSITIVE,
        CKA_ALWAYS_SENSITIVE,
        CKA_NEVER_EXTRACTABLE,
    ] {
        attributes.flag(kind, true);
    }
    for kind in [
        CKA_DECRYPT,
        CKA_UNWRAP,
        CKA_DERIVE,
        CKA_SIGN_RECOVER,
        CKA_EXTRACTABLE,
        CKA_LOCAL,
    ] {
        attributes.flag(kind, false);
    }
    for kind in [CKA_VALUE, CKA_PRIVATE_EXPONENT, CKA_PRIME_1, CKA_PRIME_2] {
        attributes.secret(kind);
    }
    attributes.flag(CKA_ALWAYS_AUTHENTICATE, object.always_authenticate);
    let mechanisms = object.mechanisms.as_deref().map(mechanisms).transpose()?;
    if let Some(mechanisms) = &mechanisms {
        let codes = mechanisms
            .iter()
            .map(|mechanism| mechanism.code.to_ne_bytes());
        let codes: Vec<_> = codes.collect();
        attributes.bytes(CKA_ALLOWED_MECHANISMS, codes.concat());
    }
    Ok(Object {
        attributes,
        private: slot.login_required,
        unreadable: false,
        signer: Some(Signer {
            key,
            always_authenticate: object.always_authenticate,
            mechanisms,
        }),
    })
}

fn public_key(object: &description::PublicKey, folder: &Path) -> Result<Object, String> {
    let key = read_key(&object.key, folder)?;
    let mut attributes = Attributes::stored(CKO_PUBLIC_KEY, &object.label, false);
    attributes.bytes(CKA_ID, object.id.0.clone());
    attributes.flag(CKA_VERIFY, true);
    attributes.flag(CKA_LOCAL, false);
    key.attributes(&mut attributes)?;
    if let Some(point) = key.gost_point(object.wrapped)? {
        attributes.bytes(CKA_VALUE, point);
    }
    Ok(Object {
        attributes,
        private: false,
        unreadable: false,
        signer: None,
    })
}

fn certificate(object: &description::Certificate) -> Object {
    let mut attributes = Attributes::stored(CKO_CERTIFICATE, &object.label, object.private);
    attributes.bytes(CKA_ID, object.id.0.clone());
    attributes.number(CKA_CERTIFICATE_TYPE, CKC_X_509);
    attributes.flag(CKA_TRUSTED, false);
    attributes.bytes(CKA_VALUE, object.value.0.clone());
    // What cannot be read has them empty, as where somebody wrote a broken file onto a token.
    let parsed = Certificate::from_der(&object.value.0).ok();
    let content = parsed.as_ref().map(Certificate::tbs_certificate);
    let [subject, issuer, serial] = match content {
        Some(content) => [
            content.subject().to_der(),
            content.issuer().to_der(),
            content.serial_number().to_der(),
        ],
        None => [const { Ok(Vec::new()) }; 3],
    };
    attributes.bytes(CKA_SUBJECT, subject.unwrap_or_default());
    attributes.bytes(CKA_ISSUER, issuer.unwrap_or_default());
    attributes.bytes(CKA_SERIAL_NUMBER, serial.unwrap_or_default());
    Object {
        attributes,
        private: object.private,
        unreadable: object.unreadable,
        signer: None,
    }
}

fn data(object: &description::Data) -> Object {
    let mut attributes = Attributes::stored(CKO_DATA, &object.label, object.private);
    attributes.text(CKA_APPLICATION, &object.application);
    attributes.bytes(CKA_OBJECT_ID, Vec::new());
    attributes.bytes(CKA_VALUE, object.value.0.clone());
    Object {
        attributes,
        private: object.private,
        unreadable: false,
        signer: None,
    }
}

fn read_key(source: &KeySource, folder: &Path) -> Result<Key, String> {
    let file = match source {
        KeySource::Base64(bytes) => bytes.0.clone(),
        KeySource::Path(path) => {
            let path = folder.join(path);
            fs::read(&path).map_err(|error| format!("{}: {error}", path.display()))?
        }
    };
    Key::from_pkcs8(&match file.starts_with(b"-----") {
        true => unarmour(&file).ok_or("the key is no PEM")?,
        false => file,
    })
}

/// What is between the first line of a PEM file and the next with dashes.
fn unarmour(pem: &[u8]) -> Option<Vec<u8>> {
    let lines = str::from_utf8(pem).ok()?.lines().skip(1);
    let base64: String = lines.take_while(|line| !line.starts_with('-')).collect();
    BASE64_STANDARD.decode(base64).ok()
}
