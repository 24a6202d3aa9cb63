//! What a card keeps without power, as a file of JSON.

use base16ct::{lower, mixed};
use base64::prelude::{BASE64_STANDARD, Engine as _};
use getrandom::{SysRng, rand_core::TryRng as _};
use serde::{Deserialize, Serialize};
use std::{fs, io, path::Path};

/// With this answer to reset OpenSC 0.23 takes the card for one that does ECDSA.
pub const PIV_ATR: &str = "3b8d800180fba000000308000010000100cd";
/// How many wrong PINs in a row a card takes.
const TRIES: u8 = 3;

/// A card.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Card {
    /// The answer to reset, hex.
    pub atr: String,
    /// 16 bytes, hex.
    pub serial: String,
    /// The person's PIN: 6 to 8 digits.
    pub pin: Reference,
    /// What unblocks it: 8 bytes.
    pub puk: Reference,
    /// Without any, the card has no PIV application.
    pub keys: Vec<StoredKey>,
}

/// A PIN or PUK.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Reference {
    /// The PIN itself.
    pub value: String,
    /// How many wrong ones it still takes.
    pub tries: u8,
    /// How often the right one was shown.
    pub shown: u32,
}

/// A key with its certificate.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct StoredKey {
    /// `9a`, `9c`, `9d` or `9e`.
    pub slot: String,
    /// Base64 of PKCS#8: P-256 or RSA 2048.
    pub key: String,
    /// Base64 of DER.
    pub certificate: String,
}

impl Card {
    /// A new card without keys. PIN and PUK are those that cards come with.
    ///
    /// # Errors
    /// Where the system has no randomness.
    pub fn new() -> io::Result<Self> {
        let mut serial = [0; 16];
        SysRng
            .try_fill_bytes(&mut serial)
            .map_err(io::Error::other)?;
        Ok(Self {
            atr: PIV_ATR.to_owned(),
            serial: lower::encode_string(&serial),
            pin: Reference::new("123456"),
            puk: Reference::new("12345678"),
            keys: Vec::new(),
        })
    }

    /// Puts a key (PKCS#8) and its certificate into a slot; both DER, or PEM.
    #[must_use]
    pub fn with(mut self, slot: &str, key: &[u8], certificate: &[u8]) -> Self {
        self.keys.push(StoredKey {
            slot: slot.to_owned(),
            key: base64_of(key),
            certificate: base64_of(certificate),
        });
        self
    }

    /// Reads a card.
    ///
    /// # Errors
    /// For a file that is not there, or is none.
    pub fn load(path: &Path) -> io::Result<Self> {
        let card: Self = serde_json::from_slice(&fs::read(path)?)?;
        let atr = mixed::decode_vec(&card.atr).is_ok_and(|atr| (2..=33).contains(&atr.len()));
        let serial = mixed::decode_vec(&card.serial).is_ok_and(|serial| serial.len() == 16);
        if atr && serial {
            return Ok(card);
        }
        Err(io::Error::other("no answer to reset, or no serial number"))
    }

    /// Writes the card; whoever reads meanwhile sees the old one or the new one.
    ///
    /// # Errors
    /// As the system has them.
    pub fn save(&self, path: &Path) -> io::Result<()> {
        let new = path.with_extension("new");
        fs::write(&new, serde_json::to_vec_pretty(self)?)?;
        fs::rename(new, path)
    }
}

impl Reference {
    fn new(value: &str) -> Self {
        Self {
            value: value.to_owned(),
            tries: TRIES,
            shown: 0,
        }
    }

    /// Sets a value and all tries.
    pub fn set(&mut self, value: &str) {
        value.clone_into(&mut self.value);
        self.tries = TRIES;
    }

    /// Compares, and counts.
    pub fn is(&mut self, value: &str) -> bool {
        let right = self.tries > 0 && self.value == value;
        if right {
            self.tries = TRIES;
            self.shown += 1;
        } else {
            self.tries = self.tries.saturating_sub(1);
        }
        right
    }
}

/// Base64 of DER, which may come as PEM.
fn base64_of(bytes: &[u8]) -> String {
    let text = std::str::from_utf8(bytes).unwrap_or_default();
    if !text.contains("-----BEGIN ") {
        return BASE64_STANDARD.encode(bytes);
    }
    // OpenSSL writes a certificate in words before it does so in base64.
    let lines = text
        .lines()
        .skip_while(|line| !line.starts_with("-----BEGIN "));
    let body = lines
        .skip(1)
        .take_while(|line| !line.starts_with("-----END "));
    body.collect()
}

/// DER, which may come as PEM.
pub(crate) fn der_of(bytes: &[u8]) -> io::Result<Vec<u8>> {
    decoded(&base64_of(bytes))
}

/// What base64 stands for.
pub(crate) fn decoded(base64: &str) -> io::Result<Vec<u8>> {
    let decoded = BASE64_STANDARD.decode(base64);
    decoded.map_err(|_| io::Error::other("a key or certificate is not base64"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wrong_pins_are_counted() {
        let mut pin = Reference::new("123456");
        assert!(!pin.is("654321") && !pin.is(""));
        assert_eq!(pin.tries, 1);
        assert!(pin.is("123456"));
        assert_eq!((pin.tries, pin.shown), (3, 1));
        assert!((0..3).all(|_| !pin.is("654321")));
        assert!(!pin.is("123456"));
        assert_eq!(pin.tries, 0);
    }

    #[test]
    fn pem_is_read() {
        let pem =
            b"Certificate:\n  Version: 3\n-----BEGIN X-----\nMAMC\nAQU=\n-----END X-----\nMORE\n";
        assert_eq!(base64_of(pem), "MAMCAQU=");
        assert_eq!(base64_of(&[0x30, 3, 2, 1, 5]), "MAMCAQU=");
    }
}
