//! Whether a file is whole and the password its own: the MAC over its contents.

use super::{
    Pkcs12Error,
    hash::{Budget, Hash, Pbkdf2, Purpose},
    password::Password,
    structure::{MacData, Pkcs5Parameters, parameters},
};
use der::asn1::ObjectIdentifier;
use std::ops::RangeInclusive;

const PBMAC1: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.5.14");
/// Keys of PBMAC1 in octets: RFC 9579 §5 sets the lower bound. There are files of Bouncy Castle that
/// say 256, so the upper one is well above an HMAC's block.
const PBMAC1_KEYS: RangeInclusive<usize> = 20..=1024;

/// Whether the MAC over `contents` is right for the password.
pub(super) fn verify(
    mac: &MacData<'_>,
    contents: &[u8],
    password: &Password<'_>,
    budget: &mut Budget,
) -> Result<bool, Pkcs12Error> {
    if mac.mac.algorithm.oid == PBMAC1 {
        return verify_pbmac1(mac, contents, password, budget);
    }
    // RFC 7292 §4 and §B.4
    let hash = Hash::by_digest(&mac.mac.algorithm.oid)?;
    let tag = tag(mac, hash)?;
    let (salt, rounds, length) = (mac.salt.as_bytes(), mac.iterations, hash.length);
    for form in password.bmp() {
        let purpose = Purpose::Authentication;
        let key = hash.derive(form, salt, purpose, rounds, length, budget)?;
        if hash.verify(&key, contents, tag) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// RFC 9579 §4: salt and iterations of MacData mean nothing, those of the parameters do.
fn verify_pbmac1(
    mac: &MacData<'_>,
    contents: &[u8],
    password: &Password<'_>,
    budget: &mut Budget,
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
