//! What can be wrong with bytes that should be a key or a signature.

use core::{error, fmt};

/// Why a key or a signature was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Error {
    /// Two things that meet in one operation belong to different curves.
    CurveMismatch,
    /// The key agreement ends at infinity: the user keying material is a multiple of the group's order.
    Infinity,
    /// The bytes are not as many as the curve demands.
    Length,
    /// The coordinates are not those of a point of the curve.
    NotOnCurve,
    /// A number is zero or not below the order of the group or the field's prime.
    Range,
    /// The curve is for the standard's examples only.
    TestCurve,
    /// The point does not belong to the group that the base point generates.
    WrongGroup,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::CurveMismatch => "the curves differ",
            Self::Infinity => "the key agreement ends at infinity",
            Self::Length => "not as many bytes as the curve demands",
            Self::NotOnCurve => "not a point of the curve",
            Self::Range => "a number is zero or too large",
            Self::TestCurve => "the curve is for the standard's examples only",
            Self::WrongGroup => "the point is outside of the base point's group",
        })
    }
}

impl error::Error for Error {}

impl From<Error> for signature::Error {
    /// Signature errors are opaque by design.
    fn from(_: Error) -> Self {
        Self::new()
    }
}
