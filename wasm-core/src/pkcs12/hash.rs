//! The hash functions of PKCS#12, and what is built of them: HMAC and two key derivations.

use super::{
    Pkcs12Error,
    budget::{Budget, Cancel, ROUNDS_BETWEEN_CHECKS},
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
use md5::Md5;
use sha1::Sha1;
use sha2::{Sha224, Sha256, Sha384, Sha512, Sha512_224, Sha512_256};
use spki::AlgorithmIdentifierRef;
use zeroize::{Zeroize, Zeroizing};

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
    cost: Cost,
    derive: Derive,
    pbkdf1: Pbkdf,
    pbkdf2: Pbkdf,
    authenticate: fn(key: &[u8], data: &[u8]) -> Vec<u8>,
    verify: fn(key: &[u8], data: &[u8], tag: &[u8]) -> bool,
}

/// What a round takes, in nanoseconds, on a computer of 2015 without instructions for hashing: the test
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

/// The standards of Russia have a key derivation of their own, which writers came to late.
const fn gost<D: EagerHash>(digest: &str, hmac: &str, length: usize, cost: Cost) -> Hash {
    Hash {
        mac_keys: &[MacKey::Tc26, MacKey::Pkcs12],
        ..sha::<D>(digest, hmac, length, cost)
    }
}

/// A keyed hash in the shape that PBKDF2 takes.
trait Keyed: KeyInit + Mac + Update + FixedOutput + Clone {}
impl<M: KeyInit + Mac + Update + FixedOutput + Clone> Keyed for M {}

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

    /// Pays for so many rounds of a derivation that is made of this hash elsewhere.
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

    /// Pays for an HMAC over so many octets.
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
        budget: &mut Budget<'_>,
    ) -> Result<Zeroizing<Vec<u8>>, Pkcs12Error> {
        let (salt, rounds) = (self.parameters.salt.as_bytes(), self.parameters.iterations);
        self.prf.pbkdf2(password, salt, rounds, length, budget)
    }
}

fn find(wanted: impl Fn(&Hash) -> bool) -> Option<&'static Hash> {
    HASHES.into_iter().find(|hash| wanted(hash))
}

/// RFC 8018 §5.1; the letters are the standard's.
fn pbkdf1<D: Digest>(
    password: &[u8],
    salt: &[u8],
    rounds: u32,
    output: &mut [u8],
    cancel: &Cancel,
) -> Result<(), Pkcs12Error> {
    let mut t = D::new()
        .chain_update(password)
        .chain_update(salt)
        .finalize();
    for round in 1..rounds {
        if round % ROUNDS_BETWEEN_CHECKS == 0 {
            cancel.check()?;
        }
        t = D::digest(&t);
    }
    output.iter_mut().zip(&t).for_each(|(to, from)| *to = *from);
    t.as_mut_slice().zeroize();
    Ok(())
}

/// RFC 8018 §5.2; the letters are the standard's. By hand, because it can be given up in the middle.
fn pbkdf2<M: Keyed>(
    password: &[u8],
    salt: &[u8],
    rounds: u32,
    output: &mut [u8],
    cancel: &Cancel,
) -> Result<(), Pkcs12Error> {
    // HMAC takes keys of any length.
    let prf = <M as KeyInit>::new_from_slice(password);
    let prf = prf.map_err(|_| Pkcs12Error::Malformed("key length"))?;
    for (i, t) in (1_u32..).zip(output.chunks_mut(M::output_size())) {
        let first = prf.clone().chain(salt).chain(i.to_be_bytes());
        let mut u = first.finalize_fixed();
        t.iter_mut().zip(&u).for_each(|(to, from)| *to = *from);
        for round in 1..rounds {
            if round % ROUNDS_BETWEEN_CHECKS == 0 {
                cancel.check()?;
            }
            u = Update::chain(prf.clone(), &u).finalize_fixed();
            t.iter_mut().zip(&u).for_each(|(to, from)| *to ^= *from);
        }
        u.as_mut_slice().zeroize();
    }
    Ok(())
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
    cancel: &Cancel,
) -> Result<(), Pkcs12Error> {
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
        for round in 1..rounds {
            if round % ROUNDS_BETWEEN_CHECKS == 0 {
                cancel.check()?;
            }
            a = D::digest(&a);
        }
        piece.iter_mut().zip(&a).for_each(|(to, from)| *to = *from);
        // B. and C. Each block of I becomes (I + B + 1) mod 2^(8v), B being A repeated.
        let b = Zeroizing::new(repeated(&a, v).collect::<Vec<u8>>());
        i.chunks_mut(v).for_each(|block| add_with_one(block, &b));
        a.as_mut_slice().zeroize();
    }
    Ok(())
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
        let cancel = Cancel::default();
        let mut budget = Budget::new(&cancel);
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

    /// RFC 6070 §2, the first of them and the one with a key of two blocks.
    #[test]
    fn pbkdf2_is_that_of_the_standards() {
        let cancel = Cancel::default();
        let key = |hash: &Hash, password: &[u8], salt: &[u8], rounds, length| {
            let key = hash.pbkdf2(password, salt, rounds, length, &mut Budget::new(&cancel));
            key.unwrap().to_vec()
        };
        let two_blocks = key(
            &SHA1,
            b"passwordPASSWORDpassword",
            b"saltSALTsaltSALTsaltSALTsaltSALTsalt",
            4096,
            25,
        );
        assert_eq!(two_blocks[..4], [0x3d, 0x2e, 0xec, 0x4f]);
        assert_eq!(two_blocks[20..], [0x4c, 0xf2, 0xf0, 0x70, 0x38]);
        assert_eq!(
            key(&SHA1, b"password", b"salt", 1, 20)[..4],
            [0x0c, 0x60, 0xc8, 0x0f]
        );
    }

    #[test]
    fn a_derivation_is_given_up_in_the_middle() {
        let cancel = Cancel::default();
        for hash in HASHES {
            let other = cancel.clone();
            let cancelling = std::thread::spawn(move || {
                std::thread::sleep(std::time::Duration::from_millis(5));
                other.cancel();
            });
            let mut output = [0; 16];
            let rounds = u32::MAX;
            let purpose = Purpose::Encryption;
            let cancelled = Err(Pkcs12Error::Cancelled);
            let derive = (hash.derive)(b"", b"", purpose, rounds, &mut output, &cancel);
            assert_eq!(derive, cancelled);
            assert_eq!(
                (hash.pbkdf1)(b"", b"", rounds, &mut output, &cancel),
                cancelled
            );
            assert_eq!(
                (hash.pbkdf2)(b"", b"", rounds, &mut output, &cancel),
                cancelled
            );
            cancelling.join().unwrap();
        }
    }

    /// `cargo test --release -p tamga-core derivations_cost -- --ignored --nocapture`: a row for each hash, of what a round is
    /// said to cost and of what it costs here.
    #[test]
    #[ignore = "measures; to be run on a computer with nothing else to do"]
    fn what_key_derivations_cost() {
        const ROUNDS: u32 = 20_000;
        let once = |derive: &dyn Fn()| {
            let begin = std::time::Instant::now();
            derive();
            begin.elapsed().as_nanos() / u128::from(ROUNDS)
        };
        // What else the computer does is no cost.
        let nanoseconds = |derive: &dyn Fn()| (0..5).map(|_| once(derive)).min().unwrap();
        let cancel = &Cancel::default();
        println!(
            "hash                             RFC 7292: said, here      PBKDF2: said, here (ns a round)"
        );
        for hash in HASHES {
            let derived = nanoseconds(&|| {
                let purpose = Purpose::Encryption;
                let _ = (hash.derive)(b"password", b"salt", purpose, ROUNDS, &mut [0; 16], cancel);
            });
            let pbkdf2 = nanoseconds(&|| {
                let _ = (hash.pbkdf2)(b"password", b"salt", ROUNDS, &mut [0; 16], cancel);
            });
            let (name, Cost { hash, hmac }) = (hash.digest.to_string(), hash.cost);
            println!("{name:32} {hash:9} {derived:9} {hmac:17} {pbkdf2:9}");
        }
    }
}
