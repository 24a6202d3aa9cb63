//! The curves by name and object identifier.

pub(crate) mod numbers;

use const_oid::ObjectIdentifier;
use subtle::{Choice, ConstantTimeEq};

use crate::arithmetic::{integer::Integer, weierstrass::Scalar};

/// A curve of GOST R 34.10, as an object identifier in a certificate names it.
///
/// GOST R 34.10-2001 uses the 256-bit curves of this list with another hash; everything else is the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Curve {
    /// CryptoPro-A, also called XchA and tc26-256-B: the usual curve of Russian certificates.
    CryptoProA,
    /// CryptoPro-B, also called tc26-256-C.
    CryptoProB,
    /// CryptoPro-C, also called XchB and tc26-256-D.
    CryptoProC,
    /// tc26-256-A, which has a twisted Edwards form and the cofactor 4.
    Tc26_256A,
    /// tc26-512-A: the curve of today's Kazakh certificates.
    Tc26_512A,
    /// tc26-512-B.
    Tc26_512B,
    /// tc26-512-C, which has a twisted Edwards form and the cofactor 4.
    Tc26_512C,
    /// The 256-bit curve of the standard's examples. Signatures on it can be verified; no key for it can be made.
    Test256,
    /// The 512-bit curve of the standard's examples. Signatures on it can be verified; no key for it can be made.
    Test512,
}

/// Runs `$body` with `$C` standing for the numbers of the curve `$curve`.
macro_rules! on_curve {
    ($curve:expr, $C:ident => $body:expr) => {
        $crate::curve::on_curve!($curve, $C => $body;
            CryptoProA, CryptoProB, CryptoProC, Tc26_256A, Tc26_512A, Tc26_512B, Tc26_512C, Test256, Test512)
    };
    ($curve:expr, $C:ident => $body:expr; $($name:ident),*) => {
        match $curve {
            $($crate::Curve::$name => {
                type $C = $crate::curve::numbers::$name;
                $body
            })*
        }
    };
}
pub(crate) use on_curve;

impl Curve {
    /// All curves, the two of the standard's examples last.
    pub const ALL: [Self; 9] = [
        Self::CryptoProA,
        Self::CryptoProB,
        Self::CryptoProC,
        Self::Tc26_256A,
        Self::Tc26_512A,
        Self::Tc26_512B,
        Self::Tc26_512C,
        Self::Test256,
        Self::Test512,
    ];

    /// The curve of the parameters in a SubjectPublicKeyInfo, Russian or Kazakh.
    #[must_use]
    pub fn from_oid(oid: &ObjectIdentifier) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|curve| curve.oids().contains(oid))
    }

    /// Every object identifier of the curve: first the one of RFC 4357 or RFC 7836, last the Kazakh ones.
    #[must_use]
    pub const fn oids(self) -> &'static [ObjectIdentifier] {
        self.row().oids
    }

    /// The name, as in the standards and RFCs.
    #[must_use]
    pub const fn name(self) -> &'static str {
        self.row().name
    }

    /// The length in bytes of a private key, of a coordinate and of the digest that is signed: 32 or 64.
    #[must_use]
    pub const fn size(self) -> usize {
        self.row().size
    }

    /// Whether this is a curve of the standard's examples, on which no keys are made.
    #[must_use]
    pub const fn is_test(self) -> bool {
        matches!(self, Self::Test256 | Self::Test512)
    }

    /// Whether `1 ≤ scalar < q`, in constant time.
    pub(crate) fn has_scalar(self, scalar: &Integer) -> Choice {
        on_curve!(self, C => {
            let limbs = scalar.limbs();
            let below = Scalar::<C, _>::new(&limbs).integer().ct_eq(&limbs);
            below & !limbs.ct_eq(&Scalar::<C, _>::ZERO.integer())
        })
    }

    const fn row(self) -> &'static Row {
        match self {
            Self::CryptoProA => {
                const {
                    &Row {
                        name: "id-GostR3410-2001-CryptoPro-A-ParamSet",
                        size: 32,
                        oids: &[
                            oid("1.2.643.2.2.35.1"),
                            oid("1.2.643.2.2.36.0"),
                            oid("1.2.643.7.1.2.1.1.2"),
                            oid("1.2.398.3.10.1.1.1.1.1"),
                        ],
                    }
                }
            }
            Self::CryptoProB => {
                const {
                    &Row {
                        name: "id-GostR3410-2001-CryptoPro-B-ParamSet",
                        size: 32,
                        oids: &[oid("1.2.643.2.2.35.2"), oid("1.2.643.7.1.2.1.1.3")],
                    }
                }
            }
            Self::CryptoProC => {
                const {
                    &Row {
                        name: "id-GostR3410-2001-CryptoPro-C-ParamSet",
                        size: 32,
                        oids: &[
                            oid("1.2.643.2.2.35.3"),
                            oid("1.2.643.2.2.36.1"),
                            oid("1.2.643.7.1.2.1.1.4"),
                        ],
                    }
                }
            }
            Self::Tc26_256A => {
                const {
                    &Row {
                        name: "id-tc26-gost-3410-2012-256-paramSetA",
                        size: 32,
                        oids: &[oid("1.2.643.7.1.2.1.1.1"), oid("1.2.398.3.10.1.1.2.1.1")],
                    }
                }
            }
            Self::Tc26_512A => {
                const {
                    &Row {
                        name: "id-tc26-gost-3410-12-512-paramSetA",
                        size: 64,
                        oids: &[oid("1.2.643.7.1.2.1.2.1"), oid("1.2.398.3.10.1.1.2.2.1")],
                    }
                }
            }
            Self::Tc26_512B => {
                const {
                    &Row {
                        name: "id-tc26-gost-3410-12-512-paramSetB",
                        size: 64,
                        oids: &[oid("1.2.643.7.1.2.1.2.2")],
                    }
                }
            }
            Self::Tc26_512C => {
                const {
                    &Row {
                        name: "id-tc26-gost-3410-2012-512-paramSetC",
                        size: 64,
                        oids: &[oid("1.2.643.7.1.2.1.2.3")],
                    }
                }
            }
            Self::Test256 => {
                const {
                    &Row {
                        name: "id-GostR3410-2001-TestParamSet",
                        size: 32,
                        oids: &[oid("1.2.643.2.2.35.0")],
                    }
                }
            }
            Self::Test512 => {
                const {
                    &Row {
                        name: "id-tc26-gost-3410-12-512-paramSetTest",
                        size: 64,
                        oids: &[oid("1.2.643.7.1.2.1.2.0")],
                    }
                }
            }
        }
    }
}

struct Row {
    name: &'static str,
    size: usize,
    oids: &'static [ObjectIdentifier],
}

const fn oid(dotted: &str) -> ObjectIdentifier {
    ObjectIdentifier::new_unwrap(dotted)
}
