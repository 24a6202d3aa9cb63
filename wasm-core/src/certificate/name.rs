//! Distinguished names: attributes in order, their texts decoded, their types named.

use super::structure::{Elements, OBJECT_IDENTIFIER, SEQUENCE, SET};
use unicode_normalization::UnicodeNormalization as _;
use x509_parser::{asn1_rs::Any, prelude::FromDer, x509::AttributeTypeAndValue};

/// One attribute of a distinguished name.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Attribute {
    /// Its type, an OID in dotted form.
    pub oid: String,
    /// Its text as the certificate has it; `#` and hex of the content where it is no string.
    pub value: String,
}

/// Every label an attribute may have; the catalogue has a word for each (`name_` and the label).
/// An attribute whose type is not in the table is labelled with its OID in dotted form.
pub const LABELS: [&str; 35] = labels();

/// Type of an attribute → label.
const TYPES: [(&str, &str); 33] = [
    ("2.5.4.3", "commonName"),
    ("2.5.4.4", "surname"),
    ("2.5.4.5", "serialNumber"),
    ("2.5.4.6", "country"),
    ("2.5.4.7", "locality"),
    ("2.5.4.8", "state"),
    ("2.5.4.9", "street"),
    ("2.5.4.10", "organization"),
    ("2.5.4.11", "organizationalUnit"),
    ("2.5.4.12", "title"),
    ("2.5.4.13", "description"),
    ("2.5.4.15", "businessCategory"),
    ("2.5.4.16", "postalAddress"),
    ("2.5.4.17", "postalCode"),
    ("2.5.4.20", "telephoneNumber"),
    ("2.5.4.41", "name"),
    ("2.5.4.42", "givenName"),
    ("2.5.4.43", "initials"),
    ("2.5.4.44", "generationQualifier"),
    ("2.5.4.46", "dnQualifier"),
    ("2.5.4.65", "pseudonym"),
    ("2.5.4.97", "organizationIdentifier"),
    ("0.9.2342.19200300.100.1.1", "userId"),
    ("0.9.2342.19200300.100.1.25", "domainComponent"),
    ("1.2.840.113549.1.9.1", "email"),
    ("1.2.840.113549.1.9.2", "unstructuredName"),
    ("1.2.643.3.131.1.1", "inn"),
    ("1.2.643.100.1", "ogrn"),
    ("1.2.643.100.3", "snils"),
    ("1.2.643.100.4", "innLegalEntity"),
    ("1.2.643.100.5", "ogrnip"),
    ("1.3.6.1.4.1.311.60.2.1.1", "jurisdictionLocality"),
    ("1.3.6.1.4.1.311.60.2.1.3", "jurisdictionCountry"),
];

/// Kazakhstan writes its numbers into ordinary attributes: prefix of the value → label.
const PREFIXES: [(&str, &str); 2] = [("IIN", "iin"), ("BIN", "bin")];
/// serialNumber and organizationalUnit, where those prefixes mean something.
const PREFIXED: [&str; 2] = ["2.5.4.5", "2.5.4.11"];

impl Attribute {
    /// Its label and the value without a prefix that the label says already.
    pub fn labelled(&self) -> (&str, &str) {
        if PREFIXED.contains(&self.oid.as_str()) {
            for (prefix, label) in PREFIXES {
                match self.value.strip_prefix(prefix) {
                    Some(number) if is_national_number(number) => return (label, number),
                    _ => {}
                }
            }
        }
        let known = TYPES.iter().find(|(oid, _)| *oid == self.oid);
        (known.map_or(&self.oid, |(_, label)| label), &self.value)
    }
}

#[expect(
    clippy::indexing_slicing,
    reason = "the compiler evaluates it and refuses what is out of bounds"
)]
const fn labels() -> [&'static str; 35] {
    let mut all = [PREFIXES[0].1; 35];
    all[1] = PREFIXES[1].1;
    let mut row = 0;
    while row < TYPES.len() {
        all[row + 2] = TYPES[row].1;
        row += 1;
    }
    all
}

/// ИИН and БИН have twelve digits.
fn is_national_number(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// A distinguished name (RFC 5280 §4.1.2.4): as it is encoded, and what it says.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Name {
    der: Vec<u8>,
    attributes: Vec<Attribute>,
}

/// A name in the form that is compared: the attributes of each RelativeDistinguishedName, sorted; DER of the type, and
/// the folded text.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct ComparableName(Vec<Vec<(Vec<u8>, String)>>);

/// A name as it is looked up: names that compare equal (RFC 5280 §7.1) have the same key.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct NameKey(Result<ComparableName, Vec<u8>>);

impl NameKey {
    /// The key of a name (DER); one that cannot be compared is equal to itself alone.
    pub fn of(name: &[u8]) -> Self {
        Self(ComparableName::of(name).ok_or_else(|| name.to_vec()))
    }
}

impl Name {
    /// Reads DER of a Name; `None` where any of it cannot be read.
    pub fn parse(der: &[u8]) -> Option<Self> {
        let mut attributes = Vec::new();
        for set in Elements::of(der, SEQUENCE)?.all()? {
            for pair in Elements::in_contents(set.content).all()? {
                let (_, pair) = AttributeTypeAndValue::from_der(pair.der).ok()?;
                attributes.push(Attribute {
                    oid: pair.attr_type().to_id_string(),
                    value: text(pair.attr_value()),
                });
            }
        }
        Some(Self {
            der: der.to_vec(),
            attributes,
        })
    }

    /// The name as it was read.
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// What it is looked up by.
    pub fn key(&self) -> NameKey {
        NameKey::of(&self.der)
    }

    /// Its attributes in order.
    pub fn attributes(&self) -> &[Attribute] {
        &self.attributes
    }

    /// Whether `other` (DER of a Name) is the same by RFC 5280 §7.1: attributes in the same order, those of one
    /// RelativeDistinguishedName in any order; strings of whatever type without regard to case and to how much white
    /// space there is (RFC 4518 §2, Unicode normalisation included).
    pub fn is(&self, other: &[u8]) -> bool {
        self.der == other
            || match (ComparableName::of(&self.der), ComparableName::of(other)) {
                (Some(own), Some(other)) => own == other,
                _ => false,
            }
    }
}

impl ComparableName {
    /// Whether it begins with the RelativeDistinguishedNames of another, as names below a subtree do (RFC 5280 §7.1).
    pub fn starts_with(&self, base: &Self) -> bool {
        self.0.starts_with(&base.0)
    }

    /// Reads DER of a Name; `None` where it has another form.
    pub fn of(name: &[u8]) -> Option<Self> {
        let sets = Elements::of(name, SEQUENCE)?.all()?.into_iter().map(|set| {
            let pairs = Elements::of(set.der, SET)?.all()?.into_iter();
            let mut pairs = pairs
                .map(|pair| comparable(pair.der))
                .collect::<Option<Vec<_>>>()?;
            pairs.sort();
            Some(pairs)
        });
        sets.collect::<Option<_>>().map(Self)
    }
}

/// An AttributeTypeAndValue.
fn comparable(pair: &[u8]) -> Option<(Vec<u8>, String)> {
    let [oid, value] = *Elements::of(pair, SEQUENCE)?.all()? else {
        return None;
    };
    let (_, value) = Any::from_der(value.der).ok()?;
    let is_type = oid.der.first() == Some(&OBJECT_IDENTIFIER);
    is_type.then(|| (oid.der.to_vec(), folded(&text(&value))))
}

/// RFC 4518 §2: mapped to nothing or to a space, case folded, normalised, white space squeezed.
fn folded(text: &str) -> String {
    let mapped = text
        .chars()
        .filter(|it| !matches!(it, '\u{ad}' | '\u{200b}' | '\u{feff}'));
    // To upper and then to lower case is folding (Σ, σ, ς; ß, SS), but for letters of no language of certificates.
    let lower: String = mapped
        .nfkc()
        .collect::<String>()
        .to_uppercase()
        .to_lowercase();
    let normalised: String = lower.nfkc().collect();
    let words: Vec<&str> = normalised.split_whitespace().collect();
    words.join(" ")
}

/// The first value of an attribute with this label.
pub(super) fn find<'a>(attributes: &'a [Attribute], label: &str) -> Option<&'a str> {
    let labelled = attributes.iter().map(Attribute::labelled);
    let mut values = labelled.filter(|(own, _)| *own == label);
    values.next().map(|(_, value)| value)
}

/// The text of a DirectoryString or another string type (X.680 §41, by universal tag number). What
/// cannot be decoded becomes U+FFFD.
fn text(value: &Any<'_>) -> String {
    let bytes = value.data;
    match value.tag().0 {
        // UTF8String, NumericString, PrintableString, IA5String, VisibleString, GeneralString
        12 | 18 | 19 | 22 | 26 | 27 => String::from_utf8_lossy(bytes).into_owned(),
        // T61String: nobody writes T.61 into it, but UTF-8 or Latin-1
        20 => std::str::from_utf8(bytes).map_or_else(
            |_| bytes.iter().map(|byte| char::from(*byte)).collect(),
            str::to_owned,
        ),
        // UniversalString: UTF-32BE
        28 => bytes.chunks(4).map(utf32).collect(),
        // BMPString: UTF-16BE
        30 => utf16(bytes),
        _ => format!("#{}", base16ct::lower::encode_string(bytes)),
    }
}

/// UTF-16BE; an odd octet at the end and lone surrogates become U+FFFD.
pub(crate) fn utf16(bytes: &[u8]) -> String {
    let unit = |pair: &[u8]| match pair {
        [high, low] => u16::from_be_bytes([*high, *low]),
        _ => 0xfffd,
    };
    let units = bytes.chunks(2).map(unit);
    let decoded = char::decode_utf16(units);
    decoded
        .map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER))
        .collect()
}

fn utf32(quartet: &[u8]) -> char {
    let number = <[u8; 4]>::try_from(quartet).map(u32::from_be_bytes).ok();
    number
        .and_then(char::from_u32)
        .unwrap_or(char::REPLACEMENT_CHARACTER)
}

#[cfg(test)]
mod tests;
