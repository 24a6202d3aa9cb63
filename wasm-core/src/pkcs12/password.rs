//! A password in the encodings of the schemes.

use crate::secret::Secret;
use zeroize::Zeroizing;

/// A password, and the ways it was ever written as a BMPString.
pub(super) struct Password<'a> {
    secret: &'a Secret,
    bmp: Vec<Zeroizing<Vec<u8>>>,
}

impl<'a> Password<'a> {
    pub(super) fn new(secret: &'a Secret) -> Self {
        let text = secret.expose();
        let mut bmp = vec![terminated(text.encode_utf16(), 2 * text.len() + 2)];
        if text.is_empty() {
            // RFC 7292 §B.1 has the terminator always; some leave it out of the empty password.
            bmp.push(Zeroizing::default());
        }
        if !text.is_ascii() {
            // OpenSSL before 1.1 treated each octet of the UTF-8 as a character.
            bmp.push(terminated(text.bytes().map(u16::from), 2 * text.len() + 2));
        }
        Self { secret, bmp }
    }

    /// For PKCS#5 (RFC 8018 §3): UTF-8.
    pub(super) fn utf8(&self) -> &[u8] {
        self.secret.expose().as_bytes()
    }

    /// For CryptoPro's own scheme: UTF-16LE without a terminator.
    pub(super) fn utf16le(&self) -> Zeroizing<Vec<u8>> {
        let text = self.secret.expose();
        let mut form = Zeroizing::new(Vec::with_capacity(2 * text.len()));
        form.extend(text.encode_utf16().flat_map(u16::to_le_bytes));
        form
    }

    /// For PKCS#12 (RFC 7292 §B.1): UTF-16BE with a terminator.
    pub(super) fn standard(&self) -> &[u8] {
        self.bmp().next().unwrap_or_default()
    }

    /// The same and the deviating encodings of some writers, the likeliest first.
    pub(super) fn bmp(&self) -> impl Iterator<Item = &[u8]> {
        self.bmp.iter().map(|form| form.as_slice())
    }
}

/// `capacity` in octets is enough for all: a reallocation would leave copies in memory.
fn terminated(units: impl Iterator<Item = u16>, capacity: usize) -> Zeroizing<Vec<u8>> {
    let mut form = Zeroizing::new(Vec::with_capacity(capacity));
    form.extend(units.chain([0]).flat_map(u16::to_be_bytes));
    form
}

#[cfg(test)]
mod tests {
    use super::*;

    fn forms(text: &str) -> Vec<Vec<u8>> {
        let secret = Secret::new(text.to_owned());
        Password::new(&secret).bmp().map(<[u8]>::to_vec).collect()
    }

    #[test]
    fn forms_of_a_password() {
        assert_eq!(forms("Az"), [[0, 0x41, 0, 0x7a, 0, 0]]);
        assert_eq!(forms(""), [vec![0, 0], vec![]]);
        assert_eq!(
            forms("ё"),
            [vec![0x04, 0x51, 0, 0], vec![0, 0xd1, 0, 0x91, 0, 0]]
        );
        let secret = Secret::new("Aё".to_owned());
        assert_eq!(*Password::new(&secret).utf16le(), [0x41, 0, 0x51, 0x04]);
        assert_eq!(forms("😀")[0], [0xd8, 0x3d, 0xde, 0, 0, 0]);
    }
}
