//! The MAC over a file's contents, which verifies the file's integrity and the password.

use super::{
    budget::Budget,
    error::Pkcs12Error,
    hash::{Hash, MacKey, Purpose},
    password::Password,
    pbkdf2::Pbkdf2,
    structure::{MacData, Pkcs5Parameters, parameters},
};
use der::asn1::ObjectIdentifier;
use std::ops::RangeInclusive;
use zeroize::Zeroizing;

const PBMAC1: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.5.14");
/// Keys of PBMAC1 in octets: RFC 9579 §5 sets the lower bound. There are files of Bouncy Castle that
/// say 256, so the upper one is well above an HMAC's block.
const PBMAC1_KEYS: RangeInclusive<usize> = 20..=1024;

/// RFC 9548 §3: how many octets PBKDF2 gives, and how many of them, the last, are the key.
const TC26_DERIVED: usize = 96;
const TC26_KEY: usize = 32;

/// Whether the MAC over `contents` is right for the password.
pub(super) fn verify(
    mac: &MacData<'_>,
    contents: &[u8],
    password: &Password<'_>,
    budget: &mut Budget<'_>,
) -> Result<bool, Pkcs12Error> {
    if mac.mac.algorithm.oid == PBMAC1 {
        return verify_pbmac1(mac, contents, password, budget);
    }
    // RFC 7292 §4
    let hash = Hash::by_digest(&mac.mac.algorithm.oid)?;
    let tag = tag(mac, hash)?;
    let (salt, rounds) = (mac.salt.as_bytes(), mac.iterations);
    for kind in hash.mac_keys {
        for form in kind.forms(password) {
            let key = kind.derive(hash, form, salt, rounds, budget)?;
            hash.charge_hmac(contents.len(), budget)?;
            if hash.verify(&key, contents, tag) {
                return Ok(true);
            }
        }
    }
    Ok(false)
}

impl MacKey {
    /// The password in the forms this derivation takes it, the likeliest first.
    pub(super) fn forms<'a>(self, password: &'a Password<'_>) -> Vec<&'a [u8]> {
        match self {
            Self::Pkcs12 => password.bmp().collect(),
            Self::Tc26 => vec![password.utf8()],
        }
    }

    /// The key of a MAC.
    pub(super) fn derive(
        self,
        hash: &Hash,
        password: &[u8],
        salt: &[u8],
        rounds: u32,
        budget: &mut Budget<'_>,
    ) -> Result<Zeroizing<Vec<u8>>, Pkcs12Error> {
        match self {
            Self::Pkcs12 => {
                let purpose = Purpose::Authentication;
                hash.derive(password, salt, purpose, rounds, hash.length, budget)
            }
            Self::Tc26 => {
                let derived = hash.pbkdf2(password, salt, rounds, TC26_DERIVED, budget)?;
                let key = derived.last_chunk::<TC26_KEY>();
                let key = key.ok_or(Pkcs12Error::Malformed("MAC key length"))?;
                Ok(Zeroizing::new(key.to_vec()))
            }
        }
    }
}

/// RFC 9579 §4: PBMAC1 has salt and iterations in its parameters; those of MacData are ignored.
fn verify_pbmac1(
    mac: &MacData<'_>,
    contents: &[u8],
    password: &Password<'_>,
    budget: &mut Budget<'_>,
) -> Result<bool, Pkcs12Error> {
    let pbmac1: Pkcs5Parameters<'_> = parameters(&mac.mac.algorithm, "MAC")?;
    let hash = Hash::by_hmac(&pbmac1.scheme.oid)?;
    let tag = tag(mac, hash)?;
    let derivation = Pbkdf2::read(&pbmac1.derivation)?;
    let length = derivation
        .key_length()
        .filter(|length| PBMAC1_KEYS.contains(length));
    let length = length.ok_or(Pkcs12Error::Malformed("MAC key length"))?;
    let key = derivation.derive(password.utf8(), length, budget)?;
    hash.charge_hmac(contents.len(), budget)?;
    Ok(hash.verify(&key, contents, tag))
}

/// The MAC itself, which is as long as the hash makes it.
fn tag<'a>(mac: &MacData<'a>, hash: &Hash) -> Result<&'a [u8], Pkcs12Error> {
    let tag = mac.mac.digest.as_bytes();
    match tag.len() == hash.length {
        true => Ok(tag),
        false => Err(Pkcs12Error::Malformed("MAC length")),
    }
}
