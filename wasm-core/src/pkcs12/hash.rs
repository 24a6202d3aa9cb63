//! The hash functions of PKCS#12, and what is built of them: HMAC and two key derivations.

use super::{
    Pkcs12Error,
    structure::{Pbkdf2Parameters, parameters, unsupported},
};
use blake2::Blake2b512;
use der::asn1::ObjectIdentifier;
use gost3410::{
    Gost94CryptoPro,
    streebog::{Streebog256, Streebog512},
};
use hmac::{
    EagerHash, Hmac, KeyInit, Mac, SimpleHmac,
    digest::{Digest, FixedOutput, Update, block_api::BlockSizeUser},
};
use sha1::Sha1;
use sha2::{Sha224, Sha256, Sha384, Sha512, Sha512_224, Sha512_256};
use spki::AlgorithmIdentifierRef;
use zeroize::{Zeroize, Zeroizing};

/// How many rounds of key derivation one file may cost. Firefox writes files of 600 000 rounds a
/// derivation, with six or so of them; this many rounds take seconds.
const MAX_ROUNDS: u64 = 20_000_000;

pub(super) const PBKDF2: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.5.12");

/// A hash function and what can be made of it.
pub(super) struct Hash {
    pub(super) digest: ObjectIdentifier,
    /// `None` where no OID names its HMAC.
    pub(super) hmac: Option<ObjectIdentifier>,
    /// The length of a digest in octets.
    pub(super) length: usize,
    /// How the key of a file's MAC is derived, the likeliest way first.
    pub(super) mac_keys: &'static [MacKey],
    derive: Derive,
    pbkdf2: fn(password: &[u8], salt: &[u8], rounds: u32, output: &mut [u8]),
    authenticate: fn(key: &[u8], data: &[u8]) -> Vec<u8>,
    verify: fn(key: &[u8], data: &[u8], tag: &[u8]) -> bool,
}

type Derive = fn(password: &[u8], salt: &[u8], purpose: Purpose, rounds: u32, output: &mut [u8]);

/// What a key is derived for (RFC 7292 §B.3).
#[derive(Clone, Copy)]
pub(super) enum Purpose {
    Encryption,
    Initialisation,
    Authentication,
}

/// How the key of a MAC comes out of the password.
#[derive(Clone, Copy)]
pub(super) enum MacKey {
    /// RFC 7292 §B.4.
    Pkcs12,
    /// RFC 9548 §3, R 50.1.112-2016: the end of what PBKDF2 gives.
    Tc26,
}

/// What is left of [`MAX_ROUNDS`].
pub(super) struct Budget(u64);

pub(super) static SHA1: Hash = sha::<Sha1>("1.3.14.3.2.26", "1.2.840.113549.2.7", 20);

pub(super) static SHA256: Hash = sha::<Sha256>("2.16.840.1.101.3.4.2.1", "1.2.840.113549.2.9", 32);
pub(super) static STREEBOG512: Hash =
    gost::<Streebog512>("1.2.643.7.1.1.2.3", "1.2.643.7.1.1.4.2", 64);

static HASHES: [&Hash; 11] = [
    &SHA1,
    &sha::<Sha224>("2.16.840.1.101.3.4.2.4", "1.2.840.113549.2.8", 28),
    &SHA256,
    &sha::<Sha384>("2.16.840.1.101.3.4.2.2", "1.2.840.113549.2.10", 48),
    &sha::<Sha512>("2.16.840.1.101.3.4.2.3", "1.2.840.113549.2.11", 64),
    &sha::<Sha512_224>("2.16.840.1.101.3.4.2.5", "1.2.840.113549.2.12", 28),
    &sha::<Sha512_256>("2.16.840.1.101.3.4.2.6", "1.2.840.113549.2.13", 32),
    &row::<Blake2b512, SimpleHmac<Blake2b512>>("1.3.6.1.4.1.1722.12.2.1.16", None, 64),
    &STREEBOG512,
    &gost::<Streebog256>("1.2.643.7.1.1.2.2", "1.2.643.7.1.1.4.1", 32),
    &gost::<Gost94CryptoPro>("1.2.643.2.2.9", "1.2.643.2.2.10", 32),
];

const fn sha<D: EagerHash>(digest: &str, hmac: &str, length: usize) -> Hash {
    let hmac = ObjectIdentifier::new_unwrap(hmac);
    row::<D, Hmac<D>>(digest, Some(hmac), length)
}

/// The standards of Russia have a key derivation of their own, which writers came to late.
const fn gost<D: EagerHash>(digest: &str, hmac: &str, length: usize) -> Hash {
    Hash {
        mac_keys: &[MacKey::Tc26, MacKey::Pkcs12],
        ..sha::<D>(digest, hmac, length)
    }
}

/// A keyed hash in the shape that PBKDF2 takes.
trait Keyed: KeyInit + Mac + Update + FixedOutput + Clone {}
impl<M: KeyInit + Mac + Update + FixedOutput + Clone> Keyed for M {}

/// `M` is the HMAC of `D`.
const fn row<D, M>(digest: &str, hmac: Option<ObjectIdentifier>, length: usize) -> Hash
where
    D: Digest + BlockSizeUser,
    M: Keyed,
{
    Hash {
        digest: ObjectIdentifier::new_unwrap(digest),
        hmac,
        length,
        mac_keys: &[MacKey::Pkcs12],
        derive: derive::<D>,
        pbkdf2: pbkdf2::<M>,
        authenticate: authenticate::<M>,
        verify: verify::<M>,
    }
}

impl Hash {
    pub(super) fn by_digest(oid: &ObjectIdentifier) -> Result<&'static Self, Pkcs12Error> {
        find(|hash| hash.digest == *oid).ok_or_else(|| unsupported(oid))
    }

    pub(super) fn by_hmac(oid: &ObjectIdentifier) -> Result<&'static Self, Pkcs12Error> {
        find(|hash| hash.hmac == Some(*oid)).ok_or_else(|| unsupported(oid))
    }

    /// RFC 7292 §B.2: `length` octets for `purpose`.
    pub(super) fn derive(
        &self,
        password: &[u8],
        salt: &[u8],
        purpose: Purpose,
        rounds: u32,
        length: usize,
        budget: &mut Budget,
    ) -> Result<Zeroizing<Vec<u8>>, Pkcs12Error> {
        budget.spend(rounds, length.div_ceil(self.length))?;
        let mut output = Zeroizing::new(vec![0; length]);
        (self.derive)(password, salt, purpose, rounds, &mut output);
        Ok(output)
    }

    /// PBKDF2 (RFC 8018 §5.2) with this hash's HMAC: `length` octets.
    pub(super) fn pbkdf2(
        &self,
        password: &[u8],
        salt: &[u8],
        rounds: u32,
        length: usize,
        budget: &mut Budget,
    ) -> Result<Zeroizing<Vec<u8>>, Pkcs12Error> {
        budget.spend(rounds, length.div_ceil(self.length))?;
        let mut output = Zeroizing::new(vec![0; length]);
        (self.pbkdf2)(password, salt, rounds, &mut output);
        Ok(output)
    }

    /// The HMAC of `data`.
    pub(super) fn authenticate(&self, key: &[u8], data: &[u8]) -> Vec<u8> {
        (self.authenticate)(key, data)
    }

    /// Whether `tag` is the HMAC of `data`, compared in constant time.
    pub(super) fn verify(&self, key: &[u8], data: &[u8], tag: &[u8]) -> bool {
        (self.verify)(key, data, tag)
    }
}

impl Budget {
    pub(super) fn new() -> Self {
        Self(MAX_ROUNDS)
    }

    pub(super) fn spend(&mut self, rounds: u32, blocks: usize) -> Result<(), Pkcs12Error> {
        if rounds == 0 {
            return Err(Pkcs12Error::Malformed("iterations"));
        }
        let blocks = u64::try_from(blocks).map_err(|_| Pkcs12Error::TooCostly)?;
        let left = self.0.checked_sub(u64::from(rounds) * blocks);
        self.0 = left.ok_or(Pkcs12Error::TooCostly)?;
        Ok(())
    }
}

/// A key derivation of PKCS#5, which can only be PBKDF2 (RFC 8018 §5.2).
pub(super) struct Pbkdf2<'a> {
    parameters: Pbkdf2Parameters<'a>,
    prf: &'static Hash,
}

impl<'a> Pbkdf2<'a> {
    pub(super) fn read(algorithm: &AlgorithmIdentifierRef<'a>) -> Result<Self, Pkcs12Error> {
        if algorithm.oid != PBKDF2 {
            return Err(unsupported(&algorithm.oid));
        }
        let parameters: Pbkdf2Parameters<'a> = parameters(algorithm, "key derivation")?;
        let prf = match &parameters.prf {
            Some(prf) => Hash::by_hmac(&prf.oid)?,
            None => &SHA1,
        };
        Ok(Self { parameters, prf })
    }

    /// How long the parameters say the key is, in octets.
    pub(super) fn key_length(&self) -> Option<usize> {
        let length = self.parameters.key_length?;
        // A length beyond this computer's numbers is as wrong as the largest one.
        Some(usize::try_from(length).unwrap_or(usize::MAX))
    }

    pub(super) fn derive(
        &self,
        password: &[u8],
        length: usize,
        budget: &mut Budget,
    ) -> Result<Zeroizing<Vec<u8>>, Pkcs12Error> {
        let (salt, rounds) = (self.parameters.salt.as_bytes(), self.parameters.iterations);
        self.prf.pbkdf2(password, salt, rounds, length, budget)
    }
}

fn find(wanted: impl Fn(&Hash) -> bool) -> Option<&'static Hash> {
    HASHES.into_iter().find(|hash| wanted(hash))
}

fn pbkdf2<M: Keyed>(password: &[u8], salt: &[u8], rounds: u32, output: &mut [u8]) {
    // HMAC takes keys of any length.
    let _ = pbkdf2::pbkdf2::<M>(password, salt, rounds, output);
}

fn authenticate<M: Keyed>(key: &[u8], data: &[u8]) -> Vec<u8> {
    let mac = <M as KeyInit>::new_from_slice(key).ok();
    mac.map(|mac| {
        Mac::chain_update(mac, data)
            .finalize()
            .into_bytes()
            .to_vec()
    })
    .unwrap_or_default()
}

fn verify<M: Keyed>(key: &[u8], data: &[u8], tag: &[u8]) -> bool {
    let mac = <M as KeyInit>::new_from_slice(key).ok();
    mac.is_some_and(|mac| Mac::chain_update(mac, data).verify_slice(tag).is_ok())
}

/// RFC 7292 §B.2; the letters are the standard's.
fn derive<D: Digest + BlockSizeUser>(
    password: &[u8],
    salt: &[u8],
    purpose: Purpose,
    rounds: u32,
    output: &mut [u8],
) {
    let v = <D as BlockSizeUser>::block_size();
    // 1. The diversifier.
    let id = match purpose {
        Purpose::Encryption => 1,
        Purpose::Initialisation => 2,
        Purpose::Authentication => 3,
    };
    let d = vec![id; v];
    // 2. to 4. Salt and password, each repeated to fill blocks.
    let [s, p] = [salt, password].map(|text| text.len().next_multiple_of(v));
    let mut i = Zeroizing::new(Vec::with_capacity(s + p));
    i.extend(repeated(salt, s).chain(repeated(password, p)));
    // 5. and 6. For each piece of the output:
    for piece in output.chunks_mut(<D as Digest>::output_size()) {
        // A. Hash r times.
        let mut a = D::new().chain_update(&d).chain_update(&*i).finalize();
        for _ in 1..rounds {
            a = D::digest(&a);
        }
        piece.iter_mut().zip(&a).for_each(|(to, from)| *to = *from);
        // B. and C. Each block of I becomes (I + B + 1) mod 2^(8v), B being A repeated.
        let b = Zeroizing::new(repeated(&a, v).collect::<Vec<u8>>());
        i.chunks_mut(v).for_each(|block| add_with_one(block, &b));
        a.as_mut_slice().zeroize();
    }
}

/// `bytes` over and over, `length` octets of it; nothing stays nothing.
fn repeated(bytes: &[u8], length: usize) -> impl Iterator<Item = u8> {
    bytes.iter().copied().cycle().take(length)
}

fn add_with_one(block: &mut [u8], addend: &[u8]) {
    let mut carry = 1;
    for (to, from) in block.iter_mut().rev().zip(addend.iter().rev()) {
        let [high, low] = (u16::from(*to) + u16::from(*from) + carry).to_be_bytes();
        *to = low;
        carry = u16::from(high);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn derived(hash: &Hash, purpose: Purpose, length: usize) -> Vec<u8> {
        let password: Vec<u8> = "смэ\0".encode_utf16().flat_map(u16::to_be_bytes).collect();
        let mut budget = Budget::new();
        let key = hash.derive(
            &password,
            b"salt, and more",
            purpose,
            3,
            length,
            &mut budget,
        );
        key.unwrap().to_vec()
    }

    /// RFC 7292 has no vectors. These are the last octets of 70 that OpenSSL derives (`openssl kdf
    /// -keylen 70 … PKCS12KDF`): four blocks of SHA-1, two of SHA-512.
    #[test]
    fn keys_are_derived_as_openssl_does() {
        use Purpose::{Authentication, Encryption, Initialisation};
        let sha512 = HASHES[4];
        for (hash, purpose, end) in [
            (&SHA1, Encryption, [0xf3, 0x58, 0xca]),
            (&SHA1, Initialisation, [0x4c, 0x61, 0x81]),
            (&SHA1, Authentication, [0x7b, 0xac, 0x10]),
            (sha512, Encryption, [0x4f, 0x14, 0x3c]),
            (sha512, Initialisation, [0xde, 0xf8, 0xfc]),
            (sha512, Authentication, [0xa3, 0xae, 0x3f]),
        ] {
            assert_eq!(derived(hash, purpose, 70)[67..], end);
        }
    }

    #[test]
    fn a_budget_is_spent_by_rounds_and_blocks() {
        let mut budget = Budget::new();
        assert_eq!(
            budget.spend(0, 1),
            Err(Pkcs12Error::Malformed("iterations"))
        );
        assert_eq!(budget.spend(10_000_000, 2), Ok(()));
        assert_eq!(budget.spend(1, 1), Err(Pkcs12Error::TooCostly));
    }
}
