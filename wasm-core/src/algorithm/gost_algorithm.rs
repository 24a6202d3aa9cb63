//! The GOST R 34.10 key algorithms of Russia and Kazakhstan: their OIDs, the hash each signs, and whose encoding the
//! signatures have.

use super::DigestAlgorithm;
use const_oid::ObjectIdentifier;
use gost3410::Encoding;

/// Whose OIDs and byte orders a signature has.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Country {
    /// RFC 9215 for certificates, R 1323565.1.025-2019 for CMS.
    Russia,
    /// The certification authority of Kazakhstan and its library, KalkanCrypt.
    Kazakhstan,
}

/// Whose rules a key follows: they decide about hash, names and encoding of its signatures.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Profile {
    /// GOST 34.310-2004 of Kazakhstan: for verification only.
    Kazakhstan2004,
    /// ST RK GOST R 34.10-2015 of Kazakhstan.
    Kazakhstan2015,
    /// GOST R 34.10-2001 of Russia: for verification only.
    Russia2001,
    /// GOST R 34.10-2012 of Russia.
    Russia2012,
}

/// A key algorithm, as PrivateKeyInfo and SubjectPublicKeyInfo name it.
#[derive(Debug, Eq, PartialEq)]
pub(crate) struct GostAlgorithm {
    pub(crate) oid: ObjectIdentifier,
    /// The name of keys that may agree on keys as well as sign. Certificates call them by the other.
    agreement: Option<ObjectIdentifier>,
    pub(crate) profile: Profile,
    /// The only hash that such a key signs; its length is that of a number.
    pub(crate) hash: DigestAlgorithm,
    /// The hash or its parameters, the second of the algorithm's parameters.
    pub(crate) digest: ObjectIdentifier,
}

static ALGORITHMS: [GostAlgorithm; 6] = [
    GostAlgorithm {
        oid: oid("1.2.643.7.1.1.1.1"),
        agreement: Some(oid("1.2.643.7.1.1.6.1")),
        profile: Profile::Russia2012,
        hash: DigestAlgorithm::Streebog256,
        digest: oid("1.2.643.7.1.1.2.2"),
    },
    GostAlgorithm {
        oid: oid("1.2.643.7.1.1.1.2"),
        agreement: Some(oid("1.2.643.7.1.1.6.2")),
        profile: Profile::Russia2012,
        hash: DigestAlgorithm::Streebog512,
        digest: oid("1.2.643.7.1.1.2.3"),
    },
    GostAlgorithm {
        oid: oid("1.2.643.2.2.19"),
        agreement: Some(oid("1.2.643.2.2.98")),
        profile: Profile::Russia2001,
        hash: DigestAlgorithm::Gost94,
        digest: oid("1.2.643.2.2.30.1"),
    },
    GostAlgorithm {
        oid: oid("1.2.398.3.10.1.1.2.1"),
        agreement: None,
        profile: Profile::Kazakhstan2015,
        hash: DigestAlgorithm::Streebog256,
        digest: oid("1.2.398.3.10.1.3.2"),
    },
    GostAlgorithm {
        oid: oid("1.2.398.3.10.1.1.2.2"),
        agreement: None,
        profile: Profile::Kazakhstan2015,
        hash: DigestAlgorithm::Streebog512,
        digest: oid("1.2.398.3.10.1.3.3"),
    },
    GostAlgorithm {
        oid: oid("1.2.398.3.10.1.1.1.1"),
        agreement: None,
        profile: Profile::Kazakhstan2004,
        hash: DigestAlgorithm::Gost95,
        digest: oid("1.2.398.3.10.1.3.1"),
    },
];

const fn oid(dotted: &str) -> ObjectIdentifier {
    ObjectIdentifier::new_unwrap(dotted)
}

impl Country {
    /// The order of the numbers and bytes of a signature.
    pub fn encoding(self) -> Encoding {
        match self {
            Self::Russia => Encoding::Russian,
            Self::Kazakhstan => Encoding::Kazakh,
        }
    }
}

impl Profile {
    /// Whose OIDs and byte orders the signatures have.
    pub fn country(self) -> Country {
        match self {
            Self::Kazakhstan2004 | Self::Kazakhstan2015 => Country::Kazakhstan,
            Self::Russia2001 | Self::Russia2012 => Country::Russia,
        }
    }

    /// Whether keys may still sign; signatures of the others can only be verified.
    pub fn may_sign(self) -> bool {
        matches!(self, Self::Kazakhstan2015 | Self::Russia2012)
    }
}

impl GostAlgorithm {
    /// Every one, in no particular order.
    pub(crate) fn all() -> &'static [Self] {
        &ALGORITHMS
    }

    /// The one that a SubjectPublicKeyInfo names so.
    pub(crate) fn of_certificate(oid: ObjectIdentifier) -> Option<&'static Self> {
        ALGORITHMS.iter().find(|row| row.oid == oid)
    }

    /// The one that a PrivateKeyInfo names so.
    pub(crate) fn of_private_key(oid: ObjectIdentifier) -> Option<&'static Self> {
        let mut rows = ALGORITHMS.iter();
        rows.find(|row| row.oid == oid || row.agreement == Some(oid))
    }

    /// Whether keys of this algorithm (in dotted form) are GOST keys that sign no more.
    pub(crate) fn is_withdrawn(oid: &str) -> bool {
        let named = oid.parse().ok().and_then(Self::of_private_key);
        named.is_some_and(|row| !row.profile.may_sign())
    }
}
