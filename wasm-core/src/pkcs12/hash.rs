//! The table of hash functions of PKCS#12, with the HMAC and the key derivations that are made of each.

mod derivation;
#[cfg(test)]
mod tests;

pub(super) use derivation::Purpose;

use super::{
    budget::{Budget, Cancel},
    error::Pkcs12Error,
    structure::unsupported,
};
use blake2::Blake2b512;
use der::asn1::ObjectIdentifier;
use derivation::{Keyed, derive, pbkdf1, pbkdf2};
use gost3410::{
    Gost94CryptoPro,
    streebog::{Streebog256, Streebog512},
};
use hmac::{
    EagerHash, Hmac, KeyInit, Mac, SimpleHmac,
    digest::{Digest, block_api::BlockSizeUser},
};
use md5::Md5;
use sha1::Sha1;
use sha2::{Sha224, Sha256, Sha384, Sha512, Sha512_224, Sha512_256};
use zeroize::Zeroizing;

/// A hash function, its HMAC and its key derivations.
pub(super) struct Hash {
    pub(super) digest: ObjectIdentifier,
    /// `None` where no OID names its HMAC.
    pub(super) hmac: Option<ObjectIdentifier>,
    /// The length of a digest in octets.
    pub(super) length: usize,
    /// How the key of a file's MAC is derived, the likeliest way first.
    pub(super) mac_keys: &'static [MacKey],
    cost: Cost,
    derive: Derive,
    pbkdf1: Pbkdf,
    pbkdf2: Pbkdf,
    authenticate: fn(key: &[u8], data: &[u8]) -> Vec<u8>,
    verify: fn(key: &[u8], data: &[u8], tag: &[u8]) -> bool,
}

/// The time of a round, in nanoseconds, on a computer of 2015 without instructions for hashing; the test
/// `what_key_derivations_cost` measures it.
#[derive(Clone, Copy)]
struct Cost {
    /// Of RFC 7292 §B.2 and of PBKDF1: a hash of a hash.
    hash: u32,
    /// Of PBKDF2: an HMAC.
    hmac: u32,
}

type Derive = fn(
    password: &[u8],
    salt: &[u8],
    purpose: Purpose,
    rounds: u32,
    output: &mut [u8],
    cancel: &Cancel,
) -> Result<(), Pkcs12Error>;

type Pbkdf = fn(
    password: &[u8],
    salt: &[u8],
    rounds: u32,
    output: &mut [u8],
    cancel: &Cancel,
) -> Result<(), Pkcs12Error>;

/// How the key of a MAC is derived from the password.
#[derive(Clone, Copy)]
pub(super) enum MacKey {
    /// RFC 7292 §B.4.
    Pkcs12,
    /// RFC 9548 §3, R 50.1.112-2016: the end of what PBKDF2 gives.
    Tc26,
}

pub(super) static MD5: Hash = sha::<Md5>(
    "1.2.840.113549.2.5",
    "1.2.840.113549.2.6",
    16,
    cost(150, 300),
);
pub(super) static SHA1: Hash =
    sha::<Sha1>("1.3.14.3.2.26", "1.2.840.113549.2.7", 20, cost(150, 300));
pub(super) static SHA256: Hash = sha::<Sha256>(
    "2.16.840.1.101.3.4.2.1",
    "1.2.840.113549.2.9",
    32,
    cost(350, 600),
);
pub(super) static STREEBOG512: Hash = gost::<Streebog512>(
    "1.2.643.7.1.1.2.3",
    "1.2.643.7.1.1.4.2",
    64,
    cost(20_000, 40_000),
);
/// CryptoPro's own scheme has it too.
pub(super) static GOST94: Hash =
    gost::<Gost94CryptoPro>("1.2.643.2.2.9", "1.2.643.2.2.10", 32, cost(6_000, 12_000));

static HASHES: [&Hash; 12] = [
    &SHA1,
    &sha::<Sha224>(
        "2.16.840.1.101.3.4.2.4",
        "1.2.840.113549.2.8",
        28,
        cost(350, 600),
    ),
    &SHA256,
    &sha::<Sha384>(
        "2.16.840.1.101.3.4.2.2",
        "1.2.840.113549.2.10",
        48,
        cost(350, 850),
    ),
    &sha::<Sha512>(
        "2.16.840.1.101.3.4.2.3",
        "1.2.840.113549.2.11",
        64,
        cost(350, 850),
    ),
    &sha::<Sha512_224>(
        "2.16.840.1.101.3.4.2.5",
        "1.2.840.113549.2.12",
        28,
        cost(350, 850),
    ),
    &sha::<Sha512_256>(
        "2.16.840.1.101.3.4.2.6",
        "1.2.840.113549.2.13",
        32,
        cost(350, 850),
    ),
    &row::<Blake2b512, SimpleHmac<Blake2b512>>(
        "1.3.6.1.4.1.1722.12.2.1.16",
        None,
        64,
        cost(200, 850),
    ),
    &STREEBOG512,
    &gost::<Streebog256>(
        "1.2.643.7.1.1.2.2",
        "1.2.643.7.1.1.4.1",
        32,
        cost(20_000, 35_000),
    ),
    &GOST94,
    &MD5,
];

const fn cost(hash: u32, hmac: u32) -> Cost {
    Cost { hash, hmac }
}

const fn sha<D: EagerHash>(digest: &str, hmac: &str, length: usize, cost: Cost) -> Hash {
    let hmac = ObjectIdentifier::new_unwrap(hmac);
    row::<D, Hmac<D>>(digest, Some(hmac), length, cost)
}

/// R 50.1.112-2016 derives MAC keys in its own way; older files with these hashes use that of PKCS#12.
const fn gost<D: EagerHash>(digest: &str, hmac: &str, length: usize, cost: Cost) -> Hash {
    Hash {
        mac_keys: &[MacKey::Tc26, MacKey::Pkcs12],
        ..sha::<D>(digest, hmac, length, cost)
    }
}

/// `M` is the HMAC of `D`.
const fn row<D, M>(digest: &str, hmac: Option<ObjectIdentifier>, length: usize, cost: Cost) -> Hash
where
    D: Digest + BlockSizeUser,
    M: Keyed,
{
    Hash {
        digest: ObjectIdentifier::new_unwrap(digest),
        hmac,
        length,
        mac_keys: &[MacKey::Pkcs12],
        cost,
        derive: derive::<D>,
        pbkdf1: pbkdf1::<D>,
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
        budget: &mut Budget<'_>,
    ) -> Result<Zeroizing<Vec<u8>>, Pkcs12Error> {
        let blocks = length.div_ceil(self.length);
        budget.derive(self.cost.hash, rounds, blocks, salt.len())?;
        let mut output = Zeroizing::new(vec![0; length]);
        (self.derive)(
            password,
            salt,
            purpose,
            rounds,
            &mut output,
            budget.cancel(),
        )?;
        Ok(output)
    }

    /// PBKDF2 (RFC 8018 §5.2) with this hash's HMAC: `length` octets.
    pub(super) fn pbkdf2(
        &self,
        password: &[u8],
        salt: &[u8],
        rounds: u32,
        length: usize,
        budget: &mut Budget<'_>,
    ) -> Result<Zeroizing<Vec<u8>>, Pkcs12Error> {
        let blocks = length.div_ceil(self.length);
        budget.derive(self.cost.hmac, rounds, blocks, salt.len())?;
        let mut output = Zeroizing::new(vec![0; length]);
        (self.pbkdf2)(password, salt, rounds, &mut output, budget.cancel())?;
        Ok(output)
    }

    /// PBKDF1 (RFC 8018 §5.1): `length` octets, at most a digest.
    pub(super) fn pbkdf1(
        &self,
        password: &[u8],
        salt: &[u8],
        rounds: u32,
        length: usize,
        budget: &mut Budget<'_>,
    ) -> Result<Zeroizing<Vec<u8>>, Pkcs12Error> {
        budget.derive(self.cost.hash, rounds, 1, salt.len())?;
        let mut output = Zeroizing::new(vec![0; length]);
        (self.pbkdf1)(password, salt, rounds, &mut output, budget.cancel())?;
        Ok(output)
    }

    /// Charges the budget for a derivation with this hash that another file implements.
    pub(super) fn charge(
        &self,
        rounds: u32,
        salt: usize,
        budget: &mut Budget<'_>,
    ) -> Result<(), Pkcs12Error> {
        // The salt is hashed in each of them.
        let octets = usize::try_from(rounds)
            .unwrap_or(usize::MAX)
            .saturating_mul(salt);
        budget.derive(self.cost.hash, rounds, 1, octets)
    }

    /// Charges the budget for an HMAC over `octets` octets.
    pub(super) fn charge_hmac(
        &self,
        octets: usize,
        budget: &mut Budget<'_>,
    ) -> Result<(), Pkcs12Error> {
        budget.hash(self.cost.hash, octets)
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

fn find(wanted: impl Fn(&Hash) -> bool) -> Option<&'static Hash> {
    HASHES.into_iter().find(|hash| wanted(hash))
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
