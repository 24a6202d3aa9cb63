//! A password in the encodings of containers.

use super::windows1251;
use crate::secret::Secret;
use zeroize::Zeroizing;

/// The longest encoded password, in octets: other programs have no room for more.
const MAX_ENCODED_PASSWORD: usize = 256;

/// A password with four octets for each unit of its encoding.
pub(super) type EncodedPassword = Zeroizing<Vec<u8>>;

/// The encodings of a password in other programs, the likeliest first. They differ only where it is not ASCII.
pub(super) fn encodings(password: &Secret) -> Vec<EncodedPassword> {
    let text = password.expose();
    let octets = |octets: &mut dyn Iterator<Item = u8>| {
        encode(text.len(), &mut octets.map(|octet| [octet, 0, 0, 0]))
    };
    let mut encodings = vec![octets(&mut text.bytes())];
    if text.is_ascii() {
        return encodings;
    }
    let units = text.encode_utf16().map(u16::to_le_bytes);
    encodings.push(encode(
        text.len(),
        &mut units.map(|[low, high]| [low, high, 0, 0]),
    ));
    if text
        .chars()
        .all(|letter| windows1251::encode(letter).is_some())
    {
        encodings.push(octets(&mut text.chars().filter_map(windows1251::encode)));
    }
    encodings
}

/// A new password in the encoding that all programs have for it; `None` where they differ, or where it is too long.
pub(super) fn encode_new(password: &Secret) -> Option<EncodedPassword> {
    let encoded = encodings(password).into_iter().next()?;
    (password.expose().is_ascii() && encoded.len() <= MAX_ENCODED_PASSWORD).then_some(encoded)
}

/// `count` is enough for all characters: a reallocation would leave copies in memory.
fn encode(count: usize, characters: &mut dyn Iterator<Item = [u8; 4]>) -> EncodedPassword {
    let mut encoded = Zeroizing::new(Vec::with_capacity(4 * count));
    characters.for_each(|character| encoded.extend(character));
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Vec<Vec<u8>> {
        let encodings = encodings(&Secret::new(text.to_owned()));
        encodings.iter().map(|encoded| encoded.to_vec()).collect()
    }

    #[test]
    fn forms_of_a_password() {
        assert_eq!(of(""), [Vec::<u8>::new()]);
        assert_eq!(of("a1"), [[0x61, 0, 0, 0, 0x31, 0, 0, 0]]);
        let letter = [
            vec![0xd1, 0, 0, 0, 0x91, 0, 0, 0],
            vec![0x51, 0x04, 0, 0],
            vec![0xb8, 0, 0, 0],
        ];
        assert_eq!(of("ё"), letter);
        assert_eq!(of("ә").len(), 2);
    }

    #[test]
    fn new_passwords_are_ones_that_everybody_reads_alike() {
        let new = |text: &str| encode_new(&Secret::new(text.to_owned())).is_some();
        assert!(new("") && new("qwerty12") && new(&"a".repeat(64)));
        assert!(!new("пароль") && !new(&"a".repeat(65)));
    }
}
