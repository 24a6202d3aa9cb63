//! Names: their texts, their labels, and which are the same.

use super::*;
use x509_parser::asn1_rs::Tag;

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
    let tlv = |tag: u8, value: &[u8]| [&[tag, u8::try_from(value.len()).unwrap()], value].concat();
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

fn is(one: &[u8], other: &[u8]) -> bool {
    Name::parse(one).is_some_and(|one| one.is(other))
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
        assert_eq!(is(&plain, &other), same, "{other:x?}");
        assert_eq!(is(&other, &plain), same, "{other:x?}");
    }
    let two = |one, other| name(&[&[one, other]]);
    let [a, b] = [(3, 12, "Әсел"), (5, 19, "IIN1")];
    assert!(is(&two(a, b), &two((5, 12, "iin1"), (3, 12, "ӘСЕЛ"))));
    let single = |text| name(&[&[(3, 12, text)]]);
    for (one, other) in [
        ("Й", "И\u{306}"),
        ("ΟΔΟΣ", "οδος"),
        ("Straße", "STRASSE"),
        ("ﬁ", "FI"),
    ] {
        assert!(is(&single(one), &single(other)), "{one} {other}");
    }
    assert!(!is(&single("Иванов"), &single("Ивановa")));
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
