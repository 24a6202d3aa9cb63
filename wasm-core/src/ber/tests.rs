use super::*;
use proptest::prelude::*;

fn der(hex: &str) -> Result<Vec<u8>, BerError> {
    let ber = base16ct::mixed::decode_vec(hex.replace(' ', "")).unwrap();
    to_der(&ber).map(Cow::into_owned)
}

#[test]
fn puts_the_form_right() {
    for (ber, expected) in [
        ("30 80 02 01 05 00 00", "30 03 02 01 05"),
        ("30 81 03 02 01 05", "30 03 02 01 05"),
        ("30 83 00 00 03 02 01 05", "30 03 02 01 05"),
        ("24 80 04 02 01 02 04 01 03 00 00", "04 03 01 02 03"),
        ("24 06 24 04 04 02 01 02", "04 02 01 02"),
        ("24 00", "04 00"),
        ("23 80 03 02 00 aa 03 02 04 b0 00 00", "03 03 04 aa b0"),
        ("23 00", "03 01 00"),
        ("2c 80 0c 01 41 04 01 42 00 00", "0c 02 41 42"),
        (
            "30 80 a0 80 24 80 04 01 07 00 00 00 00 00 00",
            "30 05 a0 03 04 01 07",
        ),
        // Nothing says what a context tag holds: it stays constructed.
        ("a0 80 04 01 01 04 01 02 00 00", "a0 06 04 01 01 04 01 02"),
        ("bf 81 01 80 05 00 00 00", "bf 81 01 02 05 00"),
    ] {
        assert_eq!(der(ber), der(expected), "{ber}");
        assert!(matches!(
            to_der(&der(expected).unwrap()),
            Ok(Cow::Borrowed(_))
        ));
    }
}

#[test]
fn refuses_what_is_no_ber() {
    for (ber, error) in [
        ("", BerError::Truncated),
        ("30", BerError::Truncated),
        ("30 80", BerError::Truncated),
        ("30 80 00", BerError::Identifier),
        ("30 03 02 01", BerError::Truncated),
        ("30 00 00", BerError::Trailing),
        ("00 00", BerError::Identifier),
        ("30 02 00 00", BerError::Identifier),
        ("04 80 00 00", BerError::Length),
        ("30 ff", BerError::Length),
        ("30 84 ff ff ff ff", BerError::TooLarge),
        ("24 03 02 01 05", BerError::Pieces),
        ("23 08 03 02 04 b0 03 02 00 aa", BerError::Pieces),
        ("23 03 04 01 aa", BerError::Pieces),
        ("23 02 03 00", BerError::Pieces),
        ("1f 80 80 80 80 80 01 00", BerError::Identifier),
    ] {
        assert_eq!(der(ber), Err(error), "{ber}");
    }
}

#[test]
fn what_follows_is_kept_apart() {
    let padded = [0x30, 0x80, 5, 0, 0, 0, 0, 0, 0];
    let (first, rest) = first_to_der(&padded).unwrap();
    assert_eq!((&*first, rest), (&[0x30, 2, 5, 0][..], &[0, 0, 0][..]));
    assert_eq!(split_first(&padded).unwrap().0, padded.split_at(6).0);
    let (first, rest) = first_to_der(&[5, 0, 13, 10]).unwrap();
    assert_eq!((&*first, rest), (&[5, 0][..], &[13, 10][..]));
    assert!(first_to_der(&[0x30, 2, 5]).is_err());
}

#[test]
fn depth_is_bounded() {
    let nested = |depth| [[0x30, 0x80].repeat(depth), [0, 0].repeat(depth)].concat();
    assert!(to_der(&nested(MAX_DEPTH + 1)).is_ok());
    assert_eq!(to_der(&nested(MAX_DEPTH + 2)), Err(BerError::TooDeep));
    assert_eq!(to_der(&[0x30; 1 << 20]), Err(BerError::Truncated));
    assert_eq!(
        to_der(&[0x30, 0x80].repeat(1 << 20)),
        Err(BerError::TooDeep)
    );
}

#[test]
fn element_count_is_bounded() {
    let many = [&[0x30, 0x80][..], &[5, 0].repeat(MAX_ELEMENTS), &[0, 0]].concat();
    assert_eq!(to_der(&many), Err(BerError::TooLarge));
}

#[test]
fn joins_an_implicit_string() {
    assert_eq!(joined(&[4, 1, 9], false).unwrap(), &[4, 1, 9][..]);
    assert_eq!(
        joined(&[4, 1, 9, 4, 0, 4, 1, 8], true).unwrap(),
        &[9, 8][..]
    );
    assert_eq!(joined(&[2, 1, 9], true), Err(BerError::Pieces));
}

proptest! {
    #[test]
    fn any_bytes_are_safe(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        if let Ok(der) = to_der(&bytes) {
            prop_assert!(matches!(to_der(&der), Ok(Cow::Borrowed(_))));
        }
    }
}
