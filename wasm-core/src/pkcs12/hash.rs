//! The hash functions of PKCS#12, and what is built of them: HMAC and two key derivations.

use super::{
    Pkcs12Error,
    structure::{Pbkdf2Parameters, parameters, unsupported},
};
use der::asn1::ObjectIdentifier;
use hmac::{EagerHash, Hmac, KeyInit, Mac};
use sha1::Sha1;
use sha2::{Sha224, Sha256, Sha384, Sha512, Sha512_224, Sha512_256};
use spki::AlgorithmIdentifierRef;
use zeroize::{Zeroize, Zeroizing};

/// How many rounds of key derivation one file may cost. Firefox writes files of 600 000 rounds a
/// derivation, with six or so of them; this many rounds take seconds.
const MAX_ROUNDS: u64 = 20_000_000;

const PBKDF2: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.5.12");

/// A hash function and what can be made of it.
pub(super) struct Hash {
    digest: ObjectIdentifier,
    hmac: ObjectIdentifier,
    /// The length of a digest in octets.
    pub(super) length: usize,
    derive: Derive,
    pbkdf2: fn(password: &[u8], salt: &[u8], rounds: u32, output: &mut [u8]),
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

/// What is left of [`MAX_ROUNDS`].
pub(super) struct Budget(u64);

pub(super) const SHA1: Hash = row::<Sha1>("1.3.14.3.2.26", "1.2.840.113549.2.7", 20);

const HASHES: [Hash; 7] = [
    SHA1,
    row::<Sha224>("2.16.840.1.101.3.4.2.4", "1.2.840.113549.2.8", 28),
    row::<Sha256>("2.16.840.1.101.3.4.2.1", "1.2.840.113549.2.9", 32),
    row::<Sha384>("2.16.840.1.101.3.4.2.2", "1.2.840.113549.2.10", 48),
    row::<Sha512>("2.16.840.1.101.3.4.2.3", "1.2.840.113549.2.11", 64),
    row::<Sha512_224>("2.16.840.1.101.3.4.2.5", "1.2.840.113549.2.12", 28),
    row::<Sha512_256>("2.16.840.1.101.3.4.2.6", "1.2.840.113549.2.13", 32),
];

const fn row<D: EagerHash>(digest: &str, hmac: &str, length: usize) -> Hash {
    Hash {
        digest: ObjectIdentifier::new_unwrap(digest),
        hmac: ObjectIdentifier::new_unwrap(hmac),
        length,
        derive: derive::<D>,
        pbkdf2: pbkdf2::pbkdf2_hmac::<D>,
        verify: verify::<D>,
    }
}

impl Hash {
    pub(super) fn by_digest(oid: &ObjectIdentifier) -> Result<&'static Self, Pkcs12Error> {
        find(|hash| hash.digest == *oid).ok_or_else(|| unsupported(oid))
    }

    pub(super) fn by_hmac(oid: &ObjectIdentifier) -> Result<&'static Self, Pkcs12Error> {
        find(|hash| hash.hmac == *oid).ok_or_else(|| unsupported(oid))
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

    /// Whether `tag` is the HMAC of `data`, compared in constant time.
    pub(super) fn verify(&self, key: &[u8], data: &[u8], tag: &[u8]) -> bool {
        (self.verify)(key, data, tag)
    }
}

impl Budget {
    pub(super) fn new() -> Self {
        Self(MAX_ROUNDS)
    }

    fn spend(&mut self, rounds: u32, blocks: usize) -> Result<(), Pkcs12Error> {
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
        budget.spend(rounds, length.div_ceil(self.prf.length))?;
        let mut output = Zeroizing::new(vec![0; length]);
        (self.prf.pbkdf2)(password, salt, rounds, &mut output);
        Ok(output)
    }
}

fn find(wanted: impl Fn(&Hash) -> bool) -> Option<&'static Hash> {
    static TABLE: [Hash; 7] = HASHES;
    TABLE.iter().find(|hash| wanted(hash))
}

fn verify<D: EagerHash>(key: &[u8], data: &[u8], tag: &[u8]) -> bool {
    // HMAC takes keys of any length.
    let mac = <Hmac<D> as KeyInit>::new_from_slice(key).ok();
    mac.is_some_and(|mac| mac.chain_update(data).verify_slice(tag).is_ok())
}

/// RFC 7292 §B.2; the letters are the standard's.
fn derive<D: EagerHash>(
    password: &[u8],
    salt: &[u8],
    purpose: Purpose,
    rounds: u32,
    output: &mut [u8],
) {
    let v = D::block_size();
    // 1. The diversifier.
    let id = match purpose {
        Purpose::Encryption => 1,
        Purpose::Initialisation => 2,
        Purpose::Authentication => 3,
    };
    let d = vec![id; v];
    // 2. to 4. Salt and password, each repeated to fill blocks.
    let mut i = Zeroizing::new([filled(salt, v), filled(password, v)].concat());
    // 5. and 6. For each piece of the output:
    for piece in output.chunks_mut(<D as sha2::Digest>::output_size()) {
        // A. Hash r times.
        let mut a = D::new().chain_update(&d).chain_update(&*i).finalize();
        for _ in 1..rounds {
            a = D::digest(&a);
        }
        piece.iter_mut().zip(&a).for_each(|(to, from)| *to = *from);
        // B. and C. Each block of I becomes (I + B + 1) mod 2^(8v), B being A repeated.
        let b = Zeroizing::new(filled_once(&a, v));
        i.chunks_mut(v).for_each(|block| add_with_one(block, &b));
        a.as_mut_slice().zeroize();
    }
}

/// `bytes` repeated to the next multiple of `block`; nothing stays nothing.
fn filled(bytes: &[u8], block: usize) -> Vec<u8> {
    filled_once(bytes, bytes.len().div_ceil(block) * block)
}

/// `bytes` repeated to `length`.
fn filled_once(bytes: &[u8], length: usize) -> Vec<u8> {
    bytes.iter().copied().cycle().take(length).collect()
}

fn add_with_one(block: &mut [u8], addend: &[u8]) {
    let mut carry = 1;
    for (to, from) in block.iter_mut().rev().zip(addend.iter().rev()) {
        let [high, low] = (u16::from(*to) + u16::from(*from) + carry).to_be_bytes();
        *to = low;
        carry = u16::from(high);
    }
}
