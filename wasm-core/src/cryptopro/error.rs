//! Why a container gave no key, or was not written.

use super::part::Part;
use crate::{
    algorithm::GostAlgorithm,
    failure::{ErrorCode, Failure},
    reason::Reason,
};
use thiserror::Error;

/// Why a container gave no key, or was not written.
#[derive(Clone, Debug, Eq, Error, PartialEq)]
pub enum ContainerError {
    /// The container is sound as far as one can see, and the password does not open it.
    #[error("wrong password")]
    PasswordWrong,
    /// A new password that is too long, or has characters that other programs encode in other ways.
    #[error("password unfit")]
    PasswordUnfit,
    /// A file is not there.
    #[error("missing: {0}")]
    Missing(Part),
    /// A file is not of the form it should have, for example because it ends early.
    #[error("malformed: {0}")]
    Malformed(Part),
    /// The MAC of a file does not match.
    #[error("damaged: {0}")]
    Damaged(Part),
    /// The container has no such key.
    #[error("no such key")]
    KeyMissing,
    /// The key is of a kind that is not signed with: GOST R 34.10-2001 above all.
    #[error("unsupported: {oid}")]
    Unsupported {
        /// The algorithm or curve, in dotted form.
        oid: String,
    },
    /// The certificate is that of another key.
    #[error("the certificate belongs to another key")]
    Mismatch,
    /// The key must not be copied elsewhere.
    #[error("not exportable")]
    NotExportable,
    /// There are more keys than a container has room for, or keys of another kind.
    #[error("does not fit into a container")]
    Unfit,
    /// The mask is a multiple of the group's order, as no random one is.
    #[error("not random")]
    Randomness,
}

impl From<ContainerError> for Failure {
    fn from(error: ContainerError) -> Self {
        match error {
            ContainerError::PasswordWrong => ErrorCode::PasswordWrong.into(),
            ContainerError::PasswordUnfit => ErrorCode::PasswordUnfit.into(),
            ContainerError::Missing(part) => {
                Self::of(ErrorCode::ContainerIncomplete, part.file_name())
            }
            ContainerError::Malformed(part) | ContainerError::Damaged(part) => {
                Self::of(ErrorCode::ContainerDamaged, part.file_name())
            }
            ContainerError::KeyMissing => ErrorCode::KeyMissing.into(),
            ContainerError::Unsupported { oid } if GostAlgorithm::is_withdrawn(&oid) => {
                ErrorCode::KeyWithdrawn.into()
            }
            ContainerError::Unsupported { oid } => Self::of(ErrorCode::KeyUnsupported, oid),
            ContainerError::Mismatch => ErrorCode::KeyMismatch.into(),
            ContainerError::NotExportable => ErrorCode::KeyNotExportable.into(),
            ContainerError::Unfit => ErrorCode::ContainerUnfit.into(),
            ContainerError::Randomness => ErrorCode::Internal.into(),
        }
    }
}

impl Reason for ContainerError {
    fn rank(&self) -> usize {
        Failure::from(self.clone()).code.rank()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_that_signs_no_more_is_told_from_one_that_is_not_known() {
        let unsupported = |oid: &str| {
            let oid = oid.to_owned();
            Failure::from(ContainerError::Unsupported { oid })
        };
        // GOST R 34.10-2001
        let withdrawn = Failure::from(ErrorCode::KeyWithdrawn);
        assert_eq!(unsupported("1.2.643.2.2.19"), withdrawn);
        let unknown = Failure::of(ErrorCode::KeyUnsupported, "1.2.3");
        assert_eq!(unsupported("1.2.3"), unknown);
    }

    #[test]
    fn a_file_is_called_by_its_name() {
        let missing = ContainerError::Missing(Part::Masks2);
        assert_eq!(missing.to_string(), "missing: masks2.key");
    }
}
