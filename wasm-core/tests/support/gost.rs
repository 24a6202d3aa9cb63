//! Certificates and signatures of Russian kind that the tests make: GOST R 34.10-2012 with 256 bits.

#![allow(
    clippy::unwrap_used,
    reason = "what cannot be written here fails the test"
)]

use super::der::{Tag, der, octets, oid, sequence};
use gost3410::{Curve, Encoding, SigningKey};
use p256::ecdsa::signature::{
    Keypair as _,
    hazmat::RandomizedPrehashSigner as _,
    rand_core::{Infallible, TryCryptoRng, TryRng},
};
use tamga_core::{algorithm::DigestAlgorithm, certificate::Certificate};

/// A key of the tests: any number but 0.
pub(crate) fn key(number: u8) -> SigningKey {
    SigningKey::from_le_bytes(Curve::CryptoProA, &[number; 32]).unwrap()
}

/// Nonces are made of the key and the digest, too, so that nothing has to be random.
struct Stuck;

impl TryRng for Stuck {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok(0)
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        Ok(0)
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        bytes.fill(0);
        Ok(())
    }
}

impl TryCryptoRng for Stuck {}

/// The signature of a text, s‖r, as certificates, CMS and XML have it.
pub(crate) fn sign(number: u8, text: &[u8]) -> Vec<u8> {
    let digest = DigestAlgorithm::Streebog256.digest(text).bytes();
    let signature = key(number).sign_prehash_with_rng(&mut Stuck, &digest);
    let signature = signature.unwrap().to_bytes(Encoding::Russian);
    signature.as_ref().to_vec()
}

/// What a certificate is to say.
pub(crate) struct Made {
    /// Common name.
    pub(crate) subject: &'static str,
    pub(crate) issuer: &'static str,
    /// ОГРН of the subject.
    pub(crate) ogrn: &'static str,
    pub(crate) key: u8,
    pub(crate) issuer_key: u8,
    pub(crate) is_authority: bool,
}

fn name(common: &str, ogrn: &str) -> Vec<u8> {
    let attribute = |kind: &str, tag: u8, value: &str| {
        let length = u8::try_from(value.len()).unwrap();
        let value = [&[tag, length], value.as_bytes()].concat();
        der(Tag::Set, &[&sequence(&[&oid(kind), &value])])
    };
    sequence(&[
        &attribute("2.5.4.3", 0x0c, common),
        &attribute("1.2.643.100.1", 0x12, ogrn),
    ])
}

fn bits(content: &[u8]) -> Vec<u8> {
    let mut string = octets(&[&[0], content].concat());
    *string.first_mut().unwrap() = 3;
    string
}

/// The ОГРН of the authorities that issue, which is part of their names.
pub(crate) const MINISTRY: &str = "1047702026701";

impl Made {
    pub(crate) fn certificate(&self) -> Certificate {
        let algorithm = sequence(&[&oid("1.2.643.7.1.1.3.2")]);
        let point = key(self.key).verifying_key().to_bytes();
        let key_algorithm = sequence(&[
            &oid("1.2.643.7.1.1.1.1"),
            &sequence(&[&oid("1.2.643.2.2.35.1"), &oid("1.2.643.7.1.1.2.2")]),
        ]);
        let constraints = sequence(&[&[1, 1, 0xff]]);
        let extensions = match self.is_authority {
            true => sequence(&[&oid("2.5.29.19"), &[1, 1, 0xff], &octets(&constraints)]),
            false => sequence(&[&oid("2.5.29.15"), &octets(&[3, 2, 6, 0xc0])]),
        };
        let time = |text: &str| [&[0x17, 13], text.as_bytes()].concat();
        let tbs = sequence(&[
            &der(Tag::Explicit(0), &[&[2, 1, 2]]),
            &der(Tag::Integer, &[&[self.key]]),
            &algorithm,
            &name(self.issuer, MINISTRY),
            &sequence(&[&time("250101000000Z"), &time("350101000000Z")]),
            &name(self.subject, self.ogrn),
            &sequence(&[&key_algorithm, &bits(&octets(point.as_ref()))]),
            &der(Tag::Explicit(3), &[&sequence(&[&extensions])]),
        ]);
        let signature = sign(self.issuer_key, &tbs);
        let der = sequence(&[&tbs, &algorithm, &bits(&signature)]);
        Certificate::parse(&der).unwrap()
    }
}
