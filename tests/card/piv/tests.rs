use super::*;
use getrandom::{SysRng, rand_core::UnwrapErr};
use p256::ecdsa::{Signature, SigningKey, signature::hazmat::PrehashVerifier as _};
use pkcs8::EncodePrivateKey as _;
use rsa::{BoxedUint, RsaPrivateKey, hazmat::rsa_encrypt, traits::PublicKeyParts as _};
use std::{env, fs, process};

const SELECT: &[u8] = b"\x00\xa4\x04\x00\x09\xa0\x00\x00\x03\x08\x00\x00\x10\x00\x00";
const RIGHT: &[u8] = b"123456\xff\xff";
const WRONG: &[u8] = b"654321\xff\xff";

/// A card in a file that goes with it.
struct Given {
    piv: Piv,
    path: PathBuf,
}

impl Given {
    fn new(name: &str, keys: &[(&str, &[u8])]) -> Self {
        let path = env::temp_dir().join(format!("virtual-card-{}-{name}", process::id()));
        let card = Card::new().unwrap();
        let keys = keys.iter();
        let card = keys.fold(card, |card, (slot, key)| card.with(slot, key, b"\x30\0"));
        card.save(&path).unwrap();
        let mut piv = Piv::load(&path).unwrap();
        assert!(piv.answer(SELECT).ends_with(&[0x90, 0]));
        Self { piv, path }
    }

    /// The status of VERIFY with this.
    fn verify(&mut self, pin: &[u8]) -> [u8; 2] {
        self.status(&[b"\x00\x20\x00\x80\x08", pin].concat())
    }

    fn status(&mut self, apdu: &[u8]) -> [u8; 2] {
        *self.piv.answer(apdu).last_chunk().unwrap()
    }

    /// What GENERAL AUTHENTICATE gives.
    fn sign(&mut self, algorithm: u8, slot: u8, challenge: &[u8]) -> Response {
        let template = [tlv(&[0x82], b""), tlv(&[0x81], challenge)].concat();
        let command = Command {
            instruction: 0x87,
            parameters: [algorithm, slot],
            data: tlv(&[0x7c], &template),
        };
        let response = self.piv.carry_out(&command)?;
        Ok(find(find(&response, 0x7c).unwrap(), 0x82).unwrap().to_vec())
    }
}

impl Drop for Given {
    fn drop(&mut self) {
        fs::remove_file(&self.path).unwrap();
    }
}

fn p256() -> (SigningKey, Vec<u8>) {
    let key = SigningKey::from_slice(&[7; 32]).unwrap();
    let pkcs8 = key.to_pkcs8_der().unwrap().as_bytes().to_vec();
    (key, pkcs8)
}

#[test]
fn wrong_pins_lock_the_card_and_the_puk_unlocks_it() {
    let (_, key) = p256();
    let mut card = Given::new("pin", &[("9a", &key)]);
    let tries = b"\x00\x20\x00\x80";
    assert_eq!(card.status(tries), [0x63, 0xc3]);
    // What cannot be a PIN costs no try.
    assert_eq!(card.verify(b"12345\xff\xff\xff"), [0x6a, 0x80]);
    assert_eq!(card.verify(WRONG), [0x63, 0xc2]);
    assert_eq!(card.verify(RIGHT), [0x90, 0]);
    assert_eq!(card.status(tries), [0x90, 0]);
    assert_eq!(card.status(b"\x00\x20\xff\x80"), [0x90, 0]);
    for left in [2, 1, 0] {
        assert_eq!(card.verify(WRONG), [0x63, 0xc0 | left]);
    }
    assert_eq!(card.verify(RIGHT), [0x69, 0x83]);

    let mut later = Piv::load(&card.path).unwrap();
    later.answer(SELECT);
    assert_eq!(later.answer(tries), [0x69, 0x83]);
    let unblock = |puk: &[u8]| [b"\x00\x2c\x00\x80\x10", puk, b"22222222"].concat();
    assert_eq!(later.answer(&unblock(b"00000000")), [0x63, 0xc2]);
    assert_eq!(later.answer(&unblock(b"12345678")), [0x90, 0]);
    assert_eq!(later.answer(tries), [0x63, 0xc3]);
    assert_eq!(Card::load(&card.path).unwrap().pin.value, "22222222");
}

#[test]
fn a_pin_is_changed_by_who_knows_it() {
    let (_, key) = p256();
    let mut card = Given::new("change", &[("9a", &key)]);
    let change = |old: &[u8], new: &[u8]| [b"\x00\x24\x00\x80\x10", old, new].concat();
    assert_eq!(card.status(&change(WRONG, RIGHT)), [0x63, 0xc2]);
    assert_eq!(
        card.status(&change(RIGHT, b"12\xff\xff\xff\xff\xff\xff")),
        [0x6a, 0x80]
    );
    assert_eq!(card.status(&change(RIGHT, b"87654321")), [0x90, 0]);
    assert_eq!(Card::load(&card.path).unwrap().pin.value, "87654321");
    assert_eq!(Card::load(&card.path).unwrap().pin.tries, 3);
}

#[test]
fn each_key_asks_for_the_pin_as_it_should() {
    let (key, pkcs8) = p256();
    let slots = ["9a", "9c", "9e"].map(|slot| (slot, &*pkcs8));
    let mut card = Given::new("keys", &slots);
    let digest = [9; 32];
    assert_eq!(card.sign(0x11, 0x9a, &digest), Err(PIN_NOT_SHOWN));
    let signature = card.sign(0x11, 0x9e, &digest).unwrap();
    let signature = Signature::from_der(&signature).unwrap();
    key.verifying_key()
        .verify_prehash(&digest, &signature)
        .unwrap();
    assert_eq!(card.verify(RIGHT), [0x90, 0]);
    assert!(card.sign(0x11, 0x9c, &digest).is_ok());
    assert_eq!(card.sign(0x11, 0x9c, &digest), Err(PIN_NOT_SHOWN));
    assert!((0..2).all(|_| card.sign(0x11, 0x9a, &digest).is_ok()));
    assert_eq!(card.sign(0x07, 0x9a, &digest), Err(WRONG_PARAMETERS));
    assert_eq!(card.sign(0x11, 0x9d, &digest), Err(WRONG_PARAMETERS));
    card.piv.reset();
    assert_eq!(card.status(b"\x00\x20\x00\x80"), [0x6d, 0]);
}

#[test]
fn rsa_is_the_bare_operation() {
    let key = RsaPrivateKey::new(&mut UnwrapErr(SysRng), 2048).unwrap();
    let pkcs8 = key.to_pkcs8_der().unwrap();
    let mut card = Given::new("rsa", &[("9e", pkcs8.as_bytes())]);
    let block = [0; 1].into_iter().chain([3; 255]).collect::<Vec<u8>>();
    let signature = card.sign(0x07, 0x9e, &block).unwrap();
    let signature = BoxedUint::from_be_slice(&signature, 2048).unwrap();
    let opened = rsa_encrypt(&key.to_public_key(), &signature).unwrap();
    assert_eq!(*opened.to_be_bytes(), *block);
    assert_eq!(key.size(), block.len());
    assert_eq!(card.sign(0x07, 0x9e, &block[1..]), Err(WRONG_DATA));
}

#[test]
fn objects_are_read_and_other_cards_have_none() {
    let (_, key) = p256();
    let mut card = Given::new("objects", &[("9a", &key)]);
    let read = |tag: &[u8]| {
        let data = tlv(&[0x5c], tag);
        let length = u8::try_from(data.len()).unwrap();
        [b"\x00\xcb\x3f\xff", [length].as_slice(), &*data, &[0]].concat()
    };
    for (tag, found) in [
        (&b"\x7e"[..], true),
        (b"\x5f\xc1\x02", true),
        (b"\x5f\xc1\x05", true),
        (b"\x5f\xc1\x07", true),
        (b"\x5f\xc1\x0a", false),
    ] {
        assert_eq!(card.status(&read(tag)) == [0x90, 0], found, "{tag:x?}");
    }
    let nothing = env::temp_dir().join(format!("virtual-card-{}-none", process::id()));
    Card::new().unwrap().save(&nothing).unwrap();
    let mut other = Piv::load(&nothing).unwrap();
    assert_eq!(other.answer(SELECT), [0x6a, 0x82]);
    fs::remove_file(nothing).unwrap();
}
