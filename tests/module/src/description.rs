//! What the double is: the JSON that tests write and the module reads. Fields that are not given have their
//! defaults; unknown ones are errors.
//!
//! ```json
//! {
//!   "rutoken": false,
//!   "slots": [{
//!     "reader": "Aktiv Rutoken ECP 00 00", "label": "Иванова", "serial": "30d1a2b3",
//!     "model": "Rutoken ECP", "manufacturer": "Aktiv Co.",
//!     "pin": "12345678", "soPin": "87654321", "tries": 10, "soTries": 10, "minPin": 6, "maxPin": 32,
//!     "software": false, "phantom": false, "pinPad": null, "pinUninitialised": false, "pinToBeChanged": false, "loginRequired": true,
//!     "mechanisms": ["CKM_GOSTR3410"],
//!     "objects": [
//!       { "type": "private-key", "id": "AQ==", "label": "key", "key": { "path": "ivanova.pem" } },
//!       { "type": "public-key", "id": "AQ==", "label": "key", "key": { "path": "ivanova.pem" }, "wrapped": true },
//!       { "type": "certificate", "id": "AQ==", "label": "certificate", "value": "MIIB" },
//!       { "type": "data", "label": "note", "application": "CryptoPro", "value": "AAEC", "private": true }
//!     ]
//!   }],
//!   "misbehaviour": [{ "function": "C_Sign", "nth": 1, "how": "crash" }]
//! }
//! ```

use base64::prelude::{BASE64_STANDARD, Engine as _};
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, path::PathBuf, time::Duration};

/// The environment variable that names the file.
pub const VARIABLE: &str = "TAMGA_DOUBLE";

/// A module with everything in it.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
pub struct Description {
    /// The readers, in the order of their slot numbers, which begin at 0.
    pub slots: Vec<Slot>,
    /// What it does wrong; where several fit a call, the first counts.
    pub misbehaviour: Vec<Misbehaviour>,
    /// Whether `C_EX_GetTokenInfoExtended` tells how many tries are left, as Rutoken's module does.
    /// `C_EX_GetFunctionListExtended` is there in any case.
    pub rutoken: bool,
}

/// A reader with its token.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
pub struct Slot {
    /// The reader's name, which is the slot's description; up to 64 bytes, as all texts cut where they are too long.
    pub reader: String,
    /// The token's label, up to 32 bytes.
    pub label: String,
    /// Up to 16 bytes.
    pub serial: String,
    /// Up to 16 bytes.
    pub model: String,
    /// Up to 32 bytes.
    pub manufacturer: String,
    /// The user's PIN at first.
    pub pin: String,
    /// The security officer's PIN at first.
    pub so_pin: String,
    /// How many wrong PINs in a row lock the token.
    pub tries: u32,
    /// The same for the security officer.
    pub so_tries: u32,
    /// The shortest PIN that can be set, in bytes.
    pub min_pin: u32,
    /// The longest PIN that can be set, in bytes.
    pub max_pin: u32,
    /// The slot is implemented in software, as those of remote keys are (no `CKF_HW_SLOT`).
    pub software: bool,
    /// There is no reader at all: the slot is listed and never has a token.
    pub phantom: bool,
    /// The reader has keys of its own to type the PIN with (`CKF_PROTECTED_AUTHENTICATION_PATH`), and this happens there.
    pub pin_pad: Option<PinPad>,
    /// No user's PIN has been set yet.
    pub pin_uninitialised: bool,
    /// The user's PIN has to be changed before anything is signed.
    pub pin_to_be_changed: bool,
    /// Whether private objects and keys take a login.
    pub login_required: bool,
    /// The names of the only mechanisms; all that its keys can have if not given.
    pub mechanisms: Option<Vec<String>>,
    /// What is on the token.
    pub objects: Vec<Object>,
}

impl Default for Slot {
    fn default() -> Self {
        Self {
            reader: "Tamga Reader 00 00".to_owned(),
            label: "Tamga".to_owned(),
            serial: "0000000000000001".to_owned(),
            model: "Double".to_owned(),
            manufacturer: "Tamga".to_owned(),
            pin: "12345678".to_owned(),
            so_pin: "87654321".to_owned(),
            tries: 10,
            so_tries: 10,
            min_pin: 4,
            max_pin: 32,
            software: false,
            phantom: false,
            pin_pad: None,
            pin_uninitialised: false,
            pin_to_be_changed: false,
            login_required: true,
            mechanisms: None,
            objects: Vec::new(),
        }
    }
}

/// What happens when the module asks for a PIN on the reader.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum PinPad {
    /// The person presses "cancel".
    Cancelled,
    /// The right PIN is typed.
    Ok,
    /// Nothing is typed.
    Timeout,
    /// A wrong PIN is typed, which costs a try.
    Wrong,
}

/// Something on a token.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case", tag = "type")]
pub enum Object {
    /// A certificate.
    Certificate(Certificate),
    /// Any bytes.
    Data(Data),
    /// A key that signs.
    PrivateKey(PrivateKey),
    /// Its other half.
    PublicKey(PublicKey),
}

/// An X.509 certificate.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
pub struct Certificate {
    /// `CKA_ID`.
    pub id: Bytes,
    /// `CKA_LABEL`.
    pub label: String,
    /// DER, as a rule: nothing is checked.
    pub value: Bytes,
    /// Whether it is seen after a login only.
    pub private: bool,
    /// Whether the module fails to tell anything of it.
    pub unreadable: bool,
}

/// A data object.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
pub struct Data {
    /// `CKA_LABEL`.
    pub label: String,
    /// `CKA_APPLICATION`.
    pub application: String,
    /// `CKA_VALUE`.
    pub value: Bytes,
    /// Whether it is seen after a login only.
    pub private: bool,
}

/// A private key.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct PrivateKey {
    /// `CKA_ID`.
    #[serde(default)]
    pub id: Bytes,
    /// `CKA_LABEL`.
    #[serde(default)]
    pub label: String,
    /// The key itself.
    pub key: KeySource,
    /// Whether every signature takes a login of its own.
    #[serde(default)]
    pub always_authenticate: bool,
    /// Whether it tells nothing of its public half.
    #[serde(default)]
    pub bare: bool,
    /// The names of the only mechanisms; all of the slot's if not given.
    #[serde(default)]
    pub mechanisms: Option<Vec<String>>,
}

/// A public key.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct PublicKey {
    /// `CKA_ID`.
    #[serde(default)]
    pub id: Bytes,
    /// `CKA_LABEL`.
    #[serde(default)]
    pub label: String,
    /// The private key it belongs to.
    pub key: KeySource,
    /// GOST: whether `CKA_VALUE` is in an OCTET STRING instead of bare.
    #[serde(default)]
    pub wrapped: bool,
}

/// Where a private key is: PKCS#8, DER or PEM; RSA, ECDSA on P-256, P-384 or P-521, GOST R 34.10-2012.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum KeySource {
    /// Here.
    Base64(Bytes),
    /// In a file; relative to the folder of the description.
    Path(PathBuf),
}

/// Bytes, base64 in JSON.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(into = "String", try_from = "String")]
pub struct Bytes(pub Vec<u8>);

impl TryFrom<String> for Bytes {
    type Error = String;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let bytes = BASE64_STANDARD.decode(text);
        bytes.map(Self).map_err(|error| error.to_string())
    }
}

impl From<Bytes> for String {
    fn from(bytes: Bytes) -> Self {
        BASE64_STANDARD.encode(bytes.0)
    }
}

/// Something that a function does wrong.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Misbehaviour {
    /// Which function, by its name in the standard.
    pub function: String,
    /// Which call of it since the module was loaded, from 1; every one if not given.
    pub nth: Option<u32>,
    /// What it does.
    pub how: How,
}

/// What a function does wrong. In JSON a word, some with a number after a colon: `"slow:250"`, `"error:0x30"`.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(into = "String", try_from = "String")]
pub enum How {
    /// Ends the process by `abort`.
    Abort,
    /// Writes to where no memory is.
    Crash,
    /// Does nothing and returns this code; `CKR_VENDOR_DEFINED` if none is given.
    Error(u32),
    /// Ends the process as if all were well.
    Exit,
    /// Claims a million slots, mechanisms, objects or bytes, and hands out as many as there is room for.
    Flood,
    /// Hands out random bytes of the right length.
    Garbage,
    /// Never returns.
    Hang,
    /// Claims a mebibyte more than there is, or than there is room for. Texts of fixed length are full to the last byte,
    /// even if that is the middle of a letter.
    LongLength,
    /// The list of functions has a null pointer in its place, whichever call it is.
    Null,
    /// Writes to standard output and to standard error, then does its work.
    Print,
    /// Hands out half of it and claims no more. Texts of fixed length end with a zero byte and garbage instead of
    /// blanks.
    ShortLength,
    /// Takes this long, then does its work.
    Slow(Duration),
}

/// Those without a number.
const HOW: [(&str, How); 11] = [
    ("abort", How::Abort),
    ("crash", How::Crash),
    ("error", How::Error(0x8000_0000)),
    ("exit", How::Exit),
    ("flood", How::Flood),
    ("garbage", How::Garbage),
    ("hang", How::Hang),
    ("long-length", How::LongLength),
    ("null", How::Null),
    ("print", How::Print),
    ("short-length", How::ShortLength),
];

impl TryFrom<String> for How {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        if let Some((_, how)) = HOW.iter().find(|(name, _)| *name == text) {
            return Ok(*how);
        }
        let number = |digits: &str| match digits.strip_prefix("0x") {
            Some(digits) => u32::from_str_radix(digits, 16).ok(),
            None => digits.parse().ok(),
        };
        let how = text.split_once(':').and_then(|(name, digits)| match name {
            "error" => number(digits).map(Self::Error),
            "slow" => number(digits).map(|time| Self::Slow(Duration::from_millis(time.into()))),
            _ => None,
        });
        how.ok_or_else(|| format!("no misbehaviour: {text}"))
    }
}

impl From<How> for String {
    fn from(how: How) -> Self {
        if let Some((name, _)) = HOW.iter().find(|(_, known)| *known == how) {
            return (*name).to_owned();
        }
        match how {
            How::Error(code) => format!("error:{code:#x}"),
            How::Slow(time) => format!("slow:{}", time.as_millis()),
            _ => format!("{how:?}"),
        }
    }
}

/// Which tokens are in their readers. Without the file: all but phantoms.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Presence {
    /// The numbers of their slots.
    pub present: Vec<usize>,
    /// By slot, how often its token was put in again: a token that was away for a moment has lost its sessions.
    #[serde(default)]
    pub insertions: BTreeMap<usize, u32>,
}

/// A line of the log.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Call {
    /// Who called.
    pub process: u32,
    /// The function's name.
    pub function: String,
    /// What it was about: the mechanism of `C_SignInit` and `C_GetMechanismInfo`, the user of `C_Login`.
    pub subject: Option<String>,
    /// The name of the result, in hex if it has none here; or the misbehaviour that allowed no result.
    pub result: String,
}

#[cfg(test)]
mod tests;
