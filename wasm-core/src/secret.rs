//! The one type for passwords and PINs.

use base64::prelude::{BASE64_STANDARD, Engine as _};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};
use zeroize::Zeroizing;

/// A password: zeroised when dropped, silent in `Debug`.
///
/// On the wire it is base64 of UTF-8: text without JSON escapes is read straight out of the frame
/// buffer, which is zeroised, so that no parser's scratch buffer keeps a copy.
#[derive(Clone, Debug)]
#[cfg_attr(
    any(test, feature = "typescript"),
    derive(ts_rs::TS),
    ts(export, as = "String")
)]
pub struct Secret(SecretString);

/// The longest password, in bytes of UTF-8.
pub const MAX_LENGTH: usize = 1024;

impl Secret {
    /// Takes a password over.
    pub fn new(text: String) -> Self {
        Self(SecretString::from(text))
    }

    /// The password itself, for the one function that needs it.
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

impl<'de> Deserialize<'de> for Secret {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let encoded =
            Zeroizing::new(<std::borrow::Cow<'de, str>>::deserialize(deserializer)?.into_owned());
        if encoded.len() > MAX_LENGTH.div_ceil(3) * 4 {
            return Err(D::Error::custom("password too long"));
        }
        let bytes = BASE64_STANDARD
            .decode(encoded.as_bytes())
            .map(Zeroizing::new);
        let bytes = bytes.map_err(|_| D::Error::custom("password is not base64"))?;
        let text =
            std::str::from_utf8(&bytes).map_err(|_| D::Error::custom("password is not UTF-8"))?;
        Ok(Self::new(text.to_owned()))
    }
}

impl Serialize for Secret {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&Zeroizing::new(BASE64_STANDARD.encode(self.expose())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn travels_as_base64_and_says_nothing() {
        let secret = Secret::new("пароль\n\"".to_owned());
        let json = serde_json::to_string(&secret).unwrap();
        let back: Secret = serde_json::from_str(&json).unwrap();
        assert_eq!(back.expose(), "пароль\n\"");
        assert!(!format!("{back:?}").contains("пароль"));
        assert!(serde_json::from_str::<Secret>(r#""not base64!""#).is_err());
    }
}
