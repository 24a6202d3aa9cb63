//! Containers as other programs write them. They are made of the core's by the description of the format alone, not
//! with the core: reading them back says something of both.

use der::{
    Decode as _, Encode as _, Reader as _, SliceReader, Tag, TagNumber,
    asn1::{AnyRef, ObjectIdentifier},
};
use gost3410::{
    gost28147::{Gost28147, PARAM_Z},
    streebog::Streebog256,
};
use sha2::Digest as _;
use tamga_core::cryptopro::{Files, Part};

/// How a program makes octets of a password's letters.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Charset {
    /// Each octet of the UTF-8 is a letter.
    Utf8,
    /// Each unit of the UTF-16 is a letter.
    Utf16,
    /// The octets of Windows' character set for Russian.
    Windows1251,
}

impl Charset {
    /// Every one.
    pub const ALL: [Self; 3] = [Self::Utf8, Self::Utf16, Self::Windows1251];

    fn letters(self, text: &str) -> Vec<u16> {
        match self {
            Self::Utf8 => text.bytes().map(u16::from).collect(),
            Self::Utf16 => text.encode_utf16().collect(),
            Self::Windows1251 => text.chars().map(windows_1251).collect(),
        }
    }
}

/// The octet of ASCII and of the Russian letters.
fn windows_1251(letter: char) -> u16 {
    match letter {
        'а'..='я' | 'А'..='Я' => u16::try_from(u32::from(letter) - 0x350).unwrap(),
        'ё' => 0xb8,
        'Ё' => 0xa8,
        _ => u16::try_from(u32::from(letter)).unwrap(),
    }
}

/// The same keys under another password, the letters of which are in this character set. The old one is ASCII.
pub fn with_password(files: &Files, old: &str, new: &str, charset: Charset) -> Files {
    let [old, new] = [(Charset::Utf8, old), (charset, new)].map(|(charset, text)| {
        let quads = charset.letters(text).into_iter().map(u32::from);
        quads.flat_map(u32::to_le_bytes).collect::<Vec<u8>>()
    });
    let mut changed = files.clone();
    for (masks, key) in [(Part::Masks, Part::Primary), (Part::Masks2, Part::Primary2)] {
        let salt = &values(files.get(masks).unwrap())[1].1;
        let mut number = values(files.get(key).unwrap())[0].1.clone();
        cipher(&old, salt).decrypt(number.as_chunks_mut().0);
        cipher(&new, salt).encrypt(number.as_chunks_mut().0);
        changed.insert(key, sequence(&[(Tag::OctetString, number)]));
    }
    with_header(changed, |content| {
        let fingerprint = content.iter().find(|(tag, _)| *tag == context(10)).unwrap();
        let known = cipher(&new, &fingerprint.1).mac(&[0; 8], &[0; 16]);
        let place = content.iter_mut().find(|(tag, _)| *tag == context(2));
        place.unwrap().1 = known.to_vec();
    })
}

/// The same with the mark that the first key must not be copied.
pub fn bound(files: &Files) -> Files {
    with_header(files.clone(), |content| {
        let place = content.iter_mut().find(|(tag, _)| *tag == Tag::Sequence);
        let (_, of_key) = place.unwrap();
        // It begins with the BIT STRING of attributes: 03 02, the number of unused bits, the bits.
        of_key[3] &= 0x7f;
    })
}

/// The same with somebody else's certificate in place of the first key's.
pub fn with_certificate(files: &Files, certificate: &[u8]) -> Files {
    with_header(files.clone(), |content| {
        let place = content.iter_mut().find(|(tag, _)| *tag == context(5));
        place.unwrap().1 = certificate.to_vec();
    })
}

/// The same with this algorithm in place of the first key's, which has 1.2.643.7.1.1.6.1.
pub fn with_algorithm(files: &Files, algorithm: ObjectIdentifier) -> Files {
    let known = ObjectIdentifier::new_unwrap("1.2.643.7.1.1.6.1");
    with_header(files.clone(), |content| {
        let place = content.iter_mut().find(|(tag, _)| *tag == Tag::Sequence);
        let mut of_key = values_of(&place.as_ref().unwrap().1);
        let mut identifier = values_of(&of_key[1].1);
        assert_eq!(identifier[0].1, known.as_bytes());
        identifier[0].1 = algorithm.as_bytes().to_vec();
        of_key[1].1 = concatenated(&identifier);
        place.unwrap().1 = concatenated(&of_key);
    })
}

/// Changes the elements of the header's content, and makes its MAC anew.
fn with_header(mut files: Files, change: impl FnOnce(&mut Vec<(Tag, Vec<u8>)>)) -> Files {
    let header = values(files.get(Part::Header).unwrap());
    let mut content = values_of(&header[0].1);
    change(&mut content);
    let content = sequence(&content);
    let mac = Gost28147::new(&[0; 32], &PARAM_Z).mac(&[0; 8], &content);
    let mac = tlv(Tag::OctetString, &mac);
    files.insert(Part::Header, tlv(Tag::Sequence, &[content, mac].concat()));
    files
}

/// The same keys as they lie where a token has a part in them: before what is of use there is what is the token's.
pub fn with_part_of_token(files: &Files) -> Files {
    let mut changed = files.clone();
    for part in [Part::Primary, Part::Primary2] {
        let key = values(files.get(part).unwrap())[0].1.clone();
        let of_token = key.iter().map(|octet| !octet).collect();
        let both = [(Tag::OctetString, of_token), (context(0), key)];
        changed.insert(part, sequence(&both));
    }
    changed
}

/// The cipher under the storage key of a password and a salt.
fn cipher(password: &[u8], salt: &[u8]) -> Gost28147 {
    let hash = |parts: &[&[u8]]| Streebog256::digest(parts.concat()).to_vec();
    let salted = hash(&[salt, password]);
    let start = b"DENEFH028.760246785.IUEFHWUIO.EF";
    let under = |state: &[u8], pad: u8| {
        let mut block = [pad; 64];
        let bytes = block.iter_mut().zip(state);
        bytes.for_each(|(to, from)| *to ^= from);
        block
    };
    let mut state = start.to_vec();
    for _ in 0..if password.is_empty() { 2 } else { 2000 } {
        state = hash(&[&under(&state, 0x36), &salted, &under(&state, 0x5c), &salted]);
    }
    let (inner, outer) = (under(&state, 0x36), under(&state, 0x5c));
    let state = hash(&[&inner[..32], salt, &outer[..32], password]);
    Gost28147::new(&hash(&[&state]).try_into().unwrap(), &PARAM_Z)
}

/// The elements of a SEQUENCE: tag and content of each.
fn values(sequence: &[u8]) -> Vec<(Tag, Vec<u8>)> {
    values_of(AnyRef::from_der(sequence).unwrap().value())
}

fn values_of(content: &[u8]) -> Vec<(Tag, Vec<u8>)> {
    use der::Tagged as _;
    let mut reader = SliceReader::new(content).unwrap();
    let mut all = Vec::new();
    while !reader.is_finished() {
        let element: AnyRef<'_> = reader.decode().unwrap();
        all.push((element.tag(), element.value().to_vec()));
    }
    all
}

fn sequence(elements: &[(Tag, Vec<u8>)]) -> Vec<u8> {
    tlv(Tag::Sequence, &concatenated(elements))
}

fn concatenated(elements: &[(Tag, Vec<u8>)]) -> Vec<u8> {
    let elements = elements.iter().map(|(tag, content)| tlv(*tag, content));
    elements.collect::<Vec<_>>().concat()
}

fn tlv(tag: Tag, content: &[u8]) -> Vec<u8> {
    AnyRef::new(tag, content).unwrap().to_der().unwrap()
}

fn context(number: u32) -> Tag {
    Tag::ContextSpecific {
        constructed: false,
        number: TagNumber(number),
    }
}
