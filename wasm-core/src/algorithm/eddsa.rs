//! EdDSA (RFC 8032) in its pure form: verification. The message itself is signed, not its digest (RFC 8419 §3).

use super::{
    SignatureError,
    edwards::{Curve, ED448, ED25519, Parameters},
};
use const_oid::ObjectIdentifier;
use sha2::{Digest as _, Sha512};
use shake::{
    Shake256,
    digest::{ExtendableOutput as _, Update as _, XofReader as _},
};

/// Which of the two (RFC 8410 §3).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum EdDsa {
    Ed25519,
    Ed448,
}

const ED25519_OID: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.101.112");
const ED448_OID: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.101.113");
/// dom4(0, "") of RFC 8032 §2.
const DOM4: &[u8] = b"SigEd448\0\0";
/// Of the digest that Ed448 takes (§5.2), in bytes.
const ED448_DIGEST: usize = 114;

/// Hands the message over in pieces; `false` if it is not there.
pub(super) type Read<'a> = dyn FnMut(&mut dyn FnMut(&[u8])) -> bool + 'a;

impl EdDsa {
    /// The one that signatures and keys under this OID are of.
    pub(crate) fn from_oid(oid: ObjectIdentifier) -> Option<Self> {
        match oid {
            ED25519_OID => Some(Self::Ed25519),
            ED448_OID => Some(Self::Ed448),
            _ => None,
        }
    }

    /// Says whether `signature` is one of what `read` hands over by the key at `point` (RFC 8032 §5.1.2, §5.2.2); `None` if
    /// there is no message.
    pub(super) fn verify(
        self,
        point: &[u8],
        signature: &[u8],
        read: &mut Read<'_>,
    ) -> Option<Result<(), SignatureError>> {
        let parameters = self.parameters();
        let Some((r, s)) = signature.split_at_checked(parameters.size) else {
            return Some(Err(SignatureError::Invalid));
        };
        let digest = self.digest(&[r, point], read)?;
        let good = is_good(parameters, point, (r, s), &digest);
        Some(good.ok_or(SignatureError::Invalid))
    }

    fn parameters(self) -> &'static Parameters {
        match self {
            Self::Ed25519 => &ED25519,
            Self::Ed448 => &ED448,
        }
    }

    /// The digest of these and of the message.
    fn digest(self, before: &[&[u8]], read: &mut Read<'_>) -> Option<Vec<u8>> {
        match self {
            Self::Ed25519 => {
                let mut hasher = Sha512::new();
                before
                    .iter()
                    .for_each(|part| sha2::Digest::update(&mut hasher, part));
                let read = read(&mut |piece| sha2::Digest::update(&mut hasher, piece));
                read.then(|| hasher.finalize().to_vec())
            }
            Self::Ed448 => {
                let mut hasher = Shake256::default();
                hasher.update(DOM4);
                before.iter().for_each(|part| hasher.update(part));
                let read = read(&mut |piece| hasher.update(piece));
                let mut digest = vec![0; ED448_DIGEST];
                hasher.finalize_xof().read(&mut digest);
                read.then_some(digest)
            }
        }
    }
}

/// §5.1.7, §5.2.7, without multiplying by the cofactor, as OpenSSL has it.
fn is_good(
    parameters: &Parameters,
    key: &[u8],
    (r, s): (&[u8], &[u8]),
    digest: &[u8],
) -> Option<()> {
    let curve = Curve::new(parameters)?;
    if s.len() != parameters.size {
        return None;
    }
    let (key, s) = (curve.decode(key)?, curve.scalar(s)?);
    let difference = curve.difference(&s, &curve.reduced(digest), &key);
    (curve.encode(&difference)? == r).then_some(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conformance::{Score, directory, read_json};

    fn octets(hex: &str) -> Vec<u8> {
        let digits: Vec<u8> = hex.bytes().filter(u8::is_ascii_hexdigit).collect();
        base16ct::mixed::decode_vec(digits).unwrap()
    }

    fn verify(scheme: EdDsa, key: &str, message: &str, signature: &[u8]) -> bool {
        let message = octets(message);
        let read: &mut Read<'_> = &mut |piece| {
            message.chunks(2).for_each(piece);
            true
        };
        scheme.verify(&octets(key), signature, read) == Some(Ok(()))
    }

    /// RFC 8032 §7.1 (test 3), §7.4 (blank, 11 octets).
    #[test]
    fn examples_of_the_rfc() {
        for (scheme, key, message, signature) in [
            (
                EdDsa::Ed25519,
                "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
                "af82",
                "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
            ),
            (
                EdDsa::Ed448,
                "5fd7449b59b461fd2ce787ec616ad46a1da1342485a70e1f8a0ea75d80e96778edf124769b46c7061bd6783df1e50f6cd1fa1abeafe8256180",
                "",
                "533a37f6bbe457251f023c0d88f976ae2dfb504a843e34d2074fd823d41a591f2b233f034f628281f2fd7a22ddd47d7828c59bd0a21bfd3980ff0d2028d4b18a9df63e006c5d1c2d345b925d8dc00b4104852db99ac5c7cdda8530a113a0f4dbb61149f05a7363268c71d95808ff2e652600",
            ),
        ] {
            let good = octets(signature);
            assert!(verify(scheme, key, message, &good), "{scheme:?}");
            assert!(!verify(scheme, key, "00", &good), "{scheme:?}");
            for place in [0, good.len() / 2, good.len() - 1] {
                let mut bad = good.clone();
                bad[place] ^= 1;
                assert!(!verify(scheme, key, message, &bad), "{scheme:?} {place}");
            }
            let short = good.split_last().unwrap().1;
            assert!(!verify(scheme, key, message, short));
        }
    }

    #[test]
    fn wycheproof() {
        let Some(folder) = directory("conformance/wycheproof") else {
            return;
        };
        let file = read_json(&folder.join("ed25519_test.json"));
        let mut score = Score::new("ed25519", &[]);
        for group in file["testGroups"].as_array().unwrap() {
            for test in group["tests"].as_array().unwrap() {
                let [key, message, signature] =
                    [&group["publicKey"]["pk"], &test["msg"], &test["sig"]]
                        .map(|hex| hex.as_str().unwrap());
                let good = verify(EdDsa::Ed25519, key, message, &octets(signature));
                let expected = test["result"] == "valid";
                score.note(
                    &test["tcId"].to_string(),
                    good == expected,
                    &test.to_string(),
                );
            }
        }
        score.finish();
    }

    #[test]
    fn without_a_message_nothing_is_said() {
        let (point, signature) = ([0; 32], [0; 64]);
        assert_eq!(
            EdDsa::Ed25519.verify(&point, &signature, &mut |_| false),
            None
        );
    }
}
