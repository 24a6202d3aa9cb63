//! Distinguished names: attributes in order, their texts decoded, their types named.

use unicode_normalization::UnicodeNormalization as _;
use x509_parser::{
    asn1_rs::{Any, Tag},
    extensions::GeneralName,
    prelude::FromDer,
    x509::AttributeTypeAndValue,
};

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

/// The DER of issuer and subject, out of that of a TBSCertificate (RFC 5280 §4.1).
///
/// x509-parser's own names end without a word at an empty RelativeDistinguishedName.
pub(super) fn names(tbs: &[u8]) -> Option<[&[u8]; 2]> {
    let (_, tbs) = Any::from_der(tbs).ok()?;
    let mut fields = elements(tbs.data)?.into_iter().peekable();
    // version [0] EXPLICIT Version DEFAULT v1
    fields.next_if(|first| first.starts_with(&[0xa0]));
    // serialNumber, signature, issuer, validity, subject
    let (issuer, subject) = (fields.nth(2)?, fields.nth(1)?);
    Some([issuer, subject])
}

/// The attributes of a Name in order; `None` where any of it cannot be read.
pub(super) fn attributes(name: &[u8]) -> Option<Vec<Attribute>> {
    let mut attributes = Vec::new();
    let (_, name) = Any::from_der(name).ok()?;
    for set in elements(name.data)? {
        let (_, set) = Any::from_der(set).ok()?;
        for pair in elements(set.data)? {
            let (_, pair) = AttributeTypeAndValue::from_der(pair).ok()?;
            attributes.push(Attribute {
                oid: pair.attr_type().to_id_string(),
                value: text(pair.attr_value()),
            });
        }
    }
    Some(attributes)
}

/// Whether two Names (DER) are the same by RFC 5280 §7.1: attributes in the same order, those of one
/// RelativeDistinguishedName in any order; strings of whatever type without regard to case and to how much white space
/// there is (RFC 4518 §2, Unicode normalisation included).
pub(crate) fn same_name(one: &[u8], other: &[u8]) -> bool {
    one == other
        || match (comparable(one), comparable(other)) {
            (Some(one), Some(other)) => one == other,
            _ => false,
        }
}

/// The attributes of a RelativeDistinguishedName: DER of the type, and the value in the form that is compared.
type ComparableSet<'a> = Vec<(&'a [u8], String)>;

fn comparable(name: &[u8]) -> Option<Vec<ComparableSet<'_>>> {
    let attribute = |pair| {
        let [oid, value] = *fields(pair, Tag::Sequence)? else {
            return None;
        };
        let (_, value) = Any::from_der(value).ok()?;
        let is_type = Any::from_der(oid).is_ok_and(|(_, oid)| oid.tag() == Tag::Oid);
        is_type.then(|| (oid, folded(&text(&value))))
    };
    let sets = fields(name, Tag::Sequence)?.into_iter().map(|set| {
        let pairs = fields(set, Tag::Set)?.into_iter().map(attribute);
        let mut pairs = pairs.collect::<Option<Vec<_>>>()?;
        pairs.sort();
        Some(pairs)
    });
    sets.collect()
}

/// The elements of a structure that has this tag.
fn fields(structure: &[u8], tag: Tag) -> Option<Vec<&[u8]>> {
    let (_, structure) = Any::from_der(structure).ok()?;
    (structure.tag() == tag).then(|| elements(structure.data))?
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

/// The elements that fill `contents`, headers included.
fn elements(mut contents: &[u8]) -> Option<Vec<&[u8]>> {
    let mut elements = Vec::new();
    while !contents.is_empty() {
        let (rest, _) = Any::from_der(contents).ok()?;
        let (element, rest) = contents.split_at_checked(contents.len() - rest.len())?;
        elements.push(element);
        contents = rest;
    }
    Some(elements)
}

/// The first value of an attribute with this label.
pub(super) fn find<'a>(attributes: &'a [Attribute], label: &str) -> Option<&'a str> {
    let labelled = attributes.iter().map(Attribute::labelled);
    let mut values = labelled.filter(|(own, _)| *own == label);
    values.next().map(|(_, value)| value)
}

/// The name in a subjectAltName (RFC 5280 §4.2.1.6) that says most to people: a mail address, else a computer's.
pub(super) fn alternative(names: &[GeneralName<'_>]) -> Option<String> {
    let address = |name: &GeneralName<'_>| match name {
        GeneralName::RFC822Name(address) => Some((*address).to_owned()),
        _ => None,
    };
    let place = |name: &GeneralName<'_>| match name {
        GeneralName::DNSName(place) | GeneralName::URI(place) => Some((*place).to_owned()),
        _ => None,
    };
    let found = names.iter().find_map(address);
    found
        .or_else(|| names.iter().find_map(place))
        .filter(|name| !name.trim().is_empty())
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
mod tests {
    use super::*;

    fn decoded(tag: u32, bytes: &[u8]) -> String {
        text(&Any::from_tag_and_data(Tag(tag), bytes))
    }

    #[test]
    fn every_string_type_is_read() {
        assert_eq!(decoded(12, "Әсел".as_bytes()), "Әсел");
        assert_eq!(decoded(18, b"009999999999"), "009999999999");
        assert_eq!(decoded(30, &[0x04, 0x1f, 0x04, 0x51]), "Пё");
        assert_eq!(decoded(30, &[0xd8, 0x3d, 0xde, 0x00]), "😀");
        assert_eq!(decoded(30, &[0xd8, 0x3d, 0x41]), "\u{fffd}\u{fffd}");
        assert_eq!(decoded(28, &[0, 1, 0xf6, 0]), "😀");
        assert_eq!(decoded(20, b"Jos\xe9"), "José");
        assert_eq!(decoded(20, "José".as_bytes()), "José");
        assert_eq!(decoded(12, b"a\xff"), "a\u{fffd}");
        assert_eq!(decoded(2, &[1, 0xab]), "#01ab");
    }

    #[test]
    fn national_numbers_have_their_own_labels() {
        let attribute = |oid: &str, value: &str| Attribute {
            oid: oid.to_owned(),
            value: value.to_owned(),
        };
        for (oid, value, expected) in [
            ("2.5.4.5", "IIN999999999999", ("iin", "999999999999")),
            ("2.5.4.11", "BIN999999999999", ("bin", "999999999999")),
            ("2.5.4.5", "IIN8801", ("serialNumber", "IIN8801")),
            (
                "2.5.4.3",
                "IIN999999999999",
                ("commonName", "IIN999999999999"),
            ),
            ("1.2.643.100.3", "99999999999", ("snils", "99999999999")),
            ("1.2.3.4", "x", ("1.2.3.4", "x")),
        ] {
            assert_eq!(attribute(oid, value).labelled(), expected);
        }
    }

    /// A Name: RelativeDistinguishedNames of attributes, each a last arc of 2.5.4, a tag and a text.
    fn name(sets: &[&[(u8, u8, &str)]]) -> Vec<u8> {
        let tlv =
            |tag: u8, value: &[u8]| [&[tag, u8::try_from(value.len()).unwrap()], value].concat();
        let attribute = |(arc, tag, text): &(u8, u8, &str)| {
            let oid = tlv(6, &[0x55, 4, *arc]);
            tlv(0x30, &[oid, tlv(*tag, text.as_bytes())].concat())
        };
        let set = |set: &&[(u8, u8, &str)]| {
            tlv(
                0x31,
                &set.iter().map(attribute).collect::<Vec<_>>().concat(),
            )
        };
        tlv(0x30, &sets.iter().map(set).collect::<Vec<_>>().concat())
    }

    #[test]
    fn names_are_compared_as_people_read_them() {
        let plain = name(&[&[(6, 19, "KZ")], &[(3, 12, "Test Authority")]]);
        for (other, same) in [
            (
                name(&[&[(6, 19, "KZ")], &[(3, 19, "Test Authority")]]),
                true,
            ),
            (
                name(&[&[(6, 12, "kz")], &[(3, 12, "  TEST \u{a0} authority\t")]]),
                true,
            ),
            (
                name(&[
                    &[(6, 19, "KZ")],
                    &[(3, 30, "\0T\0e\0s\0t\0 \0A\0u\0t\0h\0o\0r\0i\0t\0y")],
                ]),
                true,
            ),
            (
                name(&[&[(6, 19, "KZ")], &[(3, 12, "TestAuthority")]]),
                false,
            ),
            (
                name(&[&[(6, 19, "KZ")], &[(4, 12, "Test Authority")]]),
                false,
            ),
            (
                name(&[&[(3, 12, "Test Authority")], &[(6, 19, "KZ")]]),
                false,
            ),
            (name(&[&[(6, 19, "KZ"), (3, 12, "Test Authority")]]), false),
            (name(&[&[(6, 19, "KZ")]]), false),
            (
                name(&[&[(6, 19, "KZ")], &[(3, 4, "Test Authority")]]),
                false,
            ),
            (b"\x30\x01".to_vec(), false),
        ] {
            assert_eq!(same_name(&plain, &other), same, "{other:x?}");
            assert_eq!(same_name(&other, &plain), same, "{other:x?}");
        }
        let two = |one, other| name(&[&[one, other]]);
        let [a, b] = [(3, 12, "Әсел"), (5, 19, "IIN1")];
        assert!(same_name(
            &two(a, b),
            &two((5, 12, "iin1"), (3, 12, "ӘСЕЛ"))
        ));
        let single = |text| name(&[&[(3, 12, text)]]);
        for (one, other) in [
            ("Й", "И\u{306}"),
            ("ΟΔΟΣ", "οδος"),
            ("Straße", "STRASSE"),
            ("ﬁ", "FI"),
        ] {
            assert!(same_name(&single(one), &single(other)), "{one} {other}");
        }
        assert!(!same_name(&single("Иванов"), &single("Ивановa")));
    }

    #[test]
    fn labels_are_all_and_different() {
        let rows = TYPES.iter().chain(&PREFIXES).map(|(_, label)| label);
        for label in rows {
            assert_eq!(
                LABELS.iter().filter(|own| *own == label).count(),
                1,
                "{label}"
            );
        }
    }
}
