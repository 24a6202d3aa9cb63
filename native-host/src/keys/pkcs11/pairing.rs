//! Which private key belongs to a certificate: the one with its public key. Identifiers are the wish of whoever wrote
//! the objects (PKCS#11 v2.40 §4.6.2: `CKA_ID` is "intended" to match), so they only say what is tried first.

use der::{
    Decode as _,
    asn1::{ObjectIdentifier, OctetStringRef, UintRef},
};
use rsa::pkcs1::RsaPublicKey;
use tamga_core::certificate::PublicKey;

/// `rsaEncryption`, `id-RSASSA-PSS` (RFC 8017 appendix A.2)
const RSA: [&str; 2] = ["1.2.840.113549.1.1.1", "1.2.840.113549.1.1.10"];
/// `id-ecPublicKey` (RFC 5480 §2.1.1)
const EC: &str = "1.2.840.10045.2.1";

/// What names an object: `CKA_ID` and `CKA_LABEL`, empty where there is none.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(super) struct Names {
    pub(super) id: Vec<u8>,
    pub(super) label: Vec<u8>,
}

/// What an object tells of a public key; a private key need not tell anything.
#[derive(Clone, Debug, Default)]
pub(super) struct PublicHalf {
    /// `CKA_PUBLIC_KEY_INFO`: DER SubjectPublicKeyInfo.
    pub(super) info: Option<Vec<u8>>,
    /// `CKA_MODULUS` and `CKA_PUBLIC_EXPONENT`, big-endian.
    pub(super) modulus: Option<Vec<u8>>,
    pub(super) exponent: Option<Vec<u8>>,
    /// `CKA_EC_PARAMS`, `CKA_EC_POINT`
    pub(super) curve: Option<Vec<u8>>,
    pub(super) point: Option<Vec<u8>>,
    /// `CKA_VALUE` of a public GOST key: x and y.
    pub(super) value: Option<Vec<u8>>,
}

/// A key on a token.
#[derive(Clone, Debug, Default)]
pub(super) struct KeyObject<H> {
    pub(super) handle: H,
    pub(super) names: Names,
    pub(super) half: PublicHalf,
}

/// How sure it is that a private key is a certificate's, the surest first.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) enum Match {
    /// It tells the same public key.
    Certain,
    /// It goes by the names of a public key that is the certificate's.
    PublicKey,
    /// It goes by the id of the certificate.
    Id,
    /// Nothing else on the token goes by its id.
    Unclaimed,
    /// It goes by the id of something else.
    Claimed,
}

/// The key of a certificate, as it can be compared.
enum CertificateKey<'a> {
    Rsa(RsaPublicKey<UintRef<'a>>),
    Ec {
        /// The OID of a named curve, in dotted form; curves that are written out in full are not compared.
        curve: Option<&'a str>,
        point: &'a [u8],
    },
    Other(&'a [u8]),
}

/// The private keys that may belong to a certificate, the likeliest first. A key that tells another public key is not
/// among them, and where one tells the same nothing else is.
///
/// `certified`: the certificate's key. `own`: the names of the objects that hold the certificate,
/// `others`: those of all other certificates.
pub(super) fn candidates<H: Copy>(
    certified: &PublicKey,
    own: &[Names],
    others: &[Names],
    private: &[KeyObject<H>],
    public: &[KeyObject<H>],
) -> Vec<(Match, H)> {
    let Some(key) = CertificateKey::of(certified) else {
        return Vec::new();
    };
    let (mut own_public, mut foreign) = (Vec::new(), others.to_vec());
    for object in public {
        match key.is_told_by(&object.half) {
            Some(true) => own_public.push(object.names.clone()),
            Some(false) => foreign.push(object.names.clone()),
            None => {}
        }
    }
    let by_id = |all: &[Names], names: &Names| {
        !names.id.is_empty() && all.iter().any(|other| other.id == names.id)
    };
    let by_label = |all: &[Names], names: &Names| {
        !names.label.is_empty() && all.iter().any(|other| other.label == names.label)
    };
    let rank = |object: &KeyObject<H>| {
        let names = &object.names;
        let sure = match key.is_told_by(&object.half) {
            Some(true) => Match::Certain,
            Some(false) => return None,
            None if by_id(&own_public, names) => Match::PublicKey,
            // Without ids, or where they are all the same, a label may tell.
            None if names.id.is_empty() && by_label(&own_public, names) => Match::PublicKey,
            None if by_id(own, names) => Match::Id,
            None if by_id(&foreign, names) => Match::Claimed,
            None => Match::Unclaimed,
        };
        let shared = by_id(&foreign, names);
        let labelled = by_label(&own_public, names) || by_label(own, names);
        Some(((sure, shared, !labelled), object.handle))
    };
    let mut ranked: Vec<_> = private.iter().filter_map(rank).collect();
    ranked.sort_by_key(|(rank, _)| *rank);
    if let Some(((Match::Certain, ..), _)) = ranked.first() {
        ranked.retain(|((sure, ..), _)| *sure == Match::Certain);
    }
    let ranked = ranked.into_iter();
    ranked.map(|((sure, ..), handle)| (sure, handle)).collect()
}

/// Whether an object tells this public key; `None` where it does not say.
pub(super) fn tells(half: &PublicHalf, key: &PublicKey) -> Option<bool> {
    CertificateKey::of(key)?.is_told_by(half)
}

impl<'a> CertificateKey<'a> {
    fn of(key: &'a PublicKey) -> Option<Self> {
        Some(match key.algorithm() {
            oid if RSA.contains(&oid) => Self::Rsa(RsaPublicKey::from_der(key.bits()).ok()?),
            EC => Self::Ec {
                curve: key.parameter_set(),
                point: key.bits(),
            },
            _ => Self::Other(key.bits()),
        })
    }

    fn is_told_by(&self, half: &PublicHalf) -> Option<bool> {
        let info = half.info.as_deref().and_then(PublicKey::parse);
        if let Some(told) = info.as_ref().and_then(CertificateKey::of) {
            return Some(self.is(&told));
        }
        match self {
            Self::Rsa(key) => {
                let modulus = half.modulus.as_deref().map(significant)?;
                let exponent = half.exponent.as_deref().map(significant);
                let same_exponent = |exponent| exponent == key.public_exponent.as_bytes();
                Some(modulus == key.modulus.as_bytes() && exponent.is_none_or(same_exponent))
            }
            Self::Ec { curve, point } => {
                let told = half.curve.as_deref();
                let told: Option<ObjectIdentifier> =
                    told.and_then(|curve| ObjectIdentifier::from_der(curve).ok());
                if let (Some(told), Some(curve)) = (told, curve)
                    && told.to_string() != *curve
                {
                    return Some(false);
                }
                Some(any_form(half.point.as_deref()?, |form| {
                    same_point(form, point)
                }))
            }
            Self::Other(bits) => Some(any_form(half.value.as_deref()?, |form| {
                any_form(bits, |bits| form == bits)
            })),
        }
    }

    fn is(&self, other: &CertificateKey<'_>) -> bool {
        match (self, other) {
            (Self::Rsa(one), CertificateKey::Rsa(other)) => one == other,
            (Self::Ec { point: one, .. }, CertificateKey::Ec { point: other, .. }) => {
                same_point(one, other)
            }
            (Self::Other(one), CertificateKey::Other(other)) => one == other,
            _ => false,
        }
    }
}

/// Points are in an OCTET STRING (PKCS#11 v2.40 §2.3.3, GOST in certificates), and some modules hand them out bare.
fn any_form(bytes: &[u8], is: impl Fn(&[u8]) -> bool) -> bool {
    is(bytes) || <&OctetStringRef>::from_der(bytes).is_ok_and(|octets| is(octets.as_bytes()))
}

/// Whether two encodings (SEC 1 §2.3.3), compressed or not, are of the same point.
fn same_point(one: &[u8], other: &[u8]) -> bool {
    match (coordinate(one), coordinate(other)) {
        (Some(one), Some(other)) => one == other,
        _ => false,
    }
}

/// The x of a point, and whether its y is odd.
fn coordinate(point: &[u8]) -> Option<(&[u8], bool)> {
    let (form, coordinates) = point.split_first()?;
    match form {
        2 | 3 => Some((coordinates, *form == 3)),
        4 | 6 | 7 => {
            let (x, y) = coordinates.split_at_checked(coordinates.len() / 2)?;
            Some((x, y.last()? % 2 == 1))
        }
        _ => None,
    }
}

/// A number without its leading zeros.
fn significant(number: &[u8]) -> &[u8] {
    let zeros = number.iter().take_while(|byte| **byte == 0).count();
    number.get(zeros..).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use der::Encode as _;
    use p256::SecretKey;
    use pkcs8::EncodePublicKey as _;
    use tamga_core::certificate::Certificate;

    /// The public key of a number.
    fn public_key(number: u8) -> p256::PublicKey {
        let mut bytes = [0; 32];
        bytes[31] = number;
        SecretKey::from_slice(&bytes).unwrap().public_key()
    }

    fn spki(number: u8) -> Vec<u8> {
        public_key(number).to_public_key_der().unwrap().into_vec()
    }

    fn key(number: u8) -> PublicKey {
        PublicKey::parse(&spki(number)).unwrap()
    }

    fn point(number: u8, compressed: bool) -> Vec<u8> {
        use p256::elliptic_curve::sec1::ToSec1Point as _;
        let point = public_key(number).to_sec1_point(compressed);
        point.as_bytes().to_vec()
    }

    fn names(id: &str, label: &str) -> Names {
        Names {
            id: id.as_bytes().to_vec(),
            label: label.as_bytes().to_vec(),
        }
    }

    /// An object that tells this point, if any.
    fn object(handle: u8, names: Names, point: Option<Vec<u8>>) -> KeyObject<u8> {
        let half = PublicHalf {
            point,
            ..PublicHalf::default()
        };
        KeyObject {
            handle,
            names,
            half,
        }
    }

    fn private(handle: u8, id: &str, label: &str) -> KeyObject<u8> {
        object(handle, names(id, label), None)
    }

    fn public(number: u8, id: &str, label: &str) -> KeyObject<u8> {
        object(0, names(id, label), Some(point(number, false)))
    }

    #[test]
    fn a_key_that_tells_its_point_is_found_whatever_the_ids_say() {
        let octets = OctetStringRef::new(&point(1, false)).unwrap().to_der();
        for told in [point(1, false), point(1, true), octets.unwrap()] {
            let private = [
                object(1, names("b", ""), Some(told)),
                object(2, names("a", ""), Some(point(2, false))),
            ];
            let found = candidates(&key(1), &[names("a", "")], &[], &private, &[]);
            assert_eq!(found, [(Match::Certain, 1)]);
        }
    }

    #[test]
    fn a_public_key_says_by_what_id_its_private_key_goes() {
        let own = [names("a", "")];
        let other = [names("b", "")];
        let swapped = [private(1, "b", ""), private(2, "a", "")];
        let public_keys = [public(1, "b", ""), public(2, "a", "")];
        let found = candidates(&key(1), &own, &other, &swapped, &public_keys);
        assert_eq!(found, [(Match::PublicKey, 1), (Match::Id, 2)]);
        // All ids the same, or none: the labels of the pairs tell.
        for id in ["a", ""] {
            let private = [private(2, id, "two"), private(1, id, "one")];
            let public_keys = [public(1, id, "one"), public(2, id, "two")];
            let found = candidates(&key(1), &own, &[], &private, &public_keys);
            assert_eq!(found.first(), Some(&(Match::PublicKey, 1)), "{id}");
            assert_eq!(found.len(), 2);
        }
    }

    #[test]
    fn without_public_keys_ids_only_say_what_is_tried_first() {
        let keys = [private(2, "b", ""), private(3, "", ""), private(1, "a", "")];
        let found = candidates(&key(1), &[names("a", "")], &[names("b", "")], &keys, &[]);
        let expected = [(Match::Id, 1), (Match::Unclaimed, 3), (Match::Claimed, 2)];
        assert_eq!(found, expected);
        // An empty id is none.
        let found = candidates(
            &key(1),
            &[names("", "")],
            &[names("", "")],
            &keys[1..2],
            &[],
        );
        assert_eq!(found, [(Match::Unclaimed, 3)]);
    }

    #[test]
    fn keys_of_other_curves_and_numbers_are_no_candidates() {
        let mut other_curve = private(1, "a", "");
        other_curve.half.curve = "1.3.132.0.34"
            .parse::<ObjectIdentifier>()
            .unwrap()
            .to_der()
            .ok();
        let mut same_curve = private(2, "b", "");
        same_curve.half.curve = "1.2.840.10045.3.1.7"
            .parse::<ObjectIdentifier>()
            .unwrap()
            .to_der()
            .ok();
        let mut told = private(3, "a", "");
        told.half.info = Some(spki(7));
        let keys = [other_curve, same_curve, told];
        let found = candidates(&key(1), &[names("a", "")], &[], &keys, &[]);
        assert_eq!(found, [(Match::Unclaimed, 2)]);
    }

    #[test]
    fn rsa_keys_are_compared_by_their_numbers() {
        let der = include_bytes!("../../../../wasm-core/tests/fixtures/russian.der");
        let certificate = Certificate::parse(der).unwrap();
        let key = RsaPublicKey::<UintRef<'_>>::from_der(certificate.key().bits()).unwrap();
        let half = |exponent: &[u8]| PublicHalf {
            modulus: Some([&[0], key.modulus.as_bytes()].concat()),
            exponent: Some(exponent.to_vec()),
            ..PublicHalf::default()
        };
        let certified = certificate.key();
        assert_eq!(tells(&half(&[1, 0, 1]), certified), Some(true));
        assert_eq!(tells(&half(&[3]), certified), Some(false));
        assert_eq!(tells(&PublicHalf::default(), certified), None);
    }
}
