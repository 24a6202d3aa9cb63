//! The PIV application (NIST SP 800-73-4, part 2), the commands that a person's programs use.

use crate::{
    apdu::{Channel, Command, Response, Status, UNKNOWN, WRONG_LENGTH},
    card::{Card, Reference, decoded},
    key::Key,
    tlv::{find, tlv},
};
use base16ct::mixed;
use std::{
    io,
    path::{Path, PathBuf},
};

const AID: &[u8] = b"\xa0\x00\x00\x03\x08\x00\x00\x10\x00\x01\x00";
/// The part of it that has no version.
const SHORT_AID: usize = 9;
const PIN: u8 = 0x80;
const PUK: u8 = 0x81;
/// PIN and PUK are padded to so many bytes with `FF` (§2.4.3).
const PADDED: usize = 8;
const SHORTEST_PIN: usize = 6;

const PIN_NOT_SHOWN: Status = 0x6982;
const BLOCKED: Status = 0x6983;
const WRONG_DATA: Status = 0x6a80;
const NOT_FOUND: Status = 0x6a82;
const WRONG_PARAMETERS: Status = 0x6a86;
const NO_SUCH_REFERENCE: Status = 0x6a88;

/// The FASC-N of those that are not the government of the United States: agency 9999. Programs then go by the serial
/// number.
const NOBODYS_NUMBER: &[u8] = b"\xd4\xe7\x39\xda\x73\x9c\xed\x39\xce\x73\x9d\x83\x68\x58\x21\x08\x42\x10\x84\x21\xc8\x42\x10\xc3\xeb";
const DISCOVERY: &[u8] = b"\x5c\x01\x7e";
const HOLDER: &[u8] = b"\x5c\x03\x5f\xc1\x02";
const CAPABILITIES: &[u8] = b"\x5c\x03\x5f\xc1\x07";

/// When a key wants the PIN.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Policy {
    EachTime,
    Never,
    Once,
}

/// Where keys are (part 1, Table 4b).
const SLOTS: [(&str, u8, &[u8], Policy); 4] = [
    ("9a", 0x9a, b"\x5c\x03\x5f\xc1\x05", Policy::Once),
    ("9c", 0x9c, b"\x5c\x03\x5f\xc1\x0a", Policy::EachTime),
    ("9d", 0x9d, b"\x5c\x03\x5f\xc1\x0b", Policy::Once),
    ("9e", 0x9e, b"\x5c\x03\x5f\xc1\x01", Policy::Never),
];

/// A card with power.
#[derive(Debug)]
pub struct Piv {
    path: PathBuf,
    card: Card,
    keys: Vec<SlotWithKey>,
    channel: Channel,
    selected: bool,
    /// Whether the PIN was shown, and whether since the last signature.
    verified: bool,
    just_verified: bool,
}

#[derive(Debug)]
struct SlotWithKey {
    reference: u8,
    object: &'static [u8],
    policy: Policy,
    key: Key,
    certificate: Vec<u8>,
}

impl Piv {
    /// The card in a file. What is written to it is written there.
    ///
    /// # Errors
    /// For a file that is none, keys that PIV does not have, slots that are unknown.
    pub fn load(path: &Path) -> io::Result<Self> {
        let card = Card::load(path)?;
        let mut keys = Vec::new();
        for stored in &card.keys {
            let slot = SLOTS.iter().find(|(name, ..)| *name == stored.slot);
            let slot = slot.ok_or_else(|| io::Error::other("unknown slot"))?;
            keys.push(SlotWithKey {
                reference: slot.1,
                object: slot.2,
                policy: slot.3,
                key: Key::parse(&decoded(&stored.key)?)?,
                certificate: decoded(&stored.certificate)?,
            });
        }
        Ok(Self {
            path: path.to_owned(),
            card,
            keys,
            channel: Channel::default(),
            selected: false,
            verified: false,
            just_verified: false,
        })
    }

    /// The answer to reset.
    pub fn atr(&self) -> Vec<u8> {
        mixed::decode_vec(&self.card.atr).unwrap_or_default()
    }

    /// Forgets everything that power kept.
    pub fn reset(&mut self) {
        self.channel = Channel::default();
        self.selected = false;
        self.log_out();
    }

    /// Whether this APDU asks for a signature, or is the first piece of one that does.
    pub fn is_signature(apdu: &[u8]) -> bool {
        matches!(apdu, [_, 0x87, ..])
    }

    /// Answers an APDU.
    pub fn answer(&mut self, apdu: &[u8]) -> Vec<u8> {
        let mut channel = std::mem::take(&mut self.channel);
        let answer = channel.answer(apdu, |command| self.carry_out(command));
        self.channel = channel;
        answer
    }

    fn carry_out(&mut self, command: &Command) -> Response {
        if command.instruction == 0xa4 {
            return self.select(command);
        }
        if !self.selected {
            return Err(UNKNOWN);
        }
        let outcome = match command.instruction {
            0x20 => self.verify(command),
            0x24 => self.change(command),
            0x2c => self.unblock(command),
            0x87 => self.sign(command),
            0xcb => self.data(&command.data),
            _ => Err(UNKNOWN),
        };
        // Counters survive whatever comes next.
        if [0x20, 0x24, 0x2c].contains(&command.instruction) {
            self.card.save(&self.path).map_err(|_| 0x6581_u16)?;
        }
        outcome
    }

    /// §3.1.1
    fn select(&mut self, command: &Command) -> Response {
        let ours = command.data.len() >= SHORT_AID && AID.starts_with(&command.data);
        if command.parameters != [4, 0] || !ours || self.keys.is_empty() {
            return Err(NOT_FOUND);
        }
        self.selected = true;
        let (provider, version) = AID.split_at(5);
        let authority = tlv(&[0x79], &tlv(&[0x4f], provider));
        Ok(tlv(&[0x61], &[tlv(&[0x4f], version), authority].concat()))
    }

    /// §3.1.2, part 1 §3.1, §3.2 and Appendix A
    fn data(&self, tag: &[u8]) -> Response {
        let padding: &[u8] = b"\xfe\x00";
        let object = match tag {
            DISCOVERY => {
                // The PIN of the application, and no other.
                let content = [tlv(&[0x4f], AID), tlv(b"\x5f\x2f", b"\x40\x00")];
                return Ok(tlv(&[0x7e], &content.concat()));
            }
            HOLDER => {
                let serial = mixed::decode_vec(&self.card.serial).unwrap_or_default();
                let [number, serial] = [tlv(&[0x30], NOBODYS_NUMBER), tlv(&[0x34], &serial)];
                let [expiry, signature] = [tlv(&[0x35], b"20991231"), tlv(&[0x3e], b"")];
                [&*number, &*serial, &*expiry, &*signature, padding].concat()
            }
            CAPABILITIES => {
                let card = tlv(&[0xf0], b"\xa0\x00\x00\x01\x16\xff\x02tamga-virtual!");
                let versions: &[u8] = b"\xf1\x01\x21\xf2\x01\x21\xf3\x00\xf4\x01\x00\xf5\x01\x10";
                let nothing: &[u8] = b"\xf6\x00\xf7\x00\xfa\x00\xfb\x00\xfc\x00\xfd\x00";
                [&*card, versions, nothing, padding].concat()
            }
            tag => {
                let slot = self.keys.iter().find(|slot| slot.object == tag);
                let slot = slot.ok_or(NOT_FOUND)?;
                let certificate = tlv(&[0x70], &slot.certificate);
                [&*certificate, b"\x71\x01\x00", padding].concat()
            }
        };
        Ok(tlv(&[0x53], &object))
    }

    /// §3.2.1
    fn verify(&mut self, command: &Command) -> Response {
        match (command.parameters, &*command.data) {
            ([0xff, PIN], []) => {
                self.log_out();
                Ok(Vec::new())
            }
            ([0, PIN], []) if self.verified => Ok(Vec::new()),
            ([0, PIN], []) => Err(left(&self.card.pin)),
            ([0, PIN], shown) => {
                let shown = pin(shown)?;
                self.log_out();
                show(&mut self.card.pin, &shown)?;
                self.verified = true;
                self.just_verified = true;
                Ok(Vec::new())
            }
            ([0 | 0xff, _], _) => Err(NO_SUCH_REFERENCE),
            _ => Err(WRONG_PARAMETERS),
        }
    }

    /// §3.2.2
    fn change(&mut self, command: &Command) -> Response {
        let (old, new) = two(&command.data)?;
        match command.parameters {
            [0, PIN] => {
                let (old, new) = (pin(old)?, pin(new)?);
                self.log_out();
                show(&mut self.card.pin, &old)?;
                self.card.pin.set(&new);
                self.verified = true;
                self.just_verified = true;
            }
            [0, PUK] => {
                let (old, new) = (puk(old)?, puk(new)?);
                show(&mut self.card.puk, &old)?;
                self.card.puk.set(&new);
            }
            _ => return Err(NO_SUCH_REFERENCE),
        }
        Ok(Vec::new())
    }

    /// §3.2.3
    fn unblock(&mut self, command: &Command) -> Response {
        if command.parameters != [0, PIN] {
            return Err(NO_SUCH_REFERENCE);
        }
        let (old, new) = two(&command.data)?;
        let (old, new) = (puk(old)?, pin(new)?);
        self.log_out();
        show(&mut self.card.puk, &old)?;
        self.card.pin.set(&new);
        Ok(Vec::new())
    }

    /// GENERAL AUTHENTICATE, §3.2.4, with a challenge and an empty response (part 2, Appendix A.4)
    fn sign(&mut self, command: &Command) -> Response {
        let [algorithm, reference] = command.parameters;
        let slot = self.keys.iter().find(|slot| slot.reference == reference);
        let slot = slot.filter(|slot| slot.key.algorithm() == algorithm);
        let slot = slot.ok_or(WRONG_PARAMETERS)?;
        let allowed = match slot.policy {
            Policy::EachTime => self.just_verified,
            Policy::Never => true,
            Policy::Once => self.verified,
        };
        self.just_verified = false;
        if !allowed {
            return Err(PIN_NOT_SHOWN);
        }
        let template = find(&command.data, 0x7c).ok_or(WRONG_DATA)?;
        if find(template, 0x82) != Some(b"") {
            return Err(WRONG_DATA);
        }
        let challenge = find(template, 0x81).ok_or(WRONG_DATA)?;
        let signature = slot.key.sign(challenge).ok_or(WRONG_DATA)?;
        Ok(tlv(&[0x7c], &tlv(&[0x82], &signature)))
    }

    fn log_out(&mut self) {
        self.verified = false;
        self.just_verified = false;
    }
}

/// How many tries are left, as a status.
fn left(reference: &Reference) -> Status {
    match reference.tries {
        0 => BLOCKED,
        tries => 0x63c0 | Status::from(tries),
    }
}

/// Shows a PIN or PUK. The wrong one that blocks it hears of no tries left; those after it that it is blocked.
fn show(reference: &mut Reference, value: &str) -> Result<(), Status> {
    if reference.tries == 0 {
        return Err(BLOCKED);
    }
    if reference.is(value) {
        return Ok(());
    }
    Err(0x63c0 | Status::from(reference.tries))
}

fn two(data: &[u8]) -> Result<(&[u8], &[u8]), Status> {
    if data.len() != 2 * PADDED {
        return Err(WRONG_LENGTH);
    }
    data.split_at_checked(PADDED).ok_or(WRONG_LENGTH)
}

/// Digits, then padding.
fn pin(padded: &[u8]) -> Result<String, Status> {
    let text = puk(padded)?;
    if text.len() < SHORTEST_PIN || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(WRONG_DATA);
    }
    Ok(text)
}

/// Bytes, then padding.
fn puk(padded: &[u8]) -> Result<String, Status> {
    if padded.len() != PADDED {
        return Err(WRONG_DATA);
    }
    let end = padded.iter().rposition(|byte| *byte != 0xff);
    let value = padded.iter().take(end.map_or(0, |end| end + 1));
    String::from_utf8(value.copied().collect()).map_err(|_| WRONG_DATA)
}

#[cfg(test)]
mod tests;
