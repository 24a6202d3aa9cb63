//! What kind of key a certificate holds.

use super::structure::{Element, Elements, OBJECT_IDENTIFIER, SEQUENCE};
use crate::algorithm::{KeyUnsupported, VerifyingKey, modulus_bits};
use const_oid::ObjectIdentifier;
use der::{Decode as _, asn1::AnyRef};
use serde::{Deserialize, Serialize};
use std::fmt;
use x509_parser::asn1_rs::{BitString, FromDer as _, Oid};

/// A certificate's public key: its SubjectPublicKeyInfo and what to call it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct PublicKey {
    spki: Vec<u8>,
    algorithm: String,
    /// The OID of the curve or parameter set, where there is one.
    parameters: Option<String>,
    /// The content of the BIT STRING.
    bits: Vec<u8>,
    /// The length of an RSA modulus in bits.
    modulus: Option<u32>,
    /// For arithmetic, where Tamga can do any with it.
    verifying: Result<VerifyingKey, KeyUnsupported>,
}

/// rsaEncryption and id-RSASSA-PSS, whose keys look alike (RFC 4055 §1.2).
const RSA: [&str; 2] = ["1.2.840.113549.1.1.1", "1.2.840.113549.1.1.10"];

/// A kind of key that each language has words of its own for (`key_` and the name on the wire).
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(any(test, feature = "typescript"), derive(ts_rs::TS), ts(export))]
#[serde(rename_all = "camelCase")]
pub enum KeyKind {
    /// GOST 34.310-2004 of Kazakhstan.
    Gost2004,
    /// GOST 34.10-2015 of Kazakhstan, 256 bits.
    #[serde(rename = "gost2015_256")]
    Gost2015_256,
    /// The same, 512 bits.
    #[serde(rename = "gost2015_512")]
    Gost2015_512,
    /// GOST R 34.10-2001 of Russia.
    GostR2001,
    /// GOST R 34.10-2012 of Russia, 256 bits.
    #[serde(rename = "gostR2012_256")]
    GostR2012_256,
    /// The same, 512 bits.
    #[serde(rename = "gostR2012_512")]
    GostR2012_512,
}

/// OID of a key algorithm → kind.
const KINDS: [(&str, KeyKind); 6] = [
    ("1.2.398.3.10.1.1.1.1", KeyKind::Gost2004),
    ("1.2.398.3.10.1.1.2.1", KeyKind::Gost2015_256),
    ("1.2.398.3.10.1.1.2.2", KeyKind::Gost2015_512),
    ("1.2.643.2.2.19", KeyKind::GostR2001),
    ("1.2.643.7.1.1.1.1", KeyKind::GostR2012_256),
    ("1.2.643.7.1.1.1.2", KeyKind::GostR2012_512),
];

impl KeyKind {
    /// Every kind.
    pub const ALL: [Self; 6] = [
        Self::Gost2004,
        Self::Gost2015_256,
        Self::Gost2015_512,
        Self::GostR2001,
        Self::GostR2012_256,
        Self::GostR2012_512,
    ];
}

/// OID of a key algorithm → name.
const ALGORITHMS: [(&str, &str); 14] = [
    (RSA[0], "RSA"),
    (RSA[1], "RSA-PSS"),
    ("1.2.840.10045.2.1", "EC"),
    ("1.2.840.10040.4.1", "DSA"),
    ("1.3.101.110", "X25519"),
    ("1.3.101.112", "Ed25519"),
    ("1.3.101.113", "Ed448"),
    ("1.2.643.2.2.19", "GOST R 34.10-2001"),
    ("1.2.643.7.1.1.1.1", "GOST R 34.10-2012 256"),
    ("1.2.643.7.1.1.1.2", "GOST R 34.10-2012 512"),
    ("1.2.398.3.10.1.1.1.1", "GOST 34.310-2004"),
    ("1.2.398.3.10.1.1.2.1", "GOST 34.10-2015 256"),
    ("1.2.398.3.10.1.1.2.2", "GOST 34.10-2015 512"),
    ("1.2.804.2.1.1.1.1.3.1.1", "DSTU 4145"),
];

/// OID of a curve or parameter set → name. Several GOST sets are the same curve under several names.
const CURVES: [(&str, &str); 29] = [
    ("1.2.840.10045.3.1.7", "P-256"),
    ("1.3.132.0.34", "P-384"),
    ("1.3.132.0.35", "P-521"),
    ("1.2.840.10045.3.1.1", "P-192"),
    ("1.3.132.0.33", "P-224"),
    ("1.3.132.0.10", "secp256k1"),
    ("1.3.36.3.3.2.8.1.1.7", "brainpoolP256r1"),
    ("1.3.36.3.3.2.8.1.1.8", "brainpoolP256t1"),
    ("1.3.36.3.3.2.8.1.1.11", "brainpoolP384r1"),
    ("1.3.36.3.3.2.8.1.1.12", "brainpoolP384t1"),
    ("1.3.36.3.3.2.8.1.1.13", "brainpoolP512r1"),
    ("1.3.36.3.3.2.8.1.1.14", "brainpoolP512t1"),
    ("1.2.643.2.2.35.0", "CryptoPro-Test"),
    ("1.2.643.2.2.35.1", "CryptoPro-A"),
    ("1.2.643.2.2.35.2", "CryptoPro-B"),
    ("1.2.643.2.2.35.3", "CryptoPro-C"),
    ("1.2.643.2.2.36.0", "CryptoPro-XchA"),
    ("1.2.643.2.2.36.1", "CryptoPro-XchB"),
    ("1.2.643.7.1.2.1.1.1", "TC26-256-A"),
    ("1.2.643.7.1.2.1.1.2", "TC26-256-B"),
    ("1.2.643.7.1.2.1.1.3", "TC26-256-C"),
    ("1.2.643.7.1.2.1.1.4", "TC26-256-D"),
    ("1.2.643.7.1.2.1.2.0", "TC26-512-Test"),
    ("1.2.643.7.1.2.1.2.1", "TC26-512-A"),
    ("1.2.643.7.1.2.1.2.2", "TC26-512-B"),
    ("1.2.643.7.1.2.1.2.3", "TC26-512-C"),
    ("1.2.398.3.10.1.1.1.1.1", "CryptoPro-A"),
    ("1.2.398.3.10.1.1.2.1.1", "TC26-256-A"),
    ("1.2.398.3.10.1.1.2.2.1", "TC26-512-A"),
];

impl PublicKey {
    /// Reads DER of a SubjectPublicKeyInfo; `None` if it is none.
    pub fn parse(spki: &[u8]) -> Option<Self> {
        let fields = Fields::read(spki)?;
        let algorithm = fields.algorithm.to_id_string();
        let verifying = fields.verifying_key();
        let modulus = match &verifying {
            Ok(key) => key.rsa_bits(),
            // Of a size that is not verified with.
            Err(_) if RSA.contains(&algorithm.as_str()) => modulus_bits(fields.bits),
            Err(_) => None,
        };
        Some(Self {
            spki: spki.to_vec(),
            algorithm,
            parameters: fields.parameters.and_then(parameter_set),
            bits: fields.bits.to_vec(),
            modulus,
            verifying,
        })
    }

    /// The key as it verifies signatures, and says what it signs with.
    ///
    /// # Errors
    /// [`KeyUnsupported`]: another kind of key, curve or size than Tamga knows.
    pub fn verifying_key(&self) -> Result<&VerifyingKey, KeyUnsupported> {
        self.verifying.as_ref().map_err(|unsupported| *unsupported)
    }

    /// DER of the SubjectPublicKeyInfo.
    pub fn spki(&self) -> &[u8] {
        &self.spki
    }

    /// The OID of its algorithm, in dotted form.
    pub fn algorithm(&self) -> &str {
        &self.algorithm
    }

    /// What kind of GOST key it is; `None` for others, whose names are the same everywhere.
    pub fn kind(&self) -> Option<KeyKind> {
        let row = KINDS.iter().find(|(oid, _)| *oid == self.algorithm);
        row.map(|(_, kind)| *kind)
    }

    /// The OID of its curve or parameter set, in dotted form, where it names one.
    pub fn parameter_set(&self) -> Option<&str> {
        self.parameters.as_deref()
    }

    /// The content of the BIT STRING: an RSAPublicKey, a point, for GOST an OCTET STRING with one.
    pub fn bits(&self) -> &[u8] {
        &self.bits
    }

    /// Whether it is the same key. Algorithm parameters, which encoders write in different ways, are not compared.
    pub fn is(&self, other: &Self) -> bool {
        self.algorithm == other.algorithm && self.bits == other.bits
    }
}

/// The fields of a SubjectPublicKeyInfo (RFC 5280 §4.1). The structure of the crate spki is not used: it has no room for
/// an OID such as 2.999, and a certificate with a key that nobody here knows is still a certificate.
struct Fields<'a> {
    algorithm: Oid<'a>,
    parameters: Option<Element<'a>>,
    /// How many bits of the last octet do not count.
    unused: u8,
    bits: &'a [u8],
}

impl<'a> Fields<'a> {
    fn read(spki: &'a [u8]) -> Option<Self> {
        let [spki] = *Elements::in_contents(spki).all()? else {
            return None;
        };
        let mut spki = Elements::of(spki.der, SEQUENCE)?;
        let mut algorithm = Elements::of(spki.next()?.der, SEQUENCE)?;
        let oid = algorithm.next_if(OBJECT_IDENTIFIER)?;
        let key = spki.next()?;
        BitString::from_der(key.der).ok()?;
        let (unused, bits) = key.content.split_first()?;
        Some(Self {
            algorithm: Oid::from_der(oid.der).ok()?.1,
            parameters: algorithm.next(),
            unused: *unused,
            bits,
        })
    }

    fn verifying_key(&self) -> Result<VerifyingKey, KeyUnsupported> {
        let oid = ObjectIdentifier::from_bytes(self.algorithm.as_bytes());
        let parameters = self.parameters.map(|it| AnyRef::from_der(it.der));
        match (oid, parameters.transpose(), self.unused) {
            (Ok(oid), Ok(parameters), 0) => VerifyingKey::read(oid, parameters, self.bits),
            _ => Err(KeyUnsupported),
        }
    }
}

/// `RSA 2048`, `EC P-256`, `GOST R 34.10-2012 256 CryptoPro-A`; what has no name is an OID.
impl fmt::Display for PublicKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(named(&ALGORITHMS, &self.algorithm))?;
        if let Some(bits) = self.modulus {
            return write!(formatter, " {bits}");
        }
        match &self.parameters {
            Some(curve) => write!(formatter, " {}", named(&CURVES, curve)),
            None => Ok(()),
        }
    }
}

fn named<'a>(table: &'a [(&str, &str)], oid: &'a str) -> &'a str {
    let row = table.iter().find(|(known, _)| *known == oid);
    row.map_or(oid, |(_, name)| name)
}

/// EC: the curve itself (RFC 5480 §2.1.1). GOST: a sequence that begins with the set (RFC 9215 §4.2).
fn parameter_set(parameters: Element<'_>) -> Option<String> {
    let (_, oid) = match *parameters.der.first()? {
        OBJECT_IDENTIFIER => Oid::from_der(parameters.der).ok()?,
        SEQUENCE => Oid::from_der(parameters.content).ok()?,
        _ => return None,
    };
    Some(oid.to_id_string())
}
