//! The character set in which old programs write names and passwords.

/// 80 to BF. Of 98 there is no character.
const FROM_80_TO_BF: &str =
    "ЂЃ‚ѓ„…†‡€‰Љ‹ЊЌЋЏђ‘’“”•–—\u{98}™љ›њќћџ\u{a0}ЎўЈ¤Ґ¦§Ё©Є«¬\u{ad}®Ї°±Ііґµ¶·ё№є»јЅѕї";

/// The octet of a character, if it has one.
pub(super) fn encode(letter: char) -> Option<u8> {
    (0..=u8::MAX).find(|octet| decode(*octet) == letter)
}

/// The character of an octet.
pub fn decode(octet: u8) -> char {
    match octet {
        0x80..=0xbf => {
            let letter = FROM_80_TO_BF.chars().nth(usize::from(octet - 0x80));
            letter.unwrap_or(char::REPLACEMENT_CHARACTER)
        }
        // А to я, in the order of Unicode
        0xc0.. => {
            char::from_u32(0x410 + u32::from(octet - 0xc0)).unwrap_or(char::REPLACEMENT_CHARACTER)
        }
        _ => char::from(octet),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_and_octets() {
        for (letter, octet) in [
            ('a', 0x61),
            ('А', 0xc0),
            ('я', 0xff),
            ('ё', 0xb8),
            ('№', 0xb9),
            ('Ђ', 0x80),
            ('€', 0x88),
            ('ї', 0xbf),
            ('\u{a0}', 0xa0),
        ] {
            assert_eq!((encode(letter), decode(octet)), (Some(octet), letter));
        }
        assert_eq!(encode('ә'), None);
        assert!((0..=u8::MAX).all(|octet| encode(decode(octet)) == Some(octet)));
    }
}
